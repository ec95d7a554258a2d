//! Runs of git: without a shell, with paths after `--`, and in an environment that names no other repository.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::GitError;
use super::output_file::OutputFile;
use crate::store::files::{LOCK_VARIABLE, held_lock};

/// The variables by which the environment of a hook could point git at another repository or index, or could change how
/// git records our command.
const POINTERS: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_ATTR_SOURCE",
    "GIT_REFLOG_ACTION",
];

/// The number of paths from which on they are passed through standard input instead of the command line.
const MANY: usize = 64;

/// One run of git.
pub(crate) struct GitCommand {
    command: Command,
    input: Option<Vec<u8>>,
}

/// The result of a run.
pub(crate) struct GitOutput {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Returns the error of a git that did not start. A missing folder is not a missing git, but the system reports both
/// alike.
fn unstarted(folder: Option<&Path>, error: &io::Error) -> GitError {
    match (error.kind(), folder) {
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, Some(folder)) if !folder.is_dir() => {
            GitError::refused(format!("{} is not a folder", folder.display()))
        }
        // A PATH that contains a file in place of a folder does not lead to git either.
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, _) => GitError::NotInstalled,
        _ => GitError::refused(error.to_string()),
    }
}

impl GitCommand {
    /// Returns a run of git in a folder. For a process that git itself started as a hook, the variables of the
    /// environment stay.
    pub fn new(root: &Path, arguments: &[&str], in_hook: bool) -> Self {
        let mut command = Command::new("git");
        command.current_dir(root).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in POINTERS.iter().filter(|_| !in_hook) {
            command.env_remove(name);
        }
        command.envs(held_lock().map(|path| (LOCK_VARIABLE, path)));
        Self { command, input: None }
    }

    /// Starts git, for a caller that writes its input and reads its output while it runs. Its error output goes to
    /// `stderr`.
    pub fn start(mut self, stderr: Stdio) -> Result<Child, GitError> {
        self.command.stdin(Stdio::piped()).stderr(stderr);
        self.spawn()
    }

    fn spawn(&mut self) -> Result<Child, GitError> {
        self.command.spawn().map_err(|error| unstarted(self.command.get_current_dir(), &error))
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Adds the path of a file outside the repository, which need not be UTF-8.
    pub fn file(mut self, path: &Path) -> Self {
        self.command.arg(path);
        self
    }

    /// Adds the paths of the run: as arguments, or through standard input if there are many.
    pub fn paths(mut self, paths: &[String]) -> Self {
        if paths.len() < MANY {
            self.command.arg("--").args(paths);
            return self;
        }
        self.command.args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
        self.input(paths, 0)
    }

    /// Sets some texts as the standard input, each ended by a byte.
    pub fn input(mut self, texts: &[String], end: u8) -> Self {
        self.input = Some(texts.iter().flat_map(|text| text.bytes().chain([end])).collect());
        self.command.stdin(Stdio::piped());
        self
    }

    /// Runs git until it ends. Its output is read while the input is still being written.
    fn finish(mut self) -> Result<Output, GitError> {
        let mut child = self.spawn()?;
        let (input, pipe) = (self.input.take().unwrap_or_default(), child.stdin.take());
        let writer = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(&input)));
        let output = child.wait_with_output();
        // If writing failed, git reports the reason.
        let _ = writer.join();
        Ok(output?)
    }

    /// Runs git and returns the bytes it prints.
    pub fn bytes(self) -> Result<Vec<u8>, GitError> {
        self.finish().and_then(succeeded)
    }

    /// Runs git and returns the words it prints, each terminated by NUL.
    pub fn words(self) -> Result<Vec<String>, GitError> {
        Ok(words(&text_of(self.bytes()?)))
    }

    /// Runs git as [`GitCommand::words`] for a search: without a match git exits with 1 and prints nothing.
    pub fn matches(self) -> Result<Vec<String>, GitError> {
        let output = self.output()?;
        let has_failed = !output.status.success() && !output.stderr.trim().is_empty();
        if has_failed { Err(output.into_error()) } else { Ok(words(&output.stdout)) }
    }

    /// Runs git and returns its result.
    pub fn output(self) -> Result<GitOutput, GitError> {
        self.finish().map(GitOutput::of)
    }

    /// Runs git, and ends it after `patience`: a remote may never answer. Returns the error output: that of hooks, and of
    /// the remote.
    #[allow(clippy::disallowed_methods)] // only the waiting time is measured; it is not written anywhere
    pub fn within(mut self, patience: Duration) -> Result<String, GitError> {
        // In a process group of its own, git is ended together with the processes it has started. On a terminal, a
        // process in another group could not ask for a passphrase; there git stays in our group, and its children are
        // looked up.
        let has_terminal = File::open("/dev/tty").is_ok();
        if !has_terminal {
            self.command.process_group(0);
        }
        // Not pipes: a process that git leaves running may keep them open.
        let (mut stdout, mut stderr) = (OutputFile::empty(), OutputFile::empty());
        self.command.stdout(stdout.stdio()).stderr(stderr.stdio());
        let mut child = self.spawn()?;
        let process = Pid::from_raw(child.id().cast_signed());
        // A process that ended in the meantime needs no signal.
        let signal_all = |processes: &[Pid], signal| match process {
            Some(group) if !has_terminal => _ = kill_process_group(group, signal),
            _ => processes.iter().for_each(|process| _ = kill_process(*process, signal)),
        };
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None if began.elapsed() < patience => std::thread::sleep(pause),
                None => {
                    let processes = process.map(with_descendants).unwrap_or_default();
                    // After TERM, git removes its lock files.
                    signal_all(&processes, Signal::TERM);
                    std::thread::sleep(Duration::from_millis(200));
                    signal_all(&processes, Signal::KILL);
                    let _ = child.wait();
                    return Err(GitError::Unanswered { waited: began.elapsed() });
                }
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        };
        let stderr = stderr.bytes();
        let printed = text_of(stderr.clone()).trim_end().to_owned();
        succeeded(Output { status, stdout: stdout.bytes(), stderr }).map(|_| printed)
    }

    /// Runs git, which is told to be quiet, and returns the output of its hooks.
    pub fn printed(self) -> Result<String, GitError> {
        let Output { status, stdout, stderr } = self.finish()?;
        let printed = text_of([&*stderr, &*stdout].concat()).trim_end().to_owned();
        succeeded(Output { status, stdout, stderr }).map(|_| printed)
    }

    /// Runs git and discards its output.
    pub fn done(self) -> Result<(), GitError> {
        self.bytes().map(drop)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split('\0').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns the output of a run that succeeded.
fn succeeded(output: Output) -> Result<Vec<u8>, GitError> {
    if output.status.success() { Ok(output.stdout) } else { Err(GitOutput::of(output).into_error()) }
}

/// Returns bytes as text; what is not UTF-8 is replaced.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns a process and those of its descendants that the system lists in `/proc`.
fn with_descendants(process: Pid) -> Vec<Pid> {
    let mut found = vec![process];
    let mut place = 0;
    while let Some(parent) = found.get(place) {
        let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", parent.as_raw_nonzero()));
        let children = children.unwrap_or_default();
        found.extend(children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?)));
        place += 1;
    }
    found
}

impl GitOutput {
    /// Returns the result of a run that ended.
    fn of(Output { status, stdout, stderr }: Output) -> Self {
        Self { status, stdout: text_of(stdout), stderr: text_of(stderr) }
    }

    /// Returns the error of a run that failed: its error output and output.
    pub fn into_error(self) -> GitError {
        let mut message = self.stderr;
        if !self.stdout.trim().is_empty() {
            message.push_str(&self.stdout);
        }
        if let Some(signal) = self.status.signal() {
            message.push_str(&format!("git was ended by signal {signal}"));
        }
        let mut message = message.trim().to_owned();
        if let (true, Some(code)) = (message.is_empty(), self.status.code()) {
            message = format!("git exited with {code}; neither git nor a hook of the repository printed a reason");
        }
        if self.status.signal().is_none() && is_lock_message(&message) {
            GitError::Locked { message }
        } else {
            GitError::refused(message)
        }
    }
}

/// Returns true if git reports that another process holds one of its locks. The names of the lock files are the same in
/// every language of git; a hook may name other files that end in `.lock`.
fn is_lock_message(message: &str) -> bool {
    const LOCKS: [&str; 4] = ["/index.lock'", "/HEAD.lock'", "/packed-refs.lock'", "/config.lock'"];
    LOCKS.iter().any(|lock| message.contains(lock))
        || message.contains("cannot lock ref")
        || message.split('\'').any(|word| word.contains("/refs/") && word.ends_with(".lock"))
}
