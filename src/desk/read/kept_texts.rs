//! The file of texts during a search: it is read if there is one, and made, extended or written again at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::domain::id::Id;
use crate::store::index::{FileStamp, NewTexts, TextsBatch, TextsFile, TextsWriter};

use super::summaries::FEW;
use super::ticket_ids::TicketBatch;

/// The number of bytes of changed texts above which the file is deleted, so that the next search makes it anew.
const MANY_BYTES: usize = 1 << 26;

/// The file of texts during a search.
pub(super) struct KeptTexts {
    folder: PathBuf,
    file: Option<TextsFile>,
    /// The time at which the search began, by the clock of the file system; `None` if nothing is written.
    began: Option<FileStamp>,
    /// Batches that were searched, whose memory is used again.
    older: Mutex<Vec<TextsBatch>>,
}

/// The texts that are to be written at the end of a search.
#[derive(Default)]
pub(super) struct ChangedTexts {
    /// The writer of a new file.
    writer: Option<TextsWriter>,
    changed: BTreeMap<Id, Option<NewTexts>>,
    changed_bytes: usize,
    must_rewrite: bool,
}

impl KeptTexts {
    /// Returns no file: the search reads the tickets, and writes nothing.
    pub fn unused() -> Self {
        let (folder, older) = Default::default();
        Self { folder, file: None, began: None, older }
    }

    /// Opens the file in a state directory. It is written only in a search of all tickets that the viewer may see, and
    /// made only in a search of all tickets.
    pub fn open(folder: &Path, sees_all: bool, is_everything: bool, batches: &[TicketBatch]) -> Self {
        let file = TextsFile::load(folder);
        let are_many = batches.iter().map(|(_, ids)| ids.len()).sum::<usize>() > FEW;
        let makes = file.is_none() && sees_all && is_everything && are_many;
        let writes = makes || file.is_some() && sees_all;
        let began = if writes { FileStamp::now(folder).ok() } else { None };
        Self { folder: folder.to_owned(), file, began, ..Self::unused() }
    }

    /// Returns true if tickets are searched in the file, or added to it.
    pub const fn is_used(&self) -> bool {
        self.file.is_some() || self.is_kept()
    }

    /// Returns true if changed tickets are added to the file.
    pub const fn is_kept(&self) -> bool {
        self.began.is_some()
    }

    /// Returns the time at which the search began, by the clock of the file system.
    pub const fn began(&self) -> Option<FileStamp> {
        self.began
    }

    /// Reads the records of some tickets.
    pub fn batch(&self, ids: &[Id]) -> TextsBatch {
        let older = self.older.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        self.file.as_ref().map(|file| file.batch(ids, older)).unwrap_or_default()
    }

    /// Keeps the memory of a batch for another one.
    pub fn put_back(&self, batch: TextsBatch) {
        self.older.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// Returns no changes yet.
    pub fn no_changes(&self) -> ChangedTexts {
        let makes = self.file.is_none() && self.is_kept();
        let writer = if makes { TextsWriter::begin(&self.folder).ok() } else { None };
        ChangedTexts { writer, ..ChangedTexts::default() }
    }

    /// Writes the file, if something has changed. A file that cannot be written only costs time; one with a text that is
    /// concealed now is deleted then.
    pub fn finish(self, changes: ChangedTexts, batches: &[TicketBatch]) {
        if let Some(writer) = changes.writer {
            let _ = writer.finish();
        }
        let Some(file) = self.file.filter(|_| self.began.is_some()) else { return };
        if changes.changed_bytes > MANY_BYTES {
            return TextsFile::delete(&self.folder);
        }
        let new: Vec<NewTexts> = changes.changed.values().flatten().cloned().collect();
        let tickets = batches.iter().map(|(_, ids)| ids.len()).sum();
        if changes.must_rewrite || file.is_wasteful(&new, tickets) {
            let ids = batches.iter().map(|(_, ids)| ids.as_slice());
            if file.rewrite(&self.folder, ids, &changes.changed).is_err() && changes.must_rewrite {
                TextsFile::delete(&self.folder);
            }
        } else if !new.is_empty() {
            let _ = file.append(&new);
        }
    }
}

impl ChangedTexts {
    /// Adds the changed tickets of a batch.
    pub fn add(&mut self, changed: Vec<(Id, Option<NewTexts>)>, must_rewrite: bool) {
        self.must_rewrite |= must_rewrite;
        if let Some(mut writer) = self.writer.take() {
            let new: Vec<NewTexts> = changed.into_iter().filter_map(|(_, texts)| texts).collect();
            self.writer = writer.add(&new).is_ok().then_some(writer);
        } else if self.changed_bytes <= MANY_BYTES {
            self.changed_bytes +=
                changed.iter().filter_map(|(_, new)| new.as_ref()).map(NewTexts::length).sum::<usize>();
            self.changed.extend(changed);
        }
    }
}
