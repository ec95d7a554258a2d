//! What scripts are promised beside verbs and fields, in words for the reference page: exit codes, error codes
//! and environment variables. Tests hold it to what the program uses. Must not decide any of them.

use super::Exit;

impl Exit {
    /// Every exit code.
    pub const ALL: &[Self] = &[
        Self::Done,
        Self::Found,
        Self::Usage,
        Self::NotFound,
        Self::Refused,
        Self::NotAllowed,
        Self::Busy,
        Self::Damaged,
        Self::Git,
        Self::Bug,
    ];

    /// What it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; a closed pipe is no error",
            Self::Found => "a check found something",
            Self::Usage => "the command line means nothing",
            Self::NotFound => "not found, ambiguous, or no store",
            Self::Refused => "a rule is against it",
            Self::NotAllowed => "this person may not do this",
            Self::Busy => "changed underneath, or busy: safe to retry",
            Self::Damaged => "a damaged file; what could be read was still printed",
            Self::Git => "git failed; the files are as before",
            Self::Bug => "a bug in casebook",
        }
    }
}

/// The stable words of errors, with the exit codes they come with and what they mean.
pub const CODES: &[(&str, Exit, &str)] = &[
    ("usage", Exit::Usage, "an unknown verb, flag, word or value"),
    ("text.missing", Exit::Usage, "the action needs words"),
    ("store.missing", Exit::NotFound, "no casebook.toml here or above"),
    ("ticket.not_found", Exit::NotFound, "no such ticket, or none this person may see"),
    ("ticket.ambiguous", Exit::NotFound, "several tickets; `candidates` lists them"),
    ("organization.not_found", Exit::NotFound, "no such organization, or none this person may see"),
    ("entry.not_found", Exit::NotFound, "the ticket has no such entry"),
    ("transition.refused", Exit::Refused, "the workflow does not allow it now"),
    ("key.used", Exit::Refused, "the key was used for another command"),
    ("attachment.too_large", Exit::Refused, "a file is larger than the desk lets attachments be"),
    ("store.exists", Exit::Refused, "there is something in the folder already"),
    ("organization.exists", Exit::Refused, "there is an organization of that name already"),
    ("setup.other", Exit::Refused, "git is told something else of tickets already, and that stays"),
    ("sync.refused", Exit::Refused, "something of your own stands against it; nothing was merged"),
    ("format.newer", Exit::Refused, "written by a newer casebook; it can be read, not written"),
    (
        "git.split_index",
        Exit::Refused,
        "git's index is split, and `feature.manyFiles` beside that would have git 2.47 read an empty one",
    ),
    ("ticket.unwritable", Exit::Refused, "a sound file in a layout that cannot be extended line by line"),
    ("person.unknown", Exit::NotAllowed, "nobody is known to act"),
    ("person.not_allowed", Exit::NotAllowed, "this person may see the ticket, and not do this"),
    ("person.not_eligible", Exit::NotAllowed, "the requester may not ask for support, by their roles and plan"),
    ("open.not_eligible", Exit::Refused, "support is not owed for the instance: its release, its project number"),
    ("ticket.changed", Exit::Busy, "`--if-status` or `--if-version` does not hold"),
    ("store.busy", Exit::Busy, "another command is writing"),
    ("sync.outrun", Exit::Busy, "others pushed faster until the deadline"),
    (
        "io.failed",
        Exit::Busy,
        "the system refused to read or write: a full disk, no permission; nothing was changed, and a retry does no harm, though it helps only after somebody has seen to it",
    ),
    ("ticket.damaged", Exit::Damaged, "the file is no sound ticket; `file`, `line` and `column` say where"),
    ("organization.damaged", Exit::Damaged, "the file of an organization is not sound"),
    ("organization.unwritable", Exit::Damaged, "the file has comments that printing it anew would lose"),
    ("ticket.conflicted", Exit::Damaged, "the file has conflict markers of git"),
    ("ticket.header_differs", Exit::Damaged, "the header says something else than the history"),
    ("config.invalid", Exit::Damaged, "casebook.toml, or a list of holidays, is not sound"),
    ("attachment.differs", Exit::Damaged, "where an attachment belongs lie other bytes than it is named after"),
    ("calendar.invalid", Exit::Damaged, "an iCalendar file that is not understood"),
    ("bug", Exit::Bug, "what should never happen did"),
    ("git.failed", Exit::Git, "git refused: a hook, no identity, …"),
    ("git.locked", Exit::Git, "another git process holds its lock"),
    ("git.missing", Exit::Git, "git was not found"),
    ("git.unanswered", Exit::Git, "the remote did not answer in time"),
    ("sync.conflict", Exit::Git, "what comes cannot be merged without a person; everything is as it was"),
    ("git.no_repository", Exit::Git, "a commit was asked for where there is no repository"),
];

/// The environment variables that are read, and what they say.
pub const VARIABLES: &[(&str, &str)] = &[
    ("CASEBOOK_ACTOR", "who acts, where `--as` does not say so; else git's `user.email`"),
    ("CASEBOOK_DIR", "the desk's folder, where `-C` does not say so; else the nearest casebook.toml upwards"),
    ("CASEBOOK_NOW", "the present, in RFC 3339, for tests and imports; commits bear it too"),
    ("CASEBOOK_PATIENCE", "how many seconds to wait for other writers (30)"),
    ("CASEBOOK_SEED", "makes ids predictable, for tests"),
    ("CASEBOOK_KILLED_AT", "ends the process at a named step, for tests"),
    ("CASEBOOK_STOPPED_AT", "stops it there until it is told to go on, for tests"),
    (
        "GIT_AUTHOR_EMAIL",
        "whom git will name as the author; where that is not who acts, a trailer `On-behalf-of:` is added",
    ),
    ("CASEBOOK_PUSHER", "who pushes, for `guard`, where git's setting `casebook.pusher` names no other variable"),
    ("GITEA_PUSHER_EMAIL", "the same, as Gitea and Forgejo say it"),
    ("GL_USER", "the same, as gitolite says it"),
    ("REMOTE_USER", "the same, as web servers say it"),
    ("PATH", "whether a hook can call `casebook` by its name, for `hooks install`"),
    ("GIT_INDEX_FILE", "the index that `check --staged` looks at, as git names it in a hook"),
    ("NO_COLOR", "no colours, unless `--color always`"),
    ("TERM", "the terminal: `dumb` has no colours, and it, `linux` or none at all no links"),
    ("FORCE_HYPERLINK", "`0`: the ids of tickets are no links to their files, on a terminal with colours"),
    ("LC_ALL", "the language of what people see of tickets, where `--lang` does not say so: `fr_FR.UTF-8` is French"),
    ("LC_MESSAGES", "the same, where LC_ALL is not set"),
    ("LANG", "the same, where neither is set"),
    ("GIT_CONFIG_GLOBAL", "where git's own configuration is, for `user.email`"),
    ("PATH", "where `casebook` is looked for that git is told to call"),
    ("HOME", "the same"),
    ("XDG_CONFIG_HOME", "the same"),
    ("TZ", "the zone that `init` writes down, where it names one"),
    ("GIT_PAGER", "the pager, on a terminal; else git's `core.pager`, else PAGER, else `less`"),
    ("PAGER", "the pager, where git names none"),
    ("LESS", "how `less` is told to behave; `FRX` where it is not set"),
    ("VISUAL", "the editor, where git names none"),
    ("EDITOR", "the editor, where neither git nor VISUAL names one"),
];
