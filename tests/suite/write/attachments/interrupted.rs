//! Crashes, and refusals by git, between the writing of an attachment and of the entry that names it.

use super::ANA;
use crate::fixtures::attachments::place;
use crate::fixtures::desk::{copy, desk};

/// The command under test always writes the same bytes.
const SAME: [(&str, &str); 2] = [("CASEBOOK_NOW", "2026-11-25T12:00:00Z"), ("CASEBOOK_SEED", "4711")];

#[test]
fn a_kill_leaves_at_most_an_unreferenced_attachment() {
    for mode in ["--commit", "--no-commit"] {
        let mut sandbox = desk();
        let ticket = sandbox.opened("Tiles", &[]);
        let bystander = sandbox.opened("Another", &[]);
        let file = sandbox.given("trace.txt", b"trace\n");
        let attach = ["attach", ticket.as_str(), &file, mode];
        let story = sandbox.root().join("story");
        let fresh = |name: &str| copy(&story.join("desk"), &story.join(name));
        let old = sandbox.work_tree();
        fresh("whole");
        sandbox.go_to(story.join("whole"));
        sandbox.run_under(&SAME, &attach).ok();
        let new = sandbox.work_tree();
        let mut alone = 0;
        for step in 1.. {
            let why = format!("{mode}, killed at step {step}");
            fresh(&format!("step{step}"));
            sandbox.go_to(story.join(format!("step{step}")));
            let halt = format!("*:{step}");
            if sandbox.run_under(&[SAME.as_slice(), &[("CASEBOOK_KILLED_AT", &halt)]].concat(), &attach).code.is_some()
            {
                break;
            }
            // A reader never sees a name without its bytes.
            let told = sandbox.run(&["check"]).ok().stdout;
            assert!(told.contains("0 errors"), "{why}: {told}");
            sandbox.run(&["note", &bystander, "-m", "Noted.", mode]).ok();
            let mut now = sandbox.work_tree();
            now.retain(|path, _| !path.contains(&bystander));
            let is_part = |path: &String| new.contains_key(path) || !path.starts_with("attachments/");
            assert!(now.keys().all(is_part), "{why}: {:?}", now.keys());
            let named = now.values().any(|bytes| String::from_utf8_lossy(bytes).contains("action: attach"));
            if !named {
                let lies = now.remove(&place(b"trace\n")).is_some();
                alone += usize::from(lies);
                assert!(now.iter().all(|(path, bytes)| old.get(path) == Some(bytes)), "{why}");
            }
            // The repeated command finds the attachment.
            sandbox.run_under(&[("CASEBOOK_SEED", "4712")], &[&attach[..], &["--key", "again"]].concat()).ok();
            let told = sandbox.run(&["check", "--strict"]).ok().stdout;
            assert!(told.contains("0 errors, 0 warnings"), "{why}: {told}");
            sandbox.assert_nothing_waits(&why);
            if mode == "--commit" {
                assert_eq!(sandbox.status(), "", "{why}");
                sandbox.run(&["audit", "--tolerance", "30d"]).ok();
            }
        }
        assert!(alone > 0, "{mode}: no kill came between the attachment and its entry");
    }
}

#[test]
fn a_customer_sees_their_own_interrupted_attachments() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.run_under(&[("CASEBOOK_KILLED_AT", "journalled")], &["--as", ANA, "attach", &ticket, &file]).killed();
    let told = sandbox.run(&["--as", ANA, "reply", &ticket, "-m", "And this."]).ok().stderr;
    assert!(told.contains("was completed: Attach to "), "{told}");
    assert_eq!((sandbox.status().as_str(), sandbox.commits()), ("", 4));
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn a_commit_refused_by_git_leaves_no_attachment() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let (one, two) = (sandbox.given("one.txt", b"one\n"), sandbox.given("two.txt", b"two\n"));
    sandbox.hook("pre-commit", "exit 1");
    let before = sandbox.work_tree();
    sandbox.run(&["attach", &ticket, &one, "-m", "See."]).fails(8);
    assert_eq!((sandbox.work_tree(), sandbox.status().as_str()), (before, ""));
    sandbox.unhook("pre-commit");
    sandbox.run(&["attach", &ticket, &one]).ok();
    // A file that was there before stays.
    sandbox.hook("pre-commit", "exit 1");
    let before = sandbox.work_tree();
    sandbox.run(&["attach", &ticket, &one, &two]).fails(8);
    assert_eq!((sandbox.work_tree(), sandbox.status().as_str()), (before, ""));
}

#[test]
fn links_and_folders_at_the_path_of_an_attachment_are_refused() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.write(place(b"trace\n"), "other\n");
    let told = sandbox.run(&["attach", &ticket, &file]).fails(7).stderr;
    assert!(told.contains("do not match its name"), "{told}");
    assert_eq!(sandbox.read(place(b"trace\n")), "other\n");
    sandbox.shell("rm -r attachments; ln -s /tmp attachments").ok();
    let told = sandbox.run(&["attach", &ticket, &file]).fails(7).stderr;
    assert!(told.contains("link"), "{told}");
    assert_eq!(sandbox.shown(&ticket)["history"].as_array().unwrap().len(), 1);
}
