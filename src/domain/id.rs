//! Ids of tickets and entries: ULIDs, made so that two clones never choose the same one
//! (docs/format.md#ids-and-paths). Time and random bits are given.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use ulid::Ulid;

/// The length of an id as text: 26 characters of Crockford's base 32.
pub const LENGTH: usize = 26;

/// The id of a ticket or of an entry. The id of a ticket is that of its first entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "[u8; 16]", into = "[u8; 16]")]
pub struct Id(Ulid);

impl Id {
    /// Creates an id of an instant. Only the low 80 bits of `random` count.
    pub fn at(time: DateTime<Utc>, random: u128) -> Self {
        let milliseconds = u64::try_from(time.timestamp_millis()).unwrap_or(0);
        Self(Ulid::from_parts(milliseconds, random))
    }

    /// Creates the id of an entry that is made at `now` after `last`.
    ///
    /// Its time is the later of `now` and `last` + 1 ms, so that the ids in a ticket strictly increase even if the system
    /// clock goes back.
    pub fn after(last: Option<Self>, now: DateTime<Utc>, random: u128) -> Self {
        let earliest = last.map(|last| last.time() + TimeDelta::milliseconds(1));
        Self::at(earliest.map_or(now, |earliest| earliest.max(now)), random)
    }

    /// Derives the id of an entry that several clones make alike: greater than `last`, not before `made`, with the hash
    /// of the entry as its random bits. The hash must include everything in the entry, so that no other entry has this id.
    pub fn deterministic(last: Self, made: DateTime<Utc>, hash: u128) -> Self {
        Self::after(Some(last), made, hash)
    }

    /// Returns the smallest id of an instant.
    pub fn min_for(time: DateTime<Utc>) -> Self {
        Self::at(time, 0)
    }

    /// Returns its 128 bits, in big-endian order, which sorts as ids do.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// Returns the id with the given 128 bits.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }

    /// Returns true if a text is an id in canonical form: 26 upper-case characters that fit in 128 bits.
    pub fn is_canonical(text: &str) -> bool {
        const CHARACTERS: [bool; 256] = characters();
        text.len() == LENGTH && text.as_bytes()[0] <= b'7' && text.bytes().all(|byte| CHARACTERS[usize::from(byte)])
    }

    /// Returns the instant of the id, to the millisecond, UTC.
    pub fn time(self) -> DateTime<Utc> {
        let milliseconds = i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX);
        DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl From<[u8; 16]> for Id {
    fn from(bytes: [u8; 16]) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<Id> for [u8; 16] {
    fn from(id: Id) -> Self {
        id.to_bytes()
    }
}

/// Returns a table of the characters that are Crockford's digits.
const fn characters() -> [bool; 256] {
    let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut is_digit = [false; 256];
    let mut place = 0;
    while place < digits.len() {
        is_digit[digits[place] as usize] = true;
        place += 1;
    }
    is_digit
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; LENGTH];
        formatter.pad(self.0.array_to_str(&mut buffer))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A text that is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid id `{0}`: expected 26 characters of 0-9 and A-Z without I, L, O, U")]
pub struct ParseIdError(pub String);

impl FromStr for Id {
    type Err = ParseIdError;

    /// Parses an id in canonical form.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        // The library accepts other forms too, and drops bits that do not fit.
        let id = if Self::is_canonical(text) { Ulid::from_string(text).ok() } else { None };
        id.map(Self).ok_or_else(|| ParseIdError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn an_id_keeps_its_time_and_text() {
        let id = Id::at(instant("2026-11-21T17:05:12.345Z"), 7);
        assert_eq!(id.time(), instant("2026-11-21T17:05:12.345Z"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_clock_that_goes_back_never_makes_a_smaller_id() {
        let last = Id::at(instant("2026-11-21T17:05:12Z"), u128::MAX);
        let next = Id::after(Some(last), instant("2020-01-01T00:00:00Z"), 0);
        assert!(next > last);
        assert_eq!(next.time(), instant("2026-11-21T17:05:12.001Z"));
    }

    #[test]
    fn only_the_canonical_form_is_an_id() {
        for text in ["", "01", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01m7zh3ca08r6t2m4n0p5s7w1x", "01M7ZH3CA08R6T2M4N0P5S7WIX"]
        {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
