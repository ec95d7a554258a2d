//! A run of the checks over the files of a source: each file by itself, then all of them together.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use super::attachments;
use super::cross_file::ChangedFiles;
use super::findings::damaged;
use super::links::{LinkGraph, LinkedTicket};
use super::source::DeskSource;
use super::ticket::{CheckPolicy, TicketCheck, check_ticket, links};
use super::{CheckResult, file_types, other_files, policy};
use crate::desk::read::parallel::in_order;
use crate::desk::read::ticket_ids::TicketBatch;
use crate::domain::rules::FILE_STRAY;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::git::FileKind;
use crate::store::layout::{self, DeskPath};
use crate::store::yaml::{ReadError, ReadErrorKind};

/// The number of tickets in a batch of those that are not listed by month.
const BATCH: usize = 32;

/// The checks of some files, and what they found so far.
pub(super) struct CheckRun<'a> {
    source: &'a DeskSource<'a>,
    policy: CheckPolicy,
    /// The settings in the casebook.toml of the source, if it is there.
    settings: Option<Arc<Settings>>,
    /// The organizations that have files, in order.
    pub organizations: Vec<String>,
    findings: Vec<Finding>,
    links: LinkGraph,
    count: usize,
}

impl<'a> CheckRun<'a> {
    /// Begins the checks, by the policy of the source. The settings `other` take the place of missing or invalid ones.
    ///
    /// # Errors
    /// A file or folder cannot be read.
    pub fn begin(source: &'a DeskSource<'a>, other: &Settings) -> Result<Self, Error> {
        let settings = match source {
            DeskSource::WorkTree(desk) => Some(Arc::clone(&desk.settings)),
            DeskSource::Git(_) => {
                source.plain_file(layout::MARKER)?.map(|bytes| Arc::new(Settings::from_bytes(&bytes)))
            }
        };
        let organizations = source.organizations()?;
        let valid = settings.as_deref().filter(|settings| settings.config().is_ok());
        let policy = CheckPolicy::of(valid.unwrap_or(other), &organizations);
        let (findings, links) = (Vec::new(), LinkGraph::default());
        Ok(Self { source, policy, settings, organizations, findings, links, count: 0 })
    }

    /// Checks some files, each with its kind; those that do not exist are left out.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn check_files(&mut self, files: &BTreeMap<String, FileKind>) -> Result<(), Error> {
        let mut tickets = Vec::new();
        for (path, kind) in files {
            match layout::classify(path) {
                DeskPath::Ticket(id) if *kind == FileKind::File => tickets.push(id),
                _ => self.check_file(path, *kind)?,
            }
        }
        let batches: Vec<TicketBatch> = tickets.chunks(BATCH).map(|ids| (None, ids.to_vec())).collect();
        self.check_tickets(&batches)
    }

    /// Checks tickets, each by itself.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn check_tickets(&mut self, batches: &[TicketBatch]) -> Result<(), Error> {
        let (mut count, mut findings, mut links) = (0, Vec::new(), std::mem::take(&mut self.links));
        in_order(
            batches,
            |batch| self.check_batch(batch),
            |checks| {
                for check in checks? {
                    count += 1;
                    findings.extend(check.findings);
                    links.add(check.id, check.facts);
                    if let DeskSource::WorkTree(desk) = self.source {
                        desk.fault_point("read");
                    }
                }
                Ok::<_, Error>(())
            },
        )?;
        self.count += count;
        self.findings.extend(findings);
        self.links = links;
        Ok(())
    }

    fn check_batch(&self, (month, ids): &TicketBatch) -> Result<Vec<TicketCheck>, Error> {
        let folder = match (self.source, month) {
            (DeskSource::WorkTree(desk), Some(month)) => desk.read().open_month(month),
            _ => None,
        };
        let (mut checks, mut bytes) = (Vec::with_capacity(ids.len()), Vec::new());
        for &id in ids {
            let path = layout::ticket_path(id);
            match self.source.read_ticket(folder.as_ref(), id, &mut bytes) {
                Ok(true) => {
                    let mut check = check_ticket(&path, id, &bytes, &self.policy);
                    check.findings.extend(attachments::check(&path, id, &bytes, &check.attachments, self.source)?);
                    checks.push(check);
                }
                // The file was removed after it was listed.
                Ok(false) => {}
                Err(Error::Damaged { path, damage }) => {
                    checks.push(TicketCheck::damaged(id, damaged(&path, &damage).of(id)));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(checks)
    }

    /// Checks a file that is not a ticket in its place.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check_file(&mut self, path: &str, kind: FileKind) -> Result<(), Error> {
        if kind != FileKind::File || file_types::expects_folder(path) {
            self.check_other_kind(path, kind);
            return Ok(());
        }
        match layout::classify(path) {
            DeskPath::Settings => self.check_config(),
            DeskPath::Organization(id) => match self.source.bytes(path) {
                Ok(Some(bytes)) => self.findings.extend(other_files::organization(path, id, &bytes)),
                Ok(None) => {}
                Err(Error::Damaged { damage, .. }) => self.findings.push(other_files::unreadable(path, &damage)),
                Err(other) => return Err(other),
            },
            DeskPath::Attachment(_) | DeskPath::StrayAttachment => {
                let finding = match self.source {
                    DeskSource::WorkTree(desk) => other_files::attachment(path, File::open(desk.root.join(path))),
                    DeskSource::Git(_) => match self.source.bytes(path)? {
                        Some(bytes) => other_files::attachment(path, Ok(bytes.as_slice())),
                        None => Ok(None),
                    },
                };
                self.findings.extend(finding.map_err(Error::io(path, "read"))?);
            }
            DeskPath::StrayTicket => {
                let kind = ReadErrorKind::WrongPlace;
                self.count += 1;
                self.findings.push(damaged(path, &ReadError { line: 1, column: 1, kind }));
            }
            DeskPath::InTickets => self.findings.push(file_types::not_a_ticket(path)),
            // Attributes are checked together with the attachments, and holiday lists with the calendars.
            DeskPath::Ticket(_) | DeskPath::Attributes | DeskPath::HolidayList | DeskPath::Other => {}
        }
        Ok(())
    }

    /// Checks something that is not a plain file, or a file in the place of a folder. In the place of a ticket, it counts
    /// as a ticket that cannot be read.
    fn check_other_kind(&mut self, path: &str, kind: FileKind) {
        let finding = file_types::check(path, kind);
        let DeskPath::Ticket(id) = layout::classify(path) else {
            let is_unreadable = |finding: &&Finding| path.starts_with(layout::TICKETS) && *finding.rule != FILE_STRAY;
            self.count += finding.iter().filter(is_unreadable).count();
            self.findings.extend(finding);
            return;
        };
        self.findings.extend(finding.map(|finding| finding.of(id)));
        self.count += 1;
        self.links.add(id, None);
    }

    /// Checks casebook.toml by itself.
    pub fn check_config(&mut self) {
        self.findings.extend(self.settings.iter().flat_map(|settings| policy::check_settings(settings)));
    }

    /// Checks files that are not tickets against each other; warnings too if they are wanted.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn check_cross_file(&mut self, changed: &ChangedFiles<'_>, with_warnings: bool) -> Result<(), Error> {
        let settings = self.settings.as_deref();
        self.findings.extend(changed.findings(settings, &self.organizations, self.source, with_warnings)?);
        Ok(())
    }

    /// Checks the `.gitattributes` of attachments; `files` are those of which some are attachments.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn check_attributes(&mut self, files: &BTreeMap<String, FileKind>) -> Result<(), Error> {
        if files.iter().any(|(path, kind)| *kind == FileKind::File && layout::is_attachment(path)) {
            let bytes = self.source.plain_file(layout::ATTACHMENT_ATTRIBUTES)?;
            self.findings.extend(other_files::attributes(bytes.as_deref()));
        }
        Ok(())
    }

    /// Checks the links between tickets, and returns the result.
    ///
    /// # Errors
    /// A ticket that others link to cannot be read.
    pub fn finish(mut self) -> Result<CheckResult, Error> {
        for id in self.links.missing_targets() {
            let ticket = match self.source.ticket(id)? {
                Some(Some((ticket, bytes))) => LinkedTicket::Present(Some(Box::new(links(&ticket, &bytes)))),
                Some(None) => LinkedTicket::Unreadable,
                None => LinkedTicket::Absent,
            };
            self.links.add_other(id, ticket);
        }
        self.findings.extend(self.links.findings());
        self.findings.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(CheckResult { findings: self.findings, count: self.count })
    }
}
