//! The tickets that `list` shows, and their order.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

fn subjects(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let told = sandbox.run(&[&["list", "--jsonl=subject"], words].concat()).ok().stdout;
    let subject = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["subject"].clone();
    told.lines().map(|line| subject(line).as_str().unwrap().to_owned()).collect()
}

#[test]
fn solved_tickets_are_listed_if_the_query_speaks_of_them() {
    let sandbox = desk();
    sandbox.opened("Open", &["--key", "nightly-1"]);
    let solved = sandbox.opened("Solved", &["--key", "nightly-2"]);
    sandbox.run(&["reply", &solved, "-m", "Try again."]).ok();
    sandbox.run(&["--as", "ana@acme.example", "reply", &solved, "-m", "It works."]).ok();
    sandbox.run(&["solve", &solved]).ok();
    for (words, expected) in [
        (&[][..], &["Open"][..]),
        (&["requester:ana@acme.example"], &["Open"]),
        (&["--all"], &["Open", "Solved"]),
        (&["status:solved"], &["Solved"]),
        (&["--status", "open,solved"], &["Open", "Solved"]),
        (&["-is:unsolved"], &["Solved"]),
        (&["resolution:agreed"], &["Solved"]),
        (&["key:nightly-2"], &["Solved"]),
        (&["key:nightly-1,nightly-2"], &["Open", "Solved"]),
        (&["key:nightly-3"], &[]),
        (&["as-of:HEAD"], &["Open", "Solved"]),
        (&["@triage"], &["Open"]),
    ] {
        assert_eq!(subjects(&sandbox, words), expected, "{words:?}");
        assert_eq!(subjects(&sandbox, &[words, &["--no-index"]].concat()), expected, "{words:?}");
    }
    assert_eq!(subjects(&sandbox, &["--all", "@triage"]), ["Open"]);
}

#[test]
fn a_list_is_by_escalation_due_time_priority_and_age() {
    let sandbox = desk();
    let day = "\n[calendars.day]\ntime_zone = \"UTC\"\nopen = [\"Mon-Sun 00:00 - 24:00\"]\n\
         [plans.day]\nfirst_response = { S2 = \"8h\", S3 = \"2h\" }\ncalendar = \"day\"\n";
    let policy = sandbox.read("casebook.toml").replace("plan = \"standard\"", "plan = \"day\"");
    sandbox.write("casebook.toml", &(policy + day));
    let names = [("S4 old", "S4"), ("S1 old", "S1"), ("S1 new", "S1"), ("S2", "S2"), ("S3", "S3"), ("Escalated", "S4")];
    let ids = names.map(|(subject, priority)| sandbox.opened(subject, &["-p", priority]));
    sandbox.run(&["escalate", &ids[5], "--reason", "business_impact", "-m", "Too long."]).ok();
    assert_eq!(subjects(&sandbox, &[]), ["Escalated", "S3", "S2", "S1 old", "S1 new", "S4 old"]);
    assert_eq!(subjects(&sandbox, &["--sort", "due"])[..2], ["S3", "S2"]);
    assert_eq!(subjects(&sandbox, &["--sort", "-created"])[0], "Escalated");
    let rows = sandbox.run(&["list", "--json=subject,due_at"]).ok().json();
    assert_eq!((&rows[0]["due_at"], rows[1]["due_at"].is_string()), (&serde_json::Value::Null, true));
}
