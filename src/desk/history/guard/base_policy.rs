//! The policy that decides about a push: casebook.toml and the organizations as they were before it.

use std::sync::Arc;

use super::PushGuard;
use crate::desk::history::audit::{BasePolicy, PolicyAt};
use crate::error::Error;
use crate::store::git::RefChange;
use crate::store::layout;

/// The branches that are tried first if `HEAD` leads to no desk.
const USUAL_BRANCHES: [&str; 2] = ["refs/heads/main", "refs/heads/master"];

impl PushGuard {
    /// Returns the policy that decides about a push, and whether no other branch could take its place.
    ///
    /// It is the policy of `HEAD`. If `HEAD` leads to no desk, as in a repository whose default branch has another
    /// name, the other branches are tried in an order that no push can choose. Only if nothing in the repository has a
    /// desk, it is the policy that the push adds: the first push has to create the desk.
    ///
    /// # Errors
    /// git refuses, or casebook.toml is invalid.
    pub(super) fn base_policy(&self, changes: &[RefChange]) -> Result<(Option<BasePolicy>, bool), Error> {
        if let Some(base) = self.first_desk(&["HEAD".to_owned()])? {
            return Ok((Some(base), true));
        }
        let mut refs = self.repository.refs()?;
        refs.sort_by_key(|name| {
            let usual = USUAL_BRANCHES.iter().position(|usual| usual == name).unwrap_or(USUAL_BRANCHES.len());
            (!is_branch(name), usual, name.clone())
        });
        if let Some(base) = self.first_desk(&refs)? {
            return Ok((Some(base), false));
        }
        let new: Vec<String> = changes.iter().filter_map(|change| change.new.clone()).collect();
        Ok((self.first_desk(&new)?, true))
    }

    /// Returns the policy of the first revision that has a desk.
    fn first_desk(&self, revisions: &[String]) -> Result<Option<BasePolicy>, Error> {
        let path = format!("{}{}", self.repository.prefix()?, layout::MARKER);
        for revision in revisions {
            let Some(bytes) = self.repository.blob(&format!("{revision}:{path}"))? else { continue };
            let invalid = |error| Error::Config { path: path.clone().into(), error };
            let policy = Arc::new(PolicyAt::read(&bytes).map_err(invalid)?);
            let commit = self.repository.commit_of(revision)?;
            return Ok(Some(BasePolicy { policy, commit }));
        }
        Ok(None)
    }
}

/// Returns whether a ref is a branch.
pub(super) fn is_branch(name: &str) -> bool {
    name.starts_with("refs/heads/")
}
