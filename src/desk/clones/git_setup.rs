//! What git has to be told in each clone: the merge driver, the diff driver, and which files they are for.
//!
//! Adds what is missing and leaves what somebody else has put there. Settings of git are not in the repository, so
//! every clone needs them once; .gitattributes is, and travels.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::store::files::StateDir;
use crate::store::git::Repository;

/// What git shall know of ticket files.
const ATTRIBUTES: &str = "tickets/**/*.yaml text eol=lf diff=casebook merge=casebook\n";
/// A path that stands for all tickets.
const ANY_TICKET: &str = "tickets/2026/11/01M7ZH3CA08R6T2M4N0P5S7W1X.yaml";
/// What the merge driver is called with.
const MERGE: &str = " merge-file %O %A %B %L %P";
/// What the text converter is called with.
const TEXTCONV: &str = " textconv";
/// The lines that the header of a hunk may show: the subject, the entry, its action.
const HUNKS: &str = "^(subject: .*|- id: .*)$\n^  (action: .*)$";

/// The command of the merge driver.
pub(crate) fn driver(program: &str) -> String {
    format!("{program}{MERGE}")
}

/// One thing git is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitSetting {
    /// The setting's name, or `.gitattributes`.
    pub name: String,
    /// What it shall be.
    pub wanted: String,
    /// How it stands.
    pub state: SettingState,
}

/// How a thing stands that git is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingState {
    /// It is there.
    There,
    /// It is not there.
    Missing,
    /// It is ours, and names a program that is not there any more.
    Stale(String),
    /// Something else stands in its place.
    Other(String),
}

/// What git is to be told in the clone at `root`, and how that stands. `program` is how git is to call this program.
///
/// # Errors
/// No repository, or git refuses.
pub fn git_settings(root: &Path, program: &str, textconv: bool) -> Result<Vec<GitSetting>, Error> {
    if !StateDir::of(root).in_repository() {
        return Err(Error::NoRepository { root: root.to_owned() });
    }
    let repository = Repository::at(root);
    let known = repository.settings(r"^(merge|diff)\.casebook\.")?;
    let state =
        |name: &str, wanted: &str, ending: Option<&str>| match known.iter().rev().find(|(known, _)| known == name) {
            None => SettingState::Missing,
            Some((_, is)) if is == wanted => SettingState::There,
            Some((_, is)) => match ending.and_then(|ending| is.strip_suffix(ending)) {
                Some(known) if runs(known, program) => SettingState::There,
                Some(_) => SettingState::Stale(is.clone()),
                None => SettingState::Other(is.clone()),
            },
        };
    let mut wanted = vec![
        // The driver first: git will not merge at all where one has a name and no command.
        ("merge.casebook.driver", driver(program), Some(MERGE)),
        ("merge.casebook.name", "the union of both histories of a ticket".to_owned(), None),
        ("diff.casebook.xfuncname", HUNKS.to_owned(), None),
    ];
    if textconv {
        wanted.push(("diff.casebook.textconv", format!("{program}{TEXTCONV}"), Some(TEXTCONV)));
    }
    let mut tellings: Vec<GitSetting> = wanted
        .into_iter()
        .map(|(name, wanted, ending)| {
            let state = match name {
                // A name is for people alone: any will do.
                "merge.casebook.name" if known.iter().any(|(known, _)| known == name) => SettingState::There,
                _ => state(name, &wanted, ending),
            };
            GitSetting { name: name.to_owned(), wanted, state }
        })
        .collect();
    let attributes = repository.attributes(&["diff", "merge"], ANY_TICKET)?;
    let state = match attributes.iter().map(String::as_str).find(|value| *value != "casebook") {
        None => SettingState::There,
        Some("unspecified") => SettingState::Missing,
        Some(_) => SettingState::Other(attributes.join(" and ")),
    };
    tellings.push(GitSetting { name: ".gitattributes".to_owned(), wanted: ATTRIBUTES.trim_end().to_owned(), state });
    Ok(tellings)
}

/// Whether a driver of ours names a program that can be run: the very one, or a file that is there.
fn runs(named: &str, program: &str) -> bool {
    named == program || Path::new(named.trim_matches('\'')).is_file()
}

/// Tells git what is missing or stale. What somebody else has put there stays.
///
/// # Errors
/// git refuses, or .gitattributes cannot be written.
pub fn apply_settings(root: &Path, tellings: &[GitSetting]) -> Result<(), Error> {
    for telling in tellings.iter().filter(|telling| telling.needs_update()) {
        if telling.name == ".gitattributes" {
            add_attributes(root)?;
        } else {
            let set = Repository::at(root).set(&telling.name, &telling.wanted);
            set?;
        }
    }
    Ok(())
}

impl GitSetting {
    /// Whether [`apply_settings`] has anything to do about it.
    pub const fn needs_update(&self) -> bool {
        matches!(self.state, SettingState::Missing | SettingState::Stale(_))
    }
}

/// Adds the line for ticket files, beside whatever stands there.
pub(crate) fn add_attributes(root: &Path) -> Result<(), Error> {
    let path = root.join(".gitattributes");
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    if text.lines().any(|line| line.trim() == ATTRIBUTES.trim()) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(ATTRIBUTES);
    fs::write(&path, text).map_err(Error::io(&path, "write"))
}
