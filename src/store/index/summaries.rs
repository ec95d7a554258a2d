//! Rows in as little room as they take: a list of a million tickets is held in memory before it is sorted.

use super::summary;
use crate::domain::id::Id;
use crate::domain::ticket::summary::Summary;

/// Rows in an order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pieces: Vec<Vec<u8>>,
    places: Vec<FactsPlace>,
}

/// Where the facts of a row lie.
#[derive(Clone, Copy, Debug)]
struct FactsPlace {
    id: Id,
    piece: u32,
    start: u32,
    length: u32,
    asks_for_manager: bool,
}

/// When a piece is full.
const PIECE: usize = 1 << 18;

impl Rows {
    /// Adds a row at the end.
    pub fn push(&mut self, row: &Summary) {
        let mut bytes = Vec::with_capacity(192);
        summary::write_summary(&mut bytes, row);
        self.push_packed(row, &bytes);
    }

    /// Adds a row that is packed already.
    pub(super) fn push_packed(&mut self, row: &Summary, facts: &[u8]) {
        if self.pieces.last().is_none_or(|piece| piece.len() >= PIECE) {
            self.pieces.push(Vec::new());
        }
        let piece = self.pieces.len() - 1;
        let bytes = &mut self.pieces[piece];
        let number = |number: usize| u32::try_from(number).expect("a piece is small, and so is a ticket's header");
        self.places.push(FactsPlace {
            id: row.id,
            asks_for_manager: row.awaits_manager(),
            piece: number(piece),
            start: number(bytes.len()),
            length: number(facts.len()),
        });
        bytes.extend_from_slice(facts);
    }

    /// Adds the rows of another at the end.
    pub fn append(&mut self, other: Self) {
        let behind = u32::try_from(self.pieces.len()).expect("pieces are counted in 32 bits");
        self.pieces.extend(other.pieces);
        self.places.extend(other.places.into_iter().map(|place| FactsPlace { piece: place.piece + behind, ..place }));
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whose they are, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = Id> + Clone {
        self.places.iter().map(|place| place.id)
    }

    /// Each in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Summary> {
        self.places.iter().map(|place| self.at(place))
    }

    /// The row of a ticket, where they are in the order of ids.
    pub fn of(&self, ticket: Id) -> Option<Summary> {
        let place = self.places.binary_search_by_key(&ticket, |place| place.id).ok()?;
        Some(self.at(&self.places[place]))
    }

    fn at(&self, place: &FactsPlace) -> Summary {
        let bytes = &self.pieces[place.piece as usize][place.start as usize..][..place.length as usize];
        summary::summary_of(place.id, bytes).expect("rows are unpacked once before they are taken in, or packed here")
    }

    /// No more than so many.
    pub fn truncate(&mut self, count: usize) {
        self.places.truncate(count);
    }

    /// Puts those first that ask for a manager; otherwise they keep their order.
    pub fn escalated_first(&mut self) {
        if self.places.iter().any(|place| place.asks_for_manager) {
            self.places.sort_by_key(|place| !place.asks_for_manager);
        }
    }

    /// Puts them in the order of their ids.
    pub fn sort_by_id(&mut self) {
        self.places.sort_unstable_by_key(|place| place.id);
    }

    /// Puts them in the order of a key; those of the same keep theirs.
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
