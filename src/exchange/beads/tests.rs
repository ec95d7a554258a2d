//! Examples of records, and the real export if `CASEBOOK_TEST_DATA` names its folder.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::read;
use crate::domain::codec::{entry_fields, header_fields, ticket_from};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::replay::replay;
use crate::domain::value::Value;
use crate::domain::vocabulary::{Priority, Resolution, Role, Status};
use crate::exchange::Imported;

fn import_knowing(bytes: &[u8], known: &[&str]) -> Imported {
    let mut next = 0;
    let mut random = || {
        next += 1;
        next
    };
    read(Cursor::new(bytes), Priority::S4, &|id| known.contains(&id), &mut random).expect("bytes in memory can be read")
}

fn import(lines: &str) -> Imported {
    import_knowing(lines.as_bytes(), &[])
}

/// Returns the ticket of a record that has the required names, and more.
fn one(more: &str) -> Ticket {
    let line = format!(
        r#"{{"id":"x-1","title":"A title","status":"open","priority":2,"created_at":"2026-01-02T03:04:05.678Z",{more}}}"#
    );
    // The last of two equal names counts, so `more` may replace a value.
    let mut imported = import(&line);
    assert_eq!(imported.rejected, [], "{line}");
    imported.tickets.pop().expect("a ticket")
}

#[test]
fn a_record_without_a_priority_gets_the_default() {
    let imported = import(r#"{"id":"x-1","title":"A title","status":"open","created_at":"2026-01-02T03:04:05Z"}"#);
    assert_eq!((imported.rejected, imported.tickets[0].header.priority), (Vec::new(), Priority::S4));
}

/// Returns the reason why a record is rejected.
fn reason(line: &str) -> String {
    let imported = import(line);
    assert_eq!((imported.tickets.len(), imported.rejected.len()), (0, 1), "{line}");
    imported.rejected[0].reason.clone()
}

fn imported_fields(ticket: &Ticket) -> Vec<(String, Value)> {
    ticket.opening().expect("an opening").imported.clone()
}

/// Asserts that a ticket is that of its history, and the same after encoding and decoding.
fn assert_valid(ticket: &Ticket) {
    assert_eq!(replay(&ticket.history).as_ref(), Some(&ticket.header));
    assert!(ticket.history.is_sorted_by(|a, b| a.id < b.id), "ids strictly increase");
    let mut fields = header_fields(ticket);
    fields.push(("history".into(), Value::List(ticket.history.iter().map(entry_fields).map(Value::Map).collect())));
    let value = Value::Map(fields).normalized().expect("a ticket is not empty");
    assert_eq!(ticket_from(value).as_ref(), Ok(ticket));
}

#[test]
fn an_open_issue_is_an_open_ticket_with_its_old_id_and_time() {
    let ticket = one(r#""description":"It fails.\r\nOften.","created_by":"Ana Lima","labels":["ui"," ui ","","io"]"#);
    let first = &ticket.history[0];
    assert_eq!((ticket.header.status, ticket.header.priority), (Status::Open, Priority::S2));
    assert_eq!(ticket.header.requester.as_str(), "Ana Lima");
    assert_eq!(ticket.header.tags, ["ui", "io"]);
    assert_eq!((first.role, first.from, first.to), (Role::Customer, None, Some(Status::Open)));
    assert_eq!(first.at.to_rfc3339(), "2026-01-02T03:04:05+00:00");
    assert_eq!(ticket.id.time().timestamp_subsec_millis(), 678);
    assert_eq!(first.text.as_ref().map(|text| text.as_str()), Some("It fails.\nOften.\n"));
    let opening = ticket.opening().expect("an opening");
    assert_eq!(opening.imported_from.as_deref(), Some("beads"));
    assert_eq!(opening.imported_id.as_deref(), Some("x-1"));
    assert_eq!(opening.imported, []);
    assert_valid(&ticket);
}

#[test]
fn five_priorities_become_four_and_the_fifth_is_kept() {
    for (number, priority) in [(1, Priority::S1), (2, Priority::S2), (3, Priority::S3), (4, Priority::S4)] {
        let ticket = one(&format!(r#""priority":{number}"#));
        assert_eq!((ticket.header.priority, imported_fields(&ticket)), (priority, vec![]));
    }
    let ticket = one(r#""priority":0"#);
    assert_eq!(ticket.header.priority, Priority::S1);
    assert_eq!(imported_fields(&ticket), [("priority".to_owned(), Value::Integer(0))]);
}

#[test]
fn without_a_description_the_title_is_the_text_and_without_a_creator_the_owner_is_the_requester() {
    let ticket = one(r#""description":" \n","created_by":" ","owner":"bo@acme.example""#);
    assert_eq!(ticket.history[0].text.as_ref().map(|text| text.as_str()), Some("A title\n"));
    assert_eq!(ticket.header.requester.as_str(), "bo@acme.example");
    assert_eq!(imported_fields(&ticket), []);
    assert_eq!(one(r#""owner":null"#).header.requester.as_str(), "unknown");
    let both = one(r#""created_by":"ana","owner":"bo""#);
    assert_eq!(imported_fields(&both), [("owner".to_owned(), Value::from("bo"))]);
}

#[test]
fn an_issue_in_progress_is_open_with_its_assignee() {
    let ticket = one(r#""status":"in_progress","assignee":"kenji""#);
    assert_eq!(ticket.header.status, Status::Open);
    assert_eq!(ticket.header.assignee.as_ref().map(|person| person.as_str()), Some("kenji"));
    assert_eq!(imported_fields(&ticket), [("status".to_owned(), Value::from("in_progress"))]);
}

#[test]
fn comments_are_notes_in_the_order_of_their_times_and_change_no_status() {
    let ticket = one(concat!(
        r#""status":"closed","closed_at":"2026-01-03T00:00:00Z","created_by":"ana","comments":["#,
        r#"{"id":8,"issue_id":"x-1","author":"lea","text":"Late.","created_at":"2026-01-04T00:00:00+01:00"},"#,
        r#"{"author":"bo","text":"Early.","created_at":"2026-01-01T00:00:00Z","votes":[]},"#,
        r#"{"id":9,"author":"bo","text":" ","created_at":"2026-01-04T00:00:00Z"}]"#
    ));
    let story: Vec<_> =
        ticket.history.iter().map(|entry| (entry.action.as_str(), entry.by.as_str(), entry.from, entry.to)).collect();
    let (open, solved) = (Some(Status::Open), Some(Status::Solved));
    let expected = [
        ("open", "ana", None, open),
        ("note", "bo", open, None),
        ("solve", "ana", open, solved),
        ("note", "lea", solved, None),
    ];
    assert_eq!(story, expected);
    assert_eq!(ticket.history[1].at.to_rfc3339(), "2026-01-01T00:00:00+00:00");
    assert_eq!(ticket.history[3].at.to_rfc3339(), "2026-01-03T23:00:00+00:00");
    assert_eq!(ticket.history[1].role, Role::Agent);
    let Some((name, Value::List(left))) = imported_fields(&ticket).pop() else { panic!("unused values are kept") };
    assert_eq!((name.as_str(), left.len()), ("comments", 2));
    assert_valid(&ticket);
}

#[test]
fn the_solve_is_by_the_person_who_closed_it_or_the_assignee_or_the_requester() {
    let closed = r#""status":"closed","closed_at":"2026-01-03T00:00:00Z","close_reason":"Done","created_by":"ana""#;
    let cases = [
        (r#""assignee":"kenji","closed_by":"lea""#, "lea", Role::Agent),
        (r#""assignee":"kenji""#, "kenji", Role::Agent),
        (r#""assignee":"ana""#, "ana", Role::Agent),
        (r#""assignee":"kenji","closed_by":"ana""#, "ana", Role::Customer),
        (r#""assignee":"""#, "ana", Role::Customer),
    ];
    for (more, by, role) in cases {
        let ticket = one(&format!("{closed},{more}"));
        let last = ticket.history.last().expect("an entry");
        assert_eq!((last.by.as_str(), last.role), (by, role), "{more}");
        assert_eq!(last.text.as_ref().map(|text| text.as_str()), Some("Done\n"));
        assert_eq!(ticket.header.resolution, Some(Resolution::Agreed));
        assert_valid(&ticket);
    }
}

#[test]
fn a_closing_without_a_time_has_the_time_of_the_last_change() {
    let ticket = one(r#""status":"closed","updated_at":"2026-01-05T00:00:00Z""#);
    assert_eq!(ticket.last_activity_at().to_rfc3339(), "2026-01-05T00:00:00+00:00");
    assert_eq!(one(r#""status":"closed""#).header.status, Status::Solved);
}

#[test]
fn a_tombstone_is_solved_with_a_note_of_the_reason() {
    let ticket = one(concat!(
        r#""status":"tombstone","closed_at":"2026-01-03T00:00:00Z","deleted_at":"2026-01-04T00:00:00Z","#,
        r#""deleted_by":"lea","delete_reason":"By mistake","original_type":"bug""#
    ));
    let actions: Vec<_> = ticket.history.iter().map(|entry| (entry.action.as_str(), entry.by.as_str())).collect();
    assert_eq!(actions, [("open", "unknown"), ("note", "lea"), ("solve", "lea")]);
    assert_eq!(ticket.history[1].text.as_ref().map(|text| text.as_str()), Some("By mistake\n"));
    let names: Vec<_> = imported_fields(&ticket).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["status", "closed_at", "original_type"]);
    assert_valid(&ticket);
    assert_eq!(one(r#""status":"tombstone""#).history.len(), 3, "it has its note without a reason too");
}

#[test]
fn unused_values_are_kept_in_order_without_empty_ones() {
    let ticket = one(
        r#""z":1.5,"a":{"b":[null,"",[],{"c":"two\nlines"}],"d":null},"e":"","f":[],"g":false,"h":18446744073709551615"#,
    );
    let inner = Value::List(vec![Value::Map(vec![("c".to_owned(), Value::from("two\nlines"))])]);
    let expected = [
        ("z".to_owned(), Value::Number(1.5)),
        ("a".to_owned(), Value::Map(vec![("b".to_owned(), inner)])),
        ("g".to_owned(), Value::Bool(false)),
        ("h".to_owned(), Value::Integer(i128::from(u64::MAX))),
    ];
    assert_eq!(imported_fields(&ticket), expected);
    assert_valid(&ticket);
}

#[test]
fn a_value_too_deep_for_a_ticket_file_is_kept_as_json() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let ticket = one(&format!(r#""deep":{deep}"#));
    let mut value = imported_fields(&ticket).remove(0).1;
    let mut depth = 0;
    while let Value::List(mut items) = value {
        value = items.remove(0);
        depth += 1;
    }
    assert_eq!(value, Value::String(format!("{}1{}", "[".repeat(100 - depth), "]".repeat(100 - depth))));
    assert!(depth < 20, "{depth}");
}

#[test]
fn an_invalid_record_is_reported_with_its_line_and_the_others_are_imported() {
    let valid = |id: &str| {
        format!(r#"{{"id":"{id}","title":"t","status":"open","priority":1,"created_at":"2026-01-02T03:04:05Z"}}"#)
    };
    let mut lines = format!("\u{FEFF}{}\r\n\n{{\"id\":\n", valid("a")).into_bytes();
    lines.extend(b"{\"id\":\"\xFF\"}\n");
    lines.extend(format!("{}\n{{\"id\":\"b\"}}\n{}", valid("a"), valid("b")).bytes());
    let imported = import_knowing(&lines, &[]);
    assert_eq!(imported.tickets.len(), 2);
    assert_eq!(imported.rejected.iter().map(|rejected| rejected.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(imported.rejected[2].reason, "duplicate id `a`: the record on line 1 counts");
    assert_eq!(imported.rejected[3].reason, "missing `title`");
    let again = import_knowing(&lines, &["a", "b"]);
    assert_eq!((again.tickets.len(), again.existing, again.rejected.len()), (0, 2, 4));
}

#[test]
fn a_reason_names_the_value_found_and_the_value_expected() {
    let with = |more: &str| {
        reason(&format!(
            r#"{{"id":"a","title":"t","status":"open","priority":1,"created_at":"2026-01-02T03:04:05Z",{more}}}"#
        ))
    };
    assert_eq!(reason("{x}"), "invalid JSON: key must be a string at column 2");
    assert_eq!(reason("[1]"), "expected the JSON object of an issue, found a list");
    assert_eq!(reason(r#"{"title":"t"}"#), "missing `id`");
    assert_eq!(with(r#""id":7"#), "`id`: expected text, found a number");
    assert_eq!(with(r#""created_at":null"#), "missing `created_at`");
    assert_eq!(with(r#""created_at":"yesterday""#), "`created_at`: invalid time `yesterday`");
    assert_eq!(with(r#""created_at":"1969-12-31T23:59:59Z""#), "`created_at`: invalid time `1969-12-31T23:59:59Z`");
    assert_eq!(with(r#""priority":5"#), "`priority`: expected 0 to 4, found 5");
    assert_eq!(with(r#""priority":"1""#), "`priority`: expected a whole number, found text");
    let status = "`status`: expected open, in_progress, closed or tombstone, found `lost`";
    assert_eq!(with(r#""status":"lost""#), status);
    assert_eq!(with(r#""status":null"#), "missing `status`");
    assert_eq!(with(r#""labels":[1]"#), "`labels`: expected text, found a number");
    assert_eq!(with(r#""comments":[{"text":"x"}]"#), "comment 1: missing `created_at`");
    assert_eq!(with(r#""comments":["x"]"#), "comment 1: expected a map, found text");
    assert_eq!(with(r#""created_by":"a\u001bb""#), "`created_by`: a name must not contain control characters");
}

#[test]
fn tickets_are_in_the_order_of_their_ids() {
    let line = |id: &str, day: u32| {
        format!(r#"{{"id":"{id}","title":"t","status":"open","priority":1,"created_at":"2026-01-{day:02}T00:00:00Z"}}"#)
    };
    let imported = import(&[line("late", 9), line("early", 3)].join("\n"));
    let ids: Vec<_> = imported.tickets.iter().filter_map(|t| t.opening()?.imported_id.as_deref()).collect();
    assert_eq!(ids, ["early", "late"]);
}

#[test]
#[allow(clippy::print_stderr, reason = "a test without its data reports that")]
fn the_real_export_is_read_completely() {
    let Some(folder) = std::env::var_os("CASEBOOK_TEST_DATA") else {
        eprintln!("not tested: CASEBOOK_TEST_DATA names no folder with beads/issues.jsonl");
        return;
    };
    let path = std::path::Path::new(&folder).join("beads/issues.jsonl");
    let bytes = std::fs::read(&path).expect("the folder of CASEBOOK_TEST_DATA has beads/issues.jsonl");
    let imported = import_knowing(&bytes, &[]);
    assert_eq!((imported.tickets.len(), imported.existing, imported.rejected.len()), (513, 0, 0));
    imported.tickets.iter().for_each(assert_valid);
    let statuses = statuses_of(&bytes);
    for ticket in &imported.tickets {
        let id = ticket.opening().and_then(|opening| opening.imported_id.as_deref()).expect("its old id");
        let solved = matches!(statuses[id].as_str(), "closed" | "tombstone");
        assert_eq!(ticket.header.status, if solved { Status::Solved } else { Status::Open }, "{id}");
    }
    let ids: Vec<_> = statuses.keys().map(String::as_str).collect();
    let again = import_knowing(&bytes, &ids);
    assert_eq!((again.tickets.len(), again.existing, again.rejected.len()), (0, 513, 0));
}

/// Returns the status of every issue, read without the reader under test.
fn statuses_of(bytes: &[u8]) -> BTreeMap<String, String> {
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let value = |line| serde_json::from_slice::<serde_json::Value>(line).expect("JSON");
    let word = |value: &serde_json::Value| value.as_str().expect("a word").to_owned();
    lines.map(value).map(|issue| (word(&issue["id"]), word(&issue["status"]))).collect()
}
