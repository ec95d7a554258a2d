//! Clones of a desk: setting up git in one, bringing two together, and repairing what a git merge left inconsistent.

pub(crate) mod git_setup;
pub(crate) mod relink;
pub(crate) mod resolve;
pub(crate) mod sync;

use super::Desk;

/// The operations on a desk that other clones change too.
#[derive(Clone, Copy, Debug)]
pub struct Clones<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the operations that concern other clones of this desk.
    pub const fn clones(&self) -> Clones<'_> {
        Clones { desk: self }
    }
}

impl Clones<'_> {
    /// Returns the operation of git that is in progress and will end in a commit: a merge, a rebase, a cherry-pick or a
    /// revert.
    pub fn git_operation(self) -> Option<&'static str> {
        const SIGNS: [(&str, &str); 5] = [
            ("MERGE_HEAD", "merge"),
            ("rebase-merge", "rebase"),
            ("rebase-apply", "rebase"),
            ("CHERRY_PICK_HEAD", "cherry-pick"),
            ("REVERT_HEAD", "revert"),
        ];
        let git_dir = self.desk.state.git_dir()?;
        SIGNS.iter().find(|(sign, _)| git_dir.join(sign).exists()).map(|(_, operation)| *operation)
    }
}
