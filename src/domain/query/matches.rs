//! Whether a ticket is meant.

use chrono::{DateTime, Utc};

use super::{Condition, PersonField, Predicate, Query, StateTest, TextField, TimeField, custom_fields};
use crate::domain::people::person::Person;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::is_language;
use crate::domain::ticket::summary::{Summary, SummaryHeader};
use crate::domain::vocabulary::Status;

/// A ticket that may be meant.
pub struct TicketView<'a> {
    /// Its facts.
    pub row: &'a Summary,
    /// Who asks.
    pub me: Option<&'a Person>,
    /// Whether its subject or one of the texts the asking person may see holds some words, folded to lower case.
    pub holds_words: &'a dyn Fn(&str) -> bool,
    /// Its clocks, where the query needs them.
    pub clocks: &'a dyn Fn() -> Vec<Clock>,
}

impl Query {
    /// Whether every condition holds.
    pub fn matches(&self, candidate: &TicketView<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.is_met(candidate))
    }
}

impl Query {
    /// Whether every condition holds, as far as that can be told at a glance: `None` where more has to be known.
    pub fn matches_header(&self, glimpse: &SummaryHeader) -> Option<bool> {
        hold_in_header(&self.conditions, glimpse)
    }
}

fn hold_in_header(conditions: &[Condition], glimpse: &SummaryHeader) -> Option<bool> {
    let mut is_sure = true;
    for condition in conditions {
        match condition.test.is_met_by_header(glimpse) {
            Some(holds) if holds == condition.negated => return Some(false),
            Some(_) => {}
            None => is_sure = false,
        }
    }
    is_sure.then_some(true)
}

impl Condition {
    fn is_met(&self, candidate: &TicketView<'_>) -> bool {
        self.test.is_met(candidate) != self.negated
    }
}

impl Predicate {
    fn is_met_by_header(&self, glimpse: &SummaryHeader) -> Option<bool> {
        match self {
            Self::Status(words) => Some(words.contains(&glimpse.status)),
            Self::Priority(words) => Some(words.contains(&glimpse.priority)),
            Self::Hold(words) => Some(glimpse.hold.is_some_and(|reason| words.contains(&reason))),
            Self::Resolution(words) => Some(glimpse.resolution.is_some_and(|word| words.contains(&word))),
            Self::Person(PersonField::Assignee, wanted) if !glimpse.assigned => Some(wanted.contains(&None)),
            Self::All(conditions) => hold_in_header(conditions, glimpse),
            Self::Person(..) | Self::Words(..) | Self::Field(..) | Self::Text(_) => None,
            Self::Is(states) => {
                let known: Vec<Option<bool>> = states.iter().map(|state| state_in_header(*state, glimpse)).collect();
                if known.contains(&Some(true)) {
                    return Some(true);
                }
                known.iter().all(Option::is_some).then_some(false)
            }
            // Nothing is owed any more.
            Self::Time(TimeField::Due, _) => (glimpse.status == Status::Solved).then_some(false),
            Self::Time(fact, ranges) => glimpse.past.map(|past| {
                let created = *fact == TimeField::Created;
                falls_within(ranges, if created { past.created_at } else { past.last_activity_at })
            }),
        }
    }

    pub(super) fn needs_texts(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::All(conditions) => conditions.iter().any(|condition| condition.test.needs_texts()),
            _ => false,
        }
    }

    pub(super) fn needs_clocks(&self) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().any(|condition| condition.test.needs_clocks()),
            Self::Is(states) => states.contains(&StateTest::Overdue),
            Self::Time(fact, _) => *fact == TimeField::Due,
            _ => false,
        }
    }

    /// Whether it looks at nothing but clocks, one by one.
    pub(super) fn is_about_clocks(&self) -> bool {
        match self {
            Self::Is(states) => states.iter().all(|state| *state == StateTest::Overdue),
            Self::All(_) => false,
            test => test.needs_clocks(),
        }
    }

    /// Whether it holds of a clock, if it is about clocks.
    pub(super) fn is_met_by(&self, clock: &Clock) -> bool {
        match self {
            Self::Time(TimeField::Due, ranges) => {
                clock.is_due() && clock.due_at.is_some_and(|due| falls_within(ranges, due))
            }
            _ => clock.is_overdue(),
        }
    }

    fn is_met(&self, candidate: &TicketView<'_>) -> bool {
        let header = &candidate.row.header;
        match self {
            Self::Status(words) => words.contains(&header.status),
            Self::Priority(words) => words.contains(&header.priority),
            Self::Hold(words) => header.hold.as_ref().is_some_and(|hold| words.contains(&hold.reason)),
            Self::Resolution(words) => header.resolution.is_some_and(|resolution| words.contains(&resolution)),
            Self::Person(fact, wanted) => contains_person(*fact, wanted, candidate.row),
            Self::Words(fact, wanted) => contains_text(*fact, wanted, candidate.row),
            Self::Is(states) => states.iter().any(|state| has_state(*state, candidate)),
            Self::Time(TimeField::Created, ranges) => falls_within(ranges, candidate.row.created_at),
            Self::Time(TimeField::Updated, ranges) => falls_within(ranges, candidate.row.last_activity_at),
            Self::Time(TimeField::Due, _) => {
                header.status != Status::Solved && (candidate.clocks)().iter().any(|clock| self.is_met_by(clock))
            }
            Self::Field(name, wishes) => custom_fields::is_met(name, wishes, &header.fields),
            Self::Text(words) => (candidate.holds_words)(words),
            Self::All(conditions) => conditions.iter().all(|condition| condition.is_met(candidate)),
        }
    }
}

fn falls_within(ranges: &[crate::domain::query::Range], instant: DateTime<Utc>) -> bool {
    ranges
        .iter()
        .any(|range| range.from.is_none_or(|from| from <= instant) && range.until.is_none_or(|until| instant < until))
}

fn contains_person(fact: PersonField, wanted: &[Option<Person>], row: &Summary) -> bool {
    let people: Vec<&Person> = match fact {
        PersonField::Requester => vec![&row.header.requester],
        PersonField::Assignee => row.header.assignee.iter().collect(),
        PersonField::Cc => row.header.cc.iter().collect(),
    };
    wanted.iter().any(|wanted| match wanted {
        None => people.is_empty(),
        Some(wanted) => people.iter().any(|person| person.same_address(wanted)),
    })
}

fn contains_text(fact: TextField, wanted: &[Option<String>], row: &Summary) -> bool {
    let header = &row.header;
    if let (TextField::Language, Some(language)) = (fact, header.language.as_deref()) {
        return wanted.iter().flatten().any(|wanted| is_language(language, wanted));
    }
    let words: Vec<&String> = match fact {
        TextField::Organization => header.organization.iter().collect(),
        TextField::ProductGroup => header.product_group.iter().collect(),
        TextField::Channel => header.channel.iter().collect(),
        TextField::Language => header.language.iter().collect(),
        TextField::Tag => header.tags.iter().collect(),
    };
    wanted.iter().any(|wanted| match wanted {
        None => words.is_empty(),
        Some(wanted) => words.contains(&wanted),
    })
}

fn state_in_header(state: StateTest, glimpse: &SummaryHeader) -> Option<bool> {
    Some(match state {
        StateTest::Open => matches!(glimpse.status, Status::Open),
        StateTest::Unsolved => !matches!(glimpse.status, Status::Solved),
        StateTest::Unassigned => !glimpse.assigned,
        StateTest::Escalated => glimpse.escalated,
        StateTest::Merged => glimpse.merged,
        StateTest::Reopened => glimpse.past?.reopened,
        // Of a solved one nothing is owed any more.
        StateTest::Overdue if glimpse.status == Status::Solved => false,
        StateTest::Overdue | StateTest::Mine => return None,
    })
}

fn has_state(state: StateTest, candidate: &TicketView<'_>) -> bool {
    let header = &candidate.row.header;
    match state {
        StateTest::Open => header.status == Status::Open,
        StateTest::Unsolved => header.status != Status::Solved,
        StateTest::Unassigned => header.assignee.is_none(),
        StateTest::Escalated => header.escalation.is_some(),
        StateTest::Merged => header.merged_into.is_some(),
        StateTest::Overdue => header.status != Status::Solved && (candidate.clocks)().iter().any(Clock::is_overdue),
        StateTest::Reopened => candidate.row.reopened,
        StateTest::Mine => candidate.me.is_some_and(|me| {
            header.requester.same_address(me)
                || header.assignee.as_ref().is_some_and(|assignee| assignee.same_address(me))
        }),
    }
}
