//! Custom fields: in queries and lists, and validated against casebook.toml by `check`.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const FIELDS: &str =
    "\n[fields.region]\ntype = \"enum\"\nvalues = [\"emea\", \"apac\"]\n[fields.seats]\ntype = \"number\"\n";

/// A ticket from before the desk defined fields, one with both and one with none.
fn scene() -> (Sandbox, [String; 3]) {
    let sandbox = desk();
    let old = sandbox.opened("Old", &["--field", "region=mars", "--field", "seats=many", "--field", "floor=3"]);
    let policy = sandbox.read("casebook.toml");
    let policy = policy.replace("[queries]\n", "[queries]\nasia = \"fields.region:apac is:open\"\n");
    sandbox.write("casebook.toml", &format!("{policy}{FIELDS}"));
    sandbox.git(&["commit", "-qam", "Fields"]).ok();
    let both = sandbox.opened("Both", &["--field", "region=apac", "--field", "seats=5"]);
    let none = sandbox.opened("None", &[]);
    (sandbox, [old, both, none])
}

#[test]
fn check_warns_of_values_that_do_not_match_the_definition() {
    let (sandbox, [old, ..]) = scene();
    let found = sandbox.run(&["check", "--json"]).ok().json();
    let told: Vec<_> =
        found.as_array().unwrap().iter().map(|one| (&one["code"], &one["ticket"], &one["message"])).collect();
    assert_eq!(
        told,
        [
            (
                &"CB310".into(),
                &old.as_str().into(),
                &"`fields.region`: invalid value for region: expected one of emea, apac, found `mars`".into()
            ),
            (
                &"CB310".into(),
                &old.as_str().into(),
                &"`fields.seats`: invalid value for seats: expected number, found `many`".into()
            ),
        ]
    );
    let lines: Vec<u64> = found.as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect();
    let text = std::fs::read_to_string(sandbox.file_of(&old)).unwrap();
    let line = |words: &str| text.lines().position(|line| line.contains(words)).unwrap() as u64 + 1;
    assert_eq!(lines, [line("region: mars"), line("seats: many")]);
    // A ticket in git is checked by the casebook.toml beside it there.
    let root = sandbox.git(&["rev-list", "--max-parents=0", "HEAD"]).ok().stdout.trim().to_owned();
    let found_in = |until: &str| {
        let told = sandbox.run(&["check", "--json", "--range", &format!("{root}..{until}")]).ok().json();
        told.as_array().unwrap().len()
    };
    assert_eq!((found_in("HEAD~3"), found_in("HEAD~2")), (0, 2));
    sandbox.run(&["set", &old, "fields.region=emea", "fields.seats=7"]).ok();
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn negated_custom_fields_and_saved_queries_match_unset_fields() {
    let (sandbox, [old, both, none]) = scene();
    let ids = |words: &[&str]| {
        let told = sandbox.run(&[&["list"][..], words, &["--csv=id"]].concat()).ok().stdout;
        told.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["-fields.region:apac"]), [old.clone(), none.clone()]);
    assert_eq!(ids(&["-@asia"]), [old.clone(), none.clone()]);
    assert_eq!(ids(&["@asia"]), [both]);
    assert_eq!(ids(&["-@asia", "-p", "S3", "-fields.seats:none"]), [old]);
    sandbox.run(&["list", "-@nope"]).fails(2);
    sandbox.run(&["list", "-fields.nope:x"]).fails(2);
}

#[test]
fn an_unset_custom_field_is_empty_and_an_undefined_one_is_refused() {
    let (sandbox, [old, ..]) = scene();
    let told = sandbox.run(&["list", "--format", "{{ subject }}:{{ fields.seats }}"]).ok().stdout;
    assert_eq!(told, "Old:many\nBoth:5\nNone:\n");
    for form in ["--json=fields.seat", "--jsonl=fields.seat", "--csv=fields.seat", "--format={{ fields.seat }}"] {
        let told = sandbox.run(&["list", form]).fails(2).stderr;
        assert!(
            told.contains("unknown field `fields.seat`") && told.contains("did you mean `fields.seats`?"),
            "{told}"
        );
        sandbox.run(&["show", &old, form.replace("--jsonl", "--json").replace("--csv", "--json").as_str()]).fails(2);
    }
    // A field that a ticket has can be printed, defined or not.
    sandbox.run(&["list", "--csv=id,fields.floor"]).ok();
    let told = sandbox.run(&["list", "--csv=id,fields.floor", "fields.region:apac"]).fails(2).stderr;
    assert!(told.contains("known are region, seats"), "{told}");
    let plain = desk();
    plain.opened("Any", &[]);
    plain.run(&["list", "--csv=fields.nope"]).ok();
}
