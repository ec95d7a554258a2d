//! Storing the attachments of a command (docs/decisions/0015-attachments.md). The bytes are stored before any entry names
//! them, so that a command that is killed may leave an attachment without an entry, but no entry without its attachment.

use std::collections::BTreeSet;
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::ticket::attachment::Attachment;
use crate::error::Error;
use crate::store::files::{ExtraFile, FileChange, FileReadError, PlaceOutcome, place, read_plain, remove_placed};
use crate::store::git::Repository;
use crate::store::layout;
use crate::store::yaml::{ReadError, ReadErrorKind};

use super::request::AttachmentData;
use super::transaction::Transaction;
use crate::desk::Desk;

impl Transaction<'_> {
    /// Adds attachments to the transaction. Returns them as the entry names them.
    pub(crate) fn attach(&mut self, attachments: Vec<AttachmentData>) -> Vec<Attachment> {
        let named = attachments.iter().map(|attachment| attachment.attachment.clone()).collect();
        for attachment in attachments {
            if !self.attached.iter().any(|other| other.attachment.digest == attachment.attachment.digest) {
                self.attached.push(attachment);
            }
        }
        named
    }

    /// Returns the stored attachments of the changed tickets that no commit contains: an earlier command without a commit
    /// stored them, and this commit adds them with the entries that name them.
    ///
    /// # Errors
    /// git is not installed.
    pub(crate) fn uncommitted_attachments(&mut self) -> Result<Vec<ExtraFile>, Error> {
        let mut paths = Vec::new();
        let written: BTreeSet<Id> = self.entries.iter().map(|(id, _)| *id).collect();
        for id in written {
            let named = self.ticket(id)?.history.iter().flat_map(|entry| &entry.attachments);
            paths.extend(named.map(Attachment::path));
        }
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        paths.push(layout::ATTACHMENT_ATTRIBUTES.to_owned());
        paths.sort_unstable();
        paths.dedup();
        let root = self.desk().root();
        let committed = Repository::at(root).tracked_in_head(&paths)?;
        paths.retain(|path| !committed.contains(path) && root.join(path).is_file());
        Ok(paths.into_iter().map(|path| ExtraFile { path, is_new: false }).collect())
    }
}

/// Returns the `.gitattributes` that keeps git from changing attachments, if there is none yet. One with other contents is
/// left alone; `check` reports it.
pub(crate) fn attachment_gitattributes(root: &Path) -> Option<FileChange> {
    let path = layout::ATTACHMENT_ATTRIBUTES.to_owned();
    let is_missing = matches!(read_plain(root, &path), Err(FileReadError::Missing));
    is_missing.then(|| FileChange { path, before: None, after: layout::ATTACHMENTS_AS_THEY_ARE.to_owned() })
}

/// Stores the bytes of attachments; they are on disk when this returns. Returns the files, with the ones that are new.
///
/// # Errors
/// A file cannot be written, or a file of the same name has other contents. Files stored before are removed again.
pub(crate) fn store_attachments(desk: &Desk, attachments: &[AttachmentData]) -> Result<Vec<ExtraFile>, Error> {
    let mut stored: Vec<ExtraFile> = Vec::with_capacity(attachments.len());
    for attached in attachments {
        let path = attached.attachment.path();
        match store(desk, &path, &attached.bytes) {
            Ok(is_new) => stored.push(ExtraFile { path, is_new }),
            Err(error) => {
                remove_placed(&desk.root, &stored);
                return Err(error);
            }
        }
    }
    if !stored.is_empty() {
        desk.fault_point("attached");
    }
    Ok(stored)
}

fn store(desk: &Desk, path: &str, bytes: &[u8]) -> Result<bool, Error> {
    match place(&desk.state, &desk.root, path, bytes, &|step| desk.fault_point(step)) {
        Ok(PlaceOutcome::New) => Ok(true),
        Ok(PlaceOutcome::Known) => Ok(false),
        Ok(PlaceOutcome::Differs) => Err(Error::AttachmentMismatch { path: path.to_owned() }),
        Err(FileReadError::Io(source)) => Err(Error::Io { path: desk.root.join(path), attempt: "write", source }),
        Err(FileReadError::Damaged(kind)) => Err(damaged(path, kind)),
        Err(FileReadError::Missing) => Err(damaged(path, ReadErrorKind::NotAFile)),
    }
}

fn damaged(path: &str, kind: ReadErrorKind) -> Error {
    Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } }
}
