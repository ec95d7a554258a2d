//! Which names stand in a header and in each kind of entry, in which order, and what each may hold (FORMAT, A ticket
//! and Entry fields).
//!
//! What is rare (own fields, imported facts, overrides, `set`) is not here: those files are left to the full reader.

/// What a name may hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
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
    Map(&'static [Field]),
}

/// A name, what it may hold, and whether it has to be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub holds: Holds,
    pub needed: bool,
}

/// The most fields a shape has.
pub(super) const MOST: usize = 22;

const fn may(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, needed: false }
}

const fn must(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, needed: true }
}

pub(super) const HOLD: &[Field] =
    &[must("reason", Holds::HoldReason), may("team", Holds::Words), may("until", Holds::Time)];
pub(super) const ESCALATION: &[Field] =
    &[must("reason", Holds::EscalationReason), may("manager", Holds::Person), must("since", Holds::Time)];

pub(super) const HEADER: &[Field] = &[
    must("format", Holds::Format),
    must("id", Holds::Id),
    must("subject", Holds::Words),
    may("kind", Holds::Kind),
    must("status", Holds::Status),
    must("priority", Holds::Priority),
    may("product", Holds::Words),
    may("product_group", Holds::Words),
    may("organization", Holds::Words),
    may("instance", Holds::Words),
    must("requester", Holds::Person),
    may("assignee", Holds::Person),
    may("cc", Holds::People),
    may("channel", Holds::Words),
    may("language", Holds::Words),
    may("tags", Holds::Labels),
    may("escalation", Holds::Map(ESCALATION)),
    may("hold", Holds::Map(HOLD)),
    may("resolution", Holds::Resolution),
    may("merged_into", Holds::Id),
    may("merged_from", Holds::Ids),
    may("follow_up_of", Holds::Id),
];

/// What every entry begins with. `from` is missing in the first alone.
pub(super) const ENTRY: &[Field] = &[
    must("id", Holds::Id),
    must("at", Holds::Time),
    must("by", Holds::Person),
    must("role", Holds::Role),
    must("action", Holds::Words),
    may("from", Holds::Status),
    may("to", Holds::Status),
    may("key", Holds::Words),
    may("message_id", Holds::Words),
];

/// What an attachment says.
pub(super) const ATTACHMENT: &[Field] =
    &[must("name", Holds::Words), must("size", Holds::Size), must("sha256", Holds::Digest)];

/// What an entry ends with, by the word of its action.
pub(super) fn end_of(word: &str) -> &'static [Field] {
    const ATTACHING: &[Field] = &[must("attachments", Holds::Attachments), may("text", Holds::Text)];
    const MESSAGE: &[Field] = &[may("attachments", Holds::Attachments), may("text", Holds::Text)];
    const TEXT: &[Field] = &[may("text", Holds::Text)];
    match word {
        "attach" => ATTACHING,
        "open" | "reply" | "note" | "remind" => MESSAGE,
        _ => TEXT,
    }
}

const OPEN: &[Field] = &[
    must("subject", Holds::Words),
    may("kind", Holds::Kind),
    must("priority", Holds::Priority),
    may("product", Holds::Words),
    may("product_group", Holds::Words),
    may("organization", Holds::Words),
    may("instance", Holds::Words),
    must("requester", Holds::Person),
    may("assignee", Holds::Person),
    may("cc", Holds::People),
    may("channel", Holds::Words),
    may("language", Holds::Words),
    may("tags", Holds::Labels),
    may("follow_up_of", Holds::Id),
    may("imported_from", Holds::Words),
    may("imported_id", Holds::Words),
];

/// What stands between the two, by the word of the action. `None` for actions that are left to the full reader.
pub(super) fn of_action(word: &str) -> Option<&'static [Field]> {
    const MAIL: &[Field] = &[may("auto", Holds::Flag), may("via_ticket", Holds::Id)];
    const REMIND: &[Field] = &[may("auto", Holds::Flag)];
    const AGREED: &[Field] = &[must("resolution", Holds::Resolution), may("agreed_by", Holds::Person)];
    const MERGE: &[Field] = &[must("into", Holds::Id), must("reason", Holds::MergeReason)];
    const MERGED: &[Field] = &[must("source", Holds::Id), may("cc", Holds::People)];
    const FORWARD: &[Field] = &[must("into", Holds::Id), must("entry", Holds::Id)];
    const REOPEN: &[Field] = &[must("reason", Holds::ReopenReason), may("unmerge", Holds::Flag)];
    const ESCALATE: &[Field] = &[must("reason", Holds::EscalationReason), may("manager", Holds::Person)];
    const DEESCALATE: &[Field] = &[may("reason", Holds::EscalationReason), may("manager", Holds::Person)];
    const PRIORITIZE: &[Field] = &[must("priority", Holds::Priority), must("was", Holds::Priority)];
    const CC: &[Field] = &[may("add", Holds::People), may("remove", Holds::People)];
    const TAG: &[Field] = &[may("add", Holds::Labels), may("remove", Holds::Labels)];
    const UNMERGED: &[Field] = &[must("source", Holds::Id)];
    const ASSIGN: &[Field] = &[may("assignee", Holds::Person)];
    const MEND: &[Field] = &[must("entry", Holds::Id), must("reason", Holds::Words)];
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
