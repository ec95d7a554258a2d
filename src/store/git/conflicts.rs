//! Conflicts: the three stages of a path in git's index, and the merge of texts with conflict markers.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::GitCommand;
use super::objects::StagedPath;
use super::{FileKind, GitError, Repository};

/// A path that git could not merge, with the bytes of each side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// The path, relative to the desk.
    pub path: String,
    /// The bytes in the merge base.
    pub base: Option<Vec<u8>>,
    /// The bytes in the branch that is checked out.
    pub ours: Option<Vec<u8>>,
    /// The bytes in the branch that is merged.
    pub theirs: Option<Vec<u8>>,
    /// True if a side has a special file there, such as a symbolic link, whose bytes are left out here.
    pub is_special: bool,
}

impl Repository {
    /// Returns the paths of the desk that are in conflict, sorted.
    ///
    /// # Errors
    /// git refuses.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, GitError> {
        let listed = self.run(&["ls-files", "--unmerged", "-z"]).words()?;
        let stages: Vec<StagedPath<'_>> = listed.iter().filter_map(|line| StagedPath::parse(line)).collect();
        let plain = stages.iter().filter(|stage| stage.kind == FileKind::File);
        let mut contents = self.blobs(&plain.map(|stage| stage.object).collect::<Vec<_>>())?.into_iter();
        let mut conflicts: BTreeMap<&str, Conflict> = BTreeMap::new();
        for stage in stages {
            let conflict = conflicts.entry(stage.path).or_default();
            stage.path.clone_into(&mut conflict.path);
            if stage.kind != FileKind::File {
                conflict.is_special = true;
                continue;
            }
            let side = match stage.stage {
                "1" => &mut conflict.base,
                "2" => &mut conflict.ours,
                _ => &mut conflict.theirs,
            };
            *side = contents.next().flatten();
        }
        Ok(conflicts.into_values().collect())
    }

    /// Returns the paths of the whole repository that are in conflict, relative to its root.
    ///
    /// # Errors
    /// git refuses.
    pub fn unmerged(&self) -> Result<Vec<String>, GitError> {
        let listed = self.run(&["ls-files", "--unmerged", "--full-name", "-z", "--", ":/"]).words()?;
        let stages = listed.iter().filter_map(|line| StagedPath::parse(line));
        let mut paths: Vec<String> = stages.map(|stage| stage.path.to_owned()).collect();
        paths.dedup();
        Ok(paths)
    }

    /// Stages paths as they are in the work tree, which ends their conflicts.
    ///
    /// # Errors
    /// git refuses.
    pub fn stage(&self, paths: &[String]) -> Result<(), GitError> {
        if paths.is_empty() { Ok(()) } else { self.run(&["add"]).paths(paths).done() }
    }

    /// Returns the paths that a run of git prints, each terminated by NUL.
    pub(super) fn paths_of(&self, arguments: &[&str]) -> Result<Vec<String>, GitError> {
        let mut paths = self.run(arguments).words()?;
        paths.dedup();
        Ok(paths)
    }
}

/// Merges texts line by line into the file `ours`, as git does without a merge driver. Conflicts are put between
/// markers of the given size.
///
/// # Errors
/// git is not installed, or cannot merge these bytes; then `ours` is unchanged.
pub fn merge_lines(base: &Path, ours: &Path, theirs: &Path, marker_size: usize) -> Result<(), GitError> {
    let size = format!("--marker-size={marker_size}");
    let arguments = ["merge-file", "--quiet", &size, "-L", "ours", "-L", "base", "-L", "theirs", "--"];
    let run = GitCommand::new(Path::new("."), &arguments, false);
    let output = run.file(ours).file(base).file(theirs).output()?;
    // The exit code is the number of conflicts; an error is printed.
    if output.status.success() || output.stderr.is_empty() { Ok(()) } else { Err(output.into_error()) }
}
