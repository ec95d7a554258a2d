//! A hermetic place to run the real program in: its own folders, its own git configuration, its own clock.
//!
//! Nothing of the machine's environment but `PATH` is seen. The clock starts at [`START`] and advances one
//! minute per command; the seed of ids grows by one per command, so every run of a test makes the same ids,
//! files and commits. Must not know any verb of the program.

mod outcome;
#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use casebook::domain::clock;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

pub use outcome::{Outcome, Running};

/// When every sandbox's clock starts: the first command runs at this instant.
pub const START: &str = "2026-11-21T09:00:00Z";

/// Who git says is at work.
const GIT_CONFIG: &str = "\
[user]
\tname = Kenji
\temail = kenji@desk.example
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
";

/// A sandbox. Its folders go when it is dropped.
pub struct Sandbox {
    root: TempDir,
    folder: PathBuf,
    actor: Option<String>,
    next: AtomicI64,
    commands: AtomicU64,
}

impl Sandbox {
    /// A fresh sandbox, whose current folder is empty.
    pub fn new() -> Self {
        let root = tempfile::tempdir_in(home()).expect("a folder for the sandbox");
        // A temporary folder may be a link, and git tells the folder's real name.
        let real = root.path().canonicalize().expect("the sandbox's real name");
        for folder in ["home/.config", "tmp", "story"] {
            fs::create_dir_all(real.join(folder)).expect("a folder of the sandbox");
        }
        fs::write(real.join("gitconfig"), GIT_CONFIG).expect("the sandbox's git configuration");
        let start: DateTime<Utc> = START.parse().expect("the start is a time");
        Self {
            root,
            folder: real.join("story"),
            actor: None,
            next: AtomicI64::new(start.timestamp()),
            commands: AtomicU64::new(0),
        }
    }

    /// The folder that holds all of it, under its real name.
    pub fn root(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the sandbox's real name")
    }

    /// Goes to a folder, making it where it is not there.
    pub fn enter(&mut self, folder: &str) {
        self.folder.push(folder);
        fs::create_dir_all(&self.folder).expect("a folder of the sandbox");
    }

    /// Goes to a folder of the sandbox, from wherever it was.
    pub fn go_to(&mut self, folder: impl AsRef<Path>) {
        self.folder = self.root().join(folder);
        fs::create_dir_all(&self.folder).expect("a folder of the sandbox");
    }

    /// Acts as somebody from here on (`CASEBOOK_ACTOR`), or as whoever git says.
    pub fn act_as(&mut self, actor: Option<&str>) {
        self.actor = actor.map(str::to_owned);
    }

    /// Lets time pass: `3d`, `4h`, `1d12h`.
    pub fn wait(&self, span: &str) {
        let span = clock::span(span).unwrap_or_else(|| panic!("`{span}` is no span of time"));
        self.next.fetch_add(span.num_seconds(), Ordering::SeqCst);
    }

    /// When the next command runs.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.next.load(Ordering::SeqCst), 0).expect("the clock is near its start")
    }

    /// A command in the current folder, with the next minute and the next seed; nothing on its stdin.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let now = self.now();
        self.next.fetch_add(TimeDelta::minutes(1).num_seconds(), Ordering::SeqCst);
        let seed = self.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let root = self.root();
        let mut command = Command::new(program);
        command.current_dir(&self.folder).stdin(Stdio::null()).env_clear().env("PATH", path_with_program());
        command.env("HOME", root.join("home")).env("XDG_CONFIG_HOME", root.join("home/.config"));
        command.env("TMPDIR", root.join("tmp")).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", root.join("gitconfig"));
        // A repository around the temporary folder is none of ours.
        command.env("GIT_CEILING_DIRECTORIES", &root).env("GIT_TERMINAL_PROMPT", "0");
        for name in ["CASEBOOK_NOW", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
            command.env(name, clock::spell(now));
        }
        command.env("CASEBOOK_SEED", seed.to_string());
        if let Some(actor) = &self.actor {
            command.env("CASEBOOK_ACTOR", actor);
        }
        command
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.spawn(arguments).finish()
    }

    /// Runs the program with something on its stdin.
    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Outcome {
        // A file and not a pipe: nobody waits for the other, however long the text.
        let mut file = tempfile::tempfile().expect("a file for the stdin");
        file.write_all(stdin.as_bytes()).and_then(|()| file.rewind()).expect("the stdin can be written");
        let mut command = self.program(arguments);
        command.stdin(file);
        Running::start(command).finish()
    }

    /// Starts the program, for tests of many at once.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(self.program(arguments))
    }

    /// The program with its arguments, for tests that change its environment.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_casebook"));
        command.args(arguments);
        command
    }

    /// Runs git.
    pub fn git(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.command("git");
        command.args(arguments);
        Running::start(command).finish()
    }

    /// Runs a script of the shell.
    pub fn shell(&self, script: &str) -> Outcome {
        let mut command = self.command("sh");
        command.args(["-c", script]);
        Running::start(command).finish()
    }

    /// A path in the current folder.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// The text of a file.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file, and the folders it needs.
    #[track_caller]
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        put(&self.path(path), text, false);
    }
}

/// Where sandboxes lie: in memory where the machine has a place for that, since waiting for a disk tests nothing.
fn home() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if tempfile::tempfile_in(&memory).is_ok() { memory } else { std::env::temp_dir() }
}

/// Writes a file anew, or adds to it, and makes the folders it needs.
#[track_caller]
pub fn put(path: &Path, text: &str, append: bool) {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        options.open(path)?.write_all(text.as_bytes())
    });
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The machine's `PATH`, with the folder of the program under test first.
fn path_with_program() -> OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_casebook"));
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let folders = program.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&machine));
    std::env::join_paths(folders).expect("folders of PATH have no colon")
}
