//! A customer's reply that comes too late to reopen its ticket: it opens a new one, which follows the old one up; what
//! comes later still goes on there, until that one is solved.
//!
//! The words are never lost: both files change in one command, and each says where the other is. Must not know for how
//! long a reply reopens: [`crate::domain::workflow`] decides.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, OpenFields};
use crate::domain::vocabulary::Status;
use crate::domain::workflow::{self, Notice, Refusal};
use crate::error::Error;

use super::transaction::Transaction;
use crate::desk::ActionRequest;

/// Whether a reply was refused for having come too late.
pub(crate) const fn is_window_closed(error: &Error) -> bool {
    matches!(error, Error::Refused { refusal: Refusal::WindowClosed { .. }, .. })
}

impl Transaction<'_> {
    /// Records a reply that came too late: on the ticket that an earlier one opened, while that is not solved, else on a
    /// new one. `older` as [`Transaction::follow_up`] has it.
    pub(crate) fn reply_late(
        &mut self,
        older: &[Id],
        known: Id,
        step: &ActionRequest,
        standing: TicketRole,
    ) -> Result<Id, Error> {
        let (Some(&solved), Some(&addressed)) = (older.first(), older.last()) else { return Ok(known) };
        let Some(target) = self.running_follow_up(solved)? else { return self.follow_up(older, known, step, standing) };
        let there = self.role(target)?;
        let auto = matches!(step.action, Action::Reply { auto: true, .. });
        let action = Action::Reply { auto, via_ticket: Some(addressed) };
        let standing = if there.sees() { there } else { standing };
        if let Some(entry) = self.decide_with(target, step, action, standing, None)? {
            self.notices.push((target, Notice::RecordedOnFollowUp(solved)));
            self.append(addressed, Action::Forward { into: target, entry }, step.key.clone(), standing)?;
        }
        // Who may not see where it goes on is told of the ticket they wrote to.
        Ok(if there.sees() { target } else { addressed })
    }

    /// Where the conversation of the ticket that last followed up a solved one goes on, if that is not solved.
    fn running_follow_up(&mut self, solved: Id) -> Result<Option<Id>, Error> {
        let opened = self.ticket(solved)?.history.iter().rev().find_map(|entry| match entry.action {
            Action::Forward { into, entry } if into == entry => Some(into),
            _ => None,
        });
        let Some(opened) = opened else { return Ok(None) };
        let start = match self.ticket(opened) {
            Ok(ticket) => ticket.clone(),
            // It was never brought here: the words open another one rather than getting lost.
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let target = workflow::resolve_merge_chain(&start, |next| self.ticket(next).cloned())?;
        Ok((self.ticket(target)?.header.status != Status::Solved).then_some(target))
    }

    /// Opens the ticket that a late reply makes, in the name of whoever replied, and says so on the older ones: the
    /// solved one, which comes first, and the merged one the reply was addressed to, if it was. What the new one is about
    /// is known from `known`, one of them.
    fn follow_up(&mut self, older: &[Id], known: Id, step: &ActionRequest, standing: TicketRole) -> Result<Id, Error> {
        let Some(&solved) = older.first() else { return Ok(known) };
        let old = self.ticket(known)?.clone();
        let opening = OpenFields { follow_up_of: Some(solved), ..self.successor(&old)? };
        let desk_standing = self.casebook().config().team.role(&self.by, None);
        workflow::may_open(desk_standing, &self.by, &opening).map_err(|refusal| Error::Refused {
            ticket: Some(solved),
            action: "reply".to_owned(),
            refusal,
        })?;
        // The key is the reply's, which the older tickets keep: a retry finds it there.
        let id = self.add(&opening, &ActionRequest { key: None, ..step.clone() }, desk_standing);
        for &older in older {
            let forward = Action::Forward { into: id, entry: id };
            self.append(older, forward, step.key.clone(), standing)?;
        }
        self.notices.push((id, Notice::OpenedFollowUp(solved)));
        Ok(id)
    }

    /// What the new ticket opens with: what the old one was about, and none of what support made of it.
    fn successor(&self, old: &Ticket) -> Result<OpenFields, Error> {
        let old = old.header.clone();
        let organization = self.organization_of_follow_up(old.organization.as_ref())?;
        let mut opening = OpenFields::new(old.subject, old.priority, self.by.clone());
        opening.product = old.product;
        opening.product_group = old.product_group;
        opening.instance = old.instance.filter(|_| organization == old.organization);
        opening.organization = organization;
        opening.channel = old.channel;
        opening.language = old.language;
        opening.fields = old.fields;
        for person in std::iter::once(old.requester).chain(old.cc) {
            if !person.same_address(&self.by) && !person.is_in(&opening.cc) {
                opening.cc.push(person);
            }
        }
        Ok(opening)
    }

    /// The organisation of the old ticket, as far as who replied is of it; else their own, if they have just one.
    fn organization_of_follow_up(&self, old: Option<&String>) -> Result<Option<String>, Error> {
        let casebook = self.casebook();
        if !casebook.policy().keeps_organizations()? {
            return Ok(old.cloned());
        }
        let memberships = casebook.policy().memberships(&self.by)?;
        let known: Vec<&str> = memberships.organizations().collect();
        Ok(match (old, known.as_slice()) {
            (Some(old), known) if known.contains(&old.as_str()) => Some(old.clone()),
            (_, [own]) => Some((*own).to_owned()),
            _ => None,
        })
    }
}
