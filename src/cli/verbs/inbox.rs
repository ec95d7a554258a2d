//! The inbox, which `casebook` prints without a verb: the tickets that wait for the acting person.

use std::collections::{HashMap, HashSet};

use clap::Args;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::report::clocks::Clocks;
use crate::cli::session::Session;
use crate::cli::terminal::question::choose;
use crate::desk::{Desk, DeskView};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::query::Query;
use crate::domain::sla::due_item::DueItem;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::Status;
use crate::error::Error;
use crate::store::git::{GitError, WorkTreeState};
use crate::view::inbox::{InboxRow, InboxSection, render};
use crate::view::labels::catalog::{InboxLabels, fill};
use crate::view::sanitize::one_line;
use crate::view::table::Cell;
use crate::view::{Audience, colors, sla};

/// Print your inbox, as without a verb.
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct StatusArgs {}

impl StatusArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        run(session)
    }
}

/// The note that a command was interrupted.
pub(super) const INTERRUPTED: &str =
    "note: a command was interrupted; the next command that writes completes it or rolls it back";

/// The lines of the screen that are not for tickets: the person, the desk's state, the next command, the shell's prompt.
const OTHER_LINES: usize = 6;

/// Prints the inbox of the acting person, and the command that comes next.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, CliError> {
    let desk = session.desk()?;
    let view = session.view_of_lists(&desk)?;
    // git looks at the work tree meanwhile.
    let (found, state) = std::thread::scope(|scope| {
        let state = scope.spawn(|| view.work_tree_state());
        let found = view.query_by_urgency(&Query::default().unsolved());
        (found, state.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (found, state) = (found?, state_of(session, state));
    let clocks = session.clocks(&view, session.environment.now, true);
    session.look_up_names(&view, []);
    let audience = session.audience(&desk)?;
    let actor = session.actor()?;
    let inbox =
        Inbox { actor, view: &view, clocks: &clocks, audience: &audience, tickets: found.rows.iter().collect() };
    let sections = inbox.sections()?;
    let labels = &audience.catalog().inbox;
    let mut text = format!("{}\n", title(&desk, actor, &audience));
    let counts = [
        (state.unsent, audience.catalog().count(state.unsent, |counts| counts.unsent)),
        (state.uncommitted, audience.catalog().count(state.uncommitted, |counts| counts.uncommitted)),
    ];
    for (_, line) in counts.iter().filter(|(number, _)| *number > 0) {
        text.push_str(&format!("{line}\n"));
    }
    let lines = session.output.height().map(|height| height.saturating_sub(OTHER_LINES));
    text.push_str(&render(&sections, lines, &audience));
    text.push_str(&format!("\n{}\n", next_command(&sections, inbox.is_of_customer(), &state, labels)));
    session.output.print(&text)?;
    if view.has_interrupted_command() {
        session.output.warn(INTERRUPTED);
    }
    Ok(session.report_clock_errors(&clocks, session.report_unreadable(&found.unreadable)))
}

/// Asks for one of the unsolved tickets, those of the inbox first. Returns none if there is none.
pub(super) fn choose_ticket(session: &Session, desk: &Desk) -> Result<Option<Id>, CliError> {
    let view = session.view(desk)?;
    let found = view.query_by_urgency(&Query::default().unsolved())?;
    let clocks = session.clocks(&view, session.environment.now, true);
    let (audience, actor) = (session.audience(desk)?, session.actor()?);
    let mut inbox =
        Inbox { actor, view: &view, clocks: &clocks, audience: &audience, tickets: found.rows.iter().collect() };
    let sections = inbox.sections()?;
    let waiting: HashSet<Id> = sections.iter().flat_map(|section| &section.rows).map(|row| row.ticket.id).collect();
    inbox.tickets.sort_by_key(|ticket| !waiting.contains(&ticket.id));
    let short_ids = view.short_ids(inbox.tickets.iter().map(|ticket| ticket.id))?;
    let item = |(ticket, short_id): (&Summary, String)| {
        let status = audience.catalog().statuses.of(ticket.header.status);
        one_line(&format!("{short_id}  {status}  {}", ticket.header.subject)).into_owned()
    };
    let items: Vec<String> = inbox.tickets.iter().zip(short_ids).map(item).collect();
    Ok(if items.is_empty() { None } else { Some(inbox.tickets[choose("The ticket", &items, 0)?].id) })
}

/// Returns the number of commits that are not sent and of files that are not committed. The inbox is useful even if git
/// does not answer.
fn state_of(session: &Session, state: Result<WorkTreeState, Error>) -> WorkTreeState {
    state.unwrap_or_else(|error| {
        if matches!(error, Error::Git { refusal: GitError::Distrusted { .. } }) {
            CliError::from(error).print(session.wants_json);
        }
        WorkTreeState::default()
    })
}

/// Returns the line that says who the person is.
fn title(desk: &Desk, actor: Option<&Person>, audience: &Audience<'_>) -> String {
    let labels = &audience.catalog().inbox;
    let team = &desk.config().team;
    let label = match actor {
        None => labels.without_identity,
        Some(person) if team.has_manager(person) => labels.manager,
        Some(person) if team.has_agent(person) => labels.agent,
        Some(_) => labels.customer,
    };
    let person = actor.map(|person| one_line(&audience.person(person)).into_owned()).unwrap_or_default();
    fill(label, &[("person", &person), ("desk", &one_line(&desk.config().name))])
}

/// The unsolved tickets, and everything that decides where they belong.
struct Inbox<'a> {
    actor: Option<&'a Person>,
    view: &'a DeskView<'a>,
    audience: &'a Audience<'a>,
    /// The tickets, in the order of a list: escalated, due, priority, age.
    tickets: Vec<Summary>,
    clocks: &'a Clocks<'a>,
}

impl Inbox<'_> {
    /// Returns whether the acting person is a customer.
    fn is_of_customer(&self) -> bool {
        self.actor.is_some_and(|person| !self.view.desk().config().team.has_agent(person))
    }

    fn sections(&self) -> Result<Vec<InboxSection>, CliError> {
        if self.is_of_customer() { self.of_customer() } else { self.of_agent() }
    }

    fn of_agent(&self) -> Result<Vec<InboxSection>, CliError> {
        let labels = &self.audience.catalog().inbox;
        let is_mine = |ticket: &Summary| {
            ticket.header.assignee.as_ref().zip(self.actor).is_some_and(|(one, other)| one.same_address(other))
        };
        let is_open = |ticket: &Summary| ticket.header.status == Status::Open;
        let team = &self.view.desk().config().team;
        // A ticket of a person who has left the team waits for an agent too.
        let is_free =
            |ticket: &Summary| ticket.header.assignee.as_ref().is_none_or(|assignee| !team.has_agent(assignee));
        // A manager answers for what is escalated to them, and for what is escalated to no manager.
        let is_escalated = |ticket: &Summary| {
            let (escalation, actor) = (ticket.header.escalation.as_ref(), self.actor);
            escalation.zip(actor).is_some_and(|(escalation, actor)| match &escalation.manager {
                Some(manager) => manager.same_address(actor),
                None => team.has_manager(actor),
            })
        };
        let is_late = |ticket: &Summary| self.clocks.next(ticket).is_some_and(|clock| clock.is_overdue());
        let follow_ups = self.follow_ups();
        let follow_up = |ticket: &Summary| Some(Cell::styled(follow_ups.get(&ticket.id)?, colors::ALARM));
        let waits = |ticket: &Summary| is_mine(ticket) && ticket.header.status == Status::AwaitingReply;
        let is_over = |ticket: &Summary| {
            (is_mine(ticket) || is_free(ticket))
                && ticket
                    .header
                    .hold
                    .as_ref()
                    .is_some_and(|hold| hold.ended_at(self.audience.now, self.audience.zone).is_some())
        };
        let is_held_late =
            |ticket: &Summary| ticket.header.status == Status::OnHold && !is_over(ticket) && is_late(ticket);
        let is_yours =
            |ticket: &Summary| is_escalated(ticket) || is_mine(ticket) && (is_open(ticket) || is_held_late(ticket));
        let is_unassigned =
            |ticket: &Summary| !is_escalated(ticket) && is_free(ticket) && (is_open(ticket) || is_held_late(ticket));
        let waits = |ticket: &Summary| waits(ticket) && !is_escalated(ticket);
        let is_over = |ticket: &Summary| is_over(ticket) && !is_escalated(ticket);
        Ok(vec![
            self.section(labels.yours, "is:unsolved assignee:me", &is_yours, &|_| None)?,
            self.section(labels.unassigned, "is:unsolved assignee:none", &is_unassigned, &|_| None)?,
            self.section(labels.waiting, "status:awaiting_reply assignee:me", &waits, &|ticket| {
                Some(follow_up(ticket).unwrap_or_else(|| self.age(ticket)))
            })?,
            self.section(labels.hold_over, "status:on_hold", &is_over, &|ticket| Some(self.age(ticket)))?,
        ])
    }

    fn of_customer(&self) -> Result<Vec<InboxSection>, CliError> {
        let labels = &self.audience.catalog().inbox;
        // A customer who owns the clone sees all tickets.
        let is_theirs = |ticket: &Summary| {
            let Some(actor) = self.actor.filter(|_| self.view.sees_everything()) else { return true };
            ticket.header.requester.same_address(actor) || actor.is_in(&ticket.header.cc)
        };
        let waits = |ticket: &Summary| ticket.header.status == Status::AwaitingReply;
        let age = |ticket: &Summary| Some(self.age(ticket));
        Ok(vec![
            self.section(
                labels.your_turn,
                "status:awaiting_reply",
                &|ticket| waits(ticket) && is_theirs(ticket),
                &age,
            )?,
            self.section(
                labels.with_support,
                "status:open,on_hold",
                &|ticket| !waits(ticket) && is_theirs(ticket),
                &age,
            )?,
        ])
    }

    /// Returns the cell with the time since the last activity.
    fn age(&self, ticket: &Summary) -> Cell {
        Cell::plain(&self.audience.ago(ticket.last_activity_at))
    }

    /// Returns the section of the tickets that belong to it. Without a note of its own, a row has the time left.
    fn section(
        &self,
        heading: &'static str,
        query: &'static str,
        belongs: &dyn Fn(&Summary) -> bool,
        note: &dyn Fn(&Summary) -> Option<Cell>,
    ) -> Result<InboxSection, CliError> {
        let tickets: Vec<&Summary> = self.tickets.iter().filter(|ticket| belongs(ticket)).collect();
        let short_ids = self.view.short_ids(tickets.iter().map(|ticket| ticket.id))?;
        let due = |ticket: &Summary| match self.clocks.next(ticket) {
            Some(clock) => {
                let text = sla::due_text_in(&clock, self.audience.now, self.audience.catalog());
                Cell::styled(&text, sla::style(&clock))
            }
            None => self.age(ticket),
        };
        let row = |(ticket, short_id): (&&Summary, String)| InboxRow {
            ticket: (*ticket).clone(),
            short_id,
            note: note(ticket).unwrap_or_else(|| due(ticket)),
        };
        Ok(InboxSection { heading, query, rows: tickets.iter().zip(short_ids).map(row).collect() })
    }

    /// Returns the tickets of the person whose requester is due to be reminded, or who never answered, with the label of
    /// the step.
    fn follow_ups(&self) -> HashMap<Id, &'static str> {
        let waits = |ticket: &&Summary| {
            let assignee = ticket.header.assignee.as_ref().zip(self.actor);
            ticket.header.status == Status::AwaitingReply
                && assignee.is_some_and(|(one, other)| one.same_address(other))
        };
        let ids: Vec<Id> = self.tickets.iter().filter(waits).map(|ticket| ticket.id).collect();
        // An invalid policy is reported by the clocks, and by `sweep`.
        let due = self.view.due_items_of(&ids).unwrap_or_default();
        let labels = &self.audience.catalog().sweep;
        let label = |item: &DueItem| if item.as_str() == "solve" { labels.solve } else { labels.remind };
        let is_follow_up = |(_, item): &(Id, DueItem)| matches!(item, DueItem::FollowUp(_));
        due.into_iter().filter(is_follow_up).map(|(id, item)| (id, label(&item))).collect()
    }
}

/// Returns the line with the command that comes next.
fn next_command(sections: &[InboxSection], is_customer: bool, state: &WorkTreeState, labels: &InboxLabels) -> String {
    let first = |place: usize| sections.get(place)?.rows.first().map(|row| row.short_id.as_str());
    let command = match [first(0), first(1), first(2), first(3)] {
        [Some(id), ..] => format!("casebook reply {id}"),
        [_, Some(id), ..] if is_customer => format!("casebook show {id}"),
        [_, Some(id), ..] => format!("casebook assign {id} me"),
        [.., Some(id)] => format!("casebook resume {id}"),
        _ if state.unsent > 0 => "casebook sync".to_owned(),
        _ => return labels.nothing.to_owned(),
    };
    fill(labels.next, &[("command", &command)])
}
