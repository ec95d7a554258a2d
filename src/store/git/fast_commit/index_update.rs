//! An update of git's index: some entries are rewritten or added, all others copied.
//!
//! Versions 2, 3 and 4 are supported. An index with anything else - an unmerged path, a split or sparse index, an
//! unknown required extension - is left to git.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use super::cache_tree;
use super::index_entries::{EntryReader, FIXED_LENGTH, STAGE, StagedFile, fixed_part, number, put_entry, put_path};
use super::objects::ObjectId;
use super::trees::EditedDir;

/// The length of the checksum at the end.
const SUM: usize = 20;

/// An entry as young as its index. Its stamp proves nothing, so git compares the content of the file, until the index
/// becomes younger than the entry.
#[derive(Debug)]
pub struct RacyEntry {
    /// The path.
    pub path: Vec<u8>,
    /// The mode.
    pub mode: u32,
    /// The object.
    pub name: ObjectId,
    /// The offset of its size in the new index.
    size_at: usize,
}

/// An index that is being written.
#[derive(Debug)]
pub struct IndexUpdate {
    bytes: Vec<u8>,
    /// The paths that were added.
    pub added: Vec<String>,
    /// The copied entries whose stamps prove nothing.
    pub racy: Vec<RacyEntry>,
    /// True if the index ends with a checksum, false if it ends with zeros instead.
    summed: bool,
    /// True if the cache of untracked files was dropped.
    pub forgot_untracked: bool,
}

impl IndexUpdate {
    /// Updates the index `old`, which was last changed in the second `changed`, with `files`, which are sorted by path.
    /// `None` if git must do it.
    pub fn new(old: &[u8], changed: i64, files: &[StagedFile], folders: &BTreeMap<String, EditedDir>) -> Option<Self> {
        let sum_at = old.len().checked_sub(SUM)?;
        if old.get(..4)? != b"DIRC" {
            return None;
        }
        let (version, count) = (number(old, 4)?, number(old, 8)?);
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut reader = EntryReader::new(&old[..sum_at], version);
        let mut bytes = Vec::with_capacity(old.len() + 256 * files.len());
        // The old index is copied up to this offset; entries that stay are copied together.
        let mut copied = 0;
        let (mut added, mut racy) = (Vec::new(), Vec::new());
        let mut files = files.iter().peekable();
        for _ in 0..count {
            let entry = reader.next()?;
            if entry.flags & STAGE != 0 || entry.mode() == 0o040_000 {
                return None;
            }
            let mut inserted: Option<&StagedFile> = None;
            while let Some(file) = files.next_if(|file| file.path.as_bytes() < reader.path.as_slice()) {
                if is_below(&reader.path, file.path.as_bytes()) {
                    return None;
                }
                bytes.extend(&old[std::mem::replace(&mut copied, entry.at)..entry.at]);
                let previous = inserted.map_or(reader.previous.as_slice(), |file| file.path.as_bytes());
                put_entry(&mut bytes, version, previous, file);
                added.push(file.path.clone());
                inserted = Some(file);
            }
            let begin = bytes.len() + entry.at - copied;
            if let Some(file) = inserted.filter(|_| version == 4) {
                bytes.extend(&entry.bytes[..entry.path_at]);
                put_path(&mut bytes, file.path.as_bytes(), &reader.path);
                copied = reader.at;
            }
            if let Some(file) = files.next_if(|file| file.path.as_bytes() == reader.path.as_slice()) {
                if !entry.is_ordinary() {
                    return None;
                }
                bytes.extend(&old[std::mem::replace(&mut copied, reader.at)..reader.at]);
                bytes[begin..begin + FIXED_LENGTH].copy_from_slice(&fixed_part(file));
            } else if files.peek().is_some_and(|file| is_below(file.path.as_bytes(), &reader.path)) {
                return None;
            } else if i64::from(entry.modified()) >= changed && entry.size() != 0 {
                let (mode, name) = (entry.mode(), entry.bytes[40..60].try_into().ok()?);
                racy.push(RacyEntry { path: reader.path.clone(), mode, name, size_at: begin + 36 });
            }
        }
        bytes.extend(&old[copied..reader.at]);
        let mut previous = reader.path.as_slice();
        for file in files {
            put_entry(&mut bytes, version, previous, file);
            added.push(file.path.clone());
            previous = file.path.as_bytes();
        }
        let count = count + u32::try_from(added.len()).ok()?;
        bytes[8..12].copy_from_slice(&count.to_be_bytes());
        let summed = old[sum_at..] != [0; SUM];
        let mut update = Self { bytes, added, racy, summed, forgot_untracked: false };
        update.extend(&old[reader.at..sum_at], folders)?;
        Some(update)
    }

    /// Copies or updates the extensions after the entries.
    fn extend(&mut self, mut rest: &[u8], folders: &BTreeMap<String, EditedDir>) -> Option<()> {
        while !rest.is_empty() {
            let length = usize::try_from(number(rest, 4)?).ok()?;
            let (signature, content) = (&rest[..4], rest.get(8..8 + length)?);
            let kept = match signature {
                b"TREE" => Some(cache_tree::edited(content, folders, &self.added)?),
                // The cache of untracked files may contain one that is tracked now.
                b"UNTR" if !self.added.is_empty() => {
                    self.forgot_untracked = true;
                    None
                }
                b"UNTR" | b"REUC" => Some(content.to_vec()),
                // The offsets of entries, for reading in parallel. git adds them when it writes the index again.
                b"EOIE" | b"IEOT" => None,
                _ => return None,
            };
            if let Some(kept) = kept {
                self.bytes.extend(signature);
                self.bytes.extend(u32::try_from(kept.len()).ok()?.to_be_bytes());
                self.bytes.extend(kept);
            }
            rest = &rest[8 + length..];
        }
        Some(())
    }

    /// Marks an entry as changed, so that git compares the content of the file.
    pub fn mark_dirty(&mut self, racy: &RacyEntry) {
        self.bytes[racy.size_at..racy.size_at + 4].fill(0);
    }

    /// Returns the bytes of the new index.
    pub fn finish(mut self) -> Vec<u8> {
        let sum: [u8; SUM] = if self.summed { Sha1::digest(&self.bytes).into() } else { [0; SUM] };
        self.bytes.extend(sum);
        self.bytes
    }
}

/// Returns true if a path is below a folder.
fn is_below(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.first() == Some(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::git::fast_commit::index_entries::{ASSUMED_VALID, EXTENDED, IndexStamp};

    fn staged(path: &str) -> StagedFile {
        let stamp = IndexStamp { begin: [1; 6], end: [2; 3] };
        StagedFile { path: path.to_owned(), stamp, executable: false, name: [3; 20] }
    }

    fn empty(version: u32) -> Vec<u8> {
        let mut bytes = [*b"DIRC", version.to_be_bytes(), [0; 4]].concat();
        let sum = Sha1::digest(&bytes);
        bytes.extend(sum);
        bytes
    }

    fn with(old: &[u8], changed: i64, paths: &[&str]) -> Option<IndexUpdate> {
        let files: Vec<StagedFile> = paths.iter().map(|path| staged(path)).collect();
        IndexUpdate::new(old, changed, &files, &BTreeMap::new())
    }

    #[test]
    fn adding_files_one_by_one_or_together_gives_the_same_index() {
        for version in [2, 3, 4] {
            let paths = ["a/b", "a/bc", "a/d", "b", "long/enough/to/be/cut", "long/enough/too"];
            let whole = with(&empty(version), 9, &paths).unwrap().finish();
            let mut one_by_one = empty(version);
            for path in [3, 0, 5, 2, 4, 1].map(|place| paths[place]) {
                let update = with(&one_by_one, 9, &[path]).unwrap();
                assert_eq!(update.added, [path]);
                one_by_one = update.finish();
            }
            assert_eq!(one_by_one, whole, "version {version}");
            assert_eq!(with(&whole, 9, &paths[2..4]).unwrap().finish(), whole);
        }
    }

    #[test]
    fn racy_entries_are_listed_and_can_be_marked_dirty() {
        let old = with(&empty(2), 9, &["a", "b"]).unwrap().finish();
        let mut update = with(&old, 1, &["a"]).unwrap();
        let racy = std::mem::take(&mut update.racy);
        assert_eq!(racy.iter().map(|racy| racy.path.as_slice()).collect::<Vec<_>>(), [b"b"]);
        update.mark_dirty(&racy[0]);
        let bytes = update.finish();
        let mut reader = EntryReader::new(&bytes, 2);
        assert_eq!([reader.next().unwrap().size(), reader.next().unwrap().size()], [2, 0]);
        assert!(with(&old, 2, &["a"]).unwrap().racy.is_empty());
    }

    #[test]
    fn an_unsupported_index_is_left_to_git() {
        let old = with(&empty(2), 9, &["a", "b"]).unwrap().finish();
        assert!(with(&old, 9, &["a/b"]).is_none(), "a file in place of a folder");
        let deep = with(&empty(2), 9, &["a/b"]).unwrap().finish();
        assert!(with(&deep, 9, &["a"]).is_none(), "a folder in place of a file");
        for flags in [STAGE, EXTENDED, ASSUMED_VALID] {
            let mut unsupported = old.clone();
            unsupported[12 + FIXED_LENGTH] |= u8::try_from(flags >> 8).unwrap();
            assert!(with(&unsupported, 9, &["a"]).is_none());
        }
        for cut in 0..old.len() {
            assert!(with(&old[..cut], 9, &["a"]).is_none(), "cut at {cut}");
        }
        for extension in [b"link", b"sdir", b"FSMN", b"QUUX"] {
            let mut unsupported = old[..old.len() - SUM].to_vec();
            unsupported.extend([extension.as_slice(), &[0; 4 + SUM]].concat());
            assert!(with(&unsupported, 9, &["a"]).is_none());
        }
    }
}
