//! The sentences of an audit: what is wrong with an entry, in the words of the ticket.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::audit::{Lapse, Loss, Piece, Why};
use crate::domain::clock::spell;
use crate::domain::entry::Entry;
use crate::domain::rule::{
    AUDIT_RIGHTS, ENTRY_FROM, ENTRY_ILLEGAL, ENTRY_NO_TEXT, ENTRY_REFERS, ENTRY_STATUS, Rule, SOLVE_EARLY,
    SOLVE_EVIDENCE,
};
use crate::domain::transition::Refusal;
use crate::domain::visibility::redacted_entries;
use crate::domain::words::Status;
use crate::store::git::Revision;
use crate::store::yaml::Version;

/// How much of a line is told, in characters.
const TOLD: usize = 60;

/// `the reply of kenji@desk.example`.
pub fn entry(entry: &Entry) -> String {
    format!("the `{}` of {}", entry.action.word(), entry.by)
}

/// Whom a commit names.
pub fn author(revision: &Revision) -> String {
    match revision.on_behalf_of.as_slice() {
        [] => format!("{}, the author of the commit", revision.author),
        others => format!("{}, whom the commit names", others.join(", ")),
    }
}

/// What became of an entry of an older version.
pub fn loss(loss: Loss, before: &Version, was: &[Piece<'_>], now: &[Piece<'_>]) -> String {
    let id = loss.entry();
    let old = before.ticket().ok().and_then(|ticket| ticket.entry(id));
    let name = old.map_or_else(|| "the entry".to_owned(), |old| format!("{} of {}", entry(old), spell(old.at)));
    match loss {
        Loss::Removed(_) => format!("{name} is gone"),
        Loss::Reordered(_) => format!("{name} stands behind one that came after it"),
        // What was hidden is not told again.
        Loss::Edited(_)
            if before.ticket().is_ok_and(|ticket| redacted_entries(ticket, &HashSet::new()).contains(&id)) =>
        {
            format!("{name} was edited, which is redacted")
        }
        Loss::Edited(_) => {
            let bytes = |pieces: &[Piece<'_>]| {
                let piece = pieces.iter().find(|piece| piece.id == id);
                piece.map(|piece| String::from_utf8_lossy(piece.bytes).into_owned()).unwrap_or_default()
            };
            let (was, now) = (bytes(was), bytes(now));
            let (was, now) = first_difference(&was, &now);
            format!("{name} was edited: `{was}` became `{now}`")
        }
    }
}

/// The first lines that differ; nothing where one has no more lines.
fn first_difference(was: &str, now: &str) -> (String, String) {
    let (mut was, mut now) = (was.lines(), now.lines());
    loop {
        match (was.next(), now.next()) {
            (Some(was), Some(now)) if was == now => {}
            (None, None) => return ("line ends".to_owned(), "other line ends".to_owned()),
            (was, now) => return (line(was), line(now)),
        }
    }
}

fn line(line: Option<&str>) -> String {
    let line = line.unwrap_or_default().trim();
    match line.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// How a time does not fit.
pub fn lapse(entry: &Entry, lapse: Lapse) -> String {
    let (name, at) = (self::entry(entry), spell(entry.at));
    match lapse {
        Lapse::Backwards { after } => format!("{name} is of {at}, and the one before it of {}", spell(after)),
        Lapse::OtherThanId { made } => format!("{name} is of {at}, and its id was made at {}", spell(made)),
        Lapse::Future { committed } => format!("{name} is of {at}, and its commit of {}", spell(committed)),
    }
}

/// That an entry is of a time that has not come yet.
pub fn ahead(entry: &Entry, now: DateTime<Utc>) -> String {
    format!("{} is of {}, and here it is {}", self::entry(entry), spell(entry.at), spell(now))
}

/// Why an entry could not be made, and the rule that says so.
pub fn unlawful(entry: &Entry, why: &Why) -> (&'static Rule, String) {
    let name = self::entry(entry);
    let status = |status: &Option<Status>| status.map_or("nothing", Status::word);
    if why.is_about_rights() {
        let reason = match why {
            Why::NoAgent => "casebook.toml did not name them as an agent".to_owned(),
            Why::Refused(Refusal::OnBehalf) => "a customer opens tickets in their own name only".to_owned(),
            Why::Refused(Refusal::OtherOrganization { given }) => format!("they do not belong to {given}"),
            Why::Refused(Refusal::NotEligible(hurdle)) => {
                format!("by what was on file they could not open it: {}", hurdle.rule())
            }
            Why::Refused(Refusal::Access(_)) => "by what was on file they could not ask for access".to_owned(),
            Why::Refused(Refusal::NotVisible) => "they have no part in this ticket".to_owned(),
            _ => format!("a {} may not do this here", entry.role),
        };
        return (&AUDIT_RIGHTS, format!("{name} is not theirs to make: {reason}"));
    }
    match why {
        Why::Saw { saw: None, .. } => (&ENTRY_FROM, format!("{name} does not say which status it saw")),
        Why::Saw { saw, was } => {
            (&ENTRY_ILLEGAL, format!("{name} saw `{}` where the ticket was `{}`", status(saw), status(was)))
        }
        Why::LeadsTo { to, follows } => {
            (&ENTRY_STATUS, format!("{name} leads to `{}`, and the workflow to `{}`", status(to), status(follows)))
        }
        Why::Was { said, was } => (&ENTRY_ILLEGAL, format!("{name} says the priority was {said}, and it was {was}")),
        Why::Refused(refusal) => {
            let (rule, reason) = refused(refusal);
            (rule, format!("{name} was not allowed: {reason}"))
        }
        Why::NoAgent => (&AUDIT_RIGHTS, name),
    }
}

fn refused(refusal: &Refusal) -> (&'static Rule, String) {
    match refusal {
        Refusal::TextMissing => (&ENTRY_NO_TEXT, "it needs words".to_owned()),
        Refusal::NoSuchEntry { entry } => (&ENTRY_REFERS, format!("the ticket had no entry {entry}")),
        Refusal::Status { status } => (&ENTRY_ILLEGAL, format!("the ticket was `{status}`")),
        Refusal::IsMerged { into } => (&ENTRY_ILLEGAL, format!("the ticket was merged into {into}")),
        Refusal::NotMerged => (&ENTRY_ILLEGAL, "the ticket was not merged".to_owned()),
        Refusal::SameHoldReason { reason } => (&ENTRY_ILLEGAL, format!("it was on hold for `{reason}` already")),
        Refusal::SamePriority { priority } => (&ENTRY_ILLEGAL, format!("the priority was {priority} already")),
        Refusal::AlreadyEscalated { since } => (&ENTRY_ILLEGAL, format!("it was escalated since {}", spell(*since))),
        Refusal::NotEscalated => (&ENTRY_ILLEGAL, "it was not escalated".to_owned()),
        Refusal::TooFewAlerts { given, needed } => {
            (&SOLVE_EVIDENCE, format!("silence needs {needed} reminders, and there were {given}"))
        }
        Refusal::TooEarly { ready_at, .. } => {
            (&SOLVE_EARLY, format!("silence could solve it from {} on", ready_at.map_or_else(String::new, spell)))
        }
        Refusal::NothingAsked => (&SOLVE_EVIDENCE, "no agent had asked anything".to_owned()),
        Refusal::CustomerReplied => (&SOLVE_EVIDENCE, "the customer had replied".to_owned()),
        Refusal::MergedSince { source } => (&SOLVE_EVIDENCE, format!("{source} had been merged into it")),
        Refusal::MergeIntoItself => (&ENTRY_ILLEGAL, "a ticket cannot be merged into itself".to_owned()),
        Refusal::TargetSolved => (&ENTRY_ILLEGAL, "the target was solved".to_owned()),
        Refusal::TargetMerged { into } => (&ENTRY_ILLEGAL, format!("the target was merged into {into}")),
        Refusal::OtherCustomer { .. } => (&ENTRY_ILLEGAL, "the tickets are of different customers".to_owned()),
        Refusal::RequiredFact { name } => (&ENTRY_ILLEGAL, format!("every ticket has a {name}")),
        Refusal::UnfitFact { name } => (&ENTRY_ILLEGAL, format!("that is no value for {name}")),
        _ => (&ENTRY_ILLEGAL, "nothing can be done so by itself".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_told() {
        assert_eq!(first_difference("a\n  b\nc", "a\n  x\nc"), ("b".to_owned(), "x".to_owned()));
        assert_eq!(first_difference("a", "a\n  b"), (String::new(), "b".to_owned()));
        let long = "y".repeat(100);
        assert_eq!(first_difference(&long, "a").0.chars().count(), TOLD + 1);
    }
}
