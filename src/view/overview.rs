//! The overview of a desk: counts of tickets, the most urgent clock, and the ticket that has been open longest.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::{Priority, Status};

use super::labels::fill;
use super::table::{Cell, Table};
use super::{Audience, colors, sanitize, sla};

/// The counts of a desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// The number of tickets in each status, in the order of the workflow.
    statuses: [usize; Status::ALL.len()],
    /// The numbers of unsolved tickets: with priority S1, escalated, without an assignee.
    urgent: usize,
    escalated: usize,
    unassigned: usize,
    /// The number of holds that have ended.
    ended_holds: usize,
    /// The number of overdue tickets.
    overdue: usize,
    /// The number of other tickets that are due within a day.
    due_soon: usize,
    /// The open ticket that was created first.
    pub oldest_open: Option<Summary>,
    /// The most urgent ticket, with its clock.
    pub most_urgent: Option<(Id, Clock)>,
}

impl Overview {
    /// Counts a ticket with its most urgent clock; `now` is the present, in UTC.
    pub fn count(&mut self, ticket: &Summary, clock: Option<Clock>, now: DateTime<Utc>) {
        let header = &ticket.header;
        for (status, number) in Status::ALL.iter().zip(&mut self.statuses) {
            *number += usize::from(header.status == *status);
        }
        if header.status != Status::Solved {
            self.urgent += usize::from(header.priority == Priority::S1);
            self.escalated += usize::from(header.escalation.is_some());
            self.unassigned += usize::from(header.assignee.is_none());
        }
        let is_over = header.hold.as_ref().is_some_and(|hold| hold.ended_at(now).is_some());
        self.ended_holds += usize::from(is_over);
        let age = |ticket: &Summary| (ticket.created_at, ticket.id);
        let is_older = self.oldest_open.as_ref().is_none_or(|oldest| age(ticket) < age(oldest));
        if header.status == Status::Open && is_older {
            self.oldest_open = Some(ticket.clone());
        }
        if let Some(clock) = clock {
            self.count_clock(ticket.id, clock, now);
        }
    }

    fn count_clock(&mut self, ticket: Id, clock: Clock, now: DateTime<Utc>) {
        if clock.is_overdue() {
            self.overdue += 1;
        } else if clock.due_at.is_some_and(|due| due <= now + TimeDelta::days(1)) {
            self.due_soon += 1;
        }
        let is_due_before =
            |(_, other): &(Id, Clock)| clock.due_at.is_some_and(|due| other.due_at.is_none_or(|at| due < at));
        if self.most_urgent.as_ref().is_none_or(is_due_before) {
            self.most_urgent = Some((ticket, clock));
        }
    }

    /// Renders the overview: counts, due tickets, then the ticket that has been open longest. The short ids are those of
    /// `oldest_open` and `most_urgent`.
    pub fn render(&self, oldest_open: &str, most_urgent: &str, audience: &Audience<'_>) -> String {
        let catalog = audience.catalog();
        let numbered = |label: &str, number: usize| fill(label, &[("number", &number.to_string())]);
        let mut table = Table::with_header(&[catalog.columns.status, catalog.columns.tickets]);
        for (status, number) in Status::ALL.iter().zip(self.statuses) {
            let label = Cell::styled(catalog.statuses.of(*status), colors::status(*status));
            table.push(vec![label, Cell::plain(&number.to_string())]);
        }
        let mut lines = vec![audience.render(&table)];
        let labels = &catalog.overview;
        let remarks =
            [(self.urgent, labels.urgent), (self.escalated, labels.escalated), (self.unassigned, labels.unassigned)];
        let counted = remarks.into_iter().filter(|(number, _)| *number > 0);
        let mut remarks: Vec<String> = counted.map(|(number, label)| numbered(label, number)).collect();
        if self.ended_holds > 0 {
            remarks.push(catalog.count(self.ended_holds, |counts| counts.ended_holds));
        }
        if !remarks.is_empty() {
            lines.push(format!("\n{}\n", fill(labels.unsolved, &[("remarks", &remarks.join(", "))])));
        }
        if self.overdue > 0 {
            let overdue = numbered(catalog.clocks.overdue, self.overdue);
            lines.push(format!("{}\n", audience.color_mode.text(colors::ALARM, &overdue)));
        }
        if self.due_soon > 0 {
            lines.push(format!("{}\n", numbered(catalog.clocks.due_soon, self.due_soon)));
        }
        if let Some((ticket, clock)) = self.most_urgent.as_ref().filter(|(_, clock)| clock.due_at.is_some()) {
            let due = sla::due_text_in(clock, audience.now, catalog);
            let clock = format!("{} {due}", sla::metric_in(clock.metric, &catalog.clocks));
            let ticket = audience.ticket_link(*ticket, most_urgent);
            lines.push(format!("{}\n", fill(catalog.clocks.most_urgent, &[("ticket", &ticket), ("clock", &clock)])));
        }
        if let Some(ticket) = &self.oldest_open {
            let id = audience.ticket_link(ticket.id, oldest_open);
            let (age, subject) = (audience.ago(ticket.created_at), sanitize::one_line(&ticket.header.subject));
            let values = [("ticket", id.as_str()), ("age", &age), ("subject", &subject)];
            lines.push(format!("{}\n", fill(labels.oldest_open, &values)));
        }
        lines.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures;

    #[test]
    fn a_desk_is_counted() {
        let mut waiting = test_fixtures::opened();
        test_fixtures::by_agent(&mut waiting, test_fixtures::reply(), Some(Status::AwaitingReply), "Which release?");
        let zone = test_fixtures::paris();
        let audience = test_fixtures::audience(&zone);
        let mut overview = Overview::default();
        for ticket in [waiting, test_fixtures::opened()] {
            overview.count(&Summary::from(&ticket), None, audience.now);
        }
        assert_eq!(
            overview.render("000002", "", &audience),
            "status          tickets\nopen            1\nawaiting reply  1\non hold         0\nsolved          0\n\n\
             unsolved: 2 unassigned\noldest open: 000002, 3d ago: Dashboard tiles time out\n"
        );
    }

    #[test]
    fn an_empty_desk_has_no_oldest_ticket() {
        let overview = Overview::default();
        assert_eq!((&overview.oldest_open, overview.unassigned, overview.ended_holds), (&None, 0, 0));
        let zone = test_fixtures::paris();
        assert!(!overview.render("", "", &test_fixtures::audience(&zone)).contains("oldest"));
    }
}
