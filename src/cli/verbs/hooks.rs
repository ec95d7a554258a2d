//! `hooks install`: puts the guard where git runs it.

use std::path::Path;

use clap::{Args, Subcommand};

use super::guard::HookName;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::{Session, shown, variable};
use crate::desk::{DeskLocation, FSCK, HookInstall};
use crate::error::Error;
use crate::view::colors::ColorMode;
use crate::view::diff;

/// git's hooks that run the guard.
#[derive(Debug, Args)]
pub struct HooksArgs {
    #[command(subcommand)]
    deed: HooksSubcommand,
}

#[derive(Debug, Subcommand)]
enum HooksSubcommand {
    /// Install a hook that runs `casebook guard`; one that is there is renamed, and runs first
    Install(HooksInstallArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook hooks install --hook pre-commit\n  casebook -C /srv/desk.git hooks install -n"
)]
struct HooksInstallArgs {
    /// Which hook [default: pre-receive in a bare repository, else pre-commit]
    #[arg(long, value_enum, value_name = "HOOK")]
    hook: Option<HookName>,
    /// The desk's folder in the repository [default: that of the work tree, else the only one in HEAD]
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Warnings are refused too
    #[arg(long)]
    strict: bool,
}

impl HooksArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let HooksSubcommand::Install(install) = self.deed;
        install.run(session)
    }
}

impl HooksInstallArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let start = session.start()?;
        let whereabouts = DeskLocation::of(&start, self.desk.as_deref())?;
        let default = if whereabouts.is_bare { HookName::PreReceive } else { HookName::PreCommit };
        let hook = self.hook.unwrap_or(default).hook();
        let flags: Vec<String> = self.strict.then(|| "--strict".to_owned()).into_iter().collect();
        let program = program(session)?;
        let plan = HookInstall::of(&whereabouts, hook, &program, &flags)?;
        let path = shown(&plan.path);
        if plan.is_done() {
            let same = if plan.before.as_ref() == Some(&plan.after) { "" } else { ", and stays as it is" };
            session.output.status(&format!("{path} runs the guard already{same}"))?;
            return Ok(Exit::Done);
        }
        if plan.tells_fsck {
            let deed = if self.dry_run { "would set" } else { "sets" };
            session.output.status(&format!("{deed} {FSCK}=true: git looks at every object that is pushed"))?;
        }
        let paint = ColorMode { is_colored: session.output.colour };
        if !plan.is_hooked() && (self.dry_run || !session.output.quiet) {
            let shown_diff = diff::unified(path.trim_start_matches('/'), plan.before.as_deref(), &plan.after, paint);
            session.output.print(&shown_diff)?;
        }
        if let Some(chained) = &plan.chained {
            session
                .output
                .status(&format!("{path} is there already: it becomes {}, and runs first", shown(chained)))?;
        }
        if !self.dry_run {
            plan.carry_out()?;
            session.output.status(&format!("{} runs `casebook guard` from now on", hook.name()))?;
        }
        Ok(Exit::Done)
    }
}

/// How a hook calls this program: by its name where that is found, else by its full path.
fn program(session: &Session) -> Result<String, CliError> {
    let path = variable("PATH").unwrap_or_default();
    let is_there = |folder: &Path| folder.join("casebook").is_file();
    if std::env::split_paths(&path).any(|folder| is_there(&folder)) {
        return Ok("casebook".to_owned());
    }
    let own = std::env::current_exe().map_err(Error::io("casebook", "find"))?;
    session.output.warn(&format!("note: `casebook` is not on PATH; the hook names {}", shown(&own)));
    Ok(shown(&own))
}
