//! One ticket for people: its title, its facts, and its history as a thread.
//!
//! Must not know which ticket was asked for, nor decide who may see it at all.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::action::Action;
use crate::domain::difference::{Change, changes};
use crate::domain::entry::Entry;
use crate::domain::id::Id;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::value::Value;

use super::entry::{held, sentence, short_id, transition};
use super::paint::{self, Paint};
use super::thread::{Told, thread};
use super::{Audience, age, labels, terminal};

/// What stands before each line somebody wrote.
const GUTTER: &str = "│";
/// The columns of the names of facts.
const NAMES: usize = 14;

/// The whole ticket, with the short id that is its own on this desk.
pub fn ticket(ticket: &Ticket, ticket_short_id: &str, audience: &Audience<'_>) -> String {
    told(ticket, ticket_short_id, &HashMap::new(), audience)
}

/// The same, with what each entry changed in the header.
pub fn ticket_with_changes(ticket: &Ticket, ticket_short_id: &str, audience: &Audience<'_>) -> String {
    told(ticket, ticket_short_id, &changes(ticket).into_iter().collect(), audience)
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
    let mut shown = format!("{}\n\n", terminal::one_line(&ticket.header.subject));
    let ages = [moment(ticket.created_at(), audience), moment(ticket.last_activity_at(), audience)];
    for line in facts(ticket, audience).lines().filter(|line| !ages.iter().any(|age| line.ends_with(age.as_str()))) {
        shown.push_str(line);
        shown.push('\n');
    }
    for told in thread(ticket, audience.viewer) {
        shown.push('\n');
        push_block(&mut shown, &told, None, audience);
    }
    shown
}

fn told(ticket: &Ticket, ticket_short_id: &str, changes: &HashMap<Id, Vec<Change>>, audience: &Audience<'_>) -> String {
    let mut shown = audience.name_of(ticket.id, ticket_short_id);
    shown.push_str("  ");
    audience.paint.push(&mut shown, paint::STRONG, &terminal::one_line(&ticket.header.subject));
    shown.push_str("\n\n");
    shown.push_str(&facts(ticket, audience));
    for told in thread(ticket, audience.viewer) {
        shown.push('\n');
        push_block(&mut shown, &told, changes.get(&told.entry.id), audience);
    }
    shown
}

/// Facts in the making: names aligned, what says nothing left out.
struct Facts {
    lines: String,
    paint: Paint,
}

impl Facts {
    fn push(&mut self, name: &str, fact: &str, style: anstyle::Style) {
        if fact.is_empty() {
            return;
        }
        let name = terminal::one_line(name);
        self.paint.push(&mut self.lines, paint::MUTED, &format!("{name:NAMES$}"));
        self.lines.push(' ');
        self.paint.push(&mut self.lines, style, &terminal::one_line(fact));
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

fn facts(ticket: &Ticket, audience: &Audience<'_>) -> String {
    let mut facts = Facts { lines: String::new(), paint: audience.paint };
    let header = &ticket.header;
    facts.push("status", &status(ticket, audience), paint::status(header.status));
    facts.push("priority", labels::priority(header.priority), paint::priority(header.priority));
    states(&mut facts, header, audience);
    facts.known("requester", Some(&header.requester));
    facts.plain("assignee", header.assignee.as_ref().map_or("nobody", |person| person.as_str()));
    facts.list("cc", &header.cc);
    facts.known("organisation", header.organization.as_ref());
    facts.known("instance", header.instance.as_ref());
    facts.known("product", header.product.as_ref());
    facts.known("product group", header.product_group.as_ref());
    facts.known("channel", header.channel.as_ref());
    facts.known("language", header.language.as_ref());
    facts.list("tags", &header.tags);
    for (name, value) in &header.fields {
        facts.plain(name, &labels::value(value));
    }
    facts.plain("opened", &moment(ticket.created_at(), audience));
    facts.plain("last activity", &moment(ticket.last_activity_at(), audience));
    facts.plain("id", &ticket.id.to_string());
    facts.lines
}

fn status(ticket: &Ticket, audience: &Audience<'_>) -> String {
    let status = ticket.header.status;
    let alerts = match ticket.alerts() {
        0 => String::new(),
        alerts => format!(", {} sent", labels::count(alerts, "alert")),
    };
    format!("{}: {}{alerts}", labels::status(status, audience.viewer), labels::next_step(status, audience.viewer))
}

/// What holds beside the status.
fn states(facts: &mut Facts, header: &Header, audience: &Audience<'_>) {
    facts.known("kind", header.kind.map(labels::kind));
    if let Some(hold) = &header.hold {
        match hold.ended_at(audience.now) {
            Some(_) => facts.push("on hold", &format!("{}, which has passed", held(hold, audience.zone)), paint::ALARM),
            None => facts.plain("on hold", &held(hold, audience.zone)),
        }
    }
    if let Some(escalation) = &header.escalation {
        let to = escalation.manager.as_ref().map(|manager| format!(", to {manager}")).unwrap_or_default();
        let since = age::minute(escalation.since, audience.zone);
        let reason = labels::escalation(escalation.reason);
        facts.push("escalated", &format!("{reason}{to}, since {since}"), paint::ALARM);
    }
    facts.known("resolution", header.resolution.map(labels::resolution));
    facts.known("merged into", header.merged_into);
    facts.list("merged from", &header.merged_from);
    facts.known("follow-up of", header.follow_up_of);
}

/// A local time with its zone, and how long ago it was.
fn moment(at: DateTime<Utc>, audience: &Audience<'_>) -> String {
    let zone = audience.zone;
    format!("{} {} ({})", age::minute(at, zone), zone.abbreviation(at), age::ago(at, audience.now))
}

/// One entry: who did what when, what it changed, what became of its words, and the words.
fn push_block(shown: &mut String, told: &Told<'_>, changes: Option<&Vec<Change>>, audience: &Audience<'_>) {
    let entry = told.entry;
    let paint = audience.paint;
    let style = if entry.is_internal() { paint::INTERNAL } else { paint::STRONG };
    paint.push(shown, paint::MUTED, &age::minute(entry.at, audience.zone));
    shown.push(' ');
    paint.push(shown, paint::STRONG, &terminal::one_line(entry.by.as_str()));
    shown.push_str(&format!(" ({}) ", entry.role));
    paint.push(shown, style, &sentence(entry, audience.zone));
    if let Some(transition) = transition(entry, audience.viewer) {
        shown.push_str(&format!(" · {transition}"));
    }
    paint.push(shown, paint::MUTED, &format!(" · {}", short_id(entry.id)));
    shown.push('\n');
    for change in changes.into_iter().flatten() {
        push_change(shown, change, paint);
    }
    for remark in remarks(told) {
        paint.push(shown, paint::MUTED, &format!("{GUTTER} ({remark})"));
        shown.push('\n');
    }
    for line in terminal::lines(told.text().unwrap_or_default()).lines() {
        paint.push(shown, if entry.is_internal() { paint::INTERNAL } else { paint::MUTED }, GUTTER);
        shown.push_str(if line.is_empty() { "" } else { " " });
        shown.push_str(line);
        shown.push('\n');
    }
}

/// One fact: what it was, in red, and what it is since, in green.
fn push_change(shown: &mut String, change: &Change, paint: Paint) {
    paint.push(shown, paint::MUTED, &format!("  {}: ", terminal::one_line(&change.name)));
    let words = |value: &Value| terminal::one_line(&labels::value(value)).into_owned();
    if let Some(from) = &change.from {
        paint.push(shown, paint::REMOVED, &words(from));
        shown.push_str(" → ");
    }
    match &change.to {
        Some(to) => paint.push(shown, paint::ADDED, &words(to)),
        None => shown.push_str("nothing"),
    }
    shown.push('\n');
}

/// What later entries say of this one.
fn remarks(told: &Told<'_>) -> Vec<String> {
    let remark = |entry: &Entry, what: &str| {
        let reason = match &entry.action {
            Action::Redact { reason, .. } | Action::Correct { reason, .. } => reason.as_str(),
            _ => "",
        };
        terminal::one_line(&format!("{what} by {} in {}: {reason}", entry.by, short_id(entry.id))).into_owned()
    };
    let hidden = told.redaction.map(|entry| remark(entry, "hidden"));
    hidden.into_iter().chain(told.correction.map(|entry| remark(entry, "corrected"))).collect()
}

#[cfg(test)]
mod tests;
