//! The closed vocabularies of the workflow: statuses, priorities, reasons, resolutions, roles. Each word is spelled the
//! same in files, flags and JSON.

use std::fmt;

/// A word that is not in a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The kind of word that was expected, such as `status`.
    pub kind: &'static str,
    /// The word that was given.
    pub given: String,
    /// Every word of the vocabulary.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown {} `{}`; expected one of {}", self.kind, self.given, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Defines a closed vocabulary: an enum, each value with its word.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $kind:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every value, in the order of docs/workflow.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// Returns the word in files, flags and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl $crate::domain::codec::Leaf for $name {
            const SHAPE: $crate::domain::codec::Shape = $crate::domain::codec::Shape::Word($kind, Self::WORDS);

            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|unknown: $crate::domain::vocabulary::UnknownWord| unknown.to_string())
            }

            fn value(&self) -> $crate::domain::value::Value {
                $crate::domain::value::Value::from(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::vocabulary::UnknownWord;

            fn from_str(given: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == given);
                found.ok_or_else(|| Self::Err { kind: $kind, given: given.to_owned(), known: Self::WORDS })
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// The status of a ticket: the side that owes the next step
    /// (docs/workflow.md#the-status-says-who-owes-the-next-step).
    Status, "status" {
        /// Support owes the next step: the ticket was just opened, or the customer has just replied.
        Open = "open",
        /// The requester owes the next step: support has replied and waits.
        AwaitingReply = "awaiting_reply",
        /// An internal team owes the next step: support waits on its own side, and the work continues.
        OnHold = "on_hold",
        /// No step is due.
        Solved = "solved",
    }
}

impl Status {
    /// Returns the side that owes the next step, as `next_step` in JSON has it.
    pub const fn next_step(self) -> Option<&'static str> {
        match self {
            Self::Open => Some("support"),
            Self::AwaitingReply => Some("requester"),
            Self::OnHold => Some("internal"),
            Self::Solved => None,
        }
    }
}

vocabulary! {
    /// The priority of a ticket: the current impact of the issue (docs/seeds.md#002-003-004).
    Priority, "priority" {
        /// Urgent: complete loss of functionality.
        S1 = "S1",
        /// High: degraded, with significant impact.
        S2 = "S2",
        /// Tolerable: usable, most operations unaffected.
        S3 = "S3",
        /// Question: operations not affected.
        S4 = "S4",
    }
}

impl Priority {
    /// Parses `S1` to `S4`, and `P1` to `P4` as the same, in upper or lower case.
    ///
    /// # Errors
    /// Any other word.
    pub fn parse_lenient(given: &str) -> Result<Self, UnknownWord> {
        let upper = given.to_ascii_uppercase();
        let word = upper.strip_prefix('P').map_or_else(|| upper.clone(), |number| format!("S{number}"));
        word.parse().map_err(|unknown| UnknownWord { given: given.to_owned(), ..unknown })
    }
}

vocabulary! {
    /// The role of an actor at the time of an entry (docs/format.md#an-entry).
    Role, "role" {
        /// A member of `[team]` at that time.
        Agent = "agent",
        /// A person who was not a member of `[team]`.
        Customer = "customer",
        /// The program, as in a sweep.
        System = "system",
    }
}

vocabulary! {
    /// The kind of a ticket that is not an ordinary one.
    Kind, "kind of ticket" {
        /// A request for organization-wide access.
        OrganizationAccess = "organization_access",
    }
}

vocabulary! {
    /// The reason of a hold (docs/workflow.md#hold---reason-engineering).
    HoldReason, "hold reason" {
        /// Reproducing a reported bug.
        Reproducing = "reproducing",
        /// Searching for a workaround.
        Workaround = "workaround",
        /// With an engineering team.
        Engineering = "engineering",
        /// The account team will contact the requester.
        AccountTeam = "account_team",
        /// Another reason, which the text of the entry names.
        Other = "other",
    }
}

vocabulary! {
    /// The resolution of a solved ticket.
    Resolution, "resolution" {
        /// Requester and agent agree.
        Agreed = "agreed",
        /// A bug was reported, with agreed priority and timeline.
        BugReported = "bug_reported",
        /// The requester did not reply after the reminders of the policy.
        NoResponse = "no_response",
        /// Merged into another ticket.
        Merged = "merged",
        /// Opened by mistake, spam, or a test.
        Withdrawn = "withdrawn",
    }
}

vocabulary! {
    /// The reason of a merge (docs/workflow.md#merge).
    MergeReason, "merge reason" {
        /// Two tickets about the same issue.
        SameIssue = "same_issue",
        /// One chat that was interrupted and became several tickets.
        InterruptedChat = "interrupted_chat",
    }
}

vocabulary! {
    /// The reason of a reopening (docs/workflow.md#reopen).
    ReopenReason, "reopen reason" {
        /// The issue is not solved.
        NotSolved = "not_solved",
        /// The issue is not solved sufficiently.
        Insufficient = "insufficient",
        /// The requester could not take part in the troubleshooting.
        CouldNotEngage = "could_not_engage",
        /// A new chat session began.
        NewChat = "new_chat",
    }
}

vocabulary! {
    /// The reason of an escalation to a support manager (docs/workflow.md#escalate).
    EscalationReason, "escalation reason" {
        /// Resolution takes too long.
        ResolutionTime = "resolution_time",
        /// The issue needs other expertise.
        TechnicalExpertise = "technical_expertise",
        /// The business impact is severe.
        BusinessImpact = "business_impact",
    }
}

vocabulary! {
    /// A role of a person in an organization (docs/workflow.md#the-people).
    OrganizationRole, "role" {
        /// May work on every ticket of the organization.
        TechSupportEditor = "tech_support_editor",
        /// May read every ticket of the organization.
        TechSupportViewer = "tech_support_viewer",
        /// May grant and revoke the two support roles.
        OrgAdmin = "org_admin",
        /// Administers the organization's instance.
        Admin = "admin",
        /// Develops on the organization's instance.
        Developer = "developer",
        /// Contacted before support causes downtime; may be granted organization access.
        TechnicalContact = "technical_contact",
    }
}

impl OrganizationRole {
    /// Returns true if it is a role that an administrator of the organization grants and revokes.
    pub const fn is_support(self) -> bool {
        matches!(self, Self::TechSupportEditor | Self::TechSupportViewer)
    }
}

vocabulary! {
    /// The edition of an instance.
    Edition, "edition" {
        /// The original edition, which needs a project number.
        Original = "original",
        /// The edition that is part of the cloud.
        CloudCore = "cloud_core",
    }
}

vocabulary! {
    /// The party that runs an instance.
    Hosting, "hosting" {
        /// The vendor, which also updates it.
        Vendor = "vendor",
        /// The customer, who must update it.
        Customer = "customer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_parsed_as_s() {
        assert_eq!(Priority::parse_lenient("p2"), Ok(Priority::S2));
        assert_eq!(Priority::parse_lenient("S4"), Ok(Priority::S4));
        assert_eq!(Priority::parse_lenient("P0").map_err(|unknown| unknown.given), Err("P0".to_owned()));
    }
}
