//! `guard`: the policy before the push, on any branch, and the clock of the server.

use crate::fixtures::guarded_server::{ANA, KENJI, served};

#[test]
fn the_policy_of_a_desk_on_any_branch_applies() {
    for head in ["refs/heads/trunk", "refs/heads/own"] {
        let scene = served("pre-receive");
        scene.sandbox.git(&["-C", "../desk.git", "symbolic-ref", "HEAD", head]).ok();
        scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
        scene.push(ANA, &["main"]).ok();
        let config = scene.sandbox.read("casebook.toml");
        scene.sandbox.git(&["checkout", "-q", "--orphan", "own"]).ok();
        scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"bo@acme.example\", "));
        scene.commit();
        scene.refused("bo@acme.example", &["own"], "CB505");
    }
}

#[test]
fn a_push_cannot_delete_the_desk() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["rm", "-q", "casebook.toml"]).ok();
    scene.commit();
    scene.refused(KENJI, &["main"], "CB505");
    scene.refused(KENJI, &["main:side"], "CB505");
    // A clone refuses it before it is committed.
    scene.sandbox.git(&["reset", "-q", "--soft", "HEAD~1"]).ok();
    let told = scene.sandbox.run(&["guard", "pre-commit"]).fails(1);
    assert!(format!("{}{}", told.stdout, told.stderr).contains("[CB505]"), "{}{}", told.stdout, told.stderr);
    scene.commit();
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    scene.sandbox.git(&["mv", "casebook.toml", "desk.toml"]).ok();
    scene.commit();
    scene.refused(KENJI, &["main"], "CB505");
}

#[test]
fn an_entry_from_the_future_is_refused() {
    let scene = served("pre-receive");
    let ahead = [("CASEBOOK_NOW", "2036-11-21T12:00:00Z")];
    scene.sandbox.run_under(&ahead, &["--as", ANA, "reply", &scene.ticket, "-m", "From afar."]).ok();
    // Its commit has the same time, so that the history by itself is valid.
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
    scene.refused(ANA, &["main"], "CB410");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let ahead = [("CASEBOOK_NOW", "2026-11-21T20:00:00Z")];
    scene.sandbox.run_under(&ahead, &["--as", ANA, "reply", &scene.ticket, "-m", "Half a day."]).ok();
    scene.push(ANA, &["main"]).ok();
    // What had to follow an entry that was accepted is not refused for its time.
    let now = "CASEBOOK_NOW";
    scene.sandbox.run_under(&[(now, "2027-03-01T00:00:00Z")], &["note", &scene.ticket, "-m", "Ahead."]).ok();
    scene
        .sandbox
        .git(&["push", "-q", "--receive-pack=git -c core.hooksPath=/dev/null receive-pack", "../desk.git", "main"])
        .ok();
    scene
        .sandbox
        .run_under(&[(now, "2026-11-21T12:00:00Z")], &["--as", ANA, "reply", &scene.ticket, "-m", "On time."])
        .ok();
    scene.push(ANA, &["main"]).ok();
}
