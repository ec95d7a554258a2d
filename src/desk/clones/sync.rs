//! `sync`: fetch, merge, check and push, and again if the remote has changed meanwhile.
//!
//! The lock is held while the work tree changes, but not while waiting for the remote. A merge that cannot be completed
//! is taken back as a whole.

use std::time::{Duration, Instant};

use crate::domain::convergence::cross_ticket::Inconsistency;
use crate::domain::convergence::union::{ConcurrentEntry, newly_concurrent, unaware_solve};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::error::{Error, SyncError};
use crate::store::git::{CommitChange, GitError, MergeOptions, Repository, Snapshot};
use crate::store::{layout, yaml};

use super::git_setup::driver;
use crate::desk::Desk;
use crate::desk::check::new_errors_of;
use crate::desk::write::recovery::recover;
use crate::domain::rules::finding::Finding;

/// The options of a sync.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// The remote; else that of the branch, else the only one or `origin`.
    pub remote: Option<String>,
    /// The branch of the remote; else that of the branch that is checked out. With it, a detached HEAD can be synchronized.
    pub branch: Option<String>,
    /// The command by which git runs this program.
    pub program: String,
    /// The longest time that the sync may take.
    pub deadline: Duration,
}

/// The result of a sync.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    /// The remote.
    pub remote: String,
    /// The branch of the remote.
    pub branch: String,
    /// The number of received commits.
    pub received: usize,
    /// The number of sent commits.
    pub sent: usize,
    /// The tickets with entries that were written at the same time in two clones, as they are now.
    pub concurrent: Vec<(Ticket, Vec<ConcurrentEntry>)>,
    /// The inconsistent links between tickets, if commits were received.
    pub inconsistencies: Vec<Inconsistency>,
    /// The tickets that were opened with the key of an older ticket, each with that ticket, if commits were received.
    pub same_keys: Vec<(Id, Id)>,
    /// The number of tickets with changes that are not committed, and so not sent.
    pub uncommitted: usize,
    /// True if the remote had no such branch.
    pub is_new: bool,
    /// The number of commits that the branch of the remote had at the last fetch and has not any more.
    pub lost: usize,
    /// The errors in the commits to send, which were not sent for this reason.
    pub errors: Vec<Finding>,
    /// The output of hooks during the push.
    pub printed: String,
    /// The errors in the received commits.
    pub received_errors: Vec<Finding>,
}

/// The shortest time that a step gets, even after the deadline.
const SHORTEST_STEP: Duration = Duration::from_millis(100);

impl SyncOptions {
    /// Syncs a desk with its remote.
    ///
    /// # Errors
    /// git or the desk refuses. The work tree is as before the step that failed.
    pub fn run(&self, desk: &mut Desk) -> Result<SyncReport, Error> {
        let repository = desk.repository()?;
        let mut report = self.begin(desk, &repository)?;
        match self.converge(desk, &repository, &mut report) {
            Ok(()) => {
                // An error that the merge itself caused counts as an error to send.
                let SyncReport { received_errors, errors, .. } = &mut report;
                received_errors.retain(|received| !errors.contains(received));
                Ok(report)
            }
            Err(because) if report.received > 0 => {
                Err(Error::NotSent { received: report.received, because: Box::new(because) })
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the commits that [`SyncOptions::run`] would receive and send, and the errors in them. The remote is
    /// fetched, so git's remote-tracking branches change, but nothing else does; nothing is merged.
    ///
    /// # Errors
    /// The reasons for which the sync would fail before the merge.
    pub fn preview(&self, desk: &Desk) -> Result<SyncReport, Error> {
        let repository = desk.repository()?;
        let mut report = self.begin(desk, &repository)?;
        let theirs = fetch(&repository, &mut report, self.deadline)?;
        let Some(head) = repository.head()? else { return Ok(report) };
        let (ahead, behind) = match &theirs {
            Some(theirs) => repository.ahead_behind(theirs)?,
            None => (repository.count_commits(&head, None)?, 0),
        };
        let base = theirs.as_ref().and_then(|theirs| repository.merge_base(&head, theirs).ok());
        if let Some(theirs) = theirs.as_ref().filter(|_| behind > 0) {
            check_local_changes(&repository, theirs, ahead == 0)?;
            report.received_errors = new_errors_of(&repository, base.as_deref(), theirs)?;
        }
        // Branches that diverged are joined by one more commit.
        (report.received, report.sent) = (behind, if behind > 0 && ahead > 0 { ahead + 1 } else { ahead });
        if ahead > 0 {
            report.errors = new_errors_of(&repository, base.as_deref(), &head)?;
        }
        Ok(report)
    }

    /// Receives and sends commits until both sides have the same.
    #[allow(clippy::disallowed_methods)] // waiting measures time; it decides nothing that is written
    fn converge(&self, desk: &mut Desk, repository: &Repository, report: &mut SyncReport) -> Result<(), Error> {
        let began = Instant::now();
        let left = || self.deadline.saturating_sub(began.elapsed()).max(SHORTEST_STEP);
        let mut pause = Duration::from_millis(20);
        loop {
            let theirs = fetch(repository, report, left())?;
            if let Some(theirs) = &theirs {
                receive(desk, repository, theirs, &self.program, report)?;
            }
            let Some(head) = repository.head()? else { return Ok(()) };
            let ahead = repository.count_commits(&head, theirs.as_deref())?;
            if ahead == 0 {
                return Ok(());
            }
            report.errors = new_errors_of(repository, theirs.as_deref(), &head)?;
            if !report.errors.is_empty() {
                return Ok(());
            }
            desk.fault_point("pushing");
            match repository.push(&report.remote, &head, &report.branch, left()) {
                Ok(printed) => {
                    (report.sent, report.printed) = (ahead, printed);
                    return Ok(());
                }
                Err(refusal @ (GitError::NotInstalled | GitError::Unanswered { .. })) => return Err(refusal.into()),
                Err(refusal) => {
                    let now = fetch(repository, report, left())?;
                    // Another clone pushed first, or is pushing now. Any other refusal would come again.
                    if now == theirs && !matches!(refusal, GitError::Locked { .. }) {
                        return Err(refusal.into());
                    }
                    if began.elapsed() >= self.deadline {
                        return Err(Error::Sync(SyncError::RemoteAhead));
                    }
                }
            }
            std::thread::sleep(pause.min(left()));
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Returns a report with the remote and its branch, and the number of changed tickets.
    ///
    /// # Errors
    /// There is no branch or remote, or git is in the middle of another operation.
    fn begin(&self, desk: &Desk, repository: &Repository) -> Result<SyncReport, Error> {
        let refuse = |why| Err(Error::Sync(why));
        let unmerged = repository.unmerged()?;
        if !unmerged.is_empty() {
            return refuse(SyncError::Conflicts(unmerged));
        }
        if let Some(operation) = desk.clones().git_operation() {
            return refuse(SyncError::InProgress(operation));
        }
        let (branch, upstream, remote_branch) = match (&self.branch, repository.branch()?) {
            (Some(given), _) => (given.clone(), None, None),
            (None, Some(branch)) => {
                let (upstream, remote_branch) = repository.upstream(&branch)?;
                (branch, upstream, remote_branch)
            }
            (None, None) => return refuse(SyncError::Detached),
        };
        let known = repository.remotes()?;
        let default = || {
            if known.len() == 1 { known.first().cloned() } else { known.iter().find(|name| *name == "origin").cloned() }
        };
        let asked = self.remote.clone().or(upstream);
        match asked.clone().or_else(default).filter(|name| known.contains(name)) {
            Some(remote) => {
                let (branch, uncommitted) =
                    (remote_branch.unwrap_or(branch), repository.work_tree_state(layout::TICKETS)?.uncommitted);
                Ok(SyncReport { remote, branch, uncommitted, ..SyncReport::default() })
            }
            None => refuse(SyncError::NoRemote { asked, known }),
        }
    }
}

/// Fetches the branch of the remote, and returns its commit. Counts the commits that it has lost since the last fetch.
///
/// # Errors
/// git refuses, or the remote does not answer within `patience`.
fn fetch(repository: &Repository, report: &mut SyncReport, patience: Duration) -> Result<Option<String>, Error> {
    let before = repository.tracked(&report.remote, &report.branch)?;
    repository.fetch(&report.remote, &report.branch, patience)?;
    let theirs = repository.tracked(&report.remote, &report.branch)?;
    report.is_new = theirs.is_none();
    if let (Some(before), Some(theirs)) = (&before, &theirs) {
        report.lost = report.lost.max(repository.count_commits(before, Some(theirs))?);
    }
    Ok(theirs)
}

/// Checks that no local change prevents a merge; `is_fast_forward` says that there are no commits to send.
///
/// # Errors
/// Git refuses, or there are such changes.
fn check_local_changes(repository: &Repository, theirs: &str, is_fast_forward: bool) -> Result<(), Error> {
    let (staged, changed) = repository.merge_obstacles(theirs, is_fast_forward)?;
    if staged.is_empty() && changed.is_empty() {
        return Ok(());
    }
    Err(Error::Sync(SyncError::Uncommitted { staged, changed }))
}

/// Merges the commits of the remote, if there are new ones.
fn receive(
    desk: &mut Desk,
    repository: &Repository,
    theirs: &str,
    program: &str,
    report: &mut SyncReport,
) -> Result<(), Error> {
    let (_, behind) = repository.ahead_behind(theirs)?;
    if behind == 0 {
        return Ok(());
    }
    let _lock = desk.lock()?;
    desk.recovery = recover(desk)?;
    desk.pending = None;
    let (ahead, behind) = repository.ahead_behind(theirs)?;
    check_local_changes(repository, theirs, ahead == 0)?;
    let before = repository.commit_of("HEAD")?;
    let message = format!("Merge {}/{}", report.remote, report.branch);
    let date = desk.environment.clock_is_fixed.then(|| desk.environment.now.to_rfc3339());
    let driver = driver(program);
    let options = MergeOptions { theirs, message: &message, driver: &driver, date: date.as_deref() };
    desk.fault_point("merging");
    if let Err(refusal) = repository.merge(&options) {
        complete_merge(desk, repository, &options, refusal, report)?;
    }
    desk.fault_point("merged");
    report.received += behind;
    // The loaded index was that of the files before the merge.
    desk.index = std::sync::OnceLock::new();
    if let Some(head) = repository.head()? {
        report.received_errors.extend(new_errors_of(repository, Some(&before), &head)?);
    }
    let concurrent = concurrent_since(repository, &before, theirs)?;
    report.concurrent.retain(|(known, _)| !concurrent.iter().any(|(ticket, _)| ticket.id == known.id));
    report.concurrent.extend(concurrent);
    report.inconsistencies = desk.clones().inconsistencies()?;
    report.same_keys = desk.clones().same_keys()?;
    Ok(())
}

/// Completes a merge that git stopped: resolves the tickets, and commits it if nothing else is in conflict. Otherwise
/// the merge is taken back.
fn complete_merge(
    desk: &Desk,
    repository: &Repository,
    options: &MergeOptions<'_>,
    refusal: GitError,
    report: &SyncReport,
) -> Result<(), Error> {
    if desk.clones().git_operation() != Some("merge") {
        return Err(refusal.into());
    }
    if repository.unmerged()?.is_empty() {
        // Nothing is in conflict; a hook refused the merge.
        repository.abort_merge()?;
        return Err(refusal.into());
    }
    let resolved = desk.clones().resolve_locked(repository, &[], false).map(|_| ());
    let paths = repository.unmerged()?;
    let committed = match resolved {
        Ok(()) if paths.is_empty() => repository.commit_merge(options).map_err(Error::from),
        Ok(()) => {
            let theirs = format!("{}/{}", report.remote, report.branch);
            Err(Error::Sync(SyncError::NeedsManualMerge { paths, theirs }))
        }
        Err(error) => Err(error),
    };
    committed.or_else(|error| {
        repository.abort_merge()?;
        Err(error)
    })
}

/// Returns the tickets with entries since a commit that were written at the same time in two clones; `theirs` is the
/// commit that was merged since.
fn concurrent_since(
    repository: &Repository,
    before: &str,
    theirs: &str,
) -> Result<Vec<(Ticket, Vec<ConcurrentEntry>)>, Error> {
    let read = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| yaml::read(&bytes, None).ok());
    let mut changes = repository.changes(Some(before), Snapshot::Commit(&repository.commit_of("HEAD")?))?;
    changes.retain(|change| layout::ticket_at(&change.path).is_some() && change.old.is_some());
    let name = |change: &CommitChange| repository.name_at(Snapshot::Commit(theirs), &change.path);
    let names = changes.iter().map(name).collect::<Result<Vec<_>, _>>()?;
    let mut concurrent = Vec::new();
    for ([before, after], theirs) in repository.versions(&changes)?.into_iter().zip(repository.blobs(&names)?) {
        if let (Some(before), Some(after)) = (read(before), read(after)) {
            let mut new = newly_concurrent(&after, &before, &before);
            new.extend(read(theirs).and_then(|theirs| unaware_solve(&after, &before, &theirs)));
            concurrent.extend(Some((after, new)).filter(|(_, new)| !new.is_empty()));
        }
    }
    Ok(concurrent)
}
