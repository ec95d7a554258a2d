//! What a sweep finds, in rows: what is due on which ticket, since when, and why.
//!
//! Must not know how it was found, nor what is done about it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::sla::follow_up::WaitBasis;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::{self, format_duration, format_hours};

use super::labels::catalogue::Sweeps;
use super::table::{Cell, Table, tab_separated};
use super::{Audience, colors, labels, relative_time};

/// The fields of a row, in their order.
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

/// What [`render_tsv`] prints, by the names of JSON.
pub const COLUMNS: &[&str] = &["id", "due", "due_at", "priority", "requester", "reason", "subject"];

/// A reply of support without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilentTicket {
    /// How long after what.
    pub waited: WaitBasis,
    /// Whether that is open time of a calendar.
    pub is_open_time: bool,
    /// When support's last reply was, UTC.
    pub asked_at: DateTime<Utc>,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueKind {
    /// A reminder.
    Remind {
        /// Which, from 1.
        number: usize,
        /// How many the policy lists.
        of: usize,
        /// What there was no answer to, and how long.
        silence: SilentTicket,
    },
    /// The end of waiting.
    Solve {
        /// How many reminders there were.
        alerts: usize,
        /// What there was no answer to, and how long.
        silence: SilentTicket,
    },
    /// No manager has said a first word in time.
    FirstWord {
        /// How much open time there was.
        target: TimeDelta,
        /// When the ticket was escalated, UTC.
        since: DateTime<Utc>,
    },
    /// The time of a hold has passed.
    HoldEnded,
}

impl DueKind {
    /// Its word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Remind { .. } => "remind",
            Self::Solve { .. } => "solve",
            Self::FirstWord { .. } => "first_word",
            Self::HoldEnded => "hold_ended",
        }
    }
}

/// A ticket and what it asks for.
#[derive(Clone, Debug)]
pub struct DueRow<'a> {
    /// The ticket.
    pub ticket: &'a Summary,
    /// The short id that is its own on this desk.
    pub short_id: &'a str,
    /// What is due.
    pub what: DueKind,
    /// Since when, UTC.
    pub due_at: DateTime<Utc>,
}

impl DueRow<'_> {
    /// Why it is due.
    fn reason(&self, audience: &Audience<'_>) -> String {
        let asked = |at| relative_time::minute(at, audience.zone);
        let silent = |silence: SilentTicket| {
            let span = |span| match silence.is_open_time {
                true => format!("{} of open time", format_hours(span)),
                false => format_duration(span),
            };
            match silence.waited {
                WaitBasis::SinceReply(waited) => format!("{} after {}", span(waited), asked(silence.asked_at)),
                WaitBasis::SinceReminder { span: waited, at } => {
                    format!("{} after the reminder of {}", span(waited), asked(at))
                }
            }
        };
        match self.what {
            DueKind::Remind { number, of, silence } => {
                format!("reminder {number} of {of}: no answer {}", silent(silence))
            }
            DueKind::Solve { alerts, silence } => {
                format!("{}, and no answer {}", labels::count(alerts, "reminder"), silent(silence))
            }
            DueKind::FirstWord { target, since } => {
                let manager = self.ticket.header.escalation.as_ref().and_then(|escalation| escalation.manager.as_ref());
                let to = manager.map(|manager| format!(" to {manager}")).unwrap_or_default();
                format!("escalated{to} {}, and no manager's word within {}", asked(since), format_hours(target))
            }
            DueKind::HoldEnded => {
                let hold = self.ticket.header.hold.as_ref();
                let team =
                    hold.and_then(|hold| hold.team.as_deref()).map(|team| format!(" ({team})")).unwrap_or_default();
                let reason = hold.map_or("", |hold| labels::ENGLISH.hold_reasons.of(hold.reason));
                format!("on hold {reason}{team} until {}", asked(self.due_at))
            }
        }
    }

    fn label(&self, words: &Sweeps) -> &'static str {
        match self.what {
            DueKind::Remind { .. } => words.remind,
            DueKind::Solve { .. } => words.solve,
            DueKind::FirstWord { .. } => words.first_word,
            DueKind::HoldEnded => words.hold_ended,
        }
    }
}

/// A table: short id, priority, what is due, since when, why, subject. Empty where nothing is. Why stays English, as
/// programs read it.
pub fn render_table(asked: &[DueRow<'_>], audience: &Audience<'_>) -> String {
    let words = audience.words();
    let columns = &words.columns;
    let heads = [columns.id, columns.priority, columns.what, columns.due, columns.why, columns.subject];
    let mut table = Table::under(&heads);
    for asked in asked {
        let header = &asked.ticket.header;
        table.push(vec![
            Cell::styled(asked.short_id, colors::STRONG)
                .leading_to(audience.links.map(|links| links.to(asked.ticket.id))),
            Cell::styled(header.priority.as_str(), colors::priority(header.priority)),
            Cell::styled(asked.label(&words.sweeps), colors::STRONG),
            Cell::plain(&relative_time::age(asked.due_at, audience.now)),
            Cell::plain(&asked.reason(audience)),
            Cell::plain(&header.subject),
        ]);
    }
    table.render(audience.paint, audience.width)
}

/// A line with tabs between: id, due, due_at, priority, requester, reason, subject.
pub fn render_tsv(asked: &DueRow<'_>, audience: &Audience<'_>) -> String {
    let header = &asked.ticket.header;
    tab_separated([
        asked.ticket.id.to_string().as_str(),
        asked.what.as_str(),
        &duration::format_instant(asked.due_at),
        header.priority.as_str(),
        header.requester.as_str(),
        &asked.reason(audience),
        &header.subject,
    ])
}

/// The same as a JSON object, always with every field.
pub fn to_json(asked: &DueRow<'_>, audience: &Audience<'_>) -> Map<String, Json> {
    let header = &asked.ticket.header;
    let asked_at = match asked.what {
        DueKind::Remind { silence, .. } | DueKind::Solve { silence, .. } => Some(silence.asked_at),
        DueKind::FirstWord { .. } | DueKind::HoldEnded => None,
    };
    let values = json!({
        "id": asked.ticket.id.to_string(),
        "short_id": asked.short_id,
        "due": asked.what.as_str(),
        "due_at": duration::format_instant(asked.due_at),
        "reason": asked.reason(audience),
        "subject": header.subject,
        "status": header.status.as_str(),
        "priority": header.priority.as_str(),
        "requester": header.requester.as_str(),
        "assignee": header.assignee.as_ref().map(|person| person.as_str()),
        "language": header.language,
        "alerts": asked.ticket.alerts,
        "asked_at": asked_at.map(duration::format_instant),
        "hold_until": header.hold.as_ref().and_then(|hold| hold.until).map(duration::format_instant),
    });
    match values {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What a sweep did, in words; `alerts` is how many reminders there are by now.
pub fn done(entry: &Entry, alerts: usize) -> String {
    match &entry.action {
        Action::Remind { .. } => format!("reminded ({})", labels::count(alerts, "alert")),
        _ => "solved: no response".to_owned(),
    }
}
