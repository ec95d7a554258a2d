//! The messages of the audit's findings about entries.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::desk::check::refusal_reason;
use crate::domain::audit::{LostEntry, NotPermitted, RawEntry, TimestampProblem};
use crate::domain::id::Id;
use crate::domain::people::visibility::redacted_entries;
use crate::domain::rules::{
    AUDIT_RIGHTS, ENTRY_FROM, ENTRY_ILLEGAL, ENTRY_NO_TEXT, ENTRY_REFERS, ENTRY_STATUS, Rule, SOLVE_EARLY,
    SOLVE_EVIDENCE,
};
use crate::domain::text;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration::format_instant;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;
use crate::store::git::Revision;
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

/// Describes the loss of an entry of an older version; `was` and `now` are the entries of both versions.
pub fn lost_entry(loss: LostEntry, before: &FileVersion, was: &[RawEntry<'_>], now: &[RawEntry<'_>]) -> String {
    let id = loss.entry();
    let old = before.ticket().ok().and_then(|ticket| ticket.entry(id));
    let name =
        old.map_or_else(|| "the entry".to_owned(), |old| format!("{} at {}", entry(old), format_instant(old.at)));
    match loss {
        LostEntry::Removed(_) => format!("{name} was removed"),
        LostEntry::Reordered(_) => format!("{name} was moved after a later entry"),
        // The message must not repeat a redacted text.
        LostEntry::Edited(_)
            if before.ticket().is_ok_and(|ticket| redacted_entries(ticket, &HashSet::new()).contains(&id)) =>
        {
            format!("{name} was edited; it is redacted, so its text is withheld")
        }
        LostEntry::Edited(_) => format!("{name} was edited: {}", difference(&raw_text(id, was), &raw_text(id, now))),
    }
}

/// Returns the text of an entry in a file.
fn raw_text<'a>(id: Id, entries: &[RawEntry<'a>]) -> Cow<'a, str> {
    let bytes = entries.iter().find(|entry| entry.id == id).map_or(&[][..], |entry| entry.bytes);
    String::from_utf8_lossy(bytes)
}

/// Describes the first difference of two texts by its line. If the lines differ only in spaces, or after the part that
/// is shown, they are shown from shortly before the difference.
fn difference(was: &str, now: &str) -> String {
    const BEFORE: usize = 10;
    let place = was.split('\n').zip(now.split('\n')).take_while(|(was, now)| was == now).count();
    let line = |text| str::split(text, '\n').nth(place).unwrap_or_default();
    let (was, now) = (line(was), line(now));
    let (short_was, short_now) = (text::shortened(was.trim(), LONGEST), text::shortened(now.trim(), LONGEST));
    if short_was != short_now {
        return format!("`{short_was}` became `{short_now}`");
    }
    let same = was.chars().zip(now.chars()).take_while(|(was, now)| was == now).count();
    let from = |line: &str| -> String {
        let shown = line.chars().skip(same.saturating_sub(BEFORE)).take(LONGEST);
        shown.flat_map(char::escape_debug).collect()
    };
    format!("`{}` became `{}` in line {} of the entry", from(was), from(now), place + 1)
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
            format!("{name} is dated {at}, after a commit that contains it ({})", format_instant(committed))
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
    let no_right = |reason: String| (&AUDIT_RIGHTS, format!("{name} was not permitted: {reason}"));
    match problem {
        NotPermitted::NotAnAgent => no_right(format!("casebook.toml did not list {by} as an agent")),
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
        NotPermitted::Refused(refusal) => match refusal {
            Refusal::OnBehalf => no_right("customers can open tickets only in their own name".to_owned()),
            Refusal::OtherOrganization { given } => no_right(format!("{by} does not belong to {given}")),
            Refusal::NotEligible(problem) => no_right(format!("{by} could not open it: {}", problem.rule())),
            Refusal::Access(_) => no_right(format!("{by} could not request this access")),
            Refusal::NotVisible => no_right(format!("{by} could not see this ticket")),
            Refusal::NotAllowed { .. } => no_right(format!("the role {} may not do this here", entry.role)),
            refusal => (rule_of(refusal), format!("{name} was not allowed: {}", refusal_reason(refusal))),
        },
    }
}

/// Returns the rule that a refused action breaks.
const fn rule_of(refusal: &Refusal) -> &'static Rule {
    match refusal {
        Refusal::TextMissing => &ENTRY_NO_TEXT,
        Refusal::NoSuchEntry { .. } => &ENTRY_REFERS,
        Refusal::TooFewAlerts { .. }
        | Refusal::AgreementMissing
        | Refusal::NoAgentReply
        | Refusal::CustomerReplied
        | Refusal::MergedSince { .. } => &SOLVE_EVIDENCE,
        Refusal::TooEarly { .. } => &SOLVE_EARLY,
        _ => &ENTRY_ILLEGAL,
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
        assert_eq!(difference(&was, &now), "`yyyyyyyyy here` became `yyyyyyyyy there` in line 1 of the entry");
    }

    #[test]
    fn spaces_that_differ_are_visible() {
        assert_eq!(difference("a\n  b\n", "a\n    b\n"), "`  b` became `    b` in line 2 of the entry");
        assert_eq!(difference("  b\n", "\tb\n"), "`  b` became `\\tb` in line 1 of the entry");
        assert_eq!(difference("a\nb\n", "a\r\nb\r\n"), "`a` became `a\\r` in line 1 of the entry");
    }
}
