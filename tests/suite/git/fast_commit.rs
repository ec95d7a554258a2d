//! The fast commit: the same commands give the same repository, with a fast commit or with one made by git.

use super::*;
use crate::fixtures::desk::copy;

/// Everything that is visible afterwards.
#[derive(Debug, PartialEq)]
struct Told {
    commits: Vec<String>,
    reflogs: Vec<String>,
    staged: String,
    status: String,
    tree: String,
    refs: String,
    files: Tree,
}

/// A desk before the commands, and how they are run.
struct Situation {
    name: &'static str,
    /// The path of the desk from the folder that is copied.
    store: &'static str,
    prepare: fn(&mut Sandbox),
    /// The environment variables of the commands.
    variables: &'static [(&'static str, &'static str)],
    /// True if a fast commit is expected.
    is_short: bool,
}

const PLAIN: Situation =
    Situation { name: "a plain desk", store: ".", prepare: |_| (), variables: &[], is_short: true };

fn shell(sandbox: &Sandbox, script: &str) {
    sandbox.shell(script).ok();
}

/// Every situation, on top of a desk of two tickets.
fn situations() -> Vec<Situation> {
    let one = |name, prepare: fn(&mut Sandbox)| Situation { name, prepare, ..PLAIN };
    let left = |name, prepare: fn(&mut Sandbox)| Situation { name, prepare, is_short: false, ..PLAIN };
    vec![
        PLAIN,
        one("a detached HEAD", |sandbox| shell(sandbox, "git checkout -q --detach")),
        one("a branch that is not born", |sandbox| shell(sandbox, "git checkout -q --orphan other")),
        one("other work staged", |sandbox| {
            shell(
                sandbox,
                "echo one > one; echo two > 0; mkdir z; echo three > z/3; git add one 0 z; echo more >> one",
            );
        }),
        one("a staged file in the tickets' folder", |sandbox| {
            shell(sandbox, "for folder in tickets/*/*; do echo one > $folder/one; done; git add tickets");
        }),
        one("a staged removal", |sandbox| shell(sandbox, "git rm -q --cached casebook.toml")),
        one("dirty files", |sandbox| shell(sandbox, "echo '# more' >> casebook.toml; echo new > untracked")),
        one("packed objects and refs", |sandbox| shell(sandbox, "git gc -q; git pack-refs --all --prune")),
        one("an index of version 4", |sandbox| shell(sandbox, "git update-index --index-version 4")),
        one("an index of version 3", |sandbox| {
            shell(
                sandbox,
                "echo one > one; echo two > zz; git add -N one; git add zz; git update-index --skip-worktree zz",
            );
        }),
        one("trees remembered", |sandbox| shell(sandbox, "git read-tree HEAD; git update-index -q --refresh")),
        one("no trees remembered", |sandbox| shell(sandbox, "git rm -q --cached casebook.toml; git add casebook.toml")),
        one("many files expected", |sandbox| {
            shell(
                sandbox,
                "git config feature.manyFiles true; git update-index --index-version 4 --force-write-index; git status",
            );
        }),
        one("an index read in parallel", |sandbox| {
            shell(sandbox, "git config index.threads 2; git update-index --force-write-index");
        }),
        one("attributes for other files", |sandbox| {
            shell(
                sandbox,
                "printf '*.png filter=lfs -text\\n* text=auto\\n' >> .gitattributes; git commit -qam Attributes",
            );
        }),
        one("ignored files", |sandbox| shell(sandbox, "printf '/target\\n*.swp\\n' > .gitignore; git add .gitignore")),
        one("no reflogs", |sandbox| shell(sandbox, "git config core.logAllRefUpdates false; rm -r .git/logs")),
        one("an odd name", |sandbox| sandbox.configure("[user]\n\tname = \" Ken.ji <O'Böe\\\\>; \\\"x\\\" \"\n")),
        one("a name without blanks around", |sandbox| sandbox.configure("[author]\n\tname = Akira 北\n")),
        one("other folders beside", |sandbox| {
            shell(
                sandbox,
                "mkdir tickets.d tickets-old; echo 1 > tickets.d/a; echo 2 > tickets-old/a; echo 3 > tickets0; git add .; git commit -qm More",
            );
        }),
        Situation {
            name: "identity and dates from the environment",
            variables: &[
                ("GIT_AUTHOR_NAME", "Au Thor"),
                ("GIT_AUTHOR_EMAIL", "au@thor.example"),
                ("GIT_COMMITTER_NAME", "Com, Mitter."),
            ],
            ..PLAIN
        },
        Situation {
            name: "run by a hook of another repository",
            variables: &[
                ("GIT_DIR", "/nowhere/.git"),
                ("GIT_INDEX_FILE", "/nowhere/index"),
                ("GIT_WORK_TREE", "/nowhere"),
            ],
            ..PLAIN
        },
        Situation { name: "no hooks anywhere", prepare: |sandbox| shell(sandbox, "rm -r .git/hooks"), ..PLAIN },
        left("another encoding", |sandbox| shell(sandbox, "git config i18n.commitEncoding ISO-8859-1")),
        left("a split index", |sandbox| shell(sandbox, "git update-index --split-index")),
        left("ends of lines turned", |sandbox| shell(sandbox, "git config core.autocrlf input")),
        left("a filter for tickets", |sandbox| {
            shell(sandbox, "git config filter.up.clean 'tr a-z A-Z'; echo '*.yaml filter=up' > .git/info/attributes");
        }),
        left("a ticket git shall look away from", |sandbox| {
            shell(sandbox, "git update-index --assume-unchanged tickets/*/*/*.yaml");
        }),
        left("a bisection", |sandbox| shell(sandbox, "git bisect start -q")),
    ]
}

impl Sandbox {
    /// Runs commands at a fixed time, and returns whether git was asked to commit.
    fn commands(&self, store: &str, commands: &[Vec<String>], variables: &[(&str, &str)]) -> bool {
        let trace = self.root().join("trace");
        let _none_yet = fs::remove_file(&trace);
        for (place, words) in commands.iter().enumerate() {
            let now = format!("2026-12-0{}T12:00:00Z", place + 1);
            let seed = format!("{}", 900 + place);
            let mut command = self.program(&[]);
            command.arg("-C").arg(store).args(words).env("GIT_TRACE", &trace);
            command.env("CASEBOOK_NOW", now).env("CASEBOOK_SEED", seed).envs(variables.iter().copied());
            Running::start(command).finish().ok();
        }
        fs::read_to_string(&trace).unwrap().lines().any(|line| line.contains("git commit "))
    }

    fn told(&self) -> Told {
        let told = |arguments: &[&str]| self.git(arguments).ok().stdout;
        let objects = told(&["rev-list", "HEAD"]);
        let fsck = self.git(&["fsck", "--strict", "--no-dangling", "--full"]).ok();
        assert_eq!((fsck.stdout.as_str(), fsck.stderr.as_str()), ("", ""));
        let logs = tree(&self.path(".git/logs"));
        Told {
            // The index file as it is, before git has looked at any file again.
            staged: told(&["ls-files", "--stage", "-v"]),
            tree: told(&["write-tree"]),
            commits: objects.lines().map(|commit| told(&["cat-file", "commit", commit])).collect(),
            reflogs: logs.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect(),
            refs: told(&["for-each-ref"]) + &told(&["rev-parse", "--symbolic-full-name", "HEAD"]),
            status: self.status() + &told(&["diff", "--cached", "--raw"]),
            files: self.work_tree(),
        }
    }
}

/// A new ticket in a new month, replies to an existing one and to the new one, a merge of two, and an attachment.
fn commands(tickets: &[String; 2], file: &str) -> Vec<Vec<String>> {
    let words = |words: &[&str]| -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).chain(["--commit".to_owned()]).collect()
    };
    vec![
        words(&["open", "-s", "In a new month; \"quoted\" ünd ödd", "--requester", "bo@acme.example", "-m", "Help."]),
        words(&["reply", &tickets[0], "-m", "Which release?\n\n# Not a comment.\n"]),
        words(&["note", &tickets[1], "-m", "Trailing: colon"]),
        words(&["merge", &tickets[0], "--into", &tickets[1]]),
        words(&["reply", &tickets[1], "-m", "See.", "--attach", file]),
        words(&["open", "-s", "Another", "--requester", "bo@acme.example", "-m", "Help."]),
    ]
}

#[track_caller]
fn assert_same(situation: &Situation, mut sandbox: Sandbox, tickets: &[String; 2]) {
    let name = situation.name;
    (situation.prepare)(&mut sandbox);
    let there = sandbox.path(".");
    let story = sandbox.root().join("story");
    copy(&there, &story.join("slow"));
    let commands = commands(tickets, &sandbox.given("trace.txt", b"one\ntwo\n"));
    let by_git = sandbox.commands(situation.store, &commands, situation.variables);
    assert_eq!(by_git, !situation.is_short, "{name}: which way was taken");
    let touched = sandbox.git(&["diff-files", "--name-only"]).ok().stdout;
    assert!(!touched.contains(&tickets[0]) && !touched.contains(&tickets[1]), "{name}: {touched}");
    let short = sandbox.told();
    sandbox.assert_nothing_waits(name);
    sandbox.go_to(story.join("slow"));
    sandbox.hook("post-commit", "exit 0");
    assert!(sandbox.commands(situation.store, &commands, situation.variables), "{name}: the hook was not seen");
    assert_eq!(short, sandbox.told(), "{name}");
}

#[test]
fn a_fast_commit_is_the_same_as_one_of_git() {
    for situation in situations() {
        let sandbox = desk();
        let tickets = ["Tiles time out", "Tiles again"].map(|subject| sandbox.opened(subject, &[]));
        assert_same(&situation, sandbox, &tickets);
    }
}

#[test]
fn a_fast_commit_is_the_same_in_a_folder_with_a_blank() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("code");
    sandbox
        .shell("git init -q; echo code > code; mkdir -p 'z z'; echo z > 'z z/z'; git add .; git commit -qm Code")
        .ok();
    sandbox.run(&["init", "my süpport"]).ok();
    let open = |subject: &str| {
        let words =
            ["-C", "my süpport", "open", "-q", "-s", subject, "--requester", "a@b.example", "-m", "T", "--commit"];
        sandbox.run(&words).ok().stdout.trim().to_owned()
    };
    let tickets = [open("One"), open("Two")];
    let situation = Situation { name: "a folder", store: "my süpport", ..PLAIN };
    assert_same(&situation, sandbox, &tickets);
}

#[test]
fn the_cache_tree_of_the_git_index_stays_valid() {
    let sandbox = desk();
    let tickets = ["Tiles time out", "Tiles again"].map(|subject| sandbox.opened(subject, &[]));
    sandbox.git(&["read-tree", "HEAD"]).ok();
    for (place, ticket) in [&tickets[0], &tickets[1], &tickets[0]].into_iter().enumerate() {
        let note = ["note", ticket, "-m", &format!("Note {place}"), "--commit"].map(str::to_owned).to_vec();
        assert!(!sandbox.commands(".", &[note], &[]));
        let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]).ok().stdout;
        let written = sandbox.shell("cp .git/index copy; GIT_INDEX_FILE=copy git write-tree; rm copy").ok().stdout;
        assert_eq!(written, tree);
        let hex: String =
            fs::read(sandbox.path(".git/index")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.contains(tree.trim()), "the tree is forgotten");
    }
    let open = ["open", "-s", "New", "--requester", "a@b.example", "-m", "T", "--commit"].map(str::to_owned).to_vec();
    assert!(!sandbox.commands(".", &[open], &[]));
    let written = sandbox.shell("cp .git/index copy; GIT_INDEX_FILE=copy git write-tree; rm copy").ok().stdout;
    assert_eq!(written, sandbox.git(&["rev-parse", "HEAD^{tree}"]).ok().stdout);
}

#[test]
fn an_ignored_ticket_is_refused_by_fast_and_by_git_commits() {
    let sandbox = desk();
    sandbox.opened("One", &[]);
    sandbox.write(".gitignore", "/tickets\n");
    let told = sandbox.run(&["open", "-s", "Two", "--requester", "a@b.example", "-m", "T"]).fails(8);
    assert!(told.stderr.contains("ignored"), "{}", told.stderr);
}

#[test]
fn a_sha_256_repository_is_left_to_git() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("desk");
    sandbox.git(&["init", "-q", "--object-format=sha256"]).ok();
    sandbox.run(&["init"]).ok();
    let ticket = sandbox.opened("One", &[]);
    sandbox.run(&["reply", &ticket, "-m", "Which?"]).ok();
    assert_eq!((sandbox.commits(), sandbox.status().as_str()), (3, ""));
    assert_eq!(sandbox.head().unwrap().trim().len(), 64);
}

#[test]
fn a_linked_worktree_gets_fast_commits_on_its_own_index() {
    let mut sandbox = desk();
    let ticket = sandbox.opened("One", &[]);
    sandbox.git(&["worktree", "add", "-q", "../linked"]).ok();
    let index = fs::read(sandbox.path(".git/index")).unwrap();
    sandbox.go_to("story/linked");
    let reply = ["reply", &ticket, "-m", "Which?", "--commit"].map(str::to_owned).to_vec();
    assert!(!sandbox.commands(".", &[reply], &[]));
    assert_eq!(sandbox.status(), "");
    sandbox.go_to("story/desk");
    assert_eq!(fs::read(sandbox.path(".git/index")).unwrap(), index);
    assert_eq!(sandbox.git(&["rev-list", "--count", "main..linked"]).ok().stdout.trim(), "1");
}

#[test]
fn a_file_as_recent_as_the_git_index_is_not_missed() {
    let sandbox = desk();
    let ticket = sandbox.opened("One", &[]);
    sandbox.write("notes", "one\n");
    sandbox.git(&["add", "notes"]).ok();
    sandbox.git(&["commit", "-q", "-m", "Notes"]).ok();
    // Another content of the same size, at the very time the index knows the file by, which is the index's own.
    let set = "touch -d '2026-01-01 00:00:00' notes .git/index; git update-index --refresh; touch -d '2026-01-01 00:00:00' .git/index";
    sandbox.shell(set).ok();
    sandbox
        .shell("git config core.trustctime false; printf 'two\\n' > notes; touch -d '2026-01-01 00:00:00' notes")
        .ok();
    assert!(sandbox.status().contains("notes"));
    sandbox.shell("touch -d '2026-01-01 00:00:00' .git/index").ok();
    let reply = ["reply", &ticket, "-m", "Which?", "--commit"].map(str::to_owned).to_vec();
    assert!(!sandbox.commands(".", &[reply], &[]));
    assert!(sandbox.status().contains("notes"), "an edit is not seen any more");
}

#[test]
fn loose_objects_are_packed_as_git_would() {
    let sandbox = desk();
    let ticket = sandbox.opened("One", &[]);
    sandbox.shell("git config gc.auto 1; git config gc.autoDetach false; git config maintenance.auto true").ok();
    sandbox.shell("for i in $(seq 600); do echo $i | git hash-object -w --stdin; done").ok();
    assert!(fs::read_dir(sandbox.path(".git/objects/17")).unwrap().count() > 1);
    let reply = ["reply", &ticket, "-m", "Which?", "--commit"].map(str::to_owned).to_vec();
    assert!(!sandbox.commands(".", &[reply], &[]));
    assert!(fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().count() > 0);
}

#[test]
fn many_files_is_set_only_on_request_and_never_with_a_split_index() {
    let mut sandbox = Sandbox::new();
    sandbox.enter("plain");
    sandbox.run(&["init"]).ok();
    sandbox.git(&["config", "feature.manyFiles"]).fails(1);
    sandbox.go_to("story/many");
    sandbox.run(&["init", "--many-files"]).ok();
    assert_eq!(sandbox.git(&["config", "feature.manyFiles"]).ok().stdout, "true\n");
    let ticket = sandbox.opened("One", &[]);
    sandbox.run(&["reply", &ticket, "-m", "Which?"]).ok();
    assert_eq!((sandbox.commits(), sandbox.status().as_str()), (3, ""));
    sandbox.go_to("story/split");
    sandbox.shell("git init -q; echo one > one; git add one; git update-index --split-index").ok();
    let before = tree(&sandbox.path("."));
    for folder in [".", "inside"] {
        let told = sandbox.run(&["init", folder, "--many-files"]).fails(4).stderr;
        assert!(told.contains("git's index is split"), "{told}");
    }
    assert_eq!(tree(&sandbox.path(".")), before);
    sandbox.shell("git update-index --no-split-index; rm .git/sharedindex.*; git config core.splitIndex true").ok();
    sandbox.run(&["init", "--many-files"]).fails(4);
    sandbox.shell("git config core.splitIndex false").ok();
    sandbox.run(&["init", "--many-files"]).ok();
    assert_eq!(sandbox.git(&["ls-files"]).ok().stdout.lines().count(), 3);
}
