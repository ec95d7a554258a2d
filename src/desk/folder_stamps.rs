//! The stamps of the month folders in which a command writes tickets, noted in the index, so that the next reader need
//! not list these folders.
//!
//! A stamp is noted only if the index knew the names in the folder until just before the ticket was moved there. Another
//! program could change the folder after that within the same tick of the clock. So the folder's modification time is set
//! one nanosecond later than the system set it: no later change leaves that time.

use std::cell::RefCell;
use std::fs::{File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Desk;
use crate::domain::id::Id;
use crate::store::files::FileChange;
use crate::store::index::{FileStamp, Index, MonthFolder};
use crate::store::layout;

/// The month folders of a command while its files are moved to their places.
pub(crate) struct FolderStamps<'a> {
    root: &'a Path,
    index: Option<&'a Index>,
    changes: &'a [FileChange],
    progress: RefCell<FolderProgress>,
}

#[derive(Default)]
struct FolderProgress {
    /// The number of files that were moved.
    moved: usize,
    /// The stamp of the folder of the next file just before the move, if the names in it are known.
    before: Option<FileStamp>,
    /// The changed folders whose names are known, each with the tickets that were opened in it.
    folders: Vec<(MonthFolder, Vec<Id>)>,
}

impl<'a> FolderStamps<'a> {
    /// Begins to observe the changes of a command.
    pub fn of(desk: &'a Desk, changes: &'a [FileChange]) -> Self {
        Self { root: &desk.root, index: desk.read().usable_index(), changes, progress: RefCell::default() }
    }

    /// Looks at a folder just before and just after a file is moved there.
    pub fn reach(&self, step: &str) {
        let mut progress = self.progress.borrow_mut();
        let change = self.changes.get(progress.moved);
        match (step, change.and_then(|change| self.month_of(change))) {
            ("written", Some((_, path, folder))) => {
                let stamp = stamp_of(&path).unwrap_or_default();
                progress.before = self.is_known(&progress, MonthFolder { stamp, ..folder }).then_some(stamp);
            }
            ("moved", month) => {
                progress.moved += 1;
                if let (Some(before), Some((id, path, folder))) = (progress.before.take(), month)
                    && let Some(stamp) = mark(&path, before).ok().flatten()
                {
                    let opened = change.filter(|change| change.before.is_none()).map(|_| id);
                    progress.add(MonthFolder { stamp, ..folder }, opened);
                }
            }
            _ => {}
        }
    }

    /// Notes the stamps in the index.
    pub fn note(self) {
        let folders = self.progress.into_inner().folders;
        if let Some(index) = self.index.filter(|_| !folders.is_empty()) {
            index.note(&folders);
        }
    }

    /// Returns the ticket that a change writes, and its folder, without a stamp.
    fn month_of(&self, change: &FileChange) -> Option<(Id, PathBuf, MonthFolder)> {
        let id = layout::ticket_at(&change.path)?;
        let path = self.root.join(&change.path).parent()?.to_path_buf();
        let number = |part: &Path| part.file_name()?.to_str()?.parse().ok();
        let (year, month) = (number(path.parent()?)?, number(&path)?);
        Some((id, path, MonthFolder { year, month, stamp: FileStamp::default() }))
    }

    fn is_known(&self, progress: &FolderProgress, folder: MonthFolder) -> bool {
        let changed = progress.folders.iter().find(|(changed, _)| changed.is_same_month(&folder));
        match changed {
            Some((changed, _)) => *changed == folder,
            None => self.index.is_some_and(|index| index.knows(&folder)),
        }
    }
}

impl FolderProgress {
    fn add(&mut self, folder: MonthFolder, opened: Option<Id>) {
        let place = self.folders.iter().position(|(changed, _)| changed.is_same_month(&folder));
        let mut ids = place.map(|place| self.folders.swap_remove(place).1).unwrap_or_default();
        ids.extend(opened);
        self.folders.push((folder, ids));
    }
}

fn stamp_of(folder: &Path) -> io::Result<FileStamp> {
    folder.symlink_metadata().map(|metadata| FileStamp::of(&metadata))
}

/// Sets the modification time of a folder that has changed since it had the stamp `before`. Returns the stamp; `None` if the
/// folder has not changed, or its file system does not store nanoseconds.
fn mark(path: &Path, before: FileStamp) -> io::Result<Option<FileStamp>> {
    let folder = File::open(path)?;
    let stamp = FileStamp::of(&folder.metadata()?);
    let Ok(time) = u64::try_from(stamp.modified + 1) else { return Ok(None) };
    if stamp == before {
        return Ok(None);
    }
    folder.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_nanos(time)))?;
    let marked = FileStamp::of(&folder.metadata()?);
    Ok((marked.modified == stamp.modified + 1).then_some(marked))
}
