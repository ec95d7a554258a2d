//! The observer of an audit: checks that go along with it, as those of the guard do.

use chrono::{DateTime, Utc};

use super::{AuditState, LoadedCommit};
use crate::domain::people::person::Person;
use crate::domain::rules::Rule;
use crate::domain::ticket::entry::Entry;
use crate::store::git::{GitError, Revision};

/// The new entries of the files that a commit touched: by path, with their places in the history.
pub type NewEntryPlaces<'a> = [(&'a str, Vec<usize>)];

/// A set of checks that go along with an audit. By itself, an observer checks nothing.
pub trait AuditObserver {
    /// Takes note of a commit before it is checked.
    fn visit(&mut self, _revision: &Revision) {}

    /// Returns the people who bring the commit, if they are known otherwise than from the commit itself.
    fn carriers(&self) -> Option<Vec<Person>> {
        None
    }

    /// Returns the present, if entries must not be dated after it.
    fn now(&self) -> Option<DateTime<Utc>> {
        None
    }

    /// Returns whether the audit reports entries that are in two tickets. An observer that finds them itself returns
    /// false.
    fn wants_duplicates(&self) -> bool {
        true
    }

    /// Checks a new entry: returns the rule that it breaks, and the message. `is_named` returns whether the commit names
    /// the author of the entry.
    fn check_entry(&self, _entry: &Entry, _is_named: &dyn Fn() -> bool) -> Option<(&'static Rule, String)> {
        None
    }

    /// Checks a commit after its entries.
    ///
    /// # Errors
    /// git refuses.
    fn check_commit(
        &mut self,
        _commit: &LoadedCommit<'_>,
        _new: &NewEntryPlaces<'_>,
        _state: &mut AuditState,
    ) -> Result<(), GitError> {
        Ok(())
    }
}

/// The observer of an audit that checks nothing else.
pub struct NoObserver;

impl AuditObserver for NoObserver {}
