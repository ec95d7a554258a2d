//! `search`: the texts it finds, the viewers who find them, and that no text is missed.

use casebook::domain::people::visibility::customer_view;
use casebook::domain::ticket::texts::TicketTexts;
use proptest::prelude::*;

use crate::fixtures::arbitrary;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

fn told() -> (Sandbox, String, String) {
    let sandbox = desk();
    let first = sandbox.opened("Tiles time out", &["--org", "acme"]);
    sandbox.run(&["reply", &first, "-m", "Which release?\n\nAnd which TILES?"]).ok();
    sandbox.run(&["note", &first, "-m", "The tiles of Ana are a secret."]).ok();
    let second = sandbox.opened("緊急: タイルが遅い", &["--org", "northwind"]);
    sandbox.run(&["reply", &second, "-m", "昨日からタイルが表示されません。"]).ok();
    (sandbox, first, second)
}

fn ids(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let all = [&["search"], words, &["--json=id"]].concat();
    let found = sandbox.run(&all).ok().json();
    found.as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_line_with_a_match_is_printed_with_its_place() {
    let (sandbox, first, second) = told();
    let lines = sandbox.run(&["search", "tiles"]).ok().stdout;
    let lines: Vec<Vec<&str>> = lines.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], [first.as_str(), "", "", "Tiles time out"]);
    assert_eq!((lines[1][0], lines[1][2], lines[1][3]), (first.as_str(), "3", "And which TILES?"));
    let found = sandbox.run(&["search", "タイル", "--json"]).ok().json();
    assert_eq!(found[0]["id"], second.as_str());
    assert_eq!(found[0]["hits"][1]["ranges"], serde_json::json!([[4, 7]]));
    assert_eq!(sandbox.run(&["search", "nowhere"]).ok().stdout, "");
    assert_eq!(sandbox.run(&["search", "nowhere", "--json"]).ok().stdout, "[]\n");
    let csv = sandbox.run(&["search", "tiles", "org:acme", "--csv=line,text"]).ok().stdout;
    assert_eq!(csv, "line,text\n,Tiles time out\n3,And which TILES?\n1,The tiles of Ana are a secret.\n");
}

#[test]
fn a_query_narrows_a_search() {
    let (sandbox, first, second) = told();
    assert_eq!(ids(&sandbox, &["e", "-org:northwind"]), std::slice::from_ref(&first));
    assert_eq!(ids(&sandbox, &["緊急|tiles", "--regex"]), [first.clone(), second.clone()]);
    assert_eq!(ids(&sandbox, &["tile", "--word"]), Vec::<String>::new());
    assert_eq!(ids(&sandbox, &["secret", "as-of:HEAD~3"]), Vec::<String>::new());
    assert_eq!(ids(&sandbox, &["secret", "as-of:HEAD"]), [first]);
    sandbox.run(&["search", "("]).ok();
    sandbox.run(&["search", "(", "--regex"]).fails(2);
    sandbox.run(&["search", ""]).fails(2);
    sandbox.run(&["search", "x", "is:opne"]).fails(2);
}

#[test]
fn customers_find_no_notes_and_redacted_text_is_never_found() {
    let (mut sandbox, first, _) = told();
    sandbox.act_as(Some("ana@acme.example"));
    assert_eq!(ids(&sandbox, &["secret"]), Vec::<String>::new());
    assert_eq!(ids(&sandbox, &["tiles"]), std::slice::from_ref(&first));
    sandbox.act_as(None);
    let shown = sandbox.shown(&first);
    let reply = shown["history"][1]["id"].as_str().unwrap();
    assert_eq!(ids(&sandbox, &["release"]), std::slice::from_ref(&first));
    sandbox.run(&["redact", &first, reply, "--reason", "a slip", "-m", "Hidden."]).ok();
    assert_eq!(ids(&sandbox, &["release"]), Vec::<String>::new());
    assert_eq!(sandbox.run(&["list", "release", "--count"]).ok().stdout, "0\n");
}

#[test]
fn escaped_text_is_found_and_damaged_files_are_reported() {
    let (sandbox, first, second) = told();
    let file = sandbox.file_of(&second);
    let text = std::fs::read_to_string(&file).unwrap();
    let block = "text: |\n    昨日からタイルが表示されません。\n";
    assert!(text.contains(block), "{text}");
    let hand = text.replace(block, "text: \"\\u6628\\u65e5 caf\\xe9\\n\"\n");
    std::fs::write(&file, hand).unwrap();
    assert_eq!(ids(&sandbox, &["昨日"]), std::slice::from_ref(&second));
    assert_eq!(ids(&sandbox, &["CAFÉ"]), [second]);
    std::fs::write(sandbox.file_of(&first), "format: 1\nsubject: cut sho").unwrap();
    let told = sandbox.run(&["search", "昨日"]).fails(7);
    assert!(told.stderr.contains(&first) && told.stdout.contains("昨日"), "{}", told.stderr);
}

#[test]
fn unknown_values_are_named_if_nothing_is_found() {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    sandbox.opened("Unlisted", &["--group", "gadgets", "--org", "acme"]);
    let noted = |words: &[&str]| {
        let told = sandbox.run(words).ok();
        assert_eq!(told.stdout, "", "{words:?}");
        told.stderr
    };
    let near = "note: casebook.toml lists no product group `report_dashboards`; did you mean `reports_dashboards`?\n";
    for verb in ["list", "log", "sla"] {
        assert_eq!(noted(&[verb, "group:report_dashboards"]), near, "{verb}");
    }
    let org = "note: there is no organization `acmee`; did you mean `acme`?\n";
    assert_eq!(noted(&["list", "--org", "acmee"]), org);
    let agent = "note: [team] in casebook.toml has no agent `kenij@desk.example`; did you mean `kenji@desk.example`?\n";
    assert_eq!(noted(&["list", "assignee:kenij@desk.example"]), agent);
    assert_eq!(noted(&["list", "group:zzz,report_dashboards"]).lines().count(), 2);
    // A ticket may have a value that is not listed; a listed value without tickets is not unknown either.
    assert!(sandbox.run(&["list", "group:gadgets"]).ok().stderr.is_empty());
    for words in [
        &["list", "group:schedule_export"][..],
        &["list", "-group:nosuch", "status:solved"],
        &["list", "group:none"],
        &["list", "assignee:kenji@desk.example"],
        &["-q", "list", "group:nosuch"],
    ] {
        assert_eq!(noted(words), "", "{words:?}");
    }
    // Customers learn of no organization and of no agent.
    let partial = "note: only tickets visible to ana@acme.example are shown\n";
    for query in ["org:acmee", "assignee:kenij@desk.example"] {
        assert_eq!(noted(&["--as", "ana@acme.example", "list", query]), partial);
    }
    for form in ["--json=id", "--jsonl=id", "--count", "--csv=id"] {
        assert_eq!(sandbox.run(&["list", "group:nosuch", form]).ok().stderr, "", "{form}");
    }
}

proptest! {
    #![proptest_config(arbitrary::config(1500))]

    #[test]
    fn customers_find_the_same_texts_in_the_whole_ticket_and_in_their_view(ticket in arbitrary::ticket()) {
        let mut texts = TicketTexts::from(&ticket);
        texts.entries.retain(|entry| !entry.is_internal);
        let seen = customer_view(ticket.clone());
        prop_assert_eq!(TicketTexts::from(&seen), texts);
    }
}

#[test]
fn no_tag_or_field_can_be_what_queries_call_none() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    for words in [&["tag", &id, "--add", "none"][..], &["set", &id, "product=none"], &["set", &id, "fields.a=none"]] {
        assert!(sandbox.run(words).fails(2).stderr.contains("`none` cannot be a value"), "{words:?}");
    }
    for flag in ["--channel", "--product", "--org"] {
        let words = ["open", "-s", "x", "-m", "y", flag, "none"];
        assert!(sandbox.run(&words).fails(2).stderr.contains("`none` cannot be a value"), "{flag}");
    }
    assert!(sandbox.run(&["org", "new", "none"]).fails(2).stderr.contains("not a valid id"));
    sandbox.run(&["set", &id, "subject=none"]).ok();
    assert_eq!(sandbox.run(&["list", "tag:none", "--count"]).ok().stdout, "1\n");
}
