//! The messages of the audit's findings about entries.

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

/// The longest part of a line in a message, in characters.
const LONGEST: usize = 60;

/// Describes an entry: the `reply` of kenji@desk.example.
pub fn entry(entry: &Entry) -> String {
    format!("the `{}` of {}", entry.action.as_str(), entry.by)
}

/// Describes the people whom a commit names.
pub fn author(revision: &Revision) -> String {
    match revision.on_behalf_of.as_slice() {
        [] => format!("the author of the commit, {}", revision.author),
        people => format!("the people that the commit names: {}", people.join(", ")),
    }
}

/// Describes the loss of an entry of an older version. Returns the message and the line of the file, from 1.
pub fn lost_entry(
    loss: LostEntry,
    before: &FileVersion,
    after: &FileVersion,
    was: &[RawEntry<'_>],
    now: &[RawEntry<'_>],
) -> (String, usize) {
    let id = loss.entry();
    let old = before.ticket().ok().and_then(|ticket| ticket.entry(id));
    let name =
        old.map_or_else(|| "the entry".to_owned(), |old| format!("{} at {}", entry(old), format_instant(old.at)));
    if let LostEntry::Edited(_) = loss
        && let Some((message, line)) = changed_comment(id, &name, before, after, was, now)
    {
        return (message, line);
    }
    let message = match loss {
        LostEntry::Removed(_) => format!("{name} was removed"),
        LostEntry::Reordered(_) => format!("{name} was moved after a later entry"),
        // The message must not repeat a redacted text.
        LostEntry::Edited(_)
            if before.ticket().is_ok_and(|ticket| redacted_entries(ticket, &HashSet::new()).contains(&id)) =>
        {
            format!("{name} was edited; it is redacted, so its text is withheld")
        }
        LostEntry::Edited(_) => {
            let text = |entries: &[RawEntry<'_>]| raw_text(id, entries).unwrap_or_default();
            let (was, now) = (text(was), text(now));
            format!("{name} was edited: {}", difference(&was, &now))
        }
    };
    (message, 1)
}

/// Returns the text of an entry in a file.
fn raw_text(id: Id, entries: &[RawEntry<'_>]) -> Option<String> {
    let entry = entries.iter().find(|entry| entry.id == id)?;
    Some(String::from_utf8_lossy(entry.bytes).into_owned())
}

/// Describes the change of a comment between entries, with its line, if nothing else differs: the lines after an entry
/// count as its own.
fn changed_comment(
    id: Id,
    name: &str,
    before: &FileVersion,
    after: &FileVersion,
    was: &[RawEntry<'_>],
    now: &[RawEntry<'_>],
) -> Option<(String, usize)> {
    // Compared with their texts, because a line of a text may look like a comment.
    let parse = |version: &FileVersion| yaml::read(version.bytes(), None).ok()?.entry(id).cloned();
    if parse(before)? != parse(after)? {
        return None;
    }
    let (was, now) = (raw_text(id, was)?, raw_text(id, now)?);
    let ((entry_was, was), (entry_now, is)) = (without_comments(&was), without_comments(&now));
    if entry_was != entry_now {
        return None;
    }
    let same = was.iter().zip(&is).take_while(|((_, was), (_, is))| was == is).count();
    let comment = |lines: &[(usize, &str)]| lines.get(same).map(|(_, text)| shortened(Some(text)));
    let place = format!("between entries, after {name}");
    let message = match (comment(&was), comment(&is)) {
        (None, Some(is)) => format!("a comment was added {place}: `{is}`"),
        (Some(was), None) => format!("a comment was removed {place}: `{was}`"),
        (Some(was), Some(is)) => format!("a comment was changed {place}: `{was}` became `{is}`"),
        (None, None) => return None,
    };
    let lines_before = |end: usize| after.bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
    let start = memmem::find(after.bytes(), now.as_bytes()).map_or(0, lines_before);
    let within = is.get(same).map_or_else(|| entry_was.lines().count(), |(place, _)| *place);
    Some((message, start + within + 1))
}

/// Returns an entry without the comments after it, and the lines of those with their places in the entry, from 0.
fn without_comments(entry: &str) -> (String, Vec<(usize, &str)>) {
    let lines: Vec<&str> = entry.lines().collect();
    let is_own = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let end = lines.iter().rposition(is_own).map_or(0, |place| place + 1);
    let comments = lines.iter().enumerate().skip(end).map(|(place, line)| (place, line.trim()));
    (lines[..end].join("\n"), comments.filter(|(_, text)| !text.is_empty()).collect())
}

/// Describes the first difference of two texts: in the words of a line, only in spaces, or only in line ends.
fn difference(was: &str, now: &str) -> String {
    let (mut old, mut new) = (was.lines(), now.lines());
    for number in 1.. {
        let (was, now) = match (old.next(), new.next()) {
            (Some(was), Some(now)) if was == now => continue,
            (None, None) => break,
            sides => sides,
        };
        let (short_was, short_now) = (shortened(was), shortened(now));
        // Lines that are cut off may differ after the cut.
        let same_words = was.zip(now).is_some_and(|(was, now)| was.split_whitespace().eq(now.split_whitespace()));
        return match was.zip(now).filter(|_| same_words || short_was == short_now) {
            Some((was, now)) if same_words => different_spaces(number, was, now),
            Some((was, now)) => {
                let (was, now) = from_difference(was, now);
                format!("`…{was}` became `…{now}` in line {number} of the entry")
            }
            None => format!("`{short_was}` became `{short_now}`"),
        };
    }
    different_line_ends(was, now)
}

/// Describes how the spaces of two lines with the same words differ.
fn different_spaces(number: usize, was: &str, now: &str) -> String {
    let indent = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let place = format!("only spaces differ: line {number} of the entry");
    if was.trim_start() == now.trim_start() && !was.contains('\t') && !now.contains('\t') {
        return format!(
            "{place} is indented by {} instead of {}: `{}`",
            indent(now),
            indent(was),
            shortened(Some(now))
        );
    }
    let (was, now) = from_difference(was, now);
    format!("{place} has `{}` instead of `{}`", with_visible_spaces(&now), with_visible_spaces(&was))
}

/// Returns two lines from shortly before their first difference.
fn from_difference(was: &str, now: &str) -> (String, String) {
    const BEFORE: usize = 10;
    let same = was.chars().zip(now.chars()).take_while(|(was, now)| was == now).count();
    let from = |line: &str| line.chars().skip(same.saturating_sub(BEFORE)).take(LONGEST).collect();
    (from(was), from(now))
}

/// Returns a text with visible characters in place of spaces.
fn with_visible_spaces(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' => '·',
            '\t' => '→',
            c if c.is_whitespace() => '⍽',
            c => c,
        })
        .collect()
}

/// Describes how the line ends of two texts with the same lines differ.
fn different_line_ends(was: &str, now: &str) -> String {
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
        "only line ends differ: that of the last line, or which lines end with CRLF".to_owned()
    } else {
        format!("only line ends differ: {was} became {now}")
    }
}

/// Returns a line without the spaces around it, cut at [`LONGEST`].
fn shortened(line: Option<&str>) -> String {
    let line = line.unwrap_or_default().trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Describes a problem with the time of an entry.
pub fn timestamp(entry: &Entry, problem: TimestampProblem) -> String {
    let (name, at) = (self::entry(entry), format_instant(entry.at));
    match problem {
        TimestampProblem::Backwards { after } => {
            format!("{name} is dated {at}, before the previous entry ({})", format_instant(after))
        }
        TimestampProblem::DiffersFromId { created: made } => {
            format!("{name} is dated {at}, but its id was made at {}", format_instant(made))
        }
        TimestampProblem::Future { committed } => {
            format!("{name} is dated {at}, after the commit that added it ({})", format_instant(committed))
        }
    }
}

/// Describes an entry that is dated in the future.
pub fn in_the_future(entry: &Entry, now: DateTime<Utc>) -> String {
    let (name, at) = (self::entry(entry), format_instant(entry.at));
    format!("{name} is dated {at}, in the future: it is {} now", format_instant(now))
}

/// Describes why an entry was not permitted, and returns the rule it breaks.
pub fn not_permitted(entry: &Entry, problem: &NotPermitted) -> (&'static Rule, String) {
    let (name, by) = (self::entry(entry), &entry.by);
    let status = |status: &Option<Status>| status.map_or("nothing", Status::as_str);
    if problem.is_about_rights() {
        let reason = match problem {
            NotPermitted::NotAnAgent => format!("casebook.toml did not list {by} as an agent"),
            NotPermitted::Refused(Refusal::OnBehalf) => "customers can open tickets only in their own name".to_owned(),
            NotPermitted::Refused(Refusal::OtherOrganization { given }) => format!("{by} does not belong to {given}"),
            NotPermitted::Refused(Refusal::NotEligible(problem)) => {
                format!("{by} could not open it: {}", problem.rule())
            }
            NotPermitted::Refused(Refusal::Access(_)) => format!("{by} could not request this access"),
            NotPermitted::Refused(Refusal::NotVisible) => format!("{by} could not see this ticket"),
            _ => format!("the role {} may not do this here", entry.role),
        };
        return (&AUDIT_RIGHTS, format!("{name} was not permitted: {reason}"));
    }
    match problem {
        NotPermitted::WrongFrom { recorded: None, .. } => {
            (&ENTRY_FROM, format!("{name} does not say which status the ticket had"))
        }
        NotPermitted::WrongFrom { recorded, actual } => (
            &ENTRY_ILLEGAL,
            format!("{name} says that the ticket was `{}`, but it was `{}`", status(recorded), status(actual)),
        ),
        NotPermitted::WrongTo { recorded, expected } => (
            &ENTRY_STATUS,
            format!("{name} changes the status to `{}`, but the workflow to `{}`", status(recorded), status(expected)),
        ),
        NotPermitted::WrongPriority { recorded, actual } => {
            (&ENTRY_ILLEGAL, format!("{name} says that the priority was {recorded}, but it was {actual}"))
        }
        NotPermitted::AgreerMissing => {
            (&SOLVE_EVIDENCE, format!("{name} has the resolution `agreed`, but does not name the person who agreed"))
        }
        NotPermitted::Refused(refusal) => {
            let (rule, reason) = refusal_reason(refusal);
            (rule, format!("{name} was not allowed: {reason}"))
        }
        NotPermitted::NotAnAgent => (&AUDIT_RIGHTS, name),
    }
}

/// Returns the rule that a refused action breaks, and the reason of the refusal.
fn refusal_reason(refusal: &Refusal) -> (&'static Rule, String) {
    match refusal {
        Refusal::TextMissing => (&ENTRY_NO_TEXT, "it needs a text".to_owned()),
        Refusal::NoSuchEntry { entry } => (&ENTRY_REFERS, format!("the ticket had no entry {entry}")),
        Refusal::Status { status } => (&ENTRY_ILLEGAL, format!("the ticket was `{status}`")),
        Refusal::IsMerged { into } => (&ENTRY_ILLEGAL, format!("the ticket was merged into {into}")),
        Refusal::NotMerged => (&ENTRY_ILLEGAL, "the ticket was not merged".to_owned()),
        Refusal::SameHoldReason { reason } => {
            (&ENTRY_ILLEGAL, format!("the ticket was on hold for `{reason}` already"))
        }
        Refusal::SamePriority { priority } => (&ENTRY_ILLEGAL, format!("the priority was {priority} already")),
        Refusal::AlreadyEscalated { since } => {
            (&ENTRY_ILLEGAL, format!("the ticket was escalated since {}", format_instant(*since)))
        }
        Refusal::NotEscalated => (&ENTRY_ILLEGAL, "the ticket was not escalated".to_owned()),
        Refusal::TooFewAlerts { given, needed } => {
            (&SOLVE_EVIDENCE, format!("solving for no response needs {needed} reminders, but only {given} were sent"))
        }
        Refusal::TooEarly { ready_at, .. } => (
            &SOLVE_EARLY,
            format!(
                "solving for no response was possible from {} on",
                ready_at.map_or_else(String::new, format_instant)
            ),
        ),
        Refusal::NoAgentReply => (&SOLVE_EVIDENCE, "no agent had replied".to_owned()),
        Refusal::CustomerReplied => (&SOLVE_EVIDENCE, "the customer had replied".to_owned()),
        Refusal::MergedSince { source } => (&SOLVE_EVIDENCE, format!("{source} had been merged into it")),
        Refusal::MergeIntoItself => (&ENTRY_ILLEGAL, "a ticket cannot be merged into itself".to_owned()),
        Refusal::TargetSolved => (&ENTRY_ILLEGAL, "the target was solved".to_owned()),
        Refusal::TargetMerged { into } => (&ENTRY_ILLEGAL, format!("the target was merged into {into}")),
        Refusal::OtherCustomer { .. } => (&ENTRY_ILLEGAL, "the tickets belong to different customers".to_owned()),
        Refusal::RequiredField { name } => (&ENTRY_ILLEGAL, format!("every ticket needs a {name}")),
        Refusal::InvalidField { name } => (&ENTRY_ILLEGAL, format!("the value is invalid for {name}")),
        _ => (&ENTRY_ILLEGAL, "the workflow does not allow it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_quoted() {
        assert_eq!(difference("a\n  b\nc", "a\n  x\nc"), "`b` became `x`");
        assert_eq!(difference("a", "a\n  b"), "`` became `b`");
        let long = "y".repeat(100);
        assert_eq!(difference(&long, "a").chars().count(), LONGEST + "`…` became `a`".chars().count());
        // If the shortened lines are equal, their difference is quoted.
        let (was, now) = (format!("{long} here"), format!("{long} there"));
        assert_eq!(difference(&was, &now), "`…yyyyyyyyy here` became `…yyyyyyyyy there` in line 1 of the entry");
    }

    #[test]
    fn spaces_that_differ_are_visible() {
        assert_eq!(
            difference("a\n  b c\n", "a\n    b c\n"),
            "only spaces differ: line 2 of the entry is indented by 4 instead of 2: `b c`"
        );
        assert_eq!(
            difference("b c\n", "b  c\n"),
            "only spaces differ: line 1 of the entry has `b··c` instead of `b·c`"
        );
        assert_eq!(difference("b\n", "b \n"), "only spaces differ: line 1 of the entry has `b·` instead of `b`");
        assert_eq!(difference("  b\n", "\tb\n"), "only spaces differ: line 1 of the entry has `→b` instead of `··b`");
        assert_eq!(difference("a\nb\n", "a\r\nb\r\n"), "only line ends differ: LF became CRLF");
        assert_eq!(difference("a\r\nb\r\n", "a\nb\n"), "only line ends differ: CRLF became LF");
        assert_eq!(difference("a\nb\n", "a\r\nb\n"), "only line ends differ: LF became LF and CRLF");
    }
}
