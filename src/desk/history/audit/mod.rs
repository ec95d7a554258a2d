//! The audit of a desk's history: every commit compared with its parents, ticket by ticket and entry by entry.
//!
//! [`crate::domain::audit`] compares histories, and [`crate::store::git`] walks git's; this folder connects the two.
//! The audit needs a repository but no work tree, so a bare one is enough. The design is explained in
//! docs/decisions/0009-audit.md.
//!
//! # Invariants
//! The audit does not know the guard, which audits the commits of a push and checks them further.

mod attachments;
mod carrier;
mod checkpoint;
mod commit;
mod entries;
mod messages;
mod organizations_at;
mod policy_at;
mod range;
mod removed_desks;
mod versions;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{COMMIT_SIGNER, COMMIT_UNSIGNED, HISTORY_SHALLOW, Severity};
use crate::error::Error;
use crate::store::config::audit::AcceptedFinding;
use crate::store::git::{GitError, HistoryWalk, ObjectStream, Repository, Revision, Signature};
use crate::store::layout;

use super::duplicate_entries::DeskAt;
use crate::desk::DeskLocation;

pub(super) use carrier::Carrier;
pub(super) use commit::{ChangedTicket, LoadedCommit};
use organizations_at::OrganizationCache;
use policy_at::PolicyHistory;
pub(super) use policy_at::{BasePolicy, PolicyAt};
pub use range::AuditRange;
use range::SelectedCommits;
use removed_desks::DeskMoves;
use versions::TicketVersions;

/// The optional parts of an audit.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// Check that entries name a person whom their commit names (CB409).
    pub identity: bool,
    /// Check that commits are signed with keys that casebook.toml names (CB412, CB413).
    pub signed: bool,
    /// The accepted difference between the clocks of two machines.
    pub tolerance: TimeDelta,
}

/// An entry that hides the text of another one: not a violation, but reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The commit that added it.
    pub commit: String,
    /// The ticket.
    pub ticket: Id,
    /// The entry that redacts.
    pub entry: Id,
    /// The redacted entry.
    pub hides: Id,
    /// The author of the redaction.
    pub by: Person,
    /// The reason that the author gave.
    pub reason: String,
}

/// The result of an audit.
#[derive(Clone, Debug, Default)]
pub struct AuditReport {
    /// The findings, those of the oldest commit first.
    pub findings: Vec<Finding>,
    /// The findings that the last audited casebook.toml accepts, each with the reason.
    pub accepted: Vec<(Finding, String)>,
    /// The redactions, which are not findings.
    pub redactions: Vec<Redaction>,
    /// The number of audited commits.
    pub commits: usize,
    /// The number of entries that these commits added.
    pub entries: usize,
    /// The entries among them that belong to imported tickets: their authors come from another system.
    pub imported: usize,
    /// The other entries with the role `system`: written by a program in the name of an agent.
    pub system: usize,
    /// The newest audited commit.
    pub tip: Option<String>,
    /// The team in the last audited casebook.toml.
    pub team: Team,
}

impl AuditReport {
    /// Returns whether there is an error; if `strict`, whether there is any finding.
    pub fn has_any(&self, strict: bool) -> bool {
        self.findings.iter().any(|finding| strict || finding.severity == Severity::Error)
    }

    /// Moves the findings that the desk accepts to [`Self::accepted`].
    fn accept(&mut self, accepted: &[AcceptedFinding]) {
        for finding in std::mem::take(&mut self.findings) {
            let commit = finding.commit.as_deref().unwrap_or_default();
            match accepted.iter().find(|one| one.rule == finding.rule && commit.starts_with(&one.commit)) {
                Some(one) => self.accepted.push((finding, one.reason.clone())),
                None => self.findings.push(finding),
            }
        }
    }
}

/// An auditor of the history of one desk.
#[derive(Clone, Debug)]
pub struct HistoryAudit {
    repository: Repository,
    /// True if the user named this desk; then other desks of the repository are not looked for.
    is_named: bool,
}

impl HistoryAudit {
    /// Creates an auditor of a desk, with a work tree or without.
    pub fn at(location: &DeskLocation) -> Self {
        let repository = Repository::at(&location.folder).in_folder(&location.prefix);
        Self { repository, is_named: location.is_named }
    }

    /// Audits the commits of a range. `progress` gets the number of audited commits after each of them.
    ///
    /// # Errors
    /// git refuses, or does not know a revision of the range.
    pub fn audit(
        &self,
        range: &AuditRange,
        options: &AuditOptions,
        progress: &mut dyn FnMut(usize),
    ) -> Result<AuditReport, Error> {
        let mut state = AuditState::new(&self.repository, options.clone());
        // git takes a while until it lists the first commit, which can be checked only if the rest is known.
        let (completeness, selected, walk) = std::thread::scope(|scope| {
            let completeness = scope.spawn(|| self.repository.completeness());
            let selected = self.revisions(range);
            let revisions = selected.as_ref().map_or(&[][..], |selected| &selected.revisions);
            let walk = (!revisions.is_empty()).then(|| self.repository.walk(revisions, options.identity));
            (completeness.join(), selected, walk)
        });
        let completeness = completeness.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        state.unchecked = completeness.shallow;
        if !state.unchecked.is_empty() {
            state.report_incomplete("this clone is shallow: its first commits, and all before them, were not audited");
        }
        if completeness.grafts || completeness.replaced > 0 {
            state.report_incomplete("grafts or replace refs show another history here; the audit ignores them");
        }
        let SelectedCommits { tip, revisions, rewritten } = selected?;
        state.result.tip.clone_from(&tip);
        let is_rewritten = rewritten.is_some();
        if let Some(finding) = rewritten {
            state.report(finding);
        }
        if let Some(walk) = walk {
            let walked = walk.and_then(|walk| Self::follow(walk, &mut state, progress));
            walked.map_err(|refusal| self.unknown_start(range).unwrap_or_else(|| refusal.into()))?;
            if let (AuditRange::Since(verified), Some(tip), false) = (range, &tip, is_rewritten) {
                self.check_duplicates(verified, tip, &mut state)?;
            }
            if !self.is_named && (is_rewritten || matches!(range, AuditRange::Head | AuditRange::All)) {
                let desks = std::mem::take(&mut state.desks);
                self.check_removed_desks(&desks, &revisions, &mut state.result)?;
            }
            if options.signed {
                self.check_signatures(&revisions, &mut state)?;
            }
        }
        let policy_at = |commit: Option<String>| state.policies.by_commit.get(&commit?).cloned();
        let policy = policy_at(tip);
        if let Some(policy) = &policy {
            state.result.team.clone_from(&policy.team);
        }
        // Within a range the base decides, so that a branch cannot accept what it does itself.
        let decides = match range {
            _ if state.result.findings.is_empty() => None,
            AuditRange::Between(between) if between.from.is_some() => policy_at(self.base_of(between).ok()),
            _ => policy,
        };
        if let Some(policy) = decides {
            state.result.accept(&policy.accepted);
        }
        Ok(state.result)
    }

    fn follow(mut walk: HistoryWalk, state: &mut AuditState, progress: &mut dyn FnMut(usize)) -> Result<(), GitError> {
        while let Some(revision) = walk.next_revision()? {
            state.visit(&revision, &mut walk.objects)?;
            progress(state.result.commits);
        }
        Ok(())
    }

    /// Reports entries added since a verified commit that were in another ticket there.
    fn check_duplicates(&self, verified: &str, tip: &str, state: &mut AuditState) -> Result<(), Error> {
        let prefix = self.repository.prefix()?;
        let base = DeskAt { repository: &self.repository, commit: verified };
        for duplicate in base.duplicates_among(&state.new_entries())? {
            let place = duplicate.ticket.map(layout::ticket_path).zip(duplicate.entry);
            let Some((path, entry)) = place.map(|(path, entry)| (format!("{prefix}{path}"), entry)) else {
                continue;
            };
            let commit = self.repository.first_commit_adding(&entry.to_string(), &path, verified, tip)?;
            state.report(duplicate.in_commit(commit.unwrap_or_else(|| tip.to_owned())));
        }
        Ok(())
    }

    /// Checks that each commit is signed with a key that casebook.toml named before it.
    fn check_signatures(&self, revisions: &[String], state: &mut AuditState) -> Result<(), Error> {
        let keys = state.policies.all_keys();
        let signatures = self.repository.signatures(revisions, &keys)?;
        for (commit, signature) in signatures {
            let finding = match signature {
                Signature::By(place) if state.policies.trusted(&commit, &keys[place]) => continue,
                Signature::By(_) => Finding::new(
                    &COMMIT_SIGNER,
                    ".",
                    "the commit is signed with a key that casebook.toml did not name before it",
                ),
                Signature::None => unsigned(),
                Signature::Other => untrusted_signature(),
            };
            state.report(finding.in_commit(commit));
        }
        Ok(())
    }
}

/// Returns the finding about a commit without a signature.
pub(super) fn unsigned() -> Finding {
    Finding::new(&COMMIT_UNSIGNED, ".", "the commit is not signed")
}

/// Returns the finding about a commit whose signature is not by a key of casebook.toml.
pub(super) fn untrusted_signature() -> Finding {
    Finding::new(&COMMIT_SIGNER, ".", "the signature is invalid, or its key is not in casebook.toml")
}

/// The state of an audit while it walks from commit to commit.
pub(crate) struct AuditState {
    options: AuditOptions,
    /// The versions of ticket files.
    versions: TicketVersions,
    /// The versions of casebook.toml.
    pub policies: PolicyHistory,
    /// The organizations of any commit.
    pub organizations: OrganizationCache,
    /// The original objects of the attachments that commits have changed or deleted, by path.
    attachments: HashMap<String, String>,
    /// The first ticket that each entry was added to.
    first_tickets: HashMap<Id, Id>,
    /// The entries that were reported for their times.
    misdated: HashSet<Id>,
    /// The commits that are not checked: those at which a shallow clone ends.
    unchecked: HashSet<String>,
    /// The commits that moved desks.
    desks: DeskMoves,
    /// The person who brings the next commits.
    pub carrier: Carrier,
    /// The present, if entries must not be dated after it.
    pub now: Option<DateTime<Utc>>,
    /// False if entries that are in two tickets are not reported, because the caller finds them itself.
    pub reports_duplicates: bool,
    /// The result so far.
    pub result: AuditReport,
}

impl AuditState {
    /// Creates the state of an audit that has not seen a commit.
    pub fn new(repository: &Repository, options: AuditOptions) -> Self {
        Self {
            options,
            versions: TicketVersions::default(),
            policies: PolicyHistory::default(),
            organizations: OrganizationCache::of(repository),
            attachments: HashMap::new(),
            first_tickets: HashMap::new(),
            misdated: HashSet::new(),
            unchecked: HashSet::new(),
            desks: DeskMoves::default(),
            carrier: Carrier::Unchecked,
            now: None,
            reports_duplicates: true,
            result: AuditReport::default(),
        }
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Finding) {
        self.result.findings.push(finding);
    }

    fn report_incomplete(&mut self, message: &str) {
        self.report(Finding::new(&HISTORY_SHALLOW, ".", message));
    }

    /// Returns the entries that the visited commits added, each with its ticket, in order.
    pub fn new_entries(&self) -> Vec<(Id, Id)> {
        let mut entries: Vec<(Id, Id)> = self.first_tickets.iter().map(|(entry, ticket)| (*entry, *ticket)).collect();
        entries.sort_unstable();
        entries
    }

    /// Loads a commit, and checks it unless it is one at which a shallow clone ends.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub fn visit<'a>(
        &mut self,
        revision: &'a Revision,
        objects: &mut ObjectStream,
    ) -> Result<LoadedCommit<'a>, GitError> {
        let mut commit = self.load_commit(revision, objects)?;
        self.desks.visit(revision);
        if !self.unchecked.contains(&revision.id) {
            self.check_commit(&mut commit)?;
        }
        self.result.commits += 1;
        Ok(commit)
    }
}
