//! The check of organization access: a file may grant it only by a ticket in which the person requested it.
//!
//! Only those tickets are read.

use crate::domain::id::Id;
use crate::domain::people::organization::Member;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{Kind, Role};
use crate::error::Error;

use super::findings::{first_line, with_line};
use super::source::{DeskSource, OrganizationFile};

/// The field of an organization's file that names the ticket.
const FIELD: &str = "organization_access:";

/// Checks the access that an organization grants.
///
/// # Errors
/// A ticket cannot be read.
pub(super) fn check(file: &OrganizationFile, source: &DeskSource<'_>) -> Result<Vec<Finding>, Error> {
    let OrganizationFile { path, bytes, organization } = file;
    let mut findings = Vec::new();
    for member in &organization.people {
        let Some(ticket) = member.organization_access else { continue };
        let Some(reason) = reason_not_granted(&organization.id, member, ticket, source)? else { continue };
        let message = format!("{} has access to all tickets by the ticket {ticket}, {reason}", member.email);
        let finding = Finding::new(&rules::ACCESS_UNGRANTED, path, message);
        let line = first_line(bytes, |line| line.contains(FIELD) && line.contains(&ticket.to_string()));
        findings.push(with_line(finding.at(line, 1), bytes));
    }
    Ok(findings)
}

/// Returns the reason why a ticket does not grant access; none if it does, or cannot be read.
fn reason_not_granted(
    organization: &str,
    member: &Member,
    ticket: Id,
    source: &DeskSource<'_>,
) -> Result<Option<String>, Error> {
    Ok(match source.ticket(ticket)? {
        Some(read) => read.and_then(|(ticket, _)| missing_condition(organization, member, &ticket)),
        None => Some("which does not exist".to_owned()),
    })
}

/// Returns the condition that a ticket does not meet to grant access.
fn missing_condition(organization: &str, member: &Member, ticket: &Ticket) -> Option<String> {
    let header = &ticket.header;
    if header.kind != Some(Kind::OrganizationAccess) {
        return Some("which does not request organization access".to_owned());
    }
    let opening = ticket.opening()?;
    if opening.organization.as_deref() != Some(organization) {
        let other = opening.organization.as_deref().unwrap_or("no organization");
        return Some(format!("which requests access to {other}"));
    }
    if !member.has_address(&opening.requester) {
        return Some(format!("which requests it for {}", opening.requester));
    }
    let grants = |action: &Action| matches!(action, Action::Solve(SolveEvidence::Agreed { .. }));
    let is_granted = ticket.history.iter().any(|entry| entry.role == Role::Agent && grants(&entry.action));
    (!is_granted).then(|| "which no agent granted".to_owned())
}
