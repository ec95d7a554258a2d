//! `init`: a desk begins.

use std::path::PathBuf;

use clap::Args;

use super::git_setup::note_path;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::program::program;
use crate::cli::session::{Session, shown, variable};
use crate::desk::{InitOptions, InitReport, SettingState};
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::git::GitError;

/// Make a store in a folder.
///
/// That is casebook.toml with the policy, .gitattributes, and a git repository with its drivers unless there is one.
///
/// Whoever runs it is the first agent. In a repository of its own every command will make a commit; inside an
/// existing one, you commit.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder [default: here]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// What the desk is called [default: the folder's name]
    #[arg(long)]
    name: Option<String>,
    /// Do not commit the new files
    #[arg(long)]
    no_commit: bool,
    /// Have git expect many files: sets feature.manyFiles in this repository
    #[arg(long)]
    many_files: bool,
}

impl InitArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let start = session.start()?;
        let root = self.folder.as_ref().map_or(start.clone(), |folder| start.join(folder));
        let name = self.name.unwrap_or_else(|| folder_name(&root));
        let founding = InitOptions {
            root: root.clone(),
            name,
            time_zone: machine_zone(),
            agent: session.named_actor()?,
            commit: !self.no_commit,
            program: program(),
            many_files: self.many_files,
        };
        let report = founding.found(&session.world)?;
        session.output.status(&format!("A desk in {}.", shown(&root)))?;
        print_report(session, &report)
    }
}

fn print_report(session: &Session, report: &InitReport) -> Result<Exit, CliError> {
    match &report.agent {
        Some(agent) => {
            session.output.status(&format!("{agent} is its first agent; [team] in casebook.toml says who else."))?
        }
        None => session.output.warn("note: nobody is an agent yet; name somebody under [team] in casebook.toml"),
    }
    let commits = if report.commit_each { "Every command makes one commit" } else { "Commands do not commit; you do" };
    session.output.status(&format!("{commits} ([git] commit in casebook.toml)."))?;
    if !report.tellings.is_empty() {
        note_path(session, &program());
    }
    for telling in report.tellings.iter().filter(|telling| matches!(telling.state, SettingState::Other(_))) {
        session.output.warn(&format!(
            "note: {} is set to something else, and stays; `casebook git-setup` says what would do",
            telling.name
        ));
    }
    session.output.status("Editors: casebook schema ticket > ticket.schema.json, and on a ticket's first line")?;
    session.output.status("  # yaml-language-server: $schema=../../../ticket.schema.json")?;
    session.output.status("  or once for all tickets, as `casebook schema --help` says.")?;
    match &report.git {
        None => session.output.status("Next: casebook open -s \"SUBJECT\" -m \"TEXT\"")?,
        Some(GitError::NotInstalled) => session.output.warn("warning: git was not found, so there is no repository; the desk works without, and has no history beyond its files"),
        Some(refusal) if !report.in_repository => return Err(Error::Git { refusal: refusal.clone() }.into()),
        Some(refusal @ GitError::Unanswered { .. }) => return Err(Error::Git { refusal: refusal.clone() }.into()),
        Some(GitError::Locked { said } | GitError::Refused { said }) => {
            session.output.warn(&format!("warning: the files are there, and git did not commit them:\n{said}"));
            return Ok(Exit::Git);
        }
    }
    Ok(Exit::Done)
}

/// The name of a folder, for a desk nobody named.
pub(super) fn folder_name(root: &std::path::Path) -> String {
    root.file_name().map_or_else(|| "desk".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The machine's zone, else UTC.
pub(super) fn machine_zone() -> String {
    let known = |name: &String| crate::domain::time::zone::Zone::named(name).is_ok();
    variable("TZ")
        .filter(known)
        .or_else(|| iana_time_zone::get_timezone().ok().filter(known))
        .unwrap_or_else(|| "UTC".to_owned())
}

impl Session {
    /// The person named by `--as` or `CASEBOOK_ACTOR`, if one is.
    pub(super) fn named_actor(&self) -> Result<Option<Person>, CliError> {
        match (&self.global.actor, variable("CASEBOOK_ACTOR")) {
            (Some(person), _) => Ok(Some(person.clone())),
            (None, Some(words)) => Person::from_address(&words).map(Some).map_err(|error| {
                Error::usage(format!("CASEBOOK_ACTOR: {error}"), "set it to an e-mail address").into()
            }),
            (None, None) => Ok(None),
        }
    }
}
