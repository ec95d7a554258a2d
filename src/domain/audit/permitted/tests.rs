//! Verdicts on entries of all kinds.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::Hold;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::SolveEvidence;
use crate::domain::vocabulary::{HoldReason, MergeReason};

fn person(text: &str) -> Person {
    Person::from_address(text).expect("an address")
}

fn team() -> Team {
    Team { agents: vec![person("kenji@desk.example")], managers: vec![person("mori@desk.example")], ..Team::default() }
}

fn begin() -> DateTime<Utc> {
    "2026-11-21T09:00:00Z".parse().expect("a time")
}

fn opening(by: &str, role: Role) -> Entry {
    let facts = OpenFields::new("Tiles".to_owned(), Priority::S3, person("ana@acme.example"));
    let id = Id::at(begin(), 1);
    let action = Action::Open(Box::new(facts));
    let text = Text::clean("Help.");
    Entry { to: Some(Status::Open), text, ..Entry::new(id, person(by), role, action) }
}

fn ticket() -> Ticket {
    Ticket::opened_by(opening("ana@acme.example", Role::Customer)).expect("an opening")
}

fn entry(ticket: &Ticket, by: &str, role: Role, action: Action, to: Option<Status>) -> Entry {
    let at = ticket.last_activity_at() + TimeDelta::minutes(1);
    let text = action.needs_text().then(|| Text::clean("Words.").expect("words"));
    let (id, from) = (Id::at(at, 1), Some(ticket.header.status));
    Entry { from, to, text, ..Entry::new(id, person(by), role, action) }
}

fn verdict(ticket: &Ticket, entry: &Entry) -> Verdict {
    let (team, follow_up) = (team(), FollowUpPolicy::default());
    evaluate(
        ticket,
        entry,
        &AuditPolicy { team: &team, follow_up: &follow_up, eligibility: None, organizations: &[] },
        &Counterpart::default(),
    )
}

fn is_about_rights(verdict: Verdict) -> bool {
    let Verdict::NotPermitted(reason) = verdict else { return false };
    matches!(
        reason,
        NotPermitted::NotAnAgent
            | NotPermitted::Refused(Refusal::NotVisible | Refusal::NotAllowed { .. } | Refusal::OnBehalf)
    )
}

fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

#[test]
fn an_opening_is_made_by_its_requester_or_an_agent() {
    let (team, follow_up) = (team(), FollowUpPolicy::default());
    let policy = AuditPolicy { team: &team, follow_up: &follow_up, eligibility: None, organizations: &[] };
    assert_eq!(evaluate_opening(&opening("ana@acme.example", Role::Customer), &policy), Verdict::Permitted);
    assert_eq!(evaluate_opening(&opening("kenji@desk.example", Role::Agent), &policy), Verdict::Permitted);
    let rights = |entry| is_about_rights(evaluate_opening(&entry, &policy));
    assert!(rights(opening("bo@acme.example", Role::Customer)));
    assert!(rights(opening("bo@acme.example", Role::Agent)));
    let without_text = Entry { text: None, ..opening("ana@acme.example", Role::Customer) };
    assert_eq!(
        evaluate_opening(&without_text, &policy),
        Verdict::NotPermitted(NotPermitted::Refused(Refusal::TextMissing))
    );
    let solved = Entry { to: Some(Status::Solved), ..opening("ana@acme.example", Role::Customer) };
    assert!(matches!(evaluate_opening(&solved, &policy), Verdict::NotPermitted(NotPermitted::WrongTo { .. })));
}

#[test]
fn a_reply_leads_to_the_status_of_the_workflow() {
    let ticket = ticket();
    let by_agent = |to| entry(&ticket, "kenji@desk.example", Role::Agent, reply(), to);
    assert_eq!(verdict(&ticket, &by_agent(Some(Status::AwaitingReply))), Verdict::Permitted);
    assert_eq!(verdict(&ticket, &by_agent(None)), Verdict::Permitted);
    assert!(matches!(
        verdict(&ticket, &by_agent(Some(Status::Solved))),
        Verdict::NotPermitted(NotPermitted::WrongTo { .. })
    ));
    let by_ana = entry(&ticket, "ana@acme.example", Role::Customer, reply(), None);
    assert_eq!(verdict(&ticket, &by_ana), Verdict::Permitted);
    let by_outsider = entry(&ticket, "bo@acme.example", Role::Customer, reply(), None);
    assert_eq!(verdict(&ticket, &by_outsider), Verdict::NotPermitted(NotPermitted::Refused(Refusal::NotVisible)));
    let by_system = entry(&ticket, "kenji@desk.example", Role::System, reply(), None);
    assert!(is_about_rights(verdict(&ticket, &by_system)));
    let mut answered = ticket.clone();
    answered.append(entry(&ticket, "kenji@desk.example", Role::Agent, reply(), Some(Status::AwaitingReply)));
    let reminder = |by| entry(&answered, by, Role::System, Action::Remind { auto: true }, None);
    assert_eq!(verdict(&answered, &reminder("kenji@desk.example")), Verdict::Permitted);
    assert_eq!(verdict(&answered, &reminder("ana@acme.example")), Verdict::NotPermitted(NotPermitted::NotAnAgent));
}

#[test]
fn an_entry_that_an_earlier_version_allowed_is_concurrent() {
    let mut ticket = ticket();
    let opened = ticket.version();
    let hold = Hold { reason: HoldReason::Engineering, team: None, until: None };
    let held = entry(&ticket, "kenji@desk.example", Role::Agent, Action::Hold(hold), Some(Status::OnHold));
    let agreed = Action::Solve(SolveEvidence::Agreed { by: Some(person("ana@acme.example")), reply: None });
    ticket.append(entry(&ticket, "kenji@desk.example", Role::Agent, agreed, Some(Status::Solved)));
    assert_eq!(verdict(&ticket, &held), Verdict::Concurrent(opened));
    let impossible = Entry { from: Some(Status::OnHold), ..held.clone() };
    assert!(matches!(verdict(&ticket, &impossible), Verdict::NotPermitted(NotPermitted::WrongFrom { .. })));
    let without_from = Entry { from: None, ..held };
    assert!(matches!(
        verdict(&ticket, &without_from),
        Verdict::NotPermitted(NotPermitted::WrongFrom { recorded: None, .. })
    ));
}

#[test]
fn the_person_who_agreed_is_required() {
    let ticket = ticket();
    let solve = |by| {
        let agreed = Action::Solve(SolveEvidence::Agreed { by, reply: None });
        verdict(&ticket, &entry(&ticket, "kenji@desk.example", Role::Agent, agreed, Some(Status::Solved)))
    };
    assert_eq!(solve(Some(person("ana@acme.example"))), Verdict::Permitted);
    assert_eq!(solve(None), Verdict::NotPermitted(NotPermitted::AgreerMissing));
}

#[test]
fn an_entry_about_two_tickets_needs_its_counterpart() {
    let (source, other) = (ticket(), Id::at(begin(), 9));
    let (team, follow_up) = (team(), FollowUpPolicy::default());
    let policy = AuditPolicy { team: &team, follow_up: &follow_up, eligibility: None, organizations: &[] };
    let mut target = ticket();
    (target.id, target.history[0].id) = (other, other);
    let action = Action::Merge { into: other, reason: MergeReason::SameIssue };
    let merge = entry(&source, "kenji@desk.example", Role::Agent, action, Some(Status::Solved));
    let counterpart =
        Counterpart { target: Some(&target), has_counterpart: true, sees_source: false, is_moved_reply: false };
    assert_eq!(evaluate(&source, &merge, &policy, &counterpart), Verdict::Permitted);
    assert_eq!(verdict(&source, &merge), Verdict::CounterpartMissing);
    let mut solved = target.clone();
    solved.header.status = Status::Solved;
    let counterpart = Counterpart { target: Some(&solved), ..counterpart };
    assert_eq!(
        evaluate(&source, &merge, &policy, &counterpart),
        Verdict::NotPermitted(NotPermitted::Refused(Refusal::TargetSolved))
    );
    let merged = |by: &str, role| entry(&source, by, role, Action::Merged { source: other, cc: Vec::new() }, None);
    assert_eq!(verdict(&source, &merged("kenji@desk.example", Role::Agent)), Verdict::CounterpartMissing);
    assert!(matches!(verdict(&source, &merged("ana@acme.example", Role::Customer)), Verdict::NotPermitted(_)));
    let unmerged =
        entry(&source, "ana@acme.example", Role::Customer, Action::Unmerged { source: other, cc: Vec::new() }, None);
    assert_eq!(verdict(&source, &unmerged), Verdict::CounterpartMissing);
    let forward = |by: &str| {
        entry(&source, by, Role::Customer, Action::Forward { into: other, entry: Id::at(begin(), 10) }, None)
    };
    assert_eq!(verdict(&source, &forward("ana@acme.example")), Verdict::CounterpartMissing);
    assert!(matches!(verdict(&source, &forward("eve@other.example")), Verdict::NotPermitted(_)));
}
