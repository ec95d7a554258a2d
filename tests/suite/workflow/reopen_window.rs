//! The reopen window: replies in it reopen a solved ticket, and late replies open a follow-up ticket.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const ANA: [&str; 2] = ["--as", "ana@acme.example"];

/// A desk with a window of 15 days, and a ticket of Ana's that is solved.
fn solved() -> (Sandbox, String) {
    let sandbox = desk();
    let text = sandbox.read("casebook.toml").replace("# reopen_window", "reopen_window");
    sandbox.write("casebook.toml", &text);
    sandbox.git(&["commit", "-qam", "Reopen for 15 days"]).ok();
    let flags = ["-p", "S2", "--group", "reports_dashboards", "--cc", "bo@acme.example", "--org", "acme"];
    let ticket = sandbox.opened("Tiles time out", &flags);
    sandbox.run(&["assign", &ticket, "kenji@desk.example"]).ok();
    sandbox.run(&["solve", &ticket, "--agreed-by", "ana@acme.example", "-m", "Works."]).ok();
    (sandbox, ticket)
}

fn by<'a>(who: [&'a str; 2], words: &[&'a str]) -> Vec<&'a str> {
    [&who, words].concat()
}

#[test]
fn a_reply_within_the_window_reopens() {
    let (sandbox, ticket) = solved();
    sandbox.wait("14d");
    sandbox.run(&by(ANA, &["reply", &ticket, "-m", "It is back."])).ok();
    assert_eq!(sandbox.shown(&ticket)["status"], "open");
}

#[test]
fn a_late_reply_opens_a_follow_up_ticket_in_one_commit() {
    let (sandbox, ticket) = solved();
    sandbox.wait("15d");
    let refused = sandbox.run(&by(ANA, &["reopen", &ticket])).fails(4).stderr;
    assert!(refused.contains("may reopen a ticket for 15d") && refused.contains("casebook reply"), "{refused}");
    let commits = sandbox.commits();
    let words = by(ANA, &["reply", &ticket, "-m", "It is back.", "--key", "mail-7", "--json"]);
    let told = sandbox.run(&words).ok();
    assert!(told.stderr.contains("solved too long ago"), "{}", told.stderr);
    let new = told.json();
    assert_ne!(new["id"], ticket.as_str());
    for (name, value) in [
        ("follow_up_of", ticket.as_str()),
        ("status", "open"),
        ("subject", "Tiles time out"),
        ("priority", "S2"),
        ("product_group", "reports_dashboards"),
        ("organization", "acme"),
        ("requester", "ana@acme.example"),
    ] {
        assert_eq!(new[name], value, "{name}");
    }
    assert_eq!((&new["assignee"], &new["cc"]), (&serde_json::Value::Null, &serde_json::json!(["bo@acme.example"])));
    assert_eq!(new["history"][0]["text"], "It is back.\n");
    assert_eq!(sandbox.commits(), commits + 1);
    let old = sandbox.shown(&ticket);
    let last = old["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&old["status"], &last["action"], &last["into"]), (&"solved".into(), &"forward".into(), &new["id"]));
    let shown = sandbox.run(&["show", &ticket]).ok().stdout;
    assert!(shown.contains("wrote to this solved ticket: ") && shown.contains("is the follow-up"), "{shown}");
    // Again with the key: the same ticket, and nothing new.
    assert_eq!(sandbox.run(&words).ok().json()["id"], new["id"]);
    assert_eq!(sandbox.commits(), commits + 1);
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn a_late_reply_of_an_agent_opens_no_follow_up_ticket() {
    let (sandbox, ticket) = solved();
    sandbox.wait("30d");
    sandbox.run(&["reply", &ticket, "-m", "One more thing."]).ok();
    assert_eq!(sandbox.shown(&ticket)["status"], "solved");
    sandbox.run(&["reopen", &ticket]).ok();
    assert_eq!(sandbox.shown(&ticket)["status"], "open");
}

#[test]
fn the_person_who_replies_late_is_the_requester_of_the_follow_up_ticket() {
    let (sandbox, ticket) = solved();
    sandbox.wait("16d");
    let new = sandbox.run(&["--as", "bo@acme.example", "reply", &ticket, "-m", "For me, too.", "--json"]).ok().json();
    assert_eq!((&new["requester"], &new["cc"]), (&"bo@acme.example".into(), &serde_json::json!(["ana@acme.example"])));
    sandbox.run(&["--as", "ida@northwind.example", "reply", &ticket, "-m", "Me?"]).fails(3);
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn a_late_reply_to_a_merged_ticket_follows_up_its_target() {
    let (sandbox, target) = solved();
    sandbox.run(&["reopen", &target]).ok();
    let source = sandbox.opened("The same", &["--org", "acme"]);
    sandbox.run(&["merge", &source, "--into", &target]).ok();
    sandbox.run(&["solve", &target, "--agreed-by", "ana@acme.example"]).ok();
    sandbox.wait("16d");
    let new = sandbox.run(&by(ANA, &["reply", &source, "-m", "Again.", "--json=id,follow_up_of"])).ok().json();
    assert_eq!(new["follow_up_of"], target.as_str());
    for older in [&source, &target] {
        assert_eq!(sandbox.shown(older)["history"].as_array().unwrap().last().unwrap()["into"], new["id"]);
    }
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn a_late_reply_does_not_reveal_a_concealed_merge_target() {
    let (sandbox, target) = solved();
    sandbox.run(&["reopen", &target]).ok();
    let words = ["open", "-q", "-s", "Mine", "--requester", "eve@acme.example", "--org", "acme", "-m", "Slow."];
    let source = sandbox.run(&words).ok().stdout.trim().to_owned();
    sandbox.run(&["merge", &source, "--into", &target]).ok();
    sandbox.run(&["cc", &target, "--remove", "eve@acme.example"]).ok();
    sandbox.run(&["solve", &target, "--agreed-by", "ana@acme.example"]).ok();
    sandbox.wait("16d");
    let new = sandbox.run(&["--as", "eve@acme.example", "reply", &source, "-m", "Still.", "--json"]).ok().json();
    assert_eq!((&new["subject"], &new["cc"]), (&"Mine".into(), &serde_json::json!([])));
    assert_eq!(new["follow_up_of"], target.as_str());
}

#[test]
fn without_a_window_a_reply_always_reopens() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.run(&["solve", &ticket, "--agreed-by", "ana@acme.example"]).ok();
    sandbox.wait("1000d");
    sandbox.run(&by(ANA, &["reply", &ticket, "-m", "It is back."])).ok();
    assert_eq!(sandbox.shown(&ticket)["status"], "open");
}

#[test]
fn a_second_late_reply_goes_to_the_first_follow_up_ticket() {
    let (sandbox, ticket) = solved();
    sandbox.wait("16d");
    let first = sandbox.run(&by(ANA, &["reply", &ticket, "-m", "It is back.", "--json"])).ok().json();
    let new = first["id"].as_str().unwrap();
    sandbox.run(&["reply", new, "-m", "Which tile?"]).ok();
    sandbox.wait("1h");
    let words = by(ANA, &["reply", &ticket, "-m", "The third.", "--key", "k3", "--json"]);
    let outcome = sandbox.run(&words).ok();
    assert!(outcome.stderr.contains("which follows it up"), "{}", outcome.stderr);
    let again = outcome.json();
    assert_eq!((&again["id"], &again["status"]), (&first["id"], &"open".into()));
    let last = again["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["action"], &last["via_ticket"]), (&"reply".into(), &ticket.as_str().into()));
    let forward = sandbox.shown(&ticket)["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&forward["action"], &forward["into"], &forward["entry"]),
        (&"forward".into(), &first["id"], &last["id"])
    );
    assert_eq!(sandbox.run(&words).ok().json()["id"], first["id"], "a retry");
    // Another customer, and a ticket that was merged meanwhile.
    let other = sandbox.opened("The same", &["--org", "acme"]);
    sandbox.run(&["merge", new, "--into", &other]).ok();
    let moved = sandbox.run(&by(ANA, &["reply", &ticket, "-m", "And the fourth.", "--json"])).ok().json();
    assert_eq!(moved["id"], other.as_str());
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
    // Once that one is solved, a late reply opens another.
    sandbox.run(&["solve", &other, "--agreed-by", "ana@acme.example"]).ok();
    let third = sandbox.run(&by(ANA, &["reply", &ticket, "-m", "Once more.", "--json"])).ok().json();
    assert_eq!(third["follow_up_of"], ticket.as_str());
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}
