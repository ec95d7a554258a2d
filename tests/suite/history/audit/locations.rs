//! `audit`: the location of the desk, and the checkpoint.

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::sandbox::Sandbox;

/// A repository with a desk in each of some folders, and in each an edited entry.
fn desks(folders: &[&str]) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.enter("whole");
    sandbox.git(&["init", "-q"]).ok();
    for folder in folders {
        sandbox.go_to("story/whole");
        sandbox.enter(folder);
        sandbox.run(&["init", "--commit"]).ok();
        let ticket = sandbox.opened("Tiles", &["--commit"]);
        let file = sandbox.file_of(&ticket);
        std::fs::write(&file, sandbox.read(&file).replace("Tiles", "Other tiles")).unwrap();
        sandbox.git(&["commit", "-qam", "Edited"]).ok();
    }
    sandbox.go_to("story/whole");
    sandbox.git(&["clone", "-q", "--bare", ".", "../whole.git"]).ok();
    sandbox
}

#[test]
fn a_desk_in_a_folder_is_found_from_above_and_on_a_server() {
    let sandbox = desks(&["sub/desk"]);
    for place in [".", "sub", "sub/desk", "sub/desk/tickets", "../whole.git"] {
        let told = sandbox.run(&["-C", place, "audit"]).fails(1).stdout;
        assert!(told.contains("[CB402]"), "{place}: {told}");
        sandbox.run(&["-C", place, "audit", "--desk", "./sub/desk/"]).fails(1);
        let error = sandbox.run(&["-C", place, "audit", "--desk", "nowhere", "--report", "json=x"]).fails(3);
        assert!(error.stderr.contains("--desk sub/desk"), "{}", error.stderr);
    }
    // A deleted desk has a history all the same.
    sandbox.git(&["rm", "-rq", "sub/desk"]).ok();
    sandbox.git(&["commit", "-qm", "Gone"]).ok();
    let told = sandbox.run(&["audit"]).fails(3).stderr;
    assert!(told.contains("no desk in the last commit") && told.contains("--desk FOLDER"), "{told}");
    let told = sandbox.run(&["audit", "--desk", "sub/desk"]).fails(1).stdout;
    assert!(told.contains("[CB402]") && told.contains("[CB405]"), "{told}");
}

#[test]
fn with_two_desks_the_one_to_audit_must_be_given() {
    let sandbox = desks(&["one", "a two"]);
    let told = sandbox.run(&["-C", "../whole.git", "audit"]).fails(2).stderr;
    assert!(told.contains("--desk one") && told.contains("--desk 'a two'"), "{told}");
    for desk in ["one", "a two"] {
        let told = sandbox.run(&["-C", "../whole.git", "audit", "--desk", desk]).fails(1).stdout;
        assert_eq!(told.matches("[CB402]").count(), 1, "{told}");
    }
}

#[test]
fn a_repository_without_a_desk_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]).ok();
    sandbox.write("notes.txt", "x\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Notes"]).ok();
    assert!(sandbox.run(&["audit"]).fails(3).stderr.contains("--desk"));
    sandbox.shell("mkdir ../outside").ok();
    let told = sandbox.run(&["-C", "../outside", "audit"]).fails(8).stderr;
    assert!(told.contains("outside is not in a git repository"), "{told}");
}

#[test]
fn a_rewritten_history_is_reported_once() {
    let scene = Scene::new();
    let audit = |words: &[&str]| scene.sandbox.run(&[&["audit"], words].concat());
    audit(&["--since-verified"]).ok();
    // Another user of the clone can read it.
    let mode = scene.sandbox.shell("stat -c %a .git/casebook/verified").ok().stdout;
    assert_eq!(mode.trim(), "644");
    let amend = |words: &str| scene.sandbox.git(&["commit", "-q", "--amend", "-m", words]).ok();
    amend("x");
    let told = audit(&["--since-verified"]).fails(1).stdout;
    assert!(told.contains("[CB414]") && told.contains("6 commits audited"), "{told}");
    let told = audit(&["--since-verified"]).ok().stdout;
    assert!(told.starts_with("0 commits audited"), "{told}");
    // An audit of everything that finds nothing says the same.
    amend("y");
    audit(&["HEAD~1..HEAD"]).ok();
    audit(&[]).ok();
    let told = audit(&["--since-verified"]).ok().stdout;
    assert!(told.starts_with("0 commits audited"), "{told}");
    // It is reported until everything else is repaired.
    scene.status("solved");
    scene.commit();
    amend("Damaged");
    scene.sandbox.git(&["commit", "-q", "--amend", "-m", "z", "--allow-empty"]).ok();
    scene.sandbox.git(&["rebase", "-q", "--root", "-x", "git commit -q --amend -m r"]).ok();
    for _ in 0..2 {
        let told = audit(&["--since-verified"]).fails(1).stdout;
        assert!(told.contains("[CB414]") && told.contains("[CB101]"), "{told}");
    }
}

#[test]
fn an_older_checkout_is_no_rewritten_history() {
    let scene = Scene::new();
    let audited = |code: i32| scene.sandbox.run(&["audit", "--since-verified"]).fails(code).stdout;
    audited(0);
    scene.sandbox.git(&["checkout", "-q", "HEAD~2"]).ok();
    assert!(audited(0).starts_with("0 commits audited"));
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "One more."]).ok();
    assert!(audited(0).starts_with("1 commit audited"), "the note stood where it was");
    // Unreachable commits are deleted.
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    assert!(audited(1).contains("[CB414]"));
}

#[test]
fn large_error_output_of_git_does_not_block() {
    let scene = Scene::new();
    // More than a pipe holds, from each git.
    let folder = scene.sandbox.path("../bin");
    std::fs::create_dir_all(&folder).unwrap();
    let real = scene.sandbox.shell("command -v git").ok().stdout;
    let loud = format!("#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\nexec {} \"$@\"\n", real.trim());
    std::fs::write(folder.join("git"), loud).unwrap();
    scene.sandbox.shell("chmod +x ../bin/git").ok();
    let told = scene.sandbox.shell("PATH=$(cd ../bin && pwd):$PATH casebook audit").ok().stdout;
    assert!(told.ends_with("0 errors, 0 warnings\n"), "{told}");
}

/// The findings of an audit in a folder: codes, commits and paths.
fn told_in(scene: &Scene, words: &[&str]) -> Vec<(String, String, String)> {
    let told = scene.sandbox.run(&[words, &["audit", "--format", "json"]].concat()).json();
    let word = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let told = told.as_array().unwrap().clone();
    told.iter().map(|finding| (word(finding, "code"), word(finding, "commit"), word(finding, "file"))).collect()
}

#[test]
fn a_desk_that_moved_or_was_deleted_is_reported() {
    let scene = Scene::new();
    let text = scene.sandbox.read(&scene.file);
    scene.sandbox.run(&["audit", "--since-verified"]).ok();
    scene
        .sandbox
        .shell("mkdir d && git mv casebook.toml tickets d/ && mv .gitattributes calendars d/ 2>/dev/null; true")
        .ok();
    scene.sandbox.write(format!("d/{}", scene.file), &text.replace("release?", "release, then?"));
    let moved = scene.commit();
    let expected = [("CB406".to_owned(), moved.clone(), "casebook.toml".to_owned())];
    assert_eq!(told_in(&scene, &["-C", "d"]), expected);
    let told = scene.sandbox.run(&["-C", "d", "audit", "--since-verified"]).fails(1).stdout;
    assert!(told.contains("audit --desk ."), "{told}");
    // An audit of one desk reports on that one only.
    scene.sandbox.run(&["audit", "--desk", "d"]).ok();
    assert!(scene.sandbox.run(&["audit", "--desk", "."]).fails(1).stdout.contains("[CB406]"));
    // Back, in two steps.
    scene.sandbox.shell("cp -r d/casebook.toml d/tickets .").ok();
    scene.commit();
    scene.sandbox.git(&["rm", "-rq", "d"]).ok();
    let gone = scene.commit();
    let told = told_in(&scene, &[]);
    assert!(told.contains(&("CB405".to_owned(), gone, "d/casebook.toml".to_owned())), "{told:?}");
    assert!(!told.iter().any(|(_, _, path)| path == "casebook.toml"), "{told:?}");
}

#[test]
fn two_desks_in_a_repository_are_no_finding() {
    let scene = Scene::new();
    scene.sandbox.run(&["init", "other", "--commit"]).ok();
    scene.sandbox.run(&["-C", "other", "open", "-s", "There", "-m", "x"]).ok();
    scene.sandbox.shell("git add -A && git commit -qm Both || true").ok();
    assert_eq!(told_in(&scene, &[]), []);
    assert_eq!(told_in(&scene, &["-C", "other"]), []);
    scene.sandbox.git(&["rm", "-rqf", "other"]).ok();
    let gone = scene.commit();
    assert_eq!(told_in(&scene, &[]), [("CB405".to_owned(), gone, "other/casebook.toml".to_owned())]);
}

#[test]
fn the_command_for_a_desk_that_moved_can_be_pasted() {
    let scene = Scene::new();
    scene.sandbox.shell("mkdir 'a ü' b && git mv casebook.toml tickets 'a ü/'").ok();
    scene.commit();
    scene.sandbox.shell("git mv 'a ü/casebook.toml' 'a ü/tickets' b/").ok();
    scene.commit();
    let told = scene.sandbox.run(&["-C", "b", "audit"]).fails(1).stdout;
    assert!(told.contains("casebook audit --desk 'a ü'`"), "{told}");
}
