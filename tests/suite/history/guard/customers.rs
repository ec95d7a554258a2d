//! `guard`: a customer's push may change a ticket's file only as its new entries do, and of refs only
//! branches, and tags of commits.

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{ANA, KENJI, served};

impl Scene {
    /// Puts a comment into the header.
    fn comment(&self) {
        let text = self.sandbox.read(&self.file);
        self.sandbox.write(&self.file, &text.replacen("\nstatus: ", "\n# Look here.\nstatus: ", 1));
    }
}

#[test]
fn a_customer_changes_a_ticket_only_by_entries() {
    let spell = |scene: &Scene| {
        let text = scene.sandbox.read(&scene.file);
        scene.sandbox.write(&scene.file, &text.replacen("\nsubject: Tiles\n", "\nsubject: \"Tiles\"\n", 1));
    };
    let run = |scene: &Scene| {
        scene.sandbox.git(&["update-index", "--chmod=+x", &scene.file]).ok();
        scene.sandbox.git(&["checkout", "-q", "--", &scene.file]);
    };
    let changes: [&dyn Fn(&Scene); 3] = [&Scene::comment, &spell, &run];
    for change in changes {
        for replies in [false, true] {
            let scene = served("pre-receive");
            if replies {
                scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
            }
            change(&scene);
            let flags: &[&str] = if replies { &["--amend"] } else { &[] };
            scene.sandbox.git(&["add", &scene.file]).ok();
            if !replies {
                run_kept(&scene);
            }
            scene.sandbox.git(&[&["commit", "-q", "--no-verify", "-m", "By hand"], flags].concat()).ok();
            scene.refused(ANA, &["main"], "CB505");
            if !replies {
                scene.push(KENJI, &["main"]).ok();
            }
        }
    }
}

/// Asserts that a change is staged.
fn run_kept(scene: &Scene) {
    let staged = scene.sandbox.git(&["diff", "--cached", "--name-only"]).ok().stdout;
    assert_eq!(staged.trim(), scene.file);
}

#[test]
fn a_customer_can_reply_to_a_file_edited_by_hand() {
    let scene = served("pre-receive");
    scene.comment();
    scene.commit();
    scene.sandbox.git(&["update-index", "--chmod=+x", &scene.file]).ok();
    scene.sandbox.git(&["commit", "-qm", "Mode"]).ok();
    scene.sandbox.git(&["checkout", "-q", "--", "."]).ok();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    scene.sandbox.run(&["--as", ANA, "solve", &scene.ticket]).ok();
    assert!(scene.sandbox.read(&scene.file).contains("# Look here.\nstatus: solved"));
    scene.push(ANA, &["main"]).ok();
}

#[test]
fn a_customer_pushes_branches_and_tags_of_commits() {
    let scene = served("pre-receive");
    scene.push(KENJI, &["main:side", "main:refs/tags/v1"]).ok();
    for name in ["refs/notes/commits", "refs/changes/1", "refs/replace/0123456789012345678901234567890123456789"] {
        scene.refused(ANA, &[&format!("main:{name}")], "CB506");
    }
    scene.sandbox.git(&["tag", "blob", "HEAD:casebook.toml"]).ok();
    scene.sandbox.git(&["tag", "tree", "HEAD^{tree}"]).ok();
    for name in ["blob", "tree"] {
        scene.refused(ANA, &[name], "CB506");
    }
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    scene.push(ANA, &["main", "main:own", "main:refs/tags/v2"]).ok();
    for words in [&["-f", "main:refs/tags/v1"][..], &["--delete", "v1"], &["--delete", "side"]] {
        scene.refused(ANA, words, "CB506");
    }
    // Back on a branch that keeps nothing of its own.
    scene.refused(ANA, &["-f", "main~1:own"], "CB506");
    scene.push(ANA, &["main:side"]).ok();
    scene.push(KENJI, &["--delete", "v1", "side"]).ok();
    // Not even an agent may replace history.
    scene.refused(KENJI, &["main:refs/replace/0123456789012345678901234567890123456789"], "CB506");
}
