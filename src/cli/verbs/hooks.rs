//! `hooks install`: installs the guard as a git hook.

use clap::{Args, Subcommand};

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{DeskLocation, FSCK, Hook, HookInstall};
use crate::view::colors::ColorMode;
use crate::view::diff;

/// Install git hooks that run the guard.
#[derive(Debug, Args)]
pub struct HooksArgs {
    #[command(subcommand)]
    subcommand: HooksSubcommand,
}

#[derive(Debug, Subcommand)]
enum HooksSubcommand {
    /// Install a hook that runs `casebook guard`; an existing hook is renamed, and runs first
    Install(HooksInstallArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook hooks install --hook pre-commit\n  casebook -C /srv/desk.git hooks install -n"
)]
struct HooksInstallArgs {
    /// The hook [default: pre-receive in a bare repository, else pre-commit]
    #[arg(long, value_enum, value_name = "HOOK")]
    hook: Option<Hook>,
    /// The desk's folder in the repository [default: that of the work tree, else the only desk in HEAD]
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Refuse warnings too
    #[arg(long)]
    strict: bool,
}

impl HooksArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let HooksSubcommand::Install(install) = self.subcommand;
        install.run(session)
    }
}

impl HooksInstallArgs {
    fn run(self, session: &Session) -> Result<(), CliError> {
        let start = session.start()?;
        let location = DeskLocation::of(&start, self.desk.as_deref())?;
        let default = if location.is_bare { Hook::PreReceive } else { Hook::PreCommit };
        let hook = self.hook.unwrap_or(default);
        let flags: Vec<String> = self.strict.then(|| "--strict".to_owned()).into_iter().collect();
        let program = program();
        if program != "casebook" {
            session.output.warn(&format!("note: `casebook` is not on PATH; the hook contains its full path {program}"));
        }
        let plan = HookInstall::of(&location, hook, &program, &flags)?;
        let path = plan.path.display().to_string();
        if plan.is_done() {
            let unchanged = if plan.before.as_ref() == Some(&plan.after) { "" } else { ", and was left as it is" };
            session.output.status(&format!("{path} already runs the guard{unchanged}"))?;
            return Ok(());
        }
        if plan.sets_fsck {
            let verb = if self.dry_run { "would set" } else { "sets" };
            session.output.status(&format!("{verb} {FSCK}=true: git checks every object that is pushed"))?;
        }
        let paint = ColorMode { is_colored: session.output.color };
        if !plan.is_hooked() && (self.dry_run || !session.output.quiet) {
            let shown_diff = diff::unified(path.trim_start_matches('/'), plan.before.as_deref(), &plan.after, paint);
            session.output.print(&shown_diff)?;
        }
        if let Some(chained) = &plan.chained {
            session.output.status(&format!("{path} exists: it is renamed to {}, and runs first", chained.display()))?;
        }
        if !self.dry_run {
            plan.install()?;
            session.output.status(&format!("{} runs `casebook guard` from now on", hook.name()))?;
        }
        Ok(())
    }
}
