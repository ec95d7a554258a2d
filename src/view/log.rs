//! What happened on the desk, one line per entry, newest first.
//!
//! Must not know which tickets were asked for.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::ticket::Ticket;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::colors;
use super::entry::describe;
use super::json::entry_json;
use super::table::{Cell, Table, tab_separated};
use super::visible_history::{VisibleEntry, thread};
use super::{Audience, Viewer};

/// What [`render_tsv`] prints of an entry, by the names of JSON; the text is whole there.
pub const COLUMNS: &[&str] = &["at", "ticket", "id", "by", "role", "action", "from", "to", "text"];

/// An entry, with its ticket and that one's short id.
type LogLine<'a> = (&'a str, &'a Ticket, VisibleEntry<'a>);

/// A table: local time, short id of the ticket, who, what, the first line of the text. Each ticket comes with
/// its short id. Empty without entries since then.
pub fn render_table(tickets: &[(&str, &Ticket)], since: Option<DateTime<Utc>>, audience: &Audience<'_>) -> String {
    let columns = &audience.words().columns;
    let mut table = Table::under(&[columns.time, columns.id, columns.who, columns.what, columns.text]);
    for (ticket_short_id, ticket, told) in newest_first(tickets, since, audience.viewer) {
        let entry = told.entry;
        let style = if entry.is_internal() { colors::INTERNAL } else { anstyle::Style::new() };
        table.push(vec![
            Cell::styled(&audience.minute(entry.at), colors::MUTED),
            Cell::styled(ticket_short_id, colors::STRONG).leading_to(audience.links.map(|links| links.to(ticket.id))),
            Cell::plain(entry.by.as_str()),
            Cell::styled(&describe(entry, audience.zone, audience.words()), style),
            Cell::plain(told.first_line()),
        ]);
    }
    table.render(audience.paint, audience.width)
}

/// One line per entry, without a header, with tabs between: time (RFC 3339 UTC), ticket id, entry id, by,
/// role, action, from, to, the first line of the text. What is absent is empty.
pub fn render_tsv(tickets: &[(&str, &Ticket)], since: Option<DateTime<Utc>>, viewer: Viewer) -> String {
    newest_first(tickets, since, viewer).iter().map(|(_, ticket, told)| values(ticket, told)).collect()
}

/// The entries as JSON, with their ticket.
pub fn records(tickets: &[(&str, &Ticket)], since: Option<DateTime<Utc>>, viewer: Viewer) -> Vec<Map<String, Json>> {
    newest_first(tickets, since, viewer).iter().map(|(_, ticket, told)| to_json(ticket, told)).collect()
}

/// An entry as JSON, with its ticket.
pub fn to_json(ticket: &Ticket, told: &VisibleEntry<'_>) -> Map<String, Json> {
    let ticket = ("ticket".to_owned(), Json::String(ticket.id.to_string()));
    std::iter::once(ticket).chain(entry_json(told)).collect()
}

fn newest_first<'a>(
    tickets: &[(&'a str, &'a Ticket)],
    since: Option<DateTime<Utc>>,
    viewer: Viewer,
) -> Vec<LogLine<'a>> {
    let entries =
        |&(id, ticket): &(&'a str, &'a Ticket)| thread(ticket, viewer).into_iter().map(move |told| (id, ticket, told));
    let mut lines: Vec<_> = tickets.iter().flat_map(entries).collect();
    lines.retain(|(_, _, told)| since.is_none_or(|since| told.entry.at >= since));
    lines.sort_by_key(|(_, _, told)| std::cmp::Reverse((told.entry.at, told.entry.id)));
    lines
}

fn values(ticket: &Ticket, told: &VisibleEntry<'_>) -> String {
    let entry = told.entry;
    tab_separated([
        duration::format_instant(entry.at).as_str(),
        &ticket.id.to_string(),
        &entry.id.to_string(),
        entry.by.as_str(),
        entry.role.as_str(),
        entry.action.as_str(),
        entry.from.map_or("", Status::as_str),
        entry.to.map_or("", Status::as_str),
        told.first_line(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures;

    #[test]
    fn the_newest_entry_of_any_ticket_comes_first() {
        let (mut one, two) = (test_fixtures::opened(), test_fixtures::opened());
        test_fixtures::by_agent(
            &mut one,
            test_fixtures::reply(),
            Some(Status::AwaitingReply),
            "\n Which release?\nOf which?",
        );
        test_fixtures::by_agent(&mut one, test_fixtures::note(), None, "Known.");
        let tickets = [("000001", &one), ("000002", &two)];
        assert_eq!(
            render_table(&tickets, None, &test_fixtures::audience(&test_fixtures::paris())),
            "time              id      who                 what                    text\n\
             2026-11-21 18:25  000001  kenji@desk.example  wrote an internal note  Known.\n\
             2026-11-21 18:15  000001  kenji@desk.example  replied                 Which release?\n\
             2026-11-21 18:05  000001  ana@acme.example    opened                  Every tile times out.\n\
             2026-11-21 18:05  000002  ana@acme.example    opened                  Every tile times out.\n"
        );
        let lines = render_tsv(&tickets, None, Viewer::Customer);
        let (ticket, entry) = (one.id, one.history[1].id);
        let first = format!(
            "2026-11-21T17:15:12Z\t{ticket}\t{entry}\tkenji@desk.example\tagent\treply\topen\tawaiting_reply\tWhich release?"
        );
        assert_eq!((lines.lines().count(), lines.lines().next()), (3, Some(first.as_str())));
        let since = Some(test_fixtures::minute(16));
        let records = records(&tickets, since, Viewer::Support);
        assert_eq!(records.len(), 1);
        let names: Vec<_> = records[0].keys().map(String::as_str).collect();
        assert_eq!(names, ["ticket", "id", "at", "by", "role", "action", "from", "text"]);
        assert!(COLUMNS.iter().chain(&names).all(|name| crate::view::json::ENTRY_FIELDS.contains(name)));
    }
}
