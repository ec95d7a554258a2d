//! `plan`: what each plan promises, who is on which, and what another would do to running tickets.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, SlaEvaluator, UnreadableFile};
use crate::domain::query::{Condition, Predicate, Query, StateTest, TextField};
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::Plan;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::view::plan::{
    ClockChange, RunningTicket, change_to_json, render_changes, render_comparison, render_periods, render_running,
    summary, to_json,
};
use crate::view::sanitize::one_line;

/// What is promised: the plans of casebook.toml, and who is on which.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(subcommand)]
    deed: PlanSubcommand,
}

/// A comment on a variant would hide the longer help of its struct.
#[derive(Debug, Subcommand)]
enum PlanSubcommand {
    List(PlanListArgs),
    Compare(PlanCompareArgs),
    Show(PlanShowArgs),
}

/// Show the desk's plans side by side.
#[derive(Debug, Args)]
struct PlanListArgs {
    /// Print an array of plans as JSON
    #[arg(long)]
    json: bool,
}

/// Show two plans side by side, and what going from one to the other would do to running tickets.
///
/// The plan of a ticket is the one in force when it opened, and stays so: a change of plan does nothing to tickets that
/// run. What is shown is what they would be due under the other plan, for those opened under the first one, or for all
/// unsolved tickets of an organization.
#[derive(Debug, Args)]
struct PlanCompareArgs {
    /// The plan to go from
    #[arg(value_name = "A")]
    from: String,
    /// The plan to go to
    #[arg(value_name = "B")]
    to: String,
    /// Only the tickets of an organization, whatever plan they were opened under
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Print one object as JSON: the plans `a` and `b`, and `tickets` with the clocks that differ
    #[arg(long)]
    json: bool,
}

/// Show which plans an organization has when, and the plan of each of its running tickets.
#[derive(Debug, Args)]
struct PlanShowArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    org: String,
    /// Print one object as JSON
    #[arg(long)]
    json: bool,
}

impl PlanArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.deed {
            PlanSubcommand::List(list) => list.run(session),
            PlanSubcommand::Compare(compare) => compare.run(session),
            PlanSubcommand::Show(show) => show.run(session),
        }
    }
}

impl PlanListArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let policy = casebook.policy().sla()?;
        let is_of_desk = |plan: &Plan| policy.desk_plan.as_ref() == Some(&plan.name);
        if self.json {
            let plans = policy.plans.iter().map(|plan| to_json(plan, is_of_desk(plan)));
            session.output.json(&Value::Array(plans.collect()))?;
            return Ok(Exit::Done);
        }
        if policy.plans.is_empty() {
            session.output.status("no plans: [plans] in casebook.toml makes some, and nothing is promised without")?;
            return Ok(Exit::Done);
        }
        let zone = session.zone(&casebook)?;
        let plans: Vec<&Plan> = policy.plans.iter().collect();
        let mut told = render_comparison(&plans, &session.audience(&casebook, &zone)?);
        if let Some(plan) = &policy.desk_plan {
            told.push_str(&format!("\nwithout an organization: {}\n", one_line(plan)));
        }
        session.output.print(&told)?;
        Ok(Exit::Done)
    }
}

impl PlanCompareArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let promises = casebook.sla().at(session.world.now)?;
        let (from, to) = (named(&promises, &self.from)?, named(&promises, &self.to)?);
        if let Some(org) = &self.org {
            casebook.policy().organization(org, session.actor()?)?;
        }
        let (rows, troubles) = unsolved(session, &casebook, &promises, self.org.as_deref())?;
        let is_meant = |row: &&Summary| {
            self.org.is_some() || promises.plan_in_force(row).is_some_and(|in_force| in_force.plan.name == from.name)
        };
        let mut changed = Vec::new();
        for row in rows.iter().filter(is_meant) {
            changed.extend(pairs(row, promises.clocks_with_plan(row, from), promises.clocks_with_plan(row, to)));
        }
        changed.retain(ClockChange::differs);
        let exit = session.report_unreadable(&casebook, &troubles);
        if self.json {
            let of_desk = |plan: &Plan| promises.policy.desk_plan.as_ref() == Some(&plan.name);
            let tickets: Vec<Value> = changed.iter().map(change_to_json).collect();
            session.output.json(&json!({
                "a": to_json(from, of_desk(from)),
                "b": to_json(to, of_desk(to)),
                "organization": self.org,
                "tickets": tickets,
            }))?;
            return Ok(exit);
        }
        let zone = session.zone(&casebook)?;
        let audience = session.audience(&casebook, &zone)?;
        let mut told = render_comparison(&[from, to], &audience);
        let short_ids = casebook.read().short_ids(changed.iter().map(|row| row.ticket), session.actor()?)?;
        told.push_str("\na change does nothing to running tickets: the plan in force when they opened stays theirs\n");
        told.push_str(&format!("had they been opened under {}: {}\n", one_line(&to.name), summary(&changed)));
        let table = render_changes(&changed, &short_ids, (&from.name, &to.name), &audience);
        if !table.is_empty() {
            told.push_str(&format!("\n{table}"));
        }
        Ok(session.output.print_paged(&told, casebook.root(), exit)?)
    }
}

impl PlanShowArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let organization = casebook.policy().organization(&self.org, session.actor()?)?;
        let promises = casebook.sla().at(session.world.now)?;
        let desk = session.zone(&casebook)?;
        let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
        let zone = zone.unwrap_or_else(|| desk.clone());
        let today = zone.local(session.world.now).date_naive();
        let name = organization.plan_on(today).or(promises.policy.desk_plan.as_deref());
        let (rows, troubles) = unsolved(session, &casebook, &promises, Some(&self.org))?;
        let tickets: Vec<RunningTicket> = rows
            .iter()
            .map(|row| RunningTicket {
                ticket: row.id,
                opened: row.created_at,
                plan: promises.plan_in_force(row).map(|in_force| in_force.plan.name.clone()),
                clocks: promises.clocks(row),
            })
            .collect();
        let exit = session.report_unreadable(&casebook, &troubles);
        let plan = name.and_then(|name| promises.plan(name));
        if self.json {
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
                "plan": plan.map(|plan| to_json(plan, promises.policy.desk_plan.as_ref() == Some(&plan.name))),
                "tickets": tickets.iter().map(ticket).collect::<Vec<_>>(),
            }))?;
            return Ok(exit);
        }
        let audience = session.audience(&casebook, &desk)?;
        let title = organization.name.as_deref().unwrap_or(&organization.id);
        let mut told =
            format!("{}, days in {}\n{}", one_line(title), zone.name(), render_periods(&organization.plans, today));
        match (plan, name) {
            (Some(plan), _) => told.push_str(&format!("\n{}", render_comparison(&[plan], &audience))),
            (None, Some(name)) => {
                told.push_str(&format!("\nno plan: casebook.toml has no [plans.{}]\n", one_line(name)));
            }
            (None, None) => told.push_str("\nno plan: nothing is promised\n"),
        }
        let short_ids = casebook.read().short_ids(tickets.iter().map(|row| row.ticket), session.actor()?)?;
        let table = render_running(&tickets, &short_ids, &audience);
        if !table.is_empty() {
            told.push_str(&format!("\nrunning tickets, each by the plan in force when it opened\n{table}"));
        }
        Ok(session.output.print_paged(&told, casebook.root(), exit)?)
    }
}

/// A plan of the desk.
fn named<'a>(promises: &'a SlaEvaluator<'_>, name: &str) -> Result<&'a Plan, CliError> {
    promises.plan(name).ok_or_else(|| {
        let known: Vec<&str> = promises.policy.plans.iter().map(|plan| plan.name.as_str()).collect();
        let hint = match known.as_slice() {
            [] => "[plans] in casebook.toml makes some".to_owned(),
            known => format!("it has {}", known.join(", ")),
        };
        Error::usage(format!("`{name}` is no plan of this desk"), hint).into()
    })
}

/// The unsolved tickets of an organization, or of everybody, among those the person may see.
pub(super) fn unsolved(
    session: &Session,
    casebook: &Desk,
    promises: &SlaEvaluator<'_>,
    org: Option<&str>,
) -> Result<(Vec<Summary>, Vec<UnreadableFile>), CliError> {
    let mut tests = vec![Predicate::Is(vec![StateTest::Unsolved])];
    tests.extend(org.map(|org| Predicate::Header(TextField::Organization, vec![Some(org.to_owned())])));
    let conditions = tests.into_iter().map(|predicate| Condition { negated: false, predicate }).collect();
    let found = casebook.read().query(&Query { conditions, as_of: None }, session.actor()?)?;
    let mut troubles = found.troubles;
    troubles.extend(promises.troubles());
    Ok((found.rows.iter().collect(), troubles))
}

/// The owed clocks of a ticket under both plans, those that measure the same side by side.
fn pairs(row: &Summary, before: Vec<Clock>, after: Vec<Clock>) -> Vec<ClockChange> {
    let same = |a: &Clock, b: &Clock| (a.metric, a.started_at) == (b.metric, b.started_at);
    let mut after: Vec<Clock> = after.into_iter().filter(Clock::is_due).collect();
    let mut pairs = Vec::new();
    for clock in before.into_iter().filter(Clock::is_due) {
        let place = after.iter().position(|other| same(&clock, other));
        pairs.push(ClockChange { ticket: row.id, after: place.map(|place| after.remove(place)), before: Some(clock) });
    }
    pairs.extend(after.into_iter().map(|clock| ClockChange { ticket: row.id, before: None, after: Some(clock) }));
    pairs
}
