//! Objects for git to store: named here, since a tree needs the names of what it holds, and handed over as a pack
//! whose contents are not compressed, for `git unpack-objects` to write as this repository wants objects written.

use sha1::{Digest, Sha1};

/// The name of an object.
pub type Name = [u8; 20];

/// What an object is; the numbers are those of the pack format.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Commit = 1,
    Tree = 2,
    Blob = 3,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }
}

/// Objects on their way to git.
#[derive(Debug)]
pub struct Pack {
    objects: Vec<u8>,
    count: u32,
}

impl Pack {
    pub const fn new() -> Self {
        Self { objects: Vec::new(), count: 0 }
    }

    /// Adds an object, and says its name.
    pub fn add(&mut self, kind: Kind, content: &[u8]) -> Name {
        let mut rest = content.len();
        let mut byte = ((kind as u8) << 4) | low_bits(rest, 4);
        rest >>= 4;
        while rest > 0 {
            self.objects.push(byte | 0x80);
            byte = low_bits(rest, 7);
            rest >>= 7;
        }
        self.objects.push(byte);
        self.store(content);
        self.count += 1;
        name(kind, content)
    }

    /// A zlib stream of stored blocks.
    fn store(&mut self, content: &[u8]) {
        const LARGEST_BLOCK: usize = 0xffff;
        self.objects.extend([0x78, 0x01]);
        let mut rest = content;
        loop {
            let (block, behind) = rest.split_at(rest.len().min(LARGEST_BLOCK));
            let length = u16::try_from(block.len()).expect("a block is that short");
            self.objects.push(u8::from(behind.is_empty()));
            self.objects.extend(length.to_le_bytes());
            self.objects.extend((!length).to_le_bytes());
            self.objects.extend(block);
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        self.objects.extend(adler(content).to_be_bytes());
    }

    /// The bytes of the pack.
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = b"PACK\0\0\0\x02".to_vec();
        bytes.extend(self.count.to_be_bytes());
        bytes.extend(self.objects);
        let sum = Sha1::digest(&bytes);
        bytes.extend(sum);
        bytes
    }
}

/// The name git gives an object.
pub fn name(kind: Kind, content: &[u8]) -> Name {
    let mut hash = Sha1::new();
    hash.update(format!("{} {}\0", kind.word(), content.len()));
    hash.update(content);
    hash.finalize().into()
}

/// A name as git spells it.
pub fn spell(name: &Name) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name git spells so.
pub fn read(word: &str) -> Option<Name> {
    let mut name = Name::default();
    if word.len() != 2 * name.len() || !word.is_ascii() {
        return None;
    }
    for (place, byte) in name.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&word[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(name)
}

fn low_bits(number: usize, bits: u32) -> u8 {
    u8::try_from(number & ((1 << bits) - 1)).expect("at most seven bits")
}

/// Adler-32, the sum behind a zlib stream.
fn adler(content: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    // As many bytes as both sums can take before they have to be reduced.
    const AT_ONCE: usize = 5552;
    let (mut low, mut high) = (1_u32, 0_u32);
    for chunk in content.chunks(AT_ONCE) {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        low %= PRIME;
        high %= PRIME;
    }
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_git() {
        assert_eq!(spell(&name(Kind::Blob, b"")), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(spell(&name(Kind::Tree, b"")), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        let spelt = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        assert_eq!(read(spelt).map(|name| spell(&name)).as_deref(), Some(spelt));
        assert_eq!(read("e69de29b"), None);
        assert_eq!(read("x69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), None);
    }

    #[test]
    fn the_sum_is_that_of_zlib() {
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(adler(&vec![0xff; 1_000_000]), 0x3843_e1be);
    }
}
