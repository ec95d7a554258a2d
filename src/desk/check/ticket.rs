//! What one file breaks by itself, and what of it the store has to know to judge its links.
//!
//! A pure function of bytes and policy, run on every processor.

use std::collections::{HashMap, HashSet};

use crate::domain::codec::PathElement;
use crate::domain::convergence::cross_ticket::{UnawareSolve, may_have_unaware_solve, may_share_key, unread_replies};
use crate::domain::id::Id;
use crate::domain::people::team::Team;
use crate::domain::people::visibility::internal_entries;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::custom_field::CustomField;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::vocabulary::{Role, Status};
use crate::domain::workflow::{HistoryViolation, validate_entry, validate_opening};
use crate::store::layout;
use crate::store::yaml;
use crate::store::yaml::ReadError;

use super::attachments::{AttachmentRef, named};
use super::messages::{for_read_error, for_violation};
use crate::desk::write::transaction::first_header_mismatch;

/// What tickets are held against beside the workflow.
#[derive(Clone, Debug, Default)]
pub(super) struct CheckPolicy {
    pub follow_up: FollowUpPolicy,
    pub team: Team,
    /// The organisations that have files; none where the desk keeps no such files.
    pub organizations: Option<HashSet<String>>,
    /// The fields that casebook.toml defines.
    pub fields: Vec<CustomField>,
}

/// A file that was looked at.
#[derive(Debug)]
pub(super) struct TicketCheck {
    pub id: Id,
    pub findings: Vec<Finding>,
    /// The attachments it names.
    pub named: Vec<AttachmentRef>,
    /// What it says of others; none where it could not be read.
    pub said: Option<CrossTicketFacts>,
}

/// What a ticket says that others have to agree with.
#[derive(Debug, Default)]
pub(super) struct CrossTicketFacts {
    /// Its entries.
    pub entries: Vec<Id>,
    /// The key it was opened with.
    pub key: Option<String>,
    /// Its links, where it has any.
    pub links: Option<Box<TicketLinks>>,
    /// Whether it was solved behind a ticket that had come, which its history does not say to have been seen.
    pub may_be_unseen: bool,
}

/// A ticket's links, as it records them.
#[derive(Clone, Debug, Default)]
pub(super) struct TicketLinks {
    /// The ticket it is merged into, and the entry that merged it.
    pub into: Option<(Id, Id)>,
    /// The tickets merged into it.
    pub from: Vec<Id>,
    /// The ticket it follows up.
    pub follows: Option<Id>,
    /// The lines of the file that say so, by their names, with their numbers.
    pub lines: Vec<(&'static str, usize, String)>,
}

/// Looks at the bytes of a ticket's file.
pub(super) fn look(path: &str, id: Id, bytes: &[u8], policy: &CheckPolicy) -> TicketCheck {
    let (ticket, is_canonical) = match yaml::read_with_canonical_flag(bytes, Some(id)) {
        Ok(read) => read,
        Err(damage) => {
            let findings = vec![with_line(damaged(path, &damage).of(id), bytes)];
            return TicketCheck { id, findings, named: Vec::new(), said: None };
        }
    };
    let (said, named) = (said(&ticket, bytes), named(&ticket));
    let mut look = TicketChecker { path, paths: Vec::new(), findings: Vec::new() };
    if ticket.format > FORMAT {
        let message = format!("format {} is newer than {FORMAT}: what is not understood is not checked", ticket.format);
        look.find(Finding::new(&rules::FILE_NEWER, path, message), vec![name("format")]);
    } else if !is_canonical {
        look.findings.extend(spelling(path, bytes, &ticket));
    }
    look.people(&ticket, policy);
    look.own_fields(&ticket, policy);
    look.history(ticket, policy);
    TicketCheck { id, findings: look.placed(id, bytes), named, said: Some(said) }
}

/// A damage as a finding.
pub(super) fn damaged(path: &str, damage: &ReadError) -> Finding {
    Finding::new(for_read_error(&damage.kind), path, damage.kind.to_string()).at(damage.line, damage.column)
}

fn name(name: &str) -> PathElement {
    PathElement::Name(name.to_owned())
}

struct TicketChecker<'a> {
    path: &'a str,
    /// Where each finding so far is, as a path into the file.
    paths: Vec<(usize, Vec<PathElement>)>,
    findings: Vec<Finding>,
}

impl TicketChecker<'_> {
    fn find(&mut self, finding: Finding, path: Vec<PathElement>) {
        self.paths.push((self.findings.len(), path));
        self.findings.push(finding);
    }

    fn people(&mut self, ticket: &Ticket, policy: &CheckPolicy) {
        let header = &ticket.header;
        if let (Some(organization), Some(known)) = (&header.organization, &policy.organizations)
            && !known.contains(organization)
        {
            let message = format!("`{organization}` has no file in organizations/");
            self.find(Finding::new(&rules::ORGANIZATION_UNKNOWN, self.path, message), vec![name("organization")]);
        }
        let is_imported = ticket.opening().is_some_and(|opening| opening.imported_from.is_some());
        let was_assigned = || ticket.history.iter().any(|entry| matches!(entry.action, Action::Assign { .. }));
        if let Some(assignee) = header.assignee.as_ref().filter(|person| !policy.team.has_agent(person))
            && header.status != Status::Solved
            && (!is_imported || was_assigned())
        {
            let message = format!("`{assignee}` is no agent of the desk");
            self.find(Finding::new(&rules::ASSIGNEE_UNKNOWN, self.path, message), vec![name("assignee")]);
        }
    }

    fn own_fields(&mut self, ticket: &Ticket, policy: &CheckPolicy) {
        for field in &policy.fields {
            let Some((own, value)) = ticket.header.fields.iter().find(|(name, _)| *name == field.name) else {
                continue;
            };
            if let Err(unfit) = field.validate(value) {
                let finding = Finding::new(&rules::OWN_FIELD_UNFIT, self.path, format!("`fields.{own}`: {unfit}"));
                self.find(finding, vec![name("fields"), name(own)]);
            }
        }
    }

    /// Replays the history, each entry behind the ones before it, and holds the header against what it leads to.
    fn history(&mut self, ticket: Ticket, policy: &CheckPolicy) {
        // A reply that `resolve` has brought to where it is read is stranded no more.
        let stranded = unread_replies(&ticket);
        let same_key = with_used_keys(&ticket);
        let header = ticket.header;
        let mut so_far: Option<Ticket> = None;
        for (index, entry) in ticket.history.into_iter().enumerate() {
            let breaches = match &mut so_far {
                Some(so_far) => validate_entry(so_far, &entry, &policy.follow_up),
                None => validate_opening(&entry),
            };
            let waits = |breach: &&HistoryViolation| {
                !matches!(breach, HistoryViolation::ReplyToMerged { .. }) || stranded.contains(&entry.id)
            };
            breaches.iter().filter(waits).for_each(|breach| self.breach(breach, &entry, index));
            if let Some(key) = entry.key.as_ref().filter(|_| same_key.contains(&index)) {
                let message = format!("the entry {} has the key `{key}` of an earlier one", entry.id);
                let finding = Finding::new(&rules::ENTRY_KEY, self.path, message).about(entry.id);
                self.find(finding, in_entry(index, "key"));
            }
            match &mut so_far {
                Some(so_far) => so_far.append(entry),
                None => so_far = Ticket::opened_by(entry),
            }
        }
        if let Some(replayed) = so_far.filter(|replayed| replayed.header != header)
            && let Some(fact) = first_header_mismatch(&Ticket { header, ..replayed })
        {
            let message = format!("`{fact}` in the header is not what the history leads to");
            self.find(Finding::new(&rules::HEADER_DIFFERS, self.path, message), vec![name(&fact)]);
        }
    }

    fn breach(&mut self, breach: &HistoryViolation, entry: &Entry, index: usize) {
        let (rule, place, message) = for_violation(breach, entry);
        self.find(Finding::new(rule, self.path, message).about(entry.id), in_entry(index, place));
    }

    /// The findings with their lines and columns. Sound files need none.
    fn placed(mut self, id: Id, bytes: &[u8]) -> Vec<Finding> {
        let (places, paths): (Vec<usize>, Vec<Vec<PathElement>>) = self.paths.into_iter().unzip();
        if !paths.is_empty() {
            for (place, (line, column)) in places.into_iter().zip(yaml::places(bytes, &paths)) {
                (self.findings[place].line, self.findings[place].column) = (line, column);
            }
        }
        self.findings.into_iter().map(|finding| with_line(finding.of(id), bytes)).collect()
    }
}

/// The entries with the key of an earlier one, by their places. A customer's entry may have that of an internal one:
/// nobody could tell them that it is used.
fn with_used_keys(ticket: &Ticket) -> Vec<usize> {
    let mut known: HashMap<&str, Vec<&Entry>> = HashMap::new();
    let mut found = Vec::new();
    for (index, entry) in ticket.history.iter().enumerate() {
        let Some(key) = entry.key.as_deref() else { continue };
        let earlier = known.entry(key).or_default();
        if !earlier.is_empty() && !may_share_key(key, entry) {
            let internal = internal_entries(ticket);
            let unseen = |one: &Entry, other: &Entry| internal.contains(&one.id) && other.role == Role::Customer;
            if earlier.iter().any(|earlier| !unseen(earlier, entry) && !unseen(entry, earlier)) {
                found.push(index);
            }
        }
        earlier.push(entry);
    }
    found
}

fn in_entry(index: usize, place: &str) -> Vec<PathElement> {
    vec![name("history"), PathElement::Index(index), name(place)]
}

/// That a solve ended a conversation it had not seen.
pub(super) fn solved_blindly(ticket: &Ticket, blind: UnawareSolve, bytes: &[u8]) -> Finding {
    let index = ticket.history.iter().position(|entry| entry.id == blind.solve).unwrap_or_default();
    let place = yaml::places(bytes, &[in_entry(index, "action")]);
    let (line, column) = place.first().copied().unwrap_or((1, 1));
    let UnawareSolve { solve, merged, source } = blind;
    let message = format!(
        "the entry {solve} (solve) had not seen the entry {merged}, by which {source} came to go on here: written at the same time elsewhere"
    );
    let finding = Finding::new(&rules::ENTRY_CONCURRENT, layout::ticket_path(ticket.id), message);
    with_line(finding.at(line, column).of(ticket.id).about(solve), bytes)
}

/// The finding with the line of the file it is about.
pub(super) fn with_line(mut finding: Finding, bytes: &[u8]) -> Finding {
    finding.source_line = line_of(bytes, finding.line);
    finding
}

/// A line of a file, if it has that many. Bytes that are no text are shown as such.
fn line_of(bytes: &[u8], line: usize) -> Option<String> {
    /// No line that people write is longer; one that is would fill a report.
    const LONGEST: usize = 4096;
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let line = lines.nth(line.checked_sub(1)?)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Some(String::from_utf8_lossy(&line[..line.len().min(LONGEST)]).into_owned())
}

/// The first line that is spelled otherwise than the printer spells it.
fn spelling(path: &str, bytes: &[u8], ticket: &Ticket) -> Option<Finding> {
    let text = std::str::from_utf8(bytes).ok()?;
    let printed = yaml::print(ticket);
    let mut stands = text.split('\n');
    let mut line = 0;
    for canonical in printed.split('\n') {
        line += 1;
        let stands = stands.next();
        if stands == Some(canonical) {
            continue;
        }
        let stands = stands.unwrap_or_default();
        let same = stands.chars().zip(canonical.chars()).take_while(|(a, b)| a == b).count();
        let message = match canonical {
            "" => "casebook would have an empty line here".to_owned(),
            canonical => format!("casebook would write `{}` here", shortened(canonical)),
        };
        return Some(Finding::new(&rules::FILE_SPELLING, path, message).at(line, same + 1));
    }
    let message = "casebook would have nothing more behind this".to_owned();
    Some(Finding::new(&rules::FILE_SPELLING, path, message).at(line, 1))
}

fn shortened(line: &str) -> String {
    const SHOWN: usize = 60;
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn said(ticket: &Ticket, bytes: &[u8]) -> CrossTicketFacts {
    let header = &ticket.header;
    let has_links = header.merged_into.is_some() || !header.merged_from.is_empty() || header.follow_up_of.is_some();
    CrossTicketFacts {
        entries: ticket.history.iter().map(|entry| entry.id).collect(),
        key: ticket.history.first().and_then(|entry| entry.key.clone()),
        links: has_links.then(|| Box::new(links(ticket, bytes))),
        may_be_unseen: has_links && may_have_unaware_solve(ticket),
    }
}

/// The links of a ticket.
pub(super) fn links(ticket: &Ticket, bytes: &[u8]) -> TicketLinks {
    let merges = |entry: &&Entry| matches!(entry.action, Action::Merge { .. });
    let merge = ticket.history.iter().rev().find(merges).map_or(ticket.id, |entry| entry.id);
    let header = &ticket.header;
    let lines = ["merged_into", "merged_from", "follow_up_of"].into_iter().filter_map(|name| {
        let stands = |line: &[u8]| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":"));
        let index = bytes.split(|byte| *byte == b'\n').position(stands)?;
        Some((name, index + 1, line_of(bytes, index + 1)?))
    });
    TicketLinks {
        into: header.merged_into.map(|target| (target, merge)),
        from: header.merged_from.clone(),
        follows: header.follow_up_of,
        lines: lines.collect(),
    }
}
