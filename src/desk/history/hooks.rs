//! The installation of git hooks that run the guard.
//!
//! An existing hook is never overwritten: it is renamed, and the new hook runs it first, with the same input.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::git::Repository;

use super::duplicate_entries::DeskAt;
use crate::desk::DeskLocation;

/// The comment in hooks that casebook wrote.
const MARK: &str = "# Made by `casebook hooks install`.";
/// The suffix of the name of an existing hook after it was renamed.
const CHAINED: &str = ".chained";
/// The setting by which git checks pushed objects before it accepts them, such as a tree with two entries of one name.
pub const FSCK: &str = "receive.fsckObjects";
/// The setting that git uses if [`FSCK`] is not set.
pub const TRANSFER_FSCK: &str = "transfer.fsckObjects";

/// A git hook that can run the guard. The comments on the variants are their help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Hook {
    /// Runs before a push changes anything; reads the refs from standard input
    PreReceive,
    /// Runs before a push changes a ref; takes the ref, its old and its new revision
    Update,
    /// Runs before a commit is made; checks the staged files
    PreCommit,
}

impl Hook {
    /// Returns the name of the hook in git.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PreCommit => "pre-commit",
        }
    }
}

/// The plan of the installation of a hook.
#[derive(Clone, Debug)]
pub struct HookInstall {
    /// The path of the hook.
    pub path: PathBuf,
    /// The present text of the hook.
    pub before: Option<String>,
    /// The new text of the hook.
    pub after: String,
    /// The new path of an existing hook.
    pub chained: Option<PathBuf>,
    /// True if [`FSCK`] will be set.
    pub sets_fsck: bool,
    repository: Repository,
    is_hooked: bool,
}

impl HookInstall {
    /// Plans a hook for a desk, which runs `program`, a command of the shell, with additional `flags`.
    ///
    /// A hook that runs the same guard is left as it is. A hook that casebook wrote for this desk, and that was not
    /// edited since, is replaced. Any other hook is renamed and run first.
    ///
    /// # Errors
    /// There is no repository, or its hooks are those of other repositories too; the hook is a link, or an edited hook of
    /// casebook; or the new name for an existing hook is taken.
    pub fn of(desk: &DeskLocation, hook: Hook, program: &str, flags: &[String]) -> Result<Self, Error> {
        let repository = Repository::at(&desk.folder).in_folder(&desk.prefix);
        let hooks = repository.hooks_folder().map_err(Error::no_repository(&desk.folder))?;
        refuse_shared(&repository, &hooks)?;
        let is_set = |name: &str| repository.setting(name).map(|value| value.is_some()).map_err(Error::from);
        let sets_fsck = hook != Hook::PreCommit && !is_set(FSCK)? && !is_set(TRANSFER_FSCK)?;
        let path = hooks.join(hook.name());
        let mut arguments = vec![program.to_owned(), "guard".to_owned(), hook.name().to_owned()];
        let prefix = repository.prefix()?;
        let desk_flag = (!prefix.is_empty()).then(|| format!("--desk {}", quoted(prefix)));
        arguments.extend(desk_flag.clone());
        arguments.extend(flags.iter().map(|flag| quoted(flag)));
        let command = arguments.join(" ");
        let after = script(hook, &command);
        if let Ok(target) = fs::read_link(&path) {
            let message = format!("cannot install the hook {}: it is a link to {}", path.display(), target.display());
            let line = call(hook, &command);
            let hint =
                format!("replace the link with a file and install again, or add this line to the linked file: {line}");
            return Err(Error::usage(message, hint));
        }
        let before = match fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::io(&path, "read")(error)),
        };
        let is_hooked = before.as_ref().is_some_and(|text| runs(text, hook, &command));
        let is_replaceable = |text: &String| is_hooked || is_unedited(text, hook, desk_flag.as_deref());
        if before.as_ref().is_none_or(is_replaceable) {
            return Ok(Self { sets_fsck, repository, path, before, after, chained: None, is_hooked });
        }
        if before.as_ref().is_some_and(|text| text.contains(MARK)) {
            // Renamed, it would run itself.
            let message = format!(
                "cannot install the hook {}: it was made by casebook for another desk, or edited",
                path.display()
            );
            return Err(Error::usage(message, format!("add this line to it: {}", call(hook, &command))));
        }
        let chained = hooks.join(format!("{}{CHAINED}", hook.name()));
        if chained.symlink_metadata().is_ok() {
            let message = format!("cannot rename the hook {}: {} exists", path.display(), chained.display());
            return Err(Error::usage(message, "combine the two hooks, or remove one; then install again"));
        }
        let chained = Some(chained);
        Ok(Self { sets_fsck, repository, path, before: None, after, chained, is_hooked: false })
    }

    /// Returns whether there is nothing to do.
    pub const fn is_done(&self) -> bool {
        self.is_hooked && !self.sets_fsck
    }

    /// Returns whether the hook runs the guard already.
    pub const fn is_hooked(&self) -> bool {
        self.is_hooked
    }

    /// Installs the hook.
    ///
    /// # Errors
    /// A file cannot be written or renamed.
    pub fn install(&self) -> Result<(), Error> {
        if self.sets_fsck {
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

    /// Builds the register of entries, so that the first push does not wait for it. The guard will report errors.
    fn build_register(&self) {
        if let Ok(Some(head)) = self.repository.head() {
            let _ = DeskAt { repository: &self.repository, commit: &head }.build_register();
        }
    }
}

/// Refuses a folder of hooks outside the repository: every repository that names it would run the guard.
fn refuse_shared(repository: &Repository, hooks: &Path) -> Result<(), Error> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // The folder itself may not exist yet.
    let folder = if hooks.exists() { real(hooks) } else { real(hooks.parent().unwrap_or(hooks)) };
    let own = repository.common_folder()?;
    if folder.starts_with(real(&own)) || repository.work_tree_root().is_some_and(|top| folder.starts_with(real(&top))) {
        return Ok(());
    }
    Err(Error::SharedHooks { folder: hooks.to_owned(), own: own.join("hooks") })
}

/// An installed hook that runs the guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledHook {
    /// The hook.
    pub hook: Hook,
    /// The path of the hook.
    pub path: PathBuf,
    /// The command that runs the guard.
    pub command: String,
    /// True if the file is executable; else git does not run it.
    pub is_executable: bool,
}

impl InstalledHook {
    /// Returns whether the hook guards the desk in a folder: empty, or with a slash at its end.
    pub fn is_of(&self, prefix: &str) -> bool {
        let command = format!("{} ", self.command);
        match prefix.trim_end_matches('/') {
            "" => !command.contains(" --desk ") || command.contains(" --desk . "),
            folder => [prefix, folder].iter().any(|word| command.contains(&format!(" --desk {} ", quoted(word)))),
        }
    }
}

/// Returns the hooks of a server that run the guard, whether casebook wrote them or not.
///
/// # Errors
/// git refuses.
pub fn guard_hooks(repository: &Repository) -> Result<Vec<InstalledHook>, Error> {
    let folder = repository.hooks_folder()?;
    let installed = |hook: Hook| {
        let path = folder.join(hook.name());
        let text = fs::read(&path).ok()?;
        let text = String::from_utf8_lossy(&text);
        let runs = |line: &&str| !line.starts_with('#') && line.contains(" guard");
        let is_of_hook = |line: &&str| line.contains(hook.name()) || hook == Hook::PreReceive;
        let line = text.lines().map(str::trim).filter(runs).find(is_of_hook)?;
        let (before, after) = around(hook);
        let command = line.strip_prefix(before).unwrap_or(line);
        let command = command.strip_suffix(after).unwrap_or(command).to_owned();
        let is_executable = fs::metadata(&path).is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
        Some(InstalledHook { hook, path, command, is_executable })
    };
    Ok([Hook::PreReceive, Hook::Update].into_iter().filter_map(installed).collect())
}

/// Returns the text of a hook. A renamed hook runs first, with the same input.
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

/// Returns the text before and after the command in the line that runs the guard.
const fn around(hook: Hook) -> (&'static str, &'static str) {
    match hook {
        Hook::PreReceive => ("printf '%s\\n' \"$refs\" | ", ""),
        Hook::Update | Hook::PreCommit => ("", " \"$@\""),
    }
}

/// Returns the line that runs the guard.
fn call(hook: Hook, command: &str) -> String {
    let (before, after) = around(hook);
    format!("{before}{command}{after}")
}

/// Returns whether a hook contains the line that runs this command.
fn runs(text: &str, hook: Hook, command: &str) -> bool {
    let line = call(hook, command);
    text.lines().any(|other| other.trim() == line)
}

/// Returns whether casebook wrote a hook for the same desk, with any flags and program, and it was not edited since.
fn is_unedited(text: &str, hook: Hook, desk: Option<&str>) -> bool {
    let (before, after) = around(hook);
    let last = text.lines().last().and_then(|line| line.strip_prefix(before)?.strip_suffix(after));
    let Some(command) = last else { return false };
    let same_desk = match desk {
        Some(desk) => format!("{command} ").contains(&format!(" {desk} ")),
        None => !command.contains(" --desk "),
    };
    same_desk && text == script(hook, command)
}

/// Returns a word as the shell reads it, in quotes if it needs them.
pub(super) fn quoted(word: &str) -> String {
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
    fn a_hook_is_unedited_until_its_text_changes() {
        for hook in [Hook::PreReceive, Hook::Update, Hook::PreCommit] {
            let made = script(hook, "casebook guard x --desk 'a b/' --strict");
            assert!(is_unedited(&made, hook, Some("--desk 'a b/'")));
            assert!(!is_unedited(&made, hook, Some("--desk b/")) && !is_unedited(&made, hook, None));
            assert!(runs(&made, hook, "casebook guard x --desk 'a b/' --strict"));
            assert!(!runs(&made, hook, "casebook guard x"));
            let edited = format!("{made}echo done\n");
            assert!(!is_unedited(&edited, hook, Some("--desk 'a b/'")));
            let off = made.replace(&call(hook, "casebook"), "").replace("\ncasebook", "\n# casebook");
            assert!(hook == Hook::PreReceive || !runs(&off, hook, "casebook guard x --desk 'a b/' --strict"));
        }
    }

    #[test]
    fn words_are_quoted_if_the_shell_would_split_or_expand_them() {
        assert_eq!(quoted("/usr/bin/casebook"), "/usr/bin/casebook");
        assert_eq!(quoted("a b'c$d"), "'a b'\\''c$d'");
        assert_eq!(quoted(""), "''");
    }
}
