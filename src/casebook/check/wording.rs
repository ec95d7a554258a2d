//! Which rule a breach or a damage breaks, and the sentence that says how. Sentences only; what to do is the rule's.

use crate::domain::codec::FlawKind;
use crate::domain::entry::Entry;
use crate::domain::rule::{self, Rule};
use crate::domain::transition::{Breach, Refusal};
use crate::store::yaml::DamageKind;

/// The rule of a damage; its sentence is its own.
pub(super) const fn of_damage(kind: &DamageKind) -> &'static Rule {
    match kind {
        DamageKind::Syntax(_) => &rule::FILE_SYNTAX,
        DamageKind::NotUtf8 => &rule::FILE_NOT_UTF8,
        DamageKind::ConflictMarker => &rule::FILE_CONFLICT,
        DamageKind::NoEndMarker => &rule::FILE_NO_END,
        DamageKind::TooLarge { .. } | DamageKind::TooDeep { .. } | DamageKind::TooMany { .. } => &rule::FILE_TOO_LARGE,
        DamageKind::Anchor | DamageKind::Alias | DamageKind::Tag | DamageKind::ComplexName => &rule::FILE_FEATURE,
        DamageKind::DoubledName(_) => &rule::FILE_DOUBLED,
        DamageKind::SecondDocument => &rule::FILE_SECOND,
        DamageKind::OtherId { .. } => &rule::FILE_OTHER_ID,
        DamageKind::Commented => &rule::FILE_SPELLING,
        DamageKind::Symlink | DamageKind::NotAFile => &rule::FILE_NOT_PLAIN,
        DamageKind::WrongPlace => &rule::FILE_MISPLACED,
        DamageKind::Flaw(flaw) => match flaw.kind {
            FlawKind::Missing(_) => &rule::FIELD_MISSING,
            FlawKind::Unknown { .. } => &rule::FIELD_UNKNOWN,
            FlawKind::WrongKind { .. } => &rule::FIELD_KIND,
            FlawKind::Unfit(_) => &rule::FIELD_UNFIT,
            FlawKind::Empty => &rule::FIELD_EMPTY,
        },
    }
}

/// The rule an entry breaks, the name in it that breaks it, and how.
pub(super) fn of_breach(breach: &Breach, entry: &Entry) -> (&'static Rule, &'static str, String) {
    let (id, action, role) = (entry.id, entry.action.word(), entry.role);
    match breach {
        Breach::Order => (&rule::ENTRY_ORDER, "id", format!("the entry {id} does not come after the one before it")),
        Breach::From => {
            (&rule::ENTRY_FROM, "from", format!("the entry {id} opens the ticket, and can have seen no status"))
        }
        Breach::Concurrent { saw, had, since } => {
            let since = since.map(|since| format!(" since the entry {since}")).unwrap_or_default();
            let message = format!(
                "the entry {id} ({action}) saw {saw} where the ticket was {had}{since}: written at the same time elsewhere"
            );
            (&rule::ENTRY_CONCURRENT, "from", message)
        }
        Breach::Illegal(refusal) => {
            let message = format!("the entry {id} ({action}) was not allowed: {}", why(refusal));
            (&rule::ENTRY_ILLEGAL, "action", message)
        }
        Breach::Role => (&rule::ENTRY_ROLE, "role", format!("the entry {id}: the role {role} may not do `{action}`")),
        Breach::NoText => (&rule::ENTRY_NO_TEXT, "action", format!("the entry {id} ({action}) has no text")),
        Breach::Status { leads_to: Some(to) } => {
            let message = format!("the entry {id} ({action}) leads to {to}, and does not say so");
            (&rule::ENTRY_STATUS, if entry.to.is_some() { "to" } else { "action" }, message)
        }
        Breach::Status { leads_to: None } => {
            (&rule::ENTRY_STATUS, "to", format!("the entry {id} ({action}) changes no status, and says it does"))
        }
        Breach::Refers { entry: about } => {
            let message = format!("the entry {id} ({action}) is about {about}, which does not come before it here");
            (&rule::ENTRY_REFERS, "entry", message)
        }
        Breach::Evidence(refusal) => (
            &rule::SOLVE_EVIDENCE,
            "resolution",
            format!("the entry {id} solves for want of an answer: {}", why(refusal)),
        ),
        Breach::NobodyAgreed => {
            (&rule::SOLVE_EVIDENCE, "resolution", format!("the entry {id} solves as agreed, and does not say by whom"))
        }
        Breach::Early(refusal) => {
            (&rule::SOLVE_EARLY, "resolution", format!("the entry {id} solves for want of an answer: {}", why(refusal)))
        }
        Breach::Stranded { into } => {
            let message = format!("the reply {id} was written while the ticket was merged into {into}");
            (&rule::REPLY_STRANDED, "id", message)
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
            format!("it was not due before {}", ready_at.map_or_else(String::new, crate::domain::clock::spell))
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
