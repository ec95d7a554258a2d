//! git's settings and attributes, and `user.email` without a git process.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{GitError, Repository};

impl Repository {
    /// Returns the settings whose names match a regular expression, as pairs of name and value, in the order of the
    /// files. The last value of a name is in force.
    ///
    /// # Errors
    /// git is not installed, or cannot read its settings.
    pub fn settings(&self, pattern: &str) -> Result<Vec<(String, String)>, GitError> {
        let settings = self.run(&["config", "-z", "--get-regexp", pattern]).matches()?;
        let pair = |setting: String| match setting.split_once('\n') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (setting, String::new()),
        };
        Ok(settings.into_iter().map(pair).collect())
    }

    /// Writes a setting of the repository.
    ///
    /// # Errors
    /// git refuses.
    pub fn set(&self, name: &str, value: &str) -> Result<(), GitError> {
        self.run(&["config", "--local", name, value]).done()
    }

    /// Returns the values of some attributes of a path, in the order of the names.
    ///
    /// # Errors
    /// git refuses.
    pub fn attributes(&self, names: &[&str], path: &str) -> Result<Vec<String>, GitError> {
        let run = self.run(&[&["check-attr", "-z"], names].concat()).paths(&[path.to_owned()]);
        Ok(run.words()?.chunks_exact(3).map(|attribute| attribute[2].clone()).collect())
    }

    /// Returns whether a file of the repository has a pattern of ignored files that could apply to one of the paths. git is
    /// not started.
    pub fn may_ignore(&self, paths: &[String], git_dir: &Path) -> bool {
        let mut files = vec![common_dir(git_dir).join("info/exclude")];
        for path in paths {
            for folder in self.root.join(path).ancestors().skip(1) {
                files.push(folder.join(".gitignore"));
                if folder.join(".git").exists() {
                    break;
                }
            }
        }
        let has_pattern =
            |text: Vec<u8>| text.split(|byte| *byte == b'\n').any(|line| !matches!(line, [] | [b'#', ..]));
        files.iter().any(|file| fs::read(file).is_ok_and(has_pattern))
    }

    /// Returns those of the paths that git ignores and does not track.
    ///
    /// # Errors
    /// git refuses.
    pub fn ignored(&self, paths: &[String]) -> Result<Vec<String>, GitError> {
        self.run(&["check-ignore", "-z", "--stdin"]).input(paths, 0).matches()
    }

    /// Returns the version of git.
    ///
    /// # Errors
    /// git is not installed.
    pub fn version(&self) -> Result<String, GitError> {
        let printed = self.run(&["--version"]).output()?.stdout;
        Ok(printed.trim().trim_start_matches("git version ").to_owned())
    }
}

/// Returns git's `user.email` without starting git, which would take longer than the rest of a short command.
///
/// The configuration files are read in git's order of precedence. `user_files` are those of the user, the one that
/// counts most first. Returns `None` if no file sets the address, or if one contains anything that only git can
/// interpret: an include, quotes, or settings of a worktree. Then git must be asked.
pub fn plain_email(git_dir: Option<&Path>, user_files: &[PathBuf]) -> Option<String> {
    let own = git_dir.map(|git_dir| common_dir(git_dir).join("config"));
    let mut found = None;
    for file in own.iter().chain(user_files) {
        let email = match fs::read_to_string(file) {
            // An include in a file that counts less could not change the address; giving up is simple and always
            // correct.
            Ok(text) => email_in(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(_) => return None,
        };
        found = found.or(email);
    }
    found
}

/// Returns the git directory that a linked worktree shares with the others.
pub(super) fn common_dir(git_dir: &Path) -> PathBuf {
    match fs::read(git_dir.join("commondir")) {
        Ok(path) => git_dir.join(OsStr::from_bytes(path.trim_ascii_end())),
        Err(_) => git_dir.to_owned(),
    }
}

/// Returns the address in the text of a configuration file, if it has one. `None` if only git can interpret the file.
fn email_in(text: &str) -> Option<Option<String>> {
    let (mut in_user, mut email) = (false, None);
    for line in text.lines().map(str::trim) {
        let lower = line.to_ascii_lowercase();
        if lower.starts_with("[include") || lower.starts_with("worktreeconfig") || line.ends_with('\\') {
            return None;
        }
        if line.starts_with('[') {
            in_user = lower == "[user]";
            if !in_user && (lower.starts_with("[user") && !lower.starts_with("[user ") || !line.ends_with(']')) {
                return None;
            }
        } else if in_user && lower.starts_with("email") {
            let (name, value) = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
            if !name.eq_ignore_ascii_case("email")
                || value.is_empty()
                || value.contains(['"', '\\', '#', ';', ' ', '\t'])
            {
                return None;
            }
            email = Some(value.to_owned());
        }
    }
    Some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_read() {
        let email = |text| email_in(text);
        assert_eq!(
            email("[core]\n\tbare = false\n[user]\n\temail = a@b\n\tname = A B\n"),
            Some(Some("a@b".to_owned()))
        );
        assert_eq!(email("[USER]\nEmail=a@b\n[user]\nemail = c@d"), Some(Some("c@d".to_owned())));
        assert_eq!(email("[user \"x\"]\nemail = a@b\n"), Some(None));
        assert_eq!(email("# [user]\n; email = a@b\n"), Some(None));
    }

    #[test]
    fn other_settings_are_left_to_git() {
        for text in [
            "[include]\npath = x\n",
            "[includeIf \"gitdir:x\"]\npath = x\n",
            "[user]\nemail = \"a@b\"\n",
            "[user]\nemail = a@b # mine\n",
            "[user]\nemail\n",
            "[user] email = a@b\n",
            "[user]\nemail = a\\\n@b\n",
            "[extensions]\nworktreeConfig = true\n",
        ] {
            assert_eq!(email_in(text), None, "{text}");
        }
    }
}
