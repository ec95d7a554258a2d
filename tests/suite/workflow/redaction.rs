//! `redact` hides everything that a person typed in an entry, in every view and for every viewer.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// Asserts that no view contains a text, except the file itself.
#[track_caller]
fn conceals(sandbox: &Sandbox, id: &str, text: &str) {
    for words in [
        &["show", id, "--diff"][..],
        &["show", id, "--json"],
        &["list", "--json"],
        &["list", "as-of:2026-11-21", "--json"],
        &["list", text, "as-of:2026-11-21", "--json"],
        &["log", id],
        &["log", "--json"],
        &["search", text],
        &["changes", "HEAD~2..HEAD", "--json"],
        &["changes", "HEAD~2..HEAD", "--markdown"],
        &["--no-index", "list", text],
        &["list", "as-of:HEAD~1", "--json"],
        &["list", text, "as-of:HEAD~1", "--json"],
        &["log", "as-of:HEAD~1", "--json"],
        &["search", text, "as-of:HEAD~1"],
        &["changes", "HEAD~2..HEAD~1"],
        &["changes", "HEAD~2..HEAD~1", "--json"],
        &["changes", "HEAD~2..HEAD~1", "--markdown"],
    ] {
        let told = sandbox.run(words);
        assert!(!told.stdout.contains(text), "{words:?}: {}", told.stdout);
    }
}

#[test]
fn the_redaction_of_an_opening_hides_its_subject_and_needs_a_new_one() {
    let mut sandbox = desk();
    let id = sandbox.opened("pin 4711", &[]);
    let redact = ["redact", &id, &id, "--reason", "leak"];
    let told = sandbox.run(&redact).fails(2).stderr;
    assert!(told.contains("--subject"), "{told}");
    sandbox.run(&[&redact[..], &["--subject", "Clean"]].concat()).ok();
    assert_eq!(sandbox.shown(&id)["subject"], "Clean");
    for viewer in [None, Some("ana@acme.example")] {
        sandbox.act_as(viewer);
        conceals(&sandbox, &id, "4711");
    }
    sandbox.act_as(None);
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit"]).ok();
    assert!(std::fs::read_to_string(sandbox.file_of(&id)).unwrap().contains("4711"), "history only grows");
}

#[test]
fn a_text_that_is_redacted_in_the_work_tree_is_hidden_at_every_revision() {
    let mut sandbox = desk();
    let id = sandbox.opened("pin 4711", &[]);
    let entry = |sandbox: &Sandbox| sandbox.shown(&id)["version"].as_str().unwrap().to_owned();
    sandbox.run(&["reply", &id, "-m", "pin 4711"]).ok();
    let reply = entry(&sandbox);
    sandbox.run(&["note", &id, "-m", "Later."]).ok();
    for (target, rest) in [(&id, &["--subject", "pin 4711, again"][..]), (&reply, &[])] {
        let words = ["redact", &id, target, "--reason", "leak", "--no-commit"];
        sandbox.run(&[&words[..], rest].concat()).ok();
    }
    let redaction = sandbox.shown(&id)["history"][3]["id"].as_str().unwrap().to_owned();
    sandbox.run(&["redact", &id, &redaction, "--reason", "leak", "--subject", "Clean", "--no-commit"]).ok();
    for viewer in [None, Some("ana@acme.example")] {
        sandbox.act_as(viewer);
        conceals(&sandbox, &id, "4711");
        let told = sandbox.run(&["log", &id, "as-of:HEAD", "--json"]).ok().stdout;
        assert!(told.contains("\"action\": \"open\""), "{told}");
    }
    // A damaged file does not say what is redacted, so its older versions are not shown.
    sandbox.write(sandbox.file_of(&id), "action: redact\n<<<<<<< HEAD\n");
    conceals(&sandbox, &id, "4711");
}

#[test]
fn a_redaction_hides_teams_bugs_and_values() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let redact = |flags: &[&str]| {
        let entry = sandbox.shown(&id)["version"].as_str().unwrap().to_owned();
        sandbox.run(&[&["redact", &id, &entry, "--reason", "leak"], flags].concat())
    };
    sandbox.run(&["hold", &id, "--reason", "engineering", "--team", "4711"]).ok();
    redact(&[]).ok();
    sandbox.run(&["resume", &id]).ok();
    conceals(&sandbox, &id, "4711");
    sandbox.run(&["set", &id, "subject=pin 4711"]).ok();
    redact(&[]).fails(2);
    redact(&["--subject", "Tiles"]).ok();
    conceals(&sandbox, &id, "4711");
    sandbox.run(&["reply", &id, "-m", "pin 4711"]).ok();
    assert!(redact(&["--subject", "x"]).fails(2).stderr.contains("no subject"));
    redact(&[]).ok();
    let bug = ["--resolution", "bug_reported", "--bug", "4711", "--bug-priority", "S2", "--eta", "+3d"];
    sandbox.run(&[&["solve", &id][..], &bug].concat()).ok();
    redact(&[]).ok();
    conceals(&sandbox, &id, "4711");
    sandbox.run(&["check", "--strict"]).ok();
}
