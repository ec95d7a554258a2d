//! The places of the files in a desk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate, NaiveTime};
use walkdir::WalkDir;

use crate::domain::id::Id;
use crate::domain::ticket::attachment::Digest;

/// The file whose presence makes a folder a desk.
pub const MARKER: &str = "casebook.toml";
/// The folder of tickets.
pub const TICKETS: &str = "tickets";
/// The folder of organizations.
pub const ORGANIZATIONS: &str = "organizations";
/// The folder of lists of holidays.
pub const CALENDARS: &str = "calendars";
/// The folder of attachments.
pub const ATTACHMENTS: &str = "attachments";
/// The file with git's attributes for attachments.
pub const ATTACHMENT_ATTRIBUTES: &str = "attachments/.gitattributes";
/// The contents of that file: attachments are not converted, and not compared line by line.
pub const ATTACHMENTS_AS_THEY_ARE: &str = "* -text -diff\n";

/// Returns the path of a ticket: `tickets/YYYY/MM/ID.yaml`, by the UTC month of its id. It never changes
/// (docs/format.md#ids-and-paths).
pub fn ticket_path(id: Id) -> String {
    let mut path = ticket_folder(id);
    path.push('/');
    path.push_str(&file_name(id));
    path
}

/// Returns the path of an organization's file.
pub fn organization_path(id: &str) -> String {
    format!("{ORGANIZATIONS}/{id}.yaml")
}

/// Returns true if a path is below a folder.
pub fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the id of the organization whose file is at a path.
pub fn organization_of(path: &str) -> Option<&str> {
    path.strip_prefix(ORGANIZATIONS)?.strip_prefix('/').and_then(organization_of_name)
}

/// Returns the id of the organization whose file has this name.
pub fn organization_of_name(name: &str) -> Option<&str> {
    name.strip_suffix(".yaml").filter(|id| !id.is_empty() && !id.starts_with('.') && !id.contains('/'))
}

/// Returns the name of a ticket's file.
pub fn file_name(id: Id) -> String {
    let mut name = id.to_string();
    name.push_str(".yaml");
    name
}

/// Returns the folder of a ticket's file.
fn ticket_folder(id: Id) -> String {
    let month = id.time();
    format!("{TICKETS}/{:04}/{:02}", month.year(), month.month())
}

/// Returns the id in the name of a ticket's file, wherever it is.
pub fn id_in(path: &str) -> Option<Id> {
    path.rsplit('/').next()?.strip_suffix(".yaml")?.parse().ok()
}

/// Returns the ticket whose file is at a path, relative to the desk.
pub fn ticket_at(path: &str) -> Option<Id> {
    id_in(path).filter(|id| path == ticket_path(*id))
}

/// Returns true if a path is below the folder of tickets.
pub fn is_in_tickets(path: &str) -> bool {
    path.strip_prefix(TICKETS).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns true if a path, relative to the desk, is that of an attachment.
pub fn is_attachment(path: &str) -> bool {
    is_in(path, ATTACHMENTS) && Digest::at(path).is_some()
}

/// The part of a desk to which a path belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskPath<'a> {
    /// The settings, casebook.toml.
    Settings,
    /// A ticket in its place.
    Ticket(Id),
    /// A file in the folder of tickets with the name of a ticket, in another place.
    StrayTicket,
    /// Another path in the folder of tickets.
    InTickets,
    /// The file of an organization.
    Organization(&'a str),
    /// A file in the folder of holiday lists.
    HolidayList,
    /// An attachment, by the hash in its path.
    Attachment(Digest),
    /// The file with git's attributes for attachments.
    Attributes,
    /// Another path in the folder of attachments.
    StrayAttachment,
    /// A path of another program, or the folder of one of these files.
    Other,
}

/// Returns the part of a desk to which a path belongs, relative to the desk.
pub fn classify(path: &str) -> DeskPath<'_> {
    if path == MARKER {
        DeskPath::Settings
    } else if is_in(path, TICKETS) {
        match ticket_at(path) {
            Some(id) => DeskPath::Ticket(id),
            None if has_ticket_extension(path.rsplit('/').next().unwrap_or(path).as_ref()) => DeskPath::StrayTicket,
            None => DeskPath::InTickets,
        }
    } else if let Some(id) = organization_of(path) {
        DeskPath::Organization(id)
    } else if is_in(path, CALENDARS) {
        DeskPath::HolidayList
    } else if path == ATTACHMENT_ATTRIBUTES {
        DeskPath::Attributes
    } else if is_in(path, ATTACHMENTS) {
        Digest::at(path).map_or(DeskPath::StrayAttachment, DeskPath::Attachment)
    } else {
        DeskPath::Other
    }
}

/// Returns the nearest folder, upwards from `start`, that is a desk.
pub fn discover(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(MARKER).is_file()).map(Path::to_path_buf)
}

/// The end of the name of a temporary file in the work tree. It is used only if the state directory is on another file
/// system; other programs need not know it.
const NEW_BYTES: &str = ".casebook-new";

/// Returns the temporary file beside a file that will be replaced.
pub fn new_bytes(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}{NEW_BYTES}"))
}

/// A listing of month folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TicketListing {
    /// The tickets at their places, sorted by id.
    pub tickets: Vec<Id>,
    /// The paths of other things there, relative to the desk: links, folders, tickets of another month.
    pub misplaced: Vec<PathBuf>,
}

/// A month folder.
#[derive(Clone, Debug)]
pub struct MonthDir {
    /// The year.
    pub year: u32,
    /// The month, from 1.
    pub month: u32,
    /// The path of the folder.
    pub folder: PathBuf,
}

/// Returns the month folders, sorted. Links in place of a folder are added to the misplaced paths of `listing`.
///
/// # Errors
/// A folder cannot be read.
pub fn months(root: &Path, listing: &mut TicketListing) -> io::Result<Vec<MonthDir>> {
    let tickets = root.join(TICKETS);
    if tickets.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        listing.misplaced.push(PathBuf::from(TICKETS));
        return Ok(Vec::new());
    }
    let mut months = Vec::new();
    for (year, year_folder) in numbered_folders(root, &tickets, 4, listing)? {
        for (month, folder) in numbered_folders(root, &year_folder, 2, listing)? {
            months.push(MonthDir { year, month, folder });
        }
    }
    months.sort_by_key(|month| (month.year, month.month));
    Ok(months)
}

/// Returns the folders whose names are numbers with so many digits, such as `2026` and `11`. Links with such names are
/// misplaced.
fn numbered_folders(
    root: &Path,
    parent: &Path,
    digits: usize,
    listing: &mut TicketListing,
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
            listing.misplaced.push(entry.path().strip_prefix(root).unwrap_or(parent).to_path_buf());
        }
    }
    Ok(folders)
}

impl MonthDir {
    /// Lists the tickets of the month, by the names and types of the files only.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self, root: &Path, listing: &mut TicketListing) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            match id_of(&entry) {
                Some(id) if self.is_path_of(&entry)? => listing.tickets.push(id),
                // Only `check` reports files of editors and file managers.
                None if !has_ticket_extension(&name) => {}
                _ => listing.misplaced.push(self.folder.strip_prefix(root).unwrap_or(&self.folder).join(name)),
            }
        }
        Ok(())
    }

    /// Returns true if an entry of the folder is a ticket of this month.
    fn is_path_of(&self, entry: &fs::DirEntry) -> io::Result<bool> {
        let range = id_range(self.year, self.month);
        let is_in_month = |id: Id| range.is_some_and(|(from, until)| from <= id && id < until);
        Ok(id_of(entry).is_some_and(is_in_month) && entry.file_type()?.is_file())
    }
}

/// Returns the id after which a file is named.
fn id_of(entry: &fs::DirEntry) -> Option<Id> {
    id_in(entry.file_name().to_str()?)
}

/// Returns the least id of a month, and the least id after the month.
pub fn id_range(year: u32, month: u32) -> Option<(Id, Id)> {
    let begin = |year: i32, month| {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some(Id::min_for(first.and_time(NaiveTime::MIN).and_utc()))
    };
    let year = i32::try_from(year).ok()?;
    let until = if month == 12 { begin(year + 1, 1) } else { begin(year, month + 1) };
    begin(year, month).zip(until)
}

/// Returns true if a name ends with `.yaml` and is not hidden.
pub fn has_ticket_extension(name: &std::ffi::OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.ends_with(b".yaml") && !name.starts_with(b".")
}

/// Returns the paths, relative to the desk, of everything in the tickets folder that is not a ticket at its place. The
/// list is complete, for `check`; [`MonthDir::list`] omits files that cannot be mistaken for tickets.
///
/// # Errors
/// A folder cannot be read.
pub fn unexpected_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let tickets = root.join(TICKETS);
    let mut unexpected = Vec::new();
    if tickets.symlink_metadata().is_err() {
        return Ok(unexpected);
    }
    let months = months(root, &mut TicketListing::default())?;
    let is_month = |path: &Path| months.iter().any(|month| month.folder == path);
    walk(
        root,
        WalkDir::new(&tickets).follow_root_links(false).into_iter().filter_entry(|entry| !is_month(entry.path())),
        &mut unexpected,
    )?;
    for month in &months {
        for entry in fs::read_dir(&month.folder)? {
            let entry = entry?;
            if !month.is_path_of(&entry)? {
                walk(root, WalkDir::new(entry.path()).follow_root_links(false).into_iter(), &mut unexpected)?;
            }
        }
    }
    unexpected.sort_unstable();
    Ok(unexpected)
}

/// Adds the entries of a walk, except folders with ordinary names and temporary files.
fn walk(
    root: &Path,
    entries: impl Iterator<Item = walkdir::Result<walkdir::DirEntry>>,
    unexpected: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let is_new = relative.as_os_str().as_encoded_bytes().ends_with(NEW_BYTES.as_bytes());
        let is_id = entry.file_name().to_str().and_then(id_in).is_some();
        if !is_new && (!entry.file_type().is_dir() || is_id) {
            unexpected.push(relative.to_path_buf());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        text.parse().expect("an id")
    }

    #[test]
    fn the_path_contains_the_month_of_the_id() {
        assert_eq!(ticket_path(id("01KA3C5TC0000000000000000A")), "tickets/2025/11/01KA3C5TC0000000000000000A.yaml");
    }

    #[test]
    fn every_path_belongs_to_one_part_of_a_desk() {
        let name = "01KA3C5TC0000000000000000A";
        let digest = "ab".repeat(32);
        for (path, part) in [
            ("casebook.toml", DeskPath::Settings),
            (&format!("tickets/2025/11/{name}.yaml"), DeskPath::Ticket(id(name))),
            (&format!("tickets/2025/12/{name}.yaml"), DeskPath::StrayTicket),
            ("tickets/2025/notes.yaml", DeskPath::StrayTicket),
            ("tickets/2025/.notes.yaml", DeskPath::InTickets),
            ("organizations/acme.yaml", DeskPath::Organization("acme")),
            ("organizations/a/acme.yaml", DeskPath::Other),
            ("calendars/fr.toml", DeskPath::HolidayList),
            (&format!("attachments/ab/{digest}"), DeskPath::Attachment(Digest([0xab; 32]))),
            ("attachments/.gitattributes", DeskPath::Attributes),
            ("attachments/x", DeskPath::StrayAttachment),
            ("sub/casebook.toml", DeskPath::Other),
            ("tickets", DeskPath::Other),
        ] {
            assert_eq!(classify(path), part, "{path}");
        }
    }
}
