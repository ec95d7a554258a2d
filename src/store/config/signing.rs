//! Section `[signing]` of casebook.toml: the keys with which commits are signed, by person.
//!
//! ```toml
//! [signing]
//! "kenji@desk.example" = ["ssh-ed25519 AAAA…"]
//! "lea@desk.example" = ["openpgp:0123456789ABCDEF0123456789ABCDEF01234567"]
//! ```

use super::{ConfigError, Settings};
use crate::domain::people::person::Person;
use crate::store::git::TrustedKey;

/// The prefix of an OpenPGP key.
const OPENPGP: &str = "openpgp:";

/// Keys with the person they belong to.
pub type SigningKeys = Vec<(Person, TrustedKey)>;

pub(super) fn read(settings: &Settings) -> Result<SigningKeys, ConfigError> {
    let mut keys = SigningKeys::new();
    for (address, keys_of_person) in settings.section("signing")?.entries() {
        let person = address.parse(Person::from_address)?;
        keys.extend(keys_of_person.parse_all(key)?.into_iter().map(|key| (person.clone(), key)));
    }
    Ok(keys)
}

fn key(word: &str) -> Result<TrustedKey, String> {
    if let Some(fingerprint) = word.strip_prefix(OPENPGP) {
        let fingerprint: String = fingerprint.split_whitespace().collect::<String>().to_ascii_uppercase();
        // A short key id is no protection: another key with the same id can be made.
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
    format!("`{word}` is not a key; expected `ssh-ed25519 KEY` or `openpgp:FINGERPRINT`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<SigningKeys, ConfigError> {
        Settings::of(text).signing().cloned()
    }

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
