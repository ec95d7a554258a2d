//! Bringing a desk together with its remote: fetch, merge, check, push, and again where the remote has moved.
//!
//! The lock is held while the tree changes, and not while another machine is asked. What cannot be merged is taken
//! back whole.

use std::time::{Duration, Instant};

use crate::domain::convergence::cross_ticket::Inconsistency;
use crate::domain::convergence::union::{ConcurrentEntry, newly_concurrent, unaware_conflict};
use crate::domain::ticket::Ticket;
use crate::error::{Error, SyncError};
use crate::store::git::{GitError, MergeOptions, Repository};
use crate::store::{layout, yaml};

use super::git_setup::driver;
use super::unaware_solves::unseen_in;
use crate::desk::Desk;
use crate::desk::write::recovery::recover;
use crate::domain::rules::finding::Finding;

/// What to bring together.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// The remote; else that of the branch, else the only one or `origin`.
    pub remote: Option<String>,
    /// How git is to call this program.
    pub program: String,
    /// How long it may take.
    pub deadline: Duration,
}

/// What was brought together.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    /// The remote.
    pub remote: String,
    /// The branch there.
    pub branch: String,
    /// How many commits came.
    pub received: usize,
    /// How many went.
    pub sent: usize,
    /// Tickets in which something crossed, as they are now.
    pub crossed: Vec<(Ticket, Vec<ConcurrentEntry>)>,
    /// What came apart between tickets, where anything came.
    pub loose: Vec<Inconsistency>,
    /// How many tickets are changed and not committed, and so not sent.
    pub uncommitted: usize,
    /// Whether the remote had no such branch.
    pub is_new: bool,
    /// How many commits the remote's branch had when it was last asked, and has no more.
    pub gone: usize,
    /// The errors that kept it from being sent: those of what was to be sent.
    pub errors: Vec<Finding>,
    /// The errors that came: others let them through.
    pub broken: Vec<Finding>,
}

/// The shortest time a step gets, however late it is.
const LEAST: Duration = Duration::from_millis(100);

impl SyncOptions {
    /// Does it.
    ///
    /// # Errors
    /// Why not. The tree is as it was before the step that failed.
    pub fn run(&self, casebook: &mut Desk) -> Result<SyncReport, Error> {
        let repository = Repository::at(&casebook.root);
        let mut synced = self.begin(casebook, &repository)?;
        synced.uncommitted = repository.uncommitted(layout::TICKETS)?;
        match self.meet(casebook, &repository, &mut synced) {
            Ok(()) => {
                // What the merge itself brought about is ours to answer for.
                let SyncReport { broken, errors, .. } = &mut synced;
                broken.retain(|came| !errors.contains(came));
                Ok(synced)
            }
            Err(because) if synced.received > 0 => {
                Err(Error::Unsent { received: synced.received, because: Box::new(because) })
            }
            Err(error) => Err(error),
        }
    }

    /// Takes in and sends, until both have the same.
    #[allow(clippy::disallowed_methods)] // waiting measures time; it decides nothing that is written
    fn meet(&self, casebook: &mut Desk, repository: &Repository, synced: &mut SyncReport) -> Result<(), Error> {
        let began = Instant::now();
        let left = || self.deadline.saturating_sub(began.elapsed()).max(LEAST);
        let mut pause = Duration::from_millis(20);
        loop {
            let theirs = ask(repository, synced, left())?;
            if let Some(theirs) = &theirs {
                casebook.take_in(repository, theirs, &self.program, synced)?;
            }
            let Some(head) = repository.head()? else { return Ok(()) };
            let ahead = repository.count_commits(&head, theirs.as_deref())?;
            if ahead == 0 {
                return Ok(());
            }
            synced.errors = casebook.new_errors(repository, theirs.as_deref(), &head)?;
            if !synced.errors.is_empty() {
                return Ok(());
            }
            casebook.fault_point("pushing");
            match repository.push(&synced.remote, &head, &synced.branch, left()) {
                Ok(()) => {
                    synced.sent = ahead;
                    return Ok(());
                }
                Err(refusal @ (GitError::NotInstalled | GitError::Unanswered { .. })) => return Err(refusal.into()),
                Err(refusal) => {
                    let now = ask(repository, synced, left())?;
                    // Somebody else was faster, or is at it in this very moment. Anything else will not change.
                    if now == theirs && !matches!(refusal, GitError::Locked { .. }) {
                        return Err(refusal.into());
                    }
                    if began.elapsed() >= self.deadline {
                        return Err(Error::Unsynced { why: SyncError::Outrun });
                    }
                }
            }
            std::thread::sleep(pause.min(left()));
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Where it goes, unless something stands against it.
    pub(crate) fn begin(&self, casebook: &Desk, repository: &Repository) -> Result<SyncReport, Error> {
        if !casebook.state.in_repository() {
            return Err(Error::NoRepository { root: casebook.root.clone() });
        }
        let refuse = |why| Err(Error::Unsynced { why });
        let unmerged = repository.unmerged()?;
        if !unmerged.is_empty() {
            return refuse(SyncError::Conflicted(unmerged));
        }
        if let Some(what) = casebook.is_git_at_work() {
            return refuse(SyncError::AtWork(what));
        }
        let Some(branch) = repository.branch()? else { return refuse(SyncError::Detached) };
        let known = repository.remotes()?;
        let (remote, there) = repository.upstream(&branch)?;
        let only = || {
            if known.len() == 1 { known.first().cloned() } else { known.iter().find(|name| *name == "origin").cloned() }
        };
        let asked = self.remote.clone().or(remote);
        match asked.clone().or_else(only).filter(|name| known.contains(name)) {
            Some(remote) => Ok(SyncReport { remote, branch: there.unwrap_or(branch), ..SyncReport::default() }),
            None => refuse(SyncError::NoRemote { asked, known }),
        }
    }
}

/// Asks the remote for its branch: the commit it is at. What it had when last asked and has no more is noted.
pub(crate) fn ask(
    repository: &Repository,
    synced: &mut SyncReport,
    patience: Duration,
) -> Result<Option<String>, Error> {
    let known = repository.tracked(&synced.remote, &synced.branch)?;
    repository.fetch(&synced.remote, &synced.branch, patience)?;
    let theirs = repository.tracked(&synced.remote, &synced.branch)?;
    synced.is_new = theirs.is_none();
    if let (Some(known), Some(theirs)) = (&known, &theirs) {
        synced.gone = synced.gone.max(repository.count_commits(known, Some(theirs))?);
    }
    Ok(theirs)
}

impl Desk {
    /// Merges what came, if anything did.
    fn take_in(
        &mut self,
        repository: &Repository,
        theirs: &str,
        program: &str,
        synced: &mut SyncReport,
    ) -> Result<(), Error> {
        let (_, behind) = repository.ahead_behind(theirs)?;
        if behind == 0 {
            return Ok(());
        }
        let _lock = self.lock()?;
        self.recovery = recover(self)?;
        self.pending = None;
        let (ahead, behind) = repository.ahead_behind(theirs)?;
        let in_the_way = repository.in_the_way(theirs, ahead == 0)?;
        if !in_the_way.staged.is_empty() || !in_the_way.changed.is_empty() {
            let (staged, changed) = (in_the_way.staged, in_the_way.changed);
            return Err(Error::Unsynced { why: SyncError::InTheWay { staged, changed } });
        }
        let before = repository.commit_of("HEAD")?;
        let message = format!("Merge {}/{}", synced.remote, synced.branch);
        let date = self.environment.clock_is_fixed.then(|| self.environment.now.to_rfc3339());
        let driver = driver(program);
        let merging = MergeOptions { theirs, message: &message, driver: &driver, date: date.as_deref() };
        self.fault_point("merging");
        if let Err(refusal) = repository.merge(&merging) {
            self.finish(repository, &merging, refusal)?;
        }
        self.fault_point("merged");
        synced.received += behind;
        // The index of names and rows was made for the tree before.
        self.index = std::sync::OnceLock::new();
        if let Some(head) = repository.head()? {
            synced.broken.extend(self.new_errors(repository, Some(&before), &head)?);
        }
        let crossed = self.crossed(repository, &before)?;
        synced.crossed.retain(|(known, _)| !crossed.iter().any(|(ticket, _)| ticket.id == known.id));
        synced.crossed.extend(crossed);
        synced.loose = self.inconsistencies()?;
        Ok(())
    }

    /// Ends a merge that stopped: tickets are resolved, and where nothing else conflicts it is committed. Otherwise it is
    /// taken back.
    fn finish(&self, repository: &Repository, merging: &MergeOptions<'_>, refusal: GitError) -> Result<(), Error> {
        if self.is_git_at_work() != Some("merge") {
            return Err(refusal.into());
        }
        if repository.unmerged()?.is_empty() {
            // It was merged, and a hook would not have it.
            repository.abort_merge()?;
            return Err(refusal.into());
        }
        let resolved = self.resolve_locked(repository, &[], false).map(|_| ());
        let paths = repository.unmerged()?;
        let ended = match resolved {
            Ok(()) if paths.is_empty() => repository.commit_merge(merging).map_err(Error::from),
            Ok(()) => Err(Error::Unsynced { why: SyncError::Split { paths } }),
            Err(error) => Err(error),
        };
        ended.or_else(|error| {
            repository.abort_merge()?;
            Err(error)
        })
    }

    /// The tickets in which something crossed since a commit.
    fn crossed(&self, repository: &Repository, before: &str) -> Result<Vec<(Ticket, Vec<ConcurrentEntry>)>, Error> {
        let read = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| yaml::read(&bytes, None).ok());
        let files = repository.differing(Some(before), "HEAD", layout::TICKETS)?;
        let unseen = unseen_in(repository, &[&format!("{before}..HEAD")])?;
        let mut crossed = Vec::new();
        for file in files {
            if let (Some(before), Some(after)) = (read(file.before), read(file.after)) {
                let mut new = newly_concurrent(&after, &before, &before);
                new.extend(unaware_conflict(&after, &unseen));
                crossed.extend(Some((after, new)).filter(|(_, new)| !new.is_empty()));
            }
        }
        Ok(crossed)
    }
}
