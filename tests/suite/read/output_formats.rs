//! The forms in which lists and logs are printed for programs: JSON, JSON lines, CSV, templates.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// A desk with hostile subjects: a formula, a command for CI, and escape sequences of a terminal.
fn hostile() -> (Sandbox, Vec<String>) {
    let sandbox = desk();
    let subjects = ["=cmd|'/c calc'!A1", "::error::no", "One\u{202e}two", "緊急: タイルが遅い"];
    let ids = subjects.map(|subject| sandbox.opened(subject, &["--cc", "bo@acme.example", "--cc", "cy@acme.example"]));
    (sandbox, ids.to_vec())
}

#[test]
fn json_lines_are_the_array_line_by_line() {
    let (sandbox, _) = hostile();
    let array = sandbox.run(&["list", "--json"]).ok().json();
    let lines = sandbox.run(&["list", "--jsonl"]).ok().stdout;
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array.as_array().unwrap(), &lines);
    let selected = sandbox.run(&["list", "--jsonl=subject,id", "--limit", "1"]).ok().stdout;
    assert!(selected.starts_with("{\"subject\":\"=cmd|'/c calc'!A1\",\"id\":\"01"), "{selected}");
    assert_eq!(sandbox.run(&["list", "--jsonl=", "x"]).ok().stdout, sandbox.run(&["list", "--json="]).ok().stdout);
}

#[test]
fn csv_cells_are_never_formulas() {
    let (sandbox, ids) = hostile();
    let csv = sandbox.run(&["list", "--csv"]).ok().stdout;
    let header = "id,status,priority,assignee,requester,organization,created_at,last_activity_at,subject";
    assert_eq!(csv.lines().next(), Some(header));
    assert!(csv.lines().nth(1).unwrap().ends_with(",'=cmd|'/c calc'!A1"), "{csv}");
    let asked = sandbox.run(&["list", "--csv=short_id,cc,hold,alerts", "--limit", "1"]).ok().stdout;
    assert_eq!(asked, format!("short_id,cc,hold,alerts\n{},bo@acme.example;cy@acme.example,,0\n", &ids[0][20..]));
    assert_eq!(sandbox.run(&["list", "status:solved", "--csv=id"]).ok().stdout, "id\n");
}

#[test]
fn no_format_lets_customers_control_a_terminal_or_a_build() {
    let (sandbox, _) = hostile();
    for form in
        ["--json", "--jsonl", "--csv", "--format={{ subject }}", "--csv=subject", "--format={{tablerow(subject)}}"]
    {
        for verb in ["list", "log"] {
            let told = sandbox.run(&[verb, form]).ok().stdout;
            assert!(!told.contains('\u{202e}'), "{verb} {form}: {told}");
            assert!(!told.lines().any(|line| line.trim_start().starts_with("::error")), "{verb} {form}: {told}");
        }
    }
    let exact = sandbox.run(&["list", "--json=subject"]).ok().json();
    assert_eq!(exact[2]["subject"], "One\u{202e}two");
}

#[test]
fn a_damaged_file_has_no_row_and_exits_with_7() {
    let (sandbox, ids) = hostile();
    std::fs::write(sandbox.file_of(&ids[1]), "format: 1\n").unwrap();
    for form in ["--csv=id", "--jsonl=id", "--format={{ id }}"] {
        let told = sandbox.run(&["list", form]).fails(7);
        assert!(told.stdout.contains(&ids[0]) && !told.stdout.contains(&ids[1]), "{form}: {}", told.stdout);
        assert!(told.stderr.contains(&ids[1]), "{form}: {}", told.stderr);
    }
}

#[test]
fn damaged_files_are_reported_as_json_errors() {
    let (sandbox, ids) = hostile();
    let file = sandbox.file_of(&ids[1]);
    std::fs::write(&file, "format: 1\n").unwrap();
    std::fs::write(sandbox.file_of(&ids[2]), "<<<<<<< HEAD\n").unwrap();
    for words in [&["list", "--json"][..], &["list", "--jsonl=id"], &["log", "--json"], &["search", "緊急", "--json"]]
    {
        let told = sandbox.run(words).fails(7).stderr;
        let errors: Vec<serde_json::Value> = told
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{words:?}: {error}: {told}")))
            .collect();
        let codes: Vec<_> = errors.iter().map(|error| error["error"]["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["ticket.damaged", "ticket.conflicted"], "{words:?}");
        let error = &errors[0]["error"];
        assert_eq!((error["ticket"].as_str(), error["line"].as_u64()), (Some(ids[1].as_str()), Some(2)), "{error}");
        assert!(file.ends_with(error["file"].as_str().unwrap()), "{error}");
        assert!(errors[1]["error"]["hint"].as_str().unwrap().contains("casebook resolve"));
        let names: Vec<&str> = error.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["code", "message", "hint", "ticket", "file", "line", "column", "candidates"]);
    }
    // For people, a line each.
    assert!(sandbox.run(&["list"]).fails(7).stderr.starts_with("casebook: tickets/"));
}

#[test]
fn a_template_formats_each_ticket() {
    let (sandbox, ids) = hostile();
    let told = sandbox.run(&["list", "--format", "{{ short_id }} {{ subject|truncate(7) }} {{ created_at|timeago }}"]);
    let lines: Vec<String> = told.ok().stdout.lines().map(str::to_owned).collect();
    assert_eq!(lines[0], format!("{} =cmd|'… 4m ago", &ids[0][20..]));
    assert_eq!(lines[3], format!("{} 緊急:… 1m ago", &ids[3][20..]));
    let rows = sandbox.run(&["list", "--format", "{{ tablerow(priority, assignee, cc|join('+')) }}"]).ok().stdout;
    assert_eq!(rows.lines().next(), Some("S3\t\tbo@acme.example+cy@acme.example"));
}

#[test]
fn an_unsupported_format_is_refused_before_reading() {
    let sandbox = Sandbox::new();
    for (words, said) in [
        (["list", "--csv=subjct"], "did you mean `subject`?"),
        (["list", "--jsonl=nope"], "`--json=` lists the fields"),
        (["list", "--format={{ subjct }}"], "did you mean `subject`?"),
        (["list", "--format={{ subject"], "the template of --format"),
        (["log", "--csv=subject,tikcet"], "did you mean `ticket`?"),
    ] {
        let told = sandbox.run(&words).fails(2).stderr;
        assert!(told.contains(said), "{words:?}: {told}");
    }
    sandbox.run(&["list", "--json", "--csv"]).fails(2);
    sandbox.run(&["list", "--count", "--csv"]).fails(2);
    let error = sandbox.run(&["list", "--jsonl"]).fails(3).error();
    assert_eq!(error["code"], "store.missing");
}

#[test]
fn the_log_has_every_format_and_since() {
    let sandbox = desk();
    let first = sandbox.opened("One", &[]);
    sandbox.wait("3d");
    sandbox.run(&["reply", &first, "-m", "Which release?\nOf which?"]).ok();
    let second = sandbox.opened("Two", &[]);
    let log = sandbox.run(&["log", "--json"]).ok().json();
    let tickets: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["ticket"].as_str().unwrap()).collect();
    assert_eq!(tickets, [second.as_str(), &first, &first]);
    let recent = sandbox.run(&["log", "--since", "1d", "--csv=ticket,action,to,auto"]).ok().stdout;
    assert_eq!(recent, format!("ticket,action,to,auto\n{second},open,open,\n{first},reply,awaiting_reply,\n"));
    assert_eq!(sandbox.run(&["log", &first, "--since", "2026-11-24", "--jsonl"]).ok().stdout.lines().count(), 1);
    let told = sandbox.run(&["log", "--since", "1d", "--format", "{{ by }}: {{ text }}"]).ok().stdout;
    assert!(told.ends_with("kenji@desk.example: Which release?\nOf which?\n"), "{told}");
    sandbox.run(&["log", "--since", "soon"]).fails(2);
    for time in ["yesterday", "friday"] {
        let since = sandbox.run(&["log", "--since", time, "--jsonl"]).ok().stdout;
        assert!(!since.is_empty(), "{time}");
    }
    for words in [
        &["log", "--since", "tomorrow"][..],
        &["log", "--since", "+2d"],
        &["list", "created:>tomorrow"],
        &["list", "updated:2099-01-01"],
        &["list", "--as-of", "2099-01-01"],
    ] {
        let refused = sandbox.run(words).fails(2).stderr;
        assert!(refused.contains("in the future") && refused.contains("yesterday"), "{words:?}: {refused}");
    }
}

#[test]
fn the_log_takes_the_same_queries_as_list() {
    let mut sandbox = desk();
    let tiles = sandbox.opened("Tiles time out", &["--org", "acme"]);
    let export = sandbox.opened("Export arrives twice", &["--org", "Big North"]);
    sandbox.run(&["solve", &export, "--agreed-by", "ana@acme.example", "-m", "Done."]).ok();
    let told = |words: &[&str]| sandbox.run(&[&["log", "--csv=ticket,action"], words].concat()).ok().stdout;
    let of_tiles = format!("ticket,action\n{tiles},open\n");
    let of_export = format!("ticket,action\n{export},solve\n{export},open\n");
    for words in [&["status:open"][..], &["-status:solved"], &["--org", "acme"], &["time"], &["\"tiles time\""]] {
        assert_eq!(told(words), of_tiles, "{words:?}");
    }
    // One ticket, by each of its names, with a query or without.
    for words in [&[export.as_str()][..], &[&export[20..]], &[&export[20..], "is:unassigned"]] {
        assert_eq!(told(words), of_export, "{words:?}");
    }
    assert_eq!(told(&["--org", "Big North"]), of_export);
    assert_eq!(told(&[&export, "status:open"]), "ticket,action\n");
    assert_eq!(told(&[&export, "as-of:2026-11-20"]), "ticket,action\n");
    assert_eq!(told(&["--since", "2d", "status:solved"]), of_export);
    // A word that looks like an id is no search text, unless `text:` precedes it.
    let refused = sandbox.run(&["log", "9SEDQR", "--json"]).fails(3).error();
    assert_eq!(refused["code"], "ticket.not_found");
    assert!(refused["hint"].as_str().unwrap().contains("'\"9SEDQR\"'"), "{refused}");
    assert_eq!(told(&["\"9SEDQR\""]), "ticket,action\n");
    sandbox.run(&["log", "stauts:open"]).fails(2);
    sandbox.act_as(Some("ida@north.example"));
    assert_eq!(sandbox.run(&["log", "--csv=ticket,action", "status:solved"]).ok().stdout, "ticket,action\n");
    sandbox.run(&["log", &export]).fails(3);
}

#[test]
fn an_argument_with_a_space_is_a_phrase() {
    let sandbox = desk();
    sandbox.opened("Two mails every Monday", &["--org", "Big North"]);
    sandbox.opened("Mails, two of them", &[]);
    let count = |words: &[&str]| sandbox.run(&[&["list", "--count"], words].concat()).ok().stdout.trim().to_owned();
    for (words, expected) in [
        (&["two mails"][..], "1"),
        (&["two", "mails"], "2"),
        (&["\"two mails\""], "1"),
        (&["two mails", "status:open"], "1"),
        (&["two mails status:open"], "2"),
        (&["--org", "Big North"], "1"),
        (&["org:\"Big North\""], "1"),
    ] {
        assert_eq!(count(words), expected, "{words:?}");
    }
}

#[test]
fn every_field_of_an_entry_is_in_the_log() {
    let sandbox = desk();
    let known = sandbox.run(&["log", "--json="]).ok().stdout;
    let known: Vec<&str> = known.lines().collect();
    sandbox.run(&["demo", "living"]).ok();
    let entries = sandbox.run(&["-C", "living", "log", "--json"]).ok().json();
    for entry in entries.as_array().unwrap() {
        let names: Vec<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    }
}

#[test]
fn a_field_that_is_asked_for_twice_has_its_value() {
    let sandbox = desk();
    let id = sandbox.opened("Twice", &[]);
    let list = sandbox.run(&["list", "--json=id,subject,id"]).ok().json();
    assert_eq!(list, serde_json::json!([{ "id": id, "subject": "Twice" }]));
    assert_eq!(sandbox.run(&["show", &id, "--json=id,subject,id"]).ok().json(), list[0]);
    let lines = sandbox.run(&["list", "--jsonl=id,id"]).ok().stdout;
    assert_eq!(lines, format!("{{\"id\":\"{id}\"}}\n"));
    let csv = sandbox.run(&["list", "--csv=id,id"]).ok().stdout;
    assert!(csv.ends_with(&format!("{id},{id}\r\n")) || csv.ends_with(&format!("{id},{id}\n")), "{csv}");
}
