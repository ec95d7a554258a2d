//! The order of a list: `--sort priority,-updated`. The last word is always the id's, so the order is total.

use std::cmp::Ordering;

use clap::Args;

use crate::domain::summary::Summary;

/// How to sort.
#[derive(Debug, Args)]
pub struct OrderFlag {
    /// Sort by these, each turned round by a minus: id, status, priority, created, updated, subject, assignee,
    /// requester, org [default: id]
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

impl OrderFlag {
    pub(super) fn sort(&self, rows: &mut [Summary]) {
        rows.sort_by(|a, b| {
            let by_keys = self.sort.iter().map(|key| key.compare(a, b)).find(|order| order.is_ne());
            by_keys.unwrap_or_else(|| a.id.cmp(&b.id))
        });
    }
}

impl Key {
    fn compare(&self, a: &Summary, b: &Summary) -> Ordering {
        let order = match self.by {
            By::Id => a.id.cmp(&b.id),
            By::Status => a.header.status.cmp(&b.header.status),
            By::Priority => a.header.priority.cmp(&b.header.priority),
            By::Created => a.created_at.cmp(&b.created_at),
            By::Updated => a.last_activity_at.cmp(&b.last_activity_at),
            By::Subject => a.header.subject.cmp(&b.header.subject),
            By::Assignee => a.header.assignee.cmp(&b.header.assignee),
            By::Requester => a.header.requester.cmp(&b.header.requester),
            By::Organization => a.header.organization.cmp(&b.header.organization),
        };
        if self.reversed { order.reverse() } else { order }
    }
}
