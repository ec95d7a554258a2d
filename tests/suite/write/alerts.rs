//! Alerts: tickets that programs open with a key, and that fire again.

use serde_json::json;

use crate::fixtures::clones::Clones;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const ALERT: [&str; 6] = ["open", "-s", "Disk full", "--key", "disk-1", "--requester"];

/// Opens the alert, with more flags, and returns its result.
fn fire(sandbox: &Sandbox, text: &str, flags: &[&str]) -> serde_json::Value {
    sandbox.run(&[&ALERT[..], &["ana@acme.example", "-m", text, "--json"], flags].concat()).ok().json()
}

fn actions(ticket: &serde_json::Value) -> Vec<&str> {
    ticket["history"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[test]
fn an_alert_that_fires_again_says_so_on_its_ticket() {
    let sandbox = desk();
    let first = fire(&sandbox, "93 %", &[]);
    assert_eq!(first["created"], true);
    let id = first["id"].as_str().unwrap();
    let again = |text: &str, choice: &str| fire(&sandbox, text, &["--on-existing", choice]);
    let returned = again("94 %", "return");
    assert_eq!((&returned["id"], &returned["created"]), (&json!(id), &json!(false)));
    assert_eq!(actions(&returned), ["open"]);
    assert_eq!(actions(&again("95 %", "note")), ["open", "note"]);
    assert_eq!(actions(&again("96 %", "reopen")), ["open", "note", "note"]);
    let replied = again("97 %", "reply");
    assert_eq!((&replied["status"], actions(&replied).len()), (&json!("awaiting_reply"), 4));
    sandbox.run(&["--as", "ana@acme.example", "reply", id, "-m", "It is free again."]).ok();
    sandbox.run(&["solve", id]).ok();
    assert_eq!(fire(&sandbox, "98 %", &[])["status"], "solved");
    let reopened = again("99 %", "reopen");
    assert_eq!((&reopened["status"], &reopened["created"]), (&json!("open"), &json!(false)));
    assert_eq!(reopened["history"].as_array().unwrap().last().unwrap()["text"], "99 %\n");
    let fields = sandbox.run(&[&ALERT[..], &["ana@acme.example", "-m", "x", "--json=id,created"]].concat()).ok();
    assert_eq!(fields.json(), json!({"id": id, "created": false}));
    sandbox.run(&["open", "-s", "x", "-m", "x", "--on-existing", "shout", "--key", "k"]).fails(2);
}

#[test]
fn an_alert_on_a_merged_ticket_goes_where_the_conversation_goes_on() {
    let sandbox = desk();
    let id = fire(&sandbox, "93 %", &[])["id"].as_str().unwrap().to_owned();
    let other = sandbox.opened("Storage", &[]);
    sandbox.run(&["merge", &id, "--into", &other]).ok();
    let told = fire(&sandbox, "94 %", &["--on-existing", "note"]);
    assert_eq!(told["id"], other.as_str());
}

#[test]
fn an_opening_has_tags() {
    let sandbox = desk();
    let opened = fire(&sandbox, "93 %", &["--tag", "disk", "--tag", "db1"]);
    assert_eq!(opened["tags"], json!(["disk", "db1"]));
    assert_eq!(sandbox.git(&["log", "--format=%s"]).ok().stdout.lines().count(), 2, "one commit");
    assert_eq!(actions(&fire(&sandbox, "94 %", &["--tag", "other"])), ["open", "tag"]);
}

#[test]
fn what_is_done_already_may_be_asked_for_again() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    for (verb, before) in [
        (&["reopen"][..], &[][..]),
        (&["resume"], &[]),
        (&["hold", "--reason", "engineering"], &["hold", "--reason", "engineering"]),
        (&["solve"], &["solve", "--agreed-by", "ana@acme.example"]),
    ] {
        let on = |words: &[&'static str]| -> Vec<&str> { [&words[..1], &[id.as_str()], &words[1..]].concat() };
        if !before.is_empty() {
            sandbox.run(&on(before)).ok();
        }
        let version = sandbox.shown(&id)["version"].clone();
        sandbox.run(&on(verb)).fails(4);
        sandbox.run(&[on(verb), vec!["--if-needed"]].concat()).ok();
        assert_eq!(sandbox.shown(&id)["version"], version, "{verb:?}");
    }
    sandbox.run(&["solve", &id, "--if-open"]).ok();
    sandbox.run(&["note", &id, "-m", "x", "--if-needed"]).fails(2);
}

#[test]
fn text_from_programs_is_prepared() {
    let sandbox = desk();
    std::fs::write(sandbox.path("log"), b"one\n\x1b[31mtwo\x1b[0m\ncaf\xe9\n").unwrap();
    let note = |flags: &[&str]| {
        let id = sandbox.opened("Log", &[]);
        let words = [&["note", id.as_str(), "-F", "log", "--json"], flags].concat();
        sandbox.run(&words)
    };
    note(&[]).fails(2);
    let told = note(&["--lossy", "--strip-ansi", "--last-lines", "2"]).ok().json();
    assert_eq!(told["history"][1]["text"], "two\ncaf\u{fffd}\n");
    sandbox.run(&["open", "-s", "x", "-m", "x", "--lossy"]).fails(2);
}

#[test]
fn clones_that_opened_for_the_same_alert_are_united() {
    let mut clones = Clones::new(&["kenji", "lea", "mori"]);
    let mut ids = Vec::new();
    for name in ["kenji", "lea", "mori"] {
        ids.push(fire(clones.at(name), "93 %", &[])["id"].as_str().unwrap().to_owned());
    }
    ids.sort();
    clones.at("kenji").run(&["sync"]).ok();
    let told = clones.at("lea").run(&["sync"]).ok().stdout;
    assert!(told.contains("both were opened with the same key"), "{told}");
    clones.at("mori").run(&["sync"]).ok();
    for name in ["mori", "kenji", "lea"] {
        let sandbox = clones.at(name);
        sandbox.run(&["sync"]).ok();
        let found = sandbox.run(&["list", "key:disk-1", "is:unsolved", "--json=id"]).ok().json();
        assert_eq!(found, json!([{"id": ids[0]}]), "{name}");
        sandbox.run(&["audit"]).ok();
    }
}

#[test]
fn resolve_merges_tickets_with_one_key() {
    let mut clones = Clones::new(&["kenji", "lea"]);
    for name in ["kenji", "lea"] {
        fire(clones.at(name), "93 %", &[]);
    }
    clones.pull("kenji", "lea");
    let sandbox = clones.at("lea");
    assert!(sandbox.run(&["check"]).stdout.contains("opened with the same key"));
    sandbox.run(&["resolve"]).ok();
    assert_eq!(sandbox.run(&["list", "key:disk-1", "is:unsolved", "--count"]).ok().stdout, "1\n");
    assert!(sandbox.run(&["resolve"]).ok().stdout.contains("nothing to resolve"));
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn a_robot_that_is_a_customer_says_it_in_a_reply() {
    let sandbox = desk();
    let fire = |text: &str| {
        let words = ["--as", "robot@acme.example", "open", "-s", "Disk full", "--key", "disk-1", "-m", text, "--json"];
        sandbox.run(&[&words[..], &["--on-existing", "reopen"]].concat()).ok().json()
    };
    fire("93 %");
    assert_eq!(actions(&fire("94 %")), ["open", "reply"]);
}

#[test]
fn a_reminder_that_two_clones_sent_counts_once() {
    let mut clones = Clones::new(&["kenji", "lea"]);
    let ticket = clones.ticket.clone();
    clones.at("kenji").run(&["reply", &ticket, "-m", "Which release?"]).ok();
    clones.pull("kenji", "lea");
    for name in ["kenji", "lea"] {
        let mut command = clones.at(name).program(&["sweep", "--apply"]);
        command.env("CASEBOOK_NOW", "2026-11-26T09:00:00Z");
        crate::fixtures::sandbox::Running::start(command).finish().ok();
    }
    clones.pull("kenji", "lea");
    let shown = clones.at("lea").shown(&ticket);
    let reminders = actions(&shown).into_iter().filter(|action| *action == "remind").count();
    assert_eq!((reminders, &shown["alerts"]), (2, &json!(1)));
}
