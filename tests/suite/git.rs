//! git as the person has it: exactly our own paths, their work untouched, their hooks, identity and signing honoured.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::desk::{Tree, desk, tree};
use crate::sandbox::{Outcome, Running, Sandbox};

/// All that a command could disturb: the files, the index, what git says, and the history.
#[derive(Debug, PartialEq)]
struct Everything {
    files: Tree,
    index: String,
    status: String,
    head: Option<String>,
}

impl Sandbox {
    fn everything(&self) -> Everything {
        Everything {
            files: self.work_tree(),
            index: self.git(&["ls-files", "--stage"]).ok().stdout,
            status: self.status(),
            head: self.head(),
        }
    }

    fn head(&self) -> Option<String> {
        let head = self.git(&["rev-parse", "--quiet", "--verify", "HEAD"]);
        (head.code == Some(0)).then_some(head.stdout)
    }

    /// The names of the files in the last commit.
    fn committed(&self) -> Vec<String> {
        let shown = self.git(&["show", "--format=", "--name-only", "HEAD"]).ok().stdout;
        shown.lines().map(str::to_owned).collect()
    }

    /// The trailers of the last commit, as git reads them.
    fn trailers(&self) -> Vec<String> {
        let parsed = self.shell("git log -1 --format=%B | git interpret-trailers --parse").ok().stdout;
        parsed.lines().map(str::to_owned).collect()
    }

    /// Puts lines behind the git configuration of this sandbox.
    fn configure(&self, lines: &str) {
        let path = self.root().join("gitconfig");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}{lines}")).unwrap();
    }

    /// A path of a ticket, relative to the desk.
    fn place(&self, id: &str) -> String {
        self.run(&["show", id, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned()
    }
}

/// Commands of every kind: one file, several, a new one.
fn commands(sandbox: &Sandbox) -> Vec<Vec<String>> {
    let (one, two) = (sandbox.opened("Tiles time out", &[]), sandbox.opened("Tiles again", &[]));
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    vec![
        words(&["reply", &one, "-m", "Which release?"]),
        words(&["open", "-s", "New", "-m", "Which release?"]),
        words(&["merge", &one, "--into", &two, "-m", "Which release?"]),
    ]
}

impl Sandbox {
    fn run_words(&self, words: &[String], more: &[&str]) -> Outcome {
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        self.run(&words)
    }

    /// Runs a command that git refuses: nothing has changed, and the words are kept where the error says.
    #[track_caller]
    fn refused_by_git(&self, words: &[String]) -> serde_json::Value {
        let before = self.everything();
        let said = self.run_words(words, &["--commit"]).fails(8).stderr;
        assert_eq!(self.everything(), before, "{said}");
        let kept = said.split("The text is kept in ").nth(1).unwrap_or_else(|| panic!("{said}")).trim();
        assert_eq!(fs::read_to_string(kept).unwrap(), "Which release?\n");
        let error = self.run_words(words, &["--commit", "--json"]).fails(8).error();
        assert_eq!(self.everything(), before, "{error}");
        let hint = error["hint"].as_str().unwrap();
        let kept = hint.split("the text is kept in ").nth(1).unwrap_or_else(|| panic!("{error}"));
        assert_eq!(fs::read_to_string(kept).unwrap(), "Which release?\n");
        error
    }
}

#[test]
fn a_command_commits_its_own_paths_and_leaves_the_work_of_others_alone() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    let other = sandbox.opened("Edited by hand", &[]);
    for name in ["staged", "partly", "changed", "removed"] {
        sandbox.write(format!("{name}.txt"), "one\ntwo\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "Files of somebody"]).ok();
    sandbox.write("staged.txt", "staged\n");
    sandbox.write("partly.txt", "staged\ntwo\n");
    sandbox.write("added.txt", "added\n");
    sandbox.git(&["add", "staged.txt", "partly.txt", "added.txt"]).ok();
    sandbox.git(&["rm", "-q", "removed.txt"]).ok();
    sandbox.write("partly.txt", "staged\nnot staged\n");
    sandbox.write("changed.txt", "changed\n");
    sandbox.write("unknown.txt", "unknown\n");
    let place = sandbox.place(&other);
    sandbox.write(&place, &format!("# By hand.\n{}", sandbox.read(&place)));
    for words in commands {
        let before = sandbox.everything();
        sandbox.run_words(&words, &[]).ok();
        let (after, own) = (sandbox.everything(), sandbox.committed());
        assert!(own.iter().all(|path| path.starts_with("tickets/")), "{own:?}");
        assert_eq!(own.len(), if words[0] == "merge" { 2 } else { 1 });
        assert_eq!(after.status, before.status);
        let others = |everything: &Everything| {
            let foreign = |line: &&str| !own.iter().any(|path| line.ends_with(path.as_str()));
            let index: Vec<String> = everything.index.lines().filter(foreign).map(str::to_owned).collect();
            let mut files = everything.files.clone();
            files.retain(|path, _| !own.contains(path));
            (index, files)
        };
        assert_eq!(others(&after), others(&before));
        assert_ne!(after.head, before.head);
    }
}

#[test]
fn a_hook_that_refuses_leaves_everything_as_it_was_and_the_text_kept() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    sandbox.hook("pre-commit", "echo not today, says the hook >&2; exit 1");
    for words in commands {
        let error = sandbox.refused_by_git(&words);
        assert_eq!(error["code"], "git.failed");
        assert!(error["message"].as_str().unwrap().contains("not today, says the hook"), "{error}");
    }
    sandbox.run(&["check"]).ok();
}

#[test]
fn a_ticket_git_does_not_know_yet_is_as_unknown_after_a_refusal() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &["--no-commit"]);
    sandbox.hook("pre-commit", "exit 1");
    let reply = ["reply", &ticket, "-m", "Which release?"].map(str::to_owned);
    sandbox.refused_by_git(&reply);
    sandbox.unhook("pre-commit");
    sandbox.run_words(&reply, &[]).ok();
    assert_eq!((sandbox.committed(), sandbox.status()), (vec![sandbox.place(&ticket)], String::new()));
}

#[test]
fn a_refused_first_ticket_of_a_repository_without_commits_leaves_nothing_staged() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("desk");
    sandbox.run(&["init", "--no-commit"]).ok();
    sandbox.hook("pre-commit", "exit 1");
    let open = ["open", "-s", "New", "-m", "Which release?"].map(str::to_owned);
    sandbox.refused_by_git(&open);
    assert!(!sandbox.path("tickets").exists());
    sandbox.unhook("pre-commit");
    sandbox.run_words(&open, &[]).ok();
    assert_eq!(sandbox.committed().len(), 1);
    assert_eq!(sandbox.status(), "? .gitattributes\n? casebook.toml\n");
}

#[test]
fn hooks_see_the_message_and_may_change_it_or_refuse_it() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.hook("prepare-commit-msg", "echo 'Reviewed-by: Hook <hook@desk.example>' >> \"$1\"");
    sandbox.hook("commit-msg", "grep -q '^Action: reply$' \"$1\" || { echo only replies >&2; exit 1; }");
    sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
    assert_eq!(sandbox.trailers().last().unwrap(), "Reviewed-by: Hook <hook@desk.example>");
    let note = ["note", &ticket, "-m", "Which release?"].map(str::to_owned);
    assert!(sandbox.refused_by_git(&note)["message"].as_str().unwrap().contains("only replies"));
}

#[test]
fn a_hook_that_names_a_lock_file_of_its_own_is_asked_once() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let runs = sandbox.root().join("runs");
    sandbox
        .hook("pre-commit", &format!("echo x >> {}; echo \"error: 'Cargo.lock': stale\" >&2; exit 1", runs.display()));
    assert_eq!(sandbox.run(&["reply", &ticket, "-m", "Hello", "--json"]).fails(8).error()["code"], "git.failed");
    assert_eq!(fs::read_to_string(runs).unwrap(), "x\n");
}

#[test]
fn without_an_identity_of_git_nothing_is_done() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    fs::write(sandbox.root().join("gitconfig"), "[user]\n\tuseConfigOnly = true\n").unwrap();
    for mut words in commands {
        words.extend(["--as", "kenji@desk.example"].map(str::to_owned));
        let error = sandbox.refused_by_git(&words);
        assert!(error["hint"].as_str().unwrap().contains("git config user.email"), "{error}");
        sandbox.run_words(&words, &["--no-commit"]).ok();
        sandbox.git(&["reset", "-q", "--hard"]).ok();
        sandbox.git(&["clean", "-qfd"]).ok();
    }
}

#[test]
fn a_lock_of_gits_that_goes_away_is_waited_for() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let (lock, place) = (sandbox.path(".git/index.lock"), sandbox.place(&ticket));
    for words in [["reply", &ticket, "-m", "Which release?"].as_slice(), &["open", "-s", "New", "-m", "Text"]] {
        let files = sandbox.work_tree();
        fs::write(&lock, "").unwrap();
        let mut running = sandbox.spawn(words);
        while sandbox.work_tree() == files {
            assert_eq!(running.child.try_wait().unwrap(), None, "it did not wait");
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert_eq!(running.child.try_wait().unwrap(), None, "it did not wait");
        fs::remove_file(&lock).unwrap();
        running.finish().ok();
        assert_eq!(sandbox.status(), "");
    }
    assert!(sandbox.read(place).contains("Which release?"));
}

#[test]
fn a_lock_of_gits_that_stays_leaves_everything_as_it_was() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    let before = sandbox.everything();
    for words in commands {
        fs::write(sandbox.path(".git/index.lock"), "").unwrap();
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["--json"]).collect();
        let error = sandbox.run_under(&[("CASEBOOK_PATIENCE", "1")], &words).fails(8).error();
        assert_eq!(error["code"], "git.locked");
        fs::remove_file(sandbox.path(".git/index.lock")).unwrap();
        assert_eq!(sandbox.everything(), before);
    }
}

#[test]
fn in_the_middle_of_a_merge_nothing_is_committed() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    sandbox.git(&["switch", "-q", "-c", "side"]).ok();
    sandbox.write("side.txt", "side\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "side"]).ok();
    sandbox.git(&["switch", "-q", "main"]).ok();
    sandbox.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]).ok();
    for words in &commands {
        let error = sandbox.refused_by_git(words);
        assert!(error["message"].as_str().unwrap().contains("merge"), "{error}");
        assert!(sandbox.path(".git/MERGE_HEAD").exists());
    }
    sandbox.git(&["commit", "-q", "-m", "merged"]).ok();
    commands.iter().for_each(|words| drop(sandbox.run_words(words, &[]).ok()));
}

#[test]
fn a_detached_head_is_committed_to() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    sandbox.git(&["switch", "-q", "--detach"]).ok();
    let main = sandbox.git(&["rev-parse", "main"]).ok().stdout;
    for (place, words) in commands.iter().enumerate() {
        sandbox.run_words(words, &[]).ok();
        let ahead = sandbox.git(&["rev-list", "--count", "main..HEAD"]).ok().stdout;
        assert_eq!(ahead.trim(), (place + 1).to_string());
    }
    assert_eq!(sandbox.git(&["rev-parse", "main"]).ok().stdout, main);
    assert_eq!(sandbox.status(), "");
}

#[test]
fn a_linked_worktree_has_a_state_of_its_own() {
    let mut sandbox = desk();
    let commands = commands(&sandbox);
    let before = sandbox.everything();
    sandbox.git(&["worktree", "add", "-q", "../linked"]).ok();
    fs::remove_dir_all(sandbox.path(".git/casebook")).unwrap();
    sandbox.go_to("story/linked");
    for words in &commands {
        sandbox.run_words(words, &[]).ok();
    }
    assert_eq!(sandbox.status(), "");
    assert_eq!(sandbox.git(&["rev-list", "--count", "main..linked"]).ok().stdout.trim(), "3");
    sandbox.go_to("story/desk");
    assert_eq!(sandbox.everything(), before);
    assert!(sandbox.path(".git/worktrees/linked/casebook/lock").exists());
    assert!(!sandbox.path(".git/casebook").exists());
}

#[test]
fn a_desk_in_a_folder_of_a_repository_commits_only_when_asked_and_only_its_own() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.write("main.c", "int main;\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "Code"]).ok();
    sandbox.run(&["init", "support"]).ok();
    assert_eq!(sandbox.committed(), ["support/.gitattributes", "support/casebook.toml"]);
    sandbox.write("main.c", "int main(void);\n");
    sandbox.write("new.c", "\n");
    sandbox.git(&["add", "new.c"]).ok();
    let status = sandbox.status();
    sandbox.enter("support");
    let commits = sandbox.commits();
    let ticket = sandbox.opened("Tiles time out", &[]);
    assert_eq!(sandbox.commits(), commits, "a desk inside a repository commits unasked");
    sandbox.run(&["reply", &ticket, "-m", "Which release?", "--commit"]).ok();
    let place = sandbox.place(&ticket);
    assert!(place.starts_with("tickets/"), "{place}");
    assert_eq!(sandbox.committed(), [format!("support/{place}")]);
    let next = sandbox.opened("Next", &["--commit"]);
    assert_eq!(sandbox.committed(), [format!("support/{}", sandbox.place(&next))]);
    sandbox.hook_of_parent("exit 1");
    let before = (tree(&sandbox.path("..")), sandbox.commits());
    sandbox.run(&["open", "-s", "No", "-m", "No.", "--commit"]).fails(8);
    let mut after = (tree(&sandbox.path("..")), sandbox.commits());
    after.0.retain(|path, bytes| !path.starts_with(".git/") || before.0.get(path) == Some(bytes));
    let mut expected = before;
    expected.0.retain(|path, bytes| !path.starts_with(".git/") || after.0.get(path) == Some(bytes));
    assert_eq!(after, expected);
    sandbox.go_to("story/code");
    assert_eq!(sandbox.status(), status);
    assert!(sandbox.path(".git/casebook/lock").exists());
}

impl Sandbox {
    fn hook_of_parent(&self, script: &str) {
        let path = self.path("../.git/hooks/pre-commit");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_desk_reached_through_a_link_has_the_same_lock_and_the_same_repository() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox.git(&["init", "-q"]).ok();
    sandbox.run(&["init", "support"]).ok();
    let link = sandbox.root().join("story/link");
    symlink(sandbox.path("support"), &link).unwrap();
    sandbox.run(&["-C", link.to_str().unwrap(), "open", "-s", "New", "-m", "Text", "--commit"]).ok();
    assert_eq!(sandbox.status(), "");
    assert!(!sandbox.path("support/.casebook").exists());
    assert!(sandbox.path(".git/casebook/lock").exists());
}

#[test]
fn a_folder_named_by_two_dots_is_the_one_it_leads_to() {
    let mut sandbox = desk();
    fs::create_dir(sandbox.root().join("story/bare")).unwrap();
    sandbox.run(&["-C", "../bare", "list"]).fails(3);
    sandbox.enter("../plain");
    sandbox.run(&["init"]).ok();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    sandbox.go_to("story/desk");
    let before = (sandbox.everything(), sandbox.state());
    sandbox.run(&["-C", "../plain", "open", "-s", "New", "-m", "Text"]).ok();
    assert_eq!((sandbox.everything(), sandbox.state()), before);
    sandbox.run(&["init", "../third"]).ok();
    assert_eq!((sandbox.everything(), sandbox.state()), before);
    assert!(sandbox.root().join("story/third/.git").exists());
}

#[test]
fn a_desk_without_git_works_and_refuses_a_commit() {
    let sandbox = desk();
    fs::remove_dir_all(sandbox.path(".git")).unwrap();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.run(&["reply", &ticket, "-m", "Which release?", "--as", "kenji@desk.example"]).ok();
    assert_eq!(sandbox.read(".casebook/.gitignore"), "*\n");
    assert!(!sandbox.path(".git").exists());
    let before = sandbox.work_tree();
    let error = sandbox.run(&["reply", &ticket, "-m", "Hello", "--commit", "--json"]).fails(8).error();
    assert_eq!(error["code"], "git.no_repository");
    sandbox.run(&["open", "-s", "New", "-m", "Hello", "--commit"]).fails(8);
    assert_eq!(sandbox.work_tree(), before);
    sandbox.git(&["init", "-q"]).ok();
    assert!(!sandbox.status().contains(".casebook"), "{}", sandbox.status());
}

#[test]
fn a_machine_without_git_is_told_so_in_clear_words() {
    let without = [("PATH", "/nowhere"), ("CASEBOOK_ACTOR", "kenji@desk.example")];
    let mut fresh = Sandbox::new();
    fresh.enter("plain");
    let told = fresh.run_under(&without, &["init"]).ok();
    assert!(told.stderr.contains("git was not found"), "{}", told.stderr);
    fresh.run_under(&without, &["open", "-s", "New", "-m", "Text"]).ok();
    fresh.run_under(&without, &["check"]).ok();

    let sandbox = desk();
    for words in commands(&sandbox) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let before = sandbox.everything();
        let error = sandbox.run_under(&without, &[words.as_slice(), &["--json"]].concat()).fails(8).error();
        assert_eq!(error["code"], "git.missing");
        assert!(error["message"].as_str().unwrap().contains("git was not found on PATH"), "{error}");
        assert_eq!(sandbox.everything(), before);
        sandbox.run_under(&without, &[words.as_slice(), &["--no-commit"]].concat()).ok();
        assert_ne!(sandbox.work_tree(), before.files);
    }
    let record = r#"{"id":"b-1","title":"One","description":"Text","status":"open","priority":1,"issue_type":"bug","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}"#;
    sandbox.write("issues.jsonl", &format!("{record}\n"));
    sandbox.run_under(&without, &["import", "beads", "issues.jsonl", "--no-commit"]).ok();
}

#[test]
fn a_ticket_edited_by_hand_is_committed_as_it_lies_there() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let place = sandbox.place(&ticket);
    let edited = format!("# By hand.\n{}", sandbox.read(&place)).replace("\n", "\r\n");
    sandbox.write(&place, &edited);
    sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok();
    let now = sandbox.read(&place);
    assert_eq!(now.matches('\n').count(), now.matches("\r\n").count());
    let history = |text: &str| text[text.find("history:").unwrap()..text.rfind("...").unwrap()].to_owned();
    assert!(history(&now).starts_with(&history(&edited)), "{now}");
    assert_eq!((sandbox.committed(), sandbox.status()), (vec![place], String::new()));
}

#[test]
fn tickets_that_git_shall_ignore_are_refused_and_nothing_is_left() {
    let sandbox = desk();
    let known = sandbox.opened("Known to git", &[]);
    sandbox.write(".gitignore", "tickets/\n");
    let open = ["open", "-s", "New", "-m", "Which release?"].map(str::to_owned);
    let error = sandbox.refused_by_git(&open);
    assert!(error["message"].as_str().unwrap().contains("ignored"), "{error}");
    sandbox.run(&["reply", &known, "-m", "Which release?"]).ok();
    assert_eq!(sandbox.committed(), [sandbox.place(&known)]);
}

#[test]
fn a_commit_says_what_was_done_in_trailers_git_reads() {
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
    assert_eq!(sandbox.trailers().len(), 3, "git's own identity acts for nobody else");
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
fn commits_bear_the_time_that_was_given_and_else_gits_own() {
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
fn signing_is_honoured_also_where_it_fails() {
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
fn an_environment_that_points_elsewhere_leads_nowhere_else() {
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
