//! The sentences of an audit: what is wrong with an entry, in the words of the ticket.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use memchr::memmem;

use crate::domain::audit::{LostEntry, NotPermitted, RawEntry, TimestampProblem};
use crate::domain::id::Id;
use crate::domain::people::visibility::redacted_entries;
use crate::domain::rules::{
    AUDIT_RIGHTS, ENTRY_FROM, ENTRY_ILLEGAL, ENTRY_NO_TEXT, ENTRY_REFERS, ENTRY_STATUS, Rule, SOLVE_EARLY,
    SOLVE_EVIDENCE,
};
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration::format_instant;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;
use crate::store::git::Revision;
use crate::store::yaml;
use crate::store::yaml::FileVersion;

/// How much of a line is told, in characters.
const TOLD: usize = 60;

/// `the reply of kenji@desk.example`.
pub fn entry(entry: &Entry) -> String {
    format!("the `{}` of {}", entry.action.as_str(), entry.by)
}

/// Whom a commit names.
pub fn author(revision: &Revision) -> String {
    match revision.on_behalf_of.as_slice() {
        [] => format!("{}, the author of the commit", revision.author),
        others => format!("{}, whom the commit names", others.join(", ")),
    }
}

/// What became of an entry of an older version, and the line of the file to look at.
pub fn loss(
    loss: LostEntry,
    before: &FileVersion,
    after: &FileVersion,
    was: &[RawEntry<'_>],
    now: &[RawEntry<'_>],
) -> (String, usize) {
    let id = loss.entry();
    let old = before.ticket().ok().and_then(|ticket| ticket.entry(id));
    let name =
        old.map_or_else(|| "the entry".to_owned(), |old| format!("{} of {}", entry(old), format_instant(old.at)));
    if let LostEntry::Edited(_) = loss
        && let Some((message, line)) = comment(id, &name, before, after, was, now)
    {
        return (message, line);
    }
    let message = match loss {
        LostEntry::Removed(_) => format!("{name} is gone"),
        LostEntry::Reordered(_) => format!("{name} stands behind one that came after it"),
        // What was hidden is not told again.
        LostEntry::Edited(_)
            if before.ticket().is_ok_and(|ticket| redacted_entries(ticket, &HashSet::new()).contains(&id)) =>
        {
            format!("{name} was edited, which is redacted")
        }
        LostEntry::Edited(_) => {
            let bytes = |pieces: &[RawEntry<'_>]| {
                let piece = pieces.iter().find(|piece| piece.id == id);
                piece.map(|piece| String::from_utf8_lossy(piece.bytes).into_owned()).unwrap_or_default()
            };
            let (was, now) = (bytes(was), bytes(now));
            format!("{name} was edited: {}", difference(&was, &now))
        }
    };
    (message, 1)
}

/// What became of a comment between entries, with its line, where that is all that differs: the lines behind an entry
/// count as its own.
fn comment(
    id: Id,
    name: &str,
    before: &FileVersion,
    after: &FileVersion,
    was: &[RawEntry<'_>],
    now: &[RawEntry<'_>],
) -> Option<(String, usize)> {
    // With their texts, since a line of a text may look like a comment.
    let says = |version: &FileVersion| yaml::read(version.bytes(), None).ok()?.entry(id).cloned();
    if says(before)? != says(after)? {
        return None;
    }
    let text = |pieces: &[RawEntry<'_>]| {
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

/// How the first lines that differ do: in their words, in blanks alone, or in how lines end.
fn difference(was: &str, now: &str) -> String {
    let (mut old, mut new) = (was.lines(), now.lines());
    for number in 1.. {
        let (was, now) = match (old.next(), new.next()) {
            (Some(was), Some(now)) if was == now => continue,
            (None, None) => break,
            sides => sides,
        };
        let (told, tells) = (line(was), line(now));
        // Words that are cut off may differ behind.
        let same_words = was.zip(now).is_some_and(|(was, now)| was.split_whitespace().eq(now.split_whitespace()));
        return match was.zip(now).filter(|_| same_words || told == tells) {
            Some((was, now)) if same_words => blanks(number, was, now),
            Some((was, now)) => {
                let (was, now) = far_apart(was, now);
                format!("`…{was}` became `…{now}` in its line {number}")
            }
            None => format!("`{told}` became `{tells}`"),
        };
    }
    line_ends(was, now)
}

/// The same words with other blanks.
fn blanks(number: usize, was: &str, now: &str) -> String {
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let place = format!("the same words with other blanks: its line {number}");
    if was.trim_start() == now.trim_start() && !was.contains('\t') && !now.contains('\t') {
        return format!("{place} has {} in front instead of {}, `{}`", indent(now), indent(was), line(Some(now)));
    }
    let (was, now) = far_apart(was, now);
    format!("{place} has `{}` instead of `{}`", visible(&now), visible(&was))
}

/// Two lines from a little before where they part.
fn far_apart(was: &str, now: &str) -> (String, String) {
    const BEFORE: usize = 10;
    let same = was.chars().zip(now.chars()).take_while(|(was, now)| was == now).count();
    let from = |line: &str| line.chars().skip(same.saturating_sub(BEFORE)).take(TOLD).collect();
    (from(was), from(now))
}

/// Blanks as signs that can be seen and counted.
fn visible(words: &str) -> String {
    words
        .chars()
        .map(|c| match c {
            ' ' => '·',
            '\t' => '→',
            c if c.is_whitespace() => '⍽',
            c => c,
        })
        .collect()
}

/// Lines that are the same, and end otherwise.
fn line_ends(was: &str, now: &str) -> String {
    let ends = |text: &str| {
        let (all, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
        match crlf {
            0 => "LF",
            _ if crlf == all => "CRLF",
            _ => "LF and CRLF",
        }
    };
    let (was, now) = (ends(was), ends(now));
    if was == now {
        "the same lines; the end of the last one differs, or which of them end with CRLF".to_owned()
    } else {
        format!("line ends: {was} became {now}")
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
pub fn timestamp_message(entry: &Entry, lapse: TimestampProblem) -> String {
    let (name, at) = (self::entry(entry), format_instant(entry.at));
    match lapse {
        TimestampProblem::Backwards { after } => {
            format!("{name} is of {at}, and the one before it of {}", format_instant(after))
        }
        TimestampProblem::DiffersFromId { created: made } => {
            format!("{name} is of {at}, and its id was made at {}", format_instant(made))
        }
        TimestampProblem::Future { committed } => {
            format!("{name} is of {at}, and its commit of {}", format_instant(committed))
        }
    }
}

/// That an entry is of a time that has not come yet.
pub fn ahead(entry: &Entry, now: DateTime<Utc>) -> String {
    format!("{} is of {}, and here it is {}", self::entry(entry), format_instant(entry.at), format_instant(now))
}

/// Why an entry could not be made, and the rule that says so.
pub fn unlawful(entry: &Entry, why: &NotPermitted) -> (&'static Rule, String) {
    let name = self::entry(entry);
    let status = |status: &Option<Status>| status.map_or("nothing", Status::as_str);
    if why.is_about_rights() {
        let reason = match why {
            NotPermitted::NotAnAgent => "casebook.toml did not name them as an agent".to_owned(),
            NotPermitted::Refused(Refusal::OnBehalf) => "a customer opens tickets in their own name only".to_owned(),
            NotPermitted::Refused(Refusal::OtherOrganization { given }) => format!("they do not belong to {given}"),
            NotPermitted::Refused(Refusal::NotEligible(hurdle)) => {
                format!("by what was on file they could not open it: {}", hurdle.rule())
            }
            NotPermitted::Refused(Refusal::Access(_)) => "by what was on file they could not ask for access".to_owned(),
            NotPermitted::Refused(Refusal::NotVisible) => "they have no part in this ticket".to_owned(),
            _ => format!("a {} may not do this here", entry.role),
        };
        return (&AUDIT_RIGHTS, format!("{name} is not theirs to make: {reason}"));
    }
    match why {
        NotPermitted::WrongFrom { recorded: None, .. } => {
            (&ENTRY_FROM, format!("{name} does not say which status it saw"))
        }
        NotPermitted::WrongFrom { recorded: saw, actual: was } => {
            (&ENTRY_ILLEGAL, format!("{name} saw `{}` where the ticket was `{}`", status(saw), status(was)))
        }
        NotPermitted::WrongTo { recorded: to, expected: follows } => {
            (&ENTRY_STATUS, format!("{name} leads to `{}`, and the workflow to `{}`", status(to), status(follows)))
        }
        NotPermitted::WrongPriority { recorded: said, actual: was } => {
            (&ENTRY_ILLEGAL, format!("{name} says the priority was {said}, and it was {was}"))
        }
        NotPermitted::AgreerMissing => (&SOLVE_EVIDENCE, format!("{name} is as agreed, and does not say by whom")),
        NotPermitted::Refused(refusal) => {
            let (rule, reason) = refused(refusal);
            (rule, format!("{name} was not allowed: {reason}"))
        }
        NotPermitted::NotAnAgent => (&AUDIT_RIGHTS, name),
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
        Refusal::AlreadyEscalated { since } => {
            (&ENTRY_ILLEGAL, format!("it was escalated since {}", format_instant(*since)))
        }
        Refusal::NotEscalated => (&ENTRY_ILLEGAL, "it was not escalated".to_owned()),
        Refusal::TooFewAlerts { given, needed } => {
            (&SOLVE_EVIDENCE, format!("silence needs {needed} reminders, and there were {given}"))
        }
        Refusal::TooEarly { ready_at, .. } => (
            &SOLVE_EARLY,
            format!("silence could solve it from {} on", ready_at.map_or_else(String::new, format_instant)),
        ),
        Refusal::NoAgentReply => (&SOLVE_EVIDENCE, "no agent had asked anything".to_owned()),
        Refusal::CustomerReplied => (&SOLVE_EVIDENCE, "the customer had replied".to_owned()),
        Refusal::MergedSince { source } => (&SOLVE_EVIDENCE, format!("{source} had been merged into it")),
        Refusal::MergeIntoItself => (&ENTRY_ILLEGAL, "a ticket cannot be merged into itself".to_owned()),
        Refusal::TargetSolved => (&ENTRY_ILLEGAL, "the target was solved".to_owned()),
        Refusal::TargetMerged { into } => (&ENTRY_ILLEGAL, format!("the target was merged into {into}")),
        Refusal::OtherCustomer { .. } => (&ENTRY_ILLEGAL, "the tickets are of different customers".to_owned()),
        Refusal::RequiredField { name } => (&ENTRY_ILLEGAL, format!("every ticket has a {name}")),
        Refusal::InvalidField { name } => (&ENTRY_ILLEGAL, format!("that is no value for {name}")),
        _ => (&ENTRY_ILLEGAL, "nothing can be done so by itself".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_told() {
        assert_eq!(difference("a\n  b\nc", "a\n  x\nc"), "`b` became `x`");
        assert_eq!(difference("a", "a\n  b"), "`` became `b`");
        let long = "y".repeat(100);
        assert_eq!(difference(&long, "a").chars().count(), TOLD + "`…` became `a`".chars().count());
        // Where they are the same for longer than is told, what differs is told all the same.
        let (was, now) = (format!("{long} here"), format!("{long} there"));
        assert_eq!(difference(&was, &now), "`…yyyyyyyyy here` became `…yyyyyyyyy there` in its line 1");
    }

    #[test]
    fn blanks_that_differ_can_be_seen() {
        let told = |was, now| difference(was, now);
        assert_eq!(
            told("a\n  b c\n", "a\n    b c\n"),
            "the same words with other blanks: its line 2 has 4 in front instead of 2, `b c`"
        );
        assert_eq!(told("b c\n", "b  c\n"), "the same words with other blanks: its line 1 has `b··c` instead of `b·c`");
        assert_eq!(told("b\n", "b \n"), "the same words with other blanks: its line 1 has `b·` instead of `b`");
        assert_eq!(told("  b\n", "\tb\n"), "the same words with other blanks: its line 1 has `→b` instead of `··b`");
        assert_eq!(told("a\nb\n", "a\r\nb\r\n"), "line ends: LF became CRLF");
        assert_eq!(told("a\r\nb\r\n", "a\nb\n"), "line ends: CRLF became LF");
        assert_eq!(told("a\nb\n", "a\r\nb\n"), "line ends: LF became LF and CRLF");
    }
}
