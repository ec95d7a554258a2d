//! The ticket file: printing and reading are inverse, and appends keep every byte.

use casebook::domain::id::Id;
use casebook::domain::people::person::Person;
use casebook::domain::ticket::OpenFields;
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::action::Action;
use casebook::domain::ticket::entry::Entry;
use casebook::domain::ticket::header_field::HeaderField;
use casebook::domain::ticket::replay::replay;
use casebook::domain::value::Value;
use casebook::domain::vocabulary::{Priority, Role, Status};
use casebook::store::yaml::{amend, is_canonical, print, read, read_by_library};
use proptest::prelude::*;

use crate::fixtures::arbitrary;

#[test]
fn the_example_of_the_format_page_is_a_ticket_as_it_is_printed() {
    let page = include_str!("../../../docs/format.md");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let ticket = read(example.as_bytes(), None).unwrap_or_else(|damage| panic!("{damage}"));
    assert_eq!(print(&ticket), example);
    assert_eq!(replay(&ticket.history), Some(ticket.header));
}

/// Found by the property below, rarely: the blank line after a block was removed with the block, and a
/// line of blanks at its end is part of its text.
#[test]
fn a_changed_header_block_keeps_the_blank_line_before_the_history() {
    for words in ["one\ntwo", "one\ntwo\n", "one\n \t", "one\n \n", " one\n\n  \n  ", "one\n\n", "one\n \n\n \n\n"] {
        let at = Id::at("2026-11-21T09:01:00Z".parse().unwrap(), 1);
        let mut opening = OpenFields::new("s".to_owned(), Priority::S3, Person::from_address("a@a.example").unwrap());
        opening.fields = vec![("steps".to_owned(), Value::String(words.to_owned()))];
        let entry = |id: Id, action, from, to| Entry {
            from,
            to,
            ..Entry::new(id, Person::from_address("a@a.example").unwrap(), Role::Agent, action)
        };
        let open = entry(at, Action::Open(Box::new(opening)), None, Some(Status::Open));
        let before = Ticket::opened_by(open).unwrap();
        for (name, value) in [("more", "yes it is"), ("more", words), ("zeta", "z"), ("zeta", "z\nz")] {
            let set =
                Action::Set { set: vec![(HeaderField::Field(name.to_owned()), Value::from(value))], unset: Vec::new() };
            let mut after = before.clone();
            after.append(entry(Id::after(Some(at), at.time(), 2), set, Some(Status::Open), None));
            let file = print(&before);
            let amended =
                amend(file.as_bytes(), &before, &after).unwrap_or_else(|why| panic!("{words:?}: {why}\n{file}"));
            assert_eq!(String::from_utf8(amended).unwrap(), print(&after), "{words:?} {name} {value:?}");
        }
    }
}

/// Returns the ticket with only its first `count` entries.
fn cut(ticket: &Ticket, count: usize) -> Ticket {
    let mut short = Ticket::opened_by(ticket.history[0].clone()).unwrap();
    ticket.history[1..count].iter().for_each(|entry| short.append(entry.clone()));
    short
}

proptest! {
    #![proptest_config(arbitrary::config(600))]

    #[test]
    fn reading_gives_back_what_was_printed(ticket in arbitrary::ticket()) {
        let printed = print(&ticket);
        let back = read(printed.as_bytes(), Some(ticket.id)).unwrap_or_else(|damage| panic!("{damage}\n{printed}"));
        prop_assert_eq!(&back, &ticket, "{}", printed);
        prop_assert!(is_canonical(printed.as_bytes()), "{}", printed);
        prop_assert_eq!(read_by_library(printed.as_bytes(), Some(ticket.id)), Ok(ticket), "{}", printed);
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
    fn an_append_keeps_every_older_byte(ticket in arbitrary::ticket(), keep in 1usize..6) {
        let before = cut(&ticket, keep.min(ticket.history.len()));
        let old = print(&before);
        let new = String::from_utf8(amend(old.as_bytes(), &before, &ticket).unwrap()).unwrap();
        prop_assert_eq!(&new, &print(&ticket));
        let history = |file: &str| file[file.find("\nhistory:\n").unwrap()..file.len() - 4].to_owned();
        prop_assert!(history(&new).starts_with(&history(&old)));
    }
}
