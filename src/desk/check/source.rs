//! Where the rules about the files beside the tickets read them from: whoever checks says it, of the work tree, of git's
//! index or of a commit, so that each rule is written once.
//!
//! Must not know which of them it is.

use crate::error::Error;

/// Gives the bytes at a path relative to the root; none where nothing is there. A file that is no plain one may be
/// [`Error::Damaged`].
pub(super) type FileSource<'a> = dyn FnMut(&str) -> Result<Option<Vec<u8>>, Error> + 'a;

/// The bytes of a plain file; none where there is no such file. What is wrong with another one is told elsewhere.
pub(super) fn plain(read: &mut FileSource<'_>, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match read(path) {
        Err(Error::Damaged { .. }) => Ok(None),
        bytes => bytes,
    }
}
