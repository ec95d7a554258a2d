//! The header of a ticket.

use chrono::{DateTime, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::value::Fields;
use crate::domain::vocabulary::{EscalationReason, HoldReason, Kind, Priority, Resolution, Status};

/// The facts of a ticket that hold now.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// What it is about, in one line.
    pub subject: String,
    /// What kind it is, where it is not an ordinary ticket.
    pub kind: Option<Kind>,
    /// Who owes the next step.
    pub status: Status,
    /// The current impact.
    pub priority: Priority,
    /// The product it is about.
    pub product: Option<String>,
    /// The product group the requester chose.
    pub product_group: Option<String>,
    /// The customer's organisation.
    pub organization: Option<String>,
    /// The customer's instance.
    pub instance: Option<String>,
    /// Whose ticket it is.
    pub requester: Person,
    /// The agent who takes care of it.
    pub assignee: Option<Person>,
    /// Who else takes part on the customer's side.
    pub cc: Vec<Person>,
    /// How it came in.
    pub channel: Option<String>,
    /// The language it is written in.
    pub language: Option<String>,
    /// The desk's own labels.
    pub tags: Vec<String>,
    /// Set while it is escalated.
    pub escalation: Option<Escalation>,
    /// Set while it is on hold.
    pub hold: Option<Hold>,
    /// Set while it is solved.
    pub resolution: Option<Resolution>,
    /// Set while it is merged into another ticket.
    pub merged_into: Option<Id>,
    /// The tickets merged into this one.
    pub merged_from: Vec<Id>,
    /// The solved ticket this one follows up.
    pub follow_up_of: Option<Id>,
    /// The desk's own fields, in the order of their names.
    pub fields: Fields,
}

/// Why and since when a ticket is escalated, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The reason given.
    pub reason: EscalationReason,
    /// The manager named, if the desk has one.
    pub manager: Option<Person>,
    /// When it was escalated, UTC.
    pub since: DateTime<Utc>,
}

/// What support waits for on its own side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The reason given.
    pub reason: HoldReason,
    /// The team waited for.
    pub team: Option<String>,
    /// When it should come back to attention, UTC.
    pub until: Option<DateTime<Utc>>,
}

impl Hold {
    /// When it should have come back to attention, where that time has passed, UTC.
    pub fn ended_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until.filter(|until| *until <= now)
    }
}

impl Header {
    /// Whether it has a field of the desk's own.
    pub fn has_custom_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(candidate, _)| candidate == name)
    }
}
