//! The table of docs/workflow.md, situation × action × side, as the program decides it.
//!
//! Every cell is decided, applied, replayed, printed and read back. `UPDATE_DOCS=1` writes the file.

use casebook::domain::people::person::Person;
use casebook::domain::people::role::TicketRole;
use casebook::domain::ticket::OpenFields;
use casebook::domain::ticket::action::{Action, SolveEvidence};
use casebook::domain::ticket::header_field::HeaderField;
use casebook::domain::ticket::replay::replay;
use casebook::domain::value::Value;
use casebook::domain::vocabulary::{HoldReason, Priority};
use casebook::domain::workflow::{Decision, Refusal, may_open, resolve_merge_chain};
use casebook::store::yaml::{print, read};
use chrono::TimeDelta;

use crate::fixtures::generated_page;
use crate::fixtures::workflow_cast::*;

/// Makes a request for a ticket, or says that there is none to make.
type Ask = fn(&Scene) -> Asked;

/// The situations: tickets, by what has happened to them.
fn situations() -> Vec<(&'static str, Scene)> {
    let opened = Scene::opened;
    let mut answered = opened();
    answered.wait(TimeDelta::hours(1)).does(Side::Agent, reply());
    let mut silent = answered.clone();
    silent.wait(TimeDelta::days(4)).does(Side::Agent, Action::Remind { auto: false });
    silent.wait(TimeDelta::days(2)).does(Side::Agent, Action::Remind { auto: false }).wait(TimeDelta::days(1));
    let mut held = opened();
    held.does(Side::Agent, hold(HoldReason::Engineering));
    let mut solved = answered.clone();
    solved.does(Side::Customer, agreed());
    let mut merged = opened();
    let merge = merged.merge();
    merged.does(Side::Agent, merge);
    let mut escalated = opened();
    escalated.does(Side::Customer, escalate());
    vec![
        ("open", opened()),
        ("open, escalated", escalated),
        ("awaiting_reply", answered),
        ("awaiting_reply, no response", silent),
        ("on_hold", held),
        ("solved", solved),
        ("merged", merged),
    ]
}

/// Every action that can be requested: its heading, a remark, and the request.
const ACTIONS: &[(&str, &str, Ask)] = &[
    ("reply", "", |_| Asked::with_text(reply())),
    (
        "reply --keep-open",
        "Support replies and keeps working on the ticket. A customer's reply opens the ticket as usual.",
        |_| Asked { keep_open: true, ..Asked::with_text(reply()) },
    ),
    ("reply, an automatic mail", "An out-of-office answer is recorded and changes nothing.", |_| {
        Asked::with_text(automatic())
    }),
    ("note", "Customers never see it.", |_| Asked::with_text(note())),
    ("hold --reason engineering", "The ticket in the row `on_hold` is on hold for this reason already.", |_| {
        Asked::without_text(hold(HoldReason::Engineering))
    }),
    ("hold --reason account_team", "The ticket in the row `on_hold` is on hold for another reason.", |_| {
        Asked::without_text(hold(HoldReason::AccountTeam))
    }),
    ("hold --reason other, without a text", "The reason `other` requires a text.", |_| {
        Asked::without_text(hold(HoldReason::Other))
    }),
    ("resume", "", |_| Asked::without_text(Action::Resume)),
    ("remind", "Counts as a reminder.", |_| Asked::without_text(Action::Remind { auto: false })),
    (
        "solve --resolution agreed",
        "Without `--agreed-by`. The customer has not replied since support did, so that support must name who agreed.",
        |_| Asked::without_text(agreed()),
    ),
    ("solve --agreed-by", "The person who agreed is named.", |_| Asked::without_text(agreed_by_customer())),
    ("solve --resolution withdrawn", "Requires a text. A customer may withdraw only their own ticket.", |_| {
        Asked::with_text(Action::Solve(SolveEvidence::Withdrawn))
    }),
    (
        "solve --resolution bug_reported",
        "Requires the reference of the bug, its agreed priority and the estimated time.",
        |_| Asked::without_text(bug_reported()),
    ),
    (
        "solve --resolution no_response",
        "Requires as many reminders as the policy lists, the end of its waiting period, and no reply since the agent's last one.",
        |_| Asked::without_text(no_response()),
    ),
    ("merge", "Into an open ticket of the same customer.", |scene| Asked::without_text(scene.merge())),
    ("reopen", "", |_| Asked::without_text(reopen(false))),
    ("reopen --unmerge", "Undoes the merge on both tickets.", |_| Asked::without_text(reopen(true))),
    (
        "escalate",
        "Asks for a manager's attention, and changes neither status nor priority. The customer in this table is the requester;\na person who is only in copy may not escalate.",
        |_| Asked::with_text(escalate()),
    ),
    ("deescalate", "", |_| Asked::without_text(deescalate())),
    (
        "prioritize S2",
        "The priority is S3. An editor's entry cannot change it: `casebook prioritize` records the request as a reply, which opens\nthe ticket.",
        |_| Asked::with_text(prioritize(Priority::S2)),
    ),
    ("prioritize S3", "The priority is S3 already.", |_| Asked::with_text(prioritize(Priority::S3))),
    ("assign", "", |_| Asked::without_text(Action::Assign { assignee: Some(Side::Agent.person()) })),
    ("set", "", |_| {
        let language = (HeaderField::LANGUAGE, Value::from("en"));
        Asked::without_text(Action::Set { set: vec![language], unset: Vec::new() })
    }),
    ("cc", "The customer in this table is the requester. A person in copy may only remove themselves.", |_| {
        let bo = Person::from_address("bo@acme.example").unwrap();
        Asked::without_text(Action::Cc { add: vec![bo], remove: Vec::new() })
    }),
    ("cc, of the requester", "A change that is in effect already adds no entry.", |_| {
        Asked::without_text(Action::Cc { add: vec![Side::Customer.person()], remove: Vec::new() })
    }),
    (
        "attach",
        "Adds files. The same side owes the next step as before. Files added to a merged ticket stay there.",
        |_| Asked::without_text(Action::Attach),
    ),
    ("tag", "", |_| Asked::without_text(Action::Tag { add: vec!["outage".to_owned()], remove: Vec::new() })),
    ("correct", "The opening entry, which the customer wrote.", |scene| {
        Asked::with_text(Action::Correct { entry: scene.ticket.id, reason: "wrong release".to_owned() })
    }),
    ("redact", "The opening entry, which the customer wrote.", |scene| {
        Asked::with_text(Action::Redact { entry: scene.ticket.id, reason: "a password".to_owned(), subject: None })
    }),
];

#[test]
fn the_workflow_page_is_generated_from_decisions() {
    let mut page = include_str!("../fixtures/workflow.head.md").to_owned();
    page.push_str(&opening_table());
    for (name, remark, ask) in ACTIONS {
        page.push_str(&format!("\n## {name}\n\n"));
        if !remark.is_empty() {
            page.push_str(&format!("{remark}\n\n"));
        }
        let rows = situations().into_iter().map(|(situation, scene)| {
            let cells = Side::ALL.map(|side| cell(&scene, side, &ask(&scene)));
            (situation.to_owned(), cells.to_vec())
        });
        page.push_str(&table("the ticket is", rows));
    }
    generated_page::assert_is("docs/workflow.md", &page);
}

#[test]
fn every_action_is_in_the_table() {
    let words: Vec<String> =
        ACTIONS.iter().map(|(_, _, ask)| ask(&Scene::opened()).action.as_str().to_owned()).collect();
    let verbs = [
        "reply",
        "note",
        "hold",
        "resume",
        "remind",
        "solve",
        "merge",
        "reopen",
        "escalate",
        "deescalate",
        "prioritize",
        "assign",
        "set",
        "cc",
        "attach",
        "tag",
        "correct",
        "redact",
    ];
    for verb in verbs {
        assert!(words.iter().any(|word| word == verb), "{verb}");
    }
}

fn table(first: &str, rows: impl Iterator<Item = (String, Vec<String>)>) -> String {
    let mut table = format!(
        "| {first} | manager | agent | editor | customer | viewer | outsider | system |\n|---|---|---|---|---|---|---|---|\n"
    );
    for (name, cells) in rows {
        table.push_str(&format!("| {name} | {} |\n", cells.join(" | ")));
    }
    table
}

/// Opening has no ticket before it, so it has a table of its own.
fn opening_table() -> String {
    let own = |side: Side| OpenFields::new("Tiles time out".to_owned(), Priority::S3, side.person());
    let for_ana = |_: Side| OpenFields::new("Tiles time out".to_owned(), Priority::S3, Side::Customer.person());
    let with_tags = |side: Side| OpenFields { tags: vec!["outage".to_owned()], ..own(side) };
    let kinds: [(&str, &dyn Fn(Side) -> OpenFields); 3] =
        [("as one's own ticket", &own), ("for Ana", &for_ana), ("with an assignee or tags", &with_tags)];
    let rows = kinds.into_iter().map(|(name, opening)| {
        let cells = Side::ALL.map(|side| {
            let standing = match side {
                Side::System => TicketRole::System,
                side => team().role(&side.person(), None),
            };
            match may_open(standing, &side.person(), &opening(side)) {
                Ok(()) => "→ open".to_owned(),
                Err(refusal) => refused(&refusal),
            }
        });
        (name.to_owned(), cells.to_vec())
    });
    let table = table("the ticket is opened", rows);
    format!(
        "\n## open\n\nAna is the customer of the tables below. For this table she is an outsider like any other, because there is no ticket yet.\n\n{table}"
    )
}

/// Returns the decision on a request, in a few words.
fn cell(scene: &Scene, side: Side, asked: &Asked) -> String {
    let is_reply = matches!(asked.action, Action::Reply { .. });
    if let Some(into) = scene.ticket.header.merged_into.filter(|_| is_reply && side.standing(&scene.ticket).sees()) {
        // A reply to a merged ticket goes to its target; `perform` redirects it before the decision.
        let target = resolve_merge_chain(&scene.ticket, |_| Ok::<_, ()>(scene.other.clone()));
        assert_eq!(target, Ok(into));
        let there = Scene { ticket: scene.other.clone(), ..scene.clone() };
        return format!("on the target: {}", cell(&there, side, asked));
    }
    let mut after = scene.clone();
    match after.attempt(side, asked) {
        Err(refusal) => refused(&refusal),
        Ok(Decision::Nothing) => "nothing to do".to_owned(),
        Ok(Decision::Entry { to, .. }) => {
            sound(&after);
            assert_eq!(to.unwrap_or(scene.status()), after.status(), "{side:?} {asked:?}");
            match to {
                Some(status) if status != scene.status() => format!("→ {status}"),
                _ => "stays".to_owned(),
            }
        }
    }
}

/// Asserts what holds for every ticket: replay gives the header, and the file gives the ticket back.
fn sound(scene: &Scene) {
    for ticket in [&scene.ticket, &scene.other] {
        assert_eq!(replay(&ticket.history).as_ref(), Some(&ticket.header));
        assert_eq!(read(print(ticket).as_bytes(), Some(ticket.id)).as_ref(), Ok(ticket));
    }
}

fn refused(refusal: &Refusal) -> String {
    let why = match refusal {
        Refusal::NotVisible => return "not found".to_owned(),
        Refusal::NotAllowed { .. } | Refusal::OnBehalf => return "not allowed".to_owned(),
        Refusal::Status { .. } => "status",
        Refusal::IsMerged { .. } => "merged",
        Refusal::NotMerged => "not merged",
        Refusal::SameHoldReason { .. } => "same reason",
        Refusal::SamePriority { .. } => "same priority",
        Refusal::AlreadyEscalated { .. } => "escalated already",
        Refusal::NotEscalated => "not escalated",
        Refusal::TextMissing => "text missing",
        Refusal::AgreementMissing => "agreement missing",
        Refusal::TooFewAlerts { .. } => "too few reminders",
        Refusal::TooEarly { .. } => "too early",
        Refusal::NoAgentReply => "nothing asked",
        Refusal::CustomerReplied => "customer replied",
        Refusal::MergedSince { .. } => "merged since",
        other => panic!("the table has no word for {other:?}"),
    };
    format!("refused: {why}")
}
