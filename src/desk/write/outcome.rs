//! The outcome of a command.

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::entry::Entry;
use crate::domain::workflow::Notice;
use crate::store::files::{ExtraFile, FileChange};

use super::request::AttachmentData;

/// The outcome of a command: what it did, or would do in a dry run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The tickets of the requests, in their order. A reply to a merged ticket has the ticket on which it was recorded.
    pub tickets: Vec<Ticket>,
    /// The entries added: the id of the ticket and the id of the entry.
    pub entries: Vec<(Id, Id)>,
    /// The facts that the actor must know, each with the id of the ticket.
    pub notices: Vec<(Id, Notice)>,
    /// The attachments of the entries, with their bytes; some may be stored already.
    pub attached: Vec<AttachmentData>,
    /// Files that an earlier command wrote without a commit, and that are added to this commit.
    pub left_behind: Vec<ExtraFile>,
    /// The files that change, with their contents before and after.
    pub changes: Vec<FileChange>,
    /// The commit message, if there is a commit, or would be one.
    pub message: Option<String>,
}

impl Outcome {
    /// Returns the added entries with their tickets, in the order in which they were added.
    pub(crate) fn added(&self) -> Vec<(&Ticket, &Entry)> {
        let added = self.entries.iter().filter_map(|(id, entry)| {
            let ticket = self.tickets.iter().find(|ticket| ticket.id == *id)?;
            Some((ticket, ticket.entry(*entry)?))
        });
        added.collect()
    }
}
