//! Conflicts of git: the three stages of a path in the index, and the merge of texts that leaves markers.

use std::collections::BTreeMap;
use std::path::Path;

use super::process::Run;
use super::revision::take_object;
use super::{GitRefusal, Repository};

/// A path that git could not merge, with what each side has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The path, relative to the store.
    pub path: String,
    /// What both sides came from.
    pub base: Option<Vec<u8>>,
    /// What is here.
    pub ours: Option<Vec<u8>>,
    /// What comes.
    pub theirs: Option<Vec<u8>>,
}

impl Repository {
    /// The conflicted paths of the store, in their order.
    ///
    /// # Errors
    /// git refuses.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, GitRefusal> {
        let listed = self.run(&["ls-files", "--unmerged", "-z"]).output()?;
        if !listed.success {
            return Err(listed.refusal());
        }
        let stages: Vec<(&str, usize, &str)> = listed.stdout.split('\0').filter_map(stage).collect();
        let asked: String = stages.iter().map(|(object, _, _)| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(asked.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut conflicts: BTreeMap<&str, [Option<Vec<u8>>; 3]> = BTreeMap::new();
        for (_, stage, path) in stages {
            let Some((content, behind)) = take_object(rest) else { break };
            conflicts.entry(path).or_default()[stage - 1] = Some(content.to_vec());
            rest = behind;
        }
        let conflict = |(path, [base, ours, theirs]): (&str, [Option<Vec<u8>>; 3])| Conflict {
            path: path.to_owned(),
            base,
            ours,
            theirs,
        };
        Ok(conflicts.into_iter().map(conflict).collect())
    }

    /// The conflicted paths of the whole repository, relative to its top.
    ///
    /// # Errors
    /// git refuses.
    pub fn unmerged(&self) -> Result<Vec<String>, GitRefusal> {
        self.paths_of(&["diff", "--name-only", "--diff-filter=U", "--no-relative", "-z"])
    }

    /// Puts paths into the index as they lie in the work tree, which ends their conflicts.
    ///
    /// # Errors
    /// git refuses.
    pub fn stage(&self, paths: &[String]) -> Result<(), GitRefusal> {
        if paths.is_empty() { Ok(()) } else { self.run(&["add"]).paths(paths).done() }
    }

    /// The paths that a run of git prints, each ended by a zero byte.
    pub(super) fn paths_of(&self, arguments: &[&str]) -> Result<Vec<String>, GitRefusal> {
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

/// The object, stage and path of one line of `ls-files --unmerged`, if it is a plain file.
fn stage(line: &str) -> Option<(&str, usize, &str)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, object, stage) = (facts.next()?, facts.next()?, facts.next()?.parse().ok()?);
    (mode.starts_with("100") && (1..=3).contains(&stage)).then_some((object, stage, path))
}

/// Merges texts line by line into the file `ours`, as git does where no driver knows better. What differs is left
/// between markers of that size.
///
/// # Errors
/// git is not there, or cannot merge these bytes at all; then `ours` is as it was.
pub fn merge_lines(base: &Path, ours: &Path, theirs: &Path, marker_size: usize) -> Result<(), GitRefusal> {
    let size = format!("--marker-size={marker_size}");
    let mut words = vec!["merge-file", "--quiet", &size, "-L", "ours", "-L", "base", "-L", "theirs", "--"];
    let paths = [ours, base, theirs].map(|path| path.to_string_lossy().into_owned());
    words.extend(paths.iter().map(String::as_str));
    let output = Run::git(Path::new("."), &words).output()?;
    // The exit code is the number of conflicts; what cannot be merged is said.
    if output.success || output.stderr.is_empty() { Ok(()) } else { Err(output.refusal()) }
}
