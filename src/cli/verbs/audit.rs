//! `audit`: checks every commit of git's history: it must keep all entries and add only entries that were allowed.

use chrono::TimeDelta;
use clap::Args;

use super::changes::{parse_range, range_error};
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::report::findings::FindingsFlags;
use crate::cli::session::Session;
use crate::cli::terminal::progress::Progress;
use crate::desk::{AuditOptions, AuditRange, AuditReport, DeskLocation, HistoryAudit, Redaction};
use crate::domain::time::duration;
use crate::store::short_id::short_suffix;
use crate::view::sanitize::one_line;

/// Audit git's history: entries are only added, and each was allowed.
///
/// Each commit is compared with its parents: no entry may be removed, edited or moved, and no file deleted; every new
/// entry must have been allowed on the version it extends, by casebook.toml as it was before the commit. Exits with 1
/// if there are findings. Redactions, and what `[audit] accepted` in casebook.toml accepts, are listed, and are not
/// findings; a person who is named and is not an agent sees only redactions of their tickets, without the reasons. It
/// works in a bare repository too.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook audit\n  casebook audit origin/main..HEAD --identity\n  casebook audit --since-verified --signed --report sarif=audit.sarif"
)]
pub struct AuditArgs {
    /// A..B, A...B (from their merge base to B), or A (A..HEAD) [default: the whole history of HEAD]
    #[arg(value_name = "RANGE", conflicts_with_all = ["all", "since_verified"])]
    range: Option<String>,
    /// Audit the history of every branch and tag
    #[arg(long, conflicts_with = "since_verified")]
    all: bool,
    /// Check that entries name the author of their commit, or the person in its `On-behalf-of:`; imported entries and
    /// entries of the role `system` are exempt, and counted
    #[arg(long)]
    identity: bool,
    /// Check that commits are signed with keys that `[signing]` in casebook.toml lists
    #[arg(long)]
    signed: bool,
    /// The largest accepted difference between clocks
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = duration_arg)]
    tolerance: TimeDelta,
    /// The desk's folder in the repository [default: that of the work tree, else the only desk in HEAD]
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// Audit only the commits since the last audit with this flag that found nothing
    #[arg(long)]
    since_verified: bool,
    #[command(flatten)]
    findings: FindingsFlags,
}

/// Parses a duration of the command line, such as `4h`.
pub(super) fn duration_arg(text: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(text).ok_or_else(|| format!("`{text}` is not a duration; write it as 10m, 4h or 1d"))
}

/// Formats a count of entries of a kind: `2 imported entries`.
fn count_entries(count: usize, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "entry" } else { "entries" })
}

impl AuditArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.findings.validate()?;
        let start = session.start()?;
        let location = DeskLocation::of(&start, self.desk.as_deref())?;
        let auditor = HistoryAudit::at(&location);
        let options = AuditOptions { identity: self.identity, signed: self.signed, tolerance: self.tolerance };
        let range = self.range(&auditor, &options)?;
        let progress = Progress::begin("reading the history");
        let mut on_commit = |count: usize| {
            if count.is_multiple_of(64) {
                progress.step(&format!("{count} commits audited"));
            }
        };
        let found = auditor.audit(&range, &options, &mut on_commit).map_err(range_error)?;
        progress.end();
        self.list_redactions(session, &location, &found)?;
        for (finding, reason) in &found.accepted {
            let commit = finding.commit.as_deref().unwrap_or_default();
            let (commit, code) = (commit.get(..12).unwrap_or(commit), finding.rule.code);
            let message = format!("accepted in {commit}: {}: {} [{code}]: {reason}", finding.path, finding.message);
            self.print_beside(session, &one_line(&message))?;
        }
        if self.identity {
            self.print_exempt(session, &found)?;
        }
        if self.since_verified || range == AuditRange::Head {
            auditor.save_checkpoint(&found, options, self.since_verified, self.findings.strict)?;
        }
        self.findings.print(session, &found.findings, "audit", (found.commits, "commit"), &location.prefix)
    }

    /// Returns the commits that the flags select.
    fn range(&self, auditor: &HistoryAudit, options: &AuditOptions) -> Result<AuditRange, CliError> {
        if let Some(range) = &self.range {
            return Ok(AuditRange::Between(parse_range(Some(range))?));
        }
        if self.since_verified {
            return Ok(auditor.verified_commit(options)?.map_or(AuditRange::Head, AuditRange::Since));
        }
        Ok(if self.all { AuditRange::All } else { AuditRange::Head })
    }

    /// Prints the number of entries that `--identity` does not check.
    fn print_exempt(&self, session: &Session, found: &AuditReport) -> Result<(), CliError> {
        let (imported, system) = (count_entries(found.imported, "imported "), count_entries(found.system, ""));
        let message = format!("exempt from --identity: {imported} and {system} of the role `system`");
        self.print_beside(session, &message)
    }

    /// Prints a message with the findings for people, and on standard error if programs read the findings.
    fn print_beside(&self, session: &Session, message: &str) -> Result<(), CliError> {
        if self.findings.is_for_people() {
            session.output.status(message)?;
        } else {
            session.output.warn(&format!("note: {message}"));
        }
        Ok(())
    }

    /// Prints the redactions: the commit, the hidden entry, the actor and the reason of each. A viewer who does not see
    /// everything gets those of visible entries, without actor and reason.
    fn list_redactions(&self, session: &Session, location: &DeskLocation, found: &AuditReport) -> Result<(), CliError> {
        if found.redactions.is_empty() {
            return Ok(());
        }
        let desk = if location.is_bare { None } else { session.desk().ok() };
        let view = desk.as_ref().and_then(|desk| session.view(desk).ok());
        let sees_everything = match &view {
            Some(view) => view.sees_everything(),
            None => session.named_actor().is_ok_and(|person| person.is_none_or(|person| found.team.has_agent(&person))),
        };
        let is_visible = |redaction: &&Redaction| {
            let ticket = view.as_ref().and_then(|view| view.ticket(redaction.ticket).ok());
            sees_everything || ticket.is_some_and(|ticket| ticket.entry(redaction.entry).is_some())
        };
        for redaction in found.redactions.iter().filter(is_visible) {
            let commit = redaction.commit.get(..12).unwrap_or(&redaction.commit);
            let (entry, hides) = (short_suffix(redaction.entry), short_suffix(redaction.hides));
            let mut message = format!("redacted in {commit}: {entry} of {} hides {hides}", redaction.ticket);
            if sees_everything {
                message.push_str(&format!(", by {}: {}", redaction.by, redaction.reason));
            }
            self.print_beside(session, &one_line(&message))?;
        }
        Ok(())
    }
}
