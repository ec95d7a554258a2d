//! The files of a revision: one `ls-tree` and one `cat-file --batch`, whatever their number.

use super::{GitRefusal, Repository};

impl Repository {
    /// The files below a folder in a revision, with their bytes, in the order of their paths.
    ///
    /// # Errors
    /// git does not know the revision.
    pub fn files_at(&self, revision: &str, folder: &str) -> Result<Vec<(String, Vec<u8>)>, GitRefusal> {
        // `--end-of-options` keeps a revision that begins with a minus from being an option.
        let listing = self
            .run(&["ls-tree", "-r", "-z", "--full-name", "--end-of-options", revision])
            .paths(&[folder.to_owned()])
            .output()?;
        if !listing.success {
            return Err(GitRefusal::Refused { said: listing.stderr });
        }
        let entries: Vec<(&str, &str)> = listing.stdout.split('\0').filter_map(blob).collect();
        let asked: String = entries.iter().map(|(object, _)| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(asked.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut files = Vec::with_capacity(entries.len());
        for (_, path) in entries {
            let Some((content, behind)) = take_object(rest) else { break };
            files.push((path.to_owned(), content.to_vec()));
            rest = behind;
        }
        Ok(files)
    }
}

/// The object and path of one line of `ls-tree`, if it is a plain file.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
    (kind == "blob" && mode.starts_with("100")).then_some((object, path))
}

/// One object of `cat-file --batch`: `<name> blob <size>`, the bytes, a line end.
fn take_object(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let size: usize = std::str::from_utf8(&bytes[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let content = bytes.get(end + 1..end + 1 + size)?;
    Some((content, bytes.get(end + 2 + size..)?))
}
