//! What every language has to have words for: one struct, so that the compiler sees what is missing.
//!
//! Words with `{name}` in them are filled in by [`fill`]; which names there are, `en.rs` shows, and a test holds the
//! other languages to it. Must not know which language it is, nor where a label is put.

use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, OrganizationRole, Priority, ReopenReason, Resolution, Role, Status,
};

/// A struct of words, one for each name, which can list them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[allow(missing_docs)] // the names say what the words are for, and en.rs has them in English
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $(pub $field: &'static str),+ }

        impl $name {
            /// Every word with its name.
            pub fn listed(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($field), self.$field)),+]
            }
        }
    };
}

/// The same for the words of a closed vocabulary: a label for each.
macro_rules! labels {
    ($(#[$doc:meta])* $name:ident of $word:ident { $($field:ident: $variant:ident),+ $(,)? }) => {
        words! { $(#[$doc])* $name { $($field),+ } }

        impl $name {
            /// The label of a word.
            pub const fn of(&self, word: $word) -> &'static str {
                match word { $($word::$variant => self.$field),+ }
            }
        }
    };
}

labels! {
    /// The labels of statuses.
    Statuses of Status { open: Open, awaiting_reply: AwaitingReply, on_hold: OnHold, solved: Solved }
}
labels! {
    /// Who owes the next step, in a sentence.
    NextSteps of Status { open: Open, awaiting_reply: AwaitingReply, on_hold: OnHold, solved: Solved }
}
labels! {
    /// The labels of priorities.
    Priorities of Priority { s1: S1, s2: S2, s3: S3, s4: S4 }
}
labels! {
    /// What each priority means.
    Impacts of Priority { s1: S1, s2: S2, s3: S3, s4: S4 }
}
labels! {
    /// What kind of ticket it is.
    Kinds of Kind { organization_access: OrganizationAccess }
}
labels! {
    /// What support waits for.
    HoldReasons of HoldReason {
        reproducing: Reproducing,
        workaround: Workaround,
        engineering: Engineering,
        account_team: AccountTeam,
        other: Other,
    }
}
labels! {
    /// How a ticket came to be solved.
    Resolutions of Resolution { agreed: Agreed, bug_reported: BugReported, no_response: NoResponse, merged: Merged }
}
labels! {
    /// Why tickets were merged.
    MergeReasons of MergeReason { same_issue: SameIssue, interrupted_chat: InterruptedChat }
}
labels! {
    /// Why a ticket was opened again.
    ReopenReasons of ReopenReason {
        not_solved: NotSolved,
        insufficient: Insufficient,
        could_not_engage: CouldNotEngage,
        new_chat: NewChat,
    }
}
labels! {
    /// Why a ticket was escalated.
    EscalationReasons of EscalationReason {
        resolution_time: ResolutionTime,
        technical_expertise: TechnicalExpertise,
        business_impact: BusinessImpact,
    }
}
labels! {
    /// What somebody was when an entry was made.
    Roles of Role { agent: Agent, customer: Customer, system: System }
}
labels! {
    /// What somebody is in an organisation.
    OrganizationRoles of OrganizationRole {
        tech_support_editor: TechSupportEditor,
        tech_support_viewer: TechSupportViewer,
        org_admin: OrgAdmin,
        admin: Admin,
        developer: Developer,
        technical_contact: TechnicalContact,
    }
}

words! {
    /// The product groups that are known by name.
    Groups { reports_dashboards, schedule_export, instance_admin, lookml_pdt_git, api_embed_ext }
}

impl Groups {
    /// The label of a group; the word itself where the desk has made its own.
    pub fn of<'a>(&self, word: &'a str) -> &'a str {
        match word {
            "reports_dashboards" => self.reports_dashboards,
            "schedule_export" => self.schedule_export,
            "instance_admin" => self.instance_admin,
            "lookml_pdt_git" => self.lookml_pdt_git,
            "api_embed_ext" => self.api_embed_ext,
            own => own,
        }
    }
}

words! {
    /// What stands over the columns of tables.
    Columns { id, priority, status, due, last_activity, assignee, requester, subject, time, who, what, why, text, tickets }
}
words! {
    /// What a sweep finds due.
    Sweeps { remind, solve, first_word, hold_ended }
}
words! {
    /// The names of the facts of a ticket.
    Facts {
        status, priority, kind, on_hold, escalated, resolution, merged_into, merged_from, follow_up_of, requester,
        assignee, cc, organization, instance, product, product_group, channel, language, tags, created, last_activity,
        id,
    }
}
words! {
    /// What is said among the facts of a ticket, and of its entries.
    Remarks { next_step, nobody, waiting_for, until, escalated_to, since, hidden, corrected, twin, nothing, passed, hold_ended }
}
words! {
    /// What was done, after the name of whoever did it. Those of `on_behalf_of` to `overridden`, `by_way_of`, `with_cc`
    /// and `for_reason` are added to others.
    Deeds {
        opened, on_behalf_of, imported, elsewhere, approved, overridden, replied, replied_automatically, noted,
        noted_automatically, by_way_of, reminded, reminded_automatically, held, resumed, agreed_by, agreed, bug_reported, no_response,
        merged_into, merged, with_cc, forwarded, followed_up, reopened, unmerged, taken_out, escalated, escalated_to, deescalated,
        for_reason, prioritized, assigned, unassigned, set, set_to, unset, cc_added, cc_removed, attached, tagged, untagged, and,
        nothing, corrected, redacted, foreign,
    }
}
words! {
    /// How long ago something was, and how a time is written (in the letters of strftime).
    Ages { now, minutes, hours, days, ago, minute }
}
words! {
    /// The desk at a glance.
    Glances { unsolved, urgent, escalated, unassigned, oldest_open }
}
words! {
    /// What was promised, and how it stands.
    Promises {
        first_response, next_response, resolution, first_word, overdue, due_soon, burns_first, late, ahead, now, met, paused, never,
        used, since, missed, due, left, closed, of,
    }
}
words! {
    /// What happened between two versions of a desk.
    Changes { by_hand, removed, rewritten, new, gone, summary }
}

/// Words for a number of things, with `{number}` in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plural {
    /// For one, and what the language counts like one.
    pub one: &'static str,
    /// For all others.
    pub other: &'static str,
}

/// Everything that is counted.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountLabels {
    pub alerts: Plural,
    pub tickets: Plural,
    pub entries: Plural,
    pub uncommitted: Plural,
    pub ended_holds: Plural,
}

/// The words of one language, as one side reads them.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    pub statuses: Statuses,
    pub next_steps: NextSteps,
    pub priorities: Priorities,
    pub impacts: Impacts,
    pub kinds: Kinds,
    pub groups: Groups,
    pub hold_reasons: HoldReasons,
    pub resolutions: Resolutions,
    pub merge_reasons: MergeReasons,
    pub reopen_reasons: ReopenReasons,
    pub escalation_reasons: EscalationReasons,
    pub roles: Roles,
    pub organization_roles: OrganizationRoles,
    pub columns: Columns,
    pub sweeps: Sweeps,
    pub facts: Facts,
    pub remarks: Remarks,
    pub deeds: Deeds,
    pub ages: Ages,
    pub glances: Glances,
    pub promises: Promises,
    pub changes: Changes,
    pub counts: CountLabels,
    /// Whether the language counts so many like one.
    pub is_one: fn(usize) -> bool,
}

/// Words with their names, in a group of that name.
pub type LabelGroup = (&'static str, Vec<(&'static str, &'static str)>);

impl Catalogue {
    /// So many things.
    pub fn count(&self, number: usize, things: &Plural) -> String {
        fill(if (self.is_one)(number) { things.one } else { things.other }, &[("number", &number.to_string())])
    }

    /// Every word there is, by group and name.
    pub fn listed(&self) -> Vec<LabelGroup> {
        let counts = [
            ("alerts", self.counts.alerts),
            ("tickets", self.counts.tickets),
            ("entries", self.counts.entries),
            ("uncommitted", self.counts.uncommitted),
            ("ended_holds", self.counts.ended_holds),
        ];
        vec![
            ("statuses", self.statuses.listed()),
            ("next steps", self.next_steps.listed()),
            ("priorities", self.priorities.listed()),
            ("impacts", self.impacts.listed()),
            ("kinds", self.kinds.listed()),
            ("product groups", self.groups.listed()),
            ("hold reasons", self.hold_reasons.listed()),
            ("resolutions", self.resolutions.listed()),
            ("merge reasons", self.merge_reasons.listed()),
            ("reopen reasons", self.reopen_reasons.listed()),
            ("escalation reasons", self.escalation_reasons.listed()),
            ("roles", self.roles.listed()),
            ("roles in an organisation", self.organization_roles.listed()),
            ("columns", self.columns.listed()),
            ("sweeps", self.sweeps.listed()),
            ("facts", self.facts.listed()),
            ("remarks", self.remarks.listed()),
            ("deeds", self.deeds.listed()),
            ("ages", self.ages.listed()),
            ("glance", self.glances.listed()),
            ("promises", self.promises.listed()),
            ("changes", self.changes.listed()),
            ("counts, one", counts.iter().map(|(name, plural)| (*name, plural.one)).collect()),
            ("counts, others", counts.iter().map(|(name, plural)| (*name, plural.other)).collect()),
        ]
    }
}

/// Words with values in the place of each `{name}`. What a value says is never filled in again; a name without a value
/// stays as it is.
pub fn fill(words: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(words.len() + 32);
    let mut rest = words;
    while let Some((before, (name, behind))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}
