//! Where things lie in a store, as a function of the id alone, and how a short word finds an id.
//!
//! Must not read ticket files or know what they hold.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate, NaiveTime};
use walkdir::WalkDir;

use crate::domain::id::{Id, LENGTH};

/// The file that marks a store.
pub const MARKER: &str = "casebook.toml";
/// The folder of tickets.
pub const TICKETS: &str = "tickets";
/// The folder of organisations' files.
pub const ORGANIZATIONS: &str = "organizations";
/// The folder of lists of holidays.
pub const CALENDARS: &str = "calendars";
/// The folder of attachments.
pub const ATTACHMENTS: &str = "attachments";
/// The file that tells git of them.
pub const ATTACHMENT_ATTRIBUTES: &str = "attachments/.gitattributes";
/// What it holds: their bytes are nobody's to change, and no lines to compare.
pub const ATTACHMENTS_AS_THEY_ARE: &str = "* -text -diff\n";
/// The shortest part of an id that people may give.
pub const SHORTEST_PART: usize = 4;
/// The shortest suffix shown to people.
pub const SHORTEST_SHOWN: usize = 6;

/// The place of a ticket: `tickets/YYYY/MM/ID.yaml`, by the UTC month of its id. It never changes (FORMAT).
pub fn ticket_path(id: Id) -> String {
    let mut path = ticket_folder(id);
    path.push('/');
    path.push_str(&file_name(id));
    path
}

/// The place of an organisation's file.
pub fn organization_path(id: &str) -> String {
    format!("{ORGANIZATIONS}/{id}.yaml")
}

/// Whether a path lies below a folder.
pub fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The organisation a path is the file of.
pub fn organization_of(path: &str) -> Option<&str> {
    path.strip_prefix(ORGANIZATIONS)?.strip_prefix('/').and_then(organization_of_name)
}

/// The organisation that a file in their folder belongs to, by its name.
pub fn organization_of_name(name: &str) -> Option<&str> {
    name.strip_suffix(".yaml").filter(|id| !id.is_empty() && !id.starts_with('.') && !id.contains('/'))
}

/// The name of a ticket's file in its folder.
pub fn file_name(id: Id) -> String {
    let mut name = id.to_string();
    name.push_str(".yaml");
    name
}

/// The folder of a ticket's file.
fn ticket_folder(id: Id) -> String {
    let month = id.time();
    format!("{TICKETS}/{:04}/{:02}", month.year(), month.month())
}

/// Whether a path, relative to the root, is the place of a ticket.
pub fn is_ticket_path(path: &Path) -> bool {
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

/// What lies in the folders of months.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TicketListing {
    /// The tickets at their places, by id.
    pub tickets: Vec<Id>,
    /// Paths, relative to the root, of what lies there and is no ticket of that month: links, folders, other files.
    pub misplaced: Vec<PathBuf>,
}

/// The folder of one month.
#[derive(Clone, Debug)]
pub struct MonthDir {
    /// The year.
    pub year: u32,
    /// The month, from 1.
    pub month: u32,
    /// Where it lies.
    pub folder: PathBuf,
}

/// The folders of months, in their order. What stands in for one is added to `names` as misplaced.
///
/// # Errors
/// A folder that cannot be read.
pub fn months(root: &Path, names: &mut TicketListing) -> io::Result<Vec<MonthDir>> {
    let tickets = root.join(TICKETS);
    if tickets.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        names.misplaced.push(PathBuf::from(TICKETS));
        return Ok(Vec::new());
    }
    let mut months = Vec::new();
    for (year, year_folder) in numbered_folders(root, &tickets, 4, names)? {
        for (month, folder) in numbered_folders(root, &year_folder, 2, names)? {
            months.push(MonthDir { year, month, folder });
        }
    }
    months.sort_by_key(|month| (month.year, month.month));
    Ok(months)
}

/// The folders called by a number of so many digits, such as `2026` and `11`. A link of such a name is misplaced.
fn numbered_folders(
    root: &Path,
    parent: &Path,
    digits: usize,
    names: &mut TicketListing,
) -> io::Result<Vec<(u32, PathBuf)>> {
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().filter(|name| name.len() == digits).and_then(|name| name.parse().ok());
        let Some(number) = number else { continue };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folders.push((number, entry.path()));
        } else if kind.is_symlink() {
            names.misplaced.push(entry.path().strip_prefix(root).unwrap_or(parent).to_path_buf());
        }
    }
    Ok(folders)
}

impl MonthDir {
    /// Lists the tickets of the month, without asking more of a file than its name and kind.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn list(&self, root: &Path, names: &mut TicketListing) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            match id_of(&entry) {
                Some(id) if self.is_path_of(&entry)? => names.tickets.push(id),
                // What editors and file managers leave is `check`'s to name.
                None if !has_ticket_extension(&name) => {}
                _ => names.misplaced.push(self.folder.strip_prefix(root).unwrap_or(&self.folder).join(name)),
            }
        }
        Ok(())
    }

    /// Whether something in the folder is a ticket of this month.
    fn is_path_of(&self, entry: &fs::DirEntry) -> io::Result<bool> {
        let holds = |id: Id| self.id_range().is_some_and(|(from, until)| from <= id && id < until);
        Ok(id_of(entry).is_some_and(holds) && entry.file_type()?.is_file())
    }

    /// The least id that belongs into the month, and the least that comes behind it.
    pub fn id_range(&self) -> Option<(Id, Id)> {
        id_range(self.year, self.month)
    }
}

/// The id a file is named after.
fn id_of(entry: &fs::DirEntry) -> Option<Id> {
    entry.file_name().to_str()?.strip_suffix(".yaml")?.parse().ok()
}

/// The least id of a month, and the least that comes behind it.
pub fn id_range(year: u32, month: u32) -> Option<(Id, Id)> {
    let begin = |year: i32, month| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some(Id::min_for(first.and_time(NaiveTime::MIN).and_utc()))
    };
    let year = i32::try_from(year).ok()?;
    let until = if month == 12 { begin(year + 1, 1) } else { begin(year, month + 1) };
    begin(year, month).zip(until)
}

/// Whether a name ends like a ticket's, and is not hidden.
pub fn has_ticket_extension(name: &std::ffi::OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.ends_with(b".yaml") && !name.starts_with(b".")
}

/// Everything in the tickets folder that is no ticket at its place, by path relative to the root. Complete, where
/// [`MonthDir::list`] leaves out what nobody takes for a ticket: for `check`.
///
/// # Errors
/// A folder that cannot be read.
pub fn unexpected_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let tickets = root.join(TICKETS);
    let mut strays = Vec::new();
    if tickets.symlink_metadata().is_err() {
        return Ok(strays);
    }
    let months = months(root, &mut TicketListing::default())?;
    let is_month = |path: &Path| months.iter().any(|month| month.folder == path);
    walk(
        root,
        WalkDir::new(&tickets).follow_root_links(false).into_iter().filter_entry(|entry| !is_month(entry.path())),
        &mut strays,
    )?;
    for month in &months {
        for entry in fs::read_dir(&month.folder)? {
            let entry = entry?;
            if !month.is_path_of(&entry)? {
                walk(root, WalkDir::new(entry.path()).follow_root_links(false).into_iter(), &mut strays)?;
            }
        }
    }
    strays.sort_unstable();
    Ok(strays)
}

/// Adds what lies there, but for plain folders and what is on its way.
fn walk(
    root: &Path,
    entries: impl Iterator<Item = walkdir::Result<walkdir::DirEntry>>,
    strays: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let is_new = relative.as_os_str().as_encoded_bytes().ends_with(NEW_BYTES.as_bytes());
        let is_id =
            entry.file_name().to_str().and_then(|name| name.strip_suffix(".yaml")?.parse::<Id>().ok()).is_some();
        if !is_new && (!entry.file_type().is_dir() || is_id) {
            strays.push(relative.to_path_buf());
        }
    }
    Ok(())
}

/// A part of an id as somebody types it, in the spelling ids have: upper case, I and L read as 1, O as 0.
/// `None` where it cannot be a part of an id.
pub fn parse_id_part(word: &str) -> Option<String> {
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

/// How many characters [`suffix_key`] holds.
pub const KEY_CHARACTERS: usize = 12;

/// The last twelve characters of an id as a number, the last one foremost, so that ids with the same suffix lie side
/// by side.
pub fn suffix_key(id: Id) -> u64 {
    let mut bits = u128::from_be_bytes(id.to_bytes());
    let mut key = 0;
    for _ in 0..KEY_CHARACTERS {
        key = key << 5 | (bits & 0x1f) as u64;
        bits >>= 5;
    }
    key
}

/// The shortest suffix, of at least six characters, that is one ticket's alone, for each id of a sorted list.
pub fn short_ids(ids: &[Id]) -> Vec<String> {
    let mut order: Vec<(u64, u32)> = ids.iter().map(|id| suffix_key(*id)).zip(0..).collect();
    let whole = |place: u32| ids[place as usize].to_string().into_bytes().into_iter().rev();
    // Hardly two of them share so many characters that more have to be looked at.
    order.sort_unstable_by(|(a, at), (b, other)| a.cmp(b).then_with(|| whole(*at).cmp(whole(*other))));
    let at = |rank: usize| ids[order[rank].1 as usize];
    let mut short = vec![String::new(); ids.len()];
    for (rank, &(_, place)) in order.iter().enumerate() {
        let before = rank.checked_sub(1).map_or(0, |rank| shared(at(rank), ids[place as usize]));
        let after = if rank + 1 < order.len() { shared(ids[place as usize], at(rank + 1)) } else { 0 };
        short[place as usize] = suffix(ids[place as usize], before.max(after) + 1);
    }
    short
}

/// The last characters of an id, at least six.
pub fn suffix(id: Id, characters: usize) -> String {
    id.to_string()[LENGTH - characters.clamp(SHORTEST_SHOWN, LENGTH)..].to_owned()
}

/// How many characters two ids have in common at their ends.
fn shared(a: Id, b: Id) -> usize {
    let differing = u128::from_be_bytes(a.to_bytes()) ^ u128::from_be_bytes(b.to_bytes());
    differing.trailing_zeros() as usize / 5
}

/// The last characters of an id, for places that need no uniqueness: commit subjects and messages.
pub fn short_suffix(id: Id) -> String {
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
        let ids =
            [id("01M7ZH3CA0AAAAAAAAAAAAAAAA"), id("01M7ZH3CAXAAAAAAAAAAAAAAAA"), id("02M7ZH3CA0AAAAAAAAAAAAAAAA")];
        assert_eq!(short_ids(&ids).iter().map(String::len).collect::<Vec<_>>(), [25, 17, 25]);
    }

    #[test]
    fn parts_are_read_in_any_case_and_with_lookalikes() {
        assert_eq!(parse_id_part("o1m7"), Some("01M7".to_owned()));
        for word in ["abc", "beads-14", "uuuu", "ééé"] {
            assert_eq!(parse_id_part(word), None, "{word}");
        }
    }
}
