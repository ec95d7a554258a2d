//! A worker: it runs commands, is killed now and then, and records the outcomes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::time::{Duration, Instant};

use crate::command::{Command, given};
use crate::kill::{Kill, lives_on};
use crate::ledger::{Fate, Line, mark, tickets};
use crate::random::Chance;
use crate::sandbox::{Outcome, Running, Sandbox};

/// The number of retries of a command that found the desk busy.
const ATTEMPTS: usize = 60;

/// Seconds a command waits: more than all others need, and few if a killed git left its lock.
const PATIENCE: &str = "4";

/// The state that all workers share.
pub struct Stage {
    pub sandbox: Sandbox,
    pub program: PathBuf,
    /// Held for reading while a command runs, for writing by a worker that must run by itself.
    pub quiet: RwLock<()>,
}

/// The number of commands by outcome.
pub type Counts = BTreeMap<String, usize>;

/// A worker.
pub struct Worker<'a> {
    pub stage: &'a Stage,
    pub number: usize,
    pub desk: PathBuf,
    pub chance: Chance,
    pub lines: Vec<Line>,
    pub counts: Counts,
    /// Errors that were found.
    pub wrong: Vec<String>,
    /// Kills still to be done.
    pub kills: usize,
    usual: Duration,
    orphans: Vec<u32>,
}

impl Stage {
    /// Makes a command in a desk, as the leader of its own process group.
    fn command(&self, program: &Path, desk: &Path, words: &[&str]) -> std::process::Command {
        let mut command = self.sandbox.command(program);
        // The merge driver is found by its name.
        let folder = self.program.parent().unwrap_or(Path::new("/")).as_os_str().to_owned();
        let machine = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(folder.into()).chain(std::env::split_paths(&machine)));
        command.env("PATH", path.expect("folders of PATH have no colon"));
        command.args(words).current_dir(desk).process_group(0);
        command
    }

    /// Runs the program in a desk.
    pub fn run(&self, desk: &Path, words: &[&str]) -> Outcome {
        Running::start(self.command(&self.program, desk, words)).finish()
    }

    /// Makes a file to be attached, given by its path from a desk.
    pub fn give(&self, desk: &Path, file: &str, words: &str) {
        let path = desk.join(file);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, format!("{words}\r\n")).expect("a file can be written");
    }

    /// Adds the first attachment of a desk, so that clones agree on git's attributes.
    pub fn attach_first(&self, desk: &Path) {
        let file = given("first");
        self.give(desk, &file, "first");
        self.run(desk, &["attach", &tickets(desk).remove(0), &file, "--commit"]).ok();
    }

    /// Runs git in a desk.
    pub fn git(&self, desk: &Path, words: &[&str]) -> Outcome {
        Running::start(self.command("git".as_ref(), desk, words)).finish()
    }
}

impl<'a> Worker<'a> {
    pub fn new(stage: &'a Stage, number: usize, desk: PathBuf, chance: Chance) -> Self {
        Self {
            stage,
            number,
            desk,
            chance,
            lines: Vec::new(),
            counts: Counts::new(),
            wrong: Vec::new(),
            kills: 0,
            usual: Duration::from_millis(20),
            orphans: Vec::new(),
        }
    }

    /// Counts an event.
    pub fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    /// Draws a command, runs it, and records its outcome. `left` commands remain, this one included.
    pub fn work(&mut self, left: usize) {
        let mark = mark(self.number, self.lines.len());
        let command = Command::draw(&mut self.chance, &tickets(&self.desk), &mark);
        if let Some(file) = &command.file {
            self.stage.give(&self.desk, file, &mark);
        }
        let mut kill = self.chance.hits(self.kills * 3, left).then(|| Kill::draw(&mut self.chance, self.usual));
        // git makes the commit if a hook must run; otherwise casebook does.
        let with_hook = self.chance.hits(1, 4);
        let (mut fate, mut was_killed) = (Fate::Refused, false);
        for _ in 0..ATTEMPTS {
            let (outcome, struck) = self.attempt(&command, with_hook, kill.take());
            self.kills -= usize::from(struck);
            was_killed |= outcome.code.is_none();
            let in_the_way = outcome.code == Some(6) || outcome.stderr.contains("git.locked");
            fate = match outcome.code {
                Some(0) => Fate::Acknowledged(self.told(&outcome)),
                _ if was_killed && (in_the_way || outcome.code.is_none()) => Fate::Unknown,
                _ => Fate::Refused,
            };
            if outcome.stderr.contains("git.locked") {
                self.take_away_locks();
            }
            // A key makes it safe to retry a killed command.
            let again = in_the_way && (!was_killed || command.has_key) || outcome.code.is_none() && command.has_key;
            self.judge(&command, &outcome, struck);
            if !again {
                break;
            }
        }
        self.count(match &fate {
            Fate::Acknowledged(_) => "acknowledged",
            Fate::Refused => "refused",
            Fate::Unknown => "never told",
        });
        self.lines.push(Line { command, fate });
    }

    #[allow(clippy::disallowed_methods)] // how long a command takes decides only when the next one is killed
    fn attempt(&mut self, command: &Command, with_hook: bool, kill: Option<Kill>) -> (Outcome, bool) {
        let stage = self.stage;
        let guard = stage.quiet.read();
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let mut process = stage.command(&stage.program, &self.desk, &words);
        if with_hook {
            let hooks = stage.sandbox.root().join("hooks");
            process.envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.hooksPath")]);
            process.env("GIT_CONFIG_VALUE_0", hooks);
        }
        process.env("CASEBOOK_PATIENCE", PATIENCE);
        let began = Instant::now();
        let mut running = Running::start(process);
        let struck = kill.is_some_and(|kill| kill.strike(&mut running.child));
        let id = running.child.id();
        let outcome = running.finish();
        drop(guard);
        if struck {
            self.count("kills");
            self.orphans.push(id);
        } else {
            self.usual = (self.usual * 7 + began.elapsed()) / 8;
        }
        (outcome, struck)
    }

    /// Returns the tickets and entries that a command printed.
    fn told(&mut self, outcome: &Outcome) -> Vec<(String, String)> {
        let printed: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap_or_default();
        let one = std::slice::from_ref(&printed);
        let word = |of: &serde_json::Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
        let each = printed.as_array().map_or(one, Vec::as_slice);
        each.iter().map(|ticket| (word(ticket, "id"), word(ticket, "version"))).collect()
    }

    /// Returns whether a command may end like this.
    fn judge(&mut self, command: &Command, outcome: &Outcome, struck: bool) {
        let code = outcome.code.map_or("killed".to_owned(), |code| format!("exit {code}"));
        self.count(&code);
        let fine = match outcome.code {
            Some(0 | 4 | 5 | 6) => true,
            None => struck,
            Some(8) => struck || outcome.stderr.contains("git.locked"),
            _ => false,
        };
        if !fine {
            self.wrong.push(format!("{code}: {:?}\n{}{}", command.words, outcome.stdout, outcome.stderr));
        }
        if outcome.stderr.contains("interrupted command was completed") {
            self.count("brought to an end by the next command");
        }
        if outcome.stderr.contains("interrupted command was undone") {
            self.count("undone by the next command");
        }
    }

    /// Does what git's message asks of a person after another git crashed: waits for all that still run, and removes
    /// the locks they left.
    pub fn take_away_locks(&mut self) {
        let alone = self.stage.quiet.write();
        for orphan in std::mem::take(&mut self.orphans) {
            while lives_on(orphan) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        // Orphans of other workers have had their time as well: nothing here runs so long.
        std::thread::sleep(Duration::from_millis(300));
        let mut taken = 0;
        for name in ["index.lock", "HEAD.lock", "refs/heads/main.lock", "packed-refs.lock", "config.lock"] {
            taken += usize::from(fs::remove_file(self.desk.join(".git").join(name)).is_ok());
        }
        drop(alone);
        for _ in 0..taken {
            self.count("locks of a killed git taken away by hand");
        }
    }
}
