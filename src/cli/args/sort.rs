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
    /// Sort by these keys, reversed by a minus: id, status, priority, created, updated, subject, assignee,
    /// requester, org [default: unsolved escalated tickets first, then id]
    #[arg(long, value_name = "KEYS", value_delimiter = ',', allow_hyphen_values = true, value_parser = key)]
    sort: Vec<SortKeyword>,
}

#[derive(Clone, Debug)]
struct SortKeyword {
    by: SortBy,
    reversed: bool,
}

#[derive(Clone, Copy, Debug)]
enum SortBy {
    Id,
    Status,
    Priority,
    Created,
    Updated,
    Subject,
    Assignee,
    Requester,
    Organization,
}

const KEYS: [(&str, SortBy); 9] = [
    ("id", SortBy::Id),
    ("status", SortBy::Status),
    ("priority", SortBy::Priority),
    ("created", SortBy::Created),
    ("updated", SortBy::Updated),
    ("subject", SortBy::Subject),
    ("assignee", SortBy::Assignee),
    ("requester", SortBy::Requester),
    ("org", SortBy::Organization),
];

fn key(word: &str) -> Result<SortKeyword, String> {
    let (reversed, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
    let key = KEYS.into_iter().find(|(known, _)| *known == name);
    key.map(|(_, by)| SortKeyword { by, reversed })
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
    /// Sorts rows that are in the order of their ids. Without the flag, escalated tickets come first.
    pub(crate) fn sort(&self, rows: &mut Rows) {
        if self.sort.is_empty() {
            rows.escalated_first();
        } else {
            rows.sort_by_key(|row| self.sort.iter().map(|key| key.of(row)).collect::<Vec<_>>());
        }
    }
}

impl SortKeyword {
    fn of(&self, row: &Summary) -> Directed {
        let header = &row.header;
        let value = match self.by {
            SortBy::Id => SortValue::Id(row.id),
            SortBy::Status => SortValue::Status(header.status),
            SortBy::Priority => SortValue::Priority(header.priority),
            SortBy::Created => SortValue::Time(row.created_at),
            SortBy::Updated => SortValue::Time(row.last_activity_at),
            SortBy::Subject => SortValue::Text(Some(header.subject.clone())),
            SortBy::Assignee => SortValue::Person(header.assignee.clone()),
            SortBy::Requester => SortValue::Person(Some(header.requester.clone())),
            SortBy::Organization => SortValue::Text(header.organization.clone()),
        };
        if self.reversed { Directed::Down(Reverse(value)) } else { Directed::Up(value) }
    }
}
