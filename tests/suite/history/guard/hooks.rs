//! `hooks`: installation on a server, and the hook of a clone.

use super::executable;
use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{KENJI, served};

#[test]
fn an_existing_hook_runs_first_with_the_same_input() {
    let scene = served("pre-receive");
    let hooks = scene.sandbox.path("../desk.git/hooks");
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    let own = hooks.join("pre-receive");
    std::fs::remove_file(&own).unwrap();
    let theirs = "#!/bin/sh\ncat >>refs-seen; exit $(cat refuse 2>/dev/null || echo 0)\n";
    executable(&own, theirs);
    let plan = scene.sandbox.run(&["-C", "../desk.git", "hooks", "install", "-n"]).ok().stdout;
    assert!(plan.contains("+printf '%s\\n' \"$refs\" | casebook guard pre-receive\n"), "{plan}");
    assert_eq!(std::fs::read_to_string(&own).unwrap(), theirs);
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    let chained = hooks.join("pre-receive.chained");
    assert_eq!(std::fs::read_to_string(&chained).unwrap(), theirs);
    let again = scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok().stdout;
    assert!(again.ends_with("already runs the guard\n"), "{again}");
    scene.note("One.");
    scene.push(KENJI, &["main"]).ok();
    let seen = scene.sandbox.read("../desk.git/refs-seen");
    assert!(seen.lines().count() == 1 && seen.ends_with(" refs/heads/main\n"), "{seen}");
    scene.sandbox.write("../desk.git/refuse", "1\n");
    scene.note("Two.");
    scene.push(KENJI, &["main"]).fails(1);
    // A third one has no name left.
    executable(&own, "#!/bin/sh\n");
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).fails(2);
    assert_eq!(std::fs::read_to_string(&chained).unwrap(), theirs);
}

#[test]
fn a_clone_refuses_errors_before_they_are_committed() {
    let scene = Scene::new();
    scene.sandbox.run(&["hooks", "install"]).ok();
    scene.note("Commands go on.");
    let other = scene.sandbox.opened("More", &[]);
    scene.sandbox.run(&["merge", &other, "--into", &scene.ticket]).ok();
    scene.edit_reply();
    let told = scene.sandbox.git(&["commit", "-qam", "Edited"]).fails(1);
    assert!((told.stderr + &told.stdout).contains("[CB402]"));
    scene.sandbox.git(&["checkout", "-q", "."]).ok();
    scene.sandbox.git(&["rm", "-q", &scene.file]).ok();
    let told = scene.sandbox.git(&["commit", "-qm", "Removed"]).fails(1);
    assert!((told.stderr + &told.stdout).contains("[CB405]"));
}

#[test]
fn a_desk_in_a_folder_is_guarded_too() {
    let mut scene = Scene::new();
    scene.sandbox.go_to("story/whole");
    scene.sandbox.git(&["init", "-q"]).ok();
    scene.sandbox.enter("a desk");
    scene.sandbox.run(&["init", "--commit"]).ok();
    scene.ticket = scene.sandbox.opened("Tiles", &["--commit"]);
    scene.file = scene.sandbox.shown(&scene.ticket)["path"].as_str().unwrap().to_owned();
    scene.sandbox.run(&["hooks", "install"]).ok();
    scene.sandbox.run(&["reply", &scene.ticket, "-m", "Which release?", "--commit"]).ok();
    scene.edit_reply();
    let told = scene.sandbox.git(&["commit", "-qam", "Edited"]).fails(1);
    assert!((told.stderr + &told.stdout).contains("[CB402]"));
    scene.sandbox.git(&["clone", "-q", "--bare", "..", "../../whole.git"]).ok();
    let server = scene.sandbox.path("../../whole.git");
    scene.sandbox.git(&["remote", "add", "origin", server.to_str().unwrap()]).ok();
    scene.sandbox.git(&["-C", "../../whole.git", "config", "casebook.pusher", "CASEBOOK_PUSHER"]).ok();
    let hook = "#!/bin/sh\nexec casebook guard pre-receive --desk 'a desk'\n";
    executable(&scene.sandbox.path("../../whole.git/hooks/pre-receive"), hook);
    scene.sandbox.git(&["commit", "-qam", "Edited", "--no-verify"]).ok();
    let told = scene.push(KENJI, &["main"]).fails(1);
    assert!(told.stderr.contains("[CB402]"), "{}", told.stderr);
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "One.", "--commit"]).ok();
    scene.push(KENJI, &["main"]).ok();
}

#[test]
fn only_a_repository_has_hooks() {
    let sandbox = crate::fixtures::sandbox::Sandbox::new();
    sandbox.run(&["hooks", "install"]).fails(8);
    sandbox.run(&["guard"]).fails(8);
}

impl Scene {
    /// Makes a commit of a tree with two entries of one name.
    fn doubled(&self) -> String {
        let blob = self.sandbox.git(&["rev-parse", "HEAD:casebook.toml"]).ok().stdout.trim().to_owned();
        let bytes: Vec<u8> =
            (0..blob.len()).step_by(2).map(|place| u8::from_str_radix(&blob[place..place + 2], 16).unwrap()).collect();
        let tree = [b"100644 casebook.toml\0".as_slice(), &bytes].concat().repeat(2);
        std::fs::write(self.sandbox.path("../tree"), tree).unwrap();
        let words = ["hash-object", "-t", "tree", "-w", "--literally", "../tree"];
        let tree = self.sandbox.git(&words).ok().stdout.trim().to_owned();
        self.sandbox.git(&["commit-tree", "-m", "x", "-p", "HEAD", &tree]).ok().stdout.trim().to_owned()
    }
}

#[test]
fn git_is_configured_to_verify_pushed_objects() {
    let scene = served("pre-receive");
    let setting = |name: &str| {
        let mut command = scene.sandbox.command("git");
        command.args(["-C", "../desk.git", "config", "--get", name]).stderr(std::process::Stdio::null());
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    assert_eq!(setting("receive.fsckObjects"), "true");
    let commit = scene.doubled();
    let told = scene.push(KENJI, &[&format!("{commit}:refs/heads/doubled")]).fails(1);
    assert!(told.stderr.contains("duplicateEntries"), "{}", told.stderr);
    // A setting that a person chose stays.
    for name in ["receive.fsckObjects", "transfer.fsckObjects"] {
        scene.sandbox.git(&["-C", "../desk.git", "config", "--unset-all", "receive.fsckObjects"]);
        scene.sandbox.git(&["-C", "../desk.git", "config", name, "false"]).ok();
        let told = scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok().stdout;
        assert!(told.ends_with("already runs the guard\n"), "{told}");
        assert_eq!(setting(name), "false");
    }
}

#[test]
fn an_edited_hook_is_not_replaced() {
    let scene = served("pre-receive");
    let install = |words: &[&str]| scene.sandbox.run(&[&["-C", "../desk.git", "hooks", "install"], words].concat());
    let own = scene.sandbox.path("../desk.git/hooks/pre-receive");
    let made = std::fs::read_to_string(&own).unwrap();
    // An unchanged hook is replaced.
    assert!(
        install(&["--strict"]).ok().stdout.contains("+printf '%s\\n' \"$refs\" | casebook guard pre-receive --strict")
    );
    install(&[]).ok();
    assert_eq!(std::fs::read_to_string(&own).unwrap(), made);
    let edited = format!("{made}echo done\n");
    executable(&own, &edited);
    let told = install(&[]).ok().stdout;
    assert!(told.ends_with("already runs the guard, and was left as it is\n"), "{told}");
    assert_eq!(std::fs::read_to_string(&own).unwrap(), edited);
    // Another guard would have to go into it, by hand: under another name it would run itself.
    let told = install(&["--strict"]).fails(2).stderr;
    assert!(told.contains("add this line to it: printf") && told.contains("--strict"), "{told}");
    assert_eq!(std::fs::read_to_string(&own).unwrap(), edited);
    assert!(!scene.sandbox.path("../desk.git/hooks/pre-receive.chained").exists());
    scene.note("One.");
    scene.push(KENJI, &["main"]).ok();
    // A link is not replaced, wherever it points.
    std::fs::remove_file(&own).unwrap();
    std::os::unix::fs::symlink("../nowhere", &own).unwrap();
    let told = install(&[]).fails(2).stderr;
    assert!(told.contains("is a link to ../nowhere"), "{told}");
    assert_eq!(std::fs::read_link(&own).unwrap(), std::path::Path::new("../nowhere"));
}

#[test]
fn a_hook_knows_the_folder_of_its_desk() {
    let mut sandbox = crate::fixtures::sandbox::Sandbox::new();
    sandbox.enter("whole");
    sandbox.git(&["init", "-q"]).ok();
    let clone = |sandbox: &crate::fixtures::sandbox::Sandbox, name: &str| {
        sandbox.git(&["clone", "-q", "--bare", ".", &format!("../{name}.git")]).ok();
    };
    sandbox.write("README.md", "x\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-qm", "Notes"]).ok();
    clone(&sandbox, "none");
    for place in [".", "../none.git"] {
        assert!(sandbox.run(&["-C", place, "hooks", "install"]).fails(3).stderr.contains("--desk"));
    }
    for (desk, name) in [("one", "one"), ("a two", "two")] {
        sandbox.go_to("story/whole");
        sandbox.enter(desk);
        sandbox.run(&["init", "--commit"]).ok();
        sandbox.opened("Tiles", &["--commit"]);
        sandbox.go_to("story/whole");
        clone(&sandbox, name);
    }
    let hook = |name: &str| std::fs::read_to_string(sandbox.path(format!("../{name}.git/hooks/pre-receive"))).unwrap();
    sandbox.run(&["-C", "../one.git", "hooks", "install"]).ok();
    assert!(hook("one").contains("casebook guard pre-receive --desk one/\n"), "{}", hook("one"));
    sandbox.run(&["-C", "../two.git", "hooks", "install"]).fails(2);
    sandbox.run(&["-C", "../two.git", "hooks", "install", "--desk", "one"]).ok();
    let first = hook("two");
    // The other desk's guard does not take its place.
    let told = sandbox.run(&["-C", "../two.git", "hooks", "install", "--desk", "a two"]).fails(2).stderr;
    assert!(told.contains("--desk 'a two/'"), "{told}");
    assert_eq!(hook("two"), first);
    // A server without pushes; and a work tree, which is not a server.
    sandbox.git(&["init", "-q", "--bare", "../new.git"]).ok();
    sandbox.run(&["-C", "../new.git", "hooks", "install", "--desk", "one"]).ok();
    assert!(hook("new").contains("--desk one/"));
    sandbox.run(&["hooks", "install", "--desk", "one"]).ok();
    assert!(sandbox.read(".git/hooks/pre-commit").contains("--desk one/"));
}

#[test]
fn the_doctor_reports_the_state_of_a_server() {
    let scene = Scene::new();
    let sandbox = &scene.sandbox;
    let told = |code: i32| sandbox.run(&["-C", "../desk.git", "doctor"]).fails(code).stdout;
    // Nothing was pushed yet.
    sandbox.git(&["init", "-q", "--bare", "../desk.git"]).ok();
    let empty = told(0);
    assert!(empty.contains("note   desk") && empty.contains("the first push creates the desk"), "{empty}");
    assert!(empty.contains("note   guard") && empty.contains("casebook hooks install\n"), "{empty}");
    assert!(empty.contains("receive.fsckObjects") && !empty.contains("pusher"), "{empty}");
    sandbox.git(&["push", "-q", "../desk.git", "main"]).ok();
    sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    sandbox.git(&["-C", "../desk.git", "config", "casebook.pusher", "REMOTE_USER"]).ok();
    let whole = told(0);
    for line in [
        "desk.git, bare\n",
        "ok     desk         at the top of the branch main, format 1\n",
        "ok     guard        pre-receive: casebook guard pre-receive\n",
        "ok     objects      git checks every object that is pushed\n",
        "ok     pusher       casebook.pusher is `REMOTE_USER`\n",
        "ok     history      complete\n",
        "ok     time_zones ",
    ] {
        assert!(whole.contains(line), "{line} in {whole}");
    }
    assert!(!whole.contains("note ") && !whole.contains("identity"), "{whole}");
    let hook = sandbox.path("../desk.git/hooks/pre-receive");
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(told(1).contains("wrong  guard        git does not run "));
    executable(&hook, "#!/bin/sh\ncasebook guard --desk elsewhere\n");
    assert!(told(1).contains("pre-receive guards another folder: casebook guard --desk elsewhere\n"));
    scene.sandbox.write("casebook.toml", "format = 1\nnonsense\n");
    scene.commit();
    std::fs::remove_file(&hook).unwrap();
    sandbox.git(&["push", "-q", "../desk.git", "main"]).ok();
    assert!(told(1).contains("wrong  desk         casebook.toml:2:"));
    sandbox
        .git(&[
            "clone",
            "-q",
            "--bare",
            "--depth",
            "1",
            &format!("file://{}", sandbox.path("../desk.git").display()),
            "../less.git",
        ])
        .ok();
    assert!(
        sandbox
            .run(&["-C", "../less.git", "doctor"])
            .fails(1)
            .stdout
            .contains("note   history      this clone is shallow")
    );
}

#[test]
fn the_doctor_names_each_of_two_desks() {
    let mut sandbox = crate::fixtures::sandbox::Sandbox::new();
    sandbox.enter("whole");
    sandbox.git(&["init", "-q"]).ok();
    for folder in ["one", "two"] {
        sandbox.run(&["init", folder, "--commit"]).ok();
    }
    sandbox.git(&["add", "-A"]).ok();
    sandbox.git(&["commit", "-qm", "Two", "--allow-empty"]).ok();
    sandbox.git(&["clone", "-q", "--bare", ".", "../whole.git"]).ok();
    let told = sandbox.run(&["-C", "../whole.git", "doctor"]).ok().stdout;
    assert!(told.contains("note   desk         2 desks in the branch main"), "{told}");
    assert!(told.contains("casebook hooks install --desk one\n") && told.contains("--desk two\n"), "{told}");
    sandbox.run(&["-C", "../whole.git", "hooks", "install", "--desk", "two"]).ok();
    let told = sandbox.run(&["-C", "../whole.git", "doctor"]).ok().stdout;
    assert!(told.contains("ok     guard        pre-receive: casebook guard pre-receive --desk two/\n"), "{told}");
}

#[test]
fn a_folder_of_hooks_that_other_repositories_share_gets_no_hook() {
    let sandbox = crate::fixtures::desk::desk();
    let shared = sandbox.path("../shared");
    std::fs::create_dir(&shared).unwrap();
    sandbox.git(&["config", "core.hooksPath", shared.to_str().unwrap()]).ok();
    let told = sandbox.run(&["hooks", "install"]).fails(4).stderr;
    assert_eq!(std::fs::read_dir(&shared).unwrap().count(), 0);
    let (_, command) = told.split_once('`').unwrap();
    sandbox.shell(command.split_once('`').unwrap().0).ok();
    sandbox.run(&["hooks", "install"]).ok();
    assert!(sandbox.path(".git/hooks/pre-commit").exists());
    // A folder that is committed belongs to this repository only.
    sandbox.git(&["config", "core.hooksPath", ".githooks"]).ok();
    sandbox.run(&["hooks", "install"]).ok();
    assert!(sandbox.path(".githooks/pre-commit").exists());
    sandbox.git(&["config", "--unset", "core.hooksPath"]).ok();
    std::fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    std::os::unix::fs::symlink(&shared, sandbox.path(".git/hooks")).unwrap();
    sandbox.run(&["hooks", "install"]).fails(4);
    assert_eq!(std::fs::read_dir(&shared).unwrap().count(), 0);
}
