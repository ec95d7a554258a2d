//! What `resolve` leaves in conflict, in words, with what to do about each path and the command that comes next. Must not
//! know how conflicts are resolved.

use std::path::Path;

use crate::cli::session::program::quoted;
use crate::desk::{ConflictOutcome, ConflictResult, OtherConflict};
use crate::store::yaml::{MergeConflict, MergeSide};

/// So many paths are named; more are counted.
const NAMED: usize = 8;

/// What a person has to do about a path that was asked for and is in conflict still; nothing where it is over.
pub(crate) fn left(resolution: &ConflictResult, at_work: Option<&str>) -> Option<String> {
    let path = &resolution.path;
    let word = quoted(Path::new(path));
    let (said, way) = match &resolution.how {
        ConflictOutcome::Left(split) => (
            why(split),
            format!(
                "`git show :2:./{path}` and `git show :3:./{path}` have both sides; mend the file by hand, then `git add {word}`"
            ),
        ),
        ConflictOutcome::NotPlain { beside: Some((side, other)) } => {
            let (whose, commit) = match side {
                MergeSide::Ours => ("our", "HEAD"),
                MergeSide::Theirs => ("their", head_of_theirs(at_work)),
            };
            let other = quoted(Path::new(other));
            (
                "one side made something else of it than a plain file".to_owned(),
                format!(
                    "`git checkout {commit} -- {word}` takes the file of {whose} side; then `git rm {other}`, where git had put that"
                ),
            )
        }
        ConflictOutcome::NotPlain { beside: None } => (
            "it is no plain file, which a ticket has to be".to_owned(),
            format!("put the ticket there (`git log -- {word}` has its versions), then `git add {word}`"),
        ),
        ConflictOutcome::NotATicket if path.contains(".yaml~") => (
            "git has put one side of the ticket there".to_owned(),
            format!("`git rm {word}` when the ticket itself is whole again"),
        ),
        ConflictOutcome::NotATicket => {
            ("no ticket, and so left to you".to_owned(), format!("mend it by hand, then `git add {word}`"))
        }
        ConflictOutcome::United { .. } | ConflictOutcome::AsItLies | ConflictOutcome::Kept { .. } => return None,
    };
    Some(format!("casebook: {path}: {said}\n  {way}"))
}

/// The same of what was not asked for.
pub(crate) fn elsewhere(elsewhere: &[OtherConflict]) -> String {
    let mut said = "casebook: in conflict still:".to_owned();
    for OtherConflict { path, is_ticket } in elsewhere.iter().take(NAMED) {
        let word = quoted(Path::new(path));
        let way = if *is_ticket {
            format!("`casebook resolve {word}`")
        } else {
            format!("mend it by hand, then `git add {word}`")
        };
        said.push_str(&format!("\n  {path}: {way}"));
    }
    if elsewhere.len() > NAMED {
        said.push_str(&format!("\n  and {} more, which `git status` names", elsewhere.len() - NAMED));
    }
    said
}

/// What ends what git is in the middle of.
pub(crate) fn ending(at_work: &str) -> String {
    if at_work == "merge" { "git commit --no-edit".to_owned() } else { format!("git {at_work} --continue") }
}

/// What git calls the other side of what it is in the middle of.
fn head_of_theirs(at_work: Option<&str>) -> &'static str {
    match at_work {
        Some("rebase") => "REBASE_HEAD",
        Some("cherry-pick") => "CHERRY_PICK_HEAD",
        _ => "MERGE_HEAD",
    }
}

/// Why two files are not one.
pub(crate) fn why(split: &MergeConflict) -> String {
    match split {
        MergeConflict::Unreadable { damage, .. } => format!("{split}: {damage}"),
        _ => split.to_string(),
    }
}
