//! Mending what two clones left between tickets, entry by entry.
//!
//! Each mend is what somebody would have done who had known of both sides: an ordinary command where there is one,
//! else the missing other side of one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::convergence::cross_ticket::{
    Inconsistency, UnawareSolves, find_forwarded, forwarding_key, inconsistencies,
};
use crate::domain::id::Id;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration;
use crate::domain::vocabulary::{ReopenReason, Role, Status};
use crate::domain::workflow::merge_counterpart;
use crate::error::Error;
use crate::store::layout::short_suffix;
use crate::store::yaml;

use crate::desk::read::summaries::SummaryFilter;
use crate::desk::write::transaction::Transaction;
use crate::desk::{ActionRequest, Desk, Outcome};

/// How often mending looks again at what it has made: a ring taken back may leave a link.
const ROUNDS: usize = 8;

impl Desk {
    /// The tickets that have a link to another, or had one.
    pub(crate) fn linked(&self) -> Result<Vec<Id>, Error> {
        let is_linked = |row: &Summary| row.header.merged_into.is_some() || !row.header.merged_from.is_empty();
        let mut ids = Vec::new();
        for row in self.read().rows_of(&SummaryFilter { at_a_glance: &|_| None, row: &is_linked })?.rows.iter() {
            ids.push(row.id);
            ids.extend(row.header.merged_into);
            ids.extend(row.header.merged_from);
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// What an earlier mending with this key did; nothing where there was none.
    pub(crate) fn find_relink_by_key(&self, key: &str) -> Result<Option<Outcome>, Error> {
        let (mut report, mut other) = (Outcome::default(), None);
        self.read().search(key, |ticket| {
            for entry in ticket.history.iter().filter(|entry| entry.key.as_deref() == Some(key)) {
                if !matches!(entry.action, Action::Reopen { .. } | Action::Merged { .. } | Action::Unmerged { .. }) {
                    other.get_or_insert((ticket.id, entry.action.as_str().to_owned()));
                }
                report.entries.push((ticket.id, entry.id));
            }
        })?;
        for (ticket, entry) in report.entries.clone() {
            report.entries.extend(self.other_side(ticket, entry)?);
        }
        match other {
            Some((ticket, action)) => Err(Error::KeyUsed { ticket, key: key.to_owned(), action }),
            None => Ok(Some(report).filter(|report| !report.entries.is_empty())),
        }
    }

    /// What taking a merge back made on the other ticket: that entry has no key, since its command is about this one.
    fn other_side(&self, ticket: Id, entry: Id) -> Result<Option<(Id, Id)>, Error> {
        let ticket = self.read().ticket(ticket)?;
        let mut target = None;
        for known in ticket.history.iter().take_while(|known| known.id <= entry) {
            match known.action {
                Action::Merge { into, .. } => target = Some(into),
                Action::Reopen { unmerge: true, .. } if known.id == entry => break,
                Action::Reopen { unmerge: true, .. } => target = None,
                _ => {}
            }
        }
        let takes_back =
            ticket.entry(entry).is_some_and(|it| matches!(it.action, Action::Reopen { unmerge: true, .. }));
        let Some(target) = target.filter(|_| takes_back) else { return Ok(None) };
        let is_it = |known: &&Entry| {
            matches!(known.action, Action::Unmerged { source } if source == ticket.id)
                && known.id.time() >= entry.time()
        };
        Ok(self.read().ticket(target)?.history.iter().find(is_it).map(|found| (target, found.id)))
    }

    /// What has come apart between the tickets of this desk.
    ///
    /// # Errors
    /// A folder that cannot be read. Damaged tickets are left out.
    pub fn inconsistencies(&self) -> Result<Vec<Inconsistency>, Error> {
        let tickets = self.linked()?.into_iter().filter_map(|id| Some((id, self.read().ticket(id).ok()?)));
        let tickets: BTreeMap<Id, Ticket> = tickets.collect();
        Ok(inconsistencies(&tickets, &self.unseen(tickets.values())))
    }
}

impl Transaction<'_> {
    /// Mends everything that has come apart between some tickets. Gives what it mended, in order.
    /// The first entry on each ticket bears the key, where what mends has none of its own.
    pub fn relink(
        &mut self,
        linked: &[Id],
        unseen: &UnawareSolves,
        key: Option<&str>,
    ) -> Result<Vec<Inconsistency>, Error> {
        let mut mended = Vec::new();
        for _ in 0..ROUNDS {
            let tickets = linked.iter().filter_map(|id| Some((*id, self.ticket(*id).ok()?.clone())));
            let tickets: BTreeMap<Id, Ticket> = tickets.collect();
            let found = inconsistencies(&tickets, unseen);
            if found.is_empty() {
                break;
            }
            for one in found {
                // What was mended before it may have opened the ticket already.
                if let Inconsistency::SolvedMeanwhile { ticket, .. } = one
                    && self.ticket(ticket)?.header.status != Status::Solved
                {
                    continue;
                }
                self.mend(one, key)?;
                mended.push(one);
            }
        }
        Ok(mended)
    }

    fn mend(&mut self, loose: Inconsistency, key: Option<&str>) -> Result<(), Error> {
        match loose {
            Inconsistency::Ring { ticket, into } => {
                let words = format!(
                    "Two clones merged this and {} into each other; this merge was the later one.",
                    short_suffix(into)
                );
                self.reopen(ticket, true, &words, key)
            }
            Inconsistency::SolvedMeanwhile { ticket, source } => {
                let words =
                    format!("It was solved while {} was merged into it on another clone.", short_suffix(source));
                self.reopen(ticket, false, &words, key)
            }
            Inconsistency::UnknownSource { source, target } => {
                let source = self.ticket(source)?.clone();
                let action = merge_counterpart(&source, self.ticket(target)?);
                let key = self.unused(target, key);
                self.append_counterpart(target, action, key)
            }
            Inconsistency::UnknownTarget { source, target } => {
                let key = self.unused(target, key);
                self.append_counterpart(target, Action::Unmerged { source }, key)
            }
            Inconsistency::StrandedReply { ticket, reply, into } => self.forward(ticket, reply, into),
        }
    }

    fn reopen(&mut self, ticket: Id, unmerge: bool, words: &str, key: Option<&str>) -> Result<(), Error> {
        let action = Action::Reopen { reason: ReopenReason::NotSolved, unmerge };
        let key = self.unused(ticket, key);
        self.apply(ActionRequest { key, ..ActionRequest::on(ticket, action, Text::clean(words)) }).map(|_| ())
    }

    /// A key, where no entry of the ticket has it yet.
    fn unused(&mut self, ticket: Id, key: Option<&str>) -> Option<String> {
        let key = key?;
        let is_free = self.ticket(ticket).ok()?.entry_by_key(key).is_none();
        is_free.then(|| key.to_owned())
    }

    /// Records a reply where the conversation goes on, as its author wrote it, by that ticket's rules; and says so
    /// where it was written. All of both entries follows from what they are about, their ids too: two clones that
    /// bring the same reply to the same ticket write the same bytes.
    fn forward(&mut self, ticket: Id, reply: Id, into: Id) -> Result<(), Error> {
        let Some(written) = self.ticket(ticket)?.entry(reply).cloned() else { return Ok(()) };
        let key = forwarding_key(&written);
        let there = match find_forwarded(self.ticket(into)?, &key) {
            // Another clone brought it there by another way.
            Some(known) => known.id,
            None => self.copy(&written, ticket, into, key.clone())?,
        };
        let pointer = Entry {
            action: Action::Forward { into, entry: there },
            from: Some(self.ticket(ticket)?.header.status),
            to: None,
            key: Some(key),
            attachments: Vec::new(),
            text: None,
            ..written
        };
        self.append_derived(ticket, there.time(), pointer).map(|_| ())
    }

    fn copy(&mut self, written: &Entry, ticket: Id, into: Id, key: String) -> Result<Id, Error> {
        let status = self.ticket(into)?.header.status;
        let wanted = match written.role {
            Role::Agent if status != Status::Solved => Status::AwaitingReply,
            Role::Customer => Status::Open,
            Role::Agent | Role::System => status,
        };
        let copy = Entry {
            action: Action::Reply { auto: false, via_ticket: Some(ticket) },
            from: Some(status),
            to: (wanted != status).then_some(wanted),
            key: Some(key),
            message_id: None,
            ..written.clone()
        };
        self.append_derived(into, written.id.time(), copy)
    }

    /// Adds an entry whose id follows from its contents: whoever adds it to the same version adds the same bytes.
    fn append_derived(&mut self, id: Id, made: DateTime<Utc>, mut entry: Entry) -> Result<Id, Error> {
        let last = self.ticket(id)?.version();
        entry.id = Id::deterministic(last, made, 0);
        entry.at = duration::whole_seconds(entry.id.time());
        entry.id = Id::deterministic(last, made, yaml::entry_hash(&entry));
        self.push_entry(id, entry)
    }
}
