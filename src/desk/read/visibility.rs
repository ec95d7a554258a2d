//! The limits of what a viewer may know beside the tickets they see: unreadable files, interrupted commands, and short ids.
//! Nothing may reveal that another ticket exists (docs/visibility.md).

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::{layout, short_id, yaml};

use super::Reader;
use crate::desk::UnreadableFile;

/// The number of tickets from which all ids are sorted instead of looking up each one.
const MANY: usize = 64;

impl Reader<'_> {
    /// Returns the viewer if they may not see every ticket: a person who is not an agent. Without a viewer everything is
    /// visible, as it is in the files.
    pub(crate) fn restricted_viewer<'a>(&self, viewer: Option<&'a Person>) -> Option<&'a Person> {
        viewer.filter(|person| !self.desk.config.team.has_agent(person))
    }

    /// Returns whether a viewer may know of an unreadable file: an agent of every file, a customer only of a ticket that is
    /// theirs by what can still be read of its header.
    pub fn may_see_error(&self, file: &UnreadableFile, viewer: Option<&Person>) -> bool {
        if self.restricted_viewer(viewer).is_none() || !file.path.contains(layout::TICKETS) {
            return true;
        }
        let stem = file.path.strip_suffix(".yaml").and_then(|path| path.rsplit('/').next());
        stem.and_then(|stem| stem.parse().ok()).is_some_and(|id| self.sees_header(id, viewer))
    }

    /// Returns whether the header of a ticket's file shows that the viewer may see the ticket.
    pub(crate) fn sees_header(&self, id: Id, viewer: Option<&Person>) -> bool {
        let Some(person) = self.restricted_viewer(viewer) else { return true };
        let header = self.bytes(id).ok().and_then(|bytes| yaml::salvage_header(&bytes, id));
        let Ok(memberships) = self.desk.policy().memberships(person) else { return false };
        header.is_some_and(|header| self.desk.config.team.role_with(person, &memberships, Some(&header)).sees())
    }

    /// Returns whether a command was interrupted and the viewer may know of it: an agent of every command, a customer only
    /// of their own.
    pub fn may_see_pending(&self, viewer: Option<&Person>) -> bool {
        self.desk.pending.as_ref().is_some_and(|pending| self.may_see_changes(&pending.changes, viewer))
    }

    /// Returns whether a viewer may know of a command with these changes.
    pub(crate) fn may_see_changes(&self, changes: &[FileChange], viewer: Option<&Person>) -> bool {
        let Some(person) = self.restricted_viewer(viewer) else { return true };
        let is_own = |change: &FileChange| {
            let ticket = yaml::read(change.after.as_bytes(), None).ok();
            ticket.is_some_and(|ticket| ticket.history.last().is_some_and(|entry| entry.by.same_address(person)))
        };
        // The `.gitattributes` of attachments is not written by a person.
        changes.iter().filter(|change| change.path != layout::ATTACHMENT_ATTRIBUTES).all(is_own)
    }

    /// Returns the shortest suffix of a ticket's id, of at least six characters, that no other ticket visible to the viewer
    /// has.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn short_id(&self, id: Id, viewer: Option<&Person>) -> Result<String, Error> {
        let short = self.short_ids([id].into_iter(), viewer)?;
        Ok(short.into_iter().next().unwrap_or_else(|| id.to_string()))
    }

    /// Returns the short ids of several tickets, in their order.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn short_ids(
        &self,
        ids: impl ExactSizeIterator<Item = Id> + Clone,
        viewer: Option<&Person>,
    ) -> Result<Vec<String>, Error> {
        if ids.len() < MANY {
            let suffixes = ids.clone().map(|id| short_id::suffix(id, short_id::SHORTEST_SHOWN));
            let candidates = self.find_by_parts(&suffixes.collect::<Vec<_>>())?;
            return ids.zip(candidates).map(|(id, others)| self.short_id_among(id, &others, viewer)).collect();
        }
        let visible = self.visible_ids(viewer)?;
        let short = short_id::short_ids(&visible);
        let find =
            |id: Id| visible.binary_search(&id).map_or_else(|_| id.to_string(), |position| short[position].clone());
        Ok(ids.map(find).collect())
    }

    /// Returns the ids of all tickets that a viewer may see, in their order; for an agent also those of damaged files.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn visible_ids(&self, viewer: Option<&Person>) -> Result<Vec<Id>, Error> {
        Ok(match self.restricted_viewer(viewer) {
            Some(_) => self.summaries(viewer)?.rows.ids().collect(),
            None => self.list_tickets()?.tickets,
        })
    }

    /// Returns the short id of a ticket among others whose ids end in the same characters.
    fn short_id_among(&self, id: Id, others: &[Id], viewer: Option<&Person>) -> Result<String, Error> {
        let (own, mut length) = (id.to_string(), short_id::SHORTEST_SHOWN);
        for other in others.iter().filter(|other| **other != id) {
            let other_text = other.to_string();
            let shared = own.bytes().rev().zip(other_text.bytes().rev()).take_while(|(a, b)| a == b).count();
            if shared >= length && self.can_see(*other, viewer)? {
                length = shared + 1;
            }
        }
        Ok(short_id::suffix(id, length))
    }
}
