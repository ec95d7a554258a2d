//! The labels that every language must have, in one struct: the compiler reports a missing one.
//!
//! [`fill`] puts values in place of each `{name}` in a label. A test checks that all languages use the names that `en.rs`
//! uses.

use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, OrganizationRole, Priority, ReopenReason, Resolution, Role, Status,
};

/// Defines a struct of labels, one per name, that can list them.
macro_rules! label_struct {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[allow(missing_docs)] // The field names say what the labels are for; en.rs contains them in English.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $(pub $field: &'static str),+ }

        impl $name {
            /// Returns every label with its name.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($field), self.$field)),+]
            }
        }
    };
}

/// Defines a struct with a label for each word of a closed vocabulary.
macro_rules! vocabulary_labels {
    ($(#[$doc:meta])* $name:ident of $word:ident { $($field:ident: $variant:ident),+ $(,)? }) => {
        label_struct! { $(#[$doc])* $name { $($field),+ } }

        impl $name {
            /// Returns the label of a word.
            pub const fn of(&self, word: $word) -> &'static str {
                match word { $($word::$variant => self.$field),+ }
            }
        }
    };
}

vocabulary_labels! {
    /// The labels of statuses.
    StatusLabels of Status { open: Open, awaiting_reply: AwaitingReply, on_hold: OnHold, solved: Solved }
}
vocabulary_labels! {
    /// The side that must act next, by status; a part of a sentence.
    NextStepLabels of Status { open: Open, awaiting_reply: AwaitingReply, on_hold: OnHold, solved: Solved }
}
vocabulary_labels! {
    /// The labels of priorities.
    PriorityLabels of Priority { s1: S1, s2: S2, s3: S3, s4: S4 }
}
vocabulary_labels! {
    /// The definitions of priorities.
    ImpactLabels of Priority { s1: S1, s2: S2, s3: S3, s4: S4 }
}
vocabulary_labels! {
    /// The labels of kinds of tickets.
    KindLabels of Kind { organization_access: OrganizationAccess }
}
vocabulary_labels! {
    /// The labels of the reasons for a hold.
    HoldReasonLabels of HoldReason {
        reproducing: Reproducing,
        workaround: Workaround,
        engineering: Engineering,
        account_team: AccountTeam,
        other: Other,
    }
}
vocabulary_labels! {
    /// The labels of resolutions.
    ResolutionLabels of Resolution { agreed: Agreed, bug_reported: BugReported, no_response: NoResponse, merged: Merged }
}
vocabulary_labels! {
    /// The labels of the reasons for a merge.
    MergeReasonLabels of MergeReason { same_issue: SameIssue, interrupted_chat: InterruptedChat }
}
vocabulary_labels! {
    /// The labels of the reasons for a reopening.
    ReopenReasonLabels of ReopenReason {
        not_solved: NotSolved,
        insufficient: Insufficient,
        could_not_engage: CouldNotEngage,
        new_chat: NewChat,
    }
}
vocabulary_labels! {
    /// The labels of the reasons for an escalation.
    EscalationReasonLabels of EscalationReason {
        resolution_time: ResolutionTime,
        technical_expertise: TechnicalExpertise,
        business_impact: BusinessImpact,
    }
}
vocabulary_labels! {
    /// The labels of the roles in which actors write entries.
    RoleLabels of Role { agent: Agent, customer: Customer, system: System }
}
vocabulary_labels! {
    /// The labels of the roles of people in an organization.
    OrganizationRoleLabels of OrganizationRole {
        tech_support_editor: TechSupportEditor,
        tech_support_viewer: TechSupportViewer,
        org_admin: OrgAdmin,
        admin: Admin,
        developer: Developer,
        technical_contact: TechnicalContact,
    }
}

label_struct! {
    /// The labels of the product groups that the source documents define.
    ProductGroupLabels { reports_dashboards, schedule_export, instance_admin, lookml_pdt_git, api_embed_ext }
}

impl ProductGroupLabels {
    /// Returns the label of a group; the name itself if the desk defined the group.
    pub fn of<'a>(&self, name: &'a str) -> &'a str {
        match name {
            "reports_dashboards" => self.reports_dashboards,
            "schedule_export" => self.schedule_export,
            "instance_admin" => self.instance_admin,
            "lookml_pdt_git" => self.lookml_pdt_git,
            "api_embed_ext" => self.api_embed_ext,
            custom => custom,
        }
    }
}

label_struct! {
    /// The headings of the columns of tables.
    ColumnLabels { id, priority, status, due, last_activity, assignee, requester, subject, time, who, what, why, text, tickets }
}
label_struct! {
    /// The kinds of due rows of a sweep.
    SweepLabels { remind, solve, manager_response, hold_ended }
}
label_struct! {
    /// The names of the fields of a ticket.
    FieldLabels {
        status, priority, kind, on_hold, escalated, resolution, merged_into, merged_from, follow_up_of, requester,
        assignee, cc, organization, instance, product, product_group, channel, language, tags, created, last_activity,
        id,
    }
}
label_struct! {
    /// Additions to the fields of a ticket and to its entries.
    RemarkLabels { next_step, unassigned, waiting_for, until, escalated_to, since, hidden, corrected, duplicate, nothing, passed, hold_ended }
}
label_struct! {
    /// Sentences for actions, printed after the actor. The labels `on_behalf_of` to `overridden`, `via_ticket`, `with_cc`
    /// and `for_reason` are appended to another one.
    ActionLabels {
        opened, on_behalf_of, imported, elsewhere, approved, overridden, replied, replied_automatically, noted,
        noted_automatically, via_ticket, reminded, reminded_automatically, held, resumed, agreed_by, agreed, bug_reported, no_response,
        merged_into, merged, with_cc, forwarded, followed_up, reopened, unmerged, source_unmerged, escalated, escalated_to, deescalated,
        for_reason, prioritized, assigned, unassigned, set, set_to, unset, cc_added, cc_removed, attached, tagged, untagged, and,
        nothing, corrected, redacted, unknown,
    }
}
label_struct! {
    /// Spans of time, and the format of a local time in the letters of strftime (`minute`).
    TimeLabels { now, minutes, hours, days, ago, minute }
}
label_struct! {
    /// The lines of the overview of a desk.
    OverviewLabels { unsolved, urgent, escalated, unassigned, oldest_open }
}
label_struct! {
    /// The names of metrics and the states of clocks.
    ClockLabels {
        first_response, next_response, resolution, manager_response, overdue, due_soon, most_urgent, late, ahead, now, met, paused,
        never, used, since, missed, due, left, closed, summary,
    }
}
label_struct! {
    /// The changes between two versions of a desk.
    ChangeLabels { by_hand, removed, rewritten, new, gone, summary }
}

/// A label for a number of things, with `{number}` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plural {
    /// The singular, for the numbers that the language counts like 1.
    pub one: &'static str,
    /// The plural, for all other numbers.
    pub other: &'static str,
}

/// The labels of everything that is counted.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountLabels {
    pub alerts: Plural,
    pub tickets: Plural,
    pub entries: Plural,
    pub uncommitted: Plural,
    pub ended_holds: Plural,
}

/// The labels of one language for one side.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub struct Catalog {
    pub statuses: StatusLabels,
    pub next_steps: NextStepLabels,
    pub priorities: PriorityLabels,
    pub impacts: ImpactLabels,
    pub kinds: KindLabels,
    pub product_groups: ProductGroupLabels,
    pub hold_reasons: HoldReasonLabels,
    pub resolutions: ResolutionLabels,
    pub merge_reasons: MergeReasonLabels,
    pub reopen_reasons: ReopenReasonLabels,
    pub escalation_reasons: EscalationReasonLabels,
    pub roles: RoleLabels,
    pub organization_roles: OrganizationRoleLabels,
    pub columns: ColumnLabels,
    pub sweep: SweepLabels,
    pub fields: FieldLabels,
    pub remarks: RemarkLabels,
    pub actions: ActionLabels,
    pub times: TimeLabels,
    pub overview: OverviewLabels,
    pub clocks: ClockLabels,
    pub changes: ChangeLabels,
    pub counts: CountLabels,
    /// A test for the numbers that the language counts like 1.
    pub is_singular: fn(usize) -> bool,
}

/// The name of a group of labels, and its labels with their names.
pub type LabelGroup = (&'static str, Vec<(&'static str, &'static str)>);

impl Catalog {
    /// Formats a number of things.
    pub fn count(&self, number: usize, things: &Plural) -> String {
        fill(if (self.is_singular)(number) { things.one } else { things.other }, &[("number", &number.to_string())])
    }

    /// Returns every label, by group and name.
    pub fn all(&self) -> Vec<LabelGroup> {
        let counts = [
            ("alerts", self.counts.alerts),
            ("tickets", self.counts.tickets),
            ("entries", self.counts.entries),
            ("uncommitted", self.counts.uncommitted),
            ("ended_holds", self.counts.ended_holds),
        ];
        vec![
            ("statuses", self.statuses.all()),
            ("next steps", self.next_steps.all()),
            ("priorities", self.priorities.all()),
            ("impacts", self.impacts.all()),
            ("kinds", self.kinds.all()),
            ("product groups", self.product_groups.all()),
            ("hold reasons", self.hold_reasons.all()),
            ("resolutions", self.resolutions.all()),
            ("merge reasons", self.merge_reasons.all()),
            ("reopen reasons", self.reopen_reasons.all()),
            ("escalation reasons", self.escalation_reasons.all()),
            ("roles", self.roles.all()),
            ("roles in an organization", self.organization_roles.all()),
            ("columns", self.columns.all()),
            ("sweep", self.sweep.all()),
            ("fields", self.fields.all()),
            ("remarks", self.remarks.all()),
            ("actions", self.actions.all()),
            ("times", self.times.all()),
            ("overview", self.overview.all()),
            ("clocks", self.clocks.all()),
            ("changes", self.changes.all()),
            ("counts, singular", counts.iter().map(|(name, plural)| (*name, plural.one)).collect()),
            ("counts, plural", counts.iter().map(|(name, plural)| (*name, plural.other)).collect()),
        ]
    }
}

/// Puts values in place of each `{name}` in a label. Braces inside a value are not filled in; a name without a value stays
/// as it is.
pub fn fill(label: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(label.len() + 32);
    let mut rest = label;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled.push_str(before);
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
