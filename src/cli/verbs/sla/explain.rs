//! `sla --explain`: the clocks of one ticket, interval by interval.

use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::output_format::OutputFormat;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{DeskView, SlaEvaluator};
use crate::domain::query::{AsOf, Query};
use crate::domain::sla::breakdown::breakdown;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::view::Audience;
use crate::view::sla_explanation::{Explanation, render, to_json};

/// Prints the explanation of a ticket's clocks, at the instant of the query.
pub(super) fn run(
    session: &Session,
    view: &DeskView<'_>,
    evaluator: &SlaEvaluator<'_>,
    argument: &str,
    query: &Query,
    format: &OutputFormat,
) -> Result<Exit, CliError> {
    let id = session.find(view, argument)?;
    if matches!(query.as_of, Some(AsOf::Revision(_))) {
        let hint = "give an instant: `--now 2026-11-20T17:00:00Z`";
        return Err(CliError::usage("--explain needs an instant, not a revision", hint));
    }
    let ticket = view.ticket(id)?;
    let ticket = match &query.as_of {
        Some(AsOf::Instant(instant)) => ticket.as_of(*instant).ok_or(Error::NotFound { word: argument.to_owned() })?,
        _ => ticket,
    };
    let summary = Summary::from(&ticket);
    let in_force = evaluator.plan_in_force(&summary);
    let with_timeline = |clock: Clock| {
        let calendar = evaluator.policy.calendars.get(&clock.calendar)?.calendar();
        let spans = breakdown(&clock, &summary.sla_events, summary.created_at, calendar, evaluator.now);
        Some((clock, calendar.zone.clone(), spans))
    };
    let period = in_force.as_ref().and_then(|in_force| in_force.period.as_ref());
    let mut clocks = evaluator.plan_clocks(&summary);
    // An explanation includes the clocks of escalations that have ended.
    clocks.extend(evaluator.manager_responses(&ticket));
    let explanation = Explanation {
        ticket: id,
        subject: &summary.header.subject,
        priority: summary.header.priority,
        merged_into: summary.header.merged_into.map(short_suffix),
        plan: in_force.as_ref().map(|in_force| in_force.plan.name.as_str()),
        organization: period.and(summary.header.organization.as_deref()),
        opened_on: in_force.as_ref().map(|in_force| (in_force.day, in_force.zone.clone())),
        period: (period.and_then(|period| period.from), period.and_then(|period| period.until)),
        clocks: clocks.into_iter().filter_map(with_timeline).collect(),
        customer: evaluator.zone_of(&summary),
    };
    let exit = session.report_unreadable(&evaluator.unreadable());
    match format {
        OutputFormat::Text => {
            let audience = Audience { now: evaluator.now, ..session.audience(view.desk())? };
            let text = render(&explanation, &view.short_id(id)?, &audience);
            Ok(session.output.print_paged(&text, view.desk().root(), exit)?)
        }
        OutputFormat::Json(fields) if fields.is_empty() => {
            session.output.json(&Value::Object(to_json(&explanation)))?;
            Ok(exit)
        }
        _ => Err(CliError::usage(
            "--explain prints text, or with --json one object; other formats are not supported",
            "leave the format out, or give --json",
        )),
    }
}
