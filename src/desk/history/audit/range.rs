//! Which commits are audited. Must not know what is asked of them.

use super::HistoryAudit;
use crate::desk::RevisionRange;
use crate::domain::rules::HISTORY_REWRITTEN;
use crate::domain::rules::finding::Finding;
use crate::error::Error;

/// Which commits to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditRange {
    /// All that HEAD leads to.
    Head,
    /// All that any branch or tag leads to.
    All,
    /// Those of a stretch.
    Stretch(RevisionRange),
    /// All that HEAD leads to, but for those before a commit that was verified.
    Since(String),
}

/// The commits a span comes to.
pub(super) struct SelectedCommits {
    /// The newest.
    pub tip: Option<String>,
    /// What git is asked for.
    pub revisions: Vec<String>,
    /// That what was verified is not there any more.
    pub lost: Option<Finding>,
}

impl HistoryAudit {
    /// What to walk.
    pub(super) fn revisions(&self, span: &AuditRange) -> Result<SelectedCommits, Error> {
        let head = || self.repository.commit_of("HEAD").ok();
        let chosen = |tip: Option<String>, revisions| SelectedCommits { tip, revisions, lost: None };
        Ok(match span {
            AuditRange::Head => {
                let head = head();
                chosen(head.clone(), head.into_iter().collect())
            }
            AuditRange::All => {
                let (all, head) = (["--branches", "--tags", "--remotes"].map(str::to_owned), head());
                chosen(head.clone(), all.into_iter().chain(head).collect())
            }
            AuditRange::Stretch(stretch) => {
                let to = self.known(&stretch.to)?;
                let from = match &stretch.from {
                    Some(from) if stretch.since_parting => Some(self.repository.merge_base(&self.known(from)?, &to)?),
                    // Finding it may mean walking all the way to it, as git will when it lists the commits.
                    from => from.as_ref().map(|from| format!("{from}^{{commit}}")),
                };
                chosen(Some(to.clone()), std::iter::once(to).chain(from.map(|from| format!("^{from}"))).collect())
            }
            AuditRange::Since(verified) => match head() {
                Some(now) if self.repository.is_ancestor(verified, &now)? => {
                    chosen(Some(now.clone()), vec![now, format!("^{verified}")])
                }
                // An older commit is checked out, and what was verified is still there.
                Some(now) if self.leads_back(verified, &now)? => chosen(Some(verified.clone()), Vec::new()),
                head => {
                    let message = format!(
                        "the history was verified up to {verified}, which HEAD does not lead to: it was rewritten, or another branch is checked out; all that HEAD leads to was audited anew"
                    );
                    let lost = Some(Finding::new(&HISTORY_REWRITTEN, ".", message));
                    SelectedCommits { lost, ..chosen(head.clone(), head.into_iter().collect()) }
                }
            },
        })
    }

    fn known(&self, revision: &str) -> Result<String, Error> {
        let unknown = |refusal| Error::NoRevision { revision: revision.to_owned(), refusal };
        self.repository.commit_of(revision).map_err(unknown)
    }

    /// That git does not know where a stretch begins, where that is why it could not be walked.
    pub(super) fn unknown(&self, span: &AuditRange) -> Option<Error> {
        let AuditRange::Stretch(stretch) = span else { return None };
        self.known(stretch.from.as_deref()?).err()
    }
}
