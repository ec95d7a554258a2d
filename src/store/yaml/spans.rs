//! The structure of a file: where each name and value stands, and nothing that a ticket may not hold.
//!
//! Walks the events of a streaming parser and stops at the first anchor, alias, tag, doubled name or level too
//! deep, so hostile files cost no more than sound ones. Must not know which names a ticket has.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::error::{ReadError, ReadErrorKind};
use super::read::name_of;
use super::source::Source;
use crate::domain::codec::PathElement;

/// The deepest nesting that is read. Tickets need five levels; imported records keep a few of their own.
const DEEPEST: usize = 32;

/// The most values that are read: ten thousand entries have half as many, and each costs some hundred bytes.
const MOST: usize = 250_000;

/// A place: the line from 1, the column in characters from 0, as the parser counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub fn damage(self, kind: ReadErrorKind) -> ReadError {
        ReadError { line: self.line, column: self.column + 1, kind }
    }
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub start: Position,
    /// Where its last scalar or closing bracket ends.
    pub end: Position,
    pub parts: NodeParts,
}

#[derive(Debug)]
pub(super) enum NodeParts {
    Scalar,
    List(Vec<Node>),
    Map(Vec<NamedNode>),
}

/// A name in a map, with its value.
#[derive(Debug)]
pub(super) struct NamedNode {
    pub name: String,
    pub place: Position,
    pub value: Node,
}

/// A file's structure.
#[derive(Debug)]
pub(super) struct Outline {
    pub root: Node,
    /// The line of `...`.
    pub end_marker: Option<usize>,
}

impl Outline {
    /// The structure of a text.
    pub fn of(source: &Source<'_>) -> Result<Self, ReadError> {
        refuse_conflict_markers(source)?;
        let mut walk = SpanWalk { events: Parser::new_from_str(source.text), depth: 0, count: 0 };
        let mut end_marker = None;
        let root = loop {
            match walk.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd, span) => {
                    return Err(place(span.start).damage(ReadErrorKind::Syntax("the file is empty".to_owned())));
                }
                (event, span) => break walk.node(event, span)?,
            }
        };
        loop {
            match walk.next()? {
                (Event::DocumentEnd, span) if span.start != span.end => end_marker = Some(span.start.line()),
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(Self { root, end_marker }),
                (_, span) => return Err(place(span.start).damage(ReadErrorKind::SecondDocument)),
            }
        }
    }

    /// The place a path of names and positions leads to, as near as the file has it; `name` asks for the place
    /// of the last name rather than of its value.
    pub fn locate(&self, path: &[PathElement], name: bool) -> Position {
        let mut node = &self.root;
        let mut place = node.start;
        for (depth, step) in path.iter().enumerate() {
            let found = match (step, &node.parts) {
                (PathElement::Name(wanted), NodeParts::Map(fields)) => {
                    fields.iter().find(|named| named.name == *wanted).map(|named| (named.place, &named.value))
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

/// Markers that git leaves stand at the start of a line, where no ticket has them: texts are indented. Seven
/// characters, or more where the repository asks for it, and a blank.
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
                // The parser looks ahead within a line, and has a limit of its own there.
                let kind = match error.info() {
                    "recursion limit exceeded" => ReadErrorKind::TooDeep { limit: DEEPEST },
                    info if info.contains("unknown anchor") => ReadErrorKind::Alias,
                    other => ReadErrorKind::Syntax(other.to_owned()),
                };
                Err(place(*error.marker()).damage(kind))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, ReadError> {
        let start = place(span.start);
        let refuse = |kind| Err(start.damage(kind));
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            Event::Alias(_) => return refuse(ReadErrorKind::Alias),
            _ => return refuse(ReadErrorKind::Syntax("a value belongs here".to_owned())),
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
                    (if is_plain { meant(&name) } else { name.into_owned() }, place(span.start))
                }
                (Event::Scalar(_, _, 0, Some(_)), span) => return Err(place(span.start).damage(ReadErrorKind::Tag)),
                (Event::Scalar(..), span) => return Err(place(span.start).damage(ReadErrorKind::Anchor)),
                (Event::Alias(_), span) => return Err(place(span.start).damage(ReadErrorKind::Alias)),
                (_, span) => return Err(place(span.start).damage(ReadErrorKind::ComplexName)),
            };
            if !names.insert(name.clone()) {
                return Err(place.damage(ReadErrorKind::DoubledName(name)));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            end = value.end.max(place);
            fields.push(NamedNode { name, place, value });
        }
    }
}

/// The name that a plain word is read as: `0xC` names the same as `12`.
fn meant(word: &str) -> String {
    let is_other = word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        || word.eq_ignore_ascii_case("true")
        || word.eq_ignore_ascii_case("false");
    let name = if is_other { name_of(word) } else { None };
    name.unwrap_or_else(|| word.to_owned())
}

/// The end of a list or map: its closing bracket where it has one, else the end of its last part.
fn closing(end: Position, span: Span) -> Position {
    if span.start == span.end { end } else { place(span.end) }
}
