//! How far an auditor got: noted in the git directory, where only who audits can write it. A note that travels with the
//! repository could be pushed by whoever is audited.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{AuditOptions, AuditReport, HistoryAudit};
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{HISTORY_REWRITTEN, Severity};
use crate::error::Error;

/// The name of the note, in the folder casebook has in the git directory.
const NAME: &str = "verified";
/// Counts on when rules come to the audit that older notes do not vouch for.
const RULES: u64 = 3;

/// Up to which commit nothing was wrong, and what was asked.
#[derive(Clone, Debug)]
struct Checkpoint {
    /// The commit.
    commit: String,
    /// What was asked.
    questions: AuditOptions,
}

impl HistoryAudit {
    fn place(&self) -> Result<PathBuf, Error> {
        Ok(self.repository.git_folder()?.join("casebook").join(NAME))
    }

    fn noted(&self) -> Result<Option<Value>, Error> {
        let Ok(text) = fs::read_to_string(self.place()?) else { return Ok(None) };
        let note: Option<Value> = serde_json::from_str(&text).ok();
        Ok(note.filter(|note| note["desk"].as_str() == Some(&self.prefix)))
    }

    /// Whether a commit is older than one that was verified, and a branch or a tag still leads to that one.
    pub(super) fn leads_back(&self, verified: &str, now: &str) -> Result<bool, Error> {
        Ok(self.repository.is_ancestor(now, verified)? && self.repository.is_reachable(verified)?)
    }

    /// Takes note of what an audit came to. One that goes on from the last, and finds nothing but that this was
    /// rewritten, has audited all there is; and so has one of all that HEAD leads to, where the note leads nowhere.
    ///
    /// # Errors
    /// git refuses, or the note cannot be written.
    pub fn note(
        &self,
        found: &AuditReport,
        questions: AuditOptions,
        goes_on: bool,
        is_strict: bool,
    ) -> Result<(), Error> {
        let Some(tip) = found.tip.clone() else { return Ok(()) };
        let counts = |finding: &&Finding| is_strict || finding.severity == Severity::Error;
        let mut others = found.findings.iter().filter(counts).filter(|finding| *finding.rule != HISTORY_REWRITTEN);
        if others.next().is_some() {
            return Ok(());
        }
        if !goes_on {
            let note = self.noted()?;
            let Some(known) = note.as_ref().and_then(|note| note["commit"].as_str()) else { return Ok(()) };
            if self.repository.is_ancestor(known, &tip)? || self.leads_back(known, &tip)? {
                return Ok(());
            }
        }
        self.note_verified(&Checkpoint { commit: tip, questions })
    }

    /// The commit up to which an audit that asked as much found nothing.
    ///
    /// # Errors
    /// git refuses.
    pub fn verified(&self, questions: &AuditOptions) -> Result<Option<String>, Error> {
        let Some(note) = self.noted()? else { return Ok(None) };
        let flag = |name: &str| note[name].as_bool().unwrap_or(false);
        let tolerance = note["tolerance_seconds"].as_i64().map_or(TimeDelta::MAX, TimeDelta::seconds);
        let asked_as_much = note["rules"].as_u64() == Some(RULES)
            && flag("identity") >= questions.identity
            && flag("signed") >= questions.signed
            && tolerance <= questions.tolerance;
        Ok(note["commit"].as_str().filter(|_| asked_as_much).map(str::to_owned))
    }

    /// Notes up to which commit nothing was wrong.
    ///
    /// # Errors
    /// The note cannot be written.
    fn note_verified(&self, verified: &Checkpoint) -> Result<(), Error> {
        let (path, questions) = (self.place()?, &verified.questions);
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
