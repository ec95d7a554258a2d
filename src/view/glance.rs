//! The desk at a glance: how many tickets stand where, and what has waited longest.
//!
//! Must not know the store: uncommitted changes and due targets are told by whoever knows them.

use crate::domain::summary::Summary;
use crate::domain::words::{Priority, Status};

use super::labels::fill;
use super::table::{Cell, Table};
use super::{Audience, paint, terminal};

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
    /// The place of the ticket that has been open longest, among those given.
    pub oldest_open: Option<usize>,
}

impl Glance {
    /// Counts tickets.
    pub fn at(tickets: &[Summary]) -> Self {
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
            oldest_open: open.min_by_key(|(_, ticket)| (ticket.created_at, ticket.id)).map(|(index, _)| index),
        }
    }
}

/// The glance for people: counts, then the ticket that has been open longest. `short_id` is that ticket's.
pub fn for_people(tickets: &[Summary], short_id: &str, audience: &Audience<'_>) -> String {
    let glance = Glance::at(tickets);
    let words = audience.words();
    let mut table = Table::under(&[words.columns.status, words.columns.tickets]);
    for &(status, number) in &glance.statuses {
        let label = Cell::styled(words.statuses.of(status), paint::status(status));
        table.push(vec![label, Cell::plain(&number.to_string())]);
    }
    let mut shown = table.for_people(audience.paint, audience.width);
    let said = &words.glances;
    let remarks =
        [(glance.urgent, said.urgent), (glance.escalated, said.escalated), (glance.unassigned, said.unassigned)];
    let remarks: Vec<_> = remarks
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| fill(what, &[("number", &number.to_string())]))
        .collect();
    if !remarks.is_empty() {
        shown.push_str(&format!("\n{}\n", fill(said.unsolved, &[("remarks", &remarks.join(", "))])));
    }
    if let Some(index) = glance.oldest_open {
        shown.push_str(&oldest(&tickets[index], short_id, audience));
    }
    shown
}

fn oldest(ticket: &Summary, short_id: &str, audience: &Audience<'_>) -> String {
    let id = audience.name_of(ticket.id, short_id);
    let (age, subject) = (audience.ago(ticket.created_at), terminal::one_line(&ticket.header.subject));
    let values = [("ticket", id.as_str()), ("age", &age), ("subject", &subject)];
    format!("{}\n", fill(audience.words().glances.oldest_open, &values))
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
        let glance = Glance::at(&[]);
        assert_eq!((glance.oldest_open, glance.unassigned), (None, 0));
    }
}
