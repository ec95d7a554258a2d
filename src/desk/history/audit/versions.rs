//! The versions of ticket files that an audit has read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::audit::{LostEntry, RawEntry};
use crate::domain::id::Id;
use crate::store::git::{CommitChange, GitError, ObjectStream, Repository, VersionCache, is_blob};
use crate::store::layout::id_in;
use crate::store::yaml::{FileVersion, ReadErrorKind};

/// The size of each half of the cache of versions, in bytes.
const CACHE_SIZE: usize = 16 << 20;
/// The largest number of entries that are taken from a newer version to recognize the older one by its hash.
const RECOGNIZED_ENTRIES: usize = 3;

/// The versions of a file in a parent and in the commit.
pub type VersionPair = (Option<Arc<FileVersion>>, Option<Arc<FileVersion>>);

/// The versions of ticket files: a cache, and those that later versions are compared with.
pub struct TicketVersions {
    /// The versions that may be extended, by object.
    cache: VersionCache<Arc<FileVersion>>,
    /// The last valid version before a damaged one, by the object of the damaged one.
    valid: HashMap<String, Arc<FileVersion>>,
    /// The bytes of entries that were edited or removed, as they were before that.
    originals: HashMap<Id, Vec<u8>>,
    /// The last valid versions of deleted files, by path, for the case that they return.
    pub deleted: HashMap<String, Arc<FileVersion>>,
}

impl Default for TicketVersions {
    fn default() -> Self {
        let (valid, originals, deleted) = Default::default();
        Self { cache: VersionCache::of(CACHE_SIZE), valid, originals, deleted }
    }
}

impl TicketVersions {
    /// Returns the versions of a file in a parent and in the commit. The bytes of a new version come from `objects`;
    /// others are looked up.
    ///
    /// # Errors
    /// git ended unexpectedly, or an object is missing.
    pub fn pair(
        &mut self,
        change: &CommitChange,
        is_merge: bool,
        objects: &mut ObjectStream,
        repository: &Repository,
    ) -> Result<VersionPair, GitError> {
        // A version that was extended is seldom needed again, except where branches part and meet.
        let cached = match &change.old {
            Some(old) if is_merge || change.new.is_none() => self.cache.get(old),
            Some(old) => self.cache.take(old),
            None => None,
        };
        let cached = cached.map(|version| read_at(version, &change.path));
        let after = match &change.new {
            Some(new) => Some(self.after(change, new, cached.as_deref(), objects, repository)?),
            None => None,
        };
        let before = match (&change.old, cached) {
            (None, _) => None,
            (_, Some(cached)) => Some(cached),
            (Some(old), None) => Some(before(change, old, after.as_deref(), repository)?),
        };
        Ok((before, after))
    }

    /// Returns the version that a commit has: its bytes come now, or came before.
    fn after(
        &mut self,
        change: &CommitChange,
        object: &str,
        before: Option<&FileVersion>,
        objects: &mut ObjectStream,
        repository: &Repository,
    ) -> Result<Arc<FileVersion>, GitError> {
        let bytes = if change.sends_new { objects.take()? } else { None };
        if let Some(version) = self.cache.get(object) {
            return Ok(read_at(version, &change.path));
        }
        let bytes = match bytes {
            None if !change.sends_new => repository.blob(object)?,
            bytes => bytes,
        };
        let bytes = bytes.ok_or_else(|| missing(change, object))?;
        let version = Arc::new(FileVersion::read(bytes, id_in(&change.path), before));
        self.cache.put(object.to_owned(), version.clone(), version.memory_size());
        Ok(version)
    }

    /// Keeps the last valid version of a file whose new version is damaged.
    pub fn keep_valid(
        &mut self,
        change: &CommitChange,
        before: Option<&Arc<FileVersion>>,
        after: Option<&Arc<FileVersion>>,
    ) {
        if let (Some(object), Some(after)) = (&change.new, after)
            && after.ticket().is_err()
            && let Some(before) = before
            && let Some(valid) = self.valid(change.old.as_deref(), before)
        {
            self.valid.insert(object.clone(), valid);
        }
    }

    /// Returns a version if it is valid, else the last valid one before it.
    pub fn valid(&self, object: Option<&str>, version: &Arc<FileVersion>) -> Option<Arc<FileVersion>> {
        if version.ticket().is_ok() {
            return Some(version.clone());
        }
        object.and_then(|object| self.valid.get(object).cloned())
    }

    /// Keeps the bytes of an entry whose id occurs twice now. If one of the two disappears, this one is the original.
    pub fn keep_original(&mut self, entry: RawEntry<'_>) {
        self.originals.entry(entry.id).or_insert_with(|| entry.bytes.to_vec());
    }

    /// Returns whether an entry is one that was lost before and returned with its original bytes.
    pub fn is_original(&self, entry: RawEntry<'_>) -> bool {
        self.originals.get(&entry.id).is_some_and(|original| original == entry.bytes)
    }

    /// Returns whether an entry that was edited, or occurred twice, has its original bytes again. For that, the bytes
    /// of every lost entry are kept.
    pub fn is_restored(&mut self, loss: LostEntry, before: RawEntry<'_>, after: &[RawEntry<'_>]) -> bool {
        if let LostEntry::Reordered(_) = loss {
            return false;
        }
        let original = self.originals.entry(before.id).or_insert_with(|| before.bytes.to_vec());
        after.iter().any(|entry| entry.id == before.id && entry.bytes == original)
    }
}

/// Returns the version that a parent has and that is not in the cache. Usually it is the newer one without its last
/// entries, and then its hash proves it: git is not asked, and nothing is read again.
fn before(
    change: &CommitChange,
    object: &str,
    after: Option<&FileVersion>,
    repository: &Repository,
) -> Result<Arc<FileVersion>, GitError> {
    let shorter = |count| after?.truncated(count).filter(|older| is_blob(object, older.bytes()));
    if let Some(older) = (1..=RECOGNIZED_ENTRIES).find_map(shorter) {
        return Ok(Arc::new(older));
    }
    let bytes = repository.blob(object)?.ok_or_else(|| missing(change, object))?;
    Ok(Arc::new(FileVersion::read(bytes, id_in(&change.path), None)))
}

fn missing(change: &CommitChange, object: &str) -> GitError {
    GitError::Refused { message: format!("the object {object} of {} is missing", change.path) }
}

/// Returns a version as read at a path: whether the id in the file is the expected one depends on the path.
fn read_at(version: Arc<FileVersion>, path: &str) -> Arc<FileVersion> {
    let id = id_in(path);
    let is_other = |inside: Id| id.is_some_and(|id| id != inside);
    let is_read_otherwise = match version.ticket() {
        Ok(ticket) => is_other(ticket.id),
        Err(damage) => matches!(damage.kind, ReadErrorKind::OtherId { inside } if !is_other(inside)),
    };
    if !is_read_otherwise {
        return version;
    }
    Arc::new(FileVersion::read(version.bytes().to_vec(), id, None))
}
