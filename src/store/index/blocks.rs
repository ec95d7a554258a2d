//! Items of a fixed size in blocks with checksums, so that a few items can be read and validated without reading all.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::encoding::sum;

/// The size of a block in bytes, including its checksum.
const BLOCK: usize = 4096;
/// The size of the checksum at the start of a block, in bytes.
const SUM: usize = 8;

/// The place of a sequence of items in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Blocks<const SIZE: usize> {
    /// The offset of the first block.
    pub start: u64,
    /// The number of items.
    pub count: usize,
}

impl<const SIZE: usize> Blocks<SIZE> {
    const PER_BLOCK: usize = (BLOCK - SUM) / SIZE;

    /// Returns the number of bytes that `count` items occupy.
    pub fn length(count: usize) -> usize {
        count.div_ceil(Self::PER_BLOCK) * BLOCK
    }

    /// Reads a range of items. `None` if a block is corrupt.
    pub fn read(&self, file: &File, range: Range<usize>) -> Option<Items<SIZE>> {
        if range.start >= range.end || range.end > self.count {
            return Some(Items { bytes: Vec::new(), range: 0..0 });
        }
        let (first, end) = (range.start / Self::PER_BLOCK, range.end.div_ceil(Self::PER_BLOCK));
        let mut bytes = vec![0; (end - first) * BLOCK];
        file.read_exact_at(&mut bytes, self.start + (first * BLOCK) as u64).ok()?;
        let is_whole = |block: &[u8]| sum(&block[SUM..]).to_le_bytes() == block[..SUM];
        let skipped = range.start - first * Self::PER_BLOCK;
        let items = Items { range: skipped..skipped + range.len(), bytes };
        items.bytes.chunks_exact(BLOCK).all(is_whole).then_some(items)
    }

    /// Returns the number of items at the start that satisfy `before`; items after them do not. `None` if a block is
    /// corrupt.
    pub fn partition_point(&self, file: &File, before: impl Fn(&[u8; SIZE]) -> bool) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            // The items of a block are read together.
            let first = (low + high) / 2 / Self::PER_BLOCK * Self::PER_BLOCK;
            let last = (first + Self::PER_BLOCK).min(self.count);
            let items = self.read(file, first..last)?;
            let inside = items.iter().take_while(|item| before(item)).count();
            match inside {
                0 => high = high.min(first),
                _ if first + inside == last => low = low.max(last),
                _ => return Some(first + inside),
            }
        }
        Some(low)
    }
}

/// Items that were read.
pub(super) struct Items<const SIZE: usize> {
    bytes: Vec<u8>,
    range: Range<usize>,
}

impl<const SIZE: usize> Items<SIZE> {
    /// Returns the items in their order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8; SIZE]> {
        let per_block = Blocks::<SIZE>::PER_BLOCK;
        self.range.clone().filter_map(move |place| {
            let start = place / per_block * BLOCK + SUM + place % per_block * SIZE;
            self.bytes.get(start..start + SIZE)?.try_into().ok()
        })
    }
}

/// Writes items in blocks.
pub(super) fn write<const SIZE: usize>(out: &mut impl io::Write, items: &[[u8; SIZE]]) -> io::Result<()> {
    for items in items.chunks(Blocks::<SIZE>::PER_BLOCK) {
        let mut block = [0; BLOCK];
        for (place, item) in items.iter().enumerate() {
            block[SUM + place * SIZE..][..SIZE].copy_from_slice(item);
        }
        let sum = sum(&block[SUM..]).to_le_bytes();
        block[..SUM].copy_from_slice(&sum);
        out.write_all(&block)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(count: usize) -> (tempfile::NamedTempFile, Blocks<12>) {
        let items: Vec<[u8; 12]> = (0..count).map(|number| [number as u8; 12]).collect();
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        write(file.as_file_mut(), &items).expect("written");
        (file, Blocks { start: 0, count })
    }

    #[test]
    fn items_come_back_from_any_range() {
        let (file, blocks) = written(250);
        assert_eq!(file.as_file().metadata().expect("a file").len() as usize, Blocks::<12>::length(250));
        for range in [0..250, 0..1, 249..250, 100..240, 7..7] {
            let read: Vec<u8> =
                blocks.read(file.as_file(), range.clone()).expect("whole").iter().map(|i| i[0]).collect();
            assert_eq!(read, range.map(|number| number as u8).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_partition_point_is_found() {
        for count in [0, 1, 250] {
            let (file, blocks) = written(count);
            for expected in 0..=count {
                let place = blocks.partition_point(file.as_file(), |item| usize::from(item[0]) < expected);
                assert_eq!(place, Some(expected));
            }
        }
        let items: Vec<[u8; 4]> = (0..5000_u32).map(u32::to_be_bytes).collect();
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        write(file.as_file_mut(), &items).expect("written");
        let blocks = Blocks::<4> { start: 0, count: items.len() };
        for expected in [0, 1, 1021, 1022, 1023, 2044, 4999, 5000] {
            let before = |item: &[u8; 4]| u32::from_be_bytes(*item) < expected;
            assert_eq!(blocks.partition_point(file.as_file(), before), Some(expected as usize));
        }
    }

    #[test]
    fn a_corrupt_block_is_not_read() {
        let (file, blocks) = written(250);
        file.as_file().write_all_at(b"!", 4000).expect("written");
        assert!(blocks.read(file.as_file(), 0..1).is_none());
        assert!(blocks.partition_point(file.as_file(), |_| true).is_none());
    }
}
