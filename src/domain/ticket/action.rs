//! The actions on a ticket.
//!
//! A [`Request`](crate::domain::workflow::Request) and an [`Entry`](super::entry::Entry) each contain one action.
//! `Merged`, `Unmerged` and `Forward` cannot be requested: they are the counterparts of `Merge`, `Reopen` and `Reply`
//! on the other ticket.

use super::header_field::HeaderField;
use super::{Hold, OpenFields};
use crate::domain::codec::record::{actions, field_of};
use crate::domain::codec::{Field, FieldSource, FieldType, FieldWriter, Record};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::time::planned::PlannedTime;
use crate::domain::value::Value;
use crate::domain::vocabulary::{EscalationReason, MergeReason, Priority, ReopenReason, Resolution};

actions! {
    /// An action on a ticket. Its fields in a file are in docs/format.md#an-entry; docs/workflow.md lists its effects.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Action {
        /// The first entry of a ticket, with every header field that it sets.
        "open" => Open(opening: Box<OpenFields>),
        /// A public message of support or of the customer.
        "reply" => Reply {
            /// True for an automatic mail, which is recorded and changes nothing.
            auto: bool,
            /// The merged ticket to which the message was addressed.
            via_ticket: Option<Id>,
        },
        /// An internal message, never shown to customers.
        "note" => Note {
            /// True for an automatic mail.
            auto: bool,
            /// The merged ticket to which the message was addressed.
            via_ticket: Option<Id>,
        },
        /// A reminder to a requester who owes the next step.
        "remind" => Remind {
            /// True if a sweep added it, false if a person did.
            auto: bool,
        },
        /// A wait of support for a team on its own side.
        "hold" => Hold(hold: Hold),
        /// The end of a hold: support continues.
        "resume" => Resume,
        /// The solving of a ticket: no next step is due.
        "solve" => Solve(evidence: SolveEvidence),
        /// A merge of this ticket into another one, in which the conversation continues.
        "merge" => Merge {
            /// The target ticket.
            into: Id,
            /// The reason.
            reason: MergeReason,
        },
        /// The counterpart of a merge, on the target.
        "merged" => Merged {
            /// The ticket that was merged into this one.
            source: Id,
            /// The people whom the merge adds to the people in copy.
            cc: Vec<Person>,
        },
        /// A pointer from a merged ticket to a reply that was recorded on its target, or from a solved ticket to the first
        /// entry of the follow-up ticket that a late reply opened.
        "forward" => Forward {
            /// The ticket that contains the entry.
            into: Id,
            /// The entry.
            entry: Id,
        },
        /// The reopening of a solved ticket.
        "reopen" => Reopen {
            /// The reason.
            reason: ReopenReason,
            /// True if it undoes a merge.
            unmerge: bool,
        },
        /// The counterpart of an unmerge, on the former target.
        "unmerged" => Unmerged {
            /// The ticket that was unmerged.
            source: Id,
            /// The people whom merges had added, and who leave the people in copy again.
            cc: Vec<Person>,
        },
        /// A request for the attention of a manager.
        "escalate" => Escalate {
            /// The reason.
            reason: EscalationReason,
            /// The manager who is asked, if the desk has one.
            manager: Option<Person>,
        },
        /// The end of an escalation.
        "deescalate" => Deescalate {
            /// The reason of the escalation.
            reason: Option<EscalationReason>,
            /// The manager of the escalation.
            manager: Option<Person>,
        },
        /// A change of the priority.
        "prioritize" => Prioritize {
            /// The new priority.
            priority: Priority,
            /// The previous priority.
            was: Priority,
        },
        /// A change of the assignee.
        "assign" => Assign {
            /// The new assignee; absent for no assignee.
            assignee: Option<Person>,
        },
        /// A change of header fields that have no action of their own.
        "set" => Set {
            /// The fields to set, with their new values.
            set: Vec<(HeaderField, Value)>,
            /// The fields to remove.
            unset: Vec<HeaderField>,
        },
        /// A change of the people in copy.
        "cc" => Cc {
            /// The people to add.
            add: Vec<Person>,
            /// The people to remove.
            remove: Vec<Person>,
        },
        /// Attachments without a text.
        "attach" => Attach,
        /// A change of the tags of the desk.
        "tag" => Tag {
            /// The tags to add.
            add: Vec<String>,
            /// The tags to remove.
            remove: Vec<String>,
        },
        /// A correction of an earlier entry.
        "correct" => Correct {
            /// The corrected entry.
            entry: Id,
            /// The reason.
            reason: String,
        },
        /// A redaction, which hides the texts of an earlier entry from views.
        "redact" => Redact {
            /// The redacted entry.
            entry: Id,
            /// The reason.
            reason: String,
            /// The new subject of the ticket, if the redacted entry gave it the one it has.
            subject: Option<String>,
        };
        /// An action of a newer format, of which only the name is kept; never written.
        Unknown(String)
    }
}

/// The evidence for solving a ticket. Merging is a separate action.
#[derive(Clone, Debug, PartialEq)]
pub enum SolveEvidence {
    /// An agreement between requester and support.
    Agreed {
        /// The person who agreed. In a request, `None` stands for the default: the customer who solves, else the
        /// customer who has replied since support's last public text.
        by: Option<Person>,
        /// The reply in which the person agreed, if that is the default.
        reply: Option<Id>,
    },
    /// A reported bug, with an agreed priority and timeline.
    BugReported {
        /// The reference of the bug in its tracker.
        bug: String,
        /// The priority agreed for the bug, in the words of its tracker.
        priority: String,
        /// The estimated day or time of the fix.
        eta: PlannedTime,
    },
    /// No response after the reminders that the policy requires.
    NoResponse,
    /// Nothing to solve: opened by mistake, spam, or a test.
    Withdrawn,
}

impl SolveEvidence {
    /// Returns the resolution that the header of the solved ticket shows.
    pub const fn resolution(&self) -> Resolution {
        match self {
            Self::Agreed { .. } => Resolution::Agreed,
            Self::BugReported { .. } => Resolution::BugReported,
            Self::NoResponse => Resolution::NoResponse,
            Self::Withdrawn => Resolution::Withdrawn,
        }
    }
}

impl Record for SolveEvidence {
    const FIELDS: &'static [Field] = &[
        field_of!(Resolution, resolution, " The resolution."),
        field_of!(Option<Person>, agreed_by, " The person who agreed; of `agreed`."),
        field_of!(Option<Id>, agreed_in, " The reply in which the person agreed; of `agreed`."),
        field_of!(Option<String>, bug, " The reference of the bug in its tracker; of `bug_reported`."),
        field_of!(
            Option<String>,
            bug_priority,
            " The priority agreed for the bug, as its tracker writes it; of `bug_reported`."
        ),
        field_of!(Option<PlannedTime>, eta, " The estimated day or time of the fix; of `bug_reported`."),
    ];

    fn take<S: FieldSource>(source: &mut S) -> Result<Self, S::Error> {
        Ok(match source.required("resolution")? {
            Resolution::Agreed => Self::Agreed { by: source.leaf("agreed_by")?, reply: source.leaf("agreed_in")? },
            Resolution::BugReported => Self::BugReported {
                bug: source.required("bug")?,
                priority: source.required("bug_priority")?,
                eta: source.required("eta")?,
            },
            Resolution::NoResponse => Self::NoResponse,
            Resolution::Withdrawn => Self::Withdrawn,
            Resolution::Merged => {
                let message = "invalid resolution `merged`: only the action `merge` has it";
                return Err(source.invalid("resolution", message));
            }
        })
    }

    fn write(&self, writer: &mut FieldWriter) {
        self.resolution().write("resolution", writer);
        match self {
            Self::Agreed { by, reply } => {
                by.write("agreed_by", writer);
                reply.write("agreed_in", writer);
            }
            Self::BugReported { bug, priority, eta } => {
                bug.write("bug", writer);
                priority.write("bug_priority", writer);
                eta.write("eta", writer);
            }
            Self::NoResponse | Self::Withdrawn => {}
        }
    }
}

impl Action {
    /// Returns true if the text that support adds to the action is internal unless support says otherwise, false if it is
    /// public unless support says otherwise, and `None` if the action itself says who reads it.
    pub const fn is_internal_by_default(&self) -> Option<bool> {
        match self {
            Self::Assign { .. }
            | Self::Tag { .. }
            | Self::Set { .. }
            | Self::Hold(_)
            | Self::Resume
            | Self::Deescalate { .. } => Some(true),
            Self::Reply { .. }
            | Self::Remind { .. }
            | Self::Solve(_)
            | Self::Reopen { .. }
            | Self::Escalate { .. }
            | Self::Prioritize { .. }
            | Self::Cc { .. }
            | Self::Merge { .. }
            | Self::Attach => Some(false),
            _ => None,
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
                | Self::Solve(SolveEvidence::Withdrawn)
                | Self::Correct { .. }
        )
    }
}
