//! Loose objects: their names, and how they are written.

use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};
use sha1::{Digest, Sha1};

use crate::store::git::log::hex;

/// The name of an object: its SHA-1.
pub type ObjectId = [u8; 20];

/// The level of compression of loose objects in git.
const QUICKLY: i32 = 1;

/// The type of an object.
#[derive(Clone, Copy, Debug)]
pub enum ObjectKind {
    Commit,
    Tree,
    Blob,
}

impl ObjectKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        }
    }
}

/// The objects to be written.
#[derive(Debug, Default)]
pub struct NewObjects {
    new: Vec<(ObjectId, Vec<u8>)>,
}

impl NewObjects {
    /// Adds an object, and returns its name.
    pub fn add(&mut self, kind: ObjectKind, content: &[u8]) -> ObjectId {
        let bytes = [head(kind, content).as_bytes(), content].concat();
        let name = sum(&bytes);
        self.new.push((name, bytes));
        name
    }

    /// Writes the objects as git does: compressed, read-only, each renamed into place, and not synced.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        // A compressor has large tables, so one serves for all objects. With window bits it makes a zlib stream.
        let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(QUICKLY, 1, 0));
        self.new.iter().try_for_each(|(name, bytes)| {
            let hex = hex(name);
            let (first, rest) = hex.split_at(2);
            let folder = folder.join(first);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            // git removes files with such names that a crash leaves.
            let new = folder.join(format!("tmp_obj_casebook{}", std::process::id()));
            let _ = fs::remove_file(&new);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o444).open(&new)?;
            file.write_all(&compressed(&mut compressor, bytes))?;
            // An existing object is replaced too, so that it is as young as one that is needed.
            fs::rename(&new, folder.join(rest))
        })
    }
}

fn compressed(compressor: &mut CompressorOxide, bytes: &[u8]) -> Vec<u8> {
    compressor.reset();
    // Bytes that cannot be compressed are stored, with a few more for each block.
    let mut out = vec![0; bytes.len() + bytes.len() / 64 + 256];
    let (status, _, length) = compress(compressor, bytes, &mut out, TDEFLFlush::Finish);
    debug_assert_eq!(status, TDEFLStatus::Done, "the buffer holds any stream of these bytes");
    out.truncate(length);
    out
}

fn head(kind: ObjectKind, content: &[u8]) -> String {
    format!("{} {}\0", kind.as_str(), content.len())
}

/// Returns the name of an object whose bytes begin with its type and length.
pub fn sum(bytes: &[u8]) -> ObjectId {
    Sha1::digest(bytes).into()
}

/// Returns the name of an object.
pub fn name(kind: ObjectKind, content: &[u8]) -> ObjectId {
    let mut hash = Sha1::new();
    hash.update(head(kind, content));
    hash.update(content);
    hash.finalize().into()
}

/// Parses a name in hexadecimal digits.
pub fn read(word: &str) -> Option<ObjectId> {
    let mut name = ObjectId::default();
    if word.len() != 2 * name.len() || !word.is_ascii() {
        return None;
    }
    for (place, byte) in name.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&word[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_compressed_by_one_compressor() {
        let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(QUICKLY, 1, 0));
        let noise = |length: usize| -> Vec<u8> {
            let mut state = 0x2545_f491_u32;
            let next = |_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state as u8
            };
            (0..length).map(next).collect()
        };
        for bytes in [Vec::new(), vec![b'a'; 100_000], noise(1), noise(300), noise(70_000), noise(3_000_000)] {
            let stream = compressed(&mut compressor, &bytes);
            assert_eq!(miniz_oxide::inflate::decompress_to_vec_zlib(&stream).ok(), Some(bytes));
        }
    }

    #[test]
    fn names_are_those_of_git() {
        assert_eq!(hex(&name(ObjectKind::Blob, b"")), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(hex(&name(ObjectKind::Tree, b"")), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        let word = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        assert_eq!(read(word).map(|name| hex(&name)).as_deref(), Some(word));
        assert_eq!(read("e69de29b"), None);
        assert_eq!(read("x69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), None);
    }
}
