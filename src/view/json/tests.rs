//! Tests of the stable fields, and of JSON that is safe to print.

use serde_json::json;

use super::*;
use crate::domain::people::visibility::customer_view;
use crate::domain::template::check_fields;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{HoldReason, Status};
use crate::view::sanitize;
use crate::view::test_fixtures;

fn names(fields: &Map<String, Json>) -> Vec<&str> {
    fields.keys().map(String::as_str).collect()
}

#[test]
fn a_row_always_has_every_field_in_order() {
    let row = summary_json(&Summary::from(&test_fixtures::opened()), "000001", "tickets/x.yaml", &[]);
    assert_eq!(names(&row), FIELDS);
    for (name, expected) in [
        ("status", json!("open")),
        ("next_step", json!("support")),
        ("assignee", Json::Null),
        ("escalation", Json::Null),
        ("cc", json!(["bo@acme.example"])),
        ("tags", json!([])),
        ("fields", json!({})),
        ("alerts", json!(0)),
        ("created_at", json!("2026-11-21T17:05:12Z")),
        ("sla", json!([])),
    ] {
        assert_eq!(row[name], expected, "{name}");
    }
}

#[test]
fn objects_have_all_their_keys() {
    let mut ticket = test_fixtures::opened();
    let hold = Hold { reason: HoldReason::Engineering, team: None, until: None };
    test_fixtures::by_agent(&mut ticket, Action::Hold(hold), Some(Status::OnHold), "");
    let row = summary_json(&Summary::from(&ticket), "000001", "x", &[]);
    assert_eq!(row["hold"], json!({"reason": "engineering", "team": null, "until": null}));
}

#[test]
fn history_has_the_field_names_of_the_file_and_conceals_internal_text() {
    let mut ticket = test_fixtures::opened();
    test_fixtures::by_agent(&mut ticket, test_fixtures::note(), None, "They pay late.");
    let redact = Action::Redact { entry: ticket.id, reason: "a key".to_owned(), subject: None };
    test_fixtures::by_agent(&mut ticket, redact, None, "Hidden.");
    let whole = ticket_json(&ticket, "000001", "x", &[]);
    assert_eq!(names(&whole).last(), Some(&HISTORY));
    assert_eq!(whole[HISTORY][1]["text"], json!("They pay late.\n"));
    assert_eq!(whole[HISTORY][0].get("text"), None);
    let visible = customer_view(ticket);
    let public = ticket_json(&visible, "000001", "x", &[]);
    let actions: Vec<_> = history_json(&visible).iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["open", "redact"]);
    assert!(!line(&Json::Object(public)).contains("pay late"));
}

#[test]
fn selected_fields_are_in_the_requested_order() {
    let row = || summary_json(&Summary::from(&test_fixtures::opened()), "000001", "x", &[]);
    let names_of = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&select(&row(), &names_of(&["subject", "id"]))).join(" "), "subject id");
    let check = |name: &str| check_fields(&names_of(&["id", name]), FIELDS);
    assert_eq!(
        check("subjet").map_err(|error| error.to_string()),
        Err("unknown field `subjet`; did you mean `subject`?".to_owned())
    );
    assert_eq!(check("xyz").map_err(|error| error.nearest), Err(None));
    assert_eq!(check("history").map_err(|error| error.name), Err("history".to_owned()));
}

#[test]
fn printed_json_is_safe_and_exact() {
    let value = json!({"a": "\u{1b}[2J \u{7f}\u{9b}\u{202e}\u{2028} ##[x] ###vso[y ##TeamCity[ section_start:1", "\\##[": "é\n"});
    for printed in [pretty(&value), line(&value)] {
        assert!(!printed.contains(|c| sanitize::is_control(c) && c != '\n'), "{printed}");
        assert_eq!(sanitize::lines(&printed), printed);
        assert_eq!(serde_json::from_str::<Json>(&printed).ok(), Some(value.clone()));
    }
}

#[test]
fn numbers_that_json_cannot_represent_become_text() {
    assert_eq!(value(&Value::Integer(i128::MAX)), json!(i128::MAX.to_string()));
    assert_eq!(value(&Value::Integer(-3)), json!(-3));
    assert_eq!(value(&Value::Number(f64::INFINITY)), json!("inf"));
}
