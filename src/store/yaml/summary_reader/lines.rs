//! The lines of a map against a shape: each value is looked at and given as it stands.

use super::schema::{self, Field, Holds};
use super::values::{attachments_of, digest_of, is_id, size_of, time_of};
use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Role, Status,
};
use crate::store::yaml::canonical_reader::{Cursor, unquote};
use crate::store::yaml::scalar::{is_plain, spell};

/// What stands behind each name of a shape; of lists, maps and texts the lines below.
pub(super) type Values<'a> = [Option<&'a str>; schema::MOST];

/// Takes the lines of a map that stand in the order of a shape. Stops at the first name that is not in it.
pub(super) fn fields<'a>(
    cursor: &mut Cursor<'a>,
    column: usize,
    first: Option<&'a str>,
    shape: &'static [Field],
    values: &mut Values<'a>,
) -> Option<()> {
    let mut behind = 0;
    let mut taken = first.map(|content| (content, cursor.place()));
    while let Some((content, next)) = taken.or_else(|| cursor.at_column(column)) {
        let colon = memchr::memchr(b':', content.as_bytes())?;
        let (name, rest) = (&content[..colon], &content[colon + 1..]);
        let Some(place) = shape[behind..].iter().position(|field| field.name == name) else { break };
        if shape[behind..behind + place].iter().any(|skipped| skipped.needed) {
            return None;
        }
        taken = None;
        cursor.go_to(next);
        behind += place + 1;
        values[behind - 1] = Some(match rest.strip_prefix(' ') {
            Some(value) => leaf(cursor, column, shape[behind - 1].holds, value)?,
            None if rest.is_empty() => below(cursor, column, shape[behind - 1].holds)?,
            None => return None,
        });
    }
    let all_there = taken.is_none() && !shape[behind..].iter().any(|missing| missing.needed);
    all_there.then_some(())
}

/// A value that begins on the line of its name.
fn leaf<'a>(cursor: &mut Cursor<'a>, column: usize, holds: Holds, value: &'a str) -> Option<&'a str> {
    let fits = match holds {
        Holds::Format => value == "1",
        Holds::Flag => value == "true",
        Holds::Id => is_id(value),
        Holds::Time => time_of(value).is_some(),
        Holds::Words => is_words(value),
        Holds::Person => is_person(value),
        Holds::Size => size_of(value).is_some(),
        Holds::Digest => is_words(value) && digest_of(value).is_some(),
        Holds::Role => value.parse::<Role>().is_ok(),
        Holds::Kind => value.parse::<Kind>().is_ok(),
        Holds::Status => value.parse::<Status>().is_ok(),
        Holds::Priority => value.parse::<Priority>().is_ok(),
        Holds::Resolution => value.parse::<Resolution>().is_ok(),
        Holds::HoldReason => value.parse::<HoldReason>().is_ok(),
        Holds::MergeReason => value.parse::<MergeReason>().is_ok(),
        Holds::ReopenReason => value.parse::<ReopenReason>().is_ok(),
        Holds::EscalationReason => value.parse::<EscalationReason>().is_ok(),
        Holds::Text if value == "|" => {
            let start = cursor.place();
            return skip_block(cursor, column + 2).then(|| cursor.since(start));
        }
        Holds::Text | Holds::People | Holds::Labels | Holds::Ids | Holds::Attachments | Holds::Map(_) => false,
    };
    fits.then_some(value)
}

/// A value that stands on the lines below its name.
fn below<'a>(cursor: &mut Cursor<'a>, column: usize, holds: Holds) -> Option<&'a str> {
    let start = cursor.place();
    match holds {
        Holds::Map(shape) => fields(cursor, column + 2, None, shape, &mut Values::default())?,
        Holds::People | Holds::Labels | Holds::Ids => {
            while let Some((content, next)) = cursor.at_column(column)
                && let Some(item) = content.strip_prefix("- ")
            {
                let fits = match holds {
                    Holds::Ids => is_id(item),
                    Holds::People => is_person(item),
                    _ => is_words(item),
                };
                fits.then(|| cursor.go_to(next))?;
            }
        }
        Holds::Attachments => {
            while let Some((content, next)) = cursor.at_column(column)
                && let Some(item) = content.strip_prefix("- ")
            {
                cursor.go_to(next);
                fields(cursor, column + 2, Some(item), schema::ATTACHMENT, &mut Values::default())?;
            }
            attachments_of(cursor.since(start))?;
        }
        _ => return None,
    }
    Some(cursor.since(start)).filter(|lines| !lines.is_empty())
}

/// Skips a block of lines that begins and ends with something to see.
fn skip_block(cursor: &mut Cursor<'_>, column: usize) -> bool {
    let is_seen = |line: &str| !line.trim_matches(' ').is_empty();
    let begins = cursor.at(column).and_then(|line| line.chars().next()).is_some_and(|first| !first.is_whitespace());
    begins && cursor.skip_block(column).is_some_and(is_seen)
}

/// Whether a value is one line of words, plain, or in quotes where it needs them.
fn is_words(value: &str) -> bool {
    if value.starts_with('"') {
        return unquote(value).is_some_and(|(words, end)| {
            end == value.len() && !words.contains('\n') && !words.trim().is_empty() && spell(&words) == value
        });
    }
    is_plain(value) && value.contains(|c: char| !c.is_whitespace())
}

fn is_person(value: &str) -> bool {
    is_plain(value) && !value.is_empty() && value.trim() == value
}
