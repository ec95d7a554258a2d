//! The desk at a glance: how many tickets stand where, and what has waited longest.
//!
//! Must not know the store: uncommitted changes and due targets are told by whoever knows them.

use chrono::{DateTime, Utc};

use crate::domain::summary::Summary;
use crate::domain::words::{Priority, Status};

use super::table::{Cell, Table};
use super::{Audience, age, labels, paint, terminal};

/// The numbers of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
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

impl Glance {
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

/// The glance for people: counts, then the ticket that has been open longest. `short_id` is that ticket's.
pub fn for_people(tickets: &[Summary], short_id: &str, audience: &Audience<'_>) -> String {
    let glance = Glance::at(tickets, audience.now);
    let mut table = Table::under(&["status", "tickets"]);
    for &(status, number) in &glance.statuses {
        let label = Cell::styled(labels::status(status, audience.viewer), paint::status(status));
        table.push(vec![label, Cell::plain(&number.to_string())]);
    }
    let mut shown = table.for_people(audience.paint, audience.width);
    let remarks = [(glance.urgent, "urgent"), (glance.escalated, "escalated"), (glance.unassigned, "unassigned")];
    let remarks = remarks
        .into_iter()
        .chain([(glance.ended_holds, if glance.ended_holds == 1 { "hold ended" } else { "holds ended" })]);
    let remarks: Vec<_> = remarks
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    if !remarks.is_empty() {
        shown.push_str(&format!("\nunsolved: {}\n", remarks.join(", ")));
    }
    if let Some(index) = glance.oldest_open {
        shown.push_str(&oldest(&tickets[index], short_id, audience));
    }
    shown
}

fn oldest(ticket: &Summary, short_id: &str, audience: &Audience<'_>) -> String {
    let id = audience.name_of(ticket.id, short_id);
    let opened = age::ago(ticket.created_at, audience.now);
    format!("oldest open: {id}, {opened}: {}\n", terminal::one_line(&ticket.header.subject))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sample;

    #[test]
    fn a_desk_is_counted() {
        let mut waiting = sample::opened();
        sample::by_agent(&mut waiting, sample::reply(), Some(Status::AwaitingReply), "Which release?");
        let tickets: Vec<_> = [waiting, sample::opened()].iter().map(Summary::from).collect();

        assert_eq!(
            for_people(&tickets, "000002", &sample::audience(&sample::paris())),
            "status          tickets\nopen            1\nawaiting reply  1\non hold         0\nsolved          0\n\n\
             unsolved: 2 unassigned\noldest open: 000002, 3d ago: Dashboard tiles time out\n"
        );
    }

    #[test]
    fn an_empty_desk_has_no_oldest_ticket() {
        let glance = Glance::at(&[], sample::audience(&sample::paris()).now);
        assert_eq!((glance.oldest_open, glance.unassigned, glance.ended_holds), (None, 0, 0));
    }
}
