//! casebook.toml as it was at some commit: who may do what there.

use std::sync::Arc;

use crate::domain::audit::AuditPolicy;
use crate::domain::people::eligibility_context::EligibilityContext;
use crate::domain::people::organization::Organization;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::time::zone::Zone;
use crate::store::config::Config;
use crate::store::config::signing;
use crate::store::config::signing::SigningKeys;
use crate::store::config::{eligibility, sla};

/// What commits are judged by: a casebook.toml, and the organisations that lay beside it.
#[derive(Clone, Debug)]
pub struct BasePolicy {
    /// The policy.
    pub policy: Arc<PolicyAt>,
    /// The commit whose organisations count.
    pub commit: String,
}

/// One version of casebook.toml, as far as entries are judged by it.
#[derive(Clone, Debug, Default)]
pub struct PolicyAt {
    /// The desk's people.
    pub team: Team,
    /// What silence leads to.
    pub follow_up: FollowUpPolicy,
    /// What is asked of those who open tickets; nothing where it is not sound, which `check` tells.
    pub admission: Option<EligibilityContext>,
    /// The keys commits are signed with.
    pub keys: SigningKeys,
}

impl PolicyAt {
    /// Reads a casebook.toml.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn read(text: &str) -> Result<Self, (usize, usize, String)> {
        let config = Config::read(text).map_err(|flaw| (flaw.line, flaw.column, flaw.message))?;
        let keys = signing::keys(text).map_err(|message| (1, 1, message))?;
        let admission = (|| {
            let (rules, policy) = (eligibility::read(text).ok()?, sla::read(text).ok()?);
            let zone = Zone::named(&config.time_zone).ok()?;
            Some(EligibilityContext { rules, plans: policy.plans, desk_plan: policy.desk_plan, zone })
        })();
        Ok(Self { team: config.team, follow_up: config.follow_up, admission, keys })
    }

    /// It as a law for entries, beside some organisations.
    pub const fn law<'a>(&'a self, organizations: &'a [Arc<Organization>]) -> AuditPolicy<'a> {
        AuditPolicy {
            team: &self.team,
            follow_up: &self.follow_up,
            eligibility: self.admission.as_ref(),
            organizations,
        }
    }
}
