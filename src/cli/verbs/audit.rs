//! `audit`: whether every commit kept what was there, and brought only what could be brought.

use chrono::TimeDelta;
use clap::Args;

use super::changes::{range_error, stretch};
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::report::findings::FindingsFlags;
use crate::cli::session::Session;
use crate::cli::terminal::progress::Progress;
use crate::desk::{AuditOptions, AuditRange, AuditReport, DeskLocation, HistoryAudit};
use crate::domain::time::duration;
use crate::store::layout::short_suffix;
use crate::view::sanitize::one_line;

/// Prove from git's history that every version of every ticket extends its parents.
///
/// Each commit is held against its parents: no entry is gone, edited or moved, no file deleted; every new entry was
/// allowed on the version it extends, by casebook.toml as it was before the commit. Ends with 1 if something is wrong.
/// Redactions are listed, and are not wrong. A bare repository will do.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook audit\n  casebook audit origin/main..HEAD --identity\n  casebook audit --since-verified --signed --report sarif=audit.sarif"
)]
pub struct AuditArgs {
    /// A..B, A...B (since B parted from A), or A alone (A..HEAD) [default: all that HEAD leads to]
    #[arg(value_name = "RANGE", conflicts_with_all = ["all", "since_verified"])]
    range: Option<String>,
    /// All that any branch or tag leads to
    #[arg(long, conflicts_with = "since_verified")]
    all: bool,
    /// Entries name the author of their commit, or whom its `On-behalf-of:` names; imported ones and
    /// those of the role `system` are exempt, and counted
    #[arg(long)]
    identity: bool,
    /// Commits are signed with keys that the section `signing` of casebook.toml names
    #[arg(long)]
    signed: bool,
    /// How far clocks may differ
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = span)]
    tolerance: TimeDelta,
    /// The desk's folder in the repository [default: that of the work tree, else the only one in HEAD]
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// Only what came after the last audit with this flag that found nothing
    #[arg(long)]
    since_verified: bool,
    #[command(flatten)]
    telling: FindingsFlags,
}

/// A span of time, for flags.
pub(super) fn span(words: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(words).ok_or_else(|| format!("`{words}` is no span of time; `10m`, `4h` and `1d` are"))
}

fn entries(count: usize, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "entry" } else { "entries" })
}

impl AuditArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.telling.exit_code()?;
        let start = session.start()?;
        let whereabouts = DeskLocation::of(&start, self.desk.as_deref())?;
        let auditor = HistoryAudit::at(&whereabouts);
        let questions = AuditOptions { identity: self.identity, signed: self.signed, tolerance: self.tolerance };
        let span = self.span(&auditor, &questions)?;
        let progress = Progress::begin("walking through the history");
        let mut tell = |count: usize| {
            if count.is_multiple_of(64) {
                progress.step(&format!("{count} commits audited"));
            }
        };
        let found = auditor.audit(&span, &questions, &mut tell).map_err(range_error)?;
        progress.end();
        self.list_redactions(session, &found)?;
        if self.identity {
            self.count_apart(session, &found)?;
        }
        if self.since_verified || span == AuditRange::Head {
            auditor.note(&found, questions, self.since_verified, self.telling.strict)?;
        }
        self.telling.print(session, &found.findings, "audit", (found.commits, "commit"), &whereabouts.prefix)
    }

    fn span(&self, auditor: &HistoryAudit, questions: &AuditOptions) -> Result<AuditRange, CliError> {
        if let Some(range) = &self.range {
            return Ok(AuditRange::Stretch(stretch(Some(range))?));
        }
        if self.since_verified {
            return Ok(auditor.verified(questions)?.map_or(AuditRange::Head, AuditRange::Since));
        }
        Ok(if self.all { AuditRange::All } else { AuditRange::Head })
    }

    /// How many entries may name somebody else than their commit: to people beside the findings, to programs on standard error.
    fn count_apart(&self, session: &Session, found: &AuditReport) -> Result<(), CliError> {
        let (imported, system) = (entries(found.imported, "imported "), entries(found.system, ""));
        let words = format!("exempt from --identity: {imported} and {system} of the role `system`");
        if self.telling.is_for_people() {
            session.output.status(&words)?;
        } else {
            session.output.warn(&format!("note: {words}"));
        }
        Ok(())
    }

    /// What was hidden: to people beside the findings, to programs on standard error.
    fn list_redactions(&self, session: &Session, found: &AuditReport) -> Result<(), CliError> {
        for redaction in &found.redactions {
            let commit = redaction.commit.get(..12).unwrap_or(&redaction.commit);
            let words = format!(
                "redacted in {commit}: {} of {} hides {}, by {}: {}",
                short_suffix(redaction.entry),
                redaction.ticket,
                short_suffix(redaction.hides),
                redaction.by,
                redaction.reason
            );
            let words = one_line(&words);
            if self.telling.is_for_people() {
                session.output.status(&words)?;
            } else {
                session.output.warn(&format!("note: {words}"));
            }
        }
        Ok(())
    }
}
