//! The texts of all tickets side by side in one derived file, so that a search reads one file instead of all tickets.
//! Deleting it costs only time.
//!
//! It is a sequence of segments: a head, a row per ticket, and the records of these tickets. The first search writes
//! the tickets in the order of their ids; a later one appends a segment for the tickets that have changed since. A row
//! is valid while the stamp of the ticket's file is the same, and a later row replaces an earlier one. Heads, rows and
//! records have their own checksums; an invalid head ends the file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::encoding::{ByteReader, ByteWriter, sum, wide_sum};
use super::{CorruptIndex, FileStamp, publish};
use crate::domain::id::Id;
use crate::domain::ticket::texts::{EntryText, TicketTexts};
use crate::store::files::new_shared_file;

/// The name of the file in the state directory.
const NAME: &str = "texts";
/// The type and version of the file.
const MAGIC: &[u8; 8] = b"casetx\x00\x01";
/// The size of a segment's head: the number of rows, the length of the records, the first and the last id, the checksum
/// of the rows, and that of the head.
const HEAD: usize = 64;
/// The size of a row: the id, the stamp, and the length and the checksum of the record.
const ROW: usize = 56;
/// The number of segments above which the file is written again.
const MANY_SEGMENTS: usize = 1 << 13;

/// The file of texts.
#[derive(Debug)]
pub struct TextsFile {
    file: File,
    path: PathBuf,
    /// The segments in the order of their ids, which do not overlap.
    segments: Vec<Segment>,
    /// The rows of all other segments. They replace rows of `segments`.
    later: BTreeMap<Id, TextsRow>,
    /// The number of rows.
    rows: usize,
    /// The number of bytes of the records outside `segments`, each of which replaces another one.
    waste: u64,
    /// The offset after the last segment.
    end: u64,
}

/// The head of a segment.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// The offset of the rows.
    start: u64,
    count: usize,
    /// The length of the records in bytes.
    length: u64,
    first: Id,
    last: Id,
    /// The checksum of the rows.
    sum: u64,
}

/// The row of a ticket.
#[derive(Clone, Copy, Debug)]
struct TextsRow {
    id: Id,
    stamp: FileStamp,
    /// The offset of the record.
    start: u64,
    length: u32,
    sum: u32,
}

/// The texts of a ticket, to be written.
#[derive(Clone, Debug)]
pub struct NewTexts {
    id: Id,
    stamp: FileStamp,
    record: Vec<u8>,
}

/// The records of some tickets that follow each other.
#[derive(Debug, Default)]
pub struct TextsBatch {
    rows: Vec<(TextsRow, Range<usize>)>,
    bytes: Vec<u8>,
    /// True if a part of the file is corrupt.
    pub is_corrupt: bool,
}

/// The record of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct TextsRecord<'a> {
    id: Id,
    /// The subject and the texts of the entries, in their order.
    pub texts: &'a [u8],
    heads: &'a [u8],
}

impl NewTexts {
    /// Encodes the texts of a ticket. The stamp is that of its file, which had not changed for a moment before it was
    /// read.
    pub fn of(texts: &TicketTexts<'_>, stamp: FileStamp) -> Self {
        let mut heads = ByteWriter::default();
        heads.number(texts.subject.len() as u64);
        let mut joined = format!("{}\n", texts.subject);
        for entry in &texts.entries {
            heads.id(entry.id);
            heads.time(entry.at);
            heads.text(&entry.by);
            heads.number(entry.is_internal.into());
            heads.number(entry.text.len() as u64);
            joined.push_str(&entry.text);
        }
        let mut record = ByteWriter(Vec::with_capacity(joined.len() + heads.0.len() + 4));
        record.number(joined.len() as u64);
        record.0.extend_from_slice(joined.as_bytes());
        record.0.extend_from_slice(&heads.0);
        Self { id: texts.id, stamp, record: record.0 }
    }

    /// Returns the id of the ticket.
    pub const fn id(&self) -> Id {
        self.id
    }

    /// Returns the number of bytes of the record.
    pub const fn length(&self) -> usize {
        self.record.len()
    }
}

impl<'a> TextsRecord<'a> {
    fn of(id: Id, record: &'a [u8]) -> Option<Self> {
        let mut reader = ByteReader::of(record);
        let length = reader.number()?;
        Some(Self { id, texts: reader.take(length)?, heads: reader.take(reader.left())? })
    }

    /// Decodes the record. `None` if it is corrupt.
    pub fn decode(&self) -> Option<TicketTexts<'a>> {
        self.decode_found(|_, from| Some(from))
    }

    /// Decodes the subject, and the entries in which something is found: `find` returns the next place of it in the
    /// texts. `None` if the record is corrupt.
    pub fn decode_found(&self, find: impl Fn(&[u8], usize) -> Option<usize>) -> Option<TicketTexts<'a>> {
        let mut reader = ByteReader::of(self.heads);
        let texts = std::str::from_utf8(self.texts).ok()?;
        let (subject, rest) = texts.split_at_checked(reader.number()?)?;
        let mut start = texts.len() - rest.strip_prefix('\n')?.len();
        let (mut entries, mut found) = (Vec::new(), find(self.texts, start));
        while let Some(place) = found
            && reader.left() > 0
        {
            let (id, at, by) = (reader.id()?, reader.time()?, Cow::Borrowed(reader.text()?));
            let is_internal = reader.number::<u8>()? == 1;
            let end = start + reader.number::<usize>()?;
            let text = Cow::Borrowed(texts.get(start..end)?);
            start = end;
            if place < end {
                entries.push(EntryText { id, at, by, is_internal, text });
                found = if start < texts.len() { find(self.texts, start) } else { None };
            }
        }
        Some(TicketTexts { id: self.id, subject: Cow::Borrowed(subject), entries })
    }
}

impl Segment {
    /// Reads the head at an offset. `None` if there is no valid one, or the segment is longer than the file.
    fn read(file: &File, start: u64, size: u64) -> Option<Self> {
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, start).ok()?;
        let mut reader = ByteReader::of(&head);
        let count = u64::from_le_bytes(reader.fixed()?);
        let length = u64::from_le_bytes(reader.fixed()?);
        let (first, last) = (reader.id()?, reader.id()?);
        let rows = u64::from_le_bytes(reader.fixed()?);
        let is_whole = sum(&head[..HEAD - 8]).to_le_bytes() == head[HEAD - 8..];
        let segment =
            Self { start: start + HEAD as u64, count: usize::try_from(count).ok()?, length, first, last, sum: rows };
        (is_whole && segment.end() <= size).then_some(segment)
    }

    /// Encodes a segment: its head, and its rows and records.
    fn encode(new: &[NewTexts]) -> (Vec<u8>, Vec<u8>) {
        let mut body = ByteWriter::default();
        for ticket in new {
            body.id(ticket.id);
            body.stamp(ticket.stamp);
            body.0.extend_from_slice(&u32::try_from(ticket.record.len()).unwrap_or(u32::MAX).to_le_bytes());
            body.0.extend_from_slice(&record_sum(&ticket.record).to_le_bytes());
        }
        let rows = sum(&body.0);
        new.iter().for_each(|ticket| body.0.extend_from_slice(&ticket.record));
        let (count, length) = (new.len() as u64, (body.0.len() - new.len() * ROW) as u64);
        let mut head = ByteWriter::default();
        head.0.extend_from_slice(&count.to_le_bytes());
        head.0.extend_from_slice(&length.to_le_bytes());
        new.first().into_iter().chain(new.last()).for_each(|ticket| head.id(ticket.id));
        head.0.extend_from_slice(&rows.to_le_bytes());
        let own = sum(&head.0);
        head.0.extend_from_slice(&own.to_le_bytes());
        (head.0, body.0)
    }

    /// Returns the offset after the segment.
    const fn end(&self) -> u64 {
        self.start + (self.count * ROW) as u64 + self.length
    }

    /// Decodes the rows at the start of the segment's bytes. `None` if they are corrupt.
    fn rows(&self, bytes: &[u8]) -> Option<Vec<TextsRow>> {
        let bytes = bytes.get(..self.count * ROW).filter(|bytes| sum(bytes) == self.sum)?;
        let mut reader = ByteReader::of(bytes);
        let mut rows = Vec::with_capacity(self.count);
        let mut start = self.start + bytes.len() as u64;
        for _ in 0..self.count {
            let (id, stamp) = (reader.id()?, reader.stamp()?);
            let (length, sum) = (u32::from_le_bytes(reader.fixed()?), u32::from_le_bytes(reader.fixed()?));
            rows.push(TextsRow { id, stamp, start, length, sum });
            start += u64::from(length);
        }
        Some(rows)
    }
}

impl TextsFile {
    /// Opens the file in a state directory. `None` if there is no valid one.
    pub fn load(folder: &Path) -> Option<Self> {
        let path = folder.join(NAME);
        let file = File::open(&path).ok()?;
        let mut magic = [0; MAGIC.len()];
        file.read_exact_at(&mut magic, 0).ok()?;
        let size = file.metadata().ok()?.size();
        let (segments, later) = Default::default();
        let mut texts = Self { file, path, segments, later, rows: 0, waste: 0, end: MAGIC.len() as u64 };
        let mut last = None;
        while let Some(segment) = Segment::read(&texts.file, texts.end, size) {
            if last.is_none_or(|last| segment.first > last) {
                texts.segments.push(segment);
            } else {
                let mut bytes = vec![0; segment.count * ROW];
                texts.file.read_exact_at(&mut bytes, segment.start).ok()?;
                for row in segment.rows(&bytes)? {
                    texts.waste += u64::from(row.length);
                    texts.later.insert(row.id, row);
                }
            }
            last = last.max(Some(segment.last));
            texts.rows += segment.count;
            texts.end = segment.end();
        }
        (magic == *MAGIC).then_some(texts)
    }

    /// Reads the records of some tickets, which are sorted and follow each other in the desk. The bytes of an older batch
    /// are used again.
    pub fn batch(&self, ids: &[Id], older: TextsBatch) -> TextsBatch {
        let mut batch = TextsBatch { bytes: older.bytes, ..TextsBatch::default() };
        let mut place = 0;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return batch };
        let begin = self.segments.partition_point(|segment| segment.last < *first);
        for segment in self.segments[begin..].iter().take_while(|segment| segment.first <= *last) {
            let bytes = batch.room(place, (segment.end() - segment.start) as usize);
            let read = self.file.read_exact_at(bytes, segment.start);
            let Some(rows) = read.ok().and_then(|()| segment.rows(bytes)) else {
                batch.is_corrupt = true;
                continue;
            };
            for row in rows.into_iter().filter(|row| !self.later.contains_key(&row.id)) {
                let start = place + (row.start - segment.start) as usize;
                batch.rows.push((row, start..start + row.length as usize));
            }
            place += (segment.end() - segment.start) as usize;
        }
        for row in self.later.range(first..=last).map(|(_, row)| row) {
            let length = row.length as usize;
            let read = self.file.read_exact_at(batch.room(place, length), row.start);
            batch.is_corrupt |= read.is_err();
            batch.rows.push((*row, place..place + length));
            place += length;
        }
        batch.rows.sort_unstable_by_key(|(row, _)| row.id);
        batch
    }

    /// Appends the texts of tickets, sorted by id, unless another process has changed the file since it was opened.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn append(&self, new: &[NewTexts]) -> io::Result<()> {
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let (opened, current) = (self.file.metadata()?, file.metadata()?);
        if opened.ino() != current.ino() || file.try_lock().is_err() {
            return Ok(());
        }
        if Segment::read(&file, self.end, file.metadata()?.size()).is_some() {
            return Ok(());
        }
        // The head is written last: before that, the new bytes are not part of the file. An incomplete segment of a
        // killed process is replaced.
        let (head, body) = Segment::encode(new);
        file.set_len(self.end)?;
        file.write_all_at(&body, self.end + HEAD as u64)?;
        file.write_all_at(&head, self.end)
    }

    /// Returns true if the file should be written again instead of appending `new`: more than a quarter of it is waste.
    /// `tickets` is the number of tickets of the desk.
    pub fn is_wasteful(&self, new: &[NewTexts], tickets: usize) -> bool {
        let replaced: usize = new.iter().map(NewTexts::length).sum();
        (self.waste + replaced as u64) * 4 > self.end
            || self.rows.saturating_sub(tickets) * 4 > self.rows
            || self.segments.len() > MANY_SEGMENTS
    }

    /// Writes the file again, with the records of some batches of tickets. A ticket in `changed` gets its new texts, or
    /// none.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn rewrite<'i>(
        &self,
        folder: &Path,
        batches: impl Iterator<Item = &'i [Id]>,
        changed: &BTreeMap<Id, Option<NewTexts>>,
    ) -> io::Result<()> {
        let mut writer = TextsWriter::begin(folder)?;
        let mut batch = TextsBatch::default();
        for ids in batches {
            batch = self.batch(ids, batch);
            let kept = |id: &Id| match changed.get(id) {
                Some(new) => new.clone(),
                None => batch.copy(*id),
            };
            writer.add(&ids.iter().filter_map(kept).collect::<Vec<_>>())?;
        }
        writer.finish()
    }

    /// Deletes the file in a state directory.
    pub fn delete(folder: &Path) {
        // If it cannot be deleted, it is read again the next time, and only its valid rows count.
        let _ = fs::remove_file(folder.join(NAME));
    }
}

impl TextsBatch {
    /// Returns the bytes at a place, which are zeroed only when the buffer grows.
    fn room(&mut self, place: usize, length: usize) -> &mut [u8] {
        if self.bytes.len() < place + length {
            self.bytes.resize(place + length, 0);
        }
        &mut self.bytes[place..place + length]
    }

    fn find(&self, id: Id) -> Option<(&TextsRow, &[u8])> {
        let place = self.rows.binary_search_by_key(&id, |(row, _)| row.id).ok()?;
        let (row, range) = &self.rows[place];
        Some((row, self.bytes.get(range.clone())?))
    }

    /// Returns the record of a ticket whose file has this stamp now; `None` if the file has changed since.
    ///
    /// # Errors
    /// The record is corrupt.
    pub fn record(&self, id: Id, stamp: FileStamp) -> Result<Option<TextsRecord<'_>>, CorruptIndex> {
        match self.find(id) {
            Some((row, bytes)) if row.stamp == stamp && stamp != FileStamp::default() => {
                let record = if record_sum(bytes) == row.sum { TextsRecord::of(id, bytes) } else { None };
                record.map(Some).ok_or(CorruptIndex)
            }
            _ => Ok(None),
        }
    }

    /// Returns the entries in the record of a ticket as it was.
    pub fn entries(&self, id: Id) -> Vec<Id> {
        let record = self.find(id).filter(|(row, bytes)| record_sum(bytes) == row.sum);
        let texts = record.and_then(|(_, bytes)| TextsRecord::of(id, bytes)?.decode());
        texts.map(|texts| texts.entries.iter().map(|entry| entry.id).collect()).unwrap_or_default()
    }

    fn copy(&self, id: Id) -> Option<NewTexts> {
        let (row, bytes) = self.find(id).filter(|(row, bytes)| record_sum(bytes) == row.sum)?;
        Some(NewTexts { id, stamp: row.stamp, record: bytes.to_vec() })
    }
}

/// A file of texts that is being written.
#[derive(Debug)]
pub struct TextsWriter {
    out: BufWriter<tempfile::NamedTempFile>,
    target: PathBuf,
}

impl TextsWriter {
    /// Creates a temporary file in the state directory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 16, new_shared_file(folder)?);
        out.write_all(MAGIC)?;
        Ok(Self { out, target: folder.join(NAME) })
    }

    /// Adds the texts of tickets in the order of their ids.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, new: &[NewTexts]) -> io::Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let (head, body) = Segment::encode(new);
        self.out.write_all(&head)?;
        self.out.write_all(&body)
    }

    /// Moves the file into its place.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(self) -> io::Result<()> {
        publish(self.out, &self.target)
    }
}

fn record_sum(record: &[u8]) -> u32 {
    let sum = wide_sum(record);
    (sum ^ (sum >> 32)) as u32
}
