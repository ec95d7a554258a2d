//! Examples of follow-ups, and properties on any policy.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Week;
use crate::domain::people::person::Person;
use crate::domain::sla::follow_up_policy::OPT_OUT_TAG;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{Priority, Role};

fn begin() -> DateTime<Utc> {
    "2026-11-20T16:00:00Z".parse().expect("an instant")
}

fn hours(hours: i64) -> DateTime<Utc> {
    begin() + TimeDelta::hours(hours)
}

fn entry(at: DateTime<Utc>, role: Role, action: Action, to: Option<Status>) -> Entry {
    let by = Person::from_address("kenji@desk.example").expect("an address");
    Entry { to, ..Entry::new(Id::at(at, 1), by, role, action) }
}

const fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

/// Returns a ticket to which support replied at the beginning.
fn awaiting_reply(priority: Priority) -> Ticket {
    let ana = Person::from_address("ana@acme.example").expect("an address");
    let opening = OpenFields::new("Tiles".to_owned(), priority, ana);
    let opened = entry(hours(-1), Role::Customer, Action::Open(Box::new(opening)), Some(Status::Open));
    let mut ticket = Ticket::opened_by(opened).expect("an opening");
    ticket.append(entry(begin(), Role::Agent, reply(), Some(Status::AwaitingReply)));
    ticket
}

fn remind(ticket: &mut Ticket, at: DateTime<Utc>) {
    ticket.append(entry(at, Role::System, Action::Remind { auto: true }, None));
}

/// Returns the next step by the defaults, in calendar time, and the hours after which it is due.
fn next_step(ticket: &Ticket) -> (FollowUpStep, i64) {
    let next = next(ticket, &FollowUpPolicy::default(), None, begin()).expect("a step");
    (next.step, (next.due_at - begin()).num_hours())
}

#[test]
fn reminders_are_due_as_the_policy_says_and_then_the_solve() {
    let mut ticket = awaiting_reply(Priority::S1);
    for (number, at) in [(1, 4), (2, 24), (3, 48)] {
        assert_eq!(next_step(&ticket), (FollowUpStep::Remind { number, of: 3 }, at));
        remind(&mut ticket, hours(at));
    }
    assert_eq!(next_step(&ticket), (FollowUpStep::Solve, 72));
}

#[test]
fn a_sweep_missed_for_days_sends_one_reminder_and_leaves_time_for_a_reply() {
    let mut ticket = awaiting_reply(Priority::S1);
    assert_eq!(next_step(&ticket), (FollowUpStep::Remind { number: 1, of: 3 }, 4));
    // Ten days late: 20 hours between the first and the second reminder, 24 before the third, 24 before the solve.
    for (number, late, next) in [(1, 240, 260), (2, 260, 284), (3, 284, 308)] {
        remind(&mut ticket, hours(late));
        let step = if number == 3 { FollowUpStep::Solve } else { FollowUpStep::Remind { number: number + 1, of: 3 } };
        assert_eq!(next_step(&ticket), (step, next));
    }
    // A late reminder delays the forecast of the solve.
    let mut late = awaiting_reply(Priority::S1);
    remind(&mut late, hours(240));
    remind(&mut late, hours(260));
    let last = next(&late, &FollowUpPolicy::default(), None, hours(300)).expect("a step");
    assert_eq!((last.due_at, last.solve_at), (hours(284), hours(324)));
    // An agent may solve it at once: the waiting period is over, and there were three reminders.
    assert_eq!(may_solve(&ticket, &FollowUpPolicy::default(), None, hours(284)), Ok(()));
}

#[test]
fn a_reminder_by_hand_counts_as_the_next_one() {
    let mut ticket = awaiting_reply(Priority::S3);
    remind(&mut ticket, hours(24));
    assert_eq!(next_step(&ticket), (FollowUpStep::Remind { number: 2, of: 2 }, 6 * 24));
    ticket.append(entry(hours(30), Role::Agent, reply(), None));
    assert_eq!(next_step(&ticket), (FollowUpStep::Remind { number: 1, of: 2 }, 4 * 24 + 30));
}

#[test]
fn a_ticket_with_a_reply_or_the_opt_out_tag_has_no_follow_up() {
    let policy = FollowUpPolicy::default();
    let mut ticket = awaiting_reply(Priority::S3);
    ticket.append(entry(hours(1), Role::Customer, reply(), Some(Status::Open)));
    let refusal = Refusal::Status { status: Status::Open };
    assert_eq!(next(&ticket, &policy, None, begin()), Err(NoFollowUp::NotSilent(refusal.clone())));
    assert_eq!(may_solve(&ticket, &policy, None, hours(9999)), Err(refusal));
    let mut ticket = awaiting_reply(Priority::S3);
    ticket.header.tags.push(OPT_OUT_TAG.to_owned());
    assert_eq!(next(&ticket, &policy, None, begin()), Err(NoFollowUp::OptedOut));
    let mut no_tag = FollowUpPolicy::default();
    no_tag.opt_out_tag = None;
    assert!(next(&ticket, &no_tag, None, begin()).is_ok());
}

#[test]
fn a_policy_without_reminders_leaves_them_to_agents() {
    let mut policy = FollowUpPolicy::default();
    policy.set(Priority::S4, FollowUp { alerts: Vec::new(), solve_after: TimeDelta::days(7) });
    let mut ticket = awaiting_reply(Priority::S4);
    assert_eq!(next(&ticket, &policy, None, begin()), Err(NoFollowUp::NoneListed));
    remind(&mut ticket, hours(24));
    let next = next(&ticket, &policy, None, begin()).expect("a step");
    assert_eq!((next.step, next.due_at), (FollowUpStep::Solve, hours(7 * 24)));
}

#[test]
fn open_time_is_counted_if_the_policy_says_so() {
    let mut week = Week::default();
    week.add("Mon-Fri 09:00 - 17:00").expect("a window");
    let zone = Zone::named("UTC").expect("a zone");
    let office = Calendar { name: "office".to_owned(), zone, week, holidays: [].into(), exceptions: [].into() };
    let policy = FollowUpPolicy::default();
    // Friday 16:00 and four open hours: one on Friday, three on Monday.
    let mut ticket = awaiting_reply(Priority::S1);
    let first = next(&ticket, &policy, Some(&office), begin()).expect("a step");
    assert_eq!(first.due_at, "2026-11-23T12:00:00Z".parse::<DateTime<Utc>>().expect("an instant"));
    for at in [hours(68), hours(200), hours(300)] {
        remind(&mut ticket, at);
    }
    // 72 open hours are nine working days.
    let ready_at = Some("2026-12-03T16:00:00Z".parse::<DateTime<Utc>>().expect("an instant"));
    let refusal = Refusal::TooEarly { ready_at, solve_after: TimeDelta::hours(72) };
    assert_eq!(may_solve(&ticket, &policy, Some(&office), hours(303)), Err(refusal));
    assert_eq!(may_solve(&ticket, &policy, Some(&office), hours(312)), Ok(()));
    let closed = Calendar { week: Week::default(), ..office };
    assert_eq!(next(&ticket, &policy, Some(&closed), begin()), Err(NoFollowUp::NeverOpen));
}

proptest! {
    /// However late sweeps run: their steps are allowed when they are done, no two reminders are closer than in the
    /// policy, and the solve comes after exactly as many reminders as it lists.
    #[test]
    fn late_sweeps_keep_the_distances_of_the_policy(
        gaps in prop::collection::vec(1_i64..100, 1..5),
        wait in 0_i64..100,
        late in prop::collection::vec(0_i64..300, 6),
    ) {
        let alerts: Vec<TimeDelta> = gaps
            .iter()
            .scan(0, |sum, gap| { *sum += gap; Some(TimeDelta::hours(*sum)) })
            .collect();
        let solve_after = alerts[alerts.len() - 1] + TimeDelta::hours(wait);
        let mut policy = FollowUpPolicy::default();
        policy.set(Priority::S2, FollowUp { alerts: alerts.clone(), solve_after });
        let mut ticket = awaiting_reply(Priority::S2);
        let mut swept = Vec::new();
        for late in late.iter().cycle() {
            let next = next(&ticket, &policy, None, begin()).expect("a step");
            prop_assert!(next.due_at <= next.solve_at);
            let at = next.due_at + TimeDelta::hours(*late);
            if next.step == FollowUpStep::Solve {
                prop_assert_eq!(may_solve(&ticket, &policy, None, at), Ok(()));
                break;
            }
            prop_assert!(may_solve(&ticket, &policy, None, at).is_err());
            swept.push(at);
            remind(&mut ticket, at);
        }
        prop_assert_eq!(swept.len(), alerts.len());
        for (place, pair) in swept.windows(2).enumerate() {
            prop_assert!(pair[1] - pair[0] >= alerts[place + 1] - alerts[place]);
        }
    }
}
