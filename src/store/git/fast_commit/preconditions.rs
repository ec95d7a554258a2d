//! The repository as it lies on disk: where things are, and whether something is under way or waits for a commit.

use std::fs;
use std::path::{Path, PathBuf};

use super::git_settings::GitSettings;
use super::trees::Trees;
use crate::store::files::StateDir;

/// What git leaves in its folder in the middle of something.
const UNDER_WAY: [&str; 11] = [
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
/// What an attribute file names that makes a blob other than its file. Ends of lines are not among it: a file
/// without a carriage return has nothing to be changed.
const TURNING: [&[u8]; 3] = [b"filter", b"ident", b"working-tree-encoding"];

/// The file that says what git shall do with files.
const ATTRIBUTES: &str = ".gitattributes";

/// Where the repository lies.
#[derive(Debug)]
pub struct RepoPaths {
    /// The git directory of this worktree.
    pub git_dir: PathBuf,
    /// The one all worktrees share.
    pub common: PathBuf,
    /// The top of the work tree.
    top: PathBuf,
    /// The way from there to the store: nothing, or ending with a slash.
    pub prefix: String,
}

impl RepoPaths {
    /// Finds it. `None` where a path cannot be written in a line.
    pub fn of(root: &Path, state: &StateDir) -> Option<Self> {
        let git_dir = state.git_dir()?.to_owned();
        let root = root.canonicalize().ok()?;
        let top = root.ancestors().find(|folder| folder.join(".git").exists())?.to_owned();
        let mut prefix = root.strip_prefix(&top).ok()?.to_str()?.to_owned();
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let common = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(common) => git_dir.join(common.trim_end_matches('\n')),
            Err(_) => git_dir.clone(),
        };
        (!prefix.contains(char::is_control)).then_some(Self { git_dir, common, top, prefix })
    }

    /// Whether git is in the middle of something.
    pub fn is_under_way(&self) -> bool {
        UNDER_WAY.iter().any(|name| self.git_dir.join(name).symlink_metadata().is_ok())
    }

    /// Whether a hook would run, or might.
    pub fn has_hooks(&self, settings: &GitSettings) -> bool {
        let folder = match settings.hooks() {
            Some(folder) if Path::new(folder).is_absolute() => PathBuf::from(folder),
            Some(_) => return true,
            None => self.common.join("hooks"),
        };
        HOOKS.iter().any(|name| folder.join(name).symlink_metadata().is_ok())
    }

    /// Whether an attribute that says more than where lines end might be meant for a path. `None` if that
    /// cannot be known.
    pub fn has_turning_attributes(&self, settings: &GitSettings, trees: &Trees) -> Option<bool> {
        let mut files: Vec<PathBuf> = settings.attribute_files()?.into_iter().map(PathBuf::from).collect();
        files.push(self.common.join("info/attributes"));
        for folder in trees.folders() {
            let file = self.top.join(folder).join(ATTRIBUTES);
            // git reads the index's where the work tree's is gone.
            if trees.holds(folder, ATTRIBUTES) && !file.exists() {
                return Some(true);
            }
            files.push(file);
        }
        Some(files.iter().any(|file| match fs::read(file) {
            Ok(text) => TURNING.iter().any(|word| memchr::memmem::find(&text, word).is_some()),
            Err(error) => !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory),
        }))
    }

    /// Paths as they are seen from the store.
    pub fn own(&self, paths: &[String]) -> Vec<String> {
        paths.iter().filter_map(|path| Some(path.strip_prefix(&self.prefix)?.to_owned())).collect()
    }

    /// A file of the work tree.
    pub fn file(&self, path: &str) -> PathBuf {
        self.top.join(path)
    }

    /// Whether there are more loose objects than git lets lie. It looks into one of the 256 folders, as git does.
    pub fn is_untidy(&self, settings: &GitSettings) -> bool {
        let Some(limit) = settings.loose_objects() else { return false };
        let names = fs::read_dir(self.common.join("objects/17")).into_iter().flatten();
        let count = names.flatten().filter(|entry| entry.file_name().len() == 38).count();
        u64::try_from(count).is_ok_and(|count| count > limit.div_ceil(256))
    }
}
