//! A support desk in a git repository: every ticket a YAML file, every command a validated transition.
//!
//! | folder | what it is | knows |
//! |---|---|---|
//! | [`domain`] | what is true | nobody |
//! | [`store`] | where it lies | domain |
//! | [`exchange`] | how it travels to and from other systems | domain |
//! | [`view`] | how it looks | domain |
//! | [`desk`] | how it changes: the only writer | domain, store |
//! | [`cli`] | how it is asked | all |
//!
//! Start reading at [`domain::ticket::action::Action`], then [`domain::workflow::decide`], then
//! [`desk::Desk::perform`].

pub mod cli;
pub mod desk;
pub mod domain;
pub mod error;
pub mod exchange;
pub mod store;
pub mod view;
