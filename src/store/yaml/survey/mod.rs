//! The survey: what a row needs of a ticket's file, read in one pass and without making the ticket.
//!
//! It looks at every line, and takes nothing but what the printer would have printed; so what it takes the full reader
//! takes too, with the same row. Whatever it does not know for sure is left to that one. It knows no errors: `None` means
//! "not that simple". Properties and a fuzz target hold it to this.

mod shape;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};

use super::canonical::{Cursor, unquote};
use super::scalar::{is_plain, is_printable, spell};
use crate::domain::id::Id;
use crate::domain::person::Person;
use crate::domain::summary::Summary;
use crate::domain::ticket::{Escalation, Header, Hold};
use crate::domain::words::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Role, Status,
};
use shape::{Field, Holds};

/// What stands behind each name of a shape; a list is the lines it stands on.
type Values<'a> = [Option<&'a str>; shape::MOST];

/// The row of a file, where it is as simple as most files are. `id` is the one the file is named after.
pub fn survey(bytes: &[u8], id: Id) -> Option<Summary> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_tame(text))?;
    let mut cursor = Cursor::over(text);
    let header = heading(&mut cursor, id)?;
    cursor.expect("")?;
    cursor.expect("history:")?;
    let mut past = Past::default();
    loop {
        entry(&mut cursor, &mut past)?;
        match cursor.take()? {
            "" => {}
            "..." => break,
            _ => return None,
        }
    }
    let opened = past.opened.filter(|(opened, _)| *opened == id && cursor.is_done());
    opened.map(|(id, created_at)| Summary {
        id,
        header,
        alerts: past.alerts,
        reopened: past.reopened,
        created_at,
        last_activity_at: past.last_activity_at,
        version: past.version.unwrap_or(id),
        imported_id: past.imported_id,
    })
}

/// The header alone of a file that looks whole, as [`survey`] reads it. The history has not been looked at, but it
/// has its end, and no marks of a conflict.
pub fn survey_header(bytes: &[u8], id: Id) -> Option<Header> {
    const HISTORY: &[u8] = b"\n\nhistory:\n- id: ";
    let end = memchr::memmem::find(bytes, HISTORY)? + 1;
    if !bytes.ends_with(b"\n...\n") || memchr::memmem::find(&bytes[end..], b"\n<<<<<<<").is_some() {
        return None;
    }
    let text = std::str::from_utf8(&bytes[..end]).ok().filter(|text| is_tame(text))?;
    let mut cursor = Cursor::over(text);
    heading(&mut cursor, id).filter(|_| cursor.is_done())
}

/// Whether every character is one that no reader treats in its own way.
fn is_tame(text: &str) -> bool {
    let odd = text.bytes().fold(false, |odd, byte| odd | ((byte < b' ' && byte != b'\n') || byte == 0x7f));
    !odd && (text.is_ascii() || text.chars().all(|c| c == '\n' || is_printable(c)))
}

/// What the history has said so far.
#[derive(Default)]
struct Past {
    opened: Option<(Id, DateTime<Utc>)>,
    last_activity_at: DateTime<Utc>,
    version: Option<Id>,
    alerts: usize,
    reopened: bool,
    imported_id: Option<String>,
}

fn heading(cursor: &mut Cursor<'_>, id: Id) -> Option<Header> {
    let mut values = Values::default();
    fields(cursor, 0, None, shape::HEADER, &mut values)?;
    let [_, own, subject, kind, status, priority, rest @ ..] = values;
    let [product, product_group, organization, instance, requester, assignee, cc, channel, language, tags, rest @ ..] =
        rest;
    let [escalation, hold, resolution, merged_into, merged_from, follow_up_of] = rest;
    if id_of(own?)? != id {
        return None;
    }
    Some(Header {
        subject: words_of(subject?)?,
        kind: known(kind)?,
        status: status?.parse().ok()?,
        priority: priority?.parse().ok()?,
        product: some_words(product)?,
        product_group: some_words(product_group)?,
        organization: some_words(organization)?,
        instance: some_words(instance)?,
        requester: person_of(requester?)?,
        assignee: some(assignee, person_of)?,
        cc: items(cc, person_of)?,
        channel: some_words(channel)?,
        language: some_words(language)?,
        tags: items(tags, words_of)?,
        escalation: some(escalation, escalation_of)?,
        hold: some(hold, hold_of)?,
        resolution: known(resolution)?,
        merged_into: some(merged_into, id_of)?,
        merged_from: items(merged_from, id_of)?,
        follow_up_of: some(follow_up_of, id_of)?,
        fields: Vec::new(),
    })
}

fn escalation_of(lines: &str) -> Option<Escalation> {
    let mut values = Values::default();
    fields(&mut Cursor::over(lines), 2, None, shape::ESCALATION, &mut values)?;
    let [reason, manager, since, ..] = values;
    Some(Escalation { reason: reason?.parse().ok()?, manager: some(manager, person_of)?, since: time_of(since?)? })
}

fn hold_of(lines: &str) -> Option<Hold> {
    let mut values = Values::default();
    fields(&mut Cursor::over(lines), 2, None, shape::HOLD, &mut values)?;
    let [reason, team, until, ..] = values;
    Some(Hold { reason: reason?.parse().ok()?, team: some_words(team)?, until: some(until, time_of)? })
}

/// One entry, and what it does to the row.
fn entry(cursor: &mut Cursor<'_>, past: &mut Past) -> Option<()> {
    let first = cursor.take()?.strip_prefix("- ")?;
    let mut common = Values::default();
    fields(cursor, 2, Some(first), shape::ENTRY, &mut common)?;
    let [id, at, _, _, action, from, to, ..] = common;
    let (id, at, action) = (id_of(id?)?, time_of(at?)?, action?);
    let mut own = Values::default();
    fields(cursor, 2, None, shape::of_action(action)?, &mut own)?;
    fields(cursor, 2, None, shape::TEXT, &mut Values::default())?;
    match (past.opened, action) {
        (None, "open") => {
            past.opened = Some((id, at));
            past.imported_id = some_words(own[15])?;
        }
        (None, _) => return None,
        (Some(_), _) if from.is_none() => return None,
        // Bugs have facts of their own, and nobody else may say that a ticket was solved by merging.
        (_, "solve") if !(own[0] == Some("agreed") || own[0] == Some("no_response") && own[1].is_none()) => {
            return None;
        }
        (_, "remind") => past.alerts += 1,
        (_, "reply") if own[0].is_none() => past.alerts = 0,
        (_, "reopen") => past.alerts = 0,
        _ => {}
    }
    past.reopened |= from == Some("solved") && to.is_some_and(|to| to != "solved");
    (past.version, past.last_activity_at) = (Some(id), at);
    Some(())
}

/// Takes the lines of a map that stand in the order of a shape. Stops at the first name that is not in it.
fn fields<'a>(
    cursor: &mut Cursor<'a>,
    column: usize,
    first: Option<&'a str>,
    shape: &'static [Field],
    values: &mut Values<'a>,
) -> Option<()> {
    let mut behind = 0;
    let mut taken = first;
    while let Some(content) = taken.or_else(|| cursor.at(column)) {
        let colon = memchr::memchr(b':', content.as_bytes())?;
        let (name, rest) = (&content[..colon], &content[colon + 1..]);
        let Some(place) = shape[behind..].iter().position(|field| field.name == name) else { break };
        if shape[behind..behind + place].iter().any(|skipped| skipped.needed) {
            return None;
        }
        if taken.take().is_none() {
            cursor.take();
        }
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
        Holds::Id => id_of(value).is_some(),
        Holds::Time => time_of(value).is_some(),
        Holds::Words => is_words(value),
        Holds::Person => is_person(value),
        Holds::Role => value.parse::<Role>().is_ok(),
        Holds::Kind => value.parse::<Kind>().is_ok(),
        Holds::Status => value.parse::<Status>().is_ok(),
        Holds::Priority => value.parse::<Priority>().is_ok(),
        Holds::Resolution => value.parse::<Resolution>().is_ok(),
        Holds::HoldReason => value.parse::<HoldReason>().is_ok(),
        Holds::MergeReason => value.parse::<MergeReason>().is_ok(),
        Holds::ReopenReason => value.parse::<ReopenReason>().is_ok(),
        Holds::EscalationReason => value.parse::<EscalationReason>().is_ok(),
        Holds::Text => value == "|" && skip_block(cursor, column + 2),
        Holds::People | Holds::Labels | Holds::Ids | Holds::Map(_) => false,
    };
    fits.then_some(value)
}

/// A value that stands on the lines below its name.
fn below<'a>(cursor: &mut Cursor<'a>, column: usize, holds: Holds) -> Option<&'a str> {
    let start = cursor.place();
    match holds {
        Holds::Map(shape) => fields(cursor, column + 2, None, shape, &mut Values::default())?,
        Holds::People | Holds::Labels | Holds::Ids => {
            while let Some(item) = cursor.at(column).and_then(|content| content.strip_prefix("- ")) {
                let fits = match holds {
                    Holds::Ids => id_of(item).is_some(),
                    Holds::People => is_person(item),
                    _ => is_words(item),
                };
                fits.then(|| cursor.take())?;
            }
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

/// Words as they were meant, of a value that [`is_words`].
fn words_of(value: &str) -> Option<String> {
    if value.starts_with('"') { unquote(value).map(|(words, _)| words) } else { Some(value.to_owned()) }
}

fn some_words(value: Option<&str>) -> Option<Option<String>> {
    some(value, words_of)
}

fn person_of(value: &str) -> Option<Person> {
    Person::from_name(value).ok()
}

/// What may be absent: `None` alone where it is there and makes no sense.
fn some<T>(value: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| read(value).map(Some))
}

fn known<T: std::str::FromStr>(value: Option<&str>) -> Option<Option<T>> {
    some(value, |word| word.parse().ok())
}

fn items<T>(lines: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    lines.unwrap_or_default().lines().map(|line| read(line.trim_start().strip_prefix("- ")?)).collect()
}

/// An id that no reader takes for a number: some letter of it is a digit in no base.
fn id_of(value: &str) -> Option<Id> {
    let is_no_number = value.bytes().skip(2).any(|byte| byte > b'F');
    value.parse().ok().filter(|_| is_no_number)
}

/// An instant as the printer spells it.
fn time_of(value: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 20] = value.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let number = |from: usize, until: usize| {
        bytes[from..until]
            .iter()
            .try_fold(0, |number: u32, &digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    if marks.iter().any(|&(place, mark)| bytes[place] != mark) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(number(0, 4)?.cast_signed(), number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?.and_utc())
}
