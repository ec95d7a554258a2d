//! Files that merge commits combined, with the objects of their parents.

use super::{GitError, Repository};

/// A file whose merged content differs from that of every parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemergedFile {
    /// The path, relative to the root of the repository.
    pub path: String,
    /// The object names of the file in the parents.
    pub sides: Vec<String>,
}

impl Repository {
    /// Returns the files that the merges among some revisions combined. `revisions` are arguments of `git log`: `HEAD`,
    /// `^older`, `older..newer`.
    ///
    /// # Errors
    /// A revision does not exist.
    pub fn remerged_files(&self, revisions: &[&str]) -> Result<Vec<RemergedFile>, GitError> {
        let fixed = ["log", "--merges", "-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative"];
        let form = ["--no-show-signature", "--format="];
        let listed = self.run(&[&fixed[..], &form, revisions, &["--"]].concat()).output()?;
        if !listed.success {
            return Err(listed.into_error());
        }
        let mut parts = listed.stdout.split('\0').map(|word| word.trim_start_matches('\n'));
        let mut files = Vec::new();
        while let Some(word) = parts.next() {
            let Some(sides) = sides(word) else { continue };
            files.extend(parts.next().map(|path| RemergedFile { path: path.to_owned(), sides }));
        }
        Ok(files)
    }
}

/// Parses the parents' objects in `::mode mode mode object object object letters`. There is one colon per parent; the
/// last mode and the last object are those of the merge.
fn sides(line: &str) -> Option<Vec<String>> {
    let parents = line.chars().take_while(|c| *c == ':').count();
    let fields: Vec<&str> = line.get(parents..)?.split(' ').collect();
    let sides = fields.get(parents + 1..2 * parents + 1).filter(|_| parents > 1)?;
    Some(sides.iter().map(|side| (*side).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_objects_of_the_parents_are_read() {
        assert_eq!(sides("::100644 100644 100644 a b c MM"), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(sides(":::100644 100644 100644 100644 a b c d MMM").map(|sides| sides.len()), Some(3));
        assert_eq!(sides(":100644 100644 a b M"), None);
        assert_eq!(sides("tickets/a.yaml"), None);
    }
}
