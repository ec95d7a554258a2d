//! The follow-up policy: how often a silent requester is reminded, and when silence solves a ticket.
//!
//! Numbers are proposals, not promises of any vendor (FACTS §9 A5); casebook.toml replaces them.
//! What they come to on a ticket, [`super::follow_up`] says. Must not know casebook.toml, nor calendars.

use chrono::TimeDelta;

use crate::domain::vocabulary::Priority;

/// What the policy says for one priority. Spans count from the agent's last reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// When reminders are due.
    pub alerts: Vec<TimeDelta>,
    /// How long to wait before silence may solve the ticket.
    pub solve_after: TimeDelta,
}

impl FollowUp {
    /// The default of a priority.
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

    /// How many alerts silence needs: as many as listed, and never none (seeds 002-004: at least one).
    pub fn alerts_needed(&self) -> usize {
        self.alerts.len().max(1)
    }
}

/// The tag that keeps a ticket out of sweeps, unless policy names another.
pub const OPT_OUT_TAG: &str = "no-follow-up";

/// In which time the spans are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeBasis {
    /// As it goes by.
    #[default]
    Calendar,
    /// Open time of the calendar that policy names for the ticket.
    Business,
}

/// The follow-up policy of every priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpPolicy {
    spans: [FollowUp; 4],
    /// In which time they are counted.
    pub counts: TimeBasis,
    /// The tag that keeps a ticket out of sweeps; none where there is no such tag.
    pub opt_out_tag: Option<String>,
}

impl Default for FollowUpPolicy {
    fn default() -> Self {
        Self {
            spans: [Priority::S1, Priority::S2, Priority::S3, Priority::S4].map(FollowUp::default_of),
            counts: TimeBasis::default(),
            opt_out_tag: Some(OPT_OUT_TAG.to_owned()),
        }
    }
}

impl FollowUpPolicy {
    /// What holds for a priority.
    pub fn of(&self, priority: Priority) -> &FollowUp {
        &self.spans[priority as usize]
    }

    /// Replaces what holds for a priority.
    pub fn set(&mut self, priority: Priority, follow_up: FollowUp) {
        self.spans[priority as usize] = follow_up;
    }
}
