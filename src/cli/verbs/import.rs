//! `import`: imports tickets of another system, with their original people and times.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::WriteFlags;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::report::ticket::{TICKET, ticket_json};
use crate::cli::session::Session;
use crate::cli::terminal::progress::Progress;
use crate::desk::{Command, Desk, TicketCommand};
use crate::error::Error;
use crate::exchange::{Imported, beads};
use crate::store::config::Settings;
use crate::view;

/// Import tickets of another system.
///
/// They keep their original people and times, and are written in one commit; --key is refused, because a second run
/// changes nothing in any case. Data without a field in casebook is kept in the opening entry. A damaged record is
/// reported with its line, and the other records are imported.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The system
    #[command(subcommand)]
    format: ImportFormat,
}

#[derive(Debug, Subcommand)]
enum ImportFormat {
    /// Import the JSON lines of the tracker beads
    Beads(ImportBeadsArgs),
}

#[derive(Debug, Args)]
struct ImportBeadsArgs {
    /// The exported file; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    write: WriteFlags,
}

impl ImportArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let ImportFormat::Beads(beads) = self.format;
        beads.run(session)
    }
}

impl ImportBeadsArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = TICKET.json_or_text(self.write.json.as_deref(), session)? else { return Ok(Exit::Done) };
        if self.write.key.is_some() {
            return Err(CliError::usage(
                "`import` does not take --key",
                "leave it out: a second run changes nothing, because every ticket records the id it was imported under",
            ));
        }
        let mut desk = session.desk()?;
        let options = session.write_options(&self.write.end)?;
        if !desk.config().team.has_agent(&options.actor) {
            return Err(CliError::agents_only(&format!("import, and {} is not an agent", options.actor)));
        }
        let progress = Progress::begin("reading");
        let imported = read(session, &desk, &self.file)?;
        progress.step(&format!("writing {} tickets", imported.tickets.len()));
        let count = imported.tickets.len();
        let tickets = if !format.is_text() { imported.tickets.clone() } else { Vec::new() };
        let outcome = desk.perform(Command::Ticket(TicketCommand::Import(imported.tickets)), &options)?;
        let (count, already_there) = (outcome.changes.len(), imported.existing + count - outcome.changes.len());
        progress.end();
        session.print_recovery(&desk);
        for record in &imported.rejected {
            session.output.error_line(&view::sanitize::one_line(&format!(
                "casebook: {}:{}: {}",
                self.file.display(),
                record.line,
                record.reason
            )));
        }
        if !format.is_text() {
            session.output.json(&Value::Array(ticket_json(session, &session.view(&desk)?, &tickets, &format)?))?;
        } else {
            if self.write.end.dry_run {
                session.print_plan(&outcome)?;
            }
            let would = if self.write.end.dry_run { "would be " } else { "" };
            let damaged = imported.rejected.len();
            session
                .output
                .status(&format!("{count} {would}imported, {already_there} already there, {damaged} damaged"))?;
        }
        Ok(if imported.rejected.is_empty() { Exit::Done } else { Exit::Damaged })
    }
}

/// Reads the export, without the tickets that were imported before.
fn read(session: &Session, desk: &Desk, file: &Path) -> Result<Imported, CliError> {
    let imported = session.view(desk)?.imported_ids(beads::NAME)?;
    let priority = *desk.policy().settings(Settings::default_priority)?;
    let is_imported = |id: &str| imported.contains(id);
    let mut random = desk.environment().random();
    let read = if file == Path::new("-") {
        beads::read(std::io::stdin().lock(), priority, &is_imported, &mut random)
    } else {
        let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
        beads::read(BufReader::new(opened), priority, &is_imported, &mut random)
    };
    Ok(read.map_err(Error::io(file, "read"))?)
}
