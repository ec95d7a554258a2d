//! Why a desk and its remote were not brought together, in words, with the command that would work.

use super::CliError;
use crate::cli::Exit;
use crate::error::{Error, SyncError};
use crate::store::git::GitError;
use crate::view::labels::count;

/// The sentence, the hint and the exit code.
pub(crate) fn sync_error(why: SyncError) -> CliError {
    let said = why.to_string();
    let refuse = |hint: String| CliError::new(Exit::Refused, "sync.refused", said.clone()).hint(hint);
    match why {
        SyncError::AtWork("merge") => refuse(
            "end it with `git commit --no-edit`, or take it back with `git merge --abort`; then sync again".to_owned(),
        ),
        SyncError::AtWork(what) => refuse(format!(
            "end it with `git {what} --continue`, or take it back with `git {what} --abort`; then sync again"
        )),
        SyncError::Conflicted(_) => {
            refuse("`casebook resolve` ends those of tickets; then `git commit --no-edit`, and sync again".to_owned())
        }
        SyncError::Detached => refuse("`git switch BRANCH` goes to one; then sync again".to_owned()),
        SyncError::NoRemote { asked: Some(_), known } if !known.is_empty() => {
            refuse(format!("there are {}", known.join(", ")))
        }
        SyncError::NoRemote { .. } => refuse("`git remote add origin URL` names one".to_owned()),
        SyncError::InTheWay { .. } => refuse(
            "nothing was merged; commit them (`git commit`) or put them aside (`git stash`), then sync again"
                .to_owned(),
        ),
        SyncError::Split { .. } => CliError::new(Exit::Git, "sync.conflict", said)
            .hint("everything is as it was; `git merge @{upstream}` begins the merge, for you to finish"),
        SyncError::Outrun => CliError::new(Exit::Busy, "sync.outrun", said)
            .hint("your commits are safe here; try again, or wait longer with --deadline SECONDS"),
    }
}

/// What git said while it talked to the remote.
pub(crate) fn refused(said: &str) -> CliError {
    CliError::new(Exit::Git, "git.failed", format!("git could not go on:\n{said}"))
}

/// The same where theirs had been merged before it happened: that stays.
pub(crate) fn unsent(received: usize, because: Error) -> CliError {
    let sent = if matches!(because, Error::Git { refusal: GitError::Unanswered { .. } }) {
        "whether yours arrived is not known"
    } else {
        "nothing of yours was sent"
    };
    let complaint = match because {
        Error::Git { refusal: GitError::Refused { said } } => refused(&said).hint("mend what git names"),
        other => CliError::from(other),
    };
    let way = complaint.hint.clone().unwrap_or_default();
    let theirs = count(received, "commit");
    complaint
        .hint(format!("{theirs} of theirs were merged here, and that stays; {sent}\n{way}, then `casebook sync` again"))
}
