//! Ways around the guard and the audit that an adversary found, each closed.

use crate::fixtures::audited_desk::{LATER, Scene, entry};
use crate::fixtures::guarded_server::{ANA, KENJI, served};

/// Adds lines to the scene's ticket by hand, before the end marker.
fn append(scene: &Scene, words: &str) {
    let text = scene.sandbox.read(&scene.file);
    scene.sandbox.write(&scene.file, &text.replace("\n...\n", &format!("\n{words}...\n")));
}

#[test]
fn line_breaks_of_yaml_1_1_only_are_refused() {
    for odd in ['\u{85}', '\u{2028}', '\u{2029}'] {
        let scene = served("pre-receive");
        let forged = format!(
            "  # {odd}{}",
            entry(LATER, &["by: kenji@desk.example", "role: agent", "action: note", "from: open", "text: Forged."])
                .trim_end()
                .replace('\n', &odd.to_string())
        );
        scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine.", "--no-commit"]).ok();
        append(&scene, &format!("{forged}\n"));
        scene.commit();
        scene.refused(ANA, &["main"], "CB407");
        let told = scene.sandbox.run(&["check"]).fails(1).stdout;
        assert!(told.contains("[CB001]") && told.contains(&format!("U+{:04X}", u32::from(odd))), "{told}");
        assert!(scene.rules(&[]).contains(&"history.unreadable".to_owned()));
    }
}

#[test]
fn a_file_of_a_newer_format_is_refused() {
    let scene = served("pre-receive");
    let text = scene.sandbox.read(&scene.file).replacen("format: 1", "format: 2", 1);
    scene.sandbox.write(&scene.file, &text);
    append(
        &scene,
        &format!("\n{}", entry(LATER, &["by: mallory@evil.example", "role: agent", "action: closed", "from: open"])),
    );
    scene.commit();
    for who in ["mallory@evil.example", ANA, KENJI] {
        let told = scene.refused(who, &["main"], "CB505");
        assert!(told.contains("format 2 is newer than 1"), "{told}");
    }
    let rules = scene.rules(&[]);
    assert!(rules.contains(&"file.newer".to_owned()) && rules.contains(&"entry.rights".to_owned()), "{rules:?}");
}

#[test]
fn refs_pushed_together_lose_no_entries() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["checkout", "-qb", "a"]).ok();
    scene.note("On both.");
    scene.push(KENJI, &["a", "a:b", "a:refs/tags/t"]).ok();
    scene.refused(KENJI, &[":a", ":b", ":refs/tags/t"], "CB502");
    scene.refused(KENJI, &[":a", "+main:b", "+main:refs/tags/t"], "CB501");
    scene.push(KENJI, &[":a", ":b"]).ok();
    scene.push(KENJI, &[":refs/tags/t", "a:c"]).ok();
}

#[test]
fn an_entry_in_two_tickets_of_another_branch_does_not_reach_the_default_branch() {
    let scene = served("pre-receive");
    let other = scene.sandbox.opened("Third", &[]);
    let file = scene.sandbox.shown(&other)["path"].as_str().unwrap().to_owned();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["checkout", "-qb", "one"]).ok();
    scene.note("On one.");
    scene.push(KENJI, &["one"]).ok();
    let note = scene.sandbox.read(&scene.file).rsplit("\n\n- ").next().unwrap().to_owned();
    let text = scene.sandbox.read(&file);
    scene.sandbox.write(&file, &text.replace("\n...\n", &format!("\n\n- {note}")));
    scene.commit();
    // A new branch is compared with the default one.
    scene.push(KENJI, &["HEAD:refs/heads/two"]).ok();
    scene.refused(KENJI, &["HEAD:main"], "CB114");
    scene.refused(KENJI, &["HEAD:one"], "CB114");
}

#[test]
fn entries_that_a_merge_inserts_between_older_ones_are_reported() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.note("Beside.");
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.note("Here.");
    scene.sandbox.git(&["merge", "-q", "--no-commit", "side"]);
    let text = scene.sandbox.read(&scene.file);
    let (first, rest) = text.split_once("\n\n- id: ").map(|(head, rest)| (head.to_owned(), rest.to_owned())).unwrap();
    let opened = first.rsplit("- id: ").next().unwrap()[..10].to_owned();
    let between = format!(
        "- id: {opened}ZZZZZZZZZZZZZZZZ\n  at: {}\n  by: kenji@desk.example\n  role: agent\n  action: note\n  from: open\n  text: Backdated.\n",
        first.split("\n  at: ").nth(1).unwrap().lines().next().unwrap()
    );
    scene.sandbox.write(&scene.file, &format!("{first}\n\n{between}\n- id: {rest}"));
    scene.commit();
    // A rebased branch has such entries too, so they are reported and not refused.
    assert!(scene.rules(&[]).contains(&"history.inserted".to_owned()));
    assert!(scene.push(KENJI, &["main"]).ok().stderr.contains("[CB404]"));
}

#[test]
fn a_customer_cannot_replace_the_branch_of_the_desk() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["-C", "../desk.git", "symbolic-ref", "HEAD", "refs/heads/master"]).ok();
    let told = scene.refused(ANA, &["main~1:refs/heads/master"], "CB506");
    assert!(told.contains("git symbolic-ref HEAD"), "{told}");
    scene.refused(ANA, &["main~1:refs/heads/aaa"], "CB506");
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    scene.push(ANA, &["main"]).ok();
    scene.push(KENJI, &["main~1:refs/heads/aaa"]).ok();
}
