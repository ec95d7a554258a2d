//! The sentences of an audit: what is wrong with an entry, in the words of the ticket.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use memchr::memmem;

use crate::domain::audit::{Lapse, Loss, Piece, Why};
use crate::domain::clock::spell;
use crate::domain::entry::Entry;
use crate::domain::id::Id;
use crate::domain::rule::{
    AUDIT_RIGHTS, ENTRY_FROM, ENTRY_ILLEGAL, ENTRY_NO_TEXT, ENTRY_REFERS, ENTRY_STATUS, Rule, SOLVE_EARLY,
    SOLVE_EVIDENCE,
};
use crate::domain::transition::Refusal;
use crate::domain::visibility::redacted_entries;
use crate::domain::words::Status;
use crate::store::git::Revision;
use crate::store::yaml::{self, Version};

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

/// What became of an entry of an older version, and the line of the file to look at.
pub fn loss(loss: Loss, before: &Version, after: &Version, was: &[Piece<'_>], now: &[Piece<'_>]) -> (String, usize) {
    let id = loss.entry();
    let old = before.ticket().ok().and_then(|ticket| ticket.entry(id));
    let name = old.map_or_else(|| "the entry".to_owned(), |old| format!("{} of {}", entry(old), spell(old.at)));
    if let Loss::Edited(_) = loss
        && let Some((message, line)) = comment(id, &name, before, after, was, now)
    {
        return (message, line);
    }
    let message = match loss {
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
    };
    (message, 1)
}

/// What became of a comment between entries, with its line, where that is all that differs: the lines behind an entry
/// count as its own.
fn comment(
    id: Id,
    name: &str,
    before: &Version,
    after: &Version,
    was: &[Piece<'_>],
    now: &[Piece<'_>],
) -> Option<(String, usize)> {
    // With their texts, since a line of a text may look like a comment.
    let says = |version: &Version| yaml::read(version.bytes(), None).ok()?.entry(id).cloned();
    if says(before)? != says(after)? {
        return None;
    }
    let text = |pieces: &[Piece<'_>]| {
        let piece = pieces.iter().find(|piece| piece.id == id)?;
        Some(String::from_utf8_lossy(piece.bytes).into_owned())
    };
    let (was, now) = (text(was)?, text(now)?);
    let ((own, was), (still, is)) = (without_comment(&was), without_comment(&now));
    if own != still {
        return None;
    }
    let same = was.iter().zip(&is).take_while(|((_, was), (_, is))| was == is).count();
    let words = |lines: &[(usize, &str)]| lines.get(same).map(|(_, words)| line(Some(words)));
    let place = format!("between entries, behind {name}");
    let message = match (words(&was), words(&is)) {
        (None, Some(is)) => format!("a comment was put {place}: `{is}`"),
        (Some(was), None) => format!("the comment {place}, was taken out: `{was}`"),
        (Some(was), Some(is)) => format!("the comment {place}, was changed: `{was}` became `{is}`"),
        (None, None) => return None,
    };
    let above = |place: usize| after.bytes()[..place].iter().filter(|byte| **byte == b'\n').count();
    let start = memmem::find(after.bytes(), now.as_bytes()).map_or(0, above);
    let within = is.get(same).map_or_else(|| own.lines().count(), |(place, _)| *place);
    Some((message, start + within + 1))
}

/// An entry without the comments behind it, and those, line by line, each with its place from 0.
fn without_comment(piece: &str) -> (String, Vec<(usize, &str)>) {
    let lines: Vec<&str> = piece.lines().collect();
    let is_own = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let end = lines.iter().rposition(is_own).map_or(0, |place| place + 1);
    let behind = lines.iter().enumerate().skip(end).map(|(place, line)| (place, line.trim()));
    (lines[..end].join("\n"), behind.filter(|(_, words)| !words.is_empty()).collect())
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
        Why::NobodyAgreed => (&SOLVE_EVIDENCE, format!("{name} is as agreed, and does not say by whom")),
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
