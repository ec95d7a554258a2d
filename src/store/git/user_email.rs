//! git's `user.email` without starting git, where that is plain to see.
//!
//! Starting a process costs more than everything else a short command does. The files that decide are read in
//! git's order of precedence; at the first thing that is not plain (an include, quotes, a setting of the
//! worktree's own) this gives up, and git itself is asked.

use std::fs;
use std::path::{Path, PathBuf};

/// What one file says.
#[derive(Debug, PartialEq, Eq)]
enum EmailSetting {
    Email(String),
    Nothing,
    NotPlain,
}

/// The address, if the repository's or the user's configuration sets it plainly. `user_files` are the user's
/// own, the one that counts most first.
pub fn plain_email(git_dir: Option<&Path>, user_files: &[PathBuf]) -> Option<String> {
    let own = git_dir.map(|git_dir| common_dir(git_dir).join("config"));
    let mut found = None;
    for file in own.iter().chain(user_files) {
        let said = match fs::read_to_string(file) {
            Ok(text) => email_in(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => EmailSetting::Nothing,
            Err(_) => EmailSetting::NotPlain,
        };
        match said {
            // An include of a file that counts less could not change it, but a later look is cheap and certain.
            EmailSetting::NotPlain => return None,
            EmailSetting::Email(email) => found = found.or(Some(email)),
            EmailSetting::Nothing => {}
        }
    }
    found
}

/// Where a linked worktree keeps what it shares with the others.
fn common_dir(git_dir: &Path) -> PathBuf {
    match fs::read_to_string(git_dir.join("commondir")) {
        Ok(path) => git_dir.join(path.trim_end_matches(['\n', '\r'])),
        Err(_) => git_dir.to_owned(),
    }
}

fn email_in(text: &str) -> EmailSetting {
    let mut in_user = false;
    let mut said = EmailSetting::Nothing;
    for line in text.lines().map(str::trim) {
        let lower = line.to_ascii_lowercase();
        if lower.starts_with("[include") || lower.starts_with("worktreeconfig") || line.ends_with('\\') {
            return EmailSetting::NotPlain;
        }
        if line.starts_with('[') {
            in_user = lower == "[user]";
            if !in_user && (lower.starts_with("[user") && !lower.starts_with("[user ") || !line.ends_with(']')) {
                return EmailSetting::NotPlain;
            }
        } else if in_user && lower.starts_with("email") {
            let Some((name, value)) = line.split_once('=') else { return EmailSetting::NotPlain };
            let (name, value) = (name.trim(), value.trim());
            if !name.eq_ignore_ascii_case("email")
                || value.is_empty()
                || value.contains(['"', '\\', '#', ';', ' ', '\t'])
            {
                return EmailSetting::NotPlain;
            }
            said = EmailSetting::Email(value.to_owned());
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_settings_are_read() {
        let email = |text| email_in(text);
        assert_eq!(
            email("[core]\n\tbare = false\n[user]\n\temail = a@b\n\tname = A B\n"),
            EmailSetting::Email("a@b".to_owned())
        );
        assert_eq!(email("[USER]\nEmail=a@b\n[user]\nemail = c@d"), EmailSetting::Email("c@d".to_owned()));
        assert_eq!(email("[user \"x\"]\nemail = a@b\n"), EmailSetting::Nothing);
        assert_eq!(email("# [user]\n; email = a@b\n"), EmailSetting::Nothing);
    }

    #[test]
    fn everything_else_is_left_to_git() {
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
            assert_eq!(email_in(text), EmailSetting::NotPlain, "{text}");
        }
    }
}
