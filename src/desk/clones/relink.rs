//! Relinking: the entries that make links between tickets consistent after a git merge.
//!
//! Each entry is the one that an agent would have written with the knowledge of both clones: an ordinary action if
//! there is one, else the missing counterpart of an action.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::convergence::cross_ticket::{Inconsistency, find_forwarded, forwarding_key, inconsistencies};
use crate::domain::id::Id;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration;
use crate::domain::vocabulary::{MergeReason, ReopenReason, Role, Status};
use crate::domain::workflow::merge_counterpart;
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::store::yaml;

use super::Clones;
use crate::desk::read::summaries::Selection;
use crate::desk::write::transaction::Transaction;
use crate::desk::{ActionRequest, Outcome};

/// The number of rounds of relinking: taking back a cycle of merges may leave another inconsistency.
const ROUNDS: usize = 8;

/// Returns the ticket to which relinking adds an entry.
pub(crate) const fn changed_ticket(inconsistency: &Inconsistency) -> Id {
    match inconsistency {
        Inconsistency::Ring { ticket, .. }
        | Inconsistency::StrandedReply { ticket, .. }
        | Inconsistency::SolvedMeanwhile { ticket, .. } => *ticket,
        Inconsistency::UnknownSource { target, .. } | Inconsistency::UnknownTarget { target, .. } => *target,
    }
}

impl Clones<'_> {
    /// Returns the tickets that were merged into others, and those others.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn linked_tickets(self) -> Result<Vec<Id>, Error> {
        let is_linked =
            |summary: &Summary| summary.header.merged_into.is_some() || !summary.header.merged_from.is_empty();
        let mut ids = Vec::new();
        let selection = Selection::by(&is_linked);
        for summary in self.desk.read().select(&selection)?.rows.iter() {
            ids.push(summary.id);
            ids.extend(summary.header.merged_into);
            ids.extend(summary.header.merged_from);
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// Returns the outcome of an earlier relinking with this key, if there was one.
    ///
    /// # Errors
    /// Another action used the key, or a ticket cannot be read.
    pub(crate) fn find_relink_by_key(self, key: &str) -> Result<Option<Outcome>, Error> {
        let (mut outcome, mut other) = (Outcome::default(), None);
        self.desk.read().for_each_containing(key, |ticket| {
            for entry in ticket.history.iter().filter(|entry| entry.key.as_deref() == Some(key)) {
                if !matches!(entry.action, Action::Reopen { .. } | Action::Merged { .. } | Action::Unmerged { .. }) {
                    other.get_or_insert((ticket.id, entry.action.as_str().to_owned()));
                }
                outcome.entries.push((ticket.id, entry.id));
            }
        })?;
        for (ticket, entry) in outcome.entries.clone() {
            outcome.entries.extend(self.unmerge_counterpart(ticket, entry)?);
        }
        match other {
            Some((ticket, action)) => Err(Error::KeyUsed { ticket, key: key.to_owned(), action }),
            None => Ok(Some(outcome).filter(|outcome| !outcome.entries.is_empty())),
        }
    }

    /// Returns the entry that taking back a merge added to the other ticket. It has no key, because the key belongs to
    /// the entry of this ticket.
    fn unmerge_counterpart(self, ticket: Id, entry: Id) -> Result<Option<(Id, Id)>, Error> {
        let ticket = self.desk.read().ticket(ticket)?;
        let mut target = None;
        for earlier in ticket.history.iter().take_while(|earlier| earlier.id <= entry) {
            match earlier.action {
                Action::Merge { into, .. } => target = Some(into),
                Action::Reopen { unmerge: true, .. } if earlier.id == entry => break,
                Action::Reopen { unmerge: true, .. } => target = None,
                _ => {}
            }
        }
        let is_unmerge =
            ticket.entry(entry).is_some_and(|it| matches!(it.action, Action::Reopen { unmerge: true, .. }));
        let Some(target) = target.filter(|_| is_unmerge) else { return Ok(None) };
        let is_counterpart = |other: &&Entry| {
            matches!(other.action, Action::Unmerged { source, .. } if source == ticket.id)
                && other.id.time() >= entry.time()
        };
        Ok(self.desk.read().ticket(target)?.history.iter().find(is_counterpart).map(|found| (target, found.id)))
    }

    /// Returns the unsolved tickets that were opened with the key of an older unsolved ticket, each with that ticket: two
    /// clones opened them for the same alert.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn same_keys(self) -> Result<Vec<(Id, Id)>, Error> {
        let is_unsolved = |summary: &Summary| summary.key.is_some() && summary.header.status != Status::Solved;
        let mut first: BTreeMap<String, Id> = BTreeMap::new();
        let mut found = Vec::new();
        let mut rows = self.desk.read().select(&Selection::by(&is_unsolved))?.rows;
        rows.sort_by_id();
        for summary in rows.iter() {
            let Some(key) = summary.key else { continue };
            match first.get(&key) {
                Some(older) => found.push((summary.id, *older)),
                None => _ = first.insert(key, summary.id),
            }
        }
        Ok(found)
    }

    /// Returns the inconsistent links between the tickets of this desk. Damaged tickets are left out.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn inconsistencies(self) -> Result<Vec<Inconsistency>, Error> {
        let tickets = self.linked_tickets()?.into_iter().filter_map(|id| Some((id, self.desk.read().ticket(id).ok()?)));
        let tickets: BTreeMap<Id, Ticket> = tickets.collect();
        Ok(inconsistencies(&tickets))
    }
}

impl Transaction<'_> {
    /// Relinks some tickets. Returns the inconsistencies that were repaired, in order. The first entry on each ticket
    /// gets the key, unless it has one of its own.
    ///
    /// # Errors
    /// A ticket cannot be read, or the workflow refuses an action.
    pub fn relink(&mut self, linked: &[Id], key: Option<&str>) -> Result<Vec<Inconsistency>, Error> {
        let mut repaired = Vec::new();
        for _ in 0..ROUNDS {
            let tickets = linked.iter().filter_map(|id| Some((*id, self.ticket(*id).ok()?.clone())));
            let tickets: BTreeMap<Id, Ticket> = tickets.collect();
            let found = inconsistencies(&tickets);
            if found.is_empty() {
                break;
            }
            for one in found {
                // An entry of this relinking may have reopened the ticket already.
                if let Inconsistency::SolvedMeanwhile { ticket, .. } = one
                    && self.ticket(ticket)?.header.status != Status::Solved
                {
                    continue;
                }
                self.repair_link(one, key)?;
                repaired.push(one);
            }
        }
        Ok(repaired)
    }

    /// Merges each ticket that two clones opened with the same key into the older one. Pairs that the workflow does not
    /// allow to merge, such as those of different customers, stay. Returns the tickets that were merged.
    ///
    /// # Errors
    /// A ticket cannot be read.
    pub(crate) fn merge_same_keys(&mut self) -> Result<Vec<Id>, Error> {
        let mut merged = Vec::new();
        for (younger, older) in self.desk().clones().same_keys()? {
            let action = Action::Merge { into: older, reason: MergeReason::SameIssue };
            let text = Text::clean("Two clones opened this with the same key.");
            match self.apply(ActionRequest::on(younger, action, text)) {
                Ok(_) => merged.push(younger),
                Err(Error::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(merged)
    }

    fn repair_link(&mut self, inconsistency: Inconsistency, key: Option<&str>) -> Result<(), Error> {
        match inconsistency {
            Inconsistency::Ring { ticket, into } => {
                let text = format!(
                    "Two clones merged this and {} into each other; this merge was the later one.",
                    short_suffix(into)
                );
                self.reopen(ticket, true, &text, key)
            }
            Inconsistency::SolvedMeanwhile { ticket, source } => {
                let text = format!("It was solved while {} was merged into it on another clone.", short_suffix(source));
                self.reopen(ticket, false, &text, key)
            }
            Inconsistency::UnknownSource { source, target } => {
                let source = self.ticket(source)?.clone();
                let action = merge_counterpart(&source, self.ticket(target)?);
                let key = self.unused_key(target, key);
                self.append_counterpart(target, action, key)
            }
            Inconsistency::UnknownTarget { source, target } => {
                let key = self.unused_key(target, key);
                let action = self.unmerge_counterpart(source, target)?;
                self.append_counterpart(target, action, key)
            }
            Inconsistency::StrandedReply { ticket, reply, into } => self.forward(ticket, reply, into),
        }
    }

    fn reopen(&mut self, ticket: Id, unmerge: bool, text: &str, key: Option<&str>) -> Result<(), Error> {
        let action = Action::Reopen { reason: ReopenReason::NotSolved, unmerge };
        let key = self.unused_key(ticket, key);
        self.apply(ActionRequest { key, ..ActionRequest::on(ticket, action, Text::clean(text)) }).map(|_| ())
    }

    /// Returns the key, if no entry of the ticket has it yet.
    fn unused_key(&mut self, ticket: Id, key: Option<&str>) -> Option<String> {
        let key = key?;
        let is_free = self.ticket(ticket).ok()?.entry_by_key(key).is_none();
        is_free.then(|| key.to_owned())
    }

    /// Adds a reply to the ticket where the conversation continues, as its author wrote it, and an entry about that to
    /// the ticket where it was written. Both entries, and their ids, depend only on the reply and the tickets: two
    /// clones that forward the same reply to the same ticket write the same bytes
    /// (docs/decisions/0010-union-of-histories.md).
    fn forward(&mut self, ticket: Id, reply: Id, into: Id) -> Result<(), Error> {
        let Some(written) = self.ticket(ticket)?.entry(reply).cloned() else { return Ok(()) };
        let key = forwarding_key(&written);
        let copy = match find_forwarded(self.ticket(into)?, &key) {
            // Another clone forwarded it already.
            Some(other) => other.id,
            None => self.copy_reply(&written, ticket, into, key.clone())?,
        };
        let pointer = Entry {
            action: Action::Forward { into, entry: copy },
            from: Some(self.ticket(ticket)?.header.status),
            to: None,
            key: Some(key),
            internal: false,
            attachments: Vec::new(),
            text: None,
            ..written
        };
        self.append_derived(ticket, copy.time(), pointer).map(|_| ())
    }

    fn copy_reply(&mut self, written: &Entry, ticket: Id, into: Id, key: String) -> Result<Id, Error> {
        let status = self.ticket(into)?.header.status;
        let status_after = match written.role {
            _ if written.internal => status,
            Role::Agent if status != Status::Solved => Status::AwaitingReply,
            Role::Customer => Status::Open,
            Role::Agent | Role::System => status,
        };
        let copy = Entry {
            action: Action::Reply { auto: false, via_ticket: Some(ticket) },
            from: Some(status),
            to: (status_after != status).then_some(status_after),
            key: Some(key),
            message_id: None,
            ..written.clone()
        };
        self.append_derived(into, written.id.time(), copy)
    }

    /// Adds an entry whose id is derived from its contents: every clone that adds it to the same version writes the
    /// same bytes.
    fn append_derived(&mut self, id: Id, not_before: DateTime<Utc>, mut entry: Entry) -> Result<Id, Error> {
        let last = self.ticket(id)?.version();
        entry.id = Id::deterministic(last, not_before, 0);
        entry.at = duration::whole_seconds(entry.id.time());
        entry.id = Id::deterministic(last, not_before, yaml::entry_hash(&entry));
        self.push_entry(id, entry)
    }
}
