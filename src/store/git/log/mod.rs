//! The history of a repository, commit by commit, the oldest first, with the files that each commit changed.
//!
//! Any number of commits needs one `git log`, one `git cat-file --batch` and, if there are merges, one `git diff-tree`.
//! A thread reads the listing and requests the objects; the caller reads them in the same order. Replace refs and
//! grafts are not followed: the walk sees what was committed.

mod object_stream;
pub(super) mod parse;

use std::sync::mpsc::{Receiver, channel};

use object_stream::ObjectRequests;
pub use object_stream::{ObjectStream, VersionCache};
use parse::LogListing;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{FileKind, GitError, Repository};

/// The command for objects that are requested ahead: with `--buffer` git does not flush after each object.
const AHEAD: [&str; 3] = ["cat-file", "--batch", "--buffer"];

/// The setting for git's cache of delta bases. A walk needs a base again soon or never, and git allocates and clears
/// all the memory that the cache may use.
const KEPT: &str = "core.deltaBaseCacheLimit=24m";

/// A file that differs between a commit and one of its parents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitChange {
    /// The path, relative to the folder of the walk.
    pub path: String,
    /// The object in the parent; none if there is no plain file.
    pub old: Option<String>,
    /// The object in the commit; none if there is no plain file.
    pub new: Option<String>,
    /// The kind of the file in the commit; none if it was deleted.
    pub kind: Option<FileKind>,
    /// True if a new file is executable, or if the commit changes an existing file from or to executable.
    pub mode_changed: bool,
    /// True if the new object is next in [`HistoryWalk::objects`]. Otherwise it was sent before, or must be looked up,
    /// like the old one.
    pub sends_new: bool,
}

impl CommitChange {
    /// Returns true if the commit has a special file there: a symbolic link, a submodule.
    pub fn is_special(&self) -> bool {
        self.kind.is_some_and(|kind| kind != FileKind::File)
    }
}

/// The changes of a commit against one of its parents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentDiff {
    /// The parent; none for a root commit.
    pub parent: Option<String>,
    /// The files that differ.
    pub changes: Vec<CommitChange>,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// The object name.
    pub id: String,
    /// The address of the author.
    pub author: String,
    /// The commit time, in seconds since 1970, UTC.
    pub committed: i64,
    /// The values of the `On-behalf-of:` trailers.
    pub on_behalf_of: Vec<String>,
    /// The changes against each parent, in their order. A root commit has one element, without a parent.
    pub sides: Vec<ParentDiff>,
    /// True if [`HistoryWalk::objects`] first has the first parent's casebook.toml, even if it does not exist.
    pub sends_base: bool,
}

/// A walk in progress.
pub struct HistoryWalk {
    listed: Receiver<Result<Revision, GitError>>,
    /// The bytes of the files, in the order in which the commits name them.
    pub objects: ObjectStream,
}

impl Repository {
    /// Walks the commits selected by `revisions`, which are arguments of `git rev-list`. `with_behalf` says whether the
    /// `On-behalf-of:` trailers are read; with them git takes a seventh longer.
    ///
    /// # Errors
    /// git is not installed.
    pub fn walk(&self, revisions: &[String], with_behalf: bool) -> Result<HistoryWalk, GitError> {
        let (objects, mut requests) = self.request_ahead()?;
        let mut listing = LogListing::start(self, revisions, with_behalf)?;
        // The channel is unbounded: the thread that requests must never wait for the caller, because git holds answers
        // back until it has more of them or the requests end. The pipe to git is the limit: it fills up while no answer
        // is read.
        let (send, listed) = channel();
        std::thread::spawn(move || {
            while let Some(mut next) = listing.next().transpose() {
                let _ = next.as_mut().map(|revision| requests.mark(revision));
                let names = next.as_ref().ok().map(|revision| requests.names(revision));
                // The caller must receive the commit first: its objects can be more than the pipes hold.
                if send.send(next).is_err() || names.is_none_or(|names| requests.send(&names).is_err()) {
                    break;
                }
            }
            // The error of the listing is reported by it; the other git ends when its input ends.
            let _ = requests.flush();
        });
        Ok(HistoryWalk { listed, objects })
    }

    /// Returns the objects of one commit that is not made yet, and the commit with these objects marked.
    ///
    /// # Errors
    /// git is not installed.
    pub fn read_of(&self, mut revision: Revision) -> Result<(ObjectStream, Revision), GitError> {
        let (objects, mut requests) = self.request_ahead()?;
        requests.mark(&mut revision);
        let names = requests.names(&revision);
        // In a thread: the requests can be more than a pipe holds, and the answers are not read yet.
        std::thread::spawn(move || requests.send(&names).and_then(|()| requests.flush()));
        Ok((objects, revision))
    }

    /// Starts to read objects that are requested ahead.
    fn request_ahead(&self) -> Result<(ObjectStream, ObjectRequests), GitError> {
        let (objects, pipe) = ObjectStream::start(self.without_replace_refs(&AHEAD))?;
        Ok((objects, ObjectRequests::new(pipe, self.prefix()?)))
    }

    /// Returns a run of git that ignores replace refs and grafts, and the user's settings for the output.
    pub(super) fn without_replace_refs(&self, arguments: &[&str]) -> crate::store::git::GitCommand {
        let settings = ["--no-replace-objects", "-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", KEPT];
        self.run(&[&settings[..], arguments].concat()).env("GIT_GRAFT_FILE", "/dev/null")
    }
}

impl HistoryWalk {
    /// Returns the next commit.
    ///
    /// # Errors
    /// git's message.
    pub fn next_revision(&mut self) -> Result<Option<Revision>, GitError> {
        // The channel is closed after the last commit.
        self.listed.recv().ok().transpose()
    }
}

/// Returns true if a blob with these bytes has this object name, in a repository with SHA-1 or SHA-256.
pub fn is_blob(name: &str, bytes: &[u8]) -> bool {
    match name.len() {
        40 => has_name::<Sha1>(name, bytes),
        64 => has_name::<Sha256>(name, bytes),
        _ => false,
    }
}

fn has_name<H: Digest>(name: &str, bytes: &[u8]) -> bool {
    let mut hash = H::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hex(&hash.finalize()) == name
}

/// Returns bytes in hexadecimal digits, as git names objects.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_name_git_gives_it() {
        let one = "5626abf0f72e58d7a153368ba57db4c673c0e171";
        let other = "a4ed1f355afb02d88cd291d0e4463910c5061ece48a49aa2b1539b9af973b286";
        assert!(is_blob(one, b"one\n"));
        assert!(is_blob(other, b"one\n"), "in a repository of SHA-256");
        for name in [one, other, &one[1..], ""] {
            assert!(!is_blob(name, b"two\n") && !is_blob(name, b"one"), "{name}");
        }
    }
}
