//! The entries of git's index, versions 2 to 4: a reader, and the bytes of new entries.

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
    /// The offset after the entries read.
    pub at: usize,
    /// The path of the last entry; in version 4, paths are stored relative to the one before.
    pub path: Vec<u8>,
    /// The path of the entry before it.
    pub previous: Vec<u8>,
}

/// An entry.
pub struct IndexEntry<'a> {
    /// All bytes of the entry.
    pub bytes: &'a [u8],
    /// The offset of the entry in the index.
    pub at: usize,
    /// The offset of the path in the entry.
    pub path_at: usize,
    /// The first 16 bits of flags.
    pub flags: u16,
}

/// Reads the number at an offset.
pub fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> EntryReader<'a> {
    /// Returns a reader of `bytes`, which begin with the header of an index.
    pub const fn new(bytes: &'a [u8], version: u32) -> Self {
        Self { bytes, version, at: 12, path: Vec::new(), previous: Vec::new() }
    }

    /// Reads the next entry; `None` if the bytes are damaged.
    pub fn next(&mut self) -> Option<IndexEntry<'a>> {
        let (at, rest) = (self.at, self.bytes.get(self.at..)?);
        let flags = u16::from_be_bytes(rest.get(FIXED_LENGTH..FIXED_LENGTH + 2)?.try_into().ok()?);
        if flags & EXTENDED != 0 && self.version < 3 {
            return None;
        }
        let path_at = FIXED_LENGTH + if flags & EXTENDED == 0 { 2 } else { 4 };
        let (dropped, begin) = if self.version == 4 { offset(rest, path_at)? } else { (self.path.len(), path_at) };
        std::mem::swap(&mut self.path, &mut self.previous);
        let end = begin + memchr::memchr(0, rest.get(begin..)?)?;
        self.path.clear();
        self.path.extend(&self.previous[..self.previous.len().checked_sub(dropped)?]);
        self.path.extend(&rest[begin..end]);
        let length = if self.version == 4 { end + 1 } else { (end + 8) & !7 };
        let bytes = rest.get(..length)?;
        self.at += length;
        Some(IndexEntry { bytes, at, path_at, flags })
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

    /// Returns true if the entry is that of a plain file, and not marked to be ignored.
    pub fn is_ordinary(&self) -> bool {
        self.flags & (ASSUMED_VALID | EXTENDED) == 0 && self.mode() & 0o170_000 == 0o100_000
    }
}

/// Writes the entry of a new file after the entry with the path `previous`.
pub fn put_entry(index: &mut Vec<u8>, version: u32, previous: &[u8], file: &StagedFile) {
    let begin = index.len();
    index.extend(fixed_part(file));
    let length = u16::try_from(file.path.len()).unwrap_or(NAME_LENGTH).min(NAME_LENGTH);
    index.extend(length.to_be_bytes());
    if version == 4 {
        put_path(index, previous, file.path.as_bytes());
    } else {
        index.extend(file.path.as_bytes());
        let length = (index.len() - begin + 8) & !7;
        index.resize(begin + length, 0);
    }
}

/// Writes a path of version 4, relative to the path before it.
pub fn put_path(index: &mut Vec<u8>, previous: &[u8], path: &[u8]) {
    let common = previous.iter().zip(path).take_while(|(one, other)| one == other).count();
    put_offset(index, previous.len() - common);
    index.extend(&path[common..]);
    index.push(0);
}

/// Returns the bytes of an entry before its flags.
pub fn fixed_part(file: &StagedFile) -> [u8; FIXED_LENGTH] {
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
