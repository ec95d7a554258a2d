//! `list`: tickets, one per line, the most urgent first.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::args::sort::SortFlag;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SummaryList;
use crate::domain::ticket::summary::Summary;
use crate::store::layout;
use crate::view;
use crate::view::Audience;

/// The fields of a ticket in a list.
const FIELDS: RecordFields = RecordFields { fields: view::json::FIELDS, columns: view::list::COLUMNS };

/// List unsolved tickets, the most urgent first.
///
/// Escalated tickets come first, then by due time, priority and age, unless sorted. Solved tickets are listed too if the
/// query speaks of them (status:, resolution:, key:, as-of:, is:open, is:unsolved, is:merged, is:reopened), or with --all.
///
/// On a terminal it prints a table; in a pipe, one line per ticket with columns separated by tabs: id, status, priority,
/// assignee, requester, organization, created_at, last_activity_at, subject. Without --limit, no ticket is left out. If
/// no ticket matches, a group, organization or assignee that the desk does not know is reported on standard error.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook list status:open assignee:none\n  casebook list --status open,on_hold --priority S1,S2 --json=id,subject\n  casebook list is:unsolved --format '{{ tablerow(short_id, priority, last_activity_at|timeago, subject) }}'"
)]
pub struct ListArgs {
    #[command(flatten)]
    order: SortFlag,
    /// The largest number of tickets to print
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Also solved tickets, although the query does not ask for them
    #[arg(long)]
    all: bool,
    /// Print only the number of tickets
    #[arg(long, conflicts_with_all = ["form", "exists"])]
    count: bool,
    /// Print nothing: exit with 0 if a ticket matches, with 1 if none does
    #[arg(long, conflicts_with = "form")]
    exists: bool,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl ListArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = self.form.chosen(&FIELDS, session)? else { return Ok(Exit::Done) };
        let desk = session.desk()?;
        let mut query = self.query.query(session, &desk)?;
        if !self.all && !query.speaks_of_solved() {
            query = query.unsolved();
        }
        let view = session.view_of_lists(&desk)?;
        let needs_order = !self.exists && !self.count && self.order.is_default();
        let found = if needs_order { view.query_by_urgency(&query)? } else { view.query(&query)? };
        let SummaryList { mut rows, unreadable } = found;
        if self.exists {
            return Ok(if rows.is_empty() { Exit::Found } else { Exit::Done });
        }
        if self.count {
            session.output.print(&format!("{}\n", rows.len()))?;
            return Ok(session.report_unreadable(&unreadable));
        }
        format.refuse_unknown_custom_fields(&desk, |name| rows.iter().any(|row| row.header.has_custom_field(name)))?;
        if !self.order.is_default() {
            let evaluator = view.evaluator_on_demand(view.query_time(&query)?).ok();
            let evaluator = evaluator.as_ref().filter(|evaluator| evaluator.has_targets());
            self.order.sort(&mut rows, |row| evaluator?.next(row)?.due_at);
        }
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        if rows.is_empty() && format.is_text() {
            session.warn_unknown_values(&view, &query)?;
        }
        let for_people = format.is_for_people(session);
        let wants_clocks = for_people || format.asks_for("sla") || format.asks_for("due_at");
        let now = if wants_clocks { view.query_time(&query)? } else { session.environment.now };
        let clocks = session.clocks(&view, now, wants_clocks);
        let wants_short_ids = for_people || format.asks_for("short_id");
        let short_ids = if wants_short_ids { view.short_ids(rows.ids())? } else { Vec::new() };
        let report = || session.report_clock_errors(&clocks, session.report_unreadable(&unreadable));
        if for_people {
            session.look_up_names(&view, rows.iter().filter_map(|row| row.header.organization));
            let audience = Audience { now, ..session.audience(&desk)? };
            let next_clock = |row: &Summary| clocks.next(row);
            let next_clock = clocks.are_there().then_some(&next_clock as &dyn Fn(&Summary) -> _);
            let text = view::list::render_table(rows.iter(), &short_ids, next_clock, &audience);
            return session.print_found(&view, &text, "no ticket matches", report());
        }
        let mut short_ids = short_ids.into_iter();
        format.print_rows(session, rows.iter(), view::list::render_tsv, |row| {
            let (short_id, path) = (short_ids.next().unwrap_or_default(), layout::ticket_path(row.id));
            view::json::summary_json(&row, &short_id, &path, &clocks.of(&row))
        })?;
        Ok(report())
    }
}
