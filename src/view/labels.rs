//! Labels: what people read where files have words (FACTS §12). English for now.
//!
//! Must not know where a label is put.

use crate::domain::value::Value;
use crate::domain::words::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Status,
};

use super::Viewer;

/// The label of a status. Customers read it as the portal says it, with themselves in mind.
pub const fn status(status: Status, viewer: Viewer) -> &'static str {
    match (viewer, status) {
        (Viewer::Customer, Status::Open) => "Open",
        (Viewer::Customer, Status::AwaitingReply) => "Awaiting your reply",
        (Viewer::Customer, Status::OnHold) => "On hold",
        (Viewer::Customer, Status::Solved) => "Solved",
        (Viewer::Support, Status::Open) => "open",
        (Viewer::Support, Status::AwaitingReply) => "awaiting reply",
        (Viewer::Support, Status::OnHold) => "on hold",
        (Viewer::Support, Status::Solved) => "solved",
    }
}

/// The mark of a hold whose time has passed.
pub const fn hold_ended(viewer: Viewer) -> &'static str {
    match viewer {
        // To a customer it is on hold until somebody goes on.
        Viewer::Customer => status(Status::OnHold, Viewer::Customer),
        Viewer::Support => "hold ended",
    }
}

/// Who owes the next step, in a sentence.
pub const fn next_step(status: Status, viewer: Viewer) -> &'static str {
    match (viewer, status) {
        (_, Status::Open) => "support owes the next step",
        (Viewer::Customer, Status::AwaitingReply) => "you owe the next step",
        (Viewer::Support, Status::AwaitingReply) => "the requester owes the next step",
        (_, Status::OnHold) => "support waits for an internal team",
        (_, Status::Solved) => "nobody owes anything",
    }
}

/// The label of a priority.
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::S1 => "S1 - Urgent",
        Priority::S2 => "S2 - High",
        Priority::S3 => "S3 - Tolerable",
        Priority::S4 => "S4 - Question",
    }
}

/// What kind of ticket it is.
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::OrganizationAccess => "request for access to the organisation's tickets",
    }
}

/// What support waits for.
pub const fn hold(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Reproducing => "reproducing the bug",
        HoldReason::Workaround => "looking for a workaround",
        HoldReason::Engineering => "with engineering",
        HoldReason::AccountTeam => "the account team will be in touch",
        HoldReason::Other => "another reason",
    }
}

/// How a ticket came to be solved.
pub const fn resolution(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Agreed => "agreed",
        Resolution::BugReported => "bug reported",
        Resolution::NoResponse => "no response",
        Resolution::Merged => "merged",
    }
}

/// Why tickets were merged.
pub const fn merge(reason: MergeReason) -> &'static str {
    match reason {
        MergeReason::SameIssue => "same issue",
        MergeReason::InterruptedChat => "interrupted chat",
    }
}

/// Why a ticket was opened again.
pub const fn reopen(reason: ReopenReason) -> &'static str {
    match reason {
        ReopenReason::NotSolved => "the issue is not solved",
        ReopenReason::Insufficient => "not solved sufficiently",
        ReopenReason::CouldNotEngage => "the requester could not take part",
        ReopenReason::NewChat => "a new chat began",
    }
}

/// Why a ticket was escalated.
pub const fn escalation(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::ResolutionTime => "resolution takes too long",
        EscalationReason::TechnicalExpertise => "other expertise is needed",
        EscalationReason::BusinessImpact => "business impact",
    }
}

/// A number of things, `1 alert`, `2 alerts`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The value of one of the desk's own fields.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(words) | Value::Text(words) => words.clone(),
        Value::Time(at) => crate::domain::clock::spell(*at),
        Value::List(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Map(fields) => {
            fields.iter().map(|(name, inner)| format!("{name}: {}", self::value(inner))).collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_words() {
        let list = Value::List(vec![Value::Integer(1), Value::Bool(true)]);
        let map = Value::Map(vec![("a".to_owned(), list), ("b".to_owned(), Value::from("x"))]);
        assert_eq!(value(&map), "a: 1, true; b: x");
        assert_eq!((count(1, "alert"), count(0, "alert")), ("1 alert".to_owned(), "0 alerts".to_owned()));
    }
}
