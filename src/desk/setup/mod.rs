//! TODO.

pub(crate) mod doctor;
pub(crate) mod init;
