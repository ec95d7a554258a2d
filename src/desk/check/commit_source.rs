//! The same of what a push brings: the files it touched as one commit has them, and what they say of each other.
//!
//! Needs no work tree. Bytes are asked of whoever has git open already, so that a push waits for no further process.

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
use super::snapshot::{SnapshotCheck, is_held_to_rules};
use super::ticket::CheckPolicy;
use super::{file_types, read_other};
use crate::desk::history::duplicate_entries::{DeskAt, add};
use crate::desk::{Desk, MacroCheck};

/// What a commit holds of a desk.
pub struct CommitSource<'a> {
    /// Who is asked.
    pub lookup: &'a mut ObjectLookup,
    /// The commit, by its whole name; empty for git's index.
    pub commit: &'a str,
    /// The folder of the desk in the repository: empty, or with a slash at its end.
    pub prefix: &'a str,
    /// Who tries the texts of macros.
    pub macro_flaws: MacroCheck,
    /// What is known to be no plain file there.
    pub odd: HashMap<String, FileKind>,
}

impl CommitSource<'_> {
    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        self.lookup.object(&format!("{}:{}{path}", self.commit, self.prefix))
    }

    /// The same, for the rules about files beside the tickets.
    pub(super) fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let kind = match self.odd.get(path) {
            None => return self.bytes(path).map_err(Error::from),
            Some(FileKind::Link) => ReadErrorKind::Symlink,
            Some(_) => ReadErrorKind::NotAFile,
        };
        Err(Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } })
    }

    /// How large the plain files at some paths are; none where there is no such file.
    pub(super) fn sizes(&mut self, paths: BTreeSet<String>) -> Result<BTreeMap<String, Option<u64>>, GitError> {
        let paths: Vec<String> = paths.into_iter().collect();
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names = paths.iter().map(|path| format!("{}:{}{path}", self.commit, self.prefix)).collect::<Vec<_>>();
        let sizes = self.lookup.sizes(&names)?;
        let natures = self.lookup.natures(self.commit, self.prefix, &paths)?;
        let of_file = |(size, nature): (Option<u64>, Option<FileKind>)| size.filter(|_| nature == Some(FileKind::File));
        Ok(paths.into_iter().zip(sizes.into_iter().zip(natures).map(of_file)).collect())
    }

    /// Those of some paths, and of the folders above them where files belong, that are no plain files there.
    fn odd_among(&mut self, doubtful: BTreeSet<String>) -> Result<HashMap<String, FileKind>, GitError> {
        if doubtful.is_empty() {
            return Ok(HashMap::new());
        }
        let doubtful: Vec<String> = doubtful.into_iter().collect();
        let natures = self.lookup.natures(self.commit, self.prefix, &doubtful)?;
        let is_odd =
            |(path, nature): (String, Option<FileKind>)| Some((path, nature.filter(|it| *it != FileKind::File)?));
        Ok(doubtful.into_iter().zip(natures).filter_map(is_odd).collect())
    }

    fn organizations(&mut self) -> Result<HashSet<String>, GitError> {
        let files = self.lookup.files_in(self.commit, &format!("{}{}", self.prefix, layout::ORGANIZATIONS))?;
        Ok(files.iter().filter_map(|(name, _)| layout::organization_of_name(name)).map(str::to_owned).collect())
    }

    /// The tickets that some of the files are linked to, by their files. One that lets go of a link says nothing of it
    /// any more, and the other one does.
    ///
    /// # Errors
    /// git has ended.
    pub fn linked(&mut self, paths: &[&str]) -> Result<Vec<String>, Error> {
        let mut linked = Vec::new();
        for path in paths.iter().filter(|path| layout::is_ticket_path(Path::new(path))) {
            let id = path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")?.parse().ok());
            let bytes = self.bytes(path)?;
            // What the quick reader leaves to the full one has links all the same.
            let header = |(bytes, id): (Vec<u8>, Id)| {
                yaml::read_summary_header(&bytes, id).or_else(|| Some(yaml::read(&bytes, Some(id)).ok()?.header))
            };
            let Some(header) = bytes.zip(id).and_then(header) else { continue };
            linked.extend(header.merged_into.into_iter().chain(header.merged_from).map(layout::ticket_path));
        }
        Ok(linked)
    }

    /// The errors that `check` finds in some files, and in what they say of others. Where a path may be of something else
    /// than a file, it says so.
    ///
    /// # Errors
    /// git has ended.
    fn errors(&mut self, paths: &BTreeMap<String, bool>) -> Result<Vec<Finding>, Error> {
        let above = paths.keys().flat_map(|path| file_types::folders_for_files(path));
        let doubtful = paths.iter().filter(|(_, may_be_odd)| **may_be_odd).map(|(path, _)| path.as_str());
        let doubtful = doubtful.chain(above).map(str::to_owned).collect();
        self.odd = self.odd_among(doubtful)?;
        let text = self.bytes(layout::MARKER)?;
        let config = text.and_then(|bytes| Config::read(&String::from_utf8_lossy(&bytes)).ok());
        let (follow_up, team) = config.map(|config| (config.follow_up, config.team)).unwrap_or_default();
        let known = self.organizations()?;
        let organizations = (!known.is_empty()).then_some(known);
        // What the desk lets its own fields hold is worth a warning alone.
        let mut sheets = SnapshotCheck::by(
            CheckPolicy { follow_up, team, organizations, ..CheckPolicy::default() },
            self.macro_flaws,
        );
        for (path, nature) in &self.odd {
            sheets.take(&SnapshotFile::odd(path, *nature))?;
        }
        for path in paths.keys().filter(|path| !self.odd.contains_key(*path)).cloned().collect::<Vec<_>>() {
            if let Some(bytes) = self.bytes(&path)? {
                sheets.take(&SnapshotFile { path, nature: FileKind::File, bytes: Some(bytes) })?;
            }
        }
        sheets.add(ChangedFiles::of(paths.keys().map(String::as_str)).errors(&mut |path| self.read(path))?);
        let mut others = BTreeMap::new();
        for id in sheets.wanted() {
            let bytes = self.bytes(&layout::ticket_path(id))?;
            others.insert(id, read_other(id, bytes.as_deref()));
        }
        let sizes = self.sizes(sheets.wanted_attachments())?;
        let mut findings = sheets.end(&others, &sizes).findings;
        findings.retain(|finding| finding.severity == Severity::Error);
        Ok(findings)
    }
}

impl CommitSource<'_> {
    /// The errors in some files and in what those are linked to, without what is wrong in the same words in an older
    /// commit, and without those that are told already. A path says whether something else than a file may be there.
    ///
    /// # Errors
    /// git has ended.
    pub fn new_errors(
        &mut self,
        before: Option<&str>,
        mut paths: BTreeMap<String, bool>,
        is_told: &dyn Fn(&Finding) -> bool,
    ) -> Result<Vec<Finding>, Error> {
        if let Some(before) = before {
            let touched: Vec<&str> = paths.keys().map(String::as_str).collect();
            for linked in self.at(before).linked(&touched)? {
                paths.entry(linked).or_default();
            }
        }
        let mut errors = self.errors(&paths)?;
        errors.retain(|error| !is_told(error));
        if let (Some(before), false) = (before, errors.is_empty()) {
            let paths = errors.iter().map(|error| (error.path.clone(), true)).collect();
            let said = |error: &Finding| (error.rule.code, error.path.clone(), error.message.clone());
            let known: HashSet<_> = self.at(before).errors(&paths)?.iter().map(said).collect();
            errors.retain(|error| !known.contains(&said(error)));
        }
        Ok(errors)
    }

    /// What another commit holds of the same desk.
    fn at<'b>(&'b mut self, commit: &'b str) -> CommitSource<'b> {
        let Self { prefix, macro_flaws, .. } = *self;
        CommitSource { lookup: self.lookup, commit, prefix, macro_flaws, odd: HashMap::new() }
    }
}

impl Desk {
    /// The errors that one commit has beyond another: of the files that differ between them and what those are linked
    /// to, without what is wrong in the same words in the older one. All of them where there is no older one.
    ///
    /// # Errors
    /// git refuses.
    pub(crate) fn new_errors(
        &self,
        repository: &Repository,
        before: Option<&str>,
        commit: &str,
    ) -> Result<Vec<Finding>, Error> {
        let prefix = repository.prefix()?;
        let changes = repository.changes(before, &Snapshot::Commit(commit.to_owned()), &prefix)?;
        let paths = changes.into_iter().filter(|change| is_held_to_rules(&change.path));
        let paths = paths.map(|change| (change.path, change.odd)).collect();
        let mut lookup = ObjectLookup::of(repository.clone());
        let macro_flaws = self.environment.macro_flaws;
        let mut tree = CommitSource { lookup: &mut lookup, commit, prefix: &prefix, macro_flaws, odd: HashMap::new() };
        let mut errors = tree.new_errors(before, paths, &|_| false)?;
        if let Some(before) = before {
            let copies = DeskAt { repository, prefix: &prefix, commit: before }
                .duplicates_in(&Snapshot::Commit(commit.to_owned()));
            add(copies?, &mut errors);
        }
        Ok(errors)
    }
}
