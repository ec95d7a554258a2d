//! Snapshots: git's index or a commit, and the files that differ between two of them.

use std::fs::FileType;

use super::log::parse::differences;
use super::{CommitChange, GitError, Repository};

/// A place in git that contains files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshot<'a> {
    /// The index.
    Index,
    /// A commit, by its full name.
    Commit(&'a str),
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
    /// Something that git does not know, such as a socket in a work tree.
    Other,
}

impl From<FileType> for FileKind {
    fn from(kind: FileType) -> Self {
        match kind {
            kind if kind.is_symlink() => Self::Link,
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_file() => Self::File,
            _ => Self::Other,
        }
    }
}

impl FileKind {
    /// Parses the mode of a file in git. Trees omit the leading zero.
    pub(super) fn from_mode(mode: &[u8]) -> Option<Self> {
        match mode.strip_prefix(b"0").unwrap_or(mode) {
            b"120000" => Some(Self::Link),
            b"160000" => Some(Self::Repository),
            b"40000" => Some(Self::Folder),
            mode => mode.starts_with(b"100").then_some(Self::File),
        }
    }
}

/// A file or folder of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderEntry {
    /// The name.
    pub name: String,
    /// The kind.
    pub kind: FileKind,
    /// The object.
    pub object: String,
}

/// The bytes of a file before and after a change; none if there is no plain file.
pub type FileVersions = [Option<Vec<u8>>; 2];

impl Repository {
    /// Returns the object at a path of the desk in a snapshot, as git names it.
    ///
    /// # Errors
    /// There is no repository.
    pub fn name_at(&self, snapshot: Snapshot<'_>, path: &str) -> Result<String, GitError> {
        let prefix = self.prefix()?;
        Ok(match snapshot {
            Snapshot::Index => format!(":{prefix}{path}"),
            Snapshot::Commit(commit) => format!("{commit}:{prefix}{path}"),
        })
    }

    /// Returns the files that differ between a commit, or an empty tree, and a snapshot, sorted by path.
    ///
    /// # Errors
    /// git refuses.
    pub fn changes(&self, from: Option<&str>, to: Snapshot<'_>) -> Result<Vec<CommitChange>, GitError> {
        let relative = self.relative()?;
        let empty =
            if from.is_none() { self.answer(&["hash-object", "-t", "tree", "--stdin"])? } else { String::new() };
        let from = from.unwrap_or(&empty);
        let form = ["--raw", "-z", "--no-renames", "--no-abbrev", &relative];
        let (command, to): (&[&str], _) = match &to {
            Snapshot::Commit(to) => (&["diff-tree", "-r"], vec![from, to, "--"]),
            Snapshot::Index => (&["diff-index", "--cached"], vec![from, "--"]),
        };
        let bytes = self.without_replace_refs(&[command, &form[..], &to].concat()).bytes()?;
        differences(&mut bytes.as_slice())
    }

    /// Returns the bytes of both versions of some changed files.
    ///
    /// # Errors
    /// git refuses.
    pub fn versions(&self, changes: &[CommitChange]) -> Result<Vec<FileVersions>, GitError> {
        let objects: Vec<&String> = changes.iter().flat_map(|change| change.old.iter().chain(&change.new)).collect();
        let mut blobs = self.blobs(&objects)?.into_iter();
        let mut take = |object: &Option<String>| object.as_ref().and_then(|_| blobs.next().flatten());
        Ok(changes.iter().map(|change| [take(&change.old), take(&change.new)]).collect())
    }

    /// Returns the files below a folder of the desk that contain one of some texts.
    ///
    /// # Errors
    /// git refuses.
    pub fn grep_files(&self, snapshot: Snapshot<'_>, texts: &[String], folder: &str) -> Result<Vec<String>, GitError> {
        let mut arguments = vec!["grep", "-l", "-z", "-F"];
        texts.iter().for_each(|text| arguments.extend(["-e", text]));
        arguments.push(match snapshot {
            Snapshot::Index => "--cached",
            Snapshot::Commit(commit) => commit,
        });
        let paths = self.run(&arguments).paths(&[folder.to_owned()]).matches()?;
        // In a commit, its name comes before each path.
        Ok(paths.iter().map(|path| path.rsplit_once(':').map_or(path.as_str(), |(_, path)| path).to_owned()).collect())
    }
}
