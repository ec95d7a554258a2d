//! Examples of the manager response.

use super::*;
use crate::domain::calendar::Week;
use crate::domain::id::Id;
use crate::domain::ticket::OpenFields;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::EscalationReason;

fn person(name: &str) -> Person {
    Person::from_address(&format!("{name}@desk.example")).expect("an address")
}

/// Returns the instant some minutes after 16:50 on a Friday.
fn minutes(minutes: i64) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2026-11-20T16:50:00Z".parse().expect("an instant");
    begin + TimeDelta::minutes(minutes)
}

fn entry(at: i64, by: &str, action: Action, to: Option<Status>) -> Entry {
    let (at, role) = (minutes(at), Role::Agent);
    Entry { to, ..Entry::new(Id::at(at, 1), person(by), role, action) }
}

fn office() -> Calendar {
    let mut week = Week::default();
    week.add("Mon-Fri 09:00 - 17:00").expect("a window");
    let zone = Zone::named("UTC").expect("a zone");
    Calendar { name: "office".to_owned(), zone, week, holidays: [].into(), exceptions: [].into() }
}

fn policy() -> EscalationPolicy {
    let mut policy = EscalationPolicy { calendar: "office".to_owned(), ..EscalationPolicy::default() };
    policy.manager_response.set(Priority::S1, TimeDelta::minutes(30), "30m");
    policy
}

fn escalate() -> Action {
    Action::Escalate { reason: EscalationReason::BusinessImpact, manager: Some(person("mori")) }
}

fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

/// Returns state, elapsed and stop minutes of the clocks of an S1 escalated on Friday at 16:50, with later entries.
fn clocks(then: Vec<Entry>, now: i64) -> Vec<(ClockState, i64, Option<i64>)> {
    let opening = OpenFields::new("Tiles".to_owned(), Priority::S1, person("ana"));
    let mut history = vec![entry(-10, "ana", Action::Open(Box::new(opening)), Some(Status::Open))];
    history.push(entry(0, "ana", escalate(), None));
    history.extend(then);
    let office = office();
    let is_manager = |by: &Person| by.same_address(&person("mori"));
    let clocks = manager_response_clocks(
        &history,
        &policy(),
        is_manager,
        |name| (name == "office").then_some(&office),
        minutes(now),
    );
    let stopped = |clock: &Clock| clock.stopped_at.map(|at| (at - minutes(0)).num_minutes());
    clocks.iter().map(|clock| (clock.state, clock.elapsed.num_minutes(), stopped(clock))).collect()
}

#[test]
fn only_a_managers_reply_stops_the_clock_and_open_time_counts() {
    // Ten minutes are left on Friday; the other twenty come on Monday.
    let monday = 2 * 1440 + 16 * 60 + 10;
    assert_eq!(clocks(vec![], monday), [(ClockState::Running, 10, None)]);
    assert_eq!(clocks(vec![], monday + 20), [(ClockState::Running, 30, None)]);
    assert_eq!(clocks(vec![], monday + 21), [(ClockState::Breached, 31, None)]);
    let by_agent = entry(5, "kenji", reply(), Some(Status::AwaitingReply));
    assert_eq!(clocks(vec![by_agent], 9), [(ClockState::Running, 9, None)]);
    let by_manager = entry(5, "mori", reply(), Some(Status::AwaitingReply));
    assert_eq!(clocks(vec![by_manager.clone()], 9), [(ClockState::Met, 5, Some(5))]);
    assert_eq!(clocks(vec![by_manager], 4), [(ClockState::Running, 4, None)]);
    let note = entry(5, "mori", Action::Note { auto: false, via_ticket: None }, None);
    assert_eq!(clocks(vec![note], 9)[0].2, None);
}

#[test]
fn the_clock_stops_with_the_escalation_and_pauses_while_the_ticket_is_solved() {
    let end = Action::Deescalate { reason: None, manager: None };
    let agreed = Action::Solve(crate::domain::ticket::action::SolveEvidence::Agreed { by: None, reply: None });
    assert_eq!(clocks(vec![entry(5, "mori", end.clone(), None)], 9), [(ClockState::Met, 5, Some(5))]);
    // Solving is not a response: the clock pauses while the ticket is solved, and continues when it is reopened.
    let solved = entry(6, "kenji", agreed, Some(Status::Solved));
    assert_eq!(clocks(vec![solved.clone()], 9), [(ClockState::Paused, 6, None)]);
    let reason = crate::domain::vocabulary::ReopenReason::NotSolved;
    let reopened = entry(8, "ana", Action::Reopen { reason, unmerge: false }, Some(Status::Open));
    let again = vec![solved.clone(), reopened];
    assert_eq!(clocks(again.clone(), 9), [(ClockState::Running, 7, None)]);
    let response = entry(9, "mori", reply(), Some(Status::AwaitingReply));
    assert_eq!(clocks([again, vec![response]].concat(), 10), [(ClockState::Met, 7, Some(9))]);
    let ended = vec![solved, entry(7, "mori", end.clone(), None)];
    assert_eq!(clocks(ended, 9), [(ClockState::Met, 6, Some(7))]);
    // A second escalation has another clock.
    let again = vec![entry(5, "mori", end, None), entry(7, "ana", escalate(), None)];
    assert_eq!(clocks(again, 9), [(ClockState::Met, 5, Some(5)), (ClockState::Running, 2, None)]);
    // A priority without a target has no clock.
    let lower = Action::Prioritize { priority: Priority::S3, was: Priority::S1 };
    assert_eq!(clocks(vec![entry(1, "kenji", lower, None)], 9), []);
}

#[test]
fn the_first_rule_that_matches_names_the_manager() {
    let rule = |priority: &[Priority], calendar: Option<&str>, manager: &str| OnCallRule {
        priority: priority.to_vec(),
        calendar: calendar.map(str::to_owned),
        manager: person(manager),
    };
    let on_duty =
        vec![rule(&[Priority::S1], Some("office"), "mori"), rule(&[], Some("tokyo"), "sato"), rule(&[], None, "lea")];
    let policy = EscalationPolicy { on_duty, ..EscalationPolicy::default() };
    let named = |priority, open: &str| policy.manager_on_duty(priority, |name| name == open).map(Person::as_str);
    assert_eq!(named(Priority::S1, "office"), Some("mori@desk.example"));
    assert_eq!(named(Priority::S1, "tokyo"), Some("sato@desk.example"));
    assert_eq!(named(Priority::S2, "office"), Some("lea@desk.example"));
    assert_eq!(EscalationPolicy::default().manager_on_duty(Priority::S1, |_| true), None);
}
