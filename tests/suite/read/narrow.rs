//! Tables and tickets on a narrow terminal, and lists that are empty.

use unicode_width::UnicodeWidthStr;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::terminal::on_a_terminal;

/// Runs the program on a terminal of a width. None without python3.
fn at_width(sandbox: &Sandbox, columns: usize, words: &[&str]) -> Option<String> {
    let line = format!("stty rows 40 cols {columns}; exec casebook --no-pager \"$@\"");
    let words = [&["sh", "-c", &line, "sh"][..], words].concat();
    Some(on_a_terminal(sandbox, &words, &[])?.stdout.replace('\r', ""))
}

/// A desk with targets, organizations with names, and one long ticket.
fn scene() -> (Sandbox, String) {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme-corporation", "domains=acme.example", "name=Acme Corporation of Elsewhere"]).ok();
    let ana = ["org", "person", "add", "acme-corporation", "ana@acme.example", "--name", "Ana Ray"];
    sandbox.run(&ana).ok();
    let text = "The tiles of every dashboard time out since this morning, also after a restart of the instance.";
    let subject = "Dashboard tiles time out for everyone in the European offices since today";
    let flags =
        ["--org", "acme-corporation", "--assignee", "me", "-p", "S1", "--cc", "ana.with.a.long.name@acme.example"];
    let id = sandbox.opened(subject, &flags);
    sandbox.run(&["reply", &id, "-m", text]).ok();
    sandbox.run(&["note", &id, "-m", text]).ok();
    sandbox.wait("9d");
    (sandbox, id)
}

#[test]
fn every_table_fits_a_terminal_of_sixty_columns() {
    let (sandbox, id) = scene();
    let verbs = [
        &["list"][..],
        &["log"],
        &["sla", "--all"],
        &["sla", "--explain", &id],
        &["sweep"],
        &["show", &id],
        &["org", "list"],
        &["changes", "HEAD~2..HEAD"],
        &["plan", "list"],
        &["search", "instance"],
    ];
    for words in verbs {
        for columns in [60, 80, 100] {
            let Some(text) = at_width(&sandbox, columns, words) else { return };
            assert!(text.lines().count() > 1, "{words:?}: {text}");
            for line in text.lines() {
                assert!(line.width() <= columns, "{words:?} at {columns}: {line}");
            }
        }
        for lang in ["fr", "ja", "pt"] {
            let Some(text) = at_width(&sandbox, 60, &[&["--lang", lang][..], words].concat()) else { return };
            assert!(text.lines().all(|line| line.width() <= 60), "{lang} {words:?}: {text}");
        }
    }
}

#[test]
fn the_subject_of_a_list_has_two_fifths_of_the_width() {
    let (sandbox, _) = scene();
    for columns in [60, 80, 120] {
        let Some(list) = at_width(&sandbox, columns, &["list"]) else { return };
        let subject = list.lines().nth(1).and_then(|line| line.find("Dashboard").map(|place| line[place..].width()));
        assert!(subject.is_some_and(|width| width * 5 + 5 >= columns * 2), "{columns}: {list}");
    }
}

#[test]
fn the_pages_of_help_fit_the_terminal() {
    let sandbox = desk();
    for topic in ["agents", "environment", "exit-codes", "formatting", "query", "security"] {
        for columns in [60, 80, 140] {
            let Some(page) = at_width(&sandbox, columns, &["help", topic]) else { return };
            let longest = page.lines().map(|line| line.width()).max().unwrap_or_default();
            assert!(longest <= columns.min(100), "{topic} at {columns}: {page}");
            assert!(topic == "environment" || longest + 20 > columns.min(100), "{topic} at {columns}: {page}");
            assert!(!page.contains("]("), "{page}");
        }
    }
}

#[test]
fn a_line_of_a_search_shows_its_match() {
    let (sandbox, _) = scene();
    let Some(found) = at_width(&sandbox, 60, &["search", "restart"]) else { return };
    assert!(found.lines().any(|line| line.contains(": …") && line.contains("restart of the")), "{found}");
}

#[test]
fn a_text_is_wrapped_behind_its_bar_and_people_are_shown_by_name() {
    let (sandbox, id) = scene();
    let Some(shown) = at_width(&sandbox, 60, &["show", &id]) else { return };
    assert!(shown.contains("│ The tiles of every dashboard time out since this morning,\n│ also after"), "{shown}");
    assert!(shown.contains("Ana Ray <ana@acme.example>"), "{shown}");
    let Some(list) = at_width(&sandbox, 160, &["list"]) else { return };
    assert!(list.contains("  Ana Ray    acme-corporation  "), "{list}");
}

#[test]
fn a_ticket_ends_with_the_verbs_that_are_allowed() {
    let (sandbox, id) = scene();
    let agent =
        "you can: reply, note, hold --reason REASON, remind, solve, escalate --reason REASON, prioritize PRIORITY";
    for (words, said) in [
        (&["show", &id][..], agent),
        (&["--as", "ana@acme.example", "show", &id], "you can: reply, solve, escalate --reason REASON"),
    ] {
        let Some(shown) = at_width(&sandbox, 200, words) else { return };
        assert_eq!(shown.lines().last(), Some(said), "{shown}");
    }
    sandbox.run(&["--as", "ana@acme.example", "solve", &id, "-m", "Thanks."]).ok();
    let Some(shown) = at_width(&sandbox, 80, &["show", &id]) else { return };
    assert_eq!(shown.lines().last(), Some("you can: reply, note, reopen"), "{shown}");
    assert!(!sandbox.run(&["show", &id]).ok().stdout.contains("you can"));
}

#[test]
fn an_empty_list_says_so_and_for_whom() {
    let sandbox = desk();
    for (words, said) in [
        (&["list"][..], "no ticket matches for kenji@desk.example"),
        (&["search", "tiles"], "no text matches for kenji@desk.example"),
        (&["sla"], "no clock matches for kenji@desk.example"),
        (&["sweep"], "nothing is due for kenji@desk.example"),
        (&["log"], "no entry matches for kenji@desk.example"),
        (&["--as", "ana@acme.example", "list"], "no ticket matches for ana@acme.example"),
    ] {
        let Some(text) = at_width(&sandbox, 80, words) else { return };
        assert!(text.ends_with(&format!("{said}\n")), "{words:?}: {text}");
        assert_eq!(sandbox.run(words).code, Some(0));
    }
    assert_eq!(sandbox.run(&["list"]).ok().stdout, "");
}
