//! The list of tickets: a table for people, tab-separated values for programs.

use crate::domain::people::person::Person;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::Header;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration;
use crate::domain::vocabulary::Status;

use super::colors;
use super::table::{Cell, Column, Table, tab_separated};
use super::{Audience, Viewer, relative_time, sla};

/// The columns of [`render_tsv`], by the names of JSON.
pub const COLUMNS: &[&str] =
    &["id", "status", "priority", "assignee", "requester", "organization", "created_at", "last_activity_at", "subject"];

/// A function that returns the most urgent clock of a ticket, if it has one.
pub type NextClock<'a> = &'a dyn Fn(&Summary) -> Option<Clock>;

/// Renders a table: short id, priority (`S1!` while escalated), status, time to the next due instant (only with `next`),
/// time since the last activity, assignee, requester, organization, subject. The short ids are in the order of the
/// tickets. The text is empty without tickets.
pub fn render_table(
    tickets: impl Iterator<Item = Summary>,
    short_ids: &[String],
    next: Option<NextClock<'_>>,
    audience: &Audience<'_>,
) -> String {
    let names = &audience.catalog().columns;
    let mut columns = vec![
        Column::new(names.id),
        Column::new(names.priority),
        Column::new(names.status).shrinks(8),
        Column::new(names.last_activity).right().leaves(2),
        Column::new(names.assignee).shrinks(8).leaves(3),
        Column::new(names.requester).shrinks(8).leaves(4),
        Column::new(names.organization).shrinks(6).leaves(1),
        Column::new(names.subject),
    ];
    if next.is_some() {
        columns.insert(3, Column::new(names.due).right());
    }
    let mut table = Table::with_columns(columns);
    for (ticket, short_id) in tickets.zip(short_ids) {
        let mut cells = row(&ticket, short_id, audience);
        if let Some(next) = next {
            cells.insert(3, due(next(&ticket).as_ref(), audience));
        }
        table.push(cells);
    }
    audience.render(&table)
}

/// Returns the cell with the time to the due instant of a clock.
fn due(clock: Option<&Clock>, audience: &Audience<'_>) -> Cell {
    match clock {
        Some(clock) => Cell::styled(&sla::due_text_in(clock, audience.now, audience.catalog()), sla::style(clock)),
        None => Cell::absent(),
    }
}

fn row(ticket: &Summary, short_id: &str, audience: &Audience<'_>) -> Vec<Cell> {
    let header = &ticket.header;
    vec![
        audience.id_cell(ticket.id, short_id),
        audience.priority_cell(header),
        status(header, audience),
        Cell::plain(&relative_time::age_in(ticket.last_activity_at, audience.now, &audience.catalog().times)),
        header.assignee.as_ref().map_or_else(Cell::absent, |assignee| Cell::plain(audience.name(assignee))),
        Cell::plain(audience.name(&header.requester)),
        header.organization.as_deref().map_or_else(Cell::absent, Cell::plain),
        Cell::plain(&header.subject),
    ]
}

/// Returns the cell with the status. For support, a hold that has ended is marked, because the ticket needs an agent.
fn status(header: &Header, audience: &Audience<'_>) -> Cell {
    if header.hold.as_ref().is_some_and(|hold| hold.ended_at(audience.now, audience.zone).is_some()) {
        let catalog = audience.catalog();
        // For a customer the ticket is on hold until an agent resumes it.
        return match audience.viewer {
            Viewer::Customer => Cell::styled(catalog.statuses.of(Status::OnHold), colors::status(header.status)),
            Viewer::Support => Cell::styled(catalog.remarks.hold_ended, colors::ALARM),
        };
    }
    Cell::styled(audience.catalog().statuses.of(header.status), colors::status(header.status))
}

/// Renders a ticket as a line of tab-separated values: the [`COLUMNS`]. Absent values are empty.
pub fn render_tsv(ticket: &Summary) -> String {
    let header = &ticket.header;
    tab_separated([
        ticket.id.to_string().as_str(),
        header.status.as_str(),
        header.priority.as_str(),
        header.assignee.as_ref().map_or("", Person::as_str),
        header.requester.as_str(),
        header.organization.as_deref().unwrap_or(""),
        &duration::format_instant(ticket.created_at),
        &duration::format_instant(ticket.last_activity_at),
        &header.subject,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ticket::Hold;
    use crate::domain::ticket::action::Action;
    use crate::domain::vocabulary::{EscalationReason, HoldReason, Status};
    use crate::view::labels::Language;
    use crate::view::test_fixtures;

    fn tickets() -> Vec<Summary> {
        let plain = test_fixtures::opened();
        let mut escalated = test_fixtures::opened();
        test_fixtures::by_agent(&mut escalated, test_fixtures::reply(), Some(Status::AwaitingReply), "Which release?");
        let reason = EscalationReason::ResolutionTime;
        test_fixtures::by_agent(&mut escalated, Action::Escalate { reason, manager: None }, None, "Too long.");
        test_fixtures::by_agent(
            &mut escalated,
            Action::Assign { assignee: Some(test_fixtures::person("kenji")) },
            None,
            "",
        );
        escalated.header.subject = "One\ttwo \u{1b}[2J".to_owned();
        [plain, escalated].iter().map(Summary::from).collect()
    }

    #[test]
    fn people_see_a_table() {
        let short_ids = ["000001".to_owned(), "AB0001".to_owned()];
        assert_eq!(
            render_table(tickets().into_iter(), &short_ids, None, &test_fixtures::audience(&test_fixtures::paris())),
            "id      pri  status          activity  assignee  requester         org   subject\n\
             000001  S2   open                  3d  -         ana@acme.example  acme  Dashboard tiles time out\n\
             AB0001  S2!  awaiting reply        2d  kenji     ana@acme.example  acme  One two ␛[2J\n"
        );
        assert_eq!(render_table(std::iter::empty(), &[], None, &test_fixtures::audience(&test_fixtures::paris())), "");
    }

    #[test]
    fn a_table_is_aligned_in_every_language() {
        let short_ids = ["000001".to_owned(), "AB0001".to_owned()];
        let zone = test_fixtures::paris();
        for (language, expected) in [
            (
                Language::Japanese,
                "Id      優先度  Status            Last Activity  担当者  リクエスト送信者  組織  Subject\n\
                 000001  S2      Open                        3日  -       ana@acme.example  acme  Dashboard tiles time out\n\
                 AB0001  S2!     お客様の返信待ち            2日  kenji   ana@acme.example  acme  One two ␛[2J\n",
            ),
            (
                Language::Portuguese,
                "ID      Prioridade  Status                    Última atividade  Responsável  Solicitante       Organização  Assunto\n\
                 000001  S2          Aberto                                 3 d  -            ana@acme.example  acme         Dashboard tiles time out\n\
                 AB0001  S2!         Aguardando o solicitante               2 d  kenji        ana@acme.example  acme         One two ␛[2J\n",
            ),
        ] {
            let audience = Audience { language, ..test_fixtures::audience(&zone) };
            assert_eq!(render_table(tickets().into_iter(), &short_ids, None, &audience), expected);
        }
    }

    #[test]
    fn a_hold_that_has_ended_is_marked() {
        use crate::domain::time::planned::PlannedTime;
        let mut held = test_fixtures::opened();
        let until = |days| Some(test_fixtures::audience(&test_fixtures::paris()).now + chrono::TimeDelta::days(days));
        for (days, marked) in [(1, false), (0, true), (-1, true)] {
            let hold =
                Hold { reason: HoldReason::Engineering, team: None, until: until(days).map(PlannedTime::Instant) };
            test_fixtures::by_agent(&mut held, Action::Hold(hold), Some(Status::OnHold), "");
            let rows = [Summary::from(&held)];
            let table = render_table(
                rows.into_iter(),
                &["000001".to_owned()],
                None,
                &test_fixtures::audience(&test_fixtures::paris()),
            );
            assert_eq!(table.contains("hold ended"), marked, "{table}");
        }
    }

    #[test]
    fn programs_get_every_column() {
        let id = tickets()[0].id;
        let line = format!(
            "{id}\topen\tS2\t\tana@acme.example\tacme\t2026-11-21T17:05:12Z\t2026-11-21T17:05:12Z\tDashboard tiles time out"
        );
        assert_eq!(render_tsv(&tickets()[0]), format!("{line}\n"));
        assert!(tickets().iter().all(|ticket| render_tsv(ticket).split('\t').count() == 9));
    }
}
