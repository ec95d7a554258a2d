//! The end of every verb that writes: hand the steps to the one door, then tell what it did.

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use super::Exit;
use super::args::text_input::TextInput;
use super::args::{CommitFlags, ConditionFlags, TicketFlags, WriteFlags};
use super::error::CliError;
use super::error::refusal;
use super::session::{Session, variable};
use super::verbs::show;
use crate::desk::{ActionRequest, Command, Desk, Outcome, Recovery, RollbackReason, TicketCommand, WriteOptions};
use crate::domain::id::Id;
use crate::domain::people::assignment::{Assignment, RelaxedRequirement};
use crate::domain::people::person::Person;
use crate::domain::people::visibility::customer_view;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::format_size;
use crate::domain::time::duration;
use crate::domain::workflow::Notice;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::layout;
use crate::store::layout::short_suffix;
use crate::store::yaml;
use crate::view;

/// Whether a verb can do without words.
pub(crate) enum TextRequirement<'a> {
    /// It can.
    Optional,
    /// It cannot; what the editor says they are about.
    Needed(&'a str),
}

impl TicketFlags {
    /// Does one thing to the ticket, whatever `action` makes of it.
    pub(crate) fn run_write(
        self,
        session: &Session,
        words: &TextRequirement<'_>,
        action: impl FnOnce(&Desk, Id) -> Result<Action, CliError>,
    ) -> Result<Exit, CliError> {
        self.run_write_as(session, words, |casebook, id| Ok(ActionRequest::on(id, action(casebook, id)?, None)))
    }

    /// The same for a step that says more than an action.
    pub(crate) fn run_write_as(
        self,
        session: &Session,
        words: &TextRequirement<'_>,
        step: impl FnOnce(&Desk, Id) -> Result<ActionRequest, CliError>,
    ) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let id = casebook.read().find(&self.ticket.ticket, session.actor()?)?;
        let step = self.conditions.on(step(&casebook, id)?);
        let typed = match words {
            TextRequirement::Optional => self.text.optional()?,
            TextRequirement::Needed(about) => {
                self.text.required(casebook.state(), &format!("{about}\nTicket {id}."))?
            }
        };
        session.run_write(casebook, vec![step], &self.write, typed, &ResultStyle::One)
    }
}

/// How the tickets of a command are told.
pub(crate) enum ResultStyle {
    /// One ticket: an object.
    One,
    /// Verbs on several tickets: an array.
    Several,
    /// A ticket just opened: told in full.
    Opened,
}

impl Session {
    /// The terms of a command, by the person who acts.
    pub fn write_options(&self, flags: &CommitFlags) -> Result<WriteOptions, CliError> {
        let by = self.actor()?.cloned().ok_or(Error::NoIdentity)?;
        Ok(WriteOptions { dry_run: flags.dry_run, commit: flags.wants_commit(), ..self.write_options_for(by) })
    }

    /// The terms of a command by a person, as the desk's policy has them.
    pub fn write_options_for(&self, by: Person) -> WriteOptions {
        WriteOptions {
            by,
            on_behalf: self.actor_was_named(),
            git_author: variable("GIT_AUTHOR_EMAIL"),
            dry_run: false,
            commit: None,
        }
    }

    /// Carries out steps and tells what they did. Words that exist nowhere else are kept if nothing is done.
    pub fn run_write(
        &self,
        casebook: Desk,
        steps: Vec<ActionRequest>,
        flags: &WriteFlags,
        typed: TextInput,
        telling: &ResultStyle,
    ) -> Result<Exit, CliError> {
        self.run_write_in(
            casebook,
            steps,
            |steps| Command::Ticket(TicketCommand::Requests(steps)),
            flags,
            typed,
            telling,
        )
    }

    /// The same for steps that are part of some work.
    pub fn run_write_in(
        &self,
        mut casebook: Desk,
        mut steps: Vec<ActionRequest>,
        work: impl FnOnce(Vec<ActionRequest>) -> Command,
        flags: &WriteFlags,
        typed: TextInput,
        telling: &ResultStyle,
    ) -> Result<Exit, CliError> {
        show::refuse_unknown_fields(flags.json.as_deref())?;
        if show::lists_fields(flags.json.as_deref()) {
            return show::list_fields(&self.output);
        }
        for step in &mut steps {
            step.text.clone_from(&typed.text);
            step.key.clone_from(&flags.key);
        }
        let done = self.write_options(&flags.end).and_then(|terms| Ok(casebook.perform(work(steps), &terms)?));
        let report = match done {
            Ok(report) => report,
            Err(mut complaint) => {
                if let Some(recovery) = casebook.recovery() {
                    complaint.beside = recovery_words(recovery);
                }
                let is_lost = typed.is_only_copy
                    || complaint.exit == Exit::Git
                    || (refusal::is_of_eligibility(complaint.code) && !typed.is_in_a_file);
                if let Some(text) = typed.text.filter(|_| is_lost && !flags.end.dry_run) {
                    let name = self.world.now.format("%Y%m%dT%H%M%S%3fZ").to_string();
                    let kept = casebook.state().save_text(&name, text.as_str()).ok();
                    complaint.kept = kept.or_else(|| keep_elsewhere(text.as_str()));
                    complaint.unkept = complaint.kept.is_none().then(|| text.as_str().to_owned());
                }
                return Err(complaint);
            }
        };
        self.print_extra_files(&casebook, &report, flags.key.as_deref());
        let told = if flags.end.dry_run && flags.json.is_none() {
            let is_customer = self.viewer(&casebook)? == view::Viewer::Customer;
            let theirs = is_customer.then(|| for_customers(report.clone()));
            self.print_plan(theirs.as_ref().unwrap_or(&report)).map_err(CliError::from)
        } else {
            self.print_outcome(&casebook, &report, flags, telling)
        };
        match told {
            // A command that fails has changed nothing, so one that is done does not fail for want of words.
            Err(complaint) if !flags.end.dry_run => self.output.error_line(&view::sanitize::lines(&format!(
                "warning: it is done, and could not be told: {}\n  `casebook log` shows what was done; do not do it again",
                complaint.message
            ))),
            told => told?,
        }
        Ok(Exit::Done)
    }

    /// What a dry run would do: a diff and the commit message.
    pub fn print_plan(&self, report: &Outcome) -> Result<(), Error> {
        let mut told = String::new();
        for attached in &report.attached {
            let (name, size) = (view::sanitize::one_line(&attached.what.name), format_size(attached.what.size));
            told.push_str(&format!("attachment: {name} ({size}) {}\n", attached.what.path()));
        }
        for change in &report.changes {
            let before = change.before.as_deref();
            told.push_str(&view::diff::unified(
                &change.path,
                before,
                &change.after,
                view::colors::ColorMode { is_colored: self.output.colour },
            ));
        }
        if let Some(message) = &report.message {
            told.push_str(&format!("\ncommit message:\n\n{}", indented(message)));
        }
        if told.is_empty() {
            told.push_str("nothing would change\n");
        }
        self.output.print(&told)
    }

    fn print_outcome(
        &self,
        casebook: &Desk,
        report: &Outcome,
        flags: &WriteFlags,
        telling: &ResultStyle,
    ) -> Result<(), CliError> {
        if flags.json.is_some() {
            let fields = flags.json.as_deref();
            let tickets = show::ticket_json(self, casebook, &report.tickets, fields)?;
            let told = match telling {
                ResultStyle::Several => Value::Array(tickets),
                _ => tickets.into_iter().next().unwrap_or(Value::Null),
            };
            return Ok(self.output.json(&told)?);
        }
        for ticket in &report.tickets {
            match telling {
                ResultStyle::Opened if self.output.quiet => self.output.print(&format!("{}\n", ticket.id))?,
                ResultStyle::Opened => {
                    let clocks = self.clocks(casebook, self.world.now, true);
                    self.output.print(&show::render_ticket(self, casebook, ticket, &clocks)?)?;
                }
                _ => {
                    let name = if self.output.is_terminal { short_suffix(ticket.id) } else { ticket.id.to_string() };
                    let subject = view::sanitize::one_line(&ticket.header.subject);
                    let status = moved(report, ticket);
                    self.output.status(&format!("{name}  {status}  {subject}"))?;
                }
            }
        }
        Ok(())
    }

    /// What became of a command that had been interrupted, on standard error.
    pub fn print_recovery(&self, casebook: &Desk) {
        for words in casebook.recovery().map(recovery_words).unwrap_or_default() {
            self.output.warn(&view::sanitize::lines(&words));
        }
    }

    /// What is worth knowing beside the result, on standard error.
    pub fn print_extra_files(&self, casebook: &Desk, report: &Outcome, key: Option<&str>) {
        self.print_recovery(casebook);
        if report.changes.is_empty() {
            self.output.warn(&match key {
                Some(key) => format!("note: `{key}` is done already; this is its result"),
                None => "note: nothing to change; no entry was made".to_owned(),
            });
        }
        for (ticket, notice) in &report.notices {
            self.output.warn(&notice_words(&short_suffix(*ticket), notice));
        }
    }
}

/// What became of a command that had been interrupted, line by line.
fn recovery_words(recovery: &Recovery) -> Vec<String> {
    match recovery {
        Recovery::Completed { what, foreign } => {
            let mut words = vec![format!("note: a command that was interrupted is done now: {what}")];
            let left = |path| format!("warning: {path} was changed by somebody else since, and is left as it is");
            words.extend(foreign.iter().map(left));
            words
        }
        Recovery::Undone { what, why, kept } => {
            let mut words = match why {
                RollbackReason::Git(refusal) => vec![
                    format!("warning: a command that was interrupted is undone, since git refused it: {what}"),
                    format!("  {}", said(refusal).replace('\n', "\n  ")),
                ],
                RollbackReason::Changed(paths) => vec![format!(
                    "warning: a command that was interrupted is undone, since somebody has changed {} since: {what}",
                    paths.join(", ")
                )],
            };
            words.extend(kept.iter().map(|path| format!("  its text is kept in {}", path.display())));
            words
        }
    }
}

/// The status a command found a ticket in and the one it left it in, where they differ.
fn moved(report: &Outcome, ticket: &Ticket) -> String {
    let first = report.entries.iter().find(|(id, _)| *id == ticket.id).and_then(|(_, entry)| ticket.entry(*entry));
    let now = ticket.header.status;
    match first.and_then(|first| first.from).filter(|from| *from != now) {
        Some(from) => format!("{from} -> {now}"),
        None => now.to_string(),
    }
}

/// Keeps a text among the machine's temporary files, for its owner alone, where the desk's disk has no place for it.
fn keep_elsewhere(text: &str) -> Option<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("casebook-").suffix(".txt").tempfile().ok()?;
    file.write_all(text.as_bytes()).ok()?;
    file.keep().ok().map(|(_, path)| path)
}

fn said(refusal: &GitError) -> &str {
    match refusal {
        GitError::NotInstalled => "git was not found",
        GitError::Unanswered { .. } => "the remote did not answer",
        GitError::Locked { said } | GitError::Refused { said } => said,
    }
}

fn notice_words(name: &str, notice: &Notice) -> String {
    match notice {
        Notice::EscalatedAfterPriority => {
            "warning: escalated right after a change of priority; the new priority may already bring what is needed"
                .to_owned()
        }
        Notice::EscalatedTo { manager, is_on_duty, response_due } => {
            let who = manager.as_ref().map(|manager| match is_on_duty {
                true => format!("{manager} is on duty"),
                false => format!("it goes to {manager}"),
            });
            let until =
                response_due.map(|due| format!("the manager response is due by {}", duration::format_instant(due)));
            format!("note: {}", who.into_iter().chain(until).collect::<Vec<_>>().join("; "))
        }
        Notice::EscalationStays { into, reason } => {
            let into = short_suffix(*into);
            format!(
                "note: {name} is escalated and {into}, where the conversation goes on, is not; \
                 `casebook escalate {into} --reason {reason} -m WHY` escalates it"
            )
        }
        Notice::HoldEnded => {
            format!("note: {name} was on hold and is open now; `casebook hold {name} --reason REASON` holds it again")
        }
        Notice::Reopened => format!("note: {name} was solved and is open again"),
        Notice::RecordedOnTarget(target) => format!(
            "note: the ticket is merged; the reply is recorded on {}, where the conversation goes on",
            short_suffix(*target)
        ),
        Notice::AttachedToMerged(target) => format!(
            "note: {name} is merged and keeps the files; `casebook reply {target} --attach FILE -m TEXT` brings files to {target}, where the conversation goes on",
            target = short_suffix(*target)
        ),
        Notice::OpenedFollowUp(solved) => {
            format!("note: {} was solved too long ago to be reopened; {name} follows it up", short_suffix(*solved))
        }
        Notice::RecordedOnFollowUp(solved) => format!(
            "note: {} was solved too long ago to be reopened; the reply is recorded on {name}, where that goes on",
            short_suffix(*solved)
        ),
        Notice::NothingToOverride => "note: nothing was against opening it; the override is not recorded".to_owned(),
        Notice::PriorityRequested(priority) => {
            format!("note: the priority is support's to change; that {priority} is asked for is recorded as a reply")
        }
        Notice::UnknownProductGroup { given, known } => {
            format!("note: `{given}` is no product group of this desk; known are {}", known.join(", "))
        }
        Notice::Assigned(chosen) => turn_words(chosen),
        Notice::AssigneeNotInTeam(person) => format!("warning: {person} is not in [team] of casebook.toml"),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

impl ConditionFlags {
    /// Puts the conditions on a step.
    pub fn on(&self, step: ActionRequest) -> ActionRequest {
        ActionRequest { if_status: self.if_status, if_version: self.if_version.clone(), ..step }
    }
}

/// Whose turn it was, and what was looked away from.
fn turn_words(chosen: &Assignment) -> String {
    let waived = chosen.relaxed.iter().map(|waived| match waived {
        RelaxedRequirement::Language => "note: nobody left writes the language of the ticket\n",
        RelaxedRequirement::Hours => "note: nobody left works at this time\n",
    });
    let plural = if chosen.unsolved == 1 { "ticket" } else { "tickets" };
    let turn = format!("note: it is the turn of {}, with {} unsolved {plural}", chosen.person, chosen.unsolved);
    waived.chain([turn.as_str()]).collect()
}

/// What customers are shown of a plan: tickets as they have them, since the lines around a change may be a note's.
fn for_customers(mut report: Outcome) -> Outcome {
    let shown = |text: &str| {
        let ticket = yaml::read(text.as_bytes(), None).ok();
        ticket.map(|ticket| yaml::print(&customer_view(ticket))).unwrap_or_default()
    };
    // Whether there was one tells whether anybody has attached anything.
    report.changes.retain(|change| change.path != layout::ATTACHMENT_ATTRIBUTES);
    for change in report.changes.iter_mut().filter(|change| change.path.starts_with(layout::TICKETS)) {
        change.before = change.before.as_deref().map(shown);
        change.after = shown(&change.after);
    }
    report
}
