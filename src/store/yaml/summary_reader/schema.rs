//! The schema of headers and entries: their fields, in order, with the type of each (docs/format.md#a-ticket).
//!
//! Rare fields (custom fields, `imported`, overrides, `set`) are left out; files with them are left to the full reader.

/// The type of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldType {
    /// The format number that this program writes.
    Format,
    Id,
    Time,
    /// Text on one line.
    Word,
    Person,
    /// A number of bytes.
    Size,
    /// A SHA-256.
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
    /// `true`; the field is absent otherwise.
    Flag,
    /// A list of people.
    People,
    /// A list of words.
    Labels,
    /// A list of ids.
    Ids,
    /// A list of attachments.
    Attachments,
    /// Text of several lines.
    Text,
    /// A map with its own schema.
    Map(&'static [FieldRule]),
}

/// A field of a schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldRule {
    pub name: &'static str,
    pub kind: FieldType,
    pub required: bool,
}

/// The largest number of fields in a schema.
pub(super) const MOST: usize = 22;

const fn may(name: &'static str, kind: FieldType) -> FieldRule {
    FieldRule { name, kind, required: false }
}

const fn must(name: &'static str, kind: FieldType) -> FieldRule {
    FieldRule { name, kind, required: true }
}

pub(super) const HOLD: &[FieldRule] =
    &[must("reason", FieldType::HoldReason), may("team", FieldType::Word), may("until", FieldType::Time)];
pub(super) const ESCALATION: &[FieldRule] =
    &[must("reason", FieldType::EscalationReason), may("manager", FieldType::Person), must("since", FieldType::Time)];

pub(super) const HEADER: &[FieldRule] = &[
    must("format", FieldType::Format),
    must("id", FieldType::Id),
    must("subject", FieldType::Word),
    may("kind", FieldType::Kind),
    must("status", FieldType::Status),
    must("priority", FieldType::Priority),
    may("product", FieldType::Word),
    may("product_group", FieldType::Word),
    may("organization", FieldType::Word),
    may("instance", FieldType::Word),
    must("requester", FieldType::Person),
    may("assignee", FieldType::Person),
    may("cc", FieldType::People),
    may("channel", FieldType::Word),
    may("language", FieldType::Word),
    may("tags", FieldType::Labels),
    may("escalation", FieldType::Map(ESCALATION)),
    may("hold", FieldType::Map(HOLD)),
    may("resolution", FieldType::Resolution),
    may("merged_into", FieldType::Id),
    may("merged_from", FieldType::Ids),
    may("follow_up_of", FieldType::Id),
];

/// The first fields of every entry. Only the first entry has no `from`.
pub(super) const ENTRY: &[FieldRule] = &[
    must("id", FieldType::Id),
    must("at", FieldType::Time),
    must("by", FieldType::Person),
    must("role", FieldType::Role),
    must("action", FieldType::Word),
    may("from", FieldType::Status),
    may("to", FieldType::Status),
    may("key", FieldType::Word),
    may("message_id", FieldType::Word),
];

/// The fields of an attachment.
pub(super) const ATTACHMENT: &[FieldRule] =
    &[must("name", FieldType::Word), must("size", FieldType::Size), must("sha256", FieldType::Digest)];

/// Returns the last fields of an entry, by its action.
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
    must("subject", FieldType::Word),
    may("kind", FieldType::Kind),
    must("priority", FieldType::Priority),
    may("product", FieldType::Word),
    may("product_group", FieldType::Word),
    may("organization", FieldType::Word),
    may("instance", FieldType::Word),
    must("requester", FieldType::Person),
    may("assignee", FieldType::Person),
    may("cc", FieldType::People),
    may("channel", FieldType::Word),
    may("language", FieldType::Word),
    may("tags", FieldType::Labels),
    may("follow_up_of", FieldType::Id),
    may("imported_from", FieldType::Word),
    may("imported_id", FieldType::Word),
];

/// Returns the fields between the first and the last ones, by the action. `None` for actions that are left to the full
/// reader.
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
    const CORRECTION: &[FieldRule] = &[must("entry", FieldType::Id), must("reason", FieldType::Word)];
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
        "correct" | "redact" => CORRECTION,
        _ => return None,
    })
}
