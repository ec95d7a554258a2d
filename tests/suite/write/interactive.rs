//! `open` on a terminal prompts for missing fields; without one it names the missing flag.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Outcome, Sandbox};
use crate::fixtures::terminal::on_a_terminal;

/// Runs casebook on a terminal, and answers its prompts.
fn asked_on_a_terminal(sandbox: &Sandbox, arguments: &[&str], answers: &[(&str, &str)]) -> Option<Outcome> {
    on_a_terminal(sandbox, &[&[env!("CARGO_BIN_EXE_casebook")], arguments].concat(), answers)
}

fn with_editor() -> Sandbox {
    let sandbox = desk();
    sandbox.shell("printf '#!/bin/sh\\necho \"Since this morning.\" > \"$1\"\\n' > editor && chmod +x editor").ok();
    sandbox
}

const REQUESTER: &str = "The requester";
const SUBJECT: &str = "The subject";
const GROUP: &str = "Product group";
const PRIORITY: &str = "Priority: the impact";

#[test]
fn open_prompts_for_subject_group_priority_and_text() {
    let sandbox = with_editor();
    let answers = [(REQUESTER, "\r"), (SUBJECT, "Dashboard tiles time out\r"), (GROUP, "\r"), (PRIORITY, "\u{1b}[A\r")];
    let Some(asked) = asked_on_a_terminal(&sandbox, &["open"], &answers) else { return };
    asked.ok();
    let tickets = sandbox.run(&["list", "--json=subject,product_group,priority,requester"]).ok().json();
    let wanted = serde_json::json!([{
        "subject": "Dashboard tiles time out",
        "product_group": "reports_dashboards",
        "priority": "S2",
        "requester": "kenji@desk.example",
    }]);
    assert_eq!(tickets, wanted, "the subject hints at the group, and the arrow went from S3 to S2");
    assert!(sandbox.run(&["log"]).ok().stdout.contains("Since this morning."));
}

#[test]
fn customers_choose_among_labels_in_their_language() {
    let sandbox = with_editor();
    let words = ["--as", "ana@acme.example", "--lang", "fr", "open"];
    let answers = [(SUBJECT, "Hello\r"), (GROUP, "rapports\r"), (PRIORITY, "\r")];
    let Some(asked) = asked_on_a_terminal(&sandbox, &words, &answers) else { return };
    let told = asked.ok().stdout;
    assert!(told.contains("S1-Urgent: plus rien ne fonctionne"), "{told}");
    assert!(told.contains("envoi, téléchargement ou planification"), "{told}");
    let tickets = sandbox.run(&["list", "--json=product_group"]).ok().json();
    assert_eq!(tickets, serde_json::json!([{ "product_group": "reports_dashboards" }]));
}

#[test]
fn a_language_is_a_tag_and_found_with_its_regions() {
    let sandbox = desk();
    let open = |tag: &str| sandbox.run(&["open", "-s", "x", "-m", "y", "--lang-of-ticket", tag]);
    for wrong in ["ja JP", "klingonese_xx", "", "x"] {
        assert!(open(wrong).fails(2).stderr.contains("ja, fr or pt-BR"), "{wrong}");
    }
    for right in ["ja", "ja-JP", "JA-jp", "pt-BR"] {
        open(right).ok();
    }
    for (query, count) in [("lang:ja", "3"), ("lang:ja-JP", "2"), ("lang:pt,fr", "1"), ("lang:none", "0")] {
        assert_eq!(sandbox.run(&["list", query, "--count"]).ok().stdout.trim(), count, "{query}");
    }
}

#[test]
fn typing_letters_selects_a_group_and_nothing_is_preselected() {
    let sandbox = with_editor();
    let answers = [(REQUESTER, "\r"), (SUBJECT, "Something odd\r"), (GROUP, "lookml\r"), (PRIORITY, "\r")];
    let Some(asked) = asked_on_a_terminal(&sandbox, &["open"], &answers) else { return };
    asked.ok();
    let answers = [(REQUESTER, "\r"), (SUBJECT, "Hello\r"), (GROUP, "\r"), (PRIORITY, "\r")];
    asked_on_a_terminal(&sandbox, &["open"], &answers).unwrap().ok();
    let told = sandbox.run(&["list", "--json=product_group,priority", "--sort", "created"]).ok().json();
    let wanted = serde_json::json!([
        { "product_group": "lookml_pdt_git", "priority": "S3" },
        { "product_group": null, "priority": "S3" },
    ]);
    assert_eq!(told, wanted);
}

#[test]
fn open_prompts_for_custom_fields_but_not_for_given_flags() {
    let sandbox = with_editor();
    let toml = sandbox.read("casebook.toml");
    let fields = "[fields.region]\ntype = \"enum\"\nvalues = [\"emea\", \"apac\"]\nrequired = true\n\
                  [fields.cost]\ntype = \"number\"\n";
    sandbox.write("casebook.toml", &format!("{}\n{fields}", toml.replace("\n[fields]\n", "\n")));
    let answers = [
        (REQUESTER, "\r"),
        (SUBJECT, "A bill\r"),
        ("region", "apac\r"),
        ("cost", "much\r"),
        ("expected number", "\u{15}12\r"),
    ];
    let Some(asked) = asked_on_a_terminal(&sandbox, &["open", "-g", "billing", "-p", "S4", "-m", "Why?"], &answers)
    else {
        return;
    };
    let told = asked.ok().stdout;
    assert!(!told.contains(GROUP) && !told.contains(PRIORITY), "{told}");
    let told = sandbox.run(&["list", "--json=product_group,priority,fields"]).ok().json();
    let fields = serde_json::json!({ "cost": 12, "region": "apac" });
    assert_eq!(told, serde_json::json!([{ "product_group": "billing", "priority": "S4", "fields": fields }]));
}

#[test]
fn a_text_open_in_another_editor_stays() {
    let sandbox = with_editor();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.write(".git/casebook/TEXT-1.txt", "Half a sentence\n");
    let Some(replied) = asked_on_a_terminal(&sandbox, &["reply", &id], &[]) else { return };
    replied.ok();
    assert!(sandbox.run(&["log"]).ok().stdout.contains("Since this morning."));
    assert_eq!(sandbox.read(".git/casebook/TEXT-1.txt"), "Half a sentence\n");
    assert!(!sandbox.path(".git/casebook/TEXT-2.txt").exists());
}

/// Acme on a plan, with two instances, an editor and a viewer.
fn with_instances() -> Sandbox {
    let sandbox = with_editor();
    let old = ["instances.old.release=24.2", "instances.old.edition=original", "instances.old.hosting=customer"];
    let new = ["instances.new.release=26.18", "instances.new.edition=cloud_core", "instances.new.hosting=vendor"];
    sandbox.run(&[&["org", "new", "acme", "domains=acme.example", "plans=enhanced"], &old[..], &new[..]].concat()).ok();
    for (who, role) in [("ana@acme.example", "tech_support_editor"), ("bo@acme.example", "tech_support_viewer")] {
        sandbox.run(&["org", "person", "add", "acme", who, "--role", role]).ok();
    }
    sandbox
}

const INSTANCE: &str = "The instance it is about";

#[test]
fn open_prompts_for_the_instance_if_there_are_several() {
    let sandbox = with_instances();
    let words = ["--as", "ana@acme.example", "open"];
    let answers = [(INSTANCE, "new\r"), (SUBJECT, "Tiles\r"), (GROUP, "\r"), (PRIORITY, "\r")];
    let Some(asked) = asked_on_a_terminal(&sandbox, &words, &answers) else { return };
    let told = asked.ok().stdout;
    assert!(told.contains("old: release 24.2, original, hosted by the customer"), "{told}");
    let instance = |query: &str| sandbox.run(&["list", query, "--json=instance"]).ok().json();
    assert_eq!(instance("tiles"), serde_json::json!([{ "instance": "new" }]));
    // Also when only the text is missing; not when every flag was given.
    let words = ["--as", "ana@acme.example", "open", "-s", "Disk"];
    asked_on_a_terminal(&sandbox, &words, &[(INSTANCE, "new\r")]).unwrap().ok();
    let told = asked_on_a_terminal(&sandbox, &[&words[..], &["-m", "Full."]].concat(), &[]).unwrap().fails(2);
    assert!(!told.stdout.contains(INSTANCE), "{}", told.stdout);
    let words = ["--as", "ana@acme.example", "open", "--instance", "new"];
    let asked = asked_on_a_terminal(&sandbox, &words, &[(SUBJECT, "x\r"), (GROUP, "\r"), (PRIORITY, "\r")]).unwrap();
    assert!(!asked.ok().stdout.contains(INSTANCE));
}

#[test]
fn an_ineligible_requester_is_refused_before_typing() {
    let sandbox = with_instances();
    let Some(told) = asked_on_a_terminal(&sandbox, &["--as", "bo@acme.example", "open"], &[]) else { return };
    let told = told.fails(5).stdout;
    assert!(told.contains("tech_support_editor") && !told.contains(INSTANCE) && !told.contains(SUBJECT), "{told}");
    let told =
        asked_on_a_terminal(&sandbox, &["--as", "bo@acme.example", "open", "-s", "Tiles"], &[]).unwrap().fails(5);
    assert!(!told.stdout.contains("kept"), "{}", told.stdout);
    // A missing project number is reported when the instance is chosen.
    let words = ["--as", "ana@acme.example", "open"];
    let told = asked_on_a_terminal(&sandbox, &words, &[(INSTANCE, "\r")]).unwrap().fails(4).stdout;
    assert!(told.contains("project number") && !told.contains(SUBJECT), "{told}");
    sandbox.run(&["list", "--exists"]).fails(1);
}

#[test]
fn aborting_the_prompts_opens_nothing() {
    let sandbox = with_editor();
    for answers in [
        &[(REQUESTER, "\u{3}")][..],
        &[(REQUESTER, "\r"), (SUBJECT, "\u{3}")],
        &[(REQUESTER, "\r"), (SUBJECT, "Tiles\r"), (GROUP, "\u{3}")],
    ] {
        let Some(asked) = asked_on_a_terminal(&sandbox, &["open"], answers) else { return };
        assert_ne!(asked.code, Some(0), "{}", asked.stdout);
        sandbox.run(&["list", "--exists"]).fails(1);
    }
}

#[test]
fn the_end_of_input_and_escape_end_every_question() {
    let sandbox = with_editor();
    let id = sandbox.opened("Tiles", &[]);
    let before = sandbox.commits();
    for key in ["\u{4}", "\u{1b}"] {
        for (words, question) in [
            (&["open"][..], REQUESTER),
            (&["open", "--requester", "ana@x.example"], SUBJECT),
            (&["open", "--requester", "ana@x.example"], "half a subj"),
            (&["open", "--requester", "ana@x.example"], GROUP),
            (&["open", "--requester", "ana@x.example", "-g", "billing"], PRIORITY),
            (&["show"], "The ticket"),
            (&["hold", &id], "The reason"),
            (&["assign", &id], "The agent"),
            (&["prioritize", &id], PRIORITY),
        ] {
            let answers = match question {
                "half a subj" => vec![(SUBJECT, "half a subj"), (question, key)],
                GROUP | PRIORITY if words[0] == "open" => vec![(SUBJECT, "Tiles\r"), (question, key)],
                _ => vec![(question, key)],
            };
            let Some(asked) = asked_on_a_terminal(&sandbox, words, &answers) else { return };
            assert!(asked.fails(2).stdout.contains("not everything was answered"), "{words:?} {question}");
        }
    }
    assert_eq!(sandbox.commits(), before);
    assert_eq!(sandbox.run(&["list", "--all", "--count"]).ok().stdout.trim(), "1");
}

#[test]
fn an_agent_opens_for_a_known_or_another_requester() {
    let sandbox = with_editor();
    sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    sandbox.run(&["org", "person", "add", "acme", "ana@acme.example", "--name", "Ana Ruiz"]).ok();
    let rest = [(SUBJECT, "Tiles\r"), (GROUP, "\r"), (PRIORITY, "\r")];
    let open = |requester: &[(&str, &str)]| asked_on_a_terminal(&sandbox, &["open"], &[requester, &rest[..]].concat());
    let requester = || sandbox.run(&["list", "--json=requester", "--sort", "-created", "--limit", "1"]).ok().json();
    let Some(opened) = open(&[(REQUESTER, "ruiz\r")]) else { return };
    assert!(opened.ok().stdout.contains("Ana Ruiz <ana@acme.example>"));
    assert_eq!(requester()[0]["requester"], "ana@acme.example");
    open(&[(REQUESTER, "bo@acme.example\r")]).unwrap().ok();
    assert_eq!(requester()[0]["requester"], "bo@acme.example");
    open(&[(REQUESTER, "unknown\r"), ("is neither an address", "bo\r")]).unwrap().ok();
    assert_eq!(requester()[0]["requester"], "bo@acme.example", "requesters of tickets are known too");
}

#[test]
fn verbs_ask_for_the_arguments_they_lack() {
    let sandbox = with_editor();
    let id = sandbox.opened("Tiles", &[]);
    let other = sandbox.opened("Disk full", &[]);
    let toml = sandbox.read("casebook.toml");
    sandbox.write("casebook.toml", &format!("{toml}\n[macros.ask_release]\ntext = \"Which release?\"\n"));
    let run = |words: &[&str], answers: &[(&str, &str)]| asked_on_a_terminal(&sandbox, words, answers);
    let Some(held) = run(&["hold"], &[("The ticket", "tiles\r"), ("The reason", "engin\r")]) else { return };
    held.ok();
    let show =
        |id: &str, field: &str| sandbox.run(&["show", id, &format!("--json={field}")]).ok().json()[field].clone();
    assert_eq!(show(&id, "status"), "on_hold");
    run(&["escalate", &id], &[("The reason", "business\r")]).unwrap().ok();
    run(&["prioritize", &id], &[(PRIORITY, "S1\r")]).unwrap().ok();
    assert_eq!(show(&id, "priority"), "S1");
    run(&["assign", &id], &[("The agent", "kenji\r")]).unwrap().ok();
    assert_eq!(show(&id, "assignee"), "kenji@desk.example");
    run(&["assign", &id], &[("The agent", "no agent\r")]).unwrap().ok();
    assert_eq!(show(&id, "assignee"), serde_json::Value::Null);
    run(&["reply"], &[("The ticket", "disk\r")]).unwrap().ok();
    assert_eq!(show(&other, "status"), "awaiting_reply");
    run(&["macro", &other], &[("The macro", "ask\r")]).unwrap().ok();
    run(&["macro", "ask_release"], &[("The ticket", "disk\r")]).unwrap().ok();
    assert_eq!(sandbox.run(&["log"]).ok().stdout.matches("Which release?").count(), 2);
    let shown = run(&["-C", ".", "--no-pager", "show"], &[("The ticket", "disk\r")]).unwrap().ok();
    assert!(shown.stdout.contains("Since this morning."), "{}", shown.stdout);
}

#[test]
fn the_editor_shows_the_ticket_and_its_last_entries() {
    let sandbox = desk();
    sandbox.shell("printf '#!/bin/sh\\ncp \"$1\" seen; echo Text > \"$1\"\\n' > editor && chmod +x editor").ok();
    let id = sandbox.opened("Tiles time out", &[]);
    let long: String = (1..=30).map(|number| format!("line {number}\n")).collect();
    sandbox.run(&["note", &id, "-m", "The oldest note"]).ok();
    for text in ["First answer", &long, "Last answer"] {
        sandbox.run(&["reply", &id, "-m", text, "--keep-open"]).ok();
    }
    let seen = |words: &[&str]| {
        asked_on_a_terminal(&sandbox, words, &[]).map(|done| {
            done.ok();
            sandbox.read("seen")
        })
    };
    let Some(reply) = seen(&["reply", &id]) else { return };
    for line in [
        "Customers read this text.",
        "Tiles time out",
        "Status: open -> awaiting_reply",
        "│ line 9",
        "│ …",
        "│ Last answer",
    ] {
        assert!(reply.contains(line), "{line}: {reply}");
    }
    assert!(!reply.contains("line 10") && !reply.contains("oldest note"), "{reply}");
    assert!(reply.lines().skip(1).all(|line| line.starts_with('#')), "{reply}");
    assert!(seen(&["reply", &id, "--keep-open"]).unwrap().contains("Status: awaiting_reply\n"));
    assert!(seen(&["note", &id]).unwrap().contains("Only support reads this text."));
    assert!(seen(&["escalate", &id, "--reason", "business_impact"]).unwrap().contains("Customers read this text."));
    let hold = seen(&["hold", &id, "--reason", "other"]).unwrap();
    assert!(hold.contains("Only support reads this text.") && hold.contains("-> on_hold"), "{hold}");
    sandbox.run(&["reply", &id, "-m", "Done."]).ok();
    let customer = seen(&["--as", "ana@acme.example", "reply", &id]).unwrap();
    assert!(customer.contains("Status: awaiting_reply -> open") && !customer.contains("oldest note"), "{customer}");
    assert!(!sandbox.read(sandbox.file_of(&id)).contains("Customers read"));
    // A command that would be refused opens no editor.
    sandbox.run(&["solve", &id, "--resolution", "withdrawn", "-m", "A test."]).ok();
    sandbox.shell("rm seen").ok();
    asked_on_a_terminal(&sandbox, &["escalate", &id, "--reason", "business_impact"], &[]).unwrap().fails(4);
    assert!(!sandbox.path("seen").exists());
}

#[test]
fn unsent_commits_are_mentioned_once_an_hour() {
    let sandbox = with_editor();
    sandbox
        .shell("git init -q --bare ../far.git && git remote add origin ../far.git && git push -q -u origin HEAD")
        .ok();
    let id = sandbox.opened("Tiles", &[]);
    let note = |hour: &str| {
        let program = env!("CARGO_BIN_EXE_casebook");
        let now = format!("CASEBOOK_NOW=2027-01-01T{hour}Z");
        on_a_terminal(&sandbox, &["env", &now, program, "note", &id, "-m", "x"], &[]).map(|done| done.ok().stdout)
    };
    let Some(first) = note("08:00:00") else { return };
    assert!(first.contains("commits are not sent: casebook sync"), "{first}");
    assert!(!note("08:59:00").unwrap().contains("not sent"));
    assert!(note("09:00:00").unwrap().contains("commits are not sent"));
    sandbox.shell("git push -q").ok();
    assert!(!sandbox.run(&["note", &id, "-m", "x"]).ok().stderr.contains("not sent"), "only on a terminal");
}

#[test]
fn without_a_terminal_the_missing_flag_is_named() {
    let sandbox = desk();
    let refused = sandbox.run(&["open", "-m", "Why?"]).fails(2);
    assert!(refused.stderr.contains("-s SUBJECT"), "{}", refused.stderr);
    sandbox.run(&["open"]).fails(2);
    let id = sandbox.opened("Tiles", &[]);
    for words in [
        &["hold", &id][..],
        &["escalate", &id, "-m", "x"],
        &["assign", &id],
        &["prioritize", &id],
        &["reply"],
        &["show"],
    ] {
        let refused = sandbox.run(words).fails(2);
        assert!(refused.stderr.contains("required arguments were not provided"), "{}", refused.stderr);
    }
}
