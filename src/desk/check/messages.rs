//! Which rule a breach or a damage breaks, and the sentence that says how. Sentences only; what to do is the rule's.

use crate::domain::codec::FlawKind;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::ticket::entry::Entry;
use crate::domain::workflow::{Breach, Refusal};
use crate::store::yaml::DamageKind;

/// The rule of a damage; its sentence is its own.
pub(super) const fn of_damage(kind: &DamageKind) -> &'static Rule {
    match kind {
        DamageKind::Syntax(_) => &rules::FILE_SYNTAX,
        DamageKind::NotUtf8 => &rules::FILE_NOT_UTF8,
        DamageKind::ConflictMarker => &rules::FILE_CONFLICT,
        DamageKind::NoEndMarker => &rules::FILE_NO_END,
        DamageKind::TooLarge { .. } | DamageKind::TooDeep { .. } | DamageKind::TooMany { .. } => &rules::FILE_TOO_LARGE,
        DamageKind::Anchor | DamageKind::Alias | DamageKind::Tag | DamageKind::ComplexName => &rules::FILE_FEATURE,
        DamageKind::DoubledName(_) => &rules::FILE_DOUBLED,
        DamageKind::SecondDocument => &rules::FILE_SECOND,
        DamageKind::OtherId { .. } => &rules::FILE_OTHER_ID,
        DamageKind::Commented => &rules::FILE_SPELLING,
        DamageKind::Symlink | DamageKind::NotAFile => &rules::FILE_NOT_PLAIN,
        DamageKind::WrongPlace => &rules::FILE_MISPLACED,
        DamageKind::Flaw(flaw) => match flaw.kind {
            FlawKind::Missing(_) => &rules::FIELD_MISSING,
            FlawKind::Unknown { .. } => &rules::FIELD_UNKNOWN,
            FlawKind::WrongKind { .. } => &rules::FIELD_KIND,
            FlawKind::Unfit(_) => &rules::FIELD_UNFIT,
            FlawKind::Empty => &rules::FIELD_EMPTY,
        },
    }
}

/// The rule an entry breaks, the name in it that breaks it, and how.
pub(super) fn of_breach(breach: &Breach, entry: &Entry) -> (&'static Rule, &'static str, String) {
    let (id, action, role) = (entry.id, entry.action.word(), entry.role);
    match breach {
        Breach::Order => (&rules::ENTRY_ORDER, "id", format!("the entry {id} does not come after the one before it")),
        Breach::From => {
            (&rules::ENTRY_FROM, "from", format!("the entry {id} opens the ticket, and can have seen no status"))
        }
        Breach::Concurrent { saw, had, since } => {
            let since = since.map(|since| format!(" since the entry {since}")).unwrap_or_default();
            let message = format!(
                "the entry {id} ({action}) saw {saw} where the ticket was {had}{since}: written at the same time elsewhere"
            );
            (&rules::ENTRY_CONCURRENT, "from", message)
        }
        Breach::Illegal(refusal) => {
            let message = format!("the entry {id} ({action}) was not allowed: {}", why(refusal));
            (&rules::ENTRY_ILLEGAL, "action", message)
        }
        Breach::Role => (&rules::ENTRY_ROLE, "role", format!("the entry {id}: the role {role} may not do `{action}`")),
        Breach::NoText => (&rules::ENTRY_NO_TEXT, "action", format!("the entry {id} ({action}) has no text")),
        Breach::Status { leads_to: Some(to) } => {
            let message = format!("the entry {id} ({action}) leads to {to}, and does not say so");
            (&rules::ENTRY_STATUS, if entry.to.is_some() { "to" } else { "action" }, message)
        }
        Breach::Status { leads_to: None } => {
            (&rules::ENTRY_STATUS, "to", format!("the entry {id} ({action}) changes no status, and says it does"))
        }
        Breach::Refers { entry: about } => {
            let message = format!("the entry {id} ({action}) is about {about}, which does not come before it here");
            (&rules::ENTRY_REFERS, "entry", message)
        }
        Breach::Evidence(refusal) => (
            &rules::SOLVE_EVIDENCE,
            "resolution",
            format!("the entry {id} solves for want of an answer: {}", why(refusal)),
        ),
        Breach::NobodyAgreed => {
            (&rules::SOLVE_EVIDENCE, "resolution", format!("the entry {id} solves as agreed, and does not say by whom"))
        }
        Breach::Early(refusal) => (
            &rules::SOLVE_EARLY,
            "resolution",
            format!("the entry {id} solves for want of an answer: {}", why(refusal)),
        ),
        Breach::Stranded { into } => {
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
            format!("it was not due before {}", ready_at.map_or_else(String::new, crate::domain::time::duration::spell))
        }
        Refusal::NothingAsked => "no agent had replied".to_owned(),
        Refusal::CustomerReplied => "the customer had replied since".to_owned(),
        Refusal::MergedSince { source } => format!("{source} had been merged into it since"),
        Refusal::MergeIntoItself => "a ticket cannot be merged into itself".to_owned(),
        Refusal::RequiredFact { name } => format!("every ticket has `{name}`"),
        Refusal::UnfitFact { name } => format!("the value does not fit `{name}`"),
        Refusal::AlreadyOpened => "a ticket is opened once".to_owned(),
        _ => "the workflow does not know it".to_owned(),
    }
}
