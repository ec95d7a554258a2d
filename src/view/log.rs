//! The log of a desk: one line per entry, newest first.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::ticket::Ticket;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::colors;
use super::entry::describe;
use super::json::entry_json;
use super::table::{Cell, Table, tab_separated};
use super::visible_history::{VisibleEntry, visible_entries};
use super::{Audience, Viewer};

/// The columns of [`render_tsv`], by the names of JSON. JSON has the whole text, a line only the first line of it.
pub const COLUMNS: &[&str] = &["at", "ticket", "id", "by", "role", "action", "from", "to", "text"];

/// The short id of a ticket, the ticket, and one of its entries.
type LogLine<'a> = (&'a str, &'a Ticket, VisibleEntry<'a>);

/// Renders a table: local time, short id of the ticket, actor, action, first line of the text. Each ticket is given with its
/// short id. The text is empty without entries since `since`.
pub fn render_table(tickets: &[(&str, &Ticket)], since: Option<DateTime<Utc>>, audience: &Audience<'_>) -> String {
    let columns = &audience.catalog().columns;
    let mut table = Table::with_header(&[columns.time, columns.id, columns.who, columns.what, columns.text]);
    for (ticket_short_id, ticket, visible) in newest_first(tickets, since, audience.viewer) {
        let entry = visible.entry;
        let style = if entry.is_internal() { colors::INTERNAL } else { anstyle::Style::new() };
        table.push(vec![
            Cell::styled(&audience.minute(entry.at), colors::MUTED),
            Cell::styled(ticket_short_id, colors::STRONG).linked_to(audience.links.map(|links| links.to(ticket.id))),
            Cell::plain(entry.by.as_str()),
            Cell::styled(&describe(entry, audience.zone, audience.catalog()), style),
            Cell::plain(visible.first_line()),
        ]);
    }
    table.render(audience.color_mode, audience.width)
}

/// Renders each entry as a line of tab-separated values: the [`COLUMNS`], with the time in RFC 3339 and UTC. Absent values
/// are empty.
pub fn render_tsv(tickets: &[(&str, &Ticket)], since: Option<DateTime<Utc>>, viewer: Viewer) -> String {
    newest_first(tickets, since, viewer).iter().map(|(_, ticket, visible)| values(ticket, visible)).collect()
}

/// Returns the entries as JSON, each with the id of its ticket.
pub fn to_json_records(
    tickets: &[(&str, &Ticket)],
    since: Option<DateTime<Utc>>,
    viewer: Viewer,
) -> Vec<Map<String, Json>> {
    newest_first(tickets, since, viewer).iter().map(|(_, ticket, visible)| to_json(ticket, visible)).collect()
}

/// Returns an entry as JSON, with the id of its ticket.
pub fn to_json(ticket: &Ticket, visible: &VisibleEntry<'_>) -> Map<String, Json> {
    let ticket = ("ticket".to_owned(), Json::String(ticket.id.to_string()));
    std::iter::once(ticket).chain(entry_json(visible)).collect()
}

fn newest_first<'a>(
    tickets: &[(&'a str, &'a Ticket)],
    since: Option<DateTime<Utc>>,
    viewer: Viewer,
) -> Vec<LogLine<'a>> {
    let entries = |&(id, ticket): &(&'a str, &'a Ticket)| {
        visible_entries(ticket, viewer).into_iter().map(move |visible| (id, ticket, visible))
    };
    let mut lines: Vec<_> = tickets.iter().flat_map(entries).collect();
    lines.retain(|(_, _, visible)| since.is_none_or(|since| visible.entry.at >= since));
    lines.sort_by_key(|(_, _, visible)| std::cmp::Reverse((visible.entry.at, visible.entry.id)));
    lines
}

fn values(ticket: &Ticket, visible: &VisibleEntry<'_>) -> String {
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
        let records = to_json_records(&tickets, since, Viewer::Support);
        assert_eq!(records.len(), 1);
        let names: Vec<_> = records[0].keys().map(String::as_str).collect();
        assert_eq!(names, ["ticket", "id", "at", "by", "role", "action", "from", "text"]);
        assert!(COLUMNS.iter().chain(&names).all(|name| crate::view::json::ENTRY_FIELDS.contains(name)));
    }
}
