//! Service levels: plans and targets, clocks, follow-ups after silence, and the manager response to an escalation
//! (docs/slas.md, docs/follow-up.md).
//!
//! | file | contents |
//! |---|---|
//! | [`plan`] | metrics, targets, plans |
//! | [`events`] | the part of a history that clocks need |
//! | `measure` | the times in which each clock ran |
//! | [`clock`] | clocks with target, due instant and state |
//! | [`breakdown`] | a clock interval by interval, for `sla --explain` |
//! | [`manager_response`] | escalations: the manager on duty, and the clock of the manager response |
//! | [`follow_up_policy`], [`follow_up`] | reminders and solving for no response |
//! | [`due_item`] | the work that is due on a ticket |
//!
//! # Invariants
//!
//! Everything is a function of history, policy, calendars and an instant given by the caller, so that a clock is the
//! same on every machine and for any instant in the past. Nothing here knows casebook.toml or which plan is in force.

pub mod breakdown;
pub mod clock;
pub mod due_item;
pub mod events;
pub mod follow_up;
pub mod follow_up_policy;
pub mod manager_response;
pub(crate) mod measure;
pub mod plan;
