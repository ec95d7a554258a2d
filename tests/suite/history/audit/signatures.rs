//! `--signed`: commits bear a signature of a key that casebook.toml names, as it was before them.

use super::Scene;
use crate::fixtures::sandbox::Sandbox;

/// Makes an SSH key and gives its public part. None where the machine cannot make one.
pub fn key(sandbox: &Sandbox, name: &str) -> Option<String> {
    let made = sandbox.shell(&format!(
        "command -v ssh-keygen >/dev/null || exit 9; ssh-keygen -q -t ed25519 -N '' -C {name} -f ../{name}"
    ));
    if made.code == Some(9) {
        return None;
    }
    made.ok();
    Some(sandbox.read(format!("../{name}.pub")).trim().to_owned())
}

/// Signs from now on with a key, or no more.
pub fn sign(sandbox: &Sandbox, name: Option<&str>) {
    sandbox.git(&["config", "gpg.format", "ssh"]).ok();
    sandbox.git(&["config", "commit.gpgSign", if name.is_some() { "true" } else { "false" }]).ok();
    if let Some(name) = name {
        let path = sandbox.path(format!("../{name}"));
        sandbox.git(&["config", "user.signingKey", path.to_str().unwrap()]).ok();
    }
}

#[test]
fn only_keys_that_were_named_before_count() {
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
    note("Signed by somebody else.");
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
fn a_key_that_is_none_breaks_the_policy() {
    let scene = Scene::new();
    let config = scene.sandbox.read("casebook.toml");
    scene.sandbox.write("casebook.toml", &format!("{config}\n[signing]\n\"kenji@desk.example\" = [\"nonsense\"]\n"));
    scene.commit();
    assert_eq!(scene.rules(&[]), ["policy.unreadable"]);
}
