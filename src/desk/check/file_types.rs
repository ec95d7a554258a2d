//! Links, folders and other repositories where plain files belong, and what no folder is where one belongs.
//!
//! By paths and what stands there alone: the work tree, git's index and commits are held against the same rules. Must
//! not know which of them it is.

use std::io;
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::store::git::{FileKind, SnapshotFile};
use crate::store::layout;
use crate::store::yaml::{ReadError, ReadErrorKind};

use super::other_files;
use super::ticket::damaged;

/// What something that is no plain file breaks at a path; nothing for a folder where folders may be.
pub(super) fn finding(path: &str, nature: FileKind) -> Option<Finding> {
    let is_folder = nature == FileKind::Folder;
    let found = |rule, message: String| Some(Finding::new(rule, path, message));
    let what = describe(nature);
    if path == layout::MARKER {
        let message =
            format!("this is {what}; git, and with it every clone, the audit and the guard, sees no settings");
        return found(&rules::CONFIG_INVALID, message);
    }
    if path == layout::ORGANIZATIONS && !is_folder {
        return found(&rules::ORGANIZATION_INVALID, format!("this is {what}; organisations' files lie in a folder"));
    }
    if layout::organization_of(path).is_some() {
        let what = if nature == FileKind::File { "something else than a file" } else { what };
        return found(&rules::ORGANIZATION_INVALID, format!("this is {what}; organisations' files are plain files"));
    }
    if (path == layout::ATTACHMENTS || layout::is_in(path, layout::ATTACHMENTS)) && !is_folder {
        let message = format!("this is {what}, and lies where only attachments belong");
        return found(&rules::ATTACHMENT_STRAY, message);
    }
    if path == layout::TICKETS || layout::is_in(path, layout::TICKETS) {
        let is_meant = match nature {
            FileKind::Folder => expects_file(path),
            _ => {
                path == layout::TICKETS
                    || expects_file(path)
                    || has_ticket_extension(path)
                    || is_year(path)
                    || is_month(path)
            }
        };
        let kind = match nature {
            FileKind::Link => ReadErrorKind::Symlink,
            FileKind::File => ReadErrorKind::WrongPlace,
            FileKind::Folder | FileKind::Repository => ReadErrorKind::NotAFile,
        };
        let finding = || damaged(path, &ReadError { line: 1, column: 1, kind });
        return if is_meant { Some(finding()) } else { (!is_folder).then(|| other_files::stray(path)) };
    }
    None
}

/// What stands for a whole folder that has to be one: a file in the place of `tickets`, as a link there.
pub(super) fn stands_for_a_folder(path: &str) -> bool {
    [layout::TICKETS, layout::ORGANIZATIONS, layout::ATTACHMENTS].contains(&path)
}

/// The folders above some files of git where a plain file belongs. git has no empty ones.
pub(super) fn folders(held: &[SnapshotFile]) -> Vec<SnapshotFile> {
    let mut folders: Vec<SnapshotFile> = Vec::new();
    for held in held.iter().filter(|held| held.bytes.is_some()) {
        for folder in folders_for_files(&held.path) {
            if !folders.iter().any(|known| known.path == folder) {
                folders.push(SnapshotFile::odd(folder, FileKind::Folder));
            }
        }
    }
    folders
}

/// Those of the folders above a path where a plain file belongs.
pub(super) fn folders_for_files(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end]).filter(|folder| expects_file(folder))
}

/// Whether a plain file belongs at a path, and so no folder.
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

/// Whether a path is that of a year of tickets.
fn is_year(path: &str) -> bool {
    path.split_once('/').is_some_and(|(top, year)| top == layout::TICKETS && is_number(year, 4))
}

/// Whether a path is that of a month of tickets.
fn is_month(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(year, month)| is_year(year) && is_number(month, 2))
}

fn is_number(part: &str, digits: usize) -> bool {
    part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands at a path of a work tree, without following links; none where nothing does.
///
/// # Errors
/// The system refuses.
pub(super) fn nature_in(root: &Path, path: &str) -> io::Result<Option<FileKind>> {
    match root.join(path).symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Ok(Some(FileKind::Link)),
        Ok(metadata) if metadata.is_dir() => Ok(Some(FileKind::Folder)),
        Ok(_) => Ok(Some(FileKind::File)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

const fn describe(nature: FileKind) -> &'static str {
    match nature {
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
    fn what_is_no_file_breaks_the_rule_of_its_place() {
        let code = |path: &str, nature| finding(path, nature).map(|finding| finding.rule.code);
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
    fn a_folder_is_told_once_whatever_lies_in_it() {
        let held = |path: &str| SnapshotFile { path: path.to_owned(), nature: FileKind::File, bytes: Some(Vec::new()) };
        let all = ["organizations/a.yaml/x", "organizations/a.yaml/b/y", "organizations/b.yaml"].map(held);
        assert_eq!(folders(&all), [SnapshotFile::odd("organizations/a.yaml", FileKind::Folder)]);
        let gone = SnapshotFile { bytes: None, ..held("organizations/a.yaml/x") };
        assert_eq!(folders(&[gone]), []);
    }
}
