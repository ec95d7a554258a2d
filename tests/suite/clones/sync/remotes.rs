//! `sync` and its remote: what the remote has, what is pushed to it, and reports of what it refuses.

use super::everything;
use crate::fixtures::clones::{Clones, actions};
use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::terminal::on_a_terminal;

#[test]
fn the_remote_is_asked_for_its_commits() {
    let mut clones = Clones::new(&["a"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    assert_eq!(sandbox.run(&["sync"]).ok().stdout, "origin/main: nothing new\n");
    // Another remote, without commits.
    sandbox.git(&["init", "-q", "--bare", "../empty.git"]).ok();
    sandbox.git(&["remote", "set-url", "origin", "../empty.git"]).ok();
    let foreseen = sandbox.run(&["sync", "-n"]).ok();
    assert!(foreseen.stderr.contains("origin had no branch main; it would be created"), "{}", foreseen.stderr);
    let told = sandbox.run(&["sync"]).ok();
    assert!(told.stderr.contains("origin had no branch main; it was created"), "{}", told.stderr);
    assert!(told.stdout.starts_with("origin/main: 0 commits received, "), "{}", told.stdout);
    let there = sandbox.git(&["--git-dir", "../empty.git", "rev-parse", "main"]).ok().stdout;
    assert_eq!(there, sandbox.git(&["rev-parse", "HEAD"]).ok().stdout);
    // A branch that was deleted on the remote; the other remote-tracking branches stay.
    sandbox.git(&["push", "-q", "origin", "HEAD:other"]).ok();
    sandbox.git(&["--git-dir", "../empty.git", "update-ref", "-d", "refs/heads/main"]).ok();
    let told = sandbox.run(&["sync"]).ok();
    assert!(told.stderr.contains("it was created"), "{}", told.stderr);
    sandbox.git(&["rev-parse", "--verify", "refs/remotes/origin/other"]).ok();
    assert_eq!(sandbox.run(&["sync"]).ok().stdout, "origin/main: nothing new\n");
    // The remote was rewound: the commits of this clone are pushed again, and this is reported.
    sandbox.run(&["note", &ticket, "-m", "x"]).ok();
    sandbox.run(&["sync"]).ok();
    sandbox.git(&["--git-dir", "../empty.git", "update-ref", "refs/heads/main", "refs/heads/main~1"]).ok();
    let told = sandbox.run(&["sync"]).ok();
    assert!(
        told.stderr.contains("origin/main was rewritten: 1 commit is gone since the last fetch"),
        "{}",
        told.stderr
    );
    assert_eq!(sandbox.run(&["sync"]).ok().stderr, "");
}

#[test]
fn commits_are_checked_before_a_push_and_not_the_work_tree() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    let path = sandbox.file_of(&ticket);
    let sound = sandbox.read(&path);
    let damaged = sound.replace("status: open", "status: solved");
    std::fs::write(&path, &damaged).unwrap();
    sandbox.git(&["commit", "-qam", "By hand"]).ok();
    sandbox.run(&["check", "--fix", "--no-commit"]).ok();
    assert_eq!(sandbox.read(&path), sound);
    for way in [&["sync", "-n"][..], &["sync"]] {
        let told = sandbox.run(way).fails(1);
        assert!(told.stderr.contains("`status` in the header"), "{}", told.stderr);
    }
    let there = || sandbox.git(&["--git-dir", "../hub.git", "rev-parse", "main"]).ok().stdout;
    assert_ne!(there(), sandbox.git(&["rev-parse", "HEAD"]).ok().stdout);
    sandbox.git(&["commit", "-qam", "Mended"]).ok();
    sandbox.run(&["sync"]).ok();
    // The other way round: damage that is not committed keeps nothing back.
    let other = sandbox.opened("More", &["--commit"]);
    std::fs::write(&path, &damaged).unwrap();
    let told = sandbox.run(&["sync"]).ok();
    assert_eq!(told.stdout, "origin/main: 0 commits received, 1 commit sent\n");
    // An error that the remote already has does not prevent a push.
    sandbox.git(&["commit", "-qam", "By hand again"]).ok();
    sandbox.git(&["push", "-q"]).ok();
    clones.at("b").run(&["sync"]).ok();
    clones.sandbox.run(&["note", &other, "-m", "From b."]).ok();
    assert_eq!(clones.sandbox.run(&["sync"]).ok().stdout, "origin/main: 0 commits received, 1 commit sent\n");
    clones.sandbox.run(&["check"]).fails(1);
}

#[test]
fn ignored_files_are_not_overwritten() {
    let mut clones = Clones::new(&["a", "b", "c"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    for path in ["notes.txt", "deep/er/notes.txt", "flat"] {
        sandbox.write(path, "theirs\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Notes"]).ok();
    sandbox.run(&["sync"]).ok();
    for name in ["b", "c"] {
        let sandbox = clones.at(name);
        if name == "c" {
            sandbox.run(&["note", &ticket, "-m", "From c."]).ok();
        }
        sandbox.write(".git/info/exclude", "notes.txt\ndeep\nflat\n");
        let refused = |path: &str| {
            let before = everything(sandbox);
            for way in [&["sync", "-n", "--json"][..], &["sync", "--json"]] {
                let error = sandbox.run(way).fails(4).error();
                assert!(error["message"].as_str().unwrap().contains(path), "{error}");
            }
            assert_eq!(everything(sandbox), before);
            assert_eq!(sandbox.read(path), "mine\n");
            sandbox.shell("rm -r notes.txt deep flat 2>/dev/null; true").ok();
        };
        // A file in the place of an incoming file or folder, and a folder in the place of a file.
        for path in ["notes.txt", "deep", "flat/mine.txt"] {
            sandbox.write(path, "mine\n");
            refused(path);
        }
        sandbox.write("notes.txt", "theirs\n");
        sandbox.run(&["sync"]).ok();
        assert_eq!(sandbox.read("deep/er/notes.txt"), "theirs\n");
    }
}

#[test]
fn a_refusal_of_the_remote_is_reported_as_it_is() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["note", &ticket, "-m", "From a."]).ok();
    clones.sandbox.run(&["sync"]).ok();
    let sandbox = clones.at("b");
    sandbox.run(&["note", &ticket, "-m", "From b."]).ok();
    sandbox.write("../hub.git/hooks/pre-receive", "#!/bin/sh\necho the desk is closed >&2\nexit 1\n");
    sandbox.shell("chmod +x ../hub.git/hooks/pre-receive").ok();
    let error = sandbox.run(&["sync", "--json"]).fails(8).error();
    let hint = error["hint"].as_str().unwrap();
    assert!(error["message"].as_str().unwrap().contains("the desk is closed"), "{error}");
    assert!(hint.contains("1 commit from the remote was merged here; nothing of yours was sent"), "{hint}");
    assert_eq!(actions(sandbox, &ticket), ["open", "note", "note"]);
    sandbox.git(&["diff", "--quiet", "HEAD"]).ok();
    // Nothing was fetched this time.
    assert!(sandbox.run(&["sync"]).fails(8).stderr.contains("your commits and files are unchanged"));
}

/// A clone whose remote never answers; the transport writes its process ids to a file.
fn clone_of_a_silent_remote() -> Clones {
    let mut clones = Clones::new(&["a"]);
    let sandbox = clones.at("a");
    sandbox.git(&["remote", "set-url", "origin", "ssh://user@desk.example/hub.git"]).ok();
    sandbox.write("../asked.sh", "#!/bin/sh\necho $$ >../asked\nsleep 600 & echo $! >>../asked; wait\n");
    sandbox.shell("chmod +x ../asked.sh").ok();
    clones
}

fn nothing_talks_any_more(sandbox: &Sandbox) {
    let asked = sandbox.read("../asked");
    assert_eq!(asked.lines().count(), 2, "{asked}");
    for process in asked.lines() {
        let state = sandbox.shell(&format!("ps -o stat= -p {process} || true")).ok().stdout;
        assert!(state.trim().is_empty() || state.starts_with('Z'), "{process}: {state}");
    }
}

#[test]
fn the_transport_ends_with_git_on_a_terminal() {
    let mut clones = clone_of_a_silent_remote();
    let sandbox = clones.at("a");
    sandbox.git(&["config", "core.sshCommand", &sandbox.path("../asked.sh").to_string_lossy()]).ok();
    // When the leader of a terminal ends, its whole session does, so the shell looks before that.
    let look =
        format!("{} sync --deadline 2; ps -o stat= -p $(paste -sd, ../asked); true", env!("CARGO_BIN_EXE_casebook"));
    let Some(synced) = on_a_terminal(sandbox, &["sh", "-c", &look], &[]) else { return };
    let told: Vec<&str> = synced.stdout.lines().collect();
    assert!(told.iter().any(|line| line.contains("did not answer")), "{}", synced.stdout);
    assert!(!told.iter().any(|line| line.starts_with(['S', 'R', 'D'])), "{}", synced.stdout);
    nothing_talks_any_more(sandbox);
}

#[test]
fn the_transport_ends_with_git_without_a_terminal() {
    let mut clones = clone_of_a_silent_remote();
    let sandbox = clones.at("a");
    let mut command = sandbox.program(&["sync", "--deadline", "2", "--json"]);
    command.env("GIT_SSH_COMMAND", sandbox.path("../asked.sh"));
    // Without a terminal, as from cron or a service.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let error = crate::fixtures::sandbox::Running::start(command).finish().fails(8).error();
    assert_eq!(error["code"], "git.unanswered");
    nothing_talks_any_more(sandbox);
}

#[test]
fn errors_that_were_fetched_are_reported_and_do_not_prevent_the_sync() {
    let mut clones = Clones::new(&["a", "b"]);
    let sandbox = clones.at("a");
    let path = sandbox.git(&["ls-files", "tickets"]).ok().stdout.trim().to_owned();
    sandbox.write(&path, &sandbox.read(&path).replace("status: open", "status: solved"));
    sandbox.git(&["commit", "-qam", "By hand"]).ok();
    // No guard is there to refuse it.
    sandbox.git(&["push", "-q"]).ok();
    let sandbox = clones.at("b");
    let other = sandbox.opened("Maps", &[]);
    let planned = sandbox.run(&["sync", "-n"]).ok().stderr;
    assert!(planned.contains(&format!("{path}:")) && planned.contains("CB101"), "{planned}");
    let came = sandbox.run(&["sync", "--json"]).ok();
    let told = &came.json()["broken"];
    assert_eq!((&told[0]["code"], &told[0]["file"]), (&"CB101".into(), &path.as_str().into()));
    assert_eq!((&came.json()["errors"], told.as_array().unwrap().len()), (&0.into(), 1));
    assert!(came.stderr.contains("CB101 (header.differs) received with an error"), "{came:?}");
    assert!(came.stderr.contains("`casebook check` lists all errors"), "{came:?}");
    assert_eq!(sandbox.run(&["sync"]).ok().stderr, "", "it is told once");
    clones.at("a").run(&["sync"]).ok();
    assert_eq!(actions(&clones.sandbox, &other), ["open"], "what was made meanwhile has gone");
}

#[test]
fn a_detached_head_is_synchronized_with_a_named_branch() {
    let mut clones = Clones::new(&["a", "robot"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["note", &ticket, "-m", "Known."]).ok();
    clones.at("a").run(&["sync"]).ok();
    let sandbox = clones.at("robot");
    sandbox.git(&["checkout", "-q", "--detach"]).ok();
    sandbox.run(&["note", &ticket, "-m", "Seen."]).ok();
    assert!(sandbox.run(&["sync"]).fails(4).stderr.contains("casebook sync --branch main"));
    assert_eq!(
        sandbox.run(&["sync", "--branch", "main"]).ok().stdout,
        "origin/main: 1 commit received, 2 commits sent\n"
    );
    let there = sandbox.git(&["--git-dir", "../hub.git", "rev-parse", "main"]).ok().stdout;
    assert_eq!(there, sandbox.git(&["rev-parse", "HEAD"]).ok().stdout);
    assert_eq!(clones.at("a").run(&["sync"]).ok().stdout, "origin/main: 2 commits received, 0 commits sent\n");
}
