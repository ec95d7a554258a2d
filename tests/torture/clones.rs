//! Clones of one desk over a bare remote, in which workers write, pull, merge and sync at random until all
//! have the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::RwLock;

use crate::command::{opening, policy};
use crate::ledger::{Files, differences, ticket_files};
use crate::processes::check_desk;
use crate::random::Chance;
use crate::sandbox::{Outcome, Sandbox};
use crate::worker::{Stage, Worker};
use crate::{RunResult, add_counts};

/// The number of rounds of sync after which clones that still differ never converge.
const ROUNDS: usize = 12;

/// The size of a run.
#[derive(Clone, Debug, clap::Args)]
pub struct Clones {
    /// The number of clones
    #[arg(long, default_value = "4")]
    clones: usize,
    /// The number of commands in each
    #[arg(long, default_value = "2000")]
    commands: usize,
    /// The number of writing commands to kill, in total
    #[arg(long, default_value = "0")]
    kills: usize,
    /// The seed of the run
    #[arg(long, default_value = "1")]
    seed: u64,
    /// Run one clone after the other rather than all at once: without kills, every run of a seed is the same
    #[arg(long)]
    in_turn: bool,
}

impl Clones {
    /// A run of some seconds.
    pub const SHORT: Self = Self { clones: 3, commands: 25, kills: 0, seed: 1, in_turn: false };

    pub fn run(&self, program: &Path) -> RunResult {
        let (stage, desks) = self.prepare(program);
        let mut workers: Vec<Worker<'_>> = (0..self.clones)
            .map(|number| {
                let mut worker = Worker::new(&stage, number, desks[number].clone(), Chance::of(self.seed, number));
                worker.kills = self.kills / self.clones;
                worker
            })
            .collect();
        if self.in_turn {
            let mut chance = Chance::of(self.seed, usize::MAX / 2);
            let mut left = vec![self.commands; self.clones];
            while left.iter().any(|left| *left > 0) {
                let number = chance.below(self.clones);
                if left[number] > 0 {
                    step(&mut workers[number], left[number]);
                    left[number] -= 1;
                }
            }
        } else {
            std::thread::scope(|scope| {
                for worker in &mut workers {
                    scope.spawn(|| (0..self.commands).rev().for_each(|left| step(worker, left + 1)));
                }
            });
        }
        let mut told = RunResult::default();
        converge(&mut workers, &mut told);
        let mut lines = Vec::new();
        for worker in workers {
            told.wrong.extend(worker.wrong);
            add_counts(&mut told.counts, worker.counts);
            lines.extend(worker.lines);
        }
        let files = Files::read(&desks[0]);
        told.wrong.extend(differences(&lines, &files));
        for (mark, ticket) in files.duplicate_forwards() {
            *told.counts.entry("replies that two clones brought to one ticket".to_owned()).or_default() += 1;
            let shown = stage.run(&desks[0], &["show", ticket]).ok().stdout;
            let times = shown.split_whitespace().filter(|word| *word == mark).count();
            told.expect("what two clones brought is shown once", times == 1, &format!("{mark} {ticket}"));
        }
        told.counts.insert("entries".to_owned(), files.count());
        told.counts.insert("tickets".to_owned(), files.entries.len());
        let count = |which: &[&str]| {
            let words = [&["rev-list", "--count", "HEAD"], which].concat();
            stage.git(&desks[0], &words).ok().stdout.trim().parse().unwrap_or_default()
        };
        told.counts.insert("commits".to_owned(), count(&[]));
        told.counts.insert("merge commits".to_owned(), count(&["--merges"]));
        for desk in &desks {
            check_desk(&stage, desk, &mut told);
        }
        told.said.dedup();
        told.kept = Some(stage.sandbox);
        told
    }

    fn prepare(&self, program: &Path) -> (Stage, Vec<PathBuf>) {
        let mut sandbox = Sandbox::new();
        sandbox.git(&["init", "-q", "--bare", "hub.git"]).ok();
        let root = sandbox.path("");
        sandbox.enter("clone0");
        sandbox.run(&["init"]).ok();
        sandbox.write("casebook.toml", &policy(&sandbox.read("casebook.toml")));
        sandbox.git(&["commit", "-qam", "The team"]).ok();
        for number in 0..6 {
            let subject = format!("Ticket {number}");
            sandbox.run(&opening(&subject)).ok();
        }
        sandbox.git(&["remote", "add", "origin", "../hub.git"]).ok();
        sandbox.write("../../hooks/pre-commit", "#!/bin/sh\nexit 0\n");
        sandbox.shell("chmod +x ../../hooks/pre-commit").ok();
        let desks: Vec<PathBuf> = (0..self.clones).map(|number| root.join(format!("clone{number}"))).collect();
        let stage = Stage { sandbox, program: program.to_owned(), quiet: RwLock::new(()) };
        stage.attach_first(&desks[0]);
        stage.git(&desks[0], &["push", "-q", "-u", "origin", "main"]).ok();
        // `init` configured the program found on PATH, which may be another build.
        let driver = format!("{} merge-file %O %A %B %L %P", program.display());
        stage.git(&desks[0], &["config", "merge.casebook.driver", &driver]).ok();
        for (number, desk) in desks.iter().enumerate().skip(1) {
            stage.git(&root, &["clone", "-q", "hub.git", &desk.to_string_lossy()]).ok();
            // The last one never runs `git-setup`, as a forge does not.
            if number + 1 < self.clones {
                stage.run(desk, &["git-setup"]).ok();
            }
        }
        (stage, desks)
    }
}

/// An event in a clone.
fn step(worker: &mut Worker<'_>, left: usize) {
    match worker.chance.below(100) {
        0..=81 => worker.work(left),
        82..=88 => sync(worker),
        89..=94 => pull(worker, &["pull", "-q", "--no-rebase", "--no-edit"]),
        95..=96 => {
            worker.count("git fetch");
            git(worker, &["fetch", "-q"]);
            pull(worker, &["merge", "-q", "--no-edit", "origin/main"]);
        }
        97..=98 => leftovers(worker),
        _ => {
            worker.count("git push");
            // A clone that is behind the remote is refused.
            git(worker, &["push", "-q"]);
        }
    }
}

fn git(worker: &Worker<'_>, words: &[&str]) -> Outcome {
    worker.stage.git(&worker.desk, words)
}

/// Commits what commands left uncommitted.
fn leftovers(worker: &mut Worker<'_>) {
    worker.count("git commit by hand");
    git(worker, &["add", "-A", "."]).ok();
    git(worker, &["commit", "-q", "-m", "By hand"]);
}

/// Runs a pull or a merge of git's, and does what a person does if it stops.
fn pull(worker: &mut Worker<'_>, words: &[&str]) {
    worker.count(&format!("git {}", words[0]));
    let outcome = git(worker, words);
    if is_merging(&worker.desk) {
        worker.count("conflicts ended by `casebook resolve`");
        let resolved = worker.stage.run(&worker.desk, &["resolve"]);
        let committed = git(worker, &["commit", "-q", "--no-edit"]);
        if resolved.code != Some(0) || committed.code != Some(0) || is_merging(&worker.desk) {
            worker.wrong.push(format!("a merge that does not end: {outcome:?}\n{resolved:?}\n{committed:?}"));
            git(worker, &["merge", "--abort"]);
        }
    } else if outcome.code != Some(0) {
        // Uncommitted changes prevent it.
        worker.count("git pulls and merges refused");
        leftovers(worker);
    }
}

fn is_merging(desk: &Path) -> bool {
    fs::symlink_metadata(desk.join(".git/MERGE_HEAD")).is_ok()
}

/// Runs a sync, and does what a person does if it stops.
fn sync(worker: &mut Worker<'_>) {
    let outcome = worker.stage.run(&worker.desk, &["sync", "--json"]);
    worker.count(&format!("sync: exit {}", outcome.code.unwrap_or(-1)));
    match outcome.code {
        Some(0) => {}
        // Errors between tickets that the merge caused: nothing was pushed.
        Some(1) => mend(worker),
        // Uncommitted changes prevent it.
        Some(4) => leftovers(worker),
        // Other clones pushed first until the deadline.
        Some(6) => {}
        Some(8) if outcome.stderr.contains("git.locked") => worker.take_away_locks(),
        // The machine was too slow until the deadline.
        Some(8) if outcome.stderr.contains("git.unanswered") => worker.count("syncs out of time"),
        _ => worker.wrong.push(format!("{outcome:?}")),
    }
}

/// Relinks tickets.
fn mend(worker: &mut Worker<'_>) {
    worker.count("`casebook resolve` after a sync");
    let resolved = worker.stage.run(&worker.desk, &["resolve", "--commit"]);
    if resolved.code != Some(0) {
        worker.wrong.push(format!("{resolved:?}"));
    }
}

/// Syncs every clone in turn until all have the same commit, and the same bytes.
fn converge(workers: &mut [Worker<'_>], told: &mut RunResult) {
    for round in 1..=ROUNDS {
        for worker in workers.iter_mut() {
            leftovers(worker);
            sync(worker);
        }
        for worker in workers.iter_mut() {
            // Errors that `check` reports between tickets are relinked by `resolve`.
            let check = worker.stage.run(&worker.desk, &["check", "-q"]);
            if check.code != Some(0) {
                mend(worker);
                sync(worker);
            }
        }
        let heads: Vec<String> = workers.iter().map(|one| git(one, &["rev-parse", "HEAD"]).ok().stdout).collect();
        if heads.iter().all(|head| *head == heads[0]) {
            told.counts.insert("rounds until all have the same commit".to_owned(), round);
            let bytes = |worker: &Worker<'_>| {
                let files = ticket_files(&worker.desk).into_iter();
                files.map(|path| (path.file_name().map(ToOwned::to_owned), fs::read(path).ok())).collect::<Vec<_>>()
            };
            let first = bytes(&workers[0]);
            told.expect("all clones have the same bytes", workers.iter().all(|worker| bytes(worker) == first), "");
            return;
        }
    }
    told.expect("the clones come together", false, "");
}
