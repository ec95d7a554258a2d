//! The flags that several verbs share, and the values that they take.

pub(crate) mod attachment;
pub(crate) mod output_format;
pub(crate) mod query;
pub(crate) mod sort;
pub(crate) mod text_input;
pub(crate) mod value_parsers;
pub(crate) mod write_flags;

use clap::Args;

pub use text_input::TextFlags;
pub(crate) use value_parsers::key;
pub use write_flags::{CommitFlags, ConditionFlags, IfNeededFlag, TicketFlags, WriteFlags};

/// The ticket of a verb.
#[derive(Debug, Args)]
pub struct TicketArgument {
    /// A ticket: its id, a part of it (4 characters or more at either end, or the beginning of the id in lists), or the id
    /// it was imported under
    #[arg(index = 1, value_name = "TICKET")]
    pub ticket: String,
}
