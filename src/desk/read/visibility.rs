//! What a person may be told beside the tickets they see: of files that cannot be read, of commands that were
//! interrupted, and how few characters tell their tickets apart. None of it may say that there is another ticket.
//!
//! Must not know how it is told.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::{layout, yaml};

use super::Reader;
use crate::desk::UnreadableFile;

/// Of so many tickets on, all ids are sorted rather than each one looked up.
const MANY: usize = 64;

impl Reader<'_> {
    /// Whether somebody asks from whom tickets are hidden.
    pub(crate) fn restricted_viewer<'a>(&self, viewer: Option<&'a Person>) -> Option<&'a Person> {
        viewer.filter(|person| !self.desk.config.team.has_agent(person))
    }

    /// Whether a person may be told of a file that cannot be read: agents of every file, others of those that are
    /// tickets of theirs by what can still be read of them.
    pub fn may_see_error(&self, trouble: &UnreadableFile, viewer: Option<&Person>) -> bool {
        if self.restricted_viewer(viewer).is_none() || !trouble.path.contains(layout::TICKETS) {
            return true;
        }
        let stem = trouble.path.strip_suffix(".yaml").and_then(|path| path.rsplit('/').next());
        stem.and_then(|stem| stem.parse().ok()).is_some_and(|id| self.sees_header(id, viewer))
    }

    /// Whether a file's header alone says that a person may see the ticket.
    pub(crate) fn sees_header(&self, id: Id, viewer: Option<&Person>) -> bool {
        let Some(person) = self.restricted_viewer(viewer) else { return true };
        let header = self.bytes(id).ok().and_then(|bytes| yaml::salvage_header(&bytes, id));
        let Ok(memberships) = self.desk.policy().memberships(person) else { return false };
        header.is_some_and(|header| self.desk.config.team.role_with(person, &memberships, Some(&header)).sees())
    }

    /// Whether an interrupted command waits for the next writer, as far as a person may know: agents of every one,
    /// others of their own.
    pub fn has_pending_of(&self, viewer: Option<&Person>) -> bool {
        self.desk.pending.as_ref().is_some_and(|pending| self.is_own_change(&pending.changes, viewer))
    }

    /// Whether a person may know of a command with these changes.
    pub(crate) fn is_own_change(&self, changes: &[FileChange], viewer: Option<&Person>) -> bool {
        let Some(person) = self.restricted_viewer(viewer) else { return true };
        let wrote = |change: &FileChange| {
            let ticket = yaml::read(change.after.as_bytes(), None).ok();
            ticket.is_some_and(|ticket| ticket.history.last().is_some_and(|entry| entry.by.same_address(person)))
        };
        // What comes with the first attachment is nobody's words.
        changes.iter().filter(|change| change.path != layout::ATTACHMENT_ATTRIBUTES).all(wrote)
    }

    /// The shortest suffix, of at least six characters, that is this ticket's alone among those a person sees.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn short_id(&self, id: Id, viewer: Option<&Person>) -> Result<String, Error> {
        let short = self.short_ids([id].into_iter(), viewer)?;
        Ok(short.into_iter().next().unwrap_or_else(|| id.to_string()))
    }

    /// The same for several tickets, in their order.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn short_ids(
        &self,
        asked: impl ExactSizeIterator<Item = Id> + Clone,
        viewer: Option<&Person>,
    ) -> Result<Vec<String>, Error> {
        if asked.len() < MANY {
            let shortest = asked.clone().map(|id| layout::suffix(id, layout::SHORTEST_SHOWN));
            let alike = self.with_parts(&shortest.collect::<Vec<_>>())?;
            return asked.zip(alike).map(|(id, alike)| self.short_among(id, &alike, viewer)).collect();
        }
        let ids = self.visible_ids(viewer)?;
        let short = layout::short_ids(&ids);
        let find = |id: Id| ids.binary_search(&id).map_or_else(|_| id.to_string(), |place| short[place].clone());
        Ok(asked.map(find).collect())
    }

    /// The ids of all tickets that a person sees, in their order; of agents also those of damaged files.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn visible_ids(&self, viewer: Option<&Person>) -> Result<Vec<Id>, Error> {
        Ok(match self.restricted_viewer(viewer) {
            Some(_) => self.summaries(viewer)?.rows.ids().collect(),
            None => self.names()?.tickets,
        })
    }

    /// The same among tickets of which some may end alike.
    fn short_among(&self, id: Id, alike: &[Id], viewer: Option<&Person>) -> Result<String, Error> {
        let (own, mut length) = (id.to_string(), layout::SHORTEST_SHOWN);
        for other in alike.iter().filter(|other| **other != id) {
            let other_word = other.to_string();
            let shared = own.bytes().rev().zip(other_word.bytes().rev()).take_while(|(a, b)| a == b).count();
            if shared >= length && self.can_see(*other, viewer)? {
                length = shared + 1;
            }
        }
        Ok(layout::suffix(id, length))
    }
}
