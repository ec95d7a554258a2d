//! A parser of the output of `git log --raw -z` and, for merges, `git diff-tree`, which reads while git prints.

use std::io::{BufRead, Write};
use std::process::ChildStdin;

use super::{CommitChange, ParentDiff, Revision};
use crate::store::git::process::GitProcess;
use crate::store::git::{FileKind, GitError, Repository};

/// The format of a commit: name, parents, author, time, and the `On-behalf-of:` trailers.
const FORMAT: &str = "--format=%H%x00%P%x00%ae%x00%ct%x00%(trailers:key=On-behalf-of,valueonly,unfold,separator=%x02)";
/// The format without the trailers. With it, git does not have to read the message.
const BARE: &str = "--format=%H%x00%P%x00%ae%x00%ct%x00";

/// A line that `git diff-tree` returns unchanged, which marks the end of an answer.
const END: &str = "end";

/// The options for raw differences, the same for both programs.
const RAW: [&str; 6] = ["--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--no-color"];

/// A running `git log`.
pub(super) struct LogListing {
    log: GitProcess,
    merges: MergeDiffs,
}

impl LogListing {
    /// Starts `git log` for the revisions.
    pub fn start(repository: &Repository, revisions: &[String], behalf: bool) -> Result<Self, GitError> {
        let relative = repository.relative()?;
        let format = if behalf { FORMAT } else { BARE };
        let fixed = ["log", "--reverse", "--topo-order", "--no-diff-merges", "--no-notes", "--encoding=UTF-8", format];
        let mut arguments: Vec<&str> = [&fixed[..], &RAW[..], &[relative.as_str()]].concat();
        arguments.extend(revisions.iter().map(String::as_str).chain(["--"]));
        // Otherwise git flushes after each commit, and both processes wake up for it.
        let (log, _) = GitProcess::start(repository.without_replace_refs(&arguments).env("GIT_FLUSH", "0"))?;
        Ok(Self { log, merges: MergeDiffs { repository: repository.clone(), relative, running: None } })
    }

    /// Returns the next commit; `None` after the last one, which is returned once.
    pub fn next(&mut self) -> Result<Option<Revision>, GitError> {
        let out = &mut self.log.out;
        let Some(id) = word(out)? else { return self.log.end().map(|()| None) };
        let mut field = || word(out)?.ok_or_else(|| GitError::refused("git log ended within a commit"));
        let (parents, author, committed, behalf) = (field()?, field()?, field()?, field()?);
        let committed = committed.trim().parse().map_err(|_| GitError::refused("git log printed no commit time"))?;
        let id = id.trim_start_matches('\n').to_owned();
        let behalf = behalf.split('\u{2}').map(str::trim).filter(|address| !address.is_empty());
        let on_behalf_of = behalf.map(str::to_owned).collect();
        let mut changes = Vec::new();
        if next_is(out, b'\n')? {
            out.consume(1);
            changes = differences(out)?;
        }
        let parents: Vec<&str> = parents.split(' ').filter(|parent| !parent.is_empty()).collect();
        let sides = match parents.as_slice() {
            [] => vec![ParentDiff { parent: None, changes }],
            [parent] => vec![ParentDiff { parent: Some((*parent).to_owned()), changes }],
            several => self.merges.sides(&id, several)?,
        };
        Ok(Some(Revision { id, author, committed, on_behalf_of, sides, sends_base: false }))
    }
}

/// A `git diff-tree` that compares every merge with its parents.
struct MergeDiffs {
    repository: Repository,
    relative: String,
    running: Option<(GitProcess, ChildStdin)>,
}

impl MergeDiffs {
    fn sides(&mut self, commit: &str, parents: &[&str]) -> Result<Vec<ParentDiff>, GitError> {
        let (git, stdin) = match &mut self.running {
            Some(running) => running,
            none => {
                let arguments = ["diff-tree", "--stdin", "--always", "--root"];
                let arguments = [&arguments[..], &RAW[..], &[&self.relative]].concat();
                none.insert(GitProcess::start(self.repository.without_replace_refs(&arguments))?)
            }
        };
        let mut sides = Vec::with_capacity(parents.len());
        for parent in parents {
            stdin.write_all(format!("{commit} {parent}\n{END}\n").as_bytes())?;
            stdin.flush()?;
            word(&mut git.out)?;
            let changes = differences(&mut git.out)?;
            let mut end = String::new();
            git.out.read_line(&mut end)?;
            if end.trim_end() != END {
                return Err(GitError::refused("git diff-tree printed an unexpected line"));
            }
            sides.push(ParentDiff { parent: Some((*parent).to_owned()), changes });
        }
        Ok(sides)
    }
}

/// Reads the text up to the next NUL; `None` at the end.
fn word(out: &mut impl BufRead) -> Result<Option<String>, GitError> {
    let mut bytes = Vec::with_capacity(96);
    out.read_until(0, &mut bytes)?;
    if bytes.pop() != Some(0) {
        return Ok(None);
    }
    Ok(Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}

/// Returns true if the next byte is the given one.
fn next_is(out: &mut impl BufRead, byte: u8) -> Result<bool, GitError> {
    let ahead = out.fill_buf()?;
    Ok(ahead.first() == Some(&byte))
}

/// Parses differences, each `:mode mode object object letter` and a path, as long as there are any.
pub fn differences(out: &mut impl BufRead) -> Result<Vec<CommitChange>, GitError> {
    let mut changes = Vec::new();
    while next_is(out, b':')? {
        let (fields, path) = (word(out)?.unwrap_or_default(), word(out)?.unwrap_or_default());
        let mut fields = fields.trim_start_matches(':').split(' ');
        let mut field =
            || fields.next().ok_or_else(|| GitError::refused("git printed a difference in an unknown format"));
        let (old_mode, new_mode, old, new) = (field()?, field()?, field()?, field()?);
        let plain = |mode: &str, object: &str| mode.starts_with("100").then(|| object.to_owned());
        changes.push(CommitChange {
            path,
            old: plain(old_mode, old),
            new: plain(new_mode, new),
            mode_changed: mode_changed(old_mode, new_mode),
            kind: FileKind::from_mode(new_mode.as_bytes()),
            ..CommitChange::default()
        });
    }
    Ok(changes)
}

/// Returns true if a new file is executable, or if an existing file changes from or to executable.
fn mode_changed(old: &str, new: &str) -> bool {
    let is_plain = |mode: &str| mode.starts_with("100");
    is_plain(new) && new != if is_plain(old) { old } else { "100644" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_read_up_to_another_line() {
        let (a, b, none) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let printed = format!(
            ":100644 100755 {a} {b} M\0one\0:000000 120000 {none} {b} A\0a link\0:100644 000000 {a} {none} D\0é\0rest\0"
        );
        let mut out = printed.as_bytes();
        let change = |path: &str, old: Option<&String>, new: Option<&String>, kind| CommitChange {
            path: path.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
            kind,
            ..CommitChange::default()
        };
        let expected = [
            CommitChange { mode_changed: true, ..change("one", Some(&a), Some(&b), Some(FileKind::File)) },
            change("a link", None, None, Some(FileKind::Link)),
            change("é", Some(&a), None, None),
        ];
        assert_eq!(differences(&mut out), Ok(expected.into()));
        assert_eq!(word(&mut out), Ok(Some("rest".to_owned())));
        assert_eq!(word(&mut out), Ok(None));
    }
}
