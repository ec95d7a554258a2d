//! The inbox, which casebook prints without a verb.

use crate::fixtures::clones::Clones;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// The last six characters of an id.
fn short(id: &str) -> &str {
    &id[20..]
}

/// Returns the headings with the short ids of the tickets below each.
fn sections(sandbox: &Sandbox, words: &[&str]) -> Vec<(String, Vec<String>)> {
    let told = sandbox.run(words).ok().stdout;
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for block in told.split("\n\n").filter(|block| block.contains("\n  ")) {
        let mut lines = block.lines();
        let heading = lines.next().unwrap().to_owned();
        let ids = lines.map(|line| line.split_whitespace().next().unwrap().to_owned());
        found.push((heading, ids.collect()));
    }
    found
}

#[test]
fn tickets_are_where_they_wait_for_an_agent() {
    let sandbox = desk();
    sandbox.run(&["team", "add", "lea@desk.example"]).ok();
    let ids: Vec<String> =
        ["Mine", "Free", "Waits", "Held", "Of Lea", "Solved"].map(|subject| sandbox.opened(subject, &[])).into();
    for place in [0, 2] {
        sandbox.run(&["assign", &ids[place], "kenji@desk.example"]).ok();
    }
    sandbox.run(&["assign", &ids[4], "lea@desk.example"]).ok();
    sandbox.run(&["reply", &ids[2], "-m", "Which release?"]).ok();
    sandbox.run(&["hold", &ids[3], "--reason", "engineering", "--until", "+1d"]).ok();
    sandbox.run(&["reply", &ids[5], "-m", "Restart it."]).ok();
    sandbox.run(&["--as", "ana@acme.example", "reply", &ids[5], "-m", "It works."]).ok();
    sandbox.run(&["solve", &ids[5]]).ok();
    let of = |heading: &str, id: &str| (heading.to_owned(), vec![short(id).to_owned()]);
    let expected = [of("yours", &ids[0]), of("unassigned", &ids[1]), of("waiting for the requester", &ids[2])];
    assert_eq!(sections(&sandbox, &[]), expected);
    let later = [("CASEBOOK_NOW", "2026-12-23T09:00:00Z")];
    let told = sandbox.run_under(&later, &[]).ok().stdout;
    assert!(told.contains(&format!("\nhold is over\n  {}", short(&ids[3]))), "{told}");
    assert!(told.contains("  remind  "), "{told}");
    assert!(told.starts_with("kenji@desk.example, agent of desk\n"), "{told}");
    assert!(told.ends_with(&format!("\nnext: casebook reply {}\n", short(&ids[0]))), "{told}");
    let customer = sections(&sandbox, &["--as", "ana@acme.example"]);
    assert_eq!(customer[0], of("waiting for you", &ids[2]));
    assert_eq!((customer[1].0.as_str(), customer[1].1.len()), ("with support", 4));
    assert!(sections(&sandbox, &["--as", "eve@other.example"]).is_empty());
}

#[test]
fn an_empty_inbox_says_so_and_an_unknown_person_sees_the_desk() {
    let sandbox = desk();
    assert!(sandbox.run(&[]).ok().stdout.ends_with("\n\nnothing waits for you\n"));
    let id = sandbox.opened("Tiles", &[]);
    sandbox.git(&["config", "--unset-all", "user.email"]);
    let nobody = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("CASEBOOK_ACTOR", "")];
    let told = sandbox.run_under(&nobody, &[]).ok().stdout;
    assert!(told.starts_with("desk; git has no user.email here") && told.contains(short(&id)), "{told}");
}

#[test]
fn what_is_not_committed_and_not_sent_is_counted() {
    let sandbox = desk();
    sandbox.opened("One", &[]);
    assert!(!sandbox.run(&[]).ok().stdout.contains("uncommitted"));
    sandbox.opened("Two", &["--no-commit"]);
    assert!(sandbox.run(&[]).ok().stdout.contains("\nuncommitted: 1 file\n"));
    let clones = Clones::new(&["kenji"]);
    let told = clones.sandbox.run(&[]).ok().stdout;
    assert!(!told.contains("not sent"), "{told}");
    clones.sandbox.opened("Three", &[]);
    let told = clones.sandbox.run(&[]).ok().stdout;
    assert!(told.contains("\n1 commit is not sent: casebook sync\n"), "{told}");
}

#[test]
fn nothing_that_is_late_or_escalated_is_missing() {
    let sandbox = desk();
    sandbox.run(&["team", "add", "mori@desk.example", "--manager", "--name", "Mori"]).ok();
    sandbox.run(&["team", "add", "lea@desk.example", "--name", "Léa Martin"]).ok();
    let [held, escalated, orphan] =
        ["Held", "Escalated", "Orphan"].map(|subject| sandbox.opened(subject, &["-p", "S1"]));
    sandbox.run(&["assign", &held, "me"]).ok();
    sandbox.run(&["hold", &held, "--reason", "engineering"]).ok();
    for id in [&escalated, &orphan] {
        sandbox.run(&["assign", id, "lea@desk.example"]).ok();
    }
    sandbox.run(&["escalate", &escalated, "--reason", "business_impact", "-m", "Their quarter ends."]).ok();
    let in_section = |heading: &str, words: &[&str], id: &str| {
        let found = sections(&sandbox, words).into_iter().find(|(name, _)| name == heading);
        found.is_some_and(|(_, ids)| ids.contains(&short(id).to_owned()))
    };
    assert!(in_section("yours", &["--as", "mori@desk.example"], &escalated));
    assert!(!in_section("yours", &[], &held) && !in_section("unassigned", &[], &orphan));
    sandbox.run(&["team", "remove", "lea@desk.example"]).ok();
    assert!(in_section("unassigned", &[], &orphan));
    let later = sandbox.run_under(&[("CASEBOOK_NOW", "2026-11-30T09:00:00Z")], &[]).ok().stdout;
    assert!(later.contains(&format!("\nyours\n  {}", short(&held))), "{later}");
}
