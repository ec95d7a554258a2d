//! The check of changed files in git: the staged ones, those that differ between two revisions, and those of a push or a
//! sync.
//!
//! Only changed files are checked, by the policy in the same snapshot; tickets that they link to are read from it too.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::git::{CommitChange, FileKind, Repository, Snapshot};
use crate::store::layout::{self, DeskPath};
use crate::store::yaml;

use super::cross_file::ChangedFiles;
use super::run::CheckRun;
use super::source::{DeskSource, GitSource};
use super::{CheckResult, CheckScope, file_types, is_below};
use crate::desk::Desk;
use crate::desk::history::duplicate_entries::{DeskAt, add};

/// The paths at or below which files are checked.
const CHECKED_PATHS: [&str; 5] =
    [layout::TICKETS, layout::ORGANIZATIONS, layout::CALENDARS, layout::ATTACHMENTS, layout::MARKER];

/// Returns whether a file is checked.
fn is_checked(path: &str) -> bool {
    CHECKED_PATHS.iter().any(|above| is_below(path, above))
}

impl Desk {
    /// Checks the changes in git's index, or in a range of revisions.
    ///
    /// # Errors
    /// There is no repository, or git refuses.
    pub(super) fn check_changes(&self, scope: &CheckScope) -> Result<CheckResult, Error> {
        let mut repository = self.repository()?;
        let commit;
        let (snapshot, before) = match scope {
            CheckScope::Range(range) => {
                let (from, to) = self.read().commits_of(range)?;
                commit = to;
                (Snapshot::Commit(&commit), from)
            }
            CheckScope::Staged(index) => {
                repository = repository.with_index(index.clone());
                (Snapshot::Index, repository.head()?)
            }
            CheckScope::Everything | CheckScope::Paths(_) => (Snapshot::Index, None),
        };
        let mut changes = repository.changes(before.as_deref(), snapshot)?;
        changes.retain(|change| is_checked(&change.path));
        let mut known = HashMap::new();
        for CommitChange { path, new, kind, .. } in &changes {
            known.extend(kind.map(|kind| (path.clone(), (kind, new.clone()))));
            if kind.is_some() {
                // git has no empty folders, so a folder is known by its files.
                let folders = file_types::folders_for_files(path);
                known.extend(folders.map(|folder| (folder.to_owned(), (FileKind::Folder, None))));
            }
        }
        for path in tickets_without_attachment(&repository, snapshot, &changes)? {
            known.entry(path).or_insert((FileKind::File, None));
        }
        let files: BTreeMap<String, FileKind> = known.iter().map(|(path, (kind, _))| (path.clone(), *kind)).collect();
        let source = DeskSource::Git(GitSource { repository: &repository, snapshot, known });
        let mut run = CheckRun::begin(&source, &self.settings)?;
        run.check_files(&files)?;
        run.check_attributes(&files)?;
        run.check_cross_file(&ChangedFiles::of(changes.iter().map(|change| change.path.as_str())), true)?;
        let mut result = run.finish()?;
        if let Some(before) = &before {
            let base = DeskAt { repository: &repository, commit: before };
            add(base.duplicates_in(snapshot)?, &mut result.findings);
            result.findings.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        Ok(result)
    }
}

/// Returns the errors that one commit has and an older one has not: in the files that differ and in the tickets they
/// link to. If there is no older one, returns all errors.
///
/// # Errors
/// git refuses.
pub fn new_errors_of(repository: &Repository, before: Option<&str>, commit: &str) -> Result<Vec<Finding>, Error> {
    let snapshot = Snapshot::Commit(commit);
    let changes = repository.changes(before, snapshot)?;
    let paths = changes.into_iter().filter(|change| is_checked(&change.path));
    let paths = paths.map(|change| (change.path.clone(), change.is_special())).collect();
    let mut errors = new_errors(DeskIn { repository, snapshot }, before, paths, &|_| false)?;
    if let Some(before) = before {
        add(DeskAt { repository, commit: before }.duplicates_in(snapshot)?, &mut errors);
    }
    Ok(errors)
}

/// Returns the tickets that refer to an attachment that was removed.
fn tickets_without_attachment(
    repository: &Repository,
    snapshot: Snapshot<'_>,
    changes: &[CommitChange],
) -> Result<Vec<String>, Error> {
    let removed = changes.iter().filter(|change| change.kind != Some(FileKind::File));
    let digest = |change: &CommitChange| match layout::classify(&change.path) {
        DeskPath::Attachment(digest) => Some(digest.to_string()),
        _ => None,
    };
    let removed: Vec<String> = removed.filter_map(digest).collect();
    let tickets =
        if removed.is_empty() { Vec::new() } else { repository.grep_files(snapshot, &removed, layout::TICKETS)? };
    Ok(tickets.into_iter().filter(|path| changes.iter().all(|change| change.path != *path)).collect())
}

/// The desk in a snapshot. Needs no work tree.
#[derive(Clone, Copy, Debug)]
pub struct DeskIn<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The snapshot.
    pub snapshot: Snapshot<'a>,
}

impl DeskIn<'_> {
    /// Returns the paths of the tickets that some of the files link to. In the older commit, this includes links that
    /// one side has removed.
    fn linked<'b>(self, paths: impl Iterator<Item = &'b String>) -> Result<Vec<String>, Error> {
        let mut linked = Vec::new();
        for path in paths {
            let Some(id) = layout::ticket_at(path) else { continue };
            let bytes = self.repository.blob(&self.repository.name_at(self.snapshot, path)?)?;
            // A header that only the full reader can read may have links too.
            let header = |bytes: Vec<u8>| {
                yaml::read_summary_header(&bytes, id).or_else(|| Some(yaml::read(&bytes, Some(id)).ok()?.header))
            };
            let Some(header) = bytes.and_then(header) else { continue };
            linked.extend(header.merged_into.into_iter().chain(header.merged_from).map(layout::ticket_path));
        }
        Ok(linked)
    }

    /// Returns the errors in some files, and in their links to others. Each path says whether it may be something other
    /// than a plain file.
    fn errors(self, paths: &BTreeMap<String, bool>) -> Result<Vec<Finding>, Error> {
        let above = paths.keys().flat_map(|path| file_types::folders_for_files(path));
        let may_be_other = paths.iter().filter(|(_, may_be_other)| **may_be_other).map(|(path, _)| path.as_str());
        let may_be_other: BTreeSet<&str> = may_be_other.chain(above).collect();
        let may_be_other: Vec<String> = may_be_other.into_iter().map(str::to_owned).collect();
        let kinds = self.repository.file_kinds(self.snapshot, &may_be_other)?;
        let mut files: BTreeMap<String, FileKind> = paths.keys().map(|path| (path.clone(), FileKind::File)).collect();
        let mut known = HashMap::new();
        for (path, kind) in may_be_other.into_iter().zip(kinds) {
            if let Some(kind) = kind.filter(|kind| *kind != FileKind::File) {
                files.insert(path.clone(), kind);
                known.insert(path, (kind, None));
            }
        }
        let Self { repository, snapshot } = self;
        let source = DeskSource::Git(GitSource { repository, snapshot, known });
        let mut run = CheckRun::begin(&source, &Settings::of(""))?;
        run.check_files(&files)?;
        run.check_cross_file(&ChangedFiles::of(paths.keys().map(String::as_str)), false)?;
        let mut findings = run.finish()?.findings;
        findings.retain(|finding| finding.severity == Severity::Error);
        Ok(findings)
    }
}

/// Returns the errors in some files of a desk and in the tickets they link to, without those that an older commit has
/// with the same message, and without those that were reported already. Each path says whether it may be something other
/// than a plain file.
///
/// # Errors
/// git ended unexpectedly.
pub fn new_errors(
    desk: DeskIn<'_>,
    before: Option<&str>,
    mut paths: BTreeMap<String, bool>,
    is_reported: &dyn Fn(&Finding) -> bool,
) -> Result<Vec<Finding>, Error> {
    let before = before.map(|before| DeskIn { snapshot: Snapshot::Commit(before), ..desk });
    if let Some(before) = before {
        for linked in before.linked(paths.keys())? {
            paths.entry(linked).or_default();
        }
    }
    let mut errors = desk.errors(&paths)?;
    errors.retain(|error| !is_reported(error));
    if let (Some(before), false) = (before, errors.is_empty()) {
        let paths = errors.iter().map(|error| (error.path.clone(), true)).collect();
        let identity = |error: &Finding| (error.rule.code, error.path.clone(), error.message.clone());
        let old: HashSet<_> = before.errors(&paths)?.iter().map(identity).collect();
        errors.retain(|error| !old.contains(&identity(error)));
    }
    Ok(errors)
}
