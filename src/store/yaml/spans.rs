//! The structure of a file: where each name and value stands, and nothing that a ticket may not hold.
//!
//! Walks the events of a streaming parser and stops at the first anchor, alias, tag, doubled name or level too
//! deep, so hostile files cost no more than sound ones. Must not know which names a ticket has.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::error::{Damage, DamageKind};
use super::read::name_of;
use super::source::Source;
use crate::domain::codec::Step;

/// The deepest nesting that is read. Tickets need five levels; imported records keep a few of their own.
const DEEPEST: usize = 32;

/// The most values that are read: ten thousand entries have half as many, and each costs some hundred bytes.
const MOST: usize = 250_000;

/// A place: the line from 1, the column in characters from 0, as the parser counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn damage(self, kind: DamageKind) -> Damage {
        Damage { line: self.line, column: self.column + 1, kind }
    }
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub start: Place,
    /// Where its last scalar or closing bracket ends.
    pub end: Place,
    pub parts: Parts,
}

#[derive(Debug)]
pub(super) enum Parts {
    Scalar,
    List(Vec<Node>),
    Map(Vec<Named>),
}

/// A name in a map, with its value.
#[derive(Debug)]
pub(super) struct Named {
    pub name: String,
    pub place: Place,
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
    pub fn of(source: &Source<'_>) -> Result<Self, Damage> {
        refuse_conflict_markers(source)?;
        let mut walk = Walk { events: Parser::new_from_str(source.text), depth: 0, count: 0 };
        let mut end_marker = None;
        let root = loop {
            match walk.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd, span) => {
                    return Err(place(span.start).damage(DamageKind::Syntax("the file is empty".to_owned())));
                }
                (event, span) => break walk.node(event, span)?,
            }
        };
        loop {
            match walk.next()? {
                (Event::DocumentEnd, span) if span.start != span.end => end_marker = Some(span.start.line()),
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(Self { root, end_marker }),
                (_, span) => return Err(place(span.start).damage(DamageKind::SecondDocument)),
            }
        }
    }

    /// The place a path of names and positions leads to, as near as the file has it; `name` asks for the place
    /// of the last name rather than of its value.
    pub fn locate(&self, path: &[Step], name: bool) -> Place {
        let mut node = &self.root;
        let mut place = node.start;
        for (depth, step) in path.iter().enumerate() {
            let found = match (step, &node.parts) {
                (Step::Name(wanted), Parts::Map(fields)) => {
                    fields.iter().find(|named| named.name == *wanted).map(|named| (named.place, &named.value))
                }
                (Step::Index(index), Parts::List(items)) => items.get(*index).map(|item| (item.start, item)),
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
fn refuse_conflict_markers(source: &Source<'_>) -> Result<(), Damage> {
    let is_marker = |line: &str| {
        let length = |mark: char| line.len() - line.trim_start_matches(mark).len();
        ['<', '|', '>'].into_iter().any(|mark| length(mark) >= 7 && line[length(mark)..].starts_with(' '))
    };
    match source.lines().find(|(_, line)| line.starts_with(['<', '|', '>']) && is_marker(line)) {
        Some((line, _)) => Err(Damage { line, column: 1, kind: DamageKind::ConflictMarker }),
        None => Ok(()),
    }
}

fn place(marker: saphyr_parser::Marker) -> Place {
    Place { line: marker.line(), column: marker.col() }
}

struct Walk<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    depth: usize,
    count: usize,
}

impl<'a> Walk<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Damage> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                // The parser looks ahead within a line, and has a limit of its own there.
                let kind = match error.info() {
                    "recursion limit exceeded" => DamageKind::TooDeep { limit: DEEPEST },
                    info if info.contains("unknown anchor") => DamageKind::Alias,
                    other => DamageKind::Syntax(other.to_owned()),
                };
                Err(place(*error.marker()).damage(kind))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node, Damage> {
        let start = place(span.start);
        let refuse = |kind| Err(start.damage(kind));
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            Event::Alias(_) => return refuse(DamageKind::Alias),
            _ => return refuse(DamageKind::Syntax("a value belongs here".to_owned())),
        };
        if anchor != 0 {
            return refuse(DamageKind::Anchor);
        }
        if tagged {
            return refuse(DamageKind::Tag);
        }
        if self.depth >= DEEPEST {
            return refuse(DamageKind::TooDeep { limit: DEEPEST });
        }
        if self.count >= MOST {
            return refuse(DamageKind::TooMany { limit: MOST });
        }
        self.count += 1;
        self.depth += 1;
        let (parts, end) = match event {
            Event::SequenceStart(..) => self.list(start)?,
            Event::MappingStart(..) => self.map(start)?,
            _ => (Parts::Scalar, place(span.end)),
        };
        self.depth -= 1;
        Ok(Node { start, end, parts })
    }

    fn list(&mut self, start: Place) -> Result<(Parts, Place), Damage> {
        let (mut items, mut end) = (Vec::new(), start);
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) => return Ok((Parts::List(items), closing(end, span))),
                (event, span) => {
                    let item = self.node(event, span)?;
                    end = item.end;
                    items.push(item);
                }
            }
        }
    }

    fn map(&mut self, start: Place) -> Result<(Parts, Place), Damage> {
        let (mut fields, mut end) = (Vec::new(), start);
        let mut names = HashSet::new();
        loop {
            let (name, place) = match self.next()? {
                (Event::MappingEnd, span) => return Ok((Parts::Map(fields), closing(end, span))),
                (Event::Scalar(name, style, 0, None), span) => {
                    let is_plain = style == ScalarStyle::Plain;
                    (if is_plain { meant(&name) } else { name.into_owned() }, place(span.start))
                }
                (Event::Scalar(_, _, 0, Some(_)), span) => return Err(place(span.start).damage(DamageKind::Tag)),
                (Event::Scalar(..), span) => return Err(place(span.start).damage(DamageKind::Anchor)),
                (Event::Alias(_), span) => return Err(place(span.start).damage(DamageKind::Alias)),
                (_, span) => return Err(place(span.start).damage(DamageKind::ComplexName)),
            };
            if !names.insert(name.clone()) {
                return Err(place.damage(DamageKind::DoubledName(name)));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            end = value.end.max(place);
            fields.push(Named { name, place, value });
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
fn closing(end: Place, span: Span) -> Place {
    if span.start == span.end { end } else { place(span.end) }
}
