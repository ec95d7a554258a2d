//! Whether a desk is sound: each file by itself, and what tickets say of each other.
//!
//! Files are looked at on every processor; what they say of others is gathered and held together afterwards. A file
//! that cannot be read hides no other. Writes nothing, and knows neither forms nor exit codes.

mod attachments;
mod commit_source;
mod cross_file;
mod file_types;
mod links;
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

use crate::domain::convergence::cross_ticket::unaware_solve;
use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
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
use links::{LinkGraph, LinkedTicket};
pub use policy::macro_finding;
use ticket::{CheckPolicy, TicketCheck, damaged, look};

/// How often a desk is read again that changes while it is checked.
const AGAIN: usize = 10;
/// How many shares are held for each processor before they are put together.
const AHEAD: usize = 8;

/// What of a desk is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckScope {
    /// All of it.
    #[default]
    Everything,
    /// What lies at or below some paths, relative to the root.
    Paths(Vec<String>),
    /// What is staged, as it is staged; in a hook, git may name another index than its usual one.
    Staged(Option<PathBuf>),
    /// What differs between two revisions, as it is in the newer one.
    Range(RevisionRange),
}

impl CheckScope {
    /// Whether a path is meant.
    pub fn means(&self, path: &str) -> bool {
        match self {
            Self::Paths(paths) => paths.iter().any(|meant| is_below(path, meant)),
            _ => true,
        }
    }
}

/// Whether a path is another one, or lies below it; everything lies below the empty one.
fn is_below(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// What it found, by files and places.
    pub findings: Vec<Finding>,
    /// How many tickets it looked at, and files that are none.
    pub count: usize,
}

impl Desk {
    /// Checks what is meant.
    ///
    /// Nobody waits for a reader: where a command that links tickets was at work meanwhile, one side may have been
    /// read before it and the other behind it, and the desk is read again.
    ///
    /// # Errors
    /// A folder that cannot be read; no repository, or a revision git does not know.
    pub fn check(&mut self, scope: &CheckScope) -> Result<CheckResult, Error> {
        if matches!(scope, CheckScope::Staged(_) | CheckScope::Range(_)) {
            return self.check_snapshot(scope);
        }
        for _ in 0..AGAIN {
            let stamp = self.state.stamp();
            let checked = self.check_once(scope)?;
            let torn = [&rules::MERGE_ONE_SIDED, &rules::ACCESS_UNGRANTED];
            let is_torn = |finding: &Finding| torn.contains(&finding.rule);
            if stamp == self.state.stamp() || !checked.findings.iter().any(is_torn) {
                return Ok(checked);
            }
            self.pending = Journal::pending(&self.state).map_err(Error::io(self.state.path("journal"), "read"))?;
        }
        self.check_once(scope)
    }

    fn check_once(&self, scope: &CheckScope) -> Result<CheckResult, Error> {
        let (mut findings, policy) = self.check_beside(scope)?;
        let (mut shares, misplaced) = self.read().with_index(|index| {
            let roll = self.read().roll(index)?;
            Ok::<_, IndexError>((roll.shares()?, roll.misplaced))
        })?;
        let is_meant = |id: &Id| *scope == CheckScope::Everything || scope.means(&layout::ticket_path(*id));
        shares.iter_mut().for_each(|(_, ids)| ids.retain(is_meant));
        let (mut web, mut count, mut unsure) = (LinkGraph::default(), 0, Vec::new());
        for group in shares.chunks(AHEAD * processors()) {
            for sheets in on_every_processor(group, |share| self.sheets(share, &policy)) {
                for sheet in sheets? {
                    count += 1;
                    findings.extend(sheet.findings);
                    unsure.extend(sheet.said.as_ref().filter(|said| said.may_be_unseen).map(|_| sheet.id));
                    web.add(sheet.id, sheet.said);
                    self.fault_point("read");
                }
            }
        }
        count += self.check_strays(scope, &misplaced, &mut findings)?;
        let mut others = BTreeMap::new();
        for id in web.wanted() {
            others.insert(id, self.other(id)?);
        }
        findings.extend(web.findings(&others));
        findings.extend(self.solved_blindly(&unsure));
        findings.retain(|finding| scope.means(&finding.path));
        Ok(CheckResult { findings: sorted(findings), count })
    }

    /// Which of some tickets were solved by somebody who had not seen that another one came to go on in them.
    fn solved_blindly(&self, ids: &[Id]) -> Vec<Finding> {
        let tickets: Vec<Ticket> = ids.iter().filter_map(|id| self.read().ticket(*id).ok()).collect();
        let unseen = self.unseen(tickets.iter());
        let found = |ticket: &Ticket| {
            let blind = unaware_solve(ticket, &unseen)?;
            Some(ticket::solved_blindly(ticket, blind, &self.read().bytes(ticket.id).ok()?))
        };
        tickets.iter().filter_map(found).collect()
    }

    /// Some tickets' files.
    fn sheets(&self, (month, ids): &TicketBatch, policy: &CheckPolicy) -> Result<Vec<TicketCheck>, Error> {
        let folder = month.as_ref().and_then(|month| self.read().open_month(month));
        let (mut sheets, mut bytes) = (Vec::with_capacity(ids.len()), Vec::new());
        for &id in ids {
            match self.read().bytes_in(folder.as_ref(), id, &mut bytes) {
                Ok(()) => {
                    let path = layout::ticket_path(id);
                    let mut sheet = look(&path, id, &bytes, policy);
                    let size = |path: &str| attachments::size_in(&self.root, path);
                    sheet.findings.extend(attachments::missing(&path, id, &bytes, &sheet.named, size));
                    sheets.push(sheet);
                }
                Err(Error::Damaged { path, damage }) => {
                    sheets.push(TicketCheck {
                        id,
                        findings: vec![damaged(&path, &damage).of(id)],
                        named: Vec::new(),
                        said: None,
                    });
                }
                // Somebody took it away since the folder was listed.
                Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(sheets)
    }

    /// A ticket that is named and was not looked at.
    fn other(&self, id: Id) -> Result<LinkedTicket, Error> {
        match self.read().bytes(id) {
            Ok(bytes) => Ok(read_other(id, Some(&bytes))),
            Err(Error::NotFound { .. }) => Ok(LinkedTicket::Absent),
            Err(Error::Damaged { .. }) => Ok(LinkedTicket::Unreadable),
            Err(other) => Err(other),
        }
    }

    /// What lies in the tickets folder and is no ticket. Says how many stand where tickets belong.
    fn check_strays(
        &self,
        scope: &CheckScope,
        misplaced: &[PathBuf],
        findings: &mut Vec<Finding>,
    ) -> Result<usize, Error> {
        let mut troubles: Vec<_> = misplaced.iter().map(|path| self.read().misplaced(path)).collect();
        let strays =
            layout::unexpected_files(&self.root).map_err(Error::io(self.root.join(layout::TICKETS), "list"))?;
        for stray in &strays {
            let trouble = self.read().misplaced(stray);
            if troubles.iter().any(|known| known.path == trouble.path) {
                continue;
            }
            if stray.file_name().is_some_and(layout::has_ticket_extension) {
                troubles.push(trouble);
            } else {
                findings.push(other_files::stray(&trouble.path));
            }
        }
        findings.extend(troubles.iter().map(|trouble| damaged(&trouble.path, &trouble.damage)));
        Ok(troubles.iter().filter(|trouble| scope.means(&trouble.path)).count())
    }

    /// The policy, and what it and the other files beside the tickets break.
    fn check_beside(&self, scope: &CheckScope) -> Result<(Vec<Finding>, CheckPolicy), Error> {
        let path = self.root.join(layout::MARKER);
        let text = std::fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
        let read = Config::read(&text);
        let mut findings: Vec<Finding> = other_files::config(&text, read.as_ref()).into_iter().collect();
        findings.extend((self.environment.macro_flaws)(&text));
        if path.is_symlink() {
            findings.extend(file_types::finding(layout::MARKER, FileKind::Link));
        }
        let organizations = self.root.join(layout::ORGANIZATIONS);
        // What stands in the folder's place is told below, and holds none.
        let has_folder = organizations.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let ids = if has_folder || self.has_pending() { self.policy().organization_ids()? } else { Vec::new() };
        let bytes = &mut |path: &str| self.read().bytes_at(path);
        let ids = || ids.iter().map(String::as_str);
        if read.is_ok() {
            findings.extend(policy::sections(&text));
            match policy::policy(&text) {
                Ok(written) => {
                    findings.extend(policy::lists(&text, &written, &|_| true, bytes)?);
                    findings.extend(policy::unknown_plans(&written, ids(), bytes)?);
                }
                Err(finding) => findings.push(*finding),
            }
        }
        let (broken, known) = other_files::organizations(&self.root).map_err(Error::io(&organizations, "read"))?;
        findings.extend(broken);
        findings.extend(organization_overlap::shared(ids(), bytes)?.into_iter().map(|shared| shared.finding));
        let has_some = |scope: &CheckScope| match scope {
            CheckScope::Paths(paths) => paths.iter().any(|path| is_below(path, layout::ATTACHMENTS) || path.is_empty()),
            _ => true,
        };
        if has_some(scope) {
            let attachments = other_files::attachments(&self.root);
            findings.extend(attachments.map_err(Error::io(self.root.join(layout::ATTACHMENTS), "read"))?);
        }
        let (follow_up, team) = (self.config.follow_up.clone(), self.config.team.clone());
        findings.extend(organization_access::access(ids(), bytes)?);
        let fields = fields::read(&text).map(|choices| choices.fields).unwrap_or_default();
        Ok((findings, CheckPolicy { follow_up, team, organizations: (!known.is_empty()).then_some(known), fields }))
    }
}

/// What the bytes of a ticket's file say of its links.
fn read_other(id: Id, bytes: Option<&[u8]>) -> LinkedTicket {
    match bytes.map(|bytes| (yaml::read(bytes, Some(id)), bytes)) {
        None => LinkedTicket::Absent,
        Some((Err(_), _)) => LinkedTicket::Unreadable,
        Some((Ok(ticket), bytes)) => LinkedTicket::There(ticket::links(&ticket, bytes)),
    }
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    findings
}
