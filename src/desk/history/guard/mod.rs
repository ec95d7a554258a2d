//! The guard: decides whether a push is accepted, before other clones can see it.
//!
//! The guard is the audit of the new commits, by casebook.toml and the organizations as they were before the push, on
//! the default branch; so a push cannot give rights to its own pusher. It reads only what the push changes. See
//! docs/decisions/0009-audit.md.
//!
//! # Invariants
//! Needs only the git directory. Does not know exit codes.

mod attachments;
mod base_policy;
mod duplicate_entries;
mod main_branch;
mod merges;
mod permissions;
mod pushed_commits;
mod refs;

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::people::person::Person;
use crate::domain::rules::PUSH_UNKNOWN;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::git::{RefChange, Repository, Signature, Snapshot, TrustedKey};

use super::audit::{AuditOptions, AuditReport, AuditState, Carrier, PolicyAt, unsigned, untrusted_signature};
use super::duplicate_entries::add;
use crate::desk::Environment;
use crate::desk::check::{DeskIn, new_errors};
use duplicate_entries::PrePush;
use permissions::removes_desk;
use pushed_commits::PushedCommits;
use refs::check_other_refs;

/// The pusher, as known to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pusher {
    /// The server names the pusher.
    Named(Person),
    /// The signer of each commit counts as its pusher.
    Signers,
    /// The server does not name the pusher.
    Unknown,
}

/// The facts about a push that another thread collects.
type BeforePush<'a> = std::thread::ScopedJoinHandle<'a, Result<PrePush, Error>>;

/// A guard of a repository.
#[derive(Clone, Debug)]
pub struct PushGuard {
    repository: Repository,
    pusher: Pusher,
    tolerance: TimeDelta,
    now: DateTime<Utc>,
}

impl PushGuard {
    /// Creates a guard of the repository whose git started this process as its hook.
    ///
    /// `folder` is the folder of the desk in the repository: empty, or with a slash at its end. `environment` has the
    /// time of the server, and `tolerance` is how far entries may be dated ahead of it.
    ///
    /// # Errors
    /// There is no repository.
    pub fn at(
        start: &Path,
        folder: Option<&str>,
        pusher: Pusher,
        environment: &Environment,
        tolerance: TimeDelta,
    ) -> Result<Self, Error> {
        let mut repository = Repository::for_hook(start);
        repository.prefix().map_err(Error::no_repository(start))?;
        if let Some(folder) = folder {
            repository = repository.in_folder(folder);
        }
        Ok(Self { repository, pusher, tolerance, now: environment.now })
    }

    /// Returns the state of an audit that does not report duplicate entries: the guard finds all of them, in its check of
    /// the files that a push touches.
    fn state(&self, now: Option<DateTime<Utc>>) -> AuditState {
        let signed = self.pusher == Pusher::Signers;
        let options = AuditOptions { identity: false, signed, tolerance: self.tolerance };
        let mut state = AuditState::new(&self.repository, options);
        (state.now, state.reports_duplicates) = (now, false);
        state
    }

    /// Checks a push, with all refs that it changes.
    ///
    /// # Errors
    /// git refuses.
    pub fn receive(&self, changes: &[RefChange]) -> Result<AuditReport, Error> {
        std::thread::scope(|scope| {
            let before = scope.spawn(|| self.before(changes));
            self.check_push(changes, before)
        })
    }

    /// Checks a push, while [`PushGuard::before`] runs, which takes time as well.
    fn check_push(&self, changes: &[RefChange], before: BeforePush<'_>) -> Result<AuditReport, Error> {
        let mut state = self.state(Some(self.now));
        let main = self.repository.main_branch()?;
        let (base, is_certain) = self.base_policy(changes)?;
        state.policies.fixed.clone_from(&base);
        let policy = base.map(|base| base.policy).unwrap_or_default();
        let customer = match &self.pusher {
            Pusher::Named(person) => Some(person).filter(|person| !policy.team.has_agent(person)),
            Pusher::Signers | Pusher::Unknown => None,
        };
        if let (Some(customer), false) = (customer, is_certain) {
            check_other_refs(customer, changes, &mut state);
        }
        for change in changes {
            self.check_ref(change, changes, main.as_deref(), customer, &mut state)?;
        }
        let new: Vec<String> = changes.iter().filter_map(|change| change.new.clone()).collect();
        if self.pusher == Pusher::Unknown {
            state.report(Finding::new(&PUSH_UNKNOWN, ".", "the server does not name the pusher"));
        }
        if new.is_empty() {
            return Ok(state.result);
        }
        let revisions: Vec<String> = new.into_iter().chain(["--not", "--all"].map(str::to_owned)).collect();
        let mut pushed = PushedCommits::new(&self.repository);
        let signer = self.check_commits(&revisions, &policy, &mut state, &mut pushed)?;
        // If only customers signed, the outcome counts as theirs too.
        let customer = customer.or(signer.as_ref());
        let PrePush { head, duplicates } = before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        pushed.attachments.check(&mut state);
        for change in changes {
            let Some(new) = &change.new else { continue };
            let before = change.old.as_ref().or(head.as_ref());
            self.check_files(Snapshot::Commit(new), before.map(String::as_str), &pushed, &mut state)?;
            if let (Some(customer), Some(old), true) = (customer, &change.old, main.as_ref() == Some(&change.name)) {
                self.check_main_branch(customer, old, new, &mut state)?;
            }
        }
        add(duplicates, &mut state.result.findings);
        self.check_new_refs(changes, head.as_deref(), &mut state)?;
        Ok(state.result)
    }

    /// Checks the commit that is about to be made. The authors of its entries are not checked, because the commit does
    /// not name people yet.
    ///
    /// # Errors
    /// git refuses.
    pub fn staged(&self) -> Result<AuditReport, Error> {
        let mut state = self.state(None);
        let revision = self.repository.staged("")?;
        let (mut objects, revision) = self.repository.read_of(revision)?;
        let mut pushed = PushedCommits::new(&self.repository);
        let commit = state.visit(&revision, &mut objects)?;
        pushed.add(&commit, &mut state)?;
        state.result.findings.extend(removes_desk(&revision));
        let head = self.repository.head()?;
        self.check_files(Snapshot::Index, head.as_deref(), &pushed, &mut state)?;
        if let Some(head) = &head {
            let duplicates = self.base_at(head).duplicates_in(Snapshot::Index)?;
            add(duplicates, &mut state.result.findings);
        }
        // The commit has no name yet.
        state.result.findings.iter_mut().for_each(|finding| finding.commit = None);
        Ok(state.result)
    }

    /// Checks the touched files by the rules of `check`, as they are in a commit or in git's index. Findings that existed before the push, or that the audit has reported, are left out.
    fn check_files(
        &self,
        snapshot: Snapshot<'_>,
        before: Option<&str>,
        pushed: &PushedCommits<'_>,
        state: &mut AuditState,
    ) -> Result<(), Error> {
        if pushed.paths.is_empty() {
            return Ok(());
        }
        let reported = &state.result.findings;
        let is_reported = |error: &Finding| {
            let is_same =
                |known: &Finding| known.rule == error.rule && known.path == error.path && known.entry == error.entry;
            reported.iter().any(is_same)
        };
        let desk = DeskIn { repository: &self.repository, snapshot };
        let errors = new_errors(desk, before, pushed.paths.clone(), &is_reported)?;
        for error in errors {
            state.report(match snapshot {
                Snapshot::Commit(commit) => error.in_commit(commit),
                Snapshot::Index => error,
            });
        }
        Ok(())
    }

    /// Checks each commit. If signatures identify the pusher, returns a customer who signed, unless an agent signed
    /// too.
    fn check_commits(
        &self,
        revisions: &[String],
        policy: &PolicyAt,
        state: &mut AuditState,
        pushed: &mut PushedCommits<'_>,
    ) -> Result<Option<Person>, Error> {
        let mut signatures = Vec::new().into_iter();
        match &self.pusher {
            Pusher::Unknown => return Ok(None),
            Pusher::Named(person) => state.carrier = Carrier::of(Some(person.clone()), &policy.team),
            Pusher::Signers => {
                let keys: Vec<TrustedKey> = policy.keys.iter().map(|(_, key)| key.clone()).collect();
                signatures = self.repository.signatures(revisions, &keys)?.into_iter();
            }
        }
        let mut walk = self.repository.walk(revisions, true)?;
        let mut signers: Vec<Person> = Vec::new();
        while let Some(revision) = walk.next_revision()? {
            if self.pusher == Pusher::Signers {
                let signature = signatures.find(|(commit, _)| *commit == revision.id).map(|(_, signature)| signature);
                let mut signer = None;
                match signature {
                    Some(Signature::By(place)) => signer = Some(policy.keys[place].0.clone()),
                    Some(Signature::None) | None => state.report(unsigned().in_commit(&revision.id)),
                    Some(Signature::Other) => state.report(untrusted_signature().in_commit(&revision.id)),
                }
                signers.extend(signer.clone());
                state.carrier = Carrier::of(signer, &policy.team);
            }
            let commit = state.visit(&revision, &mut walk.objects)?;
            pushed.add(&commit, state)?;
        }
        let has_agent = signers.iter().any(|signer| policy.team.has_agent(signer));
        Ok(signers.pop().filter(|_| !has_agent))
    }
}
