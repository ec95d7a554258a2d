//! Links of terminals (OSC 8): an id that opens the ticket's file.
//!
//! Must not know whether the terminal can: the caller has asked. A link takes no columns, so it is put around words
//! after these are aligned and cut.

use std::path::Path;

use crate::domain::id::Id;

/// Where links lead.
#[derive(Clone, Debug)]
pub struct LinkTargets {
    root: String,
    place: fn(Id) -> String,
}

impl LinkTargets {
    /// Links to files below a folder. `place` is a ticket's, relative to it, of plain characters.
    pub fn below(root: &Path, place: fn(Id) -> String) -> Self {
        Self { root: address(root.as_os_str().as_encoded_bytes()), place }
    }

    /// The address of a ticket's file.
    pub fn to(&self, id: Id) -> String {
        format!("{}/{}", self.root, (self.place)(id))
    }
}

/// A path as a URL. Whatever could end the link, or begin something else, is spelled in figures.
fn address(path: &[u8]) -> String {
    let mut address = "file://".to_owned();
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

/// Adds words that lead to an address, where there is one.
pub fn push(line: &mut String, address: Option<&str>, words: &str) {
    match address {
        Some(address) => line.push_str(&format!("\u{1b}]8;;{address}\u{1b}\\{words}\u{1b}]8;;\u{1b}\\")),
        None => line.push_str(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_nothing_that_ends_it() {
        let links = LinkTargets::below(Path::new("/a b/\u{1b}\\緊"), |id| format!("tickets/{id}.yaml"));
        let id = "01KA3C5TC0000000000000000A".parse().expect("an id");
        assert_eq!(links.to(id), "file:///a%20b/%1B%5C%E7%B7%8A/tickets/01KA3C5TC0000000000000000A.yaml");
    }

    #[test]
    fn words_without_an_address_stay_as_they_are() {
        let mut line = String::new();
        push(&mut line, None, "A1");
        push(&mut line, Some("file:///x"), "B2");
        assert_eq!(line, "A1\u{1b}]8;;file:///x\u{1b}\\B2\u{1b}]8;;\u{1b}\\");
    }
}
