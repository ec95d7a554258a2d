//! `list`: tickets a line each, the oldest first.

use clap::Args;
use serde_json::Value;

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::order::OrderFlag;
use super::super::query::QueryFlags;
use super::super::session::Session;
use super::show;
use crate::casebook::{Casebook, Census, Trouble};
use crate::domain::summary::Summary;
use crate::store::layout;
use crate::view;

/// List tickets, the oldest first unless sorted.
///
/// On a terminal a table; in a pipe one line per ticket with tabs between: id, status, priority, assignee,
/// requester, organization, created_at, last_activity_at, subject. Nothing is ever left out.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook list status:open assignee:none\n  casebook list --status open,on_hold --priority S1,S2 --json=id,subject"
)]
pub struct List {
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    order: OrderFlag,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print their number alone
    #[arg(long, conflicts_with_all = ["json", "exists"])]
    count: bool,
    /// Print nothing: end with 0 if there is one, with 3 if not
    #[arg(long, conflicts_with = "json")]
    exists: bool,
    /// Print JSON; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
}

impl List {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        if show::lists_fields(self.json.as_deref()) {
            session.output.print(&format!("{}\n", view::json::FIELDS.join("\n")))?;
            return Ok(Exit::Done);
        }
        let asked: Vec<String> = match self.json.as_deref() {
            None | Some("*") => Vec::new(),
            Some(names) => {
                names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
            }
        };
        view::json::check(&asked, view::json::FIELDS.iter().copied())
            .map_err(|unknown| show::unknown_field(&unknown))?;
        let casebook = session.casebook()?;
        let query = self.query.query(session, &casebook)?;
        let mut census = casebook.meant(&query, session.actor()?)?;
        self.order.sort(&mut census.tickets);
        if self.exists {
            return Ok(if census.tickets.is_empty() { Exit::NotFound } else { Exit::Done });
        }
        if self.count {
            session.output.print(&format!("{}\n", census.tickets.len()))?;
            return Ok(session.name_troubles(&census));
        }
        census.tickets.truncate(self.limit.unwrap_or(usize::MAX));
        let rows = census.tickets.as_slice();
        match &self.json {
            Some(_) => session.output.json(&json(&casebook, rows, &asked)?)?,
            None if session.output.is_terminal => {
                let zone = session.zone(&casebook)?;
                session.output.print(&view::list::for_people(
                    rows,
                    &short_ids(&casebook, rows)?,
                    &session.audience(&casebook, &zone)?,
                ))?;
            }
            None => session.output.print(&view::list::for_programs(rows))?,
        }
        Ok(session.name_troubles(&census))
    }
}

fn json(casebook: &Casebook, rows: &[Summary], asked: &[String]) -> Result<Value, Complaint> {
    let wants_short = asked.is_empty() || asked.iter().any(|name| name == "short_id");
    let short = if wants_short { short_ids(casebook, rows)? } else { vec![String::new(); rows.len()] };
    let object = |(row, short): (&Summary, &String)| {
        let map = view::json::summary_json(row, short, &layout::ticket_path(row.id));
        let map = if asked.is_empty() { Ok(map) } else { view::json::select(map, asked) };
        map.map(Value::Object).map_err(|unknown| show::unknown_field(&unknown))
    };
    rows.iter().zip(&short).map(object).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

/// The short ids of some rows, unique among all tickets.
pub(super) fn short_ids(casebook: &Casebook, rows: &[Summary]) -> Result<Vec<String>, Complaint> {
    let ids = casebook.names()?.tickets;
    let short = layout::short_ids(&ids);
    Ok(rows
        .iter()
        .map(|row| ids.binary_search(&row.id).map_or_else(|_| row.id.to_string(), |place| short[place].clone()))
        .collect())
}

impl Session {
    /// Names the files that could not be read, on standard error, also where less shall be said, and says how
    /// the command ends.
    pub(super) fn name_troubles<T>(&self, census: &Census<T>) -> Exit {
        for Trouble { path, damage } in &census.troubles {
            self.output.complain(&view::terminal::one_line(&format!("casebook: {path}:{damage}")));
        }
        if census.troubles.is_empty() { Exit::Done } else { Exit::Damaged }
    }
}
