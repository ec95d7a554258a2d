//! How a ticket begins: whose it is, of which organisation, and that a key opens one ticket alone.
//!
//! Works in memory, as the rest of a command in the making does.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, OpenFields};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::{self, Notice, Refusal};
use crate::error::Error;
use crate::store::layout;

use super::transaction::Transaction;
use crate::desk::{ActionRequest, Desk};

impl Transaction<'_> {
    /// Does the first step of a ticket. Says which it is.
    pub(crate) fn open(&mut self, step: &ActionRequest) -> Result<Id, Error> {
        let Action::Open(opening) = &step.action else {
            return Err(Error::Usage { message: format!("`{}` needs a ticket", step.action.as_str()), hint: None });
        };
        if let Some(key) = &step.key
            && let Some(done) = self.opened_before(key)?
        {
            return Ok(done);
        }
        let standing = self.casebook().config().team.role(&self.by, None);
        let refused = |refusal| Error::Refused { ticket: None, action: "open".to_owned(), refusal };
        workflow::may_open(standing, &self.by, opening).map_err(refused)?;
        let organization = self.casebook().organization_of_opening(opening, standing)?.map_err(refused)?;
        let mut opening = OpenFields { organization, ..OpenFields::clone(opening) };
        if step.text.is_none() {
            return Err(refused(Refusal::TextMissing));
        }
        let notice = self.casebook().validate_opening(&mut opening)?.map_err(refused)?;
        let is_needless = self.casebook().check_eligibility(&mut opening)?.map_err(refused)?;
        let id = self.add(&opening, step, standing);
        let needless = is_needless.then_some(Notice::NothingToOverride);
        self.notices.extend(notice.into_iter().chain(needless).map(|notice| (id, notice)));
        Ok(id)
    }

    /// A new ticket.
    pub(crate) fn add(&mut self, opening: &OpenFields, step: &ActionRequest, standing: TicketRole) -> Id {
        let now = self.casebook().environment().now;
        let id = loop {
            let id = Id::at(now, self.random());
            let taken = self.casebook().root().join(layout::ticket_path(id)).symlink_metadata().is_ok();
            if !taken && !self.has(id) {
                break id;
            }
        };
        let entry = Entry {
            to: Some(Status::Open),
            key: step.key.clone(),
            attachments: self.attached_by(step),
            text: step.text.clone(),
            ..Entry::new(id, self.by.clone(), standing.entry_role(), Action::Open(Box::new(opening.clone())))
        };
        let ticket = Ticket::opened_by(entry).expect("an entry that opens a ticket makes one");
        self.insert(ticket);
        self.entries.push((id, id));
        id
    }

    /// The ticket that an earlier `open` with this key made, among those that whoever acts may see: a key of somebody
    /// else's ticket is free, since a refusal would tell that there is one.
    fn opened_before(&self, key: &str) -> Result<Option<Id>, Error> {
        let mut made = Vec::new();
        self.casebook().read().search(key, |ticket| {
            if ticket.history.first().is_some_and(|entry| entry.key.as_deref() == Some(key)) {
                made.push((ticket.id, ticket.header));
            }
        })?;
        if made.is_empty() {
            return Ok(None);
        }
        let (team, memberships) = (&self.casebook().config().team, self.casebook().policy().memberships(&self.by)?);
        let sees = |header| team.role_with(&self.by, &memberships, Some(header)).sees();
        Ok(made.iter().find(|(_, header)| sees(header)).map(|(id, _)| *id))
    }
}

impl Desk {
    /// The organisation of a new ticket: the one asked for, else the requester's. A customer asks for their own alone;
    /// a desk without organisations' files takes what it is told.
    pub(crate) fn organization_of_opening(
        &self,
        opening: &OpenFields,
        standing: TicketRole,
    ) -> Result<Result<Option<String>, Refusal>, Error> {
        let given = opening.organization.clone();
        if (standing.is_support() && given.is_some()) || !self.policy().keeps_organizations()? {
            return Ok(Ok(given));
        }
        let memberships = self.policy().memberships(&opening.requester)?;
        let known: Vec<String> = memberships.organizations().map(str::to_owned).collect();
        Ok(match (given, known.as_slice()) {
            (Some(given), known) if known.contains(&given) => Ok(Some(given)),
            (Some(given), _) => Err(Refusal::OtherOrganization { given }),
            (None, [] | [_]) => Ok(known.into_iter().next()),
            (None, _) => Err(Refusal::AmbiguousOrganization { known }),
        })
    }
}
