//! The contract of every verb that writes (docs/cli.md): a dry run prints exactly what would happen and touches
//! nothing, a real run makes one commit of its own files, a key makes a retry harmless, a condition that does
//! not hold changes nothing, and JSON has one shape.

use std::collections::BTreeMap;
use std::fs;

use walkdir::WalkDir;

use crate::fixtures::sandbox::Sandbox;
use crate::reference::verbs;

/// A verb on a ticket: the commands before it, and its arguments after the ticket.
struct Case {
    verb: &'static str,
    before: &'static [&'static [&'static str]],
    words: &'static [&'static str],
}

const fn case(verb: &'static str, before: &'static [&'static [&'static str]], words: &'static [&'static str]) -> Case {
    Case { verb, before, words }
}

const ANSWERED: &[&[&str]] = &[&["reply", "-m", "Which release?"]];
const SOLVED: &[&[&str]] = &[&["solve", "--agreed-by", "ana@acme.example"]];

/// Verbs that write to an existing ticket. `OTHER` stands for another ticket, `ENTRY` for the ticket's first entry.
const CASES: &[Case] = &[
    case("reply", &[], &["-m", "Which release?"]),
    case("note", &[], &["-m", "As last spring."]),
    case("hold", &[], &["--reason", "engineering", "--team", "query engine", "--until", "+2d"]),
    case("resume", &[&["hold", "--reason", "workaround"]], &["-m", "On we go."]),
    case("remind", ANSWERED, &["--early"]),
    case("solve", &[], &["--agreed-by", "ana@acme.example", "-m", "It works."]),
    case("merge", &[], &["--into", "OTHER"]),
    case("reopen", SOLVED, &["-m", "It does not."]),
    case("escalate", &[], &["--reason", "business_impact", "-m", "The quarter ends."]),
    case("deescalate", &[&["escalate", "--reason", "business_impact", "-m", "Now!"]], &["-m", "Done."]),
    case("prioritize", &[], &["S1", "-m", "All of it."]),
    case("assign", &[], &["kenji@desk.example"]),
    case("cc", &[], &["--add", "bo@acme.example"]),
    case("attach", &[&["attach", ".gitattributes"]], &["casebook.toml"]),
    case("tag", &[], &["--add", "outage"]),
    case("set", &[], &["product=looker", "fields.region=emea"]),
    case("correct", &[], &["ENTRY", "--reason", "wrong", "-m", "It was noon."]),
    case("redact", &[], &["ENTRY", "--reason", "secret", "--subject", "Tiles", "-m", "A password."]),
];

/// Verbs that read, or make a desk or bring two together rather than change one; `open` and `import` have tests of
/// their own below, the others in files of theirs.
const OTHERS: &[&str] = &[
    "init",
    "audit",
    "guard",
    "hooks",
    "demo",
    "open",
    "list",
    "show",
    "log",
    "search",
    "changes",
    "access",
    "macro",
    "plan",
    "sla",
    "sweep",
    "schema",
    "check",
    "rule",
    "import",
    "calendar",
    "config",
    "team",
    "org",
    "sync",
    "resolve",
    "git-setup",
    "doctor",
    "merge-file",
    "textconv",
    "completions",
    "man",
    "help",
];

struct TestDesk {
    sandbox: Sandbox,
}

impl TestDesk {
    fn new() -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.run(&["init", "desk"]).ok();
        sandbox.enter("desk");
        let policy = sandbox.read("casebook.toml").replace("managers = []", "managers = [\"kenji@desk.example\"]");
        sandbox.write("casebook.toml", &policy);
        sandbox.git(&["commit", "-qam", "policy"]).ok();
        Self { sandbox }
    }

    fn open(&self) -> String {
        let words =
            ["-q", "open", "-s", "Tiles time out", "--requester", "ana@acme.example", "-m", "Since this morning."];
        self.sandbox.run(&words).ok().stdout.trim().to_owned()
    }

    /// Returns every file in the folder outside `.git` with its bytes, and the output of `git status`.
    fn state(&self) -> (BTreeMap<String, Vec<u8>>, String) {
        let files = WalkDir::new(self.sandbox.path(".")).into_iter().map(|entry| entry.unwrap());
        let files = files.filter(|file| file.file_type().is_file());
        let own = |path: &str| !path.contains("/.git/") || path.contains("/.git/casebook/");
        let files = files.map(|file| (file.path().to_string_lossy().into_owned(), file.path().to_owned()));
        let files = files.filter(|(name, _)| own(name) && !name.ends_with("/lock"));
        let files = files.map(|(name, path)| (name, fs::read(path).unwrap())).collect();
        let head = self.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout;
        (files, head + &self.sandbox.git(&["status", "--short"]).ok().stdout)
    }

    fn commits(&self) -> usize {
        self.sandbox.git(&["rev-list", "--count", "HEAD"]).ok().stdout.trim().parse().unwrap()
    }
}

/// Returns the arguments of a command for a ticket.
fn command<'a>(case: &Case, ticket: &'a str, other: &'a str) -> Vec<&'a str>
where
    'static: 'a,
{
    let word = |word: &&'static str| match *word {
        "OTHER" => other,
        "ENTRY" => ticket,
        word => word,
    };
    [case.verb, ticket].into_iter().chain(case.words.iter().map(word)).collect()
}

/// Returns the lines that were added or removed, without ids and times of the new entry.
fn changes(diff: &str) -> Vec<String> {
    let lines = diff
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---"));
    let fresh = |line: &&str| {
        ["+- id:", "+  at:", "+  since:", "+  until:", "+  entry:"].iter().any(|start| line.starts_with(start))
    };
    lines.filter(|line| !fresh(line)).map(str::to_owned).collect()
}

#[test]
fn every_verb_that_writes_is_in_the_table() {
    let here: Vec<&str> = CASES.iter().map(|case| case.verb).chain(OTHERS.iter().copied()).collect();
    for verb in verbs() {
        assert!(here.contains(&verb.as_str()), "`{verb}` has no promises here");
    }
}

#[test]
fn a_dry_run_prints_what_would_happen_and_touches_nothing() {
    let desk = TestDesk::new();
    for case in CASES {
        let (ticket, other) = (desk.open(), desk.open());
        for before in case.before {
            let words: Vec<&str> = [before[0], &ticket].into_iter().chain(before[1..].iter().copied()).collect();
            desk.sandbox.run(&words).ok();
        }
        let words = command(case, &ticket, &other);
        let stood = desk.state();
        let told = desk.sandbox.run(&[&words[..], &["--dry-run"]].concat()).ok();
        assert_eq!(desk.state(), stood, "{} --dry-run", case.verb);
        let as_json = desk.sandbox.run(&[&words[..], &["-n", "--json=id,status"]].concat()).ok();
        assert_eq!(desk.state(), stood, "{} --dry-run --json", case.verb);

        let count = desk.commits();
        let done = desk.sandbox.run(&[&words[..], &["--json=id,status"]].concat()).ok();
        assert_eq!(as_json.stdout, done.stdout, "{}", case.verb);
        assert_eq!(desk.commits(), count + 1, "{}", case.verb);
        let (diff, message) = told.stdout.split_once("\ncommit message:\n").expect("a diff and a message");
        let made = desk.sandbox.git(&["show", "--format=", "HEAD"]).ok().stdout;
        assert_eq!(changes(diff), changes(&made), "{}", case.verb);
        let subject = desk.sandbox.git(&["log", "-1", "--format=%s"]).ok().stdout;
        assert_eq!(message.lines().find(|line| !line.is_empty()), Some(format!("    {}", subject.trim()).as_str()));
    }
}

#[test]
fn a_dry_run_refuses_what_the_command_refuses() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let refused: [(&[&str], i32); 6] = [
        (&["resume", &ticket], 4),
        (&["remind", &ticket], 4),
        (&["reply", &ticket], 2),
        (&["reply", "ZZZZ9999", "-m", "x"], 3),
        (&["--as", "ana@acme.example", "hold", &ticket, "--reason", "other", "-m", "x"], 5),
        (&["note", &ticket, "-m", "x", "--if-status", "solved"], 6),
    ];
    let stood = desk.state();
    for (words, code) in refused {
        let dry = desk.sandbox.run(&[words, &["--dry-run"]].concat()).fails(code);
        let real = desk.sandbox.run(words).fails(code);
        assert_eq!((dry.stdout.as_str(), dry.stderr), ("", real.stderr), "{words:?}");
    }
    assert_eq!(desk.state(), stood);
}

#[test]
fn a_key_makes_a_retry_harmless_and_belongs_to_one_command() {
    let desk = TestDesk::new();
    for case in CASES {
        let (ticket, other) = (desk.open(), desk.open());
        for before in case.before {
            let words: Vec<&str> = [before[0], &ticket].into_iter().chain(before[1..].iter().copied()).collect();
            desk.sandbox.run(&words).ok();
        }
        let words = [&command(case, &ticket, &other)[..], &["--key", "one", "--json=id,version"]].concat();
        let first = desk.sandbox.run(&words).ok().stdout;
        let stood = desk.state();
        assert_eq!(desk.sandbox.run(&words).ok().stdout, first, "{}", case.verb);
        assert_eq!(desk.state(), stood, "{}", case.verb);
        let verb = if case.verb == "note" { "tag" } else { "note" };
        let more: &[&str] = if verb == "tag" { &["--add", "x"] } else { &["-m", "x"] };
        desk.sandbox.run(&[&[verb, ticket.as_str()], more, &["--key", "one"]].concat()).fails(4);
        assert_eq!(desk.state(), stood, "{}", case.verb);
    }
}

#[test]
fn a_condition_that_does_not_hold_changes_nothing() {
    let desk = TestDesk::new();
    let (ticket, other) = (desk.open(), desk.open());
    let stood = desk.state();
    for case in CASES {
        let words = command(case, &ticket, &other);
        desk.sandbox.run(&[&words[..], &["--if-status", "awaiting_reply"]].concat()).fails(6);
        desk.sandbox.run(&[&words[..], &["--if-version", &other]].concat()).fails(6);
    }
    assert_eq!(desk.state(), stood);
}

#[test]
fn no_commit_leaves_the_file_uncommitted_and_quiet_prints_nothing() {
    let desk = TestDesk::new();
    let (ticket, other) = (desk.open(), desk.open());
    for case in CASES.iter().filter(|case| case.before.is_empty() && !matches!(case.verb, "solve" | "merge")) {
        let count = desk.commits();
        let words = [&["-q"], &command(case, &ticket, &other)[..], &["--no-commit"]].concat();
        let told = desk.sandbox.run(&words).ok();
        assert_eq!((told.stdout.as_str(), told.stderr.as_str()), ("", ""), "{}", case.verb);
        assert_eq!(desk.commits(), count, "{}", case.verb);
    }
    let changed = desk.sandbox.git(&["status", "--short"]).ok().stdout;
    assert_eq!(changed.lines().count(), 1, "{changed}");
    desk.sandbox.run(&["check"]).ok();
}

#[test]
fn a_panic_exits_with_70_and_asks_for_a_report() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let stood = desk.state();
    let with_bug = |more: &str| format!("CASEBOOK_KILLED_AT=bug:decided casebook note {ticket} -m x {more}");
    let told = desk.sandbox.shell(&with_bug("")).fails(70);
    assert!(told.stderr.starts_with("casebook: this is a bug in casebook: "), "{}", told.stderr);
    let told = desk.sandbox.shell(&with_bug("--json")).fails(70);
    assert!(told.stderr.contains("\"code\": \"bug\""), "{}", told.stderr);
    assert_eq!(desk.state(), stood);
    desk.sandbox.run(&["note", &ticket, "-m", "x"]).ok();
}

#[test]
fn a_bug_in_the_middle_of_a_write_leaves_what_a_kill_leaves() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let entries = || desk.sandbox.shown(&ticket)["history"].as_array().unwrap().len();
    for step in ["locked", "journalled", "filed", "committed", "ended"] {
        let before = entries();
        let failed =
            desk.sandbox.shell(&format!("CASEBOOK_KILLED_AT=bug:{step} casebook note {ticket} -m x")).fails(70);
        let lines: Vec<&str> = failed.stderr.lines().collect();
        let [message, hint] = lines.as_slice() else { panic!("{step}: {}", failed.stderr) };
        assert!(message.starts_with("casebook: this is a bug in casebook: injected fault (src/"), "{step}: {message}");
        assert!(hint.starts_with("  please report it, "), "{step}: {hint}");
        assert_eq!(failed.stdout, "", "{step}");
        // The lock is free at once, and the next writer ends what was begun.
        desk.sandbox.shell(&format!("CASEBOOK_PATIENCE=0 casebook note {ticket} -m y")).ok();
        assert!(!desk.sandbox.path(".git/index.lock").exists(), "{step}");
        assert!((before + 1..=before + 2).contains(&entries()), "{step}");
        desk.sandbox.run(&["check"]).ok();
        assert_eq!(desk.sandbox.git(&["status", "--short"]).ok().stdout, "", "{step}");
    }
}

#[test]
fn a_bug_in_a_thread_ends_the_command_as_well() {
    let desk = TestDesk::new();
    desk.open();
    let failed = desk.sandbox.shell("CASEBOOK_KILLED_AT=bug:read casebook check --json").fails(70);
    let error: serde_json::Value = serde_json::from_str(&failed.stderr).unwrap();
    assert_eq!(error["error"]["code"], "bug");
    assert!(error["error"]["message"].as_str().unwrap().contains("injected fault (src/"), "{error}");
    assert_eq!(failed.stdout, "");
}

#[test]
fn open_and_import_keep_the_same_contract() {
    let desk = TestDesk::new();
    let open = ["open", "-s", "Disk full", "-m", "97 %", "--key", "alert-1"];
    let issue = r#"{"id":"web-1","title":"Blank","status":"open","priority":1,"created_at":"2026-10-01T08:00:00Z"}"#;
    desk.sandbox.write("../issues.jsonl", issue);
    let import = ["import", "beads", "../issues.jsonl"];
    for words in [&open[..], &import[..]] {
        let stood = desk.state();
        let told = desk.sandbox.run(&[words, &["--dry-run"]].concat()).ok().stdout;
        assert!(told.contains("--- /dev/null") && told.contains("\ncommit message:\n"), "{told}");
        assert_eq!(desk.state(), stood);
        let (count, tickets) = (desk.commits(), stood.0.len());
        desk.sandbox.run(&[words, &["--json=id"]].concat()).ok();
        assert_eq!(desk.commits(), count + 1);
        let stood = desk.state();
        assert_eq!(stood.0.len(), tickets + 1);
        desk.sandbox.run(words).ok();
        assert_eq!(desk.state(), stood, "{words:?} again");
    }
    let shape = desk.sandbox.run(&["import", "beads", "../issues.jsonl", "--json"]).ok().stdout;
    assert_eq!(shape.trim(), "[]");
}

#[test]
fn an_imported_comment_from_before_the_opening_is_not_the_last_activity() {
    let desk = TestDesk::new();
    let issue = r#"{"id":"web-1","title":"Blank","status":"open","priority":1,"created_at":"2026-05-01T08:00:00Z","comments":[{"id":1,"author":"bo","text":"Earlier.","created_at":"2020-01-01T00:00:00Z"}]}"#;
    desk.sandbox.write("../issues.jsonl", issue);
    let told =
        desk.sandbox.run(&["import", "beads", "../issues.jsonl", "--json=created_at,last_activity_at"]).ok().json();
    let opened = "2026-05-01T08:00:00Z";
    assert_eq!(told, serde_json::json!([{ "created_at": opened, "last_activity_at": opened }]));
    assert_eq!(desk.sandbox.run(&["list", "updated:<2021-01-01", "--count"]).ok().stdout.trim(), "0");
    for index in [&[][..], &["--no-index"]] {
        let listed = desk.sandbox.run(&[&["list", "--json=created_at,last_activity_at"], index].concat()).ok().json();
        assert!(listed.as_array().unwrap().contains(&told[0]), "{listed}");
    }
}

#[test]
fn a_done_command_succeeds_if_its_output_cannot_be_written() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let entries = || desk.sandbox.shown(&ticket)["history"].as_array().unwrap().len();
    let before = entries();
    // Nothing was done: a retry does no harm.
    let told = desk.sandbox.shell(&format!("casebook show {ticket} --json >/dev/full")).fails(6);
    assert!(told.stderr.contains("make room"), "{}", told.stderr);
    desk.sandbox.shell(&format!("casebook note {ticket} -m One. -n >/dev/full")).fails(6);
    assert_eq!(entries(), before);
    // The command was done: a retry would do it twice.
    for more in ["", "--json"] {
        let told = desk.sandbox.shell(&format!("casebook note {ticket} -m One. {more} >/dev/full")).ok();
        assert!(told.stderr.contains("the command is done, but its result could not be printed"), "{}", told.stderr);
    }
    assert_eq!(entries(), before + 2);
}

#[test]
fn an_import_refuses_the_key_it_does_not_need() {
    let desk = TestDesk::new();
    let told = desk.sandbox.run(&["import", "beads", "../nothing.jsonl", "--key", "one"]).fails(2);
    assert!(told.stderr.contains("a second run changes nothing"), "{}", told.stderr);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let desk = TestDesk::new();
    desk.open();
    for verb in ["list", "log", "man", "--help", ""] {
        let told =
            desk.sandbox.shell(&format!("{{ casebook {verb}; echo $? >code; }} | true; sleep 0.1; cat code")).ok();
        assert_eq!((told.stdout.trim(), told.stderr.as_str()), ("0", ""), "{verb}");
    }
}

#[test]
fn without_an_identity_verbs_neither_read_nor_write() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let without = |words: &str| desk.sandbox.shell(&format!("GIT_CONFIG_GLOBAL=/dev/null casebook {words}"));
    without(&format!("show {ticket}")).ok();
    without("list").ok();
    without("check").ok();
    let stood = desk.state();
    for words in [format!("note {ticket} -m x"), "open -s x -m x".to_owned(), format!("solve {ticket} -n")] {
        assert!(without(&words).fails(5).stderr.contains("cannot determine who is running this command"), "{words}");
    }
    assert_eq!(desk.state(), stood);
}

#[test]
fn the_desk_is_found_from_a_subfolder_by_flag_and_by_variable() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    let finds = |command: &str| assert!(desk.sandbox.shell(command).ok().stdout.contains(&ticket), "{command}");
    finds("cd tickets && casebook list");
    finds("cd / && casebook -C \"$OLDPWD\" list");
    finds("CASEBOOK_DIR=$PWD; export CASEBOOK_DIR; cd / && casebook list");
    desk.sandbox.shell("cd / && casebook list").fails(3);
}

#[test]
fn an_action_without_its_text_has_one_code_everywhere() {
    let desk = TestDesk::new();
    let ticket = desk.open();
    for words in [
        &["reply", &ticket][..],
        &["reply", &ticket, "-m", " "],
        &["note", &ticket],
        &["hold", &ticket, "--reason", "other"],
        &["escalate", &ticket, "--reason", "business_impact"],
        &["prioritize", &ticket, "S1"],
        &["correct", &ticket, &ticket, "--reason", "x"],
        &["solve", &ticket, "--resolution", "withdrawn"],
        &["open", "-s", "x"],
    ] {
        let told = desk.sandbox.run(&[words, &["--json"]].concat()).fails(2).stderr;
        let error: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(error["error"]["code"], "text.missing", "{words:?}");
    }
}
