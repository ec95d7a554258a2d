//! Locations of a desk: worktrees, folders of a repository, links, without a repository, without git.

use super::*;

#[test]
fn a_linked_worktree_has_its_own_state_directory() {
    let mut sandbox = desk();
    let commands = commands(&sandbox);
    let before = sandbox.everything();
    sandbox.git(&["worktree", "add", "-q", "../linked"]).ok();
    fs::remove_dir_all(sandbox.path(".git/casebook")).unwrap();
    sandbox.go_to("story/linked");
    for words in &commands {
        sandbox.run_words(words, &[]).ok();
    }
    assert_eq!(sandbox.status(), "");
    assert_eq!(sandbox.git(&["rev-list", "--count", "main..linked"]).ok().stdout.trim(), "3");
    sandbox.go_to("story/desk");
    assert_eq!(sandbox.everything(), before);
    assert!(sandbox.path(".git/worktrees/linked/casebook/lock").exists());
    assert!(!sandbox.path(".git/casebook").exists());
}

#[test]
fn a_desk_in_a_folder_of_a_repository_commits_only_when_asked_and_only_its_own() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.write("main.c", "int main;\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "Code"]).ok();
    sandbox.run(&["init", "support"]).ok();
    assert_eq!((sandbox.commits(), sandbox.path("support/casebook.toml").exists()), (1, true));
    fs::remove_dir_all(sandbox.path("support")).unwrap();
    sandbox.run(&["init", "support", "--commit"]).ok();
    let founding = [".gitattributes", "casebook.toml"];
    assert_eq!(sandbox.committed(), founding.map(|path| format!("support/{path}")));
    sandbox.write("main.c", "int main(void);\n");
    sandbox.write("new.c", "\n");
    sandbox.git(&["add", "new.c"]).ok();
    let status = sandbox.status();
    sandbox.enter("support");
    let commits = sandbox.commits();
    let ticket = sandbox.opened("Tiles time out", &[]);
    assert_eq!(sandbox.commits(), commits, "a desk inside a repository commits unasked");
    sandbox.run(&["reply", &ticket, "-m", "Which release?", "--commit"]).ok();
    let place = sandbox.place(&ticket);
    assert!(place.starts_with("tickets/"), "{place}");
    assert_eq!(sandbox.committed(), [format!("support/{place}")]);
    let next = sandbox.opened("Next", &["--commit"]);
    assert_eq!(sandbox.committed(), [format!("support/{}", sandbox.place(&next))]);
    sandbox.hook_of_parent("exit 1");
    let before = (tree(&sandbox.path("..")), sandbox.commits());
    sandbox.run(&["open", "-s", "No", "-m", "No.", "--commit"]).fails(8);
    let mut after = (tree(&sandbox.path("..")), sandbox.commits());
    after.0.retain(|path, bytes| !path.starts_with(".git/") || before.0.get(path) == Some(bytes));
    let mut expected = before;
    expected.0.retain(|path, bytes| !path.starts_with(".git/") || after.0.get(path) == Some(bytes));
    assert_eq!(after, expected);
    sandbox.go_to("story/code");
    assert_eq!(sandbox.status(), status);
    assert!(sandbox.path(".git/casebook/lock").exists());
}

impl Sandbox {
    fn hook_of_parent(&self, script: &str) {
        let path = self.path("../.git/hooks/pre-commit");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_demo_in_a_repository_has_a_repository_of_its_own() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "Code"]).ok();
    let before = tree(&sandbox.path(".git"));
    sandbox.run(&["demo"]).ok();
    assert_eq!(tree(&sandbox.path(".git")), before);
    sandbox.enter("casebook-demo");
    assert_eq!(sandbox.status(), "");
    assert!(sandbox.commits() > 10);
}

#[test]
fn the_demo_is_the_same_every_time_and_shows_what_is_due() {
    let mut sandbox = Sandbox::new();
    let folders = ["desk-a", "desk-b"];
    let printed = folders.map(|folder| {
        let made = sandbox.shell(&format!("CASEBOOK_NOW=2026-11-21T09:00:00Z CASEBOOK_SEED=7 casebook demo {folder}"));
        made.ok().stdout.replace(folder, "DIR")
    });
    assert_eq!(printed[0], printed[1]);
    for part in
        ["\nyours\n", "\nunassigned\n", " late ", "  in ", "  remind  ", "\nhold is over\n", "!  ", "Les exports"]
    {
        assert!(printed[0].contains(part), "{part} is in {}", printed[0]);
    }
    let heads = folders.map(|folder| sandbox.git(&["-C", folder, "rev-parse", "HEAD"]).ok().stdout);
    assert_eq!(heads[0], heads[1]);
    sandbox.enter("desk-a");
    assert_eq!(sandbox.git(&["rev-list", "--count", "--merges", "HEAD"]).ok().stdout, "1\n");
    assert!(fs::read_dir(sandbox.path("attachments")).unwrap().count() > 0);
    let suggested: Vec<&str> = printed[0].lines().filter(|line| line.contains("  # ")).collect();
    assert_eq!(suggested.len(), 5);
    for command in suggested {
        let told = sandbox.shell(command.split('#').next().unwrap()).ok().stdout;
        assert!(!told.is_empty(), "{command}");
    }
    sandbox.run(&["check"]).ok();
}

#[test]
fn a_folder_is_named_as_it_is_and_a_hint_can_be_pasted() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("my desk");
    let place = sandbox.path(".").canonicalize().unwrap().display().to_string();
    assert_eq!(sandbox.run(&["init", "."]).ok().stdout.lines().next(), Some(&*format!("Created a desk in {place}.")));
    for folder in [".", "../my desk", "./"] {
        let told = sandbox.run(&["init", folder]).fails(4).stderr;
        assert!(told.contains(&format!("a desk in {place}: there is one already")), "{told}");
        let hint = told.split('`').nth(1).expect("a command");
        assert_eq!(hint, format!("casebook -C '{place}'"));
        sandbox.shell(hint).ok();
    }
}

#[test]
fn a_desk_reached_through_a_link_has_the_same_lock_and_the_same_repository() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.run(&["init", "support", "--commit"]).ok();
    let link = sandbox.root().join("story/link");
    symlink(sandbox.path("support"), &link).unwrap();
    sandbox.run(&["-C", link.to_str().unwrap(), "open", "-s", "New", "-m", "Text", "--commit"]).ok();
    assert_eq!(sandbox.status(), "");
    assert!(!sandbox.path("support/.casebook").exists());
    assert!(sandbox.path(".git/casebook/lock").exists());
}

#[test]
fn a_folder_named_by_two_dots_is_the_one_it_leads_to() {
    let mut sandbox = desk();
    fs::create_dir(sandbox.root().join("story/bare")).unwrap();
    sandbox.run(&["-C", "../bare", "list"]).fails(3);
    sandbox.enter("../plain");
    sandbox.run(&["init"]).ok();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    sandbox.go_to("story/desk");
    let before = (sandbox.everything(), sandbox.state());
    sandbox.run(&["-C", "../plain", "open", "-s", "New", "-m", "Text"]).ok();
    assert_eq!((sandbox.everything(), sandbox.state()), before);
    sandbox.run(&["init", "../third"]).ok();
    assert_eq!((sandbox.everything(), sandbox.state()), before);
    assert!(sandbox.root().join("story/third/.git").exists());
}

#[test]
fn a_desk_without_git_works_and_refuses_a_commit() {
    let sandbox = desk();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.run(&["reply", &ticket, "-m", "Which release?", "--as", "kenji@desk.example"]).ok();
    assert_eq!(sandbox.read(".casebook/.gitignore"), "*\n");
    assert!(!sandbox.path(".git").exists());
    let before = sandbox.work_tree();
    let error = sandbox.run(&["reply", &ticket, "-m", "Hello", "--commit", "--json"]).fails(8).error();
    assert_eq!(error["code"], "git.no_repository");
    sandbox.run(&["open", "-s", "New", "-m", "Hello", "--commit"]).fails(8);
    assert_eq!(sandbox.work_tree(), before);
    sandbox.git(&["init", "-q"]).ok();
    assert!(!sandbox.status().contains(".casebook"), "{}", sandbox.status());
}

#[test]
fn a_machine_without_git_gets_a_clear_error() {
    let without = [("PATH", "/nowhere"), ("CASEBOOK_ACTOR", "kenji@desk.example")];
    let mut fresh = Sandbox::new();
    fresh.enter("plain");
    let told = fresh.run_under(&without, &["init"]).ok();
    assert!(told.stderr.contains("git was not found"), "{}", told.stderr);
    fresh.run_under(&without, &["open", "-s", "New", "-m", "Text"]).ok();
    fresh.run_under(&without, &["check"]).ok();

    let sandbox = desk();
    for words in commands(&sandbox) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let before = sandbox.everything();
        let error = sandbox.run_under(&without, &[words.as_slice(), &["--json"]].concat()).fails(8).error();
        assert_eq!(error["code"], "git.missing");
        assert!(error["message"].as_str().unwrap().contains("git was not found on PATH"), "{error}");
        assert_eq!(sandbox.everything(), before);
        sandbox.run_under(&without, &[words.as_slice(), &["--no-commit"]].concat()).ok();
        assert_ne!(sandbox.work_tree(), before.files);
    }
    let record = r#"{"id":"b-1","title":"One","description":"Text","status":"open","priority":1,"issue_type":"bug","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}"#;
    sandbox.write("issues.jsonl", &format!("{record}\n"));
    sandbox.run_under(&without, &["import", "beads", "issues.jsonl", "--no-commit"]).ok();
}

#[test]
fn a_damaged_file_of_a_revision_is_named_relative_to_the_desk() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.run(&["init", "support", "--commit"]).ok();
    sandbox.enter("support");
    let place = sandbox.place(&sandbox.opened("Tiles time out", &["--commit"]));
    let sound = sandbox.opened("Next", &["--commit"]);
    sandbox.write(&place, "format: 1\n");
    sandbox.git(&["commit", "-q", "-a", "-m", "Broken by hand"]).ok();
    sandbox.git(&["checkout", "-q", "HEAD~1", "--", "."]).ok();
    sandbox.run(&["list"]).ok();
    let told = sandbox.run(&["list", "as-of:HEAD", "--csv=id"]).fails(7);
    assert_eq!(told.stdout, format!("id\n{sound}\n"));
    assert!(told.stderr.starts_with(&format!("casebook: {place}:")), "{}", told.stderr);
}

#[test]
fn a_folder_that_does_not_exist_does_not_lead_to_the_desk_above() {
    let sandbox = desk();
    let before = sandbox.everything();
    for words in
        [&["open", "-s", "x", "-m", "y"][..], &["list"], &["check"], &["audit"], &["hooks", "install"], &["sync"]]
    {
        let told = sandbox.run(&[&["-C", "nosuch"], words].concat()).fails(3).stderr;
        assert!(told.contains("no desk in nosuch: there is no such folder"), "{told}");
        let mut command = sandbox.program(words);
        command.env("CASEBOOK_DIR", sandbox.path("no/such"));
        Running::start(command).finish().fails(3);
    }
    assert_eq!(sandbox.everything(), before);
    // A folder inside a desk leads to it, as with git.
    sandbox.shell("mkdir -p notes/deep").ok();
    sandbox.run(&["-C", "notes/deep", "list"]).ok();
}

#[test]
fn the_zone_of_a_desk_is_read_from_tz_as_the_system_reads_it() {
    let sandbox = Sandbox::new();
    for (place, tz) in ["Europe/Paris", ":Europe/Paris", ":/usr/share/zoneinfo/Europe/Paris"].iter().enumerate() {
        let folder = format!("desk{place}");
        let mut command = sandbox.program(&["init", &folder]);
        command.env("TZ", tz);
        Running::start(command).finish().ok();
        let config = sandbox.read(format!("{folder}/casebook.toml"));
        assert!(config.contains("time_zone = \"Europe/Paris\""), "{tz}: {config}");
    }
}

#[test]
fn two_desks_of_a_repository_share_only_the_lock() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("two");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.run(&["init", "a", "--commit"]).ok();
    sandbox.run(&["init", "b", "--commit"]).ok();
    let open = |desk: &str, subject: &str, words: &[&str]| {
        let open =
            ["-C", desk, "open", "--commit", "-s", subject, "--requester", "ana@x.example", "-m", "Which release?"];
        sandbox.run_under(words.iter().map(|step| ("CASEBOOK_KILLED_AT", *step)).collect::<Vec<_>>().as_slice(), &open)
    };
    let count = |desk: &str| sandbox.run(&["-C", desk, "list", "--count"]).ok().stdout;
    for step in ["journalled", "filed", "committed"] {
        let (of_a, of_b) = (count("a").trim().parse::<u32>().unwrap(), count("b").trim().parse::<u32>().unwrap());
        open("a", "Secret of A", &[step]).killed();
        open("b", "Of B", &[]).ok();
        let names = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]).ok().stdout;
        assert!(names.starts_with("b/tickets/") && !names.contains("a/"), "{names}");
        assert_eq!(count("b"), format!("{}\n", of_b + 1));
        // The next command in A completes the interrupted one.
        open("a", "Next of A", &[]).ok();
        assert_eq!(count("a"), format!("{}\n", of_a + 2));
    }
    let told = sandbox.git(&["status", "--porcelain", "a/tickets", "b/tickets"]).ok().stdout;
    assert_eq!(told, "");
    assert!(sandbox.path(".git/casebook/lock").exists() && !sandbox.path(".git/casebook/journal").exists());
    sandbox.run(&["-C", "a", "audit"]).ok();
    sandbox.run(&["-C", "b", "audit"]).ok();
}

#[test]
fn tickets_that_a_sparse_checkout_leaves_out_are_missed_by_every_verb() {
    let mut sandbox = desk();
    let id = sandbox.opened("Tiles time out", &[]);
    sandbox.go_to("story");
    sandbox.git(&["clone", "-q", "--sparse", "desk", "sparse"]).ok();
    sandbox.enter("sparse");
    assert!(sandbox.run(&["check"]).fails(1).stderr.contains("sparse checkout"), "calendars are missing too");
    sandbox.git(&["sparse-checkout", "set", "calendars"]).ok();
    let show = ["show", id.as_str()];
    let all: [&[&str]; 9] = [
        &[],
        &["list"],
        &["list", "--count"],
        &["--as", "ana@acme.example", "list", "--count"],
        &["search", "tiles"],
        &["log"],
        &["check"],
        &show,
        &["show", &id[20..]],
    ];
    for words in all {
        let outcome = sandbox.run(words).fails(7);
        assert_eq!(outcome.stderr.matches("sparse checkout").count(), 1, "{words:?}: {}", outcome.stderr);
    }
    assert_eq!(sandbox.run(&["show", &id, "--json"]).fails(7).error()["code"], "store.sparse");
    assert!(
        sandbox.run(&["doctor"]).fails(1).stdout.contains("leaves out 1 file of the desk, such as tickets/2026/11/")
    );
    assert_eq!(sandbox.run(&["list", "--count", "as-of:HEAD"]).ok().stdout, "1\n");
    sandbox.git(&["sparse-checkout", "disable"]).ok();
    sandbox.run(&["list"]).ok();
    sandbox.run(&show).ok();
}

#[test]
fn a_repository_that_git_does_not_trust_is_named_by_every_verb_that_asks_git() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles time out", &[]);
    let commands: [&[&str]; 9] = [
        &["audit"],
        &["hooks", "install"],
        &["changes"],
        &["check", "--staged"],
        &["list", "as-of:HEAD"],
        &["git-setup"],
        &["resolve"],
        &["sync"],
        &["reply", &id, "-m", "Which release?"],
    ];
    for words in commands {
        let outcome = sandbox.run_under(&[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")], words).fails(8);
        let expected = "casebook: git does not trust this repository:\nfatal: detected dubious ownership";
        assert!(outcome.stderr.starts_with(expected), "{words:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("safe.directory"), "{words:?}: {}", outcome.stderr);
    }
    let inbox = sandbox.run_under(&[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")], &[]).ok();
    assert!(inbox.stdout.contains("next: ") || inbox.stdout.contains("nothing waits"), "{}", inbox.stdout);
    assert!(inbox.stderr.contains("safe.directory"), "{}", inbox.stderr);
}

#[test]
fn a_desk_on_a_path_that_is_not_utf8_works_as_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let mut sandbox = Sandbox::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    sandbox.go_to(std::path::Path::new("story").join(name));
    sandbox.run(&["init"]).ok();
    let id = sandbox.opened("Tiles time out", &[]);
    sandbox.hook("pre-commit", "exec casebook check --staged");
    sandbox.run(&["reply", &id, "-m", "Which release?"]).ok();
    assert_eq!((sandbox.commits(), sandbox.status()), (3, String::new()));
    for words in [&["audit", "--since-verified"][..], &["doctor"], &["hooks", "install"]] {
        sandbox.run(words).ok();
    }
    sandbox.git(&["worktree", "add", "-q", "../linked"]).ok();
    sandbox.go_to("story/linked");
    sandbox.run(&["reply", &id, "-m", "Which version?"]).ok();
    assert_eq!((sandbox.commits(), sandbox.status()), (4, String::new()));
    let mut command = sandbox.program(&["list", "--count"]);
    command.current_dir("/").env("CASEBOOK_DIR", sandbox.root().join("story").join(name));
    assert_eq!(crate::fixtures::sandbox::Running::start(command).finish().ok().stdout, "1\n");
    // In a folder of a repository, git's paths would not be found; that is not the same as nothing to report.
    sandbox.go_to("story/code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.go_to(std::path::Path::new("story/code").join(name));
    sandbox.run(&["init"]).ok();
    sandbox.shell("git add -A && git commit -q -m Desk").ok();
    for words in [&["audit"][..], &["list", "as-of:HEAD"], &["check", "--staged"], &["hooks", "install"]] {
        assert!(sandbox.run(words).fails(8).stderr.contains("is not UTF-8: caf"), "{words:?}");
    }
}

#[test]
fn a_desk_that_git_refuses_to_commit_is_created_with_a_warning() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.root().join("gitconfig"), "[user]\n\tuseConfigOnly = true\n").unwrap();
    let outcome = sandbox.run(&["-q", "init", "desk"]).ok();
    assert!(outcome.stderr.contains("warning: the desk was created, but git refused"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("user.email"), "{}", outcome.stderr);
    sandbox.run(&["-C", "desk", "list"]).ok();
}

#[test]
fn a_git_directory_gets_no_desk() {
    let mut sandbox = desk();
    sandbox.go_to("story");
    sandbox.git(&["init", "-q", "--bare", "bare.git"]).ok();
    for folder in ["bare.git", "bare.git/desk", "desk/.git"] {
        let before = tree(&sandbox.path("."));
        let told = sandbox.run(&["init", folder]).fails(2).stderr;
        assert!(told.contains("it is a git directory, without a work tree"), "{told}");
        assert_eq!(tree(&sandbox.path(".")), before, "{folder}");
    }
}
