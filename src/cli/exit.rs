//! The exit codes of the program.

/// An exit code of the program (docs/cli.md). A closed pipe is not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command was done.
    Done = 0,
    /// A check, audit or guard found something, or `list --exists` nothing.
    Found = 1,
    /// The command line has an unknown verb, flag, word or value.
    Usage = 2,
    /// The ticket or the desk was not found, or the name is ambiguous.
    NotFound = 3,
    /// A rule does not allow the command.
    Refused = 4,
    /// The actor may not do this.
    NotAllowed = 5,
    /// The ticket changed meanwhile, or another command is writing: a retry is safe.
    Busy = 6,
    /// A file is damaged.
    Damaged = 7,
    /// git failed.
    Git = 8,
    /// casebook has a bug.
    Bug = 70,
}

/// A command that ends in one way only is done.
impl From<()> for Exit {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl Exit {
    /// All exit codes in the order of their numbers, with their meanings for the reference page.
    pub const MEANINGS: &[(Self, &str)] = &[
        (Self::Done, "done; a closed pipe is not an error"),
        (Self::Found, "a check, audit or guard found something, or `list --exists` nothing"),
        (Self::Usage, "usage error"),
        (Self::NotFound, "not found, ambiguous, or no desk"),
        (Self::Refused, "a rule does not allow it"),
        (Self::NotAllowed, "the actor may not do this"),
        (Self::Busy, "changed meanwhile, or busy: a retry is safe"),
        (Self::Damaged, "a damaged file; what could be read was still printed"),
        (Self::Git, "git failed; the files are unchanged"),
        (Self::Bug, "a bug in casebook"),
    ];
}
