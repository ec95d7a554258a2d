//! Values as they are typed: several separated by commas, words kept as they are written, and what a command says it did.

use serde_json::json;

use crate::fixtures::desk::desk;

#[test]
fn commas_separate_values() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &["--cc", "bo@acme.example,al@acme.example"]);
    sandbox.run(&["tag", &id, "--add", "relay,brake", "--add", "axle"]).ok();
    sandbox.run(&["tag", &id, "--remove", "axle,brake", "--add", "pump"]).ok();
    sandbox
        .run(&["cc", &id, "--add", "eve@acme.example,ida@acme.example", "--remove", "al@acme.example,bo@acme.example"])
        .ok();
    let shown = sandbox.shown(&id);
    assert_eq!(shown["tags"], json!(["relay", "pump"]));
    assert_eq!(shown["cc"], json!(["eve@acme.example", "ida@acme.example"]));
}

#[test]
fn the_priority_of_a_bug_is_kept_as_written() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let solve = |priority: &str| {
        let bug = ["solve", &id, "--resolution", "bug_reported", "--bug", "B-1", "--eta", "+30d", "--bug-priority"];
        sandbox.run(&[&bug[..], &[priority]].concat())
    };
    solve(" ").fails(2);
    solve("P2").ok();
    assert_eq!(sandbox.shown(&id)["history"][1]["bug_priority"], "P2");
    assert!(sandbox.run(&["show", &id]).ok().stdout.contains("bug B-1 reported, P2"));
}

#[test]
fn a_command_says_what_it_did() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &["-p", "S3"]);
    for (words, done) in [
        (&["assign", &id, "me"][..], "assigned to kenji@desk.example"),
        (&["assign", &id, "--none"], "unassigned"),
        (&["prioritize", &id, "S1", "-m", "Down."], "S3 → S1"),
        (&["tag", &id, "--add", "relay,brake"], "+relay +brake"),
        (&["tag", &id, "--remove", "brake"], "-brake"),
        (&["cc", &id, "--add", "bo@acme.example"], "+bo@acme.example"),
        (&["set", &id, "instance=main", "product="], "instance=main"),
        (&["note", &id, "-m", "Known."], "note added"),
        (&["reply", &id, "-m", "Which?"], "open -> awaiting_reply"),
        (&["remind", &id, "--early", "-m", "Still there?"], "reminded"),
        (&["reply", &id, "-m", "Or that?"], "replied"),
    ] {
        let told = sandbox.run(words).ok().stdout;
        assert!(told.starts_with(&format!("{id}  {done}  Tiles")), "{told}");
    }
    let entry = sandbox.shown(&id)["history"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    for (verb, done) in [("correct", "corrected"), ("redact", "redacted")] {
        let told = sandbox.run(&[verb, &id, &entry, "--reason", "a slip", "-m", "Not that."]).ok().stdout;
        assert!(told.starts_with(&format!("{id}  {done} {}  Tiles", &entry[20..])), "{told}");
    }
    let both = "\n[macros.both]\ntext = \"Which?\"\nactions = [{ action = \"note\", text = \"Asked.\" }, { action = \"reply\" }]\n";
    sandbox.write("casebook.toml", &(sandbox.read("casebook.toml") + both));
    let told = sandbox.run(&["macro", "both", &id]).ok().stdout;
    assert!(told.starts_with(&format!("{id}  note added, replied  Tiles")), "{told}");
}

#[test]
fn a_near_miss_is_answered_with_what_works() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let none = sandbox.run(&["assign", &id, "none"]).fails(2).stderr;
    assert!(none.contains(&format!("casebook assign {} --none", &id[20..])), "{none}");
    sandbox.run(&["hold", &id, "--reason", "engineering", "--until", "3d"]).ok();
    assert!(
        sandbox
            .run(&["hold", &id, "--reason", "engineering", "--until", "yesterday"])
            .fails(2)
            .stderr
            .contains("passed")
    );
}

#[test]
fn a_log_has_a_limit_and_other_query_languages_are_refused() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &id, "-m", "Known."]).ok();
    for flag in ["-n", "--limit"] {
        let lines = sandbox.run(&["log", flag, "1"]).ok().stdout;
        assert!(lines.lines().count() == 1 && lines.contains("Known."), "{lines}");
    }
    for words in
        [&["list", "tiles", "OR", "charts"][..], &["list", "status:open OR status:solved"], &["list", "NOT", "x"]]
    {
        let told = sandbox.run(words).fails(2).stderr;
        assert!(told.contains("is not an operator") && told.contains("status:open,on_hold"), "{told}");
    }
    sandbox.run(&["list", "\"OR\""]).ok();
}

#[test]
fn a_reply_can_solve_hold_and_assign_in_one_commit() {
    let sandbox = desk();
    let shown = |words: &[&str]| {
        let before = sandbox.commits();
        let ticket = sandbox.run(&[words, &["--json"]].concat()).ok().json();
        assert_eq!(sandbox.commits(), before + 1, "{words:?}");
        ticket
    };
    let id = sandbox.opened("Tiles", &[]);
    let held = shown(&["reply", &id, "-m", "We look.", "--hold", "engineering", "--assign", "me"]);
    assert_eq!((&held["status"], &held["assignee"]), (&"on_hold".into(), &"kenji@desk.example".into()));
    assert_eq!(held["history"].as_array().unwrap().len(), 4);
    // Its own text is no agreement, and neither is an opening.
    sandbox.run(&["reply", &id, "-m", "Fixed.", "--solve"]).fails(4);
    let told = sandbox.run(&["--as", "ana@acme.example", "reply", &id, "-m", "It works now.", "--json"]).ok().json();
    let solved = shown(&["reply", &id, "-m", "Good to hear.", "--solve"]);
    let last = solved["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&solved["status"], &last["agreed_by"]), (&"solved".into(), &"ana@acme.example".into()));
    assert_eq!(last["agreed_in"], told["version"]);
    sandbox.run(&["reply", &id, "-m", "x", "--solve", "--hold", "engineering"]).fails(2);
    sandbox.run(&["audit"]).ok();
}
