//! The search for new entries that are in another ticket of the desk already.
//!
//! git does not know where an entry is, and reading every ticket of a large desk takes seconds. So the git directory
//! contains a register of the entries of one commit; only the tickets that changed since are read.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::desk::read::parallel::in_order;
use crate::domain::id::Id;
use crate::domain::rules::ENTRY_SHARED;
use crate::domain::rules::finding::Finding;
use crate::store::git::{CommitChange, GitError, Repository, Snapshot};
use crate::store::index::{EntryRegister, IdHash};
use crate::store::layout::{self, ticket_at};
use crate::store::yaml::FileVersion;

/// The number of files that are read at a time.
const CHUNK: usize = 2000;
/// The number of tickets changed since the register from which on it is written again.
const STALE: usize = 200;

/// A desk at a commit, before new entries were added to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeskAt<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The full name of the commit.
    pub commit: &'a str,
}

impl DeskAt<'_> {
    /// Returns findings about the entries that tickets have in a snapshot but not here, and that are in another ticket.
    ///
    /// # Errors
    /// git refuses.
    pub fn duplicates_in(self, snapshot: Snapshot<'_>) -> Result<Vec<Finding>, GitError> {
        self.duplicates_among(&self.new_entries(snapshot)?)
    }

    /// Returns findings about those of some new entries that are in another ticket. Each comes with its ticket.
    ///
    /// # Errors
    /// git refuses.
    pub fn duplicates_among(self, new: &[(Id, Id)]) -> Result<Vec<Finding>, GitError> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = match self.in_other_tickets(new, &self.locations()?)? {
            Some(found) => found,
            None => {
                EntryRegister::delete(&self.repository.git_folder()?, self.repository.prefix()?);
                self.in_other_tickets(new, &self.locations()?)?.unwrap_or_default()
            }
        };
        found.extend(in_two_tickets(new));
        found.sort_unstable();
        found.dedup();
        let finding = |DuplicateEntry { entry, ticket, other }: DuplicateEntry| {
            let message = format!("the entry {entry} is also in {other}");
            Finding::new(&ENTRY_SHARED, layout::ticket_path(ticket), message).of(ticket).about(entry)
        };
        Ok(found.into_iter().map(finding).collect())
    }

    /// Builds the register if there is none, so that no later command waits for it.
    ///
    /// # Errors
    /// git refuses.
    pub fn build_register(self) -> Result<(), GitError> {
        self.locations().map(drop)
    }

    /// Returns the locations of all entries. A register that cannot be written is left to the next command.
    fn locations(self) -> Result<EntryLocations, GitError> {
        let folder: PathBuf = self.repository.git_folder()?;
        let register = EntryRegister::open(&folder, self.repository.prefix()?);
        // git may not have the commit of the register any more.
        let since = register.and_then(|register| Some((self.tickets_since(Some(register.commit())).ok()?, register)));
        let (files, register) = match since {
            Some((files, register)) => (files, Some(register)),
            None => (self.tickets_since(None)?, None),
        };
        let entries = self.entries_of(&files)?;
        if register.is_none() || files.len() > STALE {
            let written =
                EntryRegister::write(&folder, self.repository.prefix()?, self.commit, register.as_ref(), &entries);
            if written.is_err() && register.is_some() {
                EntryRegister::delete(&folder, self.repository.prefix()?);
            }
        }
        Ok(EntryLocations { entries, register })
    }

    /// Returns those of some new entries that are in another ticket here; none if the register is corrupt.
    fn in_other_tickets(
        self,
        new: &[(Id, Id)],
        locations: &EntryLocations,
    ) -> Result<Option<Vec<DuplicateEntry>>, GitError> {
        let mut added_to: HashMap<Id, Vec<Id>> = HashMap::new();
        new.iter().for_each(|(entry, ticket)| added_to.entry(*entry).or_default().push(*ticket));
        let duplicates_of = |(entry, other): (Id, Id)| {
            let tickets = added_to.get(&entry).into_iter().flatten().filter(move |ticket| **ticket != other);
            tickets.map(move |ticket| DuplicateEntry { entry, ticket: *ticket, other })
        };
        let mut found: Vec<DuplicateEntry> = locations.entries.iter().copied().flat_map(duplicates_of).collect();
        let Some(register) = &locations.register else { return Ok(Some(found)) };
        let mut suspected: HashSet<IdHash> = HashSet::new();
        for (entry, ticket) in new {
            let Some(hashes) = register.tickets_of(*entry) else { return Ok(None) };
            suspected.extend(hashes.into_iter().filter(|hash| *hash != IdHash::of(*ticket)));
        }
        if !suspected.is_empty() {
            let mut files = self.tickets_since(None)?;
            files.retain(|(id, _)| suspected.contains(&IdHash::of(*id)));
            found.extend(self.entries_of(&files)?.into_iter().flat_map(duplicates_of));
        }
        Ok(Some(found))
    }

    /// Returns the tickets that differ from another commit, with their objects; all tickets if there is no other
    /// commit.
    fn tickets_since(self, other: Option<&str>) -> Result<Vec<(Id, String)>, GitError> {
        let changes = self.repository.changes(other, Snapshot::Commit(self.commit))?;
        Ok(changes.into_iter().filter_map(|change| Some((ticket_at(&change.path)?, change.new?))).collect())
    }

    /// Returns the entries of some tickets, each with its ticket.
    fn entries_of(self, files: &[(Id, String)]) -> Result<Vec<(Id, Id)>, GitError> {
        in_chunks(files, |files| {
            let objects: Vec<&String> = files.iter().map(|(_, object)| object).collect();
            let bytes = self.repository.with_index(None).blobs(&objects)?;
            let tickets = files.iter().zip(bytes);
            Ok(tickets.flat_map(|((id, _), bytes)| entries(*id, bytes).into_iter().map(|entry| (entry, *id))).collect())
        })
    }

    /// Returns the entries that tickets have in a snapshot but not here, each with its ticket.
    fn new_entries(self, snapshot: Snapshot<'_>) -> Result<Vec<(Id, Id)>, GitError> {
        let changes = self.repository.changes(Some(self.commit), snapshot)?;
        let changes: Vec<CommitChange> =
            changes.into_iter().filter(|change| ticket_at(&change.path).is_some()).collect();
        in_chunks(&changes, |changes| {
            let mut new_entries = Vec::new();
            for (change, [old, new]) in changes.iter().zip(self.repository.with_index(None).versions(changes)?) {
                let Some(id) = ticket_at(&change.path) else { continue };
                let old: HashSet<Id> = entries(id, old).into_iter().collect();
                let new = entries(id, new).into_iter();
                new_entries.extend(new.filter(|entry| !old.contains(entry)).map(|entry| (entry, id)));
            }
            Ok(new_entries)
        })
    }
}

/// An entry that was added to a ticket and is in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DuplicateEntry {
    entry: Id,
    ticket: Id,
    other: Id,
}

/// Returns those of some new entries that were added to two tickets at once, as in a merge.
fn in_two_tickets(new: &[(Id, Id)]) -> Vec<DuplicateEntry> {
    let mut new = new.to_vec();
    new.sort_unstable();
    let pairs = new.windows(2).filter(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1);
    pairs.map(|pair| DuplicateEntry { entry: pair[1].0, ticket: pair[1].1, other: pair[0].1 }).collect()
}

/// The locations of the entries of a commit.
struct EntryLocations {
    /// The entries, with their tickets, of the tickets that changed since the register; of all if there is none.
    entries: Vec<(Id, Id)>,
    register: Option<EntryRegister>,
}

/// Runs a function on chunks of files, on every processor.
fn in_chunks<I: Sync, T: Send>(
    files: &[I],
    run: impl Fn(&[I]) -> Result<Vec<T>, GitError> + Sync,
) -> Result<Vec<T>, GitError> {
    let chunks: Vec<&[I]> = files.chunks(CHUNK).collect();
    let mut done = Vec::new();
    in_order(
        &chunks,
        |chunk| run(chunk),
        |found| -> Result<(), GitError> {
            done.extend(found?);
            Ok(())
        },
    )?;
    Ok(done)
}

/// Adds findings about duplicates, except for entries that have such a finding already.
pub(crate) fn add(duplicates: impl IntoIterator<Item = Finding>, findings: &mut Vec<Finding>) {
    for duplicate in duplicates {
        if !findings.iter().any(|known| known.rule == duplicate.rule && known.entry == duplicate.entry) {
            findings.push(duplicate);
        }
    }
}

/// Returns the ids of the entries in a ticket file; none if it cannot be read, which other rules report.
fn entries(id: Id, bytes: Option<Vec<u8>>) -> Vec<Id> {
    let Some(bytes) = bytes else { return Vec::new() };
    let version = FileVersion::read(bytes, Some(id), None);
    version.ticket().map_or_else(|_| Vec::new(), |ticket| ticket.history.iter().map(|entry| entry.id).collect())
}
