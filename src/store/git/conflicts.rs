//! Conflicts of git: the three stages of a path in the index, and the merge of texts that leaves markers.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::GitCommand;
use super::revisions::take_object;
use super::{GitError, Repository};

/// A path that git could not merge, with what each side has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// The path, relative to the store.
    pub path: String,
    /// What both sides came from.
    pub base: Option<Vec<u8>>,
    /// What is here.
    pub ours: Option<Vec<u8>>,
    /// What comes.
    pub theirs: Option<Vec<u8>>,
    /// Whether a side has something else there than a plain file: a link, say. Its bytes are not among these.
    pub is_odd: bool,
}

impl Repository {
    /// The conflicted paths of the store, in their order.
    ///
    /// # Errors
    /// git refuses.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, GitError> {
        let listed = self.run(&["ls-files", "--unmerged", "-z"]).output()?;
        if !listed.success {
            return Err(listed.refusal());
        }
        let stages: Vec<UnmergedStage<'_>> = listed.stdout.split('\0').filter_map(stage).collect();
        let plain = stages.iter().filter(|stage| stage.is_plain);
        let asked: String = plain.map(|stage| format!("{}\n", stage.object)).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(asked.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut conflicts: BTreeMap<&str, Conflict> = BTreeMap::new();
        for stage in stages {
            let conflict = conflicts.entry(stage.path).or_default();
            stage.path.clone_into(&mut conflict.path);
            if !stage.is_plain {
                conflict.is_odd = true;
                continue;
            }
            let Some((content, behind)) = take_object(rest) else { break };
            let side = match stage.number {
                1 => &mut conflict.base,
                2 => &mut conflict.ours,
                _ => &mut conflict.theirs,
            };
            *side = Some(content.to_vec());
            rest = behind;
        }
        Ok(conflicts.into_values().collect())
    }

    /// The conflicted paths of the whole repository, relative to its top.
    ///
    /// # Errors
    /// git refuses.
    pub fn unmerged(&self) -> Result<Vec<String>, GitError> {
        self.paths_of(&["diff", "--name-only", "--diff-filter=U", "--no-relative", "-z"])
    }

    /// What our side has at a path that is in conflict; nothing where it is not, or where it is no text.
    ///
    /// # Errors
    /// git is not installed.
    pub fn our_version(&self, path: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["cat-file", "blob", &format!(":2:./{path}")]).output()?;
        Ok(output.success.then_some(output.stdout))
    }

    /// Puts paths into the index as they lie in the work tree, which ends their conflicts.
    ///
    /// # Errors
    /// git refuses.
    pub fn stage(&self, paths: &[String]) -> Result<(), GitError> {
        if paths.is_empty() { Ok(()) } else { self.run(&["add"]).paths(paths).done() }
    }

    /// The paths that a run of git prints, each ended by a zero byte.
    pub(super) fn paths_of(&self, arguments: &[&str]) -> Result<Vec<String>, GitError> {
        let listed = self.run(arguments).output()?;
        if !listed.success {
            return Err(listed.refusal());
        }
        let mut paths: Vec<String> =
            listed.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        paths.dedup();
        Ok(paths)
    }
}

/// One line of `ls-files --unmerged`.
struct UnmergedStage<'a> {
    object: &'a str,
    /// 1 the base, 2 ours, 3 theirs.
    number: usize,
    path: &'a str,
    is_plain: bool,
}

fn stage(line: &str) -> Option<UnmergedStage<'_>> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, object, number) = (facts.next()?, facts.next()?, facts.next()?.parse().ok()?);
    (1..=3).contains(&number).then_some(UnmergedStage { object, number, path, is_plain: mode.starts_with("100") })
}

/// Merges texts line by line into the file `ours`, as git does where no driver knows better. What differs is left
/// between markers of that size.
///
/// # Errors
/// git is not there, or cannot merge these bytes at all; then `ours` is as it was.
pub fn merge_lines(base: &Path, ours: &Path, theirs: &Path, marker_size: usize) -> Result<(), GitError> {
    let size = format!("--marker-size={marker_size}");
    let mut words = vec!["merge-file", "--quiet", &size, "-L", "ours", "-L", "base", "-L", "theirs", "--"];
    let paths = [ours, base, theirs].map(|path| path.to_string_lossy().into_owned());
    words.extend(paths.iter().map(String::as_str));
    let output = GitCommand::git(Path::new("."), &words).output()?;
    // The exit code is the number of conflicts; what cannot be merged is said.
    if output.success || output.stderr.is_empty() { Ok(()) } else { Err(output.refusal()) }
}
