//! What happened to tickets between two versions of a desk: a line per entry, or Markdown for a pull request.
//!
//! Must not know which versions they are.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use crate::domain::ticket::diff::{EntryChange, TicketDiff};
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::colors;
use super::entry::describe;
use super::json::entry_json;
use super::labels::fill;
use super::table::{Cell, Table, tab_separated};
use super::visible_history::{VisibleEntry, thread};
use super::{Audience, Viewer, sanitize};

/// The fields of a ticket that changed.
pub const FIELDS: &[&str] = &["id", "subject", "change", "status_before", "status", "entries"];

/// A line for people and programs: its entry, if it is about one, and what became of it.
struct ChangeLine<'a> {
    compared: &'a TicketDiff,
    fate: Option<EntryChange>,
    entry: Option<&'a Entry>,
}

/// What the viewer may see of each ticket, oldest entry first. Redacted words never stand in a line.
fn lines<'a>(compared: &'a TicketDiff, viewer: Viewer) -> Vec<ChangeLine<'a>> {
    let visible: HashSet<_> = [&compared.before, &compared.after]
        .into_iter()
        .flatten()
        .flat_map(|ticket| thread(ticket, viewer))
        .map(|told| told.entry.id)
        .collect();
    let entries = compared.entries();
    if entries.is_empty() {
        return vec![ChangeLine { compared, fate: None, entry: None }];
    }
    let seen = entries.into_iter().filter(|(_, entry)| visible.contains(&entry.id));
    seen.map(|(fate, entry)| ChangeLine { compared, fate: Some(fate), entry: Some(entry) }).collect()
}

/// A table: time, short id, who, what. The short ids go with the tickets one by one.
pub fn render_table(compared: &[TicketDiff], short_ids: &[String], audience: &Audience<'_>) -> String {
    let columns = &audience.words().columns;
    let mut table = Table::under(&[columns.time, columns.id, columns.who, columns.what]);
    for (compared, short_id) in compared.iter().zip(short_ids) {
        for line in lines(compared, audience.viewer) {
            let at = line.entry.map(|entry| audience.minute(entry.at)).unwrap_or_default();
            let style = if line.fate == Some(EntryChange::Added) { anstyle::Style::new() } else { colors::ALARM };
            table.push(vec![
                Cell::styled(&at, colors::MUTED),
                Cell::styled(short_id, colors::STRONG),
                Cell::plain(line.entry.map_or("", |entry| entry.by.as_str())),
                Cell::styled(&what(&line, audience), style),
            ]);
        }
    }
    table.render(audience.paint, audience.width)
}

/// With tabs between: `added`, `removed`, `rewritten` or `edited`, time, ticket, entry, person, role, action, from, to.
pub fn render_tsv(compared: &[TicketDiff], viewer: Viewer) -> String {
    let values = |line: &ChangeLine<'_>| {
        let entry = line.entry;
        tab_separated([
            line.fate.map_or("edited", EntryChange::as_str),
            &entry.map(|entry| duration::format_instant(entry.at)).unwrap_or_default(),
            &line.compared.id.to_string(),
            &entry.map(|entry| entry.id.to_string()).unwrap_or_default(),
            entry.map_or("", |entry| entry.by.as_str()),
            entry.map_or("", |entry| entry.role.as_str()),
            entry.map_or("", |entry| entry.action.as_str()),
            entry.and_then(|entry| entry.from).map_or("", Status::as_str),
            entry.and_then(|entry| entry.to).map_or("", Status::as_str),
        ])
    };
    compared.iter().flat_map(|compared| lines(compared, viewer)).map(|line| values(&line)).collect()
}

/// A ticket that changed: `change` is `opened`, `changed`, `edited` (without an entry) or `removed`, and each of its
/// entries has a `change` too.
pub fn to_json(compared: &TicketDiff, viewer: Viewer) -> Map<String, Json> {
    let status = |ticket: &Option<_>| {
        ticket.as_ref().map(|ticket: &crate::domain::ticket::Ticket| ticket.header.status.as_str())
    };
    let lines = lines(compared, viewer);
    let threads: Vec<VisibleEntry<'_>> =
        [&compared.after, &compared.before].into_iter().flatten().flat_map(|ticket| thread(ticket, viewer)).collect();
    let entry = |line: &ChangeLine<'_>| {
        let told = threads.iter().find(|told| Some(told.entry.id) == line.entry.map(|entry| entry.id))?;
        let change = ("change".to_owned(), json!(line.fate.map(EntryChange::as_str)));
        Some(Json::Object(std::iter::once(change).chain(entry_json(told)).collect()))
    };
    let change = match (&compared.before, &compared.after) {
        (None, _) => "opened",
        (_, None) => "removed",
        _ if compared.entries().is_empty() => "edited",
        _ => "changed",
    };
    let values = [
        ("id", json!(compared.id.to_string())),
        ("subject", json!(subject(compared))),
        ("change", json!(change)),
        ("status_before", json!(status(&compared.before))),
        ("status", json!(status(&compared.after))),
        ("entries", Json::Array(lines.iter().filter_map(entry).collect())),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Markdown for a comment: a heading with the counts, then each ticket with its entries. Nobody is notified by it, and
/// nothing strangers wrote is markup.
pub fn markdown(compared: &[TicketDiff], short_ids: &[String], audience: &Audience<'_>) -> String {
    let told: Vec<_> = compared.iter().map(|compared| lines(compared, audience.viewer)).collect();
    let entries: usize = told.iter().map(|lines| lines.iter().filter(|line| line.entry.is_some()).count()).sum();
    let words = audience.words();
    let tickets = words.count(compared.len(), &words.counts.tickets);
    let entries = words.count(entries, &words.counts.entries);
    let summary = fill(words.changes.summary, &[("tickets", &tickets), ("entries", &entries)]);
    let mut page = format!("### {summary}\n");
    for ((compared, short_id), lines) in compared.iter().zip(short_ids).zip(told) {
        page.push_str(&format!("\n**`{short_id}` {}**{}\n\n", escaped(subject(compared)), moved(compared, audience)));
        for line in lines {
            let told = match line.entry {
                Some(entry) => {
                    let (time, by) = (audience.minute(entry.at), escaped(entry.by.as_str()));
                    let zone = audience.zone.abbreviation(entry.at);
                    format!("{time} {zone} {by} {}", escaped(&what(&line, audience)))
                }
                None => words.changes.by_hand.to_owned(),
            };
            let mark = if line.fate == Some(EntryChange::Added) { "" } else { "⚠ " };
            page.push_str(&format!("- {mark}{told}\n"));
        }
    }
    page
}

fn subject(compared: &TicketDiff) -> &str {
    compared.ticket().map_or("", |ticket| &ticket.header.subject)
}

/// What happened to the ticket as a whole.
fn moved(compared: &TicketDiff, audience: &Audience<'_>) -> String {
    let words = audience.words();
    let label = |status| words.statuses.of(status);
    match (&compared.before, &compared.after) {
        (Some(before), Some(after)) if before.header.status == after.header.status => String::new(),
        (Some(before), Some(after)) => format!(" · {} → {}", label(before.header.status), label(after.header.status)),
        (None, Some(after)) => {
            format!(" · {}", fill(words.changes.new, &[("status", label(after.header.status))]))
        }
        (_, None) => format!(" · ⚠ {}", words.changes.gone),
    }
}

fn what(line: &ChangeLine<'_>, audience: &Audience<'_>) -> String {
    let words = audience.words();
    let Some(entry) = line.entry else { return words.changes.by_hand.to_owned() };
    let deed = describe(entry, audience.zone, words);
    match line.fate {
        Some(EntryChange::Removed) => fill(words.changes.removed, &[("deed", &deed)]),
        Some(EntryChange::Rewritten) => fill(words.changes.rewritten, &[("deed", &deed)]),
        _ => deed,
    }
}

/// Words as Markdown shows them: no markup, no HTML, and neither people nor other issues are called by their name.
fn escaped(words: &str) -> String {
    let mut shown = String::new();
    let mut before = ' ';
    for c in sanitize::one_line(words).chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '@' if !before.is_alphanumeric() => shown.push_str("@<!-- -->"),
            '#' => shown.push_str("\\#<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' => shown.extend(['\\', c]),
            ':' if before == 's' || before == 'p' => shown.push_str(":<!-- -->"),
            c => shown.push(c),
        }
        before = c;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_strangers_wrote_is_markup_or_calls_anybody() {
        assert_eq!(escaped("<b>*x*</b> [a](b) `c`"), "&lt;b&gt;\\*x\\*&lt;/b&gt; \\[a\\](b) \\`c\\`");
        assert_eq!(escaped("@team ana@acme.example #12"), "@<!-- -->team ana@acme.example \\#<!-- -->12");
        assert_eq!(escaped("https://evil.example"), "https:<!-- -->//evil.example");
    }
}
