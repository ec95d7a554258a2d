//! Tests of the canonical reader: the files that it accepts, and those that it leaves to the library.

use super::{read_summary, read_summary_header};
use crate::domain::id::Id;
use crate::domain::ticket::summary::Summary;
use crate::store::yaml::read;

const FILE: &str = "\
format: 1
id: 01M7ZH3CA0AAAAAAAAAAAAAAAA
subject: Tiles time out
status: on_hold
priority: S2
organization: acme
requester: ana@acme.example
cc:
- bo@acme.example
tags:
- \"no\"
- billing
escalation:
  reason: business_impact
  since: 2026-11-21T18:00:00Z
hold:
  reason: engineering
  team: rendering

history:
- id: 01M7ZH3CA0AAAAAAAAAAAAAAAA
  at: 2026-11-21T17:05:12Z
  by: ana@acme.example
  role: customer
  action: open
  to: open
  subject: Tiles time out
  priority: S2
  organization: acme
  requester: ana@acme.example
  imported_from: other
  imported_id: other-7
  text: |
    Since this morning.

      - id: not an entry
    ...

- id: 01M7ZH3CA1BBBBBBBBBBBBBBBB
  at: 2026-11-21T18:05:12Z
  by: kenji@desk.example
  role: agent
  action: hold
  from: open
  to: on_hold
  reason: engineering
  team: rendering
  text: |
    画面が遅い。
...
";

fn id() -> Id {
    "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id")
}

#[test]
fn a_canonical_file_gives_the_summary_of_its_ticket() {
    let ticket = read(FILE.as_bytes(), Some(id())).expect("a ticket");
    let summary = read_summary(FILE.as_bytes(), id()).expect("a canonical file");
    assert_eq!(summary, Summary::from(&ticket));
    assert_eq!(summary.imported_id.as_deref(), Some("other-7"));
}

#[test]
fn rare_fields_and_texts_are_read_too() {
    for (from, to) in [
        ("  imported_id: other-7", "  imported:\n    a: b\n    c:\n    - 1\n    - 2.5\n    \"no\": true"),
        ("subject: Tiles time out\nstatus", "subject: \"no\"\nstatus"),
        ("    画面が遅い。\n", "    a\ttab\n"),
        ("text: |\n    画面が遅い。\n", "text: |2\n      画面が遅い。\n"),
        ("  team: rendering\n\nhistory", "  team: rendering\nfields:\n  hw: 3\n  site: Paris\n\nhistory"),
    ] {
        assert!(FILE.contains(from), "{from}");
        let file = FILE.replace(from, to);
        let ticket = read(file.as_bytes(), Some(id())).expect("a ticket");
        assert_eq!(read_summary(file.as_bytes(), id()), Some(Summary::from(&ticket)), "{file}");
    }
    let unsorted = FILE.replace("rendering\n\nhistory", "rendering\nfields:\n  site: Paris\n  hw: 3\n\nhistory");
    assert_eq!(read_summary(unsorted.as_bytes(), id()), None);
}

#[test]
fn anything_else_is_left_to_the_library() {
    for (from, to) in [
        ("subject: Tiles time out\nstatus", "subject: no\nstatus"),
        ("subject: Tiles time out\nstatus", "subject: &a Tiles\nstatus"),
        ("subject: Tiles time out\nstatus", "subject: Tiles # x\nstatus"),
        ("subject: Tiles time out\nstatus", "subject: \"a\\nb\"\nstatus"),
        ("subject: Tiles time out\nstatus", "status"),
        ("status: on_hold\npriority: S2", "priority: S2\nstatus: on_hold"),
        ("status: on_hold", "status: on_hold\nstatus: on_hold"),
        ("status: on_hold", "status: on hold"),
        ("status: on_hold", "status: \ton_hold"),
        ("status: on_hold", "status:"),
        ("format: 1", "format: 2"),
        ("cc:\n- bo@acme.example", "cc: []"),
        ("cc:\n- bo@acme.example", "cc:\n- [bo]"),
        ("- \"no\"", "- no"),
        ("  team: rendering\n\nhistory", "  team: rendering\n  x: y\n\nhistory"),
        ("\nhistory:\n", "history:\n"),
        ("  at: 2026-11-21T17:05:12Z", "  at: 2026-11-31T17:05:12Z"),
        ("  at: 2026-11-21T17:05:12Z", "  at: 2026-11-21T17:05:12+00:00"),
        ("action: hold", "action: resume"),
        ("  from: open\n", ""),
        ("role: agent", "role: wizard"),
        ("  imported_id: other-7", "  imported:\n    a: b\n    a: c"),
        ("  imported_id: other-7", "  imported:\n    a: \"b\""),
        ("    Since this", "      Since this"),
        ("    Since this morning.", "\n    Since this morning."),
        ("text: |\n", "text: |2\n"),
        ("text: |\n", "text: >\n"),
        ("text: |\n", "text: |-\n"),
        ("morning.\n\n", "morning.\n    \n"),
        ("遅い。\n", "遅い。\n      \n"),
        ("subject: Tiles time out\nstatus", "subject: \"Tiles time out\"\nstatus"),
        ("\n...\n", "\n"),
        ("画面が遅い。\n...\n", "画面が遅い。\n...\n...\n"),
        ("画面", "画\u{2028}面"),
        ("画面", "画\u{feff}面"),
        ("morning", "morn\u{1b}ing"),
    ] {
        assert!(FILE.contains(from), "{from}");
        assert_eq!(read_summary(FILE.replace(from, to).as_bytes(), id()), None, "{to}");
    }
    assert_eq!(read_summary(FILE.as_bytes(), "01M7ZH3CA1BBBBBBBBBBBBBBBB".parse().expect("an id")), None);
    assert_eq!(read_summary(&FILE.as_bytes()[..FILE.len() - 1], id()), None);
    assert_eq!(read_summary(b"\xff", id()), None);
}

#[test]
fn a_header_is_not_read_separately_if_a_field_of_it_follows_the_history() {
    let header = read(FILE.as_bytes(), Some(id())).expect("a ticket").header;
    assert_eq!(read_summary_header(FILE.as_bytes(), id()), Some(header));
    let reordered = FILE.replace("画面が遅い。\n", "画面が遅い。\nchannel: no\n");
    let ticket = read(reordered.as_bytes(), Some(id())).expect("the order of the fields is free");
    assert_eq!(ticket.header.channel.as_deref(), Some("no"));
    assert_eq!(read_summary_header(reordered.as_bytes(), id()), None);
}

#[test]
fn a_header_is_not_read_separately_before_lines_outside_entries() {
    for (from, to) in [
        ("\n...\n", "\n<<<<<<< ours\n...\n"),
        ("\n...\n", "\n# a remark\n...\n"),
        ("\n...\n", "\n...\n---\n...\n"),
        ("\n...\n", "\n-x: y\n...\n"),
        ("\n...\n", "\n"),
        ("\n...\n", " ...\n"),
    ] {
        assert_eq!(read_summary_header(FILE.replace(from, to).as_bytes(), id()), None, "{to}");
    }
}

#[test]
fn a_header_is_not_read_separately_before_line_breaks_that_only_the_library_knows() {
    for sign in ["\r", "\u{85}", "\u{2028}", "\u{2029}"] {
        let reordered = FILE.replace("画面が遅い。\n", &format!("画面が遅い。{sign}channel: no\n"));
        assert_eq!(read_summary_header(reordered.as_bytes(), id()), None, "{sign:?}");
        match read(reordered.as_bytes(), Some(id())) {
            Ok(ticket) => assert_eq!((ticket.header.channel.as_deref(), sign), (Some("no"), "\r")),
            // Readers do not agree on these.
            Err(error) => assert!(sign != "\r" && error.to_string().contains("U+"), "{error}"),
        }
    }
}
