//! The check of the files of a commit that a push or a sync changes, and of the tickets that they link to.
//!
//! Needs no work tree. Bytes come from a process of git that is running already, so that a push waits for no other one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::git::{FileKind, GitError, ObjectLookup, Repository, Snapshot, SnapshotFile};
use crate::store::layout;
use crate::store::yaml::{self, ReadError, ReadErrorKind};

use super::cross_file::ChangedFiles;
use super::snapshot::{SnapshotCheck, is_checked};
use super::ticket::CheckPolicy;
use super::{Checker, file_types, read_linked};
use crate::desk::history::duplicate_entries::{DeskAt, add};

/// The files of a desk in a commit.
pub struct CommitSource<'a> {
    /// The process of git that returns objects.
    pub lookup: &'a mut ObjectLookup,
    /// The full name of the commit; empty for git's index.
    pub commit: &'a str,
    /// The folder of the desk in the repository: empty, or with a slash at its end.
    pub prefix: &'a str,
    /// The paths that are known not to be plain files.
    pub not_plain: HashMap<String, FileKind>,
}

impl CommitSource<'_> {
    /// Returns the bytes at a path; none if nothing is there.
    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        self.lookup.object(&format!("{}:{}{path}", self.commit, self.prefix))
    }

    /// Returns the bytes of a plain file; none if nothing is there.
    ///
    /// # Errors
    /// It is not a plain file, or git ended unexpectedly.
    pub(super) fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let kind = match self.not_plain.get(path) {
            None => return self.bytes(path).map_err(Error::from),
            Some(FileKind::Link) => ReadErrorKind::Symlink,
            Some(_) => ReadErrorKind::NotAFile,
        };
        Err(Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } })
    }

    /// Returns the sizes of the plain files at some paths; none if there is no such file.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub(super) fn sizes(&mut self, paths: BTreeSet<String>) -> Result<BTreeMap<String, Option<u64>>, GitError> {
        let paths: Vec<String> = paths.into_iter().collect();
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names = paths.iter().map(|path| format!("{}:{}{path}", self.commit, self.prefix)).collect::<Vec<_>>();
        let sizes = self.lookup.sizes(&names)?;
        let kinds = self.lookup.file_kinds(self.commit, self.prefix, &paths)?;
        let size_of_file =
            |(size, kind): (Option<u64>, Option<FileKind>)| size.filter(|_| kind == Some(FileKind::File));
        Ok(paths.into_iter().zip(sizes.into_iter().zip(kinds).map(size_of_file)).collect())
    }

    /// Returns those of some paths that are not plain files.
    fn not_plain_among(&mut self, paths: BTreeSet<String>) -> Result<HashMap<String, FileKind>, GitError> {
        if paths.is_empty() {
            return Ok(HashMap::new());
        }
        let paths: Vec<String> = paths.into_iter().collect();
        let kinds = self.lookup.file_kinds(self.commit, self.prefix, &paths)?;
        let not_plain =
            |(path, kind): (String, Option<FileKind>)| Some((path, kind.filter(|kind| *kind != FileKind::File)?));
        Ok(paths.into_iter().zip(kinds).filter_map(not_plain).collect())
    }

    /// Returns the ids of the organizations that have files.
    fn organizations(&mut self) -> Result<HashSet<String>, GitError> {
        let files = self.lookup.files_in(self.commit, &format!("{}{}", self.prefix, layout::ORGANIZATIONS))?;
        Ok(files.iter().filter_map(|(name, _)| layout::organization_of_name(name)).map(str::to_owned).collect())
    }

    /// Returns the paths of the tickets that some of the files link to. Asked of the older commit, this includes links
    /// that one side has removed.
    ///
    /// # Errors
    /// git ended unexpectedly.
    fn linked(&mut self, paths: &[&str]) -> Result<Vec<String>, Error> {
        let mut linked = Vec::new();
        for path in paths.iter().filter(|path| layout::is_ticket_path(Path::new(path))) {
            let id = path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")?.parse().ok());
            let bytes = self.bytes(path)?;
            // A header that only the full reader can read may have links too.
            let header = |(bytes, id): (Vec<u8>, Id)| {
                yaml::read_summary_header(&bytes, id).or_else(|| Some(yaml::read(&bytes, Some(id)).ok()?.header))
            };
            let Some(header) = bytes.zip(id).and_then(header) else { continue };
            linked.extend(header.merged_into.into_iter().chain(header.merged_from).map(layout::ticket_path));
        }
        Ok(linked)
    }

    /// Returns the errors in some files, and in their links to others. Each path says whether it may be something other
    /// than a plain file.
    ///
    /// # Errors
    /// git ended unexpectedly.
    fn errors(&mut self, paths: &BTreeMap<String, bool>) -> Result<Vec<Finding>, Error> {
        let above = paths.keys().flat_map(|path| file_types::folders_for_files(path));
        let may_be_other = paths.iter().filter(|(_, may_be_other)| **may_be_other).map(|(path, _)| path.as_str());
        let may_be_other = may_be_other.chain(above).map(str::to_owned).collect();
        self.not_plain = self.not_plain_among(may_be_other)?;
        let text = self.bytes(layout::MARKER)?;
        let config = text.and_then(|bytes| Config::read(&String::from_utf8_lossy(&bytes)).ok());
        let (follow_up, team) = config.map(|config| (config.follow_up, config.team)).unwrap_or_default();
        let known = self.organizations()?;
        let organizations = (!known.is_empty()).then_some(known);
        // Without the definitions of custom fields, because invalid values in them are only warnings.
        let mut checks = SnapshotCheck::by(CheckPolicy { follow_up, team, organizations, ..CheckPolicy::default() });
        for (path, kind) in &self.not_plain {
            checks.add_file(&SnapshotFile::special(path, *kind))?;
        }
        for path in paths.keys().filter(|path| !self.not_plain.contains_key(*path)).cloned().collect::<Vec<_>>() {
            if let Some(bytes) = self.bytes(&path)? {
                checks.add_file(&SnapshotFile { path, kind: FileKind::File, bytes: Some(bytes) })?;
            }
        }
        checks.add_findings(ChangedFiles::of(paths.keys().map(String::as_str)).errors(&mut |path| self.read(path))?);
        let mut others = BTreeMap::new();
        for id in checks.missing_targets() {
            let bytes = self.bytes(&layout::ticket_path(id))?;
            others.insert(id, read_linked(id, bytes.as_deref()));
        }
        let sizes = self.sizes(checks.attachment_paths())?;
        let mut findings = checks.finish(&others, &sizes).findings;
        findings.retain(|finding| finding.severity == Severity::Error);
        Ok(findings)
    }
}

impl CommitSource<'_> {
    /// Returns the errors in some files and in the tickets they link to, without those that an older commit has with
    /// the same message, and without those that were reported already. Each path says whether it may be something other
    /// than a plain file.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub fn new_errors(
        &mut self,
        before: Option<&str>,
        mut paths: BTreeMap<String, bool>,
        is_reported: &dyn Fn(&Finding) -> bool,
    ) -> Result<Vec<Finding>, Error> {
        if let Some(before) = before {
            let touched: Vec<&str> = paths.keys().map(String::as_str).collect();
            for linked in self.at(before).linked(&touched)? {
                paths.entry(linked).or_default();
            }
        }
        let mut errors = self.errors(&paths)?;
        errors.retain(|error| !is_reported(error));
        if let (Some(before), false) = (before, errors.is_empty()) {
            let paths = errors.iter().map(|error| (error.path.clone(), true)).collect();
            let identity = |error: &Finding| (error.rule.code, error.path.clone(), error.message.clone());
            let old: HashSet<_> = self.at(before).errors(&paths)?.iter().map(identity).collect();
            errors.retain(|error| !old.contains(&identity(error)));
        }
        Ok(errors)
    }

    /// Returns the files of the same desk in another commit.
    fn at<'b>(&'b mut self, commit: &'b str) -> CommitSource<'b> {
        let prefix = self.prefix;
        CommitSource { lookup: self.lookup, commit, prefix, not_plain: HashMap::new() }
    }
}

impl Checker<'_> {
    /// Returns the errors that one commit has and an older one has not: in the files that differ and in the tickets
    /// they link to. If there is no older one, returns all errors.
    ///
    /// # Errors
    /// git refuses.
    pub(crate) fn new_errors(
        self,
        repository: &Repository,
        before: Option<&str>,
        commit: &str,
    ) -> Result<Vec<Finding>, Error> {
        let prefix = repository.prefix()?;
        let changes = repository.changes(before, &Snapshot::Commit(commit.to_owned()), &prefix)?;
        let paths = changes.into_iter().filter(|change| is_checked(&change.path));
        let paths = paths.map(|change| (change.path, change.is_special)).collect();
        let mut lookup = ObjectLookup::of(repository.clone());
        let mut source = CommitSource { lookup: &mut lookup, commit, prefix: &prefix, not_plain: HashMap::new() };
        let mut errors = source.new_errors(before, paths, &|_| false)?;
        if let Some(before) = before {
            let duplicates = DeskAt { repository, prefix: &prefix, commit: before }
                .duplicates_in(&Snapshot::Commit(commit.to_owned()));
            add(duplicates?, &mut errors);
        }
        Ok(errors)
    }
}
