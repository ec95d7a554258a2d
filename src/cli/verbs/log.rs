//! `log`: what happened, newest first, over all tickets or one.

use clap::Args;

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::session::Session;
use crate::casebook::Census;
use crate::domain::summary::Summary;
use crate::domain::ticket::Ticket;
use crate::domain::visibility::may_see;
use crate::store::layout::tail;
use crate::view;

/// What happened, newest first.
///
/// On a terminal a line per entry; in a pipe with tabs between: time, ticket, entry, person, role, action, from,
/// to, first line of text.
#[derive(Debug, Args)]
pub struct Log {
    /// Only of this ticket
    #[arg(value_name = "TICKET")]
    ticket: Option<String>,
}

impl Log {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let person = session.actor()?;
        let census = match &self.ticket {
            Some(word) => {
                Census { tickets: vec![casebook.ticket(casebook.find(word, person)?)?], troubles: Vec::new() }
            }
            None => {
                let team = casebook.config().team.clone();
                casebook
                    .census(|ticket| Some(ticket).filter(|ticket| may_see(&team, person, &Summary::from(ticket))))?
            }
        };
        let short: Vec<String> = census.tickets.iter().map(|ticket| tail(ticket.id)).collect();
        let rows: Vec<(&str, &Ticket)> = short.iter().map(String::as_str).zip(&census.tickets).collect();
        let told = if session.output.is_terminal {
            let zone = session.zone(&casebook)?;
            view::log::for_people(&rows, &session.audience(&casebook, &zone)?)
        } else {
            view::log::for_programs(&rows, session.viewer(&casebook)?)
        };
        session.output.print(&told)?;
        Ok(session.name_troubles(&census))
    }
}
