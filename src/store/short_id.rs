//! Short ids: parts of ticket ids by which people name tickets.

use crate::domain::id::{Id, LENGTH};

/// The length of the shortest part of an id that is accepted.
pub const SHORTEST_PART: usize = 4;
/// The length of the shortest suffix that is printed.
pub const SHORTEST_SHOWN: usize = 6;
/// The number of characters in a [`suffix_key`].
pub const KEY_CHARACTERS: usize = 12;

/// Parses a part of an id that a person typed: upper case, with I and L read as 1, and O as 0. `None` if it cannot be a
/// part of an id.
pub fn parse_id_part(word: &str) -> Option<String> {
    let part: String = word
        .chars()
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            upper => upper,
        })
        .collect();
    let has_length = (SHORTEST_PART..=LENGTH).contains(&part.len());
    (has_length && part.bytes().all(|byte| byte.is_ascii_alphanumeric() && byte != b'U')).then_some(part)
}

/// Returns the ids that begin or end with a part.
pub fn matching(ids: &[Id], part: &str) -> Vec<Id> {
    let matches = |id: &Id| {
        let id = id.to_string();
        id.starts_with(part) || id.ends_with(part)
    };
    ids.iter().copied().filter(matches).collect()
}

/// Returns the last twelve characters of an id as a number in which the last character counts most, so that ids with the
/// same suffix are neighbors in the order of the keys.
pub fn suffix_key(id: Id) -> u64 {
    let mut bits = u128::from_be_bytes(id.to_bytes());
    let mut key = 0;
    for _ in 0..KEY_CHARACTERS {
        key = key << 5 | (bits & 0x1f) as u64;
        bits >>= 5;
    }
    key
}

/// Returns for each id of a sorted list its shortest suffix, of at least six characters, that no other id has.
pub fn short_ids(ids: &[Id]) -> Vec<String> {
    let mut order: Vec<(u64, u32)> = ids.iter().map(|id| suffix_key(*id)).zip(0..).collect();
    let reversed = |place: u32| ids[place as usize].to_string().into_bytes().into_iter().rev();
    // Ids with the same key are rare, so the complete ids are hardly ever compared.
    order.sort_unstable_by(|(a, at), (b, other)| a.cmp(b).then_with(|| reversed(*at).cmp(reversed(*other))));
    let at = |rank: usize| ids[order[rank].1 as usize];
    let mut short = vec![String::new(); ids.len()];
    for (rank, &(_, place)) in order.iter().enumerate() {
        let before = rank.checked_sub(1).map_or(0, |rank| common_suffix(at(rank), ids[place as usize]));
        let after = if rank + 1 < order.len() { common_suffix(ids[place as usize], at(rank + 1)) } else { 0 };
        short[place as usize] = suffix(ids[place as usize], before.max(after) + 1);
    }
    short
}

/// Returns the last characters of an id, at least six.
pub fn suffix(id: Id, characters: usize) -> String {
    id.to_string()[LENGTH - characters.clamp(SHORTEST_SHOWN, LENGTH)..].to_owned()
}

/// Returns whether the short id of an id can begin with a part, whatever its length.
pub fn may_begin_with(id: Id, part: &str) -> bool {
    id.to_string().find(part).is_some_and(|place| place <= LENGTH - SHORTEST_SHOWN)
}

/// Returns the number of characters that two ids have in common at their ends.
fn common_suffix(a: Id, b: Id) -> usize {
    let differing = u128::from_be_bytes(a.to_bytes()) ^ u128::from_be_bytes(b.to_bytes());
    differing.trailing_zeros() as usize / 5
}

/// Returns the last six characters of an id, for texts in which they need not be unique: commit subjects and messages.
pub fn short_suffix(id: Id) -> String {
    id.to_string()[LENGTH - SHORTEST_SHOWN..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        text.parse().expect("an id")
    }

    #[test]
    fn short_ids_are_as_long_as_necessary() {
        let ids =
            [id("01M7ZH3CA0AAAAAAAAAAAAAAAA"), id("01M7ZH3CA0BBBBBBBBBXAAAAAA"), id("01M7ZH3CA0CCCCCCCCCCCCCCCC")];
        assert_eq!(short_ids(&ids), ["AAAAAAA", "XAAAAAA", "CCCCCC"]);
        let ids =
            [id("01M7ZH3CA0AAAAAAAAAAAAAAAA"), id("01M7ZH3CAXAAAAAAAAAAAAAAAA"), id("02M7ZH3CA0AAAAAAAAAAAAAAAA")];
        assert_eq!(short_ids(&ids).iter().map(String::len).collect::<Vec<_>>(), [25, 17, 25]);
    }

    #[test]
    fn parts_are_read_in_any_case_and_with_lookalikes() {
        assert_eq!(parse_id_part("o1m7"), Some("01M7".to_owned()));
        for word in ["abc", "beads-14", "uuuu", "ééé"] {
            assert_eq!(parse_id_part(word), None, "{word}");
        }
    }
}
