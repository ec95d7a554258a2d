//! The same of what git holds: what is staged, or what differs between two revisions. Only what changed is looked
//! at, by the policy that stands beside it there; the other side of a link is read from there too.

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

use super::attachments::{AttachmentRef, missing};
use super::cross_file::ChangedFiles;
use super::links::{LinkGraph, LinkedTicket};
use super::ticket::{CheckPolicy, TicketCheck, damaged, look};
use super::{CheckResult, CheckScope, CommitSource, file_types, is_below, other_files, policy, read_other, sorted};
use crate::desk::history::duplicate_entries::{DeskAt, add};
use crate::desk::{Desk, MacroCheck};

impl Desk {
    /// Checks what changed in git's index, or in a range of revisions.
    pub(super) fn check_snapshot(&self, scope: &CheckScope) -> Result<CheckResult, Error> {
        if !self.state.in_repository() {
            return Err(Error::NoRepository { root: self.root.clone() });
        }
        let repository = Repository::at(&self.root);
        let (snapshot, before) = match scope {
            CheckScope::Range(stretch) => {
                let (from, to) = self.read().ends_of(stretch)?;
                (Snapshot::Commit(to), from)
            }
            CheckScope::Staged(index) => (Snapshot::Index(index.clone()), repository.head()?),
            _ => (Snapshot::Index(None), None),
        };
        let mut changed = repository.changed(&snapshot, before.as_deref(), &HELD_TO_RULES.map(str::to_owned))?;
        changed.extend(file_types::folders(&changed));
        changed.extend(bereft(&repository, &snapshot, &changed)?);
        let policy = self.policy_in(&repository, &snapshot)?;
        let known: BTreeSet<String> = policy.organizations.iter().flatten().cloned().collect();
        let mut sheets = SnapshotCheck::by(policy, self.environment.macro_flaws);
        for held in &changed {
            sheets.take(held)?;
        }
        let prefix = repository.prefix()?;
        let commit = if let Snapshot::Commit(commit) = &snapshot { commit.as_str() } else { "" };
        let mut lookup = ObjectLookup::within(repository.clone(), &snapshot);
        let odd = changed.iter().filter(|held| held.bytes.is_some() && !held.is_file());
        let odd = odd.map(|held| (held.path.clone(), held.nature)).collect();
        let macro_flaws = self.environment.macro_flaws;
        let mut tree = CommitSource { lookup: &mut lookup, commit, prefix: &prefix, macro_flaws, odd };
        sheets.add(together_in(&mut tree, &changed, &known)?);
        let wanted = sheets.wanted();
        let paths: Vec<String> = wanted.iter().map(|id| layout::ticket_path(*id)).collect();
        let there = repository.read_blobs(&snapshot, &paths)?;
        let others: BTreeMap<_, _> =
            wanted.into_iter().zip(there).map(|(id, bytes)| (id, read_other(id, bytes.as_deref()))).collect();
        let sizes = tree.sizes(sheets.wanted_attachments())?;
        if changed.iter().any(|held| layout::is_in(&held.path, layout::ATTACHMENTS)) {
            let attributes = repository.read_blobs(&snapshot, &[layout::ATTACHMENT_ATTRIBUTES.to_owned()])?;
            let has_some = changed.iter().any(|held| Digest::at(&held.path).is_some() && held.is_file());
            sheets.findings.extend(other_files::attributes(attributes.first().and_then(Option::as_deref), has_some));
        }
        let mut checked = sheets.end(&others, &sizes);
        if let Some(before) = &before {
            let ground = DeskAt { repository: &repository, prefix: &prefix, commit: before };
            add(ground.duplicates_in(&snapshot)?, &mut checked.findings);
            checked.findings = sorted(checked.findings);
        }
        Ok(checked)
    }

    /// The policy as git holds it; this desk's where it holds none that is sound.
    fn policy_in(&self, repository: &Repository, snapshot: &Snapshot) -> Result<CheckPolicy, GitError> {
        let held = repository.read_blobs(snapshot, &[layout::MARKER.to_owned()])?;
        let text = held.into_iter().flatten().next().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.filter(|text| Config::read(text).is_ok()).unwrap_or_else(|| self.text.clone());
        let config = Config::read(&text).ok();
        let config = config.as_ref().unwrap_or(&self.config);
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

/// What the files beside the tickets break that changed, by what others say. `known` are the organisations.
fn together_in(
    tree: &mut CommitSource<'_>,
    changed: &[SnapshotFile],
    known: &BTreeSet<String>,
) -> Result<Vec<Finding>, Error> {
    let together = ChangedFiles::of(changed.iter().map(|held| held.path.as_str()));
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut findings = together.errors(&mut |path| tree.read(path))?;
    findings.extend(together.warnings(&known, &mut |path| tree.read(path))?);
    Ok(findings)
}

/// The paths below which files are held to rules.
const HELD_TO_RULES: [&str; 5] =
    [layout::TICKETS, layout::ORGANIZATIONS, layout::CALENDARS, layout::ATTACHMENTS, layout::MARKER];

/// Whether a file is held to rules.
pub(super) fn is_held_to_rules(path: &str) -> bool {
    HELD_TO_RULES.iter().any(|held| is_below(path, held))
}

/// The tickets that did not change and name an attachment that is gone.
fn bereft(
    repository: &Repository,
    snapshot: &Snapshot,
    changed: &[SnapshotFile],
) -> Result<Vec<SnapshotFile>, GitError> {
    let gone = changed.iter().filter(|held| !held.is_file()).filter_map(|held| Digest::at(&held.path));
    let gone: Vec<String> = gone.map(|digest| digest.to_string()).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let mut paths = repository.grep_files(snapshot, &gone, layout::TICKETS)?;
    paths.retain(|path| !changed.iter().any(|held| held.path == *path));
    let held = repository.read_blobs(snapshot, &paths)?;
    Ok(paths.into_iter().zip(held).map(|(path, bytes)| SnapshotFile { path, nature: FileKind::File, bytes }).collect())
}

/// Files of git that are looked at, one behind the other.
pub(super) struct SnapshotCheck {
    policy: CheckPolicy,
    macro_flaws: MacroCheck,
    findings: Vec<Finding>,
    web: LinkGraph,
    /// The tickets that name attachments, with their files.
    naming: Vec<(String, Id, Vec<u8>, Vec<AttachmentRef>)>,
    count: usize,
}

impl SnapshotCheck {
    /// None yet, to be held against a policy.
    pub fn by(policy: CheckPolicy, macro_flaws: MacroCheck) -> Self {
        Self { policy, macro_flaws, findings: Vec::new(), web: LinkGraph::default(), naming: Vec::new(), count: 0 }
    }

    /// Looks at a file; one that is gone says nothing.
    pub fn take(&mut self, held: &SnapshotFile) -> Result<(), Error> {
        let Some(bytes) = &held.bytes else { return Ok(()) };
        if !held.is_file() || file_types::stands_for_a_folder(&held.path) {
            self.take_odd(&held.path, held.nature);
        } else if held.path == layout::MARKER {
            let text = String::from_utf8_lossy(bytes);
            let read = Config::read(&text);
            self.findings.extend(other_files::config(&text, read.as_ref()));
            self.findings.extend((self.macro_flaws)(&text));
            if read.is_ok() {
                self.findings.extend(policy::sections(&text));
                self.findings.extend(policy::policy(&text).err().map(|finding| *finding));
            }
        } else if let Some(id) = layout::organization_of(&held.path) {
            self.findings.extend(other_files::organization(&held.path, id, bytes));
        } else if held.path == layout::ATTACHMENT_ATTRIBUTES {
            // It is held against the attachments that are there, once.
        } else if layout::is_in(&held.path, layout::ATTACHMENTS) {
            let looked = other_files::attachment(&held.path, Ok(bytes.as_slice()));
            self.findings.extend(looked.map_err(Error::io(&held.path, "read"))?);
        } else if layout::is_in(&held.path, layout::TICKETS) {
            let (sheet, other) = ticket_in(held, bytes, &self.policy);
            self.findings.extend(other);
            if let Some(sheet) = sheet {
                self.count += 1;
                self.findings.extend(sheet.findings);
                if !sheet.named.is_empty() {
                    self.naming.push((held.path.clone(), sheet.id, bytes.clone(), sheet.named));
                }
                self.web.add(sheet.id, sheet.said);
            }
        }
        Ok(())
    }

    /// Takes in what is no plain file, or a file where a folder belongs. In a ticket's place nothing can be said of it.
    fn take_odd(&mut self, path: &str, nature: FileKind) {
        let finding = file_types::finding(path, nature);
        let is_place = layout::is_ticket_path(Path::new(path));
        let id = Path::new(path).file_stem().and_then(|stem| stem.to_str()?.parse().ok()).filter(|_| is_place);
        self.findings.extend(finding.map(|finding| match id {
            Some(id) => finding.of(id),
            None => finding,
        }));
        if let Some(id) = id {
            self.count += 1;
            self.web.add(id, None);
        }
    }

    /// Takes in what else was found.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    /// The tickets that are named and were not looked at.
    pub fn wanted(&self) -> Vec<Id> {
        self.web.wanted()
    }

    /// Where the attachments lie that are named.
    pub fn wanted_attachments(&self) -> BTreeSet<String> {
        self.naming.iter().flat_map(|(.., named)| named).map(|named| named.what.path()).collect()
    }

    /// What all of it came to. `sizes` are those of the attachments that are wanted, where they are there.
    pub fn end(self, others: &BTreeMap<Id, LinkedTicket>, sizes: &BTreeMap<String, Option<u64>>) -> CheckResult {
        let Self { mut findings, web, naming, count, .. } = self;
        findings.extend(web.findings(others));
        for (path, id, bytes, named) in &naming {
            findings.extend(missing(path, *id, bytes, named, |lies| sizes.get(lies).copied().flatten()));
        }
        CheckResult { findings: sorted(findings), count }
    }
}

/// A file of the tickets folder: a sheet where it is a ticket at its place, else what is wrong with it.
fn ticket_in(held: &SnapshotFile, bytes: &[u8], policy: &CheckPolicy) -> (Option<TicketCheck>, Option<Finding>) {
    let path = Path::new(&held.path);
    let damage = |kind| damaged(&held.path, &ReadError { line: 1, column: 1, kind });
    let is_ticket = path.file_name().is_some_and(layout::has_ticket_extension);
    if !layout::is_ticket_path(path) {
        let finding = if is_ticket { damage(ReadErrorKind::WrongPlace) } else { other_files::stray(&held.path) };
        return (None, Some(finding));
    }
    let id: Option<Id> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
    let Some(id) = id else { return (None, None) };
    let broken = |kind| TicketCheck { id, findings: vec![damage(kind).of(id)], named: Vec::new(), said: None };
    let sheet = if bytes.len() as u64 > LARGEST_FILE {
        broken(ReadErrorKind::TooLarge { limit: LARGEST_FILE })
    } else {
        look(&held.path, id, bytes, policy)
    };
    (Some(sheet), None)
}
