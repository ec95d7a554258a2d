//! A commit that edits only the trees on the way to its paths, so that it does not grow with the desk.
//!
//! It is made only where nobody can tell it from `git commit --only`; whatever is in doubt is left to that. git tells
//! its settings, and the trees where they are packed, and moves the branch; the objects and git's index are written
//! here. The order: the lock of the index, the objects, the branch, the index.

mod cache_tree;
mod git_settings;
mod index_entries;
mod index_lock;
mod index_update;
mod loose_objects;
mod objects;
mod preconditions;
mod trees;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread::JoinHandle;

use super::commit::dated;
use super::{CommitRequest, GitError, Repository};
use crate::store::files::{StateDir, read_plain};
use git_settings::{GitIdentity, GitSettings};
use index_entries::{IndexStamp, StagedFile};
use index_lock::IndexLock;
use index_update::{IndexUpdate, RacyEntry};
use objects::{NewObjects, ObjectKind};
use preconditions::RepoPaths;
use trees::{NewBlob, Trees};

/// With more paths than this, what git does for each of them is most of the cost.
const MANY: usize = 512;
/// How many files that are as young as the index are read, and how large they may be; others git has to read again.
const COMPARED: usize = 256;
const LARGEST_COMPARED: u64 = 1 << 20;

/// Whether the commit was made.
enum CommitOutcome {
    Yes,
    /// `git commit` shall do it.
    No,
}

/// A file to be committed.
struct CommitFile {
    bytes: Vec<u8>,
    staged: StagedFile,
}

/// What git is telling about the repository meanwhile: one process, or two. Should the branch move before it is used, the
/// commit is tried again.
#[derive(Debug)]
pub struct CommitPlan {
    place: RepoPaths,
    /// The paths to be committed, from the top of the work tree, in git's order.
    paths: Vec<String>,
    settings: JoinHandle<Option<GitSettings>>,
    trees: TreeData,
}

/// The last commit and its trees, in the words of `git cat-file --batch`.
#[derive(Debug)]
enum TreeData {
    Seen(Vec<u8>),
    Later(JoinHandle<Option<Vec<u8>>>),
}

impl CommitPlan {
    fn seen(self) -> Option<(RepoPaths, Vec<String>, GitSettings, Trees)> {
        let settings = self.settings.join().ok()??;
        let answers = match self.trees {
            TreeData::Seen(answers) => answers,
            TreeData::Later(answers) => answers.join().ok()??,
        };
        let trees = Trees::read(self.paths.iter().map(String::as_str), &answers)?;
        Some((self.place, self.paths, settings, trees))
    }
}

impl Repository {
    /// Makes the commit, or says that git shall. A commit of the same that appeared meanwhile counts as this one.
    ///
    /// # Errors
    /// [`GitError::Locked`] while another process holds a lock, or has moved the branch.
    pub(super) fn commit_directly(
        &self,
        commit: &CommitRequest<'_>,
        outlook: Option<CommitPlan>,
        reach: &dyn Fn(&str),
    ) -> Result<bool, GitError> {
        let Some(state) = commit.state else { return Ok(false) };
        let outlook = outlook.or_else(|| self.plan_commit(commit.paths, commit.date, state));
        let Some((place, paths, settings, trees)) = outlook.and_then(CommitPlan::seen) else { return Ok(false) };
        if self.is_distinguishable(&settings, &trees, &place, &paths) {
            return Ok(false);
        }
        let made = FastCommit { repository: self, commit, state, place: &place, settings: &settings, trees: &trees };
        let made = made.make(&paths, reach)?;
        if matches!(made, Some(CommitOutcome::Yes)) && place.is_untidy(&settings) {
            // As `git commit` does at its end; what becomes of it is git's business.
            let _ = self.run(&["maintenance", "run", "--auto", "--quiet"]).done();
        }
        Ok(matches!(made, Some(CommitOutcome::Yes)))
    }

    /// Gives back git's lock on its index, where a casebook held it that was killed. The caller holds the store's lock.
    pub fn free_index(state: &StateDir) {
        if let Some(git_dir) = state.git_dir() {
            index_lock::free(git_dir, state);
        }
    }

    /// Begins to look at what a commit of these paths needs to know, while the caller goes on. `None` where git shall
    /// make the commit anyway.
    pub fn plan_commit(&self, paths: &[String], date: Option<&str>, state: &StateDir) -> Option<CommitPlan> {
        if paths.len() > MANY {
            return None;
        }
        let place = RepoPaths::of(&self.root, state)?;
        let mut paths: Vec<String> = paths.iter().map(|path| format!("{}{path}", place.prefix)).collect();
        paths.sort_unstable();
        let settings = dated(self.run(&["var", "-l"]), date);
        let settings = std::thread::spawn(move || settings.bytes().ok().and_then(GitSettings::read));
        let trees = loose_objects::parse_batch(&place, &paths).map_or_else(
            || {
                let question = trees::batch_request(paths.iter().map(String::as_str));
                let run = self.run(&["cat-file", "--batch"]).input(question);
                TreeData::Later(std::thread::spawn(move || run.bytes().ok()))
            },
            TreeData::Seen,
        );
        Some(CommitPlan { place, paths, settings, trees })
    }

    fn is_distinguishable(&self, settings: &GitSettings, trees: &Trees, place: &RepoPaths, paths: &[String]) -> bool {
        place.is_under_way()
            || !settings.are_plain()
            || place.has_hooks(settings)
            || place.has_turning_attributes(settings, trees).is_none_or(|has| has && !self.has_no_filters(paths, place))
    }

    /// Whether no attribute makes other blobs of these files: where attribute files name such ones, git is asked.
    fn has_no_filters(&self, paths: &[String], place: &RepoPaths) -> bool {
        let own = place.own(paths);
        let arguments = ["check-attr", "-z", "--stdin", "filter", "ident", "working-tree-encoding"];
        let input = own.iter().flat_map(|path| path.bytes().chain([0])).collect();
        let Ok(told) = self.run(&arguments).input(input).bytes() else { return false };
        let words: Vec<&[u8]> = told.split(|byte| *byte == 0).collect();
        let is_none = |answer: &[&[u8]]| matches!(answer.get(2), Some(&b"unspecified" | &b"unset"));
        words.len() == 9 * own.len() + 1 && words.chunks(3).take(3 * own.len()).all(is_none)
    }

    /// Whether git ignores one of the paths, and would not add it.
    fn ignores(&self, paths: &[String]) -> bool {
        let input = paths.iter().flat_map(|path| path.bytes().chain([0])).collect();
        let run = self.run(&["check-ignore", "--no-index", "--quiet", "-z", "--stdin"]).input(input);
        // It ends with 1 where nothing is ignored.
        !run.output().is_ok_and(|output| !output.success && output.signal.is_none() && output.stderr.is_empty())
    }

    /// Who a commit names, as git would put it into one.
    fn identity(&self, commit: &CommitRequest<'_>, settings: &GitSettings, who: &str) -> Option<String> {
        match settings.identity(who)? {
            GitIdentity::Set(told) => Some(told.to_owned()),
            GitIdentity::Found => {
                let variable = format!("GIT_{}_IDENT", who.to_ascii_uppercase());
                let told = dated(self.run(&["var", &variable]), commit.date).bytes().ok()?;
                Some(String::from_utf8(told).ok()?.trim_end_matches('\n').to_owned())
            }
        }
    }
}

/// A commit to be made this way, and all that is known for it.
struct FastCommit<'a> {
    repository: &'a Repository,
    commit: &'a CommitRequest<'a>,
    state: &'a StateDir,
    place: &'a RepoPaths,
    settings: &'a GitSettings,
    trees: &'a Trees,
}

impl FastCommit<'_> {
    /// `Ok(None)`, as [`CommitOutcome::No`], leaves it to git; nothing has changed then.
    fn make(&self, paths: &[String], reach: &dyn Fn(&str)) -> Result<Option<CommitOutcome>, GitError> {
        let Some(mut lock) = IndexLock::take(&self.place.git_dir, self.state)? else { return Ok(None) };
        reach("index locked");
        let Some((index, made)) = self.prepared(paths, &lock) else { return Ok(None) };
        if let Some((objects, commit)) = made {
            let written = std::thread::scope(|scope| {
                let folder = self.place.common.join("objects");
                let objects = scope.spawn(move || objects.write(&folder));
                let index = lock.write(&index.finish());
                objects.join().is_ok_and(|objects| objects.is_ok()) && index.is_ok()
            });
            if !written {
                return Ok(None);
            }
            reach("objects");
            match self.move_branch(&commit) {
                Ok(()) => {}
                Err(locked @ GitError::Locked { .. }) => return Err(locked),
                Err(_) => return Ok(None),
            }
            reach("branch");
        } else if lock.write(&index.finish()).is_err() {
            return Ok(None);
        }
        // The commit stands: if its index cannot be written, git shall see what it can do.
        Ok(lock.commit_lock().is_ok().then_some(CommitOutcome::Yes).or(Some(CommitOutcome::No)))
    }

    /// The index that shall be; and what to store and where the branch shall point, unless the last commit holds the
    /// files already.
    fn prepared(&self, paths: &[String], lock: &IndexLock) -> Option<(IndexUpdate, Option<(NewObjects, String)>)> {
        let files = paths.iter().map(|path| self.content(path)).collect::<Option<Vec<CommitFile>>>()?;
        let mut objects = NewObjects::default();
        let (old, changed) = lock.read().ok()?;
        let mut staged: Vec<StagedFile> = files.iter().map(|file| file.staged.clone()).collect();
        for (file, staged) in files.iter().zip(&mut staged) {
            staged.name = objects.add(ObjectKind::Blob, &file.bytes);
        }
        let blobs = staged.iter().map(|file| NewBlob {
            path: file.path.clone(),
            mode: if file.executable { "100755" } else { "100644" },
            name: file.name,
        });
        let folders = self.trees.write_trees(&blobs.collect::<Vec<_>>(), &mut objects)?;
        let mut index = IndexUpdate::new(&old, changed, &staged, &folders)?;
        self.compare(&mut index);
        let is_new = !index.added.is_empty();
        if (is_new && self.settings.ignore_case())
            || (index.forgot_untracked && !self.settings.keep_untracked())
            || (is_new && self.repository.ignores(&self.place.own(&index.added)))
        {
            return None;
        }
        let top = folders.get("")?;
        if top.before == Some(top.after) {
            return Some((index, None));
        }
        let name = objects.add(ObjectKind::Commit, &self.commit_object(&objects::to_hex(&top.after))?);
        Some((index, Some((objects, objects::to_hex(&name)))))
    }

    /// A file as it lies there. `None` if it is no plain file, changes meanwhile, or has ends of lines that git might
    /// turn.
    fn content(&self, path: &str) -> Option<CommitFile> {
        let own = path.strip_prefix(&self.place.prefix)?;
        let file = self.place.file(path);
        let before = fs::symlink_metadata(&file).ok()?;
        let bytes = read_plain(&self.repository.root, own).ok()?;
        let stamp = IndexStamp::of(&before);
        let is_still = stamp == IndexStamp::of(&fs::symlink_metadata(&file).ok()?);
        if !is_still || bytes.len() as u64 != before.size() || memchr::memchr(b'\r', &bytes).is_some() {
            return None;
        }
        let executable = before.mode() & 0o100 != 0;
        let staged = StagedFile { path: path.to_owned(), stamp, executable, name: objects::ObjectId::default() };
        Some(CommitFile { bytes, staged })
    }

    /// Has git look again at files that are as young as the index was and not what it says of them: by their stamps
    /// alone nobody could tell any more.
    fn compare(&self, index: &mut IndexUpdate) {
        for (place, racy) in std::mem::take(&mut index.racy).iter().enumerate() {
            if place >= COMPARED || !self.is_as_staged(racy) {
                index.mark_dirty(racy);
            }
        }
    }

    fn is_as_staged(&self, racy: &RacyEntry) -> bool {
        let is_plain = racy.mode & 0o170_000 == 0o100_000;
        let Some(path) = std::str::from_utf8(&racy.path).ok().filter(|_| is_plain) else { return false };
        let path = self.place.file(path);
        let is_small = |file: fs::Metadata| file.is_file() && file.len() <= LARGEST_COMPARED;
        fs::symlink_metadata(&path).is_ok_and(is_small)
            && fs::read(&path).is_ok_and(|bytes| objects::name(ObjectKind::Blob, &bytes) == racy.name)
    }

    /// The bytes of the commit.
    fn commit_object(&self, tree: &str) -> Option<Vec<u8>> {
        let message = fs::read(self.commit.message).ok()?;
        if message.is_empty() || message.contains(&0) || std::str::from_utf8(&message).is_err() {
            return None;
        }
        let mut object = format!("tree {tree}\n");
        if let Some(parent) = &self.trees.head {
            object.push_str(&format!("parent {}\n", objects::to_hex(parent)));
        }
        for who in ["author", "committer"] {
            let identity = self.repository.identity(self.commit, self.settings, who)?;
            object.push_str(&format!("{who} {identity}\n"));
        }
        object.push('\n');
        Some([object.into_bytes(), message].concat())
    }

    /// Points HEAD, or the branch it names, at the commit, unless it has moved since; with the line `git commit`
    /// would have written into the reflogs.
    fn move_branch(&self, commit: &str) -> Result<(), GitError> {
        let message = fs::read_to_string(self.commit.message).unwrap_or_default();
        let subject = message.lines().next().unwrap_or_default();
        let (how, before) = match &self.trees.head {
            Some(head) => ("commit", objects::to_hex(head)),
            None => ("commit (initial)", objects::to_hex(&objects::ObjectId::default())),
        };
        let line = format!("{how}: {subject}");
        let run = self.repository.run(&["update-ref", "-m", &line, "HEAD", commit, &before]);
        dated(run, self.commit.date).done()
    }
}

impl IndexStamp {
    /// What git's index keeps of a file: the low 32 bits of everything.
    fn of(file: &fs::Metadata) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let low = |number: i64| number as u32;
        #[allow(clippy::cast_possible_truncation)]
        let low_bits = |number: u64| number as u32;
        Self {
            begin: [
                low(file.ctime()),
                low(file.ctime_nsec()),
                low(file.mtime()),
                low(file.mtime_nsec()),
                low_bits(file.dev()),
                low_bits(file.ino()),
            ],
            end: [file.uid(), file.gid(), low_bits(file.size())],
        }
    }
}
