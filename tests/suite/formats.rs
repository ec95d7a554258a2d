//! The ticket file: printing and reading are inverse, appends keep every byte, and bad files are refused.

use casebook::domain::action::{Action, Fact};
use casebook::domain::id::Id;
use casebook::domain::replay::replay;
use casebook::domain::ticket::Ticket;
use casebook::domain::value::Value;
use casebook::domain::words::Status;
use casebook::store::yaml::{amend, print, read};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::arbitrary;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

#[test]
fn the_example_of_the_format_page_is_a_ticket_as_it_is_printed() {
    let page = include_str!("../../docs/format.md");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let ticket = read(example.as_bytes(), None).unwrap_or_else(|damage| panic!("{damage}"));
    assert_eq!(print(&ticket), example);
    assert_eq!(replay(&ticket.history), Some(ticket.header));
}

/// Found by the property below, rarely: the blank line behind a block went with the block it stands behind.
#[test]
fn a_block_that_changes_in_the_header_leaves_the_blank_line_before_the_history() {
    let head =
        "format: 1\nid: 01M7YNCS70AV7BZJ26205ZR7J2\nsubject: s\nstatus: open\npriority: S3\nrequester: a@a.example\n";
    let block = "fields:\n  steps: |-\n    one\n    two\n";
    let entry = "history:\n- id: 01M7YNCS70AV7BZJ26205ZR7J2\n  at: 2026-11-21T09:01:00Z\n  by: a@a.example\n  role: agent\n  action: open\n  to: open\n  subject: s\n  priority: S3\n  requester: a@a.example\n  fields:\n    steps: |-\n      one\n      two\n  text: |\n    t\n...\n";
    let file = format!("{head}{block}\n{entry}");
    let before = read(file.as_bytes(), None).unwrap();
    let mut after = before.clone();
    let mut changed = before.history[0].clone();
    changed.id = Id::after(Some(before.id), before.id.time(), 1);
    changed.action = Action::Set { set: vec![(Fact::Field("more".to_owned()), Value::Bool(true))], unset: Vec::new() };
    (changed.from, changed.to, changed.text) = (Some(Status::Open), None, None);
    after.append(changed);
    let amended = String::from_utf8(amend(file.as_bytes(), &before, &after).unwrap()).unwrap();
    assert!(amended.contains("    two\n\nhistory:\n"), "{amended}");
    assert_eq!(amended, print(&after));
}

/// A ticket that keeps only the first `count` entries.
fn cut(ticket: &Ticket, count: usize) -> Ticket {
    let mut short = Ticket::opened_by(ticket.history[0].clone()).unwrap();
    ticket.history[1..count].iter().for_each(|entry| short.append(entry.clone()));
    short
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn reading_gives_back_what_was_printed(ticket in arbitrary::ticket()) {
        let printed = print(&ticket);
        let back = read(printed.as_bytes(), Some(ticket.id)).unwrap_or_else(|damage| panic!("{damage}\n{printed}"));
        prop_assert_eq!(&back, &ticket, "{}", printed);
        prop_assert_eq!(print(&back), printed);
        prop_assert_eq!(replay(&back.history), Some(back.header));
    }

    #[test]
    fn an_independent_reader_reads_the_same_values(ticket in arbitrary::ticket()) {
        let printed = print(&ticket);
        let theirs: serde_json::Value = serde_saphyr::from_str(&printed).unwrap_or_else(|error| panic!("{error}\n{printed}"));
        let ours: serde_json::Value = serde_yaml::from_str(&printed).unwrap();
        prop_assert_eq!(theirs, ours, "{}", printed);
    }

    #[test]
    fn an_append_leaves_every_older_byte(ticket in arbitrary::ticket(), keep in 1usize..6) {
        let before = cut(&ticket, keep.min(ticket.history.len()));
        let old = print(&before);
        let new = String::from_utf8(amend(old.as_bytes(), &before, &ticket).unwrap()).unwrap();
        prop_assert_eq!(&new, &print(&ticket));
        let history = |file: &str| file[file.find("\nhistory:\n").unwrap()..file.len() - 4].to_owned();
        prop_assert!(history(&new).starts_with(&history(&old)));
    }
}
