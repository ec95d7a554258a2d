//! A support desk in a git repository: every ticket is a YAML file, and every command a change that the workflow allows.
//!
//! | folder | contents | uses |
//! |---|---|---|
//! | [`domain`] | tickets, people, actions and their rules: pure functions | nothing |
//! | [`store`] | files, git, the index and settings | domain |
//! | [`exchange`] | imports from other systems | domain |
//! | [`view`] | output for people and as JSON | domain |
//! | [`desk`] | reading and writing a desk: the only writer | domain, store |
//! | [`cli`] | the command line | all |
//!
//! Start reading at [`domain::ticket::action::Action`], then [`domain::workflow::decide`], then
//! [`desk::Desk::perform`]. docs/architecture.md has more.

pub mod cli;
pub mod desk;
pub mod domain;
pub mod error;
pub mod exchange;
pub mod store;
pub mod view;
