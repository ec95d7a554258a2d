//! The result of a command that writes: notices, the recovery of interrupted commands, and the diff of a dry run.

use crate::cli::session::Session;
use crate::cli::terminal::shell::quoted;
use crate::desk::{Desk, GitNotes, Outcome, Recovery, RollbackReason};
use crate::domain::people::assignment::{Assignment, RelaxedRequirement};
use crate::domain::people::person::Person;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::format_size;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::vocabulary::Role;
use crate::domain::workflow::Notice;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::short_id::short_suffix;
use crate::view;
use crate::view::Audience;
use crate::view::entry::short_id;
use crate::view::labels::{count, format_value};
use crate::view::sanitize;

impl Session {
    /// Prints the result of a dry run: attachments, a diff, and the commit message.
    pub fn print_plan(&self, outcome: &Outcome) -> Result<(), Error> {
        let mut text = String::new();
        for attached in &outcome.attached {
            let (name, size) = (sanitize::one_line(&attached.attachment.name), format_size(attached.attachment.size));
            text.push_str(&format!("attachment: {name} ({size}) {}\n", attached.attachment.path()));
        }
        for change in &outcome.changes {
            let before = change.before.as_deref();
            text.push_str(&view::diff::unified(
                &change.path,
                before,
                &change.after,
                view::colors::ColorMode { is_colored: self.output.color },
            ));
        }
        if let Some(message) = &outcome.message {
            text.push_str(&format!("\ncommit message:\n\n{}", indented(message)));
        }
        if text.is_empty() {
            text.push_str("nothing would change\n");
        }
        self.output.print(&text)
    }

    /// Prints on standard error what happened to an earlier command that was interrupted, and the facts about git after this
    /// one. The latter are printed also if quiet.
    pub fn print_recovery(&self, desk: &Desk) {
        for line in desk.recovery().map(recovery_lines).unwrap_or_default() {
            self.output.warn(&sanitize::lines(&line));
        }
        let GitNotes { is_detached, printed, ignored } = desk.git_notes();
        self.print_hooks(printed);
        if *is_detached {
            self.output.error_line(
                "warning: HEAD is detached, so no branch contains the commit\n  `git switch -c BRANCH` makes one for it",
            );
        }
        if let Some(path) = ignored {
            self.output.error_line(&sanitize::lines(&format!(
                "warning: git ignores {path}, so no commit will contain it\n  `git check-ignore -v {}` prints the pattern",
                quoted(path.as_ref())
            )));
        }
    }

    /// Prints the output of hooks on standard error.
    pub fn print_hooks(&self, printed: &str) {
        if !printed.is_empty() {
            self.output.error_line(&sanitize::lines(printed));
        }
    }

    /// Prints the recovery and the notices of a command on standard error.
    pub fn print_notices(&self, desk: &Desk, outcome: &Outcome, key: Option<&str>) {
        self.print_recovery(desk);
        if outcome.changes.is_empty() {
            self.output.warn(&match key {
                Some(key) => format!("note: `{key}` is done already; this is its result"),
                None => "note: nothing to change; no entry was added".to_owned(),
            });
        }
        for (ticket, notice) in &outcome.notices {
            self.output.warn(&notice_text(&short_suffix(*ticket), notice));
        }
    }
}

/// Returns the notes about an earlier command that was interrupted, one per line.
pub(crate) fn recovery_lines(recovery: &Recovery) -> Vec<String> {
    match recovery {
        Recovery::Completed { subject, foreign } => {
            let mut lines = vec![format!("note: an interrupted command was completed: {subject}")];
            let left = |path| format!("warning: {path} was changed by another program since, and is left as it is");
            lines.extend(foreign.iter().map(left));
            lines
        }
        Recovery::Undone { subject, reason, kept } => {
            let mut lines = match reason {
                RollbackReason::Git(refusal) => vec![
                    format!("warning: an interrupted command was undone, because git refused it: {subject}"),
                    format!("  {}", git_output(refusal).replace('\n', "\n  ")),
                ],
                RollbackReason::Changed(paths) => vec![format!(
                    "warning: an interrupted command was undone, because another program changed {}: {subject}",
                    paths.join(", ")
                )],
            };
            lines.extend(kept.iter().map(|path| format!("  its text is kept in {}", path.display())));
            lines
        }
    }
}

/// Returns the status of a ticket after a command, with the status before it if that differs.
pub(crate) fn status_change(outcome: &Outcome, ticket: &Ticket) -> String {
    let first = outcome.entries.iter().find(|(id, _)| *id == ticket.id).and_then(|(_, entry)| ticket.entry(*entry));
    let now = ticket.header.status;
    match first.and_then(|first| first.from).filter(|from| *from != now) {
        Some(from) => format!("{from} -> {now}"),
        None => now.to_string(),
    }
}

/// Returns the sentence about the readers of a text, without its period.
pub(crate) const fn readers_phrase(internal: bool) -> &'static str {
    if internal { "Only support reads this text" } else { "Customers read this text" }
}

/// Returns the part of a confirmation that says who reads the text of support's last entry. It is empty without such a
/// text, and for a message, whose name says it.
pub(crate) fn text_readers(outcome: &Outcome, ticket: &Ticket) -> &'static str {
    let added = outcome.entries.iter().rev().find(|(id, _)| *id == ticket.id);
    let entry = added.and_then(|(_, entry)| ticket.entry(*entry));
    let has_choice = |entry: &&Entry| {
        entry.role == Role::Agent && entry.text.is_some() && entry.action.is_internal_by_default().is_some()
    };
    match entry.filter(has_choice) {
        Some(entry) if entry.internal => "  (internal text)",
        Some(entry) if !matches!(entry.action, Action::Reply { .. }) => "  (public text)",
        _ => "",
    }
}

/// Describes what a command did with a ticket: the change of the status, and every action that this does not tell.
pub(crate) fn done(outcome: &Outcome, ticket: &Ticket, audience: &Audience<'_>) -> String {
    let entries = outcome.entries.iter().filter(|(id, _)| *id == ticket.id).filter_map(|(_, id)| ticket.entry(*id));
    let status = status_change(outcome, ticket);
    let is_change = status.contains("->");
    let told = |entry: &&Entry| is_change && entry.to == Some(ticket.header.status);
    let untold = entries.filter(|entry| !told(entry));
    let mut changes: Vec<String> = untold.filter_map(|entry| describe(&entry.action, audience)).collect();
    if changes.is_empty() || is_change {
        changes.insert(0, status);
    }
    changes.join(", ")
}

/// Describes an action that leaves the status as it is.
fn describe(action: &Action, audience: &Audience<'_>) -> Option<String> {
    let signed = |add: Vec<&str>, remove: Vec<&str>| {
        let add = add.into_iter().map(|word| format!("+{word}"));
        add.chain(remove.into_iter().map(|word| format!("-{word}"))).collect::<Vec<_>>().join(" ")
    };
    match action {
        Action::Assign { assignee: Some(person) } => Some(format!("assigned to {}", audience.name(person))),
        Action::Assign { assignee: None } => Some("unassigned".to_owned()),
        Action::Prioritize { priority, was } => Some(format!("{was} → {priority}")),
        Action::Tag { add, remove } => {
            Some(signed(add.iter().map(String::as_str).collect(), remove.iter().map(String::as_str).collect()))
        }
        Action::Cc { add, remove } => {
            Some(signed(add.iter().map(Person::as_str).collect(), remove.iter().map(Person::as_str).collect()))
        }
        Action::Set { set, unset } => {
            let set = set.iter().map(|(field, value)| format!("{}={}", field.name(), format_value(value)));
            Some(set.chain(unset.iter().map(|field| format!("{}=", field.name()))).collect::<Vec<_>>().join(" "))
        }
        Action::Escalate { .. } => Some("escalated".to_owned()),
        Action::Deescalate { .. } => Some("escalation ended".to_owned()),
        Action::Remind { .. } => Some("reminded".to_owned()),
        Action::Reply { .. } => Some("replied".to_owned()),
        Action::Note { .. } => Some("note added".to_owned()),
        Action::Correct { entry, .. } => Some(format!("corrected {}", short_id(*entry))),
        Action::Redact { entry, .. } => Some(format!("redacted {}", short_id(*entry))),
        Action::Attach => Some("files attached".to_owned()),
        _ => None,
    }
}

fn git_output(refusal: &GitError) -> &str {
    match refusal {
        GitError::NotInstalled => "git was not found",
        GitError::Unanswered { .. } => "the remote did not answer",
        GitError::Locked { message: said }
        | GitError::Distrusted { message: said }
        | GitError::Refused { message: said } => said,
    }
}

fn notice_text(name: &str, notice: &Notice) -> String {
    match notice {
        Notice::DatedAhead { by, at } => format!(
            "warning: the last entry of {name}, by {by}, is dated {}, ahead of this machine's clock, and new entries must be later; correct the clock that is wrong",
            duration::format_instant(*at)
        ),
        Notice::EscalatedAfterPriority => {
            "warning: escalated right after a change of priority; the new priority may already be enough".to_owned()
        }
        Notice::EscalatedTo { manager, is_on_duty, response_due } => {
            let manager = manager.as_ref().map(|manager| match is_on_duty {
                true => format!("{manager} is on duty"),
                false => format!("it goes to {manager}"),
            });
            let due = response_due.map(|due| format!("a manager response is due by {}", duration::format_instant(due)));
            format!("note: {}", manager.into_iter().chain(due).collect::<Vec<_>>().join("; "))
        }
        Notice::EscalationStays { into, reason } => {
            let into = short_suffix(*into);
            format!(
                "note: {name} is escalated, but {into}, where the conversation continues, is not; \
                 `casebook escalate {into} --reason {reason} -m TEXT` escalates it"
            )
        }
        Notice::HoldEnded => {
            format!("note: {name} was on hold and is open now; `casebook hold {name} --reason REASON` holds it again")
        }
        Notice::Reopened => format!("note: {name} was solved and is open again"),
        Notice::RecordedOnTarget(target) => format!(
            "note: the ticket is merged; the reply is recorded on {}, where the conversation continues",
            short_suffix(*target)
        ),
        Notice::AttachedToMerged(target) => format!(
            "note: {name} is merged and keeps the files; `casebook reply {target} --attach FILE -m TEXT` adds files to {target}, where the conversation continues",
            target = short_suffix(*target)
        ),
        Notice::OpenedFollowUp(solved) => {
            format!("note: {} was solved too long ago to be reopened; {name} follows it up", short_suffix(*solved))
        }
        Notice::RecordedOnFollowUp(solved) => format!(
            "note: {} was solved too long ago to be reopened; the reply is recorded on {name}, which follows it up",
            short_suffix(*solved)
        ),
        Notice::NothingToOverride => "note: no rule had to be overridden; the override is not recorded".to_owned(),
        Notice::PriorityRequested(priority) => {
            format!("note: only an agent may change the priority; the request for {priority} is recorded as a reply")
        }
        Notice::UnknownProductGroup { given, known } => {
            format!("note: `{given}` is not a product group of this desk; known are {}", known.join(", "))
        }
        Notice::Assigned(assignment) => turn_text(assignment),
        Notice::AssigneeNotInTeam(person) => format!("warning: {person} is not in [team] of casebook.toml"),
    }
}

/// Returns the note about the agent whose turn it was, after one note for each requirement that was relaxed.
fn turn_text(assignment: &Assignment) -> String {
    let relaxed = assignment.relaxed.iter().map(|requirement| match requirement {
        RelaxedRequirement::Language => "note: no available agent writes the language of the ticket\n",
        RelaxedRequirement::Hours => "note: no available agent works at this time\n",
    });
    let turn = format!(
        "note: it is the turn of {}, with {}",
        assignment.person,
        count(assignment.unsolved, "unsolved ticket")
    );
    relaxed.chain([turn.as_str()]).collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
