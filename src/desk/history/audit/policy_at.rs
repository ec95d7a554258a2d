//! The versions of casebook.toml in a history, and the one that decides about each commit.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::audit::AuditPolicy;
use crate::domain::people::eligibility_context::EligibilityContext;
use crate::domain::people::organization::Organization;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::time::zone::Zone;
use crate::store::config::audit::AcceptedFinding;
use crate::store::config::plans::DeskPlans;
use crate::store::config::signing::SigningKeys;
use crate::store::config::{ConfigError, Settings};
use crate::store::git::{Revision, TrustedKey};

/// The policy that decides about a commit: a casebook.toml, and the organizations of the same revision.
#[derive(Clone, Debug)]
pub struct BasePolicy {
    /// The policy.
    pub policy: Arc<PolicyAt>,
    /// The commit whose organizations count.
    pub commit: String,
}

/// The parts of one version of casebook.toml that decide about entries.
#[derive(Clone, Debug, Default)]
pub struct PolicyAt {
    /// The team of the desk.
    pub team: Team,
    /// The rules for reminders and for solving for no response.
    pub follow_up: FollowUpPolicy,
    /// The rules about who may open tickets; none if they are invalid, which `check` reports.
    pub eligibility: Option<EligibilityContext>,
    /// The keys that commits are signed with.
    pub keys: SigningKeys,
    /// The findings that the desk accepts; none if they are invalid, which `check` reports.
    pub accepted: Vec<AcceptedFinding>,
}

impl PolicyAt {
    /// Reads a casebook.toml.
    ///
    /// # Errors
    /// The team, the follow-up policy or the keys in it are invalid.
    pub fn read(bytes: &[u8]) -> Result<Self, ConfigError> {
        let settings = Settings::lossy(bytes);
        let config = settings.config()?.clone();
        let eligibility = || {
            let DeskPlans { plans, desk_plan } = settings.plans().ok()?.clone();
            let (rules, zone) = (settings.eligibility().ok()?.clone(), Zone::named(&config.time_zone).ok()?);
            Some(EligibilityContext { rules, plans, desk_plan, zone })
        };
        Ok(Self {
            follow_up: settings.follow_up()?.clone(),
            eligibility: eligibility(),
            keys: settings.signing()?.clone(),
            accepted: settings.accepted_findings().cloned().unwrap_or_default(),
            team: config.team,
        })
    }

    /// Returns the policy for entries, together with the organizations.
    pub const fn for_entries<'a>(&'a self, organizations: &'a [Arc<Organization>]) -> AuditPolicy<'a> {
        AuditPolicy {
            team: &self.team,
            follow_up: &self.follow_up,
            eligibility: self.eligibility.as_ref(),
            organizations,
        }
    }
}

/// The versions of casebook.toml that an audit has read.
#[derive(Default)]
pub struct PolicyHistory {
    /// A policy that decides about all commits, in place of those of their parents.
    pub fixed: Option<BasePolicy>,
    /// The versions by the object of the file.
    pub by_object: HashMap<String, Arc<PolicyAt>>,
    /// The version of each commit.
    pub by_commit: HashMap<String, Arc<PolicyAt>>,
    /// The version that decides about the signature of each commit; filled only if signatures are checked.
    pub for_signature: HashMap<String, Arc<PolicyAt>>,
}

impl PolicyHistory {
    /// Returns the policy of a parent of a commit.
    pub fn inherited(&self, revision: &Revision, parent: usize) -> Option<BasePolicy> {
        let parent = revision.sides.get(parent)?.parent.as_ref()?;
        Some(BasePolicy { policy: self.by_commit.get(parent)?.clone(), commit: parent.clone() })
    }

    /// Returns every key that any version named.
    pub fn all_keys(&self) -> Vec<TrustedKey> {
        let mut keys: Vec<TrustedKey> = Vec::new();
        for policy in self.by_commit.values().chain(self.by_object.values()) {
            for (_, key) in &policy.keys {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
        keys
    }

    /// Returns whether a commit may be signed with a key.
    pub fn trusted(&self, commit: &str, key: &TrustedKey) -> bool {
        let policy = self.for_signature.get(commit);
        policy.is_some_and(|policy| policy.keys.iter().any(|(_, trusted)| trusted == key))
    }
}
