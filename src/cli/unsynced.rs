//! Why a desk and its remote were not brought together, in words, with the command that would work.

use super::Exit;
use super::complaint::Complaint;
use crate::error::{Error, Unsynced};
use crate::store::git::GitRefusal;
use crate::view::labels::count;

/// So many paths are named; more are counted.
const NAMED: usize = 8;

/// The sentence, the hint and the exit code.
pub(super) fn complain(why: Unsynced) -> Complaint {
    let refuse = |message: String| Complaint::new(Exit::Refused, "sync.refused", message);
    match why {
        Unsynced::AtWork("merge") => refuse("git is in the middle of a merge".to_owned())
            .hint("end it with `git commit --no-edit`, or take it back with `git merge --abort`; then sync again"),
        Unsynced::AtWork(what) => refuse(format!("git is in the middle of a {what}")).hint(format!(
            "end it with `git {what} --continue`, or take it back with `git {what} --abort`; then sync again"
        )),
        Unsynced::Conflicted(paths) => refuse(format!("there are conflicts already:{}", listed(&paths)))
            .hint("`casebook resolve` ends those of tickets; then `git commit --no-edit`, and sync again"),
        Unsynced::Detached => {
            refuse("no branch is checked out".to_owned()).hint("`git switch BRANCH` goes to one; then sync again")
        }
        Unsynced::NoRemote { asked: Some(asked), known } if !known.is_empty() => {
            refuse(format!("there is no remote `{asked}`")).hint(format!("there are {}", known.join(", ")))
        }
        Unsynced::NoRemote { .. } => {
            refuse("there is no remote to sync with".to_owned()).hint("`git remote add origin URL` names one")
        }
        Unsynced::InTheWay { staged, changed } => {
            let (what, paths) = if staged.is_empty() {
                ("what comes changes files that you have changed and not committed", &changed)
            } else {
                ("there are commits on both sides, and git merges only where nothing is staged", &staged)
            };
            refuse(format!("{what}:{}", listed(paths)))
                .hint("nothing was merged; commit them (`git commit`) or put them aside (`git stash`), then sync again")
        }
        Unsynced::Split { paths } => {
            Complaint::new(Exit::Git, "sync.conflict", format!("this cannot be merged without you:{}", listed(&paths)))
                .hint("everything is as it was; `git merge @{upstream}` begins the merge, for you to finish")
        }
        Unsynced::Outrun => {
            Complaint::new(Exit::Busy, "sync.outrun", "others pushed faster, every time until the deadline")
                .hint("your commits are safe here; try again, or wait longer with --deadline SECONDS")
        }
    }
}

/// What git said while it talked to the remote.
pub(super) fn refused(said: &str) -> Complaint {
    Complaint::new(Exit::Git, "git.failed", format!("git could not go on:\n{said}"))
}

/// The same where theirs had been merged before it happened: that stays.
pub(super) fn unsent(received: usize, because: Error) -> Complaint {
    let sent = if matches!(because, Error::Git { refusal: GitRefusal::Unanswered { .. } }) {
        "whether yours arrived is not known"
    } else {
        "nothing of yours was sent"
    };
    let complaint = match because {
        Error::Git { refusal: GitRefusal::Refused { said } } => refused(&said).hint("mend what git names"),
        other => Complaint::from(other),
    };
    let way = complaint.hint.clone().unwrap_or_default();
    let theirs = count(received, "commit");
    complaint
        .hint(format!("{theirs} of theirs were merged here, and that stays; {sent}\n{way}, then `casebook sync` again"))
}

fn listed(paths: &[String]) -> String {
    let mut listed: String = paths.iter().take(NAMED).map(|path| format!("\n  {path}")).collect();
    if paths.len() > NAMED {
        listed.push_str(&format!("\n  and {} more", paths.len() - NAMED));
    }
    listed
}
