//! The entries of git's index, versions 2 to 4: a reader and a writer.

use super::objects::ObjectId;

/// The number of bytes of an entry before its flags: ten numbers and the name of its object.
pub const FIXED_LENGTH: usize = 60;
/// The bits of the flags for the length of the path.
const NAME_LENGTH: u16 = 0x0fff;
/// The bits of the flags for the stage of a conflict.
pub const STAGE: u16 = 0x3000;
/// The flag of an entry with two more bytes of flags, such as `skip-worktree`.
pub const EXTENDED: u16 = 0x4000;
/// The flag `assume-unchanged`.
pub const ASSUMED_VALID: u16 = 0x8000;

/// The metadata of a file, in the order of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexStamp {
    /// The seconds and nanoseconds of ctime and mtime, the device and the inode.
    pub begin: [u32; 6],
    /// The owner, group and size.
    pub end: [u32; 3],
}

/// A file whose entry will be written.
#[derive(Clone, Debug)]
pub struct StagedFile {
    /// The path, relative to the root of the work tree.
    pub path: String,
    /// The metadata.
    pub stamp: IndexStamp,
    /// True if the file is executable.
    pub executable: bool,
    /// The object.
    pub name: ObjectId,
}

/// A reader of entries, in their order.
pub struct EntryReader<'a> {
    bytes: &'a [u8],
    version: u32,
    at: usize,
    /// The path of the previous entry; in version 4, paths are stored relative to it.
    last: Vec<u8>,
}

/// An entry.
pub struct IndexEntry<'a> {
    /// All bytes of the entry.
    pub bytes: &'a [u8],
    /// The first 16 bits of flags.
    pub flags: u16,
}

/// A writer of entries, in their order.
pub struct EntryWriter {
    bytes: Vec<u8>,
    version: u32,
    count: u32,
    last: Vec<u8>,
    /// True if the next entry has another predecessor than before, so that its path must be written anew in version 4.
    moved: bool,
}

/// Reads the number at an offset.
pub fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> EntryReader<'a> {
    /// Returns a reader of `bytes`, which begin with the header of an index.
    pub const fn new(bytes: &'a [u8], version: u32) -> Self {
        Self { bytes, version, at: 12, last: Vec::new() }
    }

    /// Returns the path of the entry that was read last.
    pub fn path(&self) -> &[u8] {
        &self.last
    }

    /// Returns the bytes after the entries read.
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Reads the next entry; `None` if the bytes are damaged.
    pub fn next(&mut self) -> Option<IndexEntry<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let flags = u16::from_be_bytes(rest.get(FIXED_LENGTH..FIXED_LENGTH + 2)?.try_into().ok()?);
        let mut path_at = FIXED_LENGTH + 2;
        if flags & EXTENDED != 0 {
            if self.version < 3 {
                return None;
            }
            path_at += 2;
        }
        if self.version == 4 {
            let (dropped, next) = offset(rest, path_at)?;
            self.last.truncate(self.last.len().checked_sub(dropped)?);
            path_at = next;
        } else {
            self.last.clear();
        }
        let end = path_at + memchr::memchr(0, rest.get(path_at..)?)?;
        self.last.extend(&rest[path_at..end]);
        let length = if self.version == 4 { end + 1 } else { (end + 8) & !7 };
        let bytes = rest.get(..length)?;
        self.at += length;
        Some(IndexEntry { bytes, flags })
    }
}

impl IndexEntry<'_> {
    fn number(&self, at: usize) -> u32 {
        number(self.bytes, at).unwrap_or_default()
    }

    /// Returns the seconds of the mtime.
    pub fn modified(&self) -> u32 {
        self.number(8)
    }

    /// Returns the mode.
    pub fn mode(&self) -> u32 {
        self.number(24)
    }

    /// Returns the size.
    pub fn size(&self) -> u32 {
        self.number(36)
    }
}

impl EntryWriter {
    /// Returns a writer of an index without entries, with room for `capacity` bytes.
    pub fn new(version: u32, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend(b"DIRC");
        bytes.extend(version.to_be_bytes());
        bytes.extend([0; 4]);
        Self { bytes, version, count: 0, last: Vec::new(), moved: false }
    }

    /// Copies an entry, and returns the offset at which it begins.
    pub fn keep(&mut self, entry: &IndexEntry<'_>, path: &[u8]) -> usize {
        let begin = self.bytes.len();
        if std::mem::take(&mut self.moved) && self.version == 4 {
            let head = if entry.flags & EXTENDED == 0 { FIXED_LENGTH + 2 } else { FIXED_LENGTH + 4 };
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

    /// Replaces the metadata and object of an entry. `None` if the entry is marked to be ignored, or is not a plain
    /// file.
    pub fn renew(&mut self, entry: &IndexEntry<'_>, path: &[u8], file: &StagedFile) -> Option<()> {
        if entry.flags & (ASSUMED_VALID | EXTENDED) != 0 || entry.mode() & 0o170_000 != 0o100_000 {
            return None;
        }
        let begin = self.keep(entry, path);
        self.bytes[begin..begin + FIXED_LENGTH].copy_from_slice(&fixed_part(file));
        Some(())
    }

    /// Adds an entry for a new file.
    pub fn add(&mut self, file: &StagedFile) {
        let begin = self.bytes.len();
        self.bytes.extend(fixed_part(file));
        let length = u16::try_from(file.path.len()).unwrap_or(NAME_LENGTH).min(NAME_LENGTH);
        self.bytes.extend(length.to_be_bytes());
        self.path(begin, file.path.as_bytes());
        self.count += 1;
        self.moved = true;
    }

    /// Writes the path of the entry that begins at `begin`.
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

    /// Writes the number of entries into the header, and returns the bytes.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes[8..12].copy_from_slice(&self.count.to_be_bytes());
        self.bytes
    }
}

/// Returns the bytes of an entry before its flags.
fn fixed_part(file: &StagedFile) -> [u8; FIXED_LENGTH] {
    let mode: u32 = if file.executable { 0o100_755 } else { 0o100_644 };
    let mut bytes = [0; FIXED_LENGTH];
    let numbers = file.stamp.begin.iter().chain([&mode]).chain(&file.stamp.end);
    for (place, number) in numbers.enumerate() {
        bytes[4 * place..4 * place + 4].copy_from_slice(&number.to_be_bytes());
    }
    bytes[40..].copy_from_slice(&file.name);
    bytes
}

/// Reads the number before a path of version 4, and returns the offset after it.
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

/// Writes the number before a path of version 4.
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
}
