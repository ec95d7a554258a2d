//! The log of a desk: one line per entry, newest first.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::ticket::Ticket;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::Audience;
use super::colors;
use super::entry::{describe, short_id};
use super::json::entry_json;
use super::table::{Cell, Column, Table, tab_separated};
use super::visible_history::{VisibleEntry, visible_entries};

/// The columns of [`render_tsv`], by the names of JSON. JSON has the whole text, a line only the first line of it.
pub const COLUMNS: &[&str] = &["at", "ticket", "id", "by", "role", "action", "from", "to", "text"];

/// An entry of the log, with its ticket.
pub struct LogLine<'a> {
    ticket: &'a Ticket,
    visible: VisibleEntry<'a>,
}

impl LogLine<'_> {
    /// Returns the entry as it was written.
    pub const fn entry(&self) -> &Entry {
        self.visible.entry
    }
}

/// Returns the entries of tickets since an instant, the newest first.
pub fn newest_first(tickets: &[Ticket], since: Option<DateTime<Utc>>) -> Vec<LogLine<'_>> {
    let mut lines = Vec::new();
    for ticket in tickets {
        let visible = visible_entries(ticket).into_iter();
        let recent = visible.filter(|visible| since.is_none_or(|since| visible.entry.at >= since));
        lines.extend(recent.map(|visible| LogLine { ticket, visible }));
    }
    lines.sort_by_key(|LogLine { visible, .. }| std::cmp::Reverse((visible.entry.at, visible.entry.id)));
    lines
}

/// Renders a table: local time, short id of the ticket, actor, action with the first line of the text. The text is empty without
/// entries.
pub fn render_table(lines: &[LogLine<'_>], audience: &Audience<'_>) -> String {
    let columns = &audience.catalog().columns;
    let mut table = Table::with_columns(vec![
        Column::new(columns.time),
        Column::new(columns.id),
        Column::new(columns.who).shrinks(8),
        Column::new(columns.what).shrinks(44),
    ]);
    for LogLine { ticket, visible } in lines {
        let entry = visible.entry;
        let (what, text) = (describe(entry, audience.zone, audience.catalog()), visible.first_line());
        let what = if text.is_empty() { what } else { format!("{what}: {text}") };
        let style = if entry.has_internal_text() { colors::INTERNAL } else { anstyle::Style::new() };
        table.push(vec![
            Cell::styled(&audience.minute(entry.at), colors::MUTED),
            audience.id_cell(ticket.id, &short_id(ticket.id)),
            Cell::plain(audience.name(&entry.by)),
            Cell::styled(&what, style),
        ]);
    }
    audience.render(&table)
}

/// Renders an entry as a line of tab-separated values: the [`COLUMNS`], with the time in RFC 3339 and UTC. Absent values
/// are empty.
pub fn render_tsv(LogLine { ticket, visible }: &LogLine<'_>) -> String {
    let entry = visible.entry;
    tab_separated([
        duration::format_instant(entry.at).as_str(),
        &ticket.id.to_string(),
        &entry.id.to_string(),
        entry.by.as_str(),
        entry.role.as_str(),
        entry.action.as_str(),
        entry.from.map_or("", Status::as_str),
        entry.to.map_or("", Status::as_str),
        visible.first_line(),
    ])
}

/// Returns an entry as JSON, with the id of its ticket.
pub fn to_json(LogLine { ticket, visible }: &LogLine<'_>) -> Map<String, Json> {
    let ticket = ("ticket".to_owned(), Json::String(ticket.id.to_string()));
    std::iter::once(ticket).chain(entry_json(visible)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures;

    #[test]
    fn the_newest_entry_of_all_tickets_comes_first() {
        let (mut one, two) = (test_fixtures::opened(), test_fixtures::opened());
        test_fixtures::by_agent(
            &mut one,
            test_fixtures::reply(),
            Some(Status::AwaitingReply),
            "\n Which release?\nOf which?",
        );
        test_fixtures::by_agent(&mut one, test_fixtures::note(), None, "Known.");
        let (ticket, entry, name) = (one.id, one.history[1].id, short_id(one.id));
        let tickets = [one, two];
        assert_eq!(
            render_table(&newest_first(&tickets, None), &test_fixtures::audience(&test_fixtures::paris())),
            format!(
                "time              id      who                 what\n\
                 2026-11-21 18:25  {name}  kenji@desk.example  wrote an internal note: Known.\n\
                 2026-11-21 18:15  {name}  kenji@desk.example  replied: Which release?\n\
                 2026-11-21 18:05  {name}  ana@acme.example    opened: Every tile times out.\n\
                 2026-11-21 18:05  {name}  ana@acme.example    opened: Every tile times out.\n"
            )
        );
        let since = Some(test_fixtures::minute(6));
        let lines: Vec<String> = newest_first(&tickets, since).iter().map(render_tsv).collect();
        let first = format!(
            "2026-11-21T17:15:12Z\t{ticket}\t{entry}\tkenji@desk.example\tagent\treply\topen\tawaiting_reply\tWhich release?"
        );
        assert_eq!((lines.len(), lines[1].trim_end()), (2, first.as_str()));
        let since = Some(test_fixtures::minute(16));
        let records: Vec<_> = newest_first(&tickets, since).iter().map(to_json).collect();
        assert_eq!(records.len(), 1);
        let names: Vec<_> = records[0].keys().map(String::as_str).collect();
        assert_eq!(names, ["ticket", "id", "at", "by", "role", "action", "from", "text"]);
        assert!(COLUMNS.iter().chain(&names).all(|name| crate::view::json::ENTRY_FIELDS.contains(name)));
    }
}
