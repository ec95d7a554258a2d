//! `list`: tickets a line each, escalated ones first, then the oldest.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::args::sort::SortFlag;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, SummaryList, UnreadableFile};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::layout;
use crate::store::yaml::ReadErrorKind;
use crate::view;
use crate::view::Audience;

/// What rows have.
const SHAPE: RecordFields = RecordFields { fields: view::json::FIELDS, columns: view::list::COLUMNS };

/// List tickets: unsolved escalated ones first, then the oldest, unless sorted.
///
/// On a terminal a table; in a pipe one line per ticket with tabs between: id, status, priority, assignee,
/// requester, organization, created_at, last_activity_at, subject. Nothing is ever left out. Where nothing is found, a group,
/// organization or assignee that the desk does not know is named on standard error.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook list status:open assignee:none\n  casebook list --status open,on_hold --priority S1,S2 --json=id,subject\n  casebook list is:unsolved --format '{{ tablerow(short_id, priority, last_activity_at|timeago, subject) }}'"
)]
pub struct ListArgs {
    #[command(flatten)]
    order: SortFlag,
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
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl ListArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let chosen = self.form.chosen(&SHAPE, session)?;
        if matches!(chosen, OutputFormat::Names) {
            return SHAPE.list(session);
        }
        let casebook = session.casebook()?;
        let query = self.query.query(session, &casebook)?;
        let SummaryList { mut rows, troubles } = casebook.read().query(&query, session.actor()?)?;
        if self.exists {
            return Ok(if rows.is_empty() { Exit::NotFound } else { Exit::Done });
        }
        if self.count {
            session.output.print(&format!("{}\n", rows.len()))?;
            return Ok(session.report_unreadable(&casebook, &troubles));
        }
        chosen.refuse_unknown_own(&casebook, |name| rows.iter().any(|row| row.header.has_custom_field(name)))?;
        self.order.sort(&mut rows);
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        if rows.is_empty() && matches!(chosen, OutputFormat::Words) {
            session.warn_unknown_values(&casebook, &query)?;
        }
        let for_people = matches!(chosen, OutputFormat::Words) && session.output.is_terminal;
        let wants_clocks = for_people || chosen.asks_for("sla");
        let now = if wants_clocks { casebook.sla().query_time(&query)? } else { session.world.now };
        let clocks = session.clocks(&casebook, now, wants_clocks);
        match chosen {
            OutputFormat::Words if for_people => {
                let zone = session.zone(&casebook)?;
                let audience = Audience { now, ..session.audience(&casebook, &zone)? };
                let short_ids = casebook.read().short_ids(rows.ids(), session.actor()?)?;
                let next = |row: &Summary| clocks.next(row);
                let next = clocks.are_there().then_some(&next as &dyn Fn(&Summary) -> _);
                let told = view::list::render_table(rows.iter(), &short_ids, next, &audience);
                let exit = session.report_clock_errors(&clocks, session.report_unreadable(&casebook, &troubles));
                return Ok(session.output.print_paged(&told, casebook.root(), exit)?);
            }
            OutputFormat::Words => {
                let mut stream = session.output.stream();
                rows.iter().try_for_each(|row| stream.push(&view::list::render_tsv(&row)))?;
                stream.end()?;
            }
            chosen => {
                let wants_short = chosen.asks_for("short_id");
                let short =
                    if wants_short { casebook.read().short_ids(rows.ids(), session.actor()?)? } else { Vec::new() };
                let mut short = short.into_iter();
                chosen.print(
                    session,
                    rows.iter().map(|row| to_json(&row, &short.next().unwrap_or_default(), &clocks.of(&row))),
                )?;
            }
        }
        Ok(session.report_clock_errors(&clocks, session.report_unreadable(&casebook, &troubles)))
    }
}

fn to_json(row: &Summary, short_id: &str, sla: &[Clock]) -> Map<String, Value> {
    view::json::summary_json(row, short_id, &layout::ticket_path(row.id), sla)
}

impl Session {
    /// Names the files that could not be read, as far as whoever asks may know of them, on standard error, also where
    /// less shall be said, and says how the command ends. For a program each is an error as any other, on one line.
    pub(in crate::cli) fn report_unreadable(&self, casebook: &Desk, troubles: &[UnreadableFile]) -> Exit {
        let Ok(viewer) = self.actor() else { return Exit::Damaged };
        let may_hear = |trouble: &&UnreadableFile| casebook.read().may_see_error(trouble, viewer);
        self.print_unreadable(&troubles.iter().filter(may_hear).cloned().collect::<Vec<_>>())
    }

    /// The same of files that whoever asks may know of.
    pub(in crate::cli) fn print_unreadable(&self, troubles: &[UnreadableFile]) -> Exit {
        for UnreadableFile { path, damage } in troubles {
            if self.wants_json {
                let error = Error::Damaged { path: path.clone(), damage: damage.clone() };
                self.output.error_line(&CliError::from(error).line());
                continue;
            }
            let way_out = match damage.kind {
                ReadErrorKind::ConflictMarker => "; `casebook resolve` keeps the entries of both sides",
                _ => "",
            };
            self.output.error_line(&view::sanitize::one_line(&format!("casebook: {path}:{damage}{way_out}")));
        }
        if troubles.is_empty() { Exit::Done } else { Exit::Damaged }
    }
}
