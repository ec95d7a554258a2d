//! Commands under way, and what they came to.
//!
//! Must not know where they run.

use std::process::{Child, Command, Stdio};

/// A command under way.
pub struct Running {
    /// The process, for tests that stop it.
    pub child: Child,
    command: String,
}

impl Running {
    /// Starts it, with both outputs caught.
    pub fn start(mut command: Command) -> Self {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words = words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.unwrap_or_else(|error| panic!("{words}: {error}"));
        Self { child, command: words }
    }

    /// Waits for its end.
    pub fn finish(self) -> Outcome {
        let output = self.child.wait_with_output().expect("a process that was started can be waited for");
        Outcome {
            command: self.command,
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a command came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was run.
    pub command: String,
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said beside that.
    pub stderr: String,
}

impl Outcome {
    /// Asserts that it was done.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.ended(0)
    }

    /// Asserts that it failed with an exit code.
    #[track_caller]
    pub fn fails(self, code: i32) -> Self {
        self.ended(code)
    }

    /// Asserts that a signal ended it.
    #[track_caller]
    pub fn killed(self) -> Self {
        assert_eq!(self.code, None, "{}\n--- stdout\n{}--- stderr\n{}", self.command, self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        let Self { command, stdout, stderr, .. } = &self;
        assert_eq!(self.code, Some(code), "{command}\n--- stdout\n{stdout}--- stderr\n{stderr}");
        self
    }
}
