//! `git-setup`: tells git in this clone how tickets are merged and shown.

use clap::Args;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{GitSetting, SettingState, apply_settings, git_settings};
use crate::view::sanitize::one_line;

/// Tell git in this clone how tickets are merged and shown.
///
/// Every clone needs it once: git's settings do not travel. Adds the merge driver, headers of hunks that name entry and
/// action, and the line in .gitattributes, and says what it adds; what is there already, of ours or others, stays.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git clone HOST:desk && cd desk && casebook git-setup")]
pub struct GitSetupArgs {
    /// Have `git diff` and `git log -p` show tickets as threads
    #[arg(long)]
    textconv: bool,
    /// Show what would be added, and add nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl GitSetupArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let program = program();
        let tellings = git_settings(casebook.root(), &program, self.textconv)?;
        if !self.dry_run {
            apply_settings(casebook.root(), &tellings)?;
        }
        for telling in &tellings {
            session.output.status(&one_line(&line(telling)))?;
        }
        let adds = |telling: &&GitSetting| telling.needs_update();
        if tellings.iter().filter(adds).any(|telling| telling.wanted.starts_with(&program)) {
            note_path(session, &program);
        }
        if tellings.iter().filter(adds).any(|telling| telling.name == ".gitattributes") {
            session.output.status("Commit .gitattributes: it is for every clone.")?;
        }
        match tellings.iter().find(|telling| matches!(telling.state, SettingState::Other(_))) {
            None => Ok(Exit::Done),
            Some(other) => Err(in_the_way(other)),
        }
    }
}

fn line(telling: &GitSetting) -> String {
    let GitSetting { name, wanted, state } = telling;
    match state {
        SettingState::There => format!("there    {name}"),
        SettingState::Missing => format!("added    {name} = {wanted}"),
        SettingState::Stale(was) => format!("renewed  {name} = {wanted} (was {was}, which is not there)"),
        SettingState::Other(is) => format!("left     {name} = {is}"),
    }
}

fn in_the_way(telling: &GitSetting) -> CliError {
    let hint = if telling.name == ".gitattributes" {
        format!("for the union of histories, let the last line that means tickets be\n{}", telling.wanted)
    } else {
        format!("if nobody needs it: git config --unset-all {}, then `casebook git-setup` again", telling.name)
    };
    CliError::new(Exit::Refused, "setup.other", format!("{} is set to something else, and stays", telling.name))
        .hint(hint)
}

/// Says that git is told a full path, where the name is not on PATH.
pub(super) fn note_path(session: &Session, program: &str) {
    if program != "casebook" {
        session.output.warn(&format!(
            "note: `casebook` is not on PATH, so git is told its full path: {program}; after it moves, `casebook git-setup` again"
        ));
    }
}
