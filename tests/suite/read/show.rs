//! A ticket shown: one entry, what entries changed, and pages on a terminal.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Outcome, Sandbox};

#[test]
fn one_entry_can_be_shown() {
    let mut sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &ticket, "-m", "They pay late."]).ok();
    let shown = sandbox.shown(&ticket);
    let note = shown["history"][1]["id"].as_str().unwrap();
    let told = sandbox.run(&["show", &ticket, "--entry", &note[20..]]).ok().stdout;
    assert!(told.ends_with("│ They pay late.\n") && told.lines().count() == 2, "{told}");
    let json = sandbox.run(&["show", &ticket, "--entry", note, "--json"]).ok().json();
    assert_eq!((&json["ticket"], &json["id"]), (&ticket.as_str().into(), &note.into()));
    let asked = sandbox.run(&["show", &ticket, "--entry", note, "--json=action,to"]).ok().json();
    assert_eq!(asked, serde_json::json!({ "action": "note", "to": null }));
    assert_eq!(
        sandbox.run(&["show", &ticket, "--entry", "ZZZZZZ", "--json"]).fails(3).error()["code"],
        "entry.not_found"
    );
    sandbox.run(&["show", &ticket, "--entry", note, "--json=subjct"]).fails(2);
    sandbox.act_as(Some("ana@acme.example"));
    sandbox.run(&["show", &ticket, "--entry", note]).fails(3);
}

#[test]
fn a_template_formats_a_ticket_and_an_entry() {
    let mut sandbox = desk();
    let ticket = sandbox.opened("Tiles \u{1b}[2J", &[]);
    sandbox.run(&["note", &ticket, "-m", "They pay late."]).ok();
    let told = |template: &str| sandbox.run(&["show", &ticket, "--format", template]).ok().stdout;
    assert_eq!(
        told("{{ short_id }} {{ subject }}, {{ history|length }}"),
        format!("{} Tiles ␛[2J, 2\n", &ticket[20..])
    );
    assert_eq!(told("{% for e in history %}{{ e.action }} {% endfor %}"), "open note \n");
    let note = sandbox.shown(&ticket)["history"][1]["id"].as_str().unwrap().to_owned();
    let entry = ["show", &ticket, "--entry", &note, "--format", "{{ by }}: {{ text }}"];
    assert_eq!(sandbox.run(&entry).ok().stdout, "kenji@desk.example: They pay late.\n");
    let refused = sandbox.run(&["show", "nowhere", "--format", "{{ subjct }}"]).fails(2).stderr;
    assert!(refused.contains("did you mean `subject`?"), "{refused}");
    sandbox.run(&["show", &ticket, "--format", "{{ by }}"]).fails(2);
    sandbox.run(&["show", &ticket, "--format", "x", "--json"]).fails(2);
    sandbox.act_as(Some("ana@acme.example"));
    assert_eq!(sandbox.run(&["show", &ticket, "--format", "{{ history|length }}"]).ok().stdout, "1\n");
}

#[test]
fn changes_of_each_entry_can_be_shown() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run(&["assign", &ticket, "kenji@desk.example"]).ok();
    sandbox.run(&["solve", &ticket, "--agreed-by", "ana@acme.example", "-m", "Done."]).ok();
    let told = sandbox.run(&["show", &ticket, "--diff"]).ok().stdout;
    for line in ["  priority: S3", "  assignee: kenji@desk.example", "  status: open → solved", "  resolution: agreed"]
    {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    sandbox.run(&["show", &ticket, "--diff", "--json"]).fails(2);
}

/// Returns the output of a command on a terminal, or none if the machine has no `script`.
fn on_a_terminal(sandbox: &Sandbox, variables: &str, words: &str) -> Option<Outcome> {
    let there = sandbox.shell("command -v script").code == Some(0);
    if !there {
        eprintln!("no `script` here: pages are not tested");
    }
    there.then(|| sandbox.shell(&format!("{variables} script -qec 'casebook {words}' /dev/null")))
}

#[test]
fn a_pager_is_used_only_on_a_terminal() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let pager = "GIT_PAGER='sed s/^/PAGE:/'";
    let shown = ticket[20..].to_owned();
    for words in ["list", "log", "search work", &format!("show {ticket}")] {
        let piped = sandbox.shell(&format!("{pager} casebook {words}")).ok().stdout;
        assert!(!piped.contains("PAGE:"), "{words}: {piped}");
        let Some(told) = on_a_terminal(&sandbox, pager, words) else { return };
        assert!(told.clone().ok().stdout.contains("PAGE:"), "{words}: {}", told.stdout);
        let told = on_a_terminal(&sandbox, pager, &format!("--no-pager {words}")).unwrap().ok();
        assert!(!told.stdout.contains("PAGE:") && told.stdout.contains(&shown), "{words}: {}", told.stdout);
        let told = on_a_terminal(&sandbox, "GIT_PAGER=no-such-program", words).unwrap().ok();
        assert!(told.stdout.contains(&shown), "{words}: {}", told.stdout);
        let told = on_a_terminal(&sandbox, "PAGER=cat", words).unwrap().ok();
        assert!(told.stdout.contains(&shown), "{words}: {}", told.stdout);
    }
    sandbox.git(&["config", "core.pager", "sed s/^/CORE:/"]).ok();
    let told = on_a_terminal(&sandbox, "PAGER=false", "list").unwrap().ok();
    assert!(told.stdout.contains("CORE:"), "{}", told.stdout);
}

#[test]
fn ids_are_hyperlinks_if_the_terminal_supports_them() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.file_of(&ticket).canonicalize().unwrap();
    let link = format!("\u{1b}]8;;file://{}\u{1b}\\", file.display());
    let words = ["list", "log", "search work", "--no-pager", &format!("show {ticket}")].map(str::to_owned);
    for words in &words {
        let words = format!("--no-pager {words}").replace("--no-pager --no-pager", "--no-pager");
        let Some(told) = on_a_terminal(&sandbox, "TERM=xterm-256color", &words) else { return };
        assert_eq!(told.clone().ok().stdout.matches(&link).count(), 1, "{words}: {:?}", told.stdout);
        for variables in ["TERM=dumb", "TERM=linux", "", "TERM=xterm NO_COLOR=1", "TERM=xterm FORCE_HYPERLINK=0"] {
            let told = on_a_terminal(&sandbox, variables, &words).unwrap().ok();
            assert!(!told.stdout.contains("]8;"), "{variables} {words}: {:?}", told.stdout);
        }
        let piped = sandbox.shell(&format!("TERM=xterm casebook --color always {words} | cat")).ok().stdout;
        assert!(!piped.contains("]8;"), "{words}: {piped:?}");
    }
    let told = on_a_terminal(&sandbox, "TERM=dumb", "--no-pager list").unwrap().ok();
    assert!(!told.stdout.contains('\u{1b}'), "{:?}", told.stdout);
}

#[test]
fn the_exit_code_is_that_of_the_command_and_not_of_the_pager() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    std::fs::write(sandbox.file_of(&sandbox.opened("Broken", &[])), "format: 1\n").unwrap();
    let Some(told) = on_a_terminal(&sandbox, "GIT_PAGER='sed s/a/a/; false'", "list") else { return };
    let told = told.fails(7);
    assert!(told.stdout.contains(&ticket[20..]), "{}", told.stdout);
    // A pager that is closed early is no error.
    on_a_terminal(&sandbox, "GIT_PAGER=true", &format!("show {ticket}")).unwrap().ok();
}
