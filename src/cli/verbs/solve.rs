//! `solve` and `reopen`: the end of a ticket, and its new beginning.

use clap::Args;

use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{IfNeededFlag, TicketFlags};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::{Command, Desk};
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{ReopenReason, Resolution};

/// Solve a ticket.
///
/// The requester agreed, a bug was reported, the reminders got no response, or the ticket is withdrawn: opened by
/// mistake, spam, or a test. If a customer has replied since support's last public text, that customer agreed, and the
/// entry names the reply; else --agreed-by must say who agreed. A withdrawal needs a text.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook solve 7S1W1X -m \"Works since the restart.\"\n  casebook solve 7S1W1X --agreed-by ana@acme.example -m \"Ana confirmed by phone.\"\n  casebook solve 7S1W1X --resolution bug_reported --bug BUG-17 --bug-priority P2 --eta 2026-12-15\n  casebook solve 7S1W1X --resolution no_response\n  casebook solve 7S1W1X --resolution withdrawn -m \"A test.\""
)]
pub struct SolveArgs {
    #[command(flatten)]
    evidence: ResolutionFlags,
    #[command(flatten)]
    needed: IfNeededFlag,
    #[command(flatten)]
    on: TicketFlags,
}

/// The flags of the resolution and its evidence.
#[derive(Debug, Args)]
struct ResolutionFlags {
    /// The resolution
    #[arg(long, default_value = "agreed", value_parser = ["agreed", "bug_reported", "no_response", "withdrawn"])]
    resolution: String,
    /// The person who agreed [default: the customer who has replied since support's last public text]
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    agreed_by: Option<Who>,
    /// The reference of the bug in its tracker
    #[arg(long, value_name = "REF")]
    bug: Option<String>,
    /// The priority agreed for the bug, as its tracker writes it
    #[arg(long, value_name = "PRIORITY")]
    bug_priority: Option<String>,
    /// The estimated time at which the bug will be resolved: a date, a time, +3d
    #[arg(long, value_name = "WHEN")]
    eta: Option<String>,
}

impl SolveArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Self { evidence, needed, on } = self;
        let is_withdrawn = evidence.resolution == Resolution::Withdrawn.as_str();
        let comment = is_withdrawn.then_some("Why the ticket is withdrawn.");
        let request = |desk: &Desk, id| Ok(needed.request(id, Action::Solve(evidence.solution(session, desk)?)));
        on.run_write_as(session, comment, request, Command::requests)
    }
}

impl ResolutionFlags {
    /// Returns the evidence that the flags give.
    ///
    /// # Errors
    /// A flag belongs to another resolution, or a reported bug lacks its reference, priority or time.
    fn solution(&self, session: &Session, desk: &Desk) -> Result<SolveEvidence, CliError> {
        let has_bug_flags = self.bug.is_some() || self.bug_priority.is_some() || self.eta.is_some();
        let wrong_resolution = |flags: &str, resolution: Resolution| {
            Err(CliError::usage(
                format!("{flags}: not allowed with the resolution `{}`", self.resolution),
                format!("did you mean --resolution {resolution}?"),
            ))
        };
        if self.resolution != Resolution::BugReported.as_str() && has_bug_flags {
            return wrong_resolution("--bug, --bug-priority, --eta", Resolution::BugReported);
        }
        if self.resolution != Resolution::Agreed.as_str() && self.agreed_by.is_some() {
            return wrong_resolution("--agreed-by", Resolution::Agreed);
        }
        if self.resolution == Resolution::Agreed.as_str() {
            let by = self.agreed_by.as_ref().map(|who| session.person(desk, who)).transpose()?;
            return Ok(SolveEvidence::Agreed { by, reply: None });
        }
        if self.resolution == Resolution::NoResponse.as_str() {
            return Ok(SolveEvidence::NoResponse);
        }
        if self.resolution == Resolution::Withdrawn.as_str() {
            return Ok(SolveEvidence::Withdrawn);
        }
        let line = |text: &Option<String>| text.as_deref().and_then(clean_subject);
        match (line(&self.bug), line(&self.bug_priority), self.eta.as_deref()) {
            (Some(bug), Some(priority), Some(eta)) => {
                Ok(SolveEvidence::BugReported { bug, priority, eta: session.planned_time(desk, eta)? })
            }
            _ => Err(CliError::usage(
                "a reported bug needs its reference, the agreed priority and the estimated time",
                "give --bug REF --bug-priority PRIORITY --eta WHEN",
            )),
        }
    }
}

/// Open a solved ticket again.
///
/// Any reply of the customer does so too.
#[derive(Debug, Args)]
pub struct ReopenArgs {
    /// The reason
    #[arg(long, default_value = "not_solved", value_parser = word_of::<ReopenReason>(ReopenReason::WORDS))]
    reason: ReopenReason,
    /// Take a merge back: both tickets go on separately
    #[arg(long)]
    unmerge: bool,
    #[command(flatten)]
    needed: IfNeededFlag,
    #[command(flatten)]
    on: TicketFlags,
}

impl ReopenArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Reopen { reason: self.reason, unmerge: self.unmerge };
        let needed = self.needed;
        self.on.run_write_as(session, None, |_, id| Ok(needed.request(id, action)), Command::requests)
    }
}
