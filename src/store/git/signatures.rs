//! Who signed a commit, as git itself verifies it: `git log` with a list of the keys that are trusted.
//!
//! Verifying costs git one process of the signing program for each commit. Must not know who may sign what.

use std::io::Write;
use std::path::Path;

use super::{GitError, Repository};

/// A key somebody signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedKey {
    /// An SSH key: `ssh-ed25519 AAAA…`.
    Ssh(String),
    /// The fingerprint of an OpenPGP key, in upper case without blanks; git's own keyring has to hold the key.
    OpenPgp(String),
}

/// What git says of a commit's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    None,
    /// A good one, by the key of that place in the list that was given.
    By(usize),
    /// One that does not fit the commit, of a key nobody named, or that cannot be verified here.
    Other,
}

impl Repository {
    /// The signatures of the commits that `revisions` select, the oldest first, with the commits' names.
    ///
    /// # Errors
    /// git refuses, or the list of keys cannot be written.
    pub fn signatures(&self, revisions: &[String], keys: &[TrustedKey]) -> Result<Vec<(String, Signature)>, GitError> {
        let refused = |error: std::io::Error| GitError::Refused { said: error.to_string() };
        let mut allowed = tempfile::NamedTempFile::new().map_err(refused)?;
        for (place, key) in keys.iter().enumerate() {
            if let TrustedKey::Ssh(key) = key {
                // Each key is a principal of its own, so that git's answer names the key.
                writeln!(allowed, "{} namespaces=\"git\" {key}", principal(place)).map_err(refused)?;
            }
        }
        allowed.flush().map_err(refused)?;
        let setting = format!("gpg.ssh.allowedSignersFile={}", shown(allowed.path()));
        let mut words = vec![
            "-c",
            &setting,
            "log",
            "--reverse",
            "--topo-order",
            "--no-patch",
            "--no-notes",
            "-z",
            "--format=%H%x01%G?%x01%GS%x01%GF%x01%GP",
        ];
        words.extend(revisions.iter().map(String::as_str).chain(["--"]));
        let told = self.without_replace_refs(&words).bytes()?;
        let told = String::from_utf8_lossy(&told);
        let read = |line: &str| {
            let facts: Vec<&str> = line.split('\u{1}').collect();
            let [commit, state, signer, fingerprint, primary] = facts.as_slice() else { return None };
            Some(((*commit).to_owned(), signature(state, signer, &[*fingerprint, *primary], keys)))
        };
        Ok(told.split('\0').filter_map(read).collect())
    }
}

fn principal(place: usize) -> String {
    format!("key-{place}")
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// `G` is good, `U` good of a key whose owner gpg does not vouch for: casebook.toml does.
fn signature(state: &str, signer: &str, fingerprints: &[&str], keys: &[TrustedKey]) -> Signature {
    let is_good = matches!(state, "G" | "U");
    let by = keys.iter().enumerate().find(|(place, key)| match key {
        TrustedKey::Ssh(_) => signer == principal(*place),
        TrustedKey::OpenPgp(fingerprint) => fingerprints.contains(&fingerprint.as_str()),
    });
    match (state, by) {
        ("N", _) => Signature::None,
        (_, Some((place, _))) if is_good => Signature::By(place),
        _ => Signature::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_good_signature_of_a_named_key_counts() {
        let keys = [TrustedKey::OpenPgp("AB12".into()), TrustedKey::Ssh("ssh-ed25519 AAAA".into())];
        assert_eq!(signature("G", "key-1", &["SHA256:x", ""], &keys), Signature::By(1));
        assert_eq!(signature("U", "Lea", &["CD34", "AB12"], &keys), Signature::By(0));
        assert_eq!(signature("N", "", &["", ""], &keys), Signature::None);
        for (state, signer) in [("B", "key-1"), ("G", "key-0"), ("E", "key-1"), ("G", "key-7")] {
            assert_eq!(signature(state, signer, &["", ""], &keys), Signature::Other, "{state} {signer}");
        }
    }
}
