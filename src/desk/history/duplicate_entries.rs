//! Whether entries that come to a desk lie in other tickets of it already.
//!
//! Nothing in git says where an entry lies, and to read every ticket takes seconds where there are many. So the git
//! directory keeps a register of the entries of some commit; the tickets that changed since are read, and what the
//! register says is looked up. Must not know who asks.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::desk::read::parallel::on_every_processor;
use crate::domain::id::Id;
use crate::domain::rules::ENTRY_SHARED;
use crate::domain::rules::finding::Finding;
use crate::store::git::{CommitChange, GitError, Repository, Snapshot};
use crate::store::index::{EntryRegister, IdHash};
use crate::store::layout;
use crate::store::yaml::FileVersion;

/// So many files are read at a time.
const AT_ONCE: usize = 2000;
/// A register behind which more tickets changed is written anew.
const BEHIND: usize = 200;

/// What a desk was before something came to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeskAt<'a> {
    pub repository: &'a Repository,
    /// The folder of the desk in the repository: empty, or with a slash at its end.
    pub prefix: &'a str,
    /// The commit, by its whole name.
    pub commit: &'a str,
}

impl DeskAt<'_> {
    /// What tickets have in a snapshot and did not have here, where it lay in another one already.
    ///
    /// # Errors
    /// git refuses.
    pub fn duplicates_in(self, snapshot: &Snapshot) -> Result<Vec<Finding>, GitError> {
        self.duplicates_among(&self.brought(snapshot)?)
    }

    /// The same of some entries, each with the ticket it came to.
    ///
    /// # Errors
    /// git refuses.
    pub fn duplicates_among(self, brought: &[(Id, Id)]) -> Result<Vec<Finding>, GitError> {
        if brought.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = match self.others(brought, &self.known()?)? {
            Some(found) => found,
            None => {
                EntryRegister::delete(&self.repository.git_folder()?, self.prefix);
                self.others(brought, &self.known()?)?.unwrap_or_default()
            }
        };
        found.extend(twice(brought));
        found.sort_unstable();
        found.dedup();
        let finding = |DuplicateEntry { entry, ticket, other }: DuplicateEntry| {
            let message = format!("the entry {entry} is in {other} too");
            Finding::new(&ENTRY_SHARED, layout::ticket_path(ticket), message).of(ticket).about(entry)
        };
        Ok(found.into_iter().map(finding).collect())
    }

    /// Sees to it that there is a register, so that nobody has to wait for it later.
    ///
    /// # Errors
    /// git refuses.
    pub fn build_register(self) -> Result<(), GitError> {
        self.known().map(drop)
    }

    /// Where entries lie. A register that cannot be written is made by the next one.
    fn known(self) -> Result<EntryLocations, GitError> {
        let folder: PathBuf = self.repository.git_folder()?;
        let register = EntryRegister::open(&folder, self.prefix);
        // git may not have its commit any more.
        let since = register.and_then(|register| Some((self.tickets_since(Some(register.commit())).ok()?, register)));
        let (files, register) = match since {
            Some((files, register)) => (files, Some(register)),
            None => (self.tickets_since(None)?, None),
        };
        let entries = self.entries_of(&files)?;
        if register.is_none() || files.len() > BEHIND {
            let written = EntryRegister::write(&folder, self.prefix, self.commit, register.as_ref(), &entries);
            if written.is_err() && register.is_some() {
                EntryRegister::delete(&folder, self.prefix);
            }
        }
        Ok(EntryLocations { entries, register })
    }

    /// Those of some entries that lie here in another ticket than they came to. None where the register is not
    /// as it was written.
    fn others(self, brought: &[(Id, Id)], known: &EntryLocations) -> Result<Option<Vec<DuplicateEntry>>, GitError> {
        let mut came: HashMap<Id, Vec<Id>> = HashMap::new();
        brought.iter().for_each(|(entry, ticket)| came.entry(*entry).or_default().push(*ticket));
        let others_of = |(entry, other): (Id, Id)| {
            let tickets = came.get(&entry).into_iter().flatten().filter(move |ticket| **ticket != other);
            tickets.map(move |ticket| DuplicateEntry { entry, ticket: *ticket, other })
        };
        let mut found: Vec<DuplicateEntry> = known.entries.iter().copied().flat_map(others_of).collect();
        let Some(register) = &known.register else { return Ok(Some(found)) };
        let mut suspected: HashSet<IdHash> = HashSet::new();
        for (entry, ticket) in brought {
            let Some(traces) = register.tickets_of(*entry) else { return Ok(None) };
            suspected.extend(traces.into_iter().filter(|trace| *trace != IdHash::of(*ticket)));
        }
        if !suspected.is_empty() {
            let mut files = self.tickets_since(None)?;
            files.retain(|(id, _)| suspected.contains(&IdHash::of(*id)));
            found.extend(self.entries_of(&files)?.into_iter().flat_map(others_of));
        }
        Ok(Some(found))
    }

    /// The tickets that another commit has otherwise or not at all, with their objects; all of them where none is given.
    fn tickets_since(self, other: Option<&str>) -> Result<Vec<(Id, String)>, GitError> {
        let changes = self.repository.changes(other, &Snapshot::Commit(self.commit.to_owned()), self.prefix)?;
        Ok(changes.into_iter().filter_map(|change| Some((ticket_at(&change)?, change.new?))).collect())
    }

    /// The entries of some tickets, each with its ticket.
    fn entries_of(self, files: &[(Id, String)]) -> Result<Vec<(Id, Id)>, GitError> {
        in_chunks(files, |files| {
            let objects: Vec<String> = files.iter().map(|(_, object)| object.clone()).collect();
            let bytes = self.repository.objects(&objects)?;
            let tickets = files.iter().zip(bytes);
            Ok(tickets.flat_map(|((id, _), bytes)| entries(*id, bytes).into_iter().map(|entry| (entry, *id))).collect())
        })
    }

    /// The entries that tickets have in a snapshot and did not have here, each with its ticket.
    fn brought(self, snapshot: &Snapshot) -> Result<Vec<(Id, Id)>, GitError> {
        let changes = self.repository.changes(Some(self.commit), snapshot, self.prefix)?;
        let files: Vec<(Id, CommitChange)> =
            changes.into_iter().filter_map(|change| Some((ticket_at(&change)?, change))).collect();
        in_chunks(&files, |files| {
            let sides = files.iter().flat_map(|(_, change)| change.old.iter().chain(&change.new));
            let mut bytes = self.repository.objects(&sides.cloned().collect::<Vec<_>>())?.into_iter();
            let mut brought = Vec::new();
            for (id, change) in files {
                let mut side =
                    |object: &Option<String>| entries(*id, object.as_ref().and_then(|_| bytes.next().flatten()));
                let known: HashSet<Id> = side(&change.old).into_iter().collect();
                let new = side(&change.new);
                brought.extend(new.into_iter().filter(|entry| !known.contains(entry)).map(|entry| (entry, *id)));
            }
            Ok(brought)
        })
    }
}

/// An entry that came to a ticket and lies in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DuplicateEntry {
    entry: Id,
    ticket: Id,
    other: Id,
}

/// Those of some entries that came to two tickets at once, as where branches meet.
fn twice(brought: &[(Id, Id)]) -> Vec<DuplicateEntry> {
    let mut brought = brought.to_vec();
    brought.sort_unstable();
    let pairs = brought.windows(2).filter(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1);
    pairs.map(|pair| DuplicateEntry { entry: pair[1].0, ticket: pair[1].1, other: pair[0].1 }).collect()
}

/// Where the entries of a commit lie.
struct EntryLocations {
    /// Those of the tickets that changed since the register, or of all where there is none, with their tickets.
    entries: Vec<(Id, Id)>,
    register: Option<EntryRegister>,
}

/// Works on so many files at a time, on every processor.
fn in_chunks<I: Sync, T: Send>(
    files: &[I],
    work: impl Fn(&[I]) -> Result<Vec<T>, GitError> + Sync,
) -> Result<Vec<T>, GitError> {
    let chunks: Vec<&[I]> = files.chunks(AT_ONCE).collect();
    let done: Result<Vec<Vec<T>>, GitError> = on_every_processor(&chunks, |chunk| work(chunk)).into_iter().collect();
    Ok(done?.into_iter().flatten().collect())
}

/// Adds copies to findings, but for entries of which the same is told already.
pub(crate) fn add(copies: impl IntoIterator<Item = Finding>, findings: &mut Vec<Finding>) {
    for copy in copies {
        if !findings.iter().any(|told| told.rule == copy.rule && told.entry == copy.entry) {
            findings.push(copy);
        }
    }
}

/// The ticket whose place a file lies at.
fn ticket_at(change: &CommitChange) -> Option<Id> {
    let path = Path::new(&change.path);
    if layout::is_ticket_path(path) { path.file_stem()?.to_str()?.parse().ok() } else { None }
}

/// The entries of a ticket's file; none where it cannot be read, which others tell.
fn entries(id: Id, bytes: Option<Vec<u8>>) -> Vec<Id> {
    let Some(bytes) = bytes else { return Vec::new() };
    let version = FileVersion::read(bytes, Some(id), None);
    version.ticket().map_or_else(|_| Vec::new(), |ticket| ticket.history.iter().map(|entry| entry.id).collect())
}
