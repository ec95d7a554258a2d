//! Running git: no shell, paths behind `--`, and an environment that names no other repository.

use std::fs::File;
use std::io;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::GitError;

/// Variables by which a hook's environment, or an odd shell, would point git at another repository or index, or have
/// it do for somebody else's command what it does for ours.
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

/// From this many paths on, they go through standard input rather than the command line.
const MANY: usize = 64;

/// One run of git.
pub(crate) struct GitCommand {
    command: Command,
    input: Option<Vec<u8>>,
}

/// How a run ended.
pub(crate) struct GitOutput {
    pub success: bool,
    /// The signal that ended it, where one did.
    pub signal: Option<i32>,
    /// What it ended with, where no signal did.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Why git did not start. A folder that is not there is no lack of git, though the system says the same of both.
fn unstarted(folder: Option<&Path>, error: &io::Error) -> GitError {
    match (error.kind(), folder) {
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, Some(folder)) if !folder.is_dir() => {
            GitError::Refused { said: format!("{} is no folder", folder.display()) }
        }
        // A PATH that names a file where a folder belongs leads to no git either.
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, _) => GitError::NotInstalled,
        _ => GitError::Refused { said: error.to_string() },
    }
}

impl GitCommand {
    pub fn git(root: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new("git");
        command.current_dir(root).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        POINTERS.iter().for_each(|name| {
            command.env_remove(name);
        });
        Self { command, input: None }
    }

    /// The same where git itself has started us, as its hook: what its environment names is meant.
    pub fn git_of_hook(root: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new("git");
        command.current_dir(root).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, input: None }
    }

    /// Starts it, for somebody who reads while it runs. What it says goes where `stderr` leads.
    pub fn start(mut self, stdin: Stdio, stderr: Stdio) -> Result<Child, GitError> {
        let spawned = self.command.stdin(stdin).stderr(stderr).spawn();
        spawned.map_err(|error| unstarted(self.command.get_current_dir(), &error))
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The paths the run is about: as arguments, or where they are many, through standard input.
    pub fn paths(mut self, paths: &[String]) -> Self {
        if paths.len() < MANY {
            self.command.arg("--").args(paths);
        } else {
            self.command.args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
            self.input = Some(paths.iter().flat_map(|path| path.bytes().chain([0])).collect());
            self.command.stdin(Stdio::piped());
        }
        self
    }

    /// Lines for its standard input.
    pub fn lines(self, lines: &[String]) -> Self {
        self.input(lines.iter().flat_map(|line| line.bytes().chain([b'\n'])).collect())
    }

    /// What the run reads from standard input.
    pub fn input(mut self, input: Vec<u8>) -> Self {
        self.input = Some(input);
        self.command.stdin(Stdio::piped());
        self
    }

    /// Runs it for the bytes it prints, which are read while its input is still being written.
    pub fn bytes(mut self) -> Result<Vec<u8>, GitError> {
        let refused = |error: io::Error| GitError::Refused { said: error.to_string() };
        let mut child = self.command.spawn().map_err(refused)?;
        let (input, pipe) = (self.input.take().unwrap_or_default(), child.stdin.take());
        let writer = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(&input)));
        let output = child.wait_with_output().map_err(refused)?;
        // A writer that failed shows in what git says.
        let _ = writer.join();
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(GitError::Refused { said: String::from_utf8_lossy(&output.stderr).into_owned() })
        }
    }

    pub fn output(mut self) -> Result<GitOutput, GitError> {
        let mut child = self.command.spawn().map_err(|error| unstarted(self.command.get_current_dir(), &error))?;
        if let (Some(input), Some(mut pipe)) = (self.input, child.stdin.take()) {
            // git may end before it has read all; what it says then matters more.
            let _ = pipe.write_all(&input);
        }
        let output = child.wait_with_output().map_err(|error| unstarted(None, &error))?;
        let words = |bytes: Vec<u8>| {
            String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        };
        let (signal, code) = (output.status.signal(), output.status.code());
        Ok(GitOutput {
            success: output.status.success(),
            signal,
            code,
            stdout: words(output.stdout),
            stderr: words(output.stderr),
        })
    }

    /// Runs it for what it says, and ends it where it takes longer than that: the other side may never answer.
    #[allow(clippy::disallowed_methods)] // waiting measures time; it decides nothing that is written
    pub fn within(mut self, patience: Duration) -> Result<GitOutput, GitError> {
        // With a group of its own, what it has started is ended with it. Where there is a terminal, a group beside ours
        // could not ask for a passphrase there; then git stays in ours, and what it has started is looked for.
        let has_terminal = File::open("/dev/tty").is_ok();
        if !has_terminal {
            self.command.process_group(0);
        }
        let mut child = self.command.spawn().map_err(|error| unstarted(self.command.get_current_dir(), &error))?;
        let process = Pid::from_raw(child.id().cast_signed());
        // Nobody left to be told is as good as told.
        let end = |all: &[Pid], signal| match process {
            Some(group) if !has_terminal => _ = kill_process_group(group, signal),
            _ => all.iter().for_each(|one| _ = kill_process(*one, signal)),
        };
        let listen = |pipe: Option<Box<dyn io::Read + Send>>| {
            let (sender, receiver) = mpsc::channel();
            std::thread::spawn(move || {
                let mut said = Vec::new();
                let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut said));
                let _ = sender.send(String::from_utf8_lossy(&said).into_owned());
            });
            receiver
        };
        let stdout = listen(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn io::Read + Send>));
        let stderr = listen(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn io::Read + Send>));
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match child.try_wait().map_err(|error| unstarted(None, &error))? {
                Some(status) => break status,
                None if began.elapsed() < patience => std::thread::sleep(pause),
                None => {
                    let all = process.map(with_descendants).unwrap_or_default();
                    // Told first, it takes its locks away.
                    end(&all, Signal::TERM);
                    std::thread::sleep(Duration::from_millis(200));
                    end(&all, Signal::KILL);
                    let _ = child.wait();
                    return Err(GitError::Unanswered { waited: began.elapsed() });
                }
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        };
        // What a process of git's leaves running may hold the pipe open; nobody waits for that.
        let said = |heard: &mpsc::Receiver<String>| heard.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        let (signal, code) = (status.signal(), status.code());
        Ok(GitOutput { success: status.success(), signal, code, stdout: said(&stdout), stderr: said(&stderr) })
    }

    /// Runs it for its effect alone.
    pub fn done(self) -> Result<(), GitError> {
        let output = self.output()?;
        if output.success { Ok(()) } else { Err(output.refusal()) }
    }
}

/// A process, those it has started, those they have started, and so on, where the system tells.
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
    pub fn refusal(self) -> GitError {
        let mut said = self.stderr;
        if !self.stdout.trim().is_empty() {
            said.push_str(&self.stdout);
        }
        if let Some(signal) = self.signal {
            said.push_str(&format!("git was ended by signal {signal}"));
        }
        let mut said = said.trim().to_owned();
        if let (true, Some(code)) = (said.is_empty(), self.code) {
            said = format!("neither git nor a hook of the repository said why; git ended with {code}");
        }
        if self.signal.is_none() && is_about_a_lock(&said) {
            GitError::Locked { said }
        } else {
            GitError::Refused { said }
        }
    }
}

/// Whether git says that another process holds one of its locks. The names of lock files are the same in every
/// language git speaks; a hook may name other files that end in `.lock`.
fn is_about_a_lock(said: &str) -> bool {
    const LOCKS: [&str; 4] = ["/index.lock'", "/HEAD.lock'", "/packed-refs.lock'", "/config.lock'"];
    LOCKS.iter().any(|lock| said.contains(lock))
        || said.contains("cannot lock ref")
        || said.split('\'').any(|word| word.contains("/refs/") && word.ends_with(".lock"))
}
