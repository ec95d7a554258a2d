//! The findings of check, audit and guard: their formats, their reports, and the exit code.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum as _};

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render, summary};

/// The flags for findings.
#[derive(Debug, Args)]
#[command(next_help_heading = "Findings")]
pub struct FindingsFlags {
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// The format of the findings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Full)]
    format: ReportFormat,
    /// Print the findings as a JSON array: the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Also write the findings to a file, in a format; `-` prints them; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    report: Vec<(ReportFormat, PathBuf)>,
}

impl FindingsFlags {
    /// Checks the flags before anything is done.
    ///
    /// # Errors
    /// Two reports would go into one file.
    pub fn validate(&self) -> Result<(), CliError> {
        one_file_each(self.report.iter().map(|(_, file)| file))
    }

    /// Returns whether a format needs paths from the top of the repository, as the formats of CI systems do.
    pub fn begins_at_the_top(&self) -> bool {
        let reports = self.report.iter().map(|(format, _)| format);
        reports.chain([&self.format]).any(|format| format.has_repository_paths())
    }

    /// Returns whether the findings are printed for people.
    pub const fn is_for_people(&self) -> bool {
        !self.json && self.format.is_for_people()
    }

    /// Prints the findings, with a summary for people, and writes the reports. Returns the exit code. `count` is the
    /// number of checked `noun`s, and `folder` the folder of the desk in its repository.
    pub fn print(
        &self,
        session: &Session,
        findings: &[Finding],
        verb: &'static str,
        (count, noun): (usize, &'static str),
        folder: &str,
    ) -> Result<Exit, CliError> {
        let source = ReportSource {
            verb,
            version: env!("CARGO_PKG_VERSION"),
            noun,
            folder,
            count,
            is_strict: self.strict,
            color_mode: ColorMode { is_colored: session.output.color },
        };
        let format = if self.json { ReportFormat::Json } else { self.format };
        session.output.print(&render(format, findings, &source))?;
        if self.is_for_people() {
            session.output.status(&summary(findings, &source))?;
        }
        let plain = ReportSource { color_mode: ColorMode::PLAIN, ..source };
        for (format, file) in &self.report {
            let report = render(*format, findings, &plain);
            match file.as_os_str() == "-" {
                true => session.output.print(&report)?,
                false => std::fs::write(file, report).map_err(|error| unwritable(file, error))?,
            }
        }
        let counts = |finding: &Finding| self.strict || finding.severity == Severity::Error;
        Ok(if findings.iter().any(counts) { Exit::Found } else { Exit::Done })
    }
}

/// Refuses to write two reports to one file, since the last would replace the first.
pub(crate) fn one_file_each<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), CliError> {
    let mut used: Vec<PathBuf> = Vec::new();
    for file in files.into_iter().filter(|file| file.as_os_str() != "-") {
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        if used.contains(&absolute) {
            let message = format!("cannot write two reports to {}", file.display());
            return Err(CliError::usage(message, "nothing was done; name another file for each --report"));
        }
        used.push(absolute);
    }
    Ok(())
}

/// Returns the error for a file of the command line that cannot be written. If its name is wrong, this is a usage error,
/// since a retry does not help.
pub(crate) fn unwritable(file: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            let message = format!("cannot write {}: {error}", file.display());
            Error::usage(message, "name a file in an existing folder, or make the folder first")
        }
        _ => Error::io(file, "write")(error),
    }
}

/// Parses `FORMAT=FILE`.
fn report(text: &str) -> Result<(ReportFormat, PathBuf), String> {
    let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("a report is FORMAT=FILE")?;
    Ok((ReportFormat::from_str(format, false)?, PathBuf::from(file)))
}
