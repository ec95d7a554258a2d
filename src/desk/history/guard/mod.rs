//! The guard: what a push may carry, decided before anybody else sees it.
//!
//! Rights are those of casebook.toml and of the organisations as they were before the push, on the branch the repository
//! stands for; so nobody raises themselves within a push. Must not know exit codes. Works with the git directory alone, and reads only what the push changes.

mod base_policy;
mod duplicate_entries;
mod merges;
mod permissions;
mod refs;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{COMMIT_SIGNER, COMMIT_UNSIGNED, PUSH_UNKNOWN};
use crate::error::Error;
use crate::store::git::{RefChange, Repository, Signature, Snapshot, TrustedKey};

use super::audit::{AuditOptions, AuditReport, AuditState, HistoryAudit, PolicyAt, wanted};
use super::duplicate_entries::add;
use crate::desk::check::CommitSource;
use crate::desk::{Environment, MacroCheck};
use duplicate_entries::PrePush;
pub(super) use permissions::PusherPermissions;
use permissions::removes_desk;
use refs::check_other_refs;

/// Who pushes, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pusher {
    /// The server says.
    Named(Person),
    /// Whoever signed each commit.
    Signers,
    /// Nobody says.
    Unknown,
}

/// Somebody who guards a repository.
#[derive(Clone, Debug)]
pub struct PushGuard {
    auditor: HistoryAudit,
    pusher: Pusher,
    tolerance: TimeDelta,
    now: DateTime<Utc>,
    macro_flaws: MacroCheck,
}

impl PushGuard {
    /// A guard of the repository whose git has started us as its hook; `folder` is where the desk lies in it: empty, or
    /// with a slash at its end. `world` has what the guard's own clock says, and `tolerance` how far others may be ahead of it.
    ///
    /// # Errors
    /// There is no repository.
    pub fn at(
        start: &Path,
        folder: Option<&str>,
        pusher: Pusher,
        world: &Environment,
        tolerance: TimeDelta,
    ) -> Result<Self, Error> {
        let mut auditor = HistoryAudit::of(Repository::for_hook(start), start)?;
        if let Some(folder) = folder {
            folder.clone_into(&mut auditor.prefix);
        }
        Ok(Self { auditor, pusher, tolerance, now: world.now, macro_flaws: world.macro_flaws })
    }

    fn questions(&self) -> AuditOptions {
        AuditOptions { identity: false, signed: self.pusher == Pusher::Signers, tolerance: self.tolerance }
    }

    /// Judges a push, with all the refs it changes.
    ///
    /// # Errors
    /// git refuses.
    pub fn receive(&self, changes: &[RefChange]) -> Result<AuditReport, Error> {
        std::thread::scope(|scope| {
            let before = scope.spawn(|| self.before(changes));
            self.check_push(changes, || before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// Judges a push. `before` is what [`PushGuard::before`] comes to, which takes its time as well.
    fn check_push(
        &self,
        changes: &[RefChange],
        before: impl FnOnce() -> Result<PrePush, Error>,
    ) -> Result<AuditReport, Error> {
        let repository = &self.auditor.repository;
        let mut judge = AuditState::new(&self.auditor, self.questions());
        judge.now = Some(self.now);
        let main = repository.main_branch()?;
        let (ground, is_head) = self.ground_before(changes, judge.registry.lookup())?;
        judge.overruling.clone_from(&ground);
        let policy = ground.map(|ground| ground.policy).unwrap_or_default();
        let customer = match &self.pusher {
            Pusher::Named(person) => Some(person).filter(|person| !policy.team.has_agent(person)),
            Pusher::Signers | Pusher::Unknown => None,
        };
        if let (Some(customer), false) = (customer, is_head) {
            check_other_refs(customer, changes, &mut judge);
        }
        for change in changes {
            self.check_ref(change, changes, main.as_deref(), customer, &mut judge)?;
        }
        let news: Vec<String> = changes.iter().filter_map(|change| change.new.clone()).collect();
        if news.is_empty() {
            self.identify_pusher(&mut judge);
            return Ok(judge.found);
        }
        let revisions: Vec<String> = news.into_iter().chain(["--not", "--all"].map(str::to_owned)).collect();
        judge.paths = Some(BTreeMap::new());
        let signer = self.check_commits(&revisions, &policy, &mut judge)?;
        // Where customers alone signed, what comes out is theirs as well.
        let customer = customer.or(signer.as_ref());
        let PrePush { head, copies } = before()?;
        judge.check_new_attachments();
        for change in changes {
            let Some(new) = &change.new else { continue };
            let before = change.old.as_ref().or(head.as_ref());
            self.check(new, before.map(String::as_str), &mut judge)?;
            if let (Some(customer), Some(old), true) = (customer, &change.old, main.as_ref() == Some(&change.name)) {
                self.check_outcome(customer, old, new, &mut judge)?;
            }
        }
        add(copies, &mut judge.found.findings);
        self.check_new_refs(changes, head.as_deref(), &mut judge)?;
        Ok(judge.found)
    }

    /// Whether somebody pushes at all, for all one knows.
    fn identify_pusher(&self, judge: &mut AuditState) {
        if self.pusher == Pusher::Unknown {
            judge.report(Finding::new(&PUSH_UNKNOWN, ".", "the server does not say who pushes"));
        }
    }

    /// Judges what is about to be committed. Whose entries they are is not asked: the commit has not said so yet.
    ///
    /// # Errors
    /// git refuses.
    pub fn staged(&self) -> Result<AuditReport, Error> {
        let mut judge = AuditState::new(&self.auditor, self.questions());
        let revision = self.auditor.repository.staged(&self.auditor.prefix, "")?;
        let (mut objects, marked) = self.auditor.repository.read_of(revision, &self.auditor.prefix, &wanted(true))?;
        judge.paths = Some(BTreeMap::new());
        judge.visit(&marked, &mut objects)?;
        judge.found.commits = 1;
        judge.found.findings.extend(removes_desk(&marked));
        let head = self.auditor.repository.head()?;
        self.check("", head.as_deref(), &mut judge)?;
        if let Some(head) = &head {
            let copies = self.base_at(head).duplicates_in(&Snapshot::Index(None))?;
            add(copies, &mut judge.found.findings);
        }
        // It has no name yet.
        judge.found.findings.iter_mut().for_each(|finding| finding.commit = None);
        Ok(judge.found)
    }

    /// Holds what the commits touched against the rules of `check`, as one commit has it. What was so before, and the
    /// audit has not told, is not the push's fault.
    fn check(&self, new: &str, before: Option<&str>, judge: &mut AuditState) -> Result<(), Error> {
        let touched = judge.paths.clone().unwrap_or_default();
        if touched.is_empty() {
            return Ok(());
        }
        let told = &judge.found.findings;
        let is_told = |error: &Finding| {
            told.iter().any(|told| told.rule == error.rule && told.path == error.path && told.entry == error.entry)
        };
        let (prefix, macro_flaws) = (self.auditor.prefix.as_str(), self.macro_flaws);
        let mut tree =
            CommitSource { lookup: judge.registry.lookup(), commit: new, prefix, macro_flaws, odd: HashMap::new() };
        let errors = tree.new_errors(before, touched, &is_told)?;
        for error in errors {
            judge.report(if new.is_empty() { error } else { error.in_commit(new) });
        }
        Ok(())
    }

    /// Judges each commit. Where signatures say who pushes, a customer who signed, if no agent has.
    fn check_commits(
        &self,
        revisions: &[String],
        policy: &PolicyAt,
        judge: &mut AuditState,
    ) -> Result<Option<Person>, Error> {
        match &self.pusher {
            Pusher::Unknown => {
                self.identify_pusher(judge);
                return Ok(None);
            }
            Pusher::Named(person) => {
                judge.gate = Some(PusherPermissions::of(Some(person.clone()), policy, &self.auditor));
                return self.auditor.walk(revisions, judge, &mut |_| {}).map(|()| None);
            }
            Pusher::Signers => {}
        }
        let keys: Vec<TrustedKey> = policy.keys.iter().map(|(_, key)| key.clone()).collect();
        let signatures = self.auditor.repository.signatures(revisions, &keys)?;
        let mut walk = self.auditor.repository.walk(revisions, &self.auditor.prefix, &wanted(true))?;
        let mut signatures = signatures.into_iter();
        let mut signers: Vec<Person> = Vec::new();
        while let Some(revision) = walk.step()? {
            let signature = signatures.find(|(commit, _)| *commit == revision.id).map(|(_, signature)| signature);
            let mut signer = None;
            match signature {
                Some(Signature::By(place)) => signer = Some(policy.keys[place].0.clone()),
                Some(Signature::None) | None => {
                    judge.report(
                        Finding::new(&COMMIT_UNSIGNED, ".", "the commit is not signed").in_commit(&revision.id),
                    );
                }
                Some(Signature::Other) => {
                    let message = "the signature is of no key casebook.toml names, or does not fit";
                    judge.report(Finding::new(&COMMIT_SIGNER, ".", message).in_commit(&revision.id));
                }
            }
            signers.extend(signer.clone());
            judge.gate = Some(PusherPermissions::of(signer, policy, &self.auditor));
            judge.visit(&revision, &mut walk.objects)?;
            judge.found.commits += 1;
        }
        let has_agent = signers.iter().any(|signer| policy.team.has_agent(signer));
        Ok(signers.pop().filter(|_| !has_agent))
    }
}
