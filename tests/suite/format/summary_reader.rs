//! The summary reader against the full reader: on any file, however mutilated, it gives the same summary or none.

use std::collections::BTreeMap;

use casebook::domain::query::{Query, QueryScope, TicketView, parse};
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::action::{Action, SolveEvidence};
use casebook::domain::ticket::summary::{Summary, SummaryHeader};
use casebook::domain::time::zone::Zone;
use casebook::store::yaml::{print, read, read_by_library, read_summary, read_summary_header};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fixtures::arbitrary;

/// A mutilation of a file.
#[derive(Clone, Debug)]
enum Wound {
    /// Some bytes are inserted at a place.
    Put(Index, &'static str),
    /// Some bytes at a place are gone.
    Cut(Index, usize),
    /// A line is there twice.
    Double(Index),
    /// A line is gone.
    Drop(Index),
    /// A line replaces another.
    Move(Index, Index),
}

const SCRAPS: [&str; 24] = [
    " ", "\n", "\t", "-", "- ", ":", ": ", "#", " #", "\"", "'", "|", "&a ", "*", "!x ", "\u{85}", "\u{2028}",
    "\u{3000}", "é", "no", "1e3", "...\n", "---\n", "  ",
];

fn wound() -> impl Strategy<Value = Wound> {
    prop_oneof![
        (any::<Index>(), proptest::sample::select(&SCRAPS[..])).prop_map(|(place, scrap)| Wound::Put(place, scrap)),
        (any::<Index>(), 1_usize..4).prop_map(|(place, count)| Wound::Cut(place, count)),
        any::<Index>().prop_map(Wound::Double),
        any::<Index>().prop_map(Wound::Drop),
        any::<(Index, Index)>().prop_map(|(from, to)| Wound::Move(from, to)),
    ]
}

impl Wound {
    fn strike(&self, file: &mut Vec<u8>) {
        let lines = |file: &[u8]| file.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        if file.is_empty() {
            return;
        }
        match self {
            Self::Put(place, scrap) => {
                let at = place.index(file.len());
                file.splice(at..at, scrap.bytes());
            }
            Self::Cut(place, count) => {
                let at = place.index(file.len());
                file.drain(at..(at + count).min(file.len()));
            }
            Self::Double(place) => {
                let mut lines = lines(file);
                let at = place.index(lines.len());
                lines.insert(at, lines[at].clone());
                *file = lines.concat();
            }
            Self::Drop(place) => {
                let mut lines = lines(file);
                lines.remove(place.index(lines.len()));
                *file = lines.concat();
            }
            Self::Move(from, to) => {
                let mut lines = lines(file);
                let line = lines.remove(from.index(lines.len()));
                let to = to.index(lines.len() + 1);
                lines.insert(to, line);
                *file = lines.concat();
            }
        }
    }
}

/// A common ticket, without anything that the summary reader leaves to the full reader.
fn simple() -> impl Strategy<Value = Ticket> {
    (arbitrary::ticket(), "[a-z][a-z ]{3,20}[a-z]", any::<bool>()).prop_map(|(mut ticket, words, one_line)| {
        let is_odd = |action: &Action| {
            matches!(action, Action::Set { .. })
                || matches!(action, Action::Solve(solution) if matches!(solution, SolveEvidence::BugReported { .. }))
        };
        let mut history = ticket.history.split_off(1);
        history.retain(|entry| !is_odd(&entry.action));
        ticket.history[0].text = casebook::domain::text::Text::clean(&words);
        for entry in &mut history {
            if let Some(text) = &entry.text {
                entry.text = casebook::domain::text::Text::clean(if one_line { &words } else { text.as_str() });
            }
        }
        let mut first = ticket.history.remove(0);
        if let Action::Open(opening) = &mut first.action {
            opening.subject = words;
            (opening.fields, opening.imported, opening.overridden) = (Vec::new(), Vec::new(), None);
        }
        let mut simple = Ticket::opened_by(first).expect("it opens a ticket");
        history.into_iter().for_each(|entry| simple.append(entry));
        simple
    })
}

fn agrees(bytes: &[u8], ticket: &Ticket) -> Result<bool, TestCaseError> {
    let Some(row) = read_summary(bytes, ticket.id) else { return Ok(false) };
    let read = read(bytes, Some(ticket.id));
    let file = String::from_utf8_lossy(bytes);
    prop_assert_eq!(&read.as_ref().map(Summary::from), &Ok(row), "{}", file);
    prop_assert_eq!(read.as_ref().map(print), Ok(file.clone().into_owned()));
    prop_assert_eq!(read_by_library(bytes, Some(ticket.id)), read);
    Ok(true)
}

proptest! {
    #![proptest_config(arbitrary::config(1500))]

    #[test]
    fn the_summary_reader_gives_the_summary_of_the_ticket_or_none(ticket in arbitrary::ticket()) {
        agrees(print(&ticket).as_bytes(), &ticket)?;
    }

    #[test]
    fn a_mutilated_file_gives_the_same_summary_or_none(ticket in simple(), wounds in proptest::collection::vec(wound(), 1..4)) {
        let mut file = print(&ticket).into_bytes();
        wounds.iter().for_each(|wound| wound.strike(&mut file));
        agrees(&file, &ticket)?;
    }
}

fn query(words: &str) -> Query {
    let zone = Zone::named("Europe/Paris").expect("a zone");
    let saved = BTreeMap::new();
    let now = "2026-11-21T12:00:00Z".parse().expect("a time");
    parse(words, &QueryScope { now, zone: &zone, viewer: None, saved: &saved }).expect("a query")
}

/// Queries, of which some can be answered from a summary header.
const QUERIES: [&str; 16] = [
    "status:open",
    "-status:solved,on_hold",
    "priority:S1,S2",
    "hold:engineering",
    "-hold:other",
    "resolution:agreed",
    "assignee:none",
    "-assignee:none",
    "assignee:kenji",
    "is:open,escalated",
    "is:merged,reopened",
    "-is:unassigned,mine",
    "created:>2026-01-01",
    "updated:<2026-06-01 status:open",
    "is:unsolved org:acme",
    "is:overdue,unsolved",
];

proptest! {
    #[test]
    fn answers_from_a_summary_header_are_correct(ticket in arbitrary::ticket()) {
        let row = Summary::from(&ticket);
        for words in QUERIES {
            let query = query(words);
            let means = query.matches(&TicketView {
                summary: &row,
                viewer: None,
                contains_text: &|_| false,
                clocks: &Vec::new,
            });
            for glimpse in [SummaryHeader::from(&row), SummaryHeader::from(&row.header)] {
                let said = query.matches_header(&glimpse);
                prop_assert!(said.is_none_or(|said| said == means), "{} {:?} {:?}", words, said, row);
            }
        }
    }

    #[test]
    fn a_summary_header_is_the_header_of_the_summary(ticket in simple(), wounds in proptest::collection::vec(wound(), 0..3)) {
        let mut file = print(&ticket).into_bytes();
        wounds.iter().for_each(|wound| wound.strike(&mut file));
        if let (Some(header), Ok(ticket)) = (read_summary_header(&file, ticket.id), read(&file, Some(ticket.id))) {
            prop_assert_eq!(header, ticket.header);
        }
    }
}

#[test]
fn most_simple_tickets_are_read_by_the_summary_reader() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut surveyed = 0;
    for _ in 0..400 {
        let ticket = simple().new_tree(&mut runner).expect("a ticket").current();
        surveyed += usize::from(agrees(print(&ticket).as_bytes(), &ticket).expect("the same row"));
    }
    assert!(surveyed > 120, "only {surveyed} of 400");
}
