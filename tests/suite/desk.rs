//! A desk to hurt: made in a sandbox, with the questions every test of damage and crashes asks of it.
//!
//! Knows the verbs of the program, and nothing of how they do it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use crate::sandbox::{Outcome, Running, Sandbox};

/// Every file below a folder, as path and bytes; what is no plain file is there with its kind.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// A sandbox whose current folder is a desk that commits each command.
pub fn desk() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.enter("desk");
    sandbox.run(&["init"]).ok();
    sandbox
}

impl Sandbox {
    /// Opens a ticket of Ana's, with flags of its own, and gives its id.
    #[track_caller]
    pub fn opened(&self, subject: &str, flags: &[&str]) -> String {
        let mut words =
            vec!["open", "-q", "-s", subject, "--requester", "ana@acme.example", "-m", "It does not work.\n\nHelp!"];
        words.extend(flags);
        self.run(&words).ok().stdout.trim().to_owned()
    }

    /// Runs the program with a variable set.
    pub fn run_under(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Outcome {
        let mut command = self.program(arguments);
        command.envs(variables.iter().copied());
        Running::start(command).finish()
    }

    /// The file of a ticket.
    pub fn file_of(&self, id: &str) -> PathBuf {
        self.path(self.run(&["show", id, "--json=path"]).ok().json()["path"].as_str().unwrap())
    }

    /// The whole of a ticket as `show --json` has it.
    #[track_caller]
    pub fn shown(&self, id: &str) -> serde_json::Value {
        self.run(&["show", id, "--json"]).ok().json()
    }

    /// What lies in the work tree.
    pub fn work_tree(&self) -> Tree {
        let mut tree = tree(&self.path("."));
        tree.retain(|path, _| !path.starts_with(".git/") && !path.starts_with(".casebook/"));
        tree
    }

    /// The names in the folder the store keeps for itself.
    pub fn state(&self) -> Vec<String> {
        let git = self.path(".git/casebook");
        let folder = if self.path(".git").exists() { git } else { self.path(".casebook") };
        tree(&folder).into_keys().collect()
    }

    /// How many commits there are.
    pub fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", "HEAD"]).ok().stdout.trim().parse().unwrap()
    }

    /// What git says of the work tree.
    pub fn status(&self) -> String {
        self.git(&["status", "--porcelain=v2", "--untracked-files=all"]).ok().stdout
    }

    /// Makes a hook of git's.
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = format!(".git/hooks/{name}");
        self.write(&path, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Takes a hook away.
    pub fn unhook(&self, name: &str) {
        fs::remove_file(self.path(format!(".git/hooks/{name}"))).unwrap();
    }

    /// Asserts that nothing of an interrupted command is left: no temporary file, no journal, no lock of git's.
    #[track_caller]
    pub fn assert_tidy(&self, why: &str) {
        self.assert_nothing_waits(why);
        let is_list = |path: &str| path.starts_with("calendars/") && path.ends_with(".toml");
        let odd = |path: &&String| {
            !path.ends_with(".yaml") && !is_list(path) && !matches!(path.as_str(), "casebook.toml" | ".gitattributes")
                || path.rsplit('/').next().unwrap().starts_with('.') && *path != ".gitattributes"
        };
        assert_eq!(self.work_tree().keys().filter(odd).collect::<Vec<_>>(), Vec::<&String>::new(), "{why}");
    }

    /// The same of what the store and git keep for themselves.
    #[track_caller]
    pub fn assert_nothing_waits(&self, why: &str) {
        let odd =
            |name: &&String| !matches!(name.as_str(), "lock" | "message" | ".gitignore") && !name.starts_with("kept/");
        assert_eq!(self.state().iter().filter(odd).collect::<Vec<_>>(), Vec::<&String>::new(), "{why}");
        let git = tree(&self.path(".git"));
        assert_eq!(
            git.keys().filter(|path| path.ends_with(".lock")).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{why}"
        );
    }
}

impl Running {
    /// Waits until it has stopped where it was told to.
    #[track_caller]
    pub fn stands_still(&self) {
        let id = self.child.id().to_string();
        let status = format!("/proc/{id}/status");
        wait_for(|| match fs::read_to_string(&status) {
            Ok(status) => status.contains("State:\tT"),
            // Systems without /proc.
            Err(_) => {
                let ps = std::process::Command::new("ps").args(["-o", "stat=", "-p", &id]).output();
                ps.expect("ps").stdout.starts_with(b"T")
            }
        });
    }

    /// Lets it go on.
    pub fn goes_on(self) -> Self {
        let told = std::process::Command::new("sh").args(["-c", &format!("kill -CONT {}", self.child.id())]).status();
        assert!(told.unwrap().success());
        self
    }
}

/// Waits until something is so. Only a hang ends it early.
#[track_caller]
pub fn wait_for(mut so: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it never came to pass");
}

impl Outcome {
    /// What it printed, as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{}: {error}\n{}", self.command, self.stdout))
    }

    /// The error it told as JSON.
    #[track_caller]
    pub fn error(&self) -> serde_json::Value {
        let told: serde_json::Value = serde_json::from_str(&self.stderr)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.command, self.stderr));
        told["error"].clone()
    }
}

/// Every file below a folder.
pub fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        // A file may go away while a git that was left alone still runs.
        let Ok(entry) = entry else { continue };
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let bytes = if kind.is_file() { fs::read(entry.path()).unwrap_or_default() } else { what(kind) };
        found.insert(path, bytes);
    }
    found
}

fn what(kind: fs::FileType) -> Vec<u8> {
    if kind.is_symlink() {
        b"a link".to_vec()
    } else if kind.is_fifo() {
        b"a pipe".to_vec()
    } else {
        b"odd".to_vec()
    }
}

/// Copies a folder, with everything in it.
#[track_caller]
pub fn copy(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success(), "cp {} {}", from.display(), to.display());
}
