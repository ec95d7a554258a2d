//! Whether a history still holds every entry of an older one, in order and byte for byte.
//!
//! Must not know what entries mean.

use std::collections::{HashMap, HashSet};

use crate::domain::id::Id;

/// An entry as it is spelled in one version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its id.
    pub id: Id,
    /// Its own bytes, without empty lines behind it.
    pub bytes: &'a [u8],
}

/// What became of an older entry that should have been kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// It is gone.
    Removed(Id),
    /// It is spelled in other bytes.
    Edited(Id),
    /// It stands behind an entry that came after it.
    Reordered(Id),
}

impl Loss {
    /// The entry.
    pub const fn entry(self) -> Id {
        match self {
            Self::Removed(id) | Self::Edited(id) | Self::Reordered(id) => id,
        }
    }
}

/// What of an older history a newer one does not keep, in the older one's order. Nothing where the newer one extends
/// it: whatever else it holds, the older one's entries are there, in order, in the same bytes.
pub fn losses(before: &[Piece<'_>], after: &[Piece<'_>]) -> Vec<Loss> {
    let mut places: HashMap<Id, Vec<usize>> = HashMap::with_capacity(after.len());
    for (place, piece) in after.iter().enumerate() {
        places.entry(piece.id).or_default().push(place);
    }
    let mut losses = Vec::new();
    let mut last = None;
    for piece in before {
        // An id that stands twice is two entries; the second is looked for behind the first.
        let Some(candidates) = places.get(&piece.id).filter(|places| !places.is_empty()) else {
            losses.push(Loss::Removed(piece.id));
            continue;
        };
        let same = |place: &&usize| after[**place].bytes == piece.bytes;
        let behind = |place: &&usize| last.is_none_or(|last| **place > last);
        let place = candidates
            .iter()
            .find(|place| same(place) && behind(place))
            .or_else(|| candidates.iter().find(same))
            .or_else(|| candidates.iter().find(behind))
            .unwrap_or(&candidates[0]);
        if after[*place].bytes != piece.bytes {
            losses.push(Loss::Edited(piece.id));
        }
        if last.is_some_and(|last| *place < last) {
            losses.push(Loss::Reordered(piece.id));
        }
        last = last.max(Some(*place));
        let place = *place;
        if let Some(places) = places.get_mut(&piece.id) {
            places.retain(|other| *other != place);
        }
    }
    losses
}

/// The places of the entries that none of the older histories has.
pub fn added(befores: &[&[Piece<'_>]], after: &[Piece<'_>]) -> Vec<usize> {
    let known: HashSet<Id> = befores.iter().flat_map(|before| before.iter().map(|piece| piece.id)).collect();
    (0..after.len()).filter(|place| !known.contains(&after[*place].id)).collect()
}

/// Those of the new entries that do not stand behind every older one. A rebased branch brings such entries.
pub fn inserted(added: &[usize], count: usize) -> Vec<usize> {
    let behind = added.iter().rev().enumerate().take_while(|(step, place)| **place + step + 1 == count).count();
    added[..added.len() - behind].to_vec()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> Id {
        Id::at(DateTime::UNIX_EPOCH, number.into())
    }

    fn pieces(history: &[(u8, u8)]) -> Vec<Piece<'_>> {
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
            .map(|(number, said)| Piece { id: id(*number), bytes: &BYTES[usize::from(*said)..=usize::from(*said)] })
            .collect()
    }

    fn found(before: &[(u8, u8)], after: &[(u8, u8)]) -> Vec<Loss> {
        losses(&pieces(before), &pieces(after))
    }

    #[test]
    fn each_kind_of_loss_is_told_apart() {
        let before = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(found(&before, &[(1, 1), (2, 2), (3, 3), (4, 4)]), []);
        assert_eq!(found(&before, &[(1, 1), (3, 3)]), [Loss::Removed(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (2, 9), (3, 3)]), [Loss::Edited(id(2))]);
        assert_eq!(found(&before, &[(1, 1), (3, 3), (2, 2)]), [Loss::Reordered(id(3))]);
        assert_eq!(found(&before, &[]), [1, 2, 3].map(|number| Loss::Removed(id(number))));
        assert_eq!(found(&before, &[(3, 3), (2, 9), (1, 1)]).len(), 3);
    }

    #[test]
    fn new_entries_and_those_put_before_older_ones() {
        let (before, after) = ([(1, 1), (4, 4)], [(1, 1), (2, 2), (4, 4), (5, 5), (6, 6)]);
        let added = added(&[&pieces(&before)], &pieces(&after));
        assert_eq!(added, [1, 3, 4]);
        assert_eq!(inserted(&added, after.len()), [1]);
        assert_eq!(inserted(&[3, 4], after.len()), Vec::<usize>::new());
        assert_eq!(inserted(&[0, 1, 2, 3, 4], after.len()), Vec::<usize>::new());
    }

    fn history() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::btree_map(any::<u8>(), any::<u8>(), 0..20).prop_map(|history| history.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_union_keeps_both_sides(one in history(), other in history()) {
            // As two clones make them: the same id is the same entry.
            let mut union = one.clone();
            union.extend(other.iter().filter(|(number, _)| !one.iter().any(|(known, _)| known == number)));
            union.sort_unstable();
            let other: Vec<_> =
                other.iter().map(|(number, _)| *union.iter().find(|(known, _)| known == number).unwrap()).collect();
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
            place in any::<prop::sample::Index>(),
            kind in 0..3,
        ) {
            let place = place.index(history.len() - 1);
            let (mut after, entry) = (history.clone(), id(history[place].0));
            let expected = match kind {
                0 => {
                    after.remove(place);
                    Loss::Removed(entry)
                }
                1 => {
                    after[place].1 = after[place].1.wrapping_add(1);
                    Loss::Edited(entry)
                }
                _ => {
                    after.swap(place, place + 1);
                    Loss::Reordered(id(history[place + 1].0))
                }
            };
            prop_assert_eq!(found(&history, &after), [expected]);
        }
    }
}
