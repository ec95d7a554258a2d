//! Concealment: a customer cannot find out whether tickets of another organization exist.
//!
//! Two desks are alike to the byte, but that one of them has tickets of another organization. Ida, a customer of
//! Northwind, gives the same commands to both, at the same times and with the same seeds. Whatever she types, she must
//! not be able to tell in which of them she is: standard output, standard error and exit code are the same, byte by
//! byte. Commands that read the whole repository by design are named in [`OF_THE_CLONE`], and in docs/visibility.md.

pub mod questions;

use std::collections::BTreeSet;

use crate::fixtures::sandbox::{Outcome, Sandbox};
use casebook::cli::command;

use questions::{AT_LARGE, BY_QUERY, FEW, OF_THE_CLONE, ON_A_TICKET, QUERIES};

const IDA: &str = "ida@northwind.example";

/// Two desks, one with tickets of another organization and one without.
struct Twins {
    with: Sandbox,
    without: Sandbox,
    own: String,
    names: Vec<String>,
}

const ISSUES: &str = r#"{"id":"web-1","title":"Tiles are blank","description":"In one browser.","status":"open","priority":1,"created_at":"2026-10-01T08:00:00Z","created_by":"eve@acme.example","labels":["outage"]}
"#;

const MACROS: &str = "\n[macros.release]\nabout = \"Which release\"\nreply = \"Which release do you use?\"\n";

impl Twins {
    fn new() -> Self {
        let (with, without) = (Sandbox::new(), Sandbox::new());
        let mut twins = Self { with, without, own: String::new(), names: Vec::new() };
        for sandbox in [&mut twins.with, &mut twins.without] {
            sandbox.write("issues.jsonl", ISSUES);
            sandbox.enter("desk");
        }
        twins.both(&["init", "--template", "looker"]);
        for sandbox in [&twins.with, &twins.without] {
            let policy = sandbox.read("casebook.toml").replace("managers = []", "managers = [\"kenji@desk.example\"]");
            sandbox.write("casebook.toml", &(policy + MACROS));
            sandbox.git(&["commit", "-qam", "policy"]).ok();
        }
        twins.both(&["org", "new", "northwind", "domains=northwind.example", "plans=standard"]);
        twins.both(&["org", "person", "add", "northwind", IDA, "--role", "tech_support_editor"]);
        twins.own =
            twins.both(&["-q", "--as", IDA, "open", "-s", "A tile of ours", "-m", "It is gray.", "--key", "ours"]);
        let own = twins.own.clone();
        twins.both(&["reply", &own, "-m", "Which release?"]);
        twins.others();
        twins
    }

    /// Runs a command in both desks; returns the output.
    #[track_caller]
    fn both(&self, words: &[&str]) -> String {
        let (here, there) = (told(&self.with, words).ok(), told(&self.without, words).ok());
        assert_eq!(here.stdout, there.stdout);
        here.stdout.trim().to_owned()
    }

    /// Runs a command in one of them only. The other gets an empty commit.
    #[track_caller]
    fn one(&self, words: &[&str]) -> String {
        let done = self.with.run(words).ok();
        self.with.git(&["status"]).ok();
        self.without.run(&["--version"]).ok();
        self.without.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]).ok();
        done.stdout.trim().to_owned()
    }

    /// Makes the tickets of another organization.
    fn others(&mut self) {
        // A note of support on Ida's own ticket is concealed as well, and so are its tags.
        let own = self.own.clone();
        self.one(&["note", &own, "-m", "They pay late."]);
        self.one(&["tag", &own, "--add", "vip", "-m", "They pay much."]);
        self.one(&["tag", &own, "--remove", "vip"]);
        let eve = ["--as", "eve@acme.example"];
        let by = |who: &[&'static str], words: &[&'static str]| [who, words].concat();
        self.one(&["org", "new", "acme", "domains=acme.example", "plans=enhanced"]);
        self.one(&["org", "person", "add", "acme", "eve@acme.example", "--role", "tech_support_editor"]);
        self.one(&["org", "person", "add", "acme", "tina@acme.example", "--role", "technical_contact"]);
        let words = ["-q", "open", "-s", "Tiles time out", "-p", "S1", "-g", "reports_dashboards", "--key", "theirs"];
        let id = self.one(&[&eve[..], &words, &["--cc", "bo@acme.example", "-m", "All tiles."]].concat());
        self.one(&["assign", &id, "kenji@desk.example"]);
        self.one(&["tag", &id, "--add", "outage"]);
        self.one(&["reply", &id, "-m", "How large is the warehouse?"]);
        self.one(&[&eve[..], &["reply", &id, "-m", "Small.", "--key", "mails-1"]].concat());
        self.one(&[&eve[..], &["escalate", &id, "--reason", "business_impact", "-m", "Now!"]].concat());
        let request = self.one(&by(&["--as", "tina@acme.example"], &["-q", "access", "request", "-m", "I follow up."]));
        let twin = self.one(&[&eve[..], &["-q", "open", "-s", "Tiles, once more", "-m", "Again."]].concat());
        self.one(&["merge", &twin, "--into", &id]);
        self.one(&["import", "beads", "../issues.jsonl"]);
        let shifted = self.same_end();
        self.names = vec![id.clone(), id.to_lowercase(), id[..12].to_owned(), id[20..].to_owned(), id[22..].to_owned()];
        self.names.extend([request, twin, "web-1".to_owned(), shifted]);
    }

    /// Makes a ticket of the other organization whose id has the same suffix as Ida's own.
    fn same_end(&self) -> String {
        let listed =
            self.with.run(&["list", "requester:eve@acme.example", "--json=id,path", "--limit", "1"]).ok().json();
        self.without.run(&["--version"]).ok();
        let (id, path) = (listed[0]["id"].as_str().unwrap(), listed[0]["path"].as_str().unwrap());
        let crafted = format!("{}{}", &id[..18], &self.own[18..]);
        let text = self.with.read(path).replace(id, &crafted);
        self.with.write(path.replace(id, &crafted), &text.replace("theirs", "theirs-2"));
        for sandbox in [&self.with, &self.without] {
            sandbox.git(&["add", "-A"]).ok();
            sandbox.git(&["commit", "-q", "--allow-empty", "-m", "by hand"]).ok();
        }
        crafted
    }

    /// Runs a command of Ida's in both, asserts that the outcomes are the same, and returns one.
    #[track_caller]
    fn ask(&self, words: &[&str]) -> Outcome {
        let words = [&["--as", IDA], words].concat();
        let (here, there) = (told(&self.with, &words), told(&self.without, &words));
        let differ = (&here.code, &here.stdout, &here.stderr) != (&there.code, &there.stdout, &there.stderr);
        assert!(!differ, "{} tells that there is more\n{here:#?}\n{there:#?}", words.join(" "));
        here
    }

    fn head(&self) -> String {
        self.without.git(&["rev-parse", "HEAD"]).ok();
        self.with.git(&["rev-parse", "HEAD"]).ok().stdout
    }

    fn words<'a>(&'a self, line: &'a str, name: &'a str) -> Vec<&'a str> {
        let word = |word: &'a str| match word {
            "T" => name,
            "OWN" => &self.own,
            word => word,
        };
        line.split_whitespace().map(word).collect()
    }
}

/// Returns the output of a command without the path of the sandbox.
fn told(sandbox: &Sandbox, words: &[&str]) -> Outcome {
    let outcome = sandbox.run(words);
    let root = sandbox.root().to_string_lossy().into_owned();
    let name = |text: &str| text.replace(&root, "ROOT");
    Outcome { stdout: name(&outcome.stdout), stderr: name(&outcome.stderr), ..outcome }
}

#[test]
fn the_two_desks_differ_only_in_concealed_tickets() {
    let twins = Twins::new();
    for (sandbox, count) in [(&twins.with, "6\n"), (&twins.without, "1\n")] {
        assert_eq!(sandbox.run(&["list", "--all", "--count"]).ok().stdout, count);
    }
    for name in &twins.names {
        let shown = twins.with.run(&["show", name]);
        assert!(!shown.stderr.contains("no ticket"), "{name}: {}", shown.stderr);
        twins.without.run(&["show", name]).fails(3);
    }
    assert_eq!(twins.ask(&["list", "--count"]).ok().stdout, "1\n");
    assert_eq!(twins.ask(&["show", &twins.own[20..], "--json=id"]).ok().json()["id"], twins.own);
}

#[test]
fn no_verb_on_a_ticket_reveals_that_it_exists() {
    let twins = Twins::new();
    let head = twins.head();
    for line in ON_A_TICKET {
        // One verb tries every name; the others the id, its suffix, and the id of the import.
        let few = [0, 3, 7].map(|at| &twins.names[at]);
        for name in twins.names.iter().filter(|name| *line == "show T" || few.contains(name)) {
            let told = twins.ask(&twins.words(line, name));
            // `log` takes an argument that is not an id as a word of a query.
            assert!(told.code != Some(0) || line.starts_with("log"), "{} did something", told.command);
        }
    }
    assert_eq!(twins.head(), head, "and nothing was done");
}

#[test]
fn an_ambiguous_short_id_names_the_viewers_own_ticket() {
    let twins = Twins::new();
    for part in [&twins.own[..8], &twins.own[18..], &twins.own[22..]] {
        for line in ["show T", "show T --json", "log T", "sla --explain T", "list T", "reply T -m Thanks -n"] {
            twins.ask(&twins.words(line, part));
        }
        twins.ask(&["show", part]).ok();
    }
}

#[test]
fn no_query_and_no_count_reveals_concealed_tickets() {
    let twins = Twins::new();
    for sandbox in [&twins.with, &twins.without] {
        sandbox.wait("30d");
    }
    for line in BY_QUERY {
        // Some verbs try every query; the others, which read tickets by the same code, a few.
        let is_thorough = ["list QUERY --json", "log QUERY", "sla --all QUERY --json"].contains(line);
        for query in QUERIES.iter().filter(|query| is_thorough || FEW.contains(query)) {
            for name in if *query == "T" { &twins.names[..] } else { &twins.names[..1] } {
                let query = twins.words(query, name);
                let words = line.split(' ').flat_map(|word| if word == "QUERY" { query.clone() } else { vec![word] });
                twins.ask(&words.collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn no_verb_without_a_ticket_reveals_concealed_tickets() {
    let twins = Twins::new();
    for wait in ["0m", "30d"] {
        for sandbox in [&twins.with, &twins.without] {
            sandbox.wait(wait);
        }
        for line in AT_LARGE.iter().filter(|line| !line.starts_with("access request -m Please -")) {
            twins.ask(&twins.words(line, &twins.names[0]));
        }
    }
}

#[test]
fn a_key_used_on_a_concealed_ticket_is_free() {
    let twins = Twins::new();
    let told = twins.ask(&["-q", "open", "-s", "Ours", "-m", "Mine.", "--key", "theirs"]).ok();
    let again = twins.ask(&["-q", "open", "-s", "Ours", "-m", "Mine.", "--key", "theirs"]).ok();
    assert_eq!(told.stdout, again.stdout, "a retry is the first result");
    assert_eq!(twins.ask(&["-q", "open", "-s", "Ours", "-m", "Mine.", "--key", "ours"]).ok().stdout.trim(), twins.own);
}

#[test]
fn an_imported_id_is_not_hidden_by_a_concealed_short_id() {
    let twins = Twins::new();
    let end = &twins.names[4];
    let issue = ISSUES.replace("web-1", end).replace("eve@acme.example", IDA);
    for sandbox in [&twins.with, &twins.without] {
        sandbox.write("../own.jsonl", &issue);
        sandbox.run(&["import", "beads", "../own.jsonl"]).ok();
    }
    twins.ask(&["show", end, "--json=subject"]).ok();
}

#[test]
fn a_damaged_concealed_ticket_is_not_reported() {
    let twins = Twins::new();
    let path =
        twins.with.run(&["show", &twins.names[0], "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
    twins.without.run(&["--version"]).ok();
    let sound = twins.with.read(&path);
    for damage in ["junk: 1\n", "<<<<<<< ours\n"] {
        twins.with.write(&path, &(sound.clone() + damage));
        for line in BY_QUERY {
            twins.ask(&line.split(' ').filter(|word| *word != "QUERY").collect::<Vec<_>>());
        }
        for line in ["", "access list", "plan compare standard enhanced", "show T", "list --json", "reply T -m Me-too"]
        {
            twins.ask(&twins.words(line, &twins.names[0]));
        }
        twins.with.run(&["list"]).fails(7);
        twins.without.run(&["list"]).ok();
    }
}

#[test]
fn a_damaged_ticket_of_the_viewers_own_is_reported() {
    let twins = Twins::new();
    let path = twins.with.run(&["show", &twins.own, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
    twins.without.run(&["--version"]).ok();
    for sandbox in [&twins.with, &twins.without] {
        sandbox.write(&path, &(sandbox.read(&path).replace("action: reply", "action: rely")));
    }
    let told = twins.ask(&["list"]).fails(7);
    assert!(told.stderr.contains(&path), "{}", told.stderr);
    assert!(twins.ask(&["show", &twins.own]).fails(7).stderr.contains(&path));
}

#[test]
fn an_interrupted_command_on_a_concealed_ticket_is_not_reported() {
    let twins = Twins::new();
    let mut program = twins.with.program(&["reply", &twins.names[0], "-m", "A word."]);
    program.env("CASEBOOK_KILLED_AT", "journalled");
    let _ = program.output();
    twins.without.run(&["--version"]).ok();
    twins.ask(&[]).ok();
    twins.ask(&["list"]).ok();
    twins.ask(&["reply", &twins.own, "-m", "26.18."]).ok();
}

/// Returns the verbs of one of the lists.
fn first_words(lines: &[&'static str]) -> BTreeSet<&'static str> {
    lines.iter().filter_map(|line| line.split(' ').next()).filter(|word| !word.is_empty()).collect()
}

#[test]
fn every_verb_is_tried() {
    let (on_tickets, by_query) = (first_words(ON_A_TICKET), first_words(BY_QUERY));
    let at_large: BTreeSet<&str> = first_words(AT_LARGE).into_iter().chain(["open"]).collect();
    for verb in command().get_subcommands() {
        let name = verb.get_name();
        let mut below: Vec<&clap::Command> = vec![verb];
        below.extend(verb.get_subcommands());
        let takes = |wanted: &[&str]| {
            let names = |part: &&clap::Command| {
                part.get_arguments()
                    .flat_map(|argument| argument.get_value_names().unwrap_or_default())
                    .any(|name| wanted.contains(&name.as_str()))
            };
            below.iter().any(names)
        };
        if takes(&["TICKET", "SOURCE", "TARGET", "ENTRY"]) {
            assert!(on_tickets.contains(name), "`{name}` takes a ticket, and no test tries it");
        }
        if takes(&["QUERY"]) {
            assert!(by_query.contains(name), "`{name}` takes a query, and no test tries it");
        }
        let tried = on_tickets.contains(name) || by_query.contains(name) || at_large.contains(name);
        assert!(tried != OF_THE_CLONE.contains(&name), "`{name}` is either tried or named as being about the clone");
    }
}

#[test]
fn verbs_about_the_clone_are_listed_in_the_docs() {
    let page = include_str!("../../../../docs/visibility.md");
    for verb in OF_THE_CLONE.iter().filter(|verb| !["init", "demo"].contains(verb)) {
        assert!(
            page.contains(&format!("`{verb}`")),
            "docs/visibility.md does not say that `{verb}` is about the clone"
        );
    }
}
