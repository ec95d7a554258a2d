//! The role of a person on a ticket.

use crate::domain::vocabulary::Role;

/// A role of a person on a ticket, which decides what the person may see and do (docs/workflow.md#the-people).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketRole {
    /// An agent who may also de-escalate.
    Manager,
    /// A member of the support team.
    Agent,
    /// An editor of the ticket's organization, who may do what the requester may, and change header fields.
    Editor,
    /// The requester, or a person in copy.
    Customer,
    /// A person who may read the tickets of the organization and does not take part in this one.
    Reader,
    /// A person who may not see the ticket.
    Outsider,
    /// The program itself.
    System,
}

impl TicketRole {
    /// Every role, from the most to the least powerful, then the system.
    pub const ALL: [Self; 7] =
        [Self::Manager, Self::Agent, Self::Editor, Self::Customer, Self::Reader, Self::Outsider, Self::System];

    /// Returns the role that an entry records.
    pub const fn entry_role(self) -> Role {
        match self {
            Self::Manager | Self::Agent => Role::Agent,
            Self::Editor | Self::Customer | Self::Reader | Self::Outsider => Role::Customer,
            Self::System => Role::System,
        }
    }

    /// Returns true for the roles of the support team.
    pub const fn is_support(self) -> bool {
        matches!(self, Self::Manager | Self::Agent)
    }

    /// Returns true if the role may see the ticket.
    pub const fn sees(self) -> bool {
        !matches!(self, Self::Outsider)
    }
}
