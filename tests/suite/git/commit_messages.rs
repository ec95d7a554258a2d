//! Commits: message, trailers, time, author and signature.

use super::*;

#[test]
fn a_commit_has_trailers_that_git_reads() {
    let sandbox = desk();
    let (one, two) = (sandbox.opened("Tiles time out", &[]), sandbox.opened("Tiles again", &[]));
    assert_eq!(sandbox.trailers(), [format!("Ticket: {two}"), format!("Entry: {two}"), "Action: open".to_owned()]);
    let said = sandbox.run(&["reply", &one, "-m", "Hello", "--as", "ana@acme.example", "--json=version"]).ok().json();
    let entry = said["version"].as_str().unwrap();
    assert_eq!(
        sandbox.trailers(),
        [
            format!("Ticket: {one}"),
            format!("Entry: {entry}"),
            "Action: reply".to_owned(),
            "On-behalf-of: ana@acme.example".to_owned()
        ]
    );
    sandbox.run(&["note", &one, "-m", "Hello", "--as", "Kenji@desk.example"]).ok();
    assert_eq!(sandbox.trailers().len(), 3, "git's own identity acts only for itself");
    sandbox.run(&["merge", &one, "--into", &two]).ok();
    let last = |id: &str| sandbox.shown(id)["version"].as_str().unwrap().to_owned();
    assert_eq!(
        sandbox.trailers(),
        [
            format!("Ticket: {one}"),
            format!("Entry: {}", last(&one)),
            "Action: merge".to_owned(),
            format!("Ticket: {two}"),
            format!("Entry: {}", last(&two)),
            "Action: merged".to_owned()
        ]
    );
}

#[test]
fn a_subject_never_adds_a_trailer() {
    let sandbox = desk();
    for subject in [
        "Broken\n\nTicket: 01M7YNCS70AV7BZJ26205ZR7J2\nAction: redact",
        "Broken\r\rAction: redact",
        "Broken\u{2028}\u{2028}Action: redact",
        "Broken\u{85}\u{85}Action: redact",
        "Action: redact",
        "---",
        "# Broken",
        "Signed-off-by: Mori <mori@desk.example>",
        "\u{1b}[31mred",
    ] {
        let ticket = sandbox.opened(subject, &[]);
        let expected = [format!("Ticket: {ticket}"), format!("Entry: {ticket}"), "Action: open".to_owned()];
        assert_eq!(sandbox.trailers(), expected, "{subject:?}");
        let message = sandbox.git(&["log", "-1", "--format=%B"]).ok().stdout;
        assert!(message.starts_with("Open "), "{message}");
        assert_eq!(message.trim_end().lines().count(), 5, "{message}");
        assert!(!message.contains('\u{1b}'), "{message}");
    }
}

#[test]
fn commits_have_the_given_time_or_the_time_of_git() {
    let sandbox = desk();
    let dates = || sandbox.git(&["log", "-1", "--format=%aI %cI"]).ok().stdout;
    let open = |variables: &[(&str, &str)]| {
        let mut command = sandbox.program(&["open", "-s", "New", "-m", "Text"]);
        for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE", "CASEBOOK_NOW"] {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        Running::start(command).finish().ok();
    };
    open(&[("CASEBOOK_NOW", "2020-02-29T23:59:59+01:00")]);
    assert_eq!(dates(), "2020-02-29T22:59:59Z 2020-02-29T22:59:59Z\n");
    open(&[("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z"), ("GIT_COMMITTER_DATE", "2002-02-02T00:00:00Z")]);
    assert_eq!(dates(), "2001-01-01T00:00:00Z 2002-02-02T00:00:00Z\n");
}

#[test]
fn commits_are_signed_and_a_failure_to_sign_is_an_error() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    let program = sandbox.root().join("gpg");
    fs::write(&program, "#!/bin/sh\necho no key here >&2\nexit 2\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.configure(&format!("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = {}\n", program.display()));
    for words in &commands {
        let error = sandbox.refused_by_git(words);
        assert!(error["message"].as_str().unwrap().contains("gpg failed to sign"), "{error}");
    }
    if sandbox.shell("command -v ssh-keygen").code != Some(0) {
        eprintln!("skipped: there is no ssh-keygen to sign with");
        return;
    }
    sandbox.shell("ssh-keygen -q -t ed25519 -N '' -f ../key").ok();
    let key = sandbox.root().join("story/key.pub");
    sandbox.configure(&format!("[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {}\n", key.display()));
    for words in &commands {
        sandbox.run_words(words, &[]).ok();
        let commit = sandbox.git(&["cat-file", "commit", "HEAD"]).ok().stdout;
        assert!(commit.contains("gpgsig -----BEGIN SSH SIGNATURE-----"), "{commit}");
    }
}

#[test]
fn git_variables_of_another_repository_are_ignored() {
    let mut sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.enter("../other");
    sandbox.git(&["init", "-q"]).ok();
    let other = sandbox.root().join("story/other");
    sandbox.go_to("story/desk");
    let git = other.join(".git");
    let pointers = [
        ("GIT_DIR", git.to_str().unwrap()),
        ("GIT_WORK_TREE", other.to_str().unwrap()),
        ("GIT_INDEX_FILE", "/nowhere/index"),
        ("GIT_PREFIX", "deep/"),
    ];
    sandbox.run_under(&pointers, &["reply", &ticket, "-m", "Which release?"]).ok();
    assert_eq!((sandbox.committed(), sandbox.status()), (vec![sandbox.place(&ticket)], String::new()));
    sandbox.go_to("story/other");
    assert_eq!(sandbox.head(), None);
}
