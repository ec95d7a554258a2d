//! Which rule a breach or a damage breaks, and the sentence that says how. Sentences only; what to do is the rule's.

use crate::domain::codec::DecodeErrorKind;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::ticket::entry::Entry;
use crate::domain::workflow::{HistoryViolation, Refusal};
use crate::store::yaml::ReadErrorKind;

/// The rule of a damage; its sentence is its own.
pub(super) const fn for_read_error(kind: &ReadErrorKind) -> &'static Rule {
    match kind {
        ReadErrorKind::Syntax(_) => &rules::FILE_SYNTAX,
        ReadErrorKind::NotUtf8 => &rules::FILE_NOT_UTF8,
        ReadErrorKind::ConflictMarker => &rules::FILE_CONFLICT,
        ReadErrorKind::NoEndMarker => &rules::FILE_NO_END,
        ReadErrorKind::TooLarge { .. } | ReadErrorKind::TooDeep { .. } | ReadErrorKind::TooMany { .. } => {
            &rules::FILE_TOO_LARGE
        }
        ReadErrorKind::Anchor | ReadErrorKind::Alias | ReadErrorKind::Tag | ReadErrorKind::ComplexName => {
            &rules::FILE_FEATURE
        }
        ReadErrorKind::DoubledName(_) => &rules::FILE_DOUBLED,
        ReadErrorKind::SecondDocument => &rules::FILE_SECOND,
        ReadErrorKind::OtherId { .. } => &rules::FILE_OTHER_ID,
        ReadErrorKind::Commented => &rules::FILE_SPELLING,
        ReadErrorKind::Symlink | ReadErrorKind::NotAFile => &rules::FILE_NOT_PLAIN,
        ReadErrorKind::WrongPlace => &rules::FILE_MISPLACED,
        ReadErrorKind::Flaw(flaw) => match flaw.kind {
            DecodeErrorKind::Missing(_) => &rules::FIELD_MISSING,
            DecodeErrorKind::Unknown { .. } => &rules::FIELD_UNKNOWN,
            DecodeErrorKind::WrongKind { .. } => &rules::FIELD_KIND,
            DecodeErrorKind::Invalid(_) => &rules::FIELD_UNFIT,
            DecodeErrorKind::Empty => &rules::FIELD_EMPTY,
        },
    }
}

/// The rule an entry breaks, the name in it that breaks it, and how.
pub(super) fn for_violation(breach: &HistoryViolation, entry: &Entry) -> (&'static Rule, &'static str, String) {
    let (id, action, role) = (entry.id, entry.action.as_str(), entry.role);
    match breach {
        HistoryViolation::Order => {
            (&rules::ENTRY_ORDER, "id", format!("the entry {id} does not come after the one before it"))
        }
        HistoryViolation::From => {
            (&rules::ENTRY_FROM, "from", format!("the entry {id} opens the ticket, and can have seen no status"))
        }
        HistoryViolation::Concurrent { saw, had, since } => {
            let since = since.map(|since| format!(" since the entry {since}")).unwrap_or_default();
            let message = format!(
                "the entry {id} ({action}) saw {saw} where the ticket was {had}{since}: written at the same time elsewhere"
            );
            (&rules::ENTRY_CONCURRENT, "from", message)
        }
        HistoryViolation::Illegal(refusal) => {
            let message = format!("the entry {id} ({action}) was not allowed: {}", why(refusal));
            (&rules::ENTRY_ILLEGAL, "action", message)
        }
        HistoryViolation::Role => {
            (&rules::ENTRY_ROLE, "role", format!("the entry {id}: the role {role} may not do `{action}`"))
        }
        HistoryViolation::NoText => (&rules::ENTRY_NO_TEXT, "action", format!("the entry {id} ({action}) has no text")),
        HistoryViolation::Status { leads_to: Some(to) } => {
            let message = format!("the entry {id} ({action}) leads to {to}, and does not say so");
            (&rules::ENTRY_STATUS, if entry.to.is_some() { "to" } else { "action" }, message)
        }
        HistoryViolation::Status { leads_to: None } => {
            (&rules::ENTRY_STATUS, "to", format!("the entry {id} ({action}) changes no status, and says it does"))
        }
        HistoryViolation::EntryMissing { entry: about } => {
            let message = format!("the entry {id} ({action}) is about {about}, which does not come before it here");
            (&rules::ENTRY_REFERS, "entry", message)
        }
        HistoryViolation::Evidence(refusal) => (
            &rules::SOLVE_EVIDENCE,
            "resolution",
            format!("the entry {id} solves for want of an answer: {}", why(refusal)),
        ),
        HistoryViolation::AgreerMissing => {
            (&rules::SOLVE_EVIDENCE, "resolution", format!("the entry {id} solves as agreed, and does not say by whom"))
        }
        HistoryViolation::Early(refusal) => (
            &rules::SOLVE_EARLY,
            "resolution",
            format!("the entry {id} solves for want of an answer: {}", why(refusal)),
        ),
        HistoryViolation::ReplyToMerged { into } => {
            let message = format!("the reply {id} was written while the ticket was merged into {into}");
            (&rules::REPLY_STRANDED, "id", message)
        }
    }
}

/// What was against it, as the ticket was.
fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Status { status } => format!("the ticket was {status}"),
        Refusal::IsMerged { into } => format!("the ticket was merged into {into}"),
        Refusal::NotMerged => "the ticket was not merged".to_owned(),
        Refusal::SameHoldReason { reason } => format!("it was on hold for {reason} already"),
        Refusal::SamePriority { priority } => format!("the priority was {priority} already"),
        Refusal::AlreadyEscalated { .. } => "it was escalated already".to_owned(),
        Refusal::NotEscalated => "it was not escalated".to_owned(),
        Refusal::TooFewAlerts { given, needed } => format!("{given} of {needed} reminders had been sent"),
        Refusal::TooEarly { ready_at, .. } => {
            format!(
                "it was not due before {}",
                ready_at.map_or_else(String::new, crate::domain::time::duration::format_instant)
            )
        }
        Refusal::NoAgentReply => "no agent had replied".to_owned(),
        Refusal::CustomerReplied => "the customer had replied since".to_owned(),
        Refusal::MergedSince { source } => format!("{source} had been merged into it since"),
        Refusal::MergeIntoItself => "a ticket cannot be merged into itself".to_owned(),
        Refusal::RequiredField { name } => format!("every ticket has `{name}`"),
        Refusal::InvalidField { name } => format!("the value does not fit `{name}`"),
        Refusal::AlreadyOpened => "a ticket is opened once".to_owned(),
        _ => "the workflow does not know it".to_owned(),
    }
}
