//! What a merge would run over: work of the person that is not committed yet.
//!
//! git itself overwrites what it was told to ignore; here such files count. Must not know what a merge is for.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::{GitError, Repository};

/// So many paths go on one command line.
const AT_ONCE: usize = 200;

/// What lies in the way of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeObstacles {
    /// Staged paths, where a merge needs an index without any.
    pub staged: Vec<String>,
    /// Paths changed, or new and unknown to git or ignored by it, that the merge would change too.
    pub changed: Vec<String>,
}

impl Repository {
    /// What of the person's own work a merge of `theirs` would run over. `forward` where only theirs have moved: then
    /// staged work may stay, unless they change the same.
    ///
    /// # Errors
    /// git refuses.
    pub fn in_the_way(&self, theirs: &str, forward: bool) -> Result<MergeObstacles, GitError> {
        let names = |more: &[&str]| {
            self.paths_of(&[&["diff", "--name-only", "--no-renames", "--no-relative", "-z"], more].concat())
        };
        let stretch = format!("HEAD...{theirs}");
        let coming: HashSet<String> = names(&[&stretch])?.into_iter().collect();
        let staged = names(&["--cached"])?;
        let unknown = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/"];
        let mut changed = names(&["HEAD"])?;
        changed.extend(self.paths_of(&unknown)?);
        changed.retain(|path| coming.contains(path));
        changed.extend(self.uncovered(theirs, &names(&["--diff-filter=A", &stretch])?)?);
        changed.sort();
        changed.dedup();
        Ok(MergeObstacles { staged: if forward { Vec::new() } else { staged }, changed })
    }

    /// The files, ignored ones among them, that lie where new files would come: at their paths, below them, or in the
    /// place of a folder above them. One with the very bytes that come is in nobody's way.
    fn uncovered(&self, theirs: &str, new: &[String]) -> Result<Vec<String>, GitError> {
        let Some(top) = self.work_tree_root() else { return Ok(Vec::new()) };
        let mut folders = HashMap::new();
        let taken: BTreeSet<&str> = new.iter().filter_map(|path| taken(&top, path, &mut folders)).collect();
        let pathspecs: Vec<String> = taken.iter().map(|path| format!(":(top,literal){path}")).collect();
        let mut uncovered = Vec::new();
        for some in pathspecs.chunks(AT_ONCE) {
            let words = ["ls-files", "--others", "--full-name", "-z", "--"].into_iter();
            uncovered.extend(self.paths_of(&words.chain(some.iter().map(String::as_str)).collect::<Vec<_>>())?);
        }
        let mut others = Vec::new();
        for path in uncovered {
            let name = format!("{theirs}:{path}");
            let coming = self.run(&["cat-file", "blob", &name]).bytes().ok();
            let is_plain = top.join(&path).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
            if !is_plain || coming.is_none() || coming != std::fs::read(top.join(&path)).ok() {
                others.push(path);
            }
        }
        Ok(others)
    }
}

/// What of a path is there already and would have to go: the path itself, or what stands in the place of a folder
/// above it. `folders` are known from earlier paths.
fn taken<'a>(top: &Path, path: &'a str, folders: &mut HashMap<&'a str, bool>) -> Option<&'a str> {
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
