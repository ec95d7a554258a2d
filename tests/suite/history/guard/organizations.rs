//! `guard`: pushes of people of an organization, by their roles and by the eligibility to open tickets.

use crate::fixtures::audited_desk::{Scene, entry};
use crate::fixtures::guarded_server::{ANA, KENJI, served};

/// A guarded desk with an organization: an editor, a viewer and an administrator, and one of its tickets.
fn organized() -> (Scene, String) {
    let scene = served("pre-receive");
    scene.sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    for (who, role) in [
        ("editor@acme.example", "tech_support_editor"),
        ("viewer@acme.example", "tech_support_viewer"),
        ("boss@acme.example", "org_admin"),
    ] {
        scene.sandbox.run(&["org", "person", "add", "acme", who, "--role", role]).ok();
    }
    let ticket = scene.sandbox.opened("Of Acme", &["--org", "acme"]);
    scene.push(KENJI, &["main"]).ok();
    (scene, ticket)
}

#[test]
fn an_editor_pushes_permitted_actions_on_tickets_of_others() {
    let (scene, ticket) = organized();
    let editor = "editor@acme.example";
    for words in [
        &["reply", &ticket, "-m", "Of ours."][..],
        &["set", &ticket, "product_group=tiles"],
        &["escalate", &ticket, "--reason", "business_impact", "-m", "Now."],
    ] {
        scene.sandbox.run(&[&["--as", editor], words].concat()).ok();
        scene.push(editor, &["main"]).ok();
    }
    scene.sandbox.run(&["audit", "--strict", "--identity"]).ok();
    // A viewer may only read, so an entry written by hand is refused.
    let from = scene.sandbox.shown(&ticket)["status"].as_str().unwrap().to_owned();
    let file = scene.sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned();
    let text = scene.sandbox.read(&file);
    let from = format!("from: {from}");
    for (who, is_fine) in [("viewer@acme.example", false), ("editor@other.example", false), (editor, true)] {
        let by = format!("by: {who}");
        let more = entry("2026-11-21T12:00:00Z", &[&by, "role: customer", "action: reply", &from, "text: x"]);
        scene.sandbox.write(&file, &text.replace("...\n", &format!("\n{more}...\n")));
        scene.commit();
        if is_fine {
            scene.push(who, &["main"]).ok();
        } else {
            scene.refused(who, &["main"], "CB408");
            assert!(scene.rules(&[]).contains(&"entry.rights".to_owned()), "{who}");
            scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
        }
    }
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
}

#[test]
fn roles_in_organizations_are_those_before_the_push() {
    let (scene, ticket) = organized();
    let boss = "boss@acme.example";
    let grant = ["--as", boss, "org", "person", "add", "acme", "new@acme.example", "--role", "tech_support_editor"];
    scene.sandbox.run(&grant).ok();
    scene.sandbox.run(&["--as", "new@acme.example", "reply", &ticket, "-m", "New here."]).ok();
    // Each commit is permitted by the one before it; a push is judged by the server's policy.
    scene.sandbox.run(&["audit", "--strict"]).ok();
    scene.refused("new@acme.example", &["main"], "CB408");
    scene.push(boss, &["HEAD~1:main"]).ok();
    scene.push("new@acme.example", &["main"]).ok();
    let take = ["--as", boss, "org", "person", "remove", "acme", "new@acme.example", "--role", "tech_support_editor"];
    scene.sandbox.run(&take).ok();
    scene.push(boss, &["main"]).ok();
    let path = "organizations/acme.yaml";
    let text = scene.sandbox.read(path);
    for change in [text.replace("- org_admin", "- org_admin\n  - developer"), format!("name: Ours\n{text}")] {
        scene.sandbox.write(path, &change);
        scene.commit();
        scene.refused(boss, &["main"], "CB505");
        scene.refused("editor@acme.example", &["main"], "CB505");
        scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    }
    scene.sandbox.git(&["rm", "-q", path]).ok();
    scene.commit();
    scene.refused(boss, &["main"], "CB505");
}

#[test]
fn a_customer_opens_tickets_of_their_own_organization() {
    let (scene, _) = organized();
    scene.sandbox.run(&["org", "new", "northwind"]).ok();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.run(&["--as", ANA, "open", "-s", "Mine", "-m", "x"]).ok();
    scene.push(ANA, &["main"]).ok();
    let opened = scene.sandbox.git(&["show", "--name-only", "--format=", "HEAD"]).ok().stdout.trim().to_owned();
    let text = scene.sandbox.read(&opened).replace("organization: acme", "organization: northwind");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let id = opened.rsplit('/').next().unwrap().trim_end_matches(".yaml").to_owned();
    let other = format!("{}Z{}", &id[..25], "");
    scene.sandbox.write(opened.replace(&id, &other), &text.replace(&id, &other));
    scene.commit();
    scene.sandbox.git(&["push", "-q", "origin", "main"]).fails(1);
    scene.refused(ANA, &["-f", "main:side"], "CB408");
}

/// Commits a ticket's file written by hand, without the eligibility check of `open`.
fn opened_by_hand(scene: &Scene, number: u128, who: &str, facts: &[&str]) {
    let id = casebook::domain::id::Id::at("2026-11-21T12:00:00Z".parse().unwrap(), number);
    let requester = format!("requester: {who}");
    let facts = [&["subject: By hand", "priority: S3", requester.as_str()], facts].concat();
    let header = facts.join("\n");
    let by = format!("by: {who}");
    let lines = [&[by.as_str(), "role: customer", "action: open", "to: open"], facts.as_slice(), &["text: x"]].concat();
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    let text = format!(
        "format: 1\nid: {id}\nstatus: open\n{header}\n\nhistory:\n- id: {id}\n  at: 2026-11-21T12:00:00Z\n{lines}...\n"
    );
    scene.sandbox.write(format!("tickets/2026/11/{id}.yaml"), &text);
    scene.sandbox.run(&["check"]).ok();
    scene.commit();
}

#[test]
fn an_ineligible_person_cannot_push_a_ticket() {
    let (scene, _) = organized();
    for words in [
        &["org", "set", "acme", "plans=enhanced:2026-01-01.."][..],
        &["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact"],
    ] {
        scene.sandbox.run(words).ok();
    }
    scene.push(KENJI, &["main"]).ok();
    let (acme, access) = ("organization: acme", "kind: organization_access");
    let cases = [
        ("viewer@acme.example", &[acme][..], Some("could not open it: role")),
        ("viewer@acme.example", &[], Some("could not open it: role")),
        ("viewer@acme.example", &[acme, access], Some("could not request this access")),
        ("editor@acme.example", &[acme], None),
        ("tina@acme.example", &[acme], Some("could not open it: role")),
        ("tina@acme.example", &[acme, access], None),
        ("stranger@other.example", &[], None),
        ("stranger@other.example", &[access], Some("could not request this access")),
    ];
    for (number, (who, facts, refusal)) in (1..).zip(cases) {
        opened_by_hand(&scene, number, who, facts);
        let (pushed, rules) = (scene.push(who, &["main"]), scene.rules(&[]));
        match refusal {
            None => {
                pushed.ok();
                assert_eq!(rules, Vec::<String>::new(), "{who} {facts:?}");
            }
            Some(why) => {
                let told = pushed.fails(1).stderr;
                assert!(told.contains("[CB408]") && told.contains(why), "{who} {facts:?}: {told}");
                assert_eq!(rules, ["entry.rights"], "{who} {facts:?}");
                scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
            }
        }
    }
    // The rules are those before the push.
    let text = scene.sandbox.read("casebook.toml");
    assert!(text.contains("\nunknown_people = \"allow\""), "{text}");
    let text = text.replacen("unknown_people = \"allow\"", "unknown_people = \"refuse\"", 1);
    scene.sandbox.write("casebook.toml", &text);
    scene.commit();
    scene.push(KENJI, &["main"]).ok();
    opened_by_hand(&scene, 99, "stranger@other.example", &[]);
    scene.refused("stranger@other.example", &["main"], "CB408");
}
