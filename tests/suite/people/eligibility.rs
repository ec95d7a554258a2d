//! Eligibility to open a ticket when a plan, organization or instance is misspelled or missing: no rule is turned off.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// Acme, on a plan of the desk, with an editor and a viewer.
fn acme() -> Sandbox {
    let sandbox = desk();
    sandbox.run(&["org", "new", "acme", "domains=acme.example", "plans=enhanced"]).ok();
    for (who, role) in [("editor@acme.example", "tech_support_editor"), ("viewer@acme.example", "tech_support_viewer")]
    {
        sandbox.run(&["org", "person", "add", "acme", who, "--role", role]).ok();
    }
    sandbox
}

fn opens(sandbox: &Sandbox, who: &str) -> Option<i32> {
    sandbox.run(&["--as", who, "open", "-s", "Tiles", "-m", "All of them."]).code
}

/// Opens a ticket of a person, and returns its id.
fn opened(sandbox: &Sandbox, who: &str, flags: &[&str]) -> String {
    let words = ["open", "-q", "-s", "Slow", "-m", "All of them.", "--requester", who];
    sandbox.run(&[&words[..], flags].concat()).ok().stdout.trim().to_owned()
}

#[test]
fn a_misspelled_plan_is_refused_and_turns_no_rule_off() {
    let sandbox = acme();
    let path = "organizations/acme.yaml";
    let before = sandbox.read(path);
    for words in [
        ["org", "set", "acme", "plans=enhancd"],
        ["org", "new", "beta", "plans=standard:..2026-12-01,enhancd:2026-12-01.."],
    ] {
        let told = sandbox.run(&words).fails(2).stderr;
        assert!(
            told.contains("`enhancd` is not a plan of this desk") && told.contains("did you mean `enhanced`?"),
            "{told}"
        );
    }
    let told = sandbox.run(&["org", "set", "acme", "plans=gold"]).fails(2).stderr;
    assert!(told.contains("the plans are enhanced, looker, premium, standard"), "{told}");
    assert_eq!(sandbox.read(path), before);
    sandbox.run(&["org", "show", "beta"]).fails(3);
    // Edited by hand, it is as a plan that sets no eligibility.
    sandbox.write(path, &before.replace("plan: enhanced", "plan: enhancd"));
    sandbox.git(&["commit", "-qam", "By hand"]).ok();
    assert_eq!(opens(&sandbox, "viewer@acme.example"), Some(5));
    assert_eq!(opens(&sandbox, "editor@acme.example"), Some(0));
    let found = sandbox.run(&["check", "--json"]).ok().json();
    assert_eq!((&found[0]["code"], &found[0]["file"]), (&"CB307".into(), &path.into()), "{found}");
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("did you mean `enhanced`?") && message.contains("tech_support_editor"), "{message}");
    // Another field can be changed meanwhile, and a past plan kept.
    sandbox.run(&["org", "set", "acme", "name=Acme"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn an_organization_without_a_file_does_not_bypass_the_requesters_own_rules() {
    let sandbox = acme();
    let open = |flags: &[&str]| {
        let words = ["open", "-q", "-s", "Tiles", "-m", "All of them.", "--org", "nope", "--requester"];
        sandbox.run(&[&words[..], flags].concat())
    };
    for who in ["viewer@acme.example", "editor@acme.example", "new@acme.example"] {
        let told = open(&[who, "--json"]).fails(4).error();
        assert_eq!(told["code"], "open.not_eligible");
        let message = told["message"].as_str().unwrap();
        assert!(message.contains("`nope` has no file") && message.contains("belongs to acme"), "{message}");
    }
    let id = open(&["viewer@acme.example", "--override", "A trial"]).ok().stdout.trim().to_owned();
    let first = sandbox.shown(&id)["history"][0].clone();
    assert_eq!(first["override"]["rule"], "unknown_organization", "{first}");
    // A person of no organization may name any; `check` warns of it.
    let foreign = open(&["ida@northwind.example"]).ok().stdout.trim().to_owned();
    assert_eq!(sandbox.shown(&foreign)["organization"], "nope");
    let acmes = opened(&sandbox, "editor@acme.example", &[]);
    let set = |id: &str, facts: &[&str]| sandbox.run(&[&["set", id][..], facts].concat());
    let told = set(&acmes, &["organization=nope"]).fails(4).stderr;
    assert!(told.contains("belongs to acme") && !told.contains("--override"), "{told}");
    set(&acmes, &["organization="]).ok();
    set(&acmes, &["organization=acme"]).ok();
    set(&acmes, &["organization=nope", "requester=ida@northwind.example"]).ok();
    set(&foreign, &["organization=nowhere"]).ok();
    set(&foreign, &["organization=nope", "requester=new@acme.example"]).fails(4);
    // A value that is already set is no change.
    set(&id, &["organization=nope"]).ok();
    sandbox.run(&["audit", "--strict"]).ok();
}

#[test]
fn an_instance_must_be_on_file_by_any_of_its_names() {
    let mut sandbox = acme();
    sandbox.run(&["org", "set", "acme", "instances.main.hosting=vendor", "instances.eu.hosting=vendor"]).ok();
    let id = opened(&sandbox, "editor@acme.example", &["--instance", "main"]);
    for who in [None, Some("editor@acme.example")] {
        sandbox.act_as(who);
        let told = sandbox.run(&["set", &id, "instance=bogus"]).fails(2).stderr;
        assert!(
            told.contains("no instance `bogus`; on file: main, eu") && told.contains("instance=INSTANCE"),
            "{told}"
        );
        sandbox.run(&["set", &id, "instance=eu"]).ok();
        sandbox.run(&["set", &id, "instance="]).ok();
    }
    sandbox.act_as(None);
    let foreign = opened(&sandbox, "ida@northwind.example", &[]);
    sandbox.run(&["set", &foreign, "instance=theirs"]).ok();
    sandbox.run(&["set", &foreign, "organization=acme", "instance=theirs"]).fails(2);
    sandbox.run(&["org", "set", "acme", "instances.eu="]).ok();
    sandbox.run(&["set", &id, "instance=eu"]).fails(2);
}

#[test]
fn the_text_is_kept_when_opening_is_refused() {
    let sandbox = acme();
    let kept = || std::fs::read_dir(sandbox.path(".git/casebook/kept")).map_or(0, Iterator::count);
    let open = |who: &str, words: &[&str]| sandbox.run(&[&["--as", who, "open", "-s", "Tiles"][..], words].concat());
    let told = open("viewer@acme.example", &["-m", "A long story."]).fails(5).stderr;
    let path = told.lines().find_map(|line| line.split("The text is kept in ").nth(1)).unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(path).unwrap(), "A long story.\n");
    assert_eq!(kept(), 1);
    // Nothing else leaves anything behind.
    sandbox.write("story.txt", "A long story.\n");
    open("viewer@acme.example", &["-F", "story.txt"]).fails(5);
    open("viewer@acme.example", &["-m", "A long story.", "-n"]).fails(5);
    open("editor@acme.example", &["-m", "A long story.", "--org", "northwind"]).fails(5);
    open("editor@acme.example", &["-m", "A long story.", "--override", "x"]).fails(5);
    sandbox.run(&["--as", "editor@acme.example", "access", "request", "-m", "A long story."]).fails(5);
    assert_eq!(kept(), 1);
}
