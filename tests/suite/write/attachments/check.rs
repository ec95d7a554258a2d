//! Attachments in `check`: in the work tree, in git's index, and in commits.

use std::fs;

use crate::fixtures::attachments::place;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// A desk whose ticket has an attachment.
fn attached() -> (Sandbox, String, String) {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.run(&["attach", &ticket, &file]).ok();
    (sandbox, ticket, place(b"trace\n"))
}

/// Returns the codes of the findings.
fn found(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let told = sandbox.run(&[&["check", "--format", "json"], words].concat()).stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}\n{told}"));
    let findings = told.as_array().or_else(|| told["findings"].as_array()).unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_missing_attachment_is_reported_with_its_line() {
    let (sandbox, ticket, lies) = attached();
    fs::remove_file(sandbox.path(&lies)).unwrap();
    let told = sandbox.run(&["check"]).fails(1).stdout;
    assert!(told.contains("CB204") && told.contains(&format!("attachment {lies} is missing")), "{told}");
    assert!(told.contains("sha256: "), "{told}");
    let path = sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned();
    assert_eq!(found(&sandbox, &[&path]), ["CB204"]);
    sandbox.write(&lies, "trace, and more\n");
    assert_eq!(found(&sandbox, &[&path]), ["CB204"]);
    assert_eq!(found(&sandbox, &[]), ["CB205", "CB204"]);
    // If the size is the same, only the bytes differ.
    sandbox.write(&lies, "trace!");
    assert_eq!(found(&sandbox, &[]), ["CB205"]);
    sandbox.git(&["checkout", "-q", "--", "."]).ok();
    assert_eq!(found(&sandbox, &[]), [""; 0]);
}

#[test]
fn the_git_index_and_commits_are_checked_by_themselves() {
    let (sandbox, ticket, lies) = attached();
    sandbox.run(&["note", &ticket, "-m", "One.", "--no-commit"]).ok();
    sandbox.git(&["add", "-A"]).ok();
    assert_eq!(found(&sandbox, &["--staged"]), [""; 0]);
    sandbox.git(&["rm", "-q", "--cached", &lies]).ok();
    // It is in the work tree, but the check is of the index.
    assert_eq!(found(&sandbox, &["--staged"]), ["CB204"]);
    assert_eq!(found(&sandbox, &[]), [""; 0]);
    sandbox.git(&["commit", "-qm", "By hand"]).ok();
    assert_eq!(found(&sandbox, &["--range", "HEAD~1..HEAD"]), ["CB204"]);
    assert_eq!(found(&sandbox, &["--range", "HEAD~2..HEAD~1"]), [""; 0]);
}

#[test]
fn deleting_an_attachment_is_reported_for_tickets_that_name_it() {
    let (sandbox, _, lies) = attached();
    let other = sandbox.opened("Another", &[]);
    sandbox.git(&["rm", "-q", &lies]).ok();
    assert_eq!(found(&sandbox, &["--staged"]), ["CB204"]);
    sandbox.git(&["commit", "-qm", "Gone"]).ok();
    assert_eq!(found(&sandbox, &["--range", "HEAD~1..HEAD"]), ["CB204"]);
    // An attachment that no entry names may be deleted.
    sandbox.run(&["attach", &other, &sandbox.given("x", b"x"), "--no-commit"]).ok();
    sandbox.git(&["add", "attachments"]).ok();
    sandbox.git(&["commit", "-qm", "A file"]).ok();
    sandbox.git(&["rm", "-q", &super::place(b"x")]).ok();
    assert_eq!(found(&sandbox, &["--staged"]), [""; 0]);
}

#[test]
fn missing_gitattributes_of_attachments_are_reported() {
    let (sandbox, _, lies) = attached();
    for text in [None, Some("* text=auto\n")] {
        match text {
            Some(text) => sandbox.write("attachments/.gitattributes", text),
            None => fs::remove_file(sandbox.path("attachments/.gitattributes")).unwrap(),
        }
        assert_eq!(found(&sandbox, &[]), ["CB207"]);
        sandbox.run(&["check"]).ok();
        sandbox.git(&["add", "-A"]).ok();
        assert_eq!(found(&sandbox, &["--staged"]), [""; 0], "no attachment is staged");
    }
    sandbox.git(&["commit", "-qm", "By hand"]).ok();
    let whole =
        ["--range", &format!("{}..HEAD", sandbox.git(&["rev-list", "--max-parents=0", "HEAD"]).ok().stdout.trim())];
    assert_eq!(found(&sandbox, &whole), ["CB207"]);
    // Without an attachment nothing is missing.
    fs::remove_file(sandbox.path(&lies)).unwrap();
    assert_eq!(found(&sandbox, &["attachments"]), [""; 0]);
}

#[test]
fn invalid_attachments_of_an_entry_are_reported() {
    let (sandbox, ticket, _) = attached();
    let path = sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned();
    let text = sandbox.read(&path);
    for (was, is, why) in [
        ("name: trace.txt", "name: a/trace.txt", "must not contain `/`"),
        ("name: trace.txt", "name: ..", "are names of folders"),
        ("name: trace.txt", "name: \"a\\tb\"", "control characters"),
        ("size: 6", "size: -6", "a number of bytes"),
        ("size: 6", "size: \"6\"", "a whole number"),
        ("    size: 6\n", "", "size"),
        ("    size: 6\n", "    size: 6\n    kind: text\n", "kind"),
        ("sha256: ", "sha256: A", "64 digits"),
        ("action: attach", "action: resume", "attachments"),
    ] {
        let changed = text.replacen(was, is, 1);
        assert_ne!(changed, text);
        sandbox.write(&path, &changed);
        let told = sandbox.run(&["check", &path]).fails(1).stdout;
        assert!(told.contains(why), "{is}: {told}");
    }
    let (head, entry) = text.split_once("  attachments:\n").unwrap();
    sandbox.write(&path, &format!("{head}  attachments: []\n...\n"));
    assert!(sandbox.run(&["check", &path]).fails(1).stdout.contains("attachments"));
    let twice = entry.replacen("...\n", "", 1);
    sandbox.write(&path, &format!("{head}  attachments:\n{twice}{twice}...\n"));
    assert!(sandbox.run(&["check", &path]).fails(1).stdout.contains("another one has the same hash"));
    // Any attributes with the same effect are accepted.
    let spelled = text.replacen("  - name: trace.txt\n    size: 6\n", "  - {name: 'trace.txt', size: 0x6,", 1);
    let (start, digest) = spelled.split_once(",    sha256: ").unwrap();
    let (digest, rest) = digest.split_once('\n').unwrap();
    sandbox.write(&path, &format!("{start}, sha256: \"{digest}\"}}\n{rest}"));
    assert_eq!(sandbox.shown(&ticket)["history"][1]["attachments"][0]["size"], 6);
    assert_eq!(found(&sandbox, &[&path]), ["CB018"]);
}
