//! Attachments in `audit` and `guard`: they are added, by customers only with an entry, and never changed or removed.

use std::fs;

use super::ANA;
use crate::fixtures::attachments::place;
use crate::fixtures::audited_desk::Scene;
use crate::fixtures::guarded_server::{KENJI, served};

/// Returns the codes and paths of the findings of an audit.
fn audited(scene: &Scene) -> Vec<(String, String)> {
    let told = scene.sandbox.run(&["audit", "--format", "json"]).stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}\n{told}"));
    let findings = told.as_array().or_else(|| told["findings"].as_array()).unwrap().clone();
    let word = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings.iter().map(|finding| (word(finding, "code"), word(finding, "file"))).collect()
}

fn attach(scene: &Scene, bytes: &[u8]) -> String {
    let file = scene.sandbox.given("file.txt", bytes);
    scene.sandbox.run(&["attach", &scene.ticket, &file]).ok();
    place(bytes)
}

fn found(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[test]
fn an_audit_reports_changed_and_deleted_attachments() {
    let scene = Scene::new();
    let (one, two, three) = (attach(&scene, b"one\n"), attach(&scene, b"two\n"), attach(&scene, b"three\n"));
    assert_eq!(audited(&scene), []);
    scene.sandbox.git(&["rm", "-q", &one]).ok();
    scene.commit();
    let mut known = vec![found("CB417", &one)];
    assert_eq!(audited(&scene), known);
    scene.sandbox.write(&two, "other\n");
    let commit = scene.commit();
    known.push(found("CB418", &two));
    assert_eq!(audited(&scene), known);
    let told = scene.sandbox.run(&["audit"]).fails(1).stdout;
    assert!(told.contains(&commit[..7]), "{told}");
    // An attachment that is restored is no second violation.
    scene.sandbox.write(&one, "one\n");
    scene.sandbox.write(&two, "two\n");
    scene.commit();
    assert_eq!(audited(&scene), known);
    scene.sandbox.git(&["mv", &three, "three.txt"]).ok();
    scene.commit();
    known.push(found("CB417", &three));
    assert_eq!(audited(&scene), known);
    assert!(scene.sandbox.run(&["audit"]).fails(1).stdout.contains("was moved to three.txt"));
    // No entry names a stray file: `check` suggests removing it.
    scene.sandbox.write("attachments/stray", "x");
    scene.commit();
    scene.sandbox.git(&["rm", "-q", "attachments/stray"]).ok();
    scene.commit();
    scene.sandbox.shell(&format!("rm {one}; ln -s /etc/hostname {one}")).ok();
    scene.commit();
    known.push(found("CB418", &one));
    assert_eq!(audited(&scene), known);
}

#[test]
fn a_merge_that_drops_an_attachment_is_reported() {
    let scene = Scene::new();
    scene.sandbox.git(&["checkout", "-qb", "side"]).ok();
    let lies = attach(&scene, b"one\n");
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    scene.note("Meanwhile.");
    scene.sandbox.git(&["merge", "-q", "--no-commit", "side"]).ok();
    scene.sandbox.git(&["rm", "-qf", &lies]).ok();
    scene.sandbox.git(&["commit", "-qm", "Both"]).ok();
    assert_eq!(audited(&scene), [found("CB417", &lies)]);
}

#[test]
fn the_guard_accepts_attachments_of_commands() {
    for hook in ["pre-receive", "update"] {
        let scene = served(hook);
        let one = scene.sandbox.given("one.txt", b"one\r\n");
        scene.sandbox.run(&["--as", ANA, "attach", &scene.ticket, &one]).ok();
        scene.push(ANA, &["main"]).ok();
        let two = scene.sandbox.given("two.txt", b"two\n");
        scene.sandbox.run(&["--as", ANA, "reply", &scene.ticket, "-m", "x", "--attach", &two, "--attach", &one]).ok();
        scene.push(ANA, &["main"]).ok();
        attach(&scene, b"three\n");
        scene.push(KENJI, &["main"]).ok();
        // In two commits, and one push.
        let four = scene.sandbox.given("four.txt", b"four\n");
        scene.sandbox.run(&["--as", ANA, "attach", &scene.ticket, &four, "--no-commit"]).ok();
        scene.sandbox.git(&["add", "attachments"]).ok();
        scene.sandbox.git(&["commit", "-qm", "First the bytes"]).ok();
        scene.refused(ANA, &["main"], "CB505");
        scene.sandbox.git(&["commit", "-qam", "Then the entry"]).ok();
        scene.push(ANA, &["main"]).ok();
    }
}

#[test]
fn clones_of_customers_merge_what_both_attached() {
    let scene = served("pre-receive");
    scene.sandbox.git(&["checkout", "-qb", "mine"]).ok();
    let one = scene.sandbox.given("one.txt", b"one\n");
    scene.sandbox.run(&["--as", ANA, "attach", &scene.ticket, &one]).ok();
    scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    attach(&scene, b"two\n");
    scene.push(KENJI, &["main"]).ok();
    scene.sandbox.git(&["merge", "-q", "-m", "Both", "mine"]).ok();
    scene.push(ANA, &["main"]).ok();
}

#[test]
fn the_guard_refuses_invalid_attachments() {
    let scene = served("pre-receive");
    let lies = attach(&scene, b"one\n");
    scene.push(KENJI, &["main"]).ok();
    let at = |change: &dyn Fn(), who: &str, code: &str| {
        scene.sandbox.git(&["checkout", "-q", "-B", "try", "main"]).ok();
        change();
        scene.commit();
        scene.refused(who, &["try"], code);
        scene.sandbox.git(&["checkout", "-q", "main"]).ok();
    };
    let write = |path: &str, text: &str| scene.sandbox.write(path, text);
    at(&|| fs::remove_file(scene.sandbox.path(&lies)).unwrap(), KENJI, "CB417");
    at(&|| write(&lies, "other\n"), KENJI, "CB418");
    at(&|| write(&place(b"two\n"), "not two\n"), KENJI, "CB205");
    at(&|| write(&place(b"two\n"), "two\n"), ANA, "CB505");
    at(&|| fs::remove_file(scene.sandbox.path("attachments/.gitattributes")).unwrap(), ANA, "CB505");
    let two = scene.sandbox.given("two.txt", b"two\n");
    // An entry without its bytes, by an agent or a customer; and one with another size.
    let bare = |who: &str| {
        scene.sandbox.run(&["--as", who, "attach", &scene.ticket, &two, "--no-commit"]).ok();
        fs::remove_file(scene.sandbox.path(place(b"two\n"))).unwrap();
    };
    at(&|| bare(KENJI), KENJI, "CB204");
    at(&|| bare(ANA), ANA, "CB204");
    at(
        &|| {
            scene.sandbox.run(&["attach", &scene.ticket, &two, "--no-commit"]).ok();
            let text = scene.sandbox.read(&scene.file);
            write(&scene.file, &text.replace("size: 4\n    sha256: ", "size: 5\n    sha256: "));
        },
        KENJI,
        "CB204",
    );
    // Another's entry does not make the bytes hers.
    at(
        &|| {
            scene.sandbox.run(&["attach", &scene.ticket, &two, "--no-commit"]).ok();
        },
        ANA,
        "CB503",
    );
    // Nor may a file of hers be one that is run.
    at(
        &|| {
            scene.sandbox.run(&["--as", ANA, "attach", &scene.ticket, &two, "--no-commit"]).ok();
            scene.sandbox.shell(&format!("chmod +x {}", place(b"two\n"))).ok();
        },
        ANA,
        "CB505",
    );
}

#[test]
fn the_hook_of_a_clone_protects_attachments_too() {
    let scene = Scene::new();
    let lies = attach(&scene, b"one\n");
    scene.sandbox.run(&["hooks", "install"]).ok();
    attach(&scene, b"two\n");
    scene.sandbox.git(&["rm", "-q", &lies]).ok();
    let told = scene.sandbox.git(&["commit", "-qm", "Away with it"]).fails(1).stderr;
    assert!(told.contains("CB417"), "{told}");
}
