//! The attachments that entries name: whether they are there, and as large as is said. Whether their bytes are what
//! they are named after, each file tells by itself ([`super::other_files`]).

use std::path::Path;

use super::ticket::with_line;
use crate::domain::codec::PathElement;
use crate::domain::id::Id;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::attachment::Attachment;
use crate::store::yaml;

/// An attachment that an entry names, and where in the file it does.
#[derive(Debug)]
pub(super) struct AttachmentRef {
    pub what: Attachment,
    entry: Id,
    /// The places of the entry in the history, and of the attachment in it.
    places: (usize, usize),
}

/// The attachments of a ticket. Most have none, and then nothing is asked.
pub(super) fn named(ticket: &Ticket) -> Vec<AttachmentRef> {
    let mut named = Vec::new();
    for (index, entry) in ticket.history.iter().enumerate() {
        for (place, what) in entry.attachments.iter().enumerate() {
            named.push(AttachmentRef { what: what.clone(), entry: entry.id, places: (index, place) });
        }
    }
    named
}

/// What is wrong with the attachments a ticket's file names; `size` tells how large the one at a path is, where there
/// is one.
pub(super) fn missing(
    path: &str,
    id: Id,
    bytes: &[u8],
    named: &[AttachmentRef],
    size: impl Fn(&str) -> Option<u64>,
) -> Vec<Finding> {
    let (mut findings, mut paths) = (Vec::new(), Vec::new());
    for AttachmentRef { what, entry, places: (index, place) } in named {
        let lies = what.path();
        let message = match size(&lies) {
            Some(size) if size == what.size => continue,
            Some(size) => format!("{lies} has {size} bytes, and the entry says {}", what.size),
            None => format!("{lies} is not there, which the entry names"),
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

/// How large a file of a work tree is; none where there is no plain file, or a link leads to it.
pub(super) fn size_in(root: &Path, path: &str) -> Option<u64> {
    let is_folder = |end| root.join(&path[..end]).symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    if !path.match_indices('/').all(|(end, _)| is_folder(end)) {
        return None;
    }
    let metadata = root.join(path).symlink_metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}
