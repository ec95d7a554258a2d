//! Messages about entries that two clones wrote at the same time, with the command that changes the result. In English.

use crate::domain::convergence::union::{ConcurrentEntry, ConflictKind};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Status;

use super::entry::{describe, short_id};
use super::{labels, sanitize};

/// Returns a line for each concurrent entry, and a last one with the status of the ticket.
pub fn render(ticket: &Ticket, concurrent: &[ConcurrentEntry], zone: &Zone) -> Vec<String> {
    let mut lines: Vec<String> = concurrent.iter().map(|entry| render_entry(ticket, entry, zone)).collect();
    if !lines.is_empty() {
        lines.push(render_status(ticket));
    }
    lines
}

fn render_entry(ticket: &Ticket, concurrent: &ConcurrentEntry, zone: &Zone) -> String {
    let action = |id: Id| match ticket.entry(id) {
        Some(entry) => format!("{} {} ({})", entry.by, describe(entry, zone, labels::ENGLISH), short_id(id)),
        None => short_id(id),
    };
    let status = |status: Status| labels::ENGLISH.statuses.of(status);
    let conflict = match concurrent.kind {
        ConflictKind::Status { saw: Some(saw), was } => format!("when it was {}, not {}", status(was), status(saw)),
        ConflictKind::Status { saw: None, was } => format!("when it was already {}", status(was)),
        ConflictKind::Priority { saw, was } => format!("when it was {was}, not {saw}"),
        ConflictKind::Escalated => "when it was already escalated".to_owned(),
        ConflictKind::UnawareSolve => "without knowing of this entry".to_owned(),
        ConflictKind::NotEscalated => "when the escalation had already ended".to_owned(),
    };
    sanitize::one_line(&format!("{} {conflict}: {}", action(concurrent.entry), action(concurrent.other))).into_owned()
}

/// Returns the status of the ticket, and the command that changes it.
fn render_status(ticket: &Ticket) -> String {
    let (name, status) = (short_id(ticket.id), ticket.header.status);
    let command = match (ticket.header.merged_into, status) {
        (Some(into), _) => {
            format!("the conversation continues in {}; `casebook reopen {name} --unmerge`", short_id(into))
        }
        (None, Status::Solved) => format!("`casebook reopen {name}`"),
        (None, Status::OnHold) => format!("`casebook resume {name}` or `casebook solve {name}`"),
        (None, Status::AwaitingReply) => format!("`casebook hold {name}` or `casebook solve {name}`"),
        (None, Status::Open) => format!("`casebook reply {name}`, `casebook hold {name}` or `casebook solve {name}`"),
    };
    format!("the ticket is {} now; if this is not intended: {command}", labels::ENGLISH.statuses.of(status))
}
