//! Organisation access, granted and revoked: the organisation's file and the ticket change in one command.
//!
//! Must not know who may have it: [`crate::domain::people::organization_access`] does.

use crate::domain::id::Id;
use crate::domain::people::organization::Organization;
use crate::domain::people::organization_access::{AccessRefusal, may_have_access};
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, OpenFields, SolveEvidence};
use crate::domain::vocabulary::Kind;
use crate::domain::workflow::Refusal;
use crate::error::Error;

use super::commit_message;
use crate::desk::{ActionRequest, Command, Desk, OrganizationCommand, Outcome, WriteOptions};

/// What becomes of somebody's access.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// It is granted, by the ticket that asks for it, which this solves. The step is on that ticket; its action is not
    /// looked at.
    Grant(Box<ActionRequest>),
    /// It is revoked; words go to the ticket that had granted it.
    Revoke {
        /// The organisation.
        organization: String,
        /// Whose it is.
        person: Person,
        /// What is said about it.
        text: Option<Text>,
        /// What a retry is known by: where the access is gone already, it is the first result.
        key: Option<String>,
    },
}

impl Desk {
    /// What granting or revoking makes of the organisation's file and the ticket.
    pub(crate) fn plan_access_change(&self, change: &AccessChange, terms: &WriteOptions) -> Result<Outcome, Error> {
        match change {
            AccessChange::Grant(step) => self.decide_to_grant(step, terms),
            AccessChange::Revoke { organization, person, text, key } => {
                self.decide_to_revoke(organization, person, (text.as_ref(), key.as_ref()), terms)
            }
        }
    }

    fn decide_to_grant(&self, step: &ActionRequest, terms: &WriteOptions) -> Result<Outcome, Error> {
        let solution = SolveEvidence::Agreed { by: None };
        let step = ActionRequest { action: Action::Solve(solution), ..step.clone() };
        let report = self.decide(Command::Steps(vec![step]), terms)?;
        let Some(ticket) = report.tickets.first().filter(|_| !report.changes.is_empty()) else { return Ok(report) };
        let refused = |why| refused(Some(ticket.id), "access grant", why);
        let asked = request(ticket).ok_or_else(|| refused(AccessRefusal::NotAnAccessRequest))?;
        let organization = asked.organization.as_deref().ok_or_else(|| refused(AccessRefusal::NoOrganization))?;
        let file = self.policy().organization(organization, Some(&terms.by))?;
        may_have_access(&file, &asked.requester, asked.approved_by.as_ref()).map_err(refused)?;
        let amendment = OrganizationChange::Access(asked.requester.clone(), Some(ticket.id));
        self.amended_too(report.clone(), organization, amendment, terms)
    }

    fn decide_to_revoke(
        &self,
        organization: &str,
        person: &Person,
        (text, key): (Option<&Text>, Option<&String>),
        terms: &WriteOptions,
    ) -> Result<Outcome, Error> {
        let file = self.policy().organization(organization, Some(&terms.by))?;
        let is_revoked = file.member(person).is_some_and(|member| member.organization_access.is_none());
        if key.is_some() && is_revoked && self.config.team.has_agent(&terms.by) {
            return Ok(Outcome::default());
        }
        let granted_by = file.member(person).and_then(|member| member.organization_access).ok_or_else(|| {
            let (person, organization) = (person.clone(), organization.to_owned());
            refused(None, "access revoke", AccessRefusal::NoAccess { person, organization })
        })?;
        let report = match text {
            Some(text) => {
                let action = Action::Reply { auto: false, via_ticket: None };
                let step =
                    ActionRequest { key: key.cloned(), ..ActionRequest::on(granted_by, action, Some(text.clone())) };
                self.decide(Command::Steps(vec![step]), terms)?
            }
            None => Outcome::default(),
        };
        self.amended_too(report, organization, OrganizationChange::Access(person.clone(), None), terms)
    }

    /// A report with the change of an organisation added, as one command.
    fn amended_too(
        &self,
        mut report: Outcome,
        organization: &str,
        amendment: OrganizationChange,
        terms: &WriteOptions,
    ) -> Result<Outcome, Error> {
        let amending = OrganizationCommand { id: organization.to_owned(), is_new: false, amendments: vec![amendment] };
        let amended = self.plan_organization_change(&amending, terms)?;
        report.changes.extend(amended.changes);
        if amended.message.is_some() {
            let made = report.entries.iter().filter_map(|(id, entry)| {
                let ticket = report.tickets.iter().find(|ticket| ticket.id == *id)?;
                Some((ticket, ticket.entry(*entry)?))
            });
            let on_behalf_of = self.on_behalf_of(terms)?;
            report.message =
                Some(commit_message::for_access(&made.collect::<Vec<_>>(), &amending, on_behalf_of.as_deref()));
        }
        Ok(report)
    }

    /// Whether a request for access may be opened: by the file of the organisation it is for.
    pub(crate) fn check_access_request(&self, opening: &OpenFields) -> Result<Result<(), Refusal>, Error> {
        let judged = match opening.organization.as_deref() {
            None => Err(AccessRefusal::NoOrganization),
            Some(id) => {
                let file = self.policy().organization_on_file(id)?.unwrap_or_else(|| Organization::new(id));
                may_have_access(&file, &opening.requester, opening.approved_by.as_ref())
            }
        };
        Ok(judged.map_err(|why| Refusal::Access(Box::new(why))))
    }
}

/// What a request for access asks; nothing where the ticket is none.
fn request(ticket: &Ticket) -> Option<&OpenFields> {
    ticket.opening().filter(|_| ticket.header.kind == Some(Kind::OrganizationAccess))
}

fn refused(ticket: Option<Id>, action: &str, why: AccessRefusal) -> Error {
    Error::Refused { ticket, action: action.to_owned(), refusal: Refusal::Access(Box::new(why)) }
}
