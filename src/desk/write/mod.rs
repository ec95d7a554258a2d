//! Writing to a desk: the transaction, the parts of a command that need files, and recovery after an interruption.

pub(crate) mod apply;
pub(crate) mod assign;
pub(crate) mod attach;
pub(crate) mod command;
pub(crate) mod commit_message;
pub(crate) mod custom_fields;
pub(crate) mod eligibility;
pub(crate) mod fault_injection;
pub(crate) mod late_reply;
pub(crate) mod open;
pub(crate) mod open_precheck;
pub(crate) mod options;
pub(crate) mod organization;
pub(crate) mod organization_access;
pub(crate) mod outcome;
pub(crate) mod perform;
pub(crate) mod policy_context;
pub(crate) mod policy_files;
pub(crate) mod recovery;
pub(crate) mod repair;
pub(crate) mod request;
pub(crate) mod run;
pub(crate) mod transaction;
