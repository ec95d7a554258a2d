//! Findings of a check, an audit or the guard, for people, programs and the systems that build and review.
//!
//! Each form is a function from findings to text. Messages and lines quote strangers: no form lets them steer a
//! terminal, give a command to a CI system, or leave the place they stand in. Must not know how anything was found.

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

/// What the findings come from.
#[derive(Clone, Debug)]
pub struct ReportSource<'a> {
    /// The verb: `check`, `audit`, `guard`.
    pub verb: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// What was looked at, one of them: `ticket`, `commit`.
    pub noun: &'static str,
    /// The folder of the desk in its repository, where systems that build look for files: empty, or with a slash at its end.
    pub folder: &'a str,
    /// How many of them.
    pub count: usize,
    /// Whether warnings count as much as errors.
    pub is_strict: bool,
    /// Whether there is colour, in words for people.
    pub paint: ColorMode,
}

/// In which form findings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people, with the line of the file.
    Full,
    /// For people, one line for each.
    Concise,
    /// A JSON array.
    Json,
    /// A JSON object on each line.
    Lines,
    /// Annotations of GitHub.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
}

impl ReportFormat {
    /// Whether paths begin at the top of the repository, as systems read them that check it out. For others they begin in
    /// the desk.
    pub const fn begins_at_the_top(self) -> bool {
        matches!(self, Self::Github | Self::Gitlab | Self::Sarif)
    }

    /// Whether people read it, so that a summary belongs below.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

/// The findings in a form.
pub fn render(form: ReportFormat, findings: &[Finding], run: &ReportSource<'_>) -> String {
    let placed: Vec<Finding>;
    let findings = if form.begins_at_the_top() && !run.folder.is_empty() {
        placed = findings.iter().map(|finding| below(run.folder, finding)).collect();
        &placed
    } else {
        findings
    };
    match form {
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

/// A finding whose path begins at the top of the repository. What is of no file is of the desk.
fn below(folder: &str, finding: &Finding) -> Finding {
    let path = match finding.path.as_str() {
        "." => folder.trim_end_matches('/').to_owned(),
        path => format!("{folder}{path}"),
    };
    Finding { path, ..finding.clone() }
}

/// How many were looked at and what came out: `3 tickets checked: 0 errors, 1 warning`.
pub fn summary(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let (errors, warnings) = (many(errors, "error"), many(warnings, "warning"));
    format!("{} {}ed: {errors}, {warnings}", many(run.count, run.noun), run.verb)
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A name of a finding that stays the same as long as it says the same, wherever its line moves to.
/// FNV-1a over 128 bits, since nobody gains by two that agree.
fn fingerprints(findings: &[Finding]) -> Vec<String> {
    let mut seen = std::collections::HashMap::new();
    let fingerprint = |finding: &Finding| {
        let entry = finding.entry.map(|id| id.to_string()).unwrap_or_default();
        let commit = finding.commit.as_deref().unwrap_or_default();
        let said = [finding.rule.code, &finding.path, &entry, commit, &finding.message].join("\0");
        let times: &mut u32 = seen.entry(said.clone()).or_default();
        *times += 1;
        let bytes = said.bytes().chain(times.to_be_bytes());
        let step = |hash: u128, byte| (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        format!("{:032x}", bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, step))
    };
    findings.iter().map(fingerprint).collect()
}
