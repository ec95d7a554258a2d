//! The order of a list: `--sort priority,-updated`. Ids decide last, so the order is total.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::{Priority, Status};
use crate::store::index::Rows;

/// The flag that orders a list.
#[derive(Debug, Args)]
pub struct SortFlag {
    /// Sort by these keys, reversed by a minus: id, status, priority, created, updated, due, subject, assignee,
    /// requester, org [default: unsolved escalated tickets first, then due, priority, created]
    #[arg(long, value_name = "KEYS", value_delimiter = ',', allow_hyphen_values = true, value_parser = key)]
    sort: Vec<SortKeyword>,
}

#[derive(Clone, Debug)]
struct SortKeyword {
    value_of: fn(&Summary, Due) -> SortValue,
    reversed: bool,
}

/// The due instant of a ticket, UTC.
type Due = Option<DateTime<Utc>>;

/// The name of an order, and the value of a ticket by which it sorts.
type SortKey = (&'static str, fn(&Summary, Due) -> SortValue);

/// The keys, with the value of a row that each compares.
const KEYS: [SortKey; 10] = [
    ("id", |row, _| SortValue::Id(row.id)),
    ("status", |row, _| SortValue::Status(row.header.status)),
    ("priority", |row, _| SortValue::Priority(row.header.priority)),
    ("created", |row, _| SortValue::Time(row.created_at)),
    ("updated", |row, _| SortValue::Time(row.last_activity_at)),
    ("due", |_, due| SortValue::Time(due.unwrap_or(DateTime::<Utc>::MAX_UTC))),
    ("subject", |row, _| SortValue::Text(Some(row.header.subject.clone()))),
    ("assignee", |row, _| SortValue::Person(row.header.assignee.clone())),
    ("requester", |row, _| SortValue::Person(Some(row.header.requester.clone()))),
    ("org", |row, _| SortValue::Text(row.header.organization.clone())),
];

fn key(word: &str) -> Result<SortKeyword, String> {
    let (reversed, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
    let key = KEYS.into_iter().find(|(known, _)| *known == name);
    key.map(|(_, value_of)| SortKeyword { value_of, reversed })
        .ok_or_else(|| format!("known are {}", KEYS.map(|(known, _)| known).join(", ")))
}

/// A value that rows are compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum SortValue {
    Id(Id),
    Status(Status),
    Priority(Priority),
    Time(DateTime<Utc>),
    Text(Option<String>),
    Person(Option<Person>),
}

/// A value that rows are compared by, with its direction.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Directed {
    Up(SortValue),
    Down(Reverse<SortValue>),
}

impl SortFlag {
    /// Returns true if the flag is not given: then the most urgent tickets come first.
    pub(crate) const fn is_default(&self) -> bool {
        self.sort.is_empty()
    }

    /// Sorts rows by the keys of the flag. Tickets without a due instant come after the others.
    pub(crate) fn sort(&self, rows: &mut Rows, due: impl Fn(&Summary) -> Due) {
        rows.sort_by_key(|row| {
            let due = due(row);
            self.sort.iter().map(|key| key.of(row, due)).collect::<Vec<_>>()
        });
    }
}

impl SortKeyword {
    fn of(&self, row: &Summary, due: Due) -> Directed {
        let value = (self.value_of)(row, due);
        if self.reversed { Directed::Down(Reverse(value)) } else { Directed::Up(value) }
    }
}
