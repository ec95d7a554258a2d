//! The errors of `sync`, with the command that comes next.

use std::path::Path;

use super::CliError;
use super::resolve::finishing_command;
use crate::cli::terminal::shell::quoted;
use crate::error::{Error, SyncError};
use crate::store::git::GitError;
use crate::view::labels::count;

/// Converts an error of `sync`.
pub(crate) fn sync_error(why: SyncError) -> CliError {
    let message = why.to_string();
    let refuse = |hint: &str| CliError::new("sync.refused", message.clone()).hint(hint);
    match why {
        SyncError::InProgress(operation) => refuse(&format!("{}; then `casebook sync`", finishing_hint(operation))),
        SyncError::Conflicts(_) => {
            refuse("`casebook resolve` resolves those of tickets; then `git commit --no-edit`, and `casebook sync`")
        }
        SyncError::Detached => {
            refuse("`casebook sync --branch main` synchronizes with that branch; `git switch main` checks it out")
        }
        SyncError::NoRemote { asked: Some(_), known } if !known.is_empty() => {
            refuse(&format!("known are {}", known.join(", ")))
        }
        SyncError::NoRemote { .. } => refuse("`git remote add origin URL` adds one"),
        SyncError::Uncommitted { .. } => refuse(
            "nothing was merged; commit them (`git commit`) or put them aside (`git stash`), then `casebook sync`",
        ),
        SyncError::NeedsManualMerge { theirs, .. } => CliError::new("sync.conflict", message).hint(format!(
            "nothing was changed; `git merge {}` starts the merge, for you to finish by hand",
            quoted(Path::new(&theirs))
        )),
        SyncError::RemoteAhead => CliError::new("sync.outrun", message)
            .hint("your commits are safe here; try again, or wait longer with --deadline SECONDS"),
    }
}

/// Returns the commands that end an operation of git.
pub(super) fn finishing_hint(operation: &str) -> String {
    match operation {
        "bisection" => "end it with `git bisect reset`".to_owned(),
        operation => {
            format!("finish it with `{}`, or abort it with `git {operation} --abort`", finishing_command(operation))
        }
    }
}

/// Returns the error of git while it talked to the remote.
pub(crate) fn refused(said: &str) -> CliError {
    CliError::new("git.failed", format!("git failed:\n{said}"))
}

/// Returns the error of a push after the commits of the remote were merged: the merge stays.
pub(crate) fn unsent(received: usize, because: Error) -> CliError {
    let sent = if matches!(because, Error::Git { refusal: GitError::Unanswered { .. } }) {
        "whether your commits arrived is not known"
    } else {
        "nothing of yours was sent"
    };
    let error = match because {
        Error::Git { refusal: GitError::Refused { message: said } } => refused(&said).hint("correct what git reports"),
        other => CliError::from(other),
    };
    let hint = error.hint.clone().unwrap_or_default();
    let merged = count(received, "commit");
    let was = if received == 1 { "was" } else { "were" };
    error.hint(format!("{merged} from the remote {was} merged here; {sent}\n{hint}, then `casebook sync` again"))
}
