//! The match of a query with a ticket, or with its summary header alone if that decides it.

use chrono::{DateTime, Utc};

use super::{Condition, PersonField, Predicate, Query, StateTest, TimeField, custom_fields};
use crate::domain::people::person::Person;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::{Summary, SummaryHeader};
use crate::domain::vocabulary::Status;

/// A ticket that a query may match, as the viewer sees it.
pub struct TicketView<'a> {
    /// The summary.
    pub summary: &'a Summary,
    /// The viewer, whom `me` and `is:mine` mean.
    pub viewer: Option<&'a Person>,
    /// Returns true if the subject or a text that the viewer may see contains a text, given in lower case.
    pub contains_text: &'a dyn Fn(&str) -> bool,
    /// Computes the clocks, if the query needs them.
    pub clocks: &'a dyn Fn() -> Vec<Clock>,
}

impl Query {
    /// Returns true if every condition holds.
    pub fn matches(&self, candidate: &TicketView<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.matches(candidate))
    }

    /// Returns the match as far as a summary header decides it; `None` if the full summary is needed.
    pub fn matches_header(&self, header: &SummaryHeader) -> Option<bool> {
        all_match_header(&self.conditions, header)
    }
}

fn all_match_header(conditions: &[Condition], header: &SummaryHeader) -> Option<bool> {
    let mut is_decided = true;
    for condition in conditions {
        match condition.predicate.matches_header(header) {
            Some(matches) if matches == condition.negated => return Some(false),
            Some(_) => {}
            None => is_decided = false,
        }
    }
    is_decided.then_some(true)
}

impl Condition {
    fn matches(&self, candidate: &TicketView<'_>) -> bool {
        self.predicate.matches(candidate) != self.negated
    }
}

impl Predicate {
    fn matches_header(&self, header: &SummaryHeader) -> Option<bool> {
        match self {
            Self::Status(values) => Some(values.contains(&header.status)),
            Self::Priority(values) => Some(values.contains(&header.priority)),
            Self::Hold(values) => Some(header.hold.is_some_and(|reason| values.contains(&reason))),
            Self::Resolution(values) => Some(header.resolution.is_some_and(|resolution| values.contains(&resolution))),
            Self::Person(PersonField::Assignee, values) if !header.assigned => Some(values.contains(&None)),
            Self::All(conditions) => all_match_header(conditions, header),
            Self::Key(_) | Self::Person(..) | Self::Header(..) | Self::Field(..) | Self::Text(_) => None,
            Self::Is(states) => {
                let matches: Vec<Option<bool>> = states.iter().map(|state| state_in_header(*state, header)).collect();
                if matches.contains(&Some(true)) {
                    return Some(true);
                }
                matches.iter().all(Option::is_some).then_some(false)
            }
            // A solved ticket has nothing due.
            Self::Time(TimeField::Due, _) => (header.status == Status::Solved).then_some(false),
            Self::Time(field, ranges) => header.past.map(|past| {
                let created = *field == TimeField::Created;
                falls_within(ranges, if created { past.created_at } else { past.last_activity_at })
            }),
        }
    }

    pub(super) fn needs_texts(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::All(conditions) => conditions.iter().any(|condition| condition.predicate.needs_texts()),
            _ => false,
        }
    }

    pub(super) fn speaks_of_solved(&self) -> bool {
        let is_about_it = |state: &StateTest| {
            matches!(state, StateTest::Open | StateTest::Unsolved | StateTest::Merged | StateTest::Reopened)
        };
        match self {
            Self::Status(_) | Self::Resolution(_) | Self::Key(_) => true,
            Self::Is(states) => states.iter().any(is_about_it),
            Self::All(conditions) => conditions.iter().any(|condition| condition.predicate.speaks_of_solved()),
            _ => false,
        }
    }

    pub(super) fn needs_clocks(&self) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().any(|condition| condition.predicate.needs_clocks()),
            Self::Is(states) => states.contains(&StateTest::Overdue),
            Self::Time(field, _) => *field == TimeField::Due,
            _ => false,
        }
    }

    /// Returns true if it tests only clocks, one by one.
    pub(super) fn is_on_clocks(&self) -> bool {
        match self {
            Self::Is(states) => states.iter().all(|state| *state == StateTest::Overdue),
            Self::All(_) => false,
            other => other.needs_clocks(),
        }
    }

    /// Returns the match of a predicate on clocks with one clock.
    pub(super) fn matches_clock(&self, clock: &Clock) -> bool {
        match self {
            Self::Time(TimeField::Due, ranges) => {
                clock.is_due() && clock.due_at.is_some_and(|due| falls_within(ranges, due))
            }
            _ => clock.is_overdue(),
        }
    }

    fn matches(&self, candidate: &TicketView<'_>) -> bool {
        if let Some(matches) = self.matches_header(&SummaryHeader::from(candidate.summary)) {
            return matches;
        }
        let header = &candidate.summary.header;
        match self {
            Self::Key(keys) => candidate.summary.key.as_ref().is_some_and(|key| keys.contains(key)),
            Self::Person(field, values) => has_person(*field, values, candidate.summary),
            Self::Header(field, values) => field.has(header, values),
            Self::Is(states) => states.iter().any(|state| has_state(*state, candidate)),
            Self::Time(..) => (candidate.clocks)().iter().any(|clock| self.matches_clock(clock)),
            Self::Field(name, conditions) => custom_fields::matches(name, conditions, &header.fields),
            Self::Text(text) => (candidate.contains_text)(text),
            Self::All(conditions) => conditions.iter().all(|condition| condition.matches(candidate)),
            Self::Status(_) | Self::Priority(_) | Self::Hold(_) | Self::Resolution(_) => false,
        }
    }
}

fn falls_within(ranges: &[crate::domain::query::Range], instant: DateTime<Utc>) -> bool {
    ranges
        .iter()
        .any(|range| range.from.is_none_or(|from| from <= instant) && range.until.is_none_or(|until| instant < until))
}

fn has_person(field: PersonField, values: &[Option<Person>], summary: &Summary) -> bool {
    let people: Vec<&Person> = match field {
        PersonField::Requester => vec![&summary.header.requester],
        PersonField::Assignee => summary.header.assignee.iter().collect(),
        PersonField::Cc => summary.header.cc.iter().collect(),
    };
    values.iter().any(|value| match value {
        None => people.is_empty(),
        Some(value) => people.iter().any(|person| person.same_address(value)),
    })
}

fn state_in_header(state: StateTest, header: &SummaryHeader) -> Option<bool> {
    Some(match state {
        StateTest::Open => matches!(header.status, Status::Open),
        StateTest::Unsolved => !matches!(header.status, Status::Solved),
        StateTest::Unassigned => !header.assigned,
        StateTest::Escalated => header.escalated,
        StateTest::Merged => header.merged,
        StateTest::Reopened => header.past?.reopened,
        // A solved ticket has nothing due.
        StateTest::Overdue if header.status == Status::Solved => false,
        StateTest::Overdue | StateTest::Mine => return None,
    })
}

fn has_state(state: StateTest, candidate: &TicketView<'_>) -> bool {
    let header = &candidate.summary.header;
    match state {
        StateTest::Overdue => header.status != Status::Solved && (candidate.clocks)().iter().any(Clock::is_overdue),
        StateTest::Mine => candidate.viewer.is_some_and(|viewer| {
            header.requester.same_address(viewer)
                || header.assignee.as_ref().is_some_and(|assignee| assignee.same_address(viewer))
        }),
        other => state_in_header(other, &SummaryHeader::from(candidate.summary)).unwrap_or(false),
    }
}
