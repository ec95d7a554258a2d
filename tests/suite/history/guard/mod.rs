//! The guard on a bare repository and in a clone: the pushes it accepts and refuses.
//!
//! The kinds of dishonest push are told in examples/server/pushing.md; here is what surrounds them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::fixtures::audited_desk::{LATER, Scene, entry};
use crate::fixtures::guarded_server::{ANA, KENJI, served, served_from};
use crate::fixtures::sandbox::Running;

mod base_policy;
mod bypasses;
mod customers;
mod duplicate_entries;
mod file_types;
mod hooks;
mod merges;
mod organizations;
mod other_files;

#[test]
fn valid_pushes_pass_silently() {
    for hook in ["pre-receive", "update"] {
        let scene = served(hook);
        scene.note("One.");
        scene.note("Two.");
        let told = scene.push(KENJI, &["main"]).ok();
        assert_eq!((told.stdout.as_str(), told.stderr.as_str()), ("", ""), "{hook}");
        scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
        scene.sandbox.run(&["--as", "bo@acme.example", "open", "-s", "By phone", "-m", "x"]).ok();
        scene.push(KENJI, &["side"]).ok();
        scene.sandbox.git(&["tag", "-a", "v1", "-m", "A tag"]).ok();
        scene.push(KENJI, &["v1"]).ok();
        scene.sandbox.git(&["checkout", "-q", "main"]).ok();
        scene.note("Three.");
        scene.sandbox.git(&["merge", "-q", "-m", "Both", "side"]).ok();
        scene.push(KENJI, &["main"]).ok();
        scene.push(KENJI, &["--delete", "side"]).ok();
    }
}

#[test]
fn a_customer_pushes_only_their_own_entries() {
    let scene = served("pre-receive");
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    scene.push(ANA, &["main"]).ok();
    scene.note("Not mine.");
    scene.refused(ANA, &["main"], "CB503");
    scene.push(KENJI, &["main"]).ok();
    let config = scene.sandbox.read("casebook.toml") + "# mine\n";
    for (branch, file, text) in [
        ("one", "README.md", "mine\n"),
        ("two", "casebook.toml", &config),
        ("three", "organizations/acme.yaml", "id: acme\n"),
        ("four", "tickets/notes.txt", "x\n"),
        ("five", "tickets/.gitattributes", "* -diff\n"),
        ("six", "tickets/.gitignore", "*.bak\n"),
        ("seven", "attachments/ab/abc", "x\n"),
    ] {
        scene.sandbox.git(&["checkout", "-qb", branch, "main"]).ok();
        scene.sandbox.write(file, text);
        scene.commit();
        scene.refused(ANA, &[branch], "CB505");
        scene.push(KENJI, &[branch]).ok();
    }
}

#[test]
fn an_agent_pushes_entries_of_a_customer_only_on_their_behalf() {
    let scene = served("pre-receive");
    scene.add(LATER, &["by: ana@acme.example", "role: customer", "action: reply", "from: open", "text: x"]);
    scene.sandbox.git(&["commit", "-qam", "By hand"]).ok();
    scene.refused(KENJI, &["main"], "CB503");
    scene.sandbox.git(&["commit", "-q", "--amend", "-m", "By mail\n\nOn-behalf-of: ana@acme.example"]).ok();
    scene.push(KENJI, &["main"]).ok();
}

#[test]
fn permissions_are_those_before_the_push() {
    let scene = served("pre-receive");
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"lea@desk.example\", "));
    scene.commit();
    scene.sandbox.run(&["--as", "lea@desk.example", "note", &scene.ticket, "-m", "New here."]).ok();
    scene.refused("lea@desk.example", &["main"], "CB408");
    // The push that adds the colleague comes first, then the one with her entries.
    scene.refused(KENJI, &["main"], "CB408");
    scene.push(KENJI, &["HEAD~1:main"]).ok();
    scene.push("lea@desk.example", &["main"]).ok();
}

#[test]
fn branches_lose_no_entries() {
    let scene = served("pre-receive");
    scene.note("One.");
    scene.push(KENJI, &["main", "main:side"]).ok();
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let told = scene.refused(KENJI, &["-f", "main"], "CB501");
    assert!(told.contains("main would not contain its present commit any more, although other branches do"), "{told}");
    scene.refused(KENJI, &["--delete", "main"], "CB502");
    scene.note("Another one.");
    scene.refused(KENJI, &["-f", "main"], "CB501");
    // Commits that another branch has are not lost.
    scene.push(KENJI, &["-f", "main:side"]).ok();
    scene.note("More.");
    scene.push(KENJI, &["-f", "main:side"]).ok();
    scene.refused(KENJI, &["--delete", "side"], "CB502");
}

#[test]
fn an_unknown_pusher_is_refused_and_no_refused_object_stays() {
    let scene = served("pre-receive");
    scene.note("One.");
    scene.refused("", &["main"], "CB504");
    scene.edit_reply();
    let bad = scene.commit();
    scene.refused(KENJI, &["main"], "CB402");
    scene.sandbox.git(&["-C", "../desk.git", "cat-file", "-e", &bad]).fails(1);
}

impl Scene {
    fn edit_reply(&self) {
        let text = self.sandbox.read(&self.file);
        self.sandbox.write(&self.file, &text.replace("Which release?", "Which browser?"));
    }
}

#[test]
fn the_pusher_is_read_from_the_configured_variable() {
    let scene = served("pre-receive");
    let server = |words: &[&str]| scene.sandbox.git(&[&["-C", "../desk.git", "config"], words].concat()).ok();
    server(&["casebook.pusher", "REMOTE_USER"]);
    scene.note("One.");
    scene.refused(KENJI, &["main"], "CB504");
    server(&["casebook.pusherDomain", "desk.example"]);
    let mut command = scene.sandbox.command("git");
    command.args(["push", "-q", "origin", "main"]).env("REMOTE_USER", "kenji");
    Running::start(command).finish().ok();
}

#[test]
fn signatures_identify_the_pusher() {
    use crate::fixtures::signing::{key, sign};
    let scene = served("pre-receive");
    let Some(kenjis) = key(&scene.sandbox, "kenji") else { return };
    let anas = key(&scene.sandbox, "ana").unwrap();
    let config = scene.sandbox.read("casebook.toml");
    let keys = format!("\"{KENJI}\" = [{kenjis:?}]\n\"{ANA}\" = [{anas:?}]\n");
    scene.sandbox.write("casebook.toml", &format!("{config}\n[signing]\n{keys}"));
    scene.commit();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["-C", "../desk.git", "config", "casebook.pusher", "signature"]).ok();
    scene.note("Not signed.");
    scene.refused(KENJI, &["main"], "CB412");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    sign(&scene.sandbox, Some("ana"));
    scene.note("Signed by Ana.");
    scene.refused(KENJI, &["main"], "CB503");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "Mine."]).ok();
    sign(&scene.sandbox, Some("kenji"));
    scene.note("Signed by Kenji.");
    scene.push("", &["main"]).ok();
    // A merge of merges that crossed brings no old casebook.toml back.
    let git = |words: &[&str]| scene.sandbox.git(words).ok();
    let config = scene.sandbox.read("casebook.toml");
    git(&["branch", "before"]);
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", &format!("agents = [{ANA:?}, ")));
    git(&["commit", "-qam", "Ana comes"]);
    git(&["branch", "within"]);
    scene.sandbox.write("casebook.toml", &config);
    git(&["commit", "-qam", "Ana goes"]);
    git(&["checkout", "-q", "before"]);
    scene.note("Aside.");
    git(&["checkout", "-q", "main"]);
    git(&["merge", "-q", "--no-ff", "-m", "m", "before"]);
    scene.push("", &["main"]).ok();
    sign(&scene.sandbox, Some("ana"));
    git(&["checkout", "-q", "within"]);
    git(&["merge", "-q", "--no-ff", "-m", "y", "before"]);
    git(&["branch", "y"]);
    git(&["checkout", "-q", "main"]);
    git(&["merge", "-q", "--no-ff", "--no-commit", "y"]);
    git(&["checkout", "y", "--", "casebook.toml"]);
    git(&["commit", "-qm", "z"]);
    scene.refused("", &["main"], "CB505");
}

#[test]
fn the_first_push_founds_a_desk() {
    let scene = Scene::new();
    scene.sandbox.git(&["init", "-q", "--bare", "../desk.git"]).ok();
    scene.sandbox.git(&["remote", "add", "origin", "../desk.git"]).ok();
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    scene.refused(ANA, &["main"], "CB505");
    scene.push(KENJI, &["main"]).ok();
}

#[test]
fn every_branch_is_judged_by_the_permissions_of_the_default_branch() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["checkout", "-q", "--orphan", "own"]).ok();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"bo@acme.example\", "));
    scene.commit();
    scene.refused("bo@acme.example", &["own"], "CB505");
}

#[test]
fn a_push_with_errors_of_check_is_refused() {
    let scene = served("pre-receive");
    scene.status("solved");
    scene.commit();
    scene.refused(KENJI, &["main"], "CB101");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let lines = ["by: kenji@desk.example", "role: agent", "action: resume", "from: open", "to: open"];
    scene.add(LATER, &lines);
    scene.commit();
    scene.refused(KENJI, &["main"], "CB104");
    scene.sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    let text = scene.sandbox.read(&scene.file);
    let more = entry(LATER, &["by: kenji@desk.example", "role: agent", "action: note", "from: open", "text: x"]);
    scene.sandbox.write(&scene.file, &text.replace("...\n", &format!("\n{more}")));
    scene.commit();
    scene.refused(KENJI, &["main"], "CB407");
}

#[test]
fn a_push_with_errors_between_files_is_refused() {
    let scene = served("pre-receive");
    let other = scene.sandbox.opened("Tiles again", &[]);
    scene.sandbox.run(&["merge", &other, "--into", &scene.ticket]).ok();
    scene.push(KENJI, &["main"]).ok();
    // Ana removes her ticket again, and commits one half only.
    scene.sandbox.run(&["--as", ANA, "reopen", &other, "--unmerge", "--no-commit"]).ok();
    let file = scene.file.clone();
    scene.sandbox.git(&["add", &file]).ok();
    scene.sandbox.git(&["commit", "-qm", "One half", "--author", "Ana <ana@acme.example>"]).ok();
    assert_eq!(scene.rules(&[]), ["entry.alone"]);
    scene.refused(ANA, &["main"], "CB201");
    scene.sandbox.git(&["commit", "-qam", "The other half", "--author", "Ana <ana@acme.example>"]).ok();
    assert_eq!(scene.rules(&["--identity"]), ["entry.alone", "entry.alone"]);
    scene.push(ANA, &["main"]).ok();
    scene.sandbox.run(&["check"]).ok();
}

#[test]
fn files_other_than_tickets_are_checked_too() {
    let scene = served("pre-receive");
    for (path, text, code) in [
        ("casebook.toml", "format = 1\nname = \"x\"\ntime_zone = \"Nowhere\"\n", "CB302"),
        ("organizations/acme.yaml", "id: other\n", "CB303"),
        ("attachments/ab/abc", "x", ""),
        (&format!("attachments/ab/ab{}", "0".repeat(62)), "x", "CB205"),
    ] {
        let before = scene.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned();
        scene.sandbox.write(path, text);
        scene.commit();
        if code.is_empty() {
            scene.push(KENJI, &["main"]).ok();
        } else {
            scene.refused(KENJI, &["main"], code);
            scene.sandbox.git(&["reset", "-q", "--hard", &before]).ok();
        }
    }
}

#[test]
fn errors_from_before_the_push_are_not_its_findings() {
    let scene = Scene::new();
    scene.sandbox.write("organizations/acme.yaml", "id: other\n");
    scene.commit();
    scene.sandbox.git(&["clone", "-q", "--bare", ".", "../desk.git"]).ok();
    scene.sandbox.git(&["remote", "add", "origin", "../desk.git"]).ok();
    scene.sandbox.run(&["-C", "../desk.git", "hooks", "install"]).ok();
    scene.sandbox.write("organizations/acme.yaml", "id: other\nname: x\n");
    scene.commit();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.write("organizations/acme.yaml", "id: other\nname: [\n");
    scene.commit();
    scene.refused(KENJI, &["main"], "CB303");
}

/// Returns the folder of the server's hooks.
fn executable(path: &std::path::Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
