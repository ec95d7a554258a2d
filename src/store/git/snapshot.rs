//! Snapshots: git's index or a commit. The files that changed there, and the bytes at some paths, in a few runs of git
//! for any number of files.

use std::path::PathBuf;

use super::{GitError, Repository};

/// A place in git that contains files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// The index. In a hook, git may name another file than its usual index.
    Index(Option<PathBuf>),
    /// A commit.
    Commit(String),
}

/// The kind of a file in git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A plain file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// The commit of a submodule.
    Repository,
}

impl FileKind {
    /// Parses the mode of a file in git. Trees omit the leading zero.
    pub(super) fn from_mode(mode: &str) -> Option<Self> {
        match mode.trim_start_matches('0') {
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Repository),
            "40000" => Some(Self::Folder),
            mode => mode.starts_with("100").then_some(Self::File),
        }
    }
}

/// A file of a snapshot, or one that was deleted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The path, relative to the desk.
    pub path: String,
    /// The kind of the file, or of the deleted file.
    pub kind: FileKind,
    /// The bytes; none if the file was deleted, empty if it is not a plain file.
    pub bytes: Option<Vec<u8>>,
}

impl SnapshotFile {
    /// Returns a file that is not plain, and has no bytes.
    pub fn special(path: impl Into<String>, kind: FileKind) -> Self {
        Self { path: path.into(), kind, bytes: Some(Vec::new()) }
    }

    /// Returns true for a plain file that was not deleted.
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File && self.bytes.is_some()
    }
}

impl Repository {
    /// Returns the files below some folders that differ from those of the commit `before`, sorted by path; all files if
    /// there is no such commit.
    ///
    /// # Errors
    /// git refuses.
    pub fn changed(
        &self,
        snapshot: &Snapshot,
        before: Option<&str>,
        below: &[String],
    ) -> Result<Vec<SnapshotFile>, GitError> {
        let empty = self.empty_tree()?;
        let before = before.unwrap_or(&empty);
        let form = ["-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative"];
        let run = match snapshot {
            Snapshot::Index(index) => {
                let run = self.run(&[&["diff-index", "--cached"][..], &form[1..], &[before]].concat());
                match index {
                    Some(index) => run.env("GIT_INDEX_FILE", &index.to_string_lossy()),
                    None => run,
                }
            }
            Snapshot::Commit(commit) => self.run(&[&["diff-tree"][..], &form, &[before, commit]].concat()),
        };
        let listing = run.paths(below).output()?;
        if !listing.success {
            return Err(listing.into_error());
        }
        let mut parts = listing.stdout.split('\0');
        let mut changed = Vec::new();
        while let (Some(fields), Some(path)) = (parts.next(), parts.next()) {
            let fields: Vec<&str> = fields.strip_prefix(':').unwrap_or_default().split(' ').collect();
            let [_, mode, _, object, _] = fields.as_slice() else { continue };
            changed.push((path.to_owned(), (*mode).to_owned(), (*object).to_owned()));
        }
        let files = changed.iter().filter(|(_, mode, _)| FileKind::from_mode(mode) == Some(FileKind::File));
        let bytes = self.objects(&files.map(|(.., object)| object.clone()).collect::<Vec<_>>())?;
        let mut bytes = bytes.into_iter();
        let with_bytes = |(path, mode, _): (String, String, String)| match FileKind::from_mode(&mode) {
            Some(FileKind::File) => SnapshotFile { path, kind: FileKind::File, bytes: bytes.next().flatten() },
            Some(kind) => SnapshotFile::special(path, kind),
            None => SnapshotFile { path, kind: FileKind::File, bytes: None },
        };
        Ok(changed.into_iter().map(with_bytes).collect())
    }

    /// Returns the kinds of the files at some paths of git's index. `prefix` is the folder in the repository from which
    /// the paths are counted: empty, or with a slash at its end.
    pub(super) fn staged_file_kinds(
        &self,
        index: Option<&PathBuf>,
        prefix: &str,
        paths: &[String],
    ) -> Result<Vec<Option<FileKind>>, GitError> {
        let mut kinds = Vec::with_capacity(paths.len());
        // `ls-files` takes paths only as arguments, and there may be more than fit.
        for paths in paths.chunks(50) {
            let mut run = self.run(&["ls-files", "--stage", "-z", "--full-name"]);
            if let Some(index) = index {
                run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
            }
            let pathspecs: Vec<String> = paths.iter().map(|path| format!(":(top,literal){prefix}{path}")).collect();
            let listing = run.paths(&pathspecs).output()?;
            if !listing.success {
                return Err(listing.into_error());
            }
            let entries: Vec<(&str, &str)> =
                listing.stdout.split('\0').filter_map(|line| line.split_once('\t')).collect();
            kinds.extend(paths.iter().map(|path| {
                entries.iter().find_map(|(fields, name)| {
                    match name.strip_prefix(prefix)?.strip_prefix(path.as_str())? {
                        "" => FileKind::from_mode(fields.split(' ').next()?),
                        below => below.starts_with('/').then_some(FileKind::Folder),
                    }
                })
            }));
        }
        Ok(kinds)
    }

    /// Returns the bytes of the files at some paths; `None` if there is no file.
    ///
    /// # Errors
    /// git refuses.
    pub fn read_blobs(&self, snapshot: &Snapshot, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        let (revision, index) = match snapshot {
            Snapshot::Index(index) => ("", index.as_ref()),
            Snapshot::Commit(commit) => (commit.as_str(), None),
        };
        let names: Vec<String> = paths.iter().map(|path| format!("{revision}:./{path}")).collect();
        self.objects_of(&names, index)
    }

    /// Returns the sizes of the files at some paths in bytes; `None` if there is no file.
    ///
    /// # Errors
    /// git refuses.
    pub fn sizes(&self, snapshot: &Snapshot, paths: &[String]) -> Result<Vec<Option<u64>>, GitError> {
        let (revision, index) = match snapshot {
            Snapshot::Index(index) => ("", index.as_ref()),
            Snapshot::Commit(commit) => (commit.as_str(), None),
        };
        let names: Vec<String> = paths.iter().map(|path| format!("{revision}:./{path}")).collect();
        self.sizes_of(&names, index)
    }

    /// Returns the sizes of objects in bytes, in one run of git that does not read them.
    pub(super) fn sizes_of(&self, names: &[String], index: Option<&PathBuf>) -> Result<Vec<Option<u64>>, GitError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let form = "--batch-check=%(objecttype) %(objectsize)";
        let mut run = self.without_replace_refs(&["cat-file", form]).lines(names);
        if let Some(index) = index {
            run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
        }
        let answer = run.output()?;
        if !answer.success {
            return Err(answer.into_error());
        }
        let size = |line: &str| line.strip_prefix("blob ")?.parse().ok();
        Ok(answer.stdout.lines().map(size).collect())
    }

    /// Returns the paths of the files in a folder.
    ///
    /// # Errors
    /// git refuses.
    pub fn list_files(&self, snapshot: &Snapshot, folder: &str) -> Result<Vec<String>, GitError> {
        let run = match snapshot {
            Snapshot::Index(Some(index)) => {
                self.run(&["ls-files", "-z"]).env("GIT_INDEX_FILE", &index.to_string_lossy())
            }
            Snapshot::Index(None) => self.run(&["ls-files", "-z"]),
            Snapshot::Commit(commit) => self.run(&["ls-tree", "-r", "-z", "--name-only", commit]),
        };
        let listing = run.paths(&[folder.to_owned()]).output()?;
        if !listing.success {
            return Err(listing.into_error());
        }
        Ok(listing.stdout.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// Returns the files below a folder that contain one of some texts.
    ///
    /// # Errors
    /// git refuses.
    pub fn grep_files(&self, snapshot: &Snapshot, texts: &[String], folder: &str) -> Result<Vec<String>, GitError> {
        let mut arguments = vec!["grep", "-l", "-z", "-F"];
        texts.iter().for_each(|text| arguments.extend(["-e", text]));
        let prefix = match snapshot {
            Snapshot::Index(_) => {
                arguments.push("--cached");
                String::new()
            }
            Snapshot::Commit(commit) => {
                arguments.push(commit);
                format!("{commit}:")
            }
        };
        let run = self.run(&arguments);
        let run = match snapshot {
            Snapshot::Index(Some(index)) => run.env("GIT_INDEX_FILE", &index.to_string_lossy()),
            _ => run,
        };
        // Without a match git exits with 1 and prints nothing.
        let found = run.paths(&[folder.to_owned()]).output()?;
        if !found.success && !found.stderr.trim().is_empty() {
            return Err(found.into_error());
        }
        let paths = found.stdout.split('\0').filter(|path| !path.is_empty());
        Ok(paths.map(|path| path.strip_prefix(&prefix).unwrap_or(path).to_owned()).collect())
    }

    /// Returns the commit that is checked out, if there is one.
    ///
    /// # Errors
    /// git is not installed.
    pub fn head(&self) -> Result<Option<String>, GitError> {
        match self.commit_of("HEAD") {
            Ok(head) => Ok(Some(head)),
            Err(GitError::Refused { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Returns the name of the empty tree.
    pub(super) fn empty_tree(&self) -> Result<String, GitError> {
        let output = self.run(&["hash-object", "-t", "tree", "--stdin"]).output()?;
        if output.success { Ok(output.stdout.trim().to_owned()) } else { Err(output.into_error()) }
    }

    /// Returns the bytes of objects, in one run of git; `None` for an object that does not exist or is not a file.
    ///
    /// # Errors
    /// git refuses.
    pub fn objects(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        self.objects_of(names, None)
    }

    fn objects_of(&self, names: &[String], index: Option<&PathBuf>) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let requests: String = names.iter().map(|name| format!("{name}\n")).collect();
        let mut run = self.without_replace_refs(&["cat-file", "--batch"]).input(requests.into_bytes());
        if let Some(index) = index {
            run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
        }
        let answer = run.bytes()?;
        let mut rest = answer.as_slice();
        Ok(names.iter().map(|_| take_answer(&mut rest)).collect())
    }
}

/// Splits the first answer off the output of `cat-file --batch`: `NAME blob SIZE`, the bytes and a line break; or a
/// line that says why there is no object.
fn take_answer(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memchr(b'\n', rest)?;
    let (line, after) = (&rest[..end], &rest[end + 1..]);
    *rest = after;
    let parts: Vec<&str> = std::str::from_utf8(line).ok()?.rsplitn(3, ' ').collect();
    let [size, kind, _] = parts.as_slice() else { return None };
    let size: usize = size.parse().ok()?;
    let content = after.get(..size)?.to_vec();
    *rest = after.get(size + 1..).unwrap_or_default();
    (*kind == "blob").then_some(content)
}
