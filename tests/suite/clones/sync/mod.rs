//! `sync` over a bare remote: clones converge, uncommitted work stays as it is, and nothing is left half done.

mod remotes;

use std::collections::BTreeSet;

use crate::fixtures::clones::{Clones, actions};
use crate::fixtures::desk::Tree;
use crate::fixtures::sandbox::Sandbox;

/// Returns everything that a failed sync must leave as it was.
fn everything(sandbox: &Sandbox) -> (Tree, String, String) {
    (sandbox.work_tree(), sandbox.status(), sandbox.git(&["rev-parse", "HEAD"]).ok().stdout)
}

#[test]
fn concurrent_entries_are_reported_to_both_clones_which_converge() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["solve", &ticket, "--agreed-by", "ana@acme.example"]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "hold", &ticket, "--reason", "engineering"]).ok();
    assert_eq!(clones.at("a").run(&["sync"]).ok().stdout, "origin/main: 0 commits received, 1 commit sent\n");
    // Also in a clone in which `git-setup` was never run.
    clones.at("b").git(&["config", "--remove-section", "merge.casebook"]).ok();
    let second = clones.sandbox.run(&["sync"]).ok();
    let first = clones.at("a").run(&["sync"]).ok();
    for said in [&second.stderr, &first.stderr] {
        assert!(
            said.contains("lea@desk.example put it on hold") && said.contains("kenji@desk.example solved it"),
            "{said}"
        );
        assert!(said.contains("`casebook resume "), "{said}");
    }
    let files = ["a", "b"].map(|name| clones.file_at(name, &ticket));
    assert_eq!(files[0], files[1]);
    assert_eq!(clones.sandbox.run(&["sync"]).ok().stdout, "origin/main: nothing new\n");
    assert_eq!(clones.sandbox.run(&["sync"]).ok().stderr, "", "it is told once");
}

#[test]
fn tickets_are_merged_without_driver_and_attributes() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    for name in ["a", "b"] {
        clones.at(name).git(&["rm", "-q", ".gitattributes"]).ok();
        clones.sandbox.git(&["commit", "-qm", "No attributes"]).ok();
        clones.sandbox.run(&["note", &ticket, "-m", name]).ok();
    }
    clones.at("a").run(&["sync"]).ok();
    clones.at("b").run(&["sync"]).ok();
    assert_eq!(actions(&clones.sandbox, &ticket), ["open", "note", "note"]);
    assert_eq!(clones.sandbox.git(&["log", "-1", "--format=%s"]).ok().stdout, "Merge origin/main\n");
}

#[test]
fn uncommitted_work_is_kept_or_reported_as_an_obstacle() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").write("notes.txt", "one\n");
    clones.sandbox.git(&["add", "notes.txt"]).ok();
    clones.sandbox.git(&["commit", "-qm", "Notes"]).ok();
    clones.sandbox.run(&["reply", &ticket, "-m", "From a."]).ok();
    clones.sandbox.run(&["sync"]).ok();
    let sandbox = clones.at("b");
    sandbox.run(&["note", &ticket, "-m", "From b."]).ok();
    let refused = |words: &[&str]| {
        let before = everything(sandbox);
        let error = sandbox.run(&["sync", "--json"]).fails(4).error();
        assert_eq!(error["code"], "sync.refused");
        for word in words {
            assert!(error.to_string().contains(word), "{error}");
        }
        assert_eq!(everything(sandbox), before, "{error}");
    };
    // An untracked file in the way of an incoming one; a ticket with uncommitted changes; a staged change.
    sandbox.write("notes.txt", "mine\n");
    refused(&["notes.txt", "git stash"]);
    std::fs::remove_file(sandbox.path("notes.txt")).unwrap();
    let path = sandbox.file_of(&ticket);
    let text = sandbox.read(&path);
    std::fs::write(&path, format!("# Mine.\n{text}")).unwrap();
    refused(&[&ticket]);
    std::fs::write(&path, text).unwrap();
    sandbox.write("mine.txt", "mine\n");
    sandbox.git(&["add", "mine.txt"]).ok();
    refused(&["mine.txt", "staged"]);
    // Uncommitted changes that do not touch incoming files stay uncommitted.
    sandbox.git(&["reset", "-q"]).ok();
    sandbox.write("casebook.toml", &format!("{}\n# Mine.\n", sandbox.read("casebook.toml")));
    let mine = sandbox.read("casebook.toml");
    sandbox.run(&["sync"]).ok();
    assert_eq!((sandbox.read("casebook.toml"), sandbox.read("mine.txt")), (mine, "mine\n".to_owned()));
    assert_eq!(actions(sandbox, &ticket), ["open", "reply", "note"]);
}

#[test]
fn a_merge_that_needs_a_person_is_undone_completely() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    for name in ["a", "b"] {
        clones.at(name).write("notes.txt", &format!("{name}\n"));
        clones.sandbox.git(&["add", "notes.txt"]).ok();
        clones.sandbox.git(&["commit", "-qm", "Notes"]).ok();
        clones.sandbox.run(&["note", &ticket, "-m", name]).ok();
    }
    clones.at("a").run(&["sync"]).ok();
    let before = everything(clones.at("b"));
    let error = clones.sandbox.run(&["sync", "--json"]).fails(8).error();
    assert_eq!(error["code"], "sync.conflict");
    assert!(error["message"].as_str().unwrap().contains("notes.txt"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("`git merge origin/main`"), "{error}");
    assert_eq!(everything(&clones.sandbox), before);
    clones.sandbox.run(&["note", &ticket, "-m", "It goes on."]).ok();
    // A hook refuses the merge's commit: everything is as before.
    clones.sandbox.git(&["reset", "-q", "--hard", "HEAD~3"]).ok();
    clones.sandbox.run(&["note", &ticket, "-m", "Other words."]).ok();
    clones.sandbox.hook("pre-merge-commit", "echo no merges on Saturdays >&2; exit 1");
    let before = everything(&clones.sandbox);
    let said = clones.sandbox.run(&["sync"]).fails(8).stderr;
    assert!(said.contains("no merges on Saturdays"), "{said}");
    assert_eq!(everything(&clones.sandbox), before);
    assert!(!clones.sandbox.path(".git/MERGE_HEAD").exists());
}

#[test]
fn a_remote_that_refuses_or_does_not_answer_is_reported() {
    let mut clones = Clones::new(&["a"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    sandbox.run(&["note", &ticket, "-m", "x"]).ok();
    sandbox.write("../hub.git/hooks/pre-receive", "#!/bin/sh\necho the desk is closed >&2\nexit 1\n");
    sandbox.shell("chmod +x ../hub.git/hooks/pre-receive").ok();
    let before = everything(sandbox);
    let said = sandbox.run(&["sync"]).fails(8).stderr;
    assert!(said.contains("the desk is closed"), "{said}");
    assert_eq!(everything(sandbox), before);
    sandbox.git(&["config", "remote.origin.uploadpack", "sleep 5; true"]).ok();
    let error = sandbox.run(&["sync", "--deadline", "0", "--json"]).fails(8).error();
    assert_eq!(error["code"], "git.unanswered");
    sandbox.git(&["checkout", "-q", "--detach"]).ok();
    assert_eq!(sandbox.run(&["sync", "--json"]).fails(4).error()["code"], "sync.refused");
    sandbox.git(&["checkout", "-q", "main"]).ok();
    assert!(sandbox.run(&["sync", "--remote", "elsewhere"]).fails(4).stderr.contains("origin"));
    sandbox.git(&["remote", "remove", "origin"]).ok();
    assert!(sandbox.run(&["sync"]).fails(4).stderr.contains("git remote add origin URL"));
}

#[test]
fn a_killed_sync_leaves_a_merge_that_is_reported() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    for name in ["a", "b"] {
        clones.at(name).run(&["note", &ticket, "-m", name]).ok();
    }
    clones.at("a").run(&["sync"]).ok();
    for step in ["merging", "merged", "pushing"] {
        clones.at("b").run_under(&[("CASEBOOK_KILLED_AT", step)], &["sync"]).killed();
    }
    clones.sandbox.run(&["sync"]).ok();
    assert_eq!(actions(&clones.sandbox, &ticket), ["open", "note", "note"]);
    // A git that is killed during a merge leaves its own state.
    clones.sandbox.run(&["note", &ticket, "-m", "b again"]).ok();
    clones.at("a").run(&["note", &ticket, "-m", "a again"]).ok();
    clones.pull("b", "a").ok();
    clones.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    clones.sandbox.git(&["merge", "-q", "--no-commit", "origin/main"]).ok();
    let error = clones.sandbox.run(&["sync", "--json"]).fails(4).error();
    assert!(error["hint"].as_str().unwrap().contains("git merge --abort"), "{error}");
    clones.sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    clones.sandbox.run(&["sync"]).ok();
}

#[test]
fn uncommitted_tickets_are_not_pushed_and_are_reported() {
    let mut clones = Clones::new(&["a"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    sandbox.run(&["note", &ticket, "-m", "x", "--no-commit"]).ok();
    let said = sandbox.run(&["sync"]).ok();
    assert!(said.stderr.contains("1 ticket is changed but not committed"), "{}", said.stderr);
    sandbox.run(&["open", "-s", "New", "-m", "x", "--no-commit"]).ok();
    assert!(sandbox.run(&["sync"]).ok().stderr.contains("2 tickets are changed but not committed"));
}

#[test]
fn a_desk_in_a_folder_of_a_repository_is_merged_and_resolved_there() {
    let mut sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "--bare", "hub.git"]).ok();
    sandbox.git(&["init", "-q", "one"]).ok();
    sandbox.enter("one/desk");
    sandbox.run(&["init", "--commit"]).ok();
    let ticket = sandbox.opened("Tiles", &["--commit"]);
    sandbox.git(&["remote", "add", "origin", "../hub.git"]).ok();
    sandbox.run(&["sync"]).ok();
    sandbox.go_to("story");
    sandbox.git(&["clone", "-q", "hub.git", "other"]).ok();
    sandbox.enter("other/desk");
    sandbox.run(&["reply", &ticket, "-m", "From there.", "--commit"]).ok();
    sandbox.run(&["sync"]).ok();
    sandbox.go_to("story/one/desk");
    sandbox.run(&["note", &ticket, "-m", "From here.", "--commit"]).ok();
    sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
    sandbox.git(&["fetch", "-q"]).ok();
    sandbox.git(&["merge", "-q", "origin/main"]).fails(1);
    sandbox.run(&["resolve", "tickets"]).ok();
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    sandbox.run(&["sync"]).ok();
    assert_eq!(actions(&sandbox, &ticket), ["open", "reply", "note"]);
}

#[test]
fn an_error_is_not_pushed() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    let path = sandbox.file_of(&ticket);
    std::fs::write(&path, sandbox.read(&path).replace("status: open", "status: solved")).unwrap();
    sandbox.git(&["commit", "-qam", "By hand"]).ok();
    let told = sandbox.run(&["sync"]).fails(1);
    assert!(told.stderr.contains("nothing was pushed"), "{}", told.stderr);
    let (here, there) = (sandbox.git(&["rev-parse", "HEAD"]), sandbox.git(&["rev-parse", "origin/main"]));
    assert_ne!(here.ok().stdout, there.ok().stdout);
}

#[test]
fn clones_that_sync_at_the_same_time_lose_nothing() {
    let names = ["a", "b", "c", "d"];
    let mut clones = Clones::new(&names);
    let ticket = clones.ticket.clone();
    let mut written = BTreeSet::new();
    for round in 0..3 {
        let mut running = Vec::new();
        for name in names {
            let words = format!("{name} {round}");
            clones.at(name).run(&["note", &ticket, "-m", &words]).ok();
            written.insert(format!("{words}\n"));
        }
        for name in names {
            running.push(clones.at(name).spawn(&["sync"]));
        }
        running.into_iter().for_each(|sync| _ = sync.finish().ok());
    }
    for name in names {
        clones.at(name).run(&["sync"]).ok();
    }
    let mut files = BTreeSet::new();
    for name in names {
        clones.at(name).run(&["sync"]).ok();
        files.insert(clones.sandbox.read(clones.sandbox.file_of(&ticket)));
        clones.sandbox.run(&["check"]).ok();
    }
    assert_eq!(files.len(), 1, "the same bytes everywhere");
    let history = clones.sandbox.shown(&ticket)["history"].as_array().unwrap().clone();
    let texts: Vec<String> = history[1..].iter().map(|entry| entry["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(texts.len(), written.len());
    assert_eq!(texts.into_iter().collect::<BTreeSet<_>>(), written);
}

#[test]
fn a_dry_run_previews_the_sync_and_changes_nothing() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["solve", &ticket, "--agreed-by", "ana@acme.example"]).ok();
    clones.sandbox.run(&["sync"]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "hold", &ticket, "--reason", "engineering"]).ok();
    let before = everything(&clones.sandbox);
    let refs = |sandbox: &Sandbox| sandbox.git(&["for-each-ref", "refs/heads", "refs/tags"]).ok().stdout;
    let heads = refs(&clones.sandbox);
    let told = clones.sandbox.run(&["sync", "-n"]).ok();
    assert_eq!(told.stdout, "origin/main: would receive 1 commit and send 2 commits\n");
    let record = clones.sandbox.run(&["sync", "--dry-run", "--json"]).ok().json();
    assert_eq!((&record["received"], &record["sent"]), (&1.into(), &2.into()));
    assert_eq!(everything(&clones.sandbox), before);
    assert_eq!(refs(&clones.sandbox), heads);
    assert_eq!(clones.sandbox.run(&["sync"]).ok().stdout, "origin/main: 1 commit received, 2 commits sent\n");
    assert_eq!(clones.sandbox.run(&["sync", "-n"]).ok().stdout, "origin/main: nothing new\n");
    // Obstacles are reported as by the command itself.
    clones.at("a").run(&["note", &ticket, "-m", "x", "--no-commit"]).ok();
    clones.sandbox.run(&["sync", "-n"]).fails(4);
}
