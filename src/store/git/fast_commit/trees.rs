//! The trees of the last commit along the changed paths, and the same trees with the new files.
//!
//! The trees come from one `git cat-file --batch`. They must belong together, because HEAD can move in the meantime.

use std::collections::BTreeMap;

use super::objects::{self, NewObjects, ObjectId, ObjectKind};
use crate::store::git::objects::{TreeEntry, tree_entries};

/// The mode of a tree inside a tree.
const FOLDER: &str = "40000";

/// A file of the new commit.
#[derive(Clone, Debug)]
pub struct NewBlob {
    /// The path, relative to the root of the work tree.
    pub path: String,
    /// The mode, as trees contain it.
    pub mode: &'static str,
    /// The object.
    pub name: ObjectId,
}

/// The last commit, with its trees along some paths.
#[derive(Debug)]
pub struct Trees {
    /// The commit; none on an unborn branch.
    pub head: Option<ObjectId>,
    /// The folders along the paths; none for a folder that the commit does not have.
    pub folders: BTreeMap<String, Option<Tree>>,
}

/// The tree of a folder.
#[derive(Debug)]
pub struct Tree {
    /// The object.
    pub name: ObjectId,
    /// The entries.
    pub bytes: Vec<u8>,
}

/// A folder along the changed paths, before and after the commit.
#[derive(Clone, Copy, Debug)]
pub struct EditedDir {
    /// The tree in the last commit, if it has the folder.
    pub before: Option<ObjectId>,
    /// The tree in the new commit.
    pub after: ObjectId,
}

/// Returns the folders of some paths and all their parents; the root is the empty string.
pub fn folders_of<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeMap<String, Option<Tree>> {
    let mut folders = BTreeMap::new();
    for path in paths {
        let mut folder = path;
        while !folder.is_empty() {
            folder = split(folder).0;
            folders.insert(folder.to_owned(), None);
        }
    }
    folders
}

/// Splits a path into its folder and its name.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Returns the request to `git cat-file --batch` for the last commit and the folders of some paths.
pub fn batch_request<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut request = String::from("HEAD\n");
    for folder in folders_of(paths).keys() {
        request.push_str(&if folder.is_empty() { "HEAD^{tree}\n".to_owned() } else { format!("HEAD:{folder}\n") });
    }
    request.into_bytes()
}

impl Trees {
    /// Parses the answers to [`batch_request`]. `None` if they have an unexpected form, or belong to different commits.
    pub fn read<'a>(paths: impl Iterator<Item = &'a str>, answers: &[u8]) -> Option<Self> {
        let mut answers = BatchAnswers { rest: answers };
        let head = answers.next("commit")?;
        let mut folders = folders_of(paths);
        for tree in folders.values_mut() {
            *tree = answers.next("tree")?;
        }
        if !answers.rest.is_empty() {
            return None;
        }
        let trees = Self { head: head.as_ref().map(|commit| commit.name), folders };
        trees.belong_together(head.as_ref()).then_some(trees)
    }

    /// Returns true if each tree is the one that its parent names.
    fn belong_together(&self, head: Option<&Tree>) -> bool {
        self.folders.iter().all(|(folder, tree)| {
            let name = tree.as_ref().map(|tree| tree.name);
            if folder.is_empty() {
                let root = head.and_then(|commit| tree_of(&commit.bytes));
                return head.is_some() == name.is_some() && root == name;
            }
            let (parent, own) = split(folder);
            let parent = self.folders.get(parent).and_then(Option::as_ref);
            let entry = parent.and_then(|parent| entries(&parent.bytes).find(|entry| entry.name == own.as_bytes()));
            match (entry, name) {
                (Some(entry), Some(name)) => is_folder(&entry) && entry.object == name,
                (entry, name) => entry.is_none() && name.is_none(),
            }
        })
    }

    /// Returns the folders of the paths and all their parents, sorted; the root of the work tree is the empty string.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// Returns true if a folder contains an entry with this name in the last commit.
    pub fn contains(&self, folder: &str, own: &str) -> bool {
        let tree = self.folders.get(folder).and_then(Option::as_ref);
        tree.is_some_and(|tree| entries(&tree.bytes).any(|line| line.name == own.as_bytes()))
    }

    /// Adds the files to the trees, and the new trees to `objects`. Returns each folder before and after. `None` if a
    /// file would replace something that is not a file.
    pub fn write_trees(&self, blobs: &[NewBlob], objects: &mut NewObjects) -> Option<BTreeMap<String, EditedDir>> {
        let mut new: BTreeMap<&str, Vec<u8>> = self
            .folders
            .iter()
            .map(|(folder, tree)| (folder.as_str(), tree.as_ref().map_or_else(Vec::new, |tree| tree.bytes.clone())))
            .collect();
        for blob in blobs {
            let (folder, own) = split(&blob.path);
            let bytes = new.get_mut(folder)?;
            *bytes = with(bytes, blob.mode, own, &blob.name)?;
        }
        let mut edited = BTreeMap::new();
        // A folder sorts after its parent, so the reverse order has it before its parent.
        for (folder, before) in self.folders.iter().rev() {
            let bytes = new.remove(folder.as_str())?;
            let before = before.as_ref().map(|tree| tree.name);
            let after = objects::name(ObjectKind::Tree, &bytes);
            if before != Some(after) {
                objects.add(ObjectKind::Tree, &bytes);
            }
            edited.insert(folder.clone(), EditedDir { before, after });
            if !folder.is_empty() {
                let (parent, own) = split(folder);
                let bytes = new.get_mut(parent)?;
                *bytes = with(bytes, FOLDER, own, &after)?;
            }
        }
        Some(edited)
    }
}

/// Returns the tree of a commit.
pub fn tree_of(commit: &[u8]) -> Option<ObjectId> {
    objects::read(std::str::from_utf8(commit.strip_prefix(b"tree ")?.get(..40)?).ok()?)
}

/// The output of `git cat-file --batch`.
struct BatchAnswers<'a> {
    rest: &'a [u8],
}

impl BatchAnswers<'_> {
    /// Parses the next object; `Some(None)` if it is missing.
    fn next(&mut self, kind: &str) -> Option<Option<Tree>> {
        let end = memchr::memchr(b'\n', self.rest)?;
        let line = std::str::from_utf8(&self.rest[..end]).ok()?;
        self.rest = &self.rest[end + 1..];
        if line.ends_with(" missing") {
            return Some(None);
        }
        let mut parts = line.split(' ');
        let (name, found, length) = (parts.next()?, parts.next()?, parts.next()?.parse::<usize>().ok()?);
        if found != kind || parts.next().is_some() || *self.rest.get(length)? != b'\n' {
            return None;
        }
        let bytes = self.rest[..length].to_vec();
        self.rest = &self.rest[length + 1..];
        Some(Some(Tree { name: objects::read(name)?, bytes }))
    }
}

/// Returns the entries of a tree of SHA-1 objects.
fn entries(tree: &[u8]) -> impl Iterator<Item = TreeEntry<'_>> {
    tree_entries(tree, 20)
}

fn is_folder(entry: &TreeEntry<'_>) -> bool {
    entry.mode == FOLDER.as_bytes()
}

/// Returns true if an entry sorts before a name. git sorts a folder as if its name ended with a slash.
fn is_before(entry: &TreeEntry<'_>, own: &[u8], own_is_folder: bool) -> bool {
    let slash = |is_folder: bool| is_folder.then_some(&b'/');
    entry.name.iter().chain(slash(is_folder(entry))).lt(own.iter().chain(slash(own_is_folder)))
}

/// Returns the tree of a folder in a tree.
pub fn folder_in(tree: &[u8], own: &str) -> Option<ObjectId> {
    entries(tree).find(|line| is_folder(line) && line.name == own.as_bytes())?.object.try_into().ok()
}

/// Returns a tree with one entry added or replaced. `None` if the name belongs to an entry of another kind, or the tree
/// is damaged.
fn with(tree: &[u8], mode: &str, own: &str, name: &ObjectId) -> Option<Vec<u8>> {
    let own_is_folder = mode == FOLDER;
    let (mut range, mut read) = (None, 0);
    for line in entries(tree) {
        read = line.range.end;
        if line.name == own.as_bytes() {
            let alike = if own_is_folder { is_folder(&line) } else { line.mode.starts_with(b"100") };
            if !alike {
                return None;
            }
            range = Some(line.range);
        } else if is_before(&line, own.as_bytes(), own_is_folder) && range.as_ref().is_none_or(|range| range.is_empty())
        {
            range = Some(line.range.end..line.range.end);
        }
    }
    if read != tree.len() {
        return None;
    }
    let range = range.unwrap_or(0..0);
    let mut bytes = tree[..range.start].to_vec();
    bytes.extend([mode.as_bytes(), b" ", own.as_bytes(), b"\0", name].concat());
    bytes.extend(&tree[range.end..]);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tree: &[u8]) -> Vec<String> {
        entries(tree).map(|line| String::from_utf8_lossy(line.name).into_owned()).collect()
    }

    #[test]
    fn a_folder_sorts_with_its_slash() {
        let mut tree = Vec::new();
        for (mode, own) in [("100644", "a.b"), (FOLDER, "a"), ("100644", "a0"), ("100644", "Z"), (FOLDER, "z")] {
            tree = with(&tree, mode, own, &[1; 20]).unwrap();
        }
        assert_eq!(names(&tree), ["Z", "a.b", "a", "a0", "z"]);
        let same = with(&tree, FOLDER, "a", &[1; 20]).unwrap();
        assert_eq!(same, tree);
        assert_ne!(with(&tree, "100755", "a0", &[1; 20]).unwrap(), tree);
        assert_eq!(with(&tree, "100644", "a", &[1; 20]), None);
        assert_eq!(with(&tree, FOLDER, "a0", &[1; 20]), None);
        assert_eq!(with(&tree[..tree.len() - 1], "100644", "b", &[1; 20]), None);
    }

    #[test]
    fn answers_of_two_commits_are_refused() {
        let paths = || ["x/a"].into_iter();
        let inner = with(&[], "100644", "a", &[7; 20]).unwrap();
        let name = objects::name(ObjectKind::Tree, &inner);
        let answers = |inside: &ObjectId| {
            let top = with(&[], FOLDER, "x", inside).unwrap();
            let commit = format!("tree {}\n", objects::to_hex(&objects::name(ObjectKind::Tree, &top))).into_bytes();
            let mut all = Vec::new();
            for (kind, bytes) in
                [(ObjectKind::Commit, commit), (ObjectKind::Tree, top), (ObjectKind::Tree, inner.clone())]
            {
                let word = if matches!(kind, ObjectKind::Commit) { "commit" } else { "tree" };
                all.extend(
                    format!("{} {word} {}\n", objects::to_hex(&objects::name(kind, &bytes)), bytes.len()).bytes(),
                );
                all.extend([bytes, b"\n".to_vec()].concat());
            }
            all
        };
        assert!(Trees::read(paths(), &answers(&name)).is_some());
        assert!(Trees::read(paths(), &answers(&[9; 20])).is_none());
        assert!(Trees::read(paths(), &answers(&name)[1..]).is_none());
        let unborn = b"HEAD missing\nHEAD^{tree} missing\nHEAD:x missing\n";
        assert!(Trees::read(paths(), unborn).is_some_and(|trees| trees.head.is_none() && !trees.contains("", "x")));
    }
}
