//! How far an auditor got: noted in the git directory, where only who audits can write it. A note that travels with the
//! repository could be pushed by whoever is audited.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Auditor, Questions, git};
use crate::error::Error;

/// The name of the note, in the folder casebook has in the git directory.
const NAME: &str = "verified";
/// Counts on when rules come to the audit that older notes do not vouch for.
const RULES: u64 = 2;

/// Up to which commit nothing was wrong, and what was asked.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The commit.
    pub commit: String,
    /// What was asked.
    pub questions: Questions,
}

impl Auditor {
    fn note(&self) -> Result<PathBuf, Error> {
        Ok(self.repository.git_folder().map_err(git)?.join("casebook").join(NAME))
    }

    /// The commit up to which an audit that asked as much found nothing.
    ///
    /// # Errors
    /// git refuses.
    pub fn verified(&self, questions: &Questions) -> Result<Option<String>, Error> {
        let Ok(text) = fs::read_to_string(self.note()?) else { return Ok(None) };
        let note: Value = serde_json::from_str(&text).unwrap_or_default();
        let flag = |name: &str| note[name].as_bool().unwrap_or(false);
        let tolerance = note["tolerance_seconds"].as_i64().map_or(TimeDelta::MAX, TimeDelta::seconds);
        let asked_as_much = note["rules"].as_u64() == Some(RULES)
            && note["desk"].as_str() == Some(&self.prefix)
            && flag("identity") >= questions.identity
            && flag("signed") >= questions.signed
            && tolerance <= questions.tolerance;
        Ok(note["commit"].as_str().filter(|_| asked_as_much).map(str::to_owned))
    }

    /// Notes up to which commit nothing was wrong.
    ///
    /// # Errors
    /// The note cannot be written.
    pub fn note_verified(&self, verified: &Verified) -> Result<(), Error> {
        let (path, questions) = (self.note()?, &verified.questions);
        let note = json!({
            "commit": verified.commit,
            "desk": self.prefix,
            "identity": questions.identity,
            "signed": questions.signed,
            "tolerance_seconds": questions.tolerance.num_seconds(),
            "rules": RULES,
        });
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
        // One rename, so that a note is whole or not there.
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(folder, "write to"))?;
        std::io::Write::write_all(&mut new, format!("{note}\n").as_bytes()).map_err(Error::io(&path, "write"))?;
        new.persist(&path).map(|_| ()).map_err(|error| Error::io(&path, "write")(error.error))
    }
}
