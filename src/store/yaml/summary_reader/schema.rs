//! Which names stand in a header and in each kind of entry, in which order, and what each may hold (FORMAT, A ticket
//! and Entry fields).
//!
//! What is rare (own fields, imported facts, overrides, `set`) is not here: those files are left to the full reader.

/// What a name may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldType {
    /// The number of the format this program writes.
    Format,
    Id,
    Time,
    /// One line of words.
    Words,
    Person,
    /// A whole number of bytes.
    Size,
    /// A digest of bytes.
    Digest,
    Role,
    Kind,
    Status,
    Priority,
    Resolution,
    HoldReason,
    MergeReason,
    ReopenReason,
    EscalationReason,
    /// `true`; its absence is the other.
    Flag,
    /// A list of people.
    People,
    /// A list of words.
    Labels,
    /// A list of ids.
    Ids,
    /// A list of attachments.
    Attachments,
    /// Several lines of words.
    Text,
    /// Named values of their own.
    Map(&'static [FieldRule]),
}

/// A name, what it may hold, and whether it has to be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldRule {
    pub name: &'static str,
    pub holds: FieldType,
    pub needed: bool,
}

/// The most fields a shape has.
pub(super) const MOST: usize = 22;

const fn may(name: &'static str, holds: FieldType) -> FieldRule {
    FieldRule { name, holds, needed: false }
}

const fn must(name: &'static str, holds: FieldType) -> FieldRule {
    FieldRule { name, holds, needed: true }
}

pub(super) const HOLD: &[FieldRule] =
    &[must("reason", FieldType::HoldReason), may("team", FieldType::Words), may("until", FieldType::Time)];
pub(super) const ESCALATION: &[FieldRule] =
    &[must("reason", FieldType::EscalationReason), may("manager", FieldType::Person), must("since", FieldType::Time)];

pub(super) const HEADER: &[FieldRule] = &[
    must("format", FieldType::Format),
    must("id", FieldType::Id),
    must("subject", FieldType::Words),
    may("kind", FieldType::Kind),
    must("status", FieldType::Status),
    must("priority", FieldType::Priority),
    may("product", FieldType::Words),
    may("product_group", FieldType::Words),
    may("organization", FieldType::Words),
    may("instance", FieldType::Words),
    must("requester", FieldType::Person),
    may("assignee", FieldType::Person),
    may("cc", FieldType::People),
    may("channel", FieldType::Words),
    may("language", FieldType::Words),
    may("tags", FieldType::Labels),
    may("escalation", FieldType::Map(ESCALATION)),
    may("hold", FieldType::Map(HOLD)),
    may("resolution", FieldType::Resolution),
    may("merged_into", FieldType::Id),
    may("merged_from", FieldType::Ids),
    may("follow_up_of", FieldType::Id),
];

/// What every entry begins with. `from` is missing in the first alone.
pub(super) const ENTRY: &[FieldRule] = &[
    must("id", FieldType::Id),
    must("at", FieldType::Time),
    must("by", FieldType::Person),
    must("role", FieldType::Role),
    must("action", FieldType::Words),
    may("from", FieldType::Status),
    may("to", FieldType::Status),
    may("key", FieldType::Words),
    may("message_id", FieldType::Words),
];

/// What an attachment says.
pub(super) const ATTACHMENT: &[FieldRule] =
    &[must("name", FieldType::Words), must("size", FieldType::Size), must("sha256", FieldType::Digest)];

/// What an entry ends with, by the word of its action.
pub(super) fn end_of(word: &str) -> &'static [FieldRule] {
    const ATTACHING: &[FieldRule] = &[must("attachments", FieldType::Attachments), may("text", FieldType::Text)];
    const MESSAGE: &[FieldRule] = &[may("attachments", FieldType::Attachments), may("text", FieldType::Text)];
    const TEXT: &[FieldRule] = &[may("text", FieldType::Text)];
    match word {
        "attach" => ATTACHING,
        "open" | "reply" | "note" | "remind" => MESSAGE,
        _ => TEXT,
    }
}

const OPEN: &[FieldRule] = &[
    must("subject", FieldType::Words),
    may("kind", FieldType::Kind),
    must("priority", FieldType::Priority),
    may("product", FieldType::Words),
    may("product_group", FieldType::Words),
    may("organization", FieldType::Words),
    may("instance", FieldType::Words),
    must("requester", FieldType::Person),
    may("assignee", FieldType::Person),
    may("cc", FieldType::People),
    may("channel", FieldType::Words),
    may("language", FieldType::Words),
    may("tags", FieldType::Labels),
    may("follow_up_of", FieldType::Id),
    may("imported_from", FieldType::Words),
    may("imported_id", FieldType::Words),
];

/// What stands between the two, by the word of the action. `None` for actions that are left to the full reader.
pub(super) fn of_action(word: &str) -> Option<&'static [FieldRule]> {
    const MAIL: &[FieldRule] = &[may("auto", FieldType::Flag), may("via_ticket", FieldType::Id)];
    const REMIND: &[FieldRule] = &[may("auto", FieldType::Flag)];
    const AGREED: &[FieldRule] = &[must("resolution", FieldType::Resolution), may("agreed_by", FieldType::Person)];
    const MERGE: &[FieldRule] = &[must("into", FieldType::Id), must("reason", FieldType::MergeReason)];
    const MERGED: &[FieldRule] = &[must("source", FieldType::Id), may("cc", FieldType::People)];
    const FORWARD: &[FieldRule] = &[must("into", FieldType::Id), must("entry", FieldType::Id)];
    const REOPEN: &[FieldRule] = &[must("reason", FieldType::ReopenReason), may("unmerge", FieldType::Flag)];
    const ESCALATE: &[FieldRule] = &[must("reason", FieldType::EscalationReason), may("manager", FieldType::Person)];
    const DEESCALATE: &[FieldRule] = &[may("reason", FieldType::EscalationReason), may("manager", FieldType::Person)];
    const PRIORITIZE: &[FieldRule] = &[must("priority", FieldType::Priority), must("was", FieldType::Priority)];
    const CC: &[FieldRule] = &[may("add", FieldType::People), may("remove", FieldType::People)];
    const TAG: &[FieldRule] = &[may("add", FieldType::Labels), may("remove", FieldType::Labels)];
    const UNMERGED: &[FieldRule] = &[must("source", FieldType::Id)];
    const ASSIGN: &[FieldRule] = &[may("assignee", FieldType::Person)];
    const MEND: &[FieldRule] = &[must("entry", FieldType::Id), must("reason", FieldType::Words)];
    Some(match word {
        "open" => OPEN,
        "reply" | "note" => MAIL,
        "remind" => REMIND,
        "resume" | "attach" => &[],
        "hold" => HOLD,
        "solve" => AGREED,
        "merge" => MERGE,
        "merged" => MERGED,
        "forward" => FORWARD,
        "reopen" => REOPEN,
        "unmerged" => UNMERGED,
        "escalate" => ESCALATE,
        "deescalate" => DEESCALATE,
        "prioritize" => PRIORITIZE,
        "assign" => ASSIGN,
        "cc" => CC,
        "tag" => TAG,
        "correct" | "redact" => MEND,
        _ => return None,
    })
}
