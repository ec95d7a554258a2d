//! A customer's reply that comes too late to reopen its ticket: it opens a new one, which follows the old one up.
//!
//! The words are never lost: both files change in one command, and each says where the other is. Must not know for how
//! long a reply reopens: [`crate::domain::transition`] decides.

use crate::domain::action::{Action, Opening};
use crate::domain::id::Id;
use crate::domain::person::Standing;
use crate::domain::ticket::Ticket;
use crate::domain::transition::{self, Notice, Refusal};
use crate::error::Error;

use super::Step;
use super::desk::Desk;

/// Whether a reply was refused for having come too late.
pub(super) const fn came_too_late(error: &Error) -> bool {
    matches!(error, Error::Refused { refusal: Refusal::WindowClosed { .. }, .. })
}

impl Desk<'_> {
    /// Opens the ticket that a late reply makes, in the name of whoever replied, and says so on the older ones: the
    /// solved one, which comes first, and the merged one the reply was addressed to, if it was. What the new one is about
    /// is known from `known`, one of them.
    pub(super) fn follow_up(&mut self, older: &[Id], known: Id, step: &Step, standing: Standing) -> Result<Id, Error> {
        let Some(&solved) = older.first() else { return Ok(known) };
        let old = self.ticket(known)?.clone();
        let opening = Opening { follow_up_of: Some(solved), ..self.successor(&old)? };
        let desk_standing = self.casebook().config().team.standing(&self.by, None);
        transition::may_open(desk_standing, &self.by, &opening).map_err(|refusal| Error::Refused {
            ticket: Some(solved),
            action: "reply".to_owned(),
            refusal,
        })?;
        // The key is the reply's, which the older tickets keep: a retry finds it there.
        let id = self.add(&opening, &Step { key: None, ..step.clone() }, desk_standing);
        for &older in older {
            let forward = Action::Forward { into: id, entry: id };
            self.append(older, forward, None, None, step.key.clone(), standing)?;
        }
        self.notices.push((id, Notice::FollowsUp(solved)));
        Ok(id)
    }

    /// What the new ticket opens with: what the old one was about, and none of what support made of it.
    fn successor(&self, old: &Ticket) -> Result<Opening, Error> {
        let old = old.header.clone();
        let organization = self.organization_of_follow_up(old.organization.as_ref())?;
        let mut opening = Opening::new(old.subject, old.priority, self.by.clone());
        opening.product = old.product;
        opening.product_group = old.product_group;
        opening.instance = old.instance.filter(|_| organization == old.organization);
        opening.organization = organization;
        opening.channel = old.channel;
        opening.language = old.language;
        opening.fields = old.fields;
        for person in std::iter::once(old.requester).chain(old.cc) {
            if !person.is(&self.by) && !person.among(&opening.cc) {
                opening.cc.push(person);
            }
        }
        Ok(opening)
    }

    /// The organisation of the old ticket, as far as who replied is of it; else their own, if they have just one.
    fn organization_of_follow_up(&self, old: Option<&String>) -> Result<Option<String>, Error> {
        let casebook = self.casebook();
        if !casebook.keeps_organizations()? {
            return Ok(old.cloned());
        }
        let memberships = casebook.memberships(&self.by)?;
        let known: Vec<&str> = memberships.organizations().collect();
        Ok(match (old, known.as_slice()) {
            (Some(old), known) if known.contains(&old.as_str()) => Some(old.clone()),
            (_, [own]) => Some((*own).to_owned()),
            _ => None,
        })
    }
}
