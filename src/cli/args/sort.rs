//! The order of a list: `--sort priority,-updated`. The last word is always the id's, so the order is total.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::{Priority, Status};
use crate::store::index::Rows;

/// How to sort.
#[derive(Debug, Args)]
pub struct OrderFlag {
    /// Sort by these, each turned round by a minus: id, status, priority, created, updated, subject, assignee,
    /// requester, org [default: unsolved escalated tickets first, then id]
    #[arg(long, value_name = "KEYS", value_delimiter = ',', allow_hyphen_values = true, value_parser = key)]
    sort: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    by: By,
    reversed: bool,
}

#[derive(Clone, Copy, Debug)]
enum By {
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

const KEYS: [(&str, By); 9] = [
    ("id", By::Id),
    ("status", By::Status),
    ("priority", By::Priority),
    ("created", By::Created),
    ("updated", By::Updated),
    ("subject", By::Subject),
    ("assignee", By::Assignee),
    ("requester", By::Requester),
    ("org", By::Organization),
];

fn key(word: &str) -> Result<Key, String> {
    let (reversed, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
    let known = KEYS.into_iter().find(|(known, _)| *known == name);
    known
        .map(|(_, by)| Key { by, reversed })
        .ok_or_else(|| format!("known are {}", KEYS.map(|(known, _)| known).join(", ")))
}

/// What rows are compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Id(Id),
    Status(Status),
    Priority(Priority),
    Time(DateTime<Utc>),
    Words(Option<String>),
    Person(Option<Person>),
}

/// The same, or turned round.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sorted {
    Up(Fact),
    Down(Reverse<Fact>),
}

impl OrderFlag {
    /// Sorts rows that are in the order of their ids. Unless asked for an order, escalated tickets come first.
    pub(crate) fn sort(&self, rows: &mut Rows) {
        if self.sort.is_empty() {
            rows.escalated_first();
        } else {
            rows.sort_by_key(|row| self.sort.iter().map(|key| key.of(row)).collect::<Vec<_>>());
        }
    }
}

impl Key {
    fn of(&self, row: &Summary) -> Sorted {
        let header = &row.header;
        let fact = match self.by {
            By::Id => Fact::Id(row.id),
            By::Status => Fact::Status(header.status),
            By::Priority => Fact::Priority(header.priority),
            By::Created => Fact::Time(row.created_at),
            By::Updated => Fact::Time(row.last_activity_at),
            By::Subject => Fact::Words(Some(header.subject.clone())),
            By::Assignee => Fact::Person(header.assignee.clone()),
            By::Requester => Fact::Person(Some(header.requester.clone())),
            By::Organization => Fact::Words(header.organization.clone()),
        };
        if self.reversed { Sorted::Down(Reverse(fact)) } else { Sorted::Up(fact) }
    }
}
