//! Which solves had not seen that another ticket came to go on in theirs: what merges united tells, asked of git.
//!
//! A merge stays a merge, so what was found once is remembered in the state folder, up to the commit it was found at.
//! It is a memory and no record: without it all merges are looked at again. Must not know what is told of them.

use std::fs;

use crate::domain::convergence::cross_ticket::{UnawareSolves, may_have_unaware_solve, unaware_solves};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::store::git::{GitError, ObjectLookup, RemergedFile, Repository};
use crate::store::{layout, yaml};

use crate::desk::Desk;

/// The file that remembers: a commit, pairs of entries, and this word at its end.
const MEMORY: &str = "unseen";
const END: &str = "end";

impl Desk {
    /// What solves of some tickets had not seen. Says nothing where there is no repository, or git cannot be asked.
    pub(crate) fn unseen<'a>(&self, tickets: impl Iterator<Item = &'a Ticket>) -> UnawareSolves {
        let open: Vec<Id> = tickets.filter(|ticket| may_have_unaware_solve(ticket)).map(|ticket| ticket.id).collect();
        if open.is_empty() || !self.state.in_repository() {
            return UnawareSolves::new();
        }
        let repository = Repository::at(&self.root);
        let mut unseen = self.remembered(&repository).unwrap_or_default();
        if self.is_git_at_work() == Some("merge") {
            unseen.extend(under_way(&repository, &open).unwrap_or_default());
        }
        unseen
    }

    /// What all merges tell, those that were looked at before from memory.
    fn remembered(&self, repository: &Repository) -> Result<UnawareSolves, GitError> {
        let Some(head) = repository.head()? else { return Ok(UnawareSolves::new()) };
        let file = self.state.path(MEMORY);
        let known = fs::read_to_string(&file).ok().and_then(|text| memory(&text));
        let (mut unseen, since) = match known {
            Some((commit, unseen)) if commit == head => return Ok(unseen),
            Some((commit, unseen)) => (unseen, Some(format!("^{commit}"))),
            None => (UnawareSolves::new(), None),
        };
        let asked: Vec<&str> = std::iter::once(head.as_str()).chain(since.as_deref()).collect();
        match (unseen_in(repository, &asked), since.is_some()) {
            (Ok(new), _) => unseen.extend(new),
            // The commit of the memory is no more.
            (Err(_), true) => unseen = unseen_in(repository, &[&head])?,
            (Err(refusal), false) => return Err(refusal),
        }
        let pairs: String = unseen.iter().map(|(solve, merged)| format!("{solve} {merged}\n")).collect();
        // Who may only read goes without a memory.
        let _ = self.state.create().and_then(|()| fs::write(file, format!("{head}\n{pairs}{END}\n")));
        Ok(unseen)
    }
}

/// What the merges among some revisions tell.
pub(crate) fn unseen_in(repository: &Repository, revisions: &[&str]) -> Result<UnawareSolves, GitError> {
    let mut lookup = ObjectLookup::of(repository.clone());
    let mut unseen = UnawareSolves::new();
    for RemergedFile { path, sides } in repository.met(revisions)? {
        if !path.rsplit('/').next().is_some_and(|name| layout::has_ticket_extension(name.as_ref())) {
            continue;
        }
        let mut versions = Vec::new();
        for side in &sides {
            versions.extend(lookup.object(side)?.and_then(|bytes| yaml::read(&bytes, None).ok()));
        }
        for (place, one) in versions.iter().enumerate() {
            versions[place + 1..].iter().for_each(|other| unseen.extend(unaware_solves(one, other)));
        }
    }
    Ok(unseen)
}

/// What the merge tells that is not committed yet.
fn under_way(repository: &Repository, tickets: &[Id]) -> Result<UnawareSolves, GitError> {
    let mut lookup = ObjectLookup::of(repository.clone());
    let prefix = repository.prefix()?;
    let mut unseen = UnawareSolves::new();
    for id in tickets {
        let path = layout::ticket_path(*id);
        let mut at = |commit: &str| {
            let bytes = lookup.object(&format!("{commit}:{prefix}{path}"))?;
            Ok::<_, GitError>(bytes.and_then(|bytes| yaml::read(&bytes, None).ok()))
        };
        if let (Some(ours), Some(theirs)) = (at("HEAD")?, at("MERGE_HEAD")?) {
            unseen.extend(unaware_solves(&ours, &theirs));
        }
    }
    Ok(unseen)
}

/// The commit and the pairs of a whole memory.
fn memory(text: &str) -> Option<(String, UnawareSolves)> {
    let mut lines = text.strip_suffix('\n')?.strip_suffix(END)?.lines();
    let commit = lines.next()?.to_owned();
    let pair = |line: &str| {
        let (solve, merged) = line.split_once(' ')?;
        Some((solve.parse().ok()?, merged.parse().ok()?))
    };
    Some((commit, lines.map(pair).collect::<Option<UnawareSolves>>()?))
}
