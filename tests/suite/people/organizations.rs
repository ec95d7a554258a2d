//! Organizations: the visibility and rights that they give, and `org`, which changes them.

use serde_json::json;

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// Acme with a person of each role, Northwind, and one ticket of each.
struct Scene {
    sandbox: Sandbox,
    acmes: String,
    northwinds: String,
}

fn scene() -> Scene {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    sandbox.run(&["org", "new", "northwind"]).ok();
    for (who, role) in [
        ("editor@acme.example", "tech_support_editor"),
        ("viewer@acme.example", "tech_support_viewer"),
        ("contact@acme.example", "technical_contact"),
        ("admin@acme.example", "admin"),
        ("boss@acme.example", "org_admin"),
    ] {
        sandbox.run(&["org", "person", "add", "acme", who, "--role", role]).ok();
    }
    sandbox.run(&["org", "person", "add", "northwind", "ida@northwind.example", "--role", "tech_support_editor"]).ok();
    let acmes = sandbox.opened("Tiles time out", &["--org", "acme"]);
    let words = ["open", "-q", "-s", "Disk full", "-m", "It does not work.", "--requester", "ida@northwind.example"];
    let northwinds = sandbox.run(&words).ok().stdout.trim().to_owned();
    Scene { sandbox, acmes, northwinds }
}

/// A desk with two grants of access: to a technical contact, and to a person who is no longer one.
fn with_access(scene: &Scene) {
    let path = "organizations/acme.yaml";
    let text = scene.sandbox.read(path);
    let access = format!("  organization_access: {}\n", scene.northwinds);
    let text = text.replace("  - technical_contact\n", &format!("  - technical_contact\n{access}"));
    let text = format!("{text}- email: former@acme.example\n{access}");
    scene.sandbox.write(path, &text);
    scene.sandbox.git(&["commit", "-qam", "Grant"]).ok();
}

#[test]
fn every_verb_shows_a_person_the_same_tickets() {
    let mut scene = scene();
    with_access(&scene);
    for (who, sees_acmes, sees_northwinds) in [
        ("kenji@desk.example", true, true),
        ("ana@acme.example", true, false),
        ("editor@acme.example", true, false),
        ("viewer@acme.example", true, false),
        ("contact@acme.example", true, false),
        ("former@acme.example", false, false),
        ("admin@acme.example", false, false),
        ("boss@acme.example", false, false),
        ("new@acme.example", false, false),
        ("ida@northwind.example", false, true),
        ("x@other.example", false, false),
    ] {
        scene.sandbox.act_as(Some(who));
        let sandbox = &scene.sandbox;
        let mut wanted = Vec::new();
        for (id, sees) in [(&scene.acmes, sees_acmes), (&scene.northwinds, sees_northwinds)] {
            let nonsense = "01M7ZZZZZZZZZZZZZZZZZZZZZZ";
            let word = |told: String| told.replace(nonsense, id);
            for verb in [&["show", "{}"][..], &["log", "{}"], &["show", "{}", "--json"], &["show", "{}", "--raw"]] {
                let ask = |id: &str| {
                    let words: Vec<String> = verb.iter().map(|word| word.replace("{}", id)).collect();
                    sandbox.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
                };
                if sees {
                    ask(id).ok();
                } else {
                    let (there, not) = (ask(id).fails(3), ask(nonsense).fails(3));
                    assert_eq!((there.stdout, there.stderr), (word(not.stdout), word(not.stderr)), "{who} {verb:?}");
                }
            }
            if sees {
                wanted.push(id.clone());
            }
        }
        let ids = |told: String| {
            let mut ids: Vec<String> = told.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
            ids.dedup();
            ids
        };
        for words in [&["list"][..], &["list", "work"], &["list", "--no-index"], &["search", "work"]] {
            assert_eq!(ids(sandbox.run(words).ok().stdout), wanted, "{who} {words:?}");
        }
        assert_eq!(sandbox.run(&["list", "--count"]).ok().stdout.trim(), wanted.len().to_string(), "{who}");
        assert_eq!(
            sandbox.run(&["list", "as-of:HEAD", "--count"]).ok().stdout.trim(),
            wanted.len().to_string(),
            "{who}"
        );
        sandbox.run(&["list", "--exists"]).code.map(|code| assert_eq!(code == 0, !wanted.is_empty(), "{who}")).unwrap();
        let log = sandbox.run(&["log", "--json=ticket"]).ok().json();
        assert_eq!(log.as_array().unwrap().len(), wanted.len(), "{who}");
        let changes = sandbox.run(&["changes", "HEAD~3..HEAD", "--json=id"]).ok().json();
        assert_eq!(changes.as_array().unwrap().len(), wanted.len(), "{who}");
        let inbox = sandbox.run(&[]).ok().stdout;
        assert_eq!(inbox.lines().filter(|line| line.starts_with("  ")).count(), wanted.len(), "{who}: {inbox}");
    }
}

#[test]
fn an_editor_works_on_tickets_of_others_and_a_viewer_reads_them() {
    let mut scene = scene();
    let verbs: [(&[&str], i32, i32); 8] = [
        (&["reply", "-m", "Still."], 0, 5),
        (&["set", "product=looker"], 0, 5),
        (&["escalate", "--reason", "business_impact", "-m", "We lose money."], 0, 5),
        (&["set", "organization=northwind"], 5, 5),
        (&["set", "requester=editor@acme.example"], 5, 5),
        (&["prioritize", "S1", "-m", "All of it."], 0, 5),
        (&["note", "-m", "Psst."], 5, 5),
        (&["assign", "kenji@desk.example"], 5, 5),
    ];
    for (who, place) in [("viewer@acme.example", 1), ("editor@acme.example", 0), ("ida@northwind.example", 2)] {
        scene.sandbox.act_as(Some(who));
        for (words, editor, viewer) in &verbs {
            let mut all = vec![words[0], scene.acmes.as_str()];
            all.extend(&words[1..]);
            let told = scene.sandbox.run(&all);
            assert_eq!(told.code, Some([*editor, *viewer, 3][place]), "{who} {words:?}: {}", told.stderr);
        }
    }
    scene.sandbox.act_as(None);
    scene.sandbox.run(&["check"]).ok();
    // The role is recorded in the entry; a person who is no longer an editor does not find the ticket.
    scene.sandbox.run(&["org", "person", "remove", "acme", "editor@acme.example"]).ok();
    scene.sandbox.run(&["--as", "editor@acme.example", "show", &scene.acmes]).fails(3);
    assert_eq!(scene.sandbox.shown(&scene.acmes)["history"][1]["role"], "customer");
}

#[test]
fn a_policy_lets_editors_change_priorities() {
    let mut scene = scene();
    let (wish, change) = (["prioritize", "S1", "-m", "All of it."], ["prioritize", "S2", "-m", "Some of it."]);
    let on =
        |words: [&'static str; 4], ticket: &str| [words[0], ticket, words[1], words[2], words[3]].map(str::to_owned);
    let run = |scene: &Scene, words: [&'static str; 4]| {
        let words = on(words, &scene.acmes);
        scene.sandbox.run(&words.each_ref().map(String::as_str)).code
    };
    let last = |scene: &Scene| {
        let shown = scene.sandbox.run(&["--as", "kenji@desk.example", "show", &scene.acmes, "--json"]).ok().json();
        let entry = shown["history"].as_array().unwrap().last().unwrap().clone();
        (entry["action"].clone(), shown["priority"].clone())
    };
    scene.sandbox.act_as(Some("editor@acme.example"));
    assert_eq!(run(&scene, wish), Some(0));
    assert_eq!(last(&scene), (json!("reply"), json!("S3")));
    scene.sandbox.act_as(None);
    let text = scene.sandbox.read("casebook.toml").replace("editors_prioritize = false", "editors_prioritize = true");
    scene.sandbox.write("casebook.toml", &text);
    scene.sandbox.git(&["commit", "-qam", "Editors change priorities"]).ok();
    scene.sandbox.act_as(Some("editor@acme.example"));
    assert_eq!(run(&scene, change), Some(0));
    assert_eq!(last(&scene), (json!("prioritize"), json!("S2")));
    for who in ["viewer@acme.example", "ana@acme.example"] {
        scene.sandbox.act_as(Some(who));
        assert_eq!(run(&scene, wish), Some(5), "{who}");
    }
    scene.sandbox.act_as(None);
    scene.sandbox.run(&["check", "--strict"]).ok();
    scene.sandbox.run(&["audit", "--identity", "--strict"]).ok();
    // A permitted entry stays permitted when the policy changes; an uncommitted policy does not count.
    scene.sandbox.git(&["revert", "--no-edit", "HEAD~1"]).ok();
    scene.sandbox.run(&["audit", "--strict"]).ok();
    scene.sandbox.write("casebook.toml", &text);
    scene.sandbox.act_as(Some("editor@acme.example"));
    scene.sandbox.run(&["prioritize", &scene.acmes, "S1", "-m", "All of it.", "--no-commit"]).ok();
    scene.sandbox.act_as(None);
    scene.sandbox.git(&["checkout", "-q", "casebook.toml"]).ok();
    scene.sandbox.git(&["commit", "-qam", "By hand"]).ok();
    let told = scene.sandbox.run(&["audit", "--format", "json"]).fails(1).json();
    assert_eq!(told.as_array().unwrap().iter().map(|told| &told["rule"]).collect::<Vec<_>>(), ["entry.rights"]);
}

#[test]
fn an_administrator_adds_only_people_of_their_own_domains() {
    let scene = scene();
    scene.sandbox.run(&["org", "person", "add", "northwind", "max@northwind.example", "--role", "org_admin"]).ok();
    let add = |who: &str| {
        let words = ["--as", "max@northwind.example", "org", "person", "add", "northwind", who, "--role"];
        scene.sandbox.run(&[&words[..], &["tech_support_editor"]].concat())
    };
    for foreign in ["ana@acme.example", "stranger@nowhere.example"] {
        let told = add(foreign).fails(5).stderr;
        assert!(told.contains("only people of the organization's own domains"), "{told}");
    }
    add("new@northwind.example").ok();
    let words = ["org", "person", "add", "northwind", "helper@nowhere.example", "--role", "tech_support_editor"];
    scene.sandbox.run(&words).ok();
    scene.sandbox.run(&["--as", "ana@acme.example", "open", "-s", "Mine", "-m", "x"]).ok();
}

#[test]
fn a_person_in_copy_reads_and_does_not_escalate() {
    let scene = scene();
    let ticket = scene.sandbox.opened("Tiles", &["--cc", "out@other.example"]);
    let escalate = |who: &str| {
        let words = ["--as", who, "escalate", &ticket, "--reason", "business_impact", "-m", "Now."];
        scene.sandbox.run(&words)
    };
    assert_eq!(escalate("out@other.example").fails(5).stdout, "");
    scene.sandbox.run(&["--as", "out@other.example", "reply", &ticket, "-m", "Me too."]).ok();
    escalate("ana@acme.example").ok();
}

#[test]
fn a_ticket_belongs_to_its_requesters_organization() {
    let mut scene = scene();
    let organization = |scene: &Scene, id: &str| {
        scene.sandbox.run(&["show", id, "--json=organization"]).ok().json()["organization"].clone()
    };
    assert_eq!(organization(&scene, &scene.northwinds), "northwind");
    scene.sandbox.act_as(Some("new@acme.example"));
    let words = ["open", "-q", "-s", "Tiles", "-m", "All of them."];
    let own = scene.sandbox.run(&words).ok().stdout.trim().to_owned();
    assert_eq!(organization(&scene, &own), "acme");
    for foreign in ["northwind", "nowhere"] {
        let told = scene.sandbox.run(&[&words[..], &["--org", foreign]].concat()).fails(5).stderr;
        assert!(told.contains(&format!("not `{foreign}`")), "{told}");
    }
    scene.sandbox.act_as(Some("x@other.example"));
    let unknown = scene.sandbox.run(&words).ok().stdout.trim().to_owned();
    assert!(organization(&scene, &unknown).is_null());
    scene.sandbox.act_as(None);
    scene.sandbox.run(&["org", "person", "add", "acme", "ida@northwind.example"]).ok();
    let told =
        scene.sandbox.run(&["open", "-s", "Tiles", "-m", "All.", "--requester", "ida@northwind.example"]).fails(2);
    assert!(told.stderr.contains("acme, northwind"), "{}", told.stderr);
    scene.sandbox.run(&["open", "-s", "x", "-m", "y", "--requester", "ida@northwind.example", "--org", "acme"]).ok();
}

#[test]
fn without_organizations_nothing_changes() {
    let mut sandbox = desk();
    sandbox.act_as(Some("ana@acme.example"));
    let id = sandbox.run(&["open", "-q", "-s", "Tiles", "-m", "All.", "--org", "acme"]).ok().stdout.trim().to_owned();
    assert_eq!(sandbox.shown(&id)["organization"], "acme");
    sandbox.run(&["--as", "bo@acme.example", "show", &id]).fails(3);
    assert_eq!(sandbox.run(&["org", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn an_administrator_grants_support_roles_and_the_file_stays_concealed() {
    let mut scene = scene();
    scene.sandbox.act_as(Some("boss@acme.example"));
    let grant = ["org", "person", "add", "acme", "ana@acme.example", "--role"];
    let told = scene.sandbox.run(&[&grant[..], &["tech_support_viewer"]].concat()).ok();
    assert_eq!(told.stdout, "acme  6 people\n");
    let message = scene.sandbox.git(&["log", "-1", "--format=%B"]).ok().stdout;
    assert_eq!(
        message.trim(),
        "Make ana@acme.example tech_support_viewer of organization acme\n\nOrganization: acme\nOn-behalf-of: boss@acme.example"
    );
    let diff = scene.sandbox.git(&["show", "--format=", "--numstat"]).ok().stdout;
    assert_eq!(diff.trim(), "3\t0\torganizations/acme.yaml");
    scene.sandbox.run(&[&grant[..], &["admin"]].concat()).fails(5);
    scene.sandbox.run(&["org", "set", "acme", "domains=other.example"]).fails(5);
    scene.sandbox.run(&["org", "new", "mine"]).fails(5);
    scene.sandbox.run(&["org", "new", "northwind"]).fails(5);
    scene.sandbox.run(&["org", "show", "acme"]).ok();
    let listed = scene.sandbox.run(&["org", "list", "--json"]).ok().json();
    assert_eq!(listed.as_array().unwrap().iter().map(|one| &one["id"]).collect::<Vec<_>>(), ["acme"]);
    for (who, ids) in [("boss@acme.example", &["northwind"][..]), ("editor@acme.example", &["acme", "northwind"])] {
        scene.sandbox.act_as(Some(who));
        for id in ids {
            for words in
                [&["org", "show", "{}"][..], &["org", "set", "{}", "name=X"], &["org", "person", "remove", "{}", who]]
            {
                let ask = |id: &str| {
                    let words: Vec<String> = words.iter().map(|word| word.replace("{}", id)).collect();
                    scene.sandbox.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).fails(3).stderr
                };
                assert_eq!(ask(id), ask("nowhere").replace("nowhere", id), "{who} {words:?}");
            }
        }
    }
}

#[test]
fn the_file_changes_line_by_line_and_comments_are_never_lost() {
    let scene = scene();
    let path = "organizations/acme.yaml";
    let before = scene.sandbox.read(path);
    let planned = scene.sandbox.run(&["org", "set", "acme", "name=Acme", "-n"]).ok().stdout;
    assert!(planned.contains("+name: Acme") && planned.contains("Organization: acme"), "{planned}");
    assert_eq!(scene.sandbox.read(path), before);
    let json = scene.sandbox.run(&["org", "set", "acme", "name=Acme", "-n", "--json"]).ok().json();
    assert_eq!(json["name"], "Acme");
    let plans = "plans=looker:..2026-08-01,enhanced:2026-08-01..";
    let own = "instances.main.project_number=123456789012";
    scene.sandbox.run(&["org", "set", "acme", plans, own, "instances.main.edition=original"]).ok();
    let text = scene.sandbox.read(path);
    assert!(text.contains("- plan: looker\n  until: 2026-08-01\n- plan: enhanced\n  from: 2026-08-01\n"), "{text}");
    assert!(text.contains("- id: main\n  edition: original\n  project_number: \"123456789012\"\n"), "{text}");
    let head = scene.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout;
    let again = scene.sandbox.run(&["org", "set", "acme", "instances.main.edition=original"]).ok();
    assert!(again.stderr.contains("nothing to change"), "{}", again.stderr);
    assert_eq!(scene.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout, head);
    for (fact, part) in [
        ("time_zone=Asia/Tokio", "Asia/Tokio"),
        ("plans=a,b", "a plan must begin"),
        ("plans=a:soon..", "is not a plan"),
        ("instances.main.edition=new", "expected one of original"),
        ("instances.main.color=red", "cannot be set"),
        ("people=x", "org person add"),
        ("name", "KEY=VALUE"),
    ] {
        let told = scene.sandbox.run(&["org", "set", "acme", fact]).fails(2).stderr;
        assert!(told.contains(part), "{fact}: {told}");
    }
    scene.sandbox.run(&["org", "set", "acme", "instances.main=", "plans="]).ok();
    assert_eq!(scene.sandbox.read(path), before);
    scene.sandbox.write(path, &before.replace("id: acme\n", "# their own words\nid: acme\n"));
    let told = scene.sandbox.run(&["org", "set", "acme", "name=Acme", "--json"]).fails(7).error();
    assert_eq!((told["code"].as_str(), told["line"].as_u64()), (Some("organization.unwritable"), Some(1)));
    scene.sandbox.write(path, &before.replace("id: acme\n", "id:   'acme'\n"));
    scene.sandbox.run(&["org", "set", "acme", "name=Acme", "--no-commit"]).ok();
    assert_eq!(scene.sandbox.read(path), before.replace("id: acme\n", "id: acme\nname: Acme\n"));
}

#[test]
fn a_damaged_organization_is_reported_only_to_people_it_may_concern() {
    let mut scene = scene();
    scene.sandbox.write("organizations/acme.yaml", "id: acme\ndomains:\n- acme.example\nroles: []\n");
    let told = scene.sandbox.run(&["--as", "editor@acme.example", "list", "--json"]).fails(7).error();
    assert_eq!((told["code"].as_str(), told["line"].as_u64()), (Some("organization.damaged"), Some(4)));
    assert_eq!(told["file"], "organizations/acme.yaml");
    for verb in [&["show", "{}"][..], &["search", "work"], &["log"], &["changes"], &["reply", "{}", "-m", "x"]] {
        let words: Vec<String> = verb.iter().map(|word| word.replace("{}", &scene.acmes)).collect();
        scene.sandbox.act_as(Some("editor@acme.example"));
        scene.sandbox.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).fails(7);
    }
    scene.sandbox.run(&["--as", "ida@northwind.example", "show", &scene.northwinds]).ok();
    scene.sandbox.act_as(None);
    assert_eq!(scene.sandbox.run(&["list", "--count"]).ok().stdout, "2\n");
    let found = scene.sandbox.run(&["check", "--json"]);
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.contains("CB303"), "{}", found.stdout);
}

#[test]
fn a_killed_change_is_read_as_done_and_finished_later() {
    let scene = scene();
    let words = ["org", "person", "add", "acme", "late@acme.example", "--role", "tech_support_viewer"];
    scene.sandbox.run_under(&[("CASEBOOK_KILLED_AT", "journalled")], &words);
    assert!(!scene.sandbox.read("organizations/acme.yaml").contains("late@"));
    scene.sandbox.run(&["--as", "late@acme.example", "show", &scene.acmes]).ok();
    assert!(scene.sandbox.run(&["org", "show", "acme"]).ok().stdout.contains("late@"));
    scene.sandbox.run(&["note", &scene.acmes, "-m", "Go on."]).ok();
    assert!(scene.sandbox.read("organizations/acme.yaml").contains("late@"));
    let subjects = scene.sandbox.git(&["log", "-2", "--format=%s"]).ok().stdout;
    assert!(subjects.contains("Make late@acme.example tech_support_viewer"), "{subjects}");
}

#[test]
fn a_domain_or_a_person_in_two_files_is_reported_with_both() {
    let sandbox = desk();
    sandbox
        .write("organizations/acme.yaml", "id: acme\ndomains:\n- acme.example\npeople:\n- email: ana@acme.example\n");
    sandbox.write(
        "organizations/beta.yaml",
        "id: beta\ndomains:\n- beta.example\n- acme.example\npeople:\n- email: bea@beta.example\n  aliases:\n  - Ana@acme.example\n",
    );
    let found = sandbox.run(&["check", "--json"]).ok().json();
    let told: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            (found["code"].as_str().unwrap(), found["file"].as_str().unwrap(), found["line"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(told, [("CB308", "organizations/beta.yaml", 4), ("CB308", "organizations/beta.yaml", 8)]);
    assert!(found[0]["message"].as_str().unwrap().contains("organizations/acme.yaml"), "{found}");
    // As the message states, neither wins.
    let told = sandbox.run(&["--as", "ana@acme.example", "open", "-s", "x", "-m", "x"]).fails(2).stderr;
    assert!(told.contains("acme") && told.contains("beta") && told.contains("--org"), "{told}");
    assert_eq!(sandbox.run(&["check", "organizations/acme.yaml"]).ok().stdout.lines().count(), 1);
}
