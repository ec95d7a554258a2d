//! The application layer: a desk, which is a folder of tickets in a git repository, and everything that is done with it.
//!
//! [`Desk::open`] reads `casebook.toml`. The desk then hands out parts, which borrow it:
//!
//! | part | contents |
//! |---|---|
//! | [`Desk::as_seen_by`] | tickets, summaries, queries, search, SLA clocks and due work, as a viewer sees them |
//! | [`Desk::policy`] | settings, plans, calendars, holiday lists, organizations |
//! | [`Desk::health`] | the diagnosis that `doctor` prints |
//! | [`Desk::perform`] | the only way to change the desk |
//!
//! # How a desk is read
//! A query goes to [`DeskView::query`], and itself down to the pass over the index (`read/summaries.rs`). The index returns
//! the summaries of files that have not changed; the other files are read. If a summary is not enough, for example for a
//! search in texts, the whole tickets are read. A command that was interrupted is read as if it were complete.
//!
//! # How a desk is changed
//! A [`Command`] consists of requests on tickets, or changes a file as a whole. [`Desk::perform`] takes the lock, ends an
//! interrupted command, and runs the command in a transaction (`write/transaction.rs`), which reads the tickets again,
//! asks [`crate::domain::workflow::decide`] and collects entries in memory. The [`Outcome`] is then written: journal,
//! files, commit, end of the journal (docs/decisions/0005-lock-and-journal.md). A dry run ends before that.
//!
//! The folders `check`, `history` and `clones` contain the checks of a desk, the audit of its history and the guard of
//! its repository, and the exchange with other clones.
//!
//! # Invariants
//! - Only [`Desk::perform`] writes entries.
//! - Nothing here prints, or reads the clock or environment variables: the CLI reads them once, into an [`Environment`].

mod check;
pub(crate) mod clones;
mod environment;
mod folder_stamps;
mod git_notes;
pub(crate) mod history;
pub(crate) mod policy;
pub(crate) mod read;
pub(crate) mod setup;
pub(crate) mod sla;
pub(crate) mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};

use crate::error::Error;
use crate::store::config::{Config, Settings};
use crate::store::files::{Journal, StateDir};
use crate::store::git::Repository;
use crate::store::index::Index;
use crate::store::layout;
use crate::store::yaml::{ReadError, ReadErrorKind};

pub use check::{CheckResult, CheckScope, check_desk};
pub use clones::Clones;
pub use clones::git_setup::{GitSetting, SettingState, apply_settings, git_settings};
pub use clones::resolve::{ConflictOutcome, ConflictResult, OtherConflict};
pub use clones::sync::{SyncOptions, SyncReport};
pub use environment::Environment;
pub use git_notes::GitNotes;
pub use history::audit::{AuditOptions, AuditRange, AuditReport, HistoryAudit, Redaction};
pub use history::guard::{PushGuard, Pusher};
pub use history::hooks::{FSCK, Hook, HookInstall, InstalledHook};
pub use history::location::{DeskLocation, folder_in_repository};
pub use history::server::ServerHealth;
pub use policy::PolicyReader;
pub use policy::calendars::{CalendarReader, SlaPolicy};
pub use read::changes::RevisionRange;
pub use read::desk_view::DeskView;
pub use read::search::SearchRequest;
pub use read::summaries::SummaryList;
pub use read::tickets::{TicketList, UnreadableFile};
pub use setup::doctor::DeskHealth;
pub use setup::init::{InitOptions, InitReport};
pub use sla::clocks::{PlanInForce, SlaEvaluator};
pub use sla::due::{DueClocks, DueOptions, TicketClock};
pub use sla::sweep::DueItems;
pub use write::command::{AccessChange, Command, FileCommand, OrganizationCommand, TicketCommand};
pub use write::fault_injection::FaultPoint;
pub use write::open_precheck::precheck_opening;
pub use write::options::WriteOptions;
pub use write::outcome::Outcome;
pub use write::recovery::{Recovery, RollbackReason};
pub use write::request::{ActionRequest, AttachmentData, OnExisting, TicketRef};

/// A desk: a folder that contains `casebook.toml` and tickets.
#[derive(Debug)]
pub struct Desk {
    root: PathBuf,
    config: Config,
    /// The settings in casebook.toml, as it was when the desk was opened.
    settings: Arc<Settings>,
    state: StateDir,
    environment: Environment,
    /// The journal of a command that was interrupted.
    pending: Option<Journal>,
    /// The index, loaded when it is first used; `None` if there is none.
    index: OnceLock<Option<Index>>,
    index_is_corrupt: AtomicBool,
    /// The memberships of the person for whom they were first read.
    memberships: OnceLock<policy::organizations::PersonMemberships>,
    /// The languages of organizations that were read, by id.
    languages: Mutex<HashMap<String, Option<String>>>,
    /// The files that a sparse checkout leaves out, once they are known.
    left_out: OnceLock<Vec<String>>,
    /// The result of ending an interrupted command.
    recovery: Option<Recovery>,
    git_notes: GitNotes,
}

impl Desk {
    /// Opens the desk at `root`, the folder that contains casebook.toml.
    ///
    /// # Errors
    /// The file is missing or cannot be read, or the settings that every command needs are invalid.
    pub fn open(root: &Path, environment: Environment) -> Result<Self, Error> {
        let settings = read_settings(root)?;
        let config = settings.config().cloned();
        let config = config.map_err(|error| Error::Config { path: root.join(layout::MARKER), error })?;
        Self::with(root, environment, config, settings)
    }

    /// Opens a desk for `check`, which reports an invalid casebook.toml as a finding: the defaults replace it.
    ///
    /// # Errors
    /// The file is missing or cannot be read.
    pub fn open_for_check(root: &Path, environment: Environment) -> Result<Self, Error> {
        let settings = read_settings(root)?;
        let default = || Settings::of("format = 1\n").config().cloned().expect("a file with only its format is valid");
        let config = settings.config().cloned().unwrap_or_else(|_| default());
        Self::with(root, environment, config, settings)
    }

    /// Opens a desk for `resolve` and `sync`: if casebook.toml itself is in conflict, the settings are those of our side,
    /// as before the merge.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub fn open_conflicted(root: &Path, environment: Environment) -> Result<Self, Error> {
        if read_settings(root)?.config().is_err() {
            let ours = Repository::at(root).text(":2:./casebook.toml").ok().flatten();
            let ours = ours.map(Settings::of);
            if let Some((config, ours)) = ours.and_then(|ours| Some((ours.config().ok()?.clone(), ours))) {
                return Self::with(root, environment, config, ours);
            }
        }
        Self::open(root, environment)
    }

    fn with(root: &Path, environment: Environment, config: Config, settings: Settings) -> Result<Self, Error> {
        let state = StateDir::of(root);
        let pending = Journal::pending(&state).map_err(Error::io(state.path("journal"), "read"))?;
        Ok(Self {
            root: root.to_owned(),
            config,
            settings: Arc::new(settings),
            state,
            environment,
            pending,
            recovery: None,
            git_notes: GitNotes::default(),
            index: OnceLock::new(),
            index_is_corrupt: AtomicBool::new(false),
            memberships: OnceLock::new(),
            languages: Mutex::default(),
            left_out: OnceLock::new(),
        })
    }

    /// Returns the folder of the desk.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the settings that most commands need; [`Desk::policy`] reads the rest.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the repository of the desk.
    ///
    /// # Errors
    /// There is none.
    fn repository(&self) -> Result<Repository, Error> {
        if self.state.in_repository() { Ok(self.git()) } else { Err(Error::NoRepository { root: self.root.clone() }) }
    }

    /// Returns the repository at the folder of the desk, whether or not there is one.
    fn git(&self) -> Repository {
        Repository::at(&self.root).with_stand_in(self.environment.stand_in.as_ref())
    }

    /// Returns the state directory.
    pub const fn state(&self) -> &StateDir {
        &self.state
    }

    /// Returns the files of the desk that git's sparse checkout leaves out of the work tree. git is asked only if the
    /// file of such a checkout exists.
    pub fn left_out(&self) -> &[String] {
        self.left_out.get_or_init(|| {
            let is_sparse = self.state.git_dir().is_some_and(|git_dir| git_dir.join("info/sparse-checkout").exists());
            if is_sparse { Repository::at(&self.root).left_out().unwrap_or_default() } else { Vec::new() }
        })
    }

    /// Returns a folder of the desk as unreadable, if a sparse checkout leaves out files in it.
    pub fn left_out_of(&self, folder: &str) -> Option<UnreadableFile> {
        let damage = ReadError { line: 1, column: 1, kind: ReadErrorKind::NotCheckedOut };
        let is_incomplete = self.left_out().iter().any(|path| layout::is_in(path, folder));
        is_incomplete.then(|| UnreadableFile { path: folder.to_owned(), damage })
    }

    /// Returns the environment of the command.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns whether a command was interrupted and the next writer must end it.
    pub const fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Returns what became of an interrupted command when this desk last took the lock; `None` if there was none, or
    /// if the actor may not know of it.
    pub const fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Returns the facts about git that the actor must know after the last command.
    pub const fn git_notes(&self) -> &GitNotes {
        &self.git_notes
    }

    /// Marks a step of a command, at which a test may end or stop the process.
    fn fault_point(&self, step: &str) {
        if let Some(fault_point) = &self.environment.fault_point {
            fault_point.hit(step);
        }
    }
}

/// Reads the settings of the desk in a folder.
fn read_settings(root: &Path) -> Result<Settings, Error> {
    let path = root.join(layout::MARKER);
    let bytes = std::fs::read(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NotInDesk { start: root.to_owned() },
        _ => Error::Io { path, attempt: "read", source },
    })?;
    Ok(Settings::from_bytes(&bytes))
}
