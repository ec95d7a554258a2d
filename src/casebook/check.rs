//! Whether a desk is sound: each file by itself, and the links between tickets on both sides.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::action::Action;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::files::Journal;
use crate::store::layout;

use super::desk::differing_fact;
use super::{Casebook, Trouble};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Cannot come from sound commands.
    Error,
    /// Comes from two clones that worked at the same time, or is worth a look.
    Warning,
}

impl Severity {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, relative to the root.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// The stable word of the rule.
    pub rule: &'static str,
    /// What was found.
    pub message: String,
}

/// The links between tickets as one side records them: from source to target, with the entry that made it.
type Links = BTreeMap<(Id, Id), Id>;

/// The rule that a link is known on both sides.
const ONE_SIDED: &str = "merge.one_sided";
/// How often a desk is read again that changes while it is checked.
const AGAIN: usize = 10;

impl Casebook {
    /// Checks every ticket. Gives the findings in the order of paths, and how many files were looked at.
    ///
    /// Nobody waits for a reader: where a command that links tickets was at work meanwhile, one side may have been
    /// read before it and the other behind it, and the desk is read again.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn check(&mut self) -> Result<(Vec<Finding>, usize), Error> {
        for _ in 0..AGAIN {
            let stamp = self.state.stamp();
            let (findings, count) = self.check_once()?;
            if stamp == self.state.stamp() || !findings.iter().any(|finding| finding.rule == ONE_SIDED) {
                return Ok((findings, count));
            }
            self.pending = Journal::pending(&self.state).map_err(Error::io(self.state.path("journal"), "read"))?;
        }
        self.check_once()
    }

    fn check_once(&self) -> Result<(Vec<Finding>, usize), Error> {
        let mut findings = Vec::new();
        let (mut into, mut from) = (Links::new(), Links::new());
        let mut entries: HashMap<Id, Id> = HashMap::new();
        let census = self.census(|ticket| {
            check_ticket(&ticket, &mut findings);
            into.extend(ticket.header.merged_into.map(|target| ((ticket.id, target), merge_of(&ticket))));
            from.extend(ticket.header.merged_from.iter().map(|source| ((*source, ticket.id), ticket.id)));
            for entry in &ticket.history {
                if let Some(other) = entries.insert(entry.id, ticket.id).filter(|other| *other != ticket.id) {
                    findings.push(about(
                        ticket.id,
                        Severity::Error,
                        "entry.shared",
                        format!("the entry {} is in {other} too", entry.id),
                    ));
                }
            }
            Some(ticket.id)
        })?;
        let strays = layout::strays(&self.root).map_err(Error::io(self.root.join(layout::TICKETS), "list"))?;
        let mut troubles = census.troubles;
        for stray in &strays {
            let trouble = self.misplaced(stray);
            if troubles.iter().any(|known| known.path == trouble.path) {
                continue;
            }
            if stray.file_name().is_some_and(layout::is_named_like_a_ticket) {
                troubles.push(trouble);
            } else {
                let message = "this is no ticket, and lies where only tickets belong".to_owned();
                let (path, rule) = (trouble.path, "file.stray");
                findings.push(Finding { path, line: 1, column: 1, severity: Severity::Warning, rule, message });
            }
        }
        let count = census.tickets.len() + troubles.len();
        for Trouble { path, damage } in troubles {
            let (line, column, message) = (damage.line, damage.column, damage.kind.to_string());
            findings.push(Finding { path, line, column, severity: Severity::Error, rule: "file.damaged", message });
        }
        check_links(&into, &from, &mut findings);
        check_rings(&into, &mut findings);
        findings.sort_by(|a, b| (&a.path, a.line, a.column, a.rule).cmp(&(&b.path, b.line, b.column, b.rule)));
        Ok((findings, count))
    }
}

fn about(ticket: Id, severity: Severity, rule: &'static str, message: String) -> Finding {
    Finding { path: layout::ticket_path(ticket), line: 1, column: 1, severity, rule, message }
}

fn check_ticket(ticket: &Ticket, findings: &mut Vec<Finding>) {
    let mut find = |severity, rule, message| findings.push(about(ticket.id, severity, rule, message));
    if let Some(name) = differing_fact(ticket) {
        find(Severity::Error, "header.differs", format!("`{name}` in the header is not what the history leads to"));
    }
    let mut status = None;
    let mut replayed: Option<Ticket> = None;
    for (place, entry) in ticket.history.iter().enumerate() {
        if place > 0 && entry.id <= ticket.history[place - 1].id {
            find(
                Severity::Error,
                "entry.order",
                format!("the entry {} does not come after the one before it", entry.id),
            );
        }
        if entry.from != status && !matches!(entry.action, Action::Foreign(_)) {
            let is = status.map_or("nothing", |status: crate::domain::words::Status| status.word());
            let saw = entry.from.map_or("nothing", crate::domain::words::Status::word);
            find(
                Severity::Warning,
                "entry.concurrent",
                format!(
                    "the entry {} saw {saw} where the ticket was {is}: written at the same time elsewhere",
                    entry.id
                ),
            );
        }
        let merged = replayed.as_ref().and_then(|so_far| so_far.header.merged_into);
        if let (Some(into), Action::Reply { auto: false, .. }) = (merged, &entry.action) {
            let message = format!("the reply {} was written while the ticket was merged into {into}", entry.id);
            find(Severity::Warning, "reply.stranded", message);
        }
        match &mut replayed {
            Some(so_far) => so_far.append(entry.clone()),
            None => replayed = Ticket::opened_by(entry.clone()),
        }
        status = replayed.as_ref().map(|so_far| so_far.header.status);
    }
}

fn check_links(into: &Links, from: &Links, findings: &mut Vec<Finding>) {
    for (source, target) in into.keys() {
        if !from.contains_key(&(*source, *target)) {
            findings.push(about(
                *source,
                Severity::Error,
                ONE_SIDED,
                format!("merged into {target}, which does not know of it"),
            ));
        }
    }
    for (source, target) in from.keys() {
        if !into.contains_key(&(*source, *target)) {
            findings.push(about(
                *target,
                Severity::Error,
                ONE_SIDED,
                format!("says that {source} is merged into it, which does not know of it"),
            ));
        }
    }
}

/// The entry that merged a ticket elsewhere.
fn merge_of(ticket: &Ticket) -> Id {
    let merges = |entry: &&crate::domain::entry::Entry| matches!(entry.action, Action::Merge { .. });
    ticket.history.iter().rev().find(merges).map_or(ticket.id, |entry| entry.id)
}

/// Rings of merges, which two clones can make together: each is told once, at its younger merge, where reading
/// breaks it.
fn check_rings(into: &Links, findings: &mut Vec<Finding>) {
    let next: BTreeMap<Id, (Id, Id)> =
        into.iter().map(|((source, target), entry)| (*source, (*target, *entry))).collect();
    let mut done: HashSet<Id> = HashSet::new();
    for start in next.keys() {
        let mut chain: Vec<Id> = Vec::new();
        let mut here = *start;
        while let Some((target, _)) = next.get(&here).filter(|_| done.insert(here)) {
            chain.push(here);
            here = *target;
        }
        let Some(ring) = chain.iter().position(|id| *id == here) else { continue };
        if let Some(youngest) = chain[ring..].iter().max_by_key(|id| next[id].1) {
            let message = format!("merged in a ring with {}: the conversation goes on here", next[youngest].0);
            findings.push(about(*youngest, Severity::Warning, "merge.cycle", message));
        }
    }
}
