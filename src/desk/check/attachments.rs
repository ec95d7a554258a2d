//! The check of the attachments that entries refer to: they must exist, in the size that the entry says.
//!
//! Their contents are checked by [`super::other_files`].

use super::findings::{at_places, in_entry, name};
use super::source::DeskSource;
use crate::domain::codec::PathElement;
use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::attachment::Attachment;
use crate::error::Error;

/// An attachment that an entry refers to, and its place in the file.
#[derive(Debug)]
pub(super) struct AttachmentRef {
    pub attachment: Attachment,
    entry: Id,
    /// The places of the entry in the history, and of the attachment in it.
    places: (usize, usize),
}

/// Returns the attachments that the entries of a ticket refer to.
pub(super) fn references(ticket: &Ticket) -> Vec<AttachmentRef> {
    let mut references = Vec::new();
    for (index, entry) in ticket.history.iter().enumerate() {
        for (place, attachment) in entry.attachments.iter().enumerate() {
            references.push(AttachmentRef { attachment: attachment.clone(), entry: entry.id, places: (index, place) });
        }
    }
    references
}

/// Checks the attachments that a ticket file refers to.
///
/// # Errors
/// git ended unexpectedly.
pub(super) fn check(
    path: &str,
    id: Id,
    bytes: &[u8],
    references: &[AttachmentRef],
    source: &DeskSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let files: Vec<String> = references.iter().map(|reference| reference.attachment.path()).collect();
    let sizes = source.sizes(&files)?;
    let mut findings = Vec::new();
    for ((reference, file), size) in references.iter().zip(&files).zip(sizes) {
        let AttachmentRef { attachment, entry, places: (index, place) } = reference;
        let message = match size {
            Some(size) if size == attachment.size => continue,
            Some(size) => format!("attachment {file} has {size} bytes, but this entry says {}", attachment.size),
            None => format!("attachment {file} is missing (referenced by this entry)"),
        };
        let place = [in_entry(*index, "attachments"), vec![PathElement::Index(*place), name("sha256")]].concat();
        findings.push((Finding::new(&rules::ATTACHMENT_MISSING, path, message).about(*entry), place));
    }
    Ok(at_places(findings, id, bytes))
}
