//! `check`: the rules for the files of a desk, each file by itself and all of them together.
//!
//! Ticket files are checked on every processor; the facts that tickets state about each other are collected and
//! compared afterwards. A file that cannot be read does not hide findings in other files.
//!
//! # Invariants
//! Writes nothing. Does not know output formats or exit codes.

mod attachments;
mod changed_files;
mod cross_file;
mod file_types;
mod findings;
mod links;
mod macro_texts;
mod messages;
mod organization_access;
mod organization_overlap;
mod other_files;
mod policy;
mod run;
pub(in crate::desk) mod saved_queries;
mod source;
mod ticket;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::files::Journal;
use crate::store::git::FileKind;
use crate::store::layout;

use super::read::ticket_ids::IndexError;
use super::{Desk, RevisionRange};
pub(super) use changed_files::{DeskIn, new_errors, new_errors_of};
use cross_file::ChangedFiles;
pub(super) use messages::refusal_reason;
use run::CheckRun;
use source::DeskSource;

/// The number of times that a desk is checked again because it changed meanwhile.
const RETRIES: usize = 10;

/// The part of a desk to check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckScope {
    /// The whole desk.
    #[default]
    Everything,
    /// The files at or below these paths, relative to the root.
    Paths(Vec<String>),
    /// The staged files, as they are in git's index; git may give a hook another index than its usual one.
    Staged(Option<PathBuf>),
    /// The files that differ between two revisions, as they are in the newer one.
    Range(RevisionRange),
}

impl CheckScope {
    /// Returns whether the scope contains a path.
    pub fn contains(&self, path: &str) -> bool {
        match self {
            Self::Paths(paths) => paths.iter().any(|above| is_below(path, above)),
            _ => true,
        }
    }
}

/// Returns whether a path is another one or below it; every path is below the empty one.
fn is_below(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// The findings, sorted by file and place.
    pub findings: Vec<Finding>,
    /// The number of checked tickets, and of other files in the places of tickets.
    pub count: usize,
}

/// Checks a part of a desk.
///
/// Commands do not wait for readers: if a command that links tickets ran meanwhile, one ticket may have been read
/// before it and another one after it. Then the desk is checked again.
///
/// # Errors
/// A folder cannot be read; there is no repository, or git does not know a revision.
pub fn check_desk(desk: &mut Desk, scope: &CheckScope) -> Result<CheckResult, Error> {
    if matches!(scope, CheckScope::Staged(_) | CheckScope::Range(_)) {
        return desk.check_changes(scope);
    }
    for _ in 0..RETRIES {
        let stamp = desk.state.stamp();
        let result = desk.check_work_tree(scope)?;
        let one_sided = [&rules::MERGE_ONE_SIDED, &rules::ACCESS_UNGRANTED];
        let may_be_outdated = result.findings.iter().any(|finding| one_sided.contains(&finding.rule));
        if stamp == desk.state.stamp() || !may_be_outdated {
            return Ok(result);
        }
        desk.pending = Journal::pending(&desk.state).map_err(Error::io(desk.state.path("journal"), "read"))?;
    }
    desk.check_work_tree(scope)
}

impl Desk {
    fn check_work_tree(&self, scope: &CheckScope) -> Result<CheckResult, Error> {
        let source = DeskSource::WorkTree(self);
        let mut run = CheckRun::begin(&source, &self.settings)?;
        run.check_config();
        let (mut batches, misplaced) = self.read().with_index(|index| {
            let listing = self.read().list_ids(index)?;
            Ok::<_, IndexError>((listing.batches()?, listing.misplaced))
        })?;
        let others = self.other_files(scope, &run.organizations, misplaced)?;
        run.check_files(&others)?;
        run.check_attributes(&others)?;
        let organizations = run.organizations.clone();
        run.check_cross_file(&ChangedFiles::all(&organizations), true)?;
        if *scope != CheckScope::Everything {
            batches.iter_mut().for_each(|(_, ids)| ids.retain(|id| scope.contains(&layout::ticket_path(*id))));
        }
        run.check_tickets(&batches)?;
        let mut result = run.finish()?;
        result.findings.retain(|finding| scope.contains(&finding.path));
        Ok(result)
    }

    /// Returns the files of a work tree that are not tickets in their places, and what is not a plain file, with their
    /// kinds. `misplaced` are those that the listing of tickets has found.
    fn other_files(
        &self,
        scope: &CheckScope,
        organizations: &[String],
        misplaced: Vec<PathBuf>,
    ) -> Result<BTreeMap<String, FileKind>, Error> {
        let root = &self.root;
        let inspect = |path: &Path| file_types::kind_in(&root.join(path)).map_err(Error::io(root.join(path), "read"));
        let mut files = BTreeMap::new();
        for path in [layout::MARKER, layout::ORGANIZATIONS] {
            let kind = inspect(path.as_ref())?.filter(|kind| *kind != FileKind::File || path != layout::MARKER);
            files.extend(kind.map(|kind| (path.to_owned(), kind)));
        }
        for id in organizations {
            let path = layout::organization_path(id);
            let kind = inspect(path.as_ref())?.unwrap_or(FileKind::File);
            files.insert(path, kind);
        }
        let has_attachments = match scope {
            CheckScope::Paths(paths) => paths.iter().any(|path| is_below(path, layout::ATTACHMENTS) || path.is_empty()),
            _ => true,
        };
        if has_attachments {
            let attachments = other_files::attachments(root);
            files.extend(attachments.map_err(Error::io(root.join(layout::ATTACHMENTS), "read"))?);
        }
        let unexpected = layout::unexpected_files(root).map_err(Error::io(root.join(layout::TICKETS), "list"))?;
        for path in unexpected.into_iter().chain(misplaced) {
            files.extend(inspect(&path)?.map(|kind| (path.to_string_lossy().into_owned(), kind)));
        }
        files.retain(|path, _| scope.contains(path));
        Ok(files)
    }
}
