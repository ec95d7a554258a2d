//! Completions: the answers to each shell, with a desk and without one, and the script in a real bash.

use std::collections::BTreeMap;
use std::process::Command;

use walkdir::WalkDir;

use crate::sandbox::{Outcome, Running, Sandbox};

/// A desk with tickets, an organization and a macro. The saved query `triage` is that of every new desk.
struct Desk {
    sandbox: Sandbox,
    /// The short ids of the tickets, the oldest first.
    short_ids: Vec<String>,
}

impl Desk {
    fn new() -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.run(&["init", "desk"]).ok();
        sandbox.enter("desk");
        sandbox.run(&["org", "new", "acme", "name=Acme"]).ok();
        sandbox.run(&["org", "person", "add", "acme", "ana@acme.example", "--name", "Ana Lima"]).ok();
        let own = "\n[macros.ask_release]\nabout = \"Ask for the release\"\n\
                   text = \"Which release?\"\nactions = [{ action = \"reply\" }]\n";
        let settings = sandbox.read("casebook.toml") + own;
        sandbox.write("casebook.toml", &settings);
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "-qm", "policy"]).ok();
        let mut short_ids = Vec::new();
        for subject in ["Tiles time out", "Export: \u{1b}[31mempty", "Login fails"] {
            let words = ["open", "-s", subject, "--requester", "ana@acme.example", "-m", "Hi.", "--json=short_id"];
            short_ids.push(sandbox.run(&words).ok().json()["short_id"].as_str().unwrap().to_owned());
        }
        sandbox.run(&["solve", &short_ids[2], "--agreed-by", "ana@acme.example"]).ok();
        Self { sandbox, short_ids }
    }

    /// Completes the last word of a line, as a shell does.
    fn complete(&self, shell: &str, line: &str) -> Outcome {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = self.sandbox.program(&[&["--"], words.as_slice()].concat());
        command.env("COMPLETE", shell).env("_CLAP_IFS", "\n");
        command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
        Running::start(command).finish()
    }

    /// Returns the candidates for the last word of a line.
    fn candidates(&self, line: &str) -> Vec<String> {
        let outcome = self.complete("bash", line).ok();
        assert_eq!(outcome.stderr, "");
        outcome.stdout.lines().map(str::to_owned).collect()
    }

    /// Returns every file with its bytes, also in the state directory.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = WalkDir::new(self.sandbox.path(".")).into_iter().map(|entry| entry.unwrap());
        let files = files.filter(|file| file.file_type().is_file());
        files.map(|file| (file.path().to_string_lossy().into_owned(), std::fs::read(file.path()).unwrap())).collect()
    }
}

#[test]
fn each_shell_gets_tickets_in_its_own_form() {
    let desk = Desk::new();
    let [first, second, third] = desk.short_ids.as_slice() else { panic!("three tickets") };
    let tickets = |shell: &str| {
        let lines = desk.complete(shell, "casebook show ").ok().stdout;
        lines.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    // Unsolved tickets come first, the newest of them first.
    assert_eq!(tickets("bash"), [second, first, third].map(String::clone));
    assert!(desk.candidates("casebook show -").contains(&"--diff".to_owned()));
    assert!(desk.candidates("casebook hold X ").contains(&"--reason".to_owned()));
    let (export, tiles) = ("Export: \u{241b}[31mempty", "Tiles time out");
    assert_eq!(tickets("fish")[..2], [format!("{second}\t{export}"), format!("{first}\t{tiles}")]);
    assert_eq!(tickets("zsh")[..2], [format!("{second}:{export}"), format!("{first}:{tiles}")]);
}

#[test]
fn the_script_of_each_shell_asks_casebook() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish"] {
        let script = sandbox.run(&["completions", shell]).ok().stdout;
        assert!(
            script.contains(&format!("COMPLETE=\"{shell}\"")) || script.contains(&format!("COMPLETE={shell}")),
            "{script}"
        );
    }
    sandbox.run(&["completions", "tcsh"]).fails(2);
}

#[test]
fn every_verb_is_offered() {
    let desk = Desk::new();
    let shown = desk.candidates("casebook ");
    for verb in crate::reference::verbs() {
        let is_shown = shown.contains(&verb);
        assert!(is_shown != casebook::cli::PLUMBING.contains(&verb.as_str()), "{verb}");
        assert!(desk.candidates(&format!("casebook {verb}")).contains(&verb), "{verb}");
    }
    assert!(desk.candidates("casebook reply X --if-").contains(&"--if-version".to_owned()));
}

#[test]
fn the_values_of_the_desk_are_offered() {
    let desk = Desk::new();
    let first = &desk.short_ids[0];
    for (line, expected) in [
        (format!("casebook reply {}", first[..3].to_lowercase()), vec![first.as_str()]),
        ("casebook merge X --into ZZZZ".to_owned(), vec![]),
        ("casebook assign X k".to_owned(), vec!["kenji@desk.example"]),
        ("casebook cc X --add an".to_owned(), vec!["ana@acme.example"]),
        ("casebook --as an".to_owned(), vec!["ana@acme.example"]),
        ("casebook -C . --as an".to_owned(), vec!["ana@acme.example"]),
        ("casebook org show ".to_owned(), vec!["acme"]),
        ("casebook macro a".to_owned(), vec!["ask_release"]),
        ("casebook prioritize X S1".to_owned(), vec!["S1"]),
        ("casebook list @".to_owned(), vec!["@triage"]),
        ("casebook list st".to_owned(), vec!["status:"]),
        ("casebook list status:open,on".to_owned(), vec!["status:open,on_hold"]),
        ("casebook list -status:so".to_owned(), vec!["-status:solved"]),
        ("casebook ls org:".to_owned(), vec!["org:acme"]),
        ("casebook search x is:uns".to_owned(), vec!["is:unsolved"]),
        ("casebook list --status on".to_owned(), vec!["on_hold"]),
        ("casebook list --assignee=ken".to_owned(), vec!["--assignee=kenji@desk.example"]),
        ("casebook hold X --reason eng".to_owned(), vec!["engineering"]),
        ("casebook rule CB101".to_owned(), vec!["CB101"]),
        ("casebook help age".to_owned(), vec!["agents"]),
        ("casebook merg".to_owned(), vec!["merge"]),
        ("casebook merge-".to_owned(), vec!["merge-file"]),
        ("casebook tak".to_owned(), vec!["take"]),
    ] {
        assert_eq!(desk.candidates(&line), expected, "{line}");
    }
}

#[test]
fn a_completion_sees_what_its_viewer_sees() {
    let desk = Desk::new();
    let as_ana = desk.candidates("casebook --as ana@acme.example show ");
    assert_eq!(as_ana, [1, 0, 2].map(|ticket| desk.short_ids[ticket].clone()));
    let is_ticket = |candidate: &String| desk.short_ids.contains(candidate);
    assert!(!desk.candidates("casebook --as bo@acme.example show ").iter().any(is_ticket));
    assert_eq!(desk.candidates("casebook --as bo@acme.example assign X k"), Vec::<String>::new());
}

#[test]
fn a_completion_writes_nothing_and_does_not_fail() {
    let desk = Desk::new();
    let state = desk.sandbox.path(".git/casebook");
    std::fs::remove_dir_all(&state).unwrap();
    for viewer in ["kenji@desk.example", "ana@acme.example"] {
        let before = desk.files();
        assert!(desk.candidates(&format!("casebook --as {viewer} show ")).contains(&desk.short_ids[0]));
        assert!(desk.files() == before && !state.exists(), "{viewer}");
    }
    let is_ticket = |candidate: &String| desk.short_ids.contains(candidate);
    for line in ["casebook -C nowhere show ", "casebook -C / show ", "casebook show x --bad "] {
        assert!(!desk.candidates(line).iter().any(is_ticket), "{line}");
    }
    desk.sandbox.write("casebook.toml", "format = ");
    assert!(!desk.candidates("casebook show ").iter().any(is_ticket));
    assert_eq!(desk.candidates("casebook list --status on"), ["on_hold"]);
}

#[test]
fn a_completion_reads_an_index_that_is_out_of_date_and_leaves_it() {
    let desk = Desk::new();
    let issue = |n: u32| {
        let created_at = format!("2026-01-02T03:{n:02}:05Z");
        format!(
            "{{\"id\":\"x-{n}\",\"title\":\"Issue {n}\",\"status\":\"open\",\"priority\":2,\"created_at\":\"{created_at}\"}}\n"
        )
    };
    desk.sandbox.write("../issues.jsonl", &(0..40).map(issue).collect::<String>());
    desk.sandbox.run(&["import", "beads", "../issues.jsonl"]).ok();
    // A file that has just changed is not added to the index.
    let settle = || std::thread::sleep(std::time::Duration::from_millis(100));
    settle();
    let listed = desk.sandbox.run(&["list", "--all", "--count"]).ok();
    assert!(listed.stdout == "43\n" && desk.sandbox.path(".git/casebook/index").exists(), "{}", listed.stdout);
    let newest = &desk.short_ids[1];
    desk.sandbox.run(&["solve", newest, "--agreed-by", "ana@acme.example"]).ok();
    desk.sandbox.run(&["open", "-s", "New", "--requester", "ana@acme.example", "-m", "Hi."]).ok();
    settle();
    for viewer in ["kenji@desk.example", "ana@acme.example"] {
        let before = desk.files();
        let offered = desk.candidates(&format!("casebook --as {viewer} show "));
        assert!(offered.len() == if viewer.starts_with("ana") { 4 } else { 44 }, "{offered:?}");
        assert_eq!(offered[1], desk.short_ids[0], "{offered:?}");
        assert!(offered[offered.len() - 2..].contains(newest), "{offered:?}");
        assert!(desk.files() == before, "{viewer}");
    }
}

#[test]
fn the_variable_alone_does_not_change_a_command() {
    let desk = Desk::new();
    let mut command = desk.sandbox.program(&["list", "--all", "--count"]);
    command.env("COMPLETE", "bash");
    assert_eq!(Running::start(command).finish().ok().stdout, "3\n");
}

#[test]
fn values_that_a_shell_would_execute_are_not_offered() {
    let desk = Desk::new();
    let settings = desk.sandbox.read("casebook.toml").replace("triage =", "\"$(id)\" = \"is:open\"\ntriage =");
    desk.sandbox.write("casebook.toml", &settings);
    assert_eq!(desk.candidates("casebook list @"), ["@triage"]);
}

/// Returns a script of bash that completes a line, split into words as readline splits it, and prints the candidates.
fn in_bash(line: &str, words: &[&str], word: &str) -> String {
    let words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    format!(
        "source <(casebook completions bash); COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({words})\n\
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _casebook casebook '{word}' ''; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    )
}

#[test]
fn a_real_bash_completes_words_that_readline_splits() {
    let desk = Desk::new();
    if Command::new("bash").arg("--version").output().is_err() {
        return;
    }
    for (line, words, word, expected) in [
        ("casebook list status:on", &["casebook", "list", "status", ":", "on"][..], "on", "on_hold\n"),
        ("casebook list status:", &["casebook", "list", "status", ":"], "", "open\nawaiting_reply\non_hold\nsolved\n"),
        ("casebook list -org:ac", &["casebook", "list", "-org", ":", "ac"], "ac", "acme\n"),
        ("casebook --as ana@acme", &["casebook", "--as", "ana", "@acme"], "@acme", "@acme.example\n"),
        ("casebook list @tri", &["casebook", "list", "@tri"], "@tri", "@triage\n"),
        (
            "casebook --as kenji@desk.example  help age",
            &["casebook", "--as", "kenji", "@desk.example", "help", "age"],
            "age",
            "agents\n",
        ),
    ] {
        let mut bash = desk.sandbox.command("bash");
        bash.args(["--norc", "-c", &in_bash(line, words, word)]);
        let outcome = Running::start(bash).finish().ok();
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (expected, ""), "{line}");
    }
}
