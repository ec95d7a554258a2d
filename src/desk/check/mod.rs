//! `check`: the rules for the files of a desk, each file by itself and all of them together.
//!
//! Ticket files are checked on every processor; the facts that tickets state about each other are collected and
//! compared afterwards. A file that cannot be read does not hide findings in other files.
//!
//! # Invariants
//! Writes nothing. Does not know output formats or exit codes.

mod attachments;
mod commit_source;
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
mod snapshot;
mod source;
mod ticket;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::config::fields;
use crate::store::files::Journal;
use crate::store::git::FileKind;
use crate::store::layout;
use crate::store::yaml;

use super::read::parallel::{on_every_processor, processors};
use super::read::ticket_ids::{IndexError, TicketBatch};
use super::{Desk, RevisionRange};
pub(super) use commit_source::CommitSource;
use findings::damaged;
use links::{LinkGraph, LinkedTicket};
use ticket::{CheckPolicy, TicketCheck, check_ticket};

/// The number of times that a desk is checked again because it changed meanwhile.
const RETRIES: usize = 10;
/// The number of batches per processor that are checked before their results are combined.
const BATCHES_PER_PROCESSOR: usize = 8;

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

/// The checks of a desk.
#[derive(Clone, Copy, Debug)]
pub struct Checker<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the checks of this desk.
    pub const fn check(&self) -> Checker<'_> {
        Checker { desk: self }
    }
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
        return desk.check().check_snapshot(scope);
    }
    for _ in 0..RETRIES {
        let stamp = desk.state.stamp();
        let result = desk.check().check_work_tree(scope)?;
        let one_sided = [&rules::MERGE_ONE_SIDED, &rules::ACCESS_UNGRANTED];
        let may_be_outdated = result.findings.iter().any(|finding| one_sided.contains(&finding.rule));
        if stamp == desk.state.stamp() || !may_be_outdated {
            return Ok(result);
        }
        desk.pending = Journal::pending(&desk.state).map_err(Error::io(desk.state.path("journal"), "read"))?;
    }
    desk.check().check_work_tree(scope)
}

impl Checker<'_> {
    fn check_work_tree(self, scope: &CheckScope) -> Result<CheckResult, Error> {
        let (mut findings, policy) = self.check_other_files(scope)?;
        let (mut batches, misplaced) = self.desk.read().with_index(|index| {
            let listing = self.desk.read().list_ids(index)?;
            Ok::<_, IndexError>((listing.batches()?, listing.misplaced))
        })?;
        let is_in_scope = |id: &Id| *scope == CheckScope::Everything || scope.contains(&layout::ticket_path(*id));
        batches.iter_mut().for_each(|(_, ids)| ids.retain(is_in_scope));
        let (mut links, mut count) = (LinkGraph::default(), 0);
        for group in batches.chunks(BATCHES_PER_PROCESSOR * processors()) {
            for checks in on_every_processor(group, |batch| self.check_batch(batch, &policy)) {
                for check in checks? {
                    count += 1;
                    findings.extend(check.findings);
                    links.add(check.id, check.facts);
                    self.desk.fault_point("read");
                }
            }
        }
        count += self.check_unexpected_files(scope, &misplaced, &mut findings)?;
        let mut others = BTreeMap::new();
        for id in links.missing_targets() {
            others.insert(id, self.linked_ticket(id)?);
        }
        findings.extend(links.findings(&others));
        findings.retain(|finding| scope.contains(&finding.path));
        Ok(CheckResult { findings: sorted(findings), count })
    }

    /// Checks a batch of ticket files, each by itself.
    fn check_batch(self, (month, ids): &TicketBatch, policy: &CheckPolicy) -> Result<Vec<TicketCheck>, Error> {
        let folder = month.as_ref().and_then(|month| self.desk.read().open_month(month));
        let (mut checks, mut bytes) = (Vec::with_capacity(ids.len()), Vec::new());
        for &id in ids {
            match self.desk.read().bytes_in(folder.as_ref(), id, &mut bytes) {
                Ok(()) => {
                    let path = layout::ticket_path(id);
                    let mut check = check_ticket(&path, id, &bytes, policy);
                    let size = |path: &str| attachments::size_in(&self.desk.root, path);
                    check.findings.extend(attachments::check(&path, id, &bytes, &check.attachments, size));
                    checks.push(check);
                }
                Err(Error::Damaged { path, damage }) => {
                    checks.push(TicketCheck::damaged(id, damaged(&path, &damage).of(id)));
                }
                // The file was removed after the folder was listed.
                Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(checks)
    }

    /// Reads a ticket that a checked one links to, and that is not in the scope itself.
    fn linked_ticket(self, id: Id) -> Result<LinkedTicket, Error> {
        match self.desk.read().bytes(id) {
            Ok(bytes) => Ok(read_linked(id, Some(&bytes))),
            Err(Error::NotFound { .. }) => Ok(LinkedTicket::Absent),
            Err(Error::Damaged { .. }) => Ok(LinkedTicket::Unreadable),
            Err(other) => Err(other),
        }
    }

    /// Reports the files in the folder of tickets that are not tickets in their places. Returns the number of those in
    /// the places of tickets.
    fn check_unexpected_files(
        self,
        scope: &CheckScope,
        misplaced: &[PathBuf],
        findings: &mut Vec<Finding>,
    ) -> Result<usize, Error> {
        let mut unreadable: Vec<_> = misplaced.iter().map(|path| self.desk.read().misplaced(path)).collect();
        let unexpected = layout::unexpected_files(&self.desk.root)
            .map_err(Error::io(self.desk.root.join(layout::TICKETS), "list"))?;
        for path in &unexpected {
            let file = self.desk.read().misplaced(path);
            if unreadable.iter().any(|other| other.path == file.path) {
                continue;
            }
            if path.file_name().is_some_and(layout::has_ticket_extension) {
                unreadable.push(file);
            } else {
                findings.push(file_types::not_a_ticket(&file.path));
            }
        }
        findings.extend(unreadable.iter().map(|file| damaged(&file.path, &file.damage)));
        Ok(unreadable.iter().filter(|file| scope.contains(&file.path)).count())
    }

    /// Checks the files that are not tickets. Returns the findings, and the policy that tickets are checked by.
    fn check_other_files(self, scope: &CheckScope) -> Result<(Vec<Finding>, CheckPolicy), Error> {
        let Desk { root, config, .. } = self.desk;
        let path = root.join(layout::MARKER);
        let text = std::fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
        let read = Config::read(&text);
        let mut findings: Vec<Finding> = other_files::config(&text, read.as_ref()).into_iter().collect();
        findings.extend(macro_texts::findings(&text));
        if path.is_symlink() {
            findings.extend(file_types::check(layout::MARKER, FileKind::Link));
        }
        let organizations = root.join(layout::ORGANIZATIONS);
        // If there is something other than a folder, it is reported below, and contains no organizations.
        let has_folder = organizations.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let ids =
            if has_folder || self.desk.has_pending() { self.desk.policy().organization_ids()? } else { Vec::new() };
        let bytes = &mut |path: &str| self.desk.read().bytes_at(path);
        let ids = || ids.iter().map(String::as_str);
        if read.is_ok() {
            findings.extend(policy::check_sections(&text));
            match policy::read_sla(&text) {
                Ok(sla) => {
                    findings.extend(policy::check_holiday_lists(&text, &sla, &|_| true, bytes)?);
                    findings.extend(policy::check_plans(&sla, ids(), bytes)?);
                }
                Err(finding) => findings.push(*finding),
            }
        }
        let (invalid, known) = other_files::organizations(root).map_err(Error::io(&organizations, "read"))?;
        findings.extend(invalid);
        findings.extend(organization_overlap::overlaps(ids(), bytes)?.into_iter().map(|overlap| overlap.finding));
        let has_attachments = match scope {
            CheckScope::Paths(paths) => paths.iter().any(|path| is_below(path, layout::ATTACHMENTS) || path.is_empty()),
            _ => true,
        };
        if has_attachments {
            let attachments = other_files::attachments(root);
            findings.extend(attachments.map_err(Error::io(root.join(layout::ATTACHMENTS), "read"))?);
        }
        findings.extend(organization_access::check(ids(), bytes)?);
        let policy = CheckPolicy {
            follow_up: config.follow_up.clone(),
            team: config.team.clone(),
            organizations: (!known.is_empty()).then_some(known),
            fields: fields::read(&text).map(|choices| choices.fields).unwrap_or_default(),
        };
        Ok((findings, policy))
    }
}

/// Returns the links of a ticket that another one links to, from the bytes of its file.
fn read_linked(id: Id, bytes: Option<&[u8]>) -> LinkedTicket {
    match bytes.map(|bytes| (yaml::read(bytes, Some(id)), bytes)) {
        None => LinkedTicket::Absent,
        Some((Err(_), _)) => LinkedTicket::Unreadable,
        Some((Ok(ticket), bytes)) => LinkedTicket::Present(ticket::links(&ticket, bytes)),
    }
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    findings
}
