//! The replay of a history: the only way in which a header changes.
//!
//! Replay is total and deterministic. The merge of two clones can produce a history that the workflow does not allow;
//! replaying it does not fail. A merged ticket stays solved until it is unmerged, whatever else was written to it
//! (docs/format.md#merging-clones).

use super::action::Action;
use super::entry::Entry;
use super::header_field::HeaderField;
use super::{Escalation, Header};
use crate::domain::people::person::Person;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::{Resolution, Status};

/// Returns the header that results from a history; `None` if the first entry is not an opening.
pub fn replay(history: &[Entry]) -> Option<Header> {
    let (first, rest) = history.split_first()?;
    let Action::Open(opening) = &first.action else {
        return None;
    };
    let mut header = Header::opened(opening);
    rest.iter().for_each(|entry| apply(&mut header, entry));
    Some(header)
}

/// Applies one entry to the header.
pub fn apply(header: &mut Header, entry: &Entry) {
    if let Action::Reopen { unmerge: true, .. } = entry.action {
        header.merged_into = None;
    }
    if let Some(to) = entry.to {
        move_to(header, to);
    }
    match &entry.action {
        Action::Hold(hold) if header.status == Status::OnHold => header.hold = Some(hold.clone()),
        Action::Solve(solution) if header.status == Status::Solved && header.merged_into.is_none() => {
            header.resolution = Some(solution.resolution());
        }
        Action::Merge { into, .. } => {
            header.merged_into = None;
            move_to(header, Status::Solved);
            header.resolution = Some(Resolution::Merged);
            header.merged_into = Some(*into);
        }
        Action::Merged { source, cc } => {
            if !header.merged_from.contains(source) {
                header.merged_from.push(*source);
            }
            add_people(&mut header.cc, cc);
        }
        Action::Unmerged { source, cc } => {
            header.merged_from.retain(|id| id != source);
            header.cc.retain(|person| !person.is_in(cc));
        }
        Action::Escalate { reason, manager } => {
            header.escalation = Some(Escalation { reason: *reason, manager: manager.clone(), since: entry.at });
        }
        Action::Deescalate { .. } => header.escalation = None,
        Action::Prioritize { priority, .. } => header.priority = *priority,
        Action::Assign { assignee } => header.assignee.clone_from(assignee),
        Action::Cc { add, remove } => {
            header.cc.retain(|person| !person.is_in(remove));
            add_people(&mut header.cc, add);
        }
        Action::Tag { add, remove } => {
            header.tags.retain(|tag| !remove.contains(tag));
            for tag in add.iter().filter(|tag| !header.tags.contains(tag)).cloned().collect::<Vec<_>>() {
                header.tags.push(tag);
            }
        }
        Action::Redact { subject: Some(subject), .. } => header.subject.clone_from(subject),
        Action::Set { set, unset } => {
            set.iter().for_each(|(field, value)| set_header_field(header, field, Some(value)));
            unset.iter().for_each(|field| set_header_field(header, field, None));
        }
        _ => {}
    }
}

/// Changes the status, and removes the fields that belong to the old one. Does not change a merged ticket.
fn move_to(header: &mut Header, to: Status) {
    if header.merged_into.is_some() {
        return;
    }
    header.status = to;
    if to != Status::OnHold {
        header.hold = None;
    }
    if to != Status::Solved {
        header.resolution = None;
    }
}

fn add_people(people: &mut Vec<Person>, more: &[Person]) {
    for person in more {
        if !person.is_in(people) {
            people.push(person.clone());
        }
    }
}

pub(crate) fn set_header_field(header: &mut Header, field: &HeaderField, value: Option<&Value>) {
    match (field, value) {
        (HeaderField::Field(name), _) => set_field(&mut header.fields, name, value),
        (HeaderField::Named(name), Some(Value::String(text))) => header.assign(name, Some(text)),
        (HeaderField::Named(name), _) => header.assign(name, None),
    }
}

/// Sets or removes a custom field; the fields stay sorted by name.
fn set_field(fields: &mut Fields, name: &str, value: Option<&Value>) {
    fields.retain(|(candidate, _)| candidate != name);
    if let Some(value) = value {
        let index = fields.partition_point(|(candidate, _)| candidate.as_str() < name);
        fields.insert(index, (name.to_owned(), value.clone()));
    }
}
