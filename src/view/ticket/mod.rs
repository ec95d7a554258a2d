//! A ticket for people: its subject, its fields, and its history.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::codec::{Field, Record, Shape};
use crate::domain::id::Id;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::Metric;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::header_changes::{HeaderChange, changes};
use crate::domain::ticket::{Header, Ticket};
use crate::domain::value::Value;

use super::colors;
use super::colors::ColorMode;
use super::entry::{describe, describe_hold, short_id, transition};
use super::labels::{self, Catalog, fill};
use super::text_width::{pad, width, wrap};
use super::visible_history::{VisibleEntry, visible_entries};
use super::{Audience, sanitize, sla};

/// The mark before each line of a text of a user.
const GUTTER: &str = "│";
/// The spaces before the further lines of a heading.
const HEADING_INDENT: usize = 2;
/// The least width to which a text is wrapped, in columns.
const MIN_ROOM: usize = 12;

/// Renders a ticket, with its short id and clocks, and with the fields that each entry changed if `with_changes` is true.
pub fn render(
    ticket: &Ticket,
    ticket_short_id: &str,
    clocks: &[Clock],
    with_changes: bool,
    audience: &Audience<'_>,
) -> String {
    let mut text = audience.ticket_link(ticket.id, ticket_short_id);
    text.push_str("  ");
    let indent = width(ticket_short_id) + 2;
    push_wrapped(&mut text, &sanitize::one_line(&ticket.header.subject), colors::STRONG, indent, audience);
    text.push('\n');
    text.push_str(&render_fields(ticket, clocks, true, audience));
    push_history(&mut text, ticket, with_changes, audience);
    text
}

/// Renders the verbs that the viewer may use on a ticket; the text is empty without any.
pub fn render_allowed(verbs: &[&str], audience: &Audience<'_>) -> String {
    let mut text = String::new();
    if !verbs.is_empty() {
        text.push('\n');
        let line = fill(audience.catalog().remarks.allowed, &[("verbs", &verbs.join(", "))]);
        push_wrapped(&mut text, &line, colors::MUTED, 2, audience);
    }
    text
}

/// Renders one entry, with the fields that it changed if `with_changes` is true.
pub fn render_entry(ticket: &Ticket, entry: Id, with_changes: bool, audience: &Audience<'_>) -> String {
    let changes = header_changes(ticket, with_changes);
    let mut text = String::new();
    for visible in visible_entries(ticket).iter().filter(|visible| visible.entry.id == entry) {
        push_block(&mut text, visible, changes.get(&entry), audience);
    }
    text
}

/// Renders the last entries that have a text, each cut to some lines, for a person who writes the next one.
pub fn render_last(ticket: &Ticket, entries: usize, lines: usize, audience: &Audience<'_>) -> String {
    let mut visible = visible_entries(ticket);
    visible.retain(|visible| visible.text().is_some());
    let mut text = String::new();
    for visible in &visible[visible.len().saturating_sub(entries)..] {
        let mut block = String::new();
        push_block(&mut block, visible, None, audience);
        text.push('\n');
        text.extend(block.split_inclusive('\n').take(lines));
        if block.lines().count() > lines {
            text.push_str(&format!("{GUTTER} …\n"));
        }
    }
    text
}

/// Renders a ticket for `git diff`, without lines that change with time, such as ages.
pub fn render_for_diff(ticket: &Ticket, audience: &Audience<'_>) -> String {
    let mut text = format!("{}\n\n", sanitize::one_line(&ticket.header.subject));
    text.push_str(&render_fields(ticket, &[], false, audience));
    push_history(&mut text, ticket, false, audience);
    text
}

/// Appends the entries of a ticket, each after an empty line.
fn push_history(text: &mut String, ticket: &Ticket, with_changes: bool, audience: &Audience<'_>) {
    let changes = header_changes(ticket, with_changes);
    for visible in visible_entries(ticket) {
        text.push('\n');
        push_block(text, &visible, changes.get(&visible.entry.id), audience);
    }
}

/// Returns the fields that each entry changed, if they are wanted.
fn header_changes(ticket: &Ticket, wanted: bool) -> HashMap<Id, Vec<HeaderChange>> {
    if wanted { changes(ticket).into_iter().collect() } else { HashMap::new() }
}

/// Appends a line, wrapped to the width of the terminal. The lines after the first are indented.
fn push_wrapped(text: &mut String, line: &str, style: anstyle::Style, indent: usize, audience: &Audience<'_>) {
    let room = audience.width.map_or(usize::MAX, |columns| columns.saturating_sub(indent).max(MIN_ROOM));
    for (index, part) in wrap(line, room).into_iter().enumerate() {
        if index > 0 {
            pad(text, 0, indent);
        }
        audience.color_mode.push(text, style, part);
        text.push('\n');
    }
}

/// A table of names and values. Fields without a value are left out.
struct FieldTable<'a> {
    lines: String,
    audience: &'a Audience<'a>,
    /// The width of the names, in columns.
    name_width: usize,
}

impl<'a> FieldTable<'a> {
    /// Returns an empty table, as wide as the names of the catalog and the custom fields need.
    fn new<'n>(custom: impl Iterator<Item = &'n str>, audience: &'a Audience<'a>) -> Self {
        let names = audience.catalog().fields.all();
        let widest = names.iter().map(|(_, name)| *name).chain(custom).map(width).max().unwrap_or(0);
        Self { lines: String::new(), audience, name_width: widest + 1 }
    }

    fn push(&mut self, name: &str, value: &str, style: anstyle::Style) {
        if value.is_empty() {
            return;
        }
        let mut name = sanitize::one_line(name).into_owned();
        let taken = width(&name);
        pad(&mut name, taken, self.name_width);
        self.audience.color_mode.push(&mut self.lines, colors::MUTED, &name);
        self.lines.push(' ');
        push_wrapped(&mut self.lines, &sanitize::one_line(value), style, self.name_width + 1, self.audience);
    }

    fn plain(&mut self, name: &str, value: &str) {
        self.push(name, value, anstyle::Style::new());
    }

    fn optional<T: std::fmt::Display>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.plain(name, &value.to_string());
        }
    }

    fn list<T: std::fmt::Display>(&mut self, name: &str, items: &[T]) {
        self.plain(name, &items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
}

/// Renders the fields of a ticket, with its times and their ages if `with_times` is true.
fn render_fields(ticket: &Ticket, clocks: &[Clock], with_times: bool, audience: &Audience<'_>) -> String {
    let catalog = audience.catalog();
    let names = &catalog.fields;
    let header = &ticket.header;
    // A very long name must not widen the table.
    let custom = header.fields.iter().map(|(name, _)| audience.custom_field(name)).filter(|name| width(name) <= 24);
    let mut table = FieldTable::new(custom, audience);
    table.push(names.status, &status(ticket, catalog), colors::status(header.status));
    table.push(names.priority, catalog.priorities.of(header.priority), colors::priority(header.priority));
    push_states(&mut table, header, audience);
    // Of the responses that were given, only the first has a line; the history shows the others.
    for clock in clocks.iter().filter(|clock| clock.metric != Metric::NextResponse || clock.is_due()) {
        table.push(
            sla::metric_in(clock.metric, &catalog.clocks),
            &sla::render_line(clock, audience),
            sla::style(clock),
        );
    }
    table.plain(names.requester, &audience.person(&header.requester));
    let assignee = header.assignee.as_ref().map(|person| audience.person(person));
    table.plain(names.assignee, assignee.as_deref().unwrap_or(catalog.remarks.unassigned));
    table.list(names.cc, &header.cc.iter().map(|person| audience.person(person)).collect::<Vec<_>>());
    push_texts(&mut table, header, audience);
    table.list(names.tags, &header.tags);
    for (name, value) in &header.fields {
        table.plain(audience.custom_field(name), &labels::format_value(value));
    }
    if with_times {
        table.plain(names.created, &moment(ticket.created_at(), audience));
        table.plain(names.last_activity, &moment(ticket.last_activity_at(), audience));
    }
    table.plain(names.id, &ticket.id.to_string());
    table.lines
}

/// Adds the optional texts of a ticket: first those of the customer, then the others in the order of the format.
fn push_texts(table: &mut FieldTable, header: &Header, audience: &Audience<'_>) {
    const FIRST: [&str; 2] = ["organization", "instance"];
    let is_text = |field: &&Field| !field.required && matches!(field.shape, Shape::Line);
    let others = Header::FIELDS.iter().filter(is_text).map(|field| field.name).filter(|name| !FIRST.contains(name));
    for name in FIRST.into_iter().chain(others) {
        let text = match header.text(name) {
            Some(group) if name == "product_group" => Some(audience.product_group(group)),
            text => text,
        };
        table.optional(audience.catalog().fields.of(name), text);
    }
}

/// Formats the status, the next step and the number of alerts.
fn status(ticket: &Ticket, catalog: &Catalog) -> String {
    let status = ticket.header.status;
    let alerts = match ticket.alerts() {
        0 => String::new(),
        alerts => catalog.count(alerts, |counts| counts.alerts),
    };
    let values = [("status", catalog.statuses.of(status)), ("next_step", catalog.next_steps.of(status))];
    format!("{}{alerts}", fill(catalog.remarks.next_step, &values))
}

/// Adds the kind, hold, escalation, resolution and links of a ticket.
fn push_states(table: &mut FieldTable, header: &Header, audience: &Audience<'_>) {
    let catalog = audience.catalog();
    let names = &catalog.fields;
    table.optional(names.kind, header.kind.map(|kind| catalog.kinds.of(kind)));
    if let Some(hold) = &header.hold {
        let text = describe_hold(hold, audience.zone, catalog);
        match hold.ended_at(audience.now, audience.zone) {
            Some(_) => table.push(names.on_hold, &fill(catalog.remarks.passed, &[("hold", &text)]), colors::ALARM),
            None => table.plain(names.on_hold, &text),
        }
    }
    if let Some(escalation) = &header.escalation {
        let manager = escalation.manager.as_ref().map(|manager| manager.as_str());
        let to = manager.map(|manager| fill(catalog.remarks.escalated_to, &[("manager", manager)])).unwrap_or_default();
        let since = fill(catalog.remarks.since, &[("time", &audience.minute(escalation.since))]);
        let reason = catalog.escalation_reasons.of(escalation.reason);
        table.push(names.escalated, &format!("{reason}{to}{since}"), colors::ALARM);
    }
    table.optional(names.resolution, header.resolution.map(|resolution| catalog.resolutions.of(resolution)));
    table.optional(names.merged_into, header.merged_into);
    table.list(names.merged_from, &header.merged_from);
    table.optional(names.follow_up_of, header.follow_up_of);
}

/// Formats an instant in the zone of the viewer, with its age.
fn moment(at: DateTime<Utc>, audience: &Audience<'_>) -> String {
    format!("{} {} ({})", audience.minute(at), audience.zone.abbreviation(at), audience.ago(at))
}

/// Appends an entry: time, actor, action, changed fields, remarks, attachments and text.
fn push_block(
    text: &mut String,
    visible: &VisibleEntry<'_>,
    changes: Option<&Vec<HeaderChange>>,
    audience: &Audience<'_>,
) {
    let entry = visible.entry;
    let (color_mode, catalog) = (audience.color_mode, audience.catalog());
    let (style, bar) = match entry.has_internal_text() {
        true => (colors::INTERNAL, colors::INTERNAL),
        false => (colors::STRONG, colors::MUTED),
    };
    let mut heading = vec![
        (colors::MUTED, audience.minute(entry.at)),
        (colors::STRONG, sanitize::one_line(&audience.person(&entry.by)).into_owned()),
        (anstyle::Style::new(), format!("({})", catalog.roles.of(entry.role))),
        (style, describe(entry, audience.zone, catalog)),
    ];
    heading.extend(transition(entry, catalog).map(|transition| (anstyle::Style::new(), format!("· {transition}"))));
    heading.push((colors::MUTED, format!("· {}", short_id(entry.id))));
    push_heading(text, &heading, audience);
    for change in changes.into_iter().flatten() {
        push_change(text, change, color_mode, catalog);
    }
    for remark in remarks(visible, catalog) {
        push_behind_bar(text, &format!("({remark})"), (colors::MUTED, colors::MUTED), audience);
    }
    for attachment in visible.attachments() {
        color_mode.push(text, bar, GUTTER);
        let size = attachment::format_size(attachment.size);
        text.push_str(&format!(" {} ({size}) {}\n", sanitize::one_line(&attachment.name), attachment.path()));
    }
    for line in sanitize::lines(visible.text().unwrap_or_default()).lines() {
        push_behind_bar(text, line, (bar, anstyle::Style::new()), audience);
    }
}

/// Appends a heading of styled parts; a word that does not fit on a line begins the next one.
fn push_heading(text: &mut String, parts: &[(anstyle::Style, String)], audience: &Audience<'_>) {
    let columns = audience.width.unwrap_or(usize::MAX);
    let mut taken = 0;
    for (style, part) in parts {
        let mut run = String::new();
        for word in part.split(' ') {
            let blank = usize::from(taken > 0);
            if taken > HEADING_INDENT && taken + blank + width(word) > columns {
                audience.color_mode.push(text, *style, &std::mem::take(&mut run));
                text.push('\n');
                pad(text, 0, HEADING_INDENT);
                taken = HEADING_INDENT;
            } else if blank > 0 {
                if run.is_empty() {
                    text.push(' ')
                } else {
                    run.push(' ')
                }
                taken += blank;
            }
            run.push_str(word);
            taken += width(word);
        }
        audience.color_mode.push(text, *style, &run);
    }
    text.push('\n');
}

/// Appends a line of an entry after its bar, which every line that it is wrapped to has. The styles are those of the bar and
/// the line.
fn push_behind_bar(
    text: &mut String,
    line: &str,
    (bar, style): (anstyle::Style, anstyle::Style),
    audience: &Audience<'_>,
) {
    let room = audience.width.map_or(usize::MAX, |columns| columns.saturating_sub(2).max(MIN_ROOM));
    for part in wrap(line, room) {
        audience.color_mode.push(text, bar, GUTTER);
        text.push_str(if part.is_empty() { "" } else { " " });
        audience.color_mode.push(text, style, part);
        text.push('\n');
    }
}

/// Appends a changed field: the old value in red, the new one in green.
fn push_change(text: &mut String, change: &HeaderChange, color_mode: ColorMode, catalog: &Catalog) {
    color_mode.push(text, colors::MUTED, &format!("  {}: ", sanitize::one_line(&change.name)));
    let format = |value: &Value| sanitize::one_line(&labels::format_value(value)).into_owned();
    if let Some(from) = &change.from {
        color_mode.push(text, colors::REMOVED, &format(from));
        text.push_str(" → ");
    }
    match &change.to {
        Some(to) => color_mode.push(text, colors::ADDED, &format(to)),
        None => text.push_str(catalog.remarks.nothing),
    }
    text.push('\n');
}

/// Returns the remarks about an entry: that its text is internal, or that it is a duplicate, redacted or corrected.
fn remarks(visible: &VisibleEntry<'_>, catalog: &Catalog) -> Vec<String> {
    let remark = |entry: &Entry, label: &str| {
        let reason = match &entry.action {
            Action::Redact { reason, .. } | Action::Correct { reason, .. } => reason.as_str(),
            _ => "",
        };
        let values = [("person", entry.by.as_str()), ("entry", &short_id(entry.id)), ("reason", reason)];
        sanitize::one_line(&fill(label, &values)).into_owned()
    };
    let internal = visible.entry.internal.then(|| catalog.remarks.internal.to_owned());
    let duplicate = visible.duplicate_of.map(|first| fill(catalog.remarks.duplicate, &[("entry", &short_id(first))]));
    let hidden = visible.redaction.map(|entry| remark(entry, catalog.remarks.hidden));
    let corrected = visible.correction.map(|entry| remark(entry, catalog.remarks.corrected));
    internal.into_iter().chain(duplicate).chain(hidden).chain(corrected).collect()
}
