//! The checks across tickets: links must be in both tickets, merges must not form cycles, and the ids of entries and
//! the keys of openings must be unique.
//!
//! A ticket that cannot be read has no facts, and links to it are not reported.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::rules::finding::Finding;
use crate::store::layout;

use super::ticket::{CrossTicketFacts, TicketLinks};

/// A ticket that another one links to.
#[derive(Debug)]
pub(super) enum LinkedTicket {
    /// It does not exist.
    Absent,
    /// It exists, but cannot be read.
    Unreadable,
    /// It exists, and has these links.
    Present(TicketLinks),
}

/// The facts of the checked tickets about others.
#[derive(Debug, Default)]
pub(super) struct LinkGraph {
    /// The readable tickets with links.
    linked: BTreeMap<Id, TicketLinks>,
    readable: HashSet<Id>,
    unreadable: HashSet<Id>,
    /// Each entry with its ticket.
    entries: Vec<(Id, Id)>,
    /// The keys of openings with their tickets.
    keys: Vec<(String, Id)>,
}

impl LinkGraph {
    /// Adds the facts of a ticket; none if it cannot be read.
    pub fn add(&mut self, id: Id, facts: Option<CrossTicketFacts>) {
        let Some(facts) = facts else {
            self.unreadable.insert(id);
            return;
        };
        self.readable.insert(id);
        self.entries.extend(facts.entries.into_iter().map(|entry| (entry, id)));
        self.keys.extend(facts.key.map(|key| (key, id)));
        self.linked.extend(facts.links.map(|links| (id, *links)));
    }

    /// Returns the tickets that others link to and that were not added.
    pub fn missing_targets(&self) -> Vec<Id> {
        let targets = self.linked.values().flat_map(|links| {
            let into = links.into.map(|(target, _)| target);
            into.into_iter().chain(links.from.iter().copied()).chain(links.follows)
        });
        let mut missing: Vec<Id> =
            targets.filter(|id| !self.readable.contains(id) && !self.unreadable.contains(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Returns the findings; `others` are the [missing targets](Self::missing_targets).
    pub fn findings(mut self, others: &BTreeMap<Id, LinkedTicket>) -> Vec<Finding> {
        let mut findings = self.check_unique();
        let no_links = TicketLinks::default();
        for (id, links) in &self.linked {
            for (other, name, is_mutual) in self.links_of(*id, links, others, &no_links) {
                let (rule, message): (&'static Rule, _) = match (is_mutual, name) {
                    (None, _) => (&rules::MERGE_NOWHERE, format!("`{name}` refers to {other}, which does not exist")),
                    (Some(false), "merged_into") => {
                        (&rules::MERGE_ONE_SIDED, format!("merged into {other}, which has no entry about this merge"))
                    }
                    (Some(false), _) => (
                        &rules::MERGE_ONE_SIDED,
                        format!("says that {other} was merged into it, but {other} has no entry about this merge"),
                    ),
                    (Some(true), _) => continue,
                };
                findings.push(at_field(*id, links, name, rule, message));
            }
        }
        self.check_cycles(others, &mut findings);
        findings
    }

    /// Returns each link of a ticket: the other ticket, the field, and whether the other ticket has the link too; none
    /// if it does not exist.
    fn links_of(
        &self,
        id: Id,
        links: &TicketLinks,
        others: &BTreeMap<Id, LinkedTicket>,
        no_links: &TicketLinks,
    ) -> Vec<(Id, &'static str, Option<bool>)> {
        let is_mutual = |other: &Id, agrees: &dyn Fn(&TicketLinks) -> bool| {
            if self.unreadable.contains(other) {
                return Some(true);
            }
            if self.readable.contains(other) {
                return Some(agrees(self.linked.get(other).unwrap_or(no_links)));
            }
            match others.get(other) {
                Some(LinkedTicket::Present(links)) => Some(agrees(links)),
                Some(LinkedTicket::Unreadable) => Some(true),
                Some(LinkedTicket::Absent) | None => None,
            }
        };
        let mut found = Vec::new();
        if let Some((target, _)) = links.into {
            found.push((target, "merged_into", is_mutual(&target, &|other| other.from.contains(&id))));
        }
        for source in &links.from {
            let has_merge = |other: &TicketLinks| other.into.is_some_and(|(target, _)| target == id);
            found.push((*source, "merged_from", is_mutual(source, &has_merge)));
        }
        if let Some(followed) = links.follows {
            found.push((followed, "follow_up_of", is_mutual(&followed, &|_| true)));
        }
        found
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
    fn check_cycles(&self, others: &BTreeMap<Id, LinkedTicket>, findings: &mut Vec<Finding>) {
        let outside = others.iter().filter_map(|(id, other)| match other {
            LinkedTicket::Present(links) => Some((*id, links)),
            _ => None,
        });
        let all = self.linked.iter().map(|(id, links)| (*id, links)).chain(outside);
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
