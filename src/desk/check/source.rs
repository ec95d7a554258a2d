//! The source of the files that are not tickets: the work tree, git's index or a commit.
//!
//! The rules read files through it, so that each rule is written once.

use crate::error::Error;

/// A function that returns the bytes at a path relative to the root; none if nothing is there. If it is not a plain
/// file, it may return [`Error::Damaged`].
pub(super) type FileSource<'a> = dyn FnMut(&str) -> Result<Option<Vec<u8>>, Error> + 'a;

/// Returns the bytes of a plain file; none if there is none. Something else at the path is reported by another rule.
pub(super) fn plain_file(read: &mut FileSource<'_>, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match read(path) {
        Err(Error::Damaged { .. }) => Ok(None),
        bytes => bytes,
    }
}
