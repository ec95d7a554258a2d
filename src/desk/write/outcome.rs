//! The outcome of a command.

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::workflow::Notice;
use crate::store::files::{ExtraFile, FileChange};

use super::request::AttachmentData;

/// What a command did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The tickets the steps were about, in their order; of a reply to a merged one, where it was recorded.
    pub tickets: Vec<Ticket>,
    /// The entries made, with their tickets.
    pub entries: Vec<(Id, Id)>,
    /// What the person should know.
    pub notices: Vec<(Id, Notice)>,
    /// The files brought, with their bytes; some may be there already.
    pub attached: Vec<AttachmentData>,
    /// Files that lie there and go with the commit.
    pub left_behind: Vec<ExtraFile>,
    /// The files changed, with what they held and hold.
    pub changes: Vec<FileChange>,
    /// The commit message, where there is a commit or would be one.
    pub message: Option<String>,
}
