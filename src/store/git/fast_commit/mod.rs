//! Fast commits: commits that casebook writes itself, so that their cost does not grow with the desk
//! (docs/decisions/0008-commits.md).
//!
//! A fast commit is made only if its result is the same as that of `git commit --only`; in case of doubt git makes the
//! commit. git is asked for its settings and for packed trees, and moves the branch; objects and git's index are
//! written here. The order is: lock the index, write the objects, move the branch, write the index.

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
use super::log::hex;
use super::{CONFIGURED_ONLY, CommitRequest, GitError, Repository};
use crate::store::files::{StateDir, read_plain};
use git_settings::{GitIdentity, GitSettings};
use index_entries::{IndexStamp, StagedFile};
use index_lock::IndexLock;
use index_update::{IndexUpdate, RacyEntry};
use objects::{NewObjects, ObjectId, ObjectKind};
use preconditions::RepoPaths;
use trees::Trees;

/// The number of paths above which git makes the commit: then its work per path is most of the cost.
const MANY: usize = 512;
/// The number of files that are compared because they are as young as the index, and their largest size. git compares
/// others.
const COMPARED: usize = 256;
const LARGEST_COMPARED: u64 = 1 << 20;

/// A fast commit in preparation: processes of git whose output it needs. If the branch moves before the plan is used,
/// the commit is tried again.
#[derive(Debug)]
pub struct CommitPlan {
    repo: RepoPaths,
    /// The paths to be committed, relative to the root of the work tree, in git's order.
    paths: Vec<String>,
    settings: JoinHandle<Option<GitSettings>>,
    /// The last commit and its trees.
    trees: JoinHandle<Option<Trees>>,
}

impl CommitPlan {
    /// Waits for the processes, and returns their results.
    fn wait(self) -> Option<(RepoPaths, Vec<String>, GitSettings, Trees)> {
        let settings = self.settings.join().ok()??;
        Some((self.repo, self.paths, settings, self.trees.join().ok()??))
    }
}

impl Repository {
    /// Makes a fast commit. Returns false if git must make the commit. If the same commit exists already, it counts.
    ///
    /// # Errors
    /// [`GitError::Locked`] if another process holds a lock or has moved the branch.
    pub(super) fn commit_directly(
        &self,
        commit: &CommitRequest<'_>,
        plan: Option<CommitPlan>,
        fault_point: &dyn Fn(&str),
    ) -> Result<bool, GitError> {
        let Some(state) = commit.state else { return Ok(false) };
        let plan = plan.or_else(|| self.plan_commit(commit.paths, commit.date, state));
        let Some((repo, paths, settings, trees)) = plan.and_then(CommitPlan::wait) else { return Ok(false) };
        if self.is_distinguishable(&settings, &trees, &repo, &paths) {
            return Ok(false);
        }
        let fast = FastCommit { repository: self, commit, state, repo: &repo, settings: &settings, trees: &trees };
        let is_made = fast.make(&paths, fault_point)?;
        if is_made && repo.needs_maintenance(&settings) {
            // As `git commit` does. Its errors are not errors of the commit.
            let _ = self.run(&["maintenance", "run", "--auto", "--quiet"]).done();
        }
        Ok(is_made)
    }

    /// Removes git's index lock of a casebook that was killed. The caller holds the desk's lock.
    pub fn free_index(state: &StateDir) {
        if let Some(git_dir) = state.git_dir() {
            index_lock::free(git_dir, state);
        }
    }

    /// Prepares a fast commit of some paths, while the caller goes on. `None` if git must make the commit.
    pub fn plan_commit(&self, paths: &[String], date: Option<&str>, state: &StateDir) -> Option<CommitPlan> {
        if paths.len() > MANY {
            return None;
        }
        let repo = RepoPaths::of(&self.root, state)?;
        let mut paths: Vec<String> = paths.iter().map(|path| format!("{}{path}", repo.prefix)).collect();
        paths.sort_unstable();
        let run = match &self.stand_in {
            Some(_) => self.run(&["-c", CONFIGURED_ONLY, "var", "-l"]),
            None => self.run(&["var", "-l"]),
        };
        let settings = dated(run, date);
        let settings = std::thread::spawn(move || settings.bytes().ok().and_then(GitSettings::read));
        let (repository, of_repo, of_paths) = (self.with_index(None), repo.clone(), paths.clone());
        let trees = std::thread::spawn(move || {
            loose_objects::read_trees(&of_repo, &of_paths).or_else(|| repository.last_trees(&of_paths))
        });
        Some(CommitPlan { repo, paths, settings, trees })
    }

    /// Returns the last commit and its trees along some paths.
    fn last_trees(&self, paths: &[String]) -> Option<Trees> {
        let commit = self.object("HEAD").ok()?;
        let head = commit.as_ref().map(|commit| objects::name(ObjectKind::Commit, commit));
        let tree = |name: ObjectId| self.object(&hex(&name)).ok()?;
        Trees::of_commit(head, commit.as_deref().unwrap_or_default(), paths, tree)
    }

    /// Returns true if the commit could differ from that of `git commit --only`.
    fn is_distinguishable(&self, settings: &GitSettings, trees: &Trees, repo: &RepoPaths, paths: &[String]) -> bool {
        repo.is_busy()
            || repo.has_replace_refs()
            || !settings.are_plain()
            || repo.has_hooks(settings)
            || repo.has_filters(settings, trees).is_none_or(|has| has && !self.has_no_filters(paths, repo))
    }

    /// Asks git for the attributes of the files, and returns true if none of them changes the bytes of a blob.
    fn has_no_filters(&self, paths: &[String], repo: &RepoPaths) -> bool {
        let own = repo.own(paths);
        let arguments = ["check-attr", "-z", "--stdin", "filter", "ident", "working-tree-encoding"];
        let Ok(printed) = self.run(&arguments).input(&own, 0).bytes() else { return false };
        let fields: Vec<&[u8]> = printed.split(|byte| *byte == 0).collect();
        let is_none = |answer: &[&[u8]]| matches!(answer.get(2), Some(&b"unspecified" | &b"unset"));
        fields.len() == 9 * own.len() + 1 && fields.chunks(3).take(3 * own.len()).all(is_none)
    }

    /// Returns true if git ignores one of the paths.
    fn ignores(&self, paths: &[String]) -> bool {
        let run = self.run(&["check-ignore", "--no-index", "--quiet", "-z", "--stdin"]).input(paths, 0);
        // It exits with 1 if nothing is ignored.
        !run.output()
            .is_ok_and(|output| !output.status.success() && output.status.code().is_some() && output.stderr.is_empty())
    }

    /// Returns the line of a role, `author` or `committer`, in a commit.
    fn identity(&self, commit: &CommitRequest<'_>, settings: &GitSettings, role: &str) -> Option<String> {
        match settings.identity(role)? {
            GitIdentity::Set(line) => Some(line.to_owned()),
            GitIdentity::Found => {
                let variable = format!("GIT_{}_IDENT", role.to_ascii_uppercase());
                let line = dated(self.run(&["var", &variable]), commit.date).bytes().ok()?;
                Some(String::from_utf8(line).ok()?.trim_end_matches('\n').to_owned())
            }
        }
    }
}

/// A fast commit, with everything that it needs.
struct FastCommit<'a> {
    repository: &'a Repository,
    commit: &'a CommitRequest<'a>,
    state: &'a StateDir,
    repo: &'a RepoPaths,
    settings: &'a GitSettings,
    trees: &'a Trees,
}

impl FastCommit<'_> {
    /// Makes the commit. Returns false if it is left to git, which finds the branch as it was, or sees that the commit
    /// is made and repairs its index.
    fn make(&self, paths: &[String], fault_point: &dyn Fn(&str)) -> Result<bool, GitError> {
        let Some(mut lock) = IndexLock::take(&self.repo.git_dir, self.state)? else { return Ok(false) };
        fault_point("index locked");
        let Some((index, new)) = self.prepared(paths, &lock) else { return Ok(false) };
        if let Some((objects, commit)) = new {
            let written = std::thread::scope(|scope| {
                let folder = self.repo.common.join("objects");
                let objects = scope.spawn(move || objects.write(&folder));
                let index = lock.write(&index.finish());
                objects.join().is_ok_and(|objects| objects.is_ok()) && index.is_ok()
            });
            if !written {
                return Ok(false);
            }
            fault_point("objects");
            match self.move_branch(&commit) {
                Ok(()) => {}
                Err(locked @ GitError::Locked { .. }) => return Err(locked),
                Err(_) => return Ok(false),
            }
            fault_point("branch");
        } else if lock.write(&index.finish()).is_err() {
            return Ok(false);
        }
        Ok(lock.commit_lock().is_ok())
    }

    /// Returns the new index; and the objects to be stored and the new commit, unless the last commit has the files
    /// already.
    fn prepared(&self, paths: &[String], lock: &IndexLock) -> Option<(IndexUpdate, Option<(NewObjects, String)>)> {
        let mut objects = NewObjects::default();
        let staged = paths.iter().map(|path| self.staged(path, &mut objects)).collect::<Option<Vec<StagedFile>>>()?;
        let (old, changed) = lock.read().ok()?;
        let folders = self.trees.write_trees(&staged, &mut objects)?;
        let mut index = IndexUpdate::new(&old, changed, &staged, &folders)?;
        self.compare(&mut index);
        let is_new = !index.added.is_empty();
        if (is_new && self.settings.ignore_case())
            || (index.forgot_untracked && !self.settings.keep_untracked())
            || (is_new && self.repository.ignores(&self.repo.own(&index.added)))
        {
            return None;
        }
        let top = folders.get("")?;
        if top.before == Some(top.after) {
            return Some((index, None));
        }
        let name = objects.add(ObjectKind::Commit, &self.commit_object(&hex(&top.after))?);
        Some((index, Some((objects, hex(&name)))))
    }

    /// Reads a file of the work tree into `objects`. `None` if it is not a plain file, is changed during the read, or
    /// contains line ends that git might convert.
    fn staged(&self, path: &str, objects: &mut NewObjects) -> Option<StagedFile> {
        let own = path.strip_prefix(&self.repo.prefix)?;
        let file = self.repo.file(path);
        let before = fs::symlink_metadata(&file).ok()?;
        let bytes = read_plain(&self.repository.root, own).ok()?;
        let stamp = IndexStamp::of(&before);
        let is_still = stamp == IndexStamp::of(&fs::symlink_metadata(&file).ok()?);
        if !is_still || bytes.len() as u64 != before.size() || memchr::memchr(b'\r', &bytes).is_some() {
            return None;
        }
        let executable = before.mode() & 0o100 != 0;
        let name = objects.add(ObjectKind::Blob, &bytes);
        Some(StagedFile { path: path.to_owned(), stamp, executable, name })
    }

    /// Compares the files that are as young as the index was. An entry that differs from its file is marked, because
    /// its stamp would prove it unchanged after the index is written.
    fn compare(&self, index: &mut IndexUpdate) {
        for (count, racy) in std::mem::take(&mut index.racy).iter().enumerate() {
            if count >= COMPARED || !self.is_as_staged(racy) {
                index.mark_dirty(racy);
            }
        }
    }

    fn is_as_staged(&self, racy: &RacyEntry) -> bool {
        let is_plain = racy.mode & 0o170_000 == 0o100_000;
        let Some(path) = std::str::from_utf8(&racy.path).ok().filter(|_| is_plain) else { return false };
        let path = self.repo.file(path);
        let is_small = |file: fs::Metadata| file.is_file() && file.len() <= LARGEST_COMPARED;
        fs::symlink_metadata(&path).is_ok_and(is_small)
            && fs::read(&path).is_ok_and(|bytes| objects::name(ObjectKind::Blob, &bytes) == racy.name)
    }

    /// Returns the bytes of the commit.
    fn commit_object(&self, tree: &str) -> Option<Vec<u8>> {
        let message = fs::read(self.commit.message).ok()?;
        if message.is_empty() || message.contains(&0) || std::str::from_utf8(&message).is_err() {
            return None;
        }
        let mut object = format!("tree {tree}\n");
        if let Some(parent) = &self.trees.head {
            object.push_str(&format!("parent {}\n", hex(parent)));
        }
        for role in ["author", "committer"] {
            let identity = self.repository.identity(self.commit, self.settings, role)?;
            object.push_str(&format!("{role} {identity}\n"));
        }
        object.push('\n');
        Some([object.into_bytes(), message].concat())
    }

    /// Moves HEAD, or its branch, to the commit, unless it has moved since. The reflogs get the line that `git commit`
    /// would write.
    fn move_branch(&self, commit: &str) -> Result<(), GitError> {
        let message = fs::read_to_string(self.commit.message).unwrap_or_default();
        let subject = message.lines().next().unwrap_or_default();
        let (action, before) = match &self.trees.head {
            Some(head) => ("commit", hex(head)),
            None => ("commit (initial)", hex(&objects::ObjectId::default())),
        };
        let line = format!("{action}: {subject}");
        let run = self.repository.run(&["update-ref", "-m", &line, "HEAD", commit, &before]);
        dated(run, self.commit.date).done()
    }
}

impl IndexStamp {
    /// Returns the metadata that git's index contains: the low 32 bits of each number.
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
