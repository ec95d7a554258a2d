//! The work that is due on a ticket (docs/follow-up.md#sweeping).

use chrono::{DateTime, Utc};

use super::clock::Clock;
use super::follow_up::{FollowUpStep, NextFollowUp};

/// Something due on a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueItem {
    /// The next follow-up to a requester who does not reply.
    FollowUp(NextFollowUp),
    /// A manager response that is overdue.
    ManagerResponse(Clock),
    /// A hold whose end has passed.
    HoldEnded {
        /// The end of the hold, UTC.
        until: DateTime<Utc>,
    },
}

impl DueItem {
    /// Returns the instant since which it has been due, UTC.
    pub fn due_at(&self) -> DateTime<Utc> {
        match self {
            Self::ManagerResponse(clock) => clock.due_at.unwrap_or(clock.started_at),
            Self::FollowUp(next) => next.due_at,
            Self::HoldEnded { until } => *until,
        }
    }

    /// Returns the word of the item in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::FollowUp(NextFollowUp { step: FollowUpStep::Remind { .. }, .. }) => "remind",
            Self::FollowUp(NextFollowUp { step: FollowUpStep::Solve, .. }) => "solve",
            Self::ManagerResponse(_) => "manager_response",
            Self::HoldEnded { .. } => "hold_ended",
        }
    }
}
