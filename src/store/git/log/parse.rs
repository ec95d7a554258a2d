//! What `git log --raw -z` prints, and for merges `git diff-tree`, read as it comes.
//!
//! Must not know what the files are for.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::stderr_file::StderrFile;
use super::{CommitChange, ParentDiff, Revision, widen};
use crate::store::git::{GitError, Repository};

/// The facts of a commit, each behind the other, and on whose behalf it was made.
const FORMAT: &str = "--format=%H%x00%P%x00%ae%x00%ct%x00%(trailers:key=On-behalf-of,valueonly,unfold,separator=%x02)";
/// The same without that, which alone needs the message read.
const BARE: &str = "--format=%H%x00%P%x00%ae%x00%ct%x00";

/// What git is given back unchanged, and marks the end of an answer.
const END: &str = "end";

/// Raw differences, as both programs print them.
const RAW: [&str; 6] = ["--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--no-color"];

pub(super) struct LogListing {
    log: Child,
    out: BufReader<ChildStdout>,
    merges: MergeDiffs,
    said: StderrFile,
    ended: bool,
}

impl LogListing {
    pub fn start(repository: &Repository, revisions: &[String], prefix: &str, behalf: bool) -> Result<Self, GitError> {
        let relative = if prefix.is_empty() { "--no-relative".to_owned() } else { format!("--relative={prefix}") };
        let format = if behalf { FORMAT } else { BARE };
        let fixed = ["log", "--reverse", "--topo-order", "--no-diff-merges", "--no-notes", "--encoding=UTF-8", format];
        let mut words: Vec<&str> = [&fixed[..], &RAW[..], &[relative.as_str()]].concat();
        words.extend(revisions.iter().map(String::as_str).chain(["--"]));
        // Else git hands over each commit by itself, and both sides wake up for it.
        let run = repository.without_replace_refs(&words).env("GIT_FLUSH", "0");
        let said = StderrFile::nothing();
        let mut log = run.start(Stdio::null(), said.stdio())?;
        let out = log.stdout.take().ok_or_else(|| refused("git log has no output"))?;
        widen(&out);
        let merges = MergeDiffs { repository: repository.clone(), relative, running: None };
        Ok(Self { log, out: BufReader::with_capacity(1 << 16, out), merges, said, ended: false })
    }

    /// The next commit; none behind the last one.
    pub fn next(&mut self) -> Result<Option<Revision>, GitError> {
        if self.ended {
            return Ok(None);
        }
        let Some(id) = word(&mut self.out)? else {
            self.ended = true;
            return self.end().map(|()| None);
        };
        let mut fact = || word(&mut self.out)?.ok_or_else(|| refused("git log ended within a commit"));
        let (parents, author, committed, behalf) = (fact()?, fact()?, fact()?, fact()?);
        let committed = committed.trim().parse().map_err(|_| refused("git log told no time"))?;
        let mut revision = Revision {
            id: id.trim_start_matches('\n').to_owned(),
            author,
            committed,
            on_behalf_of: behalf
                .split('\u{2}')
                .map(|who| who.trim().to_owned())
                .filter(|who| !who.is_empty())
                .collect(),
            sides: Vec::new(),
            sends_base: false,
        };
        let mut changes = Vec::new();
        if next_is(&mut self.out, b'\n')? {
            self.out.consume(1);
            changes = differences(&mut self.out)?;
        }
        let parents: Vec<&str> = parents.split(' ').filter(|parent| !parent.is_empty()).collect();
        revision.sides = match parents.as_slice() {
            [] => vec![ParentDiff { parent: None, changes }],
            [parent] => vec![ParentDiff { parent: Some((*parent).to_owned()), changes }],
            several => self.merges.sides(&revision.id, several)?,
        };
        Ok(Some(revision))
    }

    fn end(&mut self) -> Result<(), GitError> {
        match self.log.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(refused(&self.said.words())),
            Err(error) => Err(refused(&error.to_string())),
        }
    }
}

impl Drop for LogListing {
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.log.kill();
            let _ = self.log.wait();
        }
    }
}

/// One `git diff-tree` that answers for every merge.
struct MergeDiffs {
    repository: Repository,
    relative: String,
    running: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
}

impl MergeDiffs {
    fn sides(&mut self, commit: &str, parents: &[&str]) -> Result<Vec<ParentDiff>, GitError> {
        if self.running.is_none() {
            let words = [&["diff-tree", "--stdin", "--always", "--root"][..], &RAW[..], &[&self.relative]].concat();
            let mut child = self.repository.without_replace_refs(&words).start(Stdio::piped(), Stdio::null())?;
            let (stdin, stdout) = child.stdin.take().zip(child.stdout.take()).ok_or_else(|| refused("no pipes"))?;
            self.running = Some((child, stdin, BufReader::new(stdout)));
        }
        let Some((_, stdin, out)) = &mut self.running else { return Err(refused("git diff-tree is not there")) };
        let mut sides = Vec::with_capacity(parents.len());
        for parent in parents {
            let asked = stdin.write_all(format!("{commit} {parent}\n{END}\n").as_bytes()).and_then(|()| stdin.flush());
            asked.map_err(|error| refused(&error.to_string()))?;
            word(out)?;
            let changes = differences(out)?;
            let mut end = String::new();
            out.read_line(&mut end).map_err(|error| refused(&error.to_string()))?;
            if end.trim_end() != END {
                return Err(refused("git diff-tree told something else than differences"));
            }
            sides.push(ParentDiff { parent: Some((*parent).to_owned()), changes });
        }
        Ok(sides)
    }
}

impl Drop for MergeDiffs {
    fn drop(&mut self) {
        if let Some((mut child, stdin, _)) = self.running.take() {
            drop(stdin);
            let _ = child.wait();
        }
    }
}

fn refused(said: &str) -> GitError {
    GitError::Refused { said: said.to_owned() }
}

/// The words up to the next NUL; none at the end.
fn word(out: &mut impl BufRead) -> Result<Option<String>, GitError> {
    let mut bytes = Vec::with_capacity(96);
    out.read_until(0, &mut bytes).map_err(|error| refused(&error.to_string()))?;
    if bytes.pop() != Some(0) {
        return Ok(None);
    }
    Ok(Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
}

fn next_is(out: &mut impl BufRead, byte: u8) -> Result<bool, GitError> {
    let ahead = out.fill_buf().map_err(|error| refused(&error.to_string()))?;
    Ok(ahead.first() == Some(&byte))
}

/// `:mode mode object object letter` and a path, as long as there are any.
pub fn differences(out: &mut impl BufRead) -> Result<Vec<CommitChange>, GitError> {
    let mut changes = Vec::new();
    while next_is(out, b':')? {
        let (facts, path) = (word(out)?.unwrap_or_default(), word(out)?.unwrap_or_default());
        let mut facts = facts.trim_start_matches(':').split(' ');
        let mut fact = || facts.next().ok_or_else(|| refused("git told a difference in other words than expected"));
        let (old_mode, new_mode, old, new) = (fact()?, fact()?, fact()?, fact()?);
        let plain = |mode: &str, object: &str| mode.starts_with("100").then(|| object.to_owned());
        changes.push(CommitChange {
            path,
            old: plain(old_mode, old),
            new: plain(new_mode, new),
            turns: turns(old_mode, new_mode),
            odd: new_mode != "000000" && !new_mode.starts_with("100"),
            ..CommitChange::default()
        });
    }
    Ok(changes)
}

/// Whether a file that is new may be run, or one that stays may be and might not, or the other way round.
fn turns(old: &str, new: &str) -> bool {
    let is_plain = |mode: &str| mode.starts_with("100");
    is_plain(new) && new != if is_plain(old) { old } else { "100644" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_read_up_to_what_is_none() {
        let (a, b, none) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let told = format!(
            ":100644 100755 {a} {b} M\0one\0:000000 120000 {none} {b} A\0a link\0:100644 000000 {a} {none} D\0é\0rest\0"
        );
        let mut out = told.as_bytes();
        let change = |path: &str, old: Option<&String>, new: Option<&String>, odd| CommitChange {
            path: path.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
            odd,
            ..CommitChange::default()
        };
        let expected = [
            CommitChange { turns: true, ..change("one", Some(&a), Some(&b), false) },
            change("a link", None, None, true),
            change("é", Some(&a), None, false),
        ];
        assert_eq!(differences(&mut out), Ok(expected.into()));
        assert_eq!(word(&mut out), Ok(Some("rest".to_owned())));
        assert_eq!(word(&mut out), Ok(None));
    }
}
