//! The survey: what a row needs of a ticket's file, read in one pass and without making the ticket.
//!
//! It looks at every line, and takes nothing but what the printer would have printed; so what it takes the full reader
//! takes too, with the same row. Whatever it does not know for sure is left to that one. It knows no errors: `None` means
//! "not that simple". Properties and a fuzz target hold it to this.

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
use values::{id_of, items, known, person_of, some, some_words, time_of, words_of};

/// The row of a file, where it is as simple as most files are. `id` is the one the file is named after.
pub fn read_summary(bytes: &[u8], id: Id) -> Option<Summary> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_tame(text))?;
    let mut cursor = LineCursor::over(text);
    let header = heading(&mut cursor).filter(|(own, _)| *own == id)?.1;
    let mut past = HistoryProgress::default();
    history(&mut cursor, |entry| past.add(entry))?;
    let ((opened, created_at), (version, last_activity_at)) = (past.opened?, past.last?);
    let row = Summary {
        id,
        header,
        alerts: past.alerts,
        reopened: past.reopened,
        created_at: time_of(created_at)?,
        last_activity_at: time_of(last_activity_at)?,
        version: id_of(version)?,
        assigned_by: some(past.assigned_by, id_of)?,
        imported_id: past.imported_id,
        sla_events: past.follower?.into_events(),
    };
    (id_of(opened)? == id).then_some(row)
}

/// The ticket in a file, where it is as simple as most files are. Then it is spelled just as the printer spells it.
pub(super) fn read(bytes: &[u8]) -> Option<Ticket> {
    ticket_in(bytes, text_of)
}

/// The same with [`Text::left_out`] for every text.
pub(super) fn read_bare(bytes: &[u8]) -> Option<Ticket> {
    ticket_in(bytes, |_| Some(Text::left_out()))
}

/// The entries that stand behind others, up to the end marker, each with the empty line before it, as
/// [`read_bare`] reads them. None where they are not as simple as most are.
pub(super) fn parse_appended(bytes: &[u8]) -> Option<Vec<Entry>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_tame(text))?;
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

fn ticket_in(bytes: &[u8], words: fn(&str) -> Option<Text>) -> Option<Ticket> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_tame(text))?;
    let mut cursor = LineCursor::over(text);
    let (id, header) = heading(&mut cursor)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(8);
    history(&mut cursor, |entry| {
        if entry.from.is_none() && !entries.is_empty() {
            return None;
        }
        entries.push(entry.make(words)?);
        Some(())
    })?;
    let opens = entries.first().is_some_and(|first| first.id == id && matches!(first.action, Action::Open(_)));
    opens.then_some(Ticket { format: FORMAT, id, header, history: entries })
}

/// The lines from behind the header to the end, entry by entry.
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

/// The header alone of a file that looks whole, as [`read_summary`] reads it. What the entries say has not been looked at, but
/// nothing else stands behind the header: no fact of it, which a reader takes there too, and no marks of a conflict.
pub fn read_summary_header(bytes: &[u8], id: Id) -> Option<Header> {
    const HISTORY: &[u8] = b"\n\nhistory:\n- id: ";
    let end = memchr::memmem::find(bytes, HISTORY)? + 1;
    let entries = bytes.get(end + HISTORY.len() - 1..)?.strip_suffix(b"...\n").filter(|rest| rest.ends_with(b"\n"))?;
    if !holds_only_entries(entries) {
        return None;
    }
    header_in(&bytes[..end], id)
}

/// What the header of a file says, whatever is wrong behind it.
pub fn salvage_header(bytes: &[u8], id: Id) -> Option<Header> {
    header_in(&bytes[..memchr::memmem::find(bytes, b"\n\nhistory:\n")? + 1], id)
}

fn header_in(bytes: &[u8], id: Id) -> Option<Header> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_tame(text))?;
    let mut cursor = LineCursor::over(text);
    let (own, header) = heading(&mut cursor)?;
    (own == id && cursor.is_done()).then_some(header)
}

/// Whether every line behind the first is empty, indented, or the first of an entry. LF alone may end a line: the
/// library knows four other breaks.
fn holds_only_entries(entries: &[u8]) -> bool {
    let holds = |sign: &str| memchr::memmem::find(entries, sign.as_bytes()).is_some();
    let breaks_oddly = holds("\r") || !entries.is_ascii() && ["\u{85}", "\u{2028}", "\u{2029}"].into_iter().any(holds);
    !breaks_oddly
        && memchr::memchr_iter(b'\n', entries).all(|end| {
            let line = &entries[end + 1..];
            matches!(line.first(), None | Some(b'\n' | b' ')) || line.starts_with(b"- ")
        })
}

/// Whether every character is one that no reader treats in its own way.
fn is_tame(text: &str) -> bool {
    let odd = text.bytes().fold(false, |odd, byte| odd | ((byte < b' ' && byte != b'\n') || byte == 0x7f));
    !odd && (text.is_ascii() || text.chars().all(|c| c == '\n' || is_printable(c)))
}

/// What the history has said so far.
#[derive(Default)]
struct HistoryProgress<'a> {
    opened: Option<(&'a str, &'a str)>,
    last: Option<(&'a str, &'a str)>,
    alerts: usize,
    reopened: bool,
    assigned_by: Option<&'a str>,
    imported_id: Option<String>,
    follower: Option<SlaEventRecorder>,
}

fn heading(cursor: &mut LineCursor<'_>) -> Option<(Id, Header)> {
    let mut values = FieldValues::default();
    fields(cursor, 0, None, schema::HEADER, &mut values)?;
    let [_, own, subject, kind, status, priority, rest @ ..] = values;
    let [product, product_group, organization, instance, requester, assignee, cc, channel, language, tags, rest @ ..] =
        rest;
    let [escalation, hold, resolution, merged_into, merged_from, follow_up_of] = rest;
    let header = Header {
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
    };
    Some((id_of(own?)?, header))
}

fn escalation_of(lines: &str) -> Option<Escalation> {
    let mut values = FieldValues::default();
    fields(&mut LineCursor::over(lines), 2, None, schema::ESCALATION, &mut values)?;
    let [reason, manager, since, ..] = values;
    Some(Escalation { reason: reason?.parse().ok()?, manager: some(manager, person_of)?, since: time_of(since?)? })
}

fn hold_of(lines: &str) -> Option<Hold> {
    let mut values = FieldValues::default();
    fields(&mut LineCursor::over(lines), 2, None, schema::HOLD, &mut values)?;
    let [reason, team, until, ..] = values;
    Some(Hold { reason: reason?.parse().ok()?, team: some_words(team)?, until: some(until, time_of)? })
}

impl<'a> HistoryProgress<'a> {
    /// What an entry adds.
    fn add(&mut self, entry: &EntryFields<'a>) -> Option<()> {
        match (self.opened, entry.action) {
            (None, "open") => {
                self.opened = Some((entry.id, entry.at));
                self.imported_id = entry.imported_id()?;
                self.assigned_by = entry.opens_assigned().then_some(entry.id);
                self.follower = Some(SlaEventRecorder::begin(time_of(entry.at)?, entry.opening_priority()?));
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
            && let Some(follower) = &mut self.follower
        {
            follower.record_event(entry.beat()?);
        }
        Some(())
    }
}
