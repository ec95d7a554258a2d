//! The due tickets of a sweep: a row for each, with the kind, the instant and the reason (docs/follow-up.md).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::sla::follow_up::WaitBasis;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::{self, format_duration, format_hours};

use super::json::record;
use super::labels::catalog::SweepLabels;
use super::table::{Cell, Table, tab_separated};
use super::{Audience, colors, labels, relative_time};

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

/// An unanswered reply of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueReply {
    /// The time without an answer, and its beginning.
    pub waited: WaitBasis,
    /// True if that time is open time of a calendar.
    pub is_open_time: bool,
    /// The instant of support's last reply, in UTC.
    pub replied_at: DateTime<Utc>,
}

/// The kind of a due row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueKind {
    /// A reminder to the requester.
    Remind {
        /// The number of the reminder, from 1.
        number: usize,
        /// The number of reminders in the policy.
        total: usize,
        /// The unanswered reply.
        reply: DueReply,
    },
    /// Solving for no response.
    Solve {
        /// The number of reminders so far.
        alerts: usize,
        /// The unanswered reply.
        reply: DueReply,
    },
    /// A manager response that was not given in time.
    ManagerResponse {
        /// The target, in open time.
        target: TimeDelta,
        /// The instant of the escalation, in UTC.
        since: DateTime<Utc>,
    },
    /// A hold that has ended.
    HoldEnded,
}

impl DueKind {
    /// Returns the word of the kind in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Remind { .. } => "remind",
            Self::Solve { .. } => "solve",
            Self::ManagerResponse { .. } => "manager_response",
            Self::HoldEnded => "hold_ended",
        }
    }
}

/// A ticket for which something is due.
#[derive(Clone, Debug)]
pub struct DueRow<'a> {
    /// The ticket.
    pub ticket: &'a Summary,
    /// The short id of the ticket on its desk.
    pub short_id: &'a str,
    /// The kind.
    pub kind: DueKind,
    /// The instant since which it is due, in UTC.
    pub due_at: DateTime<Utc>,
}

impl DueRow<'_> {
    /// Returns the reason, in English, since programs read it too.
    fn reason(&self, audience: &Audience<'_>) -> String {
        let minute = |at| relative_time::minute(at, audience.zone);
        let no_answer = |reply: DueReply| {
            let span = |span| match reply.is_open_time {
                true => format!("{} of open time", format_hours(span)),
                false => format_duration(span),
            };
            match reply.waited {
                WaitBasis::SinceReply(waited) => format!("{} after {}", span(waited), minute(reply.replied_at)),
                WaitBasis::SinceReminder { span: waited, at } => {
                    format!("{} after the reminder of {}", span(waited), minute(at))
                }
            }
        };
        match self.kind {
            DueKind::Remind { number, total, reply } => {
                format!("reminder {number} of {total}: no answer {}", no_answer(reply))
            }
            DueKind::Solve { alerts, reply } => {
                format!("{}, and no answer {}", labels::count(alerts, "reminder"), no_answer(reply))
            }
            DueKind::ManagerResponse { target, since } => {
                let manager = self.ticket.header.escalation.as_ref().and_then(|escalation| escalation.manager.as_ref());
                let to = manager.map(|manager| format!(" to {manager}")).unwrap_or_default();
                format!("escalated{to} {}, and no manager response within {}", minute(since), format_hours(target))
            }
            DueKind::HoldEnded => {
                let hold = self.ticket.header.hold.as_ref();
                let team =
                    hold.and_then(|hold| hold.team.as_deref()).map(|team| format!(" ({team})")).unwrap_or_default();
                let reason = hold.map_or("", |hold| labels::ENGLISH.hold_reasons.of(hold.reason));
                format!("on hold {reason}{team} until {}", minute(self.due_at))
            }
        }
    }

    fn label(&self, labels: &SweepLabels) -> &'static str {
        match self.kind {
            DueKind::Remind { .. } => labels.remind,
            DueKind::Solve { .. } => labels.solve,
            DueKind::ManagerResponse { .. } => labels.manager_response,
            DueKind::HoldEnded => labels.hold_ended,
        }
    }
}

/// Renders a table: short id, priority, kind, time since it is due, reason, subject. The text is empty without rows.
pub fn render_table(rows: &[DueRow<'_>], audience: &Audience<'_>) -> String {
    let catalog = audience.catalog();
    let columns = &catalog.columns;
    let heads = [columns.id, columns.priority, columns.what, columns.due, columns.why, columns.subject];
    let mut table = Table::with_header(&heads);
    for row in rows {
        let header = &row.ticket.header;
        table.push(vec![
            Cell::styled(row.short_id, colors::STRONG).linked_to(audience.links.map(|links| links.to(row.ticket.id))),
            Cell::styled(header.priority.as_str(), colors::priority(header.priority)),
            Cell::styled(row.label(&catalog.sweep), colors::STRONG),
            Cell::plain(&relative_time::age(row.due_at, audience.now)),
            Cell::plain(&row.reason(audience)),
            Cell::plain(&header.subject),
        ]);
    }
    table.render(audience.color_mode, audience.width)
}

/// Renders a line of tab-separated values: the [`COLUMNS`].
pub fn render_tsv(row: &DueRow<'_>, audience: &Audience<'_>) -> String {
    let header = &row.ticket.header;
    tab_separated([
        row.ticket.id.to_string().as_str(),
        row.kind.as_str(),
        &duration::format_instant(row.due_at),
        header.priority.as_str(),
        header.requester.as_str(),
        &row.reason(audience),
        &header.subject,
    ])
}

/// Returns a row as a JSON object with all [`FIELDS`].
pub fn to_json(row: &DueRow<'_>, audience: &Audience<'_>) -> Map<String, Json> {
    let header = &row.ticket.header;
    let asked_at = match row.kind {
        DueKind::Remind { reply, .. } | DueKind::Solve { reply, .. } => Some(reply.replied_at),
        DueKind::ManagerResponse { .. } | DueKind::HoldEnded => None,
    };
    record(json!({
        "id": row.ticket.id.to_string(),
        "short_id": row.short_id,
        "due": row.kind.as_str(),
        "due_at": duration::format_instant(row.due_at),
        "reason": row.reason(audience),
        "subject": header.subject,
        "status": header.status.as_str(),
        "priority": header.priority.as_str(),
        "requester": header.requester.as_str(),
        "assignee": header.assignee.as_ref().map(|person| person.as_str()),
        "language": header.language,
        "alerts": row.ticket.alerts,
        "asked_at": asked_at.map(duration::format_instant),
        "hold_until": header.hold.as_ref().and_then(|hold| hold.until).map(duration::format_instant),
    }))
}

/// Describes an entry that a sweep wrote. `alerts` is the number of reminders of the ticket, including this one.
pub fn describe(entry: &Entry, alerts: usize) -> String {
    match &entry.action {
        Action::Remind { .. } => format!("reminded ({})", labels::count(alerts, "alert")),
        _ => "solved: no response".to_owned(),
    }
}
