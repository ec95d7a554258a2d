//! Escalations: the manager on duty, permissions, the manager response, and their place in lists.

use serde_json::json;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const POLICY: &str = r#"
[calendars.office]
time_zone = "UTC"
open = ["Mon-Fri 09:00 - 17:00"]

[escalation]
calendar = "office"
manager_response = { S1 = "30m" }

[[escalation.on_duty]]
priority = ["S1"]
calendar = "office"
manager = "mori@desk.example"

[[escalation.on_duty]]
priority = ["S1"]
manager = "sato@desk.example"
"#;

/// A desk with three managers, two of them on duty at times, and more policy.
fn managed(more: &str) -> Sandbox {
    let sandbox = desk();
    let managers = "managers = [\"lea@desk.example\", \"mori@desk.example\", \"sato@desk.example\"]";
    let text = sandbox.read("casebook.toml").replacen("managers = []", managers, 1);
    sandbox.write("casebook.toml", &format!("{text}{POLICY}{more}"));
    sandbox.git(&["commit", "-qam", "Policy"]).ok();
    sandbox
}

fn escalate<'a>(ticket: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["--as", "ana@acme.example", "escalate", ticket, "--reason", "business_impact", "-m", "Tomorrow."], more].concat()
}

fn manager(sandbox: &Sandbox, ticket: &str) -> String {
    sandbox.shown(ticket)["escalation"]["manager"].as_str().unwrap().to_owned()
}

#[test]
fn the_manager_on_duty_is_named_by_priority_and_calendar() {
    let sandbox = managed("");
    // The sandbox begins on a Saturday: the office is closed.
    let [saturday, monday, small] =
        [("One", "S1"), ("Two", "S1"), ("Three", "S3")].map(|(subject, p)| sandbox.opened(subject, &["-p", p]));
    let told = sandbox.run(&escalate(&saturday, &[])).ok().stderr;
    assert!(told.contains("sato@desk.example is on duty; a manager response is due by 2026-11-23T09:30:00Z"), "{told}");
    assert_eq!(manager(&sandbox, &saturday), "sato@desk.example");
    // For S3 no manager is on duty and no response is due: the desk's first manager is named.
    assert_eq!(sandbox.run(&escalate(&small, &[])).ok().stderr, "note: it goes to lea@desk.example\n");
    assert_eq!(manager(&sandbox, &small), "lea@desk.example");
    sandbox.wait("2d");
    sandbox.run(&escalate(&monday, &[])).ok();
    assert_eq!(manager(&sandbox, &monday), "mori@desk.example");
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn a_missing_manager_response_is_listed_by_sweeps_until_a_manager_replies() {
    let sandbox = managed("");
    let ticket = sandbox.opened("Tiles time out", &["-p", "S1"]);
    sandbox.wait("2d");
    sandbox.run(&escalate(&ticket, &[])).ok();
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    sandbox.wait("30m");
    let clocks = |what: &str| sandbox.run(&["sla", what, "--json=metric,state,due_at,calendar"]).ok().json();
    let late = |metric: &str, due: &str, calendar: &str| json!({ "metric": metric, "state": "breached", "due_at": due, "calendar": calendar });
    let of_plan = late("first_response", "2026-11-23T05:00:00Z", "english_24x5");
    let of_desk = late("manager_response", "2026-11-23T09:33:00Z", "office");
    assert_eq!(clocks("is:escalated"), json!([of_plan, of_desk]));
    let explained = sandbox.run(&["sla", "--explain", &ticket]).ok().stdout;
    assert!(explained.contains("manager response: 30m for S1, by office in UTC"), "{explained}");
    assert!(explained.contains("breached: 33m of 30m used, 3m over"), "{explained}");
    sandbox.run(&["sla", "--fail-on", "breached"]).fails(1);
    let row = sandbox.run(&["sweep", "--json"]).ok().json()[0].clone();
    assert_eq!((&row["due"], &row["id"]), (&"manager_response".into(), &ticket.as_str().into()));
    assert!(row["reason"].as_str().unwrap().contains("to mori@desk.example"), "{row}");
    // The manager response is internal to support.
    let theirs = |what: &[&str]| sandbox.run(&[&["--as", "ana@acme.example"], what].concat()).ok().stdout;
    assert!(
        !theirs(&["sla", "--all"]).contains("manager_response") && theirs(&["sla", "--all"]).contains("first_response")
    );
    assert!(!theirs(&["sla", "--explain", &ticket]).contains("manager"));
    sandbox.run(&["--as", "ana@acme.example", "sweep"]).fails(5);
    sandbox.run(&["reply", &ticket, "-m", "We look into it.", "--keep-open"]).ok();
    assert_eq!(sandbox.run(&["sweep", "--json"]).ok().json().as_array().unwrap().len(), 1);
    sandbox.run(&["--as", "lea@desk.example", "reply", &ticket, "-m", "I take care of it.", "--keep-open"]).ok();
    assert_eq!(sandbox.run(&["sweep"]).ok().stdout, "");
    assert_eq!(clocks("is:escalated"), json!([]));
    sandbox.run(&["sla", "--fail-on", "breached"]).ok();
    let explained = sandbox.run(&["sla", "--explain", &ticket, "--json"]).ok().json();
    let metrics = |clocks: &serde_json::Value| -> Vec<String> {
        clocks.as_array().unwrap().iter().map(|clock| clock["metric"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(metrics(&explained["sla"]), ["first_response", "manager_response"]);
}

#[test]
fn the_manager_response_is_a_clock_for_support_only() {
    let sandbox = managed("");
    let ticket = sandbox.opened("Tiles time out", &["-p", "S1"]);
    sandbox.wait("2d");
    sandbox.run(&["reply", &ticket, "-m", "We look into it.", "--keep-open"]).ok();
    sandbox.run(&escalate(&ticket, &[])).ok();
    let metrics = |clocks: &serde_json::Value| -> Vec<String> {
        clocks.as_array().unwrap().iter().map(|clock| clock["metric"].as_str().unwrap().to_owned()).collect()
    };
    let late = |who: &[&str]| sandbox.run(&[who, &["list", "is:overdue", "--json=id"]].concat()).ok().json();
    assert_eq!(metrics(&sandbox.shown(&ticket)["sla"]), ["first_response", "manager_response"]);
    assert_eq!(late(&[]), json!([]));
    assert_eq!(sandbox.run(&["list", "due:<2h", "--count"]).ok().stdout, "1\n");
    sandbox.wait("2d");
    assert_eq!(late(&[]), json!([{ "id": ticket }]));
    let listed = sandbox.run(&["list", "--json=id,sla"]).ok().json();
    assert_eq!(listed[0]["sla"][1]["state"], "breached");
    // The manager response is internal to support.
    let ana = ["--as", "ana@acme.example"];
    assert_eq!(late(&ana), json!([]));
    let theirs = sandbox.run(&["--as", "ana@acme.example", "show", &ticket, "--json=sla"]).ok().json();
    assert_eq!(metrics(&theirs["sla"]), ["first_response"]);
    assert_eq!(sandbox.run(&["--as", "ana@acme.example", "list", "due:<9w", "--count"]).ok().stdout, "0\n");
    // A revision is checked with its own policy.
    let before = sandbox.run(&["list", "is:overdue", "as-of:2026-11-22", "--count"]).ok().stdout;
    assert_eq!(before, "0\n");
    sandbox.run(&["--as", "lea@desk.example", "deescalate", &ticket, "-m", "It runs."]).ok();
    assert_eq!(late(&[]), json!([]));
}

#[test]
fn solving_is_no_manager_response() {
    let sandbox = managed("");
    let ticket = sandbox.opened("Tiles time out", &["-p", "S1"]);
    sandbox.wait("2d");
    sandbox.run(&escalate(&ticket, &[])).ok();
    sandbox.wait("10m");
    sandbox.run(&["solve", &ticket, "--agreed-by", "ana@acme.example"]).ok();
    let word = || {
        let rows = sandbox.run(&["sla", "is:escalated", "--all", "--json=metric,state,elapsed_seconds"]).ok().json();
        rows.as_array().unwrap().iter().find(|row| row["metric"] == "manager_response").unwrap()["state"].clone()
    };
    assert_eq!(word(), "paused");
    sandbox.wait("1h");
    sandbox.run(&["--as", "ana@acme.example", "reopen", &ticket, "-m", "It is not."]).ok();
    assert_eq!(word(), "running");
    sandbox.wait("25m");
    assert_eq!(word(), "breached");
    sandbox.run(&["sla", "--explain", &ticket]).ok();
}

#[test]
fn a_plan_may_leave_escalations_to_support() {
    let sandbox = managed("");
    let text = sandbox.read("casebook.toml");
    let plan = "[plans.standard]\nmay_open";
    assert!(text.contains(plan));
    sandbox.write("casebook.toml", &text.replacen(plan, "[plans.standard]\nmay_escalate = false\nmay_open", 1));
    sandbox.git(&["commit", "-qam", "No escalations on standard"]).ok();
    let told = sandbox.run(&["plan", "list"]).ok().stdout;
    let row = told.lines().find(|line| line.starts_with("may escalate")).expect("a row");
    assert!(row.contains("only support") && row.contains("customers"), "{told}");
    let plans = sandbox.run(&["plan", "list", "--json"]).ok().json();
    let may = |name: &str| {
        plans.as_array().unwrap().iter().find(|plan| plan["name"] == name).unwrap()["may_escalate"].clone()
    };
    assert_eq!((may("standard"), may("looker")), (json!(false), json!(true)));
    let ticket = sandbox.opened("Tiles time out", &[]);
    let error = sandbox.run(&escalate(&ticket, &["--json"])).fails(4).error();
    assert_eq!(error["code"], "transition.refused");
    assert!(error["message"].as_str().unwrap().contains("plan"), "{error}");
    sandbox.run(&["escalate", &ticket, "--reason", "business_impact", "-m", "She asked for it."]).ok();
    // An organization on another plan is not bound by it.
    sandbox.write("organizations/acme.yaml", "id: acme\ndomains:\n- acme.example\nplans:\n- plan: looker\npeople:\n- email: ana@acme.example\n  roles:\n  - admin\n");
    let theirs = sandbox.opened("Theirs", &["--org", "acme"]);
    sandbox.run(&escalate(&theirs, &[])).ok();
}

#[test]
fn a_policy_with_an_unknown_manager_is_refused_with_its_place() {
    for (more, line) in [
        ("\n[[escalation.on_duty]]\nmanager = \"kenji@desk.example\"\n", "is not one of `[team] managers`"),
        ("\n[[escalation.on_duty]]\ncalendar = \"ofice\"\nmanager = \"mori@desk.example\"\n", "did you mean `office`?"),
        ("\n[[escalation.on_duty]]\nmanger = \"mori@desk.example\"\n", "`manger` is not a setting"),
    ] {
        let sandbox = managed("");
        let ticket = sandbox.opened("Tiles time out", &["-p", "S1"]);
        let text = sandbox.read("casebook.toml");
        sandbox.write("casebook.toml", &format!("{text}{more}"));
        let told = sandbox.run(&escalate(&ticket, &[])).fails(7).stderr;
        assert!(told.contains(line) && told.contains("casebook.toml:"), "{told}");
        let shown = sandbox.run(&["show", &ticket, "--json=escalation"]).ok().json();
        assert_eq!(shown["escalation"], serde_json::Value::Null);
    }
}

#[test]
fn escalating_right_after_a_new_priority_warns() {
    let sandbox = managed("");
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.run(&["prioritize", &ticket, "S2", "-m", "More of them."]).ok();
    sandbox.run(&["note", &ticket, "-m", "A note is no event."]).ok();
    let told = sandbox.run(&escalate(&ticket, &[])).ok();
    assert!(told.stderr.contains("right after a change of priority"), "{}", told.stderr);
    assert!(!sandbox.run(&["show", &ticket, "--raw"]).ok().stdout.contains("right after"));
    // A second time, after another action, there is no warning.
    sandbox.run(&["--as", "mori@desk.example", "deescalate", &ticket]).ok();
    sandbox.run(&["reply", &ticket, "-m", "We are on it."]).ok();
    assert!(!sandbox.run(&escalate(&ticket, &[])).ok().stderr.contains("right after"));
}

#[test]
fn escalated_tickets_come_first_until_they_are_solved() {
    let sandbox = managed("");
    let tickets = ["One", "Two", "Three", "Four"].map(|subject| sandbox.opened(subject, &[]));
    let [one, two, three, four] = tickets.each_ref().map(String::as_str);
    for ticket in [four, two] {
        sandbox.run(&escalate(ticket, &[])).ok();
    }
    let listed = |words: &[&str]| -> Vec<String> {
        let rows = sandbox.run(&[&["list", "--json=id"], words].concat()).ok().json();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&[]), [two, four, one, three]);
    assert_eq!(listed(&["--no-index"]), [two, four, one, three]);
    assert_eq!(listed(&["--sort", "id"]), [one, two, three, four]);
    assert_eq!(listed(&["--limit", "1"]), [two]);
    assert_eq!(listed(&["is:escalated"]), [two, four]);
    assert_eq!(listed(&["-is:escalated"]), [one, three]);
    sandbox.run(&["solve", two, "--agreed-by", "ana@acme.example"]).ok();
    assert_eq!(listed(&["--all"]), [four, one, two, three]);
    assert_eq!(listed(&["--all", "is:escalated"]), [four, two]);
    sandbox.run(&["--as", "mori@desk.example", "deescalate", four]).ok();
    assert_eq!(listed(&["--all"]), [one, two, three, four]);
}
