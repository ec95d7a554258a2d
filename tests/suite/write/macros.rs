//! Macros: a text for each action, in the language of the ticket; for agents only.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const URGENT: &str = r#"
[macros.urgent]
about = "Take it up"
text = { en = "We look at {{ subject }}.", fr = "Nous regardons {{ subject }}." }
actions = [
  { action = "prioritize", priority = "S2", text = { en = "{{ agent }} sees it too.", fr = "{{ agent }} le voit aussi." } },
  { action = "reply" },
]

[macros.wait]
actions = [{ action = "hold", reason = "other" }]
"#;

fn with_macros() -> Sandbox {
    let sandbox = desk();
    let policy = sandbox.read("casebook.toml") + URGENT;
    sandbox.write("casebook.toml", &policy);
    sandbox
}

/// Returns the texts of a ticket's entries after its first.
fn texts(sandbox: &Sandbox, id: &str) -> Vec<String> {
    let history = sandbox.shown(id)["history"].clone();
    history.as_array().unwrap()[1..].iter().map(|entry| entry["text"].as_str().unwrap().trim().to_owned()).collect()
}

#[test]
fn each_action_has_its_own_macro_text_in_the_tickets_language() {
    let sandbox = with_macros();
    let french = sandbox.opened("Tuiles", &["--lang-of-ticket", "fr"]);
    let told = sandbox.run(&["macro", "urgent", &french]).ok();
    assert_eq!(told.stderr, "");
    assert_eq!(texts(&sandbox, &french), ["kenji@desk.example le voit aussi.", "Nous regardons Tuiles."]);
    let english = sandbox.opened("Tiles", &["--lang-of-ticket", "en-GB"]);
    sandbox.run(&["macro", "urgent", &english, "-m", "In my own words."]).ok();
    assert_eq!(texts(&sandbox, &english), ["kenji@desk.example sees it too.", "In my own words."]);
    sandbox.run(&["check"]).ok();
}

#[test]
fn a_macro_in_another_language_than_the_tickets_is_reported() {
    let sandbox = with_macros();
    let id = sandbox.opened("Tiles", &["--lang-of-ticket", "ja"]);
    let told = sandbox.run(&["macro", "urgent", &id, "-n"]).ok();
    let note = "note: the macro `urgent` has no text in `ja`; its text in `en` is used\n";
    assert_eq!(told.stderr, note);
    assert_eq!(sandbox.run(&["macro", "urgent", &id, "-n", "-m", "Own words."]).ok().stderr, note);
    assert_eq!(sandbox.run(&["-q", "macro", "urgent", &id, "-n"]).ok().stderr, "");
}

#[test]
fn customers_neither_list_nor_apply_macros() {
    let mut sandbox = with_macros();
    let id = sandbox.opened("Tiles", &[]);
    for who in ["ana@acme.example", "x@other.example"] {
        sandbox.act_as(Some(who));
        for words in [&["macro"][..], &["macro", "--json"], &["macro", "urgent", &id], &["macro", "nonsense", &id]] {
            let told = sandbox.run(words).fails(5);
            assert!(told.stdout.is_empty() && told.stderr.contains("only an agent may `macro`"), "{}", told.stderr);
        }
    }
    sandbox.act_as(None);
    assert!(sandbox.run(&["macro"]).ok().stdout.contains("urgent\tprioritize,reply\tTake it up"));
    assert_eq!(texts(&sandbox, &id), Vec::<String>::new());
}

#[test]
fn a_macro_without_a_text_is_reported() {
    let sandbox = with_macros();
    let id = sandbox.opened("Tiles", &[]);
    let told = sandbox.run(&["macro", "wait", &id, "--json"]).fails(2).error();
    assert_eq!(
        (told["code"].as_str(), told["message"].as_str().unwrap().contains("`hold`")),
        (Some("text.missing"), true)
    );
    assert!(told["hint"].as_str().unwrap().contains("[macros.wait]"), "{told}");
    sandbox.run(&["macro", "wait", &id, "-m", "The office moves."]).ok();
    let policy = sandbox
        .read("casebook.toml")
        .replace("  { action = \"reply\" },\n", "  { action = \"reply\" },\n  { action = \"note\" },\n");
    sandbox.write("casebook.toml", &policy);
    let told = sandbox.run(&["check"]).fails(1).stdout;
    assert!(told.contains("`note` needs a text, and the text of the macro goes to action 2"), "{told}");
    let policy = policy.replace("  { action = \"note\" },\n", "").replace("{{ agent }} le", "{{ agnet }} le");
    sandbox.write("casebook.toml", &policy);
    let told = sandbox.run(&["check"]).fails(1).stdout;
    assert!(told.contains("the text (fr) of the macro `urgent`: unknown field `agnet`"), "{told}");
}

#[test]
fn a_macro_that_replies_and_solves_looks_for_the_agreement_before_its_own_text() {
    let sandbox = desk();
    let thanks = "\n[macros.thanks]\ntext = \"Glad to hear it.\"\nactions = [{ action = \"reply\" }, { action = \"solve\", resolution = \"agreed\" }]\n";
    sandbox.write("casebook.toml", &(sandbox.read("casebook.toml") + thanks));
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["macro", "thanks", &id]).fails(4);
    sandbox.run(&["--as", "ana@acme.example", "reply", &id, "-m", "It works."]).ok();
    let agreed = sandbox.shown(&id)["version"].clone();
    sandbox.run(&["macro", "thanks", &id]).ok();
    let shown = sandbox.shown(&id);
    assert_eq!((&shown["history"][3]["agreed_in"], &shown["status"]), (&agreed, &"solved".into()));
    sandbox.run(&["check"]).ok();
}
