//! Where things lie in a store, as a function of the id alone, and how a short word finds an id.
//!
//! Must not read ticket files or know what they hold.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::domain::id::{Id, LENGTH};

/// The file that marks a store.
pub const MARKER: &str = "casebook.toml";
/// The folder of tickets.
pub const TICKETS: &str = "tickets";
/// The shortest part of an id that people may give.
pub const SHORTEST_PART: usize = 4;
/// The shortest suffix shown to people.
pub const SHORTEST_SHOWN: usize = 6;

/// The place of a ticket: `tickets/YYYY/MM/ID.yaml`, by the UTC month of its id. It never changes (FORMAT).
pub fn ticket_path(id: Id) -> String {
    format!("{TICKETS}/{}/{id}.yaml", id.time().format("%Y/%m"))
}

/// Whether a path, relative to the root, is the place of a ticket.
pub fn is_place(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".yaml")?.parse::<Id>().ok());
    name.is_some_and(|id| path == Path::new(&ticket_path(id)))
}

/// The nearest folder upwards that holds a store.
pub fn discover(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(MARKER).is_file()).map(Path::to_path_buf)
}

/// How the hidden file is named that holds new bytes until they take a file's place, where that cannot be done
/// from the store's own folder. Nobody but the next writer has to do with it.
const NEW_BYTES: &str = ".casebook-new";

/// The hidden file beside a ticket's.
pub fn new_bytes(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}{NEW_BYTES}"))
}

/// What lies in the tickets folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The tickets at their places, by id.
    pub tickets: Vec<Id>,
    /// Paths, relative to the root, of what is no ticket: files at no ticket's place, symbolic links, and
    /// folders or odder things that are named like a file.
    pub stray: Vec<PathBuf>,
}

/// Lists the tickets folder without reading a file.
///
/// # Errors
/// A folder that cannot be read.
pub fn names(root: &Path) -> io::Result<Names> {
    let mut names = Names::default();
    let tickets = root.join(TICKETS);
    if let Err(error) = tickets.symlink_metadata() {
        return if error.kind() == io::ErrorKind::NotFound { Ok(names) } else { Err(error) };
    }
    let mut walk = WalkDir::new(&tickets).follow_root_links(false).into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry?;
        if entry.file_type().is_dir() {
            if entry.file_name().as_encoded_bytes().ends_with(b".yaml") {
                names.stray.push(entry.path().strip_prefix(root).unwrap_or(entry.path()).to_path_buf());
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.file_name().as_encoded_bytes().ends_with(NEW_BYTES.as_bytes()) {
            continue;
        }
        let id = entry.file_name().to_str().and_then(|name| name.strip_suffix(".yaml")?.parse().ok());
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        match id {
            Some(id) if entry.file_type().is_file() && relative == Path::new(&ticket_path(id)) => {
                names.tickets.push(id)
            }
            _ => names.stray.push(relative.to_path_buf()),
        }
    }
    names.tickets.sort_unstable();
    names.stray.sort_unstable();
    Ok(names)
}

/// A part of an id as somebody types it, in the spelling ids have: upper case, I and L read as 1, O as 0.
/// `None` where it cannot be a part of an id.
pub fn part_of_id(word: &str) -> Option<String> {
    let spelled: String = word
        .chars()
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            upper => upper,
        })
        .collect();
    let fits = (SHORTEST_PART..=LENGTH).contains(&spelled.len());
    (fits && spelled.bytes().all(|byte| byte.is_ascii_alphanumeric() && byte != b'U')).then_some(spelled)
}

/// The ids that begin or end with a part.
pub fn matching(ids: &[Id], part: &str) -> Vec<Id> {
    ids.iter().copied().filter(|id| part_matches(*id, part)).collect()
}

fn part_matches(id: Id, part: &str) -> bool {
    let id = id.to_string();
    id.starts_with(part) || id.ends_with(part)
}

/// The shortest suffix, of at least six characters, that is one ticket's alone, for each id of a sorted list.
pub fn short_ids(ids: &[Id]) -> Vec<String> {
    let mut reversed: Vec<(Vec<u8>, usize)> =
        ids.iter().enumerate().map(|(place, id)| (id.to_string().bytes().rev().collect(), place)).collect();
    reversed.sort_unstable();
    let shared = |a: &[u8], b: &[u8]| a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let mut short = vec![String::new(); ids.len()];
    for (rank, (suffix, place)) in reversed.iter().enumerate() {
        let before = rank.checked_sub(1).map_or(0, |rank| shared(suffix, &reversed[rank].0));
        let after = reversed.get(rank + 1).map_or(0, |(next, _)| shared(suffix, next));
        let length = (before.max(after) + 1).clamp(SHORTEST_SHOWN, LENGTH);
        short[*place] = suffix[..length].iter().rev().map(|&byte| char::from(byte)).collect();
    }
    short
}

/// The shortest suffix, of at least six characters, that is `id`'s alone among `ids`.
pub fn short_id(ids: &[Id], id: Id) -> String {
    let spelled = id.to_string();
    let shared =
        |other: &Id| other.to_string().bytes().rev().zip(spelled.bytes().rev()).take_while(|(a, b)| a == b).count();
    let longest = ids.iter().filter(|other| **other != id).map(shared).max().unwrap_or(0);
    spelled[LENGTH - (longest + 1).clamp(SHORTEST_SHOWN, LENGTH)..].to_owned()
}

/// The last characters of an id, for places that need no uniqueness: commit subjects and messages.
pub fn tail(id: Id) -> String {
    id.to_string()[LENGTH - SHORTEST_SHOWN..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        text.parse().expect("an id")
    }

    #[test]
    fn the_path_is_the_month_of_the_id() {
        assert_eq!(ticket_path(id("01KA3C5TC0000000000000000A")), "tickets/2025/11/01KA3C5TC0000000000000000A.yaml");
    }

    #[test]
    fn short_ids_are_as_long_as_it_takes() {
        let ids =
            [id("01M7ZH3CA0AAAAAAAAAAAAAAAA"), id("01M7ZH3CA0BBBBBBBBBXAAAAAA"), id("01M7ZH3CA0CCCCCCCCCCCCCCCC")];
        assert_eq!(short_ids(&ids), ["AAAAAAA", "XAAAAAA", "CCCCCC"]);
    }

    #[test]
    fn parts_are_read_in_any_case_and_with_lookalikes() {
        assert_eq!(part_of_id("o1m7"), Some("01M7".to_owned()));
        for word in ["abc", "beads-14", "uuuu", "ééé"] {
            assert_eq!(part_of_id(word), None, "{word}");
        }
    }
}
