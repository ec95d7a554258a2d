//! Creating a desk (`init`) and diagnosing it (`doctor`).

pub(crate) mod doctor;
pub(crate) mod init;
