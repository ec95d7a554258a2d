//! The trees of the last commit along the paths that change, and the same trees with the new files in them.
//!
//! One `git cat-file --batch` tells all of them; what it tells must hang together, since HEAD may move meanwhile.

use std::collections::BTreeMap;

use super::objects::{self, NewObjects, ObjectId, ObjectKind};

/// The mode of a tree inside a tree.
const FOLDER: &str = "40000";

/// A file to be in the commit.
#[derive(Clone, Debug)]
pub struct NewBlob {
    /// Its path below the top of the work tree.
    pub path: String,
    pub mode: &'static str,
    pub name: ObjectId,
}

/// The last commit along some paths.
#[derive(Debug)]
pub struct Trees {
    /// The commit; none on a branch that is not born.
    pub head: Option<ObjectId>,
    folders: BTreeMap<String, Option<Tree>>,
}

#[derive(Debug)]
struct Tree {
    name: ObjectId,
    bytes: Vec<u8>,
}

/// What became of a folder on the way.
#[derive(Clone, Copy, Debug)]
pub struct EditedDir {
    /// Its tree in the last commit, where it has one.
    pub before: Option<ObjectId>,
    pub after: ObjectId,
}

/// The folders of some paths, and all above them; the top is the empty word.
pub fn folders_of<'a, T>(paths: impl Iterator<Item = &'a str>) -> BTreeMap<String, Option<T>> {
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

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What to ask `git cat-file --batch` for.
pub fn batch_request<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut asked = String::from("HEAD\n");
    for folder in folders_of::<Tree>(paths).keys() {
        asked.push_str(&if folder.is_empty() { "HEAD^{tree}\n".to_owned() } else { format!("HEAD:{folder}\n") });
    }
    asked.into_bytes()
}

impl Trees {
    /// Reads the answers to [`batch_request`]. `None` if they are odd, or of two different commits.
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
        trees.hang_together(head.as_ref()).then_some(trees)
    }

    fn hang_together(&self, head: Option<&Tree>) -> bool {
        self.folders.iter().all(|(folder, tree)| {
            let name = tree.as_ref().map(|tree| tree.name);
            if folder.is_empty() {
                let said = head.and_then(|commit| {
                    let line = commit.bytes.strip_prefix(b"tree ")?.get(..40)?;
                    objects::read(std::str::from_utf8(line).ok()?)
                });
                return head.is_some() == name.is_some() && said == name;
            }
            let (parent, own) = split(folder);
            let parent = self.folders.get(parent).and_then(Option::as_ref);
            let entry = parent.and_then(|parent| entries(&parent.bytes).find(|entry| entry.own == own.as_bytes()));
            match (entry, name) {
                (Some(entry), Some(name)) => entry.mode == FOLDER.as_bytes() && entry.name == name,
                (entry, name) => entry.is_none() && name.is_none(),
            }
        })
    }

    /// The folders of the paths and all above them, down from the top of the work tree, which is the empty word.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// Whether a folder holds something of that name in the last commit.
    pub fn holds(&self, folder: &str, own: &str) -> bool {
        let tree = self.folders.get(folder).and_then(Option::as_ref);
        tree.is_some_and(|tree| entries(&tree.bytes).any(|line| line.own == own.as_bytes()))
    }

    /// Puts the files in, and the new trees among the objects: what became of each folder. `None` where a file would
    /// take the place of something that is none.
    pub fn write_trees(&self, blobs: &[NewBlob], objects: &mut NewObjects) -> Option<BTreeMap<String, EditedDir>> {
        let mut new: BTreeMap<&str, Vec<u8>> =
            self.folders.iter().map(|(folder, tree)| (folder.as_str(), tree_bytes(tree.as_ref()))).collect();
        for blob in blobs {
            let (folder, own) = split(&blob.path);
            let bytes = new.get_mut(folder)?;
            *bytes = with(bytes, blob.mode, own, &blob.name)?;
        }
        let mut edited = BTreeMap::new();
        // What lies in a folder sorts behind it: backwards, each folder comes before the one it lies in.
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

fn tree_bytes(tree: Option<&Tree>) -> Vec<u8> {
    tree.map(|tree| tree.bytes.clone()).unwrap_or_default()
}

struct BatchAnswers<'a> {
    rest: &'a [u8],
}

impl BatchAnswers<'_> {
    /// The next object, `Some(None)` if it is missing.
    fn next(&mut self, kind: &str) -> Option<Option<Tree>> {
        let end = memchr::memchr(b'\n', self.rest)?;
        let line = std::str::from_utf8(&self.rest[..end]).ok()?;
        self.rest = &self.rest[end + 1..];
        if line.ends_with(" missing") {
            return Some(None);
        }
        let mut words = line.split(' ');
        let (name, told, length) = (words.next()?, words.next()?, words.next()?.parse::<usize>().ok()?);
        if told != kind || words.next().is_some() || *self.rest.get(length)? != b'\n' {
            return None;
        }
        let bytes = self.rest[..length].to_vec();
        self.rest = &self.rest[length + 1..];
        Some(Some(Tree { name: objects::read(name)?, bytes }))
    }
}

/// One line of a tree.
struct TreeLine<'a> {
    mode: &'a [u8],
    own: &'a [u8],
    name: ObjectId,
    /// Where it begins and ends.
    place: std::ops::Range<usize>,
}

impl TreeLine<'_> {
    fn is_folder(&self) -> bool {
        self.mode == FOLDER.as_bytes()
    }

    /// git sorts a folder as if its name ended with a slash.
    fn is_before(&self, own: &[u8], is_folder: bool) -> bool {
        let slash = |is_folder: bool| is_folder.then_some(&b'/');
        self.own.iter().chain(slash(self.is_folder())).lt(own.iter().chain(slash(is_folder)))
    }
}

/// The lines of a tree, up to the first that is damaged.
fn entries(tree: &[u8]) -> impl Iterator<Item = TreeLine<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = tree.get(at..)?;
        let blank = memchr::memchr(b' ', rest)?;
        let end = blank + memchr::memchr(0, &rest[blank..])?;
        let name = rest.get(end + 1..end + 21)?.try_into().ok()?;
        let begin = at;
        at += end + 21;
        Some(TreeLine { mode: &rest[..blank], own: &rest[blank + 1..end], name, place: begin..at })
    })
}

/// The tree of a folder that lies in a tree.
pub fn folder_in(tree: &[u8], own: &str) -> Option<ObjectId> {
    entries(tree).find(|line| line.is_folder() && line.own == own.as_bytes()).map(|line| line.name)
}

/// A tree with one line set. `None` where the name stands for a thing of another kind, or the tree is damaged.
fn with(tree: &[u8], mode: &str, own: &str, name: &ObjectId) -> Option<Vec<u8>> {
    let is_folder = mode == FOLDER;
    let (mut place, mut read) = (None, 0);
    for line in entries(tree) {
        read = line.place.end;
        if line.own == own.as_bytes() {
            let alike = if is_folder { line.is_folder() } else { line.mode.starts_with(b"100") };
            if !alike {
                return None;
            }
            place = Some(line.place);
        } else if line.is_before(own.as_bytes(), is_folder) && place.as_ref().is_none_or(|place| place.is_empty()) {
            place = Some(line.place.end..line.place.end);
        }
    }
    if read != tree.len() {
        return None;
    }
    let place = place.unwrap_or(0..0);
    let mut bytes = tree[..place.start].to_vec();
    bytes.extend([mode.as_bytes(), b" ", own.as_bytes(), b"\0", name].concat());
    bytes.extend(&tree[place.end..]);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(tree: &[u8]) -> Vec<String> {
        entries(tree).map(|line| String::from_utf8_lossy(line.own).into_owned()).collect()
    }

    #[test]
    fn a_folder_sorts_with_its_slash() {
        let mut tree = Vec::new();
        for (mode, own) in [("100644", "a.b"), (FOLDER, "a"), ("100644", "a0"), ("100644", "Z"), (FOLDER, "z")] {
            tree = with(&tree, mode, own, &[1; 20]).unwrap();
        }
        assert_eq!(spelt(&tree), ["Z", "a.b", "a", "a0", "z"]);
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
        assert!(Trees::read(paths(), unborn).is_some_and(|trees| trees.head.is_none() && !trees.holds("", "x")));
    }
}
