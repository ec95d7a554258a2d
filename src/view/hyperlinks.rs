//! Terminal links (OSC 8) from ticket ids to ticket files.
//!
//! A link takes no columns, so it is put around a text after that is aligned and cut. The caller checks that the terminal
//! supports links.

use std::path::Path;

use crate::domain::id::Id;

/// The addresses of ticket files.
#[derive(Clone, Debug)]
pub struct LinkTargets {
    root: String,
    path: fn(Id) -> String,
}

impl LinkTargets {
    /// Returns the addresses of files below a folder. `path` gives the path of a ticket below it; it must need no escaping.
    pub fn below(root: &Path, path: fn(Id) -> String) -> Self {
        Self { root: address(root.as_os_str().as_encoded_bytes()), path }
    }

    /// Returns the address of a ticket file.
    pub fn to(&self, id: Id) -> String {
        format!("{}/{}", self.root, (self.path)(id))
    }
}

/// Returns a path as a `file:` URL. Every byte that is not a plain character is percent-encoded.
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

/// Appends a text, as a link if there is an address.
pub fn push(line: &mut String, address: Option<&str>, text: &str) {
    match address {
        Some(address) => line.push_str(&format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")),
        None => line.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_percent_encoded() {
        let links = LinkTargets::below(Path::new("/a b/\u{1b}\\緊"), |id| format!("tickets/{id}.yaml"));
        let id = "01KA3C5TC0000000000000000A".parse().expect("an id");
        assert_eq!(links.to(id), "file:///a%20b/%1B%5C%E7%B7%8A/tickets/01KA3C5TC0000000000000000A.yaml");
    }

    #[test]
    fn a_text_without_an_address_is_not_a_link() {
        let mut line = String::new();
        push(&mut line, None, "A1");
        push(&mut line, Some("file:///x"), "B2");
        assert_eq!(line, "A1\u{1b}]8;;file:///x\u{1b}\\B2\u{1b}]8;;\u{1b}\\");
    }
}
