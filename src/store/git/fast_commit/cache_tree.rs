//! The names of trees that git's index remembers, so that a status need not compare what has not changed.

use std::collections::BTreeMap;

use super::objects::ObjectId;
use super::trees::EditedDir;

/// The trees remembered, where some folders were edited and some paths came in. What was true for the last commit
/// becomes true for the new one; a folder about which that is not certain is forgotten. `None` if they are damaged.
pub fn edited(content: &[u8], folders: &BTreeMap<String, EditedDir>, added: &[String]) -> Option<Vec<u8>> {
    let mut edit = CacheTreeEdit { rest: content, new: Vec::with_capacity(content.len() + 64), folders, added };
    edit.node(None)?;
    edit.rest.is_empty().then_some(edit.new)
}

struct CacheTreeEdit<'a> {
    rest: &'a [u8],
    new: Vec<u8>,
    folders: &'a BTreeMap<String, EditedDir>,
    added: &'a [String],
}

impl<'a> CacheTreeEdit<'a> {
    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let (word, behind) = self.rest.split_at(memchr::memchr(end, self.rest)?);
        self.rest = &behind[1..];
        Some(word)
    }

    fn count(&mut self, end: u8) -> Option<i64> {
        std::str::from_utf8(self.until(end)?).ok()?.parse().ok()
    }

    /// Copies a tree and those in it: its path, and whether it is remembered still.
    fn node(&mut self, parent: Option<&str>) -> Option<(String, bool)> {
        let own = self.until(0)?;
        // A name that is not UTF-8 is none of ours, nor are the folders in it.
        let own_words = std::str::from_utf8(own).unwrap_or("\0");
        let path = match parent {
            None | Some("") => own_words.to_owned(),
            Some(parent) => format!("{parent}/{own_words}"),
        };
        let (entries, inner) = (self.count(b' ')?, self.count(b'\n')?);
        let name: Option<ObjectId> = if entries < 0 {
            None
        } else {
            let (name, behind) = self.rest.split_at_checked(20)?;
            self.rest = behind;
            Some(name.try_into().ok()?)
        };
        // What stands before the trees in it depends on them.
        let before = std::mem::take(&mut self.new);
        let mut remembered = Vec::new();
        for _ in 0..inner {
            let (path, is_remembered) = self.node(Some(&path))?;
            if is_remembered {
                remembered.push(path);
            }
        }
        let inside = std::mem::replace(&mut self.new, before);
        let (entries, name) = self.turned(&path, entries, name, &remembered);
        self.new.extend(own);
        self.new.extend(format!("\0{entries} {inner}\n").bytes());
        self.new.extend(name.iter().flatten());
        self.new.extend(inside);
        Some((path, name.is_some()))
    }

    fn turned(
        &self,
        path: &str,
        entries: i64,
        name: Option<ObjectId>,
        remembered: &[String],
    ) -> (i64, Option<ObjectId>) {
        let Some(edited) = self.folders.get(path) else { return (entries, name) };
        let is_inside =
            |inner: &&String| !inner.is_empty() && inner.rsplit_once('/').map_or("", |(folder, _)| folder) == path;
        let mut below = self.folders.keys().filter(is_inside);
        if name.is_none() || name != edited.before || !below.all(|inner| remembered.contains(inner)) {
            return (-1, None);
        }
        let lies_here =
            |added: &&String| path.is_empty() || added.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let more = i64::try_from(self.added.iter().filter(lies_here).count()).unwrap_or_default();
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
    fn what_was_true_for_the_last_commit_is_true_for_the_new_one() {
        let all = |name: ObjectId, more: i64| {
            let other = tree("other", 2, Some(OLD), &[]);
            tree("", 5 + more, Some(name), &[other, tree("t", 3 + more, Some(name), &[])])
        };
        assert_eq!(edited(&all(OLD, 0), &folders(&["", "t"]), &[]), Some(all(NEW, 0)));
        assert_eq!(edited(&all(OLD, 0), &folders(&["", "t"]), &["t/x".to_owned()]), Some(all(NEW, 1)));
    }

    #[test]
    fn what_is_not_certain_is_forgotten() {
        let staged = tree("", 5, Some(OLD), &[tree("t", 3, Some([b's'; 20]), &[])]);
        let forgotten = tree("", -1, None, &[tree("t", -1, None, &[])]);
        assert_eq!(edited(&staged, &folders(&["", "t"]), &[]), Some(forgotten));
        let new_folder = tree("", 5, Some(OLD), &[]);
        assert_eq!(edited(&new_folder, &folders(&["", "t"]), &["t/x".to_owned()]), Some(tree("", -1, None, &[])));
    }

    #[test]
    fn what_is_damaged_is_none() {
        let whole = tree("", 5, Some(OLD), &[tree("t", 3, Some(OLD), &[])]);
        for cut in 0..whole.len() {
            assert_eq!(edited(&whole[..cut], &folders(&["", "t"]), &[]), None);
        }
    }
}
