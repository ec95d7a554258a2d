//! The lines of a map against a shape: each value is looked at and given as it stands.

use super::schema::{self, FieldRule, FieldType};
use super::values::{attachments_of, digest_of, is_id, size_of, time_of};
use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Role, Status,
};
use crate::store::yaml::canonical_reader::{LineCursor, unquote};
use crate::store::yaml::scalar::{is_plain, print_scalar};

/// What stands behind each name of a shape; of lists, maps and texts the lines below.
pub(super) type FieldValues<'a> = [Option<&'a str>; schema::MOST];

/// Takes the lines of a map that stand in the order of a shape. Stops at the first name that is not in it.
pub(super) fn fields<'a>(
    cursor: &mut LineCursor<'a>,
    column: usize,
    first: Option<&'a str>,
    shape: &'static [FieldRule],
    values: &mut FieldValues<'a>,
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
fn leaf<'a>(cursor: &mut LineCursor<'a>, column: usize, holds: FieldType, value: &'a str) -> Option<&'a str> {
    let fits = match holds {
        FieldType::Format => value == "1",
        FieldType::Flag => value == "true",
        FieldType::Id => is_id(value),
        FieldType::Time => time_of(value).is_some(),
        FieldType::Words => is_words(value),
        FieldType::Person => is_person(value),
        FieldType::Size => size_of(value).is_some(),
        FieldType::Digest => is_words(value) && digest_of(value).is_some(),
        FieldType::Role => value.parse::<Role>().is_ok(),
        FieldType::Kind => value.parse::<Kind>().is_ok(),
        FieldType::Status => value.parse::<Status>().is_ok(),
        FieldType::Priority => value.parse::<Priority>().is_ok(),
        FieldType::Resolution => value.parse::<Resolution>().is_ok(),
        FieldType::HoldReason => value.parse::<HoldReason>().is_ok(),
        FieldType::MergeReason => value.parse::<MergeReason>().is_ok(),
        FieldType::ReopenReason => value.parse::<ReopenReason>().is_ok(),
        FieldType::EscalationReason => value.parse::<EscalationReason>().is_ok(),
        FieldType::Text if value == "|" => {
            let start = cursor.place();
            return skip_block(cursor, column + 2).then(|| cursor.since(start));
        }
        FieldType::Text
        | FieldType::People
        | FieldType::Labels
        | FieldType::Ids
        | FieldType::Attachments
        | FieldType::Map(_) => false,
    };
    fits.then_some(value)
}

/// A value that stands on the lines below its name.
fn below<'a>(cursor: &mut LineCursor<'a>, column: usize, holds: FieldType) -> Option<&'a str> {
    let start = cursor.place();
    match holds {
        FieldType::Map(shape) => fields(cursor, column + 2, None, shape, &mut FieldValues::default())?,
        FieldType::People | FieldType::Labels | FieldType::Ids => {
            while let Some((content, next)) = cursor.at_column(column)
                && let Some(item) = content.strip_prefix("- ")
            {
                let fits = match holds {
                    FieldType::Ids => is_id(item),
                    FieldType::People => is_person(item),
                    _ => is_words(item),
                };
                fits.then(|| cursor.go_to(next))?;
            }
        }
        FieldType::Attachments => {
            while let Some((content, next)) = cursor.at_column(column)
                && let Some(item) = content.strip_prefix("- ")
            {
                cursor.go_to(next);
                fields(cursor, column + 2, Some(item), schema::ATTACHMENT, &mut FieldValues::default())?;
            }
            attachments_of(cursor.since(start))?;
        }
        _ => return None,
    }
    Some(cursor.since(start)).filter(|lines| !lines.is_empty())
}

/// Skips a block of lines that begins and ends with something to see.
fn skip_block(cursor: &mut LineCursor<'_>, column: usize) -> bool {
    let is_seen = |line: &str| !line.trim_matches(' ').is_empty();
    let begins = cursor.at(column).and_then(|line| line.chars().next()).is_some_and(|first| !first.is_whitespace());
    begins && cursor.skip_block(column).is_some_and(is_seen)
}

/// Whether a value is one line of words, plain, or in quotes where it needs them.
fn is_words(value: &str) -> bool {
    if value.starts_with('"') {
        return unquote(value).is_some_and(|(words, end)| {
            end == value.len() && !words.contains('\n') && !words.trim().is_empty() && print_scalar(&words) == value
        });
    }
    is_plain(value) && value.contains(|c: char| !c.is_whitespace())
}

fn is_person(value: &str) -> bool {
    is_plain(value) && !value.is_empty() && value.trim() == value
}
