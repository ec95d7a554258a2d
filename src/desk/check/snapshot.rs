//! The check of a snapshot: the staged files, or those that differ between two revisions.
//!
//! Only changed files are checked, by the policy in the same snapshot; tickets that they link to are read from it too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::attachment::Digest;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::config::fields;
use crate::store::git::{FileKind, GitError, ObjectLookup, Repository, Snapshot, SnapshotFile};
use crate::store::layout;
use crate::store::yaml::{LARGEST_FILE, ReadError, ReadErrorKind};

use super::attachments::{self, AttachmentRef};
use super::cross_file::ChangedFiles;
use super::findings::damaged;
use super::links::{LinkGraph, LinkedTicket};
use super::ticket::{CheckPolicy, TicketCheck, check_ticket};
use super::{
    CheckResult, CheckScope, Checker, CommitSource, file_types, is_below, macro_texts, other_files, policy,
    read_linked, sorted,
};
use crate::desk::history::duplicate_entries::{DeskAt, add};

impl Checker<'_> {
    /// Checks the changes in git's index, or in a range of revisions.
    ///
    /// # Errors
    /// There is no repository, or git refuses.
    pub(super) fn check_snapshot(self, scope: &CheckScope) -> Result<CheckResult, Error> {
        let desk = self.desk;
        if !desk.state.in_repository() {
            return Err(Error::NoRepository { root: desk.root.clone() });
        }
        let repository = Repository::at(&desk.root);
        let (snapshot, before) = match scope {
            CheckScope::Range(range) => {
                let (from, to) = desk.read().commits_of(range)?;
                (Snapshot::Commit(to), from)
            }
            CheckScope::Staged(index) => (Snapshot::Index(index.clone()), repository.head()?),
            _ => (Snapshot::Index(None), None),
        };
        let mut changed = repository.changed(&snapshot, before.as_deref(), &CHECKED_PATHS.map(str::to_owned))?;
        changed.extend(file_types::folders(&changed));
        changed.extend(tickets_without_attachment(&repository, &snapshot, &changed)?);
        let policy = self.policy_in(&repository, &snapshot)?;
        let known: BTreeSet<String> = policy.organizations.iter().flatten().cloned().collect();
        let mut checks = SnapshotCheck::by(policy);
        for file in &changed {
            checks.add_file(file)?;
        }
        let prefix = repository.prefix()?;
        let commit = if let Snapshot::Commit(commit) = &snapshot { commit.as_str() } else { "" };
        let mut lookup = ObjectLookup::within(repository.clone(), &snapshot);
        let not_plain = changed.iter().filter(|file| file.bytes.is_some() && !file.is_file());
        let not_plain = not_plain.map(|file| (file.path.clone(), file.kind)).collect();
        let mut source = CommitSource { lookup: &mut lookup, commit, prefix: &prefix, not_plain };
        checks.add_findings(check_changed_files(&mut source, &changed, &known)?);
        let targets = checks.missing_targets();
        let paths: Vec<String> = targets.iter().map(|id| layout::ticket_path(*id)).collect();
        let files = repository.read_blobs(&snapshot, &paths)?;
        let others: BTreeMap<_, _> =
            targets.into_iter().zip(files).map(|(id, bytes)| (id, read_linked(id, bytes.as_deref()))).collect();
        let sizes = source.sizes(checks.attachment_paths())?;
        if changed.iter().any(|file| layout::is_in(&file.path, layout::ATTACHMENTS)) {
            let attributes = repository.read_blobs(&snapshot, &[layout::ATTACHMENT_ATTRIBUTES.to_owned()])?;
            let has_attachments = changed.iter().any(|file| Digest::at(&file.path).is_some() && file.is_file());
            let attributes = attributes.first().and_then(Option::as_deref);
            checks.findings.extend(other_files::attributes(attributes, has_attachments));
        }
        let mut result = checks.finish(&others, &sizes);
        if let Some(before) = &before {
            let base = DeskAt { repository: &repository, prefix: &prefix, commit: before };
            add(base.duplicates_in(&snapshot)?, &mut result.findings);
            result.findings = sorted(result.findings);
        }
        Ok(result)
    }

    /// Returns the policy of a snapshot; that of this desk if the snapshot has no valid one.
    fn policy_in(self, repository: &Repository, snapshot: &Snapshot) -> Result<CheckPolicy, GitError> {
        let files = repository.read_blobs(snapshot, &[layout::MARKER.to_owned()])?;
        let text = files.into_iter().flatten().next().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.filter(|text| Config::read(text).is_ok()).unwrap_or_else(|| self.desk.text.clone());
        let config = Config::read(&text).ok();
        let config = config.as_ref().unwrap_or(&self.desk.config);
        let names = repository.list_files(snapshot, layout::ORGANIZATIONS)?;
        let known: std::collections::HashSet<String> =
            names.iter().filter_map(|path| layout::organization_of(path)).map(str::to_owned).collect();
        Ok(CheckPolicy {
            follow_up: config.follow_up.clone(),
            team: config.team.clone(),
            organizations: (!known.is_empty()).then_some(known),
            fields: fields::read(&text).map(|choices| choices.fields).unwrap_or_default(),
        })
    }
}

/// Checks the changed files that are not tickets against other files. `organizations` are those that have files.
fn check_changed_files(
    source: &mut CommitSource<'_>,
    changed: &[SnapshotFile],
    organizations: &BTreeSet<String>,
) -> Result<Vec<Finding>, Error> {
    let changed = ChangedFiles::of(changed.iter().map(|file| file.path.as_str()));
    let organizations: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let mut findings = changed.errors(&mut |path| source.read(path))?;
    findings.extend(changed.warnings(&organizations, &mut |path| source.read(path))?);
    Ok(findings)
}

/// The paths at or below which files are checked.
const CHECKED_PATHS: [&str; 5] =
    [layout::TICKETS, layout::ORGANIZATIONS, layout::CALENDARS, layout::ATTACHMENTS, layout::MARKER];

/// Returns whether a file is checked.
pub(super) fn is_checked(path: &str) -> bool {
    CHECKED_PATHS.iter().any(|above| is_below(path, above))
}

/// Returns the tickets that did not change, but refer to an attachment that was removed.
fn tickets_without_attachment(
    repository: &Repository,
    snapshot: &Snapshot,
    changed: &[SnapshotFile],
) -> Result<Vec<SnapshotFile>, GitError> {
    let removed = changed.iter().filter(|file| !file.is_file()).filter_map(|file| Digest::at(&file.path));
    let removed: Vec<String> = removed.map(|digest| digest.to_string()).collect();
    if removed.is_empty() {
        return Ok(Vec::new());
    }
    let mut paths = repository.grep_files(snapshot, &removed, layout::TICKETS)?;
    paths.retain(|path| !changed.iter().any(|file| file.path == *path));
    let files = repository.read_blobs(snapshot, &paths)?;
    Ok(paths.into_iter().zip(files).map(|(path, bytes)| SnapshotFile { path, kind: FileKind::File, bytes }).collect())
}

/// The checks of files of a snapshot, one after the other.
pub(super) struct SnapshotCheck {
    policy: CheckPolicy,
    findings: Vec<Finding>,
    links: LinkGraph,
    /// The ticket files that refer to attachments: path, id, bytes and references.
    with_attachments: Vec<(String, Id, Vec<u8>, Vec<AttachmentRef>)>,
    count: usize,
}

impl SnapshotCheck {
    /// Creates checks by a policy, without files.
    pub fn by(policy: CheckPolicy) -> Self {
        Self { policy, findings: Vec::new(), links: LinkGraph::default(), with_attachments: Vec::new(), count: 0 }
    }

    /// Checks a file; one that was deleted has no findings.
    ///
    /// # Errors
    /// The bytes of an attachment cannot be read.
    pub fn add_file(&mut self, file: &SnapshotFile) -> Result<(), Error> {
        let Some(bytes) = &file.bytes else { return Ok(()) };
        if !file.is_file() || file_types::expects_folder(&file.path) {
            self.add_other_kind(&file.path, file.kind);
        } else if file.path == layout::MARKER {
            let text = String::from_utf8_lossy(bytes);
            let read = Config::read(&text);
            self.findings.extend(other_files::config(&text, read.as_ref()));
            self.findings.extend(macro_texts::findings(&text));
            if read.is_ok() {
                self.findings.extend(policy::check_sections(&text));
                self.findings.extend(policy::read_sla(&text).err().map(|finding| *finding));
            }
        } else if let Some(id) = layout::organization_of(&file.path) {
            self.findings.extend(other_files::organization(&file.path, id, bytes));
        } else if file.path == layout::ATTACHMENT_ATTRIBUTES {
            // Checked once, together with the attachments.
        } else if layout::is_in(&file.path, layout::ATTACHMENTS) {
            let finding = other_files::attachment(&file.path, Ok(bytes.as_slice()));
            self.findings.extend(finding.map_err(Error::io(&file.path, "read"))?);
        } else if layout::is_in(&file.path, layout::TICKETS) {
            match check_in_tickets(file, bytes, &self.policy) {
                Some(Ok(check)) => {
                    self.count += 1;
                    self.findings.extend(check.findings);
                    if !check.attachments.is_empty() {
                        self.with_attachments.push((file.path.clone(), check.id, bytes.clone(), check.attachments));
                    }
                    self.links.add(check.id, check.facts);
                }
                Some(Err(finding)) => self.findings.push(*finding),
                None => {}
            }
        }
        Ok(())
    }

    /// Checks something that is not a plain file, or a file in the place of a folder. In the place of a ticket, it
    /// counts as a ticket that cannot be read.
    fn add_other_kind(&mut self, path: &str, kind: FileKind) {
        let finding = file_types::check(path, kind);
        let is_ticket_path = layout::is_ticket_path(Path::new(path));
        let id = Path::new(path).file_stem().and_then(|stem| stem.to_str()?.parse().ok()).filter(|_| is_ticket_path);
        self.findings.extend(finding.map(|finding| match id {
            Some(id) => finding.of(id),
            None => finding,
        }));
        if let Some(id) = id {
            self.count += 1;
            self.links.add(id, None);
        }
    }

    /// Adds findings of other checks.
    pub fn add_findings(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    /// Returns the tickets that others link to and that were not checked.
    pub fn missing_targets(&self) -> Vec<Id> {
        self.links.missing_targets()
    }

    /// Returns the paths of the attachments that tickets refer to.
    pub fn attachment_paths(&self) -> BTreeSet<String> {
        let references = self.with_attachments.iter().flat_map(|(.., references)| references);
        references.map(|reference| reference.attachment.path()).collect()
    }

    /// Returns the result. `others` are the [missing targets](Self::missing_targets), and `sizes` the sizes of the
    /// attachments at [their paths](Self::attachment_paths); none if there is no such file.
    pub fn finish(self, others: &BTreeMap<Id, LinkedTicket>, sizes: &BTreeMap<String, Option<u64>>) -> CheckResult {
        let Self { mut findings, links, with_attachments, count, .. } = self;
        findings.extend(links.findings(others));
        for (path, id, bytes, references) in &with_attachments {
            let size = |path: &str| sizes.get(path).copied().flatten();
            findings.extend(attachments::check(path, *id, bytes, references, size));
        }
        CheckResult { findings: sorted(findings), count }
    }
}

/// Checks a file in the folder of tickets: a ticket in its place, or the finding about another file.
fn check_in_tickets(
    file: &SnapshotFile,
    bytes: &[u8],
    policy: &CheckPolicy,
) -> Option<Result<TicketCheck, Box<Finding>>> {
    let path = Path::new(&file.path);
    let unreadable = |kind| damaged(&file.path, &ReadError { line: 1, column: 1, kind });
    let is_ticket = path.file_name().is_some_and(layout::has_ticket_extension);
    if !layout::is_ticket_path(path) {
        let finding =
            if is_ticket { unreadable(ReadErrorKind::WrongPlace) } else { file_types::not_a_ticket(&file.path) };
        return Some(Err(Box::new(finding)));
    }
    let id: Id = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok())?;
    if bytes.len() as u64 > LARGEST_FILE {
        let finding = unreadable(ReadErrorKind::TooLarge { limit: LARGEST_FILE });
        return Some(Ok(TicketCheck::damaged(id, finding.of(id))));
    }
    Some(Ok(check_ticket(&file.path, id, bytes, policy)))
}
