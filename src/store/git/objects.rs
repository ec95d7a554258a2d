//! The reader of objects: a `git cat-file --batch` that is started with the first request, and kept by the repository.
//!
//! Everything that is read from git comes through it, but for the walks of the audit, whose objects are requested ahead
//! ([`super::HistoryWalk`]).

use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;
use std::process::ChildStdin;
use std::sync::{Mutex, PoisonError};

use super::log::{ObjectStream, hex};
use super::{FileKind, FolderEntry, GitError, NOTHING, Repository, Snapshot};

/// The most bytes of requests that are sent before their answers are read. Every pipe holds as many, so that neither
/// process waits for the other.
const WINDOW: usize = 1 << 12;

/// The two processes of git that read objects, and sizes of objects; each is started when it is first needed.
#[derive(Debug, Default)]
pub(super) struct ObjectReader {
    objects: Mutex<Option<(ObjectStream, ChildStdin)>>,
    sizes: Mutex<Option<(ObjectStream, ChildStdin)>>,
}

/// An entry of a tree.
pub(super) struct TreeEntry<'a> {
    /// The mode, without leading zeros.
    pub mode: &'a [u8],
    /// The name.
    pub name: &'a [u8],
    /// The bytes of the object's name.
    pub object: &'a [u8],
    /// The range of the entry in the tree.
    pub range: Range<usize>,
}

/// A line of `git ls-files --stage`.
pub(super) struct StagedPath<'a> {
    /// The kind of the file.
    pub kind: FileKind,
    /// The object.
    pub object: &'a str,
    /// The stage: 0, or the side of a conflict: 1 is the base, 2 ours, 3 theirs.
    pub stage: &'a str,
    /// The path.
    pub path: &'a str,
}

impl<'a> StagedPath<'a> {
    /// Parses a line: `mode object stage TAB path`.
    pub fn parse(line: &'a str) -> Option<Self> {
        let (fields, path) = line.split_once('\t')?;
        let mut fields = fields.split(' ');
        let (mode, object, stage) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self { kind: FileKind::from_mode(mode.as_bytes())?, object, stage, path })
    }
}

impl Repository {
    /// Returns the bytes of an object, given by its name or as git names objects: `HEAD:organizations`. `None` if there
    /// is no such object.
    ///
    /// # Errors
    /// git has ended or is not installed.
    pub fn object(&self, name: &str) -> Result<Option<Vec<u8>>, GitError> {
        let objects = self.request(&self.objects.objects, "--batch", &[name], ObjectStream::take)?;
        Ok(objects.into_iter().next().flatten())
    }

    /// Returns the bytes of files; `None` for an object that does not exist or is not a file.
    ///
    /// # Errors
    /// As [`Repository::object`].
    pub fn blobs(&self, names: &[impl AsRef<str>]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        self.request(&self.objects.objects, "--batch", names, ObjectStream::take_blob)
    }

    /// Returns the bytes of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// As [`Repository::object`].
    pub fn blob(&self, name: &str) -> Result<Option<Vec<u8>>, GitError> {
        Ok(self.blobs(&[name])?.into_iter().next().flatten())
    }

    /// Returns the text of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// As [`Repository::object`].
    pub fn text(&self, name: &str) -> Result<Option<String>, GitError> {
        Ok(self.blob(name)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Returns the sizes of files in bytes, without reading them; `None` for an object that does not exist or is not a
    /// file.
    ///
    /// # Errors
    /// As [`Repository::object`].
    pub fn sizes(&self, names: &[impl AsRef<str>]) -> Result<Vec<Option<u64>>, GitError> {
        self.request(&self.objects.sizes, "--batch-check", names, ObjectStream::take_size)
    }

    /// Sends requests to a process of git, and reads the answers.
    fn request<T>(
        &self,
        process: &Mutex<Option<(ObjectStream, ChildStdin)>>,
        form: &str,
        names: &[impl AsRef<str>],
        take: impl Fn(&mut ObjectStream) -> Result<T, GitError>,
    ) -> Result<Vec<T>, GitError> {
        let mut answers = Vec::with_capacity(names.len());
        if names.is_empty() {
            return Ok(answers);
        }
        let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
        let (stream, pipe) = match &mut *process {
            Some(running) => running,
            none => none.insert(ObjectStream::start(self.without_replace_refs(&["cat-file", form]))?),
        };
        let mut names = names.iter().map(AsRef::as_ref).peekable();
        while names.peek().is_some() {
            let (mut requests, mut count) = (String::new(), 0);
            while let Some(name) = names.next_if(|name| count == 0 || requests.len() + name.len() < WINDOW) {
                // A line break in a path would make two requests of it.
                requests.push_str(if name.contains('\n') { NOTHING } else { name });
                requests.push('\n');
                count += 1;
            }
            // If git has ended, reading reports the reason.
            let _ = pipe.write_all(requests.as_bytes()).and_then(|()| pipe.flush());
            for _ in 0..count {
                answers.push(take(stream)?);
            }
        }
        Ok(answers)
    }

    /// Returns the files and folders directly in a folder of the desk in a snapshot; none if there is no such folder.
    /// git's index has no folders.
    ///
    /// # Errors
    /// As [`Repository::object`]; git refuses.
    pub fn list(&self, snapshot: Snapshot<'_>, folder: &str) -> Result<Vec<FolderEntry>, GitError> {
        let Snapshot::Commit(commit) = snapshot else {
            let mut staged = self.staged_files(&[folder.to_owned()])?;
            staged.iter_mut().for_each(|file| _ = file.name.drain(..=folder.len().min(file.name.len() - 1)));
            staged.retain(|file| !file.name.contains('/') && !file.name.is_empty());
            return Ok(staged);
        };
        let tree = self.object(&self.name_at(snapshot, folder)?)?.unwrap_or_default();
        let entry = |entry: TreeEntry<'_>| {
            let name = String::from_utf8_lossy(entry.name).into_owned();
            Some(FolderEntry { name, kind: FileKind::from_mode(entry.mode)?, object: hex(entry.object) })
        };
        Ok(tree_entries(&tree, commit.len() / 2).filter_map(entry).collect())
    }

    /// Returns the kinds of the files at some paths of a snapshot.
    ///
    /// # Errors
    /// As [`Repository::list`].
    pub fn file_kinds(&self, snapshot: Snapshot<'_>, paths: &[String]) -> Result<Vec<Option<FileKind>>, GitError> {
        let Snapshot::Commit(commit) = snapshot else { return self.staged_file_kinds(paths) };
        let mut trees: HashMap<&str, Vec<u8>> = HashMap::new();
        let mut kinds = Vec::with_capacity(paths.len());
        for path in paths {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if !trees.contains_key(folder) {
                let name = self.name_at(snapshot, folder)?;
                trees.insert(folder, self.object(name.trim_end_matches('/'))?.unwrap_or_default());
            }
            let mut entries = tree_entries(&trees[folder], commit.len() / 2);
            let entry = entries.find(|entry| entry.name == name.as_bytes());
            kinds.push(entry.and_then(|entry| FileKind::from_mode(entry.mode)));
        }
        Ok(kinds)
    }

    fn staged_file_kinds(&self, paths: &[String]) -> Result<Vec<Option<FileKind>>, GitError> {
        let staged = self.staged_files(paths)?;
        let kind_at = |path: &String| {
            staged.iter().find_map(|file| match file.name.strip_prefix(path.as_str())? {
                "" => Some(file.kind),
                below => below.starts_with('/').then_some(FileKind::Folder),
            })
        };
        Ok(paths.iter().map(kind_at).collect())
    }

    /// Returns the files of git's index at or below some paths, with these paths as their names.
    fn staged_files(&self, paths: &[String]) -> Result<Vec<FolderEntry>, GitError> {
        let (mut files, prefix) = (Vec::new(), self.prefix()?);
        // `ls-files` takes paths only as arguments, and there may be more than fit.
        for paths in paths.chunks(50) {
            let pathspecs: Vec<String> = paths.iter().map(|path| format!(":(top,literal){prefix}{path}")).collect();
            let lines = self.run(&["ls-files", "--stage", "-z", "--full-name"]).paths(&pathspecs).words()?;
            files.extend(lines.iter().filter_map(|line| {
                let StagedPath { kind, object, path, .. } = StagedPath::parse(line)?;
                Some(FolderEntry { name: path.strip_prefix(prefix)?.to_owned(), kind, object: object.to_owned() })
            }));
        }
        Ok(files)
    }
}

/// Returns the entries of a tree, up to the first damaged one: `mode name NUL object`, with `width` bytes for the object.
pub(super) fn tree_entries(tree: &[u8], width: usize) -> impl Iterator<Item = TreeEntry<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = tree.get(at..)?;
        let blank = memchr::memchr(b' ', rest)?;
        let end = blank + memchr::memchr(0, &rest[blank..])?;
        let object = rest.get(end + 1..end + 1 + width)?;
        let begin = at;
        at += end + 1 + width;
        Some(TreeEntry { mode: &rest[..blank], name: &rest[blank + 1..end], object, range: begin..at })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entries_of_a_tree_are_read_up_to_a_damaged_one() {
        let mut tree = Vec::new();
        for (mode, name, byte) in [("100644", "a.yaml", 1), ("40000", "b", 2), ("120000", "c.yaml", 3)] {
            tree.extend(format!("{mode} {name}\0").bytes());
            tree.extend([byte; 20]);
        }
        let read = |tree: &[u8]| {
            let entries = tree_entries(tree, 20);
            entries.map(|entry| (FileKind::from_mode(entry.mode), entry.object.to_vec())).collect::<Vec<_>>()
        };
        let all = [(FileKind::File, 1), (FileKind::Folder, 2), (FileKind::Link, 3)];
        assert_eq!(read(&tree), all.map(|(kind, byte)| (Some(kind), vec![byte; 20])));
        assert_eq!(read(&tree[..tree.len() - 1]).len(), 2);
        assert_eq!(read(b""), []);
    }
}
