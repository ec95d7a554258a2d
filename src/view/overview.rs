//! The desk at a glance: how many tickets stand where, and what has waited longest.
//!
//! Must not know the store, plans or calendars: uncommitted changes are told by whoever knows them, clocks are given.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::{Priority, Status};

use super::labels::fill;
use super::table::{Cell, Table};
use super::{Audience, colors, sanitize, sla};

/// The numbers of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// How many tickets are in each status, in the workflow's order.
    pub statuses: Vec<(Status, usize)>,
    /// How many unsolved tickets are urgent.
    pub urgent: usize,
    /// How many unsolved tickets are escalated.
    pub escalated: usize,
    /// How many unsolved tickets nobody takes care of.
    pub unassigned: usize,
    /// How many holds should have come to an end.
    pub ended_holds: usize,
    /// The place of the ticket that has been open longest, among those given.
    pub oldest_open: Option<usize>,
}

impl Overview {
    /// Counts tickets.
    pub fn at(tickets: &[Summary], now: DateTime<Utc>) -> Self {
        let count = |holds: &dyn Fn(&Summary) -> bool| tickets.iter().filter(|ticket| holds(ticket)).count();
        let unsolved = |ticket: &Summary| ticket.header.status != Status::Solved;
        let open = tickets.iter().enumerate().filter(|(_, ticket)| ticket.header.status == Status::Open);
        Self {
            statuses: Status::ALL
                .iter()
                .map(|&status| (status, count(&|ticket| ticket.header.status == status)))
                .collect(),
            urgent: count(&|ticket| unsolved(ticket) && ticket.header.priority == Priority::S1),
            escalated: count(&|ticket| unsolved(ticket) && ticket.header.escalation.is_some()),
            unassigned: count(&|ticket| unsolved(ticket) && ticket.header.assignee.is_none()),
            ended_holds: count(&|ticket| ticket.header.hold.as_ref().is_some_and(|hold| hold.ended_at(now).is_some())),
            oldest_open: open.min_by_key(|(_, ticket)| (ticket.created_at, ticket.id)).map(|(index, _)| index),
        }
    }
}

/// What burns on a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// How many tickets are overdue.
    pub overdue: usize,
    /// How many others are due within a day.
    pub soon: usize,
    /// The ticket that burns first, its short id, and its clock.
    pub first: Option<(Id, String, Clock)>,
}

impl Overdue {
    /// Counts the next clock of a ticket.
    pub fn count(&mut self, clock: &Clock, now: DateTime<Utc>) {
        if clock.is_overdue() {
            self.overdue += 1;
        } else if clock.due_at.is_some_and(|due| due <= now + TimeDelta::days(1)) {
            self.soon += 1;
        }
    }

    fn render(&self, audience: &Audience<'_>) -> String {
        let (mut shown, words) = (String::new(), &audience.words().promises);
        if self.overdue > 0 {
            let overdue = fill(words.overdue, &[("number", &self.overdue.to_string())]);
            shown.push_str(&format!("{}\n", audience.paint.text(colors::ALARM, &overdue)));
        }
        if self.soon > 0 {
            shown.push_str(&format!("{}\n", fill(words.due_soon, &[("number", &self.soon.to_string())])));
        }
        if let Some((ticket, short_id, clock)) = &self.first
            && clock.due_at.is_some()
        {
            let (id, burns) =
                (audience.name_of(*ticket, short_id), sla::due_text_in(clock, audience.now, audience.words()));
            let what = format!("{} {burns}", sla::metric_in(clock.metric, words));
            shown.push_str(&format!("{}\n", fill(words.burns_first, &[("ticket", &id), ("what", &what)])));
        }
        shown
    }
}

/// The glance for people: counts, what burns, then the ticket that has been open longest. `short_id` is that ticket's.
pub fn render_table(tickets: &[Summary], short_id: &str, burning: &Overdue, audience: &Audience<'_>) -> String {
    let glance = Overview::at(tickets, audience.now);
    let words = audience.words();
    let mut table = Table::under(&[words.columns.status, words.columns.tickets]);
    for &(status, number) in &glance.statuses {
        let label = Cell::styled(words.statuses.of(status), colors::status(status));
        table.push(vec![label, Cell::plain(&number.to_string())]);
    }
    let mut shown = table.render(audience.paint, audience.width);
    let said = &words.glances;
    let remarks =
        [(glance.urgent, said.urgent), (glance.escalated, said.escalated), (glance.unassigned, said.unassigned)];
    let remarks: Vec<_> = remarks
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| fill(what, &[("number", &number.to_string())]))
        .chain((glance.ended_holds > 0).then(|| words.count(glance.ended_holds, &words.counts.ended_holds)))
        .collect();
    if !remarks.is_empty() {
        shown.push_str(&format!("\n{}\n", fill(said.unsolved, &[("remarks", &remarks.join(", "))])));
    }
    shown.push_str(&burning.render(audience));
    if let Some(index) = glance.oldest_open {
        shown.push_str(&oldest(&tickets[index], short_id, audience));
    }
    shown
}

fn oldest(ticket: &Summary, short_id: &str, audience: &Audience<'_>) -> String {
    let id = audience.name_of(ticket.id, short_id);
    let (age, subject) = (audience.ago(ticket.created_at), sanitize::one_line(&ticket.header.subject));
    let values = [("ticket", id.as_str()), ("age", &age), ("subject", &subject)];
    format!("{}\n", fill(audience.words().glances.oldest_open, &values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures;

    #[test]
    fn a_desk_is_counted() {
        let mut waiting = test_fixtures::opened();
        test_fixtures::by_agent(&mut waiting, test_fixtures::reply(), Some(Status::AwaitingReply), "Which release?");
        let tickets: Vec<_> = [waiting, test_fixtures::opened()].iter().map(Summary::from).collect();

        assert_eq!(
            render_table(&tickets, "000002", &Overdue::default(), &test_fixtures::audience(&test_fixtures::paris())),
            "status          tickets\nopen            1\nawaiting reply  1\non hold         0\nsolved          0\n\n\
             unsolved: 2 unassigned\noldest open: 000002, 3d ago: Dashboard tiles time out\n"
        );
    }

    #[test]
    fn an_empty_desk_has_no_oldest_ticket() {
        let glance = Overview::at(&[], test_fixtures::audience(&test_fixtures::paris()).now);
        assert_eq!((glance.oldest_open, glance.unassigned, glance.ended_holds), (None, 0, 0));
    }
}
