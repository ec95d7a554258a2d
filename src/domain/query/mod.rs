//! The query language for tickets, such as `status:open -assignee:none updated:<7d`
//! (docs/guides/finding-tickets.md).
//!
//! There is one parser for every place that accepts a query. Conditions are joined by AND, the values of one condition by
//! OR, and a minus negates.
//!
//! # Invariants
//!
//! Nothing here knows files, flags or the present: scope and time are given.

mod custom_fields;
mod dates;
mod matches;
mod parse;
pub mod search;
#[cfg(test)]
mod tests;
mod text_field;

use chrono::{DateTime, Utc};

use super::people::person::Person;
use super::sla::clock::Clock;
use super::vocabulary::{HoldReason, Priority, Resolution, Status, UnknownWord, vocabulary};

pub use custom_fields::FieldCondition;
pub use matches::TicketView;
pub use parse::{QueryScope, keys, parse};
pub use text_field::TextField;

/// A query: the conditions on tickets, and the moment it looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// The moment it looks at; `None` for the present.
    pub as_of: Option<AsOf>,
}

/// The value of a query for tickets without a field; no field may have it.
pub const NONE: &str = "none";

/// A moment in the past of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// The histories as they were at an instant, UTC.
    Instant(DateTime<Utc>),
    /// The files as they were in a git revision.
    Revision(String),
}

/// A condition of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// True if the predicate must not hold.
    pub negated: bool,
    /// The predicate.
    pub predicate: Predicate,
}

/// A predicate on tickets; it holds if any of its values does.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// The status.
    Status(Vec<Status>),
    /// The priority.
    Priority(Vec<Priority>),
    /// The reason of the hold.
    Hold(Vec<HoldReason>),
    /// The resolution.
    Resolution(Vec<Resolution>),
    /// The key that the ticket was opened with.
    Key(Vec<String>),
    /// A person of the ticket; `None` matches a ticket without one.
    Person(PersonField, Vec<Option<Person>>),
    /// A header field with text; `None` matches a ticket without it.
    Header(TextField, Vec<Option<String>>),
    /// A state of the ticket.
    Is(Vec<StateTest>),
    /// A time of the ticket.
    Time(TimeField, Vec<Range>),
    /// A custom field, by name.
    Field(String, Vec<FieldCondition>),
    /// Text anywhere in the subject or in an entry, in lower case.
    Text(String),
    /// The conditions of a saved query that is negated; all of them hold.
    All(Vec<Condition>),
}

/// A field of a query that names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// The requester.
    Requester,
    /// The assignee.
    Assignee,
    /// The people in copy.
    Cc,
}

/// A time of a ticket that a query can compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    /// The time it was opened.
    Created,
    /// The time of its last entry.
    Updated,
    /// The due instant of a clock that has not stopped.
    Due,
}

/// A half-open range of instants from `from` to before `until`; a bound that is left out is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first instant, UTC.
    pub from: Option<DateTime<Utc>>,
    /// The first instant after it, UTC.
    pub until: Option<DateTime<Utc>>,
}

vocabulary! {
    /// A state that `is:` tests.
    StateTest, "state" {
        /// Support owes the next step.
        Open = "open",
        /// Not solved.
        Unsolved = "unsolved",
        /// Without an assignee.
        Unassigned = "unassigned",
        /// Escalated to a manager.
        Escalated = "escalated",
        /// Merged into another ticket.
        Merged = "merged",
        /// A clock that has not stopped is past its due instant.
        Overdue = "overdue",
        /// Solved once, and reopened.
        Reopened = "reopened",
        /// The viewer is the assignee or requester.
        Mine = "mine",
    }
}

/// An error in a query, with its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (column {})", start + 1)]
pub struct QueryError {
    /// The position of its first character, from 0.
    pub start: usize,
    /// The number of its characters.
    pub length: usize,
    /// The kind.
    pub kind: QueryErrorKind,
}

/// The kind of an error in a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryErrorKind {
    /// An unknown key.
    #[error("unknown query key `{0}:`")]
    UnknownKey(String),
    /// A word that is not in its vocabulary.
    #[error("unknown {} `{}`", .0.kind, .0.given)]
    UnknownWord(UnknownWord),
    /// A state that `is:` does not test.
    #[error("unknown state `is:{0}`")]
    UnknownState(String),
    /// A key without a value.
    #[error("missing value after the colon")]
    MissingValue,
    /// A text that is not a time.
    #[error("invalid time `{0}`")]
    InvalidTime(String),
    /// A time of the future, of something that is past.
    #[error("`{0}` is in the future")]
    FutureTime(String),
    /// A bound that is neither a number nor a date.
    #[error("invalid bound `{0}`: expected a number or a date")]
    InvalidBound(String),
    /// A text that is not a person.
    #[error("invalid person `{0}`")]
    InvalidPerson(String),
    /// A quote that is not closed.
    #[error("unclosed quote")]
    OpenQuote,
    /// A saved query that the desk does not have.
    #[error("unknown saved query `{0}`")]
    UnknownSaved(String),
    /// A saved query that contains itself, directly or through others.
    #[error("saved query `{0}` contains itself")]
    SavedQueryCycle(String),
    /// A word of another query language.
    #[error("`{0}` is not an operator")]
    Operator(String),
    /// A second `as-of:`.
    #[error("duplicate `as-of:`")]
    DuplicateAsOf,
}

impl Query {
    /// Returns true if it needs the texts of tickets.
    pub fn needs_texts(&self) -> bool {
        self.conditions.iter().any(|condition| condition.predicate.needs_texts())
    }

    /// Returns true if it says which of the solved tickets it means, or means one ticket by its key. A list shows only
    /// unsolved tickets otherwise.
    pub fn speaks_of_solved(&self) -> bool {
        self.as_of.is_some() || self.conditions.iter().any(|condition| condition.predicate.speaks_of_solved())
    }

    /// Returns the query with the condition that the ticket is not solved.
    #[must_use]
    pub fn unsolved(mut self) -> Self {
        self.conditions.push(Condition { negated: false, predicate: Predicate::Is(vec![StateTest::Unsolved]) });
        self
    }

    /// Returns true if it needs the clocks of tickets.
    pub fn needs_clocks(&self) -> bool {
        self.conditions.iter().any(|condition| condition.predicate.needs_clocks())
    }

    /// Returns true if a clock meets the conditions on clocks; without such a condition every clock does. A ticket that
    /// the query matches may have other clocks too.
    pub fn matches_clock(&self, clock: &Clock) -> bool {
        let on_clocks = self.conditions.iter().filter(|condition| condition.predicate.is_on_clocks());
        on_clocks.into_iter().all(|condition| condition.predicate.matches_clock(clock) != condition.negated)
    }

    /// Returns the query without the conditions that [`Query::matches_clock`] decides clock by clock.
    #[must_use]
    pub fn without_clock_conditions(mut self) -> Self {
        self.conditions.retain(|condition| condition.negated || !condition.predicate.is_on_clocks());
        self
    }

    /// Returns the people of each condition on people, also of those in saved queries.
    pub fn people_mut(&mut self) -> Vec<&mut Vec<Option<Person>>> {
        fn collect(conditions: &mut [Condition]) -> Vec<&mut Vec<Option<Person>>> {
            let mut found = Vec::new();
            for condition in conditions {
                match &mut condition.predicate {
                    Predicate::Person(_, people) => found.push(people),
                    Predicate::All(conditions) => found.extend(collect(conditions)),
                    _ => {}
                }
            }
            found
        }
        collect(&mut self.conditions)
    }

    /// Returns the query that has the conditions of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self.as_of = self.as_of.or(other.as_of);
        self
    }
}
