//! The conflicts that `resolve` leaves, with the command that comes next for each path.

use std::path::Path;

use crate::cli::terminal::shell::quoted;
use crate::desk::{ConflictOutcome, ConflictResult, OtherConflict};
use crate::store::yaml::{MergeConflict, MergeSide};

/// The number of paths that are named; more are counted.
const NAMED: usize = 8;

/// Formats a requested path that is still in conflict, with its way out. None if it is resolved.
pub(crate) fn conflict_text(resolution: &ConflictResult, operation: Option<&str>) -> Option<String> {
    let path = &resolution.path;
    let word = quoted(Path::new(path));
    let (message, hint) = match &resolution.outcome {
        ConflictOutcome::Unresolved(conflict) => (
            reason(conflict),
            format!(
                "`git show :2:./{word}` and `git show :3:./{word}` print both sides; edit the file, then `git add {word}`"
            ),
        ),
        ConflictOutcome::NotPlain { moved: Some((side, other)) } => {
            let (whose, commit) = match side {
                MergeSide::Ours => ("our", "HEAD"),
                MergeSide::Theirs => ("their", head_of_theirs(operation)),
            };
            let other = quoted(Path::new(other));
            (
                "one side replaced the ticket by something that is not a regular file".to_owned(),
                format!(
                    "`git checkout {commit} -- {word}` takes the file of {whose} side; then `git rm {other}`, where git had put it"
                ),
            )
        }
        ConflictOutcome::NotPlain { moved: None } => (
            "it is not a regular file, and a ticket must be one".to_owned(),
            format!("put the ticket there (`git log -- {word}` has its versions), then `git add {word}`"),
        ),
        ConflictOutcome::NotATicket if path.contains(".yaml~") => (
            "git put one side of the ticket there".to_owned(),
            format!("`git rm {word}` after the ticket itself is resolved"),
        ),
        ConflictOutcome::NotATicket => {
            ("not a ticket, so `resolve` leaves it".to_owned(), format!("edit it, then `git add {word}`"))
        }
        ConflictOutcome::United { .. } | ConflictOutcome::ResolvedByHand | ConflictOutcome::Kept { .. } => return None,
    };
    Some(format!("casebook: {path}: {message}\n  {hint}"))
}

/// Formats the paths that are in conflict and were not requested, with their ways out.
pub(crate) fn other_conflicts_text(elsewhere: &[OtherConflict]) -> String {
    let mut text = "casebook: still in conflict:".to_owned();
    for OtherConflict { path, is_ticket } in elsewhere.iter().take(NAMED) {
        let word = quoted(Path::new(path));
        let hint =
            if *is_ticket { format!("`casebook resolve {word}`") } else { format!("edit it, then `git add {word}`") };
        text.push_str(&format!("\n  {path}: {hint}"));
    }
    if elsewhere.len() > NAMED {
        text.push_str(&format!("\n  and {} more, which `git status` names", elsewhere.len() - NAMED));
    }
    text
}

/// Returns the command that finishes an operation of git, such as a merge or a rebase.
pub(crate) fn finishing_command(operation: &str) -> String {
    if operation == "merge" { "git commit --no-edit".to_owned() } else { format!("git {operation} --continue") }
}

/// Returns the name that git gives to the other side of an operation.
fn head_of_theirs(operation: Option<&str>) -> &'static str {
    match operation {
        Some("rebase") => "REBASE_HEAD",
        Some("cherry-pick") => "CHERRY_PICK_HEAD",
        _ => "MERGE_HEAD",
    }
}

/// Formats the reason why two versions cannot be merged.
pub(crate) fn reason(conflict: &MergeConflict) -> String {
    match conflict {
        MergeConflict::Unreadable { damage, .. } => format!("{conflict}: {damage}"),
        _ => conflict.to_string(),
    }
}
