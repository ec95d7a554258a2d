//! The closed vocabularies of the workflow: statuses, priorities, reasons, resolutions, roles.
//!
//! Each word has one spelling in files, flags and JSON. Must not know labels for people or other languages.

use std::fmt;
use std::str::FromStr;

/// A word that is not in its vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// What kind of word was wanted: `status`, `priority`, …
    pub kind: &'static str,
    /// What was given instead.
    pub given: String,
    /// Every word that would do.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no {}; known are {}", self.given, self.kind, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $kind:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every value, in the order the workflow lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The one spelling used in files, flags and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(given: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == given).ok_or_else(|| UnknownWord {
                    kind: $kind,
                    given: given.to_owned(),
                    known: Self::WORDS,
                })
            }
        }
    };
}

vocabulary! {
    /// Who owes the next step (WORKFLOW, Statuses; seeds 002-004).
    Status, "status" {
        /// Support owes the next step: just opened, or the customer has just replied.
        Open = "open",
        /// The requester owes the next step: support answered or asked, and waits.
        AwaitingReply = "awaiting_reply",
        /// An internal team owes the next step; support waits on its own side and work goes on.
        OnHold = "on_hold",
        /// Nobody owes anything.
        Solved = "solved",
    }
}

impl Status {
    /// Who owes the next step, as `next_step` in JSON says it.
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
    /// The current impact of the issue (WORKFLOW, Priorities; seeds 002-004).
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
    /// Reads `S1` to `S4` in any case, and `P1` to `P4` as the same (WORKFLOW, Priorities).
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
    /// What somebody was when an entry was made (FORMAT, A ticket).
    Role, "role" {
        /// Listed in `[team]` at that time.
        Agent = "agent",
        /// Everybody else.
        Customer = "customer",
        /// The program itself, as in a sweep.
        System = "system",
    }
}

vocabulary! {
    /// What kind of ticket it is, where it is not an ordinary one.
    Kind, "kind of ticket" {
        /// A request for organisation-wide access.
        OrganizationAccess = "organization_access",
    }
}

vocabulary! {
    /// Why support waits on its own side (WORKFLOW, hold; seeds 002-004).
    HoldReason, "hold reason" {
        /// Reproducing a reported bug.
        Reproducing = "reproducing",
        /// Looking for a workaround.
        Workaround = "workaround",
        /// With an engineering team.
        Engineering = "engineering",
        /// The account team will contact the requester.
        AccountTeam = "account_team",
        /// Anything else; the entry's text says what.
        Other = "other",
    }
}

vocabulary! {
    /// How a ticket came to be solved (WORKFLOW, Statuses).
    Resolution, "resolution" {
        /// Requester and agent agree.
        Agreed = "agreed",
        /// A bug was reported, with agreed priority and timeline.
        BugReported = "bug_reported",
        /// No answer after the alerts the policy lists.
        NoResponse = "no_response",
        /// Merged into another ticket.
        Merged = "merged",
    }
}

vocabulary! {
    /// Why tickets were merged.
    MergeReason, "merge reason" {
        /// Two tickets about the same issue.
        SameIssue = "same_issue",
        /// One chat that was cut in several tickets.
        InterruptedChat = "interrupted_chat",
    }
}

vocabulary! {
    /// Why a solved ticket was opened again.
    ReopenReason, "reopen reason" {
        /// The issue is not solved.
        NotSolved = "not_solved",
        /// It is not solved sufficiently.
        Insufficient = "insufficient",
        /// The requester could not take part in the troubleshooting.
        CouldNotEngage = "could_not_engage",
        /// A new chat session began.
        NewChat = "new_chat",
    }
}

vocabulary! {
    /// Why a ticket was escalated to a support manager.
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
    /// What somebody is in an organisation (WORKFLOW, People).
    OrganizationRole, "role" {
        /// Works on every ticket of the organisation.
        TechSupportEditor = "tech_support_editor",
        /// Reads every ticket of the organisation.
        TechSupportViewer = "tech_support_viewer",
        /// Grants and takes the two support roles.
        OrgAdmin = "org_admin",
        /// Administers the organisation's instance.
        Admin = "admin",
        /// Develops on the organisation's instance.
        Developer = "developer",
        /// Is asked before support causes downtime; may be granted organisation access.
        TechnicalContact = "technical_contact",
    }
}

impl OrganizationRole {
    /// Whether it is one of those an organisation's administrator grants and takes.
    pub const fn is_support(self) -> bool {
        matches!(self, Self::TechSupportEditor | Self::TechSupportViewer)
    }
}

vocabulary! {
    /// Which product an instance is.
    Edition, "edition" {
        /// The original one, which needs a project number.
        Original = "original",
        /// The one that is part of the cloud.
        CloudCore = "cloud_core",
    }
}

vocabulary! {
    /// Who runs an instance.
    Hosting, "hosting" {
        /// The vendor, who updates it too.
        Vendor = "vendor",
        /// The customer, who has to update it.
        Customer = "customer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_read_as_s() {
        assert_eq!(Priority::parse_lenient("p2"), Ok(Priority::S2));
        assert_eq!(Priority::parse_lenient("S4"), Ok(Priority::S4));
        assert_eq!(Priority::parse_lenient("P0").map_err(|unknown| unknown.given), Err("P0".to_owned()));
    }
}
