//! The door: every change of a desk goes through [`Desk::perform`], in the same steps and the same order.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::vocabulary::Role;
use crate::error::Error;
use crate::store::files::{Journal, Lock, LockError, PlannedCommit, remove_placed};
use crate::store::git::Repository;

use super::commit_message;
use super::transaction::Transaction;
use crate::desk::{Command, Desk, Outcome, WriteOptions};

impl Desk {
    /// Carries out a command: all of it, or none. When this returns, what it reports is on disk, and committed
    /// where that was asked for.
    ///
    /// # Errors
    /// Why nothing was done. If git refuses, the files are as before.
    pub fn perform(&mut self, work: Command, terms: &WriteOptions) -> Result<Outcome, Error> {
        if self.config.format > FORMAT {
            return Err(Error::NewerStore { format: self.config.format });
        }
        self.fault_point("begun");
        let _lock = if terms.dry_run { None } else { Some(self.lock()?) };
        if !terms.dry_run {
            self.recovery = self.recover_for(Some(&terms.by))?;
            // With the lock held and recovery done no command is pending; what was seen before may be over.
            self.pending = None;
        }
        self.fault_point("locked");
        let report = self.decide(work, terms)?;
        self.fault_point("decided");
        if !terms.dry_run && !report.changes.is_empty() {
            self.write(&report, self.texts(&report))?;
        }
        Ok(report)
    }

    /// The right to write; lets other writers finish first.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        self.state.create().map_err(Error::io(self.state.folder(), "make"))?;
        Lock::take(&self.state.path("lock"), self.environment.patience).map_err(|error| match error {
            LockError::Busy { path, waited } => Error::Busy { path, waited },
            LockError::Io(source) => Error::Io { path: self.state.path("lock"), attempt: "lock", source },
        })
    }

    /// What the command makes of the desk, in memory.
    pub(crate) fn decide(&self, work: Command, terms: &WriteOptions) -> Result<Outcome, Error> {
        if let Command::Mend(ids) = &work {
            return self.plan_repair(ids, terms);
        }
        if let Command::Amend(amending) = &work {
            return self.plan_organization_change(amending, terms);
        }
        if let Command::Access(change) = &work {
            return self.plan_access_change(change, terms);
        }
        if let Command::Holidays(name, list) = &work {
            return self.plan_holiday_list(name, list, terms);
        }
        let mut desk = Transaction::new(self, terms.by.clone(), self.environment.random());
        let mut about: Vec<Id> = Vec::new();
        let message = match work {
            Command::Steps(steps) => {
                for step in &steps {
                    let id = desk.apply(step)?;
                    if !about.contains(&id) {
                        about.push(id);
                    }
                }
                // A merge is about its target too, which comes behind the sources.
                for step in &steps {
                    if let Action::Merge { into, .. } = step.action
                        && !about.contains(&into)
                    {
                        about.push(into);
                    }
                }
                None
            }
            Command::Turn { step, team } => {
                about.push(desk.assign_next(step, team.as_deref())?);
                None
            }
            Command::Sweep(tickets) => {
                about = desk.sweep(&tickets)?;
                None
            }
            Command::Rejoin { key } => {
                if let Some(done) = key.as_deref().map(|key| self.find_relink_by_key(key)).transpose()?.flatten() {
                    return Ok(done);
                }
                let linked = self.linked()?;
                let tickets: Vec<Ticket> = linked.iter().filter_map(|id| self.read().ticket(*id).ok()).collect();
                about = desk
                    .relink(&linked, &self.unseen(tickets.iter()), key.as_deref())?
                    .iter()
                    .map(crate::desk::clones::resolve::about)
                    .collect();
                about.dedup();
                None
            }
            Command::Import(tickets) => {
                let on_behalf_of = if self.commits(terms)? { self.on_behalf_of(terms)? } else { None };
                let tickets = self.not_imported_yet(tickets)?;
                let message = commit_message::for_import(&tickets, on_behalf_of.as_deref());
                tickets.into_iter().for_each(|ticket| desk.insert(ticket));
                Some(message)
            }
            Command::Mend(_) | Command::Amend(_) | Command::Access(_) | Command::Holidays(..) => None,
        };
        let mut changes = desk.changes()?;
        if !desk.attached.is_empty() {
            changes.splice(0..0, self.attachment_gitattributes());
        }
        let message = match message {
            _ if changes.is_empty() || !self.commits(terms)? => None,
            None => Some(self.message(&mut desk, terms)?),
            some => some,
        };
        let tickets = about.into_iter().map(|id| desk.ticket(id).cloned()).collect::<Result<_, _>>()?;
        let left_behind = if message.is_some() { self.uncommitted_attachments(&mut desk)? } else { Vec::new() };
        let Transaction { entries, notices, attached, .. } = desk;
        Ok(Outcome { tickets, entries, notices, attached, left_behind, changes, message })
    }

    /// What mending makes of some tickets. It adds no entry.
    fn plan_repair(&self, ids: &[Id], terms: &WriteOptions) -> Result<Outcome, Error> {
        let (tickets, changes): (Vec<Ticket>, Vec<_>) = self.mended(ids)?.into_iter().unzip();
        let message = if changes.is_empty() || !self.commits(terms)? {
            None
        } else {
            Some(commit_message::for_repair(&tickets, self.on_behalf_of(terms)?.as_deref()))
        };
        Ok(Outcome { tickets, changes, message, ..Outcome::default() })
    }

    /// Those of the tickets that nobody has imported since they were read: whoever read them held no lock.
    fn not_imported_yet(&self, mut tickets: Vec<Ticket>) -> Result<Vec<Ticket>, Error> {
        let Some(system) = tickets.first().and_then(|ticket| ticket.opening()?.imported_from.clone()) else {
            return Ok(tickets);
        };
        let known = self.read().imported_ids(&system)?;
        let id = |ticket: &Ticket| ticket.opening().and_then(|opening| opening.imported_id.clone());
        tickets.retain(|ticket| id(ticket).is_none_or(|id| !known.contains(&id)));
        Ok(tickets)
    }

    /// Whether the command ends in a commit: as asked, else as the desk's policy says, where there is a repository.
    pub(crate) fn commits(&self, terms: &WriteOptions) -> Result<bool, Error> {
        match terms.commit {
            Some(true) if !self.state.in_repository() => Err(Error::NoRepository { root: self.root.clone() }),
            Some(commit) => Ok(commit),
            None => Ok(self.config.commit_each && self.state.in_repository()),
        }
    }

    fn message(&self, desk: &mut Transaction<'_>, terms: &WriteOptions) -> Result<String, Error> {
        let mut made: Vec<(Ticket, Entry)> = Vec::new();
        for (ticket, entry) in desk.entries.clone() {
            let ticket = desk.ticket(ticket)?;
            made.extend(ticket.entry(entry).map(|entry| (ticket.clone(), entry.clone())));
        }
        let made: Vec<_> = made.iter().map(|(ticket, entry)| (ticket, entry)).collect();
        let mut message = commit_message::for_entries(&made, self.on_behalf_of(terms)?.as_deref());
        // A mend carries what others wrote to where it is read.
        let others = made.iter().map(|(_, entry)| &entry.by).filter(|by| !by.same_address(&terms.by));
        let mut others: Vec<&str> = others.map(Person::as_str).collect();
        others.sort_unstable();
        others.dedup();
        others.into_iter().for_each(|person| commit_message::behalf(&mut message, Some(person)));
        Ok(message)
    }

    /// The actor, where git would name somebody else as the author.
    pub(crate) fn on_behalf_of(&self, terms: &WriteOptions) -> Result<Option<String>, Error> {
        if !terms.on_behalf || !self.state.in_repository() {
            return Ok(None);
        }
        let author = match &terms.git_author {
            Some(author) => Some(author.clone()),
            None => Repository::at(&self.root).email()?,
        };
        let actor = terms.by.as_str();
        Ok(author.is_none_or(|author| !author.eq_ignore_ascii_case(actor)).then(|| actor.to_owned()))
    }

    /// Writes what was decided, and commits it. The order is the promise: the journal first, then the files,
    /// then the commit, then the end of the journal.
    fn write(&self, report: &Outcome, texts: Vec<String>) -> Result<(), Error> {
        let date = self.environment.clock_is_fixed.then(|| self.environment.now.to_rfc3339());
        let commit = report.message.clone().map(|message| PlannedCommit { message, date });
        let mut beside = self.store_attachments(&report.attached)?;
        let is_brought = |path: &str| report.attached.iter().any(|attached| attached.what.path() == path);
        beside.extend(report.left_behind.iter().filter(|one| !is_brought(&one.path)).cloned());
        let journal = Journal { changes: report.changes.clone(), beside, commit, texts };
        // git tells what the commit needs to know while the files are written.
        let look = |commit: &PlannedCommit| {
            Repository::at(&self.root).plan_commit(&journal.paths(), commit.date.as_deref(), &self.state)
        };
        let outlook = journal.commit.as_ref().and_then(look);
        let reach = |step: &str| self.fault_point(step);
        let needed = journal.is_required(&self.state, &self.root);
        if needed {
            journal.write(&self.state, &self.root, &reach).map_err(|source| {
                // If it stands all the same, the next writer goes on from there.
                if !self.state.path("journal").exists() {
                    remove_placed(&self.root, &journal.beside);
                }
                Error::Io { path: self.state.folder().to_owned(), attempt: "write to", source }
            })?;
            self.fault_point("journalled");
        }
        let why_not = match journal.apply(&self.state, &self.root, &reach) {
            Ok(foreign) => foreign.into_iter().next().map(|path| Error::FileChanged { path }),
            Err(source) => Some(Error::Io { path: self.root.clone(), attempt: "write to", source }),
        };
        if let Some(error) = why_not {
            self.undo(&journal, needed)?;
            return Err(error);
        }
        self.fault_point("filed");
        if let Err(refusal) = self.commit_journal(&journal, outlook) {
            self.undo(&journal, needed)?;
            return Err(Error::Git { refusal });
        }
        self.fault_point("committed");
        if needed {
            journal.remove(&self.state, &self.root).map_err(Error::io(self.state.path("journal"), "remove"))?;
        }
        self.fault_point("ended");
        Ok(())
    }

    fn undo(&self, journal: &Journal, needed: bool) -> Result<(), Error> {
        journal
            .roll_back(&self.state, &self.root, &|step| self.fault_point(step))
            .map_err(|source| Error::RollbackFailed { path: self.root.clone(), source })?;
        remove_placed(&self.root, &journal.beside);
        if needed {
            journal.remove(&self.state, &self.root).map_err(Error::io(self.state.path("journal"), "remove"))?;
        }
        Ok(())
    }

    /// What people typed for this command.
    fn texts(&self, report: &Outcome) -> Vec<String> {
        let made = report.entries.iter().filter_map(|(ticket, entry)| {
            let ticket = report.tickets.iter().find(|known| known.id == *ticket)?;
            let entry = ticket.entry(*entry).filter(|entry| entry.role != Role::System)?;
            Some(entry.text.as_ref()?.as_str().to_owned())
        });
        made.collect()
    }
}
