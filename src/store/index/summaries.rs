//! Summaries in packed form: a list of a million tickets is kept in memory before it is sorted.

use super::summary;
use crate::domain::id::Id;
use crate::domain::ticket::summary::Summary;

/// Packed summaries in an order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    chunks: Vec<Vec<u8>>,
    places: Vec<SummaryPlace>,
}

/// The place of a packed summary.
#[derive(Clone, Copy, Debug)]
struct SummaryPlace {
    id: Id,
    chunk: u32,
    start: u32,
    length: u32,
    asks_for_manager: bool,
}

/// The size in bytes at which a chunk is full.
const CHUNK: usize = 1 << 18;

impl Rows {
    /// Appends a summary.
    pub fn push(&mut self, summary: &Summary) {
        let mut bytes = Vec::with_capacity(192);
        summary::write_summary(&mut bytes, summary);
        self.push_packed(summary, &bytes);
    }

    /// Appends a summary that is packed already.
    pub(super) fn push_packed(&mut self, summary: &Summary, packed: &[u8]) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() >= CHUNK) {
            self.chunks.push(Vec::new());
        }
        let chunk = self.chunks.len() - 1;
        let bytes = &mut self.chunks[chunk];
        let number = |number: usize| u32::try_from(number).expect("a chunk is small, and so is a ticket's header");
        self.places.push(SummaryPlace {
            id: summary.id,
            asks_for_manager: summary.awaits_manager(),
            chunk: number(chunk),
            start: number(bytes.len()),
            length: number(packed.len()),
        });
        bytes.extend_from_slice(packed);
    }

    /// Appends other summaries.
    pub fn append(&mut self, other: Self) {
        let offset = u32::try_from(self.chunks.len()).expect("chunks are counted in 32 bits");
        self.chunks.extend(other.chunks);
        let moved = |place: SummaryPlace| SummaryPlace { chunk: place.chunk + offset, ..place };
        self.places.extend(other.places.into_iter().map(moved));
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
        self.places.iter().map(|place| self.at(place))
    }

    /// Unpacks the summary of a ticket. The summaries must be in the order of ids.
    pub fn of(&self, ticket: Id) -> Option<Summary> {
        let place = self.places.binary_search_by_key(&ticket, |place| place.id).ok()?;
        Some(self.at(&self.places[place]))
    }

    fn at(&self, place: &SummaryPlace) -> Summary {
        let bytes = &self.chunks[place.chunk as usize][place.start as usize..][..place.length as usize];
        summary::read_summary(place.id, bytes)
            .expect("summaries are packed here, or unpacked once before they are added")
    }

    /// Keeps only the first `count` summaries.
    pub fn truncate(&mut self, count: usize) {
        self.places.truncate(count);
    }

    /// Moves tickets that await a manager's response to the front; otherwise the order stays.
    pub fn escalated_first(&mut self) {
        if self.places.iter().any(|place| place.asks_for_manager) {
            self.places.sort_by_key(|place| !place.asks_for_manager);
        }
    }

    /// Sorts by id.
    pub fn sort_by_id(&mut self) {
        self.places.sort_unstable_by_key(|place| place.id);
    }

    /// Sorts by a key; summaries with equal keys keep their order.
    pub fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&Summary) -> K) {
        let mut places = std::mem::take(&mut self.places);
        places.sort_by_cached_key(|place| key(&self.at(place)));
        self.places = places;
    }
}

impl FromIterator<Summary> for Rows {
    fn from_iter<I: IntoIterator<Item = Summary>>(rows: I) -> Self {
        let mut packed = Self::default();
        rows.into_iter().for_each(|row| packed.push(&row));
        packed
    }
}
