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

use crate::domain::calendar::HolidayList;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Notice;
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
pub use write::attach::AttachmentData;
pub use write::fault_injection::FaultPoint;
pub use write::organization::OrganizationCommand;
pub use write::organization_access::AccessChange;
pub use write::recovery::{Recovery, RollbackReason};

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

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketRef {
    /// A ticket to be opened.
    New,
    /// A ticket that is there.
    Ticket(Id),
}

/// One thing asked of one ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRequest {
    /// The ticket.
    pub target: TicketRef,
    /// What is asked.
    pub action: Action,
    /// The words that go with it.
    pub text: Option<Text>,
    /// The files that go with it.
    pub attachments: Vec<AttachmentData>,
    /// For a reply of an agent: leave the status as it is.
    pub keep_open: bool,
    /// A retry with the same key returns the first result.
    pub key: Option<String>,
    /// Only if the ticket has this status.
    pub if_status: Option<Status>,
    /// Only if this is the ticket's last entry: its id, or a part of it.
    pub if_version: Option<String>,
}

impl ActionRequest {
    /// An action on a ticket, with nothing special asked for.
    pub const fn on(ticket: Id, action: Action, text: Option<Text>) -> Self {
        Self {
            target: TicketRef::Ticket(ticket),
            action,
            text,
            attachments: Vec::new(),
            keep_open: false,
            key: None,
            if_status: None,
            if_version: None,
        }
    }
}

/// What a command does.
#[derive(Clone, Debug)]
pub enum Command {
    /// Steps, in order, all or none.
    Steps(Vec<ActionRequest>),
    /// A ticket is assigned to whose turn it is once the lock is held; the action of the step is not looked at.
    Turn {
        /// On the ticket.
        step: ActionRequest,
        /// Of this team, else that of the ticket's product group.
        team: Option<String>,
    },
    /// What silence makes due on some tickets, as they are once the lock is held; done by the system.
    Sweep(Vec<Id>),
    /// Links between tickets that two clones left apart are joined again.
    Rejoin {
        /// The key of a command that may be repeated.
        key: Option<String>,
    },
    /// Tickets of another system, as they are.
    Import(Vec<Ticket>),
    /// An organisation is made or changed.
    Amend(OrganizationCommand),
    /// Organisation access is granted or revoked.
    Access(AccessChange),
    /// A list of holidays, by its name, takes the place of the one that is there, if any.
    Holidays(String, HolidayList),
    /// What has exactly one right answer, in some tickets' files: the header, the end marker.
    Mend(Vec<Id>),
}

/// Under which terms a command is carried out.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Who acts.
    pub by: Person,
    /// Whether the name was given, so that git's own identity may be another.
    pub on_behalf: bool,
    /// The author git would name, where the environment says so.
    pub git_author: Option<String>,
    /// Show what would be done, and do nothing.
    pub dry_run: bool,
    /// Commit or not; else the desk's policy.
    pub commit: Option<bool>,
}

/// What a command did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The tickets the steps were about, in their order; of a reply to a merged one, where it was recorded.
    pub tickets: Vec<Ticket>,
    /// The entries made, with their tickets.
    pub entries: Vec<(Id, Id)>,
    /// What the person should know.
    pub notices: Vec<(Id, Notice)>,
    /// The files brought, with their bytes; some may be there already.
    pub attached: Vec<AttachmentData>,
    /// Files that lie there and go with the commit.
    pub left_behind: Vec<crate::store::files::ExtraFile>,
    /// The files changed, with what they held and hold.
    pub changes: Vec<crate::store::files::FileChange>,
    /// The commit message, where there is a commit or would be one.
    pub message: Option<String>,
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
