//! Whether the access to an organisation that its file grants was granted: by a ticket of that person that asks for it.
//!
//! Reads the files that name such access, and those tickets alone.

use memchr::memmem;

use crate::domain::id::Id;
use crate::domain::people::organization::Member;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{Kind, Role};
use crate::error::Error;
use crate::store::{layout, yaml};

use super::source::{FileSource, plain};
use super::ticket::with_line;

/// The field of an organisation's file that names the ticket.
const FIELD: &str = "organization_access:";

/// What is wrong with the access that some organisations grant, in the order they are named in. A file that cannot be
/// read is told elsewhere.
pub(super) fn access<'a>(
    organizations: impl IntoIterator<Item = &'a str>,
    read: &mut FileSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for id in organizations {
        let path = layout::organization_path(id);
        let Some(bytes) = plain(read, &path)? else { continue };
        if memmem::find(&bytes, FIELD.as_bytes()).is_none() {
            continue;
        }
        let Ok(organization) = yaml::read_organization(&bytes, id) else { continue };
        for member in &organization.people {
            let Some(ticket) = member.organization_access else { continue };
            let Some(why) = not_granted(id, member, ticket, read)? else { continue };
            let message = format!("{} reads every ticket by {ticket}, {why}", member.email);
            let finding = Finding::new(&rules::ACCESS_UNGRANTED, &path, message);
            findings.push(with_line(finding.at(line_of(&bytes, ticket), 1), &bytes));
        }
    }
    Ok(findings)
}

/// Why a ticket does not grant somebody access; nothing where it does, or cannot be read.
fn not_granted(
    organization: &str,
    member: &Member,
    ticket: Id,
    read: &mut FileSource<'_>,
) -> Result<Option<String>, Error> {
    let bytes = match read(&layout::ticket_path(ticket)) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Some("which is no ticket".to_owned())),
        Err(Error::Damaged { .. }) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(yaml::read(&bytes, Some(ticket)).ok().and_then(|ticket| misses(organization, member, &ticket)))
}

/// What a ticket lacks to grant somebody access.
fn misses(organization: &str, member: &Member, ticket: &Ticket) -> Option<String> {
    let header = &ticket.header;
    if header.kind != Some(Kind::OrganizationAccess) {
        return Some("which asks for something else".to_owned());
    }
    let opening = ticket.opening()?;
    if opening.organization.as_deref() != Some(organization) {
        let other = opening.organization.as_deref().unwrap_or("no organization");
        return Some(format!("which asks for access to {other}"));
    }
    if !member.has_address(&opening.requester) {
        return Some(format!("which asks for {}", opening.requester));
    }
    let grants = |action: &Action| matches!(action, Action::Solve(SolveEvidence::Agreed { .. }));
    let is_granted = ticket.history.iter().any(|entry| entry.role == Role::Agent && grants(&entry.action));
    (!is_granted).then(|| "which no agent has granted".to_owned())
}

fn line_of(bytes: &[u8], ticket: Id) -> usize {
    let (text, ticket) = (String::from_utf8_lossy(bytes), ticket.to_string());
    let names = |line: &str| line.contains(FIELD) && line.contains(&ticket);
    text.lines().position(names).map_or(1, |index| index + 1)
}
