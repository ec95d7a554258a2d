//! TODO.

pub(crate) mod breakdown;
pub mod clock;
pub(crate) mod events;
pub mod follow_up;
pub mod follow_up_policy;
pub mod manager_response;
pub(crate) mod measure;
pub mod plan;
