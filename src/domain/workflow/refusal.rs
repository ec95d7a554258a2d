//! The refusals of the workflow. Their messages, hints and exit codes are in [`crate::cli`].

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::organization_access::AccessRefusal;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::custom_field::InvalidFieldValue;
use crate::domain::vocabulary::{HoldReason, Priority, Status};

/// A reason why an action is not allowed (docs/workflow.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The actor may not see the ticket. To the actor it does not exist.
    NotVisible,
    /// The actor may see the ticket but may not do this.
    NotAllowed {
        /// The role of the actor.
        role: TicketRole,
    },
    /// A customer tried to open a ticket for another person.
    OnBehalf,
    /// A customer tried to open a ticket for an organization without being a member.
    OtherOrganization {
        /// The organization given.
        given: String,
    },
    /// The requester belongs to several organizations, and none was given.
    AmbiguousOrganization {
        /// The organizations.
        known: Vec<String>,
    },
    /// The new ticket violates an eligibility rule.
    NotEligible(Box<IneligibleReason>),
    /// The organization access may not be requested, granted or revoked.
    Access(Box<AccessRefusal>),
    /// The instance does not exist, or none was given although the organization has several.
    UnclearInstance {
        /// The instance given.
        given: Option<String>,
        /// The organization.
        organization: String,
        /// The instances of the organization.
        known: Vec<String>,
    },
    /// The administrator of an organization tried to change more than support roles.
    SupportRolesOnly,
    /// The administrator of an organization tried to add a person at a domain of another one.
    OwnPeopleOnly,
    /// The status does not allow the action.
    Status {
        /// The status of the ticket.
        status: Status,
    },
    /// The ticket is merged, and its conversation continues on the target.
    IsMerged {
        /// The target.
        into: Id,
    },
    /// The ticket is not merged, so it cannot be unmerged.
    NotMerged,
    /// The ticket is already on hold for this reason, until the same time.
    SameHoldReason {
        /// The reason.
        reason: HoldReason,
    },
    /// The ticket already has this priority.
    SamePriority {
        /// The priority.
        priority: Priority,
    },
    /// The ticket is already escalated.
    AlreadyEscalated {
        /// The time of the escalation, UTC.
        since: DateTime<Utc>,
    },
    /// The ticket is not escalated.
    NotEscalated,
    /// No file to attach was given.
    NoAttachment,
    /// The action requires a text, and none was given.
    TextMissing,
    /// The policy does not have the next reminder due yet.
    ReminderEarly {
        /// The time at which it is due, UTC.
        due_at: DateTime<Utc>,
    },
    /// The ticket cannot be solved as agreed: no customer has replied since support's last public text.
    AgreementMissing,
    /// The ticket cannot be solved for no response yet: the policy requires more reminders.
    TooFewAlerts {
        /// The number of reminders since the agent's last reply.
        given: usize,
        /// The number that the policy requires.
        needed: usize,
    },
    /// The ticket cannot be solved for no response yet: the waiting period has not passed.
    TooEarly {
        /// The time when it will have passed, UTC; `None` if the calendar does not open again.
        ready_at: Option<DateTime<Utc>>,
        /// The waiting period of the policy.
        solve_after: TimeDelta,
    },
    /// The ticket cannot be solved for no response: no agent has replied.
    NoAgentReply,
    /// The ticket cannot be solved for no response: the customer has replied.
    CustomerReplied,
    /// The ticket cannot be solved for no response: another ticket was merged into it, and no agent has replied since.
    MergedSince {
        /// The merged ticket.
        source: Id,
    },
    /// The reopen window has passed.
    WindowClosed {
        /// The time of the solving, UTC.
        solved_at: DateTime<Utc>,
        /// The length of the reopen window.
        window: TimeDelta,
    },
    /// The customer's plan does not include escalations.
    NoEscalations,
    /// The target of a merge is the ticket itself.
    MergeIntoItself,
    /// The target of a merge is solved.
    TargetSolved,
    /// The target of a merge is merged.
    TargetMerged {
        /// The ticket into which the target is merged.
        into: Id,
    },
    /// The two tickets of a merge have different customers.
    OtherCustomer {
        /// The customer of the source.
        source: Box<TicketOwner>,
        /// The customer of the target.
        target: Box<TicketOwner>,
    },
    /// The ticket has no entry with this id.
    NoSuchEntry {
        /// The id.
        entry: Id,
    },
    /// The redacted entry gave the ticket the subject it has, and no new one was given.
    SubjectMissing,
    /// A new subject was given, and the redacted entry does not have one.
    NoSubjectInEntry,
    /// A required field cannot be removed.
    RequiredField {
        /// The name of the field.
        name: String,
    },
    /// The value is not valid for the field.
    InvalidField {
        /// The name of the field.
        name: String,
    },
    /// The value is `none`, which in a query means that the field has no value.
    ReservedValue {
        /// The name of the field.
        name: String,
    },
    /// The value is not valid for a custom field.
    InvalidCustomField(Box<InvalidFieldValue>),
    /// The ticket is already open.
    AlreadyOpened,
    /// The action cannot be requested, because it only follows from another one.
    NotRequestable,
}

/// A customer, as merging compares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketOwner {
    /// The organization of the ticket.
    Organization(String),
    /// The requester of a ticket without an organization.
    Person(Person),
}
