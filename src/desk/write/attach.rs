//! Files that come with a command's entries: their bytes are put in place before any entry names them, so that a
//! command that is killed leaves an attachment nobody names, and never a name without its bytes.
//!
//! Must not know where the bytes come from: whoever asks has read them.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::domain::id::Id;
use crate::domain::ticket::attachment::{Attachment, Digest};
use crate::error::Error;
use crate::store::files::{ExtraFile, FileChange, FileReadError, PlaceOutcome, place, read_plain, remove_placed};
use crate::store::git::Repository;
use crate::store::layout;
use crate::store::yaml::{ReadError, ReadErrorKind};

use super::transaction::Transaction;
use crate::desk::{ActionRequest, Desk};

/// A file that goes with an entry, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentData {
    /// What the entry says of it.
    pub what: Attachment,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl AttachmentData {
    /// Bytes under a name, which has to be one that attachments may have.
    pub fn of(name: String, bytes: Vec<u8>) -> Self {
        let digest = Digest(Sha256::digest(&bytes).into());
        Self { what: Attachment { name, size: bytes.len() as u64, digest }, bytes: bytes.into() }
    }
}

impl Transaction<'_> {
    /// The attachments of a step, whose bytes the command brings.
    pub(crate) fn attached_by(&mut self, step: &ActionRequest) -> Vec<Attachment> {
        for attached in &step.attachments {
            if !self.attached.iter().any(|known| known.what.digest == attached.what.digest) {
                self.attached.push(attached.clone());
            }
        }
        step.attachments.iter().map(|attached| attached.what.clone()).collect()
    }
}

impl Desk {
    /// The file that keeps git from changing attachments, where it is not there yet. One that says something else is
    /// somebody's, and left to `check`.
    pub(crate) fn attachment_gitattributes(&self) -> Option<FileChange> {
        let path = layout::ATTACHMENT_ATTRIBUTES.to_owned();
        let is_missing = matches!(read_plain(&self.root, &path), Err(FileReadError::Missing));
        is_missing.then(|| FileChange { path, before: None, after: layout::ATTACHMENTS_AS_THEY_ARE.to_owned() })
    }

    /// The attachments of the tickets a command has written to that no commit has yet, among those that lie there: a
    /// command without a commit left them behind, and the next commit of the entries that name them brings them.
    ///
    /// # Errors
    /// git is not installed.
    pub(crate) fn uncommitted_attachments(&self, desk: &mut Transaction<'_>) -> Result<Vec<ExtraFile>, Error> {
        let mut paths = Vec::new();
        let written: BTreeSet<Id> = desk.entries.iter().map(|(id, _)| *id).collect();
        for id in written {
            let named = desk.ticket(id)?.history.iter().flat_map(|entry| &entry.attachments);
            paths.extend(named.map(Attachment::path));
        }
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        paths.push(layout::ATTACHMENT_ATTRIBUTES.to_owned());
        paths.sort_unstable();
        paths.dedup();
        let committed = Repository::at(&self.root).tracked_in_head(&paths)?;
        paths.retain(|path| !committed.contains(path) && self.root.join(path).is_file());
        Ok(paths.into_iter().map(|path| ExtraFile { path, is_new: false }).collect())
    }

    /// Puts the bytes of attachments in place, on disk when this returns. Those that are there already stay.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub(crate) fn store_attachments(&self, attached: &[AttachmentData]) -> Result<Vec<ExtraFile>, Error> {
        let mut brought: Vec<ExtraFile> = Vec::with_capacity(attached.len());
        for one in attached {
            let path = one.what.path();
            match self.place(&path, &one.bytes) {
                Ok(is_new) => brought.push(ExtraFile { path, is_new }),
                Err(error) => {
                    remove_placed(&self.root, &brought);
                    return Err(error);
                }
            }
        }
        if !brought.is_empty() {
            self.fault_point("attached");
        }
        Ok(brought)
    }

    fn place(&self, path: &str, bytes: &[u8]) -> Result<bool, Error> {
        match place(&self.state, &self.root, path, bytes, &|step| self.fault_point(step)) {
            Ok(PlaceOutcome::New) => Ok(true),
            Ok(PlaceOutcome::Known) => Ok(false),
            Ok(PlaceOutcome::Differs) => Err(Error::AttachmentMismatch { path: path.to_owned() }),
            Err(FileReadError::Io(source)) => Err(Error::Io { path: self.root.join(path), attempt: "write", source }),
            Err(FileReadError::Damaged(kind)) => Err(damaged(path, kind)),
            Err(FileReadError::Missing) => Err(damaged(path, ReadErrorKind::NotAFile)),
        }
    }
}

fn damaged(path: &str, kind: ReadErrorKind) -> Error {
    Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_by_their_digest() {
        let attached = AttachmentData::of("empty".to_owned(), Vec::new());
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!((attached.what.digest.to_string(), attached.what.size), (digest.to_owned(), 0));
    }
}
