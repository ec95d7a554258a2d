//! What a `sync` would do: what would come and go, and what of it would need a person.
//!
//! Asks the remote, so git's remote-tracking branches move, and nothing else does.

use crate::error::{Error, SyncError};
use crate::store::git::Repository;
use crate::store::{layout, yaml};

use super::sync::{SyncOptions, SyncReport, ask};
use crate::desk::Desk;
use crate::domain::convergence::cross_ticket::unaware_solves;
use crate::domain::convergence::union::{newly_concurrent, unaware_conflict};

impl SyncOptions {
    /// Says what [`SyncOptions::run`] would come to. The merge is made in memory, of tickets alone; what `check` says is of
    /// the commits that would go, without that merge.
    ///
    /// # Errors
    /// What would keep it from being done.
    pub fn preview(&self, casebook: &Desk) -> Result<SyncReport, Error> {
        let repository = Repository::at(&casebook.root);
        let mut synced = self.begin(casebook, &repository)?;
        synced.uncommitted = repository.uncommitted(layout::TICKETS)?;
        let theirs = ask(&repository, &mut synced, self.deadline)?;
        let Some(head) = repository.head()? else { return Ok(synced) };
        let (ahead, behind) = match &theirs {
            Some(theirs) => repository.ahead_behind(theirs)?,
            None => (repository.count_commits(&head, None)?, 0),
        };
        if let Some(theirs) = theirs.as_ref().filter(|_| behind > 0) {
            let in_the_way = repository.in_the_way(theirs, ahead == 0)?;
            if !in_the_way.staged.is_empty() || !in_the_way.changed.is_empty() {
                let (staged, changed) = (in_the_way.staged, in_the_way.changed);
                return Err(Error::Unsynced { why: SyncError::InTheWay { staged, changed } });
            }
            let since = repository.merge_base(&head, theirs).ok();
            synced.broken = casebook.new_errors(&repository, since.as_deref(), theirs)?;
            if ahead > 0 {
                foresee_merge(&repository, theirs, &mut synced)?;
            }
        }
        // What diverged is brought together by a commit of its own.
        (synced.received, synced.sent) = (behind, if behind > 0 && ahead > 0 { ahead + 1 } else { ahead });
        if ahead > 0 {
            // What theirs have changed since is not ours to answer for.
            let since = match &theirs {
                Some(theirs) => repository.merge_base(&head, theirs).ok(),
                None => None,
            };
            synced.errors = casebook.new_errors(&repository, since.as_deref(), &head)?;
        }
        Ok(synced)
    }
}

/// Unites the tickets that both sides changed.
fn foresee_merge(repository: &Repository, theirs: &str, synced: &mut SyncReport) -> Result<(), Error> {
    let base = repository.merge_base("HEAD", theirs)?;
    let ours = repository.differing(Some(&base), "HEAD", layout::TICKETS)?;
    let theirs = repository.differing(Some(&base), theirs, layout::TICKETS)?;
    let mut split = Vec::new();
    for one in ours.iter().filter(|one| layout::is_ticket_path(one.path.as_ref())) {
        let Some(other) = theirs.iter().find(|other| other.path == one.path) else { continue };
        let (Some(ours), Some(theirs)) = (&one.after, &other.after) else { continue };
        match yaml::merge(one.before.as_deref(), ours, theirs) {
            Ok(united) => {
                let Ok(before) = yaml::read(ours, None) else { continue };
                let mut crossed = newly_concurrent(&united.ticket, &before, &before);
                if let Ok(theirs) = yaml::read(theirs, None) {
                    crossed.extend(unaware_conflict(&united.ticket, &unaware_solves(&before, &theirs)));
                }
                synced.crossed.extend(Some((united.ticket, crossed)).filter(|(_, crossed)| !crossed.is_empty()));
            }
            Err(_) => split.push(one.path.clone()),
        }
    }
    if split.is_empty() { Ok(()) } else { Err(Error::Unsynced { why: SyncError::Split { paths: split } }) }
}
