//! The checks across tickets: links must be in both tickets, merges must not form cycles, and the ids of entries and
//! the keys of openings must be unique.
//!
//! A ticket that cannot be read has no facts, and links to it are not reported.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::rules::finding::Finding;
use crate::store::layout;

use super::ticket::{CrossTicketFacts, TicketLinks};

/// A ticket to which another one may link.
#[derive(Debug)]
pub(super) enum LinkedTicket {
    /// It does not exist.
    Absent,
    /// It exists, but cannot be read.
    Unreadable,
    /// It exists, and has these links, if it has any.
    Present(Option<Box<TicketLinks>>),
}

/// The facts of the checked tickets about others.
#[derive(Debug, Default)]
pub(super) struct LinkGraph {
    /// The checked tickets.
    tickets: HashMap<Id, LinkedTicket>,
    /// Other tickets to which the checked ones link.
    others: HashMap<Id, LinkedTicket>,
    /// Each entry with its ticket.
    entries: Vec<(Id, Id)>,
    /// The keys of openings with their tickets.
    keys: Vec<(String, Id)>,
}

impl TicketLinks {
    /// Returns the tickets to which the links lead, each with the field of the header.
    fn targets(&self) -> impl Iterator<Item = (Id, &'static str)> {
        let into = self.into.map(|(target, _)| (target, "merged_into"));
        let from = self.from.iter().map(|source| (*source, "merged_from"));
        into.into_iter().chain(from).chain(self.follows.map(|followed| (followed, "follow_up_of")))
    }
}

impl LinkGraph {
    /// Adds the facts of a checked ticket; none if it cannot be read.
    pub fn add(&mut self, id: Id, facts: Option<CrossTicketFacts>) {
        let ticket = match facts {
            None => LinkedTicket::Unreadable,
            Some(facts) => {
                self.entries.extend(facts.entries.into_iter().map(|entry| (entry, id)));
                self.keys.extend(facts.key.map(|key| (key, id)));
                LinkedTicket::Present(facts.links)
            }
        };
        self.tickets.insert(id, ticket);
    }

    /// Adds a ticket that was not checked.
    pub fn add_other(&mut self, id: Id, ticket: LinkedTicket) {
        self.others.insert(id, ticket);
    }

    /// Returns the checked tickets with links.
    fn linked(&self) -> impl Iterator<Item = (Id, &TicketLinks)> {
        linked(&self.tickets)
    }

    /// Returns the tickets that others link to and that were not checked.
    pub fn missing_targets(&self) -> BTreeSet<Id> {
        let targets = self.linked().flat_map(|(_, links)| links.targets());
        targets.map(|(id, _)| id).filter(|id| !self.tickets.contains_key(id)).collect()
    }

    /// Returns the findings. The [missing targets](Self::missing_targets) must be there.
    pub fn findings(mut self) -> Vec<Finding> {
        let mut findings = self.check_unique();
        for (id, links) in self.linked() {
            for (other, name) in links.targets() {
                let (rule, message) = match self.tickets.get(&other).or_else(|| self.others.get(&other)) {
                    None | Some(LinkedTicket::Absent) => {
                        (&rules::MERGE_NOWHERE, format!("`{name}` refers to {other}, which does not exist"))
                    }
                    Some(LinkedTicket::Unreadable) => continue,
                    Some(LinkedTicket::Present(there)) => match name {
                        "merged_into" if !there.as_ref().is_some_and(|there| there.from.contains(&id)) => (
                            &rules::MERGE_ONE_SIDED,
                            format!("merged into {other}, which has no entry about this merge"),
                        ),
                        "merged_from"
                            if there.as_ref().and_then(|there| there.into).is_none_or(|into| into.0 != id) =>
                        {
                            (
                                &rules::MERGE_ONE_SIDED,
                                format!(
                                    "says that {other} was merged into it, but {other} has no entry about this merge"
                                ),
                            )
                        }
                        _ => continue,
                    },
                };
                findings.push(at_field(id, links, name, rule, message));
            }
        }
        self.check_cycles(&mut findings);
        findings
    }

    /// Reports entries that are in two tickets, and openings with the same key.
    fn check_unique(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.entries.sort_unstable();
        for pair in self.entries.windows(2) {
            let [(entry, first), (same, second)] = pair else { continue };
            if entry == same && first != second {
                let message = format!("the entry {entry} is also in {first}");
                findings.push(at_top(*second, &rules::ENTRY_SHARED, message).about(*entry));
            }
        }
        let mut opened: HashMap<&str, Id> = HashMap::new();
        self.keys.sort_unstable_by_key(|(_, id)| *id);
        for (key, id) in &self.keys {
            match opened.get(key.as_str()) {
                Some(first) => {
                    let message = format!("opened with the same key as {first}, `{key}`");
                    findings.push(at_top(*id, &rules::ENTRY_KEY, message).about(*id));
                }
                None => _ = opened.insert(key, *id),
            }
        }
        findings
    }

    /// Reports cycles of merges, which two clones can make together: each once, at its newest merge, where the reader
    /// breaks the cycle.
    fn check_cycles(&self, findings: &mut Vec<Finding>) {
        let all = self.linked().chain(linked(&self.others));
        let next: BTreeMap<Id, (Id, Id, &TicketLinks)> =
            all.filter_map(|(id, links)| links.into.map(|(target, entry)| (id, (target, entry, links)))).collect();
        let mut done: HashSet<Id> = HashSet::new();
        for start in next.keys() {
            let mut chain: Vec<Id> = Vec::new();
            let mut here = *start;
            while let Some((target, ..)) = next.get(&here).filter(|_| done.insert(here)) {
                chain.push(here);
                here = *target;
            }
            let Some(cycle) = chain.iter().position(|id| *id == here) else { continue };
            if let Some(newest) = chain[cycle..].iter().max_by_key(|id| next[id].1) {
                let (target, entry, links) = next[newest];
                let message = format!("merged in a cycle with {target}: the conversation continues here");
                findings.push(at_field(*newest, links, "merged_into", &rules::MERGE_CYCLE, message).about(entry));
            }
        }
    }
}

/// Returns the tickets with links.
fn linked(tickets: &HashMap<Id, LinkedTicket>) -> impl Iterator<Item = (Id, &TicketLinks)> {
    tickets.iter().filter_map(|(id, ticket)| match ticket {
        LinkedTicket::Present(Some(links)) => Some((*id, links.as_ref())),
        _ => None,
    })
}

/// Returns a finding at the beginning of a ticket file.
fn at_top(id: Id, rule: &'static Rule, message: String) -> Finding {
    Finding::new(rule, layout::ticket_path(id), message).of(id)
}

/// Returns a finding at the line of a field in the header.
fn at_field(id: Id, links: &TicketLinks, name: &str, rule: &'static Rule, message: String) -> Finding {
    let mut finding = at_top(id, rule, message);
    if let Some((_, line, text)) = links.lines.iter().find(|(field, ..)| *field == name) {
        finding.line = *line;
        finding.source_line = Some(text.clone());
    }
    finding
}
