//! `sync --dry-run`: a preview of incoming and outgoing commits, and of conflicts.
//!
//! The remote is fetched, so git's remote-tracking branches change, but nothing else does.

use crate::error::{Error, SyncError};
use crate::store::git::Repository;
use crate::store::{layout, yaml};

use super::sync::{SyncOptions, SyncReport, check_local_changes, fetch};
use crate::desk::Desk;
use crate::domain::convergence::cross_ticket::unaware_solves;
use crate::domain::convergence::union::{newly_concurrent, unaware_conflict};

impl SyncOptions {
    /// Returns what [`SyncOptions::run`] would report. Tickets are merged in memory; the errors are those of the
    /// commits to send, without that merge.
    ///
    /// # Errors
    /// The reasons for which the sync would fail.
    pub fn preview(&self, desk: &Desk) -> Result<SyncReport, Error> {
        let repository = Repository::at(&desk.root);
        let mut report = self.begin(desk, &repository)?;
        report.uncommitted = repository.uncommitted(layout::TICKETS)?;
        let theirs = fetch(&repository, &mut report, self.deadline)?;
        let Some(head) = repository.head()? else { return Ok(report) };
        let (ahead, behind) = match &theirs {
            Some(theirs) => repository.ahead_behind(theirs)?,
            None => (repository.count_commits(&head, None)?, 0),
        };
        if let Some(theirs) = theirs.as_ref().filter(|_| behind > 0) {
            check_local_changes(&repository, theirs, ahead == 0)?;
            let base = repository.merge_base(&head, theirs).ok();
            report.received_errors = desk.check().new_errors(&repository, base.as_deref(), theirs)?;
            if ahead > 0 {
                preview_merge(&repository, theirs, &mut report)?;
            }
        }
        // Branches that diverged are joined by one more commit.
        (report.received, report.sent) = (behind, if behind > 0 && ahead > 0 { ahead + 1 } else { ahead });
        if ahead > 0 {
            // Errors in their commits do not count.
            let base = match &theirs {
                Some(theirs) => repository.merge_base(&head, theirs).ok(),
                None => None,
            };
            report.errors = desk.check().new_errors(&repository, base.as_deref(), &head)?;
        }
        Ok(report)
    }
}

/// Merges the tickets that both sides changed, in memory.
fn preview_merge(repository: &Repository, theirs: &str, report: &mut SyncReport) -> Result<(), Error> {
    let base = repository.merge_base("HEAD", theirs)?;
    let ours = repository.changed_files(Some(&base), "HEAD", layout::TICKETS)?;
    let theirs = repository.changed_files(Some(&base), theirs, layout::TICKETS)?;
    let mut conflicted = Vec::new();
    for our_file in ours.iter().filter(|file| layout::is_ticket_path(file.path.as_ref())) {
        let Some(their_file) = theirs.iter().find(|file| file.path == our_file.path) else { continue };
        let (Some(ours), Some(theirs)) = (&our_file.after, &their_file.after) else { continue };
        match yaml::merge(our_file.before.as_deref(), ours, theirs) {
            Ok(united) => {
                let Ok(before) = yaml::read(ours, None) else { continue };
                let mut concurrent = newly_concurrent(&united.ticket, &before, &before);
                if let Ok(theirs) = yaml::read(theirs, None) {
                    concurrent.extend(unaware_conflict(&united.ticket, &unaware_solves(&before, &theirs)));
                }
                let changed = Some((united.ticket, concurrent)).filter(|(_, concurrent)| !concurrent.is_empty());
                report.concurrent.extend(changed);
            }
            Err(_) => conflicted.push(our_file.path.clone()),
        }
    }
    if conflicted.is_empty() { Ok(()) } else { Err(Error::Sync(SyncError::NeedsManualMerge { paths: conflicted })) }
}
