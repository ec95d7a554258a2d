//! `list`: tickets a line each, the oldest first.

use clap::Args;
use serde_json::{Map, Value};

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::formats::{Chosen, FormatFlags, Shape};
use super::super::order::OrderFlag;
use super::super::query::QueryFlags;
use super::super::session::Session;
use crate::casebook::{Casebook, Census, Trouble};
use crate::domain::id::Id;
use crate::domain::summary::Summary;
use crate::store::layout;
use crate::store::yaml::DamageKind;
use crate::view;

/// What rows have.
const SHAPE: Shape = Shape { fields: view::json::FIELDS, columns: view::list::COLUMNS };

/// List tickets, the oldest first unless sorted.
///
/// On a terminal a table; in a pipe one line per ticket with tabs between: id, status, priority, assignee,
/// requester, organization, created_at, last_activity_at, subject. Nothing is ever left out.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook list status:open assignee:none\n  casebook list --status open,on_hold --priority S1,S2 --json=id,subject\n  casebook list is:unsolved --format '{{ tablerow(short_id, priority, last_activity_at|timeago, subject) }}'"
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
    #[arg(long, conflicts_with_all = ["form", "exists"])]
    count: bool,
    /// Print nothing: end with 0 if there is one, with 3 if not
    #[arg(long, conflicts_with = "form")]
    exists: bool,
    #[command(flatten)]
    form: FormatFlags,
}

impl List {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let chosen = self.form.chosen(&SHAPE, session)?;
        if matches!(chosen, Chosen::Names) {
            return SHAPE.list(session);
        }
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
        match chosen {
            Chosen::Words if session.output.is_terminal => {
                let zone = session.zone(&casebook)?;
                let audience = session.audience(&casebook, &zone)?;
                let told = view::list::for_people(rows, &short_ids(&casebook, rows)?, &audience);
                return Ok(session.output.page(&told, casebook.root(), session.name_troubles(&census))?);
            }
            Chosen::Words => session.output.print(&view::list::for_programs(rows))?,
            chosen => chosen.print(session, records(&casebook, rows, chosen.asks_for("short_id"))?)?,
        }
        Ok(session.name_troubles(&census))
    }
}

fn records(casebook: &Casebook, rows: &[Summary], wants_short: bool) -> Result<Vec<Map<String, Value>>, Complaint> {
    let short = if wants_short { short_ids(casebook, rows)? } else { vec![String::new(); rows.len()] };
    let record = |(row, short): (&Summary, &String)| view::json::summary_json(row, short, &layout::ticket_path(row.id));
    Ok(rows.iter().zip(&short).map(record).collect())
}

/// The short ids of some rows, unique among all tickets.
pub(super) fn short_ids(casebook: &Casebook, rows: &[Summary]) -> Result<Vec<String>, Complaint> {
    short_ids_of(casebook, rows.iter().map(|row| row.id))
}

/// The short ids of some tickets, unique among all tickets.
pub(super) fn short_ids_of(casebook: &Casebook, asked: impl Iterator<Item = Id>) -> Result<Vec<String>, Complaint> {
    let ids = casebook.names()?.tickets;
    let short = layout::short_ids(&ids);
    Ok(asked.map(|id| ids.binary_search(&id).map_or_else(|_| id.to_string(), |place| short[place].clone())).collect())
}

impl Session {
    /// Names the files that could not be read, on standard error, also where less shall be said, and says how
    /// the command ends.
    pub(super) fn name_troubles<T>(&self, census: &Census<T>) -> Exit {
        for Trouble { path, damage } in &census.troubles {
            let way_out = match damage.kind {
                DamageKind::ConflictMarker => "; `casebook resolve` keeps the entries of both sides",
                _ => "",
            };
            self.output.complain(&view::terminal::one_line(&format!("casebook: {path}:{damage}{way_out}")));
        }
        if census.troubles.is_empty() { Exit::Done } else { Exit::Damaged }
    }
}
