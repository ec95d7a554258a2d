//! Attachments: adding them, their visibility, refusals, and that git keeps their bytes.

mod audit_and_guard;
mod check;
mod clones;
mod interrupted;

use crate::fixtures::attachments::place;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const ANA: &str = "ana@acme.example";

#[test]
fn files_come_with_their_entry_in_one_commit() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let (trace, picture) = (b"trace\n".to_vec(), vec![0, 159, 146, 150, b'\r', b'\n']);
    let (one, two) = (sandbox.given("trace.txt", &trace), sandbox.given("a picture.png", &picture));
    sandbox.run(&["attach", &ticket, &one, &two]).ok();
    assert_eq!((sandbox.bytes(&place(&trace)), sandbox.bytes(&place(&picture))), (trace.clone(), picture.clone()));
    assert_eq!(sandbox.read("attachments/.gitattributes"), "* -text -diff\n");
    let mut committed = vec![place(&trace), place(&picture), "attachments/.gitattributes".to_owned()];
    committed.push(sandbox.shown(&ticket)["path"].as_str().unwrap().to_owned());
    committed.sort();
    let told = sandbox.git(&["show", "--format=", "--name-only", "HEAD"]).ok().stdout;
    assert_eq!(told.lines().collect::<Vec<_>>(), committed);
    assert_eq!((sandbox.commits(), sandbox.status().as_str()), (3, ""));
    let entry = sandbox.shown(&ticket)["history"][1].clone();
    let said = |name: &str, bytes: &[u8]| {
        let path = place(bytes);
        let digest = path.rsplit('/').next().unwrap().to_owned();
        serde_json::json!({ "name": name, "size": bytes.len(), "sha256": digest, "path": path })
    };
    assert_eq!(entry["attachments"], serde_json::json!([said("trace.txt", &trace), said("a picture.png", &picture)]));
    assert_eq!((entry["action"].as_str(), entry.get("to")), (Some("attach"), None));
    let shown = sandbox.run(&["show", &ticket]).ok().stdout;
    assert!(shown.contains(&format!("│ trace.txt (6 B) {}\n", place(&trace))), "{shown}");
    assert!(sandbox.run(&["check"]).ok().stdout.contains("0 errors, 0 warnings"));
}

#[test]
fn every_message_takes_files_and_equal_bytes_are_stored_once() {
    let sandbox = desk();
    let (one, other) = (sandbox.given("one.txt", b"one\n"), sandbox.given("other.txt", b"other\n"));
    let ticket = sandbox.opened("Tiles", &["--attach", &one]);
    sandbox.run(&["reply", &ticket, "-m", "See.", "--attach", &other, "--attach", &one]).ok();
    sandbox.run(&["note", &ticket, "-m", "Odd.", "--attach", &one]).ok();
    sandbox.run(&["--as", ANA, "attach", &ticket, &other, "-m", "Once more."]).ok();
    let history = sandbox.shown(&ticket)["history"].clone();
    let names = |place: usize| {
        let names = history[place]["attachments"].as_array().unwrap().iter();
        names.map(|attachment| attachment["name"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        [names(0), names(1), names(2), names(3)].concat(),
        ["one.txt", "other.txt", "one.txt", "one.txt", "other.txt"]
    );
    assert_eq!(history[1]["to"], "awaiting_reply");
    assert_eq!(history[3].get("to"), None);
    let lie = sandbox.work_tree().into_keys().filter(|path| path.starts_with("attachments/")).count();
    assert_eq!((lie, sandbox.status().as_str()), (3, ""));
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit"]).ok();
}

#[test]
fn one_invalid_attachment_refuses_the_whole_command() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let config = sandbox.read("casebook.toml").replace("max_size = \"25 MB\"", "max_size = \"10 B\"");
    sandbox.write("casebook.toml", &config);
    sandbox.git(&["commit", "-qam", "Small"]).ok();
    let (fine, same) = (sandbox.given("fine.txt", b"0123456789"), sandbox.given("same.txt", b"0123456789"));
    let large = sandbox.given("large.txt", b"0123456789A");
    let odd = sandbox.given("odd\nname", b"x");
    let folder = sandbox.root().join("tmp").to_str().unwrap().to_owned();
    sandbox.shell(&format!("mkfifo {folder}/pipe")).ok();
    let before = (sandbox.work_tree(), sandbox.commits());
    for (file, code, why) in [
        ("/nowhere/file", 2, "cannot read /nowhere/file"),
        (folder.as_str(), 2, "is a folder"),
        (&format!("{folder}/pipe"), 2, "is not a regular file"),
        (&large, 4, "it has 11 B, and this desk allows 10 B"),
        (&odd, 2, "control characters"),
        (&same, 2, "has the same contents as"),
        ("-", 2, "standard input: it has no name"),
    ] {
        for words in
            [&["attach", &ticket, &fine, file][..], &["reply", &ticket, "-m", "x", "--attach", &fine, "--attach", file]]
        {
            let told = sandbox.run(words).fails(code).stderr;
            assert!(told.contains(why) && told.contains("nothing was changed"), "{told}");
            let error = sandbox.run(&[words, &["--json"]].concat()).fails(code).error();
            assert_eq!(error["code"], if code == 4 { "attachment.too_large" } else { "usage" });
        }
    }
    sandbox.run(&["attach", &ticket]).fails(2);
    sandbox.write("casebook.toml", &config.replace("10 B", "1 kB"));
    let larger = sandbox.given("larger.txt", &[b'x'; 1001]);
    let told = sandbox.run(&["attach", &ticket, &larger]).fails(4).stderr;
    assert!(told.contains("it has 1001 bytes, and this desk allows 1000 bytes"), "{told}");
    sandbox.write("casebook.toml", &config);
    assert_eq!((sandbox.work_tree(), sandbox.commits()), before);
    sandbox.run(&["attach", &ticket, &fine]).ok();
}

#[test]
fn dry_runs_keys_and_versions_apply_to_attachments() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let file = sandbox.given("trace.txt", b"trace\n");
    let before = sandbox.work_tree();
    let told = sandbox.run(&["attach", &ticket, &file, "-n"]).ok().stdout;
    let line = format!("attachment: trace.txt (6 B) {}\n", place(b"trace\n"));
    assert!(told.contains(&line) && told.contains("+  action: attach") && told.contains("+* -text -diff"), "{told}");
    // Attachments of other customers are concealed.
    let told = sandbox.run(&["--as", ANA, "attach", &ticket, &file, "-n"]).ok().stdout;
    assert!(told.contains(&line) && !told.contains(".gitattributes"), "{told}");
    assert_eq!(sandbox.work_tree(), before);
    let version = sandbox.shown(&ticket)["version"].as_str().unwrap().to_owned();
    sandbox.run(&["attach", &ticket, &file, "--key", "k"]).ok();
    let told = sandbox.run(&["attach", &ticket, &file, "--key", "k"]).ok().stderr;
    assert!(told.contains("is done already"), "{told}");
    sandbox.run(&["attach", &ticket, &file, "--if-version", &version]).fails(6);
    sandbox.run(&["attach", &ticket, &file, "--if-status", "solved"]).fails(6);
    assert_eq!(sandbox.shown(&ticket)["history"].as_array().unwrap().len(), 2);
}

#[test]
fn an_attachment_has_the_visibility_of_its_entry() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let (secret, public) = (sandbox.given("secret.txt", b"secret\n"), sandbox.given("public.txt", b"public\n"));
    sandbox.run(&["note", &ticket, "-m", "Odd.", "--attach", &secret]).ok();
    sandbox.run(&["--as", ANA, "reply", &ticket, "-m", "See.", "--attach", &public]).ok();
    for words in [&["show", &ticket][..], &["show", &ticket, "--json"], &["log"], &["log", "--json"]] {
        let told = sandbox.run(&[&["--as", ANA], words].concat()).ok().stdout;
        assert!(!told.contains("secret.txt"), "{told}");
    }
    assert!(sandbox.run(&["--as", ANA, "show", &ticket]).ok().stdout.contains("public.txt"));
    // The answer to a person of no organization is the same with the file and without.
    for file in [public.as_str(), "/nowhere"] {
        let told = sandbox.run(&["--as", "eve@evil.example", "attach", &ticket, file]).fails(3).stderr;
        assert!(told.contains("no ticket") && !told.contains("nowhere"), "{told}");
    }
    let reply = sandbox.shown(&ticket)["version"].as_str().unwrap().to_owned();
    sandbox.run(&["redact", &ticket, &reply, "--reason", "private", "-m", "Hidden."]).ok();
    for words in [&["show", &ticket][..], &["show", &ticket, "--json"]] {
        let told = sandbox.run(words).ok().stdout;
        assert!(!told.contains("public.txt") && !told.contains(&place(b"public\n")), "{told}");
    }
    assert_eq!(sandbox.bytes(&place(b"public\n")), b"public\n");
    sandbox.run(&["check"]).ok();
}

#[test]
fn attachment_names_cannot_control_a_terminal() {
    let sandbox = desk();
    let file = sandbox.given("\u{202e}gpj.exe", b"x");
    let ticket = sandbox.opened("Tiles", &["--attach", &file]);
    let told = sandbox.run(&["show", &ticket]).ok().stdout;
    assert!(told.contains(".exe (1 B)") && !told.contains('\u{202e}'), "{told}");
    sandbox.run(&["check", "--strict"]).ok();
}

#[test]
fn a_redirected_reply_takes_its_attachments_along() {
    let sandbox = desk();
    let (source, target) = (sandbox.opened("One", &[]), sandbox.opened("Two", &[]));
    sandbox.run(&["merge", &source, "--into", &target]).ok();
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.run(&["--as", ANA, "reply", &source, "-m", "See.", "--attach", &file]).ok();
    let named = |ticket: &str| {
        let shown = sandbox.shown(ticket);
        shown["history"].as_array().unwrap().iter().filter(|entry| entry.get("attachments").is_some()).count()
    };
    assert_eq!((named(&source), named(&target)), (0, 1));
    // `attach` without a text stays on the merged ticket, as tags do.
    let told = sandbox.run(&["attach", &source, &file]).ok().stderr;
    assert!(told.contains("is merged and keeps the files"), "{told}");
    assert_eq!((named(&source), named(&target)), (1, 1));
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.run(&["audit"]).ok();
}

#[test]
fn attachments_work_without_a_repository() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("plain");
    sandbox.write("casebook.toml", "format = 1\n");
    let file = sandbox.given("trace.txt", b"trace\n");
    sandbox.act_as(Some(ANA));
    let ticket = sandbox.opened("Tiles", &["--attach", &file]);
    assert_eq!(sandbox.bytes(&place(b"trace\n")), b"trace\n");
    sandbox.run(&["attach", &ticket, &file]).ok();
    sandbox.run(&["check", "--strict"]).ok();
    sandbox.assert_nothing_waits("done");
}

#[test]
fn uncommitted_attachments_go_into_the_next_commit() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    let trace = sandbox.given("trace", b"trace");
    sandbox.run(&["attach", &ticket, &trace, "--no-commit"]).ok();
    let other = sandbox.opened("Another", &[]);
    assert_ne!(sandbox.status(), "", "what another ticket names is not this one's to commit");
    sandbox.run(&["note", &ticket, "-m", "See the trace."]).ok();
    assert_eq!(sandbox.status(), "");
    sandbox.run(&["check", "--range", "HEAD"]).ok();
    // The same with a hook, where git itself makes the commit, and where the file comes again.
    sandbox.run(&["attach", &other, &sandbox.given("more", b"more"), "--no-commit"]).ok();
    sandbox.run(&["reply", &other, "--attach", &trace, "-m", "Here."]).ok();
    assert_eq!(sandbox.status(), "");
    sandbox.run(&["audit", "--strict"]).ok();
}
