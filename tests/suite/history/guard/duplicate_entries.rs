//! `guard`: entries that another ticket already contains are refused, however they were copied.

use std::fs;

use crate::fixtures::audited_desk::{Scene, entry};
use crate::fixtures::guarded_server::{ANA, KENJI, served};
use crate::fixtures::sandbox::Outcome;

/// A scene whose server has a third ticket, at `other`, and a note on the first one that was committed by hand.
struct Copying {
    scene: Scene,
    other: String,
}

impl Copying {
    fn new(hook: &str) -> Self {
        let scene = served(hook);
        let other = scene.sandbox.opened("Third", &[]);
        let other = scene.sandbox.shown(&other)["path"].as_str().unwrap().to_owned();
        scene.sandbox.run(&["note", &scene.ticket, "-m", "For one.", "--no-commit"]).ok();
        scene.commit();
        scene.push(KENJI, &["main"]).ok();
        Self { scene, other }
    }

    /// Copies the last entry of the scene's ticket to the third one.
    fn copy(&self) {
        let whole = self.scene.sandbox.read(&self.scene.file);
        let note = whole.rsplit("\n\n- ").next().unwrap();
        let text = self.scene.sandbox.read(&self.other);
        self.scene.sandbox.write(&self.other, &text.replace("\n...\n", &format!("\n\n- {note}")));
    }

    fn git(&self, words: &[&str]) -> Outcome {
        self.scene.sandbox.git(words).ok()
    }

    fn register(&self) -> std::path::PathBuf {
        self.scene.sandbox.path("../desk.git/casebook/entries")
    }
}

#[test]
fn an_entry_committed_by_hand_is_not_accepted_twice() {
    for hook in ["pre-receive", "update"] {
        let copying = Copying::new(hook);
        let scene = &copying.scene;
        copying.copy();
        scene.commit();
        scene.refused(KENJI, &["main"], "CB114");
        scene.refused(KENJI, &["main:another"], "CB114");
        scene.refused(KENJI, &["main:refs/tags/v1"], "CB114");
        copying.git(&["reset", "-q", "--hard", "origin/main"]);
        scene.note("Another.");
        scene.push(KENJI, &["main"]).ok();
    }
}

#[test]
fn a_missing_or_corrupt_register_changes_no_decision() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    let sound = fs::read(copying.register()).unwrap();
    copying.copy();
    scene.commit();
    let mut damaged = sound.clone();
    damaged[5000] ^= 1;
    let mut of_another = sound.clone();
    of_another[17..].fill(0);
    for bytes in [Some(&sound[..]), Some(&damaged), Some(&of_another), Some(&sound[..100]), Some(&[]), None] {
        let _ = fs::remove_file(copying.register());
        bytes.iter().for_each(|bytes| fs::write(copying.register(), bytes).unwrap());
        scene.refused(KENJI, &["main"], "CB114");
        assert_eq!(fs::read(copying.register()).unwrap().len(), sound.len(), "it is made anew");
    }
    // A register of a commit that git no longer has.
    let server = scene.sandbox.path("../desk.git");
    casebook::store::index::EntryRegister::write(&server, "", &"a".repeat(40), None, &[]).unwrap();
    assert_ne!(fs::read(copying.register()).unwrap().len(), sound.len());
    scene.refused(KENJI, &["main"], "CB114");
    assert_eq!(fs::read(copying.register()).unwrap().len(), sound.len());
    // A register that cannot be written.
    fs::remove_file(copying.register()).unwrap();
    fs::create_dir(copying.register()).unwrap();
    scene.refused(KENJI, &["main"], "CB114");
    copying.git(&["reset", "-q", "--hard", "HEAD~1"]);
    scene.note("Another.");
    scene.push(KENJI, &["main"]).ok();
}

#[test]
fn an_old_entry_is_found_after_any_number_of_commits() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    let before = fs::read(copying.register()).unwrap();
    for round in 0..3 {
        // So many tickets change that the register is rewritten.
        if round == 1 {
            (0..201).for_each(|number| _ = scene.sandbox.opened(&format!("Ticket {number}"), &["--no-commit"]));
            scene.commit();
        }
        scene.note(&format!("Round {round}."));
        scene.push(KENJI, &["main"]).ok();
    }
    assert_ne!(fs::read(copying.register()).unwrap(), before, "it was written anew");
    let entries = scene.sandbox.read(&scene.file);
    for words in ["For one.", "Round 0.", "Round 1.", "Round 2."] {
        let entry = entries.split("\n\n- ").find(|entry| entry.contains(words)).unwrap();
        let entry = entry.trim_end_matches("...\n").trim_end();
        let text = scene.sandbox.read(&copying.other);
        scene.sandbox.write(&copying.other, &text.replace("\n...\n", &format!("\n\n- {entry}\n...\n")));
        scene.commit();
        scene.refused(KENJI, &["main"], "CB114");
        copying.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
}

#[test]
fn an_entry_in_two_tickets_of_two_branches_is_refused_on_one_branch() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    copying.git(&["checkout", "-qb", "one"]);
    scene.note("On one.");
    scene.push(KENJI, &["one"]).ok();
    let whole = scene.sandbox.read(&scene.file);
    copying.git(&["checkout", "-qb", "two", "main"]);
    let note = whole.rsplit("\n\n- ").next().unwrap();
    let text = scene.sandbox.read(&copying.other);
    scene.sandbox.write(&copying.other, &text.replace("\n...\n", &format!("\n\n- {note}")));
    scene.commit();
    // Neither the default branch nor this one has it elsewhere.
    scene.push(KENJI, &["two"]).ok();
    copying.git(&["checkout", "-q", "main"]);
    copying.git(&["merge", "-q", "--no-ff", "-m", "One", "one"]);
    scene.push(KENJI, &["main"]).ok();
    copying.git(&["merge", "-q", "--no-ff", "-m", "Two", "two"]);
    scene.refused(KENJI, &["main"], "CB114");
    copying.git(&["checkout", "-q", "two"]);
    copying.git(&["merge", "-q", "--no-ff", "-m", "One", "one"]);
    scene.refused(KENJI, &["two"], "CB114");
}

#[test]
fn a_copy_is_found_if_the_original_is_not_canonical() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    copying.copy();
    let copied = scene.sandbox.read(&copying.other);
    copying.git(&["checkout", "-q", "--", "."]);
    let text = scene.sandbox.read(&scene.file);
    let (head, last) = text.rsplit_once("\n- id: ").unwrap();
    scene.sandbox.write(
        &scene.file,
        &format!("{head}\n- \"id\": \"\\x30{}", last.strip_prefix('0').unwrap().replacen('\n', "\"\n", 1)),
    );
    scene.sandbox.run(&["check"]).ok();
    // A push may not reformat old entries; they may be there in that form all the same.
    copying.git(&["commit", "-qam", "Otherwise"]);
    copying.git(&[
        "push",
        "-q",
        "../desk.git",
        "HEAD:refs/heads/main",
        "--receive-pack=git -c core.hooksPath=/dev/null receive-pack",
    ]);
    scene.sandbox.write(&copying.other, &copied);
    scene.commit();
    scene.refused(KENJI, &["main"], "CB114");
}

#[test]
fn a_clone_finds_a_copy_before_the_commit_and_before_the_push() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    copying.copy();
    copying.git(&["add", "-A"]);
    let told = scene.sandbox.run(&["check", "--staged"]).fails(1).stdout;
    assert!(told.contains("CB114") && told.contains(&scene.ticket), "{told}");
    scene.sandbox.run(&["hooks", "install"]).ok();
    let told = scene.sandbox.git(&["commit", "-qm", "By hand"]).fails(1).stderr;
    assert!(told.contains("[CB114]"), "{told}");
    scene.commit();
    let told = scene.sandbox.run(&["check", "--range", "HEAD~1..HEAD"]).fails(1).stdout;
    assert!(told.contains("CB114"), "{told}");
    let told = scene.sandbox.run(&["sync"]).fails(1);
    assert!(told.stderr.contains(&format!("is also in {}", scene.ticket)), "{}", told.stderr);
    assert!(told.stderr.contains("nothing was pushed"), "{}", told.stderr);
    // An entry that another commit added first is not reported for the second.
    scene.note("Behind it.");
    scene.sandbox.run(&["check", "--range", "HEAD~1..HEAD"]).ok();
}

#[test]
fn old_entries_without_a_copy_pass() {
    let copying = Copying::new("pre-receive");
    let scene = &copying.scene;
    // Written before entries that were pushed since.
    let written = scene.sandbox.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    scene.sandbox.wait("1h");
    copying.git(&["branch", "late"]);
    scene.note("Since.");
    scene.push(KENJI, &["main"]).ok();
    copying.git(&["checkout", "-q", "late"]);
    let text = scene.sandbox.read(&copying.other);
    let late = entry(&written, &["by: kenji@desk.example", "role: agent", "action: note", "from: open", "text: Late."]);
    scene.sandbox.write(&copying.other, &text.replace("\n...\n", &format!("\n\n{late}...\n")));
    scene.commit();
    copying.git(&["checkout", "-q", "main"]);
    copying.git(&["merge", "-q", "--no-ff", "-m", "Late", "late"]);
    scene.push(KENJI, &["main"]).ok();
    // A tag of a file leads to no ticket.
    copying.git(&["tag", "file", &format!("HEAD:{}", scene.file)]);
    scene.push(KENJI, &["file"]).ok();
    scene.push(ANA, &["main:refs/heads/mine"]).ok();
}
