//! The checks of organization files and attachments, each file by itself.

use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::attachment::Digest;
use crate::store::git::FileKind;
use crate::store::yaml::{ReadError, ReadErrorKind};
use crate::store::{layout, yaml};

use super::file_types;
use super::findings::with_line;

/// Checks the file of an organization.
pub(super) fn organization(path: &str, id: &str, bytes: &[u8]) -> Option<Finding> {
    let error = yaml::read_organization(bytes, id).err()?;
    let finding = Finding::new(&rules::ORGANIZATION_INVALID, path, error.kind.to_string());
    Some(with_line(finding.at(error.line, error.column), bytes))
}

/// Checks a file in `attachments/`: its path must be the hash of its bytes.
///
/// # Errors
/// The file cannot be read.
pub(super) fn attachment(path: &str, bytes: io::Result<impl io::Read>) -> io::Result<Option<Finding>> {
    let Some(named) = Digest::at(path) else {
        let message = "only attachments belong here, and this is not an attachment";
        return Ok(Some(Finding::new(&rules::ATTACHMENT_STRAY, path, message)));
    };
    let mut bytes = bytes?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 64 << 10]);
    loop {
        match bytes.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    let digest = Digest(digest.finalize().into());
    let differs = || {
        Finding::new(
            &rules::ATTACHMENT_DIFFERS,
            path,
            format!("the SHA-256 of this file is {digest}, which is not that of its path"),
        )
    };
    Ok((digest != named).then(differs))
}

/// Returns the finding about the file of an organization that cannot be read.
pub(super) fn unreadable(path: &str, damage: &ReadError) -> Finding {
    match file_types::check(path, FileKind::Other) {
        Some(finding) if damage.kind == ReadErrorKind::NotAFile => finding,
        _ => Finding::new(&rules::ORGANIZATION_INVALID, path, damage.kind.to_string()),
    }
}

/// Checks the `.gitattributes` that keeps git from changing attachments.
pub(super) fn attributes(bytes: Option<&[u8]>) -> Option<Finding> {
    let path = layout::ATTACHMENT_ATTRIBUTES;
    let message = match bytes {
        Some(bytes) if bytes == layout::ATTACHMENTS_AS_THEY_ARE.as_bytes() => return None,
        Some(_) => "the file must contain `* -text -diff` and nothing else, so that git does not change attachments",
        None => "the file is missing, and without it git may change attachments",
    };
    Some(Finding::new(&rules::ATTACHMENT_ATTRIBUTES, path, message))
}

/// Returns the files in the folder of attachments of a work tree, and what is not a plain file there, with their kinds.
///
/// # Errors
/// A folder cannot be read.
pub(super) fn attachments(root: &Path) -> io::Result<Vec<(String, FileKind)>> {
    let mut files = Vec::new();
    let top = root.join(layout::ATTACHMENTS);
    if top.symlink_metadata().is_err() {
        return Ok(files);
    }
    for entry in WalkDir::new(&top).follow_root_links(false) {
        let entry = entry?;
        let kind = FileKind::from(entry.file_type());
        if kind != FileKind::Folder {
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            files.push((path.to_string_lossy().into_owned(), kind));
        }
    }
    Ok(files)
}
