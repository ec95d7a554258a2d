//! People and tickets as they are typed: names, aliases and the beginnings of addresses and of short ids.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::terminal::on_a_terminal;

/// A desk with the agents Kenji and Lea, and with two people called Ana at two organizations.
fn scene() -> Sandbox {
    let sandbox = desk();
    let config = sandbox
        .read("casebook.toml")
        .replace("agents = [\"kenji@desk.example\"]", "agents = [\"kenji@desk.example\", \"lea@desk.example\"]");
    sandbox.write("casebook.toml", &(config + "\n[team.people.\"lea@desk.example\"]\nname = \"Léa Roux\"\n"));
    for (id, who, name) in [("acme", "ana@acme.example", "Ana Ray"), ("north", "ana@north.example", "Ana Lund")] {
        sandbox.run(&["org", "new", id]).ok();
        sandbox.run(&["org", "person", "add", id, who, "--name", name, "--alias", &format!("ray-{who}")]).ok();
    }
    sandbox
}

#[test]
fn a_person_is_typed_by_name_alias_or_the_beginning_of_an_address() {
    let sandbox = scene();
    let open =
        |who: &str| sandbox.run(&["open", "-s", "Tiles", "-m", "Late", "--requester", who, "--json=requester,cc"]);
    for (who, expected) in [
        ("ana@acme.example", "ana@acme.example"),
        ("ana ray", "ana@acme.example"),
        ("Ana Lund", "ana@north.example"),
        ("me", "kenji@desk.example"),
        ("lea", "lea@desk.example"),
        ("léa roux", "lea@desk.example"),
    ] {
        assert_eq!(open(who).ok().json()["requester"], expected, "{who}");
    }
    let error = open("ana").fails(3).error();
    assert_eq!(error["code"], "person.ambiguous");
    assert_eq!(error["candidates"], serde_json::json!(["ana@acme.example", "ana@north.example"]));
    assert!(
        sandbox
            .run(&["open", "-s", "x", "-m", "x", "--cc", "ana"])
            .fails(3)
            .stderr
            .contains("ana@acme.example  Ana Ray")
    );
    assert!(open("nemo").fails(2).stderr.contains("neither an address nor the name"));
    open("ana@x.example,bo@x.example").fails(2);
}

#[test]
fn every_flag_takes_a_name() {
    let sandbox = scene();
    let id = sandbox.opened("Tiles", &["--assignee", "lea", "--cc", "ana ray,Ana Lund"]);
    let ticket = |words: &[&str]| sandbox.run(&[words, &["--json"]].concat()).ok().json();
    assert_eq!(ticket(&["show", &id])["cc"], serde_json::json!(["ana@north.example"]));
    assert_eq!(
        ticket(&["cc", &id, "--remove", "Ana Lund", "--add", "lea"])["cc"],
        serde_json::json!(["lea@desk.example"])
    );
    for (who, expected) in [("me", "kenji@desk.example"), ("Léa Roux", "lea@desk.example")] {
        assert_eq!(ticket(&["assign", &id, who])["assignee"], expected);
    }
    assert_eq!(ticket(&["set", &id, "requester=Ana Lund"])["requester"], "ana@north.example");
    for query in ["assignee:lea", "assignee:\"léa roux\"", "requester:\"ana lund\"", "cc:lea"] {
        assert_eq!(sandbox.run(&["list", query, "--count"]).ok().stdout, "1\n", "{query}");
        assert_eq!(sandbox.run(&["list", &format!("-{query}"), "--count"]).ok().stdout, "0\n", "{query}");
    }
    sandbox.run(&["list", "--requester", "ana"]).fails(3);
    assert_eq!(sandbox.run(&["--as", "lea", "list", "is:mine", "--count"]).ok().stdout, "1\n");
    sandbox.run(&["--as", "ana", "list"]).fails(3);
    sandbox.run(&["--as", "nemo", "list"]).fails(2);
    assert_eq!(sandbox.run(&["--as", "ana ray", "list", "--count"]).ok().stdout, "0\n");
    assert_eq!(sandbox.run_under(&[("CASEBOOK_ACTOR", "lea")], &["list", "is:mine", "--count"]).ok().stdout, "1\n");
}

#[test]
fn a_ticket_is_named_by_the_beginning_of_its_short_id() {
    let mut sandbox = scene();
    let ids = ["First", "Second"].map(|subject| sandbox.opened(subject, &[]));
    for id in &ids {
        for part in [&id[20..24], &id[20..25], &id[20..], &id[22..]] {
            assert_eq!(sandbox.run(&["show", part, "--json=id"]).ok().json()["id"], id.as_str(), "{part}");
        }
    }
    let shared = &ids[0][..6];
    let told = sandbox.run(&["show", shared]).fails(3).stderr;
    let line = |id: &str, subject: &str| format!("  {}  open  {subject}\n", &id[20..]);
    assert!(told.contains(&(line(&ids[1], "Second") + &line(&ids[0], "First"))), "{told}");
    let error = sandbox.run(&["show", shared, "--json"]).fails(3).error();
    assert_eq!(error["candidates"], serde_json::json!([ids[1], ids[0]]));
    let show = ["casebook", "--no-pager", "show", shared];
    if let Some(chosen) = on_a_terminal(&sandbox, &show, &[("matches 2 tickets", "\u{1b}[B\r")]) {
        assert!(chosen.ok().stdout.contains(&format!("{}  First", ids[0])));
    }
    sandbox.act_as(Some("bo@other.example"));
    sandbox.run(&["show", &ids[0][20..24]]).fails(3);
}
