//! The file of an organization: read as strictly as a ticket file, printed in one form. It has no history and no end
//! marker (docs/format.md#organizationsacmeyaml).

use super::error::{ReadError, ReadErrorKind};
use super::print::field;
use super::read::{locate, source_of, value_of};
use super::scalar::print_scalar;
use super::spans::Outline;
use crate::domain::codec::{organization_fields, organization_from};
use crate::domain::people::organization::Organization;
use crate::domain::value::Value;

/// Reads an organization's file. `id` is the id in the name of the file.
///
/// # Errors
/// The first error, with its line and column.
pub fn read_organization(bytes: &[u8], id: &str) -> Result<Organization, ReadError> {
    let source = source_of(bytes)?;
    let outline = Outline::of(&source)?;
    organization_from(value_of(&source)?, id).map_err(|error| locate(&outline, error))
}

/// Prints an organization's file.
pub fn print_organization(organization: &Organization) -> String {
    let mut out = String::with_capacity(512);
    for (name, value) in organization_fields(organization) {
        match value {
            Value::List(periods) if name == "plans" => {
                out.push_str("plans:\n");
                periods.iter().for_each(|period| plan(&mut out, period));
            }
            value => field(&mut out, 0, &name, &value),
        }
    }
    out
}

/// Prints a plan and its period. Dates are not quoted.
fn plan(out: &mut String, period: &Value) {
    let Value::Map(fields) = period else { return };
    for (place, (name, value)) in fields.iter().enumerate() {
        let Value::String(text) = value else { continue };
        let text = if name == "plan" { print_scalar(text) } else { text.as_str().into() };
        let dash = if place == 0 { "- " } else { "  " };
        out.push_str(&format!("{dash}{name}: {text}\n"));
    }
}

/// Prints the file of a changed organization. A file with comments, which would be lost, is refused.
///
/// # Errors
/// [`ReadErrorKind::Commented`], with the line of the first comment.
pub fn reprint_organization(bytes: &[u8], before: &Organization, after: &Organization) -> Result<String, ReadError> {
    let text = String::from_utf8_lossy(bytes);
    if text == print_organization(before) {
        return Ok(print_organization(after));
    }
    match text.lines().position(contains_comment) {
        Some(index) => Err(ReadError { line: index + 1, column: 1, kind: ReadErrorKind::Commented }),
        None => Ok(print_organization(after)),
    }
}

/// Returns true if a line may contain a comment. A `#` in quotes counts too.
fn contains_comment(line: &str) -> bool {
    let begins = |place: usize| place == 0 || line[..place].ends_with(char::is_whitespace);
    line.match_indices('#').any(|(place, _)| begins(place))
}
