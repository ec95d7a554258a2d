//! The fuzz target of the query language: any text is refused with an error or is a query that matches a ticket or not.
//! The match with a summary header, if it is decided, equals that with the summary. `cargo fuzz run query`.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use casebook::domain::query::{QueryScope, TicketView, parse};
use casebook::domain::ticket::summary::{Summary, SummaryHeader};
use casebook::domain::time::zone::Zone;
use casebook::store::yaml::read;
use libfuzzer_sys::fuzz_target;

/// The ticket that queries are matched with.
const TICKET: &str = "\
format: 1
id: 01M807C41TC11V6V0HSM94Z40P
subject: One
status: open
priority: S3
requester: ana@acme.example

history:
- id: 01M807C41TC11V6V0HSM94Z40P
  at: 2026-11-21T23:34:27Z
  by: kenji@desk.example
  role: agent
  action: open
  to: open
  subject: One
  priority: S3
  requester: ana@acme.example
  text: |
    hi
...
";

static SUMMARY: LazyLock<Summary> =
    LazyLock::new(|| Summary::from(&read(TICKET.as_bytes(), None).expect("a valid ticket")));

fuzz_target!(|text: &str| {
    let zone = Zone::named("Europe/Paris").expect("a zone");
    let now = chrono::DateTime::from_timestamp(1_795_000_000, 0).expect("a time");
    let saved = BTreeMap::from([("triage".to_owned(), "is:open assignee:none".to_owned())]);
    let Ok(query) = parse(text, &QueryScope { now, zone: &zone, viewer: None, saved: &saved }) else { return };
    let summary = &*SUMMARY;
    let matches = query.matches(&TicketView { summary, viewer: None, contains_text: &|_| false, clocks: &Vec::new });
    for header in [SummaryHeader::from(summary), SummaryHeader::from(&summary.header)] {
        let decided = query.matches_header(&header);
        assert!(decided.is_none_or(|decided| decided == matches), "the summary header decides otherwise");
    }
});
