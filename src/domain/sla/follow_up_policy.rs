//! The follow-up policy of a desk: the times of reminders to a silent requester, and of solving for no response
//! (docs/follow-up.md#reminders-and-solving-for-no-response).
//!
//! The default numbers are proposals of this program, not those of any vendor. [`super::follow_up`] applies the policy
//! to a ticket.

use chrono::TimeDelta;

use crate::domain::vocabulary::Priority;

/// The follow-up of tickets of one priority. Durations count from the last reply of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The durations after which reminders are due, in order.
    pub alerts: Vec<TimeDelta>,
    /// The duration after which the ticket may be solved for no response.
    pub solve_after: TimeDelta,
}

impl FollowUp {
    /// Returns the default of a priority.
    pub fn default_of(priority: Priority) -> Self {
        let hours = |alerts: &[i64], solve_after| Self {
            alerts: alerts.iter().map(|&hours| TimeDelta::hours(hours)).collect(),
            solve_after: TimeDelta::hours(solve_after),
        };
        match priority {
            Priority::S1 => hours(&[4, 24, 48], 72),
            Priority::S2 => hours(&[24, 72], 5 * 24),
            Priority::S3 => hours(&[4 * 24, 6 * 24], 7 * 24),
            Priority::S4 => hours(&[4 * 24], 7 * 24),
        }
    }

    /// Returns the number of reminders that solving for no response needs: as many as listed, and at least one
    /// (docs/seeds.md#002-003-004).
    pub fn alerts_needed(&self) -> usize {
        self.alerts.len().max(1)
    }
}

/// The tag that excludes a ticket from sweeps, unless casebook.toml names another.
pub const OPT_OUT_TAG: &str = "no-follow-up";

/// The kind of time in which durations are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeBasis {
    /// All time.
    #[default]
    Calendar,
    /// Open time of the ticket's calendar.
    Business,
}

/// The follow-up policy of every priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpPolicy {
    by_priority: [FollowUp; 4],
    /// The kind of time in which durations are counted.
    pub counts: TimeBasis,
    /// The tag that excludes a ticket from sweeps; `None` if the desk has no such tag.
    pub opt_out_tag: Option<String>,
}

impl Default for FollowUpPolicy {
    fn default() -> Self {
        Self {
            by_priority: [Priority::S1, Priority::S2, Priority::S3, Priority::S4].map(FollowUp::default_of),
            counts: TimeBasis::default(),
            opt_out_tag: Some(OPT_OUT_TAG.to_owned()),
        }
    }
}

impl FollowUpPolicy {
    /// Returns the follow-up of a priority.
    pub fn of(&self, priority: Priority) -> &FollowUp {
        &self.by_priority[priority as usize]
    }

    /// Replaces the follow-up of a priority.
    pub fn set(&mut self, priority: Priority, follow_up: FollowUp) {
        self.by_priority[priority as usize] = follow_up;
    }
}
