//! The changes of tickets between two versions of a desk: a line per entry, or Markdown for a pull request.

use serde_json::{Map, Value as Json, json};

use crate::domain::ticket::action::Action;
use crate::domain::ticket::diff::{EntryChange, TicketDiff};
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::colors;
use super::entry::{describe, short_id};
use super::json::{entry_json, record};
use super::labels::{Catalog, fill};
use super::table::{Cell, Column, Table, tab_separated};
use super::visible_history::{VisibleEntry, visible_entries};
use super::{Audience, sanitize};

/// The JSON fields of a changed ticket.
pub const FIELDS: &[&str] = &["id", "subject", "change", "status_before", "status", "entries"];

/// A changed entry; without an entry, a ticket whose file was changed by hand.
struct ChangeLine<'a> {
    diff: &'a TicketDiff,
    change: Option<EntryChange>,
    entry: Option<&'a Entry>,
}

/// Returns the changed entries, oldest first.
fn lines<'a>(diff: &'a TicketDiff) -> Vec<ChangeLine<'a>> {
    if diff.entries.is_empty() {
        return vec![ChangeLine { diff, change: None, entry: None }];
    }
    let line =
        |(change, entry): &'a (EntryChange, Entry)| ChangeLine { diff, change: Some(*change), entry: Some(entry) };
    diff.entries.iter().map(line).collect()
}

/// Renders a table: time, short id, actor, action.
pub fn render_table(diffs: &[TicketDiff], audience: &Audience<'_>) -> String {
    let columns = &audience.catalog().columns;
    let mut table = Table::with_columns(vec![
        Column::new(columns.time),
        Column::new(columns.id),
        Column::new(columns.who).shrinks(8),
        Column::new(columns.what).shrinks(44),
    ]);
    for line in diffs.iter().flat_map(lines) {
        let at = line.entry.map(|entry| audience.minute(entry.at)).unwrap_or_default();
        let style = if line.change == Some(EntryChange::Added) { anstyle::Style::new() } else { colors::ALARM };
        table.push(vec![
            Cell::styled(&at, colors::MUTED),
            Cell::styled(&short_id(line.diff.id), colors::STRONG),
            Cell::plain(line.entry.map_or("", |entry| audience.name(&entry.by))),
            Cell::styled(&describe_change(&line, audience), style),
        ]);
    }
    audience.render(&table)
}

/// Renders lines of tab-separated values: `added`, `removed`, `rewritten` or `edited`, time (RFC 3339, UTC), ticket, entry,
/// actor, role, action, from, to.
pub fn render_tsv(diffs: &[TicketDiff]) -> String {
    let values = |line: &ChangeLine<'_>| {
        let entry = line.entry;
        tab_separated([
            line.change.map_or("edited", EntryChange::as_str),
            &entry.map(|entry| duration::format_instant(entry.at)).unwrap_or_default(),
            &line.diff.id.to_string(),
            &entry.map(|entry| entry.id.to_string()).unwrap_or_default(),
            entry.map_or("", |entry| entry.by.as_str()),
            entry.map_or("", |entry| entry.role.as_str()),
            entry.map_or("", |entry| entry.action.as_str()),
            entry.and_then(|entry| entry.from).map_or("", Status::as_str),
            entry.and_then(|entry| entry.to).map_or("", Status::as_str),
        ])
    };
    diffs.iter().flat_map(lines).map(|line| values(&line)).collect()
}

/// Returns a changed ticket as JSON: `change` is `opened`, `changed`, `edited` (without an entry) or `removed`, and each of
/// its entries has a `change` too.
pub fn to_json(diff: &TicketDiff) -> Map<String, Json> {
    let status = |ticket: &Option<_>| {
        ticket.as_ref().map(|ticket: &crate::domain::ticket::Ticket| ticket.header.status.as_str())
    };
    let visible = visible_in(diff);
    let entry = |line: &ChangeLine<'_>| {
        let visible = visible.iter().find(|visible| Some(visible.entry.id) == line.entry.map(|entry| entry.id))?;
        let change = ("change".to_owned(), json!(line.change.map(EntryChange::as_str)));
        Some(Json::Object(std::iter::once(change).chain(entry_json(visible)).collect()))
    };
    let change = match (&diff.before, &diff.after) {
        (None, _) => "opened",
        (_, None) => "removed",
        _ if diff.entries.is_empty() => "edited",
        _ => "changed",
    };
    record(json!({
        "id": diff.id.to_string(),
        "subject": subject(diff),
        "change": change,
        "status_before": status(&diff.before),
        "status": status(&diff.after),
        "entries": lines(diff).iter().filter_map(entry).collect::<Vec<_>>(),
    }))
}

/// The most lines of a text that are quoted above its rest.
const QUOTED: usize = 3;

/// Renders Markdown for a comment on a pull request: a heading with the counts and what matters, then each ticket with its
/// entries and their texts. Text from users is not markup in it and notifies no person.
pub fn markdown(diffs: &[TicketDiff], audience: &Audience<'_>) -> String {
    let entries: usize = diffs.iter().map(|diff| diff.entries.len()).sum();
    let catalog = audience.catalog();
    let tickets = catalog.count(diffs.len(), |counts| counts.tickets);
    let entries = catalog.count(entries, |counts| counts.entries);
    let summary = fill(catalog.changes.summary, &[("tickets", &tickets), ("entries", &entries)]);
    let matters: String = what_matters(diffs, catalog).iter().map(|matter| format!(" · {matter}")).collect();
    let mut page = format!("### {summary}{matters}\n");
    for diff in diffs {
        let visible = visible_in(diff);
        let (name, subject) = (short_id(diff.id), escaped(subject(diff)));
        page.push_str(&format!("\n**`{name}` {subject}**{}\n\n", status_change(diff, audience)));
        for line in lines(diff) {
            let text = match &line.entry {
                Some(entry) => {
                    let (time, by) = (audience.minute(entry.at), escaped(entry.by.as_str()));
                    let zone = audience.zone.abbreviation(entry.at);
                    format!("{time} {zone} {by} {}", escaped(&describe_change(&line, audience)))
                }
                None => catalog.changes.by_hand.to_owned(),
            };
            let mark = if line.change == Some(EntryChange::Added) { "" } else { "⚠ " };
            page.push_str(&format!("- {mark}{text}\n"));
            let words = line.entry.and_then(|entry| visible.iter().find(|visible| visible.entry.id == entry.id));
            push_quoted(&mut page, words.and_then(VisibleEntry::text).unwrap_or_default());
        }
    }
    page
}

/// Returns the entries of both versions as they are visible, those of the later version first.
fn visible_in(diff: &TicketDiff) -> Vec<VisibleEntry<'_>> {
    [&diff.after, &diff.before].into_iter().flatten().flat_map(visible_entries).collect()
}

/// Returns what a reviewer must not miss, counted: tickets that were solved, escalated or deleted, and entries that were
/// removed or rewritten.
fn what_matters(diffs: &[TicketDiff], catalog: &Catalog) -> Vec<String> {
    let lines: Vec<ChangeLine<'_>> = diffs.iter().flat_map(lines).collect();
    let is_new = |line: &&ChangeLine<'_>| line.change == Some(EntryChange::Added);
    let solved =
        lines.iter().filter(is_new).filter(|line| line.entry.is_some_and(|one| one.to == Some(Status::Solved)));
    let escalated =
        |line: &&ChangeLine<'_>| line.entry.is_some_and(|one| matches!(one.action, Action::Escalate { .. }));
    let counts = [
        (solved.count(), catalog.changes.solved),
        (lines.iter().filter(is_new).filter(escalated).count(), catalog.changes.escalated),
        (lines.iter().filter(|line| !is_new(line) && line.diff.after.is_some()).count(), catalog.changes.altered),
        (diffs.iter().filter(|diff| diff.after.is_none()).count(), catalog.changes.deleted),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, label)| fill(label, &[("number", &count.to_string())])).collect()
}

/// Appends the first lines of a text as a quotation below its entry, and the rest folded.
fn push_quoted(page: &mut String, text: &str) {
    let lines: Vec<String> =
        text.lines().map(|line| format!("  > {}", escaped(line)).trim_end().to_owned() + "\n").collect();
    let (first, rest) = lines.split_at(lines.len().min(QUOTED));
    page.extend(first.iter().map(String::as_str));
    if !rest.is_empty() {
        page.push_str(&format!("\n  <details><summary>+{}</summary>\n\n", rest.len()));
        page.extend(rest.iter().map(String::as_str));
        page.push_str("\n  </details>\n\n");
    }
}

fn subject(diff: &TicketDiff) -> &str {
    diff.ticket().map_or("", |ticket| &ticket.header.subject)
}

/// Formats the change of the status: ` · open → solved`. The text is empty without one.
fn status_change(diff: &TicketDiff, audience: &Audience<'_>) -> String {
    let catalog = audience.catalog();
    let label = |status| catalog.statuses.of(status);
    match (&diff.before, &diff.after) {
        (Some(before), Some(after)) if before.header.status == after.header.status => String::new(),
        (Some(before), Some(after)) => format!(" · {} → {}", label(before.header.status), label(after.header.status)),
        (None, Some(after)) => {
            format!(" · {}", fill(catalog.changes.new, &[("status", label(after.header.status))]))
        }
        (_, None) => format!(" · ⚠ {}", catalog.changes.gone),
    }
}

fn describe_change(line: &ChangeLine<'_>, audience: &Audience<'_>) -> String {
    let catalog = audience.catalog();
    let Some(entry) = &line.entry else { return catalog.changes.by_hand.to_owned() };
    let action = describe(entry, audience.zone, catalog);
    match line.change {
        Some(EntryChange::Removed) => fill(catalog.changes.removed, &[("action", &action)]),
        Some(EntryChange::Rewritten) => fill(catalog.changes.rewritten, &[("action", &action)]),
        _ => action,
    }
}

/// Escapes text for Markdown: no markup, no HTML, and no mentions of people or issues.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut before = ' ';
    for c in sanitize::one_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' if !before.is_alphanumeric() => escaped.push_str("@<!-- -->"),
            '#' => escaped.push_str("\\#<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' => escaped.extend(['\\', c]),
            ':' if before == 's' || before == 'p' => escaped.push_str(":<!-- -->"),
            c => escaped.push(c),
        }
        before = c;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_folded_after_its_first_lines() {
        let mut page = String::new();
        push_quoted(&mut page, "One\n\n<b>three\nfour\n@five");
        let first = "  > One\n  >\n  > &lt;b&gt;three\n";
        let rest = "\n  <details><summary>+2</summary>\n\n  > four\n  > @<!-- -->five\n\n  </details>\n\n";
        assert_eq!(page, format!("{first}{rest}"));
    }

    #[test]
    fn text_from_users_is_not_markup_and_mentions_no_person() {
        assert_eq!(escaped("<b>*x*</b> [a](b) `c`"), "&lt;b&gt;\\*x\\*&lt;/b&gt; \\[a\\](b) \\`c\\`");
        assert_eq!(escaped("@team ana@acme.example #12"), "@<!-- -->team ana@acme.example \\#<!-- -->12");
        assert_eq!(escaped("https://evil.example"), "https:<!-- -->//evil.example");
    }
}
