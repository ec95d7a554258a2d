//! Reports of findings of `check`, `audit`, `guard` and `sla`, for people, programs, and CI and review systems.
//!
//! # Invariants
//!
//! Messages and lines of files quote text from users. In no format can that text control a terminal, give a command to a CI
//! system, or end the field that contains it.

mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use json::object;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::colors::ColorMode;
use super::labels::count;

/// The run that reported the findings.
#[derive(Clone, Debug)]
pub struct ReportSource<'a> {
    /// The verb: `check`, `audit`, `guard` or `sla`.
    pub verb: &'static str,
    /// The version of casebook.
    pub version: &'static str,
    /// The noun for one checked item: `ticket`, `commit`.
    pub noun: &'static str,
    /// The folder of the desk in its repository, with a slash at its end; empty at the top.
    pub folder: &'a str,
    /// The number of checked items.
    pub count: usize,
    /// True if warnings fail the run, as errors do.
    pub is_strict: bool,
    /// The use of colors in the formats for people.
    pub color_mode: ColorMode,
}

/// A format of a report. The comments on the variants are their help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For people: a line for each finding, and the line of the file
    Full,
    /// For people: a line for each finding
    Concise,
    /// A JSON array
    Json,
    /// A JSON object on each line
    #[value(name = "jsonl")]
    Lines,
    /// GitHub annotations
    Github,
    /// A GitLab code quality report
    Gitlab,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

impl ReportFormat {
    /// Returns true if paths are relative to the top of the repository, for systems that check it out. In the other formats they
    /// are relative to the desk.
    pub const fn has_repository_paths(self) -> bool {
        matches!(self, Self::Github | Self::Gitlab | Self::Sarif)
    }

    /// Returns true if the format is for people, so that a summary follows the findings.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

/// Renders findings in a format.
pub fn render(format: ReportFormat, findings: &[Finding], run: &ReportSource<'_>) -> String {
    let relocated: Vec<Finding>;
    let findings = if format.has_repository_paths() && !run.folder.is_empty() {
        relocated = findings.iter().map(|finding| with_repository_path(run.folder, finding)).collect();
        &relocated
    } else {
        findings
    };
    match format {
        ReportFormat::Full => text::full(findings, run),
        ReportFormat::Concise => text::concise(findings, run),
        ReportFormat::Json => json::array(findings),
        ReportFormat::Lines => json::lines(findings),
        ReportFormat::Github => github::annotations(findings),
        ReportFormat::Gitlab => gitlab::report(findings),
        ReportFormat::Junit => junit::report(findings, run),
        ReportFormat::Sarif => sarif::log(findings, run),
    }
}

/// Returns a finding with a path from the top of the repository. A finding without a file gets the path of the desk.
fn with_repository_path(folder: &str, finding: &Finding) -> Finding {
    let path = match finding.path.as_str() {
        "." => folder.trim_end_matches('/').to_owned(),
        path => format!("{folder}{path}"),
    };
    Finding { path, ..finding.clone() }
}

/// Returns the summary of a run: `3 tickets checked: 0 errors, 1 warning`.
pub fn summary(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let (errors, warnings) = (count(errors, "error"), count(warnings, "warning"));
    format!("{} {}ed: {errors}, {warnings}", count(run.count, run.noun), run.verb)
}

/// Returns a fingerprint for each finding that depends on its rule, path, entry, commit and message, but not on its line. Equal
/// findings are numbered. The hash is FNV-1a of 128 bits; it need not withstand deliberate collisions.
fn fingerprints(findings: &[Finding]) -> Vec<String> {
    let mut counts = std::collections::HashMap::new();
    let fingerprint = |finding: &Finding| {
        let entry = finding.entry.map(|id| id.to_string()).unwrap_or_default();
        let commit = finding.commit.as_deref().unwrap_or_default();
        let identity = [finding.rule.code, &finding.path, &entry, commit, &finding.message].join("\0");
        let number: &mut u32 = counts.entry(identity.clone()).or_default();
        *number += 1;
        let bytes = identity.bytes().chain(number.to_be_bytes());
        let hash_byte =
            |hash: u128, byte| (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        format!("{:032x}", bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, hash_byte))
    };
    findings.iter().map(fingerprint).collect()
}
