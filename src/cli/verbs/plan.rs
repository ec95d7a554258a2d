//! `plan`: the service plans of the desk, the plans of organizations, and the effect of a change of plan.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{DeskView, SlaEvaluator, UnreadableFile};
use crate::domain::query::{Condition, Predicate, Query, StateTest, TextField};
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::Plan;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::config::ConfigError;
use crate::view::plan::{
    ClockChange, RunningTicket, change_to_json, render_changes, render_comparison, render_periods, render_running,
    summary, to_json,
};
use crate::view::sanitize::one_line;

/// Show and compare service plans and the plans of organizations.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(subcommand)]
    subcommand: PlanSubcommand,
}

#[derive(Debug, Subcommand)]
enum PlanSubcommand {
    /// Show the desk's plans side by side.
    List {
        /// Print an array of plans as JSON
        #[arg(long)]
        json: bool,
    },
    Compare(PlanCompareArgs),
    /// Show the plan periods of an organization, and its unsolved tickets.
    Show {
        /// The organization
        #[arg(value_name = "ORG")]
        org: String,
        /// Print one object as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Compare two plans, and the due times of unsolved tickets under each.
///
/// The plan of a ticket is the one in force when it opened: a change of plan does not affect unsolved tickets. The
/// comparison shows when tickets would be due under plan B: the unsolved tickets that were opened under plan A, or with
/// --org all unsolved tickets of an organization.
#[derive(Debug, Args)]
struct PlanCompareArgs {
    /// The plan to change from
    #[arg(value_name = "A")]
    from: String,
    /// The plan to change to
    #[arg(value_name = "B")]
    to: String,
    /// All unsolved tickets of an organization, under any plan
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Print one object as JSON: the plans `a` and `b`, and `tickets` with the clocks that differ
    #[arg(long)]
    json: bool,
}

impl PlanArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.subcommand {
            PlanSubcommand::List { json } => list(session, json).map(Exit::from),
            PlanSubcommand::Compare(compare) => compare.run(session),
            PlanSubcommand::Show { org, json } => show(session, &org, json),
        }
    }
}

/// Prints the plans of the desk side by side.
fn list(session: &Session, as_json: bool) -> Result<(), CliError> {
    let desk = session.desk()?;
    let policy = desk.policy().sla()?;
    let is_of_desk = |plan: &Plan| policy.plans.desk_plan.as_ref() == Some(&plan.name);
    if as_json {
        let plans = policy.plans.plans.iter().map(|plan| to_json(plan, is_of_desk(plan)));
        return Ok(session.output.json(&plans.collect())?);
    }
    if policy.plans.plans.is_empty() {
        let none = "no plans, and so no targets; define plans under [plans] in casebook.toml";
        return Ok(session.output.status(none)?);
    }
    let plans: Vec<&Plan> = policy.plans.plans.iter().collect();
    let mut text = render_comparison(&plans, &session.audience(&desk)?);
    if let Some(plan) = &policy.plans.desk_plan {
        text.push_str(&format!("\nwithout an organization: {}\n", one_line(plan)));
    }
    session.output.print(&text)?;
    for ConfigError { line, column, message } in desk.durations_in_days() {
        session.output.warn(&one_line(&format!("warning: casebook.toml:{line}:{column}: {message}")));
    }
    Ok(())
}

impl PlanCompareArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let desk = session.desk()?;
        let view = session.view(&desk)?;
        let evaluator = view.evaluator_at(session.environment.now)?;
        let (from, to) = (find_plan(&evaluator, &self.from)?, find_plan(&evaluator, &self.to)?);
        if let Some(org) = &self.org {
            view.organization(org)?;
        }
        let (rows, unreadable) = unsolved(&view, &evaluator, self.org.as_deref())?;
        let is_selected = |row: &&Summary| {
            self.org.is_some() || evaluator.plan_in_force(row).is_some_and(|in_force| in_force.plan.name == from.name)
        };
        let mut changed = Vec::new();
        for row in rows.iter().filter(is_selected) {
            changed.extend(pairs(row, evaluator.clocks_with_plan(row, from), evaluator.clocks_with_plan(row, to)));
        }
        changed.retain(ClockChange::differs);
        let exit = session.report_unreadable(&unreadable);
        if self.json {
            let of_desk = |plan: &Plan| evaluator.policy.plans.desk_plan.as_ref() == Some(&plan.name);
            let tickets: Vec<Value> = changed.iter().map(change_to_json).collect();
            session.output.json(&json!({
                "a": to_json(from, of_desk(from)),
                "b": to_json(to, of_desk(to)),
                "organization": self.org,
                "tickets": tickets,
            }))?;
            return Ok(exit);
        }
        let audience = session.audience(&desk)?;
        let mut text = render_comparison(&[from, to], &audience);
        let short_ids = view.short_ids(changed.iter().map(|row| row.ticket))?;
        text.push_str(
            "\na change of plan does not affect unsolved tickets: they keep the plan in force when they opened\n",
        );
        text.push_str(&format!("if they had been opened under {}: {}\n", one_line(&to.name), summary(&changed)));
        let table = render_changes(&changed, &short_ids, (&from.name, &to.name), &audience);
        if !table.is_empty() {
            text.push_str(&format!("\n{table}"));
        }
        Ok(session.output.print_paged(&text, desk.root(), exit)?)
    }
}

/// Prints the plan periods of an organization, and its unsolved tickets.
fn show(session: &Session, org: &str, as_json: bool) -> Result<Exit, CliError> {
    let desk = session.desk()?;
    let view = session.view(&desk)?;
    let organization = view.organization(org)?;
    let evaluator = view.evaluator_at(session.environment.now)?;
    let desk_zone = session.zone(&desk)?;
    let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
    let zone = zone.unwrap_or_else(|| desk_zone.clone());
    let today = zone.local(session.environment.now).date_naive();
    let name = organization.plan_on(today).or(evaluator.policy.plans.desk_plan.as_deref());
    let (rows, unreadable) = unsolved(&view, &evaluator, Some(org))?;
    let tickets: Vec<RunningTicket> = rows
        .iter()
        .map(|row| RunningTicket {
            ticket: row.id,
            opened: row.created_at,
            plan: evaluator.plan_in_force(row).map(|in_force| in_force.plan.name.clone()),
            clocks: evaluator.plan_clocks(row),
        })
        .collect();
    let exit = session.report_unreadable(&unreadable);
    let plan = name.and_then(|name| evaluator.policy.plans.find(name));
    if as_json {
        let period = |period: &crate::domain::people::organization::PlanPeriod| {
            json!({
                "plan": period.plan,
                "from": period.from.map(|day| day.to_string()),
                "until": period.until.map(|day| day.to_string()),
                "in_force": period.is_in_force_on(today),
            })
        };
        let ticket = |row: &RunningTicket| json!({"id": row.ticket.to_string(), "plan": row.plan, "sla": crate::view::sla::to_json_array(&row.clocks)});
        session.output.json(&json!({
            "organization": organization.id,
            "time_zone": zone.name(),
            "periods": organization.plans.iter().map(period).collect::<Vec<_>>(),
            "plan": plan.map(|plan| to_json(plan, evaluator.policy.plans.desk_plan.as_ref() == Some(&plan.name))),
            "tickets": tickets.iter().map(ticket).collect::<Vec<_>>(),
        }))?;
        return Ok(exit);
    }
    let audience = session.audience(&desk)?;
    let title = organization.name.as_deref().unwrap_or(&organization.id);
    let mut text =
        format!("{}, days in {}\n{}", one_line(title), zone.name(), render_periods(&organization.plans, today));
    match (plan, name) {
        (Some(plan), _) => text.push_str(&format!("\n{}", render_comparison(&[plan], &audience))),
        (None, Some(name)) => {
            text.push_str(&format!("\nno plan: casebook.toml has no [plans.{}]\n", one_line(name)));
        }
        (None, None) => text.push_str("\nno plan, and so no targets\n"),
    }
    let short_ids = view.short_ids(tickets.iter().map(|row| row.ticket))?;
    let table = render_running(&tickets, &short_ids, &audience);
    if !table.is_empty() {
        text.push_str(&format!("\nunsolved tickets, each under the plan in force when it opened\n{table}"));
    }
    Ok(session.output.print_paged(&text, desk.root(), exit)?)
}

/// Finds a plan of the desk by its name.
fn find_plan<'a>(evaluator: &'a SlaEvaluator<'_>, name: &str) -> Result<&'a Plan, CliError> {
    evaluator.policy.plans.find(name).ok_or_else(|| {
        let names = evaluator.policy.plans.names();
        let hint = match names.as_slice() {
            [] => "define plans under [plans] in casebook.toml".to_owned(),
            names => format!("its plans are {}", names.join(", ")),
        };
        CliError::usage(format!("this desk has no plan `{name}`"), hint)
    })
}

/// Returns the unsolved tickets of a view, of one organization or of all, and the unreadable files.
pub(super) fn unsolved(
    view: &DeskView<'_>,
    evaluator: &SlaEvaluator<'_>,
    org: Option<&str>,
) -> Result<(Vec<Summary>, Vec<UnreadableFile>), Error> {
    let mut tests = vec![Predicate::Is(vec![StateTest::Unsolved])];
    tests.extend(org.map(|org| Predicate::Header(TextField::ORGANIZATION, vec![Some(org.to_owned())])));
    let conditions = tests.into_iter().map(|predicate| Condition { negated: false, predicate }).collect();
    let found = view.query(&Query { conditions, as_of: None })?;
    let mut unreadable = found.unreadable;
    unreadable.extend(evaluator.unreadable());
    Ok((found.rows.iter().collect(), unreadable))
}

/// Pairs the due clocks of a ticket under both plans: clocks of the same metric and start belong together.
fn pairs(row: &Summary, before: Vec<Clock>, after: Vec<Clock>) -> Vec<ClockChange> {
    let same = |a: &Clock, b: &Clock| (a.metric, a.started_at) == (b.metric, b.started_at);
    let mut after: Vec<Clock> = after.into_iter().filter(Clock::is_due).collect();
    let mut pairs = Vec::new();
    for clock in before.into_iter().filter(Clock::is_due) {
        let index = after.iter().position(|other| same(&clock, other));
        pairs.push(ClockChange { ticket: row.id, after: index.map(|index| after.remove(index)), before: Some(clock) });
    }
    pairs.extend(after.into_iter().map(|clock| ClockChange { ticket: row.id, before: None, after: Some(clock) }));
    pairs
}
