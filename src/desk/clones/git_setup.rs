//! The settings of git that each clone needs: the merge driver, the diff driver, and the files they are for.
//!
//! Settings of git are not in the repository, so every clone needs them once; `.gitattributes` is in the repository.
//! Missing settings are added, and settings with other values are left as they are.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;
use crate::store::files::StateDir;
use crate::store::git::Repository;

/// The line of `.gitattributes` for ticket files.
const ATTRIBUTES: &str = "tickets/**/*.yaml text eol=lf diff=casebook merge=casebook\n";
/// The path of a ticket, to ask git for the attributes of all tickets.
pub(crate) const EXAMPLE_TICKET: &str = "tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml";
/// The arguments of the merge driver.
const MERGE: &str = " merge-file %O %A %B %L %P";
/// The argument of the text converter.
const TEXTCONV: &str = " textconv";
/// The line that git shows in the header of a hunk: the subject. An entry in it would be the one before the change.
const HUNKS: &str = "^(subject: .*)$";

/// Returns the command of the merge driver.
pub(crate) fn driver(program: &str) -> String {
    format!("{program}{MERGE}")
}

/// A setting that git needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitSetting {
    /// The name of the setting, or `.gitattributes`.
    pub name: String,
    /// The expected value.
    pub expected: String,
    /// The present state.
    pub state: SettingState,
}

/// The present state of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingState {
    /// It has the expected value.
    Present,
    /// It is not set.
    Missing,
    /// It was set by casebook, but names a program that does not exist any more.
    Stale(String),
    /// It has another value.
    Other(String),
}

/// Returns the settings that the clone at `root` needs. `program` is the command by which git runs this program, and
/// `textconv` asks for the text converter too.
///
/// # Errors
/// There is no repository, or git refuses.
pub fn git_settings(root: &Path, program: &str, textconv: bool) -> Result<Vec<GitSetting>, Error> {
    if !StateDir::of(root).in_repository() {
        return Err(Error::NoRepository { root: root.to_owned() });
    }
    let repository = Repository::at(root);
    let present = repository.settings(r"^(merge|diff)\.casebook\.")?;
    let state = |name: &str, expected: &str, ending: Option<&str>| {
        let value = present.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value);
        match (value, value.and_then(|value| value.strip_suffix(ending?))) {
            (None, _) => SettingState::Missing,
            // The name is only shown to people, so any will do.
            (Some(value), _) if value == expected || name == "merge.casebook.name" => SettingState::Present,
            (Some(_), Some(other)) if exists(other, program) => SettingState::Present,
            (Some(value), Some(_)) => SettingState::Stale(value.clone()),
            (Some(value), None) => SettingState::Other(value.clone()),
        }
    };
    let mut expected = vec![
        // The command first: git refuses to merge if a driver has a name and no command.
        ("merge.casebook.driver", driver(program), Some(MERGE)),
        ("merge.casebook.name", "the union of both histories of a ticket".to_owned(), None),
        ("diff.casebook.xfuncname", HUNKS.to_owned(), None),
    ];
    if textconv {
        expected.push(("diff.casebook.textconv", format!("{program}{TEXTCONV}"), Some(TEXTCONV)));
    }
    let setting = |(name, expected, ending): (&str, String, Option<&str>)| {
        let state = state(name, &expected, ending);
        GitSetting { name: name.to_owned(), expected, state }
    };
    let mut settings: Vec<GitSetting> = expected.into_iter().map(setting).collect();
    let attributes = repository.attributes(&["diff", "merge"], EXAMPLE_TICKET)?;
    let state = match attributes.iter().map(String::as_str).find(|value| *value != "casebook") {
        None => SettingState::Present,
        Some("unspecified") => SettingState::Missing,
        Some(_) => SettingState::Other(attributes.join(" and ")),
    };
    settings.push(GitSetting { name: ".gitattributes".to_owned(), expected: ATTRIBUTES.trim_end().to_owned(), state });
    Ok(settings)
}

/// Returns whether the program that a driver names exists: it is this one, or a file.
fn exists(named: &str, program: &str) -> bool {
    named == program || Path::new(named.trim_matches('\'')).is_file()
}

/// Sets the missing and stale settings. Settings with other values are left as they are.
///
/// # Errors
/// git refuses, or `.gitattributes` cannot be written.
pub fn apply_settings(root: &Path, settings: &[GitSetting]) -> Result<(), Error> {
    for setting in settings.iter().filter(|setting| setting.needs_update()) {
        if setting.name == ".gitattributes" {
            add_attributes(root)?;
        } else {
            Repository::at(root).set(&setting.name, &setting.expected)?;
        }
    }
    Ok(())
}

impl GitSetting {
    /// Returns whether [`apply_settings`] changes this setting.
    pub const fn needs_update(&self) -> bool {
        matches!(self.state, SettingState::Missing | SettingState::Stale(_))
    }
}

/// Adds the line for ticket files to `.gitattributes`, after its present lines.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn add_attributes(root: &Path) -> Result<(), Error> {
    let path = root.join(".gitattributes");
    // Bytes, because patterns of other paths need not be UTF-8.
    let mut text = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        read => read.map_err(Error::io(&path, "read"))?,
    };
    if text.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == ATTRIBUTES.trim().as_bytes()) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend(ATTRIBUTES.bytes());
    fs::write(&path, text).map_err(Error::io(&path, "write"))
}
