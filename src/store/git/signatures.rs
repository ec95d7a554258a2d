//! Signatures of commits, verified by `git log` with a list of trusted keys.
//!
//! git starts a process of the signing program for each commit that it verifies.

use std::io::Write;

use super::{GitError, Repository};

/// The format of a commit: name, letter of the verification, signer, fingerprint, and that of the primary key.
const FORMAT: &str = "--format=%H%x01%G?%x01%GS%x01%GF%x01%GP";

/// A key with which a person signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedKey {
    /// An SSH key: its type and body, such as `ssh-ed25519 KEY`.
    Ssh(String),
    /// The fingerprint of an OpenPGP key, in upper case without blanks. git's own keyring must contain the key.
    OpenPgp(String),
}

/// git's verification of a commit's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// The commit is not signed.
    None,
    /// A good signature by the key at this place in the list of trusted keys.
    By(usize),
    /// A signature that does not match the commit, is by an unknown key, or cannot be verified here.
    Other,
}

impl Repository {
    /// Returns the signatures of the commits selected by `revisions`, with the commits' names, the oldest first.
    ///
    /// # Errors
    /// git refuses, or the list of keys cannot be written.
    pub fn signatures(&self, revisions: &[String], keys: &[TrustedKey]) -> Result<Vec<(String, Signature)>, GitError> {
        let mut allowed = tempfile::NamedTempFile::new()?;
        for (place, key) in keys.iter().enumerate() {
            if let TrustedKey::Ssh(key) = key {
                // Each key is a principal of its own, so that git's output names the key.
                writeln!(allowed, "{} namespaces=\"git\" {key}", principal(place))?;
            }
        }
        allowed.flush()?;
        let setting = format!("gpg.ssh.allowedSignersFile={}", allowed.path().display());
        let form = ["-c", &setting, "log", "--reverse", "--topo-order", "--no-patch", "--no-notes", "-z", FORMAT];
        let arguments: Vec<&str> = form.into_iter().chain(revisions.iter().map(String::as_str)).chain(["--"]).collect();
        let printed = self.without_replace_refs(&arguments).bytes()?;
        let printed = String::from_utf8_lossy(&printed);
        let parse = |line: &str| {
            let fields: Vec<&str> = line.split('\u{1}').collect();
            let [commit, state, signer, fingerprint, primary] = fields.as_slice() else { return None };
            Some(((*commit).to_owned(), signature(state, signer, &[*fingerprint, *primary], keys)))
        };
        Ok(printed.split('\0').filter_map(parse).collect())
    }
}

fn principal(place: usize) -> String {
    format!("key-{place}")
}

/// Interprets git's letter: `G` is a good signature, `U` a good one by a key whose owner gpg does not know. That is
/// enough, because casebook.toml names the owner.
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
