//! Service levels: plans and targets, clocks and their measurement, follow-ups, and the response of a manager.

pub(crate) mod breakdown;
pub mod clock;
pub(crate) mod events;
pub mod follow_up;
pub mod follow_up_policy;
pub mod manager_response;
pub(crate) mod measure;
pub mod plan;
