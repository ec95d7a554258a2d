//! Idempotency keys: a retry returns the first result, also for organizations, and a key reveals no note.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;
use casebook::cli::command;

fn commits(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-list", "--count", "HEAD"]).ok().stdout
}

#[test]
fn the_key_of_a_note_is_free_to_customers() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &id, "-m", "Psst.", "--key", "nk"]).ok();
    let reply = ["--as", "ana@acme.example", "reply", &id, "-m", "Still.", "--key", "nk", "--json"];
    let told = sandbox.run(&reply).ok().json();
    assert_eq!(told["history"].as_array().unwrap().last().unwrap()["text"], "Still.\n");
    let made = commits(&sandbox);
    sandbox.run(&reply).ok();
    assert_eq!(commits(&sandbox), made, "a retry is the first result");
    sandbox.run(&["check", "--strict"]).ok();
    // Agents see the note, so for them the key is used.
    let told = sandbox.run(&["reply", &id, "-m", "Which?", "--key", "nk"]).fails(4).stderr;
    assert!(told.contains("was used for `note`"), "{told}");
}

#[test]
fn two_entries_with_one_key_are_still_reported() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &id, "-m", "Psst.", "--key", "nk"]).ok();
    for key in ["nk", "other"] {
        sandbox.run(&["--as", "ana@acme.example", "reply", &id, "-m", "Still.", "--key", key]).ok();
    }
    let file = sandbox.file_of(&id);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("key: other", "key: nk")).unwrap();
    let found = sandbox.run(&["check", "--json"]).ok().json();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["code"], "CB110");
}

#[test]
fn a_change_of_an_organization_can_be_retried() {
    let sandbox = desk();
    let new = ["org", "new", "acme", "domains=acme.example", "--key", "a"];
    let tina = ["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact", "--key", "b"];
    sandbox.run(&new).ok();
    sandbox.run(&tina).ok();
    let request = ["--as", "tina@acme.example", "-q", "access", "request", "-m", "I follow up.", "--key", "c"];
    let id = sandbox.run(&request).ok().stdout.trim().to_owned();
    sandbox.run(&["access", "grant", &id]).ok();
    let revoke = ["access", "revoke", "acme", "tina@acme.example", "-m", "It ended.", "--key", "d", "--json"];
    let told = sandbox.run(&revoke).ok().json();
    assert_eq!(told["people"][0]["email"], "tina@acme.example");
    assert!(told["people"][0]["organization_access"].is_null(), "{told}");
    let made = commits(&sandbox);
    for words in [&new[..], &tina, &request, &revoke] {
        sandbox.run(words).ok();
    }
    assert_eq!(commits(&sandbox), made);
    assert_eq!(sandbox.run(&revoke).ok().json(), told);
    // Another organization of that name, and access that was never granted, are no retries.
    sandbox.run(&["org", "new", "acme", "domains=other.example", "--key", "a"]).fails(4);
    sandbox.run(&["access", "revoke", "acme", "tina@acme.example"]).fails(4);
    sandbox.run(&["access", "revoke", "acme", "who@acme.example", "--key", "e"]).fails(4);
}

/// Verbs that need no key, since their result shows that they were done: a list of holidays, repairs, settings, a desk, the
/// reminders of a sweep.
const WITHOUT: [&str; 10] = [
    "calendar import --key",
    "check --key",
    "config set --key",
    "config unset --key",
    "init --dry-run",
    "init --json",
    "init --key",
    "sweep --key",
    "team add --key",
    "team remove --key",
];

#[test]
fn every_verb_that_writes_has_json_and_a_key() {
    let mut lacking = Vec::new();
    let mut looked = 0;
    let mut open = vec![(String::new(), command())];
    while let Some((name, verb)) = open.pop() {
        for inner in verb.get_subcommands() {
            open.push((format!("{name} {}", inner.get_name()).trim().to_owned(), inner.clone()));
        }
        let has = |flag: &str| verb.get_arguments().any(|argument| argument.get_long() == Some(flag));
        if !has("no-commit") {
            continue;
        }
        looked += 1;
        for flag in ["json", "key", "dry-run"] {
            if !has(flag) {
                lacking.push(format!("{name} --{flag}"));
            }
        }
    }
    lacking.sort();
    assert_eq!(lacking, WITHOUT);
    assert!(looked > 20, "{looked}");
}
