//! Tests of the sentence of every action.

use super::*;
use crate::domain::time::planned::PlannedTime;
use crate::domain::vocabulary::{HoldReason, MergeReason, Priority, ReopenReason, Status};
use crate::view::Viewer;
use crate::view::labels::Language;
use crate::view::test_fixtures::{self, entry, id, person};

/// Returns the sentence in English, and checks that no language leaves a placeholder.
fn sentence(action: Action) -> String {
    for language in Language::ALL {
        let sentence =
            describe(&entry(id(5, 1), action.clone()), &test_fixtures::paris(), language.catalog(Viewer::Customer));
        assert!(!sentence.contains(['{', '}']), "{sentence}");
    }
    describe(&entry(id(5, 1), action), &test_fixtures::paris(), labels::ENGLISH)
}

#[test]
fn every_action_has_a_sentence() {
    let (a, b) = (id(1, 1), id(2, 2));
    let hold = Hold {
        reason: HoldReason::Engineering,
        team: Some("Cobalt".to_owned()),
        until: Some(PlannedTime::Instant(id(60, 1).time())),
    };
    let bug = SolveEvidence::BugReported {
        bug: "b/7".to_owned(),
        priority: "P2".to_owned(),
        eta: PlannedTime::Instant(id(0, 1).time()),
    };
    let set = vec![
        (HeaderField::Named("product"), Value::from("looker")),
        (HeaderField::Field("hw".to_owned()), Value::Integer(3)),
    ];
    let bo = vec![person("bo@acme.example")];
    for (action, expected) in [
        (Action::Reply { auto: false, via_ticket: None }, "replied".to_owned()),
        (Action::Reply { auto: true, via_ticket: Some(a) }, format!("sent an automatic reply via {a}")),
        (test_fixtures::note(), "wrote an internal note".to_owned()),
        (Action::Remind { auto: false }, "reminded the requester".to_owned()),
        (Action::Hold(hold), "put it on hold: with engineering, waiting for Cobalt, until 2026-11-21 19:00".to_owned()),
        (Action::Solve(bug), "solved it: bug b/7 reported, P2, expected by 2026-11-21 18:00".to_owned()),
        (Action::Solve(SolveEvidence::NoResponse), "solved it: no response".to_owned()),
        (Action::Merge { into: b, reason: MergeReason::SameIssue }, format!("merged it into {b} (same issue)")),
        (Action::Merged { source: a, cc: bo.clone() }, format!("merged {a} into this, with bo@acme.example in copy")),
        (
            Action::Reopen { reason: ReopenReason::NotSolved, unmerge: true },
            "reopened it and undid the merge: the issue is not solved".to_owned(),
        ),
        (
            Action::Escalate { reason: EscalationReason::BusinessImpact, manager: Some(person("mori")) },
            "escalated it to mori: business impact".to_owned(),
        ),
        (Action::Deescalate { reason: None, manager: None }, "ended the escalation".to_owned()),
        (
            Action::Prioritize { priority: Priority::S1, was: Priority::S3 },
            "changed the priority from S3 to S1".to_owned(),
        ),
        (Action::Assign { assignee: None }, "unassigned it".to_owned()),
        (
            Action::Set { set, unset: vec![HeaderField::CHANNEL] },
            "set product to looker, fields.hw to 3 and cleared channel".to_owned(),
        ),
        (Action::Cc { add: vec![], remove: bo }, "removed bo@acme.example from copy".to_owned()),
        (Action::Tag { add: vec![], remove: vec![] }, "changed the tags".to_owned()),
        (
            Action::Redact { entry: a, reason: "a\u{1b}key".to_owned(), subject: None },
            format!("redacted {}: a␛key", short_id(a)),
        ),
        (
            Action::Unknown("chat".to_owned()),
            "did an action that only a newer version of casebook knows: chat".to_owned(),
        ),
    ] {
        assert_eq!(sentence(action), expected);
    }
}

#[test]
fn an_opening_names_the_requester_and_the_source() {
    let mut opening = OpenFields::new("x".to_owned(), Priority::S3, person("bo@acme.example"));
    opening.imported_from = Some("beads".to_owned());
    opening.imported_id = Some("bd-7".to_owned());
    assert_eq!(
        sentence(Action::Open(Box::new(opening))),
        "opened on behalf of bo@acme.example (imported from beads bd-7)"
    );
}

#[test]
fn a_change_of_the_status_shows_both_statuses() {
    let mut entry = entry(id(5, 1), test_fixtures::reply());
    assert_eq!(transition(&entry, labels::ENGLISH), None);
    (entry.from, entry.to) = (Some(Status::Open), Some(Status::AwaitingReply));
    assert_eq!(transition(&entry, labels::ENGLISH).as_deref(), Some("open → awaiting reply"));
    assert_eq!(
        transition(&entry, Language::English.catalog(Viewer::Customer)).as_deref(),
        Some("Open → Awaiting your reply")
    );
}
