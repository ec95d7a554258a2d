//! The effect of changed plan periods on unsolved tickets: the plan of a ticket is the one in force on the day it opened,
//! so a change of that period changes the plan of the ticket.

use crate::cli::session::Session;
use crate::cli::verbs::plan::unsolved;
use crate::desk::DeskView;
use crate::domain::people::organization::Organization;
use crate::store::short_id::short_suffix;
use crate::view::sanitize::one_line;

/// The number of tickets that are listed.
const NAMED: usize = 5;

/// Warns of tickets that have another plan than before. It prints nothing if the policy cannot be read; `casebook check`
/// reports that.
pub(super) fn print_impact(
    session: &Session,
    view: &DeskView<'_>,
    before: Option<&Organization>,
    after: &Organization,
) {
    let periods_of = |organization: &Organization| (organization.plans.clone(), organization.time_zone.clone());
    if before.is_some_and(|before| periods_of(before) == periods_of(after)) {
        return;
    }
    let Ok(evaluator) = view.evaluator_at(session.environment.now) else { return };
    let Ok((tickets, _)) = unsolved(view, &evaluator, Some(&after.id)) else { return };
    let mut changed = Vec::new();
    for ticket in &tickets {
        let (was, is) = (evaluator.plan_by(before, ticket), evaluator.plan_by(Some(after), ticket));
        if was != is {
            let (was, is) = (was.unwrap_or("no plan"), is.unwrap_or("no plan"));
            changed.push(format!("{} ({}, was {})", short_suffix(ticket.id), one_line(is), one_line(was)));
        }
    }
    if changed.is_empty() {
        return;
    }
    let more = changed.len().saturating_sub(NAMED);
    let subject = if changed.len() == 1 { "unsolved ticket has" } else { "unsolved tickets have" };
    let mut note = format!("note: {} {subject} another plan now: ", changed.len());
    note.push_str(&changed[..changed.len() - more].join(", "));
    if more > 0 {
        note.push_str(&format!(" and {more} more"));
    }
    note.push_str(&format!("; `casebook plan show {}` shows their clocks", after.id));
    session.output.warn(&note);
}
