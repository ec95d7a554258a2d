//! The audit: every commit held against its parents, ticket by ticket and entry by entry.
//!
//! What an entry means is compared in [`crate::domain::audit`], and git is walked in [`crate::store::git`]; here both
//! come together, for an audit and for the guard alike. Needs a repository and no work tree, so a bare one will do.

mod attachments;
mod checkpoint;
mod commit;
mod earlier;
mod entries;
mod messages;
mod organizations_at;
mod policy_at;
mod range;
mod removed_desks;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{COMMIT_SIGNER, COMMIT_UNSIGNED, HISTORY_SHALLOW, Severity};
use crate::error::Error;
use crate::store::git::{
    CommitChange, GitError, HistoryWalk, ObjectStream, Repository, Revision, Signature, TrustedKey, VersionCache,
    WalkFilter,
};
use crate::store::layout;
use crate::store::yaml::FileVersion;

use crate::desk::DeskLocation;

pub(super) use attachments::{is_for_attachments, is_new_attachment};
pub(super) use commit::LoadedCommit;
use organizations_at::OrganizationCache;
pub(super) use policy_at::{BasePolicy, PolicyAt};
pub use range::AuditRange;
use range::SelectedCommits;
use removed_desks::DesksSeen;

/// Where tickets lie, as paths of git begin.
const TICKETS: &str = "tickets/";

/// How much each half of the shelf of versions holds, in bytes.
const SHELF: usize = 16 << 20;

/// What is asked of an audit.
#[derive(Clone, Debug)]
pub struct AuditOptions {
    /// Whether entries name whom their commit names.
    pub identity: bool,
    /// Whether commits are signed with keys that casebook.toml names.
    pub signed: bool,
    /// How far clocks may differ.
    pub tolerance: TimeDelta,
}

/// An entry that hides another one's words: no violation, and worth a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The commit that brought it.
    pub commit: String,
    /// The ticket.
    pub ticket: Id,
    /// The entry that hides.
    pub entry: Id,
    /// The entry that is hidden.
    pub hides: Id,
    /// Who did it.
    pub by: Person,
    /// Why.
    pub reason: String,
}

/// What an audit came to.
#[derive(Clone, Debug, Default)]
pub struct AuditReport {
    /// What is wrong, the oldest commit first.
    pub findings: Vec<Finding>,
    /// What was hidden, and is not wrong.
    pub redactions: Vec<Redaction>,
    /// How many commits were looked at.
    pub commits: usize,
    /// How many entries came with them.
    pub entries: usize,
    /// Those of them that belong to imported tickets: who made them is another system's word.
    pub imported: usize,
    /// Those of the others that are of the role `system`: a program made them, in an agent's name.
    pub system: usize,
    /// The commit the audit began from, its newest.
    pub tip: Option<String>,
}

impl AuditReport {
    /// Whether something is wrong; with `strict`, whether anything is to be said.
    pub fn has_any(&self, strict: bool) -> bool {
        self.findings.iter().any(|finding| strict || finding.severity == Severity::Error)
    }
}

/// Somebody who audits a repository.
#[derive(Clone, Debug)]
pub struct HistoryAudit {
    pub(crate) repository: Repository,
    pub(crate) prefix: String,
    /// Whether this desk was asked for, whatever else the repository holds.
    is_asked: bool,
}

impl HistoryAudit {
    /// An auditor of a desk, with a work tree or without.
    pub fn at(whereabouts: &DeskLocation) -> Self {
        let (repository, prefix) = (Repository::at(&whereabouts.folder), whereabouts.prefix.clone());
        Self { repository, prefix, is_asked: whereabouts.is_asked }
    }

    pub(crate) fn of(repository: Repository, folder: &Path) -> Result<Self, Error> {
        let prefix = repository.prefix().map_err(|refusal| match refusal {
            GitError::Refused { .. } => Error::NoRepository { root: folder.to_owned() },
            refusal => Error::Git { refusal },
        })?;
        Ok(Self { repository, prefix, is_asked: true })
    }

    /// Audits some commits. `tell` is told after each how many it were.
    ///
    /// # Errors
    /// git refuses, or knows no such revision.
    pub fn audit(
        &self,
        span: &AuditRange,
        questions: &AuditOptions,
        tell: &mut dyn FnMut(usize),
    ) -> Result<AuditReport, Error> {
        let mut judge = AuditState::new(self, questions.clone());
        // git needs a while before it tells of the first commit, which is judged only when all of this is known.
        let (completeness, chosen, walk) = std::thread::scope(|scope| {
            let completeness = scope.spawn(|| self.repository.completeness());
            let chosen = self.revisions(span);
            let revisions = chosen.as_ref().map_or(&[][..], |chosen| &chosen.revisions);
            let walk = (!revisions.is_empty()).then(|| self.begin(revisions, &judge));
            (completeness.join(), chosen, walk)
        });
        let completeness = completeness.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        judge.given = completeness.shallow;
        if !judge.given.is_empty() {
            judge.incomplete("this clone is shallow: what lies before its first commits is taken as it is");
        }
        if completeness.grafts || completeness.replaced > 0 {
            judge.incomplete("grafts or replace refs show another history here; they are not followed");
        }
        let SelectedCommits { tip, revisions, lost } = chosen?;
        judge.found.tip.clone_from(&tip);
        let is_lost = lost.is_some();
        if let Some(lost) = lost {
            judge.report(lost);
        }
        if let Some(walk) = walk {
            let walked = walk.and_then(|walk| Self::follow(walk, &mut judge, tell));
            walked.map_err(|error| self.unknown(span).unwrap_or(error))?;
            if let (AuditRange::Since(verified), Some(tip), false) = (span, &tip, is_lost) {
                self.check_duplicates(verified, tip, &mut judge)?;
            }
            if !self.is_asked && (is_lost || matches!(span, AuditRange::Head | AuditRange::All)) {
                let desks = std::mem::take(&mut judge.desks);
                self.check_removed_desks(&desks, &revisions, &mut judge.found)?;
            }
            if questions.signed {
                self.judge_signatures(&revisions, &mut judge)?;
            }
        }
        Ok(judge.found)
    }

    pub(crate) fn walk(
        &self,
        revisions: &[String],
        judge: &mut AuditState,
        tell: &mut dyn FnMut(usize),
    ) -> Result<(), Error> {
        Self::follow(self.begin(revisions, judge)?, judge, tell)
    }

    fn begin(&self, revisions: &[String], judge: &AuditState) -> Result<HistoryWalk, Error> {
        self.repository.walk(revisions, &self.prefix, &wanted(judge.is_limited_to_identity())).map_err(Error::from)
    }

    fn follow(mut walk: HistoryWalk, judge: &mut AuditState, tell: &mut dyn FnMut(usize)) -> Result<(), Error> {
        while let Some(revision) = walk.step()? {
            judge.visit(&revision, &mut walk.objects)?;
            judge.found.commits += 1;
            tell(judge.found.commits);
        }
        Ok(())
    }

    /// Each commit is signed with a key that casebook.toml named before it.
    fn judge_signatures(&self, revisions: &[String], judge: &mut AuditState) -> Result<(), Error> {
        let keys = judge.keys();
        let signatures = self.repository.signatures(revisions, &keys)?;
        for (commit, signature) in signatures {
            let finding = match signature {
                Signature::None => Finding::new(&COMMIT_UNSIGNED, ".", "the commit is not signed"),
                Signature::By(place) if judge.names(&commit, &keys[place]) => continue,
                Signature::By(_) => Finding::new(&COMMIT_SIGNER, ".", "casebook.toml did not name the key before it"),
                Signature::Other => {
                    Finding::new(&COMMIT_SIGNER, ".", "the signature is of no key casebook.toml names, or does not fit")
                }
            };
            judge.report(finding.in_commit(commit));
        }
        Ok(())
    }
}

pub(crate) fn named(entry: &crate::domain::ticket::entry::Entry) -> String {
    messages::entry(entry)
}

pub(crate) fn wanted(behalf: bool) -> WalkFilter {
    WalkFilter { folder: TICKETS, base: layout::MARKER, behalf }
}

/// What is known while commits are looked at, one behind the other.
pub(crate) struct AuditState {
    questions: AuditOptions,
    shelf: VersionCache<Arc<FileVersion>>,
    policies: HashMap<String, Arc<PolicyAt>>,
    policy_of: HashMap<String, Arc<PolicyAt>>,
    /// The policy each commit was judged by, where signatures will be asked for.
    judged_by: HashMap<String, Arc<PolicyAt>>,
    /// The last sound version before one that cannot be read, by the object of that.
    sound: HashMap<String, Arc<FileVersion>>,
    /// The bytes of entries that were edited or removed, as they were before that.
    originals: HashMap<Id, Vec<u8>>,
    /// The ticket each entry came to first.
    pub tickets: HashMap<Id, Id>,
    /// What was deleted, by path.
    gone: HashMap<String, Arc<FileVersion>>,
    /// What is known of attachments.
    pub attachments: attachments::AttachmentHistory,
    /// Commits that are taken as they are.
    pub given: HashSet<String>,
    /// What holds for all commits, instead of what was before each.
    pub overruling: Option<BasePolicy>,
    /// The organisations of any commit.
    pub registry: OrganizationCache,
    /// What was seen of this desk and others.
    desks: DesksSeen,
    /// The paths that commits touched, where the guard asks, and whether something else than a file was put there.
    pub paths: Option<BTreeMap<String, bool>>,
    /// The commits that were looked at, where the guard asks.
    pub walked: HashSet<String>,
    /// What the clock of whoever judges says, where the guard asks.
    pub now: Option<DateTime<Utc>>,
    /// Who pushes, where the guard asks.
    pub gate: Option<crate::desk::history::guard::PusherPermissions>,
    pub found: AuditReport,
}

impl AuditState {
    pub fn new(auditor: &HistoryAudit, questions: AuditOptions) -> Self {
        Self {
            questions,
            shelf: VersionCache::of(SHELF),
            policies: HashMap::new(),
            policy_of: HashMap::new(),
            judged_by: HashMap::new(),
            sound: HashMap::new(),
            originals: HashMap::new(),
            tickets: HashMap::new(),
            gone: HashMap::new(),
            attachments: attachments::AttachmentHistory::default(),
            given: HashSet::new(),
            overruling: None,
            desks: DesksSeen::default(),
            paths: None,
            walked: HashSet::new(),
            now: None,
            registry: OrganizationCache::of(&auditor.repository, &auditor.prefix),
            gate: None,
            found: AuditReport::default(),
        }
    }

    pub fn report(&mut self, finding: Finding) {
        self.found.findings.push(finding);
    }

    /// Whether it matters whose entries a commit says it brings.
    pub const fn is_limited_to_identity(&self) -> bool {
        self.questions.identity || self.gate.is_some()
    }

    fn incomplete(&mut self, message: &str) {
        self.report(Finding::new(&HISTORY_SHALLOW, ".", message));
    }

    /// Looks at a commit: takes in its objects, and judges it unless it is taken as it is.
    pub fn visit(&mut self, revision: &Revision, objects: &mut ObjectStream) -> Result<(), GitError> {
        let commit = self.load_commit(revision, objects)?;
        self.desks.visit(revision);
        if let Some(paths) = &mut self.paths {
            for CommitChange { path, odd, .. } in revision.sides.iter().flat_map(|side| &side.changes) {
                *paths.entry(path.clone()).or_default() |= *odd;
            }
            self.walked.insert(revision.id.clone());
        }
        if !self.given.contains(&revision.id) {
            self.check_commit(&commit)?;
        }
        Ok(())
    }

    /// Every key that any casebook.toml named.
    fn keys(&self) -> Vec<TrustedKey> {
        let mut keys: Vec<TrustedKey> = Vec::new();
        for policy in self.policy_of.values().chain(self.policies.values()) {
            for (_, key) in &policy.keys {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
        keys
    }

    fn names(&self, commit: &str, key: &TrustedKey) -> bool {
        self.judged_by.get(commit).is_some_and(|policy| policy.keys.iter().any(|(_, known)| known == key))
    }
}
