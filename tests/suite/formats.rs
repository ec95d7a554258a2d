//! The ticket file: printing and reading are inverse, appends keep every byte, and bad files are refused.

use casebook::domain::replay::replay;
use casebook::domain::ticket::Ticket;
use casebook::store::yaml::{amend, is_canonical, print, read, read_by_library};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::arbitrary;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
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
    fn an_append_leaves_every_older_byte(ticket in arbitrary::ticket(), keep in 1usize..6) {
        let before = cut(&ticket, keep.min(ticket.history.len()));
        let old = print(&before);
        let new = String::from_utf8(amend(old.as_bytes(), &before, &ticket).unwrap()).unwrap();
        prop_assert_eq!(&new, &print(&ticket));
        let history = |file: &str| file[file.find("\nhistory:\n").unwrap()..file.len() - 4].to_owned();
        prop_assert!(history(&new).starts_with(&history(&old)));
    }
}
