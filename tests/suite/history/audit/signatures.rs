//! `--signed`: commits bear a signature of a key that casebook.toml names, as it was before them.

use crate::fixtures::audited_desk::Scene;
use crate::fixtures::signing::{key, sign};

#[test]
fn only_keys_named_before_the_commit_are_accepted() {
    let scene = Scene::new();
    let sandbox = &scene.sandbox;
    let Some(kenjis) = key(sandbox, "kenji") else { return };
    let bos = key(sandbox, "bo").unwrap();
    let note = |words: &str| {
        sandbox.run(&["note", &scene.ticket, "-m", words]).ok();
    };
    let config = sandbox.read("casebook.toml");
    let named = |keys: &[&str]| {
        sandbox.write("casebook.toml", &format!("{config}\n[signing]\n\"kenji@desk.example\" = {keys:?}\n"));
        scene.commit();
    };
    named(&[&kenjis]);
    let from = format!("{}..HEAD", sandbox.git(&["rev-parse", "HEAD"]).ok().stdout.trim());
    sign(sandbox, Some("kenji"));
    note("Signed.");
    assert_eq!(scene.rules(&["--signed", &from]), Vec::<String>::new());
    sign(sandbox, Some("bo"));
    note("Signed by another person.");
    assert_eq!(scene.rules(&["--signed", &from]), ["commit.signer"]);
    sign(sandbox, None);
    note("Not signed.");
    assert_eq!(scene.rules(&["--signed", &from]), ["commit.signer", "commit.unsigned"]);
    // The commit that names the key is signed with one that was named before it.
    sign(sandbox, Some("bo"));
    named(&[&kenjis, &bos]);
    note("Named now.");
    assert_eq!(scene.rules(&["--signed", "HEAD~2..HEAD"]), ["commit.signer"]);
    assert_eq!(scene.rules(&["--signed", "HEAD~1..HEAD"]), Vec::<String>::new());
    assert_eq!(scene.rules(&[]), Vec::<String>::new());
}

#[test]
fn an_invalid_key_makes_the_policy_invalid() {
    let scene = Scene::new();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &format!("{config}\n[signing]\n\"kenji@desk.example\" = [\"nonsense\"]\n"));
    scene.commit();
    assert_eq!(scene.rules(&[]), ["policy.unreadable"]);
}
