//! The identity of the actor: `--as`, else CASEBOOK_ACTOR, else git's `user.email`.
//!
//! If git's configuration is simple, it is read here. Otherwise git runs while the command does its other work, and the
//! command waits for its answer only when it needs the actor.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::cli::env::{path_variable, variable};
use crate::cli::error::CliError;
use crate::domain::people::person::Person;
use crate::store::files::StateDir;
use crate::store::git::plain_email;

/// The actor, or the git process that looks up the actor.
pub(crate) struct Identity {
    /// The folder of the desk.
    root: PathBuf,
    is_named: bool,
    git: RefCell<Option<Child>>,
    person: OnceCell<Option<Person>>,
}

impl Identity {
    /// Begins to look up the actor. `person` is the one that the command named.
    pub fn begin(person: Option<Person>, root: &Path) -> Self {
        let identity = Self {
            root: root.to_owned(),
            is_named: person.is_some(),
            git: RefCell::new(None),
            person: OnceCell::new(),
        };
        match person.or_else(|| read_git_config(root)) {
            Some(person) => {
                let _ = identity.person.set(Some(person));
            }
            None => *identity.git.borrow_mut() = start_git(root),
        }
        identity
    }

    /// Returns the address of git's author, if it is known without starting git.
    pub fn git_author(&self) -> Option<String> {
        variable("GIT_AUTHOR_EMAIL").or_else(|| Some(read_git_config(&self.root)?.as_str().to_owned()))
    }

    /// Returns whether the command named the actor, with `--as` or CASEBOOK_ACTOR.
    pub const fn was_named(&self) -> bool {
        self.is_named
    }

    /// Returns the actor. Waits for git if it is still running.
    pub fn person(&self) -> Result<Option<&Person>, CliError> {
        let person = self.person.get_or_init(|| {
            let git = self.git.borrow_mut().take()?;
            let answer = git.wait_with_output().ok().filter(|output| output.status.success())?;
            Person::from_address(&String::from_utf8_lossy(&answer.stdout)).ok()
        });
        Ok(person.as_ref())
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        if let Some(mut git) = self.git.borrow_mut().take() {
            let _ = git.wait();
        }
    }
}

/// Reads the person from git's configuration files. None if the environment or an include may change the answer.
fn read_git_config(root: &Path) -> Option<Person> {
    if ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG"].iter().any(|name| variable(name).is_some()) {
        return None;
    }
    let files = match path_variable("GIT_CONFIG_GLOBAL") {
        Some(file) => vec![file],
        None => {
            let home = path_variable("HOME")?;
            let shared = path_variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
            vec![home.join(".gitconfig"), shared.join("git/config")]
        }
    };
    let state = StateDir::of(root);
    Person::from_address(&plain_email(state.git_dir(), &files)?).ok()
}

/// Starts git, which looks up `user.email`.
fn start_git(root: &Path) -> Option<Child> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["config", "--get", "user.email"]);
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}
