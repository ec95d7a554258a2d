//! Recovery after a crash: when git lives on, when git was killed, and when files were edited since.

use super::*;

/// A hook that kills the program that runs git.
const KILL_CASEBOOK: &str =
    "kill -9 $(awk '/^PPid:/ { print $2 }' /proc/$PPID/status 2>/dev/null || ps -o ppid= -p $PPID)";

#[test]
fn a_commit_that_outlives_its_command_is_not_made_twice() {
    for opens in [false, true] {
        let scene = Scene::new(true, if opens { open } else { reply });
        let commits = scene.sandbox.commits();
        let go = scene.sandbox.root().join("go");
        // git continues after casebook was killed, and waits until the next writer runs.
        let wait = format!("{KILL_CASEBOOK}\nwhile ! test -e {}; do sleep 0.05; done", go.display());
        scene.sandbox.hook("pre-commit", &wait);
        scene.run(&[]).killed();
        // The shell has already read the running hook; the next writer's git finds none.
        scene.sandbox.unhook("pre-commit");
        let next = scene.sandbox.spawn(&["note", &scene.bystander, "-m", "Noted.", "--commit"]);
        wait_for(|| {
            scene.sandbox.git(&["status"]).code.is_some() && scene.sandbox.path(".git/casebook/message").exists()
        });
        fs::write(&go, "").unwrap();
        let told = next.finish().ok();
        assert!(told.stderr.contains("an interrupted command was completed: "), "{}", told.stderr);
        wait_for(|| !scene.sandbox.path(".git/index.lock").exists());
        assert_eq!((scene.sandbox.commits(), scene.sandbox.status().as_str()), (commits + 2, ""));
        scene.sandbox.run(&["check"]).ok();
        scene.sandbox.assert_tidy("after a git that was left alone");
    }
}

#[test]
fn a_writer_that_does_not_wait_leaves_a_running_commit_alone() {
    let scene = Scene::new(true, reply);
    let commits = scene.sandbox.commits();
    let go = scene.sandbox.root().join("go");
    scene
        .sandbox
        .hook("pre-commit", &format!("{KILL_CASEBOOK}\nwhile ! test -e {}; do sleep 0.05; done", go.display()));
    scene.run(&[]).killed();
    let note = ["note", &scene.bystander, "-m", "Noted.", "--commit", "--json"];
    let error = scene.sandbox.run_under(&[("CASEBOOK_PATIENCE", "0")], &note).fails(8).error();
    assert_eq!(error["code"], "git.locked");
    scene.sandbox.unhook("pre-commit");
    fs::write(&go, "").unwrap();
    wait_for(|| !scene.sandbox.path(".git/index.lock").exists());
    scene.sandbox.run(&note).ok();
    assert_eq!((scene.sandbox.commits(), scene.sandbox.status().as_str()), (commits + 2, ""));
}

#[test]
fn a_git_that_is_killed_before_its_commit_leaves_the_files_as_before() {
    let scene = Scene::new(true, reply);
    let (old, commits) = (scene.sandbox.work_tree(), scene.sandbox.commits());
    scene.sandbox.hook("pre-commit", "kill -9 $PPID");
    let error = scene
        .sandbox
        .run_under(&[("CASEBOOK_PATIENCE", "0")], &["reply", &scene.tickets[0], "-m", "Which release?", "--json"])
        .fails(8)
        .error();
    assert_eq!(error["code"], "git.failed");
    assert!(error["message"].as_str().unwrap().contains("signal"), "{error}");
    assert_eq!(scene.sandbox.work_tree(), old);
    scene.sandbox.unhook("pre-commit");
    // As git's own message says, the lock of a crashed git is removed by hand.
    fs::remove_file(scene.sandbox.path(".git/index.lock")).unwrap();
    assert_eq!(scene.sandbox.status(), "");
    scene.run(&[]).ok();
    assert_eq!((scene.sandbox.commits(), scene.sandbox.status().as_str()), (commits + 1, ""));
}

#[test]
fn a_git_that_is_killed_after_its_commit_has_made_it() {
    for (hook, script) in [
        ("post-commit", "kill -9 $PPID"),
        ("reference-transaction", "if test \"$1\" = committed; then kill -9 $PPID; fi"),
    ] {
        let scene = Scene::new(true, reply);
        let commits = scene.sandbox.commits();
        scene.sandbox.hook(hook, script);
        scene.run(&[("CASEBOOK_PATIENCE", "0")]).ok();
        scene.sandbox.unhook(hook);
        let _only_where_git_left_it = fs::remove_file(scene.sandbox.path(".git/index.lock"));
        assert_eq!(scene.sandbox.commits(), commits + 1, "{hook}");
        assert_eq!(scene.sandbox.git(&["diff", "HEAD", "--stat"]).ok().stdout, "", "{hook}");
        assert_eq!(scene.sandbox.shown(&scene.tickets[0])["status"], "awaiting_reply");
    }
}

/// Kills a command, edits one of its files, and returns the outcome of the next write.
fn edited_after(scene: &Scene, step: &str, ticket: &str, mode: &str) -> String {
    scene.run(&[("CASEBOOK_KILLED_AT", step)]).killed();
    let path = scene.file(ticket);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("# Edited by hand.\n{text}")).unwrap();
    let told = scene.sandbox.run(&["note", &scene.bystander, "-m", "Noted.", mode]).ok().stderr;
    let now = fs::read_to_string(&path).unwrap();
    assert_eq!(now, format!("# Edited by hand.\n{text}"), "{step}: the edit is lost");
    assert!(told.contains(&format!("{ticket}.yaml")), "{step}: the file is not named: {told}");
    scene.sandbox.run(&["check"]).ok();
    told
}

impl Scene {
    fn file(&self, ticket: &str) -> PathBuf {
        let path = |path: &String| path.contains(ticket);
        self.sandbox.path(self.sandbox.work_tree().into_keys().find(path).unwrap())
    }
}

#[test]
fn an_edit_between_the_crash_and_the_next_write_survives_and_is_reported() {
    let scene = Scene::new(true, reply);
    let commits = scene.sandbox.commits();
    let ticket = scene.tickets[0].clone();
    let told = edited_after(&scene, "journalled", &ticket, "--commit");
    assert!(told.contains("was undone"), "{told}");
    assert_eq!(scene.sandbox.commits(), commits + 1, "the edit, or a reply that is not there, was committed");
    let kept = told.lines().find_map(|line| line.strip_prefix("  its text is kept in ")).unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), "Which release?\n\nAnd since when?\n");
    assert_eq!(scene.sandbox.shown(&ticket)["status"], "open");
    assert!(scene.sandbox.status().contains(&ticket), "the edit stays uncommitted");
}

#[test]
fn an_edit_of_a_file_that_was_written_already_survives_with_the_entry() {
    let scene = Scene::new(true, reply);
    let commits = scene.sandbox.commits();
    let ticket = scene.tickets[0].clone();
    let told = edited_after(&scene, "filed", &ticket, "--commit");
    assert!(told.contains("was completed: Reply to"), "{told}");
    assert_eq!(scene.sandbox.shown(&ticket)["status"], "awaiting_reply");
    assert_eq!((scene.sandbox.commits(), scene.sandbox.status().as_str()), (commits + 2, ""));
}

#[test]
fn an_edit_after_the_commit_stays_uncommitted() {
    let scene = Scene::new(true, reply);
    let commits = scene.sandbox.commits();
    let ticket = scene.tickets[0].clone();
    let told = edited_after(&scene, "committed", &ticket, "--commit");
    assert!(told.contains("was completed: Reply to"), "{told}");
    assert_eq!(scene.sandbox.commits(), commits + 2);
    assert!(scene.sandbox.status().contains(&ticket), "the edit stays uncommitted");
}

#[test]
fn an_edit_during_a_merge_rolls_it_back() {
    for mode in [true, false] {
        let scene = Scene::new(mode, merge);
        let last = scene.tickets[2].clone();
        let told = edited_after(&scene, "renamed:1", &last, if mode { "--commit" } else { "--no-commit" });
        assert!(told.contains("was undone"), "{told}");
        for ticket in &scene.tickets {
            assert_eq!(scene.sandbox.shown(ticket)["status"], "open");
        }
    }
}

#[test]
fn recovery_is_reported_even_if_the_next_command_is_refused() {
    let scene = Scene::new(true, reply);
    scene.run(&[("CASEBOOK_KILLED_AT", "filed")]).killed();
    let told = scene.sandbox.run(&["resume", &scene.bystander]).fails(4).stderr;
    assert!(told.contains("an interrupted command was completed: Reply to"), "{told}");
}

#[test]
fn an_edit_during_the_write_is_not_overwritten_and_the_command_fails() {
    for mode in [true, false] {
        let scene = Scene::new(mode, reply);
        let mut words: Vec<&str> = scene.command.iter().map(String::as_str).collect();
        words.push(if mode { "--commit" } else { "--no-commit" });
        let mut command = scene.sandbox.program(&words);
        command.env("CASEBOOK_STOPPED_AT", "decided");
        let running = Running::start(command);
        running.stands_still();
        let path = scene.file(&scene.tickets[0]);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"# Edited by hand.\n").unwrap();
        let edited = scene.sandbox.work_tree();
        let told = running.goes_on().finish().fails(6).stderr;
        assert!(told.contains(&scene.tickets[0]), "{told}");
        assert_eq!(scene.sandbox.work_tree(), edited);
    }
}

#[test]
fn a_crash_before_git_init_is_recovered_after_it() {
    let sandbox = desk();
    let (one, other) = (sandbox.opened("One", &[]), sandbox.opened("Other", &[]));
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    let merge = ["merge", &one, "--into", &other, "--no-commit"];
    sandbox.run_under(&[("CASEBOOK_KILLED_AT", "journalled")], &merge).killed();
    assert!(sandbox.path(".casebook/journal").exists());
    sandbox.git(&["init", "-q"]).ok();
    // A file in the work tree may have come with a clone, so only a person may use it.
    sandbox.run(&["note", &other, "-m", "Noted.", "--no-commit"]).ok();
    assert_eq!(sandbox.shown(&one)["status"], "open");
    let ill = sandbox.run(&["doctor", "--json"]).fails(1).json();
    let named = ill.as_array().unwrap().iter().find(|found| found["check"] == "journal").unwrap().clone();
    assert_eq!(named["state"], "wrong");
    assert!(named["message"].as_str().unwrap().contains(".casebook/journal"), "{named}");
    let way_out = named["hint"].as_str().unwrap().lines().next().unwrap().to_owned();
    sandbox.shell(&way_out).ok();
    let told = sandbox.run(&["note", &one, "-m", "Noted.", "--no-commit"]).ok();
    assert!(told.stderr.contains("an interrupted command"), "{}", told.stderr);
    assert!(!sandbox.run(&["doctor"]).fails(1).stdout.contains(".casebook/"));
    sandbox.run(&["check"]).ok();
}
