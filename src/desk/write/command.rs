//! The commands that change a desk: of tickets, and of other files.

use crate::domain::calendar::HolidayList;
use crate::domain::id::Id;
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::store::config::edit::SettingChange;

use super::request::ActionRequest;

/// A command: everything in it is done, or nothing.
#[derive(Clone, Debug)]
pub enum Command {
    /// A command that adds entries to tickets, or adds tickets.
    Ticket(TicketCommand),
    /// A command that changes files as a whole.
    File(FileCommand),
}

impl Command {
    /// Returns the command that carries out requests in their order.
    pub const fn requests(requests: Vec<ActionRequest>) -> Self {
        Self::Ticket(TicketCommand::Requests(requests))
    }
}

/// A command that adds entries to tickets, or adds tickets.
#[derive(Clone, Debug)]
pub enum TicketCommand {
    /// Requests, carried out in their order.
    Requests(Vec<ActionRequest>),
    /// Assigning a ticket to the agent whose turn it is once the lock is held.
    AssignNext {
        /// The request on the ticket; its action is ignored.
        request: Box<ActionRequest>,
        /// The team to choose from; else the team of the ticket's product group.
        team: Option<String>,
    },
    /// The follow-ups that are due on some tickets once the lock is held; the system is their actor.
    Sweep(Vec<Id>),
    /// Adding the entries that make links between tickets consistent again.
    Relink {
        /// The key of a command that may be repeated.
        key: Option<String>,
    },
    /// Tickets of another system, added as they are.
    Import(Vec<Ticket>),
}

/// A command that changes files as a whole.
#[derive(Clone, Debug)]
pub enum FileCommand {
    /// A new or changed organization.
    Organization(OrganizationCommand),
    /// Organization access, granted or revoked.
    Access(AccessChange),
    /// A list of holidays that replaces the list of the same name, if there is one.
    Holidays {
        /// The name of the list.
        name: String,
        /// The list.
        list: HolidayList,
    },
    /// Changes of settings in casebook.toml.
    Settings(Vec<SettingChange>),
    /// The repair of what has exactly one correct value in the files of some tickets: the header, the end marker.
    Repair(Vec<Id>),
}

/// A command that makes or changes an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationCommand {
    /// The id of the organization.
    pub id: String,
    /// True if the organization must not exist yet.
    pub is_new: bool,
    /// The changes, in their order.
    pub changes: Vec<OrganizationChange>,
}

/// A change of organization access.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// Access is granted. The request is on the ticket that asks for it, which it solves; the action of the request is
    /// ignored.
    Grant(Box<ActionRequest>),
    /// Access is revoked. The text is added as a reply to the ticket that granted it.
    Revoke {
        /// The id of the organization.
        organization: String,
        /// The person who has the access.
        person: Person,
        /// The text of the reply.
        text: Option<Text>,
        /// The key: with a key, revoking an access that is revoked already changes nothing and is no error.
        key: Option<String>,
    },
}
