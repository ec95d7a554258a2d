//! Where a repository keeps its desk, for those who need no work tree: the audit, and who installs hooks on a server.
//!
//! Knows folders and what git holds; must not know what is done with them.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::git::{GitError, Repository};
use crate::store::layout;

use crate::desk::Desk;

/// A desk in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLocation {
    /// A folder in which git knows the repository.
    pub folder: PathBuf,
    /// The desk's folder in the repository: empty, or with a slash at its end.
    pub prefix: String,
    /// Whether the repository has no work tree.
    pub is_bare: bool,
    /// Whether the desk was asked for by its folder.
    pub is_asked: bool,
}

impl DeskLocation {
    /// The desk that is meant in some folder: the one `asked` for by its folder in the repository, else the one whose
    /// work tree this is, else the only one that HEAD holds.
    ///
    /// # Errors
    /// There is no repository; no desk in it, or several.
    pub fn of(start: &Path, asked: Option<&str>) -> Result<Self, Error> {
        let here = Repository::at(start);
        let (is_bare, prefix) = here.is_bare_and_prefix().map_err(|refusal| match refusal {
            GitError::Refused { .. } => Error::NoRepository { root: start.to_owned() },
            refusal => Error::Git { refusal },
        })?;
        // A desk around a bare repository is another one.
        let root = if is_bare || asked.is_some() { None } else { layout::discover(start) };
        if let Some(folder) = root {
            let prefix = if folder == start { Ok(prefix) } else { Repository::at(&folder).prefix() };
            let prefix = prefix.map_err(|_| Error::NoRepository { root: folder.clone() })?;
            return Ok(Self { folder, prefix, is_bare, is_asked: false });
        }
        let folder = if is_bare { start.to_owned() } else { here.work_tree_root().unwrap_or_else(|| start.to_owned()) };
        let repository = Repository::at(&folder);
        let known = repository.folders_with(layout::MARKER)?;
        let nowhere = |known| Error::NoDesk { root: folder.clone(), asked: asked.map(str::to_owned), known };
        let prefix = match (asked, known.as_slice()) {
            (Some(asked), _) => {
                let asked = prefix_of(asked);
                let was_there = || repository.path_ever_existed(&format!("{asked}{}", layout::MARKER));
                // Nothing was ever sent to a server that is still being set up.
                if known.contains(&asked) || !repository.has_commits() || was_there()? {
                    asked
                } else {
                    return Err(nowhere(known));
                }
            }
            (None, [one]) => one.clone(),
            // Nothing was ever committed, so nothing is hidden.
            (None, []) if !repository.has_commits() => String::new(),
            _ => return Err(nowhere(known)),
        };
        Ok(Self { folder, prefix, is_bare, is_asked: asked.is_some() })
    }
}

impl Desk {
    /// The folder of the desk in its repository: empty at its top and without a repository, else with a slash at its end.
    ///
    /// # Errors
    /// git refuses.
    pub fn folder_in_repository(&self) -> Result<String, Error> {
        if self.state.in_repository() {
            Repository::at(&self.root).prefix().map_err(Error::from)
        } else {
            Ok(String::new())
        }
    }
}

/// A folder as paths of git begin.
fn prefix_of(folder: &str) -> String {
    let parts: Vec<&str> = folder.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.iter().map(|part| format!("{part}/")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_what_paths_of_git_begin_with() {
        for (folder, prefix) in [(".", ""), ("", ""), ("desk", "desk/"), ("/a/b/", "a/b/"), ("./a desk", "a desk/")] {
            assert_eq!(prefix_of(folder), prefix);
        }
    }
}
