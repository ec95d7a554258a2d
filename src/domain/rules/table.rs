//! Every rule: its code, its word, the severity of a violation, and whether `check --fix` repairs it. Its texts are in
//! docs/rules.md.

/// Defines rules as statics, and the list of them.
macro_rules! table {
    ($($name:ident = $code:literal $word:literal $severity:ident $($fixable:ident)?;)*) => {
        $(
            #[doc = concat!("The rule ", $code, ", `", $word, "`.")]
            pub static $name: $crate::domain::rules::Rule = $crate::domain::rules::Rule {
                code: $code,
                word: $word,
                severity: $crate::domain::rules::Severity::$severity,
                is_fixable: table!(@is_fixable $($fixable)?),
            };
        )*
        /// Every rule, in the order of codes.
        pub(super) static ALL: &[&$crate::domain::rules::Rule] = &[$(&$name),*];
    };
    (@is_fixable fixable) => { true };
    (@is_fixable) => { false };
}

table! {
    // One file, CB001 to CB099: its contents and format.
    FILE_SYNTAX = "CB001" "file.syntax" Error;
    FILE_NOT_UTF8 = "CB002" "file.not_utf8" Error;
    FILE_CONFLICT = "CB003" "file.conflict" Error;
    FILE_NO_END = "CB004" "file.no_end" Error fixable;
    FILE_TOO_LARGE = "CB005" "file.too_large" Error;
    FILE_FEATURE = "CB006" "file.feature" Error;
    FILE_DOUBLED = "CB007" "file.doubled" Error;
    FILE_SECOND = "CB008" "file.second_document" Error;
    FIELD_MISSING = "CB009" "field.missing" Error;
    FIELD_UNKNOWN = "CB010" "field.unknown" Error;
    FIELD_KIND = "CB011" "field.kind" Error;
    FIELD_UNFIT = "CB012" "field.unfit" Error;
    FIELD_EMPTY = "CB013" "field.empty" Error;
    FILE_OTHER_ID = "CB014" "file.other_id" Error;
    FILE_NOT_PLAIN = "CB015" "file.not_plain" Error;
    FILE_MISPLACED = "CB016" "file.misplaced" Error;
    FILE_STRAY = "CB017" "file.stray" Warning;
    FILE_SPELLING = "CB018" "file.spelling" Warning;
    FILE_NEWER = "CB019" "file.newer" Warning;
    // One ticket, CB100 to CB199: its header, its history, and the workflow.
    HEADER_DIFFERS = "CB101" "header.differs" Error fixable;
    ENTRY_ORDER = "CB102" "entry.order" Error;
    ENTRY_CONCURRENT = "CB103" "entry.concurrent" Warning;
    ENTRY_ILLEGAL = "CB104" "entry.illegal" Error;
    ENTRY_ROLE = "CB105" "entry.role" Error;
    ENTRY_NO_TEXT = "CB106" "entry.no_text" Error;
    ENTRY_STATUS = "CB107" "entry.status" Error;
    ENTRY_FROM = "CB108" "entry.from" Error;
    ENTRY_REFERS = "CB109" "entry.refers" Error;
    ENTRY_KEY = "CB110" "entry.key" Warning;
    SOLVE_EVIDENCE = "CB111" "solve.evidence" Error;
    SOLVE_EARLY = "CB112" "solve.early" Warning;
    REPLY_STRANDED = "CB113" "reply.stranded" Warning;
    ENTRY_SHARED = "CB114" "entry.shared" Error;
    // Links between tickets and for attachments, CB200 to CB299.
    MERGE_ONE_SIDED = "CB201" "merge.one_sided" Error;
    MERGE_CYCLE = "CB202" "merge.cycle" Warning;
    MERGE_NOWHERE = "CB203" "merge.nowhere" Error;
    ATTACHMENT_MISSING = "CB204" "attachment.missing" Error;
    ATTACHMENT_DIFFERS = "CB205" "attachment.differs" Error;
    ATTACHMENT_STRAY = "CB206" "attachment.stray" Warning;
    ATTACHMENT_ATTRIBUTES = "CB207" "attachment.attributes" Warning;
    // People and policy, CB300 to CB399.
    CONFIG_INVALID = "CB301" "config.invalid" Error;
    CONFIG_ZONE = "CB302" "config.zone" Error;
    ORGANIZATION_INVALID = "CB303" "organization.invalid" Error;
    ORGANIZATION_UNKNOWN = "CB304" "organization.unknown" Warning;
    ASSIGNEE_UNKNOWN = "CB305" "assignee.unknown" Warning;
    CALENDAR_INVALID = "CB306" "calendar.invalid" Error;
    PLAN_UNKNOWN = "CB307" "plan.unknown" Warning;
    ORGANIZATION_SHARED = "CB308" "organization.shared" Warning;
    MACRO_TEXT = "CB309" "macro.text" Warning;
    INVALID_CUSTOM_FIELD = "CB310" "own_field.unfit" Warning;
    ACCESS_UNGRANTED = "CB311" "access.ungranted" Error;
    CONFIG_DAYS = "CB312" "config.days" Warning;
    // The history of git, CB400 to CB499, for `audit`.
    HISTORY_REMOVED = "CB401" "history.removed" Error;
    HISTORY_EDITED = "CB402" "history.edited" Error;
    HISTORY_REORDERED = "CB403" "history.reordered" Error;
    HISTORY_INSERTED = "CB404" "history.inserted" Warning;
    TICKET_DELETED = "CB405" "ticket.deleted" Error;
    TICKET_MOVED = "CB406" "ticket.moved" Error;
    HISTORY_UNREADABLE = "CB407" "history.unreadable" Error;
    AUDIT_RIGHTS = "CB408" "entry.rights" Error;
    AUDIT_IDENTITY = "CB409" "entry.identity" Error;
    AUDIT_TIME = "CB410" "entry.time" Error;
    AUDIT_COUNTERPART = "CB411" "entry.alone" Warning;
    COMMIT_UNSIGNED = "CB412" "commit.unsigned" Error;
    COMMIT_SIGNER = "CB413" "commit.signer" Error;
    HISTORY_REWRITTEN = "CB414" "history.rewritten" Error;
    POLICY_UNREADABLE = "CB415" "policy.unreadable" Error;
    HISTORY_SHALLOW = "CB416" "history.shallow" Warning;
    ATTACHMENT_DELETED = "CB417" "attachment.deleted" Error;
    ATTACHMENT_CHANGED = "CB418" "attachment.changed" Error;
    // A push, CB500 to CB599, for `guard`.
    PUSH_REWRITES = "CB501" "push.rewrites" Error;
    PUSH_DELETES = "CB502" "push.deletes" Error;
    PUSH_FORGED = "CB503" "push.forged" Error;
    PUSH_UNKNOWN = "CB504" "push.unknown" Error;
    PUSH_FILES = "CB505" "push.files" Error;
    PUSH_REFS = "CB506" "push.refs" Error;
    // Targets, CB600 to CB699, for `sla`.
    TARGET_BREACHED = "CB601" "target.breached" Error;
    TARGET_DUE = "CB602" "target.due" Warning;
}
