//! The fields of a ticket: those of its header, which are what is true now, and those of its opening.
//!
//! This file is the one list of them. Readers, printer, JSON, schema, index and the tables in docs/format.md follow.

use chrono::{DateTime, Utc};

use crate::domain::codec::record::record;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::time::planned::PlannedTime;
use crate::domain::time::zone::Zone;
use crate::domain::value::Fields;
use crate::domain::vocabulary::{EscalationReason, HoldReason, Kind, Priority, Resolution, Status};

record! {
    /// The fields of a ticket as they are now (docs/format.md#the-header).
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct Header {
        /// The subject, one line.
        pub subject: String,
        /// The kind of the ticket; absent for an ordinary one.
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
}

record! {
    /// An escalation of a ticket to a manager.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub struct Escalation {
        /// The reason.
        pub reason: EscalationReason,
        /// The manager who is asked, if the desk has one.
        pub manager: Option<Person>,
        /// The time of the escalation, UTC.
        pub since: DateTime<Utc>,
    }
}

record! {
    /// A hold: a wait of support for a team on its own side.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub struct Hold {
        /// The reason.
        pub reason: HoldReason,
        /// The team.
        pub team: Option<String>,
        /// The day or time at which the hold is planned to end.
        pub until: Option<PlannedTime>,
    }
}

record! {
    /// The fields of an opening.
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct OpenFields {
        /// The subject, one line.
        pub subject: String,
        /// The kind of the ticket; absent for an ordinary one.
        pub kind: Option<Kind>,
        /// The priority.
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
        /// The solved ticket that this one follows up.
        pub follow_up_of: Option<Id>,
        /// The custom fields, sorted by name.
        pub fields: Fields,
        /// The technical contact who approved an administrator's request for organization access.
        pub approved_by: Option<Person>,
        /// The rule that the agent who opened the ticket overrode.
        pub overridden as "override": Option<Override>,
        /// The system from which the ticket was imported.
        pub imported_from: Option<String>,
        /// The id of the ticket in that system.
        pub imported_id: Option<String>,
        /// Fields of that system for which this format has no place.
        pub imported: Fields,
    }
}

record! {
    /// An eligibility rule that an agent overrode to open a ticket.
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    pub struct Override {
        /// The name of the rule, as [`rule`](crate::domain::people::eligibility::IneligibleReason::rule) returns it.
        pub rule: String,
        /// The agent's reason.
        pub reason: String,
    }
}

impl OpenFields {
    /// Returns an opening with the given fields and no others.
    pub const fn new(subject: String, priority: Priority, requester: Person) -> Self {
        Self {
            subject,
            kind: None,
            priority,
            product: None,
            product_group: None,
            organization: None,
            instance: None,
            requester,
            assignee: None,
            cc: Vec::new(),
            channel: None,
            language: None,
            tags: Vec::new(),
            follow_up_of: None,
            fields: Vec::new(),
            approved_by: None,
            overridden: None,
            imported_from: None,
            imported_id: None,
            imported: Vec::new(),
        }
    }
}

impl Hold {
    /// Returns the planned end of the hold in the desk's zone if it has passed, UTC.
    pub fn ended_at(&self, now: DateTime<Utc>, zone: &Zone) -> Option<DateTime<Utc>> {
        self.until.map(|until| until.start(zone)).filter(|until| *until <= now)
    }
}

impl Header {
    /// Returns the header of a new ticket.
    pub fn opened(opening: &OpenFields) -> Self {
        let opening = opening.clone();
        Self {
            subject: opening.subject,
            kind: opening.kind,
            status: Status::Open,
            priority: opening.priority,
            product: opening.product,
            product_group: opening.product_group,
            organization: opening.organization,
            instance: opening.instance,
            requester: opening.requester,
            assignee: opening.assignee,
            cc: opening.cc,
            channel: opening.channel,
            language: opening.language,
            tags: opening.tags,
            escalation: None,
            hold: None,
            resolution: None,
            merged_into: None,
            merged_from: Vec::new(),
            follow_up_of: opening.follow_up_of,
            fields: opening.fields,
        }
    }

    /// Returns true if the ticket has a value for the custom field.
    pub fn has_custom_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(candidate, _)| candidate == name)
    }
}
