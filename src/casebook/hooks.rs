//! git's hooks that run the guard: put where git looks for them, in front of what is there already.
//!
//! A hook that is there is never written over: it is renamed, and the new one runs it first, with the same input.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::git::Repository;

use super::auditing::git;

/// What marks a hook as ours.
const MARK: &str = "# Made by `casebook hooks install`.";
/// What a hook that was there is called from then on: its name and this.
const CHAINED: &str = ".chained";
/// git's setting by which what is pushed is read before it is taken: no tree with two entries of one name, no object that
/// is not what it says. The other one is meant where this one is not set.
pub const FSCK: &str = "receive.fsckObjects";
const FSCK_OF_ALL: &str = "transfer.fsckObjects";

/// A hook of git's that can run the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// On a server, before any ref of a push changes.
    PreReceive,
    /// On a server, before each ref of a push changes.
    Update,
    /// In a clone, before a commit is made.
    PreCommit,
}

impl Hook {
    /// Its name, as git calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PreCommit => "pre-commit",
        }
    }
}

/// What would be done to install a hook.
#[derive(Clone, Debug)]
pub struct HookPlan {
    /// Where the hook lies.
    pub path: PathBuf,
    /// What is there now.
    pub before: Option<String>,
    /// What shall be there.
    pub after: String,
    /// What the hook that is there will be called.
    pub chained: Option<PathBuf>,
    /// Whether git is told to look at what is pushed, which it was not told before.
    pub tells_fsck: bool,
    repository: Repository,
}

impl HookPlan {
    /// Plans a hook of the repository in a folder. `program` is what it runs; `flags` what it is given besides.
    ///
    /// # Errors
    /// There is no repository, or the name for the hook that is there is taken.
    pub fn of(folder: &Path, hook: Hook, program: &str, flags: &[String]) -> Result<Self, Error> {
        let repository = Repository::at(folder);
        let no_repository = |_| Error::NoRepository { root: folder.to_owned() };
        let hooks = repository.hooks_folder().map_err(no_repository)?;
        let prefix = repository.prefix().map_err(git)?;
        let path = hooks.join(hook.name());
        let before = match fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io(&path, "read")(error)),
        };
        let is_ours = before.as_ref().is_some_and(|text| text.contains(MARK));
        let chained = hooks.join(format!("{}{CHAINED}", hook.name()));
        let is_chained = chained.symlink_metadata().is_ok();
        if before.is_some() && !is_ours && is_chained {
            let message = format!("there is a hook {} and one called {}", path.display(), chained.display());
            return Err(Error::usage(message, "bring the two together, or take one away; then install again"));
        }
        let mut words = vec![quoted(program), "guard".to_owned(), hook.name().to_owned()];
        if !prefix.is_empty() {
            words.extend(["--desk".to_owned(), quoted(&prefix)]);
        }
        words.extend(flags.iter().map(|flag| quoted(flag)));
        let after = script(hook, &words.join(" "));
        let chained = (before.is_some() && !is_ours).then_some(chained);
        let is_told = |name: &str| repository.setting(name).map(|value| value.is_some()).map_err(git);
        let tells_fsck = hook != Hook::PreCommit && !is_told(FSCK)? && !is_told(FSCK_OF_ALL)?;
        Ok(Self { tells_fsck, repository, path, before: before.filter(|_| chained.is_none()), after, chained })
    }

    /// Whether there is nothing to do.
    pub fn is_done(&self) -> bool {
        self.is_hooked() && !self.tells_fsck
    }

    /// Whether the hook is there as it shall be.
    pub fn is_hooked(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }

    /// Installs it.
    ///
    /// # Errors
    /// The system refused; a hook that was there is still run.
    pub fn carry_out(&self) -> Result<(), Error> {
        if self.tells_fsck {
            self.repository.set(FSCK, "true").map_err(git)?;
        }
        let folder = self.path.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(folder, "write to"))?;
        std::io::Write::write_all(&mut new, self.after.as_bytes()).map_err(Error::io(&self.path, "write"))?;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(new.path(), mode).map_err(Error::io(&self.path, "write"))?;
        if let Some(chained) = &self.chained {
            fs::rename(&self.path, chained).map_err(Error::io(&self.path, "rename"))?;
        }
        new.persist(&self.path).map(|_| ()).map_err(|error| Error::io(&self.path, "write")(error.error))
    }
}

/// The hook. One that was there runs first, and reads the same.
fn script(hook: Hook, command: &str) -> String {
    let head = format!("#!/bin/sh\n{MARK} What was here before is called {}{CHAINED}, and runs first.\n", hook.name());
    let chained = format!("chained=\"$(dirname \"$0\")/{}{CHAINED}\"\n", hook.name());
    let body = match hook {
        Hook::PreReceive => format!(
            "refs=$(cat)\nif [ -x \"$chained\" ]; then\n  printf '%s\\n' \"$refs\" | \"$chained\" \"$@\" || exit\nfi\n\
             printf '%s\\n' \"$refs\" | {command}\n"
        ),
        Hook::Update | Hook::PreCommit => {
            format!("if [ -x \"$chained\" ]; then\n  \"$chained\" \"$@\" || exit\nfi\n{command} \"$@\"\n")
        }
    };
    format!("{head}{chained}{body}")
}

/// One word of the shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | '=' | ':');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_the_shell_would_read_more() {
        assert_eq!(quoted("/usr/bin/casebook"), "/usr/bin/casebook");
        assert_eq!(quoted("a b'c$d"), "'a b'\\''c$d'");
        assert_eq!(quoted(""), "''");
    }
}
