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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The number of tickets in each status, in the order of the workflow.
    pub statuses: Vec<(Status, usize)>,
    /// The number of unsolved tickets with priority S1.
    pub urgent: usize,
    /// The number of unsolved tickets that are escalated.
    pub escalated: usize,
    /// The number of unsolved tickets without an assignee.
    pub unassigned: usize,
    /// The number of holds that have ended.
    pub ended_holds: usize,
    /// The index of the open ticket that was created first.
    pub oldest_open: Option<usize>,
}

impl Overview {
    /// Counts tickets; `now` is the present, in UTC.
    pub fn at(tickets: &[Summary], now: DateTime<Utc>) -> Self {
        let count = |matches: &dyn Fn(&Summary) -> bool| tickets.iter().filter(|ticket| matches(ticket)).count();
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

/// The due and overdue tickets of a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// The number of overdue tickets.
    pub overdue: usize,
    /// The number of other tickets that are due within a day.
    pub soon: usize,
    /// The most urgent ticket, with its short id and clock.
    pub first: Option<(Id, String, Clock)>,
}

impl Overdue {
    /// Counts the most urgent clock of a ticket.
    pub fn count(&mut self, clock: &Clock, now: DateTime<Utc>) {
        if clock.is_overdue() {
            self.overdue += 1;
        } else if clock.due_at.is_some_and(|due| due <= now + TimeDelta::days(1)) {
            self.soon += 1;
        }
    }

    /// Renders the lines of the overview about due tickets.
    fn render(&self, audience: &Audience<'_>) -> String {
        let (mut text, labels) = (String::new(), &audience.catalog().clocks);
        if self.overdue > 0 {
            let overdue = fill(labels.overdue, &[("number", &self.overdue.to_string())]);
            text.push_str(&format!("{}\n", audience.color_mode.text(colors::ALARM, &overdue)));
        }
        if self.soon > 0 {
            text.push_str(&format!("{}\n", fill(labels.due_soon, &[("number", &self.soon.to_string())])));
        }
        if let Some((ticket, short_id, clock)) = &self.first
            && clock.due_at.is_some()
        {
            let (id, due) =
                (audience.ticket_link(*ticket, short_id), sla::due_text_in(clock, audience.now, audience.catalog()));
            let clock = format!("{} {due}", sla::metric_in(clock.metric, labels));
            text.push_str(&format!("{}\n", fill(labels.most_urgent, &[("ticket", &id), ("clock", &clock)])));
        }
        text
    }
}

/// Renders the overview: counts, due tickets, then the ticket that has been open longest, which has the id `short_id`.
pub fn render_table(tickets: &[Summary], short_id: &str, overdue: &Overdue, audience: &Audience<'_>) -> String {
    let overview = Overview::at(tickets, audience.now);
    let catalog = audience.catalog();
    let mut table = Table::with_header(&[catalog.columns.status, catalog.columns.tickets]);
    for &(status, number) in &overview.statuses {
        let label = Cell::styled(catalog.statuses.of(status), colors::status(status));
        table.push(vec![label, Cell::plain(&number.to_string())]);
    }
    let mut text = table.render(audience.color_mode, audience.width);
    let labels = &catalog.overview;
    let remarks = [
        (overview.urgent, labels.urgent),
        (overview.escalated, labels.escalated),
        (overview.unassigned, labels.unassigned),
    ];
    let remarks: Vec<_> = remarks
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, label)| fill(label, &[("number", &number.to_string())]))
        .chain((overview.ended_holds > 0).then(|| catalog.count(overview.ended_holds, |counts| counts.ended_holds)))
        .collect();
    if !remarks.is_empty() {
        text.push_str(&format!("\n{}\n", fill(labels.unsolved, &[("remarks", &remarks.join(", "))])));
    }
    text.push_str(&overdue.render(audience));
    if let Some(index) = overview.oldest_open {
        text.push_str(&oldest(&tickets[index], short_id, audience));
    }
    text
}

/// Renders the line about the ticket that has been open longest.
fn oldest(ticket: &Summary, short_id: &str, audience: &Audience<'_>) -> String {
    let id = audience.ticket_link(ticket.id, short_id);
    let (age, subject) = (audience.ago(ticket.created_at), sanitize::one_line(&ticket.header.subject));
    let values = [("ticket", id.as_str()), ("age", &age), ("subject", &subject)];
    format!("{}\n", fill(audience.catalog().overview.oldest_open, &values))
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
        let overview = Overview::at(&[], test_fixtures::audience(&test_fixtures::paris()).now);
        assert_eq!((overview.oldest_open, overview.unassigned, overview.ended_holds), (None, 0, 0));
    }
}
