//! The rules for refs: the branches, tags and other refs that a push may create, move and delete.

use super::PushGuard;
use super::base_policy::is_branch;
use crate::desk::history::audit::AuditState;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_DELETES, PUSH_REFS, PUSH_REWRITES};
use crate::error::Error;
use crate::store::git::RefChange;

impl PushGuard {
    /// Checks that a push may change a ref; `changes` are all its changes of refs, and `customer` is the pusher if it
    /// is a customer.
    ///
    /// # Errors
    /// git refuses.
    pub(super) fn check_ref(
        &self,
        change: &RefChange,
        changes: &[RefChange],
        main: Option<&str>,
        customer: Option<&Person>,
        state: &mut AuditState,
    ) -> Result<(), Error> {
        let name = &change.name;
        // A replace ref may be deleted.
        if name.starts_with("refs/replace/") && change.new.is_some() {
            let message = format!("{name} would show another history than the real one: replace refs are not accepted");
            state.report(Finding::new(&PUSH_REFS, ".", message));
            return Ok(());
        }
        let grows = match (&change.old, &change.new) {
            (Some(old), Some(new)) => self.repository.is_ancestor(old, new)?,
            (old, _) => old.is_none(),
        };
        if !grows && let Some(finding) = self.check_lost_commits(change, changes, main)? {
            state.report(finding);
            return Ok(());
        }
        if let Some(message) =
            customer.map(|customer| check_customer(change, grows, customer, state)).transpose()?.flatten()
        {
            state.report(Finding::new(&PUSH_REFS, ".", message));
        }
        Ok(())
    }

    /// Reports the commits that a ref loses if it is deleted or not moved forward.
    fn check_lost_commits(
        &self,
        change: &RefChange,
        changes: &[RefChange],
        main: Option<&str>,
    ) -> Result<Option<Finding>, Error> {
        let (repository, name, is_main) = (&self.repository, &change.name, main == Some(change.name.as_str()));
        let Some(old) = &change.old else { return Ok(None) };
        if is_main && change.new.is_none() {
            let message = format!("{name} is the default branch, which cannot be deleted");
            return Ok(Some(Finding::new(&PUSH_DELETES, ".", message).in_commit(old)));
        }
        let count = repository.count_lost_commits(old, changes)?;
        if count == 0 && !is_main {
            return Ok(None);
        }
        let (rule, loss) = match &change.new {
            None => (&PUSH_DELETES, format!("has {} that no other ref contains", commits(count))),
            // The default branch only grows, even if another branch contains the commits that it would lose.
            Some(_) if count == 0 => {
                (&PUSH_REWRITES, "would not contain its present commit any more, although other branches do".to_owned())
            }
            Some(_) => (&PUSH_REWRITES, format!("would lose {}", commits(count))),
        };
        Ok(Some(Finding::new(rule, ".", format!("{name} {loss}")).in_commit(old)))
    }
}

/// Checks the refs that a customer changes while `HEAD` leads to no desk. Then the first branch with a desk decides
/// about rights, and a customer may push only to that branch: another one could become the first in its place.
pub(super) fn check_other_refs(customer: &Person, changes: &[RefChange], state: &mut AuditState) {
    let Some(base) = state.policies.fixed.as_ref().map(|base| base.commit.clone()) else { return };
    for change in changes.iter().filter(|change| change.old.as_ref() != Some(&base)) {
        let message = format!(
            "{customer} may not change {} while HEAD of the repository leads to no desk; `git symbolic-ref HEAD refs/heads/BRANCH` in the repository selects the branch that has it",
            change.name
        );
        state.report(Finding::new(&PUSH_REFS, ".", message));
    }
}

/// Returns the reason why a customer may not change a ref in this way: customers may create branches and tags of
/// commits, and move branches forward.
fn check_customer(
    change: &RefChange,
    grows: bool,
    customer: &Person,
    state: &mut AuditState,
) -> Result<Option<String>, Error> {
    let name = &change.name;
    let is_tag = name.starts_with("refs/tags/");
    if !is_branch(name) && !is_tag {
        return Ok(Some(format!("{customer} may not change {name}, which is neither a branch nor a tag")));
    }
    let Some(new) = &change.new else {
        return Ok(Some(format!("{customer} may not delete {name}")));
    };
    if change.old.is_some() && (is_tag || !grows) {
        return Ok(Some(format!("{customer} may not move {name}")));
    }
    let commit = state.organizations.repository().object(&format!("{new}^{{commit}}"))?;
    Ok(commit.is_none().then(|| format!("{name} would not point to a commit")))
}

fn commits(count: usize) -> String {
    format!("{count} commit{}", if count == 1 { "" } else { "s" })
}
