//! The query language: which tickets somebody means, in words such as `status:open -assignee:none updated:<7d`.
//!
//! One parser for every place that takes a query. Conditions are joined by AND, values of one by OR, and a minus
//! negates (CLI, Reading). Must not know files, flags, or the present: scope and time are given.

mod custom_fields;
mod dates;
mod matches;
mod parse;
pub mod search;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use super::people::person::Person;
use super::sla::clock::Clock;
use super::vocabulary::{HoldReason, Priority, Resolution, Status, UnknownWord};

pub use custom_fields::FieldCondition;
pub use matches::TicketView;
pub use parse::{KEYS, QueryScope, parse};

/// What somebody asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Every one of these has to hold.
    pub conditions: Vec<Condition>,
    /// When the answer is wanted for, where that is not now.
    pub as_of: Option<AsOf>,
}

/// A moment of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// As the histories were then, UTC.
    Instant(DateTime<Utc>),
    /// As the files were in a revision of git.
    Revision(String),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Whether it must not hold.
    pub negated: bool,
    /// What is looked at.
    pub test: Predicate,
}

/// What a condition looks at; any of its values will do.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// The status.
    Status(Vec<Status>),
    /// The priority.
    Priority(Vec<Priority>),
    /// Why it is on hold.
    Hold(Vec<HoldReason>),
    /// How it was solved.
    Resolution(Vec<Resolution>),
    /// Somebody who has to do with it; nobody is `None`.
    Person(PersonField, Vec<Option<Person>>),
    /// A fact in words; its absence is `None`.
    Words(TextField, Vec<Option<String>>),
    /// A state of affairs.
    Is(Vec<StateTest>),
    /// When something happened.
    Time(TimeField, Vec<Range>),
    /// One of the desk's own fields, by name.
    Field(String, Vec<FieldCondition>),
    /// Words anywhere in subject and texts, folded to lower case.
    Text(String),
    /// Every one of these holds: a saved query that must not.
    All(Vec<Condition>),
}

/// Who is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// Whose ticket it is.
    Requester,
    /// Who takes care of it.
    Assignee,
    /// Who else takes part.
    Cc,
}

/// Which fact in words is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// The customer's organisation.
    Organization,
    /// The product group.
    ProductGroup,
    /// How it came in.
    Channel,
    /// The desk's labels.
    Tag,
    /// The language it is written in.
    Language,
}

/// Which time is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    /// When it was opened.
    Created,
    /// When something last happened.
    Updated,
    /// When a clock that still runs is due, or was.
    Due,
}

/// Times from `from` until before `until`; an end left out is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first instant, UTC.
    pub from: Option<DateTime<Utc>>,
    /// The first instant behind, UTC.
    pub until: Option<DateTime<Utc>>,
}

/// A state of affairs that `is:` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateTest {
    /// Support owes the next step.
    Open,
    /// Not solved.
    Unsolved,
    /// Nobody takes care of it.
    Unassigned,
    /// A manager looks at it.
    Escalated,
    /// Goes on in another ticket.
    Merged,
    /// A target has passed, and what was promised is still owed.
    Overdue,
    /// Was solved once, and opened again.
    Reopened,
    /// The asking person is its assignee or requester.
    Mine,
}

impl StateTest {
    /// Every word of `is:`.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("open", Self::Open),
        ("unsolved", Self::Unsolved),
        ("unassigned", Self::Unassigned),
        ("escalated", Self::Escalated),
        ("merged", Self::Merged),
        ("overdue", Self::Overdue),
        ("reopened", Self::Reopened),
        ("mine", Self::Mine),
    ];
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (column {})", start + 1)]
pub struct QueryError {
    /// Where it begins, in characters from 0.
    pub start: usize,
    /// How many characters it is long.
    pub length: usize,
    /// What is wrong.
    pub kind: QueryErrorKind,
}

/// What can be wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryErrorKind {
    /// A key that is none.
    #[error("`{0}:` is no key of a query")]
    UnknownKey(String),
    /// A word that is not in its vocabulary.
    #[error("`{}` is no {}", .0.given, .0.kind)]
    UnknownWord(UnknownWord),
    /// A word that `is:` does not know.
    #[error("`is:` does not know `{0}`")]
    UnknownState(String),
    /// A key without a value.
    #[error("a value is missing")]
    NoValue,
    /// Words that name no time.
    #[error("`{0}` names no time")]
    NoTime(String),
    /// Words that compare with no number or day.
    #[error("`{0}` compares with no number or day")]
    NoBound(String),
    /// Words that name no person.
    #[error("`{0}` names nobody")]
    NoPerson(String),
    /// A quote that is never closed.
    #[error("this quote is never closed")]
    OpenQuote,
    /// A saved query there is none of.
    #[error("there is no saved query `{0}`")]
    UnknownSaved(String),
    /// A saved query that leads back to itself.
    #[error("the saved query `{0}` leads back to itself")]
    SavedInCircle(String),
    /// A second moment.
    #[error("`as-of:` stands here twice")]
    SecondMoment,
}

impl Query {
    /// Whether the words of tickets are needed to answer.
    pub fn needs_texts(&self) -> bool {
        self.conditions.iter().any(|condition| condition.test.needs_texts())
    }

    /// Whether the clocks of tickets are needed to answer.
    pub fn needs_clocks(&self) -> bool {
        self.conditions.iter().any(|condition| condition.test.needs_clocks())
    }

    /// Whether a clock is one of those the conditions on clocks ask for; without any, every clock is. A ticket that a
    /// query means may have others beside it.
    pub fn means_clock(&self, clock: &Clock) -> bool {
        let about_clocks = self.conditions.iter().filter(|condition| condition.test.is_about_clocks());
        about_clocks.into_iter().all(|condition| condition.test.is_met_by(clock) != condition.negated)
    }

    /// The same without the conditions that [`Query::means_clock`] answers alone, clock by clock.
    #[must_use]
    pub fn without_clock_conditions(mut self) -> Self {
        self.conditions.retain(|condition| condition.negated || !condition.test.is_about_clocks());
        self
    }

    /// Both queries at once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self.as_of = self.as_of.or(other.as_of);
        self
    }
}
