//! The actions on a ticket.
//!
//! A [`Request`](crate::domain::workflow::Request) and an [`Entry`](super::entry::Entry) each contain one action.
//! `Merged`, `Unmerged` and `Forward` cannot be requested: they are the counterparts of `Merge`, `Reopen` and `Reply`
//! on the other ticket.

use chrono::{DateTime, Utc};

use super::Hold;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::{EscalationReason, Kind, MergeReason, Priority, ReopenReason, Resolution};

/// An action on a ticket. Its fields in a file are in docs/format.md#an-entry; docs/workflow.md lists its effects.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The first entry of a ticket, with every header field that it sets.
    Open(Box<OpenFields>),
    /// A public message of support or of the customer.
    Reply {
        /// True for an automatic mail, which is recorded and changes nothing.
        auto: bool,
        /// The merged ticket to which the message was addressed.
        via_ticket: Option<Id>,
    },
    /// An internal message, never shown to customers.
    Note {
        /// True for an automatic mail.
        auto: bool,
        /// The merged ticket to which the message was addressed.
        via_ticket: Option<Id>,
    },
    /// A reminder to a requester who owes the next step.
    Remind {
        /// True if a sweep added it, false if a person did.
        auto: bool,
    },
    /// A wait of support for a team on its own side.
    Hold(Hold),
    /// The end of a hold: support continues.
    Resume,
    /// The solving of a ticket: no next step is due.
    Solve(SolveEvidence),
    /// A merge of this ticket into another one, in which the conversation continues.
    Merge {
        /// The target ticket.
        into: Id,
        /// The reason.
        reason: MergeReason,
    },
    /// The counterpart of a merge, on the target.
    Merged {
        /// The ticket that was merged into this one.
        source: Id,
        /// The people whom the merge adds to the people in copy.
        cc: Vec<Person>,
    },
    /// A pointer from a merged ticket to a reply that was recorded on its target, or from a solved ticket to the first
    /// entry of the follow-up ticket that a late reply opened.
    Forward {
        /// The ticket that contains the entry.
        into: Id,
        /// The entry.
        entry: Id,
    },
    /// The reopening of a solved ticket.
    Reopen {
        /// The reason.
        reason: ReopenReason,
        /// True if it undoes a merge.
        unmerge: bool,
    },
    /// The counterpart of an unmerge, on the former target.
    Unmerged {
        /// The ticket that was unmerged.
        source: Id,
    },
    /// A request for the attention of a manager.
    Escalate {
        /// The reason.
        reason: EscalationReason,
        /// The manager who is asked, if the desk has one.
        manager: Option<Person>,
    },
    /// The end of an escalation.
    Deescalate {
        /// The reason of the escalation.
        reason: Option<EscalationReason>,
        /// The manager of the escalation.
        manager: Option<Person>,
    },
    /// A change of the priority.
    Prioritize {
        /// The new priority.
        priority: Priority,
        /// The previous priority.
        was: Priority,
    },
    /// A change of the assignee.
    Assign {
        /// The new assignee; `None` for no assignee.
        assignee: Option<Person>,
    },
    /// A change of header fields that have no action of their own.
    Set {
        /// The fields to set, with their new values.
        set: Vec<(HeaderField, Value)>,
        /// The fields to remove.
        unset: Vec<HeaderField>,
    },
    /// A change of the people in copy.
    Cc {
        /// The people to add.
        add: Vec<Person>,
        /// The people to remove.
        remove: Vec<Person>,
    },
    /// Attachments without a text.
    Attach,
    /// A change of the tags of the desk.
    Tag {
        /// The tags to add.
        add: Vec<String>,
        /// The tags to remove.
        remove: Vec<String>,
    },
    /// A correction of an earlier entry.
    Correct {
        /// The corrected entry.
        entry: Id,
        /// The reason.
        reason: String,
    },
    /// A redaction, which hides the text of an earlier entry from views.
    Redact {
        /// The redacted entry.
        entry: Id,
        /// The reason.
        reason: String,
    },
    /// An action of a newer format, of which only the name is kept; never written.
    Unknown(String),
}

/// The fields of an opening.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFields {
    /// The subject, one line.
    pub subject: String,
    /// The kind of the ticket; `None` for an ordinary one.
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
    pub overridden: Option<Override>,
    /// The system from which the ticket was imported.
    pub imported_from: Option<String>,
    /// The id of the ticket in that system.
    pub imported_id: Option<String>,
    /// Fields of that system for which this format has no place.
    pub imported: Fields,
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

/// An eligibility rule that an agent overrode to open a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The name of the rule, as [`rule`](crate::domain::people::eligibility::IneligibleReason::rule) returns it.
    pub rule: String,
    /// The agent's reason.
    pub reason: String,
}

/// The evidence for solving a ticket. Merging is a separate action.
#[derive(Clone, Debug, PartialEq)]
pub enum SolveEvidence {
    /// An agreement between requester and support.
    Agreed {
        /// The person who agreed. In a request, `None` stands for the default: the customer who solves, else the
        /// requester.
        by: Option<Person>,
    },
    /// A reported bug, with an agreed priority and timeline.
    BugReported {
        /// The reference of the bug in its tracker.
        bug: String,
        /// The priority agreed for the bug.
        priority: Priority,
        /// The estimated time of the fix, UTC.
        eta: DateTime<Utc>,
    },
    /// No response after the reminders that the policy requires.
    NoResponse,
}

impl SolveEvidence {
    /// Returns the resolution that the header of the solved ticket shows.
    pub const fn resolution(&self) -> Resolution {
        match self {
            Self::Agreed { .. } => Resolution::Agreed,
            Self::BugReported { .. } => Resolution::BugReported,
            Self::NoResponse => Resolution::NoResponse,
        }
    }
}

/// A header field that `set` may change. The others have actions of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeaderField {
    /// The subject.
    Subject,
    /// The product.
    Product,
    /// The product group.
    ProductGroup,
    /// The customer's organization.
    Organization,
    /// The customer's instance.
    Instance,
    /// The requester.
    Requester,
    /// The channel.
    Channel,
    /// The language.
    Language,
    /// A custom field, by its name.
    Field(String),
}

impl HeaderField {
    /// The names of all fields but the custom ones, in the order of the header.
    pub const NAMED: [(&'static str, Self); 8] = [
        ("subject", Self::Subject),
        ("product", Self::Product),
        ("product_group", Self::ProductGroup),
        ("organization", Self::Organization),
        ("instance", Self::Instance),
        ("requester", Self::Requester),
        ("channel", Self::Channel),
        ("language", Self::Language),
    ];

    /// Parses a name: that of a header field, or `fields.NAME` for a custom field.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(field) = name.strip_prefix("fields.").filter(|field| !field.is_empty()) {
            return Some(Self::Field(field.to_owned()));
        }
        Self::NAMED.into_iter().find(|(candidate, _)| *candidate == name).map(|(_, field)| field)
    }

    /// Returns the name that [`HeaderField::from_name`] parses.
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => format!("fields.{field}"),
            field => Self::NAMED
                .iter()
                .find(|(_, other)| other == field)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }

    /// Returns true if every ticket has the field, so that it can be replaced but not removed.
    pub const fn is_required(&self) -> bool {
        matches!(self, Self::Subject | Self::Requester)
    }
}

impl Action {
    /// Returns the word in files and JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Open(_) => "open",
            Self::Reply { .. } => "reply",
            Self::Note { .. } => "note",
            Self::Remind { .. } => "remind",
            Self::Hold(_) => "hold",
            Self::Resume => "resume",
            Self::Solve(_) => "solve",
            Self::Merge { .. } => "merge",
            Self::Merged { .. } => "merged",
            Self::Forward { .. } => "forward",
            Self::Reopen { .. } => "reopen",
            Self::Unmerged { .. } => "unmerged",
            Self::Escalate { .. } => "escalate",
            Self::Deescalate { .. } => "deescalate",
            Self::Prioritize { .. } => "prioritize",
            Self::Assign { .. } => "assign",
            Self::Set { .. } => "set",
            Self::Cc { .. } => "cc",
            Self::Attach => "attach",
            Self::Tag { .. } => "tag",
            Self::Correct { .. } => "correct",
            Self::Redact { .. } => "redact",
            Self::Unknown(name) => name,
        }
    }

    /// Returns true if the action requires a text.
    pub const fn needs_text(&self) -> bool {
        matches!(
            self,
            Self::Open(_)
                | Self::Reply { .. }
                | Self::Note { .. }
                | Self::Escalate { .. }
                | Self::Prioritize { .. }
                | Self::Correct { .. }
                | Self::Redact { .. }
        )
    }
}
