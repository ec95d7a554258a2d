//! git's hooks that run the guard: put where git looks for them, in front of what is there already.
//!
//! A hook that is there is never written over: it is renamed, and the new one runs it first, with the same input.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::error::Error;
use crate::store::git::Repository;

use super::duplicate_entries::DeskAt;
use crate::desk::DeskLocation;

/// What marks a hook as ours.
const MARK: &str = "# Made by `casebook hooks install`.";
/// What a hook that was there is called from then on: its name and this.
const CHAINED: &str = ".chained";
/// git's setting by which what is pushed is read before it is taken: no tree with two entries of one name, no object that
/// is not what it says. The other one is meant where this one is not set.
pub const FSCK: &str = "receive.fsckObjects";
pub const FSCK_OF_ALL: &str = "transfer.fsckObjects";

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
pub struct HookInstall {
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
    prefix: String,
    is_hooked: bool,
}

impl HookInstall {
    /// Plans a hook for a desk. `program` is what it runs; `flags` what it is given besides.
    ///
    /// What somebody has written is never written over: a hook that runs the same guard stays as it is, one that is
    /// still as we made it for this desk is made anew, another guard of ours is for a person to change, and any other hook runs first under another name.
    ///
    /// # Errors
    /// There is no repository; the hook is a link, or the name for the hook that is there is taken.
    pub fn of(desk: &DeskLocation, hook: Hook, program: &str, flags: &[String]) -> Result<Self, Error> {
        let no_repository = |_| Error::NoRepository { root: desk.folder.clone() };
        let (repository, prefix) = (Repository::at(&desk.folder), desk.prefix.clone());
        let hooks = repository.hooks_folder().map_err(no_repository)?;
        let is_told = |name: &str| repository.setting(name).map(|value| value.is_some()).map_err(Error::from);
        let tells_fsck = hook != Hook::PreCommit && !is_told(FSCK)? && !is_told(FSCK_OF_ALL)?;
        let path = hooks.join(hook.name());
        let mut words = vec![quoted(program), "guard".to_owned(), hook.name().to_owned()];
        let asked = (!desk.prefix.is_empty()).then(|| format!("--desk {}", quoted(&desk.prefix)));
        words.extend(asked.clone());
        words.extend(flags.iter().map(|flag| quoted(flag)));
        let command = words.join(" ");
        let after = script(hook, &command);
        if let Ok(target) = fs::read_link(&path) {
            let message = format!("the hook {} is a link to {}", path.display(), target.display());
            let line = call(hook, &command);
            let hint = format!("put a file in its place and install again, or have what it leads to run: {line}");
            return Err(Error::usage(message, hint));
        }
        let before = match fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io(&path, "read")(error)),
        };
        let gives_way = |text: &String| runs(text, hook, &command) || is_as_made(text, hook, asked.as_deref());
        if before.as_ref().is_none_or(gives_way) {
            let is_hooked = before.as_ref().is_some_and(|text| runs(text, hook, &command));
            return Ok(Self { tells_fsck, repository, prefix, path, before, after, chained: None, is_hooked });
        }
        if before.as_ref().is_some_and(|text| text.contains(MARK)) {
            // Under the other name it would run itself.
            let message = format!("the hook {} runs another guard, or somebody has changed it", path.display());
            return Err(Error::usage(message, format!("put this line into it: {}", call(hook, &command))));
        }
        let chained = hooks.join(format!("{}{CHAINED}", hook.name()));
        if chained.symlink_metadata().is_ok() {
            let message = format!("there is a hook {} and one called {}", path.display(), chained.display());
            return Err(Error::usage(message, "bring the two together, or take one away; then install again"));
        }
        let chained = Some(chained);
        Ok(Self { tells_fsck, repository, prefix, path, before: None, after, chained, is_hooked: false })
    }

    /// Whether there is nothing to do.
    pub const fn is_done(&self) -> bool {
        self.is_hooked && !self.tells_fsck
    }

    /// Whether the hook is there as it shall be.
    pub const fn is_hooked(&self) -> bool {
        self.is_hooked
    }

    /// Installs it.
    ///
    /// # Errors
    /// The system refused; a hook that was there is still run.
    pub fn carry_out(&self) -> Result<(), Error> {
        if self.tells_fsck {
            self.repository.set(FSCK, "true")?;
        }
        if self.is_hooked {
            return Ok(());
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
        new.persist(&self.path).map(|_| ()).map_err(|error| Error::io(&self.path, "write")(error.error))?;
        self.build_register();
        Ok(())
    }

    /// Reads the tickets once, so that the first push need not. What goes wrong here the guard will tell.
    fn build_register(&self) {
        if let Ok(Some(head)) = self.repository.head() {
            let _ = DeskAt { repository: &self.repository, prefix: &self.prefix, commit: &head }.build_register();
        }
    }
}

/// A hook that runs a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledHook {
    /// Which one.
    pub hook: Hook,
    /// Where it lies.
    pub path: PathBuf,
    /// The line that runs the guard, without what stands around it.
    pub command: String,
    /// Whether git runs it.
    pub is_executable: bool,
}

impl InstalledHook {
    /// Whether it guards the desk in a folder: empty, or with a slash at its end.
    pub fn is_of(&self, prefix: &str) -> bool {
        let command = format!("{} ", self.command);
        match prefix.trim_end_matches('/') {
            "" => !command.contains(" --desk ") || command.contains(" --desk . "),
            folder => [prefix, folder].iter().any(|word| command.contains(&format!(" --desk {} ", quoted(word)))),
        }
    }
}

/// The hooks of a server that run a guard, whoever wrote them.
///
/// # Errors
/// git refuses.
pub fn guarded(repository: &Repository) -> Result<Vec<InstalledHook>, Error> {
    let folder = repository.hooks_folder()?;
    let installed = |hook: Hook| {
        let path = folder.join(hook.name());
        let text = fs::read(&path).ok()?;
        let text = String::from_utf8_lossy(&text);
        let runs = |line: &&str| !line.starts_with('#') && line.contains(" guard");
        let is_of_hook = |line: &&str| line.contains(hook.name()) || hook == Hook::PreReceive;
        let line = text.lines().map(str::trim).filter(runs).find(is_of_hook)?;
        let (before, behind) = around(hook);
        let command = line.strip_prefix(before).unwrap_or(line);
        let command = command.strip_suffix(behind).unwrap_or(command).to_owned();
        let is_executable = fs::metadata(&path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
        Some(InstalledHook { hook, path, command, is_executable })
    };
    Ok([Hook::PreReceive, Hook::Update].into_iter().filter_map(installed).collect())
}

/// The hook. One that was there runs first, and reads the same.
fn script(hook: Hook, command: &str) -> String {
    let head = format!("#!/bin/sh\n{MARK} What was here before is called {}{CHAINED}, and runs first.\n", hook.name());
    let chained = format!("chained=\"$(dirname \"$0\")/{}{CHAINED}\"\n", hook.name());
    let first = match hook {
        Hook::PreReceive => {
            "refs=$(cat)\nif [ -x \"$chained\" ]; then\n  printf '%s\\n' \"$refs\" | \"$chained\" \"$@\" || exit\nfi\n"
        }
        Hook::Update | Hook::PreCommit => "if [ -x \"$chained\" ]; then\n  \"$chained\" \"$@\" || exit\nfi\n",
    };
    format!("{head}{chained}{first}{}\n", call(hook, command))
}

/// What stands before and behind the command in the line that runs the guard.
const fn around(hook: Hook) -> (&'static str, &'static str) {
    match hook {
        Hook::PreReceive => ("printf '%s\\n' \"$refs\" | ", ""),
        Hook::Update | Hook::PreCommit => ("", " \"$@\""),
    }
}

/// The line that runs the guard.
fn call(hook: Hook, command: &str) -> String {
    let (before, behind) = around(hook);
    format!("{before}{command}{behind}")
}

/// Whether a hook has the line that runs the guard so.
fn runs(text: &str, hook: Hook, command: &str) -> bool {
    let line = call(hook, command);
    text.lines().any(|known| known.trim() == line)
}

/// Whether a hook is one that was made here for the same desk, with other flags or another program, and that nobody
/// has touched since.
fn is_as_made(text: &str, hook: Hook, desk: Option<&str>) -> bool {
    let (before, behind) = around(hook);
    let last = text.lines().last().and_then(|line| line.strip_prefix(before)?.strip_suffix(behind));
    let Some(command) = last else { return false };
    let same_desk = match desk {
        Some(desk) => format!("{command} ").contains(&format!(" {desk} ")),
        None => !command.contains(" --desk "),
    };
    same_desk && text == script(hook, command)
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
    fn a_hook_is_ours_until_somebody_touches_it() {
        for hook in [Hook::PreReceive, Hook::Update, Hook::PreCommit] {
            let made = script(hook, "casebook guard x --desk 'a b/' --strict");
            assert!(is_as_made(&made, hook, Some("--desk 'a b/'")));
            assert!(!is_as_made(&made, hook, Some("--desk b/")) && !is_as_made(&made, hook, None));
            assert!(runs(&made, hook, "casebook guard x --desk 'a b/' --strict"));
            assert!(!runs(&made, hook, "casebook guard x"));
            let touched = format!("{made}echo done\n");
            assert!(!is_as_made(&touched, hook, Some("--desk 'a b/'")));
            let off = made.replace(&call(hook, "casebook"), "").replace("\ncasebook", "\n# casebook");
            assert!(hook == Hook::PreReceive || !runs(&off, hook, "casebook guard x --desk 'a b/' --strict"));
        }
    }

    #[test]
    fn words_are_quoted_where_the_shell_would_read_more() {
        assert_eq!(quoted("/usr/bin/casebook"), "/usr/bin/casebook");
        assert_eq!(quoted("a b'c$d"), "'a b'\\''c$d'");
        assert_eq!(quoted(""), "''");
    }
}
