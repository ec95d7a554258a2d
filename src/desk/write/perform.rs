//! The only way to change a desk: every command goes through [`Desk::perform`], in the same steps and the same order.

use std::time::Duration;

use crate::domain::ticket::FORMAT;
use crate::domain::vocabulary::Role;
use crate::error::Error;
use crate::store::files::{Journal, Lock, LockError, PlannedCommit, remove_placed};
use crate::store::git::GitError;

use super::attach::store_attachments;
use super::command::{Command, FileCommand};
use super::options::WriteOptions;
use super::outcome::Outcome;
use super::recovery::{commit_journal, holds_entries, recover};
use super::transaction::Transaction;
use super::{organization, organization_access, policy_files, repair};
use crate::desk::folder_stamps::FolderStamps;
use crate::desk::{Desk, GitNotes};

impl Desk {
    /// Carries out a command: all of it, or nothing. When this returns, the outcome is on disk, and committed if the
    /// options or the settings say so.
    ///
    /// # Errors
    /// The reason why nothing was done. If git refuses the commit, the files are as before.
    pub fn perform(&mut self, command: Command, options: &WriteOptions) -> Result<Outcome, Error> {
        if self.config.format > FORMAT {
            return Err(Error::NewerDesk { format: self.config.format });
        }
        self.fault_point("begun");
        let _lock = if options.dry_run { None } else { Some(self.lock()?) };
        if !options.dry_run {
            let may_know = self.may_know_of_pending(Some(&options.actor));
            self.recovery = recover(self)?.filter(|_| may_know);
            // Recovery has ended the interrupted command that was found when the desk was opened.
            self.pending = None;
        }
        self.fault_point("locked");
        let mut outcome = match command {
            Command::Ticket(command) => Transaction::new(self, options).run(command)?,
            Command::File(command) => plan_file_command(self, command, options)?,
        };
        self.fault_point("decided");
        let is_detached = outcome.message.is_some() && self.has_detached_head()?;
        if !options.dry_run && !outcome.changes.is_empty() {
            let printed = write(self, &mut outcome)?;
            let ignored = if outcome.message.is_none() { self.ignored(&outcome.changes) } else { None };
            self.git_notes = GitNotes { is_detached, printed, ignored };
        }
        Ok(outcome)
    }

    /// Takes the lock of the desk; waits until other writers have finished, as long as the environment allows.
    ///
    /// # Errors
    /// Another command holds the lock, or the state directory cannot be written to. The command whose hook started this
    /// one is not waited for, because it waits for the hook.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        self.state.create().map_err(Error::io(self.state.folder(), "make"))?;
        let path = self.state.shared_path("lock");
        let is_of_parent = self.environment.lock_of_parent.as_ref() == Some(&path);
        let patience = if is_of_parent { Duration::ZERO } else { self.environment.patience };
        Lock::take(&path, patience).map_err(|error| match error {
            LockError::Busy { .. } if is_of_parent => Error::BusyParent,
            LockError::Busy { path, waited } => Error::Busy { path, waited },
            LockError::Io(source) => Error::Io { path, attempt: "lock", source },
        })
    }
}

/// Returns the outcome of a command that changes files as a whole.
fn plan_file_command(desk: &Desk, command: FileCommand, options: &WriteOptions) -> Result<Outcome, Error> {
    match command {
        FileCommand::Organization(command) => organization::plan_change(desk, &command, options),
        FileCommand::Access(change) => organization_access::plan_change(desk, change, options),
        FileCommand::Holidays { name, list } => policy_files::plan_holiday_list(desk, &name, &list, options),
        FileCommand::Settings(changes) => policy_files::plan_settings(desk, &changes, options),
        FileCommand::Repair(ids) => repair::plan_change(desk, &ids, options),
    }
}

/// Writes an outcome and commits it. A crash at any step leaves all or nothing because of the order: the journal, the
/// files, the commit, the end of the journal (docs/reliability.md). Returns the output of hooks.
fn write(desk: &Desk, outcome: &mut Outcome) -> Result<String, Error> {
    let date = desk.environment.clock_is_fixed.then(|| desk.environment.now.to_rfc3339());
    let commit = outcome.message.clone().map(|message| PlannedCommit { message, date });
    let mut extra_files = store_attachments(desk, &outcome.attached)?;
    let is_stored = |path: &str| outcome.attached.iter().any(|attached| attached.attachment.path() == path);
    extra_files.extend(outcome.left_behind.iter().filter(|extra| !is_stored(&extra.path)).cloned());
    let changes = std::mem::take(&mut outcome.changes);
    let mut journal = Journal { changes, extra_files, commit, texts: Vec::new() };
    let written = write_journal(desk, outcome, &mut journal);
    outcome.changes = journal.changes;
    written
}

fn write_journal(desk: &Desk, outcome: &Outcome, journal: &mut Journal) -> Result<String, Error> {
    // git prepares the commit while the files are written.
    let plan = |commit: &PlannedCommit| desk.git().plan_commit(&journal.paths(), commit.date.as_deref(), &desk.state);
    let plan = journal.commit.as_ref().and_then(plan);
    let reach = |step: &str| desk.fault_point(step);
    let is_required = journal.is_required(&desk.state, &desk.root);
    if is_required {
        journal.texts = typed_texts(outcome);
        journal.write(&desk.state, &desk.root, &reach).map_err(|source| {
            // If the journal is on disk all the same, the next writer completes the command.
            if !desk.state.path("journal").exists() {
                remove_placed(&desk.root, &journal.extra_files);
            }
            Error::Io { path: desk.state.folder().to_owned(), attempt: "write to", source }
        })?;
        desk.fault_point("journalled");
    }
    let folder_stamps = FolderStamps::of(desk, &journal.changes);
    let reach_file = |step: &str| {
        folder_stamps.reach(step);
        reach(step);
    };
    let error = match journal.apply(&desk.state, &desk.root, &reach_file) {
        Ok(foreign) => foreign.into_iter().next().map(|path| Error::FileChanged { path }),
        Err(source) => Some(Error::Io { path: desk.root.clone(), attempt: "write to", source }),
    };
    if let Some(error) = error {
        roll_back(desk, journal, is_required)?;
        return Err(error);
    }
    desk.fault_point("filed");
    let printed = match commit_journal(desk, journal, plan) {
        Ok(printed) => printed,
        Err(refusal) => {
            let paths = roll_back(desk, journal, is_required)?;
            return Err(if paths.is_empty() {
                refused_commit(desk, refusal)
            } else {
                Error::FilesLeft { refusal, paths }
            });
        }
    };
    desk.fault_point("committed");
    folder_stamps.note();
    if is_required {
        journal.remove(&desk.state, &desk.root).map_err(Error::io(desk.state.path("journal"), "remove"))?;
    }
    desk.fault_point("ended");
    Ok(printed)
}

/// Returns the error of a refused commit. In a merge or cherry-pick git commits no single files.
fn refused_commit(desk: &Desk, refusal: GitError) -> Error {
    match (desk.clones().git_operation(), refusal) {
        (Some(operation @ ("merge" | "cherry-pick")), GitError::Refused { .. }) => Error::GitOperation { operation },
        (_, refusal) => Error::Git { refusal },
    }
}

/// Restores the files. Returns the paths of those that another program has changed, and that are left as they are.
fn roll_back(desk: &Desk, journal: &Journal, has_journal: bool) -> Result<Vec<String>, Error> {
    let left = journal
        .roll_back(&desk.state, &desk.root, &holds_entries, &|step| desk.fault_point(step))
        .map_err(|source| Error::RollbackFailed { path: desk.root.clone(), source })?;
    remove_placed(&desk.root, &journal.extra_files);
    if has_journal {
        journal.remove(&desk.state, &desk.root).map_err(Error::io(desk.state.path("journal"), "remove"))?;
    }
    Ok(left)
}

/// Returns the texts that people wrote for this command, which recovery keeps if git refuses the commit later.
fn typed_texts(outcome: &Outcome) -> Vec<String> {
    let entries = outcome.added().into_iter().map(|(_, entry)| entry).filter(|entry| entry.role != Role::System);
    entries.filter_map(|entry| Some(entry.text.as_ref()?.as_str().to_owned())).collect()
}
