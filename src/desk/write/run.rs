//! Running a ticket command in a transaction.

use std::collections::BTreeSet;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::error::Error;

use super::attach::attachment_gitattributes;
use super::command::TicketCommand;
use super::commit_message::{self, on_behalf_of};
use super::outcome::Outcome;
use super::transaction::Transaction;
use crate::desk::TicketRef;
use crate::desk::clones::relink::changed_ticket;

impl Transaction<'_> {
    /// Runs a ticket command and returns its outcome; nothing is written.
    ///
    /// # Errors
    /// As [`Self::apply`], and a commit was requested and there is no repository.
    pub(crate) fn run(mut self, command: TicketCommand) -> Result<Outcome, Error> {
        let mut imported_text = None;
        let tickets = match command {
            TicketCommand::Requests(requests) => {
                let mut tickets: Vec<Id> = Vec::new();
                // The target of a merge belongs to the outcome, after the sources.
                let mut targets = Vec::new();
                for mut request in requests {
                    if request.target == TicketRef::Opened {
                        match self.entries.iter().find(|(ticket, entry)| ticket == entry) {
                            Some((opened, _)) => request.target = TicketRef::Ticket(*opened),
                            None => continue,
                        }
                    }
                    if let Action::Merge { into, .. } = request.action {
                        targets.push(into);
                    }
                    tickets.push(self.apply(request)?);
                }
                tickets.extend(targets);
                without_repeats(tickets)
            }
            TicketCommand::AssignNext { request, team } => vec![self.assign_next(*request, team.as_deref())?],
            TicketCommand::Sweep(tickets) => self.sweep(&tickets)?,
            TicketCommand::Relink { key } => {
                let desk = self.desk();
                if let Some(done) =
                    key.as_deref().map(|key| desk.clones().find_relink_by_key(key)).transpose()?.flatten()
                {
                    return Ok(done);
                }
                let linked = desk.clones().linked_tickets()?;
                let mut repaired: Vec<Id> = self.relink(&linked, key.as_deref())?.iter().map(changed_ticket).collect();
                repaired.extend(self.merge_same_keys()?);
                without_repeats(repaired)
            }
            TicketCommand::Import(tickets) => {
                let tickets = self.not_imported_yet(tickets)?;
                imported_text = Some(commit_message::for_import(&tickets));
                tickets.into_iter().for_each(|ticket| self.insert(ticket));
                Vec::new()
            }
        };
        let mut changes = self.changes()?;
        // To a customer, the attributes would reveal whether the desk has other attachments.
        if !self.attached.is_empty() && !self.is_shown_to_customer() {
            changes.splice(0..0, attachment_gitattributes(self.desk().root()));
        }
        let text = imported_text.unwrap_or_else(|| commit_message::for_entries(&self.added()));
        let message = if changes.is_empty() { None } else { self.options().message(self.desk(), text)? };
        let message = message.map(|message| message + &self.other_authors());
        let left_behind = if message.is_some() { self.uncommitted_attachments()? } else { Vec::new() };
        let tickets = tickets.into_iter().map(|id| self.ticket_as_seen(id)).collect::<Result<_, _>>()?;
        let Self { entries, notices, attached, .. } = self;
        Ok(Outcome { tickets, entries, notices, attached, left_behind, changes, message })
    }

    /// Leaves out the tickets that were imported since these were read, which happened without the lock.
    fn not_imported_yet(&self, mut tickets: Vec<Ticket>) -> Result<Vec<Ticket>, Error> {
        let Some(system) = tickets.first().and_then(|ticket| ticket.opening()?.imported_from.clone()) else {
            return Ok(tickets);
        };
        let imported = self.desk().read().imported_ids(&system)?;
        let id = |ticket: &Ticket| ticket.opening().and_then(|opening| opening.imported_id.clone());
        tickets.retain(|ticket| id(ticket).is_none_or(|id| !imported.contains(&id)));
        Ok(tickets)
    }

    /// Returns the trailers of the other authors of the entries added: relinking copies replies of other people to the
    /// ticket where they are read.
    fn other_authors(&self) -> String {
        let authors = self.added().into_iter().map(|(_, entry)| &entry.by);
        let authors = authors.filter(|author| !author.same_address(self.actor())).map(Person::as_str);
        authors.collect::<BTreeSet<_>>().into_iter().map(on_behalf_of).collect()
    }
}

/// Keeps the first of equal ids.
fn without_repeats(ids: Vec<Id>) -> Vec<Id> {
    let mut kept = Vec::with_capacity(ids.len());
    for id in ids {
        if !kept.contains(&id) {
            kept.push(id);
        }
    }
    kept
}
