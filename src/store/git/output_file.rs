//! Outputs of a process that are read after its end: git can print much, and a pipe that is not read until then would
//! block it.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::Stdio;

/// The bytes of an output file that are read at most.
const LARGEST_OUTPUT: u64 = 1 << 16;

/// A file without a name that takes an output of a process.
#[derive(Debug)]
pub(super) struct OutputFile(Option<File>);

impl OutputFile {
    /// Returns an empty file. If none can be created, the output is discarded.
    pub fn empty() -> Self {
        Self(tempfile::tempfile().ok())
    }

    /// Returns the output for the process.
    pub fn stdio(&self) -> Stdio {
        self.0.as_ref().and_then(|file| file.try_clone().ok()).map_or_else(Stdio::null, Stdio::from)
    }

    /// Returns the beginning of the output.
    pub fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(file) = &mut self.0 {
            // If the file cannot be read, the failure of the process is still reported.
            let _ = file.rewind().and_then(|()| file.take(LARGEST_OUTPUT).read_to_end(&mut bytes));
        }
        bytes
    }

    /// Returns the beginning of the output as text, without blanks at both ends.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).trim().to_owned()
    }
}
