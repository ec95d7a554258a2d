//! The sweep: what silence and ended holds ask for, and the part of it that the program does by itself.
//!
//! What is due is found twice: without a lock to be listed, and again under it to be done, so that of two sweeps at
//! once the later one finds nothing left. Must not know what is sensible: [`crate::domain::sla::follow_up`] does.

use chrono::{DateTime, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::query::{Condition, Predicate, Query};
use crate::domain::sla::clock::Clock;
use crate::domain::sla::follow_up::{self, FollowUpStep, NextFollowUp};
use crate::domain::sla::follow_up_policy::TimeBasis;
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Hold, Ticket};
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::ConfigError;
use crate::store::config::reminder_texts::{ReminderKind, ReminderTexts, ReminderVars};
use crate::store::layout::short_suffix;

use super::SlaReader;
use crate::desk::write::transaction::Transaction;
use crate::desk::{ActionRequest, SlaPolicy, TicketList, UnreadableFile};

/// What a ticket asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueItem {
    /// Its requester is silent, and the next step is due.
    Silence(NextFollowUp),
    /// The manager response of an escalated ticket is late.
    ManagerResponse(Clock),
    /// Its hold should have come to an end.
    HoldEnded {
        /// When, UTC.
        until: DateTime<Utc>,
    },
}

impl DueItem {
    /// Since when it has been due, UTC.
    pub fn due_at(&self) -> DateTime<Utc> {
        match self {
            Self::ManagerResponse(word) => word.due_at.unwrap_or(word.started_at),
            Self::Silence(next) => next.due_at,
            Self::HoldEnded { until } => *until,
        }
    }
}

/// What a sweep finds.
#[derive(Clone, Debug)]
pub struct DueItems {
    /// The tickets that ask for something, what has waited longest first; one that asks for two things is there twice.
    pub tickets: Vec<(Summary, DueItem)>,
    /// The files that could not be read.
    pub troubles: Vec<UnreadableFile>,
}

impl SlaReader<'_> {
    /// What is due on the tickets that a query means, among those the person may see.
    ///
    /// # Errors
    /// As [`Reader::query_tickets`], and a policy of time that is not sound.
    pub fn due(&self, query: &Query, viewer: Option<&Person>) -> Result<DueItems, Error> {
        let (policy, is_support) = (self.desk.policy().sla()?, self.shows_manager_response(viewer));
        let waiting = Predicate::Status(vec![Status::AwaitingReply, Status::OnHold, Status::Open]);
        let mut query = query.clone();
        query.conditions.push(Condition { negated: false, predicate: waiting });
        let may_ask = |row: &Summary| {
            let is_over = |hold: &Hold| hold.ended_at(self.desk.environment.now).is_some();
            let header = &row.header;
            header.status == Status::AwaitingReply
                || header.escalation.is_some()
                || header.hold.as_ref().is_some_and(is_over)
        };
        let keep = |ticket: Ticket| {
            let mut matters = self.matters(&ticket, &policy);
            matters.retain(|matter| is_support || !matches!(matter, DueItem::ManagerResponse(_)));
            (!matters.is_empty()).then(|| (Summary::from(&ticket), matters))
        };
        let TicketList { tickets, troubles } = self.desk.read().query_tickets(&query, None, viewer, &may_ask, keep)?;
        let each =
            |(row, matters): (Summary, Vec<DueItem>)| matters.into_iter().map(move |matter| (row.clone(), matter));
        let mut tickets: Vec<_> = tickets.into_iter().flat_map(each).collect();
        tickets.sort_by_key(|(row, matter)| (matter.due_at(), row.id));
        Ok(DueItems { tickets, troubles })
    }

    /// What a ticket asks for now.
    fn matters(&self, ticket: &Ticket, policy: &SlaPolicy) -> Vec<DueItem> {
        let now = self.desk.environment.now;
        let mut matters = Vec::new();
        if ticket.header.escalation.is_some() {
            let words = policy.manager_responses(ticket, &self.desk.config.team, now);
            matters.extend(words.into_iter().filter(Clock::is_overdue).map(DueItem::ManagerResponse));
        }
        let ended = ticket.header.hold.as_ref().and_then(|hold| hold.ended_at(now));
        matters.extend(ended.map(|until| DueItem::HoldEnded { until }));
        matters.extend(self.silence(ticket, policy).map(DueItem::Silence));
        matters
    }

    /// The step that a requester's silence makes due, if it does.
    fn silence(&self, ticket: &Ticket, policy: &SlaPolicy) -> Option<NextFollowUp> {
        let (follow_up, now) = (&self.desk.config.follow_up, self.desk.environment.now);
        let hours = match follow_up.counts {
            TimeBasis::Calendar => None,
            TimeBasis::Business => {
                let languages = self.desk.policy().languages_of(&ticket.header);
                policy.follow_up_hours(&ticket.header, languages.first().map(String::as_str))
            }
        };
        follow_up::next(ticket, follow_up, hours, now).ok().filter(|next| next.due_at <= now)
    }
}

impl Transaction<'_> {
    /// Does what silence makes due on some tickets, as they are by now: one step on each. Says which had one. A ticket
    /// that cannot be read is left to whoever lists it.
    pub(crate) fn sweep(&mut self, ids: &[Id]) -> Result<Vec<Id>, Error> {
        let desk = self.desk();
        let role = desk.config().team.role(self.actor(), None);
        if !role.is_support() {
            let refusal = Refusal::NotAllowed { role };
            return Err(Error::Refused { ticket: None, action: "sweep".to_owned(), refusal });
        }
        let (policy, texts) = (desk.policy().sla()?, desk.policy().settings(ReminderTexts::read)?);
        let zone = desk.policy().zone()?;
        let mut swept = Vec::new();
        for &id in ids {
            let ticket = match self.ticket(id) {
                Ok(ticket) => ticket.clone(),
                Err(Error::Damaged { .. } | Error::NotFound { .. } | Error::HeaderDiffers { .. }) => continue,
                Err(error) => return Err(error),
            };
            let Some(next) = desk.sla().silence(&ticket, &policy) else { continue };
            if ticket.entry_by_key(&next.key()).is_some() {
                continue;
            }
            let text = desk.sla().text(&ticket, &next, &texts, &zone)?;
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
}

impl SlaReader<'_> {
    /// The words that go with a step: in the ticket's language, else the organisation's, else the desk's.
    fn text(
        &self,
        ticket: &Ticket,
        next: &NextFollowUp,
        wording: &ReminderTexts,
        zone: &Zone,
    ) -> Result<Option<Text>, Error> {
        let day = |at| zone.local(at).format("%Y-%m-%d").to_string();
        let (occasion, number, of) = match next.step {
            FollowUpStep::Remind { number, of } => (ReminderKind::Remind, number, of),
            FollowUpStep::Solve => (ReminderKind::NoResponse, next.alerts, next.alerts),
        };
        let facts = ReminderVars {
            desk: self.desk.config.name.clone(),
            ticket: short_suffix(ticket.id),
            subject: ticket.header.subject.clone(),
            requester: ticket.header.requester.to_string(),
            asked_on: day(next.replied_at),
            solve_on: day(next.solve_at),
            number,
            of,
        };
        let languages = self.desk.policy().languages_of(&ticket.header);
        let text = wording.text(occasion, languages.iter().map(String::as_str), &facts).map_err(|message| {
            self.desk.policy().unsound(ConfigError {
                line: 1,
                column: 1,
                message: format!("a text of [follow_up.texts]: {message}"),
            })
        })?;
        Ok(Text::clean(&text))
    }
}
