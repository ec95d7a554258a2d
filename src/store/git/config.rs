//! What git is told of ticket files: its settings and attributes, read and added to.
//!
//! Must not know which settings there should be.

use super::{GitError, Repository};

impl Repository {
    /// The settings of a name that a pattern of git's means, as pairs of name and value; the last of one counts.
    ///
    /// # Errors
    /// git is not there, or cannot read its own settings.
    pub fn settings(&self, pattern: &str) -> Result<Vec<(String, String)>, GitError> {
        let output = self.run(&["config", "-z", "--get-regexp", pattern]).output()?;
        // Without any such setting git ends with 1 and says nothing.
        if !output.success && !output.stderr.is_empty() {
            return Err(output.refusal());
        }
        let pair = |setting: &str| {
            let (name, value) = setting.split_once('\n').unwrap_or((setting, ""));
            (name.to_owned(), value.to_owned())
        };
        Ok(output.stdout.split('\0').filter(|setting| !setting.is_empty()).map(pair).collect())
    }

    /// Writes a setting into the repository's own configuration.
    ///
    /// # Errors
    /// git refuses.
    pub fn set(&self, name: &str, value: &str) -> Result<(), GitError> {
        self.run(&["config", "--local", name, value]).done()
    }

    /// The values that some attributes have for a path, in their order.
    ///
    /// # Errors
    /// git refuses.
    pub fn attributes(&self, names: &[&str], path: &str) -> Result<Vec<String>, GitError> {
        let output = self.run(&[&["check-attr", "-z"], names].concat()).paths(&[path.to_owned()]).output()?;
        if !output.success {
            return Err(output.refusal());
        }
        let words: Vec<&str> = output.stdout.split('\0').collect();
        Ok(words.chunks_exact(3).map(|facts| facts[2].to_owned()).collect())
    }

    /// The version of git, as it says it.
    ///
    /// # Errors
    /// git is not there.
    pub fn version(&self) -> Result<String, GitError> {
        let said = self.run(&["--version"]).output()?.stdout;
        Ok(said.trim().trim_start_matches("git version ").to_owned())
    }
}
