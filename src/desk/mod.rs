//! A desk: how it is read, and the one door through which it changes.
//!
//! [`Desk::perform`] is the only writer: lock, read again under the lock, decide, apply, write, commit,
//! report. Must not print, nor read the clock or the environment: the edge reads them once and hands them in.

mod check;
pub(crate) mod clones;
mod environment;
pub(crate) mod history;
pub(crate) mod policy;
pub(crate) mod read;
pub(crate) mod setup;
pub(crate) mod sla;
pub(crate) mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock};

use crate::error::Error;
use crate::store::config::Config;
use crate::store::files::{Journal, StateDir};
use crate::store::index::Index;
use crate::store::{config, layout};

pub use check::{CheckResult, CheckScope, macro_finding};
pub use clones::git_setup::{GitSetting, SettingState, apply_settings, git_settings};
pub use clones::resolve::{ConflictOutcome, ConflictResult, OtherConflict};
pub use clones::sync::{SyncOptions, SyncReport};
pub use environment::{Environment, MacroCheck};
pub use history::audit::{AuditOptions, AuditRange, AuditReport, HistoryAudit, Redaction};
pub use history::guard::{PushGuard, Pusher};
pub use history::hooks::{FSCK, Hook, HookInstall, InstalledHook};
pub use history::location::DeskLocation;
pub use history::server::ServerHealth;
pub use policy::PolicyReader;
pub use policy::calendars::SlaPolicy;
pub use read::Reader;
pub use read::changes::RevisionRange;
pub use read::search::SearchRequest;
pub use read::summaries::SummaryList;
pub use read::tickets::{TicketList, UnreadableFile};
pub use setup::doctor::DeskHealth;
pub use setup::init::{InitOptions, InitReport};
pub use sla::SlaReader;
pub use sla::clocks::{PlanInForce, SlaEvaluator};
pub use sla::due::{DueClocks, DueOptions, TicketClock};
pub use sla::sweep::{DueItem, DueItems};
pub use write::command::{AccessChange, Command, FileCommand, OrganizationCommand, TicketCommand};
pub use write::fault_injection::FaultPoint;
pub use write::open_precheck::precheck_opening;
pub use write::options::WriteOptions;
pub use write::outcome::Outcome;
pub use write::recovery::{Recovery, RollbackReason};
pub use write::request::{ActionRequest, AttachmentData, TicketRef};

/// A desk in a folder.
#[derive(Debug)]
pub struct Desk {
    root: PathBuf,
    config: Config,
    /// The text of casebook.toml.
    text: String,
    state: StateDir,
    environment: Environment,
    pending: Option<Journal>,
    index: OnceLock<Option<Index>>,
    index_is_corrupt: AtomicBool,
    memberships: OnceLock<policy::organizations::PersonMemberships>,
    /// The languages of organisations that were asked for.
    languages: Mutex<HashMap<String, Option<String>>>,
    recovery: Option<Recovery>,
}

impl Desk {
    /// Opens the desk at `root`, the folder that holds casebook.toml.
    ///
    /// # Errors
    /// No such file, or not a sound one.
    pub fn open(root: &Path, environment: Environment) -> Result<Self, Error> {
        Self::open_with(root, environment, |path, flaw| Err(Error::Config { path, flaw }))
    }

    /// The same for a check, which tells what is wrong with casebook.toml among the rest: where it is not sound, the
    /// defaults stand for it.
    ///
    /// # Errors
    /// No such file.
    pub fn open_unsound(root: &Path, environment: Environment) -> Result<Self, Error> {
        Self::open_with(root, environment, |_, _| {
            Ok((Config::read("format = 1\n").expect("a file that says only its format is sound"), None))
        })
    }

    /// The same for what ends conflicts: where casebook.toml itself is in conflict, and cannot be read for the markers in
    /// it, the desk goes by what our side says, as it did before the merge began.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub fn open_conflicted(root: &Path, environment: Environment) -> Result<Self, Error> {
        Self::open_with(root, environment, |path, flaw| {
            let ours = crate::store::git::Repository::at(root).our_version(layout::MARKER).ok().flatten();
            match ours.as_deref().map(Config::read) {
                Some(Ok(config)) => Ok((config, ours)),
                _ => Err(Error::Config { path, flaw }),
            }
        })
    }

    fn open_with(
        root: &Path,
        environment: Environment,
        unsound: impl FnOnce(PathBuf, config::ConfigError) -> Result<(Config, Option<String>), Error>,
    ) -> Result<Self, Error> {
        let path = root.join(layout::MARKER);
        let text = std::fs::read_to_string(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::NoStore { start: root.to_owned() },
            _ => Error::Io { path: path.clone(), attempt: "read", source },
        })?;
        let (config, text) = match config::Config::read(&text) {
            Ok(config) => (config, text),
            Err(flaw) => {
                let (config, other) = unsound(path, flaw)?;
                (config, other.unwrap_or(text))
            }
        };
        let state = StateDir::of(root);
        let pending = Journal::pending(&state).map_err(Error::io(state.path("journal"), "read"))?;
        Ok(Self {
            root: root.to_owned(),
            config,
            text,
            state,
            environment,
            pending,
            recovery: None,
            index: OnceLock::new(),
            index_is_corrupt: AtomicBool::new(false),
            memberships: OnceLock::new(),
            languages: Mutex::default(),
        })
    }

    /// The folder the desk lies in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its settings and policy.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Where it keeps what is not in the work tree.
    pub const fn state(&self) -> &StateDir {
        &self.state
    }

    /// What the edge knew when the command began.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Whether an interrupted command waits for the next writer.
    pub const fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Ends the process here, where a test asked for it: as if the power had gone, or by a bug of ours.
    fn fault_point(&self, step: &str) {
        if let Some(halt) = &self.environment.halt {
            halt.hit(step);
        }
    }
}
