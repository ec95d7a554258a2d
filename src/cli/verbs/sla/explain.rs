//! `sla --explain`: one ticket's clocks, interval by interval.

use crate::cli::Exit;
use crate::cli::args::output_format::OutputFormat;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, SlaEvaluator};
use crate::domain::query::{AsOf, Query};
use crate::domain::sla::breakdown::breakdown;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::layout::short_suffix;
use crate::view;
use crate::view::Audience;
use crate::view::sla_explanation::Explanation;

/// Explains a ticket at the moment the query looks at.
pub(super) fn run(
    session: &Session,
    casebook: &Desk,
    promises: &SlaEvaluator<'_>,
    word: &str,
    query: &Query,
    chosen: &OutputFormat,
) -> Result<Exit, CliError> {
    let id = casebook.read().find(word, session.actor()?)?;
    let was = |at: &Query| matches!(at.as_of, Some(AsOf::Revision(_)));
    if was(query) {
        let hint = "give an instant: `--now 2026-11-20T17:00:00Z`";
        return Err(Error::usage("one ticket is explained at an instant, not at a revision", hint).into());
    }
    let ticket = casebook.read().ticket_for(id, session.actor()?)?;
    let ticket = match &query.as_of {
        Some(AsOf::Instant(instant)) => ticket.as_of(*instant).ok_or(Error::NotFound { word: word.to_owned() })?,
        _ => ticket,
    };
    let row = Summary::from(&ticket);
    let in_force = promises.plan_in_force(&row);
    let explained = |clock: Clock| {
        let calendar = promises.policy.calendar(&clock.calendar)?;
        let spans = breakdown(&clock, &row.sla_events, row.created_at, calendar, promises.now);
        Some((clock, calendar.zone.clone(), spans))
    };
    let period = in_force.as_ref().and_then(|in_force| in_force.period.as_ref());
    let mut clocks = promises.plan_clocks(&row);
    // Those of escalations that have ended are told here too.
    if casebook.sla().shows_manager_response(session.actor()?) {
        clocks.extend(casebook.sla().manager_response_clocks(&ticket, promises));
    }
    let explanation = Explanation {
        ticket: id,
        subject: &row.header.subject,
        priority: row.header.priority,
        merged_into: row.header.merged_into.map(short_suffix),
        plan: in_force.as_ref().map(|in_force| in_force.plan.name.as_str()),
        organization: period.and(row.header.organization.as_deref()),
        opened_on: in_force.as_ref().map(|in_force| (in_force.day, in_force.zone.clone())),
        period: (period.and_then(|period| period.from), period.and_then(|period| period.until)),
        clocks: clocks.into_iter().filter_map(explained).collect(),
        customer: promises.zone_of(&row),
    };
    let exit = session.print_unreadable(&promises.troubles());
    match chosen {
        OutputFormat::Words => {
            let zone = session.zone(casebook)?;
            let audience = Audience { now: promises.now, ..session.audience(casebook, &zone)? };
            let told = view::sla_explanation::render(
                &explanation,
                &casebook.read().short_id(id, session.actor()?)?,
                &audience,
            );
            Ok(session.output.print_paged(&told, casebook.root(), exit)?)
        }
        OutputFormat::Json(fields) if fields.is_empty() => {
            session.output.json(&serde_json::Value::Object(view::sla_explanation::to_json(&explanation)))?;
            Ok(exit)
        }
        _ => Err(Error::usage("--explain tells a ticket in words, or with --json as one object", "leave the rest out")
            .into()),
    }
}
