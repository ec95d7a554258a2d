//! Changes of tickets between two revisions of git.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::diff::TicketDiff;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::git::{GitError, Repository};
use crate::store::{layout, yaml};

use super::Reader;
use crate::desk::{TicketList, UnreadableFile};

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

impl Reader<'_> {
    /// Returns the tickets whose files differ, among those the viewer may see, in the order of their ids. A file that cannot
    /// be read on one side is in the list of unreadable files.
    ///
    /// # Errors
    /// There is no repository, or git does not know a revision.
    pub fn ticket_diffs(
        &self,
        range: &RevisionRange,
        viewer: Option<&Person>,
    ) -> Result<TicketList<TicketDiff>, Error> {
        let (from, to) = self.commits_of(range)?;
        let memberships = self.desk.policy().memberships_of(viewer)?;
        let repository = Repository::at(&self.desk.root);
        let files = repository.changed_files(from.as_deref(), &to, layout::TICKETS);
        let mut list = TicketList { tickets: Vec::new(), unreadable: Vec::new() };
        for file in files? {
            let id = file.path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse::<Id>().ok());
            let mut read = |bytes: Option<Vec<u8>>, revision: &str| {
                yaml::read(&bytes?, id)
                    .map_err(|damage| {
                        let path = format!("{revision}:{}", file.path);
                        list.unreadable.push(UnreadableFile { path, damage });
                    })
                    .ok()
            };
            let before = read(file.before, range.from.as_deref().unwrap_or("before"));
            let after = read(file.after, &range.to);
            let Some(id) = after.as_ref().or(before.as_ref()).map(|ticket| ticket.id) else { continue };
            let sees = |ticket: &Ticket| self.may_see(viewer, &memberships, &Summary::from(ticket));
            list.tickets.extend(Some(TicketDiff { id, before, after }).filter(|diff| diff.ticket().is_some_and(sees)));
        }
        list.tickets.sort_by_key(|diff| diff.id);
        Ok(list)
    }

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
