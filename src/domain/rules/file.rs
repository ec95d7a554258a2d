//! CB001 to CB099: what one file may hold, and how it is spelled.

crate::domain::rules::table! {
    FILE_SYNTAX = "CB001" "file.syntax" Error {
        title: "the file is not YAML",
        explanation: "A ticket is one YAML document. A tab that indents, an open quote or bracket, or a line that lost its indentation leaves nothing that can be read for sure, so nothing of the file is.",
        example: "subject: \"Dashboards are slow\nstatus: open",
        repair: "Mend the line; `git diff` shows what changed there. `git checkout -- FILE` brings back what was committed last.",
    }
    FILE_NOT_UTF8 = "CB002" "file.not_utf8" Error {
        title: "the file holds bytes that are no UTF-8 text",
        explanation: "Files are UTF-8, so that every reader sees the same characters. Other bytes come from an editor that saved in another encoding, or from a broken disk.",
        example: "subject: Caf\\xe9 dashboards     (Latin-1)",
        repair: "Save the file as UTF-8, or bring it back: `git checkout -- FILE`.",
    }
    FILE_CONFLICT = "CB003" "file.conflict" Error {
        title: "a merge conflict was left in the file",
        explanation: "git could not merge the two sides by itself and left its markers. Both sides' entries belong in the file, each once, in the order of their ids.",
        example: "<<<<<<< HEAD\nstatus: on_hold\n=======\nstatus: solved\n>>>>>>> other",
        repair: "Keep the entries of both sides, take the markers out, and let `casebook check --fix` set the header.",
    }
    FILE_NO_END = "CB004" "file.no_end" Error (fixable) {
        title: "the last line `...` is missing, so the file may have been cut",
        explanation: "YAML readers take a file that was cut at the end of a line for a whole one. The marker `...` behind the last entry says that nothing is missing.",
        example: "  text: |\n    Thank you.\n(the end of the file)",
        repair: "Compare with `git diff`. If nothing is missing, `casebook check --fix` adds the line; it says what it takes for whole.",
    }
    FILE_TOO_LARGE = "CB005" "file.too_large" Error {
        title: "the file is larger or deeper than any ticket",
        explanation: "Files of more than 16 MiB, 32 levels or 250,000 values are not read, so that no file can cost unbounded time or memory.",
        example: "fields: {a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        repair: "Bring the file back: `git checkout -- FILE`. What is too long to be said in a ticket belongs into an attachment.",
    }
    FILE_FEATURE = "CB006" "file.feature" Error {
        title: "anchors, aliases, tags and names that are no words have no place in a ticket",
        explanation: "They make one value stand for another, or change what a word means, and readers disagree about them. A ticket says everything where it stands.",
        example: "requester: &ana ana@acme.example\ncc:\n- *ana",
        repair: "Write the value out in every place.",
    }
    FILE_DOUBLED = "CB007" "file.doubled" Error {
        title: "a name stands twice in one place",
        explanation: "Some YAML readers take the first value, some the last, some refuse the file. Nobody could say which one holds.",
        example: "status: open\nstatus: solved",
        repair: "Take out the line that was added; `git diff` shows it. `casebook check` then compares the header with the history.",
    }
    FILE_SECOND = "CB008" "file.second_document" Error {
        title: "there is more behind the end of the ticket",
        explanation: "A file holds one ticket, and `...` ends it. What stands behind it, such as an entry that was added by hand below the marker, would be read by nobody.",
        example: "...\n- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6",
        repair: "Move the lines before `...`, or take them out.",
    }
    FIELD_MISSING = "CB009" "field.missing" Error {
        title: "a name that has to be there is missing",
        explanation: "Every ticket has a format, an id, a subject, a status, a priority, a requester and a history; every entry an id, a time, a person, a role and an action, and what the action needs: a solve by `bug_reported` names the bug, its priority and the estimated time.",
        example: "- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6\n  at: 2026-11-21T17:40:03Z\n  by: kenji@desk.example\n  action: resume",
        repair: "Bring the line back: `git diff` or `git log -p FILE` shows where it went.",
    }
    FIELD_UNKNOWN = "CB010" "field.unknown" Error {
        title: "a name does not belong there",
        explanation: "A name that is misspelled would say nothing, and nobody would notice. A desk's own facts go below `fields:`.",
        example: "prioritty: S2",
        repair: "Correct the name, or move the fact below `fields:` with `casebook set TICKET fields.NAME=VALUE`.",
    }
    FIELD_KIND = "CB011" "field.kind" Error {
        title: "a value is of the wrong kind",
        explanation: "A list stands where a word belongs, a number where text does, or the other way round. Text that YAML takes for something else needs quotes.",
        example: "subject: 12",
        repair: "Write the value as its place needs it: `subject: \"12\"`, and lists with one dash a line.",
    }
    FIELD_UNFIT = "CB012" "field.unfit" Error {
        title: "a value says nothing sensible in its place",
        explanation: "Statuses, priorities, reasons, roles and actions have their own words; ids are 26 characters; times are RFC 3339; subjects are one line. Anything else means nothing to the workflow.",
        example: "status: closed",
        repair: "Put back the word that was there; `casebook show` and `docs/workflow.md` list those that are known. Status and priority change by commands alone.",
    }
    FIELD_EMPTY = "CB013" "field.empty" Error {
        title: "a name has no value",
        explanation: "What says nothing is left out, so that there is one way to say nothing and diffs show what changed.",
        example: "assignee:\ntags: []",
        repair: "Take the line out.",
    }
    FILE_OTHER_ID = "CB014" "file.other_id" Error {
        title: "the id in the file is not the one it is named after",
        explanation: "A ticket is found by its id alone, through its path. A file that was copied or renamed would be found under the wrong one.",
        example: "tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml holds `id: 01M7ZK369RH2Y4D6F8J0M2Q4S6`",
        repair: "Put the file back in its place: `git log --follow FILE` tells where it was.",
    }
    FILE_NOT_PLAIN = "CB015" "file.not_plain" Error {
        title: "a link, a folder or something else lies where a ticket belongs",
        explanation: "Tickets are plain files inside the store. What a link points to is not in the repository, and other clones would not have it.",
        example: "ln -s /srv/tickets/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml tickets/2026/11/",
        repair: "Put the file itself there, or take the link out.",
    }
    FILE_MISPLACED = "CB016" "file.misplaced" Error {
        title: "a ticket does not lie where its id says",
        explanation: "The path is a function of the id: `tickets/YYYY/MM/ID.yaml`, by the month of the id (UTC). At another place no command finds it.",
        example: "tickets/2020/01/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml",
        repair: "Move it back with `git mv`; `git log --follow FILE` tells where it was.",
    }
    FILE_STRAY = "CB017" "file.stray" Warning {
        title: "something lies in the tickets folder that is no ticket",
        explanation: "Editors and file managers leave such files. No command reads them, and a commit may carry them along.",
        example: "tickets/2026/11/notes.txt",
        repair: "Take it away, or move it out of `tickets/`.",
    }
    FILE_SPELLING = "CB018" "file.spelling" Warning {
        title: "the file is spelled otherwise than casebook would",
        explanation: "Comments, other quotes, CRLF or another order of names mean the same, are read as such, and are kept: no command prints an older line anew. The canonical spelling makes diffs small and reading quick.",
        example: "subject:   'Dashboards are slow'   # from the call",
        repair: "Nothing has to be done. Before it is committed, the line can be written as casebook would; behind that, history keeps its bytes.",
    }
    FILE_NEWER = "CB019" "file.newer" Warning {
        title: "a newer casebook wrote the file",
        explanation: "A newer format is read as far as it is understood, and never written, so that nothing of it is lost. What is not understood is not checked.",
        example: "format: 2",
        repair: "Install a newer casebook.",
    }
}
