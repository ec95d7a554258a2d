//! Opening a ticket.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::query::NONE;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Header, OpenFields, Ticket};
use crate::domain::vocabulary::{ReopenReason, Status};
use crate::domain::workflow::{self, Notice, Refusal};
use crate::error::Error;
use crate::store::layout;

use super::custom_fields::validate_opening;
use super::eligibility::check_eligibility;
use super::request::{ActionRequest, OnExisting};
use super::transaction::{Transaction, opening_refused};
use crate::desk::Desk;
use crate::desk::read::summaries::Selection;

impl Transaction<'_> {
    /// Opens a ticket. Returns its id, or the id of the ticket that an earlier request with the same key opened.
    ///
    /// # Errors
    /// The actor may not open the ticket, a field is not valid, or a file cannot be read.
    pub(crate) fn open(&mut self, mut request: ActionRequest) -> Result<Id, Error> {
        let mut opening = match std::mem::replace(&mut request.action, Action::Attach) {
            Action::Open(opening) => *opening,
            other => {
                return Err(Error::Usage { message: format!("`{}` needs a ticket", other.as_str()), hint: None });
            }
        };
        if let Some(key) = &request.key
            && let Some(done) = self.find_opened(key)?
        {
            return self.fire_again(done, request);
        }
        let (desk, actor) = (self.desk(), self.actor());
        let role = desk.config().team.role(actor, None);
        workflow::may_open(role, actor, &opening).map_err(opening_refused)?;
        check_reserved(&opening).map_err(opening_refused)?;
        opening.organization = organization_of_opening(desk, &opening, role)?;
        if request.text.is_none() {
            return Err(opening_refused(Refusal::TextMissing));
        }
        let notice = validate_opening(desk, &mut opening)?;
        let is_needless = check_eligibility(desk, &mut opening)?;
        let id = self.add_ticket(opening, request, role);
        let needless = is_needless.then_some(Notice::NothingToOverride);
        self.notices.extend(notice.into_iter().chain(needless).map(|notice| (id, notice)));
        Ok(id)
    }

    /// Adds a new ticket, whose first entry takes the text, the key and the attachments of the request.
    pub(crate) fn add_ticket(&mut self, opening: OpenFields, request: ActionRequest, role: TicketRole) -> Id {
        let (now, root) = (self.desk().environment().now, self.desk().root());
        let id = loop {
            let id = Id::at(now, self.random_bits());
            let is_taken = root.join(layout::ticket_path(id)).symlink_metadata().is_ok();
            if !is_taken && !self.contains(id) {
                break id;
            }
        };
        let entry = Entry {
            to: Some(Status::Open),
            key: request.key,
            attachments: self.attach(request.attachments),
            text: request.text,
            ..Entry::new(id, self.actor().clone(), role.entry_role(), Action::Open(Box::new(opening)))
        };
        let ticket = Ticket::opened_by(entry).expect("an entry that opens a ticket makes one");
        self.insert(ticket);
        self.entries.push((id, id));
        id
    }

    /// Does what the request asks for if a ticket was opened with its key before. The conversation of a merged ticket
    /// continues on the ticket at the end of its merges.
    fn fire_again(&mut self, opened: Id, request: ActionRequest) -> Result<Id, Error> {
        if request.on_existing == OnExisting::Return {
            return Ok(opened);
        }
        let start = self.ticket(opened)?.clone();
        let id = workflow::resolve_merge_chain(&start, |next| self.ticket(next).cloned())?;
        let is_solved = self.ticket(id)?.header.status == Status::Solved;
        let action = match request.on_existing {
            OnExisting::Reply => Action::Reply { auto: false, via_ticket: None },
            OnExisting::Reopen if is_solved => Action::Reopen { reason: ReopenReason::NotSolved, unmerge: false },
            // Notes are for agents; a robot that is a customer says it in a reply.
            _ if !self.role(id)?.is_support() => Action::Reply { auto: false, via_ticket: None },
            _ => Action::Note { auto: false, via_ticket: None },
        };
        self.apply(ActionRequest { attachments: request.attachments, ..ActionRequest::on(id, action, request.text) })
    }

    /// Returns the ticket that an earlier `open` with this key made, if the actor may see it. The key of a ticket that
    /// the actor may not see is free, because a refusal would reveal the ticket.
    fn find_opened(&self, key: &str) -> Result<Option<Id>, Error> {
        let has_key = |summary: &Summary| summary.key.as_deref() == Some(key);
        let found = self.desk().read().select(&Selection::by(&has_key))?;
        let opened: Vec<(Id, Header)> = found.rows.iter().map(|summary| (summary.id, summary.header)).collect();
        if opened.is_empty() {
            return Ok(None);
        }
        let (team, actor) = (&self.desk().config().team, self.actor());
        let memberships = self.desk().policy().memberships(actor)?;
        let sees = |header| team.role_with(actor, &memberships, Some(header)).sees();
        Ok(opened.iter().find(|(_, header)| sees(header)).map(|(id, _)| *id))
    }
}

/// Refuses fields with the value by which queries find tickets without one.
fn check_reserved(opening: &OpenFields) -> Result<(), Refusal> {
    let header = Header::opened(opening);
    let names = HeaderField::names().filter(|name| HeaderField::Named(name) != HeaderField::SUBJECT);
    let reserved = names.into_iter().find(|name| header.text(name) == Some(NONE));
    let tags = header.tags.iter().any(|tag| tag == NONE).then_some("tags");
    reserved.or(tags).map_or(Ok(()), |name| Err(Refusal::ReservedValue { name: name.to_owned() }))
}

/// Returns the organization of a new ticket: the given one, else the requester's. A customer may only give an
/// organization of the requester. A desk without files of organizations takes the given one as it is.
///
/// # Errors
/// The organization is refused, or a file cannot be read.
pub(crate) fn organization_of_opening(
    desk: &Desk,
    opening: &OpenFields,
    role: TicketRole,
) -> Result<Option<String>, Error> {
    let given = opening.organization.clone();
    if (role.is_support() && given.is_some()) || !desk.policy().keeps_organizations()? {
        return Ok(given);
    }
    let memberships = desk.policy().memberships(&opening.requester)?;
    let organizations: Vec<String> = memberships.organizations().map(str::to_owned).collect();
    match given {
        Some(given) if organizations.contains(&given) => Ok(Some(given)),
        Some(given) => Err(opening_refused(Refusal::OtherOrganization { given })),
        None if organizations.len() > 1 => {
            Err(opening_refused(Refusal::AmbiguousOrganization { known: organizations }))
        }
        None => Ok(organizations.into_iter().next()),
    }
}
