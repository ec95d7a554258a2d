//! The check of the attachments that entries refer to: they must exist, in the size that the entry says.
//!
//! Their contents are checked by [`super::other_files`].

use std::path::Path;

use super::findings::with_line;
use crate::domain::codec::PathElement;
use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::attachment::Attachment;
use crate::store::yaml;

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

/// Checks the attachments that a ticket file refers to; `size` returns the size of the file at a path, if there is one.
pub(super) fn check(
    path: &str,
    id: Id,
    bytes: &[u8],
    references: &[AttachmentRef],
    size: impl Fn(&str) -> Option<u64>,
) -> Vec<Finding> {
    let (mut findings, mut paths) = (Vec::new(), Vec::new());
    for AttachmentRef { attachment, entry, places: (index, place) } in references {
        let file = attachment.path();
        let message = match size(&file) {
            Some(size) if size == attachment.size => continue,
            Some(size) => format!("attachment {file} has {size} bytes, but this entry says {}", attachment.size),
            None => format!("attachment {file} is missing (referenced by this entry)"),
        };
        findings.push(Finding::new(&rules::ATTACHMENT_MISSING, path, message).about(*entry).of(id));
        let name = |name: &str| PathElement::Name(name.to_owned());
        paths.push(vec![
            name("history"),
            PathElement::Index(*index),
            name("attachments"),
            PathElement::Index(*place),
            name("sha256"),
        ]);
    }
    if !paths.is_empty() {
        for (finding, (line, column)) in findings.iter_mut().zip(yaml::places(bytes, &paths)) {
            (finding.line, finding.column) = (line, column);
        }
    }
    findings.into_iter().map(|finding| with_line(finding, bytes)).collect()
}

/// Returns the size of a file in a work tree; none if it is not a plain file, or below a symbolic link.
pub(super) fn size_in(root: &Path, path: &str) -> Option<u64> {
    let is_folder = |end| root.join(&path[..end]).symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    if !path.match_indices('/').all(|(end, _)| is_folder(end)) {
        return None;
    }
    let metadata = root.join(path).symlink_metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}
