//! Crashes during a command: readers see all of it or nothing, and the next writer finishes or rolls it back.

mod recovery;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::fixtures::desk::{Tree, copy, desk, wait_for};
use crate::fixtures::sandbox::{Outcome, Running, Sandbox};

/// The command under test always runs at this instant with this seed, so that it always writes the same bytes.
const SAME: [(&str, &str); 2] = [("CASEBOOK_NOW", "2026-11-25T12:00:00Z"), ("CASEBOOK_SEED", "4711")];
/// More steps than any command has.
const ENDLESS: usize = 60;

/// A desk, and the command that will be killed on it.
struct Scene {
    sandbox: Sandbox,
    /// The command, without `--commit` or `--no-commit`.
    command: Vec<String>,
    /// The tickets it may change.
    tickets: Vec<String>,
    /// A ticket it has nothing to do with.
    bystander: String,
    commit: bool,
}

/// The output of readers: each ticket, the list, and the check.
#[derive(Debug, PartialEq)]
struct Seen {
    shown: BTreeMap<String, serde_json::Value>,
    list: serde_json::Value,
    check: String,
}

impl Scene {
    fn new(commit: bool, prepare: impl FnOnce(&Sandbox, &[String]) -> Vec<String>) -> Self {
        let sandbox = desk();
        let tickets: Vec<String> =
            ["Tiles time out", "Tiles again", "Tiles, still"].map(|subject| sandbox.opened(subject, &[])).into();
        let bystander = sandbox.opened("Something else", &[]);
        let command = prepare(&sandbox, &tickets);
        Self { sandbox, command, tickets, bystander, commit }
    }

    /// Goes to a new copy of the desk.
    fn fresh(&mut self, name: &str) {
        let root = self.sandbox.root().join("story");
        copy(&root.join("desk"), &root.join(name));
        self.sandbox.go_to(root.join(name));
    }

    fn run(&self, variables: &[(&str, &str)]) -> Outcome {
        let mut words: Vec<&str> = self.command.iter().map(String::as_str).collect();
        words.push(if self.commit { "--commit" } else { "--no-commit" });
        self.sandbox.run_under(&[SAME.as_slice(), variables].concat(), &words)
    }

    /// Returns the output of readers. Reading changes neither the work tree nor the state directory.
    #[track_caller]
    fn seen(&self) -> Seen {
        let before = (self.sandbox.work_tree(), self.sandbox.state());
        let list = self
            .sandbox
            .run_under(&SAME, &["list", "--all", "--json=id,path,version,status,merged_from,cc"])
            .ok()
            .json();
        let ids = list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        let shown = ids.map(|id| (id.clone(), self.sandbox.shown(&id))).collect();
        let check = self.sandbox.run(&["check"]).ok().stdout;
        assert_eq!((self.sandbox.work_tree(), self.sandbox.state()), before, "a reader changed something");
        Seen { shown, list, check }
    }

    /// Returns the number of commits that name this entry.
    fn commits_of(&self, entry: &str) -> usize {
        let log = self.sandbox.git(&["log", "--format=%H", "--fixed-strings", &format!("--grep=Entry: {entry}")]);
        log.ok().stdout.lines().count()
    }

    /// Asserts that after the next write, the killed command is done completely or not at all.
    #[track_caller]
    fn assert_mended(&self, why: &str, old: &Tree, new: &Tree, commits: usize, entry: &str) {
        let note = ["note", &self.bystander, "-m", "Noted.", if self.commit { "--commit" } else { "--no-commit" }];
        self.sandbox.run_under(&[("CASEBOOK_PATIENCE", "5")], &note).ok();
        let mut now = self.sandbox.work_tree();
        let (mut old, mut new) = (old.clone(), new.clone());
        for tree in [&mut now, &mut old, &mut new] {
            tree.retain(|path, _| !path.contains(&self.bystander));
        }
        let done = now == new;
        assert!(done || now == old, "{why}: neither done nor undone");
        assert!(self.sandbox.run(&["check"]).ok().stdout.contains("0 errors"), "{why}");
        self.sandbox.assert_tidy(why);
        if self.commit {
            assert_eq!(self.sandbox.commits(), commits + 1 + usize::from(done), "{why}");
            assert_eq!(self.commits_of(entry), usize::from(done), "{why}");
            assert_eq!(self.sandbox.status(), "", "{why}");
        } else {
            assert_eq!(self.sandbox.commits(), commits, "{why}");
            assert!(!self.sandbox.status().is_empty(), "{why}");
        }
    }
}

/// Kills the command at its first step, its second, and so on until it ends by itself; returns the number of steps.
#[track_caller]
fn killed_at_every_step(mut scene: Scene) -> usize {
    let before = scene.seen();
    let (old, commits) = (scene.sandbox.work_tree(), scene.sandbox.commits());
    scene.fresh("whole");
    scene.run(&[]).ok();
    let (after, new) = (scene.seen(), scene.sandbox.work_tree());
    assert_ne!(old, new, "the command does nothing");
    let entry =
        after.shown.iter().find(|(id, ticket)| before.shown.get(*id) != Some(ticket)).unwrap().1["version"].clone();
    for step in 1..ENDLESS {
        let why = format!("killed at step {step}");
        scene.fresh(&format!("step{step}"));
        let outcome = scene.run(&[("CASEBOOK_KILLED_AT", &format!("*:{step}"))]);
        if outcome.code.is_some() {
            outcome.ok();
            assert_eq!(scene.sandbox.work_tree(), new);
            return step - 1;
        }
        let seen = scene.seen();
        assert!(seen == before || seen == after, "{why}: readers see half a command\n{seen:#?}");
        scene.assert_mended(&why, &old, &new, commits, entry.as_str().unwrap());
    }
    panic!("the command never ends");
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn reply(sandbox: &Sandbox, tickets: &[String]) -> Vec<String> {
    let _ = sandbox;
    words(&["reply", &tickets[0], "-m", "Which release?\n\nAnd since when?"])
}

fn open(_: &Sandbox, _: &[String]) -> Vec<String> {
    words(&["open", "-s", "A new one", "--requester", "bo@acme.example", "-m", "Help."])
}

fn merge(_: &Sandbox, tickets: &[String]) -> Vec<String> {
    words(&["merge", &tickets[0], &tickets[1], "--into", &tickets[2]])
}

fn unmerge(sandbox: &Sandbox, tickets: &[String]) -> Vec<String> {
    sandbox.run(&["merge", &tickets[0], "--into", &tickets[2]]).ok();
    words(&["reopen", &tickets[0], "--unmerge", "-m", "Two different things after all."])
}

fn reply_to_merged(sandbox: &Sandbox, tickets: &[String]) -> Vec<String> {
    sandbox.run(&["merge", &tickets[0], "--into", &tickets[1]]).ok();
    sandbox.run(&["merge", &tickets[1], "--into", &tickets[2]]).ok();
    words(&["reply", &tickets[0], "--as", "ana@acme.example", "-m", "It goes on."])
}

/// Steps besides those of the files: begun, locked, decided, journal, noted (twice), journalled, filed, committed, ended.
const STEPS_WITH_JOURNAL: usize = 10;
/// Steps if only one file changes: begun, locked, decided, filed, committed, ended.
const STEPS_ALONE: usize = 6;
/// Steps with a fast commit, which adds: index locked, objects, branch.
const STEPS_WITH_COMMIT: usize = STEPS_WITH_JOURNAL + 3;
/// Steps for each file: written, moved, renamed.
const STEPS_PER_FILE: usize = 3;

#[test]
fn a_killed_reply_with_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(true, reply)), STEPS_WITH_COMMIT + STEPS_PER_FILE);
}

#[test]
fn a_killed_reply_without_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(false, reply)), STEPS_ALONE + STEPS_PER_FILE);
}

#[test]
fn a_killed_merge_of_three_with_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(true, merge)), STEPS_WITH_COMMIT + 3 * STEPS_PER_FILE);
}

#[test]
fn a_killed_merge_of_three_without_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(false, merge)), STEPS_WITH_JOURNAL + 3 * STEPS_PER_FILE);
}

#[test]
fn a_killed_unmerge_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(true, unmerge)), STEPS_WITH_COMMIT + 2 * STEPS_PER_FILE);
}

#[test]
fn a_killed_reply_to_a_merged_ticket_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(true, reply_to_merged)), STEPS_WITH_COMMIT + 2 * STEPS_PER_FILE);
}

#[test]
fn a_killed_opening_with_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(true, open)), STEPS_WITH_COMMIT + STEPS_PER_FILE);
}

#[test]
fn a_killed_opening_without_commit_is_all_or_nothing() {
    assert_eq!(killed_at_every_step(Scene::new(false, open)), STEPS_ALONE + STEPS_PER_FILE);
}

#[test]
fn a_killed_recovery_is_finished_by_the_next_one() {
    let mut scene = Scene::new(true, merge);
    let (old, commits) = (scene.sandbox.work_tree(), scene.sandbox.commits());
    scene.fresh("whole");
    scene.run(&[]).ok();
    let (after, new) = (scene.seen(), scene.sandbox.work_tree());
    let entry = after.shown[&scene.tickets[0]]["version"].as_str().unwrap().to_owned();
    for step in ["written:1", "renamed:1", "written:2", "renamed:3", "index locked", "branch", "recovered", "locked"] {
        scene.fresh(&format!("step-{step}"));
        scene.run(&[("CASEBOOK_KILLED_AT", "journalled")]).killed();
        let note = ["note", &scene.bystander, "-m", "This one is killed as well."];
        scene.sandbox.run_under(&[("CASEBOOK_KILLED_AT", step)], &note).killed();
        assert_eq!(scene.seen(), after, "{step}");
        scene.assert_mended(step, &old, &new, commits, &entry);
        assert_eq!(scene.sandbox.shown(&scene.tickets[0])["version"], entry.as_str());
    }
}

#[test]
fn a_killed_rollback_is_finished_by_the_next_one() {
    for step in ["back:1", "back:2", "back:3"] {
        let scene = Scene::new(true, merge);
        let (old, commits) = (scene.sandbox.work_tree(), scene.sandbox.commits());
        scene.sandbox.hook("pre-commit", "exit 1");
        scene.run(&[("CASEBOOK_KILLED_AT", step)]).killed();
        let note = ["note", &scene.bystander, "-m", "Noted.", "--no-commit"];
        let told = scene.sandbox.run(&note).ok();
        assert!(told.stderr.contains("was undone, because git refused it: Merge "), "{}", told.stderr);
        let mut now = scene.sandbox.work_tree();
        now.retain(|path, _| !path.contains(&scene.bystander));
        assert!(now.iter().all(|(path, bytes)| old[path] == *bytes), "{step}");
        assert_eq!(scene.sandbox.commits(), commits);
        scene.sandbox.assert_tidy(step);
    }
}

#[test]
fn new_bytes_on_another_file_system_are_never_left_in_the_work_tree() {
    let other = std::env::temp_dir();
    let sandbox = desk();
    let device = |path: &std::path::Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    if device(&other) == device(&sandbox.path(".")) {
        eprintln!("skipped: {} is no other file system than the sandbox's", other.display());
        return;
    }
    let ticket = sandbox.opened("Tiles time out", &[]);
    let folder = tempfile::tempdir_in(&other).unwrap();
    let tree = folder.path().join("desk");
    sandbox.git(&["worktree", "add", "-q", tree.to_str().unwrap()]).ok();
    let desk = tree.to_str().unwrap();
    for (there, mode) in [(1, "--commit"), (2, "--no-commit")] {
        let reply = ["-C", desk, "reply", &ticket, "-m", "Which release?", mode];
        sandbox.run_under(&[("CASEBOOK_KILLED_AT", "written")], &reply).killed();
        let seen = sandbox.run(&["-C", desk, "list"]).ok();
        assert_eq!((seen.stdout.lines().count(), seen.stderr.as_str()), (there, ""));
        sandbox.run(&["-C", desk, "check"]).ok();
        sandbox.run(&["-C", desk, "open", "-q", "-s", "Next", "-m", "Next.", mode]).ok();
        let hidden = crate::fixtures::desk::tree(&tree).into_keys().filter(|path| path.contains("casebook-new"));
        assert_eq!(hidden.collect::<Vec<_>>(), Vec::<String>::new());
        sandbox.git(&["-C", desk, "add", "."]).ok();
        sandbox.git(&["-C", desk, "commit", "-q", "--allow-empty", "-m", "All of it"]).ok();
    }
}
