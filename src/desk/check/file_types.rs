//! The rules for links, folders and other repositories at paths where plain files belong, and for files at paths where
//! folders belong.
//!
//! They need only paths and kinds of files, so the work tree, git's index and commits are checked by the same rules.

use std::io;
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::store::git::{FileKind, SnapshotFile};
use crate::store::layout;
use crate::store::yaml::{ReadError, ReadErrorKind};

use super::findings::damaged;

/// Checks something that is not a plain file, or not in its place; a folder is accepted where folders may be.
pub(super) fn check(path: &str, kind: FileKind) -> Option<Finding> {
    let is_folder = kind == FileKind::Folder;
    let finding = |rule, message: String| Some(Finding::new(rule, path, message));
    let description = describe(kind);
    if path == layout::MARKER {
        let message = format!(
            "casebook.toml must be a plain file, and this is {description}: clones, the audit and the guard cannot read it"
        );
        return finding(&rules::CONFIG_INVALID, message);
    }
    if path == layout::ORGANIZATIONS && !is_folder {
        let message = format!("organizations must be a folder, and this is {description}");
        return finding(&rules::ORGANIZATION_INVALID, message);
    }
    if layout::organization_of(path).is_some() {
        let description = if kind == FileKind::File { "something else" } else { description };
        let message = format!("the file of an organization must be a plain file, and this is {description}");
        return finding(&rules::ORGANIZATION_INVALID, message);
    }
    if (path == layout::ATTACHMENTS || layout::is_in(path, layout::ATTACHMENTS)) && !is_folder {
        let message = format!("only attachments belong here, and this is {description}");
        return finding(&rules::ATTACHMENT_STRAY, message);
    }
    if path == layout::TICKETS || layout::is_in(path, layout::TICKETS) {
        let is_expected_place = match kind {
            FileKind::Folder => expects_file(path),
            _ => {
                path == layout::TICKETS
                    || expects_file(path)
                    || has_ticket_extension(path)
                    || is_year(path)
                    || is_month(path)
            }
        };
        let error = match kind {
            FileKind::Link => ReadErrorKind::Symlink,
            FileKind::File => ReadErrorKind::WrongPlace,
            FileKind::Folder | FileKind::Repository => ReadErrorKind::NotAFile,
        };
        let finding = || damaged(path, &ReadError { line: 1, column: 1, kind: error });
        return if is_expected_place { Some(finding()) } else { (!is_folder).then(|| not_a_ticket(path)) };
    }
    None
}

/// Returns the finding about a file in the folder of tickets that is not a ticket.
pub(super) fn not_a_ticket(path: &str) -> Finding {
    Finding::new(&rules::FILE_STRAY, path, "only tickets belong here, and this is not a ticket")
}

/// Returns whether a folder belongs at a path, such as `tickets`.
pub(super) fn expects_folder(path: &str) -> bool {
    [layout::TICKETS, layout::ORGANIZATIONS, layout::ATTACHMENTS].contains(&path)
}

/// Returns the folders above some files of a snapshot that are at paths of plain files. git has no empty folders.
pub(super) fn folders(files: &[SnapshotFile]) -> Vec<SnapshotFile> {
    let mut folders: Vec<SnapshotFile> = Vec::new();
    for file in files.iter().filter(|file| file.bytes.is_some()) {
        for folder in folders_for_files(&file.path) {
            if !folders.iter().any(|other| other.path == folder) {
                folders.push(SnapshotFile::special(folder, FileKind::Folder));
            }
        }
    }
    folders
}

/// Returns the folders above a path that are at paths of plain files.
pub(super) fn folders_for_files(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end]).filter(|folder| expects_file(folder))
}

/// Returns whether a plain file belongs at a path.
fn expects_file(path: &str) -> bool {
    if path == layout::MARKER || layout::organization_of(path).is_some() {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_of_ticket = || name.strip_suffix(".yaml").is_some_and(|stem| stem.parse::<Id>().is_ok());
    let is_in_month = || path.rsplit_once('/').is_some_and(|(folder, _)| is_month(folder));
    layout::is_in(path, layout::TICKETS) && (is_of_ticket() || (has_ticket_extension(path) && is_in_month()))
}

fn has_ticket_extension(path: &str) -> bool {
    Path::new(path).file_name().is_some_and(layout::has_ticket_extension)
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

/// Returns the kind of file at a path of a work tree, without following links; none if there is nothing.
///
/// # Errors
/// The file cannot be inspected.
pub(super) fn kind_in(root: &Path, path: &str) -> io::Result<Option<FileKind>> {
    match root.join(path).symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Ok(Some(FileKind::Link)),
        Ok(metadata) if metadata.is_dir() => Ok(Some(FileKind::Folder)),
        Ok(_) => Ok(Some(FileKind::File)),
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

    #[test]
    fn a_folder_is_reported_once() {
        let file = |path: &str| SnapshotFile { path: path.to_owned(), kind: FileKind::File, bytes: Some(Vec::new()) };
        let all = ["organizations/a.yaml/x", "organizations/a.yaml/b/y", "organizations/b.yaml"].map(file);
        assert_eq!(folders(&all), [SnapshotFile::special("organizations/a.yaml", FileKind::Folder)]);
        let deleted = SnapshotFile { bytes: None, ..file("organizations/a.yaml/x") };
        assert_eq!(folders(&[deleted]), []);
    }
}
