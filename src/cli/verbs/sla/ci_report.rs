//! `sla --fail-on` and `--report`: clocks as findings for CI systems: annotations, reports, job summaries.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::cli::error::CliError;
use crate::cli::report::findings::unwritable;
use crate::cli::session::Session;
use crate::desk::TicketClock;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{TARGET_BREACHED, TARGET_DUE};
use crate::domain::sla::clock::ClockState;
use crate::domain::time::duration;
use crate::domain::time::duration::format_instant;
use crate::store::index::Rows;
use crate::store::layout;
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render};
use crate::view::sla::metric;

/// The time from which a clock fails a CI job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FailOn {
    /// From its breach on.
    #[default]
    Breached,
    /// From this duration before its due time on; in elapsed time, not open time.
    Due(TimeDelta),
}

/// Parses `breached` or `due:2h`.
pub(super) fn fail_on(text: &str) -> Result<FailOn, String> {
    match text.split_once(':') {
        None if text == "breached" => Ok(FailOn::Breached),
        Some(("due", span)) => duration::parse_duration(span)
            .map(FailOn::Due)
            .ok_or_else(|| format!("`{span}` is not a duration; write due:2h")),
        _ => Err("expected breached or due:2h".to_owned()),
    }
}

impl FailOn {
    /// Returns the clocks that fail the job, as findings. `rows` has the summaries of their tickets.
    pub(super) fn select(self, clocks: &[TicketClock], rows: &Rows, now: DateTime<Utc>) -> Vec<Finding> {
        let find = |due: &TicketClock| self.finding(due, &rows.of(due.ticket)?.header.subject, now);
        clocks.iter().filter_map(find).collect()
    }

    /// Returns the finding for a clock, if it fails the job.
    fn finding(self, ticket_clock: &TicketClock, subject: &str, now: DateTime<Utc>) -> Option<Finding> {
        let clock = &ticket_clock.clock;
        let due = clock.due_at?;
        let (rule, verb) = match self {
            _ if clock.state == ClockState::Breached => (&TARGET_BREACHED, "was due"),
            Self::Due(span) if clock.is_due() && due <= now + span => (&TARGET_DUE, "is due"),
            _ => return None,
        };
        let (metric, due) = (metric(clock.metric), format_instant(due));
        let message = format!("{metric} ({}) {verb} {due}: {subject}", clock.priority);
        Some(Finding::new(rule, layout::ticket_path(ticket_clock.ticket), message).of(ticket_clock.ticket))
    }
}

/// A format that CI systems read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CiReportFormat {
    /// A format of findings.
    Findings(ReportFormat),
    /// A Markdown table.
    Summary,
}

/// The formats by name.
const FORMATS: [(&str, CiReportFormat); 5] = [
    ("github", CiReportFormat::Findings(ReportFormat::Github)),
    ("gitlab", CiReportFormat::Findings(ReportFormat::Gitlab)),
    ("junit", CiReportFormat::Findings(ReportFormat::Junit)),
    ("sarif", CiReportFormat::Findings(ReportFormat::Sarif)),
    ("summary", CiReportFormat::Summary),
];

/// Parses `FORM=FILE`.
pub(super) fn report(text: &str) -> Result<(CiReportFormat, PathBuf), String> {
    let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("expected FORM=FILE")?;
    let format = FORMATS.into_iter().find(|(word, _)| *word == format);
    let (_, format) = format.ok_or_else(|| format!("the formats are {}", FORMATS.map(|(word, _)| word).join(", ")))?;
    Ok((format, PathBuf::from(file)))
}

impl CiReportFormat {
    /// Writes the findings into a file, `-` for standard output. A job summary is appended to the file. `count` is the
    /// number of clocks, and `folder` that of the desk in its repository.
    pub(super) fn write(
        self,
        session: &Session,
        findings: &[Finding],
        file: &Path,
        (count, folder): (usize, &str),
    ) -> Result<(), CliError> {
        let run = ReportSource {
            verb: "sla",
            version: env!("CARGO_PKG_VERSION"),
            noun: "clock",
            folder,
            count,
            is_strict: true,
            color_mode: ColorMode::PLAIN,
        };
        let text = match self {
            Self::Findings(format) => render(format, findings, &run),
            Self::Summary => crate::view::sla::summary(findings),
        };
        if file == Path::new("-") {
            return Ok(session.output.print(&text)?);
        }
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).append(self == Self::Summary).truncate(self != Self::Summary);
        let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
        Ok(written.map_err(|error| unwritable(file, error))?)
    }
}
