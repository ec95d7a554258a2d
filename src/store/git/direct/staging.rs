//! git's index, in bytes: some entries made true for files, all others kept.
//!
//! Versions 2, 3 and 4. Whatever this does not know for certain - another version, an unmerged path, a split or
//! sparse index, an extension without which the index cannot be read - is left to git.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use super::cache_tree;
use super::objects::Name;
use super::trees::Edited;

/// The bytes of an entry before its flags: ten numbers and the name of its object.
const FACTS: usize = 60;
/// The length of the sum at the end.
const SUM: usize = 20;
const NAME_LENGTH: u16 = 0x0fff;
const STAGE: u16 = 0x3000;
const EXTENDED: u16 = 0x4000;
const ASSUMED_VALID: u16 = 0x8000;

/// What the system tells of a file, in the order the index has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds and nanoseconds of ctime and mtime, device, inode.
    pub begin: [u32; 6],
    /// Owner, group, size.
    pub end: [u32; 3],
}

/// A file whose entry shall be true.
#[derive(Clone, Debug)]
pub struct Staged {
    pub path: String,
    pub stamp: Stamp,
    /// Whether it may be executed.
    pub executable: bool,
    pub name: Name,
}

/// An entry as young as the index it comes from: git compares the file's content, since its stamp alone proves
/// nothing. It keeps that only as long as the index does not become younger.
#[derive(Debug)]
pub struct Racy {
    pub path: Vec<u8>,
    pub mode: u32,
    pub name: Name,
    /// Where its size stands in the new index.
    size_at: usize,
}

/// An index being written anew.
#[derive(Debug)]
pub struct Staging {
    bytes: Vec<u8>,
    /// The paths that came in.
    pub added: Vec<String>,
    pub racy: Vec<Racy>,
    /// Whether there is a sum at the end, or zeros in its place.
    summed: bool,
    /// Whether a cache of untracked files had to go.
    pub forgot_untracked: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    version: u32,
    at: usize,
    /// The path of the entry before, for version 4.
    last: Vec<u8>,
}

struct Entry<'a> {
    bytes: &'a [u8],
    flags: u16,
}

struct Writer {
    bytes: Vec<u8>,
    version: u32,
    count: u32,
    last: Vec<u8>,
    /// Whether the next entry has to be spelt behind another than it was.
    moved: bool,
}

impl Staging {
    /// The index `old`, last changed in the second `changed`, with the files staged, which are in the order of their
    /// paths. `None` if there is anything that git should do itself.
    pub fn new(old: &[u8], changed: i64, files: &[Staged], folders: &BTreeMap<String, Edited>) -> Option<Self> {
        let sum_at = old.len().checked_sub(SUM)?;
        if old.get(..4)? != b"DIRC" {
            return None;
        }
        let (version, count) = (number(old, 4)?, number(old, 8)?);
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut writer = Writer::new(version, old.len() + 256 * files.len());
        let mut reader = Reader { bytes: &old[..sum_at], version, at: 12, last: Vec::new() };
        let (mut added, mut racy) = (Vec::new(), Vec::new());
        let mut files = files.iter().peekable();
        for _ in 0..count {
            let entry = reader.next()?;
            let path = reader.last.as_slice();
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
                        racy.push(Racy { path: path.to_vec(), mode, name, size_at: begin + 36 });
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
        staging.extend(&reader.bytes[reader.at..], folders)?;
        Some(staging)
    }

    /// The extensions behind the entries.
    fn extend(&mut self, mut rest: &[u8], folders: &BTreeMap<String, Edited>) -> Option<()> {
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
    pub fn distrust(&mut self, racy: &Racy) {
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

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> Reader<'a> {
    /// Reads an entry; its path is `last` then.
    fn next(&mut self) -> Option<Entry<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let flags = u16::from_be_bytes(rest.get(FACTS..FACTS + 2)?.try_into().ok()?);
        let mut path_at = FACTS + 2;
        if flags & EXTENDED != 0 {
            if self.version < 3 {
                return None;
            }
            path_at += 2;
        }
        let length = if self.version == 4 {
            let (dropped, behind) = offset(rest, path_at)?;
            self.last.truncate(self.last.len().checked_sub(dropped)?);
            path_at = behind;
            let end = path_at + memchr::memchr(0, rest.get(path_at..)?)?;
            end + 1
        } else {
            self.last.clear();
            let end = path_at + memchr::memchr(0, rest.get(path_at..)?)?;
            (end + 8) & !7
        };
        let bytes = rest.get(..length)?;
        let end = path_at + memchr::memchr(0, &bytes[path_at..])?;
        self.last.extend(&bytes[path_at..end]);
        self.at += length;
        Some(Entry { bytes, flags })
    }
}

impl Entry<'_> {
    fn number(&self, at: usize) -> u32 {
        number(self.bytes, at).unwrap_or_default()
    }

    fn modified(&self) -> u32 {
        self.number(8)
    }

    fn mode(&self) -> u32 {
        self.number(24)
    }

    fn size(&self) -> u32 {
        self.number(36)
    }
}

impl Writer {
    fn new(version: u32, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend(b"DIRC");
        bytes.extend(version.to_be_bytes());
        bytes.extend([0; 4]);
        Self { bytes, version, count: 0, last: Vec::new(), moved: false }
    }

    /// Keeps an entry as it is, and says where it begins.
    fn keep(&mut self, entry: &Entry<'_>, path: &[u8]) -> usize {
        let begin = self.bytes.len();
        if std::mem::take(&mut self.moved) && self.version == 4 {
            let head = if entry.flags & EXTENDED == 0 { FACTS + 2 } else { FACTS + 4 };
            self.bytes.extend(&entry.bytes[..head]);
            self.path(begin, path);
        } else {
            self.bytes.extend(entry.bytes);
            if self.version == 4 {
                self.last.clear();
                self.last.extend(path);
            }
        }
        self.count += 1;
        begin
    }

    /// Makes an entry true for its file. `None` where somebody told git to look away from it, or it is no plain file.
    fn renew(&mut self, entry: &Entry<'_>, path: &[u8], file: &Staged) -> Option<()> {
        if entry.flags & (ASSUMED_VALID | EXTENDED) != 0 || entry.mode() & 0o170_000 != 0o100_000 {
            return None;
        }
        let begin = self.keep(entry, path);
        self.bytes[begin..begin + FACTS].copy_from_slice(&facts(file));
        Some(())
    }

    fn add(&mut self, file: &Staged) {
        let begin = self.bytes.len();
        self.bytes.extend(facts(file));
        let length = u16::try_from(file.path.len()).unwrap_or(NAME_LENGTH).min(NAME_LENGTH);
        self.bytes.extend(length.to_be_bytes());
        self.path(begin, file.path.as_bytes());
        self.count += 1;
        self.moved = true;
    }

    /// Writes the path of the entry that begins there.
    fn path(&mut self, begin: usize, path: &[u8]) {
        if self.version == 4 {
            let common = self.last.iter().zip(path).take_while(|(one, other)| one == other).count();
            put_offset(&mut self.bytes, self.last.len() - common);
            self.bytes.extend(&path[common..]);
            self.bytes.push(0);
            self.last.clear();
            self.last.extend(path);
        } else {
            self.bytes.extend(path);
            let length = (self.bytes.len() - begin + 8) & !7;
            self.bytes.resize(begin + length, 0);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes[8..12].copy_from_slice(&self.count.to_be_bytes());
        self.bytes
    }
}

fn facts(file: &Staged) -> [u8; FACTS] {
    let mode: u32 = if file.executable { 0o100_755 } else { 0o100_644 };
    let mut facts = [0; FACTS];
    let numbers = file.stamp.begin.iter().chain([&mode]).chain(&file.stamp.end);
    for (place, number) in numbers.enumerate() {
        facts[4 * place..4 * place + 4].copy_from_slice(&number.to_be_bytes());
    }
    facts[40..].copy_from_slice(&file.name);
    facts
}

/// The number git writes before a path of version 4, and what is behind it.
fn offset(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut number = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        number = number.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
    }
    Some((number, at + 1))
}

fn put_offset(bytes: &mut Vec<u8>, mut number: usize) {
    let mut digits = vec![number & 0x7f];
    number >>= 7;
    while number > 0 {
        number -= 1;
        digits.push(0x80 | (number & 0x7f));
        number >>= 7;
    }
    bytes.extend(digits.iter().rev().filter_map(|digit| u8::try_from(*digit).ok()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_written() {
        for number in [0, 1, 127, 128, 129, 16_511, 16_512, 1_000_000] {
            let mut bytes = vec![];
            put_offset(&mut bytes, number);
            assert_eq!(offset(&bytes, 0), Some((number, bytes.len())));
        }
        assert_eq!(offset(&[0x80], 0), None);
    }

    fn staged(path: &str) -> Staged {
        let stamp = Stamp { begin: [1; 6], end: [2; 3] };
        Staged { path: path.to_owned(), stamp, executable: false, name: [3; 20] }
    }

    fn empty(version: u32) -> Vec<u8> {
        let mut bytes = Writer::new(version, 0).finish();
        let sum = Sha1::digest(&bytes);
        bytes.extend(sum);
        bytes
    }

    fn with(old: &[u8], changed: i64, paths: &[&str]) -> Option<Staging> {
        let files: Vec<Staged> = paths.iter().map(|path| staged(path)).collect();
        Staging::new(old, changed, &files, &BTreeMap::new())
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
        staging.distrust(&racy[0]);
        let bytes = staging.finish();
        let mut reader = Reader { bytes: &bytes, version: 2, at: 12, last: vec![] };
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
        for extension in [b"link", b"sdir", b"FSMN", b"XXXX"] {
            let mut odd = old[..old.len() - SUM].to_vec();
            odd.extend([extension.as_slice(), &[0; 4 + SUM]].concat());
            assert!(with(&odd, 9, &["a"]).is_none());
        }
    }
}
