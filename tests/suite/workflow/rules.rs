//! The main rules of the workflow, each in a test of its own, independent of the table.

use casebook::domain::people::role::TicketRole;
use casebook::domain::ticket::action::{Action, SolveEvidence};
use casebook::domain::time::planned::PlannedTime;
use casebook::domain::vocabulary::{HoldReason, Priority, Resolution, Status};
use casebook::domain::workflow::{Decision, Notice, Refusal};
use chrono::TimeDelta;

use crate::fixtures::workflow_cast::*;
use Side::{Agent, Customer, Manager, Outsider, System};
use Status::{AwaitingReply, OnHold, Open, Solved};

fn answered() -> Scene {
    let mut scene = Scene::opened();
    scene.does(Agent, reply());
    scene
}

fn solved() -> Scene {
    let mut scene = answered();
    scene.does(Customer, agreed());
    scene
}

fn merged() -> Scene {
    let mut scene = Scene::opened();
    let merge = scene.merge();
    scene.does(Agent, merge);
    scene
}

/// Answered, reminded as often as the policy requires, and a week ago: S3 waits 4 and 6 days, then the seventh.
fn silent() -> Scene {
    let mut scene = answered();
    scene.wait(TimeDelta::days(4)).does(Agent, Action::Remind { auto: false });
    scene.wait(TimeDelta::days(2)).does(System, Action::Remind { auto: false }).wait(TimeDelta::days(1));
    scene
}

fn notices(decision: Result<Decision, Refusal>) -> Vec<Notice> {
    match decision {
        Ok(Decision::Entry { notices, .. }) => notices,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reply_hands_the_next_step_to_the_other_side() {
    let mut scene = answered();
    assert_eq!(scene.status(), AwaitingReply);
    assert_eq!(scene.does(Customer, reply()).status(), Open);
    scene.does(Agent, hold(HoldReason::Workaround));
    assert_eq!(scene.does(Agent, reply()).status(), AwaitingReply);
    assert_eq!(scene.ticket.header.hold, None);
}

#[test]
fn a_customers_reply_reopens_a_solved_ticket_and_an_agents_does_not() {
    let mut scene = solved();
    assert_eq!(scene.does(Agent, reply()).status(), Solved);
    assert_eq!(scene.ticket.header.resolution, Some(Resolution::Agreed));
    assert_eq!(notices(scene.ask(Customer, &Asked::with_text(reply()))), [Notice::Reopened]);
    assert_eq!(scene.does(Customer, reply()).status(), Open);
    assert_eq!(scene.ticket.header.resolution, None);
}

#[test]
fn an_automatic_reply_changes_neither_header_nor_reminders() {
    for scene in [Scene::opened(), answered(), silent(), solved()] {
        let (mut after, before) = (scene.clone(), scene);
        after.does(Customer, automatic());
        assert_eq!(after.ticket.header, before.ticket.header);
        assert_eq!(after.ticket.alerts(), before.ticket.alerts());
        assert_eq!(after.ticket.history.len(), before.ticket.history.len() + 1);
    }
    assert_eq!(silent().does(Customer, automatic()).does(Agent, no_response()).status(), Solved);
}

#[test]
fn keep_open_leaves_the_status_to_support_only() {
    let keep_open = Asked { keep_open: true, ..Asked::with_text(reply()) };
    let mut scene = Scene::opened();
    assert!(scene.attempt(Agent, &keep_open).is_ok());
    assert_eq!(scene.status(), Open);
    scene.does(Agent, hold(HoldReason::Engineering));
    assert!(scene.attempt(Agent, &keep_open).is_ok());
    assert_eq!(scene.status(), OnHold);
    assert!(scene.attempt(Customer, &keep_open).is_ok());
    assert_eq!(scene.status(), Open);
}

#[test]
fn actions_that_convey_a_text_require_one() {
    let scene = solved();
    let entry = scene.ticket.id;
    let reason = || "why".to_owned();
    let wordy = [reply(), note(), Action::Correct { entry, reason: reason() }];
    for action in wordy {
        assert_eq!(scene.ask(Agent, &Asked::without_text(action)), Err(Refusal::TextMissing));
    }
    let scene = Scene::opened();
    for action in [escalate(), prioritize(Priority::S1), hold(HoldReason::Other)] {
        assert_eq!(scene.ask(Agent, &Asked::without_text(action)), Err(Refusal::TextMissing));
    }
}

#[test]
fn a_ticket_on_hold_is_held_again_only_for_another_reason() {
    let mut scene = answered();
    scene.does(Agent, hold(HoldReason::Engineering));
    let reason = HoldReason::Engineering;
    assert_eq!(scene.refuses(Agent, hold(reason)), Refusal::SameHoldReason { reason });
    let later = |until: &str| {
        let until = PlannedTime::parse_exact(until);
        Action::Hold(casebook::domain::ticket::Hold { reason, team: None, until })
    };
    assert_eq!(scene.does(Agent, later("2027-01-01T00:00:00Z")).status(), OnHold);
    assert_eq!(scene.refuses(Agent, later("2027-01-01T00:00:00Z")), Refusal::SameHoldReason { reason });
    assert_eq!(scene.refuses(Agent, hold(reason)), Refusal::SameHoldReason { reason });
    scene.does(Agent, later("2027-02-01T00:00:00Z"));
    assert_eq!(scene.does(Agent, hold(HoldReason::AccountTeam)).status(), OnHold);
    assert_eq!(scene.ticket.header.hold.as_ref().map(|hold| hold.reason), Some(HoldReason::AccountTeam));
    assert_eq!(notices(scene.ask(Customer, &Asked::with_text(reply()))), [Notice::HoldEnded]);
    assert_eq!(scene.does(Agent, Action::Resume).status(), Open);
    assert_eq!(scene.refuses(Agent, Action::Resume), Refusal::Status { status: Open });
}

#[test]
fn a_ticket_is_solved_for_no_response_after_reminders_and_time() {
    assert_eq!(silent().does(System, no_response()).status(), Solved);
    assert_eq!(Scene::opened().refuses(Agent, no_response()), Refusal::Status { status: Open });
    assert_eq!(answered().refuses(Agent, no_response()), Refusal::TooFewAlerts { given: 0, needed: 2 });
    let mut hasty = answered();
    hasty.does(Agent, Action::Remind { auto: false }).does(Agent, Action::Remind { auto: false });
    assert!(matches!(hasty.refuses(Agent, no_response()), Refusal::TooEarly { .. }));
    let asked = hasty.ticket.last_agent_reply().unwrap().at;
    hasty.now = asked + TimeDelta::days(7) - TimeDelta::seconds(1);
    assert!(
        matches!(hasty.refuses(Agent, no_response()), Refusal::TooEarly { ready_at: Some(ready_at), .. } if ready_at == asked + TimeDelta::days(7))
    );
    hasty.now = asked + TimeDelta::days(7);
    assert_eq!(hasty.does(Agent, no_response()).ticket.header.resolution, Some(Resolution::NoResponse));
}

#[test]
fn an_escalation_is_no_reply_and_a_reply_is() {
    let mut scene = silent();
    assert_eq!(scene.does(Customer, escalate()).does(Agent, no_response()).status(), Solved);
    let mut scene = silent();
    scene.does(Customer, reply());
    assert_eq!(scene.refuses(Agent, no_response()), Refusal::Status { status: Open });
}

#[test]
fn reminders_start_again_at_every_reply_and_reopening() {
    assert_eq!(silent().ticket.alerts(), 2);
    assert_eq!(silent().does(Agent, reply()).ticket.alerts(), 0);
    assert_eq!(silent().does(Customer, reply()).ticket.alerts(), 0);
    assert_eq!(silent().does(Agent, note()).ticket.alerts(), 2);
    assert_eq!(silent().does(Agent, no_response()).ticket.alerts(), 2);
    assert_eq!(silent().does(Agent, no_response()).does(Customer, reopen(false)).ticket.alerts(), 0);
}

#[test]
fn a_solve_needs_agreement_or_evidence() {
    let agreement = |scene: &Scene| match &scene.ticket.history.last().unwrap().action {
        Action::Solve(SolveEvidence::Agreed { by, reply }) => (by.clone(), *reply),
        other => panic!("{other:?}"),
    };
    assert_eq!(agreement(answered().does(Customer, agreed())), (Some(Customer.person()), None));
    assert_eq!(agreement(answered().does(Agent, agreed_by_customer())), (Some(Customer.person()), None));
    assert_eq!(Scene::opened().refuses(Agent, agreed()), Refusal::AgreementMissing);
    assert_eq!(answered().refuses(Agent, agreed()), Refusal::AgreementMissing);
    let mut scene = answered();
    scene.does(Customer, reply());
    let in_reply = (Some(Customer.person()), Some(scene.ticket.version()));
    assert_eq!(agreement(scene.clone().does(Agent, note()).does(Agent, agreed())), in_reply);
    assert_eq!(scene.clone().does(Agent, reply()).refuses(Agent, agreed()), Refusal::AgreementMissing);
    let mut reopened = scene.clone();
    reopened.does(Agent, agreed()).does(Customer, reopen(false));
    assert_eq!(reopened.refuses(Agent, agreed()), Refusal::AgreementMissing, "the old reply is spent");
    let mut mailed = answered();
    mailed.does(Customer, Action::Reply { auto: true, via_ticket: None });
    assert_eq!(mailed.refuses(Agent, agreed()), Refusal::AgreementMissing, "an automatic mail is no agreement");
    let elsewhere = Action::Solve(SolveEvidence::Agreed { by: Some(Agent.person()), reply: in_reply.1 });
    assert!(matches!(scene.refuses(Agent, elsewhere), Refusal::NoSuchEntry { .. }), "the reply is another person's");
    assert!(matches!(answered().refuses(Customer, bug_reported()), Refusal::NotAllowed { .. }));
    assert!(matches!(silent().refuses(Customer, no_response()), Refusal::NotAllowed { .. }));
    assert_eq!(solved().refuses(Agent, agreed()), Refusal::Status { status: Solved });
}

#[test]
fn a_withdrawn_ticket_needs_a_text_and_its_requester_or_an_agent() {
    let withdrawn = || Action::Solve(SolveEvidence::Withdrawn);
    let mut scene = Scene::opened();
    assert_eq!(scene.ask(Agent, &Asked::without_text(withdrawn())), Err(Refusal::TextMissing));
    assert_eq!(scene.clone().does(Customer, withdrawn()).status(), Solved);
    assert_eq!(scene.does(Agent, withdrawn()).ticket.header.resolution, Some(Resolution::Withdrawn));
}

#[test]
fn an_escalation_stays_until_a_manager_ends_it() {
    let mut scene = Scene::opened();
    scene.does(Customer, escalate());
    let since = scene.ticket.header.escalation.clone().unwrap().since;
    assert_eq!(scene.ticket.header.escalation.as_ref().unwrap().manager, Some(Manager.person()));
    assert_eq!((scene.status(), scene.ticket.header.priority), (Open, Priority::S3));
    assert_eq!(scene.refuses(Agent, escalate()), Refusal::AlreadyEscalated { since });
    scene.does(Agent, agreed_by_customer());
    assert!(scene.ticket.header.escalation.is_some());
    scene.does(Customer, reopen(false));
    assert!(scene.ticket.header.escalation.is_some());
    assert_eq!(scene.refuses(Agent, deescalate()), Refusal::NotAllowed { role: TicketRole::Agent });
    assert_eq!(scene.refuses(Customer, deescalate()), Refusal::NotAllowed { role: TicketRole::Customer });
    assert_eq!(scene.does(Manager, deescalate()).ticket.header.escalation, None);
    assert_eq!(scene.refuses(Manager, deescalate()), Refusal::NotEscalated);
    assert_eq!(solved().refuses(Agent, escalate()), Refusal::Status { status: Solved });
}

#[test]
fn escalating_right_after_a_change_of_priority_warns() {
    let mut scene = Scene::opened();
    let manager = Some(Manager.person());
    let to = Notice::EscalatedTo { manager, is_on_duty: false, response_due: None };
    assert_eq!(notices(scene.ask(Customer, &Asked::with_text(escalate()))), std::slice::from_ref(&to));
    scene.does(Agent, prioritize(Priority::S2)).does(Agent, note());
    assert_eq!(notices(scene.ask(Customer, &Asked::with_text(escalate()))), [to, Notice::EscalatedAfterPriority]);
}

#[test]
fn a_new_priority_must_differ_and_records_the_old_one() {
    let mut scene = Scene::opened();
    let priority = Priority::S3;
    assert_eq!(scene.refuses(Agent, prioritize(priority)), Refusal::SamePriority { priority });
    scene.does(Agent, prioritize(Priority::S1));
    let last = &scene.ticket.history.last().unwrap().action;
    assert_eq!(*last, Action::Prioritize { priority: Priority::S1, was: Priority::S3 });
    assert_eq!(solved().refuses(Agent, prioritize(Priority::S1)), Refusal::Status { status: Solved });
}

#[test]
fn a_merged_ticket_reopens_only_by_unmerge() {
    let mut scene = merged();
    let into = scene.other.id;
    assert_eq!((scene.status(), scene.ticket.header.resolution), (Solved, Some(Resolution::Merged)));
    assert_eq!(
        (scene.ticket.header.merged_into, &scene.other.header.merged_from),
        (Some(into), &vec![scene.ticket.id])
    );
    for action in [reopen(false), agreed(), escalate(), Action::Resume, Action::Remind { auto: false }, scene.merge()] {
        assert_eq!(scene.refuses(Agent, action), Refusal::IsMerged { into });
    }
    assert_eq!(scene.other.header.status, Open);
    scene.does(Customer, reopen(true));
    assert_eq!((scene.status(), scene.ticket.header.resolution), (Open, None));
    assert_eq!((scene.ticket.header.merged_into, scene.other.header.merged_from.len()), (None, 0));
    assert_eq!(solved().refuses(Agent, reopen(true)), Refusal::NotMerged);
}

#[test]
fn a_merge_needs_an_unsolved_target_of_the_same_customer() {
    let scene = Scene::opened();
    let itself = Action::Merge { into: scene.ticket.id, reason: casebook::domain::vocabulary::MergeReason::SameIssue };
    assert_eq!(scene.refuses(Agent, itself), Refusal::MergeIntoItself);
    let other = |ticket| Scene { other: ticket, ..Scene::opened() };
    let into_solved = other(solved().ticket);
    let mut into_solved = Scene { ticket: Scene::opened().other, ..into_solved };
    into_solved.now += TimeDelta::hours(2);
    assert_eq!(into_solved.refuses(Agent, into_solved.merge()), Refusal::TargetSolved);
    let merged = merged();
    let into_merged = Scene { ticket: opened_at(merged.now, Customer, None, 9), other: merged.ticket, now: merged.now };
    assert!(matches!(into_merged.refuses(Agent, into_merged.merge()), Refusal::TargetMerged { .. }));
    let strangers = other(opened_at(scene.now, Outsider, None, 9));
    assert!(matches!(strangers.refuses(Agent, strangers.merge()), Refusal::OtherCustomer { .. }));
    let organized = other(opened_at(scene.now, Customer, Some("acme"), 9));
    assert!(matches!(organized.refuses(Agent, organized.merge()), Refusal::OtherCustomer { .. }));
    let colleagues = Scene { ticket: opened_at(scene.now, Outsider, Some("acme"), 8), ..organized };
    assert!(colleagues.ask(Agent, &Asked::without_text(colleagues.merge())).is_ok());
    assert!(matches!(scene.refuses(Customer, scene.merge()), Refusal::NotAllowed { .. }));
}

#[test]
fn people_of_a_merged_ticket_are_added_to_the_target() {
    let mut scene = Scene::opened();
    let bo = casebook::domain::people::person::Person::from_address("bo@acme.example").unwrap();
    scene.does(Agent, Action::Cc { add: vec![bo.clone()], remove: Vec::new() });
    let merge = scene.merge();
    scene.does(Agent, merge);
    assert_eq!(scene.other.header.cc, [bo]);
}

#[test]
fn a_person_corrects_their_own_text_and_agents_any() {
    let scene = answered();
    let (own, theirs) = (scene.ticket.history[0].id, scene.ticket.history[1].id);
    let redact = |entry| Action::Redact { entry, reason: "a password".to_owned(), subject: None };
    assert!(scene.ask(Customer, &Asked::with_text(redact(own))).is_ok());
    assert!(matches!(scene.refuses(Customer, redact(theirs)), Refusal::NotAllowed { .. }));
    assert!(scene.ask(Agent, &Asked::with_text(redact(own))).is_ok());
    let stranger = scene.other.id;
    assert_eq!(scene.refuses(Agent, redact(stranger)), Refusal::NoSuchEntry { entry: stranger });
}

#[test]
fn an_outsider_gets_the_answer_for_a_missing_ticket() {
    for action in [reply(), note(), agreed(), reopen(false), escalate(), Action::Remind { auto: false }] {
        assert_eq!(Scene::opened().refuses(Outsider, action), Refusal::NotVisible);
    }
}

#[test]
fn an_address_given_twice_is_written_once() {
    let bo = || casebook::domain::people::person::Person::from_address("bo@acme.example").unwrap();
    let mut scene = Scene::opened();
    scene.does(Agent, Action::Cc { add: vec![bo(), bo()], remove: Vec::new() });
    assert_eq!(scene.ticket.history.last().unwrap().action, Action::Cc { add: vec![bo()], remove: Vec::new() });
    let twice = vec!["outage".to_owned(), "outage".to_owned()];
    scene.does(Agent, Action::Tag { add: twice.clone(), remove: Vec::new() });
    assert_eq!(
        scene.ticket.history.last().unwrap().action,
        Action::Tag { add: twice[..1].to_vec(), remove: Vec::new() }
    );
    scene.does(Agent, Action::Tag { add: Vec::new(), remove: twice.clone() });
    assert_eq!(
        scene.ticket.history.last().unwrap().action,
        Action::Tag { add: Vec::new(), remove: twice[..1].to_vec() }
    );
}

#[test]
fn a_value_both_added_and_removed_stays_as_it_is() {
    let bo = || casebook::domain::people::person::Person::from_address("bo@acme.example").unwrap();
    let mut scene = Scene::opened();
    let both = || Action::Cc { add: vec![bo()], remove: vec![bo()] };
    assert_eq!(scene.attempt(Agent, &Asked::with_text(both())), Ok(Decision::Nothing));
    scene.does(Agent, Action::Cc { add: vec![bo()], remove: Vec::new() });
    assert_eq!(scene.attempt(Agent, &Asked::with_text(both())), Ok(Decision::Nothing));
    assert_eq!(scene.ticket.header.cc, [bo()]);
}
