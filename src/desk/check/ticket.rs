//! The check of one ticket file by itself, and the facts in it that other files must agree with.
//!
//! A pure function of bytes and policy, which runs on every processor.

use std::collections::{HashMap, HashSet};

use crate::domain::codec::PathElement;
use crate::domain::convergence::cross_ticket::{may_share_key, unread_replies};
use crate::domain::id::Id;
use crate::domain::people::team::Team;
use crate::domain::people::visibility::internal_entries;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{self, Rule};
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::custom_field::CustomField;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::vocabulary::{Role, Status};
use crate::domain::workflow::{HistoryViolation, validate_entry, validate_opening};
use crate::store::config::Settings;
use crate::store::yaml;

use super::attachments::{AttachmentRef, references};
use super::findings::{at_places, damaged, in_entry, line_of, name, with_line};
use super::messages::for_violation;
use crate::desk::write::transaction::first_header_mismatch;

/// The longest part of a line in a message, in characters.
const SHOWN: usize = 60;

/// The settings that tickets are checked by.
#[derive(Clone, Debug)]
pub(super) struct CheckPolicy {
    /// The rules for reminders and for solving for no response.
    pub follow_up: FollowUpPolicy,
    /// The team of the desk.
    pub team: Team,
    /// The organizations that have files; none if the desk has no such files.
    pub organizations: Option<HashSet<String>>,
    /// The custom fields that casebook.toml defines.
    pub fields: Vec<CustomField>,
}

impl CheckPolicy {
    /// Returns the policy of a casebook.toml, with the organizations that have files. Invalid settings have their
    /// defaults.
    pub fn of(settings: &Settings, organizations: &[String]) -> Self {
        let organizations: HashSet<String> = organizations.iter().cloned().collect();
        Self {
            follow_up: settings.follow_up().cloned().unwrap_or_default(),
            team: settings.config().map(|config| config.team.clone()).unwrap_or_default(),
            organizations: Some(organizations).filter(|known| !known.is_empty()),
            fields: settings.fields().map(|choices| choices.fields.clone()).unwrap_or_default(),
        }
    }
}

/// The result of the check of a ticket file.
#[derive(Debug)]
pub(super) struct TicketCheck {
    /// The ticket.
    pub id: Id,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The attachments that its entries refer to.
    pub attachments: Vec<AttachmentRef>,
    /// The facts that other files must agree with; none if the file could not be read.
    pub facts: Option<CrossTicketFacts>,
}

impl TicketCheck {
    /// Returns the result for a file that cannot be read.
    pub fn damaged(id: Id, finding: Finding) -> Self {
        Self { id, findings: vec![finding], attachments: Vec::new(), facts: None }
    }
}

/// The facts in a ticket file that other files must agree with.
#[derive(Debug, Default)]
pub(super) struct CrossTicketFacts {
    /// The entries.
    pub entries: Vec<Id>,
    /// The key of the opening; none of a merged ticket.
    pub key: Option<String>,
    /// The links, if it has any.
    pub links: Option<Box<TicketLinks>>,
}

/// The links of a ticket, as its header states them.
#[derive(Clone, Debug, Default)]
pub(super) struct TicketLinks {
    /// The ticket it is merged into, and the entry of that merge.
    pub into: Option<(Id, Id)>,
    /// The tickets merged into it.
    pub from: Vec<Id>,
    /// The ticket it follows up.
    pub follows: Option<Id>,
    /// The lines of the header with links: their field, number from 1 and text.
    pub lines: Vec<(&'static str, usize, String)>,
}

/// Checks the bytes of a ticket file.
pub(super) fn check_ticket(path: &str, id: Id, bytes: &[u8], policy: &CheckPolicy) -> TicketCheck {
    let (ticket, is_canonical) = match yaml::read_with_canonical_flag(bytes, Some(id)) {
        Ok(read) => read,
        Err(damage) => return TicketCheck::damaged(id, with_line(damaged(path, &damage).of(id), bytes)),
    };
    let (facts, attachments) = (facts(&ticket, bytes), references(&ticket));
    let (mut checker, mut format) = (TicketChecker { path, findings: Vec::new() }, None);
    if ticket.format > FORMAT {
        let message = format!(
            "format {} is newer than {FORMAT}, the newest that this casebook reads: parts that it does not know were not checked",
            ticket.format
        );
        checker.add(&rules::FILE_NEWER, message, vec![name("format")]);
    } else if !is_canonical {
        format = check_format(path, bytes, &ticket).map(|finding| with_line(finding.of(id), bytes));
    }
    checker.check_people(&ticket, policy);
    checker.check_custom_fields(&ticket, policy);
    checker.check_history(ticket, policy);
    let mut findings = at_places(checker.findings, id, bytes);
    findings.extend(format);
    TicketCheck { id, findings, attachments, facts: Some(facts) }
}

/// The findings about a ticket so far, each with the part of the file that it is about.
struct TicketChecker<'a> {
    path: &'a str,
    findings: Vec<(Finding, Vec<PathElement>)>,
}

impl TicketChecker<'_> {
    /// Adds a finding about a part of the file.
    fn add(&mut self, rule: &'static Rule, message: String, place: Vec<PathElement>) {
        self.findings.push((Finding::new(rule, self.path, message), place));
    }

    /// Adds a finding about a field of an entry, which is given with its place in the history.
    fn add_in_entry(&mut self, rule: &'static Rule, message: String, (index, entry): (usize, Id), field: &str) {
        self.findings.push((Finding::new(rule, self.path, message).about(entry), in_entry(index, field)));
    }

    /// Checks that the organization has a file, and that the assignee is an agent.
    fn check_people(&mut self, ticket: &Ticket, policy: &CheckPolicy) {
        let header = &ticket.header;
        if let (Some(organization), Some(known)) = (&header.organization, &policy.organizations)
            && !known.contains(organization)
        {
            let message = format!("`{organization}` has no file in organizations/");
            self.add(&rules::ORGANIZATION_UNKNOWN, message, vec![name("organization")]);
        }
        let is_imported = ticket.opening().is_some_and(|opening| opening.imported_from.is_some());
        let was_assigned = || ticket.history.iter().any(|entry| matches!(entry.action, Action::Assign { .. }));
        if let Some(assignee) = header.assignee.as_ref().filter(|person| !policy.team.has_agent(person))
            && header.status != Status::Solved
            && (!is_imported || was_assigned())
        {
            let message = format!("`{assignee}` is not an agent of the desk");
            self.add(&rules::ASSIGNEE_UNKNOWN, message, vec![name("assignee")]);
        }
    }

    /// Checks the values of custom fields.
    fn check_custom_fields(&mut self, ticket: &Ticket, policy: &CheckPolicy) {
        for field in &policy.fields {
            let Some((name_of_field, value)) = ticket.header.fields.iter().find(|(name, _)| *name == field.name) else {
                continue;
            };
            if let Err(problem) = field.validate(value) {
                let message = format!("`fields.{name_of_field}`: {problem}");
                self.add(&rules::INVALID_CUSTOM_FIELD, message, vec![name("fields"), name(name_of_field)]);
            }
        }
    }

    /// Replays the history, validates each entry by the ones before it, and compares the header with the result.
    fn check_history(&mut self, ticket: Ticket, policy: &CheckPolicy) {
        // A reply that `resolve` has forwarded is not unread any more.
        let unread = unread_replies(&ticket);
        let same_key = entries_with_used_keys(&ticket);
        let header = ticket.header;
        let mut so_far: Option<Ticket> = None;
        for (index, entry) in ticket.history.into_iter().enumerate() {
            let violations = match &mut so_far {
                Some(so_far) => validate_entry(so_far, &entry, &policy.follow_up),
                None => validate_opening(&entry),
            };
            let is_open = |violation: &&HistoryViolation| {
                !matches!(violation, HistoryViolation::ReplyToMerged { .. }) || unread.contains(&entry.id)
            };
            for violation in violations.iter().filter(is_open) {
                let (rule, field, message) = for_violation(violation, &entry);
                self.add_in_entry(rule, message, (index, entry.id), field);
            }
            if let Some(key) = entry.key.as_ref().filter(|_| same_key.contains(&index)) {
                let message = format!("the entry {} has the same key as an earlier one, `{key}`", entry.id);
                self.add_in_entry(&rules::ENTRY_KEY, message, (index, entry.id), "key");
            }
            match &mut so_far {
                Some(so_far) => so_far.append(entry),
                None => so_far = Ticket::opened_by(entry),
            }
        }
        if let Some(replayed) = so_far.filter(|replayed| replayed.header != header)
            && let Some(field) = first_header_mismatch(&Ticket { header, ..replayed })
        {
            let message = format!("`{field}` in the header differs from the value that the history gives");
            self.add(&rules::HEADER_DIFFERS, message, vec![name(&field)]);
        }
    }
}

/// Returns the places of the entries with the key of an earlier one. A customer's entry may have the key of an internal
/// entry, because customers cannot know that it is used.
fn entries_with_used_keys(ticket: &Ticket) -> Vec<usize> {
    let mut by_key: HashMap<&str, Vec<&Entry>> = HashMap::new();
    let mut found = Vec::new();
    for (index, entry) in ticket.history.iter().enumerate() {
        let Some(key) = entry.key.as_deref() else { continue };
        let earlier = by_key.entry(key).or_default();
        if !earlier.is_empty() && !may_share_key(key, entry) {
            let internal = internal_entries(ticket);
            let is_hidden_from =
                |one: &Entry, other: &Entry| internal.contains(&one.id) && other.role == Role::Customer;
            if earlier.iter().any(|earlier| !is_hidden_from(earlier, entry) && !is_hidden_from(entry, earlier)) {
                found.push(index);
            }
        }
        earlier.push(entry);
    }
    found
}

/// Reports the first line that differs from the canonical format.
fn check_format(path: &str, bytes: &[u8], ticket: &Ticket) -> Option<Finding> {
    let text = std::str::from_utf8(bytes).ok()?;
    let printed = yaml::print(ticket);
    let mut actual_lines = text.split('\n');
    let mut line = 0;
    for canonical in printed.split('\n') {
        line += 1;
        let actual = actual_lines.next();
        if actual == Some(canonical) {
            continue;
        }
        let actual = actual.unwrap_or_default();
        let same = actual.chars().zip(canonical.chars()).take_while(|(a, b)| a == b).count();
        let message = match canonical {
            "" => "casebook would write an empty line here".to_owned(),
            canonical => format!("casebook would write `{}` here", text::shortened(canonical, SHOWN)),
        };
        return Some(Finding::new(&rules::FILE_SPELLING, path, message).at(line, same + 1));
    }
    let message = "casebook would end the file here".to_owned();
    Some(Finding::new(&rules::FILE_SPELLING, path, message).at(line, 1))
}

fn facts(ticket: &Ticket, bytes: &[u8]) -> CrossTicketFacts {
    let header = &ticket.header;
    let has_links = header.merged_into.is_some() || !header.merged_from.is_empty() || header.follow_up_of.is_some();
    CrossTicketFacts {
        entries: ticket.history.iter().map(|entry| entry.id).collect(),
        // Tickets that two clones opened for one alert are merged into one, which ends the matter.
        key: ticket.history.first().and_then(|entry| entry.key.clone()).filter(|_| header.merged_into.is_none()),
        links: has_links.then(|| Box::new(links(ticket, bytes))),
    }
}

/// Returns the links of a ticket.
pub(super) fn links(ticket: &Ticket, bytes: &[u8]) -> TicketLinks {
    let merges = |entry: &&Entry| matches!(entry.action, Action::Merge { .. });
    let merge = ticket.history.iter().rev().find(merges).map_or(ticket.id, |entry| entry.id);
    let header = &ticket.header;
    let lines = ["merged_into", "merged_from", "follow_up_of"].into_iter().filter_map(|name| {
        let has_name = |line: &[u8]| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":"));
        let index = bytes.split(|byte| *byte == b'\n').position(has_name)?;
        Some((name, index + 1, line_of(bytes, index + 1)?))
    });
    TicketLinks {
        into: header.merged_into.map(|target| (target, merge)),
        from: header.merged_from.clone(),
        follows: header.follow_up_of,
        lines: lines.collect(),
    }
}
