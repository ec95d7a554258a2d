//! Applying one request to a ticket: idempotency key, conditions, decision, entry.

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::vocabulary::{Priority, Status};
use crate::domain::workflow::{self, Decision, DecisionContext, Notice, Refusal, Request};
use crate::error::Error;
use crate::store::short_id;

use super::custom_fields::coerce_fields;
use super::eligibility::check_field_changes;
use super::policy_context::policy_for;
use super::request::{ActionRequest, TicketRef};
use super::transaction::{Transaction, refused};

impl Transaction<'_> {
    /// Applies a request: its text and attachments move into the entry it adds. Returns the id of the ticket that the
    /// actor continues with: a reply to a merged ticket, or one after the reopen window, is recorded on another ticket.
    ///
    /// # Errors
    /// The workflow refuses the action, a condition of the request does not hold, its key was used for another action,
    /// or a file cannot be read.
    pub fn apply(&mut self, mut request: ActionRequest) -> Result<Id, Error> {
        let TicketRef::Ticket(id) = request.target else { return self.open(request) };
        if let Some(done) = self.find_by_key(id, &request)? {
            return Ok(done);
        }
        self.check_preconditions(id, &request)?;
        coerce_fields(self.desk(), id, &mut request.action)?;
        if let Action::Prioritize { priority, .. } = request.action
            && !self.desk().config().team.editors_prioritize
            && self.role(id)? == TicketRole::Editor
        {
            let request = self.priority_request(id, priority, request)?;
            self.decide(id, request)?;
            self.notices.push((id, Notice::PriorityRequested(priority)));
            return Ok(id);
        }
        let ticket = self.ticket(id)?;
        if request.if_needed && is_there_already(&request.action, &ticket.header) {
            return Ok(id);
        }
        let is_merged = ticket.header.merged_into.is_some();
        if is_merged && matches!(request.action, Action::Reply { .. }) {
            self.reply_to_merged(id, request)
        } else {
            self.decide(id, request)
        }
    }

    /// Turns an editor's change of priority into a reply that asks support for it (docs/workflow.md#prioritize-s2). The
    /// change is checked as it would be for an agent.
    fn priority_request(&mut self, id: Id, priority: Priority, request: ActionRequest) -> Result<ActionRequest, Error> {
        let ticket = self.ticket(id)?;
        let was = ticket.header.priority;
        workflow::check_priority_change(ticket, priority).map_err(|refusal| refused(id, &request.action, refusal))?;
        let reason = request.text.as_ref().ok_or_else(|| refused(id, &request.action, Refusal::TextMissing))?;
        let text = Text::clean(&format!("Priority {priority} instead of {was}, please.\n\n{}", reason.as_str()));
        Ok(ActionRequest { action: Action::Reply { auto: false, via_ticket: None }, text, ..request })
    }

    /// Returns the result of an earlier request with the same key: the id of the ticket it was recorded on. The key of
    /// an entry that the actor may not see does not count.
    fn find_by_key(&mut self, id: Id, request: &ActionRequest) -> Result<Option<Id>, Error> {
        let Some(key) = &request.key else { return Ok(None) };
        let ticket = self.ticket_as_seen(id)?;
        let has_key = |entry: &&Entry| entry.key.as_ref() == Some(key);
        let Some(entry) = ticket.history.iter().find(has_key) else { return Ok(None) };
        match &entry.action {
            Action::Forward { into, .. } if matches!(request.action, Action::Reply { .. }) => {
                let into = *into;
                Ok(Some(if self.role(into)?.sees() { into } else { id }))
            }
            // An editor's change of priority was recorded as a reply.
            Action::Reply { .. } if matches!(request.action, Action::Prioritize { .. }) => Ok(Some(id)),
            action if action.as_str() == request.action.as_str() => Ok(Some(id)),
            other => Err(Error::KeyUsed { ticket: id, key: key.clone(), action: other.as_str().to_owned() }),
        }
    }

    fn check_preconditions(&mut self, id: Id, request: &ActionRequest) -> Result<(), Error> {
        let found = self.ticket(id)?.header.status;
        if let Some(expected) = request.if_status.filter(|expected| *expected != found) {
            return Err(Error::StatusChanged { ticket: id, expected, found });
        }
        let Some(expected) = &request.if_version else { return Ok(()) };
        let ticket = self.ticket_as_seen(id)?;
        let found = ticket.version();
        if entry_with_id_part(expected, &ticket) == Some(found) {
            return Ok(());
        }
        Err(Error::VersionChanged { ticket: id, expected: expected.clone(), found })
    }

    /// Decides on a request and records the entry, with the counterpart on the other ticket of a link.
    fn decide(&mut self, id: Id, mut request: ActionRequest) -> Result<Id, Error> {
        let role = self.role(id)?;
        let target = match request.action {
            Action::Merge { into, .. } if into != id => Some(self.ticket(into)?.clone()),
            _ => None,
        };
        let unmerged_from = match request.action {
            Action::Reopen { unmerge: true, .. } => self.ticket(id)?.header.merged_into,
            _ => None,
        };
        let decision = match self.decision(id, &request, role, target.as_ref()) {
            Err(error) if is_window_closed(&error) && matches!(request.action, Action::Reply { .. }) => {
                return self.reply_late(&[id], id, request, role);
            }
            decision => decision?,
        };
        if matches!(request.action, Action::Remind { .. }) && request.text.is_none() {
            let text = self.reminder_text(id)?;
            request.text = Some(text.ok_or_else(|| refused(id, &request.action, Refusal::TextMissing))?);
        }
        if self.record(id, request, decision, role)?.is_none() {
            return Ok(id);
        }
        if let Some(target) = target {
            let counterpart = workflow::merge_counterpart(self.ticket(id)?, &target);
            self.append_counterpart(target.id, counterpart, None)?;
        } else if let Some(target) = unmerged_from {
            let counterpart = self.unmerge_counterpart(id, target)?;
            self.append_counterpart(target, counterpart, None)?;
        }
        Ok(id)
    }

    /// Returns the entry of the former target of a merge, without whom the merge alone had put in copy.
    ///
    /// # Errors
    /// A ticket cannot be read.
    pub(crate) fn unmerge_counterpart(&mut self, source: Id, target: Id) -> Result<Action, Error> {
        let target = self.ticket(target)?.clone();
        let others = target.header.merged_from.iter().filter(|other| **other != source);
        let others = others.map(|other| Ok(self.ticket(*other)?.header.clone())).collect::<Result<Vec<_>, Error>>()?;
        Ok(workflow::unmerge_counterpart(source, &target, &others))
    }

    /// Records a reply to a merged ticket on the ticket at the end of its merges, by the rules of that ticket. The
    /// merged ticket gets an entry that points there.
    fn reply_to_merged(&mut self, id: Id, mut request: ActionRequest) -> Result<Id, Error> {
        let source_role = self.role(id)?;
        if !source_role.sees() {
            return Err(refused(id, &request.action, Refusal::NotVisible));
        }
        let start = self.ticket(id)?.clone();
        let target = workflow::resolve_merge_chain(&start, |next| self.ticket(next).cloned())?;
        if target == id {
            // Two clones merged two tickets into each other, and this is the later ticket of the ring.
            return self.decide(id, request);
        }
        if let Some(done) = self.find_by_key(target, &request)? {
            return Ok(done);
        }
        let target_role = self.role(target)?;
        let role = if target_role.sees() { target_role } else { source_role };
        // An actor who may not see the target gets the ticket they wrote to.
        let visible = if target_role.sees() { target } else { id };
        let auto = matches!(request.action, Action::Reply { auto: true, .. });
        request.action = Action::Reply { auto, via_ticket: Some(id) };
        let decision = match self.decision(target, &request, role, None) {
            Err(error) if is_window_closed(&error) => {
                return self.reply_late(&[target, id], visible, request, role);
            }
            decision => decision?,
        };
        let key = request.key.clone();
        if let Some(entry) = self.record(target, request, decision, role)? {
            self.notices.push((target, Notice::RecordedOnTarget(target)));
            self.append(id, Action::Forward { into: target, entry }, key, role)?;
        }
        Ok(visible)
    }

    /// Returns the decision of the workflow on a request, without recording it.
    ///
    /// # Errors
    /// The workflow refuses the action, or a file cannot be read.
    pub fn decision(
        &mut self,
        id: Id,
        request: &ActionRequest,
        role: TicketRole,
        other: Option<&Ticket>,
    ) -> Result<Decision, Error> {
        let (desk, action) = (self.desk(), &request.action);
        if matches!(action, Action::Attach) && request.attachments.is_empty() {
            return Err(refused(id, action, Refusal::NoAttachment));
        }
        if let Action::Redact { entry, subject: None, .. } = action
            && self.ticket(id)?.history.iter().rev().find(|entry| entry.has_subject()).map(|entry| entry.id)
                == Some(*entry)
        {
            return Err(refused(id, action, Refusal::SubjectMissing));
        }
        let (follow_up, mut policy) = policy_for(desk, self.ticket(id)?, request)?;
        policy.last_before = self.last_before(id);
        let (team, now) = (&desk.config().team, desk.environment().now);
        let context = DecisionContext { team, follow_up: &follow_up, now, role, other, policy };
        let (by, has_text, keep_open) = (self.actor(), request.text.is_some(), request.keep_open);
        let request = Request { by, action, has_text, internal: request.is_internal(role), keep_open };
        let decision = workflow::decide(self.ticket(id)?, &request, &context);
        let decision = decision.map_err(|refusal| refused(id, action, refusal))?;
        if let Decision::Entry { action: completed, .. } = &decision {
            check_field_changes(desk, self.ticket(id)?, completed)?;
        }
        Ok(decision)
    }

    /// Records a decision as an entry, which takes the text, the key and the attachments of the request. Returns the id
    /// of the entry; `None` if there is nothing to change.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn record(
        &mut self,
        id: Id,
        request: ActionRequest,
        decision: Decision,
        role: TicketRole,
    ) -> Result<Option<Id>, Error> {
        let Decision::Entry { action, to, notices } = decision else { return Ok(None) };
        self.notices.extend(notices.into_iter().map(|notice| (id, notice)));
        let entry = self.new_entry(id, *action, role)?;
        let internal = request.is_internal(role);
        let attachments = self.attach(request.attachments);
        self.push_entry(id, Entry { to, text: request.text, key: request.key, internal, attachments, ..entry })
            .map(Some)
    }
}

/// Returns whether a reply was refused because the reopen window is over.
/// Returns true if a ticket is in the state that an action leads to.
fn is_there_already(action: &Action, header: &Header) -> bool {
    match action {
        Action::Solve { .. } => header.status == Status::Solved,
        Action::Reopen { unmerge: false, .. } => header.status != Status::Solved,
        Action::Resume => header.status == Status::Open,
        Action::Hold(hold) => header.hold.as_ref() == Some(hold),
        _ => false,
    }
}

const fn is_window_closed(error: &Error) -> bool {
    matches!(error, Error::Refused { refusal: Refusal::WindowClosed { .. }, .. })
}

/// Returns the only entry of a ticket whose id is `part`, or begins or ends with it. A part has at least four
/// characters; a part of several entries names none of them.
fn entry_with_id_part(part: &str, ticket: &Ticket) -> Option<Id> {
    let entries: Vec<Id> = ticket.history.iter().map(|entry| entry.id).collect();
    match short_id::matching(&entries, &short_id::parse_id_part(part)?).as_slice() {
        [entry] => Some(*entry),
        _ => None,
    }
}
