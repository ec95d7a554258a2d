//! `audit`: merges that keep both sides are clean, and entries that a merge loses are reported.

use crate::fixtures::audited_desk::{LATER, Scene, entry};

const NOTE: [&str; 5] = ["by: kenji@desk.example", "role: agent", "action: note", "from: open", "text: x"];

/// Two branches with an entry each, the younger one on `side`; on `main`.
fn parted() -> Scene {
    let scene = Scene::new();
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.add("2026-11-21T09:31:00Z", &NOTE);
    scene.commit();
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.add(LATER, &NOTE);
    scene.commit();
    scene
}

impl Scene {
    /// Commits a merge of `side` with the files in the work tree.
    fn merged(&self, change: impl FnOnce(&mut Vec<String>)) {
        self.sandbox.git(&["merge", "-q", "--no-commit", "-s", "ours", "side"]).ok();
        self.edit(change);
        self.commit();
    }
}

#[test]
fn a_merge_that_keeps_both_sides_is_clean() {
    let scene = parted();
    scene.merged(|entries| entries.push(entry("2026-11-21T09:31:00Z", &NOTE)));
    assert_eq!(scene.rules(&["--identity", "--strict"]), Vec::<String>::new());
}

#[test]
fn a_merge_that_takes_one_side_reports_the_lost_entries() {
    let scene = parted();
    scene.sandbox.git(&["merge", "-q", "-s", "ours", "-m", "Ours", "side"]).ok();
    let findings = scene.findings(&[]);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0]["rule"], "history.removed");
    let theirs = parted();
    theirs.sandbox.git(&["checkout", "-q", "side"]).ok();
    theirs.sandbox.git(&["merge", "-q", "-s", "ours", "-m", "Theirs", "main"]).ok();
    assert_eq!(theirs.rules(&[]), ["history.removed"]);
}

#[test]
fn a_merge_that_adds_or_edits_is_judged_like_any_commit() {
    let scene = parted();
    scene.merged(|entries| {
        entries.push(entry("2026-11-21T09:31:00Z", &NOTE));
        entries.push(entry(
            "2026-11-21T09:32:00Z",
            &["by: bo@acme.example", "role: agent", "action: note", "from: open", "text: x"],
        ));
    });
    assert_eq!(scene.rules(&[]), ["entry.rights"]);
    let scene = parted();
    scene.merged(|entries| {
        entries.push(entry("2026-11-21T09:31:00Z", &NOTE));
        entries[1] = entries[1].replace("Which", "What");
    });
    assert_eq!(scene.rules(&[]), ["history.edited"]);
}

#[test]
fn a_ticket_that_a_merge_drops_is_reported() {
    let scene = Scene::new();
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.sandbox.opened("On the side", &[]);
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.opened("On main", &[]);
    scene.sandbox.git(&["merge", "-q", "-s", "ours", "-m", "Ours", "side"]).ok();
    assert_eq!(scene.rules(&[]), ["ticket.deleted"]);
}

#[test]
fn a_merge_of_different_tickets_is_clean() {
    let scene = Scene::new();
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.sandbox.opened("On the side", &[]);
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "Meanwhile."]).ok();
    scene.sandbox.git(&["merge", "-q", "-m", "Both", "side"]).ok();
    assert_eq!(scene.rules(&["--identity", "--strict"]), Vec::<String>::new());
}

#[test]
fn an_entry_allowed_by_an_earlier_version_is_concurrent() {
    // A rebased commit: the entry saw the ticket as it was before the reply that is there now.
    let scene = Scene::new();
    scene.sandbox.run(&["reply", &scene.ticket, "-m", "Now it waits."]).ok();
    let hold =
        ["by: kenji@desk.example", "role: agent", "action: hold", "from: open", "to: on_hold", "reason: engineering"];
    scene.add(LATER, &hold);
    scene.status("on_hold\n");
    let text = scene.sandbox.read(&scene.file);
    let text = text.replacen("status: on_hold\n\n", "status: on_hold\n", 1);
    let text = text.replacen("\nhistory:", "hold:\n  reason: engineering\n\nhistory:", 1);
    scene.sandbox.write(&scene.file, &text);
    scene.commit();
    assert_eq!(scene.rules(&[]), ["entry.concurrent"]);
    scene.sandbox.run(&["audit"]).ok();
    scene.sandbox.run(&["audit", "--strict"]).fails(1);
}
