//! Which branches, tags and other refs a push may make, move and take away.
//!
//! Must not know what the commits hold.

use super::PushGuard;
use super::base_policy::is_branch;
use crate::desk::history::audit::AuditState;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_DELETES, PUSH_REFS, PUSH_REWRITES};
use crate::error::Error;
use crate::store::git::RefChange;

impl PushGuard {
    pub(super) fn check_ref(
        &self,
        change: &RefChange,
        changes: &[RefChange],
        main: Option<&str>,
        customer: Option<&Person>,
        judge: &mut AuditState,
    ) -> Result<(), Error> {
        let name = &change.name;
        // It may be taken away again, by whoever put it there.
        if name.starts_with("refs/replace/") && change.new.is_some() {
            let message = format!("{name} would show another history than the one that was made");
            judge.report(Finding::new(&PUSH_REFS, ".", message));
            return Ok(());
        }
        let grows = match (&change.old, &change.new) {
            (Some(old), Some(new)) => self.auditor.repository.is_ancestor(old, new)?,
            (old, _) => old.is_none(),
        };
        if !grows && let Some(finding) = self.lost_by(change, changes, main)? {
            judge.report(finding);
            return Ok(());
        }
        if let Some(message) = customer.map(|who| not_theirs(change, grows, who, judge)).transpose()?.flatten() {
            judge.report(Finding::new(&PUSH_REFS, ".", message));
        }
        Ok(())
    }

    /// What is lost where a ref is not moved forward.
    fn lost_by(&self, change: &RefChange, changes: &[RefChange], main: Option<&str>) -> Result<Option<Finding>, Error> {
        let (repository, name, is_main) = (&self.auditor.repository, &change.name, main == Some(change.name.as_str()));
        let Some(old) = &change.old else { return Ok(None) };
        if is_main && change.new.is_none() {
            let message = format!("{name} is what the repository stands for");
            return Ok(Some(Finding::new(&PUSH_DELETES, ".", message).in_commit(old)));
        }
        let count = repository.count_lost_commits(old, changes)?;
        if count == 0 && !is_main {
            return Ok(None);
        }
        let finding = match &change.new {
            None => {
                Finding::new(&PUSH_DELETES, ".", format!("{name} has {} that nothing else leads to", commits(count)))
            }
            // What the repository stands for only grows, also where another branch holds what it would let go.
            Some(_) if count == 0 => {
                let message = format!("{name} would not lead to what it had, though other branches do");
                Finding::new(&PUSH_REWRITES, ".", message)
            }
            Some(_) => Finding::new(&PUSH_REWRITES, ".", format!("{name} would lose {}", commits(count))),
        };
        Ok(Some(finding.in_commit(old)))
    }
}

/// Where `HEAD` leads to no desk, the first branch that has one says who may what. A customer makes none that could be
/// the first in its place, nor moves one: they push to that branch alone.
pub(super) fn check_other_refs(customer: &Person, changes: &[RefChange], judge: &mut AuditState) {
    let Some(ground) = judge.overruling.as_ref().map(|ground| ground.commit.clone()) else { return };
    for change in changes.iter().filter(|change| change.old.as_ref() != Some(&ground)) {
        let message = format!(
            "{} is not {customer}'s to change while HEAD of the repository leads to no desk; there, `git symbolic-ref HEAD refs/heads/BRANCH` names the branch that has it",
            change.name
        );
        judge.report(Finding::new(&PUSH_REFS, ".", message));
    }
}

/// Why a customer may not change a ref so: they make branches and tags of commits, and move branches forward.
fn not_theirs(
    change: &RefChange,
    grows: bool,
    customer: &Person,
    judge: &mut AuditState,
) -> Result<Option<String>, Error> {
    let name = &change.name;
    let is_tag = name.starts_with("refs/tags/");
    if !is_branch(name) && !is_tag {
        return Ok(Some(format!("{name} is neither a branch nor a tag, and not {customer}'s to change")));
    }
    let Some(new) = &change.new else {
        return Ok(Some(format!("{name} is not {customer}'s to delete")));
    };
    if change.old.is_some() && (is_tag || !grows) {
        return Ok(Some(format!("{name} is not {customer}'s to move")));
    }
    let commit = judge.registry.lookup().object(&format!("{new}^{{commit}}"))?;
    Ok(commit.is_none().then(|| format!("{name} would lead to no commit")))
}

fn commits(count: usize) -> String {
    format!("{count} commit{}", if count == 1 { "" } else { "s" })
}
