//! The comparison of two versions of a history: the newer one must contain every entry of the older one, in order and
//! byte for byte.

use std::collections::{HashMap, HashSet};

use crate::domain::id::Id;

/// An entry with its bytes in one version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawEntry<'a> {
    /// The id.
    pub id: Id,
    /// The bytes, without empty lines after the entry.
    pub bytes: &'a [u8],
}

/// A loss of an entry between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LostEntry {
    /// The entry was removed.
    Removed(Id),
    /// The bytes of the entry changed.
    Edited(Id),
    /// The entry is after one that it preceded.
    Reordered(Id),
}

impl LostEntry {
    /// Returns the id of the entry.
    pub const fn entry(self) -> Id {
        match self {
            Self::Removed(id) | Self::Edited(id) | Self::Reordered(id) => id,
        }
    }
}

/// Returns the position in the newer history of each entry of the older one.
///
/// An id that occurs twice stands for two entries: each is matched by its bytes, after the previous match if possible.
/// Unmatched entries with an id in common count as edited.
pub fn align_entries(before: &[RawEntry<'_>], after: &[RawEntry<'_>]) -> Vec<Option<usize>> {
    let mut unmatched: HashMap<Id, Vec<usize>> = HashMap::with_capacity(after.len());
    for (position, entry) in after.iter().enumerate() {
        unmatched.entry(entry.id).or_default().push(position);
    }
    let mut last = None;
    let mut positions: Vec<Option<usize>> = Vec::with_capacity(before.len());
    for entry in before {
        let same = |unmatched: &&usize| after[**unmatched].bytes == entry.bytes;
        let follows_last = |unmatched: &&usize| last.is_none_or(|last| **unmatched > last);
        let candidates = unmatched.get_mut(&entry.id);
        let position = candidates.and_then(|unmatched| {
            let found = unmatched
                .iter()
                .find(|position| same(position) && follows_last(position))
                .or_else(|| unmatched.iter().find(same));
            let found = found.copied();
            unmatched.retain(|position| Some(*position) != found);
            found
        });
        last = last.max(position);
        positions.push(position);
    }
    for (entry, position) in before.iter().zip(&mut positions).filter(|(_, position)| position.is_none()) {
        *position =
            unmatched.get_mut(&entry.id).filter(|unmatched| !unmatched.is_empty()).map(|unmatched| unmatched.remove(0));
    }
    positions
}

/// Returns the entries of an older history that a newer one has lost, in order, each with its position in the older
/// one. `positions` is the result of [`align_entries`]. The result is empty if the newer history contains all the
/// entries of the older one, in order and with the same bytes.
pub fn lost_entries(
    before: &[RawEntry<'_>],
    after: &[RawEntry<'_>],
    positions: &[Option<usize>],
) -> Vec<(LostEntry, usize)> {
    let mut lost = Vec::new();
    let mut last = None;
    for (index, (entry, position)) in before.iter().zip(positions).enumerate() {
        let Some(position) = *position else {
            lost.push((LostEntry::Removed(entry.id), index));
            continue;
        };
        if after[position].bytes != entry.bytes {
            lost.push((LostEntry::Edited(entry.id), index));
        }
        if last.is_some_and(|last| position < last) {
            lost.push((LostEntry::Reordered(entry.id), index));
        }
        last = last.max(Some(position));
    }
    lost
}

/// Returns the positions of the entries of a newer history of `count` entries that no older history has. `kept`
/// contains the results of [`align_entries`] for each older history.
pub fn added(kept: &[Vec<Option<usize>>], count: usize) -> Vec<usize> {
    let kept: HashSet<usize> = kept.iter().flatten().flatten().copied().collect();
    (0..count).filter(|position| !kept.contains(position)).collect()
}

/// Returns the new entries that are not after all older ones. A rebased branch has such entries.
pub fn inserted(added: &[usize], count: usize) -> Vec<usize> {
    let at_end = added.iter().rev().enumerate().take_while(|(step, position)| **position + step + 1 == count).count();
    added[..added.len() - at_end].to_vec()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> Id {
        Id::at(DateTime::UNIX_EPOCH, number.into())
    }

    fn raw_entries(history: &[(u8, u8)]) -> Vec<RawEntry<'_>> {
        static BYTES: [u8; 256] = {
            let mut bytes = [0; 256];
            let mut at = 0;
            while at < 256 {
                bytes[at] = at as u8;
                at += 1;
            }
            bytes
        };
        history
            .iter()
            .map(|(number, content)| RawEntry {
                id: id(*number),
                bytes: &BYTES[usize::from(*content)..=usize::from(*content)],
            })
            .collect()
    }

    fn found(before: &[(u8, u8)], after: &[(u8, u8)]) -> Vec<LostEntry> {
        let (before, after) = (raw_entries(before), raw_entries(after));
        lost_entries(&before, &after, &align_entries(&before, &after)).into_iter().map(|(loss, _)| loss).collect()
    }

    fn new(before: &[(u8, u8)], after: &[(u8, u8)]) -> Vec<usize> {
        added(&[align_entries(&raw_entries(before), &raw_entries(after))], after.len())
    }

    #[test]
    fn every_kind_of_loss_is_distinguished() {
        let before = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(found(&before, &[(1, 1), (2, 2), (3, 3), (4, 4)]), []);
        assert_eq!(found(&before, &[(1, 1), (3, 3)]), [LostEntry::Removed(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (2, 9), (3, 3)]), [LostEntry::Edited(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (3, 3), (2, 2)]), [LostEntry::Reordered(id(3))]);
        assert_eq!(found(&before, &[]), [1, 2, 3].map(|number| LostEntry::Removed(id(number))));
        assert_eq!(found(&before, &[(3, 3), (2, 9), (1, 1)]).len(), 3);
    }

    #[test]
    fn new_and_inserted_entries_are_found() {
        let (before, after) = ([(1, 1), (4, 4)], [(1, 1), (2, 2), (4, 4), (5, 5), (6, 6)]);
        let added = new(&before, &after);
        assert_eq!(added, [1, 3, 4]);
        assert_eq!(inserted(&added, after.len()), [1]);
        assert_eq!(inserted(&[3, 4], after.len()), Vec::<usize>::new());
        assert_eq!(inserted(&[0, 1, 2, 3, 4], after.len()), Vec::<usize>::new());
    }

    #[test]
    fn an_id_that_occurs_twice_is_two_entries() {
        let before = [(1, 1), (2, 2), (3, 3)];
        // The duplicate is next to the original, before or after it, edited or not; before older entries, or at the
        // end.
        for (after, position) in [
            ([(1, 1), (2, 9), (2, 2), (3, 3)], 1),
            ([(1, 1), (2, 2), (2, 9), (3, 3)], 2),
            ([(1, 1), (2, 2), (2, 2), (3, 3)], 2),
            ([(1, 1), (3, 3), (2, 2), (3, 3)], 1),
            ([(1, 1), (2, 2), (3, 3), (2, 2)], 3),
            ([(1, 1), (2, 2), (3, 3), (3, 9)], 3),
        ] {
            assert_eq!(found(&before, &after), [], "{after:?}");
            assert_eq!(new(&before, &after), [position], "{after:?}");
        }
        // Then remove one of the two.
        let twice = [(1, 1), (2, 9), (2, 2), (3, 3)];
        for after in [[(1, 1), (2, 9), (3, 3)], [(1, 1), (2, 2), (3, 3)]] {
            assert_eq!(found(&twice, &after), [LostEntry::Removed(id(2))], "{after:?}");
            assert_eq!(new(&twice, &after), Vec::<usize>::new(), "{after:?}");
        }
        let lost = |after: &[(u8, u8)]| {
            let (before, after) = (raw_entries(&twice), raw_entries(after));
            lost_entries(&before, &after, &align_entries(&before, &after))
        };
        assert_eq!(lost(&[(1, 1), (2, 9), (3, 3)]), [(LostEntry::Removed(id(2)), 2)], "the one that is not there");
        assert_eq!(lost(&[(1, 1), (2, 2), (3, 3)]), [(LostEntry::Removed(id(2)), 1)]);
        assert_eq!(
            lost(&[(1, 1), (2, 2), (2, 8), (3, 3)]),
            [(LostEntry::Edited(id(2)), 1), (LostEntry::Reordered(id(2)), 2)]
        );
    }

    fn history() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::btree_map(any::<u8>(), any::<u8>(), 0..20).prop_map(|history| history.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_union_contains_both_sides(one in history(), other in history()) {
            // Entries of two clones with the same id are the same.
            let mut union = one.clone();
            union.extend(other.iter().filter(|(number, _)| !one.iter().any(|(id, _)| id == number)));
            union.sort_unstable();
            let other: Vec<_> =
                other.iter().map(|(number, _)| *union.iter().find(|(id, _)| id == number).unwrap()).collect();
            prop_assert_eq!(found(&one, &union), []);
            prop_assert_eq!(found(&other, &union), []);
        }

        #[test]
        fn a_history_is_complete_only_if_it_contains_the_older_one(before in history(), after in history()) {
            let kept = found(&before, &after).is_empty();
            let mut rest = after.iter();
            let is_part = before.iter().all(|expected| rest.any(|entry| entry == expected));
            prop_assert_eq!(kept, is_part);
        }

        #[test]
        fn every_tampering_is_found_with_its_entry(
            history in history().prop_filter("two at least", |history| history.len() > 1),
            position in any::<prop::sample::Index>(),
            kind in 0..3,
        ) {
            let position = position.index(history.len() - 1);
            let (mut after, entry) = (history.clone(), id(history[position].0));
            let expected = match kind {
                0 => {
                    after.remove(position);
                    LostEntry::Removed(entry)
                }
                1 => {
                    after[position].1 = after[position].1.wrapping_add(1);
                    LostEntry::Edited(entry)
                }
                _ => {
                    after.swap(position, position + 1);
                    LostEntry::Reordered(id(history[position + 1].0))
                }
            };
            prop_assert_eq!(found(&history, &after), [expected]);
        }
    }
}
