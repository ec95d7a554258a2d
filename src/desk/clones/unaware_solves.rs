//! The search for tickets that were solved without knowing that another ticket had been merged into them, by inspecting
//! git's merge commits.
//!
//! Merge commits do not change, so the result is cached in the state directory, up to the last inspected commit.
//! Without the cache, all merge commits are inspected again.

use std::fs;

use crate::domain::convergence::cross_ticket::{UnawareSolves, may_have_unaware_solve, unaware_solves};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::store::git::{GitError, ObjectLookup, RemergedFile, Repository};
use crate::store::{layout, yaml};

use super::Clones;

/// The file of the cache in the state directory: a commit, pairs of entries, and [`END`].
const CACHE: &str = "unseen";
/// The last word of the cache, which shows that it is complete.
const END: &str = "end";

impl Clones<'_> {
    /// Returns the solves of some tickets that did not know of a merge; none if there is no repository, or git refuses.
    pub(crate) fn unaware_solves<'a>(self, tickets: impl Iterator<Item = &'a Ticket>) -> UnawareSolves {
        let candidates: Vec<Id> =
            tickets.filter(|ticket| may_have_unaware_solve(ticket)).map(|ticket| ticket.id).collect();
        if candidates.is_empty() || !self.desk.state.in_repository() {
            return UnawareSolves::new();
        }
        let repository = Repository::at(&self.desk.root);
        let mut solves = self.in_all_merges(&repository).unwrap_or_default();
        if self.git_operation() == Some("merge") {
            solves.extend(in_current_merge(&repository, &candidates).unwrap_or_default());
        }
        solves
    }

    /// Returns the unaware solves in all merge commits; those that were inspected before come from the cache.
    fn in_all_merges(self, repository: &Repository) -> Result<UnawareSolves, GitError> {
        let Some(head) = repository.head()? else { return Ok(UnawareSolves::new()) };
        let state = &self.desk.state;
        let file = state.path(CACHE);
        let cached = fs::read_to_string(&file).ok().and_then(|text| parse_cache(&text));
        let (mut solves, since) = match cached {
            Some((commit, solves)) if commit == head => return Ok(solves),
            Some((commit, solves)) => (solves, Some(format!("^{commit}"))),
            None => (UnawareSolves::new(), None),
        };
        let revisions: Vec<&str> = std::iter::once(head.as_str()).chain(since.as_deref()).collect();
        match (in_merges(repository, &revisions), since.is_some()) {
            (Ok(new), _) => solves.extend(new),
            // The commit of the cache does not exist any more.
            (Err(_), true) => solves = in_merges(repository, &[&head])?,
            (Err(refusal), false) => return Err(refusal),
        }
        let pairs: String = solves.iter().map(|(solve, merged)| format!("{solve} {merged}\n")).collect();
        // A user without write access goes without a cache.
        let _ = state.create().and_then(|()| fs::write(file, format!("{head}\n{pairs}{END}\n")));
        Ok(solves)
    }
}

/// Returns the unaware solves in the merge commits among some revisions.
///
/// # Errors
/// git refuses.
pub(super) fn in_merges(repository: &Repository, revisions: &[&str]) -> Result<UnawareSolves, GitError> {
    let mut lookup = ObjectLookup::of(repository.clone());
    let mut solves = UnawareSolves::new();
    for RemergedFile { path, sides } in repository.remerged_files(revisions)? {
        if !path.rsplit('/').next().is_some_and(|name| layout::has_ticket_extension(name.as_ref())) {
            continue;
        }
        let mut versions = Vec::new();
        for side in &sides {
            versions.extend(lookup.object(side)?.and_then(|bytes| yaml::read(&bytes, None).ok()));
        }
        for (place, one) in versions.iter().enumerate() {
            versions[place + 1..].iter().for_each(|other| solves.extend(unaware_solves(one, other)));
        }
    }
    Ok(solves)
}

/// Returns the unaware solves in the merge that is not committed yet.
fn in_current_merge(repository: &Repository, tickets: &[Id]) -> Result<UnawareSolves, GitError> {
    let mut lookup = ObjectLookup::of(repository.clone());
    let prefix = repository.prefix()?;
    let mut solves = UnawareSolves::new();
    for id in tickets {
        let path = layout::ticket_path(*id);
        let mut at = |commit: &str| {
            let bytes = lookup.object(&format!("{commit}:{prefix}{path}"))?;
            Ok::<_, GitError>(bytes.and_then(|bytes| yaml::read(&bytes, None).ok()))
        };
        if let (Some(ours), Some(theirs)) = (at("HEAD")?, at("MERGE_HEAD")?) {
            solves.extend(unaware_solves(&ours, &theirs));
        }
    }
    Ok(solves)
}

/// Parses the cache: the last inspected commit, and pairs of entries; none if it is not complete.
fn parse_cache(text: &str) -> Option<(String, UnawareSolves)> {
    let mut lines = text.strip_suffix('\n')?.strip_suffix(END)?.lines();
    let commit = lines.next()?.to_owned();
    let pair = |line: &str| {
        let (solve, merged) = line.split_once(' ')?;
        Some((solve.parse().ok()?, merged.parse().ok()?))
    };
    Some((commit, lines.map(pair).collect::<Option<UnawareSolves>>()?))
}
