//! `check`: its scopes (the desk, some paths, git's index, a range), its repairs, and what it must not touch.

mod broken_sections;
mod ci_reports;
mod rules;
mod snapshots;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const STATUS: (&str, &str) = ("status: open\n", "status: on_hold\n");

/// A desk with two tickets, and their paths.
fn two() -> (Sandbox, [String; 2], [String; 2]) {
    let sandbox = desk();
    let ids = ["Tiles time out", "Sign-in fails"].map(|subject| sandbox.opened(subject, &[]));
    let path = |id: &String| sandbox.run(&["show", id, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
    let paths = [path(&ids[0]), path(&ids[1])];
    (sandbox, ids, paths)
}

impl Sandbox {
    fn edit(&self, path: &str, (from, to): (&str, &str)) {
        let text = self.read(path);
        assert!(text.contains(from), "{from}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Returns the codes and files of the findings of a check.
    fn found(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let findings = self.run(&[&["check", "--json"], arguments].concat()).json();
        let word = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
        findings.as_array().unwrap().iter().map(|finding| (word(finding, "code"), word(finding, "file"))).collect()
    }
}

fn codes(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(code, _)| code.as_str()).collect()
}

#[test]
fn given_paths_are_checked_by_themselves_and_against_other_tickets() {
    let (sandbox, ids, paths) = two();
    sandbox.edit(&paths[0], STATUS);
    sandbox.write("tickets/notes.txt", "left\n");
    assert_eq!(codes(&sandbox.found(&[])), ["CB101", "CB017"]);
    assert_eq!(codes(&sandbox.found(&[&paths[0]])), ["CB101"]);
    assert_eq!(sandbox.found(&[&paths[1]]), []);
    assert_eq!(codes(&sandbox.found(&["tickets", &paths[1]])), ["CB101", "CB017"]);
    assert_eq!(sandbox.found(&["casebook.toml"]), []);
    sandbox.run(&["check", "tickets/none"]).fails(2);
    sandbox.run(&["check", "/"]).fails(2);

    sandbox.edit(&paths[0], (STATUS.1, STATUS.0));
    sandbox.run(&["merge", &ids[0], "--into", &ids[1]]).ok();
    assert_eq!(sandbox.found(&[&paths[0]]), []);
    sandbox.shell(&format!("git checkout -q HEAD~1 -- {}", paths[1])).ok();
    assert_eq!(codes(&sandbox.found(&[&paths[0]])), ["CB201"], "the other side is read, wherever it lies");
}

#[test]
fn staged_files_are_checked_as_they_are_staged() {
    let (sandbox, _, paths) = two();
    sandbox.edit(&paths[0], STATUS);
    assert_eq!(sandbox.found(&["--staged"]), [], "nothing is staged");
    sandbox.shell("git add -A").ok();
    sandbox.edit(&paths[0], (STATUS.1, STATUS.0));
    sandbox.edit(&paths[1], STATUS);
    assert_eq!(sandbox.found(&["--staged"]), [("CB101".to_owned(), paths[0].clone())]);
    assert_eq!(sandbox.found(&[]), [("CB101".to_owned(), paths[1].clone())]);

    sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\nexec casebook check --staged\n");
    sandbox.shell("chmod +x .git/hooks/pre-commit").ok();
    sandbox.shell("git commit -qm staged").fails(1);
    sandbox.shell(&format!("git commit -qm alone -- {}", paths[1])).fails(1);
    sandbox.shell("git reset -q --hard && echo more >> README && git add README && git commit -qm sound").ok();
}

#[test]
fn a_range_is_checked_as_it_is_at_its_end() {
    let (sandbox, ids, paths) = two();
    sandbox.run(&["merge", &ids[0], "--into", &ids[1]]).ok();
    assert_eq!(sandbox.found(&["--range", "HEAD~1..HEAD"]), []);
    sandbox.edit(&paths[0], ("priority: S3\n", "priority: S2\n"));
    sandbox.write("tickets/notes.txt", "left\n");
    sandbox.write("casebook.toml", "format = 1\ntime_zone = \"Nowhere\"\n");
    sandbox.shell("git add -A && git commit -qm broken && git rm -q tickets/notes.txt && git commit -qm gone").ok();
    let found = sandbox.found(&["--range", "HEAD~2..HEAD~1"]);
    assert_eq!(codes(&found), ["CB302", "CB101", "CB017"]);
    assert_eq!(codes(&sandbox.found(&["--range", "HEAD~2..HEAD"])), ["CB302", "CB101"]);
    assert_eq!(sandbox.found(&["--range", "HEAD~1..HEAD"]), []);
    sandbox.run(&["check", "--range", "no..where"]).fails(2);
}

#[test]
fn a_repair_prints_its_diff_and_commits_exactly_that() {
    let (sandbox, ids, paths) = two();
    let sound = sandbox.read(&paths[0]);
    sandbox.edit(&paths[0], STATUS);
    let damaged = sandbox.read(&paths[0]);
    let plan = sandbox.run(&["check", "--fix", "-n"]).fails(1).stdout;
    assert!(plan.contains("-status: on_hold\n+status: open\n") && plan.contains("Action: mend"), "{plan}");
    assert_eq!(sandbox.read(&paths[0]), damaged);
    let commits = sandbox.commits();
    let done = sandbox.run(&["check", "--fix"]).ok().stdout;
    assert!(done.contains("-status: on_hold\n+status: open\n"), "{done}");
    assert!(done.ends_with("2 tickets checked: 0 errors, 0 warnings\n"), "{done}");
    assert_eq!(sandbox.read(&paths[0]), sound);
    assert_eq!(sandbox.commits(), commits, "it is as it was committed, so there is nothing to commit");

    sandbox.edit(&paths[0], STATUS);
    sandbox.shell("git commit -qam broken").ok();
    sandbox.run(&["check", "--fix"]).ok();
    let told = sandbox.shell("git log -1 --format=%B && git show --stat --format= HEAD").ok().stdout;
    assert!(told.starts_with("Repair ") && told.contains(&format!("Ticket: {}\nAction: mend\n", ids[0])), "{told}");
    assert!(told.contains("1 file changed, 1 insertion(+), 1 deletion(-)"), "{told}");
}

#[test]
fn a_repair_never_reprints_an_old_entry() {
    let (sandbox, _, paths) = two();
    sandbox.edit(&paths[0], ("  role: agent\n", "  role:   'agent' # by hand\n"));
    sandbox.edit(&paths[0], STATUS);
    assert_eq!(codes(&sandbox.found(&[])), ["CB101", "CB018"]);
    sandbox.run(&["check", "--fix", "--no-commit"]).ok();
    assert!(sandbox.read(&paths[0]).contains("  role:   'agent' # by hand\n"));
    assert_eq!(codes(&sandbox.found(&[])), ["CB018"]);
}

#[test]
fn a_truncated_file_is_not_repaired() {
    let (sandbox, ids, paths) = two();
    sandbox.run(&["reply", &ids[0], "-m", "Which release?"]).ok();
    let whole = sandbox.read(&paths[0]);
    let cut = whole.split("\n- id: ").take(2).collect::<Vec<_>>().join("\n- id: ");
    sandbox.write(&paths[0], &cut);
    let told = sandbox.run(&["check", "--fix"]).fails(1);
    assert!(told.stderr.contains("was not repaired"), "{told:?}");
    assert_eq!(sandbox.read(&paths[0]), cut);

    sandbox.write(&paths[0], whole.strip_suffix("...\n").unwrap());
    let told = sandbox.run(&["check", "--fix"]).ok();
    assert!(told.stderr.contains("is taken to be complete up to its last line"), "{told:?}");
    assert_eq!(sandbox.read(&paths[0]), whole);
}

#[test]
fn an_invalid_policy_or_a_damaged_ticket_hides_no_other_finding() {
    let (sandbox, ids, paths) = two();
    sandbox.run(&["merge", &ids[0], "--into", &ids[1]]).ok();
    sandbox.write("casebook.toml", "format = 1\nnmae = \"x\"\n");
    sandbox.edit(&paths[1], ("priority: S3\n", "priority: S9\n"));
    sandbox.edit(&paths[0], ("priority: S3\n", "priority: S2\n"));
    let found = sandbox.found(&[]);
    assert_eq!(codes(&found), ["CB301", "CB101", "CB012"], "what the broken one would say of the merge is not known");
    sandbox.run(&["list"]).fails(7);
}

#[test]
fn concurrent_entries_are_a_warning_that_names_both() {
    let (sandbox, ids, paths) = two();
    sandbox.run(&["hold", &ids[0], "--reason", "engineering"]).ok();
    let hold = sandbox.shown(&ids[0])["version"].as_str().unwrap().to_owned();
    let later = "01ZZZZZZZZZZZZZZZZZZZZZZZ1";
    let entry = format!(
        "\n- id: {later}\n  at: 2026-12-24T09:00:00Z\n  by: lea@desk.example\n  role: agent\n  action: solve\n  from: open\n  to: solved\n  resolution: agreed\n  agreed_by: ana@acme.example\n...\n"
    );
    let text = sandbox.read(&paths[0]);
    sandbox.write(&paths[0], &(text.strip_suffix("...\n").unwrap().to_owned() + &entry));
    let told = sandbox.run(&["check", "--fix", "--no-commit"]).ok().stdout;
    assert!(told.contains(&hold) && told.contains(later) && told.contains("at the same time"), "{told}");
    assert!(told.contains(": warning: "), "{told}");
    sandbox.run(&["check", "--strict"]).fails(1);
}

#[test]
fn invalid_settings_are_reported_with_their_line() {
    for (more, words) in [
        (
            "\n[[escalation.on_duty]]\nmanager = \"zz@desk.example\"\n",
            "zz@desk.example is not one of `[team] managers`",
        ),
        ("\n[follow_up.texts.de]\nremind = \"{{ nosuch }}\"\n", "undefined value"),
        ("\n[macros.ask]\ntext = \"{{ a\"\n", "not a valid template"),
    ] {
        let sandbox = desk();
        let text = sandbox.read("casebook.toml") + more;
        sandbox.write("casebook.toml", &text);
        let found = sandbox.run(&["check", "--json"]).fails(1).json();
        let [finding] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
        assert_eq!((&finding["code"], &finding["line"]), (&"CB301".into(), &text.lines().count().into()), "{finding}");
        assert!(finding["message"].as_str().unwrap().contains(words), "{finding}");
        let told = sandbox.run(&["doctor"]).fails(1).stdout;
        assert!(told.contains(words) && told.contains("casebook.toml:"), "{told}");
        sandbox.git(&["add", "casebook.toml"]).ok();
        assert_eq!(codes(&sandbox.found(&["--staged"])), ["CB301"]);
    }
}

#[test]
fn fields_in_macro_texts_must_exist() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let text = sandbox.read("casebook.toml");
    let fields = "\n[fields.region]\ntype = \"enum\"\nvalues = [\"emea\"]\n";
    let macros =
        "\n[macros.ask]\ntext = { en = \"Hello {{ requester }} of {{ fields.region }}\", fr = \"{{ requestr }}\" }\n";
    let policy = format!("{text}{fields}{macros}");
    sandbox.write("casebook.toml", &policy);
    let found = sandbox.run(&["check", "--json"]).fails(1).json();
    let [finding] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
    let words = "the text (fr) of the macro `ask`: unknown field `requestr`; did you mean `requester`?";
    assert_eq!((&finding["code"], &finding["message"]), (&"CB301".into(), &words.into()));
    assert_eq!(finding["line"], policy.lines().count());
    assert!(sandbox.run(&["doctor"]).fails(1).stdout.contains(words));
    sandbox.run(&["check", "casebook.toml"]).fails(1);
    sandbox.run(&["check", "tickets"]).ok();
    // As `--macro` itself refuses it.
    sandbox.run(&["set", &ticket, "language=fr"]).ok();
    assert!(sandbox.run(&["macro", "ask", &ticket]).fails(2).stderr.contains("unknown field `requestr`"));
    // A misspelled custom field; a desk that defines no fields gets no finding.
    sandbox
        .write("casebook.toml", &policy.replace("requestr", "requester").replace("fields.region }", "fields.regoin }"));
    let found = sandbox.run(&["check", "--json"]).ok().json();
    assert_eq!((&found[0]["code"], found[0]["severity"].as_str()), (&"CB309".into(), Some("warning")), "{found}");
    sandbox.run(&["set", &ticket, "language=en"]).ok();
    let told = sandbox.run(&["macro", "ask", &ticket]).fails(2).stderr;
    assert!(told.contains("unknown field `fields.regoin`"), "{told}");
    sandbox.write("casebook.toml", &format!("{text}{}", macros.replace("requestr", "requester")));
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn an_unreadable_header_is_repaired_from_the_history() {
    let (sandbox, ids, paths) = two();
    let sound = sandbox.read(&paths[0]);
    for (from, to) in [
        ("status: open\n", "status: closed\n"),
        ("status: open\n", ""),
        ("status: open\n", "status: open\nstatus: open\n"),
        ("priority: S3\n", "priority:\n"),
        ("priority: S3\n", "priorty: S3\n"),
        ("format: 1\n", "# by hand\nformat: 1\nwhatever: x\n"),
    ] {
        sandbox.edit(&paths[0], (from, to));
        sandbox.run(&["show", &ids[0]]).fails(7);
        let told = sandbox.run(&["check", "--fix", "--no-commit"]).ok();
        assert!(told.stdout.contains("--- a/tickets/"), "{}", told.stdout);
        let kept =
            if to.contains('#') { sound.replacen("\nhistory:", "\n# by hand\nhistory:", 1) } else { sound.clone() };
        assert_eq!(sandbox.read(&paths[0]), kept, "{to}");
        sandbox.write(&paths[0], &sound);
    }
    // An error in the history has no single correct repair, and fields of a newer version are not repaired.
    for (from, to) in [("  priority: S3\n", "  priority:\n"), ("format: 1\n", "format: 1\n<<<<<<< ours\n")] {
        sandbox.edit(&paths[0], (from, to));
        let damaged = sandbox.read(&paths[0]);
        sandbox.run(&["check", "--fix", "--no-commit"]).fails(1);
        assert_eq!(sandbox.read(&paths[0]), damaged);
        sandbox.write(&paths[0], &sound);
    }
}

#[test]
fn an_invalid_signing_key_is_reported() {
    let (sandbox, ..) = two();
    let text = sandbox.read("casebook.toml");
    sandbox.write("casebook.toml", &format!("{text}\n[signing]\n\"kenji@desk.example\" = [\"nonsense\"]\n"));
    let told = sandbox.run(&["check"]).fails(1).stdout;
    let line = text.lines().count() + 3;
    assert!(told.contains(&format!("casebook.toml:{line}:25: error: `nonsense` is not a key")), "{told}");
    assert_eq!(codes(&sandbox.found(&["--staged"])), Vec::<&str>::new());
}
