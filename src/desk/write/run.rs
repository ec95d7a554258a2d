//! Running a ticket command in a transaction.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::error::Error;

use super::attach::attachment_gitattributes;
use super::command::TicketCommand;
use super::commit_message;
use super::outcome::Outcome;
use super::transaction::Transaction;
use crate::desk::clones::relink::changed_ticket;

impl Transaction<'_> {
    /// Runs a ticket command and returns its outcome; nothing is written.
    ///
    /// # Errors
    /// As [`Self::apply`], and a commit was requested and there is no repository.
    pub(crate) fn run(mut self, command: TicketCommand) -> Result<Outcome, Error> {
        let mut imported_message = None;
        let tickets = match command {
            TicketCommand::Requests(requests) => {
                let mut tickets: Vec<Id> = Vec::new();
                // The target of a merge belongs to the outcome, after the sources.
                let mut targets = Vec::new();
                for request in requests {
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
                repaired.dedup();
                repaired
            }
            TicketCommand::Import(tickets) => {
                let on_behalf_of = match self.options().commits(self.desk())? {
                    true => self.options().on_behalf_of(self.desk())?,
                    false => None,
                };
                let tickets = self.not_imported_yet(tickets)?;
                imported_message = Some(commit_message::for_import(&tickets, on_behalf_of.as_deref()));
                tickets.into_iter().for_each(|ticket| self.insert(ticket));
                Vec::new()
            }
        };
        let mut changes = self.changes()?;
        // To a customer, the attributes would reveal whether the desk has other attachments.
        if !self.attached.is_empty() && !self.is_shown_to_customer() {
            changes.splice(0..0, attachment_gitattributes(self.desk().root()));
        }
        let message = match imported_message {
            _ if changes.is_empty() || !self.options().commits(self.desk())? => None,
            None => Some(self.message()?),
            imported => imported,
        };
        let left_behind = if message.is_some() { self.uncommitted_attachments()? } else { Vec::new() };
        let tickets = self.take_tickets(&tickets)?;
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

    /// Returns the commit message of the entries added.
    fn message(&self) -> Result<String, Error> {
        let added = self.added();
        let on_behalf_of = self.options().on_behalf_of(self.desk())?;
        let mut message = commit_message::for_entries(&added, on_behalf_of.as_deref());
        // Relinking copies replies of other people to the ticket where they are read.
        let authors = added.iter().map(|(_, entry)| &entry.by).filter(|author| !author.same_address(self.actor()));
        let mut authors: Vec<&str> = authors.map(Person::as_str).collect();
        authors.sort_unstable();
        authors.dedup();
        authors.into_iter().for_each(|author| commit_message::push_on_behalf_of(&mut message, Some(author)));
        Ok(message)
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
