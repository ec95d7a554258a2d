//! The rules for one file, CB001 to CB099: its contents and format.

crate::domain::rules::table! {
    FILE_SYNTAX = "CB001" "file.syntax" Error {
        title: "the file is not YAML",
        explanation: "A ticket is one YAML document. A tab as indentation, an open quote or bracket, or a line without its indentation makes the contents ambiguous, so nothing of the file is read.",
        example: "subject: \"Dashboards are slow\nstatus: open",
        repair: "Repair the line; `git diff` shows the last change. `git checkout -- FILE` restores the committed version.",
    }
    FILE_NOT_UTF8 = "CB002" "file.not_utf8" Error {
        title: "the file contains bytes that are not UTF-8",
        explanation: "Files are UTF-8, so that every reader sees the same characters. Other bytes come from an editor that saved in another encoding, or from a damaged disk.",
        example: "subject: Caf\\xe9 dashboards     (Latin-1)",
        repair: "Save the file as UTF-8, or restore it with `git checkout -- FILE`.",
    }
    FILE_CONFLICT = "CB003" "file.conflict" Error {
        title: "the file contains conflict markers",
        explanation: "git could not merge the two sides and left its markers. The file must contain the entries of both sides, each once, in the order of their ids.",
        example: "<<<<<<< HEAD\nstatus: on_hold\n=======\nstatus: solved\n>>>>>>> other",
        repair: "Keep the entries of both sides, remove the markers, and run `casebook check --fix`, which sets the header.",
    }
    FILE_NO_END = "CB004" "file.no_end" Error (fixable) {
        title: "the last line `...` is missing, so the file may have been cut",
        explanation: "YAML readers accept a file that was cut at the end of a line. The marker `...` after the last entry shows that the file is complete.",
        example: "  text: |\n    Thank you.\n(the end of the file)",
        repair: "Compare the file with `git diff`. If nothing is missing, `casebook check --fix` adds the line, and reports the entry that it takes as the last one.",
    }
    FILE_TOO_LARGE = "CB005" "file.too_large" Error {
        title: "the file is larger or deeper than any ticket",
        explanation: "Files of more than 16 MiB, 32 levels or 250,000 values are not read, so that no file can use unlimited time or memory.",
        example: "fields: {a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        repair: "Restore the file with `git checkout -- FILE`. A text that is too long for a ticket belongs into an attachment.",
    }
    FILE_FEATURE = "CB006" "file.feature" Error {
        title: "the file uses anchors, aliases, tags or names that are not words",
        explanation: "These make one value refer to another, or change the meaning of a value, and readers differ in how they treat them. A ticket spells out every value.",
        example: "requester: &ana ana@acme.example\ncc:\n- *ana",
        repair: "Write the value in every place.",
    }
    FILE_DOUBLED = "CB007" "file.doubled" Error {
        title: "a name occurs twice in one map",
        explanation: "Some YAML readers take the first value, some the last, and some refuse the file, so the value is ambiguous.",
        example: "status: open\nstatus: solved",
        repair: "Remove the added line; `git diff` shows it. `casebook check` then compares the header with the history.",
    }
    FILE_SECOND = "CB008" "file.second_document" Error {
        title: "the file continues after the end of the ticket",
        explanation: "A file contains one ticket, which `...` ends. Contents after the marker, such as an entry that was added there by hand, would not be read.",
        example: "...\n- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6",
        repair: "Move the lines before `...`, or remove them.",
    }
    FIELD_MISSING = "CB009" "field.missing" Error {
        title: "a required field is missing",
        explanation: "Every ticket has a format, an id, a subject, a status, a priority, a requester and a history. Every entry has an id, a time, a person, a role and an action, and the fields that the action requires: a solve as `bug_reported` has the bug, its priority and the estimated time of the fix.",
        example: "- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6\n  at: 2026-11-21T17:40:03Z\n  by: kenji@desk.example\n  action: resume",
        repair: "Restore the line: `git diff` or `git log -p FILE` shows when it was removed.",
    }
    FIELD_UNKNOWN = "CB010" "field.unknown" Error {
        title: "the file contains an unknown field",
        explanation: "Otherwise a misspelled name would be ignored without notice. A desk's custom fields belong under `fields:`.",
        example: "prioritty: S2",
        repair: "Correct the name, or make it a custom field with `casebook set TICKET fields.NAME=VALUE`.",
    }
    FIELD_KIND = "CB011" "field.kind" Error {
        title: "a value has the wrong kind",
        explanation: "The value is a list instead of a word, a number instead of text, or the reverse. Text that YAML reads as another kind must be quoted.",
        example: "subject: 12",
        repair: "Write the value in the required form: `subject: \"12\"`, and lists with one dash per line.",
    }
    FIELD_UNFIT = "CB012" "field.unfit" Error {
        title: "a value is not valid for its field",
        explanation: "Statuses, priorities, reasons, roles and actions have fixed words; ids have 26 characters; times are RFC 3339; subjects are one line. Other values have no meaning in the workflow.",
        example: "status: closed",
        repair: "Restore the previous value; `casebook show` and `docs/workflow.md` list the valid ones. Only commands change status and priority.",
    }
    FIELD_EMPTY = "CB013" "field.empty" Error {
        title: "a field has no value",
        explanation: "Fields without a value are omitted, so that there is one form for each ticket and diffs show only changes.",
        example: "assignee:\ntags: []",
        repair: "Remove the line.",
    }
    FILE_OTHER_ID = "CB014" "file.other_id" Error {
        title: "the id in the file differs from the one in its name",
        explanation: "A ticket is found by its id through its path. A copied or renamed file would be found under the wrong id.",
        example: "tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml contains `id: 01M7ZK369RH2Y4D6F8J0M2Q4S6`",
        repair: "Move the file back: `git log --follow FILE` shows its former path.",
    }
    FILE_NOT_PLAIN = "CB015" "file.not_plain" Error {
        title: "a link, a folder or a special file is in the place of a ticket",
        explanation: "Tickets are regular files inside the desk. The target of a link is not in the repository, so other clones would not have it.",
        example: "ln -s /srv/tickets/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml tickets/2026/11/",
        repair: "Replace the link by the file, or remove it.",
    }
    FILE_MISPLACED = "CB016" "file.misplaced" Error {
        title: "the path of a ticket does not match its id",
        explanation: "The path follows from the id: `tickets/YYYY/MM/ID.yaml`, with the year and month of the id (UTC). No command finds the ticket at another path.",
        example: "tickets/2020/01/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml",
        repair: "Move the file back with `git mv`; `git log --follow FILE` shows its former path.",
    }
    FILE_STRAY = "CB017" "file.stray" Warning {
        title: "the tickets folder contains a file that is not a ticket",
        explanation: "Editors and file managers leave such files. No command reads them, but a commit may include them.",
        example: "tickets/2026/11/notes.txt",
        repair: "Delete the file, or move it out of `tickets/`.",
    }
    FILE_SPELLING = "CB018" "file.spelling" Warning {
        title: "the file is not in canonical format",
        explanation: "Comments, other quotes, CRLF or another order of fields do not change the meaning. They are read, and kept: no command rewrites an older line. The canonical format makes diffs small and reading fast.",
        example: "subject:   'Dashboards are slow'   # from the call",
        repair: "Nothing needs to be done. The line can be rewritten in canonical format before it is committed; afterwards, the bytes of the history must not change.",
    }
    FILE_NEWER = "CB019" "file.newer" Warning {
        title: "the file was written by a newer casebook",
        explanation: "A newer format is read in part, and never written, so that nothing of it is lost. Unknown parts are not checked.",
        example: "format: 2",
        repair: "Install a newer casebook.",
    }
}
