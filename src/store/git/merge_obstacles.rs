//! Files that a merge would overwrite: changes that are not committed yet.
//!
//! git itself overwrites ignored files; here they count as obstacles.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::{GitError, Repository};

/// The number of paths on one command line.
const AT_ONCE: usize = 200;

impl Repository {
    /// Returns the uncommitted files that prevent a merge of `theirs`: the staged paths, if the merge needs an index
    /// without staged changes, as it does unless it is a fast-forward (`forward`); and the paths that it would change
    /// and that are changed, untracked or ignored here.
    ///
    /// # Errors
    /// git refuses.
    pub fn merge_obstacles(&self, theirs: &str, forward: bool) -> Result<(Vec<String>, Vec<String>), GitError> {
        let names = |more: &[&str]| {
            self.paths_of(&[&["diff", "--name-only", "--no-renames", "--no-relative", "-z"], more].concat())
        };
        let range = format!("HEAD...{theirs}");
        let incoming: HashSet<String> = names(&[&range])?.into_iter().collect();
        let staged = names(&["--cached"])?;
        let untracked = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/"];
        let mut changed = names(&["HEAD"])?;
        changed.extend(self.paths_of(&untracked)?);
        changed.retain(|path| incoming.contains(path));
        changed.extend(self.untracked_in_place_of(theirs, &names(&["--diff-filter=A", &range])?)?);
        changed.sort();
        changed.dedup();
        Ok((if forward { Vec::new() } else { staged }, changed))
    }

    /// Returns the untracked and ignored files in place of new files of the merge: at their paths, below them, or in
    /// place of a folder above them. A file with the same bytes as the new one is not an obstacle.
    fn untracked_in_place_of(&self, theirs: &str, new: &[String]) -> Result<Vec<String>, GitError> {
        let Some(top) = self.work_tree_root() else { return Ok(Vec::new()) };
        let mut folders = HashMap::new();
        let taken: BTreeSet<&str> = new.iter().filter_map(|path| taken_path(&top, path, &mut folders)).collect();
        let pathspecs: Vec<String> = taken.iter().map(|path| format!(":(top,literal){path}")).collect();
        let mut untracked = Vec::new();
        for chunk in pathspecs.chunks(AT_ONCE) {
            let arguments = ["ls-files", "--others", "--full-name", "-z", "--"].into_iter();
            let arguments: Vec<&str> = arguments.chain(chunk.iter().map(String::as_str)).collect();
            untracked.extend(self.paths_of(&arguments)?);
        }
        let mut obstacles = Vec::new();
        for path in untracked {
            let incoming = self.blob(&format!("{theirs}:{path}"))?;
            let is_plain = top.join(&path).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
            if !is_plain || incoming.is_none() || incoming != std::fs::read(top.join(&path)).ok() {
                obstacles.push(path);
            }
        }
        Ok(obstacles)
    }
}

/// Returns the part of a path that is occupied: the path itself, or a file in place of a folder above it. `folders`
/// caches which paths are folders.
fn taken_path<'a>(top: &Path, path: &'a str, folders: &mut HashMap<&'a str, bool>) -> Option<&'a str> {
    for (end, _) in path.match_indices('/') {
        let above = &path[..end];
        let is_folder = *folders
            .entry(above)
            .or_insert_with(|| top.join(above).symlink_metadata().is_ok_and(|metadata| metadata.is_dir()));
        if !is_folder {
            return top.join(above).symlink_metadata().is_ok().then_some(above);
        }
    }
    top.join(path).symlink_metadata().is_ok().then_some(path)
}
