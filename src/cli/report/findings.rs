//! How findings are told: in which form, to whom, and what they do to the exit code.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render, summary};

/// In which form findings are told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Findings")]
pub struct FindingsFlags {
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// In which form to tell them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FindingsFormat::Full)]
    format: FindingsFormat,
    /// Print them as a JSON array: the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write them into a file too, in another form; `-` prints them; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    report: Vec<(FindingsFormat, PathBuf)>,
}

impl FindingsFlags {
    /// Refuses what would lose a report before anything is done.
    ///
    /// # Errors
    /// Two reports go into one file.
    pub fn exit_code(&self) -> Result<(), CliError> {
        one_file_each(self.report.iter().map(|(_, file)| file))
    }

    /// Whether anything is told to systems that look for files from the top of the repository.
    pub fn begins_at_the_top(&self) -> bool {
        let reports = self.report.iter().map(|(form, _)| form);
        reports.chain([&self.format]).any(|told| told.form().has_repository_paths())
    }

    /// Whether people read what is printed.
    pub const fn is_for_people(&self) -> bool {
        !self.json && self.format.form().is_for_people()
    }

    /// Tells the findings, with a summary for people, and gives the exit code. `count` is of `noun`s, and `folder` that of
    /// the desk in its repository.
    pub fn print(
        &self,
        session: &Session,
        findings: &[Finding],
        verb: &'static str,
        (count, noun): (usize, &'static str),
        folder: &str,
    ) -> Result<Exit, CliError> {
        let run = ReportSource {
            verb,
            version: env!("CARGO_PKG_VERSION"),
            noun,
            folder,
            count,
            is_strict: self.strict,
            color_mode: ColorMode { is_colored: session.output.colour },
        };
        let form = if self.json { ReportFormat::Json } else { self.format.form() };
        session.output.print(&render(form, findings, &run))?;
        if self.is_for_people() {
            session.output.status(&summary(findings, &run))?;
        }
        let plain = ReportSource { color_mode: ColorMode::PLAIN, ..run };
        for (form, file) in &self.report {
            let report = render(form.form(), findings, &plain);
            match file.as_os_str() == "-" {
                true => session.output.print(&report)?,
                false => std::fs::write(file, report).map_err(|error| unwritable(file, error))?,
            }
        }
        let counts = |finding: &Finding| self.strict || finding.severity == Severity::Error;
        Ok(if findings.iter().any(counts) { Exit::Found } else { Exit::Done })
    }
}

/// Refuses to write two reports into one file, of which the last would be left.
pub(crate) fn one_file_each<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), CliError> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for file in files.into_iter().filter(|file| file.as_os_str() != "-") {
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        if seen.contains(&whole) {
            let message = format!("two reports go into {}", file.display());
            return Err(Error::usage(message, "nothing was done; give each --report a file of its own").into());
        }
        seen.push(whole);
    }
    Ok(())
}

/// A file named on the command line that cannot be written: where the name is wrong, trying again will not help.
pub(crate) fn unwritable(file: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            let message = format!("cannot write {}: {error}", file.display());
            Error::usage(message, "name a file in a folder that is there, or make the folder first")
        }
        _ => Error::io(file, "write")(error),
    }
}

/// The forms findings are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FindingsFormat {
    /// For people: a line for each, and the line of the file
    Full,
    /// For people: a line for each
    Concise,
    /// A JSON array
    Json,
    /// A JSON object on each line
    Jsonl,
    /// Annotations of GitHub
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// JUnit's XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

impl FindingsFormat {
    const fn form(self) -> ReportFormat {
        match self {
            Self::Full => ReportFormat::Full,
            Self::Concise => ReportFormat::Concise,
            Self::Json => ReportFormat::Json,
            Self::Jsonl => ReportFormat::Lines,
            Self::Github => ReportFormat::Github,
            Self::Gitlab => ReportFormat::Gitlab,
            Self::Junit => ReportFormat::Junit,
            Self::Sarif => ReportFormat::Sarif,
        }
    }
}

/// `FORMAT=FILE`.
fn report(words: &str) -> Result<(FindingsFormat, PathBuf), String> {
    let (format, file) =
        words.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("FORMAT=FILE belongs here")?;
    Ok((FindingsFormat::from_str(format, false)?, PathBuf::from(file)))
}
