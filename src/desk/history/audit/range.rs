//! The range of commits that an audit covers.

use super::HistoryAudit;
use crate::desk::RevisionRange;
use crate::domain::rules::HISTORY_REWRITTEN;
use crate::domain::rules::finding::Finding;
use crate::error::Error;

/// A range of commits to audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditRange {
    /// All commits that HEAD reaches.
    Head,
    /// All commits that a branch or tag reaches.
    All,
    /// The commits between two revisions.
    Between(RevisionRange),
    /// All commits that HEAD reaches, except those up to a verified one.
    Since(String),
}

/// The commits of a range.
pub(super) struct SelectedCommits {
    /// The newest commit.
    pub tip: Option<String>,
    /// The revisions that select the commits, as `git rev-list` takes them.
    pub revisions: Vec<String>,
    /// The finding that the verified history was rewritten.
    pub rewritten: Option<Finding>,
}

impl HistoryAudit {
    /// Returns the commits of a range.
    ///
    /// # Errors
    /// git refuses, or does not know a revision of the range.
    pub(super) fn revisions(&self, range: &AuditRange) -> Result<SelectedCommits, Error> {
        let head = || self.repository.commit_of("HEAD").ok();
        let selected = |tip: Option<String>, revisions| SelectedCommits { tip, revisions, rewritten: None };
        Ok(match range {
            AuditRange::Head => {
                let head = head();
                selected(head.clone(), head.into_iter().collect())
            }
            AuditRange::All => {
                let (all, head) = (["--branches", "--tags", "--remotes"].map(str::to_owned), head());
                selected(head.clone(), all.into_iter().chain(head).collect())
            }
            AuditRange::Between(between) => {
                let to = self.commit_of(&between.to)?;
                let from = match &between.from {
                    Some(from) if between.since_merge_base => {
                        Some(self.repository.merge_base(&self.commit_of(from)?, &to)?)
                    }
                    // Resolving it now could mean a walk to it, which git does anyway when it lists the commits.
                    from => from.as_ref().map(|from| format!("{from}^{{commit}}")),
                };
                selected(Some(to.clone()), std::iter::once(to).chain(from.map(|from| format!("^{from}"))).collect())
            }
            AuditRange::Since(verified) => match head() {
                Some(now) if self.repository.is_ancestor(verified, &now)? => {
                    selected(Some(now.clone()), vec![now, format!("^{verified}")])
                }
                // An older commit is checked out, and the verified one still exists.
                Some(now) if self.is_before_verified(verified, &now)? => selected(Some(verified.clone()), Vec::new()),
                head => {
                    let message = format!(
                        "the history was verified up to {verified}, which HEAD does not reach: it was rewritten, or another branch is checked out; the whole history of HEAD was audited again"
                    );
                    let rewritten = Some(Finding::new(&HISTORY_REWRITTEN, ".", message));
                    SelectedCommits { rewritten, ..selected(head.clone(), head.into_iter().collect()) }
                }
            },
        })
    }

    /// Returns the commit that both ends of a range have in common.
    ///
    /// # Errors
    /// git does not know an end, or there is no such commit.
    pub(super) fn base_of(&self, range: &RevisionRange) -> Result<String, Error> {
        let from = self.commit_of(range.from.as_deref().unwrap_or("HEAD"))?;
        Ok(self.repository.merge_base(&from, &self.commit_of(&range.to)?)?)
    }

    fn commit_of(&self, revision: &str) -> Result<String, Error> {
        let unknown = |refusal| Error::NoRevision { revision: revision.to_owned(), refusal };
        self.repository.commit_of(revision).map_err(unknown)
    }

    /// Returns the error that git does not know the start of a range, which is why walking it failed.
    pub(super) fn unknown_start(&self, range: &AuditRange) -> Option<Error> {
        let AuditRange::Between(between) = range else { return None };
        self.commit_of(between.from.as_deref()?).err()
    }
}
