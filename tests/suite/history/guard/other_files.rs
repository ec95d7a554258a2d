//! `guard`: lists of holidays, casebook.toml and files of organizations must be consistent after a push.

use super::executable;
use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{KENJI, served};

const POLICY: &str = "casebook.toml";
const LIST: &str = "calendars/us.toml";
const FILE: &str = "organizations/acme.yaml";

impl Scene {
    /// Changes a file by hand.
    #[track_caller]
    fn exchange(&self, path: &str, from: &str, to: &str) {
        let text = self.sandbox.read(path);
        assert!(text.contains(from), "{from}");
        self.sandbox.write(path, &text.replacen(from, to, 1));
    }

    fn undo(&self) {
        self.sandbox.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    }

    /// Commits everything in the work tree, and pushes it.
    fn send(&self) {
        self.commit();
        self.push(KENJI, &["main"]).ok();
        self.sandbox.git(&["fetch", "-q"]).ok();
    }
}

/// Organization access by hand, with a ticket that does not exist or requests something else.
fn access(ticket: &str) -> String {
    let access = format!("  roles:\n  - technical_contact\n  organization_access: {ticket}\n");
    format!("id: acme\npeople:\n- email: tina@acme.example\n{access}")
}

type Break = (&'static str, &'static str, fn(&Scene));

/// A change that breaks a rule, with its code and a part of the message.
const BREAKS: [Break; 7] = [
    ("CB306", LIST, |scene| scene.exchange(LIST, "until = 20", "until = soon # 20")),
    ("CB306", LIST, |scene| {
        std::fs::remove_file(scene.sandbox.path(LIST)).unwrap();
        std::os::unix::fs::symlink("gb.toml", scene.sandbox.path(LIST)).unwrap();
    }),
    ("CB301", "there is no calendars/xx.toml", |scene| {
        scene.exchange(POLICY, "holidays = [\"us\"", "holidays = [\"xx\"");
    }),
    ("CB301", "there is no calendars/us.toml", |scene| {
        std::fs::remove_file(scene.sandbox.path(LIST)).unwrap();
    }),
    ("CB301", "unknown field `requestr`", |scene| {
        let policy = scene.sandbox.read(POLICY) + "\n[macros.ask]\ntext = \"{{ requestr }}\"\n";
        scene.sandbox.write(POLICY, &policy);
    }),
    ("CB311", "which does not exist", |scene| scene.sandbox.write(FILE, &access("01M7ZZZZZZZZZZZZZZZZZZZZZZ"))),
    ("CB311", "which does not request organization access", |scene| scene.sandbox.write(FILE, &access(&scene.ticket))),
];

#[test]
fn a_push_with_errors_in_other_files_is_refused() {
    for hook in ["pre-receive", "update"] {
        let scene = served(hook);
        for (code, words, break_it) in BREAKS {
            break_it(&scene);
            let told = scene.sandbox.run(&["check"]).fails(1).stdout;
            assert!(told.contains(&format!("[{code}]")), "{told}");
            scene.commit();
            let told = scene.refused(KENJI, &["main"], code);
            assert!(told.contains(words), "{told}");
            scene.undo();
        }
    }
}

#[test]
fn a_clone_refuses_them_before_the_commit() {
    let scene = Scene::new();
    scene.sandbox.run(&["hooks", "install"]).ok();
    for (code, words, break_it) in BREAKS {
        break_it(&scene);
        scene.sandbox.git(&["add", "-A"]).ok();
        for commit in [&["commit", "-qm", "x"][..], &["commit", "-qm", "x", "--", "."]] {
            let told = scene.sandbox.git(commit).fails(1);
            let told = told.stderr + &told.stdout;
            assert!(told.contains(&format!("[{code}]")) && told.contains(words), "{told}");
        }
        scene.sandbox.git(&["reset", "-q", "--hard"]).ok();
    }
    scene.exchange(LIST, "[days]\n", "[days]\n2026-07-05 = \"The day behind\"\n");
    scene.exchange(POLICY, "holidays = [\"us\"", "holidays = [\"us\", \"jp\"");
    scene.sandbox.git(&["commit", "-qam", "Sound"]).ok();
}

#[test]
fn valid_changes_of_other_files_pass() {
    let scene = served("pre-receive");
    scene.exchange(LIST, "[days]\n", "[days]\n2026-07-05 = \"The day behind\"\n");
    scene.send();
    // A list and the calendar that names it, in one push; then both deleted.
    let named = ("holidays = [\"us\"", "holidays = [\"xx\", \"us\"");
    scene.sandbox.write("calendars/xx.toml", &scene.sandbox.read(LIST));
    scene.commit();
    scene.exchange(POLICY, named.0, named.1);
    scene.send();
    std::fs::remove_file(scene.sandbox.path("calendars/xx.toml")).unwrap();
    scene.commit();
    scene.refused(KENJI, &["main"], "CB301");
    scene.exchange(POLICY, named.1, named.0);
    scene.send();
    // A list that no calendar names may be deleted.
    scene.sandbox.write("calendars/notes.toml", "no list\n");
    scene.send();
    scene.sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    scene.sandbox.run(&["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact"]).ok();
    scene.push(KENJI, &["main"]).ok();
    let words = ["--as", "tina@acme.example", "-q", "access", "request", "-m", "I follow up."];
    let request = scene.sandbox.run(&words).ok().stdout.trim().to_owned();
    scene.sandbox.run(&["access", "grant", &request]).ok();
    assert!(scene.sandbox.read(FILE).contains(&format!("organization_access: {request}")));
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["clone", "-q", "../desk.git", "../again"]).ok();
    scene.sandbox.run(&["-C", "../again", "check", "--strict"]).ok();
}

#[test]
fn equal_findings_from_before_are_not_the_pushs_findings() {
    let scene = Scene::new();
    scene.exchange(LIST, "until = 20", "until = soon # 20");
    scene.exchange(POLICY, "holidays = [\"us\"", "holidays = [\"us\", \"xx\"");
    scene.sandbox.write(FILE, &access("01M7ZZZZZZZZZZZZZZZZZZZZZZ"));
    scene.commit();
    scene.sandbox.git(&["clone", "-q", "--bare", ".", "../desk.git"]).ok();
    scene.sandbox.git(&["remote", "add", "origin", "../desk.git"]).ok();
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    for path in [LIST, POLICY, FILE] {
        let text = scene.sandbox.read(path);
        scene.sandbox.write(path, &format!("{text}# more\n"));
    }
    scene.send();
    // Another missing list, and access of another person, are new.
    scene.exchange(POLICY, "holidays = [\"us\", \"xx\"", "holidays = [\"us\", \"xx\", \"yy\"");
    scene.commit();
    let told = scene.refused(KENJI, &["main"], "CB301");
    assert!(told.contains("calendars/yy.toml") && !told.contains("calendars/xx.toml"), "{told}");
    scene.undo();
    scene.exchange(FILE, "tina@", "toni@");
    scene.commit();
    assert!(scene.refused(KENJI, &["main"], "CB311").contains("toni@acme.example"));
    scene.undo();
    // A list that was damaged before is an error of the push that names it.
    scene.exchange(LIST, "until = soon # 20", "until = 20");
    scene.sandbox.write("calendars/yy.toml", "no list\n");
    scene.send();
    scene.exchange(POLICY, "holidays = [\"us\", \"xx\"", "holidays = [\"us\", \"xx\", \"yy\"");
    scene.commit();
    let told = scene.refused(KENJI, &["main"], "CB306");
    assert!(told.contains("calendars/yy.toml"), "{told}");
}

#[test]
fn a_desk_in_a_folder_is_checked_too() {
    let mut scene = Scene::new();
    scene.sandbox.go_to("story/whole");
    scene.sandbox.git(&["init", "-q"]).ok();
    scene.sandbox.enter("a desk");
    scene.sandbox.run(&["init", "--template", "looker", "--commit"]).ok();
    scene.ticket = scene.sandbox.opened("Tiles", &["--commit"]);
    scene.sandbox.git(&["clone", "-q", "--bare", "..", "../../whole.git"]).ok();
    let server = scene.sandbox.path("../../whole.git");
    scene.sandbox.git(&["remote", "add", "origin", server.to_str().unwrap()]).ok();
    scene.sandbox.git(&["fetch", "-q"]).ok();
    scene.sandbox.git(&["-C", "../../whole.git", "config", "casebook.pusher", "CASEBOOK_PUSHER"]).ok();
    let hook = "#!/bin/sh\nexec casebook guard pre-receive --desk 'a desk'\n";
    executable(&server.join("hooks/pre-receive"), hook);
    scene.sandbox.run(&["hooks", "install"]).ok();
    for (code, words, break_it) in BREAKS {
        break_it(&scene);
        scene.sandbox.git(&["add", "-A"]).ok();
        let told = scene.sandbox.git(&["commit", "-qm", "x"]).fails(1);
        assert!((told.stderr + &told.stdout).contains(words), "{code}");
        let told = scene.sandbox.run(&["check", "--staged"]).fails(1).stdout;
        assert!(told.contains(words), "{told}");
        scene.commit();
        let told = scene.sandbox.run(&["check", "--range", "HEAD~1..HEAD"]).fails(1).stdout;
        assert!(told.contains(words), "{told}");
        let told = scene.push(KENJI, &["main"]).fails(1).stderr;
        assert!(told.contains(words), "{told}");
        scene.undo();
    }
}

#[test]
fn sync_pushes_none_of_them() {
    let scene = served("pre-receive");
    std::fs::remove_file(scene.sandbox.path("../desk.git/hooks/pre-receive")).unwrap();
    scene.sandbox.git(&["branch", "-q", "--set-upstream-to", "origin/main"]).ok();
    for (code, words, break_it) in BREAKS {
        break_it(&scene);
        scene.commit();
        let before = scene.refs();
        for flags in [&["sync", "-n"][..], &["sync"]] {
            let told = scene.sandbox.run(flags).fails(1);
            let told = told.stderr + &told.stdout;
            assert!(told.contains(words), "{code}: {told}");
        }
        assert_eq!(scene.refs(), before);
        scene.undo();
    }
}
