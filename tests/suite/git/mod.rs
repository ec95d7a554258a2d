//! Commits in the user's repository: only the command's own paths, other work untouched, hooks and identity respected.

mod commit_messages;
mod fast_commit;
mod git_setup;
mod locations;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::fixtures::desk::{Tree, desk, tree};
use crate::fixtures::sandbox::{Outcome, Running, Sandbox};

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

    /// Returns the names of the files in the last commit.
    fn committed(&self) -> Vec<String> {
        let shown = self.git(&["show", "--format=", "--name-only", "HEAD"]).ok().stdout;
        shown.lines().map(str::to_owned).collect()
    }

    /// Returns the trailers of the last commit, as git reads them.
    fn trailers(&self) -> Vec<String> {
        let parsed = self.shell("git log -1 --format=%B | git interpret-trailers --parse").ok().stdout;
        parsed.lines().map(str::to_owned).collect()
    }

    /// Appends lines to the git configuration of this sandbox.
    fn configure(&self, lines: &str) {
        let path = self.root().join("gitconfig");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}{lines}")).unwrap();
    }

    /// Returns the path of a ticket, relative to the desk.
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

    #[track_caller]
    fn refused_by_git(&self, words: &[String]) -> serde_json::Value {
        self.refused(words, 8)
    }

    /// Runs a command that git refuses: nothing has changed, and the text is kept at the path in the error.
    #[track_caller]
    fn refused(&self, words: &[String], code: i32) -> serde_json::Value {
        let before = self.everything();
        let said = self.run_words(words, &["--commit"]).fails(code).stderr;
        assert_eq!(self.everything(), before, "{said}");
        let kept = said.split("The text is kept in ").nth(1).unwrap_or_else(|| panic!("{said}")).trim();
        assert_eq!(fs::read_to_string(kept).unwrap(), "Which release?\n");
        let error = self.run_words(words, &["--commit", "--json"]).fails(code).error();
        assert_eq!(self.everything(), before, "{error}");
        let hint = error["hint"].as_str().unwrap();
        let kept = hint.split("the text is kept in ").nth(1).unwrap_or_else(|| panic!("{error}"));
        assert_eq!(fs::read_to_string(kept).unwrap(), "Which release?\n");
        error
    }
}

#[test]
fn a_command_commits_only_its_own_paths() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    let other = sandbox.opened("Edited by hand", &[]);
    for name in ["staged", "partly", "changed", "removed"] {
        sandbox.write(format!("{name}.txt"), "one\ntwo\n");
    }
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "Other files"]).ok();
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
fn a_hook_that_changes_the_files_and_refuses_leaves_them_as_they_were() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    for change in ["sed -i 's/[ ]*$//; s/^/ /; s/^ //' $f", "printf '# mended\\n' >> $f"] {
        let names = "git diff --cached --name-only -- '*.yaml'";
        sandbox.hook("pre-commit", &format!("for f in $({names}); do {change}; done; exit 1"));
        for words in &commands {
            assert_eq!(sandbox.refused_by_git(words)["code"], "git.failed", "{words:?}");
        }
    }
    sandbox.unhook("pre-commit");
    let ticket = sandbox.opened("Replaced", &[]);
    let place = sandbox.place(&ticket);
    sandbox.hook("pre-commit", "for f in $(git diff --cached --name-only); do echo 'another text' > $f; done; exit 1");
    let error = sandbox.run(&["reply", &ticket, "-m", "Hello", "--commit", "--json"]).fails(8).error();
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains(&format!("not put back, because another program has changed them: {place}")), "{hint}");
    assert_eq!(sandbox.read(place), "another text\n");
}

#[test]
fn an_untracked_ticket_is_still_untracked_after_a_refusal() {
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
    let founding = [".gitattributes", "casebook.toml"];
    assert_eq!(sandbox.status(), founding.map(|path| format!("? {path}\n")).concat());
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
fn a_hook_that_mentions_its_own_lock_file_runs_once() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let runs = sandbox.root().join("runs");
    sandbox
        .hook("pre-commit", &format!("echo x >> {}; echo \"error: 'Cargo.lock': stale\" >&2; exit 1", runs.display()));
    assert_eq!(sandbox.run(&["reply", &ticket, "-m", "Hello", "--json"]).fails(8).error()["code"], "git.failed");
    assert_eq!(fs::read_to_string(runs).unwrap(), "x\n");
}

#[test]
fn without_an_identity_in_git_nothing_is_done() {
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
fn a_command_waits_for_a_lock_of_git() {
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
fn a_stale_lock_of_git_leaves_everything_as_it_was() {
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
fn during_a_merge_nothing_is_committed() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    sandbox.git(&["switch", "-q", "-c", "side"]).ok();
    sandbox.write("side.txt", "side\n");
    sandbox.git(&["add", "."]).ok();
    sandbox.git(&["commit", "-q", "-m", "side"]).ok();
    sandbox.git(&["switch", "-q", "main"]).ok();
    sandbox.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]).ok();
    for words in &commands {
        let error = sandbox.refused(words, 4);
        assert_eq!(error["message"], "cannot commit: git is in the middle of a merge");
        assert!(error["hint"].as_str().unwrap().contains("`git commit --no-edit`"), "{error}");
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
        let said = sandbox.run_words(words, &["--quiet"]).ok().stderr;
        assert!(said.contains("warning: HEAD is detached, so no branch contains the commit"), "{said}");
        let ahead = sandbox.git(&["rev-list", "--count", "main..HEAD"]).ok().stdout;
        assert_eq!(ahead.trim(), (place + 1).to_string());
    }
    assert_eq!(sandbox.git(&["rev-parse", "main"]).ok().stdout, main);
    assert_eq!(sandbox.status(), "");
}

#[test]
fn during_a_rebase_or_bisection_nothing_is_committed() {
    let sandbox = desk();
    let commands = commands(&sandbox);
    let rebase = "GIT_SEQUENCE_EDITOR='sed -i s/^pick/edit/' git rebase -q -i HEAD~1";
    for (operation, begin, end) in [
        ("rebase", rebase, "git rebase --quit; git switch -q main"),
        ("bisection", "git bisect start; git checkout -q --detach", "git bisect reset"),
    ] {
        sandbox.shell(begin);
        for words in &commands {
            let error = sandbox.refused(words, 4);
            assert_eq!(error["message"], format!("cannot commit: git is in the middle of a {operation}"));
            sandbox.run_words(words, &["--dry-run"]).fails(4);
        }
        sandbox.shell(end).ok();
    }
    commands.iter().for_each(|words| drop(sandbox.run_words(words, &[]).ok()));
}

#[test]
fn a_hook_that_writes_to_its_own_desk_does_not_wait_for_itself() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    sandbox.hook("post-commit", &format!("casebook note {ticket} -m Committed --json; echo code $? of the hook"));
    let said = sandbox.run(&["reply", &ticket, "-m", "Which release?"]).ok().stderr;
    assert!(said.contains("\"code\": \"store.busy\"") && said.contains("code 6 of the hook"), "{said}");
    assert!(said.contains("the command that runs the hook is still writing"), "{said}");
    assert_eq!(sandbox.status(), "");
    // Another desk is not in the way.
    let other = "casebook -q init ../other && cd ../other && casebook open -q -s Seen -m Seen";
    sandbox.hook("post-commit", &format!("unset $(git rev-parse --local-env-vars)\n{other}"));
    sandbox.run(&["note", &ticket, "-m", "Seen."]).ok();
    assert_eq!(sandbox.run(&["-C", "../other", "list", "--count"]).ok().stdout, "1\n");
}

#[test]
fn a_ticket_edited_by_hand_is_committed_as_it_is() {
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
fn tickets_that_git_ignores_are_refused_and_nothing_is_left() {
    let sandbox = desk();
    let known = sandbox.opened("Known to git", &[]);
    sandbox.write(".gitignore", "tickets/\n");
    let open = ["open", "-s", "New", "-m", "Which release?"].map(str::to_owned);
    let error = sandbox.refused_by_git(&open);
    assert!(error["message"].as_str().unwrap().contains("ignored"), "{error}");
    sandbox.run(&["reply", &known, "-m", "Which release?"]).ok();
    assert_eq!(sandbox.committed(), [sandbox.place(&known)]);
    // Without a commit git does not refuse it.
    assert_eq!(sandbox.run(&["reply", &known, "-m", "Which?", "--no-commit"]).ok().stderr, "");
    let new = sandbox.opened("New", &["--no-commit"]);
    for more in
        [&["note", &new, "-m", "Seen.", "--no-commit"][..], &["open", "-s", "N", "-m", "N", "--no-commit", "-q"]]
    {
        let said = sandbox.run(more).ok().stderr;
        assert!(said.contains("warning: git ignores tickets/2026/11/"), "{said}");
    }
    let told = sandbox.run(&["doctor"]).fails(1).stdout;
    assert!(told.contains("wrong  ignored      git ignores files such as tickets/2026/11/"), "{told}");
}
