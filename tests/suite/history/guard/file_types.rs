//! `guard`, `check` and `audit` agree on links, folders and other repositories in the place of plain files.

use std::collections::BTreeSet;

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{KENJI, served};

/// A shell script: `$MONTH` is the folder of the tickets, `$TRACE` an attachment that an entry names.
/// Then the code and the file of the error.
type Odd = (&'static str, &'static str, &'static str);

const ODD: [Odd; 17] = [
    (
        "mkdir $MONTH/01M81GKATFBRM36GEJNZXVSRF0.yaml; echo >$MONTH/01M81GKATFBRM36GEJNZXVSRF0.yaml/x",
        "CB015",
        "tickets/2026/11/01M81GKATFBRM36GEJNZXVSRF0.yaml",
    ),
    (
        "mkdir -p tickets/a/01M81GKATFBRM36GEJNZXVSRF0.yaml/b; echo >tickets/a/01M81GKATFBRM36GEJNZXVSRF0.yaml/b/x",
        "CB015",
        "tickets/a/01M81GKATFBRM36GEJNZXVSRF0.yaml",
    ),
    ("mkdir $MONTH/notes.yaml; echo >$MONTH/notes.yaml/x", "CB015", "tickets/2026/11/notes.yaml"),
    ("ln -s 11 tickets/2026/12", "CB015", "tickets/2026/12"),
    ("ln -s ../z tickets/2027", "CB015", "tickets/2027"),
    ("ln -s x $MONTH/notes.yaml", "CB015", "tickets/2026/11/notes.yaml"),
    ("cp $TRACE x; ln -sf ../../x $TRACE", "CB204", ""),
    ("cp $TRACE x; rm $TRACE; printf 'trace, and more' >x; ln -s \"$(cat x)\" $TRACE", "CB204", ""),
    ("mv $(dirname $TRACE) x; ln -s ../x $(dirname $TRACE)", "CB204", ""),
    ("ln -s x organizations/beta.yaml", "CB303", "organizations/beta.yaml"),
    ("cp organizations/acme.yaml x; ln -sf ../x organizations/acme.yaml", "CB303", "organizations/acme.yaml"),
    (
        "rm organizations/acme.yaml; mkdir organizations/acme.yaml; echo >organizations/acme.yaml/x",
        "CB303",
        "organizations/acme.yaml",
    ),
    ("mkdir organizations/beta.yaml; echo >organizations/beta.yaml/x", "CB303", "organizations/beta.yaml"),
    ("mv organizations x; ln -s x organizations", "CB303", "organizations"),
    ("rm -r organizations; ln -s nowhere organizations", "CB303", "organizations"),
    ("rm -r organizations; echo >organizations", "CB303", "organizations"),
    ("mv casebook.toml x; ln -s x casebook.toml", "CB301", "casebook.toml"),
];

/// A guarded desk with an organization, and an attachment.
fn furnished() -> (Scene, String) {
    let scene = served("pre-receive");
    scene.sandbox.run(&["org", "new", "acme", "domains=acme.example"]).ok();
    let file = scene.sandbox.given("trace.txt", b"trace, and more");
    scene.sandbox.run(&["attach", &scene.ticket, &file]).ok();
    scene.sandbox.run(&["hooks", "install"]).ok();
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["fetch", "-q"]).ok();
    (scene, crate::fixtures::attachments::place(b"trace, and more"))
}

/// Returns the errors that a check finds, by code and file.
#[track_caller]
fn errors(scene: &Scene, words: &[&str]) -> BTreeSet<(String, String)> {
    let told = scene.sandbox.run(&[&["check", "--format", "json"], words].concat()).fails(1).json();
    let is_error = |finding: &&serde_json::Value| finding["severity"] == "error";
    let word = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = told.as_array().unwrap().iter().filter(is_error);
    findings.map(|finding| (word(finding, "code"), word(finding, "file"))).collect()
}

#[test]
fn check_audit_and_guard_agree_on_files_that_are_not_plain() {
    let (scene, trace) = furnished();
    for (put, code, file) in ODD {
        let file = if file.is_empty() { scene.file.clone() } else { file.to_owned() };
        scene.sandbox.shell(&format!("set -e; MONTH=tickets/2026/11 TRACE={trace}; {put}")).ok();
        let found = errors(&scene, &[]);
        assert!(found.contains(&(code.to_owned(), file.clone())), "{put}: {found:?}");
        scene.sandbox.git(&["add", "-A"]).ok();
        assert_eq!(errors(&scene, &["--staged"]), found, "{put}");
        // An attachment must not change: the guard reports this once, and not for each ticket that names it.
        let (code, file) = match code {
            "CB204" if put.starts_with("mv") => ("CB417", trace.as_str()),
            "CB204" => ("CB418", trace.as_str()),
            code => (code, file.as_str()),
        };
        let told = scene.sandbox.git(&["commit", "-qm", "x"]).fails(1);
        assert!((told.stdout.clone() + &told.stderr).contains(&format!("[{code}]")), "{put}: {}", told.stderr);
        scene.commit();
        assert_eq!(errors(&scene, &["--range", "HEAD~1..HEAD"]), found, "{put}");
        let told = scene.refused(KENJI, &["main"], code);
        assert!(told.contains(&format!("{file}:")), "{put}: {told}");
        scene.sandbox.shell("git reset -q --hard origin/main && git clean -fdq").ok();
    }
    scene.sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn check_audit_and_guard_agree_on_nested_repositories() {
    let (scene, _) = furnished();
    let head = scene.sandbox.git(&["rev-parse", "HEAD"]).ok().stdout;
    for (file, code) in [
        ("organizations/beta.yaml", "CB303"),
        ("organizations/acme.yaml", "CB303"),
        ("tickets/2026/12", "CB015"),
        ("tickets/2026/11/01M81GKATFBRM36GEJNZXVSRF0.yaml", "CB015"),
    ] {
        let link = format!("160000,{},{file}", head.trim());
        scene.sandbox.git(&["update-index", "--add", "--cacheinfo", &link]).ok();
        let found = BTreeSet::from([(code.to_owned(), file.to_owned())]);
        assert_eq!(errors(&scene, &["--staged"]), found);
        let told = scene.sandbox.git(&["commit", "-qm", "x"]).fails(1);
        assert!((told.stdout.clone() + &told.stderr).contains(&format!("[{code}]")), "{}", told.stderr);
        scene.sandbox.git(&["commit", "-q", "--no-verify", "-m", "x"]).ok();
        assert_eq!(errors(&scene, &["--range", "HEAD~1..HEAD"]), found);
        scene.refused(KENJI, &["main"], code);
        scene.sandbox.shell("git reset -q --hard origin/main && git clean -ffdq").ok();
    }
}

#[test]
fn a_link_is_not_an_attachment() {
    for is_before in [true, false] {
        names_a_link(is_before);
    }
}

/// An entry that names an attachment which is a link, of an earlier push or of the same.
fn names_a_link(is_before: bool) {
    let (scene, _) = furnished();
    let file = scene.sandbox.given("more.txt", b"more");
    let lies = crate::fixtures::attachments::place(b"more");
    // git has the same bytes, as the target of a link.
    scene.sandbox.shell(&format!("mkdir -p $(dirname {lies}); ln -s more {lies}")).ok();
    scene.commit();
    if is_before {
        scene.push(KENJI, &["main"]).ok();
    }
    scene.sandbox.git(&["update-index", "--assume-unchanged", &lies]).ok();
    std::fs::remove_file(scene.sandbox.path(&lies)).unwrap();
    scene.sandbox.run(&["attach", &scene.ticket, &file, "--no-commit"]).ok();
    scene.sandbox.git(&["add", &scene.file]).ok();
    assert_eq!(errors(&scene, &["--staged"]), BTreeSet::from([("CB204".to_owned(), scene.file.clone())]));
    scene.sandbox.git(&["commit", "-q", "--no-verify", "-m", "x"]).ok();
    scene.refused(KENJI, &["main"], "CB204");
}

#[test]
fn file_types_from_before_the_push_are_not_its_findings() {
    let scene = Scene::new();
    scene.sandbox.shell("mkdir -p organizations tickets/a.yaml; ln -s x organizations/beta.yaml; ln -s 11 tickets/2026/12; mkdir tickets/2026/11/b.yaml; echo >tickets/2026/11/b.yaml/x").ok();
    scene.commit();
    let scene = super::served_from(scene, "pre-receive");
    scene.note("One.");
    scene.sandbox.shell("echo more >tickets/2026/11/b.yaml/x; ln -sf y organizations/beta.yaml").ok();
    scene.commit();
    scene.push(KENJI, &["main"]).ok();
}
