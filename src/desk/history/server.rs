//! What is true of a bare repository that keeps a desk: which one, who guards it, and what git itself is told.
//!
//! Looks and changes nothing; needs no work tree. Must not know what to do about it: the edge says that.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::config::{Config, ConfigError};
use crate::store::git::{HistoryCompleteness, Repository};
use crate::store::layout;

use super::hooks::{FSCK, FSCK_OF_ALL, InstalledHook, guarded};
use super::location::DeskLocation;

/// What was found in a bare repository.
#[derive(Debug)]
pub struct ServerHealth {
    /// Its folder.
    pub folder: PathBuf,
    /// The branch that `HEAD` names, in short.
    pub branch: Option<String>,
    /// Whether it leads to a commit.
    pub has_commits: bool,
    /// Where the desk lies; an error where there is none, or several.
    pub desk: Result<DeskLocation, Error>,
    /// The format of its casebook.toml, or what is wrong with it; none where nothing was pushed yet.
    pub format: Option<Result<u32, ConfigError>>,
    /// The hooks that run a guard.
    pub guarded: Vec<InstalledHook>,
    /// Whether git looks at every object that is pushed.
    pub is_fsck: bool,
    /// What git's setting says of who pushes.
    pub pusher: Option<String>,
    /// What stands between the history that was made and the one that is seen.
    pub completeness: HistoryCompleteness,
}

impl ServerHealth {
    /// Looks around where a bare repository is; nothing where there is none.
    ///
    /// # Errors
    /// git refuses to answer.
    pub fn of(start: &Path) -> Result<Option<Self>, Error> {
        let repository = Repository::at(start);
        if !repository.is_bare_and_prefix().is_ok_and(|(is_bare, _)| is_bare) {
            return Ok(None);
        }
        let desk = DeskLocation::of(start, None);
        let text = match &desk {
            Ok(desk) => {
                let path = format!("{}{}", desk.prefix, layout::MARKER);
                repository.file_at("HEAD", &path)?
            }
            Err(_) => None,
        };
        let setting = |name: &str| repository.setting(name).map_err(Error::from);
        let is_on = |value: String| ["true", "yes", "on", "1"].contains(&value.to_ascii_lowercase().as_str());
        let fsck = match setting(FSCK)? {
            Some(value) => Some(value),
            None => setting(FSCK_OF_ALL)?,
        };
        let branch = repository.main_branch()?;
        Ok(Some(Self {
            folder: repository.git_folder()?,
            branch: branch.map(|name| name.trim_start_matches("refs/heads/").to_owned()),
            has_commits: repository.has_commits(),
            desk,
            format: text.map(|text| Config::read(&text).map(|config| config.format)),
            guarded: guarded(&repository)?,
            is_fsck: fsck.is_some_and(is_on),
            pusher: setting("casebook.pusher")?,
            completeness: repository.completeness()?,
        }))
    }
}
