//! The readers of texts: what support writes with an action on its own side is internal, and customers see the action alone.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const ANA: &str = "ana@acme.example";

/// The texts that customers do not read, in every scene.
const INTERNAL: [&str; 7] = ["secret-a", "secret-h", "secret-r", "secret-t", "secret-s", "rendering", "vip"];

fn scene() -> (Sandbox, String) {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    for words in [
        &["assign", &id, "kenji@desk.example", "-m", "secret-a"][..],
        &["hold", &id, "--reason", "engineering", "--team", "rendering", "-m", "secret-h"],
        &["resume", &id, "-m", "secret-r"],
        &["tag", &id, "--add", "vip", "-m", "secret-t"],
        &["set", &id, "product=looker", "-m", "secret-s"],
        &["hold", &id, "--reason", "engineering", "--team", "rendering"],
    ] {
        sandbox.run(words).ok();
    }
    (sandbox, id)
}

#[test]
fn no_view_shows_customers_an_internal_text_a_tag_or_the_team_awaited() {
    let (mut sandbox, id) = scene();
    for internal in INTERNAL {
        assert!(sandbox.run(&["show", &id]).ok().stdout.contains(internal), "support reads {internal}");
    }
    sandbox.act_as(Some(ANA));
    for words in [
        &["show", &id][..],
        &["show", &id, "--json"],
        &["show", &id, "--diff"],
        &["show", &id, "--format", "{{ tags }} {{ hold.team }} {{ history }}"],
        &["list", "--json"],
        &["list", "--csv"],
        &["list", "tag:vip", "--count"],
        &["list", "secret-a", "--json"],
        &["log", "--json"],
        &["log", &id],
        &["search", "secret"],
        &["search", "secret", "product:looker"],
        &["changes", "HEAD~4..HEAD", "--json"],
        &["list", "as-of:HEAD", "--json"],
        &["reply", &id, "-m", "Any news?", "-n"],
        &["reply", &id, "-m", "Any news?", "--json"],
    ] {
        let told = sandbox.run(words);
        for internal in INTERNAL {
            assert!(!told.stdout.contains(internal), "{words:?} shows {internal}: {}", told.stdout);
        }
    }
    assert_eq!(sandbox.run(&["list", "tag:vip", "--count"]).ok().stdout, "0\n");
    assert_eq!(sandbox.run(&["list", "tag:none", "--count"]).ok().stdout, "1\n");
    let shown = sandbox.shown(&id);
    let actions: Vec<_> = shown["history"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["open", "assign", "hold", "resume", "set", "hold", "reply"], "the tag alone is hidden whole");
    assert_eq!((&shown["history"][1]["internal"], &shown["history"][1]["text"]), (&().into(), &().into()));
}

#[test]
fn a_flag_chooses_the_other_readers_and_the_confirmation_names_them() {
    let mut sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let confirmed = |words: &[&str]| sandbox.run(words).ok().stdout;
    assert!(confirmed(&["assign", &id, "kenji@desk.example", "-m", "yours"]).contains("(internal text)"));
    assert!(confirmed(&["assign", &id, "lea@desk.example", "-m", "hers", "--public"]).contains("(public text)"));
    assert!(confirmed(&["cc", &id, "--add", "bo@acme.example", "-m", "read along"]).contains("(public text)"));
    assert!(
        confirmed(&["cc", &id, "--add", "al@acme.example", "-m", "boss", "--internal"]).contains("(internal text)")
    );
    assert!(confirmed(&["tag", &id, "--add", "vip", "-m", "as asked", "--public"]).contains("(public text)"));
    assert!(!confirmed(&["hold", &id, "--reason", "engineering"]).contains("text)"));
    assert!(!confirmed(&["reply", &id, "-m", "Thank you."]).contains("text)"));
    let file = std::fs::read_to_string(sandbox.file_of(&id)).unwrap();
    assert_eq!(file.matches("  internal: true\n").count(), 2, "{file}");
    for words in [&["note", &id, "-m", "x"][..], &["correct", &id, &id, "-m", "x", "--reason", "y"]] {
        let words = [words, &["--public"]].concat();
        assert!(sandbox.run(&words).fails(2).stderr.contains("--public"), "{words:?}");
    }
    sandbox.act_as(Some(ANA));
    sandbox.run(&["reply", &id, "-m", "x", "--internal"]).fails(5);
    let shown = sandbox.run(&["show", &id]).ok().stdout;
    assert!(shown.contains("hers") && shown.contains("read along") && shown.contains("as asked"), "{shown}");
    assert!(!shown.contains("yours") && !shown.contains("boss") && !shown.contains("vip"), "{shown}");
}

#[test]
fn an_internal_reply_is_no_response_and_references_to_it_are_internal() {
    let mut sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["reply", &id, "-m", "secret-a", "--internal"]).ok();
    let shown = sandbox.shown(&id);
    assert_eq!((shown["status"].as_str(), shown["alerts"].as_u64()), (Some("open"), Some(0)));
    let sla = shown["sla"].as_array().unwrap();
    assert!(sla.iter().all(|clock| clock["state"] != "met"), "{sla:?}");
    let entry = shown["version"].as_str().unwrap();
    sandbox.run(&["correct", &id, entry, "--reason", "a slip", "-m", "secret-h"]).ok();
    sandbox.run(&["redact", &id, entry, "--reason", "secret-r", "-m", "secret-t"]).ok();
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
    sandbox.act_as(Some(ANA));
    let told = sandbox.run(&["show", &id, "--json"]).ok().stdout;
    assert!(!told.contains("secret"), "{told}");
    assert_eq!(sandbox.shown(&id)["history"].as_array().unwrap().len(), 2);
}
