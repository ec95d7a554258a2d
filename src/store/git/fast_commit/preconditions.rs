//! The files of the repository: their places, and the conditions for a fast commit that they show.

use std::fs;
use std::path::{Path, PathBuf};

use super::git_settings::GitSettings;
use super::trees::Trees;
use crate::store::files::StateDir;
use crate::store::git::config::common_dir;

/// The files and folders that exist in the git directory during a merge, rebase or similar operation.
const IN_PROGRESS: [&str; 11] = [
    "MERGE_HEAD",
    "MERGE_MSG",
    "SQUASH_MSG",
    "AUTO_MERGE",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD",
    "BISECT_LOG",
    "rebase-merge",
    "rebase-apply",
    "sequencer",
];
/// The hooks that `git commit` would run.
const HOOKS: [&str; 6] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-index-change", "reference-transaction"];
/// The attributes that make a blob differ from its file. Attributes about line ends are not among them, because a file
/// with a carriage return is never committed here.
const FILTERS: [&[u8]; 3] = [b"filter", b"ident", b"working-tree-encoding"];

/// The name of attribute files in the work tree.
const ATTRIBUTES: &str = ".gitattributes";

/// The places of a repository.
#[derive(Clone, Debug)]
pub struct RepoPaths {
    /// The git directory of the worktree.
    pub git_dir: PathBuf,
    /// The git directory that all worktrees share.
    pub common: PathBuf,
    /// The root of the work tree.
    top: PathBuf,
    /// The folder of the desk in the work tree: empty, or with a slash at the end.
    pub prefix: String,
}

impl RepoPaths {
    /// Finds the places. `None` if the desk's path contains control characters.
    pub fn of(root: &Path, state: &StateDir) -> Option<Self> {
        let git_dir = state.git_dir()?.to_owned();
        let root = root.canonicalize().ok()?;
        let top = root.ancestors().find(|folder| folder.join(".git").exists())?.to_owned();
        let mut prefix = root.strip_prefix(&top).ok()?.to_str()?.to_owned();
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let common = common_dir(&git_dir);
        (!prefix.contains(char::is_control)).then_some(Self { git_dir, common, top, prefix })
    }

    /// Returns true if git is in the middle of an operation.
    pub fn is_busy(&self) -> bool {
        IN_PROGRESS.iter().any(|name| self.git_dir.join(name).symlink_metadata().is_ok())
    }

    /// Returns true if git shows other objects in place of some: they are not followed here.
    pub fn has_replace_refs(&self) -> bool {
        let packed = fs::read(self.common.join("packed-refs")).unwrap_or_default();
        self.common.join("refs/replace").exists() || memchr::memmem::find(&packed, b" refs/replace/").is_some()
    }

    /// Returns true if a hook would run, or could.
    pub fn has_hooks(&self, settings: &GitSettings) -> bool {
        let folder = match settings.hooks() {
            Some(folder) if Path::new(folder).is_absolute() => PathBuf::from(folder),
            Some(_) => return true,
            None => self.common.join("hooks"),
        };
        HOOKS.iter().any(|name| folder.join(name).symlink_metadata().is_ok())
    }

    /// Returns true if an attribute file mentions an attribute that makes a blob differ from its file. `None` if that
    /// cannot be determined.
    pub fn has_filters(&self, settings: &GitSettings, trees: &Trees) -> Option<bool> {
        let mut files: Vec<PathBuf> = settings.attribute_files()?.into_iter().map(PathBuf::from).collect();
        files.push(self.common.join("info/attributes"));
        for folder in trees.folders() {
            let file = self.top.join(folder).join(ATTRIBUTES);
            // If it is missing in the work tree, git reads the one in the index.
            if trees.contains(folder, ATTRIBUTES) && !file.exists() {
                return Some(true);
            }
            files.push(file);
        }
        Some(files.iter().any(|file| match fs::read(file) {
            Ok(text) => FILTERS.iter().any(|word| memchr::memmem::find(&text, word).is_some()),
            Err(error) => !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory),
        }))
    }

    /// Returns paths relative to the desk.
    pub fn own(&self, paths: &[String]) -> Vec<String> {
        paths.iter().filter_map(|path| Some(path.strip_prefix(&self.prefix)?.to_owned())).collect()
    }

    /// Returns the path of a file of the work tree.
    pub fn file(&self, path: &str) -> PathBuf {
        self.top.join(path)
    }

    /// Returns true if there are more loose objects than git's limit. Like git, it counts one of the 256 folders.
    pub fn needs_maintenance(&self, settings: &GitSettings) -> bool {
        let Some(limit) = settings.loose_objects() else { return false };
        let names = fs::read_dir(self.common.join("objects/17")).into_iter().flatten();
        let count = names.flatten().filter(|entry| entry.file_name().len() == 38).count();
        u64::try_from(count).is_ok_and(|count| count > limit.div_ceil(256))
    }
}
