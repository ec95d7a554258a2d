//! A customer's reply after the reopen window (docs/follow-up.md#late-replies): it opens a follow-up ticket. Later replies are
//! recorded on that follow-up ticket until it is solved.
//!
//! The text is never lost: both files change in one command, and each names the other ticket.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::{self, Notice};
use crate::error::Error;

use super::request::ActionRequest;
use super::transaction::Transaction;

impl Transaction<'_> {
    /// Records a late reply: on the unsolved ticket that an earlier late reply opened, else on a new ticket. Returns the
    /// id of the ticket that the actor continues with.
    ///
    /// `older` are the solved ticket and, if the reply was addressed to a ticket that is merged into it, that ticket.
    /// `template` is the one of them whose fields the new ticket takes over.
    ///
    /// # Errors
    /// The workflow refuses the reply or the new ticket, or a file cannot be read.
    pub(crate) fn reply_late(
        &mut self,
        older: &[Id],
        template: Id,
        mut request: ActionRequest,
        role: TicketRole,
    ) -> Result<Id, Error> {
        let (Some(&solved), Some(&addressed)) = (older.first(), older.last()) else { return Ok(template) };
        let Some(target) = self.unsolved_follow_up(solved)? else {
            return self.open_follow_up(older, template, request, role);
        };
        let target_role = self.role(target)?;
        let auto = matches!(request.action, Action::Reply { auto: true, .. });
        request.action = Action::Reply { auto, via_ticket: Some(addressed) };
        let role = if target_role.sees() { target_role } else { role };
        let key = request.key.clone();
        let decision = self.decision(target, &request, role, None)?;
        if let Some(entry) = self.record(target, request, decision, role)? {
            self.notices.push((target, Notice::RecordedOnFollowUp(solved)));
            self.append(addressed, Action::Forward { into: target, entry }, key, role)?;
        }
        // An actor who may not see the follow-up ticket gets the ticket they wrote to.
        Ok(if target_role.sees() { target } else { addressed })
    }

    /// Returns the ticket in which the conversation of the last follow-up of a solved ticket continues, if it is not
    /// solved.
    fn unsolved_follow_up(&mut self, solved: Id) -> Result<Option<Id>, Error> {
        let opened = self.ticket(solved)?.history.iter().rev().find_map(|entry| match entry.action {
            Action::Forward { into, entry } if into == entry => Some(into),
            _ => None,
        });
        let Some(opened) = opened else { return Ok(None) };
        let start = match self.ticket(opened) {
            Ok(ticket) => ticket.clone(),
            // The follow-up ticket was made on another clone and has not arrived: the reply opens one more.
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let target = workflow::resolve_merge_chain(&start, |next| self.ticket(next).cloned())?;
        Ok((self.ticket(target)?.header.status != Status::Solved).then_some(target))
    }

    /// Opens the follow-up ticket of a late reply, with the actor as its requester, and adds an entry that points to it
    /// to the older tickets.
    fn open_follow_up(
        &mut self,
        older: &[Id],
        template: Id,
        mut request: ActionRequest,
        role: TicketRole,
    ) -> Result<Id, Error> {
        let Some(&solved) = older.first() else { return Ok(template) };
        let ticket = self.ticket(template)?.clone();
        let opening = OpenFields { follow_up_of: Some(solved), ..self.follow_up_fields(&ticket)? };
        let desk_role = self.desk().config().team.role(self.actor(), None);
        workflow::may_open(desk_role, self.actor(), &opening)
            .map_err(|refusal| Error::refused(Some(solved), "reply", refusal))?;
        // The older tickets keep the key, because a retry of the reply is addressed to one of them.
        let key = request.key.take();
        let id = self.add_ticket(opening, request, desk_role);
        for &older in older {
            self.append(older, Action::Forward { into: id, entry: id }, key.clone(), role)?;
        }
        self.notices.push((id, Notice::OpenedFollowUp(solved)));
        Ok(id)
    }

    /// Returns the fields of a follow-up ticket: those the requester gave the old ticket, without assignee, tags and
    /// escalation.
    fn follow_up_fields(&self, old: &Ticket) -> Result<OpenFields, Error> {
        let old = old.header.clone();
        let actor = self.actor();
        let organization = self.organization_of_follow_up(old.organization.as_ref())?;
        let mut opening = OpenFields::new(old.subject, old.priority, actor.clone());
        opening.product = old.product;
        opening.product_group = old.product_group;
        opening.instance = old.instance.filter(|_| organization == old.organization);
        opening.organization = organization;
        opening.channel = old.channel;
        opening.language = old.language;
        opening.fields = old.fields;
        for person in std::iter::once(old.requester).chain(old.cc) {
            if !person.same_address(actor) && !person.is_in(&opening.cc) {
                opening.cc.push(person);
            }
        }
        Ok(opening)
    }

    /// Returns the organization of the old ticket if the actor belongs to it, else the actor's own if there is exactly
    /// one.
    fn organization_of_follow_up(&self, old: Option<&String>) -> Result<Option<String>, Error> {
        let policy = self.desk().policy();
        if !policy.keeps_organizations()? {
            return Ok(old.cloned());
        }
        let memberships = policy.memberships(self.actor())?;
        let organizations: Vec<&str> = memberships.organizations().collect();
        Ok(match (old, organizations.as_slice()) {
            (Some(old), organizations) if organizations.contains(&old.as_str()) => Some(old.clone()),
            (_, [own]) => Some((*own).to_owned()),
            _ => None,
        })
    }
}
