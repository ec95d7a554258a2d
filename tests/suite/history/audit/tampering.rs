//! `audit`: kinds of tampering, each with the rules that find it.

use std::fs;

use serde_json::Value;

use crate::fixtures::audited_desk::{LATER, Scene, entry};

/// A tampering: its name, the edit, and the rules that find it.
type Tampering = (&'static str, fn(&Scene), &'static [&'static str]);

/// The path of another ticket of the same month.
const OTHER_NAME: &str = "tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml";

const AGENT: [&str; 2] = ["by: kenji@desk.example", "role: agent"];

const TAMPERINGS: &[Tampering] = &[
    (
        "an entry is removed",
        |scene| scene.edit(|entries| _ = entries.remove(2)),
        &["header.differs", "history.removed"],
    ),
    ("the last entry is removed", |scene| scene.edit(|entries| _ = entries.pop()), &["history.removed"]),
    (
        "a text is edited",
        |scene| scene.edit(|entries| entries[1] = entries[1].replace("Which", "What")),
        &["history.edited"],
    ),
    ("the last text goes on", |scene| scene.edit(|entries| entries[3].push_str("    More.\n")), &["history.edited"]),
    (
        "a person is replaced",
        |scene| scene.edit(|entries| entries[1] = entries[1].replace("kenji", "lea")),
        &["history.edited"],
    ),
    (
        "a spelling is changed",
        |scene| scene.edit(|entries| entries[3] = entries[3].replace("key: k", "key: 'k'")),
        &["history.edited"],
    ),
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
        "the file is copied under another name",
        |scene| _ = fs::copy(scene.sandbox.path(&scene.file), scene.sandbox.path(OTHER_NAME)).unwrap(),
        &["file.other_id"],
    ),
    (
        "the file is copied under another name with one entry less",
        |scene| {
            let whole = scene.sandbox.read(&scene.file);
            scene.edit(|entries| _ = entries.pop());
            fs::rename(scene.sandbox.path(&scene.file), scene.sandbox.path(OTHER_NAME)).unwrap();
            scene.sandbox.write(&scene.file, &whole);
        },
        &["file.other_id"],
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
        "what was edited and removed comes back",
        |scene| {
            let whole = scene.sandbox.read(&scene.file);
            scene.edit(|entries| entries[1] = entries[1].replace("Which", "What"));
            scene.commit();
            scene.edit(|entries| _ = entries.pop());
            scene.commit();
            scene.sandbox.write(&scene.file, &whole);
        },
        &["history.edited", "history.removed"],
    ),
    (
        "a customer claims to be an agent",
        |scene| scene.add(LATER, &["by: bo@acme.example", "role: agent", "action: note", "from: open", "text: x"]),
        &["entry.rights"],
    ),
    (
        "a stranger replies",
        |scene| scene.add(LATER, &["by: bo@acme.example", "role: customer", "action: reply", "from: open", "text: x"]),
        &["entry.rights"],
    ),
    (
        "a customer becomes an agent in the same commit",
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
        let is_repaired = *name == "what was edited and removed comes back";
        if !is_repaired && !findings.iter().any(|finding| finding["commit"] == *commit) {
            wrong.push(format!("{name}: no finding names the commit"));
        }
        // A range of that commit alone: what was there before is known by its name, or asked for.
        let told = |finding: &&Value| finding["commit"] == *commit;
        let (range, all) = (scene.findings(&["HEAD~1..HEAD"]), findings.iter().filter(told).collect::<Vec<_>>());
        let is_of_one_commit = !name.contains("comes back");
        if is_of_one_commit && range.iter().collect::<Vec<_>>() != all {
            wrong.push(format!("{name}, of a range: {range:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_ticket_at_the_path_of_another_is_reported() {
    let scene = Scene::new();
    let other = scene.sandbox.shown(&scene.sandbox.opened("Third", &[]))["path"].as_str().unwrap().to_owned();
    let whole = scene.sandbox.read(&other);
    fs::copy(scene.sandbox.path(&scene.file), scene.sandbox.path(&other)).unwrap();
    let commit = scene.commit();
    // The ticket gets another entry meanwhile, and the other one is restored.
    scene.sandbox.run(&["note", &scene.ticket, "-m", "Meanwhile."]).ok();
    scene.sandbox.write(&other, &whole);
    scene.commit();
    let findings = scene.findings(&[]);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(
        (&finding["rule"], &finding["file"], &finding["commit"]),
        (&"file.other_id".into(), &other.into(), &commit.into())
    );
}

#[test]
fn an_edited_comment_between_entries_is_an_edit_of_the_entry_before_it() {
    let scene = Scene::new();
    let whole = scene.sandbox.read(&scene.file);
    let told = |deed: &dyn Fn()| {
        deed();
        scene.commit();
        let findings = scene.findings(&["HEAD~1..HEAD"]);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert_eq!(findings[0]["rule"], "history.edited");
        findings[0]["message"].as_str().unwrap().to_owned()
    };
    let message = told(&|| scene.edit(|entries| entries[1].push_str("# so\n\n  # it was\n")));
    assert!(message.starts_with("the `reply` of kenji@desk.example at 2026-11-21T09:0"), "{message}");
    assert!(message.ends_with(": `` became `# so`"), "{message}");
    let message = told(&|| scene.edit(|entries| entries[1] = entries[1].replace("it was", "it is")));
    assert!(message.ends_with(": `# it was` became `# it is`"), "{message}");
    let message = told(&|| scene.sandbox.write(&scene.file, &whole));
    assert!(message.ends_with(": `# so` became ``"), "{message}");
}

#[test]
fn an_entry_copied_to_another_ticket_later_is_reported() {
    let scene = Scene::new();
    let first = scene.ticket.clone();
    let other = scene.sandbox.opened("Third", &[]);
    scene.sandbox.run(&["note", &first, "-m", "For both."]).ok();
    scene.sandbox.run(&["audit", "--since-verified"]).ok();
    let copied = scene.sandbox.shown(&first)["version"].as_str().unwrap().to_owned();
    let note = scene.parts().1.pop().unwrap();
    let file = scene.sandbox.shown(&other)["path"].as_str().unwrap().to_owned();
    let text = scene.sandbox.read(&file);
    scene.sandbox.write(&file, &text.replace("\n...\n", &format!("\n\n{note}...\n")));
    let commit = scene.commit();
    scene.sandbox.run(&["note", &other, "-m", "Behind it."]).ok();
    // An audit from the checkpoint does not read the commit that added the original.
    for flags in [&[][..], &["--since-verified"]] {
        let findings = scene.findings(flags);
        let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
        assert_eq!((&finding["code"], &finding["commit"]), (&"CB114".into(), &commit.as_str().into()));
        assert_eq!((&finding["ticket"], &finding["entry"]), (&other.as_str().into(), &copied.as_str().into()));
        assert!(finding["message"].as_str().unwrap().contains(&first), "{finding}");
    }
}
