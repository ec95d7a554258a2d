//! The structure of a file: the places of its names and values.
//!
//! It is read from the events of a streaming parser, which stops at the first anchor, alias, tag, duplicate name or
//! level that is too deep. So a hostile file costs no more than a valid one.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::error::{ReadError, ReadErrorKind};
use super::source::Source;
use super::value::name_of;
use crate::domain::codec::PathElement;

/// The deepest nesting that is read. Tickets need five levels; imported records can have a few more.
const DEEPEST: usize = 32;

/// The largest number of values that is read. Ten thousand entries have half as many; each value costs some hundred
/// bytes.
const MOST: usize = 250_000;

/// A place in the text: the line counted from 1, the column in characters from 0, as in the parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// Returns an error at this place.
    pub fn error(self, kind: ReadErrorKind) -> ReadError {
        ReadError { line: self.line, column: self.column + 1, kind }
    }
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub start: Position,
    /// The end of its last scalar or closing bracket.
    pub end: Position,
    pub parts: NodeParts,
}

/// The parts of a value.
#[derive(Debug)]
pub(super) enum NodeParts {
    Scalar,
    List(Vec<Node>),
    Map(Vec<NamedNode>),
}

/// A name in a map with its value.
#[derive(Debug)]
pub(super) struct NamedNode {
    pub name: String,
    pub place: Position,
    pub value: Node,
}

/// The structure of a file.
#[derive(Debug)]
pub(super) struct Outline {
    pub root: Node,
    /// The line of `...`.
    pub end_marker: Option<usize>,
}

impl Outline {
    /// Reads the structure of a text.
    pub fn of(source: &Source<'_>) -> Result<Self, ReadError> {
        refuse_conflict_markers(source)?;
        let mut walk = SpanWalk { events: Parser::new_from_str(source.text), depth: 0, count: 0 };
        let mut end_marker = None;
        let root = loop {
            match walk.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd, span) => {
                    return Err(place(span.start).error(ReadErrorKind::Syntax("the file is empty".to_owned())));
                }
                (event, span) => break walk.node(event, span)?,
            }
        };
        loop {
            match walk.next()? {
                (Event::DocumentEnd, span) if span.start != span.end => end_marker = Some(span.start.line()),
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(Self { root, end_marker }),
                (_, span) => return Err(place(span.start).error(ReadErrorKind::SecondDocument)),
            }
        }
    }

    /// Returns the place to which a path leads, as far as the path exists. If `name`, it is the place of the last name
    /// instead of that of its value.
    pub fn locate(&self, path: &[PathElement], name: bool) -> Position {
        let mut node = &self.root;
        let mut place = node.start;
        for (depth, element) in path.iter().enumerate() {
            let found = match (element, &node.parts) {
                (PathElement::Name(expected), NodeParts::Map(fields)) => {
                    fields.iter().find(|named| named.name == *expected).map(|named| (named.place, &named.value))
                }
                (PathElement::Index(index), NodeParts::List(items)) => items.get(*index).map(|item| (item.start, item)),
                _ => None,
            };
            let Some((name_place, value)) = found else { break };
            place = if name && depth + 1 == path.len() { name_place } else { value.start };
            node = value;
        }
        place
    }
}

/// Refuses conflict markers. git writes them at the start of a line, where a ticket cannot have them because texts are
/// indented: seven characters, or more if the repository is configured so, and a blank.
fn refuse_conflict_markers(source: &Source<'_>) -> Result<(), ReadError> {
    let is_marker = |line: &str| {
        let length = |mark: char| line.len() - line.trim_start_matches(mark).len();
        ['<', '|', '>'].into_iter().any(|mark| length(mark) >= 7 && line[length(mark)..].starts_with(' '))
    };
    match source.lines().find(|(_, line)| line.starts_with(['<', '|', '>']) && is_marker(line)) {
        Some((line, _)) => Err(ReadError { line, column: 1, kind: ReadErrorKind::ConflictMarker }),
        None => Ok(()),
    }
}

fn place(marker: saphyr_parser::Marker) -> Position {
    Position { line: marker.line(), column: marker.col() }
}

/// A walk over the events of the parser.
struct SpanWalk<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    depth: usize,
    count: usize,
}

impl<'a> SpanWalk<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), ReadError> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                // The parser looks ahead within a line, and has its own limit there.
                let kind = match error.info() {
                    "recursion limit exceeded" => ReadErrorKind::TooDeep { limit: DEEPEST },
                    info if info.contains("unknown anchor") => ReadErrorKind::Alias,
                    other => ReadErrorKind::Syntax(other.to_owned()),
                };
                Err(place(*error.marker()).error(kind))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, ReadError> {
        let start = place(span.start);
        let refuse = |kind| Err(start.error(kind));
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            Event::Alias(_) => return refuse(ReadErrorKind::Alias),
            _ => return refuse(ReadErrorKind::Syntax("a value is missing here".to_owned())),
        };
        if anchor != 0 {
            return refuse(ReadErrorKind::Anchor);
        }
        if tagged {
            return refuse(ReadErrorKind::Tag);
        }
        if self.depth >= DEEPEST {
            return refuse(ReadErrorKind::TooDeep { limit: DEEPEST });
        }
        if self.count >= MOST {
            return refuse(ReadErrorKind::TooMany { limit: MOST });
        }
        self.count += 1;
        self.depth += 1;
        let (parts, end) = match event {
            Event::SequenceStart(..) => self.list(start)?,
            Event::MappingStart(..) => self.map(start)?,
            _ => (NodeParts::Scalar, place(span.end)),
        };
        self.depth -= 1;
        Ok(Node { start, end, parts })
    }

    fn list(&mut self, start: Position) -> Result<(NodeParts, Position), ReadError> {
        let (mut items, mut end) = (Vec::new(), start);
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) => return Ok((NodeParts::List(items), closing(end, span))),
                (event, span) => {
                    let item = self.node(event, span)?;
                    end = item.end;
                    items.push(item);
                }
            }
        }
    }

    fn map(&mut self, start: Position) -> Result<(NodeParts, Position), ReadError> {
        let (mut fields, mut end) = (Vec::new(), start);
        let mut names = HashSet::new();
        loop {
            let (name, place) = match self.next()? {
                (Event::MappingEnd, span) => return Ok((NodeParts::Map(fields), closing(end, span))),
                (Event::Scalar(name, style, 0, None), span) => {
                    let is_plain = style == ScalarStyle::Plain;
                    (if is_plain { plain_name(&name) } else { name.into_owned() }, place(span.start))
                }
                (Event::Scalar(_, _, 0, Some(_)), span) => return Err(place(span.start).error(ReadErrorKind::Tag)),
                (Event::Scalar(..), span) => return Err(place(span.start).error(ReadErrorKind::Anchor)),
                (Event::Alias(_), span) => return Err(place(span.start).error(ReadErrorKind::Alias)),
                (_, span) => return Err(place(span.start).error(ReadErrorKind::ComplexName)),
            };
            if !names.insert(name.clone()) {
                return Err(place.error(ReadErrorKind::DuplicateName(name)));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            end = value.end.max(place);
            fields.push(NamedNode { name, place, value });
        }
    }
}

/// Returns the name as which a plain scalar is read: `0xC` is the same name as `12`.
fn plain_name(word: &str) -> String {
    let is_other = word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        || word.eq_ignore_ascii_case("true")
        || word.eq_ignore_ascii_case("false");
    let name = if is_other { name_of(word) } else { None };
    name.unwrap_or_else(|| word.to_owned())
}

/// Returns the end of a list or map: that of its closing bracket if it has one, otherwise that of its last part.
fn closing(end: Position, span: Span) -> Position {
    if span.start == span.end { end } else { place(span.end) }
}
