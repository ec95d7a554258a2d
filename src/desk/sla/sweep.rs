//! The sweep (docs/follow-up.md#sweeping): due follow-ups, overdue manager responses and ended holds. The program carries
//! out the follow-ups by itself.
//!
//! Due follow-ups are found twice: without the lock to list them, and again with the lock to carry them out, so that of two
//! sweeps at once the later one finds nothing.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::query::{Condition, Predicate, Query};
use crate::domain::sla::clock::Clock;
use crate::domain::sla::due_item::DueItem;
use crate::domain::sla::follow_up::{self, FollowUpStep, NextFollowUp, NoFollowUp};
use crate::domain::sla::follow_up_policy::{FollowUpPolicy, TimeBasis};
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Hold, Ticket};
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::reminder_texts::{ReminderKind, ReminderTexts, ReminderVars};
use crate::store::config::{ConfigError, Settings};
use crate::store::short_id::short_suffix;

use crate::desk::write::transaction::Transaction;
use crate::desk::{ActionRequest, Desk, DeskView, SlaPolicy, TicketList, UnreadableFile};

/// The result of looking for due items.
#[derive(Clone, Debug)]
pub struct DueItems {
    /// The items with the summaries of their tickets, the one due longest first. A ticket with two items occurs twice.
    pub tickets: Vec<(Summary, DueItem)>,
    /// The files that could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

impl DeskView<'_> {
    /// Returns what is due on the tickets that a query matches.
    ///
    /// # Errors
    /// As [`Self::query_tickets`], and invalid plans or calendars.
    pub fn due_items(&self, query: &Query) -> Result<DueItems, Error> {
        let (policy, now) = (self.desk.policy().sla()?, self.desk.environment.now);
        let zone = self.desk.policy().zone()?;
        let follow_up = self.desk.policy().settings(Settings::follow_up)?;
        let waiting = Predicate::Status(vec![Status::AwaitingReply, Status::OnHold, Status::Open]);
        let mut query = query.clone();
        query.conditions.push(Condition { negated: false, predicate: waiting });
        let may_be_due = |summary: &Summary| {
            let header = &summary.header;
            let is_over = |hold: &Hold| hold.ended_at(now, &zone).is_some();
            let is_held_too_long = header.hold.as_ref().is_some_and(is_over);
            header.status == Status::AwaitingReply || header.escalation.is_some() || is_held_too_long
        };
        let keep = |ticket: Ticket| {
            let items = self.items_of(&ticket, &policy, follow_up, &zone);
            (!items.is_empty()).then(|| (Summary::from(&ticket), items))
        };
        let TicketList { tickets, unreadable } = self.query_tickets(&query, None, &may_be_due, keep)?;
        let each =
            |(summary, items): (Summary, Vec<DueItem>)| items.into_iter().map(move |item| (summary.clone(), item));
        let mut tickets: Vec<_> = tickets.into_iter().flat_map(each).collect();
        tickets.sort_by_key(|(summary, item)| (item.due_at(), summary.id));
        Ok(DueItems { tickets, unreadable })
    }

    /// Returns what is due on some tickets. A ticket that cannot be read is left out.
    ///
    /// # Errors
    /// The plans, calendars or follow-up settings are invalid.
    pub fn due_items_of(&self, ids: &[Id]) -> Result<Vec<(Id, DueItem)>, Error> {
        let policy = self.desk.policy().sla()?;
        let follow_up = self.desk.policy().settings(Settings::follow_up)?;
        let zone = self.desk.policy().zone()?;
        let tickets = ids.iter().filter_map(|id| self.ticket(*id).ok());
        let items = |ticket: Ticket| {
            let items = self.items_of(&ticket, &policy, follow_up, &zone);
            items.into_iter().map(move |item| (ticket.id, item))
        };
        Ok(tickets.flat_map(items).collect())
    }

    /// Returns what is due on a ticket. Manager responses are internal to support.
    fn items_of(
        &self,
        ticket: &Ticket,
        policy: &SlaPolicy<'_>,
        follow_up: &FollowUpPolicy,
        zone: &Zone,
    ) -> Vec<DueItem> {
        let now = self.desk.environment.now;
        let mut items = Vec::new();
        if ticket.header.escalation.is_some() && self.sees_everything() {
            let clocks = policy.manager_responses(ticket, &self.desk.config.team, now);
            items.extend(clocks.into_iter().filter(Clock::is_overdue).map(DueItem::ManagerResponse));
        }
        let ended = ticket.header.hold.as_ref().and_then(|hold| hold.ended_at(now, zone));
        items.extend(ended.map(|until| DueItem::HoldEnded { until }));
        items.extend(due_follow_up(self.desk, ticket, policy, follow_up).map(DueItem::FollowUp));
        items
    }
}

/// Returns the follow-up that is due on a ticket now, if there is one.
fn due_follow_up(
    desk: &Desk,
    ticket: &Ticket,
    policy: &SlaPolicy<'_>,
    follow_up: &FollowUpPolicy,
) -> Option<NextFollowUp> {
    let now = desk.environment.now;
    let is_business = follow_up.counts == TimeBasis::Business;
    let hours = if is_business { policy.follow_up_hours(desk, &ticket.header) } else { None };
    follow_up::next(ticket, follow_up, hours, now).ok().filter(|next| next.due_at <= now)
}

/// Returns the next follow-up by a person, who may also remind the requester of a ticket that sweeps leave out.
///
/// # Errors
/// The settings are invalid.
pub(in crate::desk) fn next_follow_up(desk: &Desk, ticket: &Ticket) -> Result<Result<NextFollowUp, NoFollowUp>, Error> {
    let mut follow_up = desk.policy().settings(Settings::follow_up)?.clone();
    follow_up.opt_out_tag = None;
    let policy = (follow_up.counts == TimeBasis::Business).then(|| desk.policy().sla()).transpose()?;
    let hours = policy.as_ref().and_then(|policy| policy.follow_up_hours(desk, &ticket.header));
    Ok(follow_up::next(ticket, &follow_up, hours, desk.environment.now))
}

impl Transaction<'_> {
    /// Carries out the due follow-ups on some tickets, one on each. Returns the tickets that had one. A ticket that cannot be
    /// read is skipped; the list of due items reports it.
    ///
    /// # Errors
    /// The actor is not an agent, the settings are invalid, or a file cannot be read.
    pub(crate) fn sweep(&mut self, ids: &[Id]) -> Result<Vec<Id>, Error> {
        let desk = self.desk();
        let role = desk.config().team.role(self.actor(), None);
        if !role.is_support() {
            return Err(Error::refused(None, "sweep", Refusal::NotAllowed { role }));
        }
        let (policy, texts) = (desk.policy().sla()?, desk.policy().settings(Settings::reminder_texts)?);
        let follow_up = desk.policy().settings(Settings::follow_up)?;
        let zone = desk.policy().zone()?;
        let mut swept = Vec::new();
        for &id in ids {
            let ticket = match self.ticket(id) {
                Ok(ticket) => ticket.clone(),
                Err(Error::Damaged { .. } | Error::NotFound { .. } | Error::HeaderDiffers { .. }) => continue,
                Err(error) => return Err(error),
            };
            let Some(next) = due_follow_up(desk, &ticket, &policy, follow_up) else { continue };
            if ticket.entry_by_key(&next.key()).is_some() {
                continue;
            }
            let text = follow_up_text(desk, &ticket, &next, texts, &zone)?;
            let action = match next.step {
                FollowUpStep::Remind { .. } => Action::Remind { auto: true },
                FollowUpStep::Solve => Action::Solve(SolveEvidence::NoResponse),
            };
            let request = ActionRequest { key: Some(next.key()), ..ActionRequest::on(id, action, text) };
            let decision = self.decision(id, &request, TicketRole::System, None)?;
            self.record(id, request, decision, TicketRole::System)?;
            swept.push(id);
        }
        Ok(swept)
    }

    /// Returns the policy's text of the next reminder; none if the policy lists no reminders.
    ///
    /// # Errors
    /// The settings are invalid, or a file cannot be read.
    pub(crate) fn reminder_text(&mut self, id: Id) -> Result<Option<Text>, Error> {
        let desk = self.desk();
        let ticket = self.ticket(id)?;
        let Ok(next) = next_follow_up(desk, ticket)? else { return Ok(None) };
        let (number, of) = match next.step {
            FollowUpStep::Remind { number, of } => (number, of),
            FollowUpStep::Solve => (next.alerts + 1, next.alerts + 1),
        };
        let next = NextFollowUp { step: FollowUpStep::Remind { number, of }, ..next };
        follow_up_text(desk, ticket, &next, desk.policy().settings(Settings::reminder_texts)?, &desk.policy().zone()?)
    }
}

/// Returns the text of a follow-up, in the preferred language of the ticket for which there is one.
fn follow_up_text(
    desk: &Desk,
    ticket: &Ticket,
    next: &NextFollowUp,
    texts: &ReminderTexts,
    zone: &Zone,
) -> Result<Option<Text>, Error> {
    let day = |at| zone.local(at).format("%Y-%m-%d").to_string();
    let (kind, number, of) = match next.step {
        FollowUpStep::Remind { number, of } => (ReminderKind::Remind, number, of),
        FollowUpStep::Solve => (ReminderKind::NoResponse, next.alerts, next.alerts),
    };
    let variables = ReminderVars {
        desk: desk.config.name.clone(),
        ticket: short_suffix(ticket.id),
        subject: ticket.header.subject.clone(),
        requester: ticket.header.requester.to_string(),
        asked_on: day(next.replied_at),
        solve_on: day(next.solve_at),
        number,
        of,
    };
    let languages = desk.policy().languages_of(&ticket.header);
    let text = texts.text(kind, languages.iter().map(String::as_str), &variables).map_err(|message| {
        let message = format!("a text of [follow_up.texts]: {message}");
        desk.policy().invalid_settings(ConfigError { line: 1, column: 1, message })
    })?;
    Ok(Text::clean(&text))
}
