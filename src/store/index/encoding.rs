//! Numbers and words as bytes, for a file only this program reads.

use chrono::{DateTime, Utc};

use super::FileStamp;
use crate::domain::id::Id;

/// Bytes in the making.
#[derive(Default)]
pub(super) struct ByteWriter(pub Vec<u8>);

/// Bytes not read yet. Every reader gives `None` once they do not make sense.
pub(super) struct ByteReader<'a>(&'a [u8]);

impl ByteWriter {
    /// A whole number, in as few groups of seven bits as it takes.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub fn words(&mut self, words: &str) {
        self.number(words.len() as u64);
        self.0.extend_from_slice(words.as_bytes());
    }

    /// Words or none: none is a length of zero, since no fact is empty.
    pub fn some_words(&mut self, words: Option<&str>) {
        self.words(words.unwrap_or_default());
    }

    pub fn id(&mut self, id: Id) {
        self.0.extend_from_slice(&id.to_bytes());
    }

    pub fn time(&mut self, time: DateTime<Utc>) {
        self.0.extend_from_slice(&time.timestamp_micros().to_le_bytes());
    }

    pub fn stamp(&mut self, stamp: FileStamp) {
        for number in [stamp.size, stamp.modified.cast_unsigned(), stamp.changed.cast_unsigned(), stamp.inode] {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
    }
}

impl<'a> ByteReader<'a> {
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are not read yet.
    pub const fn left(&self) -> usize {
        self.0.len()
    }

    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.fixed::<1>().map(|[byte]| byte)
    }

    pub fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return T::try_from(number).ok();
            }
        }
        None
    }

    pub fn words(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub fn some_words(&mut self) -> Option<Option<String>> {
        let words = self.words()?;
        Some((!words.is_empty()).then(|| words.to_owned()))
    }

    pub fn id(&mut self) -> Option<Id> {
        self.fixed().map(Id::from_bytes)
    }

    pub fn time(&mut self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(i64::from_le_bytes(self.fixed()?))
    }

    pub fn stamp(&mut self) -> Option<FileStamp> {
        let mut number = || self.fixed().map(u64::from_le_bytes);
        let (size, modified, changed, inode) = (number()?, number()?, number()?, number()?);
        Some(FileStamp { size, modified: modified.cast_signed(), changed: changed.cast_signed(), inode })
    }
}

/// A sum over bytes that a cut or a flipped bit changes. Not for keeping anybody out.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut sum = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let number = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        sum = (sum.rotate_left(23) ^ number).wrapping_mul(FACTOR);
    }
    for &byte in chunks.remainder() {
        sum = (sum.rotate_left(23) ^ u64::from(byte)).wrapping_mul(FACTOR);
    }
    sum
}
