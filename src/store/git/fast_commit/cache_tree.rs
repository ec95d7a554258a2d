//! The cached trees in git's index (extension `TREE`), which spare a status the comparison of unchanged folders.

use std::collections::BTreeMap;

use super::objects::ObjectId;
use super::trees::EditedDir;

/// Returns the cached trees after an edit of some folders and the addition of some paths. Trees that were those of the
/// last commit become those of the new commit; other trees of edited folders are invalidated. `None` if the bytes are
/// damaged.
pub fn edited(content: &[u8], folders: &BTreeMap<String, EditedDir>, added: &[String]) -> Option<Vec<u8>> {
    let mut edit = CacheTreeEdit { rest: content, new: Vec::with_capacity(content.len() + 64), folders, added };
    edit.node(None)?;
    edit.rest.is_empty().then_some(edit.new)
}

/// A rewrite of the cached trees.
struct CacheTreeEdit<'a> {
    rest: &'a [u8],
    new: Vec<u8>,
    folders: &'a BTreeMap<String, EditedDir>,
    added: &'a [String],
}

impl<'a> CacheTreeEdit<'a> {
    /// Reads the bytes up to a delimiter.
    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let (word, after) = self.rest.split_at(memchr::memchr(end, self.rest)?);
        self.rest = &after[1..];
        Some(word)
    }

    /// Reads a number up to a delimiter.
    fn count(&mut self, end: u8) -> Option<i64> {
        std::str::from_utf8(self.until(end)?).ok()?.parse().ok()
    }

    /// Copies a tree and the trees in it. Returns its path, and true if it is still valid.
    fn node(&mut self, parent: Option<&str>) -> Option<(String, bool)> {
        let own = self.until(0)?;
        // A name that is not UTF-8 cannot be that of an edited folder.
        let own_text = std::str::from_utf8(own).unwrap_or("\0");
        let path = match parent {
            None | Some("") => own_text.to_owned(),
            Some(parent) => format!("{parent}/{own_text}"),
        };
        let (entries, inner) = (self.count(b' ')?, self.count(b'\n')?);
        let name: Option<ObjectId> = if entries < 0 {
            None
        } else {
            let (name, after) = self.rest.split_at_checked(20)?;
            self.rest = after;
            Some(name.try_into().ok()?)
        };
        // The bytes of a tree precede those of the trees in it, and depend on them.
        let before = std::mem::take(&mut self.new);
        let mut valid = Vec::new();
        for _ in 0..inner {
            let (path, is_valid) = self.node(Some(&path))?;
            if is_valid {
                valid.push(path);
            }
        }
        let inside = std::mem::replace(&mut self.new, before);
        let (entries, name) = self.edited_node(&path, entries, name, &valid);
        self.new.extend(own);
        self.new.extend(format!("\0{entries} {inner}\n").bytes());
        self.new.extend(name.iter().flatten());
        self.new.extend(inside);
        Some((path, name.is_some()))
    }

    /// Returns the number of entries and the name of a tree after the edit.
    fn edited_node(
        &self,
        path: &str,
        entries: i64,
        name: Option<ObjectId>,
        valid: &[String],
    ) -> (i64, Option<ObjectId>) {
        let Some(edited) = self.folders.get(path) else { return (entries, name) };
        let is_inside =
            |inner: &&String| !inner.is_empty() && inner.rsplit_once('/').map_or("", |(folder, _)| folder) == path;
        let mut below = self.folders.keys().filter(is_inside);
        if name.is_none() || name != edited.before || !below.all(|inner| valid.contains(inner)) {
            return (-1, None);
        }
        let is_below =
            |added: &&String| path.is_empty() || added.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let more = i64::try_from(self.added.iter().filter(is_below).count()).unwrap_or_default();
        (entries + more, Some(edited.after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: ObjectId = [b'o'; 20];
    const NEW: ObjectId = [b'n'; 20];

    fn tree(own: &str, entries: i64, name: Option<ObjectId>, inside: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = format!("{own}\0{entries} {}\n", inside.len()).into_bytes();
        bytes.extend(name.iter().flatten());
        bytes.extend(inside.concat());
        bytes
    }

    fn folders(paths: &[&str]) -> BTreeMap<String, EditedDir> {
        paths.iter().map(|path| ((*path).to_owned(), EditedDir { before: Some(OLD), after: NEW })).collect()
    }

    #[test]
    fn trees_of_the_last_commit_become_those_of_the_new_one() {
        let all = |name: ObjectId, more: i64| {
            let other = tree("other", 2, Some(OLD), &[]);
            tree("", 5 + more, Some(name), &[other, tree("t", 3 + more, Some(name), &[])])
        };
        assert_eq!(edited(&all(OLD, 0), &folders(&["", "t"]), &[]), Some(all(NEW, 0)));
        assert_eq!(edited(&all(OLD, 0), &folders(&["", "t"]), &["t/x".to_owned()]), Some(all(NEW, 1)));
    }

    #[test]
    fn uncertain_trees_are_invalidated() {
        let staged = tree("", 5, Some(OLD), &[tree("t", 3, Some([b's'; 20]), &[])]);
        let invalidated = tree("", -1, None, &[tree("t", -1, None, &[])]);
        assert_eq!(edited(&staged, &folders(&["", "t"]), &[]), Some(invalidated));
        let new_folder = tree("", 5, Some(OLD), &[]);
        assert_eq!(edited(&new_folder, &folders(&["", "t"]), &["t/x".to_owned()]), Some(tree("", -1, None, &[])));
    }

    #[test]
    fn damaged_trees_are_refused() {
        let whole = tree("", 5, Some(OLD), &[tree("t", 3, Some(OLD), &[])]);
        for cut in 0..whole.len() {
            assert_eq!(edited(&whole[..cut], &folders(&["", "t"]), &[]), None);
        }
    }
}
