//! What a process says on its error output while its output is read.
//!
//! It goes to a file without a name: a pipe that nobody reads before the end stops whoever fills it, and git may say much.
//! Must not know what is said, or to whom it is told.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::Stdio;

/// How much of it is told at most, in bytes.
const TOLD: u64 = 1 << 16;

/// What was said so far.
#[derive(Debug)]
pub(super) struct StderrFile(Option<File>);

impl StderrFile {
    /// Nothing yet. Where no file can be made nothing is kept.
    pub fn nothing() -> Self {
        Self(tempfile::tempfile().ok())
    }

    /// Where the process shall say it.
    pub fn stdio(&self) -> Stdio {
        self.0.as_ref().and_then(|file| file.try_clone().ok()).map_or_else(Stdio::null, Stdio::from)
    }

    /// What was said, from its beginning.
    pub fn words(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Some(file) = &mut self.0 {
            // What cannot be read back is not told; that the process failed is.
            let _ = file.rewind().and_then(|()| file.take(TOLD).read_to_end(&mut bytes));
        }
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}
