//! Files that merges united: what each parent had of them.
//!
//! Must not know what the files are for.

use super::{GitError, Repository};

/// A file that a merge made another one of than any of its parents had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemergedFile {
    /// Its path, from the top of the repository.
    pub path: String,
    /// The objects that the parents had there.
    pub sides: Vec<String>,
}

impl Repository {
    /// What the merges among some revisions united, as git names revisions: `HEAD`, `^older`, `older..newer`.
    ///
    /// # Errors
    /// git does not know a revision.
    pub fn met(&self, revisions: &[&str]) -> Result<Vec<RemergedFile>, GitError> {
        let fixed = ["log", "--merges", "-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative"];
        let form = ["--no-show-signature", "--format="];
        let listed = self.run(&[&fixed[..], &form, revisions, &["--"]].concat()).output()?;
        if !listed.success {
            return Err(listed.refusal());
        }
        let mut words = listed.stdout.split('\0').map(|word| word.trim_start_matches('\n'));
        let mut met = Vec::new();
        while let Some(word) = words.next() {
            let Some(sides) = sides(word) else { continue };
            met.extend(words.next().map(|path| RemergedFile { path: path.to_owned(), sides }));
        }
        Ok(met)
    }
}

/// The objects of the parents in `::mode mode mode object object object letters`: a colon for each of them, and of both
/// modes and objects the result's comes last.
fn sides(facts: &str) -> Option<Vec<String>> {
    let parents = facts.chars().take_while(|c| *c == ':').count();
    let words: Vec<&str> = facts.get(parents..)?.split(' ').collect();
    let sides = words.get(parents + 1..2 * parents + 1).filter(|_| parents > 1)?;
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
