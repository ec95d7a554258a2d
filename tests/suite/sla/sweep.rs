//! `sweep`: follow-ups are listed with their reasons, and done once, even if several processes sweep at once.

use std::collections::BTreeSet;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Running, Sandbox};

/// A desk with a ticket of Ana's that support has answered; `flags` are those of `open`.
fn asked(sandbox: &Sandbox, subject: &str, flags: &[&str]) -> String {
    let ticket = sandbox.opened(subject, flags);
    sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
    ticket
}

/// The reminders of a ticket, and whether it is solved.
fn reminded(sandbox: &Sandbox, ticket: &str) -> (usize, bool) {
    let shown = sandbox.shown(ticket);
    let reminders = shown["history"].as_array().unwrap().iter().filter(|entry| entry["action"] == "remind").count();
    (reminders, shown["status"] == "solved")
}

/// Appends to casebook.toml, and commits that.
fn configure(sandbox: &Sandbox, toml: &str) {
    let text = sandbox.read("casebook.toml");
    sandbox.write("casebook.toml", &format!("{text}{toml}"));
    sandbox.git(&["commit", "-qam", "Policy"]).ok();
}

/// Replaces text in casebook.toml, and commits that.
fn set(sandbox: &Sandbox, from: &str, to: &str) {
    let text = sandbox.read("casebook.toml");
    assert!(text.contains(from), "{from}");
    sandbox.write("casebook.toml", &text.replacen(from, to, 1));
    sandbox.git(&["commit", "-qam", "Policy"]).ok();
}

#[test]
fn a_dry_run_lists_what_is_due_with_its_reasons() {
    let sandbox = desk();
    let ticket = asked(&sandbox, "Tiles time out", &["-p", "S1"]);
    asked(&sandbox, "A question", &["-p", "S4"]);
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    sandbox.wait("5h");
    let before = sandbox.work_tree();
    let line = sandbox.run(&["sweep"]).ok().stdout;
    let columns: Vec<&str> = line.trim_end().split('\t').collect();
    assert_eq!((columns[0], columns[1], columns[3]), (ticket.as_str(), "remind", "S1"));
    assert!(columns[5].starts_with("reminder 1 of 3: no answer 4h after 2026-11-21 "), "{line}");
    let rows = sandbox.run(&["sweep", "--json"]).ok().json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(
        (&rows[0]["due"], &rows[0]["alerts"], &rows[0]["hold_until"]),
        (&"remind".into(), &0.into(), &serde_json::Value::Null)
    );
    assert_eq!(sandbox.run(&["sweep", "--json=id,due_at", "priority:S4"]).ok().json(), serde_json::json!([]));
    let plan = sandbox.run(&["sweep", "--apply", "-n"]).ok().stdout;
    assert!(plan.contains("+  auto: true") && plan.contains("Sweep: Remind "), "{plan}");
    assert_eq!(sandbox.work_tree(), before);
    for (words, exit) in [
        (&["sweep", "--commit"] as &[&str], 2),
        (&["sweep", "as-of:2026-01-01"], 2),
        (&["sweep", "--apply", "--csv"], 2),
        (&["sweep", "--json=no"], 2),
        (&["sweep", "--apply", "--json=no"], 2),
    ] {
        sandbox.run(words).fails(exit);
    }
    sandbox.run(&["--as", "ana@acme.example", "sweep", "--apply"]).fails(5);
    assert_eq!(sandbox.work_tree(), before);
}

#[test]
fn three_reminders_and_the_solve_are_made_once_each_by_the_system() {
    let sandbox = desk();
    let ticket = asked(&sandbox, "Tuiles", &["-p", "S1", "--lang-of-ticket", "fr"]);
    let commits = sandbox.commits();
    for (wait, then) in [("4h", (1, false)), ("20h", (2, false)), ("24h", (3, false)), ("24h", (3, true))] {
        assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "", "before {then:?}");
        sandbox.wait(wait);
        sandbox.run(&["sweep", "--apply"]).ok();
        assert_eq!(sandbox.run(&["sweep", "--apply"]).ok().stdout, "nothing is due\n");
        assert_eq!(reminded(&sandbox, &ticket), then);
    }
    assert_eq!(sandbox.commits(), commits + 4);
    let shown = sandbox.shown(&ticket);
    let entries = &shown["history"].as_array().unwrap()[2..];
    for entry in entries {
        assert_eq!((&entry["by"], &entry["role"]), (&"kenji@desk.example".into(), &"system".into()));
        assert!(entry["text"].as_str().unwrap().starts_with("Bonjour,"), "{entry}");
    }
    let keys: BTreeSet<&str> = entries.iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 4);
    assert_eq!((&shown["resolution"], &entries[0]["auto"]), (&"no_response".into(), &true.into()));
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--identity", "--strict"]).ok();
}

#[test]
fn concurrent_sweeps_make_each_reminder_once() {
    let sandbox = desk();
    let tickets: Vec<String> = (0..6).map(|n| asked(&sandbox, &format!("Ticket {n}"), &["-p", "S1"])).collect();
    sandbox.wait("5h");
    let commits = sandbox.commits();
    // The late process computed what was due before the other one did it.
    let mut command = sandbox.program(&["sweep", "--apply"]);
    command.env("CASEBOOK_STOPPED_AT", "begun");
    let late = Running::start(command);
    late.stands_still();
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(late.goes_on().finish().ok().stdout, "nothing is due\n");
    for ticket in &tickets {
        assert_eq!(reminded(&sandbox, ticket), (1, false));
    }
    assert_eq!(sandbox.commits(), commits + 1);
    // And eight processes that start together.
    sandbox.wait("20h");
    let running: Vec<Running> = (0..8).map(|_| sandbox.spawn(&["sweep", "--apply"])).collect();
    let told: usize = running.into_iter().map(|running| running.finish().ok().stdout.matches("reminded").count()).sum();
    assert_eq!(told, tickets.len());
    for ticket in &tickets {
        assert_eq!(reminded(&sandbox, ticket), (2, false));
    }
    assert_eq!(sandbox.commits(), commits + 2);
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.assert_tidy("after sweeps at once");
}

#[test]
fn a_ticket_that_changed_before_the_lock_is_skipped() {
    let sandbox = desk();
    let (silent, answered) = (asked(&sandbox, "Silent", &["-p", "S1"]), asked(&sandbox, "Answered", &["-p", "S1"]));
    sandbox.wait("5h");
    let mut command = sandbox.program(&["sweep", "--apply"]);
    command.env("CASEBOOK_STOPPED_AT", "begun");
    let late = Running::start(command);
    late.stands_still();
    sandbox.run(&["--as", "ana@acme.example", "reply", &answered, "-m", "26.18"]).ok();
    late.goes_on().finish().ok();
    assert_eq!((reminded(&sandbox, &silent).0, reminded(&sandbox, &answered).0), (1, 0));
}

#[test]
fn a_sweep_missed_for_days_makes_one_reminder_and_not_three() {
    let sandbox = desk();
    let ticket = asked(&sandbox, "Tiles time out", &["-p", "S1"]);
    sandbox.wait("10d");
    sandbox.run(&["sweep", "--apply"]).ok();
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(reminded(&sandbox, &ticket), (1, false));
    for (wait, then) in [("20h", (2, false)), ("24h", (3, false)), ("23h", (3, false)), ("1h", (3, true))] {
        sandbox.wait(wait);
        sandbox.run(&["sweep", "--apply"]).ok();
        assert_eq!(reminded(&sandbox, &ticket), then);
    }
}

#[test]
fn a_tag_excludes_a_ticket_and_a_query_selects() {
    let sandbox = desk();
    let (tagged, other) = (asked(&sandbox, "Tagged", &["-p", "S1"]), asked(&sandbox, "Other", &["-p", "S2"]));
    sandbox.run(&["tag", &tagged, "--add", "no-follow-up"]).ok();
    sandbox.wait("2d");
    sandbox.run(&["sweep", "--apply", "-priority:S2"]).ok();
    assert_eq!((reminded(&sandbox, &tagged).0, reminded(&sandbox, &other).0), (0, 0));
    let told = sandbox.run(&["sweep", "--apply", "--json=id,alerts"]).ok().json();
    assert_eq!(told, serde_json::json!([{"id": other, "alerts": 1}]));
    set(&sandbox, "\"no-follow-up\"", "\"quiet\"");
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(reminded(&sandbox, &tagged).0, 1);
}

#[test]
fn a_desk_can_set_reminder_texts_and_invalid_ones_are_refused() {
    let sandbox = desk();
    let ticket = asked(&sandbox, "Kacheln", &["-p", "S1", "--lang-of-ticket", "de-AT"]);
    let texts = |remind: &str| format!("\n[follow_up.texts.de]\nremind = \"{remind}\"\n");
    let plain = sandbox.read("casebook.toml");
    configure(&sandbox, &texts("Erinnerung {{ nummer }}"));
    sandbox.wait("5h");
    let commits = sandbox.commits();
    let refused = sandbox.run(&["sweep", "--apply"]).fails(7).stderr;
    assert!(refused.contains("casebook.toml") && refused.contains("the variables are desk, ticket"), "{refused}");
    assert_eq!((sandbox.commits(), reminded(&sandbox, &ticket).0), (commits, 0));
    sandbox.write("casebook.toml", &plain);
    configure(&sandbox, &texts("Erinnerung {{ number }} von {{ of }}: {{ subject }}"));
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(sandbox.shown(&ticket)["history"][2]["text"], "Erinnerung 1 von 3: Kacheln\n");
}

#[test]
fn open_time_counts_for_sweeps_and_agents() {
    let sandbox = desk();
    configure(&sandbox, "\n[calendars.office]\ntime_zone = \"UTC\"\nopen = [\"Mon-Fri 09:00 - 17:00\"]\n");
    set(&sandbox, "clock = \"calendar\"", "clock = \"business\"\ncalendar = \"office\"");
    // The sandbox begins on a Saturday.
    let ticket = asked(&sandbox, "Tiles time out", &["-p", "S1"]);
    sandbox.wait("2d");
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    sandbox.wait("4h");
    let rows = sandbox.run(&["sweep", "--json=due_at"]).ok().json();
    assert_eq!(rows[0]["due_at"], "2026-11-23T13:00:00Z");
    for _ in 0..3 {
        sandbox.run(&["remind", &ticket, "--early"]).ok();
    }
    let refused = sandbox.run(&["solve", &ticket, "--resolution", "no_response"]).fails(4).stderr;
    assert!(refused.contains("until 2026-12-03T17:00:00Z"), "{refused}");
    sandbox.wait("11d");
    sandbox.run(&["solve", &ticket, "--resolution", "no_response"]).ok();
    sandbox.run(&["check"]).ok();
}

#[test]
fn a_reminder_without_a_text_sends_that_of_the_policy_and_not_before_it_is_due() {
    let sandbox = desk();
    let ticket = asked(&sandbox, "Tiles time out", &["--lang-of-ticket", "fr"]);
    let refused = sandbox.run(&["remind", &ticket]).fails(4).stderr;
    assert!(refused.contains("next reminder due at 2026-11-25T") && refused.contains("--early"), "{refused}");
    sandbox.wait("4d");
    sandbox.run(&["remind", &ticket]).ok();
    let history = sandbox.shown(&ticket)["history"].clone();
    let text = history[2]["text"].as_str().unwrap();
    assert!(text.contains("Tiles time out") && text.contains("Bonjour"), "{text}");
    sandbox.run(&["remind", &ticket, "-m", "And again."]).fails(4);
    sandbox.run(&["remind", &ticket, "-m", "And again.", "--early"]).ok();
    assert_eq!(reminded(&sandbox, &ticket).0, 2);
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn an_expired_hold_is_listed_and_stays_on_hold() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.run(&["hold", &ticket, "--reason", "engineering", "--team", "rendering", "--until", "+2d"]).ok();
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    assert!(!sandbox.run(&[]).ok().stdout.contains("hold is over"), "no hold has ended");
    sandbox.wait("2d");
    let row = sandbox.run(&["sweep", "--json"]).ok().json()[0].clone();
    assert_eq!((&row["due"], &row["due_at"]), (&"hold_ended".into(), &row["hold_until"]));
    let swept = sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(swept.stdout, "nothing is due\n");
    assert!(swept.stderr.contains("1 item needs a person"), "{}", swept.stderr);
    assert_eq!(sandbox.shown(&ticket)["status"], "on_hold");
    assert!(sandbox.run(&[]).ok().stdout.contains("\nhold is over\n"), "the inbox names it");
    assert!(sandbox.run(&["show", &ticket]).ok().stdout.contains("(ended)"));
    sandbox.run(&["resume", &ticket]).ok();
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
}

#[test]
fn a_ticket_merged_into_another_prevents_its_reminders_until_a_reply() {
    let sandbox = desk();
    let plan = "\n[plans.quick]\nfirst_response = { S1 = \"1h\" }\nnext_response = { S1 = \"1h\" }\nresolution = { S1 = \"9h\" }\n\
                calendar = \"always\"\n";
    let text = sandbox.read("casebook.toml");
    let text = text.replacen("plan = \"standard\"", "plan = \"quick\"", 1);
    assert!(text.contains("\"quick\""), "{text}");
    sandbox.write("casebook.toml", &format!("{text}{plan}"));
    sandbox.git(&["commit", "-qam", "Policy"]).ok();
    let target = asked(&sandbox, "Tiles time out", &["-p", "S1"]);
    sandbox.wait("1m");
    let source = sandbox.opened("Tiles again", &["-p", "S1"]);
    sandbox.wait("5m");
    sandbox.run(&["merge", &source, "--into", &target]).ok();
    assert_eq!(sandbox.shown(&target)["status"], "awaiting_reply");
    let owed = |query: &str| {
        let rows = sandbox.run(&["sla", query, "--all", "--json=id,metric,state"]).ok().json();
        let row = |row: &serde_json::Value| {
            let word = |name: &str| row[name].as_str().unwrap().to_owned();
            (word("id") == target, word("metric"), word("state"))
        };
        rows.as_array().unwrap().iter().map(row).collect::<BTreeSet<_>>()
    };
    let of = |rows: &[(bool, &str, &str)]| -> BTreeSet<(bool, String, String)> {
        rows.iter().map(|(here, metric, state)| (*here, (*metric).to_owned(), (*state).to_owned())).collect()
    };
    let expected =
        of(&[(true, "first_response", "met"), (true, "next_response", "running"), (true, "resolution", "paused")]);
    assert_eq!(owed(""), expected);
    let rows = sandbox.run(&["--no-index", "sla", "--all", "--json=metric"]).ok().json();
    assert_eq!(rows.as_array().unwrap().len(), 3, "the full reader and the survey agree");
    sandbox.wait("100d");
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(reminded(&sandbox, &target), (0, false));
    for _ in 0..3 {
        sandbox.run(&["remind", &target, "-m", "Any news?"]).ok();
    }
    let told = sandbox.run(&["solve", &target, "--resolution", "no_response"]).fails(4).stderr;
    assert!(told.contains("was merged into it since support replied"), "{told}");
    // An answer makes silence possible again.
    sandbox.run(&["reply", &target, "-m", "And now?"]).ok();
    sandbox.wait("5h");
    sandbox.run(&["sweep", "--apply"]).ok();
    assert_eq!(reminded(&sandbox, &target), (4, false));
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn merging_an_escalated_ticket_warns_that_its_target_is_not_escalated() {
    let sandbox = desk();
    let [source, target] = ["One", "Two"].map(|subject| sandbox.opened(subject, &[]));
    sandbox.run(&["escalate", &source, "--reason", "business_impact", "-m", "Tomorrow."]).ok();
    let told = sandbox.run(&["merge", &source, "--into", &target]).ok().stderr;
    assert!(told.contains("is escalated, but") && told.contains("--reason business_impact -m TEXT"), "{told}");
    assert!(sandbox.shown(&target)["escalation"].is_null());
}

#[test]
fn an_expired_hold_can_be_extended_but_not_into_the_past() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let hold = |until: &str| sandbox.run(&["hold", &ticket, "--reason", "engineering", "--until", until]);
    let told = hold("2026-01-01").fails(2).stderr;
    assert!(told.contains("which has passed"), "{told}");
    hold("+2d").ok();
    sandbox.wait("3d");
    assert!(sandbox.run(&["sweep"]).ok().stdout.contains("hold_ended"));
    hold("+2d").ok();
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    sandbox.run(&["check", "--strict"]).ok();
    assert!(!sandbox.run(&["sweep", "--help"]).ok().stdout.contains("--as-of"));
}

#[test]
fn the_next_step_counts_from_a_late_reminder() {
    let sandbox = desk();
    asked(&sandbox, "Tiles", &["-p", "S1"]);
    sandbox.wait("240h");
    sandbox.run(&["sweep", "--apply"]).ok();
    sandbox.wait("21h");
    let reason = sandbox.run(&["sweep", "--json=reason"]).ok().json()[0]["reason"].clone();
    let reason = reason.as_str().unwrap();
    assert!(reason.starts_with("reminder 2 of 3: no answer 20h after the reminder of 2026-12-01 "), "{reason}");
}
