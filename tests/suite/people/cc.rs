//! `cc`: support, the requester and editors of the organization change it; a person in copy may leave.

use serde_json::json;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// A ticket of Ana's at Acme, with Bo and a person of no organization in copy.
fn scene() -> (Sandbox, String) {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    for (who, role) in [("editor@acme.example", "tech_support_editor"), ("viewer@acme.example", "tech_support_viewer")]
    {
        sandbox.run(&["org", "person", "add", "acme", who, "--role", role]).ok();
    }
    let copies = ["--org", "acme", "--cc", "bo@acme.example", "--cc", "out@other.example"];
    let id = sandbox.opened("Tiles", &copies);
    (sandbox, id)
}

#[test]
fn the_requester_and_editors_change_cc_and_a_person_in_copy_may_leave() {
    let (mut sandbox, id) = scene();
    let (add, remove) = (["--add", "new@acme.example"], ["--remove", "out@other.example"]);
    let leave = |who: &'static str| ["--remove", who];
    for (who, words, code) in [
        ("viewer@acme.example", add, 5),
        ("viewer@acme.example", leave("viewer@acme.example"), 5),
        ("bo@acme.example", add, 5),
        ("bo@acme.example", remove, 5),
        ("ida@northwind.example", add, 3),
        ("ana@acme.example", add, 0),
        ("ana@acme.example", leave("new@acme.example"), 0),
        ("editor@acme.example", add, 0),
        ("editor@acme.example", leave("new@acme.example"), 0),
        ("bo@acme.example", leave("bo@acme.example"), 0),
        // A person who has left does not find it.
        ("bo@acme.example", leave("bo@acme.example"), 3),
    ] {
        sandbox.act_as(Some(who));
        let told = sandbox.run(&[&["cc", &id][..], &words].concat());
        assert_eq!(told.code, Some(code), "{who} {words:?}: {}", told.stderr);
        assert!(code != 0 || told.stderr.is_empty(), "{who} {words:?}: {}", told.stderr);
    }
    sandbox.act_as(Some("out@other.example"));
    let told = sandbox.run(&["cc", &id, "--add", "x@other.example", "--remove", "out@other.example"]).fails(5).stderr;
    assert!(told.contains("only remove yourself") && told.contains("--remove"), "{told}");
    let told = sandbox.run(&["cc", &id, "--remove", "out@other.example", "--json"]).ok();
    assert_eq!((told.stderr.as_str(), told.json()["cc"].clone()), ("", json!([])));
    sandbox.act_as(None);
    assert_eq!(sandbox.shown(&id)["cc"], json!([]));
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit", "--identity", "--strict"]).ok();
}

#[test]
fn a_cc_entry_that_no_command_allows_is_reported() {
    let (sandbox, id) = scene();
    sandbox.run(&["cc", &id, "--add", "new@acme.example"]).ok();
    let file = sandbox.file_of(&id);
    let text = std::fs::read_to_string(&file).unwrap();
    let by = |who: &str| {
        text.replacen(
            "by: kenji@desk.example\n  role: agent\n  action: cc",
            &format!("by: {who}\n  role: customer\n  action: cc"),
            1,
        )
    };
    sandbox.git(&["checkout", "-q", "HEAD~1"]).ok();
    for (who, code) in
        [("editor@acme.example", 0), ("ana@acme.example", 0), ("bo@acme.example", 1), ("viewer@acme.example", 1)]
    {
        assert_ne!(by(who), text);
        std::fs::write(&file, by(who)).unwrap();
        sandbox.git(&["commit", "-qam", "By hand"]).ok();
        let told = sandbox.run(&["audit", "HEAD~1..HEAD", "--format", "json"]);
        assert_eq!(told.code, Some(code), "{who}: {}", told.stdout);
        sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    }
}

#[test]
fn an_unmerge_takes_back_the_people_whom_the_merge_alone_put_in_copy() {
    let (sandbox, id) = scene();
    let open = |who: &str, cc: &str| {
        let words = ["-q", "open", "-s", "Tiles", "-m", "x", "--org", "acme", "--requester", who, "--cc", cc];
        sandbox.run(&words).ok().stdout.trim().to_owned()
    };
    let (one, two) = (open("di@acme.example", "al@acme.example"), open("cy@acme.example", "al@acme.example"));
    let three = open("eve@acme.example", "bo@acme.example");
    for source in [&one, &two, &three] {
        sandbox.run(&["merge", source, "--into", &id]).ok();
    }
    sandbox.run(&["cc", &id, "--remove", "eve@acme.example"]).ok();
    sandbox.run(&["cc", &id, "--add", "eve@acme.example"]).ok();
    let copies = || sandbox.shown(&id)["cc"].clone();
    sandbox.run(&["reopen", &one, "--unmerge"]).ok();
    let rest =
        json!(["bo@acme.example", "out@other.example", "al@acme.example", "cy@acme.example", "eve@acme.example"]);
    assert_eq!(copies(), rest, "al is in copy of another merged ticket");
    sandbox.run(&["reopen", &two, "--unmerge"]).ok();
    sandbox.run(&["reopen", &three, "--unmerge"]).ok();
    let rest = json!(["bo@acme.example", "out@other.example", "eve@acme.example"]);
    assert_eq!(copies(), rest, "bo was there before, and eve was added since");
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit"]).ok();
}
