//! `git-setup`: configures git in this clone to merge and show tickets.

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{GitSetting, SettingState, apply_settings, git_settings};
use crate::view::sanitize::one_line;

/// Configure git in this clone to merge and show tickets.
///
/// Every clone needs it once, because git does not copy settings between clones. It adds the merge driver, hunk headers
/// that name the subject, and the line in .gitattributes, and prints what it adds. It overwrites no existing setting.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git clone HOST:desk && cd desk && casebook git-setup")]
pub struct GitSetupArgs {
    /// Let `git diff` and `git log -p` show tickets as threads
    #[arg(long)]
    textconv: bool,
    /// Show what would be added, and add nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl GitSetupArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let program = program();
        let settings = git_settings(desk.root(), &program, self.textconv)?;
        if !self.dry_run {
            apply_settings(desk.root(), &settings)?;
        }
        for setting in &settings {
            session.output.status(&one_line(&describe(setting)))?;
        }
        let is_updated = |setting: &&GitSetting| setting.needs_update();
        if settings.iter().filter(is_updated).any(|setting| setting.expected.starts_with(&program)) {
            note_path(session, &program);
        }
        if settings.iter().filter(is_updated).any(|setting| setting.name == ".gitattributes") {
            session.output.status("Commit .gitattributes: every clone needs it.")?;
        }
        match settings.iter().find(|setting| matches!(setting.state, SettingState::Other(_))) {
            None => Ok(()),
            Some(other) => Err(different_value(other)),
        }
    }
}

/// Formats a setting and what was done with it.
fn describe(setting: &GitSetting) -> String {
    let GitSetting { name, expected, state } = setting;
    match state {
        SettingState::Present => format!("there    {name}"),
        SettingState::Missing => format!("added    {name} = {expected}"),
        SettingState::Stale(old) => format!("renewed  {name} = {expected} (was {old}, which does not exist)"),
        SettingState::Other(value) => format!("left     {name} = {value}"),
    }
}

/// Returns the error for a setting that has another value, which is left as it is.
fn different_value(setting: &GitSetting) -> CliError {
    let hint = if setting.name == ".gitattributes" {
        format!(
            "to merge tickets by their histories, make this the last line for tickets in .gitattributes:\n{}",
            setting.expected
        )
    } else {
        format!("if it is not needed: git config --unset-all {}, then `casebook git-setup` again", setting.name)
    };
    CliError::new("setup.other", format!("{} is set to another value, which was left as it is", setting.name))
        .hint(hint)
}

/// Warns that git's settings contain the full path of the program, if it is not on PATH.
pub(super) fn note_path(session: &Session, program: &str) {
    if program != "casebook" {
        session.output.warn(&format!(
            "note: `casebook` is not on PATH, so git's settings contain its full path {program}; run `casebook git-setup` again after it moves"
        ));
    }
}
