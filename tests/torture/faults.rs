//! Faults around the program: a full disk, a read-only folder, a hook that refuses, a clock that
//! jumps back, a git that dies with its lock. Each leaves the desk as it was or the command done, keeps the text, gives
//! the reason, and the next command works.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::RwLock;

use crate::RunResult;
use crate::command::opening;
use crate::ledger::{Files, ticket_files};
use crate::processes::check_desk;
use crate::sandbox::{Outcome, Running, Sandbox};
use crate::worker::Stage;

/// The text that must not be lost.
const TEXT: &str = "@@0-0 Words that cost an hour.";
/// Bytes that are free, at most, on the disk that fills.
const ROOM: usize = 96 * 1024;

/// A desk with one ticket.
struct Scene {
    stage: Stage,
    ticket: String,
}

/// The state of a desk that a failed command must not change: its tickets, the output of `git status`, its commits.
#[derive(PartialEq)]
struct TestDesk {
    files: Vec<Vec<u8>>,
    status: String,
    head: String,
}

impl Scene {
    fn new(program: &Path) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.enter("desk");
        sandbox.run(&["init"]).ok();
        sandbox.run(&opening("Tiles time out")).ok();
        let ticket = crate::ledger::tickets(&sandbox.path("")).remove(0);
        Self { stage: Stage { sandbox, program: program.to_owned(), quiet: RwLock::new(()) }, ticket }
    }

    fn desk(&self) -> TestDesk {
        let (stage, path) = (&self.stage, self.stage.sandbox.path(""));
        let git = |words: &[&str]| stage.git(&path, words).ok().stdout;
        let files = ticket_files(&path).into_iter().map(|path| fs::read(path).unwrap_or_default());
        TestDesk {
            files: files.collect(),
            status: git(&["status", "--porcelain=v2", "--untracked-files=all"]),
            head: git(&["rev-parse", "HEAD"]),
        }
    }

    /// Runs the reply that every fault is tried with, after a prefix for the shell.
    fn reply(&self, before: &str, commits: bool) -> Outcome {
        let mut command = self.stage.sandbox.command("sh");
        let mode = if commits { "--commit" } else { "--no-commit" };
        // The text comes through a pipe, so that it is nowhere else.
        let script = format!("{before}\nprintf '%s' \"$TEXT\" | \"$PROGRAM\" reply {} -F - {mode} --json", self.ticket);
        command.args(["-c", &script]).env("TEXT", TEXT).env("PROGRAM", &self.stage.program);
        command.env("CASEBOOK_PATIENCE", "0");
        Running::start(command).finish()
    }

    /// Checks the desk after a command under a fault: done, or as before with the text kept. Returns whether it was.
    fn judge(&self, fault: &str, before: &TestDesk, outcome: &Outcome, told: &mut RunResult) -> bool {
        let said = format!("{:?}\n{}{}", outcome.code, outcome.stdout, outcome.stderr);
        let marks = Files::read(&self.stage.sandbox.path("")).marks;
        let is_there = marks.values().flatten().count();
        if outcome.code == Some(0) {
            told.expect(&format!("{fault}: done and there once"), is_there == 1, &said);
            return true;
        }
        told.expect(&format!("{fault}: a code and words for it"), matches!(outcome.code, Some(6 | 8)), &said);
        let error: serde_json::Value = serde_json::from_str(outcome.stderr.trim()).unwrap_or_default();
        let hint = error["error"]["hint"].as_str().unwrap_or_default();
        told.expect(&format!("{fault}: the error is data"), error["error"]["message"].is_string(), &said);
        told.expect(&format!("{fault}: everything is as before"), self.desk() == *before, &said);
        told.expect(&format!("{fault}: nothing of it is there"), is_there == 0, &said);
        let kept = hint.split("the text is kept in ").nth(1).map(|rest| rest.trim_end_matches('.').trim());
        let kept = kept.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let is_kept = kept.trim() == TEXT || outcome.stderr.contains(TEXT);
        told.expect(&format!("{fault}: the text is kept"), is_kept, &said);
        false
    }

    /// Checks that the next command works and no error is found.
    fn goes_on(&self, fault: &str, told: &mut RunResult) {
        let desk = self.stage.sandbox.path("");
        let next = self.stage.run(&desk, &["note", &self.ticket, "-m", "It goes on.", "--commit"]);
        told.expect(&format!("{fault}: the next command works"), next.code == Some(0), &next.stderr);
        let wrong = told.wrong.len();
        check_desk(&self.stage, &desk, told);
        if told.wrong.len() > wrong {
            told.wrong.insert(wrong, format!("behind {fault}"));
        }
    }

    fn hook(&self, script: &str) {
        let path = self.stage.sandbox.path(".git/hooks/pre-commit");
        crate::sandbox::put(&path, &format!("#!/bin/sh\n{script}\n"), false);
        drop(Command::new("chmod").arg("+x").arg(&path).status());
    }
}

/// Tries all of them: every size and room, or in a short form every so many of them, with a commit alone.
pub fn run(program: &Path, every: usize) -> RunResult {
    let mut told = RunResult::default();
    let modes: &[bool] = if every == 1 { &[true, false] } else { &[true] };
    for commits in modes.iter().copied() {
        sizes(program, every, commits, &mut told);
        full_disk(program, every, commits, &mut told);
        read_only(program, commits, &mut told);
    }
    hook(program, &mut told);
    dead_git(program, &mut told);
    clock(program, &mut told);
    told.said.sort();
    told.said.dedup();
    told
}

/// No file may grow past a size: `RLIMIT_FSIZE`, in blocks of 512 bytes, as an error and as a signal that kills.
fn sizes(program: &Path, every: usize, commits: bool, told: &mut RunResult) {
    for blocks in (0..12).step_by(every) {
        for (name, trap) in [("an error", "trap '' XFSZ"), ("a signal", "")] {
            let fault = format!("files of at most {blocks} blocks, {name}");
            let scene = Scene::new(program);
            let before = scene.desk();
            let outcome = scene.reply(&format!("{trap}\nulimit -f {blocks}"), commits);
            if outcome.code.is_some_and(|code| code < 128) {
                let done = scene.judge(&fault, &before, &outcome, told);
                count(told, "file size", done);
            } else {
                // Killed by the signal: as any kill, done by the next command or not at all.
                count(told, "file size, killed", false);
            }
            scene.goes_on(&fault, told);
        }
    }
}

fn count(told: &mut RunResult, what: &str, done: bool) {
    *told.counts.entry(format!("{what}: {}", if done { "done" } else { "as before" })).or_default() += 1;
}

/// Runs a script in its own mount namespace: as root, or as root of a user namespace.
fn may_mount() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["unshare", "-m"], &["unshare", "-r", "-m"]];
    let folder = tempfile::tempdir().ok()?;
    ways.into_iter().find(|way| {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path());
        command.output().is_ok_and(|output| output.status.success())
    })
}

/// The whole desk on a small file system, with less and less room on it.
fn full_disk(program: &Path, every: usize, commits: bool, told: &mut RunResult) {
    let Some(way) = may_mount() else {
        told.said.push("full disk: not tried, nothing can be mounted here".to_owned());
        return;
    };
    for free in (0..=ROOM).step_by(8 * 1024).skip(every - 1).step_by(every) {
        let fault = format!("a disk with {free} bytes left");
        let scene = Scene::new(program);
        let before = scene.desk();
        // The desk is copied to the small disk, gets the fault there, and is copied back as it is.
        let script = format!(
            "set -e; mkdir disk; mount -t tmpfs -o size=2m tmpfs disk; cp -a desk/. disk/; mount --bind disk desk\n\
            dd if=/dev/zero of=desk/.git/ballast bs=4096 2>/dev/null || true\n\
            size=$(stat -c %s desk/.git/ballast); truncate -s $((size - {free})) desk/.git/ballast\n\
            cd desk; set +e; printf '%s' \"$TEXT\" | \"$PROGRAM\" reply {ticket} -F - {mode} --json; code=$?\n\
            rm .git/ballast; cd ..; mkdir back; cp -a disk/. back/; umount desk; rm -rf desk; mv back desk; exit $code",
            ticket = scene.ticket,
            mode = if commits { "--commit" } else { "--no-commit" },
        );
        let outcome = in_namespace(&scene, way, &script);
        let done = scene.judge(&fault, &before, &outcome, told);
        count(told, "full disk", done);
        scene.goes_on(&fault, told);
    }
}

fn in_namespace(scene: &Scene, way: &[&str], script: &str) -> Outcome {
    let mut command = scene.stage.sandbox.command(way[0]);
    command.args(&way[1..]).args(["sh", "-c", script]).current_dir(scene.stage.sandbox.path(".."));
    command.env("TEXT", TEXT).env("PROGRAM", &scene.stage.program);
    Running::start(command).finish()
}

/// Read-only folders: the tickets only, the git directory only, and all of it.
fn read_only(program: &Path, commits: bool, told: &mut RunResult) {
    let Some(way) = may_mount() else {
        told.said.push("read-only: not tried, nothing can be mounted here".to_owned());
        return;
    };
    for folder in ["tickets", ".git/objects", ".git", "."] {
        let fault = format!("a read-only {folder}");
        let scene = Scene::new(program);
        let before = scene.desk();
        let script = format!(
            "mount --bind desk/{folder} desk/{folder}; mount -o remount,ro,bind desk/{folder}; cd desk\n\
            printf '%s' \"$TEXT\" | \"$PROGRAM\" reply {} -F - {} --json",
            scene.ticket,
            if commits { "--commit" } else { "--no-commit" },
        );
        let outcome = in_namespace(&scene, way, &script);
        let done = scene.judge(&fault, &before, &outcome, told);
        count(told, "read-only", done);
        scene.goes_on(&fault, told);
    }
}

/// A hook that fails: an exit code, and a signal.
fn hook(program: &Path, told: &mut RunResult) {
    for script in ["echo not today >&2; exit 1", "kill -9 $$"] {
        let scene = Scene::new(program);
        let before = scene.desk();
        scene.hook(script);
        let outcome = scene.reply("", true);
        let done = scene.judge("a hook that fails", &before, &outcome, told);
        told.expect("a hook that fails: refused", !done, "");
        count(told, "hook", done);
        scene.hook("exit 0");
        scene.goes_on("a hook that fails", told);
    }
}

/// git is killed while it holds its lock: this command reports it, the next one names the lock and the repair.
fn dead_git(program: &Path, told: &mut RunResult) {
    let scene = Scene::new(program);
    let before = scene.desk();
    scene.hook("kill -9 $PPID");
    let outcome = scene.reply("", true);
    let lock = scene.stage.sandbox.path(".git/index.lock");
    told.expect("a git that died left its lock", lock.exists(), "");
    let done = scene.judge("a git that died", &before, &outcome, told);
    count(told, "git killed with its lock", done);
    scene.hook("exit 0");
    let outcome = scene.reply("", true);
    scene.judge("the lock of a git that died", &before, &outcome, told);
    told.expect("the lock is named", outcome.stderr.contains("index.lock"), &outcome.stderr);
    drop(fs::remove_file(&lock));
    scene.goes_on("the lock of a git that died", told);
}

/// The clock jumps back a day, which an audit tolerates: new entries come after those that are there.
fn clock(program: &Path, told: &mut RunResult) {
    let scene = Scene::new(program);
    let desk = scene.stage.sandbox.path("");
    let before = scene.desk();
    let outcome = scene.reply("export CASEBOOK_NOW=2026-11-20T09:01:00Z", true);
    let done = scene.judge("a clock that jumps back", &before, &outcome, told);
    told.expect("a clock that jumps back: done all the same", done, &outcome.stderr);
    count(told, "clock a day back", done);
    let files = Files::read(&desk);
    let grow = |ids: &Vec<String>| ids.windows(2).all(|pair| pair[0] < pair[1]);
    told.expect("a clock that jumps back: ids increase", files.entries.values().all(grow), "");
    scene.goes_on("a clock that jumps back", told);
}
