//! Whether an entry that a push brings lies in another ticket already.
//!
//! Nothing says where an id lies, and to read every ticket would take seconds. But a command names in its commit which
//! entry it made on which ticket, so the messages of the last commits say where to look; what is refused is refused for
//! the bytes that lie there. What was committed otherwise, or longer ago, is left to `audit` and `check`.

use memchr::memmem;

use super::Guard;
use crate::casebook::auditing::{Judge, git};
use crate::domain::finding::Finding;
use crate::domain::id::Id;
use crate::domain::rule::ENTRY_SHARED;
use crate::error::Error;
use crate::store::layout;

/// So many commits are asked what they brought, the last ones: a busy desk's day or week. git takes some 15 µs for each,
/// while the push itself is walked.
pub(super) const ASKED: usize = 1000;

impl Guard {
    /// Tells of each new entry that another ticket of a commit has, where the messages of earlier commits name that.
    pub(super) fn judge_copies(&self, new: &str, messages: &str, judge: &mut Judge) -> Result<(), Error> {
        for (ticket, entry) in named(messages) {
            let Some(&brought) = judge.tickets.get(&entry).filter(|brought| **brought != ticket) else { continue };
            let path = layout::ticket_path(brought);
            let is_told = |told: &Finding| *told.rule == ENTRY_SHARED && told.entry == Some(entry);
            if judge.found.findings.iter().any(is_told) {
                continue;
            }
            let object = format!("{new}:{}{}", self.auditor.prefix, layout::ticket_path(ticket));
            let bytes = judge.registry.lookup().object(&object).map_err(git)?.unwrap_or_default();
            if memmem::find(&bytes, format!("\n- id: {entry}").as_bytes()).is_some() {
                let message = format!("the entry {entry} is in {ticket} too");
                judge.find(Finding::new(&ENTRY_SHARED, path, message).of(brought).about(entry).in_commit(new));
            }
        }
        Ok(())
    }
}

/// The entries that messages name, each with the ticket named before it.
fn named(messages: &str) -> Vec<(Id, Id)> {
    let (mut named, mut ticket) = (Vec::new(), None);
    for line in messages.lines() {
        if let Some(id) = line.strip_prefix("Ticket: ") {
            ticket = id.trim().parse::<Id>().ok();
        } else if let Some(entry) = line.strip_prefix("Entry: ").and_then(|id| id.trim().parse::<Id>().ok())
            && let Some(ticket) = ticket
        {
            named.push((ticket, entry));
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_entries_with_their_tickets() {
        let id = |last: char| format!("01M7YNQRS06RV9SA51CH3QTY0{last}");
        let [a, b, x, y, z] = ['A', 'B', 'X', 'Y', 'Z'].map(id);
        let messages = format!(
            "Entry: {x}\nReply\n\nTicket: {a}\nEntry: {x}\nAction: merge\nTicket: {b}\nEntry: {y}\n\0Note\n\nTicket: {a}\nEntry: {z}\nEntry: nonsense\n"
        );
        let read = |word: &String| word.parse::<Id>().expect("an id");
        let expected = [(&a, &x), (&b, &y), (&a, &z)].map(|(ticket, entry)| (read(ticket), read(entry)));
        assert_eq!(named(&messages), expected);
    }
}
