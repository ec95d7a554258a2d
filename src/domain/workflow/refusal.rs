//! Why something is not done, as data. Sentences, hints and exit codes are made at the edge.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::organization_access::AccessRefusal;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::custom_field::InvalidFieldValue;
use crate::domain::vocabulary::{HoldReason, Priority, Status};

/// A rule against what was asked (WORKFLOW).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The person may not see the ticket: for them it does not exist.
    NotVisible,
    /// The person may see the ticket, and not do this.
    NotAllowed {
        /// Where the person stands.
        role: TicketRole,
    },
    /// A customer asked for a ticket in somebody else's name.
    OnBehalf,
    /// A customer asked for a ticket of an organisation they are not of.
    OtherOrganization {
        /// The organisation asked for.
        given: String,
    },
    /// Somebody belongs to several organisations, and the ticket is of one.
    AmbiguousOrganization {
        /// The organisations.
        known: Vec<String>,
    },
    /// What is on file is against opening the ticket.
    NotEligible(Box<IneligibleReason>),
    /// Organisation access is not to be asked for, or granted, so.
    Access(Box<AccessRefusal>),
    /// The organisation has several instances, or not the one that was named.
    UnclearInstance {
        /// The one named, if any.
        given: Option<String>,
        /// The organisation.
        organization: String,
        /// Its instances.
        known: Vec<String>,
    },
    /// An organisation's administrator asked for more than giving and taking support roles.
    SupportRolesOnly,
    /// Nor to people of another domain than the organisation's.
    OwnPeopleOnly,
    /// The action does not start from this status.
    Status {
        /// The status it has.
        status: Status,
    },
    /// The ticket is merged; the conversation goes on elsewhere.
    IsMerged {
        /// Where it was merged into.
        into: Id,
    },
    /// A merge cannot be taken back where there is none.
    NotMerged,
    /// It already waits for this reason, until that time.
    SameHoldReason {
        /// The reason.
        reason: HoldReason,
    },
    /// It already has this priority.
    SamePriority {
        /// The priority.
        priority: Priority,
    },
    /// It is escalated already.
    AlreadyEscalated {
        /// Since when, UTC.
        since: DateTime<Utc>,
    },
    /// It is not escalated.
    NotEscalated,
    /// A file is to be attached, and none was given.
    NoAttachment,
    /// Words are needed and none were given.
    TextMissing,
    /// Silence cannot solve it yet: too few reminders.
    TooFewAlerts {
        /// Reminders since the agent's last reply.
        given: usize,
        /// What the policy wants.
        needed: usize,
    },
    /// Silence cannot solve it yet: too early.
    TooEarly {
        /// From when on it may, UTC; never, where the calendar that counts does not open again.
        ready_at: Option<DateTime<Utc>>,
        /// The waiting period of the policy.
        solve_after: TimeDelta,
    },
    /// Silence cannot solve it: no agent has replied.
    NoAgentReply,
    /// Silence cannot solve it: the customer has replied since.
    CustomerReplied,
    /// Silence cannot solve it: another ticket was merged into it since, and no agent has replied behind that.
    MergedSince {
        /// That ticket.
        source: Id,
    },
    /// A customer's words reopen a solved ticket for some time, and that is over.
    WindowClosed {
        /// When it was solved, UTC.
        solved_at: DateTime<Utc>,
        /// How long a reply would have reopened it.
        window: TimeDelta,
    },
    /// The customer's plan has no escalations.
    NoEscalations,
    /// A ticket cannot be merged into itself.
    MergeIntoItself,
    /// The target of a merge is solved.
    TargetSolved,
    /// The target of a merge is merged itself.
    TargetMerged {
        /// Where it was merged into.
        into: Id,
    },
    /// The tickets belong to different customers.
    OtherCustomer {
        /// The source's customer.
        source: Box<TicketOwner>,
        /// The target's customer.
        target: Box<TicketOwner>,
    },
    /// No entry of the ticket has this id.
    NoSuchEntry {
        /// The id.
        entry: Id,
    },
    /// A fact every ticket has cannot be taken away.
    RequiredField {
        /// Its name.
        name: String,
    },
    /// The value does not fit the fact.
    InvalidField {
        /// Its name.
        name: String,
    },
    /// The value does not fit one of the desk's own fields.
    InvalidCustomField(Box<InvalidFieldValue>),
    /// A ticket is opened once.
    AlreadyOpened,
    /// This only ever follows from something else.
    NotRequestable,
}

/// Whose ticket it is, as merging sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketOwner {
    /// An organisation.
    Organization(String),
    /// A person of no organisation.
    Person(Person),
}
