//! Concurrent processes: every acknowledged entry is there, once, in order, and nothing stays locked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Running, Sandbox};

const PROCESSES: usize = 8;

#[test]
fn concurrent_assignments_choose_different_agents() {
    let sandbox = desk();
    let agents: Vec<String> = (1..=PROCESSES).map(|number| format!("\"a{number}@desk.example\"")).collect();
    let text = sandbox.read("casebook.toml").replacen("agents = [", &format!("agents = [{}, ", agents.join(", ")), 1);
    sandbox.write("casebook.toml", &text);
    let tickets: Vec<String> = (0..PROCESSES).map(|_| sandbox.opened("Tiles", &[])).collect();
    let assigned: BTreeSet<String> = std::thread::scope(|scope| {
        let assign = |ticket| sandbox.run(&["assign", ticket, "--next", "--json=assignee"]).ok().json();
        let running: Vec<_> = tickets.iter().map(|ticket| scope.spawn(move || assign(ticket))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()["assignee"].as_str().unwrap().to_owned()).collect()
    });
    assert_eq!(assigned.len(), PROCESSES, "{assigned:?}");
}

/// An acknowledged command: the entry it said it made, and its ticket.
#[derive(Debug)]
struct Told {
    ticket: String,
    entry: String,
    text: String,
}

/// Eight processes at a time, each replying to one ticket again and again, and opening another now and then.
fn storm(sandbox: &Sandbox, ticket: &str, each: usize, mode: &str) -> Vec<Told> {
    let work = |process: usize| {
        let mut told = Vec::new();
        for round in 0..each {
            let text = format!("{process} says {round}");
            let opens = round % 10 == 9;
            let words: [&str; 8] = if opens {
                ["open", "-s", "Another", "-m", &text, "--json=id,version", "-q", mode]
            } else {
                ["reply", ticket, "-m", &text, "--json=id,version", "--color=never", "-q", mode]
            };
            let said = sandbox.run(&words).ok().json();
            let word = |name: &str| said[name].as_str().unwrap().to_owned();
            told.push(Told { ticket: word("id"), entry: word("version"), text: format!("{text}\n") });
        }
        told
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..PROCESSES).map(|process| scope.spawn(move || work(process))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Asserts that every acknowledged entry is in its ticket once with its text, and that ids strictly increase.
fn assert_all_there(sandbox: &Sandbox, ticket: &str, told: &[Told]) {
    let entries: BTreeSet<&str> = told.iter().map(|told| told.entry.as_str()).collect();
    assert_eq!(entries.len(), told.len(), "two commands were told the same entry");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let tickets: BTreeSet<&str> = told.iter().map(|told| told.ticket.as_str()).chain([ticket]).collect();
    for ticket in &tickets {
        let shown = sandbox.shown(ticket);
        let history = shown["history"].as_array().unwrap();
        let ids: Vec<&str> = history.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
        for entry in history {
            let text = entry["text"].as_str().unwrap_or_default().to_owned();
            found.insert(entry["id"].as_str().unwrap().to_owned(), text);
        }
    }
    for told in told {
        assert_eq!(found.get(&told.entry), Some(&told.text), "{told:?}");
    }
    assert_eq!(found.len(), told.len() + 1, "there are entries that no command printed");
    assert!(sandbox.run(&["check"]).ok().stdout.contains(&format!("{} tickets checked: 0 errors", tickets.len())));
    sandbox.assert_tidy("after a storm");
    sandbox.run_under(&[("CASEBOOK_PATIENCE", "0")], &["note", ticket, "-m", "Nothing is locked."]).ok();
}

#[test]
fn eight_processes_lose_nothing_without_commits() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let told = storm(&sandbox, &ticket, 50, "--no-commit");
    assert_eq!(told.len(), PROCESSES * 50);
    assert_eq!(sandbox.commits(), 2);
    assert_all_there(&sandbox, &ticket, &told);
}

#[test]
fn eight_processes_lose_nothing_and_each_command_is_one_commit() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let told = storm(&sandbox, &ticket, 12, "--commit");
    assert_eq!(sandbox.commits(), 2 + told.len());
    let log = sandbox.git(&["log", "--format=%(trailers:key=Entry,valueonly,separator=%x2C)"]).ok().stdout;
    let committed: Vec<&str> = log.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(committed.len(), told.len() + 1);
    for told in &told {
        assert_eq!(committed.iter().filter(|entry| **entry == told.entry).count(), 1, "{told:?}");
    }
    assert_eq!(sandbox.status(), "");
    assert_all_there(&sandbox, &ticket, &told);
}

#[test]
fn a_key_used_by_many_at_once_is_used_once() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let running: Vec<_> = (0..PROCESSES)
        .flat_map(|_| {
            [
                sandbox.spawn(&["reply", &ticket, "-m", "Once.", "--key", "k", "--json=version", "--no-commit"]),
                sandbox.spawn(&["open", "-s", "Once", "-m", "Once.", "--key", "o", "--json=version", "--no-commit"]),
            ]
        })
        .collect();
    let told: BTreeSet<String> = running.into_iter().map(|running| running.finish().ok().stdout).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(sandbox.run(&["list"]).ok().stdout.lines().count(), 2);
    assert_eq!(sandbox.shown(&ticket)["history"].as_array().unwrap().len(), 2);
}

#[test]
fn a_desk_locked_by_another_process_is_busy_and_nothing_is_done() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let before = sandbox.work_tree();
    let lock = OpenOptions::new().write(true).open(sandbox.path(".git/casebook/lock")).unwrap();
    lock.lock().unwrap();
    let reply = ["reply", &ticket, "-F", "-", "--json"];
    let mut command = sandbox.program(&reply);
    command.env("CASEBOOK_PATIENCE", "0").stdin(std::fs::File::open(sandbox.path("casebook.toml")).unwrap());
    let error = Running::start(command).finish().fails(6).error();
    assert_eq!(error["code"], "store.busy");
    // The text came through a pipe and exists nowhere else.
    let hint = error["hint"].as_str().unwrap();
    let kept = hint.split("the text is kept in ").nth(1).unwrap();
    assert_eq!(std::fs::read_to_string(kept).unwrap().trim(), sandbox.read("casebook.toml").trim());
    sandbox.run_under(&[("CASEBOOK_PATIENCE", "1")], &["reply", &ticket, "-m", "Hello"]).fails(6);
    // Reads do not wait for the lock, and dry runs do not either.
    sandbox.shown(&ticket);
    sandbox.run(&["list"]).ok();
    sandbox.run(&["check"]).ok();
    sandbox.run(&["reply", &ticket, "-m", "Hello", "--dry-run"]).ok();
    assert_eq!(sandbox.work_tree(), before);
    let waiting = sandbox.spawn(&["reply", &ticket, "-m", "Hello"]);
    drop(lock);
    waiting.finish().ok();
}

/// Starts a command that stops at a fault point.
fn stopped_at(sandbox: &Sandbox, step: &str, arguments: &[&str]) -> Running {
    let mut command = sandbox.program(arguments);
    command.env("CASEBOOK_STOPPED_AT", step);
    let running = Running::start(command);
    running.stands_still();
    running
}

#[test]
fn check_never_sees_half_of_a_concurrent_merge() {
    let sandbox = desk();
    let tickets = ["One", "Two", "Three"].map(|subject| sandbox.opened(subject, &[]));
    let check = stopped_at(&sandbox, "read:1", &["check"]);
    sandbox.run(&["merge", &tickets[0], &tickets[1], "--into", &tickets[2]]).ok();
    check.goes_on().finish().ok();
    let check = stopped_at(&sandbox, "read:2", &["check"]);
    let unmerge = ["reopen", &tickets[1], "--unmerge"];
    sandbox.run_under(&[("CASEBOOK_KILLED_AT", "renamed:1")], &unmerge).killed();
    check.goes_on().finish().ok();
}

#[test]
fn the_same_import_twice_at_once_imports_once() {
    let sandbox = desk();
    let record = |id: &str| {
        let rest = r#""status":"open","priority":1,"issue_type":"bug","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}"#;
        format!("{{\"id\":\"{id}\",\"title\":\"One\",\"description\":\"Text\",{rest}\n")
    };
    sandbox.write("../issues.jsonl", &(record("b-1") + &record("b-2")));
    let late = stopped_at(&sandbox, "begun", &["import", "beads", "../issues.jsonl"]);
    sandbox.run(&["import", "beads", "../issues.jsonl"]).ok();
    let commits = sandbox.commits();
    let told = late.goes_on().finish().ok();
    assert!(told.stdout.contains("0 imported, 2 already there, 0 damaged"), "{}", told.stdout);
    assert_eq!(sandbox.run(&["list"]).ok().stdout.lines().count(), 2);
    assert_eq!(sandbox.commits(), commits);
    sandbox.assert_tidy("after two imports at once");
}
