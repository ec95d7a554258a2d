//! The canonical reader against the library: it reads every printed file, and of any other file, however mutilated, the
//! same ticket or none.

use std::collections::BTreeMap;

use casebook::domain::query::{Query, QueryScope, TicketView, parse};
use casebook::domain::ticket::Ticket;
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
    fn every_printed_file_is_read_by_the_canonical_reader(ticket in arbitrary::ticket()) {
        let file = print(&ticket);
        prop_assert!(agrees(file.as_bytes(), &ticket)?, "{}", file);
        prop_assert_eq!(read_summary_header(file.as_bytes(), ticket.id), Some(ticket.header));
    }

    #[test]
    fn a_mutilated_file_gives_the_same_summary_or_none(ticket in arbitrary::ticket(), wounds in proptest::collection::vec(wound(), 1..4)) {
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
    fn a_summary_header_is_the_header_of_the_summary(ticket in arbitrary::ticket(), wounds in proptest::collection::vec(wound(), 0..3)) {
        let mut file = print(&ticket).into_bytes();
        wounds.iter().for_each(|wound| wound.strike(&mut file));
        if let (Some(header), Ok(ticket)) = (read_summary_header(&file, ticket.id), read(&file, Some(ticket.id))) {
            prop_assert_eq!(header, ticket.header);
        }
    }
}
