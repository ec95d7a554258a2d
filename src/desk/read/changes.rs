//! What happened to the tickets of a desk between two revisions of git.

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

/// Which revisions to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRange {
    /// The older one; nothing at all where it is not given and there is no earlier commit.
    pub from: Option<String>,
    /// The newer one.
    pub to: String,
    /// Whether to begin where both parted, rather than at the older one.
    pub since_parting: bool,
}

impl Reader<'_> {
    /// The tickets whose files differ, among those the person may see, in the order of their ids. A file that cannot
    /// be read on one side is told in the census.
    ///
    /// # Errors
    /// No repository, or a revision git does not know.
    pub fn compared(&self, stretch: &RevisionRange, viewer: Option<&Person>) -> Result<TicketList<TicketDiff>, Error> {
        let (from, to) = self.ends_of(stretch)?;
        let memberships = self.desk.policy().memberships_of(viewer)?;
        let repository = Repository::at(&self.desk.root);
        let files = repository.differing(from.as_deref(), &to, layout::TICKETS);
        let mut census = TicketList { tickets: Vec::new(), troubles: Vec::new() };
        for file in files? {
            let id = file.path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse::<Id>().ok());
            let mut read = |bytes: Option<Vec<u8>>, revision: &str| {
                yaml::read(&bytes?, id)
                    .map_err(|damage| {
                        let path = format!("{revision}:{}", file.path);
                        census.troubles.push(UnreadableFile { path, damage });
                    })
                    .ok()
            };
            let before = read(file.before, stretch.from.as_deref().unwrap_or("before"));
            let after = read(file.after, &stretch.to);
            let Some(id) = after.as_ref().or(before.as_ref()).map(|ticket| ticket.id) else { continue };
            let sees = |ticket: &Ticket| self.may_see(viewer, &memberships, &Summary::from(ticket));
            census
                .tickets
                .extend(Some(TicketDiff { id, before, after }).filter(|compared| compared.ticket().is_some_and(sees)));
        }
        census.tickets.sort_by_key(|compared| compared.id);
        Ok(census)
    }

    /// The commits at both ends of a stretch; no older one where there is nothing before.
    ///
    /// # Errors
    /// No repository, or a revision git does not know.
    pub(crate) fn ends_of(&self, stretch: &RevisionRange) -> Result<(Option<String>, String), Error> {
        if !self.desk.state.in_repository() {
            return Err(Error::NoRepository { root: self.desk.root.clone() });
        }
        let repository = Repository::at(&self.desk.root);
        let known = |revision: &str| {
            let unknown = |refusal| Error::NoRevision { revision: revision.to_owned(), refusal };
            repository.commit_of(revision).map_err(unknown)
        };
        let to = known(&stretch.to)?;
        let from = match &stretch.from {
            Some(from) if stretch.since_parting => {
                let from = known(from)?;
                Some(repository.merge_base(&from, &to)?)
            }
            Some(from) => Some(known(from)?),
            None => match repository.commit_of(&format!("{to}~1")) {
                Ok(from) => Some(from),
                Err(GitError::Refused { .. }) => None,
                Err(refusal) => return Err(Error::Git { refusal }),
            },
        };
        Ok((from, to))
    }
}
