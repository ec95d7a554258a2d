//! The history of a repository, commit by commit, the oldest first, with the files each one changed: one `git log`,
//! one `git cat-file --batch`, and where there are merges one `git diff-tree`, whatever the number of commits.
//!
//! A thread reads what git lists and asks for the objects; whoever walks reads them in the same order. Neither replace
//! refs nor grafts are followed: what is walked is what was committed. Must not know tickets.

mod object_name;
mod object_stream;
pub(super) mod parse;
mod stderr_file;

use std::collections::HashSet;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

pub use crate::store::git::objects::ObjectLookup;
pub use object_name::is_blob;
pub use object_stream::{ObjectStream, VersionCache};
use parse::LogListing;

use super::{GitError, Repository};

/// Objects that are asked for ahead: git need not hand each over by itself.
const AHEAD: [&str; 3] = ["cat-file", "--batch", "--buffer"];

/// How much git keeps of what others differ from. A walk comes back to it soon or not at all, and git takes and clears
/// memory for all it may keep.
const KEPT: &str = "core.deltaBaseCacheLimit=24m";

/// How much a pipe from git holds, in bytes: what the system lets anybody have.
const PIPE: usize = 1 << 20;

/// A file that differs between a commit and one of its parents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitChange {
    /// Its path, relative to the folder of the walk.
    pub path: String,
    /// The object the parent has there; none where there is no plain file.
    pub old: Option<String>,
    /// The object the commit has there; none where there is no plain file.
    pub new: Option<String>,
    /// Whether the commit has something else there: a link, or another repository.
    pub odd: bool,
    /// Whether the commit has a file that may be run, or the parent has one and the commit's may not.
    pub turns: bool,
    /// Whether the new object comes next in [`HistoryWalk::objects`]. Else it came before, or has to be asked for, as the old one.
    pub sends_new: bool,
}

/// What a commit changed, seen from one of its parents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentDiff {
    /// The parent; none for a commit that has none.
    pub parent: Option<String>,
    /// The files that differ.
    pub changes: Vec<CommitChange>,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its name.
    pub id: String,
    /// The address of its author.
    pub author: String,
    /// When it was committed, in seconds since 1970, UTC.
    pub committed: i64,
    /// The values of its trailers `On-behalf-of:`.
    pub on_behalf_of: Vec<String>,
    /// A side for each parent, in their order; one without a parent for a commit that has none.
    pub sides: Vec<ParentDiff>,
    /// Whether what the first parent has at [`WalkFilter::base`] comes first in [`HistoryWalk::objects`], found or not.
    pub sends_base: bool,
}

/// Which files a walk reads.
#[derive(Clone, Debug)]
pub struct WalkFilter {
    /// Files below this folder, with a slash at its end.
    pub folder: &'static str,
    /// And this one, which is told for parents outside the walk too.
    pub base: &'static str,
    /// Whether it is asked on whose behalf commits were made: git takes a seventh longer to tell.
    pub behalf: bool,
}

/// A walk under way.
pub struct HistoryWalk {
    listed: Receiver<Result<Revision, GitError>>,
    /// The bytes of files, in the order in which the commits name them.
    pub objects: ObjectStream,
    lister: Option<JoinHandle<()>>,
}

impl Repository {
    /// Walks the commits that `revisions` select, as `git rev-list` takes them. `prefix` is the folder paths count from,
    /// empty or with a slash at its end.
    ///
    /// # Errors
    /// git is not installed.
    pub fn walk(&self, revisions: &[String], prefix: &str, wanted: &WalkFilter) -> Result<HistoryWalk, GitError> {
        let (objects, asking) = ObjectStream::start(self.without_replace_refs(&AHEAD))?;
        let mut listing = LogListing::start(self, revisions, prefix, wanted.behalf)?;
        // Without a bound: who asks must never wait for who reads, since git keeps answers back until it has more of them,
        // or there are no more questions. The pipe to git is the bound: it takes no question while nobody reads answers.
        let (send, listed) = channel();
        let mut asking = object_stream::ObjectRequests::new(asking, prefix, wanted.clone());
        let lister = std::thread::spawn(move || {
            loop {
                let next = match listing.next() {
                    Ok(None) => break,
                    Ok(Some(mut revision)) => {
                        asking.mark(&mut revision);
                        Ok(revision)
                    }
                    Err(refusal) => Err(refusal),
                };
                let asked = next.as_ref().ok().map(|revision| asking.words(revision));
                // Who reads has to know of the commit first: its objects may be more than the pipes hold.
                if send.send(next).is_err() || asked.is_none_or(|asked| asking.ask(&asked).is_err()) {
                    break;
                }
            }
            // git says in its own words what ended it; what was asked of the other one ends with its input.
            let _ = asking.flush();
        });
        Ok(HistoryWalk { listed, objects, lister: Some(lister) })
    }

    /// What one commit that is not made yet brings, with the objects marked that it does.
    ///
    /// # Errors
    /// git is not installed.
    pub fn read_of(
        &self,
        mut revision: Revision,
        prefix: &str,
        wanted: &WalkFilter,
    ) -> Result<(ObjectStream, Revision), GitError> {
        let (objects, asking) = ObjectStream::start(self.without_replace_refs(&AHEAD))?;
        let mut asking = object_stream::ObjectRequests::new(asking, prefix, wanted.clone());
        asking.mark(&mut revision);
        let words = asking.words(&revision);
        // On its own thread: what is asked may be more than a pipe holds, and nobody reads the answers yet.
        std::thread::spawn(move || asking.ask(&words).and_then(|()| asking.flush()));
        Ok((objects, revision))
    }

    /// A run of git that follows neither replace refs nor grafts, and takes no setting for what it prints.
    pub(super) fn without_replace_refs(&self, arguments: &[&str]) -> crate::store::git::GitCommand {
        let settings = ["--no-replace-objects", "-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", KEPT];
        self.run(&[&settings[..], arguments].concat()).env("GIT_GRAFT_FILE", "/dev/null")
    }
}

impl HistoryWalk {
    /// The next commit.
    ///
    /// # Errors
    /// What git said.
    pub fn step(&mut self) -> Result<Option<Revision>, GitError> {
        match self.listed.recv() {
            Ok(Ok(revision)) => Ok(Some(revision)),
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => {
                if let Some(lister) = self.lister.take() {
                    let _ = lister.join();
                }
                Ok(None)
            }
        }
    }
}

/// Lets a pipe hold more, where the system can: who writes and who reads then wait for each other less often.
fn widen(pipe: &impl AsFd) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE);
    #[cfg(not(target_os = "linux"))]
    let _ = (pipe, PIPE);
}

/// The commits a shallow clone ends at: what lies behind them is not there.
pub(super) fn lines(words: &str) -> HashSet<String> {
    words.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
