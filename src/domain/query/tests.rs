//! Queries as text, matched with one ticket.

use std::collections::BTreeMap;

use super::*;
use crate::domain::id::Id;
use crate::domain::people::visibility::customer_view;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Role;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn person(text: &str) -> Person {
    Person::from_address(text).expect("an address")
}

/// Returns a ticket opened by Ana on the 20th at 12:00 UTC, with a note an hour later.
fn ticket() -> Ticket {
    let at = instant("2026-11-20T12:00:00Z");
    let ana = person("ana@acme.example");
    let mut opening = OpenFields::new("Dashboard Tiles time out".to_owned(), Priority::S2, ana.clone());
    opening.organization = Some("acme".to_owned());
    opening.tags = vec!["outage".to_owned(), "two words".to_owned()];
    opening.cc = vec![person("bo@acme.example")];
    let entry = |at: DateTime<Utc>, by: &Person, role, action, from, to, text| Entry {
        from,
        to,
        text: Text::clean(text),
        ..Entry::new(Id::at(at, 0), by.clone(), role, action)
    };
    let open = Action::Open(Box::new(opening));
    let mut ticket = Ticket::opened_by(entry(at, &ana, Role::Customer, open, None, Some(Status::Open), "タイルが遅い"))
        .expect("an opening");
    let later = instant("2026-11-20T13:00:00Z");
    let note = Action::Note { auto: false, via_ticket: None };
    ticket.append(entry(
        later,
        &person("lea@desk.example"),
        Role::Agent,
        note,
        Some(Status::Open),
        None,
        "The pool is full",
    ));
    ticket
}

fn parsed(text: &str) -> Result<Query, QueryError> {
    let saved = BTreeMap::from([
        ("triage".to_owned(), "is:open assignee:none".to_owned()),
        ("late".to_owned(), "is:overdue".to_owned()),
        ("loop".to_owned(), "@loop".to_owned()),
    ]);
    let (zone, ana) = (Zone::named("Europe/Paris").expect("a zone"), person("ana@acme.example"));
    parse(text, &QueryScope { now: instant("2026-11-21T17:00:00Z"), zone: &zone, viewer: Some(&ana), saved: &saved })
}

fn matches(text: &str) -> bool {
    let ticket = ticket();
    let summary = Summary::from(&ticket);
    let ana = person("ana@acme.example");
    let contains_text = |text: &str| ticket.contains_text(text);
    parsed(text).expect("a query").matches(&TicketView {
        summary: &summary,
        viewer: Some(&ana),
        contains_text: &contains_text,
        clocks: &Vec::new,
    })
}

#[test]
fn every_key_is_matched() {
    for text in [
        "",
        "status:open",
        "status:solved,open",
        "-status:solved",
        "priority:p2,S1",
        "org:acme",
        "requester:ANA@acme.example",
        "requester:me",
        "assignee:none",
        "cc:bo@acme.example",
        "group:none",
        "channel:none",
        "product:none",
        "-instance:main",
        "tag:outage",
        "tag:\"two words\",x",
        "lang:none",
        "is:open",
        "is:unsolved",
        "is:unassigned",
        "is:mine",
        "-is:escalated",
        "-is:merged",
        "-is:reopened",
        "-is:overdue",
        "-hold:engineering",
        "-resolution:agreed",
        "@triage",
        "-@late",
        "-due:<2h",
        "status:open priority:S2 tiles",
    ] {
        assert!(matches(text), "{text}");
    }
    for text in [
        "status:solved",
        "-status:open",
        "priority:S1",
        "org:none",
        "assignee:me",
        "tag:two",
        "is:escalated",
        "@triage status:solved",
        "-@triage",
        "tiles -@triage",
    ] {
        assert!(!matches(text), "{text}");
    }
}

#[test]
fn days_are_those_of_the_desk_and_durations_count_back() {
    // In Paris the ticket was opened on the 20th at 13:00, and its last entry was at 14:00.
    for text in [
        "created:2026-11-20",
        "created:yesterday",
        "created:<2d",
        "created:>24h",
        "created:>=2026-11-20",
        "created:<=2026-11-20",
        "created:>2026-11-19",
        "created:<2026-11-21",
        "created:2026-11-01..2026-11-20",
        "created:2026-11-20..",
        "created:..2026-11-20",
        "created:2026-11-20T12:00:00Z",
        "updated:<28h1m",
        "created:today,yesterday",
        "created:>=thursday",
        "created:..tomorrow",
    ] {
        assert!(matches(text), "{text}");
    }
    for text in
        ["created:>2026-11-20", "created:<2026-11-20", "created:today", "created:<1d", "updated:<28h", "created:>2d"]
    {
        assert!(!matches(text), "{text}");
    }
}

#[test]
fn text_is_found_in_any_case_and_language() {
    for text in ["tiles", "DASHBOARD", "\"tiles time\"", "イルが", "pool full", "-nothing"] {
        assert!(matches(text), "{text}");
    }
    for text in ["\"time tiles\"", "nothing", "-tiles"] {
        assert!(!matches(text), "{text}");
    }
    assert!(!customer_view(ticket()).contains_text("pool"), "customers do not find internal notes");
}

#[test]
fn errors_have_their_positions() {
    let error =
        |text: &str| parsed(text).map_err(|error| (error.start, error.length, error.kind)).expect_err("an error");
    assert_eq!(error("is:open staus:open"), (8, 5, QueryErrorKind::UnknownKey("staus".to_owned())));
    assert_eq!(error("-staus:open"), (1, 5, QueryErrorKind::UnknownKey("staus".to_owned())));
    assert!(matches!(error("é status:open,opne"), (14, 4, QueryErrorKind::UnknownWord(_))));
    assert_eq!(error("is:opened"), (3, 6, QueryErrorKind::UnknownState("opened".to_owned())));
    assert_eq!(error("created:>soon"), (8, 5, QueryErrorKind::InvalidTime(">soon".to_owned())));
    assert_eq!(error("created:.."), (8, 2, QueryErrorKind::InvalidTime("..".to_owned())));
    assert_eq!(error("x status:"), (2, 7, QueryErrorKind::MissingValue));
    assert_eq!(error("x \"open"), (2, 1, QueryErrorKind::OpenQuote));
    assert_eq!(error("@triag"), (0, 6, QueryErrorKind::UnknownSaved("triag".to_owned())));
    assert_eq!(error("@loop").2, QueryErrorKind::SavedQueryCycle("loop".to_owned()));
    assert_eq!(error("as-of:today as-of:today").2, QueryErrorKind::DuplicateAsOf);
}

#[test]
fn a_moment_is_a_day_an_instant_or_a_revision() {
    let as_of = |text: &str| parsed(text).expect("a query").as_of;
    assert_eq!(as_of("as-of:2026-11-20"), Some(AsOf::Instant(instant("2026-11-20T22:59:59.999Z"))));
    assert_eq!(as_of("as-of:HEAD~3"), Some(AsOf::Revision("HEAD~3".to_owned())));
    let at_noon = ticket().as_of(instant("2026-11-20T12:30:00Z")).expect("open by then");
    assert_eq!(at_noon.history.len(), 1);
    assert_eq!(ticket().as_of(instant("2026-11-20T11:00:00Z")), None);
}

#[test]
fn every_optional_text_of_a_ticket_is_a_key() {
    for key in ["org", "group", "lang", "tag", "channel", "product", "instance"] {
        assert!(keys().contains(&key), "{key}");
    }
    for key in keys() {
        let error = parsed(&format!("{key}:")).map_err(|error| error.kind);
        assert_eq!(error, Err(QueryErrorKind::MissingValue), "{key} is parsed");
    }
}
