//! Files that come with a command's entries: their bytes are put in place before any entry names them, so that a
//! command that is killed leaves an attachment nobody names, and never a name without its bytes.

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
    /// The attachments of an entry, whose bytes the command brings.
    pub(crate) fn attach(&mut self, attachments: Vec<AttachmentData>) -> Vec<Attachment> {
        let named = attachments.iter().map(|attachment| attachment.what.clone()).collect();
        for attachment in attachments {
            if !self.attached.iter().any(|known| known.what.digest == attachment.what.digest) {
                self.attached.push(attachment);
            }
        }
        named
    }

    /// The attachments of the tickets a command has written to that no commit has yet, among those that lie there: a
    /// command without a commit left them behind, and the next commit of the entries that name them brings them.
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

/// The file that keeps git from changing attachments, where it is not there yet. One that says something else is
/// somebody's, and left to `check`.
pub(crate) fn attachment_gitattributes(root: &Path) -> Option<FileChange> {
    let path = layout::ATTACHMENT_ATTRIBUTES.to_owned();
    let is_missing = matches!(read_plain(root, &path), Err(FileReadError::Missing));
    is_missing.then(|| FileChange { path, before: None, after: layout::ATTACHMENTS_AS_THEY_ARE.to_owned() })
}

/// Puts the bytes of attachments in place, on disk when this returns. Those that are there already stay.
///
/// # Errors
/// Why not; nothing has changed then.
pub(crate) fn store_attachments(desk: &Desk, attached: &[AttachmentData]) -> Result<Vec<ExtraFile>, Error> {
    let mut brought: Vec<ExtraFile> = Vec::with_capacity(attached.len());
    for one in attached {
        let path = one.what.path();
        match store(desk, &path, &one.bytes) {
            Ok(is_new) => brought.push(ExtraFile { path, is_new }),
            Err(error) => {
                remove_placed(&desk.root, &brought);
                return Err(error);
            }
        }
    }
    if !brought.is_empty() {
        desk.fault_point("attached");
    }
    Ok(brought)
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
