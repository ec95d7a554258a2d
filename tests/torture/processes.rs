//! Many processes at one desk, killed at random: every acknowledged entry is there, once, and `check` finds nothing.

use std::path::Path;
use std::sync::RwLock;

use crate::command::{opening, policy};
use crate::ledger::{Fate, Files, Line, differences};
use crate::random::Chance;
use crate::sandbox::Sandbox;
use crate::worker::{Counts, Stage, Worker};
use crate::{RunResult, add_counts};

/// The size of a run.
#[derive(Clone, Debug, clap::Args)]
pub struct Processes {
    /// The number of processes
    #[arg(long, default_value = "8")]
    processes: usize,
    /// The number of commands of each
    #[arg(long, default_value = "1000")]
    commands: usize,
    /// The number of kills, in total
    #[arg(long, default_value = "200")]
    kills: usize,
    /// The seed of the run
    #[arg(long, default_value = "1")]
    seed: u64,
}

impl Processes {
    /// A run of some seconds.
    pub const SHORT: Self = Self { processes: 4, commands: 25, kills: 12, seed: 1 };

    pub fn run(&self, program: &Path) -> RunResult {
        let mut sandbox = Sandbox::new();
        sandbox.enter("desk");
        let desk = sandbox.path("");
        sandbox.run(&["init"]).ok();
        sandbox.write("casebook.toml", &policy(&sandbox.read("casebook.toml")));
        sandbox.git(&["commit", "-qam", "The team"]).ok();
        sandbox.write("../../hooks/pre-commit", "#!/bin/sh\nexit 0\n");
        sandbox.shell("chmod +x ../../hooks/pre-commit").ok();
        for number in 0..6 {
            let subject = format!("Ticket {number}");
            sandbox.run(&opening(&subject)).ok();
        }
        let stage = Stage { sandbox, program: program.to_owned(), quiet: RwLock::new(()) };
        stage.attach_first(&desk);
        let workers: Vec<Worker<'_>> = std::thread::scope(|scope| {
            let work = |number: usize| {
                let mut worker = Worker::new(&stage, number, desk.clone(), Chance::of(self.seed, number));
                worker.kills = self.kills / self.processes + usize::from(number < self.kills % self.processes);
                for done in 0..self.commands {
                    worker.work(self.commands - done);
                    if worker.chance.hits(1, 1500) {
                        // git runs its maintenance now and then, while the others work.
                        stage.git(&desk, &["gc", "-q"]);
                        worker.count("git gc");
                    }
                }
                worker
            };
            let running: Vec<_> = (0..self.processes).map(|number| scope.spawn(move || work(number))).collect();
            running.into_iter().map(|thread| thread.join().expect("a worker ends")).collect()
        });
        let mut told = RunResult::default();
        let mut lines = Vec::new();
        for worker in workers {
            told.wrong.extend(worker.wrong);
            add_counts(&mut told.counts, worker.counts);
            lines.extend(worker.lines);
        }
        judge(&stage, &desk, &lines, &mut told);
        told.counts.insert("commands".to_owned(), lines.len());
        told.kept = Some(stage.sandbox);
        told
    }
}

/// Checks everything at the end: the files, git, the index, `check` and `audit`.
fn judge(stage: &Stage, desk: &Path, lines: &[Line], told: &mut RunResult) {
    // The next command recovers the one killed last, and may find a lock of a git that was killed.
    let mut last = Worker::new(stage, usize::MAX, desk.to_owned(), Chance::of(0, 0));
    last.take_away_locks();
    let ticket = crate::ledger::tickets(desk).remove(0);
    let after = stage.run(desk, &["note", &ticket, "-m", "It goes on.", "--commit"]);
    told.expect("the next command works", after.code == Some(0), &after.stderr);
    let files = Files::read(desk);
    told.wrong.extend(differences(lines, &files));
    told.counts.insert("entries".to_owned(), files.count());
    told.counts.insert("tickets".to_owned(), files.entries.len());
    committed_once(stage, desk, lines, &files, told);
    stage.git(desk, &["add", "-A", "."]).ok();
    stage.git(desk, &["commit", "-q", "--allow-empty", "-m", "What was left"]).ok();
    check_desk(stage, desk, told);
    let count = stage.git(desk, &["rev-list", "--count", "HEAD"]).ok().stdout;
    told.counts.insert("commits".to_owned(), count.trim().parse().unwrap_or_default());
    for name in ["journal", "index-lock"] {
        told.expect("nothing waits", !desk.join(".git/casebook").join(name).exists(), name);
    }
}

/// Asserts that every entry acknowledged with a commit is in HEAD, and that no two commits name the same one.
fn committed_once(stage: &Stage, desk: &Path, lines: &[Line], files: &Files, told: &mut RunResult) {
    let log = stage.git(desk, &["log", "--format=%(trailers:key=Entry,valueonly,separator=%x2C)"]).ok().stdout;
    let mut named = Counts::new();
    for entry in log.lines().flat_map(|line| line.split(',')).filter(|entry| !entry.is_empty()) {
        *named.entry(entry.trim().to_owned()).or_default() += 1;
    }
    told.wrong.extend(named.iter().filter(|(_, times)| **times > 1).map(|(entry, _)| format!("{entry}: two commits")));
    let committed = stage.git(desk, &["grep", "-h", "^- id: ", "HEAD", "--", "tickets"]).ok().stdout;
    let committed: std::collections::BTreeSet<&str> = committed.lines().map(|line| &line[6..]).collect();
    // A command that found nothing to change printed an entry that was there.
    let made = |line: &&Line| line.command.commits && files.marks.contains_key(&line.command.mark);
    for line in lines.iter().filter(made) {
        let Fate::Acknowledged(tickets) = &line.fate else { continue };
        for (_, entry) in tickets.iter().filter(|(_, entry)| !committed.contains(entry.as_str())) {
            told.wrong.push(format!("acknowledged as committed, and not in HEAD: {entry} {:?}", line.command.words));
        }
    }
}

/// Asserts that git, `check`, `audit` and the index find no error in a desk.
pub fn check_desk(stage: &Stage, desk: &Path, told: &mut RunResult) {
    let status = stage.git(desk, &["status", "--porcelain"]).ok().stdout;
    told.expect("git status is clean", status.is_empty(), &status);
    let fsck = stage.git(desk, &["fsck", "--strict", "--no-dangling"]);
    told.expect("git fsck finds nothing", fsck.code == Some(0), &(fsck.stdout + &fsck.stderr));
    let check = stage.run(desk, &["check", "--format", "concise"]);
    told.expect("check finds no error", check.code == Some(0), &(check.stdout.clone() + &check.stderr));
    let audit = stage.run(desk, &["audit", "--format", "concise"]);
    told.expect("audit finds nothing", audit.code == Some(0), &(audit.stdout.clone() + &audit.stderr));
    for (name, outcome) in [("check", check), ("audit", audit)] {
        told.said.push(format!("{name}: {}", outcome.stdout.lines().last().unwrap_or_default()));
    }
    let list = ["list", "--all", "--json=id,version,status"];
    let (fast, slow) = (stage.run(desk, &list), stage.run(desk, &[list.as_slice(), &["--no-index"]].concat()));
    told.expect("the index agrees with the files", fast.stdout == slow.stdout && fast.code == Some(0), &fast.stderr);
}
