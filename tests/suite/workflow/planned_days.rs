//! A day that a person typed stays that day, in every zone and view.

use crate::fixtures::desk::desk;

#[test]
fn a_day_is_the_same_day_in_every_zone() {
    let sandbox = desk();
    let toml = sandbox.read("casebook.toml").replacen("time_zone = \"UTC\"", "time_zone = \"Europe/Berlin\"", 1);
    assert!(toml.contains("Europe/Berlin"), "{toml}");
    sandbox.write("casebook.toml", &toml);
    sandbox.git(&["commit", "-qam", "policy"]).ok();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["hold", &id, "--reason", "engineering", "--until", "2026-12-01"]).ok();
    assert_eq!(sandbox.shown(&id)["hold"]["until"], "2026-12-01");
    let file = std::fs::read_to_string(sandbox.file_of(&id)).unwrap();
    assert_eq!(file.matches("  until: \"2026-12-01\"\n").count(), 2, "{file}");
    assert!(sandbox.run(&["show", &id]).ok().stdout.contains(", until 2026-12-01\n"));
    // The day begins at midnight in Berlin.
    let sweep =
        |now: &str| sandbox.run_under(&[("CASEBOOK_NOW", now)], &["sweep", "--json=due,due_at,hold_until"]).ok().json();
    assert_eq!(sweep("2026-11-30T22:59:59Z"), serde_json::json!([]));
    let due = serde_json::json!([{"due": "hold_ended", "due_at": "2026-11-30T23:00:00Z", "hold_until": "2026-12-01"}]);
    assert_eq!(sweep("2026-11-30T23:00:00Z"), due);
    sandbox.run(&["hold", &id, "--reason", "engineering", "--until", "2026-12-01 09:00"]).ok();
    assert_eq!(sandbox.shown(&id)["hold"]["until"], "2026-12-01T08:00:00Z");
    let bug = ["--resolution", "bug_reported", "--bug", "B-1", "--bug-priority", "S2", "--eta", "2027-01-15"];
    sandbox.run(&[&["solve", &id][..], &bug].concat()).ok();
    let shown = sandbox.run(&["show", &id, "--diff"]).ok().stdout;
    assert!(shown.contains("2027-01-15") && !shown.contains("2027-01-14"), "{shown}");
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit"]).ok();
}
