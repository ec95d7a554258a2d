//! Schemas: everything the program writes and prints is valid by the schemas it prints, and errors are not.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::fixtures::arbitrary;
use crate::fixtures::desk::{desk, tree};
use crate::fixtures::sandbox::Sandbox;

fn schema(sandbox: &Sandbox, noun: &str) -> Validator {
    let schema = sandbox.run(&["schema", noun]).ok().json();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{noun}: {error}"));
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{noun}: {error}"))
}

#[track_caller]
fn fits(schema: &Validator, value: &Value) {
    let flaws: Vec<String> =
        schema.iter_errors(value).map(|flaw| format!("{}: {flaw}", flaw.instance_path())).collect();
    assert!(flaws.is_empty(), "{flaws:#?}\n{value:#}");
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// A desk with every kind of entry that commands make.
fn living() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.run(&["demo", "desk"]).ok();
    sandbox.enter("desk");
    let listed = sandbox.run(&["list", "--json=id"]).ok().json();
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.run(&["attach", listed[0]["id"].as_str().unwrap(), &file]).ok();
    sandbox
}

#[test]
fn tickets_are_valid_as_files_and_as_json() {
    let sandbox = living();
    let ticket = schema(&sandbox, "ticket");
    for (path, bytes) in tree(&sandbox.path("tickets")) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(path.ends_with(".yaml"));
        fits(&ticket, &yaml(&text));
    }
    let listed = sandbox.run(&["list", "--json"]).ok().json();
    for row in listed.as_array().unwrap() {
        fits(&ticket, row);
        fits(&ticket, &sandbox.shown(row["id"].as_str().unwrap()));
    }
}

#[test]
fn entries_are_valid_wherever_they_are_printed() {
    let sandbox = living();
    let entry = schema(&sandbox, "entry");
    let log = sandbox.run(&["log", "--json"]).ok().json();
    log.as_array().unwrap().iter().for_each(|told| fits(&entry, told));
    let changes = sandbox.run(&["changes", "--json"]).ok().json();
    for ticket in changes.as_array().unwrap() {
        ticket["entries"].as_array().unwrap().iter().for_each(|told| fits(&entry, told));
    }
}

#[test]
fn any_printed_ticket_is_valid() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    let ticket = schema(&Sandbox::new(), "ticket");
    let mut runner = TestRunner::deterministic();
    for _ in 0..300 {
        let made = arbitrary::ticket().new_tree(&mut runner).unwrap().current();
        fits(&ticket, &yaml(&casebook::store::yaml::print(&made)));
    }
}

#[test]
fn errors_are_valid() {
    let sandbox = desk();
    let error = schema(&sandbox, "error");
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run(&["solve", &ticket, "--agreed-by", "ana@acme.example", "-m", "Done."]).ok();
    let broken = sandbox.opened("Broken", &[]);
    std::fs::write(sandbox.file_of(&broken), "format: 1\n").unwrap();
    for words in [
        &["list", "is:opne", "--json"][..],
        &["show", "ZZZZ", "--json"],
        &["show", &ticket[..6], "--json"],
        &["show", &broken, "--json"],
        &["remind", &ticket, "--early", "--json"],
        &["nonsense", "--json"],
    ] {
        let told = sandbox.run(words);
        assert_ne!(told.code, Some(0), "{words:?}");
        fits(&error, &serde_json::from_str(&told.stderr).unwrap());
    }
}

#[test]
fn settings_are_valid() {
    let sandbox = desk();
    let config = schema(&sandbox, "config");
    let read = |text: &str| serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
    let initial = sandbox.read("casebook.toml");
    fits(&config, &read(&initial));
    for wrong in ["nmae = 'x'", "format = 2", "format = 1\n[git]\ncommit = 'often'", "format = 1\n[follow_up.S9]"] {
        assert!(!config.is_valid(&read(wrong)), "{wrong}");
    }
}

/// Adds the names of the settings in a part of a schema.
fn add_settings(part: &Value, names: &mut Vec<String>) {
    if let Some(properties) = part["properties"].as_object() {
        names.extend(properties.keys().cloned());
    }
    match part {
        Value::Object(parts) => parts.values().for_each(|part| add_settings(part, names)),
        Value::Array(parts) => parts.iter().for_each(|part| add_settings(part, names)),
        _ => {}
    }
}

#[test]
fn every_setting_is_described_in_the_page_of_the_format() {
    let page = include_str!("../../../docs/format.md");
    let (_, page) = page.split_once("\n## casebook.toml\n").unwrap();
    let (page, _) = page.split_once("\n## ").unwrap();
    let words: Vec<&str> = page.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let schema = desk().run(&["schema", "config"]).ok().json();
    let mut names = Vec::new();
    add_settings(&schema, &mut names);
    assert!(names.len() > 50, "{names:?}");
    names.retain(|name| !words.contains(&name.as_str()));
    assert_eq!(names, Vec::<String>::new());
}

#[test]
fn custom_fields_are_valid_by_their_kinds() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let mut shown = sandbox.shown(&id);
    shown["fields"] = json!({ "region": 7, "seats": "many" });
    assert!(schema(&sandbox, "ticket").is_valid(&shown), "a desk that defines none takes any");
    let kinds = r#"
[fields.region]
type = "enum"
values = ["emea", "apac"]
label = "Region"
[fields.seats]
type = "number"
[fields.since]
type = "date"
[fields.build]
type = "text"
"#;
    sandbox.write("casebook.toml", &format!("{}{kinds}", sandbox.read("casebook.toml")));
    let ticket = schema(&sandbox, "ticket");
    let file = yaml(&std::fs::read_to_string(sandbox.file_of(&id)).unwrap());
    for (fields, is_right) in [
        (json!({ "region": "emea", "seats": 7, "since": "2026-11-21", "build": "26.18.3", "given_up": "since" }), true),
        (json!({ "region": "mars" }), false),
        (json!({ "seats": "many" }), false),
        (json!({ "since": 20261121 }), false),
        (json!({ "build": 26.18 }), false),
        (json!("emea"), false),
    ] {
        for mut told in [shown.clone(), file.clone()] {
            told["fields"] = fields.clone();
            assert_eq!(ticket.is_valid(&told), is_right, "{fields}");
        }
    }
}

#[test]
fn invalid_files_are_not_valid_by_the_schemas() {
    let sandbox = desk();
    let ticket = schema(&sandbox, "ticket");
    let id = sandbox.opened("Tiles", &[]);
    let text = std::fs::read_to_string(sandbox.file_of(&id)).unwrap();
    fits(&ticket, &yaml(&text));
    for (right, wrong) in [
        ("status: open", "status: opne"),
        ("priority: S3", "prioritty: S3"),
        ("subject: Tiles", "subject: [Tiles]"),
        ("action: open", "action: opne"),
        ("  action: open", "  action: open\n  reason: other"),
        ("format: 1", "format: one"),
    ] {
        assert!(text.contains(right), "{right}");
        assert!(!ticket.is_valid(&yaml(&text.replacen(right, wrong, 1))), "{wrong}");
    }
    let mut shown = sandbox.shown(&id);
    shown["more"] = json!(1);
    assert!(!ticket.is_valid(&shown));
}
