//! Changes of tickets between two revisions of git.

use crate::domain::ticket::Ticket;
use crate::domain::ticket::diff::TicketDiff;
use crate::error::Error;
use crate::store::git::{GitError, Repository, Snapshot};
use crate::store::{layout, yaml};

use super::Reader;
use crate::desk::{DeskView, TicketList, UnreadableFile};

/// The revisions to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRange {
    /// The older revision; `None` for the commit before `to`, or an empty desk if `to` is the first commit.
    pub from: Option<String>,
    /// The newer revision.
    pub to: String,
    /// True to compare from the merge base of both, as `A...B` does, instead of `from`.
    pub since_merge_base: bool,
}

impl DeskView<'_> {
    /// Returns the tickets whose files differ, in the order of their ids. A file that cannot be read on one side is in the
    /// list of unreadable files. A change that the viewer does not see, such as a note, is not a difference.
    ///
    /// # Errors
    /// There is no repository, or git does not know a revision.
    pub fn ticket_diffs(&self, range: &RevisionRange) -> Result<TicketList<TicketDiff>, Error> {
        let (from, to) = self.desk.read().commits_of(range)?;
        let repository = Repository::at(&self.desk.root);
        let mut changes = repository.changes(from.as_deref(), Snapshot::Commit(&to))?;
        changes.retain(|change| {
            layout::is_in(&change.path, layout::TICKETS) && (change.old.is_some() || change.new.is_some())
        });
        let mut list = TicketList { tickets: Vec::new(), unreadable: Vec::new() };
        for (change, [before, after]) in changes.iter().zip(repository.versions(&changes)?) {
            let mut read =
                |bytes: Option<Vec<u8>>, revision: &str| match yaml::read(&bytes?, layout::id_in(&change.path)) {
                    Ok(ticket) => Some(ticket),
                    Err(damage) => {
                        list.unreadable.push(UnreadableFile { path: format!("{revision}:{}", change.path), damage });
                        None
                    }
                };
            let before = read(before, range.from.as_deref().unwrap_or("before"));
            let after = read(after, &range.to);
            match self.visible_difference(before, after) {
                Ok(diff) => list.tickets.extend(diff),
                Err(file) => list.unreadable.push(file),
            }
        }
        list.tickets.sort_by_key(|diff| diff.id);
        Ok(TicketList { unreadable: self.known_files(list.unreadable), ..list })
    }

    /// Returns the difference between two versions of a ticket that the viewer sees.
    ///
    /// # Errors
    /// It is not known what is redacted now.
    fn visible_difference(
        &self,
        before: Option<Ticket>,
        after: Option<Ticket>,
    ) -> Result<Option<TicketDiff>, UnreadableFile> {
        let Some(ticket) = after.as_ref().or(before.as_ref()).filter(|ticket| self.sees(&ticket.header)) else {
            return Ok(None);
        };
        let id = ticket.id;
        let [before, after] = [before, after].map(|ticket| ticket.map(|ticket| self.without_hidden_entries(ticket)));
        if !self.sees_everything() && before == after {
            return Ok(None);
        }
        Ok(Some(TicketDiff::between(id, before, after, self.desk.read().redacted_now(id)?)))
    }
}

impl Reader<'_> {
    /// Returns the commits at both ends of a range; no older one if nothing is before the newer one.
    ///
    /// # Errors
    /// There is no repository, or git does not know a revision.
    pub(crate) fn commits_of(&self, range: &RevisionRange) -> Result<(Option<String>, String), Error> {
        if !self.desk.state.in_repository() {
            return Err(Error::NoRepository { root: self.desk.root.clone() });
        }
        let repository = Repository::at(&self.desk.root);
        let commit = |revision: &str| {
            let unknown = |refusal| Error::NoRevision { revision: revision.to_owned(), refusal };
            repository.commit_of(revision).map_err(unknown)
        };
        let to = commit(&range.to)?;
        let from = match &range.from {
            Some(from) if range.since_merge_base => {
                let from = commit(from)?;
                Some(repository.merge_base(&from, &to)?)
            }
            Some(from) => Some(commit(from)?),
            None => match repository.commit_of(&format!("{to}~1")) {
                Ok(from) => Some(from),
                Err(GitError::Refused { .. }) => None,
                Err(refusal) => return Err(Error::Git { refusal }),
            },
        };
        Ok((from, to))
    }
}
