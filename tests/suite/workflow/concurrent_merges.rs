//! Concurrent changes of two clones: cycles of merges, and replies to tickets merged elsewhere, are
//! reported, and nothing is lost.

use std::fs;

use casebook::desk::{CheckScope, Desk, check_desk};
use casebook::domain::id::Id;
use casebook::domain::rules::Severity;
use casebook::domain::text::Text;
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::action::{Action, SolveEvidence};
use casebook::domain::ticket::entry::Entry;
use casebook::domain::vocabulary::{MergeReason, Role, Status};
use casebook::store::layout::ticket_path;
use casebook::store::yaml::print;
use chrono::TimeDelta;

use crate::fixtures::environment::environment;
use crate::fixtures::workflow_cast::*;

/// The tickets as a merge of the clones' files leaves them.
struct Union {
    tickets: Vec<Ticket>,
}

impl Union {
    fn of_two_tickets() -> Self {
        let scene = Scene::opened();
        Self { tickets: vec![scene.other, scene.ticket] }
    }

    /// Adds an entry to one of the tickets, minutes later, made on a clone where the ticket had some status.
    fn add(&mut self, ticket: usize, minutes: i64, action: Action, saw: Status, to: Option<Status>) {
        let random = ticket as u128 + 3;
        let ticket = &mut self.tickets[ticket];
        let id = Id::after(Some(ticket.version()), ticket.created_at() + TimeDelta::minutes(minutes), random);
        let (by, role) = (Side::Agent.person(), Role::Agent);
        let text = action.needs_text().then(|| Text::clean("Words.").unwrap());
        ticket.append(Entry { from: Some(saw), to, text, ..Entry::new(id, by, role, action) });
    }

    /// Returns the findings of `check`: severities and rules.
    fn findings(&self) -> Vec<(Severity, &'static str)> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("casebook.toml"), "format = 1\n").unwrap();
        for ticket in &self.tickets {
            let path = folder.path().join(ticket_path(ticket.id));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, print(ticket)).unwrap();
        }
        let now = self.tickets[0].created_at();
        let world = environment(now);
        let findings =
            check_desk(&mut Desk::open(folder.path(), world).unwrap(), &CheckScope::Everything).unwrap().findings;
        findings.into_iter().map(|finding| (finding.severity, finding.rule.word)).collect()
    }
}

#[test]
fn a_cycle_of_merges_is_reported_once_at_its_later_merge() {
    let mut union = Union::of_two_tickets();
    let ids = [union.tickets[0].id, union.tickets[1].id];
    let merge = |into| Action::Merge { into, reason: MergeReason::SameIssue };
    union.add(0, 90, merge(ids[1]), Status::Open, Some(Status::Solved));
    union.add(1, 30, Action::Merged { source: ids[0], cc: vec![] }, Status::Open, None);
    assert_eq!(union.findings(), []);
    union.add(1, 60, merge(ids[0]), Status::Open, Some(Status::Solved));
    union.add(0, 121, Action::Merged { source: ids[1], cc: vec![] }, Status::Solved, None);
    assert_eq!(union.findings(), [(Severity::Warning, "merge.cycle")]);
}

#[test]
fn a_reply_written_while_the_ticket_was_merged_elsewhere_is_reported() {
    let mut union = Union::of_two_tickets();
    let ids = [union.tickets[0].id, union.tickets[1].id];
    let merge = Action::Merge { into: ids[1], reason: MergeReason::SameIssue };
    union.add(0, 90, merge, Status::Open, Some(Status::Solved));
    union.add(1, 30, Action::Merged { source: ids[0], cc: vec![] }, Status::Open, None);
    union.add(0, 95, note(), Status::Solved, None);
    assert_eq!(union.findings(), [], "a note stays where it is");
    union.add(0, 100, reply(), Status::Open, Some(Status::AwaitingReply));
    let expected = [(Severity::Warning, "reply.stranded"), (Severity::Warning, "entry.concurrent")];
    assert_eq!(union.findings(), expected);
    assert_eq!(union.tickets[0].header.status, Status::Solved, "a merged ticket stays solved");
}

#[test]
fn an_entry_that_another_clone_explains_is_concurrent_and_others_are_not_permitted() {
    use casebook::domain::vocabulary::{EscalationReason, ReopenReason};
    let escalate = || Action::Escalate { reason: EscalationReason::BusinessImpact, manager: None };
    let deescalate = || Action::Deescalate { reason: None, manager: None };
    let concurrent = (Severity::Warning, "entry.concurrent");
    let illegal = (Severity::Error, "entry.illegal");

    let mut union = Union::of_two_tickets();
    union.add(0, 10, escalate(), Status::Open, None);
    assert_eq!(union.findings(), []);
    union.add(0, 11, escalate(), Status::Open, None);
    assert_eq!(union.findings(), [concurrent], "both clones escalated it");
    union.add(0, 12, deescalate(), Status::Open, None);
    union.add(0, 13, deescalate(), Status::Open, None);
    assert_eq!(union.findings(), [concurrent, concurrent], "and both ended it");

    let mut union = Union::of_two_tickets();
    union.add(0, 10, deescalate(), Status::Open, None);
    assert_eq!(union.findings(), [illegal], "it was never escalated");

    let mut union = Union::of_two_tickets();
    let reopen = Action::Reopen { reason: ReopenReason::NotSolved, unmerge: false };
    union.add(0, 10, reopen, Status::Open, None);
    assert_eq!(union.findings(), [illegal], "it says itself that there was nothing to reopen");

    let mut union = Union::of_two_tickets();
    let other = union.tickets[1].id;
    union.add(0, 10, Action::Merge { into: other, reason: MergeReason::SameIssue }, Status::Open, Some(Status::Solved));
    union.add(1, 10, Action::Merged { source: union.tickets[0].id, cc: vec![] }, Status::Open, None);
    let reopen = || Action::Reopen { reason: ReopenReason::NotSolved, unmerge: false };
    let mut never_solved = Union { tickets: union.tickets.clone() };
    never_solved.add(0, 12, reopen(), Status::Solved, Some(Status::Open));
    assert_eq!(never_solved.findings(), [illegal], "only the merge solved it");
    let agreed = Action::Solve(SolveEvidence::Agreed { by: Some(Side::Agent.person()), reply: None });
    union.add(0, 11, agreed, Status::Open, Some(Status::Solved));
    union.add(0, 12, reopen(), Status::Solved, Some(Status::Open));
    assert_eq!(union.findings(), [concurrent, concurrent], "another clone solved it, and opened it again");
}
