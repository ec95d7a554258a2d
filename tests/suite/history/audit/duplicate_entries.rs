//! `audit`: duplicate entries are reported wherever they are, and hide no tampering with the original.

use serde_json::Value;

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{KENJI, served};

/// The rules of the findings of a commit.
fn of(findings: &[Value], commit: &str) -> Vec<String> {
    let of_it = findings.iter().filter(|finding| finding["commit"] == commit);
    of_it.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// Entry 1, Kenji's reply, duplicated: with another text, and unchanged.
fn again(entries: &[String]) -> [String; 2] {
    [entries[1].replace("release?", "release, then?"), entries[1].clone()]
}

#[test]
fn a_duplicate_entry_is_reported_wherever_it_is() {
    for spelled in 0..2 {
        for place in 0..=4 {
            let scene = Scene::new();
            scene.edit(|entries| entries.insert(place, again(entries)[spelled].clone()));
            let commit = scene.commit();
            let told = of(&scene.findings(&[]), &commit);
            assert!(told.iter().any(|code| code == "CB102" || code == "CB014" || code == "CB407"), "{place}: {told:?}");
            let told = of(&scene.findings(&["--strict", "HEAD~1..HEAD"]), &commit);
            assert!(!told.is_empty(), "{place}");
        }
    }
}

#[test]
fn removing_one_of_two_is_reported_unless_it_is_the_copy() {
    for spelled in 0..2 {
        for place in [1, 2, 4] {
            let scene = Scene::new();
            let original = scene.parts().1[1].clone();
            scene.edit(|entries| entries.insert(place, again(entries)[spelled].clone()));
            scene.commit();
            let (head, both) = scene.parts();
            let copy = place;
            let kept = if place == 1 { 2 } else { 1 };
            assert_eq!(both[kept], original);
            // The copy is removed again.
            let mut entries = both.clone();
            entries.remove(copy);
            scene.put(&head, &entries);
            let commit = scene.commit();
            assert_eq!(of(&scene.findings(&[]), &commit), Vec::<String>::new(), "{spelled} {place}");
            scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
            // The original is removed, which leaves another text, or the same one in another place.
            let mut entries = both.clone();
            entries.remove(kept);
            scene.put(&head, &entries);
            let commit = scene.commit();
            let told = of(&scene.findings(&[]), &commit);
            let is_as_it_was = spelled == 1 && place < 4;
            assert_eq!(told.is_empty(), is_as_it_was, "{spelled} {place} {told:?}");
        }
    }
}

#[test]
fn the_guard_refuses_an_edit_in_two_steps() {
    for who in [KENJI, "ana@acme.example"] {
        let scene = served("pre-receive");
        for step in 0..2 {
            if who != KENJI {
                scene.sandbox.run(&["--as", who, "reply", &scene.ticket, "-m", "Mine.", "--no-commit"]).ok();
            }
            scene.edit(|entries| match step {
                0 => entries.insert(1, again(entries)[0].clone()),
                _ => _ = entries.remove(2),
            });
            scene.commit();
        }
        let told = scene.refused(who, &["main"], "CB102");
        assert!(told.contains("[CB401]"), "{told}");
        let findings = scene.findings(&[]);
        assert!(!of(&findings, findings[0]["commit"].as_str().unwrap()).is_empty());
    }
}

#[test]
fn a_merge_that_duplicates_an_entry_is_reported() {
    let scene = Scene::new();
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "Beside."]).ok();
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "Here."]).ok();
    scene.sandbox.git(&["merge", "-q", "--no-commit", "side"]);
    scene.edit(|entries| entries.insert(1, again(entries)[0].clone()));
    let commit = scene.commit();
    assert!(of(&scene.findings(&[]), &commit).contains(&"CB102".to_owned()));
}

#[test]
fn replacing_a_ticket_by_a_link_for_a_while_hides_no_edit() {
    let scene = Scene::new();
    let text = scene.sandbox.read(&scene.file);
    let path = scene.sandbox.path(&scene.file);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("x", &path).unwrap();
    let linked = scene.commit();
    std::fs::remove_file(&path).unwrap();
    scene.sandbox.write(&scene.file, &text.replace("release?", "release, then?"));
    let edited = scene.commit();
    let findings = scene.findings(&[]);
    assert_eq!(of(&findings, &linked), ["CB015"]);
    assert_eq!(of(&findings, &edited), ["CB402"]);
}

#[test]
fn an_agreed_solve_must_name_the_person_who_agreed() {
    let scene = Scene::new();
    let lines = ["by: kenji@desk.example", "role: agent", "action: solve", "from: open", "to: solved"];
    scene.add(super::LATER, &[&lines[..], &["resolution: agreed"]].concat());
    // The header is repaired, and both are committed.
    scene.sandbox.run(&["check", "--fix"]).fails(1);
    let commit = scene.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout;
    assert_eq!(of(&scene.findings(&[]), commit.trim()), ["CB111"]);
}

#[test]
fn a_ticket_deleted_while_unreadable_is_compared_when_restored() {
    let scene = Scene::new();
    let text = scene.sandbox.read(&scene.file);
    scene.sandbox.write(&scene.file, "garbage: [\n");
    scene.commit();
    scene.sandbox.git(&["rm", "-q", &scene.file]).ok();
    scene.commit();
    scene.sandbox.write(&scene.file, &text.replace("release?", "release, then?"));
    let edited = scene.commit();
    assert_eq!(of(&scene.findings(&[]), &edited), ["CB402"]);
}

#[test]
fn concurrent_entries_are_judged_one_by_one() {
    let scene = Scene::new();
    // Each saw `on_hold`, which the ticket was once.
    scene.sandbox.run(&["hold", &scene.ticket, "--reason", "engineering"]).ok();
    scene.sandbox.run(&["resume", &scene.ticket]).ok();
    let (head, mut entries) = scene.parts();
    let begin: chrono::DateTime<chrono::Utc> = super::LATER.parse().unwrap();
    for second in 0..400 {
        let at = (begin + chrono::TimeDelta::seconds(second)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let lines = ["by: kenji@desk.example", "role: agent", "action: note", "from: on_hold", "text: x"];
        entries.push(super::entry(&at, &lines));
    }
    scene.put(&head, &entries);
    let commit = scene.commit();
    let told = of(&scene.findings(&[]), &commit);
    assert_eq!((told.len(), told.iter().all(|code| code == "CB103")), (400, true), "{told:?}");
}
