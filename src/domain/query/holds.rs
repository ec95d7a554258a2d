//! Whether a ticket is meant.

use super::super::person::Person;
use super::super::summary::Summary;
use super::super::words::Status;
use super::{Condition, Is, PersonFact, Query, Test, TimeFact, WordsFact};

/// A ticket that may be meant.
pub struct Candidate<'a> {
    /// Its facts.
    pub row: &'a Summary,
    /// Who asks.
    pub me: Option<&'a Person>,
    /// Whether its subject or one of the texts the asking person may see holds some words, folded to lower case.
    pub holds_words: &'a dyn Fn(&str) -> bool,
}

impl Query {
    /// Whether every condition holds.
    pub fn means(&self, candidate: &Candidate<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(candidate))
    }
}

impl Condition {
    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        self.test.holds(candidate) != self.negated
    }
}

impl Test {
    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        let header = &candidate.row.header;
        match self {
            Self::Status(words) => words.contains(&header.status),
            Self::Priority(words) => words.contains(&header.priority),
            Self::Hold(words) => header.hold.as_ref().is_some_and(|hold| words.contains(&hold.reason)),
            Self::Resolution(words) => header.resolution.is_some_and(|resolution| words.contains(&resolution)),
            Self::Person(fact, wanted) => holds_person(*fact, wanted, candidate.row),
            Self::Words(fact, wanted) => holds_words(*fact, wanted, candidate.row),
            Self::Is(states) => states.iter().any(|state| is(*state, candidate)),
            Self::Time(fact, ranges) => {
                let instant = match fact {
                    TimeFact::Created => candidate.row.created_at,
                    TimeFact::Updated => candidate.row.last_activity_at,
                    // Nothing is due as long as the desk has no response targets.
                    TimeFact::Due => return false,
                };
                let within = |range: &super::Range| {
                    range.from.is_none_or(|from| from <= instant) && range.until.is_none_or(|until| instant < until)
                };
                ranges.iter().any(within)
            }
            Self::Text(words) => (candidate.holds_words)(words),
        }
    }
}

fn holds_person(fact: PersonFact, wanted: &[Option<Person>], row: &Summary) -> bool {
    let people: Vec<&Person> = match fact {
        PersonFact::Requester => vec![&row.header.requester],
        PersonFact::Assignee => row.header.assignee.iter().collect(),
        PersonFact::Cc => row.header.cc.iter().collect(),
    };
    wanted.iter().any(|wanted| match wanted {
        None => people.is_empty(),
        Some(wanted) => people.iter().any(|person| person.is(wanted)),
    })
}

fn holds_words(fact: WordsFact, wanted: &[Option<String>], row: &Summary) -> bool {
    let header = &row.header;
    let words: Vec<&String> = match fact {
        WordsFact::Organization => header.organization.iter().collect(),
        WordsFact::ProductGroup => header.product_group.iter().collect(),
        WordsFact::Channel => header.channel.iter().collect(),
        WordsFact::Language => header.language.iter().collect(),
        WordsFact::Tag => header.tags.iter().collect(),
    };
    wanted.iter().any(|wanted| match wanted {
        None => words.is_empty(),
        Some(wanted) => words.contains(&wanted),
    })
}

fn is(state: Is, candidate: &Candidate<'_>) -> bool {
    let header = &candidate.row.header;
    match state {
        Is::Open => header.status == Status::Open,
        Is::Unsolved => header.status != Status::Solved,
        Is::Unassigned => header.assignee.is_none(),
        Is::Escalated => header.escalation.is_some(),
        Is::Merged => header.merged_into.is_some(),
        // Nothing is overdue as long as the desk has no response targets.
        Is::Overdue => false,
        Is::Reopened => candidate.row.reopened,
        Is::Mine => candidate.me.is_some_and(|me| {
            header.requester.is(me) || header.assignee.as_ref().is_some_and(|assignee| assignee.is(me))
        }),
    }
}
