//! `audit`: histories that commands made are clean, and a finding names commit, ticket, entry and change.

mod duplicate_entries;
mod locations;
mod merges;
mod reports;
mod signatures;
mod tampering;

use crate::fixtures::audited_desk::{LATER, Scene, entry};

#[test]
fn histories_of_commands_are_clean() {
    let scene = Scene::new();
    let (sandbox, ticket) = (&scene.sandbox, &scene.ticket);
    let other = sandbox.opened("Tiles again", &[]);
    for words in [
        &["merge", &other, "--into", ticket][..],
        &["--as", "ana@acme.example", "reply", &other, "-m", "More."],
        &["reopen", &other, "--unmerge"],
        &["hold", ticket, "--reason", "engineering"],
        &["hold", ticket, "--reason", "workaround"],
        &["resume", ticket],
        &["reply", ticket, "-m", "Stays open.", "--keep-open"],
        &["escalate", ticket, "--reason", "business_impact", "-m", "Now."],
        &["prioritize", ticket, "S1", "-m", "Worse."],
        &["assign", ticket, "kenji@desk.example"],
        &["set", ticket, "product_group=other", "fields.region=emea"],
        &["cc", ticket, "--add", "bo@acme.example"],
        &["tag", ticket, "--add", "outage"],
        &["--as", "bo@acme.example", "reply", ticket, "-m", "Me too."],
        &["--as", "bo@acme.example", "solve", ticket],
        &["reopen", ticket],
        &["solve", ticket, "--resolution", "bug_reported", "--bug", "B-1", "--bug-priority", "S2", "--eta", "+3d"],
    ] {
        sandbox.run(words).ok();
    }
    let told = sandbox.run(&["audit", "--identity", "--strict"]).ok();
    assert!(told.stdout.ends_with("commits audited: 0 errors, 0 warnings\n"), "{}", told.stdout);
    assert_eq!(told.stderr, "");
}

#[test]
fn sweeps_and_imports_are_clean_and_counted() {
    let scene = Scene::new();
    let (sandbox, ticket) = (&scene.sandbox, &scene.ticket);
    sandbox.run(&["reply", ticket, "-m", "And?"]).ok();
    for _ in 0..2 {
        sandbox.wait("4d");
        sandbox.run(&["remind", ticket]).ok();
    }
    sandbox.run(&["solve", ticket, "--resolution", "no_response"]).ok();
    sandbox.write("issues.jsonl", "{\"id\":\"b-1\",\"title\":\"Old\",\"status\":\"closed\",\"priority\":1,\"issue_type\":\"bug\",\"created_at\":\"2025-01-01T00:00:00Z\",\"created_by\":\"x\",\"updated_at\":\"2025-01-02T00:00:00Z\",\"closed_at\":\"2025-01-02T00:00:00Z\"}\n");
    sandbox.run(&["import", "beads", "issues.jsonl"]).ok();
    sandbox.run(&["reply", &sandbox.opened("Silent", &[]), "-m", "And now?"]).ok();
    sandbox.wait("4d");
    sandbox.run(&["sweep", "--apply"]).ok();
    let told = sandbox.run(&["audit", "--identity", "--strict"]).ok().stdout;
    let counts = "exempt from --identity: 2 imported entries and 1 entry of the role `system`\n";
    assert!(told.starts_with(counts), "{told}");
    // A person may commit entries of the system without forgery, but not those of an agent.
    sandbox.git(&["commit", "-q", "--amend", "--author", "x <x@y.example>", "-m", "Swept"]).ok();
    sandbox.run(&["audit", "--identity", "--strict"]).ok();
    sandbox.run(&["note", ticket, "-m", "By whom?"]).ok();
    sandbox.git(&["commit", "-q", "--amend", "--author", "x <x@y.example>", "-m", "Noted"]).ok();
    assert_eq!(sandbox.run(&["audit", "--identity", "--json"]).fails(1).json()[0]["code"], "CB409");
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let told = sandbox.run(&["audit", "--identity", "--json"]).ok();
    assert_eq!((told.stdout.trim(), told.stderr), ("[]", format!("note: {counts}")));
    assert!(!sandbox.run(&["audit"]).ok().stdout.contains("exempt"));
}

#[test]
fn a_finding_names_commit_ticket_entry_and_what_changed() {
    let scene = Scene::new();
    let reply = scene.sandbox.shown(&scene.ticket)["history"][1]["id"].clone();
    scene.edit(|entries| entries[1] = entries[1].replace("Which", "What"));
    let commit = scene.commit();
    scene.sandbox.opened("Afterwards", &[]);
    let findings = scene.findings(&[]);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((&finding["commit"], &finding["ticket"]), (&commit.into(), &scene.ticket.as_str().into()));
    assert_eq!((&finding["entry"], &finding["file"]), (&reply, &scene.file.as_str().into()));
    assert!(finding["message"].as_str().unwrap().ends_with("`Which release?` became `What release?`"), "{finding}");
    scene.sandbox.run(&["audit"]).fails(1);
    scene.sandbox.run(&["audit", "HEAD~1..HEAD"]).ok();
}

#[test]
fn an_entry_that_is_dated_ahead_is_blamed_and_not_those_that_had_to_follow_it() {
    let scene = Scene::new();
    let reply = |now: &str, actor: &str| {
        let words = ["--as", actor, "reply", &scene.ticket, "-m", "Text"];
        scene.sandbox.run_under(&[("CASEBOOK_NOW", now)], &words).ok().stderr
    };
    let kenji = "kenji@desk.example";
    assert!(!reply("2027-03-01T00:00:00Z", kenji).contains("warning"));
    let ahead = scene.sandbox.shown(&scene.ticket)["version"].clone();
    let said = reply("2026-11-21T12:00:00Z", "ana@acme.example");
    assert!(
        said.contains("by kenji@desk.example, is dated 2027-03-01T00:00:00Z, ahead of this machine's clock"),
        "{said}"
    );
    assert!(!reply("2026-11-21T12:01:00Z", kenji).contains("warning"));
    let findings = scene.findings(&[]);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((&finding["code"], &finding["entry"]), (&"CB410".into(), &ahead), "{finding}");
    assert!(
        finding["message"].as_str().unwrap().starts_with("the `reply` of kenji@desk.example is dated"),
        "{finding}"
    );
}

#[test]
fn a_finding_that_the_desk_accepts_is_listed_and_counts_no_more() {
    let scene = Scene::new();
    scene.sandbox.git(&["rm", "-q", &scene.file]).ok();
    let commit = scene.commit();
    assert_eq!(scene.rules(&[]), ["ticket.deleted"]);
    let config = scene.sandbox.read("casebook.toml");
    let accept = |code: &str| {
        let accepted = format!("{config}[audit]\naccepted = [\"{} {code} a test ticket\"]\n", &commit[..12]);
        scene.sandbox.write("casebook.toml", &accepted);
        scene.commit();
    };
    accept("CB401");
    assert_eq!(scene.rules(&[]), ["ticket.deleted"]);
    accept("CB405");
    let told = scene.sandbox.run(&["audit"]).ok().stdout;
    assert!(told.contains(&format!("accepted in {}: {}: ", &commit[..12], scene.file)), "{told}");
    assert!(told.contains(" [CB405]: a test ticket\n"), "{told}");
    scene.sandbox.run(&["audit", "--since-verified"]).ok();
    // A branch cannot accept what it does itself.
    scene.sandbox.run(&["audit", "HEAD~3.."]).fails(1);
    scene.sandbox.run(&["audit", "HEAD~1.."]).ok();
    // Before the acceptance it is not accepted.
    scene.sandbox.run(&["audit", "HEAD~3..HEAD~2"]).fails(1);
    scene.sandbox.run(&["check"]).ok();
}

#[test]
fn the_actor_of_an_entry_must_be_the_author_of_its_commit() {
    let scene = Scene::new();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"lea@desk.example\", "));
    scene.commit();
    scene.add(LATER, &["by: lea@desk.example", "role: agent", "action: note", "from: open", "text: x"]);
    scene.sandbox.git(&["commit", "-qam", "For Lea\n\nOn-behalf-of: Lea <lea@desk.example>"]).ok();
    assert_eq!(scene.rules(&["--identity"]), Vec::<String>::new());
    scene
        .add("2026-11-21T09:31:00Z", &["by: lea@desk.example", "role: agent", "action: note", "from: open", "text: x"]);
    scene.commit();
    assert_eq!(scene.rules(&["--identity"]), ["entry.identity"]);
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
}

#[test]
fn a_commit_may_name_several_people() {
    let scene = Scene::new();
    for (time, who) in [("2026-11-21T09:30:00Z", "ana@acme.example"), ("2026-11-21T09:31:00Z", "ana@acme.example")] {
        scene.add(time, &[&format!("by: {who}"), "role: customer", "action: reply", "from: open", "text: x"]);
    }
    scene.add(
        "2026-11-21T09:32:00Z",
        &["by: mori@desk.example", "role: agent", "action: note", "from: open", "text: x"],
    );
    let config = scene.sandbox.read("casebook.toml");
    let before = config.replace("agents = [", "agents = [\"mori@desk.example\", ");
    scene.sandbox.git(&["stash", "-q"]).ok();
    scene.sandbox.write("casebook.toml", &before);
    scene.commit();
    scene.sandbox.git(&["stash", "pop", "-q"]).ok();
    let one = "By mail\n\nOn-behalf-of: Ana <ana@acme.example>";
    scene.sandbox.git(&["commit", "-qam", one]).ok();
    assert_eq!(scene.rules(&["--identity"]), ["entry.identity"]);
    let several = format!("{one}\non-behalf-of: mori@desk.example\nSigned-off-by: x <x@x.example>");
    scene.sandbox.git(&["commit", "-q", "--amend", "-m", &several]).ok();
    assert_eq!(scene.rules(&["--identity"]), Vec::<String>::new());
    // A named person without an entry is no finding; an unnamed author still is.
    let others = "By mail\n\nOn-behalf-of: bo@acme.example\nOn-behalf-of: mori@desk.example";
    scene.sandbox.git(&["commit", "-q", "--amend", "-m", others]).ok();
    let findings = scene.findings(&["--identity"]);
    assert_eq!(findings.len(), 2);
    assert!(findings[0]["message"].as_str().unwrap().contains("the people that the commit names"), "{findings:?}");
}
