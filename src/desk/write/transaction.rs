//! A running write: the tickets it has read under the lock, and the entries added to them so far.
//!
//! Everything happens in memory. [`Desk::perform`] writes the [`Outcome`](crate::desk::Outcome).

use std::collections::BTreeMap;

use crate::domain::audit::{CLOCK_TOLERANCE, dated_first};
use crate::domain::codec::{header_fields, header_names};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::value::Fields;
use crate::domain::workflow::{Notice, Refusal};
use crate::error::Error;
use crate::store::files::{FileChange, FileReadError, read_plain};
use crate::store::layout;
use crate::store::yaml::{self, EditError, ReadError};

use super::options::WriteOptions;
use super::request::AttachmentData;
use crate::desk::Desk;

/// A ticket as its file has it, and as the transaction has changed it.
struct PendingTicket {
    /// The bytes of the file and the ticket in them; `None` for a new ticket.
    original: Option<(Vec<u8>, Ticket)>,
    ticket: Ticket,
}

/// A running write of one command.
pub(crate) struct Transaction<'a> {
    desk: &'a Desk,
    options: &'a WriteOptions,
    random: Box<dyn FnMut() -> u128>,
    tickets: BTreeMap<Id, PendingTicket>,
    /// The entries added so far, each with the id of its ticket, in their order.
    pub entries: Vec<(Id, Id)>,
    /// The facts that the actor must know, each with the id of the ticket.
    pub notices: Vec<(Id, Notice)>,
    /// The files that the added entries name, each of them once.
    pub attached: Vec<AttachmentData>,
}

impl<'a> Transaction<'a> {
    /// Begins a transaction that has changed nothing yet.
    pub fn new(desk: &'a Desk, options: &'a WriteOptions) -> Self {
        let (tickets, entries, notices, attached) = Default::default();
        Self { desk, options, random: desk.environment().random(), tickets, entries, notices, attached }
    }

    /// Returns the desk.
    pub const fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// Returns the options of the command.
    pub const fn options(&self) -> &'a WriteOptions {
        self.options
    }

    /// Returns the person who runs the command.
    pub const fn actor(&self) -> &'a Person {
        &self.options.actor
    }

    /// Returns a ticket as the transaction has changed it so far; reads it if this is its first use.
    ///
    /// # Errors
    /// The file is missing or damaged, or its header is not the one its history leads to.
    pub fn ticket(&mut self, id: Id) -> Result<&Ticket, Error> {
        if !self.tickets.contains_key(&id) {
            let pending = self.load(id)?;
            self.tickets.insert(id, pending);
        }
        Ok(&self.tickets[&id].ticket)
    }

    /// Returns a ticket as [`Self::ticket`] does, without the entries that the actor does not see.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn ticket_as_seen(&mut self, id: Id) -> Result<Ticket, Error> {
        let ticket = self.ticket(id)?.clone();
        Ok(self.desk.ticket_for(self.actor(), ticket))
    }

    /// Returns whether the outcome is only printed, for a customer: then it shows nothing that customers do not see.
    pub fn is_shown_to_customer(&self) -> bool {
        self.options.dry_run && self.desk.has_customer(self.actor())
    }

    fn load(&self, id: Id) -> Result<PendingTicket, Error> {
        let path = layout::ticket_path(id);
        let bytes = self.desk.read().bytes(id)?;
        let ticket = yaml::read(&bytes, Some(id)).map_err(|damage| Error::Damaged { path: path.clone(), damage })?;
        if let Some(name) = first_header_mismatch(&ticket) {
            return Err(Error::HeaderDiffers { path, name });
        }
        Ok(PendingTicket { original: Some((bytes, ticket.clone())), ticket })
    }

    /// Returns the actor's role on a ticket.
    ///
    /// # Errors
    /// As [`Self::ticket`], and a damaged file of an organization.
    pub fn role(&mut self, id: Id) -> Result<TicketRole, Error> {
        let (desk, actor) = (self.desk, self.actor());
        let memberships = desk.policy().memberships(actor)?;
        Ok(desk.config().team.role_with(actor, &memberships, Some(&self.ticket(id)?.header)))
    }

    /// Adds the entry that records a link on the ticket at its other end, by the same actor, who does not need to see that
    /// ticket.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn append_counterpart(&mut self, id: Id, action: Action, key: Option<String>) -> Result<(), Error> {
        let role = self.desk.config().team.role(self.actor(), None);
        let role = if role.is_support() { role } else { TicketRole::Customer };
        self.append(id, action, key, role).map(|_| ())
    }

    /// Adds an entry that has no text and does not change the status. Returns the id of the entry.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn append(&mut self, id: Id, action: Action, key: Option<String>, role: TicketRole) -> Result<Id, Error> {
        let entry = self.new_entry(id, action, role)?;
        self.push_entry(id, Entry { key, ..entry })
    }

    /// Makes the next entry of a ticket, with a new id, the actor and the status it begins with.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn new_entry(&mut self, id: Id, action: Action, role: TicketRole) -> Result<Entry, Error> {
        let (now, random, actor) = (self.desk.environment().now, self.random_bits(), self.actor());
        let ticket = self.ticket(id)?;
        let ahead = ticket.history.last().filter(|last| last.at > now + CLOCK_TOLERANCE);
        let is_first = dated_first(&ticket.history, ticket.history.len() - 1) + 1 == ticket.history.len();
        let ahead = ahead.filter(|_| is_first).map(|last| Notice::DatedAhead { by: last.by.clone(), at: last.at });
        let (entry_id, from) = (Id::after(Some(ticket.version()), now, random), Some(ticket.header.status));
        self.notices.extend(ahead.map(|notice| (id, notice)));
        Ok(Entry { from, ..Entry::new(entry_id, actor.clone(), role.entry_role(), action) })
    }

    /// Adds an entry as it is, after the last one. Returns the id of the entry.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn push_entry(&mut self, id: Id, entry: Entry) -> Result<Id, Error> {
        self.ticket(id)?;
        let Some(pending) = self.tickets.get_mut(&id) else { return Err(Error::NotFound { word: id.to_string() }) };
        let entry_id = entry.id;
        pending.ticket.append(entry);
        self.entries.push((id, entry_id));
        Ok(entry_id)
    }

    /// Returns random bits for an id.
    pub fn random_bits(&mut self) -> u128 {
        (self.random)()
    }

    /// Returns the last entry that a ticket had before the transaction.
    pub fn last_before(&self, id: Id) -> Option<Id> {
        let (_, before) = self.tickets.get(&id)?.original.as_ref()?;
        Some(before.version())
    }

    /// Returns whether the transaction has read or made a ticket.
    pub fn contains(&self, id: Id) -> bool {
        self.tickets.contains_key(&id)
    }

    /// Adds a ticket that has no file yet, as it is.
    pub fn insert(&mut self, ticket: Ticket) {
        self.tickets.insert(ticket.id, PendingTicket { original: None, ticket });
    }

    /// Returns the added entries with their tickets, in the order in which they were added.
    pub fn added(&self) -> Vec<(&Ticket, &Entry)> {
        let added = self.entries.iter().filter_map(|(id, entry)| {
            let ticket = &self.tickets.get(id)?.ticket;
            Some((ticket, ticket.entry(*entry)?))
        });
        added.collect()
    }

    /// Returns the files that change, with their contents before and after, in the order of the tickets' ids.
    ///
    /// # Errors
    /// A ticket cannot be printed: it is too large, or its path is not a plain file.
    pub fn changes(&self) -> Result<Vec<FileChange>, Error> {
        let mut changes = Vec::new();
        for (id, PendingTicket { original, ticket }) in &self.tickets {
            let path = layout::ticket_path(*id);
            let (before, after) = match original {
                Some((_, before)) if before.history.len() == ticket.history.len() => continue,
                Some((bytes, before)) => {
                    let after = yaml::amend(bytes, before, ticket)
                        .map_err(|error| Error::NotExtendable { path: path.clone(), error })?;
                    (Some(utf8(bytes.clone())), utf8(after))
                }
                None => (None, self.print(&path, ticket)?),
            };
            changes.push(match self.is_shown_to_customer() {
                false => FileChange { path, before, after },
                // The lines around a change may belong to a note.
                true => {
                    let print = |ticket: &Ticket| yaml::print(&self.desk.ticket_for(self.actor(), ticket.clone()));
                    let before = original.as_ref().map(|(_, before)| print(before));
                    FileChange { path, before, after: print(ticket) }
                }
            });
        }
        Ok(changes)
    }

    /// Prints the file of a new ticket, if its path is inside the desk and the text is not larger than readers accept.
    fn print(&self, path: &str, ticket: &Ticket) -> Result<String, Error> {
        let path = || path.to_owned();
        match read_plain(self.desk.root(), &path()) {
            Err(FileReadError::Damaged(kind)) => {
                return Err(Error::Damaged { path: path(), damage: ReadError { line: 1, column: 1, kind } });
            }
            Err(FileReadError::Io(source)) => return Err(Error::Io { path: path().into(), attempt: "write", source }),
            Ok(_) | Err(FileReadError::Missing) => {}
        }
        let printed = yaml::print(ticket);
        if printed.len() as u64 > yaml::LARGEST_FILE {
            return Err(Error::NotExtendable { path: path(), error: EditError::TooLarge });
        }
        Ok(printed)
    }
}

/// Returns the error that the workflow refuses an action on a ticket. A ticket that the actor may not see is not found.
pub(crate) fn refused(id: Id, action: &Action, refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotVisible => Error::NotFound { word: id.to_string() },
        refusal => Error::refused(Some(id), action.as_str(), refusal),
    }
}

/// Returns the error that a new ticket is refused.
pub(crate) fn opening_refused(refusal: Refusal) -> Error {
    Error::refused(None, "open", refusal)
}

/// Converts the bytes of a ticket, which are UTF-8 because they were read or printed as a ticket.
fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns the name of the first field in which a ticket's header differs from the header its history leads to.
pub fn first_header_mismatch(ticket: &Ticket) -> Option<String> {
    let header = replay::replay(&ticket.history)?;
    if header == ticket.header {
        return None;
    }
    let (actual, expected) = (header_fields(ticket), header_fields(&Ticket { header, ..ticket.clone() }));
    let value =
        |fields: &Fields, name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    header_names().find(|name| value(&actual, name) != value(&expected, name)).map(str::to_owned)
}
