//! The rules and messages of read errors and of violations in a history.

use crate::domain::codec::DecodeErrorKind;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration::format_instant;
use crate::domain::workflow::{HistoryViolation, Refusal};
use crate::store::yaml::ReadErrorKind;

/// Returns the rule of a read error, which has its own message.
pub(super) const fn rule_of_read_error(kind: &ReadErrorKind) -> &'static Rule {
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
        ReadErrorKind::DuplicateName(_) => &rules::FILE_DOUBLED,
        ReadErrorKind::SecondDocument => &rules::FILE_SECOND,
        ReadErrorKind::OtherId { .. } => &rules::FILE_OTHER_ID,
        ReadErrorKind::Commented => &rules::FILE_SPELLING,
        ReadErrorKind::Symlink | ReadErrorKind::NotAFile => &rules::FILE_NOT_PLAIN,
        ReadErrorKind::WrongPlace | ReadErrorKind::NotCheckedOut => &rules::FILE_MISPLACED,
        ReadErrorKind::Decode(error) => match error.kind {
            DecodeErrorKind::Missing(_) => &rules::FIELD_MISSING,
            DecodeErrorKind::Unknown { .. } => &rules::FIELD_UNKNOWN,
            DecodeErrorKind::WrongKind { .. } => &rules::FIELD_KIND,
            DecodeErrorKind::Invalid(_) => &rules::FIELD_UNFIT,
            DecodeErrorKind::Empty => &rules::FIELD_EMPTY,
        },
    }
}

/// Returns the rule that an entry breaks, the field to point at, and the message.
pub(super) fn for_violation(violation: &HistoryViolation, entry: &Entry) -> (&'static Rule, &'static str, String) {
    let (id, action, role) = (entry.id, entry.action.as_str(), entry.role);
    match violation {
        HistoryViolation::Order => {
            (&rules::ENTRY_ORDER, "id", format!("the entry {id} is not newer than the entry before it"))
        }
        HistoryViolation::From => {
            (&rules::ENTRY_FROM, "from", format!("the entry {id} opens the ticket, so it cannot have a `from` status"))
        }
        HistoryViolation::Concurrent { saw, had, since } => {
            let since = since.map(|since| format!(" since the entry {since}")).unwrap_or_default();
            let message = format!(
                "the entry {id} ({action}) says that the ticket was {saw}, but it was {had}{since}: written at the same time in another clone"
            );
            (&rules::ENTRY_CONCURRENT, "from", message)
        }
        HistoryViolation::Illegal(refusal) => {
            let message = format!("the entry {id} ({action}) was not allowed: {}", refusal_reason(refusal));
            (&rules::ENTRY_ILLEGAL, "action", message)
        }
        HistoryViolation::Role => {
            (&rules::ENTRY_ROLE, "role", format!("the entry {id} ({action}) was not allowed for the role {role}"))
        }
        HistoryViolation::NoText => (&rules::ENTRY_NO_TEXT, "action", format!("the entry {id} ({action}) has no text")),
        HistoryViolation::Status { leads_to: Some(to) } => {
            let message = format!("the entry {id} ({action}) changes the status to {to}, but does not say so");
            (&rules::ENTRY_STATUS, if entry.to.is_some() { "to" } else { "action" }, message)
        }
        HistoryViolation::Status { leads_to: None } => (
            &rules::ENTRY_STATUS,
            "to",
            format!("the entry {id} ({action}) does not change the status, but says that it does"),
        ),
        HistoryViolation::EntryMissing { entry: other } => {
            let message = format!("the entry {id} ({action}) refers to {other}, which is not before it in this ticket");
            (&rules::ENTRY_REFERS, "entry", message)
        }
        HistoryViolation::Evidence(refusal) => (
            &rules::SOLVE_EVIDENCE,
            "resolution",
            format!("the entry {id} could not solve for no response: {}", refusal_reason(refusal)),
        ),
        HistoryViolation::AgreerMissing => (
            &rules::SOLVE_EVIDENCE,
            "resolution",
            format!("the entry {id} has the resolution `agreed`, but does not name the person who agreed"),
        ),
        HistoryViolation::Early(refusal) => (
            &rules::SOLVE_EARLY,
            "resolution",
            format!("the entry {id} could not solve for no response: {}", refusal_reason(refusal)),
        ),
        HistoryViolation::ReplyToMerged { into } => {
            let message = format!("the reply {id} was written while the ticket was merged into {into}");
            (&rules::REPLY_STRANDED, "id", message)
        }
    }
}

/// Returns the reason of a refusal, in the past tense.
pub fn refusal_reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Status { status } => format!("the ticket was {status}"),
        Refusal::IsMerged { into } => format!("the ticket was merged into {into}"),
        Refusal::NotMerged => "the ticket was not merged".to_owned(),
        Refusal::TargetSolved => "the target was solved".to_owned(),
        Refusal::TargetMerged { into } => format!("the target was merged into {into}"),
        Refusal::OtherCustomer { .. } => "the tickets belong to different customers".to_owned(),
        Refusal::SameHoldReason { reason } => format!("the ticket was on hold for {reason} already"),
        Refusal::SamePriority { priority } => format!("the priority was {priority} already"),
        Refusal::AlreadyEscalated { .. } => "the ticket was escalated already".to_owned(),
        Refusal::NotEscalated => "the ticket was not escalated".to_owned(),
        Refusal::TooFewAlerts { given, needed } => format!("only {given} of {needed} reminders had been sent"),
        Refusal::TooEarly { ready_at, .. } => {
            format!("this was not due before {}", ready_at.map_or_else(String::new, format_instant))
        }
        Refusal::AgreementMissing => "no customer had agreed".to_owned(),
        Refusal::NoAgentReply => "no agent had replied".to_owned(),
        Refusal::CustomerReplied => "the customer had replied since".to_owned(),
        Refusal::MergedSince { source } => format!("{source} had been merged into it since"),
        Refusal::MergeIntoItself => "a ticket cannot be merged into itself".to_owned(),
        Refusal::RequiredField { name } => format!("every ticket needs `{name}`"),
        Refusal::InvalidField { name } => format!("the value is invalid for `{name}`"),
        Refusal::AlreadyOpened => "the ticket was opened already".to_owned(),
        Refusal::TextMissing => "it needs a text".to_owned(),
        Refusal::NoSuchEntry { entry } => format!("the ticket had no entry {entry}"),
        _ => "the workflow does not allow it".to_owned(),
    }
}
