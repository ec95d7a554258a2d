//! The role of a person on a ticket.

use crate::domain::vocabulary::Role;

/// Where a person stands to a ticket: what decides what they see and may do (WORKFLOW, People).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketRole {
    /// An agent who may also de-escalate.
    Manager,
    /// Support's side.
    Agent,
    /// An editor of the ticket's organisation: what the requester may, and the ticket's attributes.
    Editor,
    /// The requester, or somebody in copy.
    Customer,
    /// Somebody who reads the tickets of the organisation, and has nothing to do with this one.
    Reader,
    /// A customer who has nothing to do with this ticket.
    Outsider,
    /// The program itself.
    System,
}

impl TicketRole {
    /// Every standing, from the one that may most.
    pub const ALL: [Self; 7] =
        [Self::Manager, Self::Agent, Self::Editor, Self::Customer, Self::Reader, Self::Outsider, Self::System];

    /// The role that goes into the entry.
    pub const fn entry_role(self) -> Role {
        match self {
            Self::Manager | Self::Agent => Role::Agent,
            Self::Editor | Self::Customer | Self::Reader | Self::Outsider => Role::Customer,
            Self::System => Role::System,
        }
    }

    /// Whether this is support's side.
    pub const fn is_support(self) -> bool {
        matches!(self, Self::Manager | Self::Agent)
    }

    /// Whether somebody who stands so may see the ticket at all.
    pub const fn sees(self) -> bool {
        !matches!(self, Self::Outsider)
    }
}
