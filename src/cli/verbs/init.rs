//! `init`: creates a desk.

use std::path::{Path, PathBuf};

use clap::Args;

use super::git_setup::note_path;
use crate::cli::args::value_parsers::word_of;
use crate::cli::env::variable;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{InitOptions, InitReport, SettingState};
use crate::store::config::PolicyTemplate;
use crate::store::git::GitError;

/// Create a desk in a folder.
///
/// A desk is casebook.toml with the policy, .gitattributes, and a git repository with its drivers; an existing
/// repository is used.
///
/// You are the first agent. In a new repository every command makes a commit, `init` included; in an existing
/// repository, you commit.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder [default: the current folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The name of the desk [default: the folder's name]
    #[arg(long)]
    name: Option<String>,
    /// The policy to begin with: `standard` is short and neutral, `looker` has four plans, two calendars and product groups
    #[arg(long, value_name = "NAME", default_value = "standard", value_parser = word_of::<PolicyTemplate>(PolicyTemplate::WORDS))]
    template: PolicyTemplate,
    /// Commit the new files, also in an existing repository
    #[arg(long, conflicts_with = "no_commit")]
    commit: bool,
    /// Do not commit the new files
    #[arg(long)]
    no_commit: bool,
    /// Configure git for many files: set feature.manyFiles in this repository
    #[arg(long)]
    many_files: bool,
}

impl InitArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let root = session.folder(self.folder.as_deref().unwrap_or(Path::new(".")))?;
        let name = self.name.unwrap_or_else(|| folder_name(&root));
        let options = InitOptions {
            root: root.clone(),
            name,
            template: self.template,
            time_zone: machine_zone(),
            agent: session.named_actor()?,
            commit: if self.commit { Some(true) } else { self.no_commit.then_some(false) },
            own_repository: false,
            program: program(),
            many_files: self.many_files,
        };
        let report = options.create(&session.environment)?;
        session.output.status(&format!("Created a desk in {}.", root.display()))?;
        print_report(session, &report)
    }
}

/// Prints what was created, and what to do next.
fn print_report(session: &Session, report: &InitReport) -> Result<(), CliError> {
    session.print_hooks(&report.printed);
    match &report.agent {
        Some(agent) => {
            session.output.status(&format!("{agent} is its first agent; [team] in casebook.toml lists all agents."))?
        }
        None => session.output.warn("note: the desk has no agents yet; add one under [team] in casebook.toml"),
    }
    let commits =
        if report.commit_each { "Every command makes one commit" } else { "Commands do not commit; you commit" };
    session.output.status(&format!("{commits} ([git] commit in casebook.toml)."))?;
    if !report.git_settings.is_empty() {
        note_path(session, &program());
    }
    for setting in report.git_settings.iter().filter(|setting| matches!(setting.state, SettingState::Other(_))) {
        session.output.warn(&format!(
            "note: {} is set to another value, which was left as it is; `casebook git-setup` prints how to change it",
            setting.name
        ));
    }
    session
        .output
        .status("For editors: casebook schema ticket > ticket.schema.json, and on the first line of a ticket")?;
    session.output.status("  # yaml-language-server: $schema=../../../ticket.schema.json")?;
    session.output.status("  or once for all tickets, as `casebook schema --help` describes.")?;
    match &report.git {
        None => session.output.status("Next: casebook open -s \"SUBJECT\" -m \"TEXT\"")?,
        Some(GitError::NotInstalled) => session.output.warn("warning: git was not found, so there is no repository; the desk works without git, but its only history is in its files"),
        Some(refusal) => session.output.error_line(&format!(
            "warning: the desk was created, but {refusal}\n  correct that, then `git init && casebook git-setup && git add -A . && git commit` there"
        )),
    }
    Ok(())
}

/// Returns the name of a folder, as the default name of a desk.
pub(super) fn folder_name(root: &Path) -> String {
    root.file_name().map_or_else(|| "desk".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Returns the time zone of the machine: `TZ`, else that of the system, else UTC. A colon before the name and the path of
/// the zone's file mean the same, as to the system's own programs.
pub(super) fn machine_zone() -> String {
    let is_zone = |name: &String| crate::domain::time::zone::Zone::named(name).is_ok();
    let name = |value: String| {
        let value = value.strip_prefix(':').unwrap_or(&value);
        value.split_once("/zoneinfo/").map_or(value, |(_, name)| name).to_owned()
    };
    variable("TZ")
        .map(name)
        .filter(is_zone)
        .or_else(|| iana_time_zone::get_timezone().ok().filter(is_zone))
        .unwrap_or_else(|| "UTC".to_owned())
}
