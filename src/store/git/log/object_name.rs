//! Whether bytes are those an object's name stands for.
//!
//! Must not know what the bytes are for.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Whether a blob of these bytes has this name, in a repository of either hash.
pub fn is_blob(name: &str, bytes: &[u8]) -> bool {
    match name.len() {
        40 => names::<Sha1>(name, bytes),
        64 => names::<Sha256>(name, bytes),
        _ => false,
    }
}

fn names<H: Digest>(name: &str, bytes: &[u8]) -> bool {
    let mut hash = H::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    let digit = |value: u8| char::from_digit(value.into(), 16);
    let digits = hash.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<Vec<_>>();
    digits.into_iter().eq(name.chars().map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_name_git_gives_it() {
        let one = "5626abf0f72e58d7a153368ba57db4c673c0e171";
        let other = "a4ed1f355afb02d88cd291d0e4463910c5061ece48a49aa2b1539b9af973b286";
        assert!(is_blob(one, b"one\n"));
        assert!(is_blob(other, b"one\n"), "in a repository of SHA-256");
        for name in [one, other, &one[1..], ""] {
            assert!(!is_blob(name, b"two\n") && !is_blob(name, b"one"), "{name}");
        }
    }
}
