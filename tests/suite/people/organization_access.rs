//! Organization access: request, grant and revocation, each one command over a ticket and an organization's file.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const FILE: &str = "organizations/acme.yaml";

/// Acme with a technical contact, who has asked for access.
fn asked() -> (Sandbox, String) {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    sandbox.run(&["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact"]).ok();
    let words = ["--as", "tina@acme.example", "-q", "access", "request", "-m", "I follow up."];
    let id = sandbox.run(&words).ok().stdout.trim().to_owned();
    (sandbox, id)
}

fn commits(sandbox: &Sandbox) -> usize {
    sandbox.git(&["rev-list", "--count", "HEAD"]).ok().stdout.trim().parse().unwrap()
}

#[test]
fn a_grant_is_one_commit_of_both_files_or_nothing() {
    let (sandbox, id) = asked();
    let (before, count) = (sandbox.read(FILE), commits(&sandbox));
    let shown = sandbox.run(&["access", "grant", &id, "-n"]).ok().stdout;
    assert!(shown.contains(&format!("+  organization_access: {id}")) && shown.contains("+status: solved"), "{shown}");
    assert_eq!((sandbox.read(FILE), commits(&sandbox)), (before.clone(), count));

    let hook = sandbox.path(".git/hooks/pre-commit");
    sandbox.shell(&format!("printf '#!/bin/sh\\nexit 1\\n' > {0} && chmod +x {0}", hook.display())).ok();
    sandbox.run(&["access", "grant", &id]).fails(8);
    assert_eq!(sandbox.read(FILE), before, "git refused, and neither file has changed");
    assert_eq!(sandbox.run(&["show", &id, "--json=status"]).ok().json()["status"], "open");
    std::fs::remove_file(hook).unwrap();

    sandbox.run(&["access", "grant", &id, "--key", "once"]).ok();
    assert_eq!(commits(&sandbox), count + 1);
    let paths = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]).ok().stdout;
    assert_eq!(
        paths.lines().map(|path| path.split('/').next().unwrap()).collect::<Vec<_>>(),
        ["organizations", "tickets"]
    );
    sandbox.run(&["access", "grant", &id, "--key", "once"]).ok();
    assert_eq!(commits(&sandbox), count + 1, "a retry is the first result");
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
}

#[test]
fn a_person_without_the_role_is_not_granted_access() {
    let (sandbox, id) = asked();
    sandbox.run(&["org", "person", "remove", "acme", "tina@acme.example", "--role", "technical_contact"]).ok();
    let before = sandbox.read(FILE);
    let refused = sandbox.run(&["access", "grant", &id]).fails(5);
    assert!(refused.stderr.contains("neither a technical contact nor an administrator"), "{}", refused.stderr);
    assert_eq!(sandbox.read(FILE), before);
    assert_eq!(sandbox.run(&["show", &id, "--json=status"]).ok().json()["status"], "open");
}

#[test]
fn only_agents_decide_on_access_and_customers_learn_nothing() {
    let (mut sandbox, id) = asked();
    for (who, code) in [("tina@acme.example", 5), ("new@acme.example", 3), ("ida@northwind.example", 3)] {
        sandbox.act_as(Some(who));
        sandbox.run(&["access", "grant", &id]).fails(code);
        sandbox.run(&["access", "decline", &id, "-m", "No."]).fails(code);
        sandbox.run(&["access", "revoke", "acme", "tina@acme.example"]).fails(3);
        sandbox.run(&["access", "list", "acme"]).fails(3);
        let seen = sandbox.run(&["access", "list"]).ok().stdout;
        assert_eq!(seen.is_empty(), who != "tina@acme.example", "{who}: {seen}");
    }
}

#[test]
fn access_ends_with_the_role_and_does_not_come_back_with_it() {
    let (sandbox, id) = asked();
    let other = sandbox.opened("Of Acme", &["--org", "acme"]);
    sandbox.run(&["access", "grant", &id]).ok();
    let tina = ["--as", "tina@acme.example"];
    let sees = |code: i32| assert_eq!(sandbox.run(&[&tina[..], &["show", &other]].concat()).code, Some(code));
    let states = || {
        let told = sandbox.run(&["access", "list", "--json"]).ok().json();
        told.as_array().unwrap().iter().map(|held| held["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    sees(0);
    assert_eq!(states(), ["granted"]);
    sandbox.run(&["org", "person", "remove", "acme", "tina@acme.example", "--role", "technical_contact"]).ok();
    assert_eq!(states(), Vec::<String>::new());
    sandbox.run(&["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact"]).ok();
    sees(3);
    // A file that was edited by hand may still contain it.
    let text =
        sandbox.read(FILE).replace("  - technical_contact\n", &format!("  - developer\n  organization_access: {id}\n"));
    sandbox.write(FILE, &text);
    assert_eq!(states(), ["ended"]);
    sees(3);
}

#[test]
fn a_request_is_declined_until_its_requester_replies() {
    let (sandbox, id) = asked();
    let state = || {
        let told = sandbox.run(&["access", "list", "--json"]).ok().json();
        told[0]["state"].as_str().unwrap().to_owned()
    };
    let reply = |who: &str| sandbox.run(&["--as", who, "reply", &id, "-m", "x"]).ok();
    // A reply with a question does not decline the request.
    reply("kenji@desk.example");
    assert_eq!(state(), "asked");
    sandbox.run(&["access", "decline", &id, "-m", "No."]).ok();
    assert_eq!(state(), "declined");
    reply("kenji@desk.example");
    sandbox.run(&["hold", &id, "--reason", "other", "-m", "Later."]).ok();
    assert_eq!(state(), "declined");
    reply("tina@acme.example");
    assert_eq!(state(), "asked");
    // A retry by a key is done once, and declines too.
    for _ in 0..2 {
        sandbox.run(&["access", "decline", &id, "-m", "No.", "--key", "once"]).ok();
    }
    assert_eq!(state(), "declined");
    let keys =
        sandbox.shown(&id)["history"].as_array().unwrap().iter().filter(|entry| entry["key"] == "decline-once").count();
    assert_eq!(keys, 1);
    sandbox.run(&["access", "grant", &id]).ok();
    assert_eq!(state(), "granted");
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--identity", "--strict"]).ok();
}

#[test]
fn only_a_technical_contact_can_approve_access() {
    let (sandbox, _) = asked();
    sandbox.run(&["org", "person", "add", "acme", "toni@acme.example", "--role", "technical_contact"]).ok();
    let ask = |by: &str| {
        let words = ["--as", "toni@acme.example", "access", "request", "-m", "Me too.", "--approved-by", by];
        sandbox.run(&words)
    };
    let told = ask("zz@acme.example").fails(5).stderr;
    assert!(
        told.contains("zz@acme.example is not a technical contact") && told.contains("tina@acme.example"),
        "{told}"
    );
    ask("tina@acme.example").ok();
}

#[test]
fn access_without_a_granting_ticket_is_reported() {
    let (sandbox, id) = asked();
    let granted = |ticket: &str| {
        let text = sandbox.read(FILE);
        let kept: String =
            text.lines().filter(|line| !line.contains("organization_access")).map(|line| format!("{line}\n")).collect();
        let access = format!("  - technical_contact\n  organization_access: {ticket}\n");
        sandbox.write(FILE, &kept.replace("  - technical_contact\n", &access));
        let found = sandbox.run(&["check", "--json"]).json();
        let told = found.as_array().unwrap().iter().map(|one| {
            assert_eq!((&one["code"], &one["file"]), (&"CB311".into(), &FILE.into()));
            let line = one["line"].as_u64().unwrap() as usize;
            assert!(sandbox.read(FILE).lines().nth(line - 1).unwrap().contains(ticket));
            one["message"].as_str().unwrap().to_owned()
        });
        told.collect::<Vec<_>>()
    };
    let other = sandbox.opened("Tiles", &["--org", "acme"]);
    sandbox.run(&["org", "new", "beta", "domains=beta.example"]).ok();
    for (organization, who) in [("beta", "bea@beta.example"), ("acme", "toni@acme.example")] {
        sandbox.run(&["org", "person", "add", organization, who, "--role", "technical_contact"]).ok();
    }
    let theirs = |who: &str| {
        let words = ["--as", who, "-q", "access", "request", "-m", "Mine."];
        let id = sandbox.run(&words).ok().stdout.trim().to_owned();
        sandbox.run(&["access", "grant", &id]).ok();
        id
    };
    let (tonis, beas) = (theirs("toni@acme.example"), theirs("bea@beta.example"));
    sandbox.run(&["org", "person", "remove", "acme", "toni@acme.example"]).ok();
    let missing = "01M7ZZZZZZZZZZZZZZZZZZZZZZ";
    for (ticket, part) in [
        (missing, "which does not exist"),
        (other.as_str(), "which does not request organization access"),
        (beas.as_str(), "which requests access to beta"),
        (tonis.as_str(), "which requests it for toni@acme.example"),
        (id.as_str(), "which no agent granted"),
    ] {
        let told = granted(ticket);
        assert!(told.len() == 1 && told[0].contains(part) && told[0].contains("tina@acme.example"), "{told:?}");
    }
    sandbox.git(&["checkout", "-q", FILE]).ok();
    sandbox.run(&["access", "grant", &id]).ok();
    sandbox.run(&["check", "--strict"]).ok();
}
