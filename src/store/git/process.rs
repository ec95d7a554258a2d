//! A git whose output is read while it runs.

use std::io::BufReader;
use std::os::fd::AsFd;
use std::process::{Child, ChildStdin, ChildStdout};

use super::GitError;
use super::command::GitCommand;
use super::output_file::OutputFile;

/// The size of a pipe from git, in bytes: the most that the system allows to every user.
const PIPE: usize = 1 << 20;

/// A running git, which is ended when it is dropped.
#[derive(Debug)]
pub(super) struct GitProcess {
    child: Child,
    /// The output.
    pub out: BufReader<ChildStdout>,
    stderr: OutputFile,
}

impl GitProcess {
    /// Starts git, and returns it with its standard input.
    pub fn start(run: GitCommand) -> Result<(Self, ChildStdin), GitError> {
        let stderr = OutputFile::empty();
        let mut child = run.start(stderr.stdio())?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| GitError::refused("git has no pipes"))?;
        widen(&stdout);
        Ok((Self { child, out: BufReader::with_capacity(1 << 16, stdout), stderr }, stdin))
    }

    /// Waits for the end of git, and returns its error.
    pub fn end(&mut self) -> Result<(), GitError> {
        if self.child.wait()?.success() { Ok(()) } else { Err(GitError::refused(self.stderr.text())) }
    }

    /// Waits for the end of git after an error of reading its output. Returns git's own error, if it printed one.
    pub fn read_error(&mut self, error: &std::io::Error) -> GitError {
        let _ = self.child.wait();
        let printed = self.stderr.text();
        GitError::refused(if printed.is_empty() { error.to_string() } else { printed })
    }
}

impl Drop for GitProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Enlarges a pipe, if the system can, so that its two ends wait for each other less often.
fn widen(pipe: &impl AsFd) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE);
    #[cfg(not(target_os = "linux"))]
    let _ = (pipe, PIPE);
}
