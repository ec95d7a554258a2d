//! The health of a bare repository with a desk: its location, the hooks that run the guard, and the settings of git.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::config::{ConfigError, Settings};
use crate::store::git::{HistoryCompleteness, Repository};
use crate::store::layout;

use super::hooks::{FSCK, InstalledHook, TRANSFER_FSCK, guard_hooks};
use super::location::DeskLocation;

/// The health of a bare repository.
#[derive(Debug)]
pub struct ServerHealth {
    /// The git directory.
    pub folder: PathBuf,
    /// The short name of the branch that `HEAD` names.
    pub branch: Option<String>,
    /// True if `HEAD` leads to a commit.
    pub has_commits: bool,
    /// The location of the desk; an error if there is none, or several.
    pub desk: Result<DeskLocation, Error>,
    /// The format of casebook.toml, or the error in it; none if nothing was pushed yet.
    pub format: Option<Result<u32, ConfigError>>,
    /// The hooks that run the guard.
    pub hooks: Vec<InstalledHook>,
    /// True if git checks every object that is pushed.
    pub is_fsck: bool,
    /// The value of git's setting `casebook.pusher`.
    pub pusher: Option<String>,
    /// The ways in which the history that git shows differs from the real one.
    pub completeness: HistoryCompleteness,
}

impl ServerHealth {
    /// Inspects the repository of a folder; none if it is not bare.
    ///
    /// # Errors
    /// git refuses.
    pub fn of(start: &Path) -> Result<Option<Self>, Error> {
        let repository = Repository::at(start);
        if !repository.is_bare_and_prefix().is_ok_and(|(is_bare, _)| is_bare) {
            return Ok(None);
        }
        let desk = DeskLocation::of(start, None);
        let text_of = |desk: &DeskLocation| repository.text(&format!("HEAD:{}{}", desk.prefix, layout::MARKER));
        let text = desk.as_ref().ok().map(text_of).transpose()?.flatten();
        let setting = |name: &str| repository.setting(name).map_err(Error::from);
        let is_on = |value: String| ["true", "yes", "on", "1"].contains(&value.to_ascii_lowercase().as_str());
        let fsck = match setting(FSCK)? {
            Some(value) => Some(value),
            None => setting(TRANSFER_FSCK)?,
        };
        Ok(Some(Self {
            folder: repository.git_folder()?,
            branch: repository.branch()?,
            has_commits: repository.has_commits(),
            desk,
            format: text.map(|text| Settings::of(text).config().map(|config| config.format)),
            hooks: guard_hooks(&repository)?,
            is_fsck: fsck.is_some_and(is_on),
            pusher: setting("casebook.pusher")?,
            completeness: repository.completeness()?,
        }))
    }
}
