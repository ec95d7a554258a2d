//! What tickets say of each other: links known on both sides, rings of merges, entries and keys that are unique.
//!
//! A ticket that could not be read says nothing, and nothing is said against what links to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::Rule;
use crate::domain::rules::finding::Finding;
use crate::store::layout;

use super::ticket::{CrossTicketFacts, TicketLinks};

/// What is known of a ticket that another one names.
#[derive(Debug)]
pub(super) enum LinkedTicket {
    /// It is not there.
    Absent,
    /// It is there and cannot be read.
    Unreadable,
    /// It is there, with its links.
    There(TicketLinks),
}

/// What the tickets that were looked at say of others.
#[derive(Debug, Default)]
pub(super) struct LinkGraph {
    /// Those that could be read and have links.
    linked: BTreeMap<Id, TicketLinks>,
    readable: HashSet<Id>,
    unreadable: HashSet<Id>,
    entries: Vec<(Id, Id)>,
    keys: Vec<(String, Id)>,
}

impl LinkGraph {
    /// Takes in what a file says; nothing where it could not be read.
    pub fn add(&mut self, id: Id, said: Option<CrossTicketFacts>) {
        let Some(said) = said else {
            self.unreadable.insert(id);
            return;
        };
        self.readable.insert(id);
        self.entries.extend(said.entries.into_iter().map(|entry| (entry, id)));
        self.keys.extend(said.key.map(|key| (key, id)));
        self.linked.extend(said.links.map(|links| (id, *links)));
    }

    /// The tickets that are named and were not looked at.
    pub fn wanted(&self) -> Vec<Id> {
        let named = self.linked.values().flat_map(|links| {
            let into = links.into.map(|(target, _)| target);
            into.into_iter().chain(links.from.iter().copied()).chain(links.follows)
        });
        let mut wanted: Vec<Id> =
            named.filter(|id| !self.readable.contains(id) && !self.unreadable.contains(id)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Everything that does not agree; `others` is what is known of the wanted.
    pub fn findings(mut self, others: &BTreeMap<Id, LinkedTicket>) -> Vec<Finding> {
        let mut findings = self.shared();
        let nothing = TicketLinks::default();
        for (id, links) in &self.linked {
            for (other, name, is_known) in self.sides(*id, links, others, &nothing) {
                let (rule, message): (&'static Rule, _) = match (is_known, name) {
                    (None, _) => (&rules::MERGE_NOWHERE, format!("`{name}` names {other}, which is not there")),
                    (Some(false), "merged_into") => {
                        (&rules::MERGE_ONE_SIDED, format!("merged into {other}, which does not know of it"))
                    }
                    (Some(false), _) => (
                        &rules::MERGE_ONE_SIDED,
                        format!("says that {other} is merged into it, which does not know of it"),
                    ),
                    (Some(true), _) => continue,
                };
                findings.push(about(*id, links, name, rule, message));
            }
        }
        self.rings(others, &mut findings);
        findings
    }

    /// Each link of a ticket: the other one, the name, and whether that one knows; none where it is not there.
    fn sides(
        &self,
        id: Id,
        links: &TicketLinks,
        others: &BTreeMap<Id, LinkedTicket>,
        nothing: &TicketLinks,
    ) -> Vec<(Id, &'static str, Option<bool>)> {
        let knows = |other: &Id, agrees: &dyn Fn(&TicketLinks) -> bool| {
            if self.unreadable.contains(other) {
                return Some(true);
            }
            if self.readable.contains(other) {
                return Some(agrees(self.linked.get(other).unwrap_or(nothing)));
            }
            match others.get(other) {
                Some(LinkedTicket::There(links)) => Some(agrees(links)),
                Some(LinkedTicket::Unreadable) => Some(true),
                Some(LinkedTicket::Absent) | None => None,
            }
        };
        let mut sides = Vec::new();
        if let Some((target, _)) = links.into {
            sides.push((target, "merged_into", knows(&target, &|there| there.from.contains(&id))));
        }
        for source in &links.from {
            let is_there = |there: &TicketLinks| there.into.is_some_and(|(target, _)| target == id);
            sides.push((*source, "merged_from", knows(source, &is_there)));
        }
        if let Some(followed) = links.follows {
            sides.push((followed, "follow_up_of", knows(&followed, &|_| true)));
        }
        sides
    }

    /// Entries that stand in two tickets, and openings with the same key.
    fn shared(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.entries.sort_unstable();
        for pair in self.entries.windows(2) {
            let [(entry, first), (same, second)] = pair else { continue };
            if entry == same && first != second {
                let message = format!("the entry {entry} is in {first} too");
                findings.push(at_top(*second, &rules::ENTRY_SHARED, message).about(*entry));
            }
        }
        let mut opened: HashMap<&str, Id> = HashMap::new();
        self.keys.sort_unstable_by_key(|(_, id)| *id);
        for (key, id) in &self.keys {
            match opened.get(key.as_str()) {
                Some(first) => {
                    let message = format!("opened with the key `{key}`, as {first} was");
                    findings.push(at_top(*id, &rules::ENTRY_KEY, message).about(*id));
                }
                None => _ = opened.insert(key, *id),
            }
        }
        findings
    }

    /// Rings of merges, which two clones can make together: each is told once, at its younger merge, where reading
    /// breaks it.
    fn rings(&self, others: &BTreeMap<Id, LinkedTicket>, findings: &mut Vec<Finding>) {
        let outside = others.iter().filter_map(|(id, other)| match other {
            LinkedTicket::There(links) => Some((*id, links)),
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
            let Some(ring) = chain.iter().position(|id| *id == here) else { continue };
            if let Some(youngest) = chain[ring..].iter().max_by_key(|id| next[id].1) {
                let (target, entry, links) = next[youngest];
                let message = format!("merged in a ring with {target}: the conversation goes on here");
                findings.push(about(*youngest, links, "merged_into", &rules::MERGE_CYCLE, message).about(entry));
            }
        }
    }
}

fn at_top(id: Id, rule: &'static Rule, message: String) -> Finding {
    Finding::new(rule, layout::ticket_path(id), message).of(id)
}

/// A finding at the line of the header that has the name.
fn about(id: Id, links: &TicketLinks, name: &str, rule: &'static Rule, message: String) -> Finding {
    let mut finding = at_top(id, rule, message);
    if let Some((_, line, words)) = links.lines.iter().find(|(known, ..)| *known == name) {
        finding.line = *line;
        finding.source_line = Some(words.clone());
    }
    finding
}
