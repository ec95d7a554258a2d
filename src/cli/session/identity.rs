//! Who acts: `--as`, else `CASEBOOK_ACTOR`, else git's `user.email`.
//!
//! Where git's configuration is plain it is read here; else git is asked while the command does its other work,
//! and waited for only where the answer matters.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::variable;
use crate::cli::error::CliError;
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::files::StateDir;
use crate::store::git::plain_email;

/// The acting person, known or being asked for.
pub(crate) struct Identity {
    named: bool,
    asked: RefCell<Option<Child>>,
    person: OnceCell<Option<Person>>,
}

impl Identity {
    /// Begins to find out.
    pub fn begin(given: Option<&Person>, variable: Option<String>, root: &Path) -> Result<Self, CliError> {
        let person = match (given, variable) {
            (Some(person), _) => Some(person.clone()),
            (None, Some(words)) => Some(Person::from_address(&words).map_err(|error| {
                Error::usage(format!("CASEBOOK_ACTOR: {error}"), "set it to an e-mail address, or unset it")
            })?),
            (None, None) => None,
        };
        let identity = Self { named: person.is_some(), asked: RefCell::new(None), person: OnceCell::new() };
        match person {
            Some(person) => {
                let _ = identity.person.set(Some(person));
            }
            None => match plain(root) {
                Some(person) => {
                    let _ = identity.person.set(Some(person));
                }
                None => *identity.asked.borrow_mut() = ask(root),
            },
        }
        Ok(identity)
    }

    /// Whether the person was named rather than found in git.
    pub const fn was_named(&self) -> bool {
        self.named
    }

    /// The person, once git has answered.
    pub fn person(&self) -> Result<Option<&Person>, CliError> {
        let person = self.person.get_or_init(|| {
            let child = self.asked.borrow_mut().take()?;
            let answer = child.wait_with_output().ok().filter(|output| output.status.success())?;
            Person::from_address(&String::from_utf8_lossy(&answer.stdout)).ok()
        });
        Ok(person.as_ref())
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        if let Some(mut child) = self.asked.borrow_mut().take() {
            let _ = child.wait();
        }
    }
}

/// The person, where git's configuration says it plainly and the environment says nothing else.
fn plain(root: &Path) -> Option<Person> {
    if ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG"].iter().any(|name| variable(name).is_some()) {
        return None;
    }
    let home = variable("HOME").map(PathBuf::from);
    let files = match variable("GIT_CONFIG_GLOBAL") {
        Some(file) => vec![PathBuf::from(file)],
        None => {
            let home = home?;
            let shared = variable("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
            vec![home.join(".gitconfig"), shared.join("git/config")]
        }
    };
    let state = StateDir::of(root);
    Person::from_address(&plain_email(state.git_dir(), &files)?).ok()
}

fn ask(root: &Path) -> Option<Child> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["config", "--get", "user.email"]);
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}
