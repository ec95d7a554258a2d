//! Conflicts that `resolve` leaves: each is named with a way to end it, and no suggested command fails.

use std::fs;
use std::os::unix::fs::symlink;

use crate::fixtures::clones::{Clones, actions};
use crate::fixtures::sandbox::{Outcome, Sandbox};

/// Returns the command that the outcome suggests next.
fn next(resolved: &Outcome) -> Option<&str> {
    resolved.stdout.lines().find_map(|line| line.strip_prefix("Next: "))
}

/// Returns the git commands between backticks in a line, in their order.
fn commands(said: &str) -> Vec<String> {
    let told = said.split('`').skip(1).step_by(2);
    told.filter(|words| words.starts_with("git checkout") || words.starts_with("git rm")).map(str::to_owned).collect()
}

fn unmerged(sandbox: &Sandbox) -> String {
    sandbox.git(&["ls-files", "--unmerged"]).ok().stdout
}

#[test]
fn a_ticket_replaced_by_a_link_is_left_in_conflict_with_a_hint() {
    for linking in ["a", "b"] {
        let mut clones = Clones::new(&["a", "b"]);
        let ticket = clones.ticket.clone();
        let other = if linking == "a" { "b" } else { "a" };
        clones.at(other).run(&["reply", &ticket, "-m", "We promise a refund."]).ok();
        let promised = clones.file_at(other, &ticket);
        let sandbox = clones.at(linking);
        let path = sandbox.git(&["ls-files", "tickets"]).ok().stdout.trim().to_owned();
        fs::remove_file(sandbox.path(&path)).unwrap();
        symlink("/etc/hostname", sandbox.path(&path)).unwrap();
        sandbox.git(&["commit", "-qam", "A link"]).ok();
        clones.pull("a", "b").fails(1);
        let sandbox = &clones.sandbox;
        let left = sandbox.run(&["resolve"]).fails(7);
        assert_eq!(next(&left), None, "{left:?}");
        assert!(left.stderr.contains(&format!("{path}: one side replaced the ticket")), "{left:?}");
        // The suggested commands work, and end the merge.
        let line = left.stderr.lines().find(|line| line.contains("git checkout")).unwrap();
        for command in commands(line) {
            sandbox.shell(&command).ok();
        }
        assert_eq!(unmerged(sandbox), "");
        sandbox.git(&["commit", "-q", "--no-edit"]).ok();
        assert_eq!(sandbox.read(&path), promised);
        assert_eq!(sandbox.git(&["status", "--short"]).ok().stdout, "");
        sandbox.run(&["check"]).ok();
    }
}

/// Two tickets that both clones replied to, and another file that both wrote, without a driver.
fn conflicted(with_notes: bool) -> (Clones, [String; 2]) {
    let mut clones = Clones::new(&["a", "b"]);
    let tickets = [clones.ticket.clone(), clones.at("a").opened("Maps", &[])];
    clones.pull("a", "b").ok();
    for name in ["a", "b"] {
        let sandbox = clones.at(name);
        for ticket in &tickets {
            sandbox.run(&["reply", ticket, "-m", &format!("From {name}.")]).ok();
        }
        if with_notes {
            sandbox.write("notes.txt", name);
            sandbox.git(&["add", "notes.txt"]).ok();
            sandbox.git(&["commit", "-qm", "Notes"]).ok();
        }
    }
    clones.at("b").git(&["config", "--remove-section", "merge.casebook"]).ok();
    clones.pull("a", "b").fails(1);
    let paths = tickets.map(|ticket| {
        let files = clones.sandbox.git(&["ls-files", "tickets"]).ok().stdout;
        files.lines().find(|line| line.contains(&ticket)).unwrap().to_owned()
    });
    (clones, paths)
}

#[test]
fn resolving_one_path_suggests_the_remaining_tickets() {
    let (clones, [first, second]) = conflicted(false);
    let sandbox = &clones.sandbox;
    let one = sandbox.run(&["resolve", &first]).fails(7);
    assert_eq!(next(&one), Some("casebook resolve"));
    assert!(one.stderr.contains(&format!("{second}: `casebook resolve {second}`")), "{one:?}");
    let none = sandbox.run(&["resolve", &first]).fails(7);
    assert!(!none.stdout.contains("nothing to resolve"), "{none:?}");
    assert_eq!(sandbox.run(&["resolve", "--json", &first]).fails(7).json()["elsewhere"][0], second.as_str());
    let rest = sandbox.run(&["resolve"]).ok();
    assert_eq!(next(&rest), Some("git commit --no-edit"));
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(sandbox, &clones.ticket), ["open", "reply", "reply"]);
}

#[test]
fn a_conflict_in_another_file_is_left_to_a_person() {
    let (clones, [first, _]) = conflicted(true);
    let sandbox = &clones.sandbox;
    for arguments in [&["resolve", &first][..], &["resolve"]] {
        let left = sandbox.run(arguments).fails(7);
        assert_eq!(next(&left), None, "{left:?}");
        assert!(left.stderr.contains("`git add notes.txt`"), "{left:?}");
        assert!(left.stderr.contains("`git commit --no-edit`"), "{left:?}");
    }
    sandbox.write("notes.txt", "a and b\n");
    sandbox.git(&["add", "notes.txt"]).ok();
    assert_eq!(next(&sandbox.run(&["resolve"]).ok()), None);
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
}

#[test]
fn a_conflict_outside_the_desk_is_named_relative_to_the_repository() {
    let mut clones = Clones::new(&["a", "b"]);
    for name in ["a", "b"] {
        let sandbox = clones.at(name);
        sandbox.shell("mkdir desk && git mv casebook.toml tickets desk/").ok();
        sandbox.write("notes.txt", name);
        sandbox.git(&["add", "notes.txt"]).ok();
        sandbox.git(&["commit", "-qm", "A folder of its own"]).ok();
    }
    clones.pull("a", "b").fails(1);
    let left = clones.sandbox.run(&["-C", "desk", "resolve"]).fails(7);
    assert!(left.stderr.contains(":/notes.txt"), "{left:?}");
}

#[test]
fn with_casebook_toml_in_conflict_our_policy_is_used() {
    let mut clones = Clones::new(&["a", "b"]);
    let [one, other] = [clones.ticket.clone(), clones.at("a").opened("Maps", &[])];
    clones.pull("a", "b").ok();
    for (name, [source, target]) in [("a", [&one, &other]), ("b", [&other, &one])] {
        let sandbox = clones.at(name);
        let policy = sandbox.read("casebook.toml").replace("format = 1\n", &format!("format = 1\n# {name}\n"));
        sandbox.write("casebook.toml", &policy);
        sandbox.git(&["commit", "-qam", "Policy"]).ok();
        sandbox.run(&["merge", source, "--into", target]).ok();
    }
    clones.at("b").git(&["config", "--remove-section", "merge.casebook"]).ok();
    clones.pull("a", "b").fails(1);
    let sandbox = &clones.sandbox;
    assert!(sandbox.read("casebook.toml").contains("<<<<<<<"));
    sandbox.run(&["list"]).fails(7);
    let left = sandbox.run(&["resolve"]).fails(7);
    assert_eq!(next(&left), None);
    assert!(left.stderr.contains("casebook.toml: not a ticket, so `resolve` leaves it"), "{left:?}");
    assert!(left.stdout.contains("relinked  "), "the ring of merges too: {left:?}");
    let policy: String = sandbox
        .read("casebook.toml")
        .lines()
        .filter(|line| !line.starts_with(['<', '=', '>']))
        .map(|line| format!("{line}\n"))
        .collect();
    sandbox.write("casebook.toml", &policy);
    sandbox.git(&["add", "casebook.toml"]).ok();
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    sandbox.run(&["check"]).ok();
    assert_eq!(sandbox.git(&["status", "--short"]).ok().stdout, "");
}
