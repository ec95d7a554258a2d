//! A command in the making: the tickets it has read under the lock, and what its steps make of them.
//!
//! Works in memory; nothing is written here.

use std::collections::{BTreeMap, HashSet};

use crate::domain::codec::{HEADER_NAMES, header_fields};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::people::visibility::{customer_view, internal_entries};
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::value::Fields;
use crate::domain::vocabulary::Priority;
use crate::domain::workflow::{self, Decision, DecisionContext, Notice, Refusal, Request};
use crate::error::Error;
use crate::store::files::{FileChange, FileReadError, read_plain};
use crate::store::layout;
use crate::store::yaml::{self, EditError, ReadError};

use super::late_reply::is_window_closed;
use crate::desk::{ActionRequest, AttachmentData, Desk, TicketRef};

/// A ticket as it was and as it shall be.
struct PendingTicket {
    bytes: Option<Vec<u8>>,
    before: Option<Ticket>,
    ticket: Ticket,
}

/// The tickets of one command.
pub(crate) struct Transaction<'a> {
    casebook: &'a Desk,
    pub by: Person,
    random: Box<dyn FnMut() -> u128 + 'a>,
    drafts: BTreeMap<Id, PendingTicket>,
    pub entries: Vec<(Id, Id)>,
    pub notices: Vec<(Id, Notice)>,
    /// The files the entries come with.
    pub attached: Vec<AttachmentData>,
}

impl<'a> Transaction<'a> {
    pub fn new(casebook: &'a Desk, by: Person, random: Box<dyn FnMut() -> u128 + 'a>) -> Self {
        let (drafts, entries, notices, attached) = Default::default();
        Self { casebook, by, random, drafts, entries, notices, attached }
    }

    /// The desk it works on.
    pub fn casebook(&self) -> &'a Desk {
        self.casebook
    }

    /// A ticket as this command has made it so far.
    pub fn ticket(&mut self, id: Id) -> Result<&Ticket, Error> {
        if !self.drafts.contains_key(&id) {
            let draft = self.load(id)?;
            self.drafts.insert(id, draft);
        }
        Ok(&self.drafts[&id].ticket)
    }

    fn load(&self, id: Id) -> Result<PendingTicket, Error> {
        let path = layout::ticket_path(id);
        let bytes = self.casebook.read().bytes(id)?;
        let ticket = yaml::read(&bytes, Some(id)).map_err(|damage| Error::Damaged { path: path.clone(), damage })?;
        if let Some(name) = first_header_mismatch(&ticket) {
            return Err(Error::HeaderDiffers { path, name });
        }
        Ok(PendingTicket { bytes: Some(bytes), before: Some(ticket.clone()), ticket })
    }

    /// Does one step. Says which ticket it came to be about.
    pub fn apply(&mut self, step: &ActionRequest) -> Result<Id, Error> {
        let TicketRef::Ticket(id) = step.target else { return self.open(step) };
        if let Some(done) = self.find_by_key(id, step)? {
            return Ok(done);
        }
        self.check_preconditions(id, step)?;
        let step = &mut step.clone();
        self.casebook.coerce_fields(&mut step.action)?.map_err(|refusal| self.refused(id, step, refusal))?;
        if let Action::Prioritize { priority, .. } = step.action
            && !self.casebook.config().team.editors_prioritize
            && self.role(id)? == TicketRole::Editor
        {
            let step = self.priority_request(id, priority, step)?;
            self.decide(id, &step)?;
            self.notices.push((id, Notice::PriorityRequested(priority)));
            return Ok(id);
        }
        let merged = self.ticket(id)?.header.merged_into.is_some();
        if merged && matches!(step.action, Action::Reply { .. }) {
            self.reply_to_merged(id, step)
        } else {
            self.decide(id, step)
        }
    }

    /// An editor's wish for another priority is recorded as a request: words to support, which owes the next step then
    /// (WORKFLOW, Actions). Whether there is anything to ask is judged as for agents.
    fn priority_request(&mut self, id: Id, priority: Priority, step: &ActionRequest) -> Result<ActionRequest, Error> {
        let ticket = self.ticket(id)?;
        let was = ticket.header.priority;
        let judged = workflow::check_priority_change(ticket, priority);
        judged.map_err(|refusal| self.refused(id, step, refusal))?;
        let why = step.text.as_ref().ok_or_else(|| self.refused(id, step, Refusal::TextMissing))?;
        let text = Text::clean(&format!("Priority {priority} instead of {was}, please.\n\n{why}", why = why.as_str()));
        Ok(ActionRequest { action: Action::Reply { auto: false, via_ticket: None }, text, ..step.clone() })
    }

    /// A retry with the key of an earlier command is that command's result.
    fn find_by_key(&mut self, id: Id, step: &ActionRequest) -> Result<Option<Id>, Error> {
        let Some(key) = &step.key else { return Ok(None) };
        let hides = self.casebook.read().restricted_viewer(Some(&self.by)).is_some();
        let ticket = self.ticket(id)?;
        let internal = if hides { internal_entries(ticket) } else { HashSet::new() };
        // The key of an entry that somebody does not see is none to them.
        let is_it = |entry: &&Entry| entry.key.as_ref() == Some(key) && !internal.contains(&entry.id);
        let Some(entry) = ticket.history.iter().find(is_it) else { return Ok(None) };
        match &entry.action {
            Action::Forward { into, .. } if matches!(step.action, Action::Reply { .. }) => {
                let into = *into;
                Ok(Some(if self.role(into)?.sees() { into } else { id }))
            }
            // An editor's wish for a priority became a reply.
            Action::Reply { .. } if matches!(step.action, Action::Prioritize { .. }) => Ok(Some(id)),
            action if action.as_str() == step.action.as_str() => Ok(Some(id)),
            other => Err(Error::KeyUsed { ticket: id, key: key.clone(), action: other.as_str().to_owned() }),
        }
    }

    fn check_preconditions(&mut self, id: Id, step: &ActionRequest) -> Result<(), Error> {
        let found = self.ticket(id)?.header.status;
        if let Some(expected) = step.if_status.filter(|expected| *expected != found) {
            return Err(Error::StatusChanged { ticket: id, expected, found });
        }
        let Some(expected) = &step.if_version else { return Ok(()) };
        let hides = self.casebook.read().restricted_viewer(Some(&self.by)).is_some();
        let ticket = self.ticket(id)?.clone();
        let ticket = if hides { customer_view(ticket) } else { ticket };
        let found = ticket.version();
        if named_entry(expected, &ticket) == Some(found) {
            return Ok(());
        }
        Err(Error::VersionChanged { ticket: id, expected: expected.clone(), found })
    }

    pub fn role(&mut self, id: Id) -> Result<TicketRole, Error> {
        let (casebook, by) = (self.casebook, self.by.clone());
        let memberships = casebook.policy().memberships(&by)?;
        Ok(casebook.config().team.role_with(&by, &memberships, Some(&self.ticket(id)?.header)))
    }

    /// Decides and applies a step on the ticket it names, with what follows on the other side of a link.
    fn decide(&mut self, id: Id, step: &ActionRequest) -> Result<Id, Error> {
        let standing = self.role(id)?;
        let other = match step.action {
            Action::Merge { into, .. } if into != id => Some(self.ticket(into)?.clone()),
            _ => None,
        };
        let before = self.ticket(id)?.header.merged_into;
        let decided = match self.decide_with(id, step, step.action.clone(), standing, other.as_ref()) {
            Err(error) if is_window_closed(&error) && matches!(step.action, Action::Reply { .. }) => {
                return self.reply_late(&[id], id, step, standing);
            }
            decided => decided?,
        };
        if decided.is_none() {
            return Ok(id);
        }
        match (&step.action, other, before) {
            (Action::Merge { .. }, Some(target), _) => {
                let source = self.ticket(id)?.clone();
                self.append_counterpart(target.id, workflow::merge_counterpart(&source, &target), None)?;
            }
            (Action::Reopen { unmerge: true, .. }, _, Some(target)) => {
                self.append_counterpart(target, Action::Unmerged { source: id }, None)?;
            }
            _ => {}
        }
        Ok(id)
    }

    /// A reply to a merged ticket is recorded where the conversation goes on, by that ticket's rules; the ticket
    /// it was addressed to gets an entry that points there.
    fn reply_to_merged(&mut self, id: Id, step: &ActionRequest) -> Result<Id, Error> {
        let here = self.role(id)?;
        if !here.sees() {
            return Err(self.refused(id, step, Refusal::NotVisible));
        }
        let start = self.ticket(id)?.clone();
        let target = workflow::resolve_merge_chain(&start, |next| self.ticket(next).cloned())?;
        if target == id {
            // The younger end of a ring two clones made: the conversation lives here.
            return self.decide(id, step);
        }
        if let Some(done) = self.find_by_key(target, step)? {
            return Ok(done);
        }
        let there = self.role(target)?;
        let standing = if there.sees() { there } else { here };
        let auto = matches!(step.action, Action::Reply { auto: true, .. });
        let action = Action::Reply { auto, via_ticket: Some(id) };
        let decided = match self.decide_with(target, step, action, standing, None) {
            Err(error) if is_window_closed(&error) => {
                // Who may not see the target is not told what it is about.
                let known = if there.sees() { target } else { id };
                return self.reply_late(&[target, id], known, step, standing);
            }
            decided => decided?,
        };
        if let Some(entry) = decided {
            self.notices.push((target, Notice::RecordedOnTarget(target)));
            let key = step.key.clone();
            self.append(id, Action::Forward { into: target, entry }, key, standing)?;
        }
        // Who may not see the target is told of the ticket they wrote to.
        Ok(if there.sees() { target } else { id })
    }

    pub fn decide_with(
        &mut self,
        id: Id,
        step: &ActionRequest,
        action: Action,
        standing: TicketRole,
        other: Option<&Ticket>,
    ) -> Result<Option<Id>, Error> {
        let request = Request { by: self.by.clone(), action, text: step.text.clone(), keep_open: step.keep_open };
        let casebook = self.casebook;
        let config = casebook.config();
        if matches!(request.action, Action::Attach) && step.attachments.is_empty() {
            return Err(self.refused(id, step, Refusal::NoAttachment));
        }
        let circumstances = casebook.policy_context(self.ticket(id)?, &step.action)?;
        let around = DecisionContext {
            team: &config.team,
            follow_up: &config.follow_up,
            now: casebook.environment().now,
            role: standing,
            other,
            policy: circumstances.as_context(),
        };
        let decision =
            workflow::decide(self.ticket(id)?, &request, &around).map_err(|refusal| self.refused(id, step, refusal))?;
        match decision {
            Decision::Nothing => Ok(None),
            Decision::Entry { action, to, notices } => {
                let judged = casebook.check_field_changes(&self.ticket(id)?.header, &action)?;
                judged.map_err(|refusal| self.refused(id, step, refusal))?;
                self.notices.extend(notices.into_iter().map(|notice| (id, notice)));
                let made = self.new_entry(id, *action, standing)?;
                let (text, key, attachments) = (step.text.clone(), step.key.clone(), self.attached_by(step));
                self.push_entry(id, Entry { to, text, key, attachments, ..made }).map(Some)
            }
        }
    }

    fn refused(&self, id: Id, step: &ActionRequest, refusal: Refusal) -> Error {
        match refusal {
            Refusal::NotVisible => Error::NotFound { word: id.to_string() },
            refusal => Error::Refused { ticket: Some(id), action: step.action.as_str().to_owned(), refusal },
        }
    }

    /// The other side of a link, made by the same person.
    pub fn append_counterpart(&mut self, id: Id, action: Action, key: Option<String>) -> Result<(), Error> {
        let role = self.link_role();
        self.append(id, action, key, role).map(|_| ())
    }

    /// How the acting person stands to a ticket they need not see.
    pub fn link_role(&self) -> TicketRole {
        let standing = self.casebook.config().team.role(&self.by, None);
        if standing.is_support() { standing } else { TicketRole::Customer }
    }

    /// Adds an entry that has no words and leaves the status.
    pub fn append(&mut self, id: Id, action: Action, key: Option<String>, standing: TicketRole) -> Result<Id, Error> {
        let made = self.new_entry(id, action, standing)?;
        self.push_entry(id, Entry { key, ..made })
    }

    /// The next entry of a ticket, as far as the ticket determines it.
    fn new_entry(&mut self, id: Id, action: Action, standing: TicketRole) -> Result<Entry, Error> {
        let (now, random, by) = (self.casebook.environment().now, (self.random)(), self.by.clone());
        let ticket = self.ticket(id)?;
        let (entry_id, from) = (Id::after(Some(ticket.version()), now, random), Some(ticket.header.status));
        Ok(Entry { from, ..Entry::new(entry_id, by, standing.entry_role(), action) })
    }

    /// Adds an entry as it is, behind the last one.
    pub fn push_entry(&mut self, id: Id, entry: Entry) -> Result<Id, Error> {
        self.ticket(id)?;
        let Some(draft) = self.drafts.get_mut(&id) else { return Err(Error::NotFound { word: id.to_string() }) };
        let entry_id = entry.id;
        draft.ticket.append(entry);
        self.entries.push((id, entry_id));
        Ok(entry_id)
    }

    /// Random bits for an id.
    pub fn random(&mut self) -> u128 {
        (self.random)()
    }

    /// Whether a ticket is part of this command.
    pub fn has(&self, id: Id) -> bool {
        self.drafts.contains_key(&id)
    }

    /// Takes in a ticket that is not there yet, as it is.
    pub fn insert(&mut self, ticket: Ticket) {
        self.drafts.insert(ticket.id, PendingTicket { bytes: None, before: None, ticket });
    }

    /// What the files shall hold.
    pub fn changes(&self) -> Result<Vec<FileChange>, Error> {
        let mut changes = Vec::new();
        for (id, draft) in &self.drafts {
            let path = layout::ticket_path(*id);
            let (before, after) = match (&draft.bytes, &draft.before) {
                (Some(_), Some(before)) if before.history.len() == draft.ticket.history.len() => continue,
                (Some(bytes), Some(before)) => {
                    let after = yaml::amend(bytes, before, &draft.ticket)
                        .map_err(|why| Error::Unwritable { path: path.clone(), why })?;
                    (Some(utf8(bytes)), utf8(&after))
                }
                _ => (None, self.print(&path, &draft.ticket)?),
            };
            changes.push(FileChange { path, before, after });
        }
        Ok(changes)
    }
}

impl Transaction<'_> {
    /// The file of a ticket that is not there yet: at a place within the store, and no larger than what is read.
    fn print(&self, path: &str, ticket: &Ticket) -> Result<String, Error> {
        let path = || path.to_owned();
        match read_plain(self.casebook.root(), &path()) {
            Err(FileReadError::Damaged(kind)) => {
                return Err(Error::Damaged { path: path(), damage: ReadError { line: 1, column: 1, kind } });
            }
            Err(FileReadError::Io(source)) => return Err(Error::Io { path: path().into(), attempt: "write", source }),
            Ok(_) | Err(FileReadError::Missing) => {}
        }
        let printed = yaml::print(ticket);
        if printed.len() as u64 > yaml::LARGEST_FILE {
            return Err(Error::Unwritable { path: path(), why: EditError::TooLarge });
        }
        Ok(printed)
    }
}

/// A file that was read as a ticket is UTF-8.
fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The one entry of a ticket that a word names: its id, or a part of at least four characters at either end. A
/// part that several entries share names none of them.
fn named_entry(word: &str, ticket: &Ticket) -> Option<Id> {
    let entries: Vec<Id> = ticket.history.iter().map(|entry| entry.id).collect();
    match layout::matching(&entries, &layout::parse_id_part(word)?).as_slice() {
        [entry] => Some(*entry),
        _ => None,
    }
}

/// The first fact in which the header differs from what its history leads to.
pub fn first_header_mismatch(ticket: &Ticket) -> Option<String> {
    let header = replay::replay(&ticket.history)?;
    if header == ticket.header {
        return None;
    }
    let (stands, follows) = (header_fields(ticket), header_fields(&Ticket { header, ..ticket.clone() }));
    let value =
        |fields: &Fields, name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    HEADER_NAMES.into_iter().find(|name| value(&stands, name) != value(&follows, name)).map(str::to_owned)
}
