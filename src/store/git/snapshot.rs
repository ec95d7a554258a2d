//! What git holds: its index, or a commit. What changed there, and the bytes at some paths, in a few runs of git
//! whatever their number.

use std::path::PathBuf;

use super::{GitError, Repository};

/// Where git holds files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// What is staged; in a hook, git may name another file than its usual index.
    Index(Option<PathBuf>),
    /// A commit.
    Commit(String),
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A plain file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// The commit of another repository.
    Repository,
}

impl FileKind {
    /// By the mode git has for it, which trees write without the leading zero.
    pub(super) fn of_mode(mode: &str) -> Option<Self> {
        match mode.trim_start_matches('0') {
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Repository),
            "40000" => Some(Self::Folder),
            mode => mode.starts_with("100").then_some(Self::File),
        }
    }
}

/// A file that is there, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Its path, relative to the store.
    pub path: String,
    /// What it is, or was.
    pub nature: FileKind,
    /// Its bytes; none where it is gone. Of what has none of its own, they are empty.
    pub bytes: Option<Vec<u8>>,
}

impl SnapshotFile {
    /// What is there and no file, of which nothing is to be read.
    pub fn odd(path: impl Into<String>, nature: FileKind) -> Self {
        Self { path: path.into(), nature, bytes: Some(Vec::new()) }
    }

    /// Whether a plain file is there.
    pub fn is_file(&self) -> bool {
        self.nature == FileKind::File && self.bytes.is_some()
    }
}

impl Repository {
    /// The files below some folders that are other than in `before`, in the order of their paths; all of them where
    /// there is nothing before.
    ///
    /// # Errors
    /// git refuses.
    pub fn changed(
        &self,
        snapshot: &Snapshot,
        before: Option<&str>,
        below: &[String],
    ) -> Result<Vec<SnapshotFile>, GitError> {
        let nothing = self.empty_tree()?;
        let before = before.unwrap_or(&nothing);
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
            return Err(listing.refusal());
        }
        let mut words = listing.stdout.split('\0');
        let mut changed = Vec::new();
        while let (Some(facts), Some(path)) = (words.next(), words.next()) {
            let facts: Vec<&str> = facts.strip_prefix(':').unwrap_or_default().split(' ').collect();
            let [_, mode, _, object, _] = facts.as_slice() else { continue };
            changed.push((path.to_owned(), (*mode).to_owned(), (*object).to_owned()));
        }
        let files = changed.iter().filter(|(_, mode, _)| FileKind::of_mode(mode) == Some(FileKind::File));
        let bytes = self.objects(&files.map(|(.., object)| object.clone()).collect::<Vec<_>>())?;
        let mut bytes = bytes.into_iter();
        let held = |(path, mode, _): (String, String, String)| match FileKind::of_mode(&mode) {
            Some(FileKind::File) => SnapshotFile { path, nature: FileKind::File, bytes: bytes.next().flatten() },
            Some(nature) => SnapshotFile::odd(path, nature),
            None => SnapshotFile { path, nature: FileKind::File, bytes: None },
        };
        Ok(changed.into_iter().map(held).collect())
    }

    /// What stands at some paths of git's index, which begin in a folder of the repository (empty, or with a slash at its
    /// end); none where nothing does.
    pub(super) fn staged_natures(
        &self,
        index: Option<&PathBuf>,
        prefix: &str,
        paths: &[String],
    ) -> Result<Vec<Option<FileKind>>, GitError> {
        let mut natures = Vec::with_capacity(paths.len());
        // `ls-files` takes paths as arguments alone, and there may be more than fit.
        for paths in paths.chunks(50) {
            let mut run = self.run(&["ls-files", "--stage", "-z", "--full-name"]);
            if let Some(index) = index {
                run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
            }
            let meant: Vec<String> = paths.iter().map(|path| format!(":(top,literal){prefix}{path}")).collect();
            let listing = run.paths(&meant).output()?;
            if !listing.success {
                return Err(listing.refusal());
            }
            let there: Vec<(&str, &str)> =
                listing.stdout.split('\0').filter_map(|line| line.split_once('\t')).collect();
            natures.extend(paths.iter().map(|path| {
                there.iter().find_map(|(facts, name)| match name.strip_prefix(prefix)?.strip_prefix(path.as_str())? {
                    "" => FileKind::of_mode(facts.split(' ').next()?),
                    below => below.starts_with('/').then_some(FileKind::Folder),
                })
            }));
        }
        Ok(natures)
    }

    /// The bytes at some paths; none where nothing is there.
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

    /// How large the files at some paths are; none where there is none.
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

    /// How large objects are, by name, in one run; their bytes are not read.
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
            return Err(answer.refusal());
        }
        let size = |line: &str| line.strip_prefix("blob ")?.parse().ok();
        Ok(answer.stdout.lines().map(size).collect())
    }

    /// The names of the files in a folder.
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
            return Err(listing.refusal());
        }
        Ok(listing.stdout.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// The files below a folder that hold one of some words.
    ///
    /// # Errors
    /// git refuses.
    pub fn grep_files(&self, snapshot: &Snapshot, words: &[String], folder: &str) -> Result<Vec<String>, GitError> {
        let mut arguments = vec!["grep", "-l", "-z", "-F"];
        words.iter().for_each(|word| arguments.extend(["-e", word]));
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
        // It ends with 1 where there are none, and says nothing.
        let found = run.paths(&[folder.to_owned()]).output()?;
        if !found.success && !found.stderr.trim().is_empty() {
            return Err(found.refusal());
        }
        let paths = found.stdout.split('\0').filter(|path| !path.is_empty());
        Ok(paths.map(|path| path.strip_prefix(&prefix).unwrap_or(path).to_owned()).collect())
    }

    /// The commit that is checked out, if there is one.
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

    pub(super) fn empty_tree(&self) -> Result<String, GitError> {
        let output = self.run(&["hash-object", "-t", "tree", "--stdin"]).output()?;
        if output.success { Ok(output.stdout.trim().to_owned()) } else { Err(output.refusal()) }
    }

    /// The bytes of objects by name, in one run; none where there is no such file.
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
        let asked: String = names.iter().map(|name| format!("{name}\n")).collect();
        let mut run = self.without_replace_refs(&["cat-file", "--batch"]).input(asked.into_bytes());
        if let Some(index) = index {
            run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
        }
        let answer = run.bytes()?;
        let mut rest = answer.as_slice();
        Ok(names.iter().map(|_| take_answer(&mut rest)).collect())
    }
}

/// One answer of `cat-file --batch`: `NAME blob SIZE`, the bytes and a line end; or a line that says why not.
fn take_answer(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memchr(b'\n', rest)?;
    let (line, behind) = (&rest[..end], &rest[end + 1..]);
    *rest = behind;
    let words: Vec<&str> = std::str::from_utf8(line).ok()?.rsplitn(3, ' ').collect();
    let [size, kind, _] = words.as_slice() else { return None };
    let size: usize = size.parse().ok()?;
    let content = behind.get(..size)?.to_vec();
    *rest = behind.get(size + 1..).unwrap_or_default();
    (*kind == "blob").then_some(content)
}
