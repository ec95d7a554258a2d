//! `audit`: redactions, output formats, ranges, and `--since-verified`.

use crate::fixtures::audited_desk::{LATER, Scene};
use crate::fixtures::desk::desk;

#[test]
fn redactions_are_listed_and_are_no_violation() {
    let scene = Scene::new();
    let note = scene.sandbox.shown(&scene.ticket)["version"].as_str().unwrap().to_owned();
    scene.sandbox.run(&["redact", &scene.ticket, &note, "--reason", "a password", "-m", "Hidden."]).ok();
    let told = scene.sandbox.run(&["audit", "--strict"]).ok();
    assert!(told.stdout.starts_with("redacted in ") && told.stdout.contains(": a password\n"), "{}", told.stdout);
    let told = scene.sandbox.run(&["audit", "--format", "json"]).ok();
    assert_eq!(told.stdout.trim(), "[]");
    assert!(told.stderr.starts_with("note: redacted in "), "{}", told.stderr);
}

#[test]
fn a_customer_sees_redactions_only_of_visible_entries_and_no_reasons() {
    let sandbox = desk();
    let ids = ["ana@acme.example", "bo@northwind.example"].map(|person| {
        let open = ["open", "-q", "-s", "Tiles", "--requester", person, "-m", "Help!"];
        let id = sandbox.run(&open).ok().stdout.trim().to_owned();
        for write in [&["reply", &id, "-m", "pin 4711"][..], &["note", &id, "-m", "pin 4711"]] {
            sandbox.run(write).ok();
            let entry = sandbox.shown(&id)["version"].as_str().unwrap().to_owned();
            sandbox.run(&["redact", &id, &entry, "--reason", "the pin of Bo"]).ok();
        }
        id
    });
    let listed = |words: &[&str]| {
        let told = sandbox.run(words).ok().stdout;
        told.lines().filter(|line| line.starts_with("redacted")).map(str::to_owned).collect::<Vec<_>>()
    };
    let all = listed(&["audit"]);
    assert!(
        all.len() == 4 && all.iter().all(|line| line.ends_with(", by kenji@desk.example: the pin of Bo")),
        "{all:?}"
    );
    assert_eq!(listed(&["--as", "kenji@desk.example", "audit"]), all);
    let own = listed(&["--as", "ana@acme.example", "audit"]);
    assert!(own.len() == 1 && own[0].contains(&ids[0]) && !own[0].contains(", by"), "{own:?}");
    assert_eq!(listed(&["--as", "ci@x.example", "audit"]), [""; 0]);
    // A bare repository has no desk that could be read; its last casebook.toml names the agents.
    sandbox.shell("git clone -q --bare . ../bare.git").ok();
    assert_eq!(listed(&["-C", "../bare.git", "--as", "kenji@desk.example", "audit"]), all);
    assert_eq!(listed(&["-C", "../bare.git", "--as", "ana@acme.example", "audit"]), [""; 0]);
    assert_eq!(listed(&["-C", "../bare.git", "audit"]), all);
    assert_eq!(listed(&["-C", "../bare.git", "--as", "kenji@desk.example", "audit", "HEAD~1.."]).len(), 1);
}

#[test]
fn audit_has_every_output_format_of_check() {
    let scene = Scene::new();
    scene.status("solved");
    scene.commit();
    for form in ["full", "concise", "json", "jsonl", "github", "gitlab", "junit", "sarif"] {
        let told = scene.sandbox.run(&["audit", "--format", form, "--report", "sarif=out.sarif"]).fails(1).stdout;
        assert!(told.contains("CB101") || told.contains("header.differs"), "{form}: {told}");
    }
    assert!(scene.sandbox.read("out.sarif").contains("CB101"));
}

#[test]
fn an_audit_continues_from_its_checkpoint() {
    let scene = Scene::new();
    let audited = |code: i32| {
        let told = scene.sandbox.run(&["audit", "--since-verified"]).fails(code).stdout;
        told.lines().last().unwrap().split(' ').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(audited(0), 6);
    assert_eq!(audited(0), 0);
    scene.sandbox.run(&["note", &scene.ticket, "-m", "One more."]).ok();
    assert_eq!(audited(0), 1);
    scene.status("solved");
    scene.commit();
    assert_eq!((audited(1), audited(1)), (1, 1));
    // An audit with other options has no checkpoint yet.
    let told = scene.sandbox.run(&["audit", "--since-verified", "--identity"]).fails(1).stdout;
    assert!(told.contains("8 commits audited"), "{told}");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~2"]).ok();
    scene.sandbox.run(&["note", &scene.ticket, "-m", "Another history."]).ok();
    let told = scene.sandbox.run(&["audit", "--since-verified", "--format", "json"]).fails(1).json();
    assert_eq!(told[0]["rule"], "history.rewritten");
}

#[test]
fn a_range_begins_with_the_state_before_it() {
    let scene = Scene::new();
    scene.sandbox.run(&["reply", &scene.ticket, "-m", "And now?"]).ok();
    let told = scene.sandbox.run(&["audit", "HEAD~1..HEAD", "--identity"]).ok().stdout;
    assert!(told.ends_with("1 commit audited: 0 errors, 0 warnings\n"), "{told}");
    scene.sandbox.run(&["audit", "nonsense.."]).fails(2);
    scene.sandbox.run(&["audit", "--", "--all"]).fails(2);
    scene.sandbox.run(&["audit", "HEAD", "--all"]).fails(2);
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    scene.status("solved");
    scene.commit();
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.sandbox.run(&["audit"]).ok();
    scene.sandbox.run(&["audit", "--all"]).fails(1);
}

#[test]
fn shallow_clones_and_replaced_objects_are_reported() {
    let mut scene = Scene::new();
    scene.sandbox.git(&["clone", "-q", "--depth", "2", "--no-local", ".", "../shallow"]).ok();
    scene.sandbox.go_to("story/shallow");
    assert_eq!(scene.rules(&["--identity"]), ["history.shallow"]);
    scene.sandbox.run(&["audit"]).ok();
    scene.sandbox.go_to("story/desk");
    scene.status("solved");
    let bad = scene.commit();
    scene.sandbox.git(&["replace", "-f", &bad, "HEAD~1"]).ok();
    assert_eq!(scene.rules(&[]), ["history.shallow", "header.differs"]);
}

#[test]
fn a_bare_repository_and_a_desk_in_a_folder_are_audited_too() {
    let mut scene = Scene::new();
    scene.status("solved");
    scene.commit();
    scene.sandbox.git(&["clone", "-q", "--bare", ".", "../desk.git"]).ok();
    scene.sandbox.go_to("story/desk.git");
    assert_eq!(scene.rules(&[]), ["header.differs"]);
    scene.sandbox.go_to("story/whole");
    scene.sandbox.git(&["init", "-q"]).ok();
    scene.sandbox.write("code.txt", "code\n");
    scene.sandbox.git(&["add", "."]).ok();
    scene.sandbox.git(&["commit", "-qm", "code"]).ok();
    scene.sandbox.enter("desk");
    scene.sandbox.run(&["init", "--commit"]).ok();
    let ticket = scene.sandbox.opened("Tiles", &["--commit"]);
    scene.sandbox.run(&["reply", &ticket, "-m", "And?", "--commit"]).ok();
    scene.sandbox.run(&["audit", "--identity", "--strict"]).ok();
    scene.file = scene.sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned();
    scene.status("solved");
    scene.commit();
    assert_eq!(scene.rules(&[]), ["header.differs"]);
}

#[test]
fn a_folder_without_a_repository_or_commits_is_reported() {
    let mut sandbox = crate::fixtures::sandbox::Sandbox::new();
    sandbox.run(&["audit"]).fails(8);
    sandbox.enter("empty");
    sandbox.git(&["init", "-q"]).ok();
    assert!(sandbox.run(&["audit"]).ok().stdout.starts_with("0 commits audited"));
}

#[test]
fn a_clock_that_is_late_beyond_the_tolerance_is_reported() {
    let scene = Scene::new();
    let lines = ["by: kenji@desk.example", "role: agent", "action: note", "from: open", "text: x"];
    scene.add(LATER, &lines);
    scene.commit();
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
    assert_eq!(scene.rules(&["--tolerance", "1m"]), ["entry.time"]);
    scene.sandbox.run(&["audit", "--tolerance", "soon"]).fails(2);
}
