//! git's index, in bytes: some entries made true for files, all others kept.
//!
//! Versions 2, 3 and 4. Whatever this does not know for certain - another version, an unmerged path, a split or
//! sparse index, an extension without which the index cannot be read - is left to git.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use super::cache_tree;
use super::index_entries::{EntryReader, EntryWriter, STAGE, StagedFile, number};
use super::objects::ObjectId;
use super::trees::EditedDir;

/// The length of the sum at the end.
const SUM: usize = 20;

/// An entry as young as the index it comes from: git compares the file's content, since its stamp alone proves
/// nothing. It keeps that only as long as the index does not become younger.
#[derive(Debug)]
pub struct RacyEntry {
    pub path: Vec<u8>,
    pub mode: u32,
    pub name: ObjectId,
    /// Where its size stands in the new index.
    size_at: usize,
}

/// An index being written anew.
#[derive(Debug)]
pub struct IndexUpdate {
    bytes: Vec<u8>,
    /// The paths that came in.
    pub added: Vec<String>,
    pub racy: Vec<RacyEntry>,
    /// Whether there is a sum at the end, or zeros in its place.
    summed: bool,
    /// Whether a cache of untracked files had to go.
    pub forgot_untracked: bool,
}

impl IndexUpdate {
    /// The index `old`, last changed in the second `changed`, with the files staged, which are in the order of their
    /// paths. `None` if there is anything that git should do itself.
    pub fn new(old: &[u8], changed: i64, files: &[StagedFile], folders: &BTreeMap<String, EditedDir>) -> Option<Self> {
        let sum_at = old.len().checked_sub(SUM)?;
        if old.get(..4)? != b"DIRC" {
            return None;
        }
        let (version, count) = (number(old, 4)?, number(old, 8)?);
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut writer = EntryWriter::new(version, old.len() + 256 * files.len());
        let mut reader = EntryReader::new(&old[..sum_at], version);
        let (mut added, mut racy) = (Vec::new(), Vec::new());
        let mut files = files.iter().peekable();
        for _ in 0..count {
            let entry = reader.next()?;
            let path = reader.path();
            if entry.flags & STAGE != 0 || entry.mode() == 0o040_000 {
                return None;
            }
            while let Some(file) = files.next_if(|file| file.path.as_bytes() < path) {
                if lies_in(path, file.path.as_bytes()) {
                    return None;
                }
                writer.add(file);
                added.push(file.path.clone());
            }
            match files.next_if(|file| file.path.as_bytes() == path) {
                Some(file) => writer.renew(&entry, path, file)?,
                None if files.peek().is_some_and(|file| lies_in(file.path.as_bytes(), path)) => return None,
                None => {
                    let begin = writer.keep(&entry, path);
                    if i64::from(entry.modified()) >= changed && entry.size() != 0 {
                        let (mode, name) = (entry.mode(), entry.bytes[40..60].try_into().ok()?);
                        racy.push(RacyEntry { path: path.to_vec(), mode, name, size_at: begin + 36 });
                    }
                }
            }
        }
        for file in files {
            writer.add(file);
            added.push(file.path.clone());
        }
        let summed = old[sum_at..] != [0; SUM];
        let mut staging = Self { bytes: writer.finish(), added, racy, summed, forgot_untracked: false };
        staging.extend(reader.rest(), folders)?;
        Some(staging)
    }

    /// The extensions behind the entries.
    fn extend(&mut self, mut rest: &[u8], folders: &BTreeMap<String, EditedDir>) -> Option<()> {
        while !rest.is_empty() {
            let length = usize::try_from(number(rest, 4)?).ok()?;
            let (signature, content) = (&rest[..4], rest.get(8..8 + length)?);
            let kept = match signature {
                b"TREE" => Some(cache_tree::edited(content, folders, &self.added)?),
                // What is known of untracked files may name one that is tracked now.
                b"UNTR" if !self.added.is_empty() => {
                    self.forgot_untracked = true;
                    None
                }
                b"UNTR" | b"REUC" => Some(content.to_vec()),
                // Where the entries end, for reading in parallel: git writes it again when it next writes.
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

    /// Has git compare the content of a file whose stamp will prove nothing.
    pub fn mark_dirty(&mut self, racy: &RacyEntry) {
        self.bytes[racy.size_at..racy.size_at + 4].fill(0);
    }

    /// The bytes of the new index.
    pub fn finish(mut self) -> Vec<u8> {
        let sum: [u8; SUM] = if self.summed { Sha1::digest(&self.bytes).into() } else { [0; SUM] };
        self.bytes.extend(sum);
        self.bytes
    }
}

/// Whether a path lies in a folder of that name.
fn lies_in(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.first() == Some(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::git::fast_commit::index_entries::{ASSUMED_VALID, EXTENDED, FACTS, IndexStamp};

    fn staged(path: &str) -> StagedFile {
        let stamp = IndexStamp { begin: [1; 6], end: [2; 3] };
        StagedFile { path: path.to_owned(), stamp, executable: false, name: [3; 20] }
    }

    fn empty(version: u32) -> Vec<u8> {
        let mut bytes = EntryWriter::new(version, 0).finish();
        let sum = Sha1::digest(&bytes);
        bytes.extend(sum);
        bytes
    }

    fn with(old: &[u8], changed: i64, paths: &[&str]) -> Option<IndexUpdate> {
        let files: Vec<StagedFile> = paths.iter().map(|path| staged(path)).collect();
        IndexUpdate::new(old, changed, &files, &BTreeMap::new())
    }

    #[test]
    fn adding_one_by_one_is_adding_all() {
        for version in [2, 3, 4] {
            let paths = ["a/b", "a/bc", "a/d", "b", "long/enough/to/be/cut", "long/enough/too"];
            let whole = with(&empty(version), 9, &paths).unwrap().finish();
            let mut one_by_one = empty(version);
            for path in [3, 0, 5, 2, 4, 1].map(|place| paths[place]) {
                let staging = with(&one_by_one, 9, &[path]).unwrap();
                assert_eq!(staging.added, [path]);
                one_by_one = staging.finish();
            }
            assert_eq!(one_by_one, whole, "version {version}");
            assert_eq!(with(&whole, 9, &paths[2..4]).unwrap().finish(), whole);
        }
    }

    #[test]
    fn what_is_as_young_as_the_index_is_told_and_can_be_distrusted() {
        let old = with(&empty(2), 9, &["a", "b"]).unwrap().finish();
        let mut staging = with(&old, 1, &["a"]).unwrap();
        let racy = std::mem::take(&mut staging.racy);
        assert_eq!(racy.iter().map(|racy| racy.path.as_slice()).collect::<Vec<_>>(), [b"b"]);
        staging.mark_dirty(&racy[0]);
        let bytes = staging.finish();
        let mut reader = EntryReader::new(&bytes, 2);
        assert_eq!([reader.next().unwrap().size(), reader.next().unwrap().size()], [2, 0]);
        assert!(with(&old, 2, &["a"]).unwrap().racy.is_empty());
    }

    #[test]
    fn what_is_odd_is_left_to_git() {
        let old = with(&empty(2), 9, &["a", "b"]).unwrap().finish();
        assert!(with(&old, 9, &["a/b"]).is_none(), "a file where a folder belongs");
        let deep = with(&empty(2), 9, &["a/b"]).unwrap().finish();
        assert!(with(&deep, 9, &["a"]).is_none(), "a folder where a file belongs");
        for flags in [STAGE, EXTENDED, ASSUMED_VALID] {
            let mut odd = old.clone();
            odd[12 + FACTS] |= u8::try_from(flags >> 8).unwrap();
            assert!(with(&odd, 9, &["a"]).is_none());
        }
        for cut in 0..old.len() {
            assert!(with(&old[..cut], 9, &["a"]).is_none(), "cut at {cut}");
        }
        for extension in [b"link", b"sdir", b"FSMN", b"QUUX"] {
            let mut odd = old[..old.len() - SUM].to_vec();
            odd.extend([extension.as_slice(), &[0; 4 + SUM]].concat());
            assert!(with(&odd, 9, &["a"]).is_none());
        }
    }
}
