//! The labels that every language must have, in one struct. Each language has them in a file of its own (`fr.toml`), which
//! is read when casebook is compiled: a missing, misspelled or superfluous label is an error of the compiler.
//!
//! [`fill`] puts values in place of each `{name}` in a label. A test checks that all languages use the names that `en.toml`
//! uses.

use super::label_file::LabelFile;
use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, OrganizationRole, Priority, ReopenReason, Resolution, Role, Status,
};

/// Labels with their names.
pub type NamedLabels = Vec<(&'static str, &'static str)>;

/// Defines a group of labels, one per name.
macro_rules! label_group {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[allow(missing_docs)] // The field names say what the labels are for; en.toml contains them in English.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $(pub $field: &'static str),+ }

        impl $name {
            /// Reads the group, whose heading was read. Labels that are absent are those of `base`.
            const fn read(file: &mut LabelFile, base: Option<&Self>) -> Self {
                Self { $($field: file.label(stringify!($field), match base {
                    Some(base) => Some(base.$field),
                    None => None,
                })),+ }
            }

            /// Returns every label with its name.
            pub fn all(&self) -> NamedLabels {
                vec![$((stringify!($field), self.$field)),+]
            }
        }
    };
}

/// Defines a group with a label for each word of a closed vocabulary.
macro_rules! vocabulary_labels {
    ($($(#[$doc:meta])* $name:ident of $word:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name([&'static str; $word::WORDS.len()]);

        impl $name {
            /// Reads the group, whose heading was read. Labels that are absent are those of `base`.
            const fn read(file: &mut LabelFile, base: Option<&Self>) -> Self {
                let mut labels = [""; $word::WORDS.len()];
                let mut index = 0;
                while index < labels.len() {
                    labels[index] = file.label($word::WORDS[index], match base {
                        Some(base) => Some(base.0[index]),
                        None => None,
                    });
                    index += 1;
                }
                Self(labels)
            }

            /// Returns the label of a word.
            pub const fn of(&self, word: $word) -> &'static str {
                self.0[word as usize]
            }

            /// Returns every label with its word.
            pub fn all(&self) -> NamedLabels {
                $word::WORDS.iter().copied().zip(self.0).collect()
            }
        }
    )+};
}

/// Defines the groups of a catalog.
macro_rules! catalog {
    ($($field:ident: $labels:ident),+ $(,)?) => {
        /// The labels of one language for one side.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, Debug)]
        pub struct Catalog {
            $(pub $field: $labels,)+
            /// A test for the numbers that the language counts like 1.
            pub is_singular: fn(usize) -> bool,
        }

        impl Catalog {
            /// Reads the groups whose headings begin with a prefix. Labels that are absent are those of `base`.
            const fn read(file: &mut LabelFile, prefix: &str, base: Option<&Self>, is_singular: fn(usize) -> bool) -> Self {
                Self {
                    $($field: {
                        file.heading(prefix, stringify!($field), base.is_some());
                        $labels::read(file, match base {
                            Some(base) => Some(&base.$field),
                            None => None,
                        })
                    },)+
                    is_singular,
                }
            }

            /// Returns every group of labels with its name.
            pub fn all(&self) -> Vec<(&'static str, NamedLabels)> {
                vec![$((stringify!($field), self.$field.all())),+]
            }
        }
    };
}

vocabulary_labels! {
    /// The labels of statuses.
    StatusLabels of Status;
    /// The side that must act next, by status; a part of a sentence.
    NextStepLabels of Status;
    /// The labels of priorities.
    PriorityLabels of Priority;
    /// The definitions of priorities.
    ImpactLabels of Priority;
    /// The labels of kinds of tickets.
    KindLabels of Kind;
    /// The labels of the reasons for a hold.
    HoldReasonLabels of HoldReason;
    /// The labels of resolutions.
    ResolutionLabels of Resolution;
    /// The labels of the reasons for a merge.
    MergeReasonLabels of MergeReason;
    /// The labels of the reasons for a reopening.
    ReopenReasonLabels of ReopenReason;
    /// The labels of the reasons for an escalation.
    EscalationReasonLabels of EscalationReason;
    /// The labels of the roles in which actors write entries.
    RoleLabels of Role;
    /// The labels of the roles of people in an organization.
    OrganizationRoleLabels of OrganizationRole;
}

label_group! {
    /// The labels of the product groups that the source documents define.
    ProductGroupLabels { reports_dashboards, schedule_export, instance_admin, lookml_pdt_git, api_embed_ext }
}

impl ProductGroupLabels {
    /// Returns the label of a group; the name itself if the desk defined the group.
    pub fn of<'a>(&self, name: &'a str) -> &'a str {
        self.all().into_iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label)
    }
}

label_group! {
    /// The headings of the columns of tables.
    ColumnLabels { id, priority, status, due, due_at, last_activity, assignee, requester, organization, subject, time, who, what, why, tickets }
}
label_group! {
    /// The kinds of due rows of a sweep.
    SweepLabels { remind, solve, manager_response, hold_ended }
}
label_group! {
    /// The names of the fields of a ticket.
    FieldLabels {
        status, priority, kind, on_hold, escalated, resolution, merged_into, merged_from, follow_up_of, requester,
        assignee, cc, organization, instance, product, product_group, channel, language, tags, created, last_activity,
        id,
    }
}
impl FieldLabels {
    /// Returns the label of a field by its name in files; the name itself if no language has a label for it.
    pub fn of(&self, name: &'static str) -> &'static str {
        self.all().into_iter().find(|(field, _)| *field == name).map_or(name, |(_, label)| label)
    }
}

label_group! {
    /// Additions to the fields of a ticket and to its entries.
    RemarkLabels { next_step, unassigned, waiting_for, until, escalated_to, since, hidden, corrected, duplicate, internal, nothing, passed, hold_ended, allowed }
}
label_group! {
    /// Sentences for actions, printed after the actor. The labels `on_behalf_of` to `overridden`, `via_ticket`, `with_cc`
    /// and `for_reason` are appended to another one.
    ActionLabels {
        opened, on_behalf_of, imported, elsewhere, approved, overridden, replied, replied_automatically, noted,
        noted_automatically, via_ticket, reminded, reminded_automatically, held, resumed, agreed_by, agreed, bug_reported, no_response, withdrawn,
        merged_into, merged, with_cc, forwarded, followed_up, reopened, unmerged, source_unmerged, escalated, escalated_to, deescalated,
        for_reason, prioritized, assigned, unassigned, set, set_to, unset, cc_added, cc_removed, attached, tagged, untagged, retagged, and,
        nothing, corrected, redacted, unknown,
    }
}
label_group! {
    /// Spans of time, and the format of a local time in the letters of strftime (`minute`).
    TimeLabels { now, minutes, hours, days, ago, minute }
}
label_group! {
    /// The lines of the inbox.
    InboxLabels {
        agent, manager, customer, without_identity, yours, unassigned, waiting, hold_over, your_turn, with_support, more, next,
        nothing,
    }
}
label_group! {
    /// The names of metrics and the states of clocks.
    ClockLabels {
        first_response, next_response, resolution, manager_response, late, ahead, now, met, paused,
        never, used, since, missed, due, left, closed, summary,
    }
}
label_group! {
    /// The changes between two versions of a desk.
    ChangeLabels { by_hand, removed, rewritten, new, gone, summary, solved, escalated, altered, deleted }
}

label_group! {
    /// The labels of everything that is counted, with `{number}` in each.
    CountLabels { alerts, tickets, entries, uncommitted, unsent }
}

catalog! {
    statuses: StatusLabels,
    next_steps: NextStepLabels,
    priorities: PriorityLabels,
    impacts: ImpactLabels,
    kinds: KindLabels,
    product_groups: ProductGroupLabels,
    hold_reasons: HoldReasonLabels,
    resolutions: ResolutionLabels,
    merge_reasons: MergeReasonLabels,
    reopen_reasons: ReopenReasonLabels,
    escalation_reasons: EscalationReasonLabels,
    roles: RoleLabels,
    organization_roles: OrganizationRoleLabels,
    columns: ColumnLabels,
    sweep: SweepLabels,
    fields: FieldLabels,
    remarks: RemarkLabels,
    actions: ActionLabels,
    times: TimeLabels,
    inbox: InboxLabels,
    clocks: ClockLabels,
    changes: ChangeLabels,
    singular: CountLabels,
    plural: CountLabels,
}

impl Catalog {
    /// Reads the catalogs of a language from the text of its file: for customers, and for support, whose groups follow under
    /// headings such as `[support.statuses]`.
    pub(super) const fn both_sides(text: &'static str, is_singular: fn(usize) -> bool) -> Sides {
        let mut file = LabelFile::new(text);
        let customer = Self::read(&mut file, "[", None, is_singular);
        let support = Self::read(&mut file, "[support.", Some(&customer), is_singular);
        file.end();
        Sides { customer, support }
    }

    /// Formats a number of things, of which `label` selects the label.
    pub fn count(&self, number: usize, label: fn(&CountLabels) -> &'static str) -> String {
        let labels = if (self.is_singular)(number) { &self.singular } else { &self.plural };
        fill(label(labels), &[("number", &number.to_string())])
    }
}

/// The catalogs of one language.
pub(super) struct Sides {
    /// The labels for customers.
    pub customer: Catalog,
    /// The labels for support.
    pub support: Catalog,
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
