//! `[signing]` in casebook.toml: the keys commits are signed with, by person.
//!
//! ```toml
//! [signing]
//! "kenji@desk.example" = ["ssh-ed25519 AAAA…"]
//! "lea@desk.example" = ["openpgp:0123456789ABCDEF0123456789ABCDEF01234567"]
//! ```
//!
//! Must not know how a signature is verified.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::people::person::Person;
use crate::store::git::TrustedKey;

/// What an OpenPGP key begins with.
const OPENPGP: &str = "openpgp:";

/// Whose keys are whose.
pub type SigningKeys = Vec<(Person, TrustedKey)>;

#[derive(Deserialize)]
struct RawSigning {
    #[serde(default)]
    signing: BTreeMap<String, Vec<String>>,
}

/// Reads the keys of a casebook.toml.
///
/// # Errors
/// What is wrong with them, in a sentence.
pub fn keys(text: &str) -> Result<SigningKeys, String> {
    let written: RawSigning = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let mut keys = SigningKeys::new();
    for (who, words) in written.signing {
        let person = Person::from_address(&who).map_err(|error| format!("[signing]: {error}"))?;
        for word in words {
            keys.push((person.clone(), key(&word)?));
        }
    }
    Ok(keys)
}

fn key(word: &str) -> Result<TrustedKey, String> {
    if let Some(fingerprint) = word.strip_prefix(OPENPGP) {
        let fingerprint: String = fingerprint.split_whitespace().collect::<String>().to_ascii_uppercase();
        // A short id can be forged by trying.
        let whole = fingerprint.len() >= 40 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if whole { Ok(TrustedKey::OpenPgp(fingerprint)) } else { Err(no_key(word)) };
    }
    let mut parts = word.split_whitespace();
    match (parts.next(), parts.next()) {
        (Some(kind), Some(body)) if is_word(kind) && kind.contains('-') && is_base64(body) => {
            Ok(TrustedKey::Ssh(format!("{kind} {body}")))
        }
        _ => Err(no_key(word)),
    }
}

fn is_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'@' | b'.'))
}

fn is_base64(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

fn no_key(word: &str) -> String {
    format!("[signing]: `{word}` is no key; `ssh-ed25519 AAAA…` and `openpgp:FINGERPRINT` are")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_both_kinds_are_read() {
        let text = "[signing]\n\"a@b\" = [\"ssh-ed25519 AAAAC3 a comment\", \
                    \"openpgp: 0123 4567 89ab cdef 0123 4567 89ab cdef 0123 4567\"]\n";
        let trusted: Vec<TrustedKey> = keys(text).expect("keys").into_iter().map(|(_, key)| key).collect();
        let fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567".to_owned();
        assert_eq!(trusted, [TrustedKey::Ssh("ssh-ed25519 AAAAC3".to_owned()), TrustedKey::OpenPgp(fingerprint)]);
        assert_eq!(keys("format = 1\n"), Ok(Vec::new()));
    }

    #[test]
    fn nothing_else_is_a_key() {
        for word in
            ["", "AAAA", "openpgp:89ABCDEF", "ssh-ed25519", "ssh-ed25519 \\\"x\\\"", "a b", "*\\nb ssh-rsa AAAA"]
        {
            assert!(keys(&format!("[signing]\n\"a@b\" = [\"{word}\"]\n")).is_err(), "{word}");
        }
        assert!(keys("[signing]\nana = []\n").is_err());
    }
}
