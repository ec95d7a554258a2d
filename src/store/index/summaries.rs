//! Summaries in packed form. A list of a million tickets is kept before it is sorted: the first ones in memory, the others
//! only by their places in the index.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::summary;
use crate::domain::id::Id;
use crate::domain::ticket::summary::Summary;

/// Packed summaries in an order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    chunks: Vec<Vec<u8>>,
    places: Vec<SummaryPlace>,
    /// The index from which the summaries were read.
    index: Option<Arc<File>>,
    /// Until the summaries are appended to others: the offset of each in the index; 0 if it is not there.
    offsets: Vec<u64>,
}

/// The place of a packed summary.
#[derive(Clone, Copy, Debug)]
struct SummaryPlace {
    id: Id,
    /// The chunk and the offset in it, 32 bits each; or the offset in the index.
    start: u64,
    length: u32,
    is_in_index: bool,
}

/// The size in bytes at which a chunk is full.
const CHUNK: usize = 1 << 18;
/// The number of summaries that are kept in memory, as far as the others are in the index.
const MANY: usize = 1 << 17;
/// The number of bytes that are read at once if the summaries are next to each other in the index.
const AHEAD: usize = 1 << 16;

impl Rows {
    /// Returns no summaries yet; some will be read from an index.
    pub(super) fn of_index(index: &Arc<File>) -> Self {
        Self { index: Some(Arc::clone(index)), ..Self::default() }
    }

    /// Appends a summary.
    pub fn push(&mut self, summary: &Summary) {
        let mut bytes = Vec::with_capacity(192);
        summary::write_summary(&mut bytes, summary);
        self.push_packed(summary, &bytes, 0);
    }

    /// Appends a summary that is packed already, at an offset in the index; 0 if it is not there.
    pub(super) fn push_packed(&mut self, summary: &Summary, packed: &[u8], offset: u64) {
        self.offsets.push(offset);
        self.push_bytes(SummaryPlace { id: summary.id, start: 0, length: 0, is_in_index: false }, packed);
    }

    fn push_bytes(&mut self, place: SummaryPlace, packed: &[u8]) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() >= CHUNK) {
            self.chunks.push(Vec::new());
        }
        let chunk = self.chunks.len() - 1;
        let bytes = &mut self.chunks[chunk];
        let start = (chunk << 32 | bytes.len()) as u64;
        let length = u32::try_from(packed.len()).expect("a chunk is small, and so is a ticket's header");
        self.places.push(SummaryPlace { start, length, ..place });
        bytes.extend_from_slice(packed);
    }

    /// Appends other summaries.
    pub fn append(&mut self, other: Self) {
        self.index = self.index.take().or_else(|| other.index.clone());
        self.offsets = Vec::new();
        let keeps_offsets = self.places.len() >= MANY && other.offsets.len() == other.places.len();
        if !keeps_offsets {
            let added = (self.chunks.len() as u64) << 32;
            self.chunks.extend(other.chunks);
            let moved = |place: SummaryPlace| {
                let start = if place.is_in_index { place.start } else { place.start + added };
                SummaryPlace { start, ..place }
            };
            self.places.extend(other.places.into_iter().map(moved));
            return;
        }
        for (place, offset) in other.places.iter().zip(&other.offsets) {
            match offset {
                0 => self.push_bytes(*place, other.in_memory(place)),
                start => self.places.push(SummaryPlace { start: *start, is_in_index: true, ..*place }),
            }
        }
    }

    /// Returns the number of summaries.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns true if there are no summaries.
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns the ids of the tickets, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = Id> + Clone {
        self.places.iter().map(|place| place.id)
    }

    /// Unpacks the summaries, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Summary> {
        let mut reader = SummaryReader { rows: self, bytes: Vec::new(), start: 0 };
        self.places.iter().map(move |place| reader.unpack(place))
    }

    /// Unpacks the summary of a ticket. The summaries must be in the order of ids.
    pub fn of(&self, ticket: Id) -> Option<Summary> {
        let place = self.places.binary_search_by_key(&ticket, |place| place.id).ok()?;
        Some(SummaryReader { rows: self, bytes: Vec::new(), start: 0 }.unpack(&self.places[place]))
    }

    fn in_memory(&self, place: &SummaryPlace) -> &[u8] {
        let (chunk, start) = ((place.start >> 32) as usize, place.start as u32 as usize);
        &self.chunks[chunk][start..][..place.length as usize]
    }

    /// Keeps only the first `count` summaries.
    pub fn truncate(&mut self, count: usize) {
        self.places.truncate(count);
    }

    /// Sorts by id.
    pub fn sort_by_id(&mut self) {
        self.reorder(|places| places.sort_unstable_by_key(|place| place.id));
    }

    /// Sorts by a key of each id; summaries with equal keys keep their order.
    pub fn sort_by_id_key<K: Ord>(&mut self, key: impl Fn(Id) -> K) {
        self.reorder(|places| places.sort_by_cached_key(|place| key(place.id)));
    }

    /// Sorts by a key; summaries with equal keys keep their order.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&Summary) -> K) {
        let mut keys: Vec<(K, SummaryPlace)> =
            self.iter().map(|summary| key(&summary)).zip(self.places.clone()).collect();
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.reorder(|places| *places = keys.into_iter().map(|(_, place)| place).collect());
    }

    /// Changes the order of the places, which then differs from that of the offsets.
    fn reorder(&mut self, order: impl FnOnce(&mut Vec<SummaryPlace>)) {
        self.offsets = Vec::new();
        order(&mut self.places);
    }
}

/// A reader of packed summaries, which reads ahead in the index.
struct SummaryReader<'a> {
    rows: &'a Rows,
    /// The bytes that were read from the index, and their offset.
    bytes: Vec<u8>,
    start: u64,
}

impl SummaryReader<'_> {
    fn unpack(&mut self, place: &SummaryPlace) -> Summary {
        let packed = if place.is_in_index { self.in_index(place) } else { Some(self.rows.in_memory(place)) };
        packed
            .and_then(|packed| summary::read_summary(place.id, packed))
            .expect("summaries are packed here, or unpacked once before they are added")
    }

    fn in_index(&mut self, place: &SummaryPlace) -> Option<&[u8]> {
        let length = place.length as usize;
        let is_read = |reader: &Self| {
            let from = usize::try_from(place.start.checked_sub(reader.start)?).ok()?;
            (from + length <= reader.bytes.len()).then_some(from)
        };
        if is_read(self).is_none() {
            let is_next = place.start.abs_diff(self.start + self.bytes.len() as u64) < AHEAD as u64;
            self.bytes.resize(if is_next { AHEAD.max(length) } else { length }, 0);
            self.start = place.start;
            let mut read = 0;
            while read < length {
                let index = self.rows.index.as_ref()?;
                read +=
                    Some(index.read_at(&mut self.bytes[read..], self.start + read as u64).ok()?).filter(|n| *n > 0)?;
            }
            self.bytes.truncate(read);
        }
        let from = is_read(self)?;
        self.bytes.get(from..from + length)
    }
}

impl FromIterator<Summary> for Rows {
    fn from_iter<I: IntoIterator<Item = Summary>>(rows: I) -> Self {
        let mut packed = Self::default();
        rows.into_iter().for_each(|row| packed.push(&row));
        packed
    }
}
