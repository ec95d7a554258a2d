//! Identity of tickets and entries: ULIDs, made so that two clones never choose the same one.
//!
//! Must not know where random bits or the time come from; both are given.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use ulid::Ulid;

/// Length of a written id: 26 characters of Crockford's base 32.
pub const LENGTH: usize = 26;

/// The id of a ticket or of an entry. A ticket's id is the id of its first entry (FORMAT).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Ulid);

impl Id {
    /// An id of the given instant. Only the low 80 bits of `random` count.
    pub fn at(time: DateTime<Utc>, random: u128) -> Self {
        let milliseconds = u64::try_from(time.timestamp_millis()).unwrap_or(0);
        Self(Ulid::from_parts(milliseconds, random))
    }

    /// The id of an entry made at `now` behind `last`.
    ///
    /// Its time is the later of `now` and `last` + 1 ms, so ids inside a ticket strictly increase even
    /// when a clock runs behind; its random part is always fresh (FORMAT, rule 4).
    pub fn after(last: Option<Self>, now: DateTime<Utc>, random: u128) -> Self {
        let earliest = last.map(|last| last.time() + TimeDelta::milliseconds(1));
        Self::at(earliest.map_or(now, |earliest| earliest.max(now)), random)
    }

    /// The id of an entry that whoever makes it makes the same: behind `last`, not before `made`, and its random part is
    /// that of its own contents. Only who hashes all of an entry's bytes may use it: another entry never has this id.
    pub fn deterministic(last: Self, made: DateTime<Utc>, contents: u128) -> Self {
        Self::after(Some(last), made, contents)
    }

    /// The least id of an instant.
    pub fn min_for(time: DateTime<Utc>) -> Self {
        Self::at(time, 0)
    }

    /// Its 128 bits, in the order ids have.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// The id of 128 bits.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }

    /// Whether a word is an id in its one canonical spelling.
    pub fn is_canonical(word: &str) -> bool {
        const CHARACTERS: [bool; 256] = characters();
        word.len() == LENGTH && word.as_bytes()[0] <= b'7' && word.bytes().all(|byte| CHARACTERS[usize::from(byte)])
    }

    /// The instant the id was made at, to the millisecond, UTC.
    pub fn time(self) -> DateTime<Utc> {
        let milliseconds = i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX);
        DateTime::from_timestamp_millis(milliseconds).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// Crockford's digits.
const fn characters() -> [bool; 256] {
    let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut known = [false; 256];
    let mut place = 0;
    while place < digits.len() {
        known[digits[place] as usize] = true;
        place += 1;
    }
    known
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

/// Why a word is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id: 26 characters of 0-9 and A-Z without I, L, O, U are")]
pub struct ParseIdError(pub String);

impl FromStr for Id {
    type Err = ParseIdError;

    /// Reads the one canonical spelling: 26 upper-case characters that fit in 128 bits.
    fn from_str(word: &str) -> Result<Self, ParseIdError> {
        // The library takes other spellings too, and drops bits that do not fit.
        let id = if Self::is_canonical(word) { Ulid::from_string(word).ok() } else { None };
        id.map(Self).ok_or_else(|| ParseIdError(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn an_id_keeps_its_time_and_spelling() {
        let id = Id::at(instant("2026-11-21T17:05:12.345Z"), 7);
        assert_eq!(id.time(), instant("2026-11-21T17:05:12.345Z"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_clock_that_runs_behind_never_makes_a_smaller_id() {
        let last = Id::at(instant("2026-11-21T17:05:12Z"), u128::MAX);
        let next = Id::after(Some(last), instant("2020-01-01T00:00:00Z"), 0);
        assert!(next > last);
        assert_eq!(next.time(), instant("2026-11-21T17:05:12.001Z"));
    }

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        for word in ["", "01", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01m7zh3ca08r6t2m4n0p5s7w1x", "01M7ZH3CA08R6T2M4N0P5S7WIX"]
        {
            assert!(word.parse::<Id>().is_err(), "{word}");
        }
    }
}
