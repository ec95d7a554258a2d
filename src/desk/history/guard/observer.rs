//! The checks that the guard adds to the audit of each commit, and what it collects about the push meanwhile.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::attachments::PushedAttachments;
use crate::desk::history::audit::{AuditObserver, AuditState, LoadedCommit, NewEntryPlaces, describe_entry};
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::rules::{PUSH_FORGED, Rule};
use crate::domain::ticket::entry::Entry;
use crate::store::git::{GitError, Repository, Revision};

/// The person who brings a commit.
#[derive(Clone, Debug)]
pub(super) enum Carrier {
    /// The person is not checked.
    Unchecked,
    /// The commit has no valid signature that would name a person.
    Unknown,
    /// An agent.
    Agent(Person),
    /// A customer.
    Customer(Person),
}

impl Carrier {
    /// Returns a person with the permissions that the team gives; none if the person is not known.
    pub fn of(person: Option<Person>, team: &Team) -> Self {
        match person {
            None => Self::Unknown,
            Some(person) if team.has_agent(&person) => Self::Agent(person),
            Some(person) => Self::Customer(person),
        }
    }

    /// Checks that the person may push an entry: customers only their own; agents also those of people whom the commit
    /// names, which `is_named` returns.
    fn check_entry(&self, entry: &Entry, is_named: &dyn Fn() -> bool) -> Option<(&'static Rule, String)> {
        let name = describe_entry(entry);
        let message = match self {
            Self::Agent(person) if !entry.by.same_address(person) && !is_named() => {
                format!("{name} is not by {person}, who pushes it, and the commit has no `On-behalf-of: {}`", entry.by)
            }
            Self::Customer(person) if !entry.by.same_address(person) => {
                format!("{name} is not by {person}, who pushes it")
            }
            _ => return None,
        };
        Some((&PUSH_FORGED, message))
    }
}

/// The observer of the audit of a push.
pub(super) struct PushObserver<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The time of the server, if entries must not be dated after it.
    now: Option<DateTime<Utc>>,
    /// The person who brings the commit.
    pub carrier: Carrier,
    /// The paths that commits touched, and whether one of them put something other than a plain file there.
    pub paths: BTreeMap<String, bool>,
    /// The commits of the push that were visited so far.
    pub visited: HashSet<String>,
    /// The attachments that the push adds.
    pub attachments: PushedAttachments,
}

impl<'a> PushObserver<'a> {
    /// Creates an observer that has seen no commit.
    pub fn new(repository: &'a Repository, now: Option<DateTime<Utc>>) -> Self {
        let (paths, visited, attachments) = Default::default();
        Self { repository, now, carrier: Carrier::Unchecked, paths, visited, attachments }
    }
}

impl AuditObserver for PushObserver<'_> {
    fn visit(&mut self, revision: &Revision) {
        for change in revision.sides.iter().flat_map(|side| &side.changes) {
            *self.paths.entry(change.path.clone()).or_default() |= change.is_special();
        }
        self.visited.insert(revision.id.clone());
    }

    fn carriers(&self) -> Option<Vec<Person>> {
        match &self.carrier {
            Carrier::Unchecked => None,
            Carrier::Unknown => Some(Vec::new()),
            Carrier::Agent(person) | Carrier::Customer(person) => Some(vec![person.clone()]),
        }
    }

    fn now(&self) -> Option<DateTime<Utc>> {
        self.now
    }

    /// Returns false: the guard's check of files covers all that a push touches.
    fn wants_duplicates(&self) -> bool {
        false
    }

    fn check_entry(&self, entry: &Entry, is_named: &dyn Fn() -> bool) -> Option<(&'static Rule, String)> {
        self.carrier.check_entry(entry, is_named)
    }

    fn check_commit(
        &mut self,
        commit: &LoadedCommit<'_>,
        new: &NewEntryPlaces<'_>,
        state: &mut AuditState,
    ) -> Result<(), GitError> {
        if let Carrier::Unchecked = self.carrier { Ok(()) } else { self.check_files(commit, new, state) }
    }
}
