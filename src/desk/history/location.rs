//! The location of a desk in a repository, for commands that need no work tree, such as `audit` and `hooks install`.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::git::Repository;
use crate::store::layout;

use crate::desk::Desk;

/// The location of a desk in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLocation {
    /// A folder in which git finds the repository.
    pub folder: PathBuf,
    /// The desk's folder in the repository: empty, or with a slash at its end.
    pub prefix: String,
    /// True if the repository has no work tree.
    pub is_bare: bool,
    /// True if the user named the folder of the desk.
    pub is_named: bool,
}

impl DeskLocation {
    /// Finds the desk for a folder: the one `named` by its folder in the repository, else the one whose work tree this
    /// is, else the only one in HEAD.
    ///
    /// # Errors
    /// There is no repository, or it contains no desk or several.
    pub fn of(start: &Path, named: Option<&str>) -> Result<Self, Error> {
        let here = Repository::at(start);
        let (is_bare, prefix) = here.is_bare_and_prefix().map_err(Error::no_repository(start))?;
        // A desk in a folder above a bare repository is not that of the repository.
        let root = if is_bare || named.is_some() { None } else { layout::discover(start) };
        if let Some(folder) = root {
            let prefix = if folder == start { Ok(prefix) } else { Repository::at(&folder).prefix().map(str::to_owned) };
            let prefix = prefix.map_err(Error::no_repository(&folder))?;
            return Ok(Self { folder, prefix, is_bare, is_named: false });
        }
        let folder = if is_bare { start.to_owned() } else { here.work_tree_root().unwrap_or_else(|| start.to_owned()) };
        let repository = Repository::at(&folder);
        let desks = repository.folders_with(layout::MARKER)?;
        let no_desk = |known| Error::NoDesk { root: folder.clone(), asked: named.map(str::to_owned), known };
        let prefix = match (named, desks.as_slice()) {
            (Some(named), _) => {
                let named = prefix_of(named);
                let existed = || repository.path_ever_existed(&format!("{named}{}", layout::MARKER));
                // A server that is being set up has no commits yet.
                if desks.contains(&named) || !repository.has_commits() || existed()? {
                    named
                } else {
                    return Err(no_desk(desks));
                }
            }
            (None, [one]) => one.clone(),
            // Without commits, no desk can be elsewhere.
            (None, []) if !repository.has_commits() => String::new(),
            _ => return Err(no_desk(desks)),
        };
        Ok(Self { folder, prefix, is_bare, is_named: named.is_some() })
    }
}

/// Returns the folder of a desk in its repository: empty at the top and without a repository, else with a slash at its
/// end.
///
/// # Errors
/// git refuses.
pub fn folder_in_repository(desk: &Desk) -> Result<String, Error> {
    if desk.state.in_repository() { Ok(Repository::at(&desk.root).prefix()?.to_owned()) } else { Ok(String::new()) }
}

/// Returns a folder as the beginning of git's paths.
fn prefix_of(folder: &str) -> String {
    let parts: Vec<&str> = folder.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.iter().map(|part| format!("{part}/")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_becomes_a_prefix_of_paths() {
        for (folder, prefix) in [(".", ""), ("", ""), ("desk", "desk/"), ("/a/b/", "a/b/"), ("./a desk", "a desk/")] {
            assert_eq!(prefix_of(folder), prefix);
        }
    }
}
