//! What a push is judged by: casebook.toml and the organisations as they were before it.
//!
//! Reads one commit alone; must not know what is pushed.

use std::sync::Arc;

use super::PushGuard;
use crate::desk::history::audit::{BasePolicy, PolicyAt};
use crate::error::Error;
use crate::store::config::ConfigError;
use crate::store::git::{ObjectLookup, RefChange};
use crate::store::layout;

/// The branches that are asked first where `HEAD` names none with a desk.
const USUAL: [&str; 2] = ["refs/heads/main", "refs/heads/master"];

impl PushGuard {
    /// What the push is judged by. Where `HEAD` leads to no desk, as in a repository whose default branch has another
    /// name, the other branches are asked in an order that no push can choose. Only where nothing in the repository has
    /// a desk it is the one that the push brings: somebody has to be the first. Says too whether no other branch could
    /// take its place: it is that of `HEAD`, or the only one.
    pub(super) fn ground_before(
        &self,
        changes: &[RefChange],
        lookup: &mut ObjectLookup,
    ) -> Result<(Option<BasePolicy>, bool), Error> {
        if let Some(ground) = self.first_desk(&["HEAD".to_owned()], lookup)? {
            return Ok((Some(ground), true));
        }
        let mut refs = self.auditor.repository.refs()?;
        refs.sort_by_key(|name| {
            let usual = USUAL.iter().position(|usual| usual == name).unwrap_or(USUAL.len());
            (!is_branch(name), usual, name.clone())
        });
        if let Some(ground) = self.first_desk(&refs, lookup)? {
            return Ok((Some(ground), false));
        }
        let news: Vec<String> = changes.iter().filter_map(|change| change.new.clone()).collect();
        Ok((self.first_desk(&news, lookup)?, true))
    }

    fn first_desk(&self, revisions: &[String], lookup: &mut ObjectLookup) -> Result<Option<BasePolicy>, Error> {
        let path = format!("{}{}", self.auditor.prefix, layout::MARKER);
        for revision in revisions {
            let Some(bytes) = lookup.object(&format!("{revision}:{path}"))? else { continue };
            let broken = |(line, column, message)| Error::Config {
                path: path.clone().into(),
                flaw: ConfigError { line, column, message },
            };
            let policy = Arc::new(PolicyAt::read(&String::from_utf8_lossy(&bytes)).map_err(broken)?);
            let commit = self.auditor.repository.commit_of(revision)?;
            return Ok(Some(BasePolicy { policy, commit }));
        }
        Ok(None)
    }
}

pub(super) fn is_branch(name: &str) -> bool {
    name.starts_with("refs/heads/")
}
