//! The checkpoint of an audit: the last commit that `audit --since-verified` found good.
//!
//! It is in the git directory, where only the auditor writes. In the repository, the author of an audited commit could
//! push one (docs/decisions/0009-audit.md).

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{AuditOptions, AuditReport, HistoryAudit};
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{HISTORY_REWRITTEN, Severity};
use crate::error::Error;
use crate::store::files::{desk_folder, new_shared_file};

/// The file name of the checkpoint, in the state directory of the desk.
const NAME: &str = "verified";
/// The version of the audit's rules: it grows when the audit checks more than the one that wrote an older checkpoint.
const RULES: u64 = 3;

/// A commit up to which an audit found nothing, and the options of that audit.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Checkpoint {
    commit: String,
    desk: String,
    #[serde(default)]
    identity: bool,
    #[serde(default)]
    signed: bool,
    tolerance_seconds: Option<i64>,
    #[serde(default)]
    rules: u64,
}

impl HistoryAudit {
    fn checkpoint_path(&self) -> Result<PathBuf, Error> {
        Ok(desk_folder(&self.repository.git_folder()?, Path::new(self.repository.prefix()?)).join(NAME))
    }

    /// Returns the checkpoint of this desk as written.
    fn read_checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        let Ok(text) = fs::read_to_string(self.checkpoint_path()?) else { return Ok(None) };
        let (checkpoint, desk) = (serde_json::from_str::<Checkpoint>(&text).ok(), self.repository.prefix()?);
        Ok(checkpoint.filter(|checkpoint| checkpoint.desk == desk))
    }

    /// Returns whether a commit is older than the verified one, which a branch or a tag still reaches.
    pub(super) fn is_before_verified(&self, verified: &str, commit: &str) -> Result<bool, Error> {
        Ok(self.repository.is_ancestor(commit, verified)? && self.repository.is_reachable(verified)?)
    }

    /// Writes the checkpoint after an audit without findings; only errors count, unless `is_strict`.
    ///
    /// An audit that continues from the checkpoint (`is_continued`) moves it, also if its only finding is that the
    /// history was rewritten: then it audited everything. Another audit of HEAD moves the checkpoint only if no branch
    /// or tag reaches the old one.
    ///
    /// # Errors
    /// git refuses, or the checkpoint cannot be written.
    pub fn save_checkpoint(
        &self,
        report: &AuditReport,
        options: AuditOptions,
        is_continued: bool,
        is_strict: bool,
    ) -> Result<(), Error> {
        let Some(tip) = report.tip.clone() else { return Ok(()) };
        let counts = |finding: &&Finding| is_strict || finding.severity == Severity::Error;
        let mut others = report.findings.iter().filter(counts).filter(|finding| *finding.rule != HISTORY_REWRITTEN);
        if others.next().is_some() {
            return Ok(());
        }
        if !is_continued {
            let Some(Checkpoint { commit: verified, .. }) = self.read_checkpoint()? else { return Ok(()) };
            if self.repository.is_ancestor(&verified, &tip)? || self.is_before_verified(&verified, &tip)? {
                return Ok(());
            }
        }
        self.write_checkpoint(&Checkpoint {
            commit: tip,
            desk: self.repository.prefix()?.to_owned(),
            identity: options.identity,
            signed: options.signed,
            tolerance_seconds: Some(options.tolerance.num_seconds()),
            rules: RULES,
        })
    }

    /// Returns the commit up to which an audit with at least these options found nothing.
    ///
    /// # Errors
    /// git refuses.
    pub fn verified_commit(&self, options: &AuditOptions) -> Result<Option<String>, Error> {
        let Some(checkpoint) = self.read_checkpoint()? else { return Ok(None) };
        let tolerance = checkpoint.tolerance_seconds.map_or(TimeDelta::MAX, TimeDelta::seconds);
        let covers_options = checkpoint.rules == RULES
            && checkpoint.identity >= options.identity
            && checkpoint.signed >= options.signed
            && tolerance <= options.tolerance;
        Ok(Some(checkpoint.commit).filter(|_| covers_options))
    }

    fn write_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let path = self.checkpoint_path()?;
        let json = serde_json::to_string(checkpoint).expect("a checkpoint has only texts, numbers and flags");
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
        // Renamed into place, so that readers find a whole checkpoint or none.
        let mut new = new_shared_file(folder).map_err(Error::io(folder, "write to"))?;
        std::io::Write::write_all(&mut new, format!("{json}\n").as_bytes()).map_err(Error::io(&path, "write"))?;
        new.persist(&path).map(|_| ()).map_err(|error| Error::io(&path, "write")(error.error))
    }
}
