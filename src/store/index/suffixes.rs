//! Ids in the order of their last characters, so that a ticket is found by its suffix without reading all ids.

use super::encoding::ByteReader;
use crate::domain::id::{Id, LENGTH};
use crate::store::short_id::{KEY_CHARACTERS, suffix_key};

/// The size of an item in bytes: the key of the suffix, and the place of the row.
pub(super) const SIZE: usize = 12;

/// Encodes an item.
pub(super) fn item(key: u64, place: u32) -> [u8; SIZE] {
    let mut item = [0; SIZE];
    item[..8].copy_from_slice(&key.to_be_bytes());
    item[8..].copy_from_slice(&place.to_be_bytes());
    item
}

/// Decodes an item: its key, and the place of its row.
pub(super) fn of_item(item: &[u8; SIZE]) -> (u64, usize) {
    let mut reader = ByteReader::of(item);
    let key = reader.fixed().map_or(0, u64::from_be_bytes);
    (key, reader.fixed().map_or(0, u32::from_be_bytes) as usize)
}

/// Returns the keys of all ids that end with a part of an id: the least, and the least one after them. Of a part longer
/// than a key, only the last characters count.
pub(super) fn keys_of(part: &str) -> Option<(u64, u64)> {
    let padded = format!("{part:0>LENGTH$}");
    // The first character of an id has only three bits. Only the last characters count here.
    let id: Id = format!("0{}", padded.get(1..)?).parse().ok()?;
    let missing = KEY_CHARACTERS.saturating_sub(part.len()) * 5;
    let least = suffix_key(id) >> missing << missing;
    Some((least, least + (1 << missing)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        text.parse().expect("an id")
    }

    #[test]
    fn the_keys_of_a_suffix_are_those_of_the_ids_that_end_in_it() {
        let ids = [
            id("01M7ZH3CA0AAAAAAAAAAAAAAAA"),
            id("01M7ZH3CA0BBBBBBBBBXAAAAAA"),
            id("01M7ZH3CA0CCCCCCCCCCCCCCCC"),
            id("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
        ];
        for part in ["AAAAAA", "XAAAAAA", "CCCC", "ZZZZZZZZZZZZZ", "0AAAAAAAAAAAAAAAA", "BBBB"] {
            let (least, end) = keys_of(part).expect("a part of an id");
            for id in ids {
                let last = &part[part.len().saturating_sub(KEY_CHARACTERS)..];
                assert_eq!((least..end).contains(&suffix_key(id)), id.to_string().ends_with(last), "{part} {id}");
            }
        }
        assert_eq!(of_item(&item(suffix_key(ids[0]), 7)), (suffix_key(ids[0]), 7));
    }
}
