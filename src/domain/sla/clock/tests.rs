//! Examples of clocks, and a property that compares them with a count minute by minute.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::{Calendar, Week};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::sla::breakdown::{PauseReason, breakdown};
use crate::domain::sla::events::SlaEventRecorder;
use crate::domain::sla::plan::CalendarRule;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay::replay;
use crate::domain::time::duration::format_instant;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{MergeReason, Priority, ReopenReason, Role, Status};

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn calendar(name: &str, zone: &str, window: &str) -> Calendar {
    let mut week = Week::default();
    week.add(window).expect("a window");
    let zone = Zone::named(zone).expect("a zone");
    let holidays = BTreeMap::from([("2026-11-23".parse().expect("a date"), "Labor Thanksgiving Day".to_owned())]);
    let holidays = if name == "japan" { holidays } else { BTreeMap::new() };
    Calendar { name: name.to_owned(), zone, week, holidays, exceptions: BTreeMap::new() }
}

fn calendars() -> Vec<Calendar> {
    vec![
        calendar("english", "America/Los_Angeles", "Sun 17:00 - Fri 17:00"),
        calendar("japan", "Asia/Tokyo", "Mon-Fri 09:00 - 17:00"),
    ]
}

fn plan() -> Plan {
    let mut plan = Plan::default();
    for (priority, hours) in [(Priority::S1, 4), (Priority::S2, 8)] {
        plan.first_response.set(priority, TimeDelta::hours(hours), "");
        plan.next_response.set(priority, TimeDelta::hours(hours), "");
        plan.resolution.set(priority, TimeDelta::hours(hours * 10), "");
    }
    let japan =
        CalendarRule { language: Some("ja".to_owned()), calendar: "japan".to_owned(), ..CalendarRule::default() };
    plan.calendars = vec![japan, CalendarRule { calendar: "english".to_owned(), ..CalendarRule::default() }];
    plan
}

fn entry(at: DateTime<Utc>, role: Role, action: Action, to: Option<Status>) -> Entry {
    let by = Person::from_address("ana@acme.example").expect("an address");
    Entry { to, ..Entry::new(Id::at(at, 1), by, role, action) }
}

fn opened(at: &str, priority: Priority, language: &str) -> Entry {
    let ana = Person::from_address("ana@acme.example").expect("an address");
    let mut opening = OpenFields::new("Tiles time out".to_owned(), priority, ana);
    opening.language = Some(language.to_owned());
    entry(instant(at), Role::Customer, Action::Open(Box::new(opening)), Some(Status::Open))
}

const fn reply(auto: bool) -> Action {
    Action::Reply { auto, via_ticket: None }
}

fn cached_calendars() -> Vec<CachedCalendar> {
    calendars().into_iter().map(|calendar| CachedCalendar::of(calendar, instant("2026-11-21T09:00:00Z"))).collect()
}

/// Returns the clocks of a history as they were at an instant; later entries are ignored.
fn clocks_of<'a>(
    history: &[Entry],
    plan: &Plan,
    calendar: impl Fn(&str) -> Option<&'a CachedCalendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    let history = &history[..history.iter().take_while(|entry| entry.at <= now).count()];
    let Some(header) = replay(history) else { return Vec::new() };
    clocks(&SlaEvents::of(history), history[0].at, &header, plan, || "en".into(), calendar, now)
}

fn at(history: &[Entry], now: &str) -> Vec<Clock> {
    let calendars = cached_calendars();
    let by_name = |name: &str| calendars.iter().find(|cached| cached.calendar().name == name);
    clocks_of(history, &plan(), by_name, instant(now))
}

fn due(clock: &Clock) -> String {
    clock.due_at.map_or_else(|| "-".to_owned(), format_instant)
}

#[test]
fn friday_ten_to_five_in_los_angeles() {
    let history = [opened("2026-11-21T00:50:00Z", Priority::S1, "en")];
    let found = at(&history, "2026-11-21T12:00:00Z");
    assert_eq!((found[0].metric, found[0].state), (Metric::FirstResponse, ClockState::Running));
    assert_eq!((due(&found[0]).as_str(), found[0].elapsed.num_minutes()), ("2026-11-23T04:50:00Z", 10));
    assert_eq!(at(&history, "2026-11-23T04:50:00Z")[0].state, ClockState::Running);
    assert_eq!(at(&history, "2026-11-23T04:50:01Z")[0].state, ClockState::Breached);
    assert_eq!(at(&history, "2026-11-21T00:49:59Z"), []);
}

#[test]
fn a_holiday_in_tokyo_delays_the_due_instant() {
    let history = [opened("2026-11-23T01:00:00Z", Priority::S1, "ja")];
    assert_eq!(due(&at(&history, "2026-11-23T02:00:00Z")[0]), "2026-11-24T04:00:00Z");
}

#[test]
fn without_target_or_calendar_there_is_no_clock() {
    assert_eq!(at(&[opened("2026-11-23T01:00:00Z", Priority::S3, "en")], "2026-11-23T02:00:00Z"), []);
    let history = [opened("2026-11-23T01:00:00Z", Priority::S1, "en")];
    assert_eq!(clocks_of(&history, &plan(), |_| None, instant("2026-11-23T02:00:00Z")), []);
    assert_eq!(at(&[], "2026-11-23T02:00:00Z"), []);
}

#[test]
fn a_ticket_without_a_language_is_counted_by_the_default_language() {
    let mut history = vec![opened("2026-11-23T01:00:00Z", Priority::S1, "ja")];
    let Action::Open(opening) = &mut history[0].action else { return };
    opening.language = None;
    let (header, calendars) = (replay(&history).expect("it is open"), cached_calendars());
    let by = |language: &str| {
        let by_name = |name: &str| calendars.iter().find(|cached| cached.calendar().name == name);
        let now = instant("2026-11-23T02:00:00Z");
        let found = clocks(&SlaEvents::of(&history), history[0].at, &header, &plan(), || language.into(), by_name, now);
        found[0].calendar.to_string()
    };
    assert_eq!((by("ja").as_str(), by("en").as_str()), ("japan", "english"));
}

#[test]
fn only_people_stop_a_response() {
    let mut history = vec![opened("2026-11-23T01:00:00Z", Priority::S1, "en")];
    let time = |minutes| instant("2026-11-23T01:00:00Z") + TimeDelta::minutes(minutes);
    history.push(entry(time(5), Role::Agent, reply(true), None));
    history.push(entry(time(6), Role::Agent, Action::Note { auto: false, via_ticket: None }, None));
    history.push(entry(time(7), Role::System, reply(false), None));
    assert_eq!(at(&history, "2026-11-23T02:00:00Z")[0].state, ClockState::Running);
    history.push(entry(time(30), Role::Agent, reply(false), Some(Status::AwaitingReply)));
    let found = at(&history, "2026-11-23T20:00:00Z");
    assert_eq!(
        (found[0].state, found[0].stopped_at, found[0].elapsed.num_minutes()),
        (ClockState::Met, Some(time(30)), 30)
    );
    // The resolution waits for the customer; an automatic mail of the customer starts nothing.
    assert_eq!((found[1].state, due(&found[1]).as_str()), (ClockState::Paused, "-"));
    history.push(entry(time(40), Role::Customer, reply(true), None));
    assert_eq!(at(&history, "2026-11-23T20:00:00Z").len(), 2);
    history.push(entry(time(60), Role::Customer, reply(false), Some(Status::Open)));
    history.push(entry(time(70), Role::Customer, reply(false), None));
    let found = at(&history, "2026-11-23T20:00:00Z");
    assert_eq!((found[2].metric, found[2].started_at), (Metric::NextResponse, time(60)), "the oldest unanswered reply");
    assert_eq!(found[1].due_at, Some(time(60) + TimeDelta::minutes(40 * 60 - 30)));
}

#[test]
fn a_new_priority_counts_from_the_same_start() {
    let mut history = vec![opened("2026-11-23T02:00:00Z", Priority::S2, "en")];
    assert_eq!(due(&at(&history, "2026-11-23T07:00:00Z")[0]), "2026-11-23T10:00:00Z");
    let raise = Action::Prioritize { priority: Priority::S1, was: Priority::S2 };
    history.push(entry(instant("2026-11-23T07:00:00Z"), Role::Agent, raise, None));
    let found = at(&history, "2026-11-23T07:00:00Z");
    assert_eq!((due(&found[0]).as_str(), found[0].state), ("2026-11-23T06:00:00Z", ClockState::Breached));
    // A clock that was met stays met: its target is that of the priority at the stop.
    history.insert(1, entry(instant("2026-11-23T06:30:00Z"), Role::Agent, reply(false), None));
    assert_eq!(at(&history, "2026-11-23T07:00:00Z")[0].state, ClockState::Met);
}

#[test]
fn a_hold_pauses_nothing_and_reopening_continues() {
    let mut history = vec![opened("2026-11-23T02:00:00Z", Priority::S1, "en")];
    let time = |hours| instant("2026-11-23T02:00:00Z") + TimeDelta::hours(hours);
    history.push(entry(time(1), Role::Agent, reply(false), Some(Status::OnHold)));
    history.push(entry(time(11), Role::Agent, Action::Solve(SolveEvidence::NoResponse), Some(Status::Solved)));
    let reason = ReopenReason::NotSolved;
    let reopen = Action::Reopen { reason, unmerge: false };
    history.push(entry(time(20), Role::Customer, reopen, Some(Status::Open)));
    let solved = at(&history, &format_instant(time(19)));
    assert_eq!((solved[1].state, solved[1].elapsed.num_hours()), (ClockState::Met, 11));
    let found = at(&history, &format_instant(time(21)));
    assert_eq!((found[1].state, found[1].elapsed.num_hours(), found[1].stopped_at), (ClockState::Running, 12, None));
    assert_eq!(found[1].due_at, Some(time(49)));
    assert_eq!((found[2].metric, found[2].started_at), (Metric::NextResponse, time(20)));
}

fn source() -> Id {
    Id::at(instant("2026-11-20T20:00:00Z"), 9)
}

fn merged() -> Action {
    Action::Merged { source: source(), cc: Vec::new() }
}

#[test]
fn a_merge_does_not_meet_the_targets_of_the_merged_ticket() {
    let mut history = vec![opened("2026-11-23T02:00:00Z", Priority::S1, "en")];
    let time = |hours| instant("2026-11-23T02:00:00Z") + TimeDelta::hours(hours);
    let merge = Action::Merge { into: source(), reason: MergeReason::SameIssue };
    history.push(entry(time(1), Role::Agent, merge.clone(), Some(Status::Solved)));
    assert_eq!(at(&history, &format_instant(time(2))), [], "not breached yet, and due on the other ticket");
    let reopen = Action::Reopen { reason: ReopenReason::NotSolved, unmerge: true };
    history.push(entry(time(3), Role::Agent, reopen, Some(Status::Open)));
    let found = at(&history, &format_instant(time(3)));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].state, found[0].started_at, found[0].due_at), (ClockState::Running, time(0), Some(time(4))));
    assert_eq!((found[1].state, found[1].elapsed.num_hours()), (ClockState::Running, 1));
    // A clock that was breached by then stays breached.
    let mut late = vec![opened("2026-11-23T02:00:00Z", Priority::S1, "en")];
    late.push(entry(time(5), Role::Agent, merge.clone(), Some(Status::Solved)));
    let found = at(&late, &format_instant(time(6)));
    assert_eq!(
        found.iter().map(|clock| (clock.metric, clock.state, clock.stopped_at)).collect::<Vec<_>>(),
        [(Metric::FirstResponse, ClockState::Breached, Some(time(5)))]
    );
    // A response before the merge is met.
    late.insert(1, entry(time(1), Role::Agent, reply(false), Some(Status::AwaitingReply)));
    assert_eq!(at(&late, &format_instant(time(6)))[0].state, ClockState::Met);
}

#[test]
fn a_merge_into_a_ticket_starts_a_next_response() {
    let mut history = vec![opened("2026-11-23T02:00:00Z", Priority::S1, "en")];
    let time = |minutes| instant("2026-11-23T02:00:00Z") + TimeDelta::minutes(minutes);
    let next_responses = |history: &[Entry]| {
        let found =
            at(history, "2026-11-23T05:00:00Z").into_iter().filter(|clock| clock.metric == Metric::NextResponse);
        found.map(|clock| (clock.started_at, clock.state)).collect::<Vec<_>>()
    };
    // The first response is still due, and keeps its start.
    history.push(entry(time(5), Role::Agent, merged(), None));
    assert_eq!(next_responses(&history), []);
    history[1] = entry(time(5), Role::Agent, reply(false), Some(Status::AwaitingReply));
    history.push(entry(time(10), Role::Agent, merged(), None));
    assert_eq!(next_responses(&history), [(time(10), ClockState::Running)]);
    assert_eq!(at(&history, "2026-11-23T05:00:00Z")[1].state, ClockState::Paused, "the status is as it was");
    // Another reply of the customer does not restart it; a reply of an agent stops it, whatever the status.
    let mut answered = history.clone();
    answered.push(entry(time(20), Role::Customer, reply(false), Some(Status::Open)));
    assert_eq!(next_responses(&answered), [(time(10), ClockState::Running)]);
    answered.push(entry(time(30), Role::Agent, reply(false), None));
    assert_eq!(next_responses(&answered), [(time(10), ClockState::Met)]);
    // Unmerging ends it too, or leaves the unanswered reply of the customer.
    let mut unmerged = history.clone();
    unmerged.push(entry(time(40), Role::Agent, Action::Unmerged { source: source(), cc: Vec::new() }, None));
    assert_eq!(next_responses(&unmerged), []);
    unmerged.insert(3, entry(time(20), Role::Customer, reply(false), Some(Status::Open)));
    assert_eq!(next_responses(&unmerged), [(time(20), ClockState::Running)]);
}

/// Returns an entry of a random history, which the workflow might refuse.
fn random_entry(kind: u8) -> (Role, Action, Option<Status>) {
    let priority = |priority| Action::Prioritize { priority, was: Priority::S2 };
    match kind {
        0 => (Role::Agent, reply(false), Some(Status::AwaitingReply)),
        1 => (Role::Customer, reply(false), Some(Status::Open)),
        2 => (Role::Agent, Action::Resume, Some(Status::OnHold)),
        3 => (Role::Agent, Action::Solve(SolveEvidence::NoResponse), Some(Status::Solved)),
        4 => {
            let reason = ReopenReason::NotSolved;
            (Role::Customer, Action::Reopen { reason, unmerge: false }, Some(Status::Open))
        }
        5 => (Role::Agent, priority(Priority::S1), None),
        6 => (Role::Agent, priority(Priority::S2), None),
        7 => (Role::Customer, reply(true), None),
        8 => (
            Role::Agent,
            Action::Merge { into: Id::at(instant("2026-11-20T20:00:00Z"), 9), reason: MergeReason::SameIssue },
            Some(Status::Solved),
        ),
        9 => (Role::Agent, Action::Reopen { reason: ReopenReason::NotSolved, unmerge: true }, Some(Status::Open)),
        10 => (Role::Agent, merged(), None),
        11 => (Role::Agent, Action::Unmerged { source: source(), cc: Vec::new() }, None),
        12 => (Role::System, Action::Solve(SolveEvidence::NoResponse), Some(Status::Solved)),
        _ => (Role::Agent, Action::Remind { auto: false }, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replay_at_any_instant_agrees_with_the_incremental_answer(
        language in any::<bool>(),
        steps in prop::collection::vec((0..14_u8, 0..1500_i64), 0..12),
        wait in 0..1500_i64,
    ) {
        let (plan, calendars) = (plan(), cached_calendars());
        let by_name = |name: &str| calendars.iter().find(|cached| cached.calendar().name == name);
        let mut history = vec![opened("2026-11-20T20:00:00Z", Priority::S2, if language { "ja" } else { "en" })];
        let opened_at = history[0].at;
        let mut recorder = SlaEventRecorder::opening(&history[0]).expect("a ticket is opened");
        let mut header = replay(&history).expect("it is open");
        let mut answers = Vec::new();
        let mut time = opened_at;
        for (kind, minutes) in steps {
            // At an instant between two entries, and at the time of an entry.
            let between = time + TimeDelta::minutes(wait.min(minutes - 1).max(0));
            if minutes > 0 {
                answers.push((between, clocks(recorder.events(), opened_at, &header, &plan, || "en".into(), by_name, between)));
            }
            time += TimeDelta::minutes(minutes);
            let (role, action, to) = random_entry(kind);
            let next = entry(time, role, action, to);
            recorder.record(&next);
            crate::domain::ticket::replay::apply(&mut header, &next);
            prop_assert_eq!(recorder.status(), header.status);
            history.push(next);
        }
        let end = time + TimeDelta::minutes(wait);
        answers.push((end, clocks(recorder.events(), opened_at, &header, &plan, || "en".into(), by_name, end)));
        for (now, answer) in answers {
            prop_assert_eq!(clocks_of(&history, &plan, by_name, now), answer);
        }

        let found = clocks_of(&history, &plan, by_name, end);
        for clock in &found {
            let calendar = by_name(&clock.calendar).expect("a calendar").calendar();
            check_breakdown(clock, recorder.events(), opened_at, calendar, end)?;
        }
        // Minute by minute: the resolution runs while the ticket is open or on hold.
        if let Some(clock) = found.iter().find(|clock| clock.metric == Metric::Resolution) {
            let calendar = by_name(&clock.calendar).expect("a calendar").calendar();
            let hours = calendar.open_hours(opened_at, end);
            let (mut minute, mut count) = (opened_at, 0);
            let mut replayed = 0;
            let mut header = None;
            while minute < end {
                while history.get(replayed).is_some_and(|entry| entry.at <= minute) {
                    replayed += 1;
                    header = replay(&history[..replayed]);
                }
                let status = header.as_ref().expect("it is open").status;
                count += i64::from(matches!(status, Status::Open | Status::OnHold) && hours.is_open(minute));
                minute += TimeDelta::minutes(1);
            }
            prop_assert_eq!(clock.elapsed.num_minutes(), count);
        }
    }
}

/// Checks that the intervals of a clock have no gaps, sum up to its elapsed time, and reach the target at the due instant.
fn check_breakdown(
    clock: &Clock,
    events: &SlaEvents,
    opened: DateTime<Utc>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<(), TestCaseError> {
    let intervals = breakdown(clock, events, opened, calendar, now);
    prop_assert!(intervals.windows(2).all(|pair| pair[0].to == pair[1].from), "{:?}", intervals);
    prop_assert!(intervals.iter().all(|interval| interval.from < interval.to));
    let counted = |ahead: bool| {
        intervals
            .iter()
            .filter(|interval| interval.is_ahead == ahead)
            .map(|interval| interval.counted)
            .sum::<TimeDelta>()
    };
    prop_assert_eq!(counted(false), clock.elapsed);
    for interval in &intervals {
        let open = matches!(interval.reason, PauseReason::Open(_));
        prop_assert_eq!(interval.counted, if open { interval.to - interval.from } else { TimeDelta::zero() });
        if open {
            prop_assert_eq!(calendar.elapsed(interval.from, interval.to), interval.counted);
        }
    }
    if let Some(first) = intervals.first() {
        prop_assert_eq!(first.from, clock.started_at);
    }
    if clock.state == ClockState::Running && clock.due_at.is_some_and(|due| due > now) {
        prop_assert_eq!(counted(false) + counted(true), clock.target);
        prop_assert_eq!(intervals.last().map(|interval| interval.to), clock.due_at);
    }
    if clock.state == ClockState::Breached {
        prop_assert!(
            intervals.iter().any(|interval| Some(interval.to) == clock.due_at && interval.sum == clock.target)
        );
    }
    Ok(())
}
