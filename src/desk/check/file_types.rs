//! The rules for links, folders and other repositories at paths where plain files belong, and for files at paths where
//! folders belong.
//!
//! They need only paths and kinds of files, so the work tree, git's index and commits are checked by the same rules.

use std::io;
use std::path::Path;

use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::store::git::FileKind;
use crate::store::layout::{self, DeskPath};
use crate::store::yaml::{ReadError, ReadErrorKind};

use super::findings::damaged;

/// Checks something that is not a plain file, or not in its place; a folder is accepted where folders may be.
pub(super) fn check(path: &str, kind: FileKind) -> Option<Finding> {
    let (is_folder, description) = (kind == FileKind::Folder, describe(kind));
    let (rule, message) = match layout::classify(path) {
        DeskPath::Settings => (
            &rules::CONFIG_INVALID,
            format!(
                "casebook.toml must be a plain file, and this is {description}: clones, the audit and the guard cannot read it"
            ),
        ),
        DeskPath::Organization(_) => (
            &rules::ORGANIZATION_INVALID,
            format!("the file of an organization must be a plain file, and this is {description}"),
        ),
        DeskPath::Ticket(_) | DeskPath::StrayTicket | DeskPath::InTickets => return check_in_tickets(path, kind),
        DeskPath::Other if path == layout::TICKETS => return check_in_tickets(path, kind),
        _ if is_folder => return None,
        DeskPath::Other if path == layout::ORGANIZATIONS => {
            (&rules::ORGANIZATION_INVALID, format!("organizations must be a folder, and this is {description}"))
        }
        DeskPath::Other if path != layout::ATTACHMENTS => return None,
        DeskPath::HolidayList => return None,
        _ => (&rules::ATTACHMENT_STRAY, format!("only attachments belong here, and this is {description}")),
    };
    Some(Finding::new(rule, path, message))
}

/// Checks something in the place of tickets or of their folders.
fn check_in_tickets(path: &str, kind: FileKind) -> Option<Finding> {
    let is_folder = kind == FileKind::Folder;
    let is_stray = || layout::classify(path) == DeskPath::StrayTicket || path == layout::TICKETS;
    if !expects_file(path) && (is_folder || !is_stray() && !is_year(path) && !is_month(path)) {
        return (!is_folder).then(|| not_a_ticket(path));
    }
    let error = match kind {
        FileKind::Link => ReadErrorKind::Symlink,
        FileKind::File => ReadErrorKind::WrongPlace,
        FileKind::Folder | FileKind::Repository | FileKind::Other => ReadErrorKind::NotAFile,
    };
    Some(damaged(path, &ReadError { line: 1, column: 1, kind: error }))
}

/// Returns the finding about a file in the folder of tickets that is not a ticket.
pub(super) fn not_a_ticket(path: &str) -> Finding {
    Finding::new(&rules::FILE_STRAY, path, "only tickets belong here, and this is not a ticket")
}

/// Returns whether a folder belongs at a path, such as `tickets`.
pub(super) fn expects_folder(path: &str) -> bool {
    [layout::TICKETS, layout::ORGANIZATIONS, layout::ATTACHMENTS].contains(&path)
}

/// Returns the folders above a path that are at paths of plain files.
pub(super) fn folders_for_files(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end]).filter(|folder| expects_file(folder))
}

/// Returns whether a plain file belongs at a path.
fn expects_file(path: &str) -> bool {
    let is_in_month = || path.rsplit_once('/').is_some_and(|(folder, _)| is_month(folder));
    match layout::classify(path) {
        DeskPath::Settings | DeskPath::Organization(_) | DeskPath::Ticket(_) => true,
        DeskPath::StrayTicket => layout::id_in(path).is_some() || is_in_month(),
        _ => false,
    }
}

/// Returns whether a path is that of a year of tickets.
fn is_year(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, year)| top == layout::TICKETS && is_number(year, 4))
}

/// Returns whether a path is that of a month of tickets.
fn is_month(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(year, month)| is_year(year) && is_number(month, 2))
}

fn is_number(part: &str, digits: usize) -> bool {
    part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the kind of the file at a path of a work tree, without following links; none if there is nothing.
///
/// # Errors
/// The file cannot be inspected.
pub(super) fn kind_in(path: &Path) -> io::Result<Option<FileKind>> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Some(FileKind::from(metadata.file_type()))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

const fn describe(kind: FileKind) -> &'static str {
    match kind {
        FileKind::File => "a file",
        FileKind::Link => "a symbolic link",
        FileKind::Folder => "a folder",
        FileKind::Repository => "the commit of another repository",
        FileKind::Other => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_or_folder_breaks_the_rule_of_its_path() {
        let code = |path: &str, kind| check(path, kind).map(|finding| finding.rule.code);
        let id = "01M81GKATFBRM36GEJNZXVSRF0.yaml";
        for (path, link, folder) in [
            ("casebook.toml", Some("CB301"), Some("CB301")),
            ("organizations", Some("CB303"), None),
            ("organizations/acme.yaml", Some("CB303"), Some("CB303")),
            ("organizations/notes.txt", None, None),
            ("organizations/a/acme.yaml", None, None),
            ("attachments", Some("CB206"), None),
            ("attachments/57", Some("CB206"), None),
            ("tickets", Some("CB015"), None),
            ("tickets/2026", Some("CB015"), None),
            ("tickets/2026/11", Some("CB015"), None),
            ("tickets/2026/5", Some("CB017"), None),
            ("tickets/2026/11/notes", Some("CB017"), None),
            ("tickets/2026/11/notes.yaml", Some("CB015"), Some("CB015")),
            ("tickets/2026/notes.yaml", Some("CB015"), None),
            (&format!("tickets/a/{id}"), Some("CB015"), Some("CB015")),
            ("README.md", None, None),
        ] {
            assert_eq!(code(path, FileKind::Link), link, "{path}");
            assert_eq!(code(path, FileKind::Folder), folder, "{path}");
            assert_eq!(code(path, FileKind::Repository), link, "{path}");
        }
    }
}
