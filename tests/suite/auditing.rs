//! `audit`: every kind of tampering is found by its rule, with its commit, ticket and entry, and nothing else is.

mod merges;
mod reports;
pub mod signing;

use std::fs;

use serde_json::Value;

use crate::desk::desk;
use crate::sandbox::Sandbox;

/// A desk with a ticket of four entries, and one of one.
pub struct Scene {
    /// Where it lies.
    pub sandbox: Sandbox,
    /// The ticket.
    pub ticket: String,
    /// Its file.
    pub file: String,
}

impl Scene {
    /// The desk as commands made it: Kenji is its agent, Ana asks.
    pub fn new() -> Self {
        let sandbox = desk();
        sandbox.opened("Another one", &[]);
        let ticket = sandbox.opened("Tiles", &[]);
        sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
        sandbox.run(&["--as", "ana@acme.example", "reply", &ticket, "-m", "26.18"]).ok();
        sandbox.run(&["note", &ticket, "-m", "A note.", "--key", "k"]).ok();
        let file = sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned();
        Self { sandbox, ticket, file }
    }

    /// The file's text up to the first entry, its entries, and no end marker.
    fn parts(&self) -> (String, Vec<String>) {
        let text = self.sandbox.read(&self.file);
        let (head, history) = text.split_once("\nhistory:\n").unwrap();
        let entries = history.strip_suffix("...\n").unwrap().split("\n- ").map(|entry| {
            format!("- {}\n", entry.trim_start_matches("- ").trim_end())
        });
        (format!("{head}\nhistory:\n"), entries.collect())
    }

    /// Writes the file anew.
    fn put(&self, head: &str, entries: &[String]) {
        self.sandbox.write(&self.file, &format!("{head}{}...\n", entries.join("\n")));
    }

    /// Changes the entries by hand.
    fn edit(&self, change: impl FnOnce(&mut Vec<String>)) {
        let (head, mut entries) = self.parts();
        change(&mut entries);
        self.put(&head, &entries);
    }

    /// Adds an entry by hand, behind the last one, by a word for its time and its lines.
    pub fn add(&self, time: &str, lines: &[&str]) {
        let (head, mut entries) = self.parts();
        entries.push(entry(time, lines));
        self.put(&head, &entries);
    }

    /// Sets the status in the header.
    pub fn status(&self, status: &str) {
        let text = self.sandbox.read(&self.file);
        let line = text.lines().find(|line| line.starts_with("status: ")).unwrap().to_owned();
        self.sandbox.write(&self.file, &text.replacen(&line, &format!("status: {status}"), 1));
    }

    /// Commits whatever lies there.
    pub fn commit(&self) -> String {
        self.sandbox.git(&["add", "-A"]).ok();
        self.sandbox.git(&["commit", "-q", "--no-verify", "-m", "By hand"]).ok();
        self.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned()
    }

    /// The rules an audit finds broken, with their severities.
    #[track_caller]
    pub fn findings(&self, flags: &[&str]) -> Vec<Value> {
        let told = self.sandbox.run(&[&["audit", "--format", "json"], flags].concat());
        assert!(matches!(told.code, Some(0 | 1)), "{}{}", told.stdout, told.stderr);
        told.json().as_array().unwrap().clone()
    }

    /// The words of the rules.
    #[track_caller]
    pub fn rules(&self, flags: &[&str]) -> Vec<String> {
        self.findings(flags).iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    }
}

/// An entry as the printer spells it. Its id is made at a time: `2026-11-21T10:00:00Z`.
pub fn entry(time: &str, lines: &[&str]) -> String {
    let at: chrono::DateTime<chrono::Utc> = time.parse().unwrap();
    let id = casebook::domain::id::Id::at(at, 7);
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("- id: {id}\n  at: {time}\n{lines}")
}

/// Behind everything the scene did.
pub const LATER: &str = "2026-11-21T09:30:00Z";

#[test]
fn what_commands_do_is_clean() {
    let scene = Scene::new();
    let (sandbox, ticket) = (&scene.sandbox, &scene.ticket);
    let other = sandbox.opened("Tiles again", &[]);
    for words in [
        &["merge", &other, "--into", ticket][..],
        &["--as", "ana@acme.example", "reply", &other, "-m", "More."],
        &["reopen", &other, "--unmerge"],
        &["hold", ticket, "--reason", "engineering"],
        &["hold", ticket, "--reason", "workaround"],
        &["resume", ticket],
        &["reply", ticket, "-m", "Stays open.", "--keep-open"],
        &["escalate", ticket, "--reason", "business_impact", "-m", "Now."],
        &["prioritize", ticket, "S1", "-m", "Worse."],
        &["assign", ticket, "kenji@desk.example"],
        &["set", ticket, "product_group=other", "fields.region=emea"],
        &["cc", ticket, "--add", "bo@acme.example"],
        &["tag", ticket, "--add", "outage"],
        &["--as", "bo@acme.example", "reply", ticket, "-m", "Me too."],
        &["--as", "bo@acme.example", "solve", ticket],
        &["reopen", ticket],
        &["solve", ticket, "--resolution", "bug_reported", "--bug", "B-1", "--bug-priority", "S2", "--eta", "+3d"],
    ] {
        sandbox.run(words).ok();
    }
    let told = sandbox.run(&["audit", "--identity", "--strict"]).ok();
    assert!(told.stdout.ends_with("commits audited: 0 errors, 0 warnings\n"), "{}", told.stdout);
    assert_eq!(told.stderr, "");
}

#[test]
fn silence_and_imports_are_clean_and_counted() {
    let scene = Scene::new();
    let (sandbox, ticket) = (&scene.sandbox, &scene.ticket);
    sandbox.run(&["reply", ticket, "-m", "And?"]).ok();
    for _ in 0..2 {
        sandbox.wait("4d");
        sandbox.run(&["remind", ticket]).ok();
    }
    sandbox.run(&["solve", ticket, "--resolution", "no_response"]).ok();
    sandbox.write("issues.jsonl", "{\"id\":\"b-1\",\"title\":\"Old\",\"status\":\"closed\",\"priority\":1,\"issue_type\":\"bug\",\"created_at\":\"2025-01-01T00:00:00Z\",\"created_by\":\"x\",\"updated_at\":\"2025-01-02T00:00:00Z\",\"closed_at\":\"2025-01-02T00:00:00Z\"}\n");
    sandbox.run(&["import", "beads", "issues.jsonl"]).ok();
    let told = sandbox.run(&["audit", "--identity", "--strict"]).ok().stdout;
    assert!(told.contains("exempt from --identity: ") && !told.contains(" 0 imported"), "{told}");
}

/// A tampering: what it is called, how it is done, and the rules that find it.
type Tampering = (&'static str, fn(&Scene), &'static [&'static str]);

const AGENT: [&str; 2] = ["by: kenji@desk.example", "role: agent"];

const TAMPERINGS: &[Tampering] = &[
    ("an entry is removed", |scene| scene.edit(|entries| _ = entries.remove(2)), &["header.differs", "history.removed"]),
    ("the last entry is removed", |scene| scene.edit(|entries| _ = entries.pop()), &["history.removed"]),
    ("a text is edited", |scene| scene.edit(|entries| entries[1] = entries[1].replace("Which", "What")), &["history.edited"]),
    ("the last text goes on", |scene| scene.edit(|entries| entries[3].push_str("    More.\n")), &["history.edited"]),
    ("a person is replaced", |scene| scene.edit(|entries| entries[1] = entries[1].replace("kenji", "lea")), &["history.edited"]),
    ("a spelling is changed", |scene| scene.edit(|entries| entries[3] = entries[3].replace("key: k", "key: 'k'")), &["history.edited"]),
    ("a comment comes in", |scene| scene.edit(|entries| entries[1].push_str("  # so\n")), &["history.edited"]),
    ("two entries are swapped", |scene| scene.edit(|entries| entries.swap(2, 3)), &["history.reordered"]),
    ("the header alone says something else", |scene| scene.status("solved"), &["header.differs"]),
    ("the file goes", |scene| fs::remove_file(scene.sandbox.path(&scene.file)).unwrap(), &["ticket.deleted"]),
    (
        "the file is moved away",
        |scene| {
            fs::create_dir(scene.sandbox.path("archive")).unwrap();
            fs::rename(scene.sandbox.path(&scene.file), scene.sandbox.path("archive/old.yaml")).unwrap();
        },
        &["ticket.moved"],
    ),
    (
        "the file is moved among tickets",
        |scene| {
            let to = scene.file.replace("/11/", "/12/");
            fs::create_dir_all(scene.sandbox.path("tickets/2026/12")).unwrap();
            fs::rename(scene.sandbox.path(&scene.file), scene.sandbox.path(to)).unwrap();
        },
        &["ticket.moved", "file.misplaced"],
    ),
    (
        "a link takes its place",
        |scene| {
            fs::remove_file(scene.sandbox.path(&scene.file)).unwrap();
            std::os::unix::fs::symlink("/etc/hostname", scene.sandbox.path(&scene.file)).unwrap();
        },
        &["file.not_plain"],
    ),
    (
        "conflict markers are committed",
        |scene| scene.edit(|entries| entries[3].insert_str(0, "<<<<<<< ours\n")),
        &["history.unreadable"],
    ),
    (
        "what was damaged comes back with less",
        |scene| {
            let whole = scene.sandbox.read(&scene.file);
            scene.edit(|entries| entries[3].insert_str(0, "<<<<<<< ours\n"));
            scene.commit();
            scene.sandbox.write(&scene.file, &whole);
            scene.edit(|entries| entries[1] = entries[1].replace("Which", "What"));
        },
        &["history.unreadable", "history.edited"],
    ),
    (
        "what was deleted comes back with less",
        |scene| {
            let whole = scene.sandbox.read(&scene.file);
            fs::remove_file(scene.sandbox.path(&scene.file)).unwrap();
            scene.commit();
            scene.sandbox.write(&scene.file, &whole);
            scene.edit(|entries| _ = entries.pop());
        },
        &["ticket.deleted", "history.removed"],
    ),
    (
        "somebody claims to be an agent",
        |scene| scene.add(LATER, &["by: bo@acme.example", "role: agent", "action: note", "from: open", "text: x"]),
        &["entry.rights"],
    ),
    (
        "a stranger replies",
        |scene| scene.add(LATER, &["by: bo@acme.example", "role: customer", "action: reply", "from: open", "text: x"]),
        &["entry.rights"],
    ),
    (
        "somebody makes themselves an agent in the same commit",
        |scene| {
            let config = scene.sandbox.read("casebook.toml");
            scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"bo@acme.example\", "));
            scene.add(LATER, &["by: bo@acme.example", "role: agent", "action: note", "from: open", "text: x"]);
        },
        &["entry.rights"],
    ),
    (
        "an action the status does not allow",
        |scene| scene.add(LATER, &[AGENT[0], AGENT[1], "action: resume", "from: open", "to: open"]),
        &["entry.illegal"],
    ),
    (
        "a status the action does not lead to",
        |scene| {
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: note", "from: open", "to: solved", "text: x"]);
            scene.status("solved");
        },
        &["entry.status"],
    ),
    (
        "a status that never was",
        |scene| {
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: resume", "from: on_hold", "to: open"]);
        },
        &["entry.illegal"],
    ),
    (
        "a reply without words",
        |scene| {
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: reply", "from: open", "to: awaiting_reply"]);
            scene.status("awaiting_reply");
        },
        &["entry.no_text"],
    ),
    (
        "a redaction of nothing",
        |scene| {
            let entry = "entry: 01M7ZK369RH2Y4D6F8J0M2Q4S6";
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: redact", "from: open", entry, "reason: r", "text: x"]);
        },
        &["entry.refers"],
    ),
    (
        "an entry of the day after tomorrow",
        |scene| scene.add("2026-11-23T09:30:00Z", &[AGENT[0], AGENT[1], "action: note", "from: open", "text: x"]),
        &["entry.time"],
    ),
    (
        "an entry older than its id",
        |scene| {
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: note", "from: open", "text: x"]);
            scene.edit(|entries| entries[4] = entries[4].replace("at: 2026-11-21", "at: 2026-11-11"));
        },
        &["entry.time"],
    ),
    (
        "one side of a merge",
        |scene| {
            let source = "source: 01M7ZK369RH2Y4D6F8J0M2Q4S6";
            scene.add(LATER, &[AGENT[0], AGENT[1], "action: merged", "from: open", source]);
            let text = scene.sandbox.read(&scene.file);
            let list = "merged_from:\n- 01M7ZK369RH2Y4D6F8J0M2Q4S6\n\nhistory:";
            scene.sandbox.write(&scene.file, &text.replacen("\nhistory:", list, 1));
        },
        &["entry.alone"],
    ),
    (
        "a customer's side of a merge",
        |scene| {
            let source = "source: 01M7ZK369RH2Y4D6F8J0M2Q4S6";
            scene.add(LATER, &["by: ana@acme.example", "role: customer", "action: merged", "from: open", source]);
            let text = scene.sandbox.read(&scene.file);
            let list = "merged_from:\n- 01M7ZK369RH2Y4D6F8J0M2Q4S6\n\nhistory:";
            scene.sandbox.write(&scene.file, &text.replacen("\nhistory:", list, 1));
        },
        &["entry.rights"],
    ),
    (
        "an entry put before another",
        |scene| {
            let note = entry("2026-11-21T09:01:30Z", &[AGENT[0], AGENT[1], "action: note", "from: open", "text: x"]);
            scene.edit(|entries| entries.insert(1, note));
        },
        &["entry.order", "history.inserted"],
    ),
    ("casebook.toml is broken", |scene| scene.sandbox.write("casebook.toml", "format = \n"), &["policy.unreadable"]),
];

#[test]
fn every_tampering_is_found_by_its_rule() {
    let mut wrong = Vec::new();
    for (name, tamper, expected) in TAMPERINGS {
        let scene = Scene::new();
        tamper(&scene);
        let commit = scene.commit();
        let findings = scene.findings(&[]);
        let mut rules: Vec<&str> = findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
        let mut expected = expected.to_vec();
        rules.sort_unstable();
        expected.sort_unstable();
        if rules != expected {
            wrong.push(format!("{name}: {findings:#?}"));
        }
        if !findings.iter().any(|finding| finding["commit"] == *commit) {
            wrong.push(format!("{name}: no finding names the commit"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_finding_names_commit_ticket_entry_and_what_changed() {
    let scene = Scene::new();
    let reply = scene.sandbox.shown(&scene.ticket)["history"][1]["id"].clone();
    scene.edit(|entries| entries[1] = entries[1].replace("Which", "What"));
    let commit = scene.commit();
    scene.sandbox.opened("Afterwards", &[]);
    let findings = scene.findings(&[]);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((&finding["commit"], &finding["ticket"]), (&commit.into(), &scene.ticket.as_str().into()));
    assert_eq!((&finding["entry"], &finding["file"]), (&reply, &scene.file.as_str().into()));
    assert!(finding["message"].as_str().unwrap().ends_with("`Which release?` became `What release?`"), "{finding}");
    scene.sandbox.run(&["audit"]).fails(1);
    scene.sandbox.run(&["audit", "HEAD~1..HEAD"]).ok();
}

#[test]
fn who_made_an_entry_is_asked_of_the_commit() {
    let scene = Scene::new();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &config.replace("agents = [", "agents = [\"lea@desk.example\", "));
    scene.commit();
    scene.add(LATER, &["by: lea@desk.example", "role: agent", "action: note", "from: open", "text: x"]);
    scene.sandbox.git(&["commit", "-qam", "For Lea\n\nOn-behalf-of: Lea <lea@desk.example>"]).ok();
    assert_eq!(scene.rules(&["--identity"]), Vec::<String>::new());
    scene.add("2026-11-21T09:31:00Z", &["by: lea@desk.example", "role: agent", "action: note", "from: open", "text: x"]);
    scene.commit();
    assert_eq!(scene.rules(&["--identity"]), ["entry.identity"]);
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
}
