//! casebook.toml as it was at some commit: who may do what there.

use crate::domain::audit::Law;
use crate::domain::followup::FollowUpPolicy;
use crate::domain::person::Team;
use crate::store::config::Config;
use crate::store::signing::{self, Keys};

/// One version of casebook.toml, as far as entries are judged by it.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The desk's people.
    pub team: Team,
    /// What silence leads to.
    pub follow_up: FollowUpPolicy,
    /// The keys commits are signed with.
    pub keys: Keys,
}

impl Policy {
    /// Reads a casebook.toml.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn read(text: &str) -> Result<Self, (usize, usize, String)> {
        let config = Config::read(text).map_err(|flaw| (flaw.line, flaw.column, flaw.message))?;
        let keys = signing::keys(text).map_err(|message| (1, 1, message))?;
        Ok(Self { team: config.team, follow_up: config.follow_up, keys })
    }

    /// It as a law for entries.
    pub const fn law(&self) -> Law<'_> {
        Law { team: &self.team, follow_up: &self.follow_up }
    }
}
