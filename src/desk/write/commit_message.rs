//! Commit messages: a subject for people and trailers for programs (docs/decisions/0008-commits.md).

use crate::domain::calendar::HolidayList;
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{OrganizationRole, Role};
use crate::store::config::edit::{SettingChange, join_path};
use crate::store::short_id::short_suffix;

use crate::desk::OrganizationCommand;

/// The longest ticket subject in the subject of a commit, in characters; longer ones are cut.
const LONGEST_SUBJECT: usize = 60;
/// The largest number of tickets that a message names one by one.
const MOST_NAMED: usize = 20;

/// Returns the message for some entries, given with their tickets in the order in which they were added.
pub(crate) fn for_entries(entries: &[(&Ticket, &Entry)]) -> String {
    let Some((ticket, entry)) = entries.first() else { return String::new() };
    let others = entries[1..].iter().filter(|(_, entry)| !is_counterpart(&entry.action)).count();
    let subject = match others {
        _ if entry.role == Role::System => sweep_subject(entries),
        0 => subject(ticket, entry),
        others => format!("{} and {others} more", subject(ticket, entry)),
    };
    format!("{subject}\n\n{}", trailers(entries))
}

/// Returns the trailers of some entries.
fn trailers(entries: &[(&Ticket, &Entry)]) -> String {
    let of = |(ticket, entry): &(&Ticket, &Entry)| {
        format!("Ticket: {}\nEntry: {}\nAction: {}\n", ticket.id, entry.id, entry.action.as_str())
    };
    entries.iter().map(of).collect()
}

/// Returns the subject for a sweep: the numbers of entries, or the subject of the only entry.
fn sweep_subject(entries: &[(&Ticket, &Entry)]) -> String {
    if let [(ticket, entry)] = entries {
        return format!("Sweep: {}", subject(ticket, entry));
    }
    let reminders = entries.iter().filter(|(_, entry)| matches!(entry.action, Action::Remind { .. })).count();
    match entries.len() - reminders {
        0 => format!("Sweep: remind {reminders}"),
        solved if reminders == 0 => format!("Sweep: solve {solved}"),
        solved => format!("Sweep: remind {reminders}, solve {solved}"),
    }
}

/// Returns the message for imported tickets.
pub(crate) fn for_import(tickets: &[Ticket]) -> String {
    let system = tickets.first().and_then(|ticket| ticket.opening()?.imported_from.as_deref()).unwrap_or("elsewhere");
    let plural = if tickets.len() == 1 { "" } else { "s" };
    let subject = format!("Import {} ticket{plural} from {}", tickets.len(), one_line(system));
    format!("{subject}\n\n{}Action: import\n", named(tickets))
}

/// Returns the message for tickets whose files were repaired.
pub(crate) fn for_repair(tickets: &[Ticket]) -> String {
    let subject = match tickets {
        [ticket] => format!("Repair {}: {}", short_suffix(ticket.id), quoted(ticket)),
        _ => format!("Repair {} tickets", tickets.len()),
    };
    format!("{subject}\n\n{}Action: mend\n", named(tickets))
}

/// Returns the trailers that name some tickets, unless there are many.
fn named(tickets: &[Ticket]) -> String {
    let few = Some(tickets).filter(|tickets| tickets.len() <= MOST_NAMED);
    few.into_iter().flatten().map(|ticket| format!("Ticket: {}\n", ticket.id)).collect()
}

/// Returns the message for an organization that was made or changed, and the entries added with the change.
pub(crate) fn for_organization(entries: &[(&Ticket, &Entry)], command: &OrganizationCommand) -> String {
    let id = one_line(&command.id);
    let subject = match command.changes.as_slice() {
        _ if command.is_new => format!("Make organization {id}"),
        [OrganizationChange::AddPerson(member)] if member.roles.is_empty() => {
            format!("Add {} to organization {id}", member.email)
        }
        [OrganizationChange::AddPerson(member)] => {
            format!("Make {} {} of organization {id}", member.email, listed(&member.roles))
        }
        [OrganizationChange::RemovePerson(person, roles)] if roles.is_empty() => {
            format!("Remove {person} from organization {id}")
        }
        [OrganizationChange::RemovePerson(person, roles)] => {
            format!("Take {} of organization {id} from {person}", listed(roles))
        }
        [OrganizationChange::Access(person, Some(_))] => format!("Grant {person} access to organization {id}"),
        [OrganizationChange::Access(person, None)] => format!("Revoke the access of {person} to organization {id}"),
        _ => format!("Change organization {id}"),
    };
    format!("{}\n\n{}Organization: {id}\n", one_line(&subject), trailers(entries))
}

/// Returns the message for a holiday list.
pub(crate) fn for_holiday_list(name: &str, list: &HolidayList) -> String {
    format!("List holidays: {}\n\nCalendar: {name}\nAction: calendar-import\n", one_line(&list.title))
}

/// Returns the message for changed settings.
pub(crate) fn for_settings(changes: &[SettingChange]) -> String {
    let subject = match changes {
        [SettingChange::Set { path, .. }] => format!("Set {}", join_path(path)),
        [SettingChange::Unset { path }] => format!("Unset {}", join_path(path)),
        [SettingChange::Add { text, .. }, ..] => format!("Add {text} to the team"),
        [.., SettingChange::Remove { text, .. }] => format!("Remove {text} from the team"),
        _ => "Change settings".to_owned(),
    };
    format!("{}\n\nAction: config\n", one_line(&subject))
}

fn listed(roles: &[OrganizationRole]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

/// Returns the trailer that names a person who acts and is not git's author.
pub(crate) fn on_behalf_of(person: &str) -> String {
    format!("On-behalf-of: {}\n", one_line(person))
}

/// Returns whether an entry is the counterpart of another entry of the same command.
fn is_counterpart(action: &Action) -> bool {
    matches!(action, Action::Merged { .. } | Action::Unmerged { .. } | Action::Forward { .. })
}

fn subject(ticket: &Ticket, entry: &Entry) -> String {
    let verb = match &entry.action {
        Action::Open(_) => "Open".to_owned(),
        Action::Reply { .. } => "Reply to".to_owned(),
        Action::Note { .. } => "Note on".to_owned(),
        Action::Attach => "Attach to".to_owned(),
        Action::Remind { .. } => "Remind".to_owned(),
        Action::Merge { into, .. } => {
            return format!("Merge {} into {}: {}", short_suffix(ticket.id), short_suffix(*into), quoted(ticket));
        }
        Action::Prioritize { priority, was } => {
            return format!("Prioritize {} {was} -> {priority}: {}", short_suffix(ticket.id), quoted(ticket));
        }
        Action::Assign { assignee: Some(person) } => {
            return format!("Assign {} to {}: {}", short_suffix(ticket.id), one_line(person.as_str()), quoted(ticket));
        }
        Action::Assign { assignee: None } => "Unassign".to_owned(),
        Action::Deescalate { .. } => "De-escalate".to_owned(),
        Action::Set { .. } => "Set fields of".to_owned(),
        Action::Cc { .. } => "Change cc of".to_owned(),
        Action::Correct { entry, .. } => format!("Correct {} of", short_suffix(*entry)),
        Action::Redact { entry, .. } => format!("Redact {} of", short_suffix(*entry)),
        other => capitalized(other.as_str()),
    };
    let change = match (entry.from, entry.to) {
        (Some(from), Some(to)) if from != to => format!(" ({from} -> {to})"),
        _ => String::new(),
    };
    format!("{verb} {}: {}{change}", short_suffix(ticket.id), quoted(ticket))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn quoted(ticket: &Ticket) -> String {
    let subject = one_line(&ticket.header.subject);
    match subject.char_indices().nth(LONGEST_SUBJECT) {
        Some((end, _)) => format!("{}…", subject[..end].trim_end()),
        None => subject,
    }
}

/// Replaces control characters and line separators by blanks, so that a subject can never add a trailer.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}
