//! One ticket for people: its title, its facts, and its history as a thread.
//!
//! Must not know which ticket was asked for, nor decide who may see it at all.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

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
use super::entry::{describe, held, short_id, transition};
use super::labels::{self, Catalogue, fill};
use super::text_width::{pad, width};
use super::visible_history::{VisibleEntry, thread};
use super::{Audience, sanitize, sla};

/// What stands before each line somebody wrote.
const GUTTER: &str = "│";

/// The whole ticket, with the short id that is its own on this desk, and its clocks.
pub fn ticket(ticket: &Ticket, ticket_short_id: &str, clocks: &[Clock], audience: &Audience<'_>) -> String {
    render_header(ticket, ticket_short_id, clocks, &HashMap::new(), audience)
}

/// The same, with what each entry changed in the header.
pub fn ticket_with_changes(
    ticket: &Ticket,
    ticket_short_id: &str,
    clocks: &[Clock],
    audience: &Audience<'_>,
) -> String {
    render_header(ticket, ticket_short_id, clocks, &changes(ticket).into_iter().collect(), audience)
}

/// One entry alone, with what it changed in the header where that is asked for. Nothing where the viewer may not see
/// it.
pub fn entry(ticket: &Ticket, entry: Id, with_changes: bool, audience: &Audience<'_>) -> String {
    let changes = if with_changes { changes(ticket).into_iter().collect() } else { HashMap::new() };
    let mut shown = String::new();
    for told in thread(ticket, audience.viewer).iter().filter(|told| told.entry.id == entry) {
        push_block(&mut shown, told, changes.get(&entry), audience);
    }
    shown
}

/// The whole ticket for a diff: without what changes while nothing happens, such as how long ago that was.
pub fn for_diffs(ticket: &Ticket, audience: &Audience<'_>) -> String {
    let mut shown = format!("{}\n\n", sanitize::one_line(&ticket.header.subject));
    let ages = [moment(ticket.created_at(), audience), moment(ticket.last_activity_at(), audience)];
    for line in facts(ticket, &[], audience).lines().filter(|line| !ages.iter().any(|age| line.ends_with(age.as_str())))
    {
        shown.push_str(line);
        shown.push('\n');
    }
    for told in thread(ticket, audience.viewer) {
        shown.push('\n');
        push_block(&mut shown, &told, None, audience);
    }
    shown
}

fn render_header(
    ticket: &Ticket,
    ticket_short_id: &str,
    clocks: &[Clock],
    changes: &HashMap<Id, Vec<HeaderChange>>,
    audience: &Audience<'_>,
) -> String {
    let mut shown = audience.name_of(ticket.id, ticket_short_id);
    shown.push_str("  ");
    audience.paint.push(&mut shown, colors::STRONG, &sanitize::one_line(&ticket.header.subject));
    shown.push_str("\n\n");
    shown.push_str(&facts(ticket, clocks, audience));
    for told in thread(ticket, audience.viewer) {
        shown.push('\n');
        push_block(&mut shown, &told, changes.get(&told.entry.id), audience);
    }
    shown
}

/// Facts in the making: names aligned, what says nothing left out.
struct FieldTable {
    lines: String,
    paint: ColorMode,
    /// The columns of the names.
    names: usize,
}

impl FieldTable {
    /// Those in some words, and with some more names.
    fn labels<'a>(words: &Catalogue, more: impl Iterator<Item = &'a str>, paint: ColorMode) -> Self {
        let known = words.facts.listed();
        let widest = known.iter().map(|(_, name)| *name).chain(more).map(width).max().unwrap_or(0);
        Self { lines: String::new(), paint, names: widest + 1 }
    }

    fn push(&mut self, name: &str, fact: &str, style: anstyle::Style) {
        if fact.is_empty() {
            return;
        }
        let mut name = sanitize::one_line(name).into_owned();
        let taken = width(&name);
        pad(&mut name, taken, self.names);
        self.paint.push(&mut self.lines, colors::MUTED, &name);
        self.lines.push(' ');
        self.paint.push(&mut self.lines, style, &sanitize::one_line(fact));
        self.lines.push('\n');
    }

    fn plain(&mut self, name: &str, fact: &str) {
        self.push(name, fact, anstyle::Style::new());
    }

    fn known<T: std::fmt::Display>(&mut self, name: &str, fact: Option<T>) {
        if let Some(fact) = fact {
            self.plain(name, &fact.to_string());
        }
    }

    fn list<T: std::fmt::Display>(&mut self, name: &str, items: &[T]) {
        self.plain(name, &items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
}

fn facts(ticket: &Ticket, clocks: &[Clock], audience: &Audience<'_>) -> String {
    let words = audience.words();
    let names = &words.facts;
    let header = &ticket.header;
    // A name of a whole sentence does not move all others.
    let own = header.fields.iter().map(|(name, _)| audience.field(name)).filter(|name| width(name) <= 24);
    let mut facts = FieldTable::labels(words, own, audience.paint);
    facts.push(names.status, &status(ticket, words), colors::status(header.status));
    facts.push(names.priority, words.priorities.of(header.priority), colors::priority(header.priority));
    states(&mut facts, header, audience);
    // Of responses that came, the first is worth a line; the others are told by the thread.
    for clock in clocks.iter().filter(|clock| clock.metric != Metric::NextResponse || clock.is_due()) {
        facts.push(
            sla::metric_in(clock.metric, &words.promises),
            &sla::render_line(clock, audience),
            sla::style(clock),
        );
    }
    facts.known(names.requester, Some(&header.requester));
    facts.plain(names.assignee, header.assignee.as_ref().map_or(words.remarks.nobody, |person| person.as_str()));
    facts.list(names.cc, &header.cc);
    facts.known(names.organization, header.organization.as_ref());
    facts.known(names.instance, header.instance.as_ref());
    facts.known(names.product, header.product.as_ref());
    facts.known(names.product_group, header.product_group.as_deref().map(|group| audience.group(group)));
    facts.known(names.channel, header.channel.as_ref());
    facts.known(names.language, header.language.as_ref());
    facts.list(names.tags, &header.tags);
    for (name, value) in &header.fields {
        facts.plain(audience.field(name), &labels::value(value));
    }
    facts.plain(names.created, &moment(ticket.created_at(), audience));
    facts.plain(names.last_activity, &moment(ticket.last_activity_at(), audience));
    facts.plain(names.id, &ticket.id.to_string());
    facts.lines
}

fn status(ticket: &Ticket, words: &Catalogue) -> String {
    let status = ticket.header.status;
    let alerts = match ticket.alerts() {
        0 => String::new(),
        alerts => words.count(alerts, &words.counts.alerts),
    };
    let values = [("status", words.statuses.of(status)), ("next_step", words.next_steps.of(status))];
    format!("{}{alerts}", fill(words.remarks.next_step, &values))
}

/// What holds beside the status.
fn states(facts: &mut FieldTable, header: &Header, audience: &Audience<'_>) {
    let words = audience.words();
    let names = &words.facts;
    facts.known(names.kind, header.kind.map(|kind| words.kinds.of(kind)));
    if let Some(hold) = &header.hold {
        let told = held(hold, audience.zone, words);
        match hold.ended_at(audience.now) {
            Some(_) => facts.push(names.on_hold, &fill(words.remarks.passed, &[("hold", &told)]), colors::ALARM),
            None => facts.plain(names.on_hold, &told),
        }
    }
    if let Some(escalation) = &header.escalation {
        let manager = escalation.manager.as_ref().map(|manager| manager.as_str());
        let to = manager.map(|manager| fill(words.remarks.escalated_to, &[("manager", manager)])).unwrap_or_default();
        let since = fill(words.remarks.since, &[("time", &audience.minute(escalation.since))]);
        let reason = words.escalation_reasons.of(escalation.reason);
        facts.push(names.escalated, &format!("{reason}{to}{since}"), colors::ALARM);
    }
    facts.known(names.resolution, header.resolution.map(|resolution| words.resolutions.of(resolution)));
    facts.known(names.merged_into, header.merged_into);
    facts.list(names.merged_from, &header.merged_from);
    facts.known(names.follow_up_of, header.follow_up_of);
}

/// A local time with its zone, and how long ago it was.
fn moment(at: DateTime<Utc>, audience: &Audience<'_>) -> String {
    format!("{} {} ({})", audience.minute(at), audience.zone.abbreviation(at), audience.ago(at))
}

/// One entry: who did what when, what it changed, what became of its words, and the words.
fn push_block(
    shown: &mut String,
    told: &VisibleEntry<'_>,
    changes: Option<&Vec<HeaderChange>>,
    audience: &Audience<'_>,
) {
    let entry = told.entry;
    let (paint, words) = (audience.paint, audience.words());
    let style = if entry.is_internal() { colors::INTERNAL } else { colors::STRONG };
    paint.push(shown, colors::MUTED, &audience.minute(entry.at));
    shown.push(' ');
    paint.push(shown, colors::STRONG, &sanitize::one_line(entry.by.as_str()));
    shown.push_str(&format!(" ({}) ", words.roles.of(entry.role)));
    paint.push(shown, style, &describe(entry, audience.zone, words));
    if let Some(transition) = transition(entry, words) {
        shown.push_str(&format!(" · {transition}"));
    }
    paint.push(shown, colors::MUTED, &format!(" · {}", short_id(entry.id)));
    shown.push('\n');
    for change in changes.into_iter().flatten() {
        push_change(shown, change, paint, words);
    }
    for remark in remarks(told, words) {
        paint.push(shown, colors::MUTED, &format!("{GUTTER} ({remark})"));
        shown.push('\n');
    }
    for attachment in told.attachments() {
        paint.push(shown, if entry.is_internal() { colors::INTERNAL } else { colors::MUTED }, GUTTER);
        let size = attachment::format_size(attachment.size);
        shown.push_str(&format!(" {} ({size}) {}\n", sanitize::one_line(&attachment.name), attachment.path()));
    }
    for line in sanitize::lines(told.text().unwrap_or_default()).lines() {
        paint.push(shown, if entry.is_internal() { colors::INTERNAL } else { colors::MUTED }, GUTTER);
        shown.push_str(if line.is_empty() { "" } else { " " });
        shown.push_str(line);
        shown.push('\n');
    }
}

/// One fact: what it was, in red, and what it is since, in green.
fn push_change(shown: &mut String, change: &HeaderChange, paint: ColorMode, catalogue: &Catalogue) {
    paint.push(shown, colors::MUTED, &format!("  {}: ", sanitize::one_line(&change.name)));
    let words = |value: &Value| sanitize::one_line(&labels::value(value)).into_owned();
    if let Some(from) = &change.from {
        paint.push(shown, colors::REMOVED, &words(from));
        shown.push_str(" → ");
    }
    match &change.to {
        Some(to) => paint.push(shown, colors::ADDED, &words(to)),
        None => shown.push_str(catalogue.remarks.nothing),
    }
    shown.push('\n');
}

/// What later entries say of this one.
fn remarks(told: &VisibleEntry<'_>, words: &Catalogue) -> Vec<String> {
    let remark = |entry: &Entry, what: &str| {
        let reason = match &entry.action {
            Action::Redact { reason, .. } | Action::Correct { reason, .. } => reason.as_str(),
            _ => "",
        };
        let values = [("person", entry.by.as_str()), ("entry", &short_id(entry.id)), ("reason", reason)];
        sanitize::one_line(&fill(what, &values)).into_owned()
    };
    let twin = told.twin_of.map(|first| fill(words.remarks.twin, &[("entry", &short_id(first))]));
    let hidden = told.redaction.map(|entry| remark(entry, words.remarks.hidden));
    let corrected = told.correction.map(|entry| remark(entry, words.remarks.corrected));
    twin.into_iter().chain(hidden).chain(corrected).collect()
}
