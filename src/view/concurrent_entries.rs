//! Entries that two clones wrote at the same time: what each did, how the ticket stands since, and what to do where
//! that is not meant. English, as all messages.
//!
//! Must not know which merge brought them together.

use crate::domain::convergence::union::{ConcurrentEntry, ConflictKind};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Status;

use super::entry::{describe, short_id};
use super::{labels, sanitize};

/// A line for each entry that crossed another, and one for what holds now.
pub fn lines(ticket: &Ticket, crossings: &[ConcurrentEntry], zone: &Zone) -> Vec<String> {
    let mut lines: Vec<String> = crossings.iter().map(|crossing| render(ticket, crossing, zone)).collect();
    if crossings.iter().any(|crossing| crossing.about == ConflictKind::Came) {
        lines.push("what came to go on here has ended with it: `casebook resolve` opens the ticket again".to_owned());
    }
    if !lines.is_empty() {
        lines.push(next(ticket));
    }
    lines
}

fn render(ticket: &Ticket, crossing: &ConcurrentEntry, zone: &Zone) -> String {
    let done = |id: Id| match ticket.entry(id) {
        Some(entry) => format!("{} {} ({})", entry.by, describe(entry, zone, labels::ENGLISH), short_id(id)),
        None => short_id(id),
    };
    let status = |status: Status| labels::ENGLISH.statuses.of(status);
    let otherwise = match crossing.about {
        ConflictKind::Status { saw: Some(saw), was } => format!("when it was {}, not {}", status(was), status(saw)),
        ConflictKind::Status { saw: None, was } => format!("when it was {} already", status(was)),
        ConflictKind::Priority { saw, was } => format!("when it was {was}, not {saw}"),
        ConflictKind::Escalated => "when it was escalated already".to_owned(),
        ConflictKind::Came => "without having seen this".to_owned(),
        ConflictKind::NotEscalated => "when the escalation was over already".to_owned(),
    };
    sanitize::one_line(&format!("{} {otherwise}: {}", done(crossing.entry), done(crossing.beside))).into_owned()
}

/// How the ticket stands, and the command that would work where that is not meant.
fn next(ticket: &Ticket) -> String {
    let (name, status) = (short_id(ticket.id), ticket.header.status);
    let would = match (ticket.header.merged_into, status) {
        (Some(into), _) => {
            format!("the conversation goes on in {}; `casebook reopen {name} --unmerge`", short_id(into))
        }
        (None, Status::Solved) => format!("`casebook reopen {name}`"),
        (None, Status::OnHold) => format!("`casebook resume {name}` or `casebook solve {name}`"),
        (None, Status::AwaitingReply) => format!("`casebook hold {name}` or `casebook solve {name}`"),
        (None, Status::Open) => format!("`casebook reply {name}`, `casebook hold {name}` or `casebook solve {name}`"),
    };
    format!("the ticket is {} now; if that is not meant: {would}", labels::ENGLISH.statuses.of(status))
}
