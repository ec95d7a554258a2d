//! Findings about files, with the lines they are about.

use crate::domain::codec::PathElement;
use crate::domain::id::Id;
use crate::domain::rules::Rule;
use crate::domain::rules::finding::Finding;
use crate::store::config::ConfigError;
use crate::store::layout;
use crate::store::yaml::{self, ReadError};

use super::messages::rule_of_read_error;

/// The longest line in a finding, in bytes. People write no longer lines, and one would fill a report.
const LONGEST_LINE: usize = 4096;

/// Returns the finding about a file that cannot be read.
pub(super) fn damaged(path: &str, error: &ReadError) -> Finding {
    Finding::new(rule_of_read_error(&error.kind), path, error.kind.to_string()).at(error.line, error.column)
}

/// Returns a finding with the line of the file it is about.
pub(super) fn with_line(mut finding: Finding, bytes: &[u8]) -> Finding {
    finding.source_line = line_of(bytes, finding.line);
    finding
}

/// Returns findings about parts of a ticket file at their lines and columns, which are looked up only if there are any.
pub(super) fn at_places(findings: Vec<(Finding, Vec<PathElement>)>, id: Id, bytes: &[u8]) -> Vec<Finding> {
    if findings.is_empty() {
        return Vec::new();
    }
    let (findings, paths): (Vec<Finding>, Vec<Vec<PathElement>>) = findings.into_iter().unzip();
    let places = yaml::places(bytes, &paths);
    let located = findings.into_iter().zip(places).map(|(finding, (line, column))| finding.at(line, column).of(id));
    located.map(|finding| with_line(finding, bytes)).collect()
}

/// Returns a place in an entry of the history, by its index: the value of a field.
pub(super) fn in_entry(index: usize, field: &str) -> Vec<PathElement> {
    vec![name("history"), PathElement::Index(index), name(field)]
}

/// Returns the place of a field.
pub(super) fn name(field: &str) -> PathElement {
    PathElement::Name(field.to_owned())
}

/// Returns a line of a file by its number from 1, if the file has that many. Bytes that are not UTF-8 are replaced.
pub(super) fn line_of(bytes: &[u8], line: usize) -> Option<String> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let line = lines.nth(line.checked_sub(1)?)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Some(String::from_utf8_lossy(&line[..line.len().min(LONGEST_LINE)]).into_owned())
}

/// Returns the number of the first line with a property, from 1; that of the first line if there is none.
pub(super) fn first_line(bytes: &[u8], is_wanted: impl FnMut(&str) -> bool) -> usize {
    String::from_utf8_lossy(bytes).lines().position(is_wanted).map_or(1, |index| index + 1)
}

/// Returns a finding at the place of an error in casebook.toml.
pub(super) fn at_error(text: &str, rule: &'static Rule, error: &ConfigError) -> Finding {
    let finding = Finding::new(rule, layout::MARKER, &error.message);
    with_line(finding.at(error.line, error.column), text.as_bytes())
}
