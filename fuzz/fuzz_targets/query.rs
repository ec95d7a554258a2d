//! The query language: any text is refused with a reason or is a query, which answers for any ticket, and whose
//! answer from a summary header is never another one than that from the summary. `cargo fuzz run query`.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use casebook::domain::query::{TicketView, QueryScope, parse};
use casebook::domain::ticket::summary::{SummaryHeader, Summary};
use casebook::domain::time::zone::Zone;
use casebook::store::yaml::read;
use libfuzzer_sys::fuzz_target;

/// A ticket to ask about.
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

static ROW: LazyLock<Summary> =
    LazyLock::new(|| Summary::from(&read(TICKET.as_bytes(), None).expect("a sound ticket")));

fuzz_target!(|words: &str| {
    let zone = Zone::named("Europe/Paris").expect("a zone");
    let now = chrono::DateTime::from_timestamp(1_795_000_000, 0).expect("a time");
    let saved = BTreeMap::from([("triage".to_owned(), "is:open assignee:none".to_owned())]);
    let Ok(query) = parse(words, &QueryScope { now, zone: &zone, me: None, saved: &saved }) else { return };
    let row = &*ROW;
    let means = query.means(&TicketView { row, me: None, holds_words: &|_| false, clocks: &Vec::new });
    for glimpse in [SummaryHeader::from(row), SummaryHeader::from(&row.header)] {
        let said = query.means_at_a_glance(&glimpse);
        assert!(said.is_none_or(|said| said == means), "at a glance it is another answer");
    }
});
