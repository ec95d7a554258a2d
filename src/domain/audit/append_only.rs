//! Whether a history still holds every entry of an older one, in order and byte for byte.
//!
//! Must not know what entries mean.

use std::collections::{HashMap, HashSet};

use crate::domain::id::Id;

/// An entry as it is spelled in one version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawEntry<'a> {
    /// Its id.
    pub id: Id,
    /// Its own bytes, without empty lines behind it.
    pub bytes: &'a [u8],
}

/// What became of an older entry that should have been kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LostEntry {
    /// It is gone.
    Removed(Id),
    /// It is spelled in other bytes.
    Edited(Id),
    /// It stands behind an entry that came after it.
    Reordered(Id),
}

impl LostEntry {
    /// The entry.
    pub const fn entry(self) -> Id {
        match self {
            Self::Removed(id) | Self::Edited(id) | Self::Reordered(id) => id,
        }
    }
}

/// Where a newer history has each entry of an older one, in the older one's order. An id that stands twice is two
/// entries: each is sought in its own bytes, behind the one before it if it is there; what is left over is taken for
/// what was edited.
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

/// What of an older history a newer one does not keep, in the older one's order, each with its place there. `places` are
/// where the newer one has it. Nothing where it extends the older one: whatever else it holds, the older one's entries
/// are there, in order, in the same bytes.
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

/// The places of the entries that none of the older histories has, of which `kept` says where each of theirs is.
pub fn added(kept: &[Vec<Option<usize>>], count: usize) -> Vec<usize> {
    let kept: HashSet<usize> = kept.iter().flatten().flatten().copied().collect();
    (0..count).filter(|position| !kept.contains(position)).collect()
}

/// Those of the new entries that do not stand behind every older one. A rebased branch brings such entries.
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
    fn each_kind_of_loss_is_told_apart() {
        let before = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(found(&before, &[(1, 1), (2, 2), (3, 3), (4, 4)]), []);
        assert_eq!(found(&before, &[(1, 1), (3, 3)]), [LostEntry::Removed(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (2, 9), (3, 3)]), [LostEntry::Edited(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (3, 3), (2, 2)]), [LostEntry::Reordered(id(3))]);
        assert_eq!(found(&before, &[]), [1, 2, 3].map(|number| LostEntry::Removed(id(number))));
        assert_eq!(found(&before, &[(3, 3), (2, 9), (1, 1)]).len(), 3);
    }

    #[test]
    fn new_entries_and_those_put_before_older_ones() {
        let (before, after) = ([(1, 1), (4, 4)], [(1, 1), (2, 2), (4, 4), (5, 5), (6, 6)]);
        let added = new(&before, &after);
        assert_eq!(added, [1, 3, 4]);
        assert_eq!(inserted(&added, after.len()), [1]);
        assert_eq!(inserted(&[3, 4], after.len()), Vec::<usize>::new());
        assert_eq!(inserted(&[0, 1, 2, 3, 4], after.len()), Vec::<usize>::new());
    }

    #[test]
    fn an_id_that_stands_twice_is_two_entries() {
        let before = [(1, 1), (2, 2), (3, 3)];
        // Beside the original, before it or behind it, edited or not; before older ones, and at the end.
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
        // Then one of the two goes.
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
        fn a_union_keeps_both_sides(one in history(), other in history()) {
            // As two clones make them: the same id is the same entry.
            let mut union = one.clone();
            union.extend(other.iter().filter(|(number, _)| !one.iter().any(|(kept, _)| kept == number)));
            union.sort_unstable();
            let other: Vec<_> =
                other.iter().map(|(number, _)| *union.iter().find(|(kept, _)| kept == number).unwrap()).collect();
            prop_assert_eq!(found(&one, &union), []);
            prop_assert_eq!(found(&other, &union), []);
        }

        #[test]
        fn nothing_else_is_taken_for_it(before in history(), after in history()) {
            let kept = found(&before, &after).is_empty();
            let mut rest = after.iter();
            let is_part = before.iter().all(|wanted| rest.any(|entry| entry == wanted));
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
