//! The actions that a person may do on a ticket now: those that the workflow would accept.

use crate::domain::id::Id;
use crate::domain::text::Text;
use crate::domain::ticket::Hold;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{EscalationReason, HoldReason, Priority, ReopenReason};
use crate::domain::workflow::Decision;

use crate::desk::write::transaction::Transaction;
use crate::desk::{ActionRequest, DeskView, WriteOptions};

/// Returns an example of each action that moves a ticket, with its verb and the arguments that the verb needs.
fn examples(ticket: &Ticket, options: &WriteOptions) -> Vec<(&'static str, Action)> {
    let solve = SolveEvidence::Agreed { by: Some(ticket.header.requester.clone()), reply: None };
    let hold = Hold { reason: HoldReason::Other, team: None, until: None };
    let priority = if ticket.header.priority == Priority::S1 { Priority::S2 } else { Priority::S1 };
    let reopen = |unmerge| Action::Reopen { reason: ReopenReason::NotSolved, unmerge };
    let escalate = Action::Escalate { reason: EscalationReason::BusinessImpact, manager: None };
    vec![
        ("reply", Action::Reply { auto: false, via_ticket: None }),
        ("note", Action::Note { auto: false, via_ticket: None }),
        ("hold --reason REASON", Action::Hold(hold)),
        ("resume", Action::Resume),
        ("remind", Action::Remind { auto: false }),
        ("solve", Action::Solve(solve)),
        ("solve --resolution no_response", Action::Solve(SolveEvidence::NoResponse)),
        ("reopen", reopen(false)),
        ("reopen --unmerge", reopen(true)),
        ("escalate --reason REASON", escalate),
        ("deescalate", Action::Deescalate { reason: None, manager: None }),
        ("prioritize PRIORITY", Action::Prioritize { priority, was: priority }),
        ("assign WHO", Action::Assign { assignee: Some(options.actor.clone()) }),
    ]
}

impl DeskView<'_> {
    /// Returns the verbs that the viewer may use on a ticket now, with the arguments that they need; none without a viewer.
    pub fn allowed(&self, id: Id) -> Vec<&'static str> {
        let Some(actor) = self.viewer().cloned() else { return Vec::new() };
        let options = WriteOptions { actor, on_behalf: false, git_author: None, dry_run: true, commit: None };
        let mut transaction = Transaction::new(self.desk, &options);
        let Ok((ticket, role)) = transaction.ticket(id).cloned().and_then(|ticket| Ok((ticket, transaction.role(id)?)))
        else {
            return Vec::new();
        };
        let mut accepts = |action: Action| {
            let request = ActionRequest::on(id, action, Text::clean("A text."));
            matches!(transaction.decision(id, &request, role, None), Ok(Decision::Entry { .. }))
        };
        let examples = examples(&ticket, &options).into_iter();
        examples.filter_map(|(verb, action)| accepts(action).then_some(verb)).collect()
    }
}
