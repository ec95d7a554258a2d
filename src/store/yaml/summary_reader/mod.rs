//! The summary reader: the summary of a ticket file, read in one pass and without building the ticket.
//!
//! It checks every line, and accepts only lines that the printer would print. So the full reader accepts the same
//! files, with the same summaries. Anything else is left to the full reader. It has no errors: `None` means "not that
//! simple". Properties and a fuzz target compare the two readers.

mod entry;
mod lines;
mod schema;
#[cfg(test)]
mod tests;
mod values;

use super::canonical_reader::LineCursor;
use super::scalar::is_printable;
use crate::domain::id::Id;
use crate::domain::sla::events::SlaEventRecorder;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Escalation, FORMAT, Header, Hold, Ticket};
use entry::{EntryFields, text_of};
use lines::{FieldValues, fields};
use values::{id_of, items, optional, optional_text, optional_word, person_of, text_value, time_of};

/// Reads the summary of a file. `None` if the full reader is needed. `id` is the id in the name of the file.
pub fn read_summary(bytes: &[u8], id: Id) -> Option<Summary> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_unambiguous(text))?;
    let mut cursor = LineCursor::over(text);
    let header = heading(&mut cursor).filter(|(own, _)| *own == id)?.1;
    let mut progress = HistoryProgress::default();
    history(&mut cursor, |entry| progress.add(entry))?;
    let ((opened, created_at), (version, last_activity_at)) = (progress.opened?, progress.last?);
    let summary = Summary {
        id,
        header,
        alerts: progress.alerts,
        reopened: progress.reopened,
        created_at: time_of(created_at)?,
        last_activity_at: time_of(last_activity_at)?,
        version: id_of(version)?,
        assigned_by: optional(progress.assigned_by, id_of)?,
        imported_id: progress.imported_id,
        sla_events: progress.recorder?.into_events(),
    };
    (id_of(opened)? == id).then_some(summary)
}

/// Reads the ticket in a file. `None` if the full reader is needed. A file that is read here is canonical.
pub(super) fn read(bytes: &[u8]) -> Option<Ticket> {
    ticket_in(bytes, text_of)
}

/// Reads the ticket in a file, with [`Text::left_out`] in place of every text.
pub(super) fn read_bare(bytes: &[u8]) -> Option<Ticket> {
    ticket_in(bytes, |_| Some(Text::left_out()))
}

/// Reads entries up to the end marker, each after an empty line, as they follow other entries in a file. Texts are
/// replaced by [`Text::left_out`]. `None` if the full reader is needed.
pub(super) fn parse_appended(bytes: &[u8]) -> Option<Vec<Entry>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_unambiguous(text))?;
    let mut cursor = LineCursor::over(text);
    cursor.expect("")?;
    let mut entries = Vec::new();
    each_entry(&mut cursor, |entry| {
        entry.from?;
        entries.push(entry.make(|_| Some(Text::left_out()))?);
        Some(())
    })?;
    Some(entries)
}

fn ticket_in(bytes: &[u8], entry_text: fn(&str) -> Option<Text>) -> Option<Ticket> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_unambiguous(text))?;
    let mut cursor = LineCursor::over(text);
    let (id, header) = heading(&mut cursor)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(8);
    history(&mut cursor, |entry| {
        if entry.from.is_none() && !entries.is_empty() {
            return None;
        }
        entries.push(entry.make(entry_text)?);
        Some(())
    })?;
    let opens = entries.first().is_some_and(|first| first.id == id && matches!(first.action, Action::Open(_)));
    opens.then_some(Ticket { format: FORMAT, id, header, history: entries })
}

/// Takes the lines after the header, up to the end, entry by entry.
fn history<'a>(cursor: &mut LineCursor<'a>, each: impl FnMut(&EntryFields<'a>) -> Option<()>) -> Option<()> {
    cursor.expect("")?;
    cursor.expect("history:")?;
    each_entry(cursor, each)
}

fn each_entry<'a>(cursor: &mut LineCursor<'a>, mut each: impl FnMut(&EntryFields<'a>) -> Option<()>) -> Option<()> {
    loop {
        each(&EntryFields::take(cursor)?)?;
        match cursor.take()? {
            "" => {}
            "..." => return cursor.is_done().then_some(()),
            _ => return None,
        }
    }
}

/// Reads only the header of a file that looks complete, as [`read_summary`] does. The entries are not checked. But
/// after the header there are only entries: no field of the header, which a reader would accept there too, and no
/// conflict marker.
pub fn read_summary_header(bytes: &[u8], id: Id) -> Option<Header> {
    const HISTORY: &[u8] = b"\n\nhistory:\n- id: ";
    let end = memchr::memmem::find(bytes, HISTORY)? + 1;
    let entries = bytes.get(end + HISTORY.len() - 1..)?.strip_suffix(b"...\n").filter(|rest| rest.ends_with(b"\n"))?;
    if !contains_only_entries(entries) {
        return None;
    }
    header_in(&bytes[..end], id)
}

/// Reads the header of a damaged file, if the header is valid.
pub fn salvage_header(bytes: &[u8], id: Id) -> Option<Header> {
    header_in(&bytes[..memchr::memmem::find(bytes, b"\n\nhistory:\n")? + 1], id)
}

fn header_in(bytes: &[u8], id: Id) -> Option<Header> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_unambiguous(text))?;
    let mut cursor = LineCursor::over(text);
    let (own, header) = heading(&mut cursor)?;
    (own == id && cursor.is_done()).then_some(header)
}

/// Returns true if every line after the first is empty, indented, or the first of an entry. The lines must end in LF:
/// the library accepts four other line breaks.
fn contains_only_entries(entries: &[u8]) -> bool {
    let contains = |text: &str| memchr::memmem::find(entries, text.as_bytes()).is_some();
    let has_other_breaks =
        contains("\r") || !entries.is_ascii() && ["\u{85}", "\u{2028}", "\u{2029}"].into_iter().any(contains);
    !has_other_breaks
        && memchr::memchr_iter(b'\n', entries).all(|end| {
            let line = &entries[end + 1..];
            matches!(line.first(), None | Some(b'\n' | b' ')) || line.starts_with(b"- ")
        })
}

/// Returns true if every reader treats each character of the text alike.
fn is_unambiguous(text: &str) -> bool {
    let has_control = text.bytes().fold(false, |found, byte| found | ((byte < b' ' && byte != b'\n') || byte == 0x7f));
    !has_control && (text.is_ascii() || text.chars().all(|c| c == '\n' || is_printable(c)))
}

/// The part of a summary that the entries read so far determine.
#[derive(Default)]
struct HistoryProgress<'a> {
    opened: Option<(&'a str, &'a str)>,
    last: Option<(&'a str, &'a str)>,
    alerts: usize,
    reopened: bool,
    assigned_by: Option<&'a str>,
    imported_id: Option<String>,
    recorder: Option<SlaEventRecorder>,
}

/// Parses the header, and returns it with the id.
fn heading(cursor: &mut LineCursor<'_>) -> Option<(Id, Header)> {
    let mut values = FieldValues::default();
    fields(cursor, 0, None, schema::HEADER, &mut values)?;
    let [_, own, subject, kind, status, priority, rest @ ..] = values;
    let [product, product_group, organization, instance, requester, assignee, cc, channel, language, tags, rest @ ..] =
        rest;
    let [escalation, hold, resolution, merged_into, merged_from, follow_up_of] = rest;
    let header = Header {
        subject: text_value(subject?)?,
        kind: optional_word(kind)?,
        status: status?.parse().ok()?,
        priority: priority?.parse().ok()?,
        product: optional_text(product)?,
        product_group: optional_text(product_group)?,
        organization: optional_text(organization)?,
        instance: optional_text(instance)?,
        requester: person_of(requester?)?,
        assignee: optional(assignee, person_of)?,
        cc: items(cc, person_of)?,
        channel: optional_text(channel)?,
        language: optional_text(language)?,
        tags: items(tags, text_value)?,
        escalation: optional(escalation, escalation_of)?,
        hold: optional(hold, hold_of)?,
        resolution: optional_word(resolution)?,
        merged_into: optional(merged_into, id_of)?,
        merged_from: items(merged_from, id_of)?,
        follow_up_of: optional(follow_up_of, id_of)?,
        fields: Vec::new(),
    };
    Some((id_of(own?)?, header))
}

fn escalation_of(lines: &str) -> Option<Escalation> {
    let mut values = FieldValues::default();
    fields(&mut LineCursor::over(lines), 2, None, schema::ESCALATION, &mut values)?;
    let [reason, manager, since, ..] = values;
    Some(Escalation { reason: reason?.parse().ok()?, manager: optional(manager, person_of)?, since: time_of(since?)? })
}

fn hold_of(lines: &str) -> Option<Hold> {
    let mut values = FieldValues::default();
    fields(&mut LineCursor::over(lines), 2, None, schema::HOLD, &mut values)?;
    let [reason, team, until, ..] = values;
    Some(Hold { reason: reason?.parse().ok()?, team: optional_text(team)?, until: optional(until, time_of)? })
}

impl<'a> HistoryProgress<'a> {
    /// Adds an entry.
    fn add(&mut self, entry: &EntryFields<'a>) -> Option<()> {
        match (self.opened, entry.action) {
            (None, "open") => {
                self.opened = Some((entry.id, entry.at));
                self.imported_id = entry.imported_id()?;
                self.assigned_by = entry.opens_assigned().then_some(entry.id);
                self.recorder = Some(SlaEventRecorder::begin(time_of(entry.at)?, entry.opening_priority()?));
            }
            (None, _) => return None,
            (Some(_), _) if entry.from.is_none() => return None,
            (_, "assign") => self.assigned_by = entry.assigns().then_some(entry.id),
            (_, "remind") => self.alerts += 1,
            (_, "reply") if !entry.is_automatic() => self.alerts = 0,
            (_, "reopen") => self.alerts = 0,
            _ => {}
        }
        self.reopened |= entry.from == Some("solved") && entry.to.is_some_and(|to| to != "solved");
        self.last = Some((entry.id, entry.at));
        if self.opened != self.last
            && let Some(recorder) = &mut self.recorder
        {
            recorder.record_event(entry.event()?);
        }
        Some(())
    }
}
