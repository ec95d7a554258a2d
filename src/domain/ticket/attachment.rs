//! The attachments of entries: their names, sizes and digests (docs/format.md#attachments).
//!
//! The digest of the bytes determines the path. Only `check` compares the description with the file.

use std::fmt;
use std::str::FromStr;

use crate::domain::codec::record::record;

/// The maximum length of a name in bytes. No common file system accepts a longer one.
pub const MAX_NAME_BYTES: usize = 255;

/// A SHA-256 digest of the bytes of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

/// A digest that is not 64 hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDigestError;

record! {
    /// An attachment, as an entry describes it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Attachment {
        /// The name of the original file, without folders, as the actor gave it.
        pub name: String,
        /// The size in bytes.
        pub size: u64,
        /// The digest of the bytes.
        pub digest as "sha256": Digest,
    }
}

impl Attachment {
    /// Returns the path of the file, relative to the desk.
    pub fn path(&self) -> String {
        self.digest.path()
    }
}

impl Digest {
    /// Returns the path of the file with this digest, relative to the desk: `attachments/ab/abcdef…`.
    pub fn path(&self) -> String {
        let digits = self.to_string();
        format!("attachments/{}/{digits}", &digits[..2])
    }

    /// Returns the digest of the attachment at a path relative to the desk, or `None` if the path is not that of an
    /// attachment.
    pub fn at(path: &str) -> Option<Self> {
        let (_, digits) = path.rsplit_once('/')?;
        digits.parse().ok().filter(|digest: &Self| digest.path() == path)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| ParseDigestError)?;
        let value = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(ParseDigestError),
        };
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self(digest))
    }
}

impl fmt::Display for ParseDigestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a SHA-256 digest must have 64 digits, 0 to 9 and a to f")
    }
}

/// Validates the name of an attachment: one line, and a valid file name.
///
/// # Errors
///
/// Returns the violated condition as a message.
pub fn validate_name(name: &str) -> Result<(), &'static str> {
    match name {
        _ if name.trim().is_empty() => Err("an attachment must have a name"),
        "." | ".." => Err("`.` and `..` are names of folders"),
        _ if name.len() > MAX_NAME_BYTES => Err("the name of an attachment must have at most 255 bytes"),
        _ if name.contains('/') => Err("the name of an attachment must not contain `/`"),
        _ if name.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) => {
            Err("the name of an attachment must be one line without control characters")
        }
        _ => Ok(()),
    }
}

/// Returns true if an entry with this action, given by its word, may have attachments.
pub fn may_have_attachments(action: &str) -> bool {
    matches!(action, "open" | "reply" | "note" | "remind" | "attach")
}

/// Formats a size in powers of ten: `813 B`, `1.2 kB`, `25 MB`. Rounds down.
pub fn format_size(size: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| size >= *unit) else { return format!("{size} B") };
    let (whole, tenths) = (size / unit, size % unit * 10 / unit);
    if whole >= 10 || tenths == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenths} {name}") }
}

/// Parses a size in casebook.toml: a positive whole number and `B`, `kB`, `MB` or `GB`. Returns `None` for any other
/// text.
pub fn parse_size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let unit = match text[digits..].trim_start() {
        "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(unit).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_spelling() {
        let text = "0123456789abcdef".repeat(4);
        let digest: Digest = text.parse().expect("a digest");
        assert_eq!(digest.to_string(), text);
        assert_eq!(digest.path(), format!("attachments/01/{text}"));
        assert_eq!(Digest::at(&digest.path()), Some(digest));
        for path in [format!("attachments/02/{text}"), format!("x/attachments/01/{text}"), text.clone()] {
            assert_eq!(Digest::at(&path), None, "{path}");
        }
        for other in [&text[1..], &text.to_uppercase(), &format!("{text}0"), "", &"é".repeat(32)] {
            assert_eq!(other.parse::<Digest>(), Err(ParseDigestError), "{other}");
        }
    }

    #[test]
    fn a_name_is_a_valid_file_name() {
        for name in ["trace.txt", "-rf", ".hidden", "a b", "日本語.har", "no", "...", &"x".repeat(255)] {
            assert_eq!(validate_name(name), Ok(()), "{name}");
        }
        for name in
            ["", " ", ".", "..", "a/b", "/", "a\nb", "a\tb", "\u{1b}[31m", "a\u{2028}b", "\u{85}", &"x".repeat(256)]
        {
            assert!(validate_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn sizes_are_parsed_and_formatted() {
        for (size, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_299, "1.2 kB"),
            (12_900, "12 kB"),
            (25_000_000, "25 MB"),
            (3_500_000_000, "3.5 GB"),
        ] {
            assert_eq!(format_size(size), text);
        }
        for (text, size) in [("25 MB", 25_000_000), ("1B", 1), ("10kB", 10_000), ("2 GB", 2_000_000_000)] {
            assert_eq!(parse_size(text), Some(size), "{text}");
        }
        for text in ["", "25", "MB", "0 MB", "-1 MB", "2.5 MB", "25 MiB", "99999999999999999999 B", "99999999999 GB"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
