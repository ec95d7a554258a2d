//! The lines of a map: each value is checked against a schema, and returned as it is written.

use super::schema::{self, FieldRule, FieldType};
use super::values::{digest_of, is_id, size_of, text_value, time_of};
use crate::domain::ticket::attachment::{Attachment, validate_name};
use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Role, Status,
};
use crate::store::yaml::canonical_reader::{LineCursor, unquote};
use crate::store::yaml::scalar::{is_plain, print_scalar};

/// The value of each field of a schema. Of lists, maps and texts these are the lines below the name.
pub(super) type FieldValues<'a> = [Option<&'a str>; schema::MOST];

/// Takes the lines of a map whose fields are in the order of a schema. Stops at the first name that is not in it.
/// `None` if a value is not allowed, or a required field is missing.
pub(super) fn fields<'a>(
    cursor: &mut LineCursor<'a>,
    column: usize,
    first: Option<&'a str>,
    schema: &'static [FieldRule],
    values: &mut FieldValues<'a>,
) -> Option<()> {
    let mut next_rule = 0;
    let mut taken = first.map(|content| (content, cursor.place()));
    while let Some((content, next)) = taken.or_else(|| cursor.at_column(column)) {
        let colon = memchr::memchr(b':', content.as_bytes())?;
        let (name, rest) = (&content[..colon], &content[colon + 1..]);
        let Some(place) = schema[next_rule..].iter().position(|field| field.name == name) else { break };
        if schema[next_rule..next_rule + place].iter().any(|skipped| skipped.required) {
            return None;
        }
        taken = None;
        cursor.go_to(next);
        next_rule += place + 1;
        values[next_rule - 1] = Some(match rest.strip_prefix(' ') {
            Some(value) => leaf(cursor, column, schema[next_rule - 1].kind, value)?,
            None if rest.is_empty() => below(cursor, column, schema[next_rule - 1].kind)?,
            None => return None,
        });
    }
    let is_complete = taken.is_none() && !schema[next_rule..].iter().any(|missing| missing.required);
    is_complete.then_some(())
}

/// Checks a value that begins on the line of its name.
fn leaf<'a>(cursor: &mut LineCursor<'a>, column: usize, kind: FieldType, value: &'a str) -> Option<&'a str> {
    let is_allowed = match kind {
        FieldType::Format => value == "1",
        FieldType::Flag => value == "true",
        FieldType::Id => is_id(value),
        FieldType::Time => time_of(value).is_some(),
        FieldType::Word => is_text(value),
        FieldType::Person => is_person(value),
        FieldType::Size => size_of(value).is_some(),
        FieldType::Digest => is_text(value) && digest_of(value).is_some(),
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
    is_allowed.then_some(value)
}

/// Takes and checks a value on the lines below its name.
fn below<'a>(cursor: &mut LineCursor<'a>, column: usize, kind: FieldType) -> Option<&'a str> {
    let start = cursor.place();
    match kind {
        FieldType::Map(schema) => fields(cursor, column + 2, None, schema, &mut FieldValues::default())?,
        FieldType::People | FieldType::Labels | FieldType::Ids => {
            while let Some((content, next)) = cursor.at_column(column)
                && let Some(item) = content.strip_prefix("- ")
            {
                let is_allowed = match kind {
                    FieldType::Ids => is_id(item),
                    FieldType::People => is_person(item),
                    _ => is_text(item),
                };
                is_allowed.then(|| cursor.go_to(next))?;
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

/// Takes a block whose first and last line contain more than blanks.
fn skip_block(cursor: &mut LineCursor<'_>, column: usize) -> bool {
    let is_visible = |line: &str| !line.trim_matches(' ').is_empty();
    let begins = cursor.at(column).and_then(|line| line.chars().next()).is_some_and(|first| !first.is_whitespace());
    begins && cursor.skip_block(column).is_some_and(is_visible)
}

/// Returns true if a value is canonical text on one line: plain, or in quotes if it needs them.
fn is_text(value: &str) -> bool {
    if value.starts_with('"') {
        return unquote(value).is_some_and(|(text, end)| {
            end == value.len() && !text.contains('\n') && !text.trim().is_empty() && print_scalar(&text) == value
        });
    }
    is_plain(value) && value.contains(|c: char| !c.is_whitespace())
}

fn is_person(value: &str) -> bool {
    is_plain(value) && !value.is_empty() && value.trim() == value
}

/// Parses the attachments on some lines. `None` if they are not allowed together.
pub(super) fn attachments_of(lines: &str) -> Option<Vec<Attachment>> {
    let (mut cursor, mut attachments) = (LineCursor::over(lines), Vec::<Attachment>::new());
    while !cursor.is_done() {
        let line = cursor.take()?;
        let column = line.len() - line.trim_start().len();
        let mut values = FieldValues::default();
        fields(&mut cursor, column + 2, Some(line[column..].strip_prefix("- ")?), schema::ATTACHMENT, &mut values)?;
        let [name, size, digest, ..] = values;
        let (name, digest) = (text_value(name?)?, digest_of(digest?)?);
        validate_name(&name).ok()?;
        if attachments.iter().any(|attachment| attachment.digest == digest) {
            return None;
        }
        attachments.push(Attachment { name, size: size_of(size?)?, digest });
    }
    Some(attachments)
}
