//! The due tickets of a sweep: a row for each, with the kind, the instant and the reason (docs/follow-up.md).

use serde_json::{Map, Value as Json, json};

use crate::domain::sla::clock::Clock;
use crate::domain::sla::due_item::DueItem;
use crate::domain::sla::follow_up::{FollowUpStep, NextFollowUp, WaitBasis};
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::{self, format_duration, format_hours};

use super::json::record;
use super::labels::catalog::SweepLabels;
use super::table::{Cell, Column, Table};
use super::{Audience, colors, csv_and_jsonl, labels, relative_time, sla};

/// The JSON fields of a row, in their order.
pub const FIELDS: &[&str] = &[
    "id",
    "short_id",
    "due",
    "due_at",
    "reason",
    "subject",
    "status",
    "priority",
    "requester",
    "assignee",
    "language",
    "alerts",
    "asked_at",
    "hold_until",
];

/// The columns of [`render_tsv`], by the names of JSON.
pub const COLUMNS: &[&str] = &["id", "due", "due_at", "priority", "requester", "reason", "subject"];

/// A ticket for which something is due.
#[derive(Clone, Debug)]
pub struct DueRow<'a> {
    /// The ticket.
    pub ticket: &'a Summary,
    /// The short id of the ticket on its desk; empty if it is not printed.
    pub short_id: &'a str,
    /// The due item.
    pub item: &'a DueItem,
}

impl DueRow<'_> {
    /// Returns the reason, in English, since programs read it too.
    fn reason(&self, audience: &Audience<'_>) -> String {
        let minute = |at| relative_time::minute(at, audience.zone);
        match self.item {
            DueItem::FollowUp(next) => {
                let span = |span| match next.is_open_time {
                    true => format!("{} of open time", format_hours(span)),
                    false => format_duration(span),
                };
                let no_answer = match next.basis {
                    WaitBasis::SinceReply(waited) => format!("{} after {}", span(waited), minute(next.replied_at)),
                    WaitBasis::SinceReminder { span: waited, at } => {
                        format!("{} after the reminder of {}", span(waited), minute(at))
                    }
                };
                match next.step {
                    FollowUpStep::Remind { number, of } => {
                        format!("reminder {number} of {of}: no answer {no_answer}")
                    }
                    FollowUpStep::Solve => {
                        format!("{}, and no answer {no_answer}", labels::count(next.alerts, "reminder"))
                    }
                }
            }
            DueItem::ManagerResponse(Clock { target, started_at, .. }) => {
                let manager = self.ticket.header.escalation.as_ref().and_then(|escalation| escalation.manager.as_ref());
                let to = manager.map(|manager| format!(" to {manager}")).unwrap_or_default();
                let target = format_hours(*target);
                format!("escalated{to} {}, and no manager response within {target}", minute(*started_at))
            }
            DueItem::HoldEnded { until } => {
                let hold = self.ticket.header.hold.as_ref();
                let team =
                    hold.and_then(|hold| hold.team.as_deref()).map(|team| format!(" ({team})")).unwrap_or_default();
                let reason = hold.map_or("", |hold| labels::ENGLISH.hold_reasons.of(hold.reason));
                format!("on hold {reason}{team} until {}", minute(*until))
            }
        }
    }

    const fn label(&self, labels: &SweepLabels) -> &'static str {
        match self.item {
            DueItem::FollowUp(NextFollowUp { step: FollowUpStep::Remind { .. }, .. }) => labels.remind,
            DueItem::FollowUp(NextFollowUp { step: FollowUpStep::Solve, .. }) => labels.solve,
            DueItem::ManagerResponse(_) => labels.manager_response,
            DueItem::HoldEnded { .. } => labels.hold_ended,
        }
    }
}

/// Renders a table: short id, priority, kind, time to the due instant, reason, subject. The text is empty without rows.
pub fn render_table(rows: &[DueRow<'_>], audience: &Audience<'_>) -> String {
    let catalog = audience.catalog();
    let columns = &catalog.columns;
    let mut table = Table::with_columns(vec![
        Column::new(columns.id),
        Column::new(columns.priority).leaves(1),
        Column::new(columns.what).shrinks(8),
        Column::new(columns.due).right(),
        Column::new(columns.why).shrinks(20).leaves(2),
        Column::new(columns.subject),
    ]);
    for row in rows {
        let header = &row.ticket.header;
        table.push(vec![
            audience.id_cell(row.ticket.id, row.short_id),
            Cell::styled(header.priority.as_str(), colors::priority(header.priority)),
            Cell::styled(row.label(&catalog.sweep), colors::STRONG),
            Cell::plain(&sla::time_left(row.item.due_at(), audience.now, catalog)),
            Cell::plain(&row.reason(audience)),
            Cell::plain(&header.subject),
        ]);
    }
    audience.render(&table)
}

/// Renders a line of tab-separated values: the [`COLUMNS`].
pub fn render_tsv(row: &DueRow<'_>, audience: &Audience<'_>) -> String {
    csv_and_jsonl::tsv_row(&to_json(row, audience), COLUMNS)
}

/// Returns a row as a JSON object with all [`FIELDS`].
pub fn to_json(row: &DueRow<'_>, audience: &Audience<'_>) -> Map<String, Json> {
    let header = &row.ticket.header;
    let asked_at = match row.item {
        DueItem::FollowUp(next) => Some(next.replied_at),
        DueItem::ManagerResponse(_) | DueItem::HoldEnded { .. } => None,
    };
    record(json!({
        "id": row.ticket.id.to_string(),
        "short_id": row.short_id,
        "due": row.item.as_str(),
        "due_at": duration::format_instant(row.item.due_at()),
        "reason": row.reason(audience),
        "subject": header.subject,
        "status": header.status.as_str(),
        "priority": header.priority.as_str(),
        "requester": header.requester.as_str(),
        "assignee": header.assignee.as_ref().map(|person| person.as_str()),
        "language": header.language,
        "alerts": row.ticket.alerts,
        "asked_at": asked_at.map(duration::format_instant),
        "hold_until": header.hold.as_ref().and_then(|hold| hold.until).map(|until| until.to_string()),
    }))
}

/// Describes an entry that a sweep wrote. `alerts` is the number of reminders of the ticket, including this one.
pub fn describe(entry: &Entry, alerts: usize) -> String {
    match &entry.action {
        Action::Remind { .. } => format!("reminded ({})", labels::count(alerts, "alert")),
        _ => "solved: no response".to_owned(),
    }
}
