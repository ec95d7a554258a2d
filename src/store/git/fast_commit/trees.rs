//! The trees of the last commit along the changed paths, and the same trees with the new files.
//!
//! Each tree is read by the name that its parent gives it, so they belong together even if HEAD moves in the meantime.

use std::collections::{BTreeMap, BTreeSet};

use super::index_entries::StagedFile;
use super::objects::{self, NewObjects, ObjectId, ObjectKind};
use crate::store::git::objects::{TreeEntry, tree_entries};

/// The mode of a tree inside a tree.
const FOLDER: &str = "40000";

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
fn folders_of(paths: &[String]) -> BTreeSet<&str> {
    let mut folders = BTreeSet::new();
    for path in paths {
        let mut folder = path.as_str();
        while !folder.is_empty() {
            folder = split(folder).0;
            folders.insert(folder);
        }
    }
    folders
}

/// Splits a path into its folder and its name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

impl Trees {
    /// Returns the trees of a commit along some paths. `read` returns the bytes of a tree. `None` if a tree cannot be
    /// read.
    pub fn of_commit(
        head: Option<ObjectId>,
        commit: &[u8],
        paths: &[String],
        read: impl Fn(ObjectId) -> Option<Vec<u8>>,
    ) -> Option<Self> {
        let top = if head.is_some() { Some(tree_of(commit)?) } else { None };
        let mut folders: BTreeMap<String, Option<Tree>> = BTreeMap::new();
        // A folder sorts after its parent.
        for folder in folders_of(paths) {
            let (parent, own) = split(folder);
            let name = match folder {
                "" => top,
                _ => folders.get(parent)?.as_ref().and_then(|parent| folder_in(&parent.bytes, own)),
            };
            let tree = match name {
                Some(name) => Some(Tree { name, bytes: read(name)? }),
                None => None,
            };
            folders.insert(folder.to_owned(), tree);
        }
        Some(Self { head, folders })
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
    pub fn write_trees(&self, files: &[StagedFile], objects: &mut NewObjects) -> Option<BTreeMap<String, EditedDir>> {
        let mut new: BTreeMap<&str, Vec<u8>> = self
            .folders
            .iter()
            .map(|(folder, tree)| (folder.as_str(), tree.as_ref().map_or_else(Vec::new, |tree| tree.bytes.clone())))
            .collect();
        for file in files {
            let (folder, own) = split(&file.path);
            let bytes = new.get_mut(folder)?;
            *bytes = with(bytes, if file.executable { "100755" } else { "100644" }, own, &file.name)?;
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
fn tree_of(commit: &[u8]) -> Option<ObjectId> {
    objects::read(std::str::from_utf8(commit.strip_prefix(b"tree ")?.get(..40)?).ok()?)
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
fn folder_in(tree: &[u8], own: &str) -> Option<ObjectId> {
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
    use crate::store::git::log::hex;

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
    fn trees_are_read_by_the_names_in_their_parents() {
        let paths = ["x/a".to_owned()];
        let inner = with(&[], "100644", "a", &[7; 20]).unwrap();
        let top = with(&[], FOLDER, "x", &objects::name(ObjectKind::Tree, &inner)).unwrap();
        let commit = format!("tree {}\n", hex(&objects::name(ObjectKind::Tree, &top))).into_bytes();
        let known = [&top, &inner];
        let read =
            |name| known.iter().find(|tree| objects::name(ObjectKind::Tree, tree) == name).map(|tree| tree.to_vec());
        let trees = Trees::of_commit(Some([1; 20]), &commit, &paths, read).unwrap();
        assert!(trees.contains("", "x") && trees.contains("x", "a"));
        assert!(
            Trees::of_commit(Some([1; 20]), &commit, &paths, |name| read(name).filter(|tree| *tree == top)).is_none()
        );
        assert!(Trees::of_commit(Some([1; 20]), b"parent", &paths, read).is_none());
        let unborn = Trees::of_commit(None, b"", &paths, |_| None);
        assert!(unborn.is_some_and(|trees| trees.head.is_none() && !trees.contains("", "x")));
    }
}
