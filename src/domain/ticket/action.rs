//! Everything that can be done to a ticket: one noun for what is asked, decided, applied and written.
//!
//! A step of a command names one of these; so does every entry. `Merged`, `Unmerged` and `Forward` are the
//! other side of `Merge`, `Reopen` and `Reply`, and never asked for by themselves. Must not know who may.

use chrono::{DateTime, Utc};

use super::Hold;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::{EscalationReason, Kind, MergeReason, Priority, ReopenReason, Resolution};

/// One thing done to a ticket (WORKFLOW, Actions; FORMAT, Entry fields).
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens the ticket, with every fact it opens with.
    Open(Box<OpenFields>),
    /// A public message of either side.
    Reply {
        /// An automatic mail, which is recorded and changes nothing.
        auto: bool,
        /// The merged ticket it was addressed to.
        via_ticket: Option<Id>,
    },
    /// An internal message, never shown to customers.
    Note {
        /// An automatic mail.
        auto: bool,
        /// The merged ticket it was addressed to.
        via_ticket: Option<Id>,
    },
    /// A reminder to a requester who owes the next step.
    Remind {
        /// Whether a sweep made it, and no person.
        auto: bool,
    },
    /// Support waits on its own side.
    Hold(Hold),
    /// Support goes on after a hold.
    Resume,
    /// Nobody owes anything any more.
    Solve(SolveEvidence),
    /// Goes on in another ticket.
    Merge {
        /// The ticket it goes on in.
        into: Id,
        /// Why.
        reason: MergeReason,
    },
    /// Another ticket goes on in this one.
    Merged {
        /// The ticket that was merged.
        source: Id,
        /// Whom this adds to the people in copy.
        cc: Vec<Person>,
    },
    /// A reply to this merged ticket was recorded where the conversation goes on; or one to this solved ticket opened
    /// another, and the entry is that one's first.
    Forward {
        /// The ticket it was recorded on.
        into: Id,
        /// The entry there.
        entry: Id,
    },
    /// Opens a solved ticket again.
    Reopen {
        /// Why.
        reason: ReopenReason,
        /// Whether it takes a merge back.
        unmerge: bool,
    },
    /// A ticket merged into this one was taken out again.
    Unmerged {
        /// That ticket.
        source: Id,
    },
    /// Asks for a manager's attention.
    Escalate {
        /// Why.
        reason: EscalationReason,
        /// The manager named, if the desk has one.
        manager: Option<Person>,
    },
    /// Ends an escalation; says which.
    Deescalate {
        /// Why it had been escalated.
        reason: Option<EscalationReason>,
        /// The manager it had named.
        manager: Option<Person>,
    },
    /// States the current impact.
    Prioritize {
        /// The priority from now on.
        priority: Priority,
        /// The priority before.
        was: Priority,
    },
    /// Gives it to an agent, or to nobody.
    Assign {
        /// The agent from now on.
        assignee: Option<Person>,
    },
    /// Sets or takes away facts that have no action of their own.
    Set {
        /// Facts and their new values.
        set: Vec<(HeaderField, Value)>,
        /// Facts that no longer hold.
        unset: Vec<HeaderField>,
    },
    /// Changes who else takes part on the customer's side.
    Cc {
        /// Who joins.
        add: Vec<Person>,
        /// Who leaves.
        remove: Vec<Person>,
    },
    /// Brings files, without anything that has to be said.
    Attach,
    /// Changes the desk's labels.
    Tag {
        /// Labels to add.
        add: Vec<String>,
        /// Labels to take away.
        remove: Vec<String>,
    },
    /// Says what is right where an older entry is wrong.
    Correct {
        /// The entry corrected.
        entry: Id,
        /// Why.
        reason: String,
    },
    /// Hides the words of an older entry from view.
    Redact {
        /// The entry hidden.
        entry: Id,
        /// Why.
        reason: String,
    },
    /// An action of a newer format, kept by name alone; never written.
    Unknown(String),
}

/// The facts a ticket opens with.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenFields {
    /// What it is about, in one line.
    pub subject: String,
    /// What kind it is, where it is not an ordinary ticket.
    pub kind: Option<Kind>,
    /// The impact.
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
    /// The solved ticket it follows up.
    pub follow_up_of: Option<Id>,
    /// The desk's own fields, in the order of their names.
    pub fields: Fields,
    /// The technical contact who approved an administrator's request for organisation access.
    pub approved_by: Option<Person>,
    /// The rule an agent opened it against.
    pub overridden: Option<Override>,
    /// The system it was imported from.
    pub imported_from: Option<String>,
    /// Its id there.
    pub imported_id: Option<String>,
    /// What that system knew and this format has no place for.
    pub imported: Fields,
}

impl OpenFields {
    /// An opening with the two facts that cannot be left out, and a priority.
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

/// A rule that an agent opened a ticket against, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The rule's name.
    pub rule: String,
    /// The agent's reason.
    pub reason: String,
}

/// How a ticket is solved. Merging is an action of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum SolveEvidence {
    /// Requester and agent agree.
    Agreed {
        /// Who agreed; the requester where nobody is named.
        by: Option<Person>,
    },
    /// A bug was reported, with agreed priority and timeline.
    BugReported {
        /// Where the bug is tracked.
        bug: String,
        /// The priority agreed for it.
        priority: Priority,
        /// The estimated time of its resolution, UTC.
        eta: DateTime<Utc>,
    },
    /// No answer after the alerts the policy lists.
    NoResponse,
}

impl SolveEvidence {
    /// The word of it.
    pub const fn resolution(&self) -> Resolution {
        match self {
            Self::Agreed { .. } => Resolution::Agreed,
            Self::BugReported { .. } => Resolution::BugReported,
            Self::NoResponse => Resolution::NoResponse,
        }
    }
}

/// A fact of the header that `set` may change; the others have actions of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeaderField {
    /// What it is about.
    Subject,
    /// The product.
    Product,
    /// The product group.
    ProductGroup,
    /// The customer's organisation.
    Organization,
    /// The customer's instance.
    Instance,
    /// Whose ticket it is.
    Requester,
    /// How it came in.
    Channel,
    /// The language it is written in.
    Language,
    /// One of the desk's own fields.
    Field(String),
}

impl HeaderField {
    /// The names that stand for themselves, in the order of the header.
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

    /// Reads a name: a header field's, or `fields.NAME` for one of the desk's own.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(field) = name.strip_prefix("fields.").filter(|field| !field.is_empty()) {
            return Some(Self::Field(field.to_owned()));
        }
        Self::NAMED.into_iter().find(|(candidate, _)| *candidate == name).map(|(_, field)| field)
    }

    /// The name [`HeaderField::from_name`] reads.
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => format!("fields.{field}"),
            named => Self::NAMED
                .iter()
                .find(|(_, field)| field == named)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }

    /// Whether every ticket has it, so that it can be replaced but not taken away.
    pub const fn is_required(&self) -> bool {
        matches!(self, Self::Subject | Self::Requester)
    }
}

impl Action {
    /// The word written as `action`.
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
            Self::Unknown(word) => word,
        }
    }

    /// Whether it cannot be done without words (WORKFLOW, Actions).
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
