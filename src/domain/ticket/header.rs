//! The header of a ticket.

use chrono::{DateTime, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::value::Fields;
use crate::domain::vocabulary::{EscalationReason, HoldReason, Kind, Priority, Resolution, Status};

/// The fields of a ticket as they are now (docs/format.md#the-header).
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The subject, one line.
    pub subject: String,
    /// The kind of the ticket; `None` for an ordinary one.
    pub kind: Option<Kind>,
    /// The status, which names the side that owes the next step.
    pub status: Status,
    /// The current priority.
    pub priority: Priority,
    /// The product.
    pub product: Option<String>,
    /// The product group that the requester chose.
    pub product_group: Option<String>,
    /// The customer's organization.
    pub organization: Option<String>,
    /// The customer's instance.
    pub instance: Option<String>,
    /// The requester.
    pub requester: Person,
    /// The assignee.
    pub assignee: Option<Person>,
    /// The people in copy.
    pub cc: Vec<Person>,
    /// The channel by which the ticket was received.
    pub channel: Option<String>,
    /// The language of the ticket.
    pub language: Option<String>,
    /// The tags of the desk.
    pub tags: Vec<String>,
    /// The escalation, while the ticket is escalated.
    pub escalation: Option<Escalation>,
    /// The hold, while the ticket is on hold.
    pub hold: Option<Hold>,
    /// The resolution, while the ticket is solved.
    pub resolution: Option<Resolution>,
    /// The target of the merge, while the ticket is merged.
    pub merged_into: Option<Id>,
    /// The tickets merged into this one.
    pub merged_from: Vec<Id>,
    /// The solved ticket that this one follows up.
    pub follow_up_of: Option<Id>,
    /// The custom fields, sorted by name.
    pub fields: Fields,
}

/// An escalation of a ticket to a manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The reason.
    pub reason: EscalationReason,
    /// The manager who is asked, if the desk has one.
    pub manager: Option<Person>,
    /// The time of the escalation, UTC.
    pub since: DateTime<Utc>,
}

/// A hold: a wait of support for a team on its own side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The reason.
    pub reason: HoldReason,
    /// The team.
    pub team: Option<String>,
    /// The time at which the hold is planned to end, UTC.
    pub until: Option<DateTime<Utc>>,
}

impl Hold {
    /// Returns the planned end of the hold if it has passed, UTC.
    pub fn ended_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until.filter(|until| *until <= now)
    }
}

impl Header {
    /// Returns true if the ticket has a value for the custom field.
    pub fn has_custom_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(candidate, _)| candidate == name)
    }
}
