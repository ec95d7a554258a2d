//! What fails a run in CI, and how it is told there: annotations, reports, the summary of a job.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::cli::error::CliError;
use crate::cli::report::findings::unwritable;
use crate::cli::session::Session;
use crate::desk::{DueClocks, TicketClock};
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{TARGET_BREACHED, TARGET_DUE};
use crate::domain::sla::clock::ClockState;
use crate::domain::time::duration;
use crate::domain::time::duration::format_instant;
use crate::store::layout;
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render};
use crate::view::sla::metric;

/// From when on a clock fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FailOn {
    /// Once it is late.
    #[default]
    Breached,
    /// So much time, by the clock on the wall, before it is.
    Due(TimeDelta),
}

/// `breached`, or `due:2h`.
pub(super) fn fail_on(words: &str) -> Result<FailOn, String> {
    match words.split_once(':') {
        None if words == "breached" => Ok(FailOn::Breached),
        Some(("due", span)) => duration::parse_duration(span)
            .map(FailOn::Due)
            .ok_or_else(|| format!("`{span}` is no span of time; `due:2h` is meant")),
        _ => Err("`breached` or `due:2h` is meant".to_owned()),
    }
}

impl FailOn {
    /// The clocks that fail, as findings.
    pub(super) fn select(self, owing: &DueClocks, now: DateTime<Utc>) -> Vec<Finding> {
        let find = |owed: &TicketClock| self.finding(owed, owing.rows.of(owed.ticket)?.header.subject.as_str(), now);
        owing.clocks.iter().filter_map(find).collect()
    }

    fn finding(self, owed: &TicketClock, subject: &str, now: DateTime<Utc>) -> Option<Finding> {
        let clock = &owed.clock;
        let due = clock.due_at?;
        let (rule, verb) = match self {
            _ if clock.state == ClockState::Breached => (&TARGET_BREACHED, "was due"),
            Self::Due(span) if clock.is_due() && due <= now + span => (&TARGET_DUE, "is due"),
            _ => return None,
        };
        let (metric, due) = (metric(clock.metric), format_instant(due));
        let message = format!("{metric} ({}) {verb} {due}: {subject}", clock.priority);
        Some(Finding::new(rule, layout::ticket_path(owed.ticket), message).of(owed.ticket))
    }
}

/// The forms CI systems read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CiReportFormat {
    /// One of those findings have.
    Findings(ReportFormat),
    /// A table in Markdown.
    Summary,
}

const FORMS: [(&str, CiReportFormat); 5] = [
    ("github", CiReportFormat::Findings(ReportFormat::Github)),
    ("gitlab", CiReportFormat::Findings(ReportFormat::Gitlab)),
    ("junit", CiReportFormat::Findings(ReportFormat::Junit)),
    ("sarif", CiReportFormat::Findings(ReportFormat::Sarif)),
    ("summary", CiReportFormat::Summary),
];

/// `FORM=FILE`.
pub(super) fn report(words: &str) -> Result<(CiReportFormat, PathBuf), String> {
    let (form, file) = words.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("FORM=FILE belongs here")?;
    let known = FORMS.into_iter().find(|(word, _)| *word == form);
    let (_, form) = known.ok_or_else(|| format!("known forms are {}", FORMS.map(|(word, _)| word).join(", ")))?;
    Ok((form, PathBuf::from(file)))
}

impl CiReportFormat {
    /// Writes what fails. The summary of a job is added to what others wrote there.
    pub(super) fn write(
        self,
        session: &Session,
        failing: &[Finding],
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
            Self::Findings(form) => render(form, failing, &run),
            Self::Summary => crate::view::sla::summary(failing),
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
