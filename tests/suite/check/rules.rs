//! Every rule of `check`, broken by itself, in a table; and the generated page that explains the rules.

use std::collections::BTreeSet;
use std::fs;

use casebook::domain::rules::{Severity, rules};

use crate::fixtures::desk::desk;
use crate::fixtures::generated_page;
use crate::fixtures::sandbox::Sandbox;

/// Two tickets of Ana's: the first was answered, the second is as it was opened.
struct Scene {
    sandbox: Sandbox,
    ids: [String; 2],
    paths: [String; 2],
}

/// Ids greater than every other one.
const LATER: [&str; 4] = [
    "01ZZZZZZZZZZZZZZZZZZZZZZZ1",
    "01ZZZZZZZZZZZZZZZZZZZZZZZ2",
    "01ZZZZZZZZZZZZZZZZZZZZZZZ3",
    "01ZZZZZZZZZZZZZZZZZZZZZZZ4",
];

impl Scene {
    fn new() -> Self {
        let sandbox = desk();
        let ids = ["Tiles time out", "Sign-in fails"].map(|subject| sandbox.opened(subject, &[]));
        sandbox.run(&["reply", &ids[0], "-m", "Which release?"]).ok();
        let path =
            |id: &String| sandbox.run(&["show", id, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
        let paths = [path(&ids[0]), path(&ids[1])];
        Self { sandbox, ids, paths }
    }

    /// Replaces text in the first ticket's file.
    fn edit(&self, from: &str, to: &str) {
        let text = self.sandbox.read(&self.paths[0]);
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "{from:?} is not there");
        self.sandbox.write(&self.paths[0], &edited);
    }

    /// Adds an entry by hand: the lines after `by`, with its role.
    fn add(&self, ticket: usize, id: &str, rest: &str) {
        let text = self.sandbox.read(&self.paths[ticket]);
        let body = text.strip_suffix("...\n").unwrap();
        let rest: String = rest.lines().map(|line| format!("  {line}\n")).collect();
        let entry = format!("- id: {id}\n  at: 2026-12-24T09:00:00Z\n  by: kenji@desk.example\n{rest}");
        self.sandbox.write(&self.paths[ticket], &format!("{body}\n{entry}...\n"));
    }

    /// Recomputes the headers.
    fn follow(&self) {
        self.sandbox.run(&["check", "--fix", "-q", "--no-commit", "--format", "jsonl"]);
    }

    /// Adds an entry to the first ticket, and recomputes the header.
    fn act(&self, rest: &str) {
        self.add(0, LATER[0], rest);
        self.follow();
    }

    fn found(&self) -> BTreeSet<String> {
        let findings = self.sandbox.run(&["check", "--json"]).json();
        findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }
}

type Break = fn(&Scene);

/// For each rule, an edit that breaks this rule and no other.
const BREAKS: &[(&str, Break)] = &[
    ("CB001", |scene| scene.edit("priority: S3\n", "priority: [S3\n")),
    ("CB002", |scene| fs::write(scene.sandbox.path(&scene.paths[0]), b"format: 1\nsubject: Caf\xe9\n").unwrap()),
    ("CB003", |scene| scene.edit("priority: S3\n", "<<<<<<< ours\npriority: S3\n=======\n>>>>>>> theirs\n")),
    ("CB004", |scene| scene.edit("\n...\n", "\n")),
    ("CB005", |scene| {
        scene.edit("priority: S3\n", &format!("priority: S3\nfields: {{a: {}{}}}\n", "[".repeat(40), "]".repeat(40)));
    }),
    ("CB006", |scene| scene.edit("subject: Tiles", "subject: &a Tiles")),
    ("CB007", |scene| scene.edit("priority: S3\n", "priority: S3\npriority: S2\n")),
    ("CB008", |scene| scene.edit("\n...\n", "\n...\n---\na: 1\n...\n")),
    ("CB009", |scene| scene.edit("  role: agent\n", "")),
    ("CB010", |scene| scene.edit("priority: S3\n", "prioritty: S3\npriority: S3\n")),
    ("CB011", |scene| scene.edit("priority: S3\n", "priority: [S3]\n")),
    ("CB012", |scene| scene.edit("status: awaiting_reply\n", "status: closed\n")),
    ("CB013", |scene| scene.edit("priority: S3\n", "priority: S3\ntags: []\n")),
    ("CB014", |scene| {
        let text = scene.sandbox.read(&scene.paths[0]);
        scene.sandbox.write(&scene.paths[0], &text.replace(&scene.ids[0], LATER[0]));
    }),
    ("CB015", |scene| {
        fs::remove_file(scene.sandbox.path(&scene.paths[0])).unwrap();
        std::os::unix::fs::symlink("/nowhere", scene.sandbox.path(&scene.paths[0])).unwrap();
    }),
    ("CB016", |scene| {
        fs::create_dir_all(scene.sandbox.path("tickets/2020/01")).unwrap();
        let elsewhere = format!("tickets/2020/01/{}.yaml", scene.ids[0]);
        fs::rename(scene.sandbox.path(&scene.paths[0]), scene.sandbox.path(elsewhere)).unwrap();
    }),
    ("CB017", |scene| {
        scene.sandbox.write("tickets/notes.txt", "left\n");
    }),
    ("CB018", |scene| scene.edit("subject: Tiles", "subject:   Tiles")),
    ("CB019", |scene| scene.edit("format: 1\n", "format: 2\n")),
    ("CB101", |scene| scene.edit("status: awaiting_reply\n", "status: open\n")),
    ("CB102", |scene| {
        scene.add(
            0,
            "01AAAAAAAAAAAAAAAAAAAAAAAA",
            "role: agent\naction: note\nfrom: awaiting_reply\ntext: |\n  Words.",
        );
    }),
    ("CB103", |scene| scene.act("role: agent\naction: note\nfrom: on_hold\ntext: |\n  Words.")),
    ("CB104", |scene| scene.act("role: agent\naction: resume\nfrom: awaiting_reply\nto: open")),
    ("CB105", |scene| scene.act("role: customer\naction: note\nfrom: awaiting_reply\ntext: |\n  Words.")),
    ("CB106", |scene| scene.act("role: agent\naction: reply\nfrom: awaiting_reply")),
    ("CB107", |scene| scene.act("role: agent\naction: note\nfrom: awaiting_reply\nto: solved\ntext: |\n  Words.")),
    ("CB108", |scene| scene.edit("  action: open\n", "  action: open\n  from: open\n")),
    ("CB109", |scene| {
        let other = &scene.ids[1];
        scene.act(&format!(
            "role: agent\naction: redact\nfrom: awaiting_reply\nentry: {other}\nreason: x\ntext: |\n  Words."
        ));
    }),
    ("CB110", |scene| {
        for id in &LATER[..2] {
            scene.add(0, id, "role: agent\naction: note\nfrom: awaiting_reply\nkey: k\ntext: |\n  Words.");
        }
    }),
    ("CB111", |scene| {
        scene.act("role: agent\naction: solve\nfrom: awaiting_reply\nto: solved\nresolution: no_response")
    }),
    ("CB112", |scene| {
        scene.add(0, LATER[0], "role: agent\naction: remind\nfrom: awaiting_reply");
        scene.add(
            0,
            LATER[1],
            "role: system\naction: solve\nfrom: awaiting_reply\nto: solved\nresolution: no_response",
        );
        scene.follow();
    }),
    ("CB113", |scene| {
        scene.sandbox.run(&["merge", &scene.ids[0], "--into", &scene.ids[1]]).ok();
        scene.act("role: agent\naction: reply\nfrom: solved\ntext: |\n  Words.");
    }),
    ("CB114", |scene| {
        for (ticket, from) in [(0, "awaiting_reply"), (1, "open")] {
            scene.add(ticket, LATER[0], &format!("role: agent\naction: note\nfrom: {from}\ntext: |\n  Words."));
        }
    }),
    ("CB201", |scene| {
        let other = &scene.ids[1];
        scene.act(&format!(
            "role: agent\naction: merge\nfrom: awaiting_reply\nto: solved\ninto: {other}\nreason: same_issue"
        ));
    }),
    ("CB202", |scene| {
        let [first, second] = &scene.ids;
        scene.sandbox.run(&["merge", first, "--into", second]).ok();
        scene.add(
            1,
            LATER[0],
            &format!("role: agent\naction: merge\nfrom: open\nto: solved\ninto: {first}\nreason: same_issue"),
        );
        scene.add(0, LATER[1], &format!("role: agent\naction: merged\nfrom: solved\nsource: {second}"));
        scene.follow();
    }),
    ("CB203", |scene| {
        let other = LATER[3];
        scene.act(&format!(
            "role: agent\naction: merge\nfrom: awaiting_reply\nto: solved\ninto: {other}\nreason: same_issue"
        ));
    }),
    ("CB204", |scene| {
        let file = scene.sandbox.given("trace.txt", b"trace\n");
        scene.sandbox.run(&["attach", &scene.ids[0], &file]).ok();
        std::fs::remove_file(scene.sandbox.path(crate::fixtures::attachments::place(b"trace\n"))).unwrap();
    }),
    ("CB205", |scene| {
        scene.sandbox.write("attachments/.gitattributes", "* -text -diff\n");
        scene.sandbox.write(format!("attachments/aa/{}", "a".repeat(64)), "other bytes\n");
    }),
    ("CB206", |scene| {
        scene.sandbox.write("attachments/trace.txt", "trace\n");
    }),
    ("CB207", |scene| {
        scene.sandbox.write(crate::fixtures::attachments::place(b"trace\n"), "trace\n");
    }),
    ("CB301", |scene| {
        scene.sandbox.write("casebook.toml", "format = 1\n[git]\ncommit = \"often\"\n");
    }),
    ("CB302", |scene| {
        scene.sandbox.write("casebook.toml", "format = 1\ntime_zone = \"Europe/Lyon\"\n");
    }),
    ("CB303", |scene| {
        scene.sandbox.write("organizations/acme.yaml", "id: acme-corp\nname: Acme\n");
    }),
    ("CB304", |scene| {
        scene.sandbox.write("organizations/acme.yaml", "id: acme\nname: Acme\n");
        scene.sandbox.run(&["set", &scene.ids[0], "organization=acmee"]).ok();
    }),
    ("CB305", |scene| {
        scene.sandbox.run(&["assign", &scene.ids[0], "kenji@desk.exmaple"]).ok();
    }),
    ("CB306", |scene| {
        let list = scene.sandbox.read("calendars/us.toml");
        scene.sandbox.write("calendars/us.toml", &list.replacen("until = 20", "until = soon # 20", 1));
    }),
    ("CB307", |scene| {
        scene.sandbox.write("organizations/acme.yaml", "id: acme\nname: Acme\nplans:\n- plan: gold\n");
    }),
    ("CB308", |scene| {
        for id in ["acme", "acme-eu"] {
            scene.sandbox.write(format!("organizations/{id}.yaml"), &format!("id: {id}\ndomains:\n- acme.example\n"));
        }
    }),
    ("CB309", |scene| {
        let policy = scene.sandbox.read("casebook.toml") + "\n[macros.later]\ntext = \"For {{ hold.taem }}.\"\n";
        scene.sandbox.write("casebook.toml", &policy);
    }),
    ("CB310", |scene| {
        scene.sandbox.run(&["set", &scene.ids[0], "fields.seats=many"]).ok();
        let policy = scene.sandbox.read("casebook.toml");
        scene.sandbox.write("casebook.toml", &format!("{policy}\n[fields.seats]\ntype = \"number\"\n"));
    }),
    ("CB311", |scene| {
        let access = format!("  roles:\n  - technical_contact\n  organization_access: {}\n", scene.ids[0]);
        let file = format!("id: acme\npeople:\n- email: tina@acme.example\n{access}");
        scene.sandbox.write("organizations/acme.yaml", &file);
    }),
    ("CB312", |scene| {
        let policy = scene.sandbox.read("casebook.toml");
        let office = "\n[calendars.office]\ntime_zone = \"UTC\"\nopen = [\"Mon-Fri 09:00 - 18:00\"]\n";
        let plan = "\n[plans.office]\ncalendar = \"office\"\nresolution = { S2 = \"3d\" }\n";
        scene.sandbox.write("casebook.toml", &format!("{policy}{office}{plan}"));
    }),
];

#[test]
fn every_rule_can_be_broken_by_itself() {
    let scene = Scene::new();
    assert_eq!(scene.found(), BTreeSet::new());
    for (code, break_it) in BREAKS {
        let scene = Scene::new();
        break_it(&scene);
        assert_eq!(scene.found(), BTreeSet::from([(*code).to_owned()]), "{code}");
        let rule = rules().find(|rule| rule.code == *code).unwrap();
        let plain = scene.sandbox.run(&["check"]);
        assert_eq!(plain.code, Some(i32::from(rule.severity == Severity::Error)), "{code}");
        assert_eq!(scene.sandbox.run(&["check", "--strict"]).code, Some(1), "{code}");
    }
}

#[test]
fn every_rule_of_check_is_in_the_table() {
    let broken: Vec<&str> = BREAKS.iter().map(|(code, _)| *code).collect();
    // Audits and the guard have tests of their own.
    let all: Vec<&str> = rules().map(|rule| rule.code).filter(|code| *code < "CB400").collect();
    assert_eq!(broken, all);
}

#[test]
fn every_repairable_finding_is_repaired() {
    for (code, break_it) in BREAKS {
        if !rules().any(|rule| rule.code == *code && rule.is_fixable) {
            continue;
        }
        let scene = Scene::new();
        break_it(&scene);
        scene.sandbox.run(&["check", "--fix"]).ok();
        assert_eq!(scene.found(), BTreeSet::new(), "{code}");
    }
}

#[test]
fn a_rule_is_explained_by_its_code_or_its_name() {
    let sandbox = Sandbox::new();
    let told = sandbox.run(&["rule", "cb012"]).ok().stdout;
    assert!(told.starts_with("CB012 field.unfit (error)\n") && told.contains("Repair: "), "{told}");
    assert_eq!(sandbox.run(&["rule", "field.unfit"]).ok().stdout, told);
    assert_eq!(sandbox.run(&["rule", "CB012", "--json"]).ok().json()["rule"], "field.unfit");
    let listed = sandbox.run(&["rule"]).ok().stdout;
    assert_eq!(listed.lines().count(), rules().count());
    assert!(sandbox.run(&["rule", "CB999"]).fails(2).stderr.contains("`casebook rule` lists the rules"));
}

#[test]
fn the_page_begins_with_the_table_of_all_rules() {
    let page = include_str!("../../../docs/rules.md");
    let (before, sections) = page.split_once("\n## ").expect("the section of a rule");
    let head = before.split_once("\n| code |").expect("the table of rules").0;
    let mut table = "\n| code | word | severity | violation |\n|---|---|---|---|\n".to_owned();
    for rule in rules() {
        let fix = if rule.is_fixable { " (`--fix`)" } else { "" };
        let (code, anchor, title) = (rule.code, rule.code.to_lowercase(), rule.text().title);
        let (word, severity) = (rule.word, rule.severity.as_str());
        table.push_str(&format!("| [{code}](#{anchor}) | `{word}` | {severity}{fix} | {title} |\n"));
    }
    generated_page::assert_is("docs/rules.md", &format!("{head}{table}\n## {sections}"));
}
