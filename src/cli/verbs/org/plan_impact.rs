//! Which running tickets have another plan when an organization's periods change: a ticket's plan is that of the day it
//! opened, and what the file says of that day may have become something else.
//!
//! Must not know how files are changed: it is given both.

use crate::cli::session::Session;
use crate::cli::verbs::plan::unsolved;
use crate::desk::Desk;
use crate::domain::people::organization::Organization;
use crate::store::layout::short_suffix;
use crate::view::sanitize::one_line;

/// How many tickets are named.
const NAMED: usize = 5;

/// Says which tickets have another plan than before. Nothing where the policy cannot be read: `check` tells of that.
pub(super) fn print_impact(session: &Session, casebook: &Desk, before: Option<&Organization>, after: &Organization) {
    let says = |organization: &Organization| (organization.plans.clone(), organization.time_zone.clone());
    if before.is_some_and(|before| says(before) == says(after)) {
        return;
    }
    let Ok(promises) = casebook.sla().at(session.world.now) else { return };
    let Ok((rows, _)) = unsolved(session, casebook, &promises, Some(&after.id)) else { return };
    let mut moved = Vec::new();
    for row in &rows {
        let (was, is) = (promises.plan_by(before, row), promises.plan_by(Some(after), row));
        if was != is {
            let (was, is) = (was.unwrap_or("no plan"), is.unwrap_or("no plan"));
            moved.push(format!("{} ({}, was {})", short_suffix(row.id), one_line(is), one_line(was)));
        }
    }
    if moved.is_empty() {
        return;
    }
    let more = moved.len().saturating_sub(NAMED);
    let counted = if moved.len() == 1 { "ticket that runs has" } else { "tickets that run have" };
    let mut told = format!("note: {} {counted} another plan now: ", moved.len());
    told.push_str(&moved[..moved.len() - more].join(", "));
    if more > 0 {
        told.push_str(&format!(" and {more} more"));
    }
    told.push_str(&format!("; `casebook plan show {}` has their clocks", after.id));
    session.output.warn(&told);
}
