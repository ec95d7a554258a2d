//! Tickets that two clones changed, merged by git: with the driver, without it, and where only a person can decide.

use std::fs;

use crate::fixtures::clones::{Clones, actions};
use crate::fixtures::sandbox::Sandbox;

/// Two clones, of which one solved the ticket and the other put it on hold.
fn solved_and_held() -> Clones {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["solve", &ticket, "--agreed-by", "ana@acme.example", "-m", "It works again."]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "hold", &ticket, "--reason", "engineering"]).ok();
    clones
}

/// Removes the driver from this clone: git merges as a forge does.
fn forget_driver(sandbox: &Sandbox) {
    sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
}

#[test]
fn the_driver_merges_both_histories_and_names_concurrent_entries() {
    let mut clones = solved_and_held();
    let said = clones.pull("a", "b").ok().stderr;
    for word in ["lea@desk.example put it on hold", "kenji@desk.example solved it", "`casebook resume "] {
        assert!(said.contains(word), "{said}");
    }
    assert_eq!(actions(&clones.sandbox, &clones.ticket), ["open", "solve", "hold"]);
    assert_eq!(clones.sandbox.shown(&clones.ticket)["status"], "on_hold");
    let checked = clones.sandbox.run(&["check"]).ok().stdout;
    assert!(checked.contains("1 ticket checked: 0 errors, 1 warning"), "{checked}");
    // The other clone has the same bytes after a pull of the merge.
    let merged = clones.sandbox.read(clones.sandbox.file_of(&clones.ticket));
    clones.pull("b", "a").ok();
    assert_eq!(clones.sandbox.read(clones.sandbox.file_of(&clones.ticket)), merged);
}

#[test]
fn without_the_driver_the_ticket_is_in_conflict_until_resolve() {
    let mut clones = solved_and_held();
    forget_driver(clones.at("b"));
    clones.pull("a", "b").fails(1);
    let (sandbox, ticket) = (&clones.sandbox, &clones.ticket);
    let error = sandbox.run(&["show", ticket, "--json"]).fails(7).error();
    assert_eq!(error["code"], "ticket.conflicted");
    assert!(error["hint"].as_str().unwrap().contains("casebook resolve"), "{error}");
    assert!(sandbox.run(&["list"]).fails(7).stderr.contains("casebook resolve"));
    assert!(sandbox.run(&["doctor"]).fails(1).stdout.contains("casebook resolve"));
    let before = sandbox.status();
    let planned = sandbox.run(&["resolve", "--dry-run"]).ok();
    assert!(planned.stdout.contains("all entries of both sides"), "{}", planned.stdout);
    assert_eq!(sandbox.status(), before, "a dry run changes nothing");
    let resolved = sandbox.run(&["resolve"]).ok();
    assert!(resolved.stdout.contains("Next: git commit --no-edit"), "{}", resolved.stdout);
    assert!(resolved.stderr.contains("lea@desk.example put it on hold"), "{}", resolved.stderr);
    assert_eq!(sandbox.git(&["ls-files", "--unmerged"]).ok().stdout, "");
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(sandbox, ticket), ["open", "solve", "hold"]);
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    // Resolved by the command or merged by the driver: the same bytes.
    let by_hand = sandbox.read(sandbox.file_of(ticket));
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    sandbox.run(&["git-setup"]).ok();
    sandbox.git(&["merge", "-q", "--no-edit", "origin/main"]).ok();
    assert_eq!(sandbox.read(sandbox.file_of(ticket)), by_hand);
}

#[test]
fn an_edit_between_conflict_markers_is_kept() {
    let mut clones = solved_and_held();
    forget_driver(clones.at("b"));
    clones.pull("a", "b").fails(1);
    let (sandbox, ticket) = (&clones.sandbox, &clones.ticket);
    let path = sandbox.git(&["ls-files", "tickets"]).ok().stdout.lines().next().unwrap().to_owned();
    sandbox.write(&path, &sandbox.read(&path).replace("=======\n", "=======\n# Who is right here?\n"));
    let said = sandbox.run(&["resolve", "tickets"]).ok().stderr;
    let kept = said.split(" is kept in ").nth(1).unwrap_or_else(|| panic!("{said}")).trim();
    assert!(fs::read_to_string(kept.lines().next().unwrap()).unwrap().contains("# Who is right here?"));
    assert_eq!(actions(sandbox, ticket), ["open", "solve", "hold"]);
}

#[test]
fn resolve_merges_uncommitted_entries_too() {
    let mut clones = solved_and_held();
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("b");
    sandbox.git(&["config", "merge.casebook.driver", "no-such-program %O %A %B"]).ok();
    sandbox.run(&["note", &ticket, "-m", "Not committed yet.", "--no-commit"]).ok();
    assert_ne!(clones.pull("a", "b").code, Some(0));
    let sandbox = clones.at("b");
    if !sandbox.path(".git/MERGE_HEAD").exists() {
        // This version of git does not begin a merge over uncommitted work; there is nothing to lose.
        assert_eq!(actions(sandbox, &ticket), ["open", "hold", "note"]);
        return;
    }
    let resolved = sandbox.run(&["resolve"]).ok();
    assert!(!resolved.stderr.contains("is kept in"), "{}", resolved.stderr);
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(sandbox, &ticket), ["open", "solve", "hold", "note"]);
    assert!(sandbox.read(sandbox.file_of(&ticket)).contains("Not committed yet."));
    sandbox.run(&["check"]).ok();
}

#[test]
fn a_conflict_resolved_by_hand_is_taken_as_it_is() {
    let mut clones = solved_and_held();
    forget_driver(clones.at("b"));
    clones.pull("a", "b").fails(1);
    let sandbox = &clones.sandbox;
    let path = sandbox.git(&["ls-files", "tickets"]).ok().stdout.lines().next().unwrap().to_owned();
    sandbox.run(&["resolve", &path]).ok();
    let mended = format!("# By hand.\n{}", sandbox.read(&path));
    sandbox.git(&["checkout", "--merge", "--", &path]).ok();
    sandbox.write(&path, &mended);
    let resolved = sandbox.run(&["resolve", "--json"]).ok().json();
    assert_eq!(resolved["conflicts"][0]["result"], "as_it_lies");
    assert_eq!(sandbox.read(&path), mended);
    assert_eq!(sandbox.git(&["ls-files", "--unmerged"]).ok().stdout, "");
}

#[test]
fn a_ticket_that_one_side_deleted_stays() {
    for deleting in ["a", "b"] {
        let mut clones = Clones::new(&["a", "b"]);
        let ticket = clones.ticket.clone();
        let other = if deleting == "a" { "b" } else { "a" };
        clones.at(other).run(&["reply", &ticket, "-m", "Which release?"]).ok();
        let place = clones.file_at(other, &ticket);
        let path = clones.at(deleting).git(&["ls-files", "tickets"]).ok().stdout.trim().to_owned();
        clones.sandbox.git(&["rm", "-q", &path]).ok();
        clones.sandbox.git(&["commit", "-qm", "Away with it"]).ok();
        clones.pull("a", "b").fails(1);
        let said = clones.sandbox.run(&["resolve", &path]).ok().stdout;
        assert!(said.contains("had deleted it; all entries are kept"), "{said}");
        clones.sandbox.git(&["commit", "-q", "--no-edit"]).ok();
        assert_eq!(clones.sandbox.read(&path), place);
    }
}

#[test]
fn a_ticket_that_both_sides_added_is_merged() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.at("a").opened("New", &[]);
    let commit = clones.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned();
    clones.at("b").git(&["fetch", "-q", "../a", "main"]).ok();
    clones.sandbox.git(&["cherry-pick", &commit]).ok();
    clones.sandbox.run(&["reply", &ticket, "-m", "From b."]).ok();
    clones.at("a").run(&["hold", &ticket, "--reason", "workaround"]).ok();
    forget_driver(clones.at("b"));
    clones.pull("a", "b").fails(1);
    assert!(clones.sandbox.git(&["status", "--short"]).ok().stdout.contains("AA "));
    clones.sandbox.run(&["resolve"]).ok();
    clones.sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(&clones.sandbox, &ticket), ["open", "reply", "hold"]);
}

#[test]
fn an_entry_with_two_contents_is_a_conflict() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    clones.at("a").run(&["reply", &ticket, "-m", "Which release?"]).ok();
    let sandbox = clones.at("b");
    let path = sandbox.file_of(&ticket);
    fs::write(&path, sandbox.read(&path).replace("It does not work.", "It works!")).unwrap();
    sandbox.git(&["commit", "-qam", "Forged"]).ok();
    sandbox.run(&["note", &ticket, "-m", "Hm."]).ok();
    let said = clones.pull("a", "b").fails(1);
    let told = format!("{}{}", said.stdout, said.stderr);
    assert!(told.contains("is not the same on both sides"), "{told}");
    let sandbox = &clones.sandbox;
    assert!(sandbox.read(&path).contains("<<<<<<< ours\n"), "{}", sandbox.read(&path));
    assert!(sandbox.git(&["status", "--short"]).ok().stdout.contains("UU tickets/"));
    assert_eq!(sandbox.run(&["show", &ticket, "--json"]).fails(7).error()["code"], "ticket.conflicted");
    let left = sandbox.run(&["resolve"]).fails(7).stderr;
    assert!(left.contains("is not the same on both sides") && left.contains("git show :2:"), "{left}");
    assert!(sandbox.git(&["status", "--short"]).ok().stdout.contains("UU tickets/"), "it stays conflicted");
}

#[test]
fn the_driver_writes_markers_of_the_size_that_git_requests() {
    let clones = Clones::new(&["a"]);
    let (sandbox, ticket) = (&clones.sandbox, &clones.ticket);
    let base = sandbox.read(sandbox.file_of(ticket));
    // One side edits the entry, the other does not: as lines this is no conflict, as a history it is one.
    sandbox.write("base", &base);
    sandbox.write("ours", &base.replace("Help!", "Thanks!"));
    sandbox.write("theirs", &base);
    let merge = |size: &str| sandbox.run(&["merge-file", "base", "ours", "theirs", size, "tickets/x.yaml"]);
    assert!(merge("12").fails(1).stderr.starts_with("casebook: tickets/x.yaml: entry "));
    assert!(
        sandbox
            .read("ours")
            .contains("\n<<<<<<<<<<<< ours\n    Thanks!\n============\n    Help!\n>>>>>>>>>>>> theirs\n")
    );
    // A side with markers in it, of any size, cannot be read, and stays a conflict.
    assert!(merge("7").fails(1).stderr.contains("ours cannot be read: "));
    sandbox.write("ours", &base);
    merge("7").ok();
    assert_eq!(sandbox.read("ours"), base);
    sandbox.write("theirs", "\0\u{1}");
    merge("7").fails(1);
    assert_eq!(sandbox.read("ours"), base, "what git cannot merge stays as it is");
    sandbox.run(&["merge-file", "base", "ours", "nowhere"]).fails(2);
}

#[test]
fn marker_sizes_from_1_to_1000_are_accepted() {
    let clones = Clones::new(&["a"]);
    let sandbox = &clones.sandbox;
    let merge = |size: &str| {
        for (name, text) in [("base", "a"), ("ours", "b"), ("theirs", "c")] {
            sandbox.write(name, text);
        }
        sandbox.run(&["merge-file", "base", "ours", "theirs", size])
    };
    for size in ["0", "-1", "1001", "99999999", "18446744073709551616"] {
        let refused = merge(size).fails(2);
        assert!(refused.stderr.contains("SIZE"), "{}", refused.stderr);
        assert_eq!(sandbox.read("ours"), "b");
    }
    for size in [1, 7, 32, 1000] {
        merge(&size.to_string()).fails(1);
        assert!(sandbox.read("ours").starts_with(&format!("{} ours\n", "<".repeat(size))), "{size}");
    }
}

#[test]
fn criss_cross_merges_give_the_same_bytes() {
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    for round in 0..3 {
        clones.at("a").run(&["reply", &ticket, "-m", &format!("a {round}")]).ok();
        clones.at("b").run(&["note", &ticket, "-m", &format!("b {round}")]).ok();
        // Each side merges the commit that the other had before its own merge.
        let tips = ["a", "b"].map(|name| clones.at(name).git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned());
        for (name, other, tip) in [("a", "../b", &tips[1]), ("b", "../a", &tips[0])] {
            clones.at(name).git(&["fetch", "-q", other, "main"]).ok();
            clones.sandbox.git(&["merge", "-q", "--no-edit", tip]).ok();
        }
    }
    let files = ["a", "b"].map(|name| clones.file_at(name, &ticket));
    assert_eq!(files[0], files[1]);
    assert_eq!(actions(&clones.sandbox, &ticket).len(), 7);
}

#[test]
fn the_recipe_for_a_forge_merges_the_tickets_of_a_pull_request() {
    let recipe = include_str!("../../../examples/ci/resolve.yml");
    let script = recipe.rsplit("run: |\n").next().unwrap().replace("\n          ", "\n");
    let mut clones = Clones::new(&["a", "b"]);
    let ticket = clones.ticket.clone();
    let sandbox = clones.at("a");
    sandbox.git(&["checkout", "-qb", "topic"]).ok();
    sandbox.run(&["reply", &ticket, "-m", "On a branch."]).ok();
    sandbox.git(&["push", "-q", "-u", "origin", "topic"]).ok();
    sandbox.git(&["checkout", "-q", "main"]).ok();
    sandbox.run(&["hold", &ticket, "--reason", "engineering"]).ok();
    sandbox.git(&["push", "-q"]).ok();
    // A forge's checkout has no driver configured.
    let sandbox = clones.at("b");
    forget_driver(sandbox);
    sandbox.git(&["fetch", "-q"]).ok();
    sandbox.git(&["checkout", "-q", "topic"]).ok();
    sandbox.shell(&format!("set -e; TARGET=main\n{script}")).ok();
    sandbox.git(&["config", "--unset", "user.email"]).ok();
    assert_eq!(actions(sandbox, &ticket), ["open", "reply", "hold"]);
    // The forge can merge the branch now without any driver.
    forget_driver(sandbox);
    sandbox.git(&["checkout", "-q", "-B", "main", "origin/main"]).ok();
    sandbox.git(&["merge", "-q", "--no-edit", "origin/topic"]).ok();
    assert_eq!(actions(sandbox, &ticket), ["open", "reply", "hold"]);
    // A file that is not a ticket is left to people: the job ends there, and names it.
    for branch in ["topic", "main"] {
        sandbox.git(&["checkout", "-q", branch]).ok();
        sandbox.write("notes.txt", branch);
        sandbox.git(&["add", "notes.txt"]).ok();
        sandbox.git(&["commit", "-qm", branch]).ok();
    }
    sandbox.git(&["push", "-q", "origin", "main"]).ok();
    sandbox.git(&["checkout", "-q", "topic"]).ok();
    let stopped = sandbox.shell(&format!("set -e; TARGET=main\n{script}")).fails(7);
    assert!(stopped.stderr.contains("notes.txt"), "{}", stopped.stderr);
}
