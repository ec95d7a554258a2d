//! The commands that change a desk: of tickets, and of other files.

use crate::domain::calendar::HolidayList;
use crate::domain::id::Id;
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;

use super::request::ActionRequest;

/// A command: everything in it is done, or nothing.
#[derive(Clone, Debug)]
pub enum Command {
    /// A command that adds entries to tickets, or adds tickets.
    Ticket(TicketCommand),
    /// A command that changes files as a whole.
    File(FileCommand),
}

/// A command that adds entries to tickets, or adds tickets.
#[derive(Clone, Debug)]
pub enum TicketCommand {
    /// Requests, carried out in their order.
    Requests(Vec<ActionRequest>),
    /// Assigning a ticket to the agent whose turn it is once the lock is held.
    AssignNext {
        /// The request on the ticket; its action is ignored.
        request: ActionRequest,
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
    /// The repair of what has exactly one correct value in the files of some tickets: the header, the end marker.
    Repair(Vec<Id>),
}

/// Something done to an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationCommand {
    /// The organisation.
    pub id: String,
    /// Whether it shall be new.
    pub is_new: bool,
    /// What changes, in order.
    pub amendments: Vec<OrganizationChange>,
}

/// What becomes of somebody's access.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// It is granted, by the ticket that asks for it, which this solves. The step is on that ticket; its action is not
    /// looked at.
    Grant(Box<ActionRequest>),
    /// It is revoked; words go to the ticket that had granted it.
    Revoke {
        /// The organisation.
        organization: String,
        /// Whose it is.
        person: Person,
        /// What is said about it.
        text: Option<Text>,
        /// What a retry is known by: where the access is gone already, it is the first result.
        key: Option<String>,
    },
}
