//! `import`: tickets of another system, with their original people and times.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use super::show;
use crate::cli::Exit;
use crate::cli::args::WriteFlags;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::terminal::progress::Progress;
use crate::desk::{Command, Desk, TicketCommand};
use crate::error::Error;
use crate::exchange::{Imported, beads};
use crate::view;

/// Take in tickets of another system.
///
/// They keep their original people and times, and come in one commit; --key is refused, since a second run changes
/// nothing anyway. What has no place here is kept in the opening entry. A broken record is reported with its line, and
/// the rest goes on.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The system
    #[command(subcommand)]
    format: ImportFormat,
}

#[derive(Debug, Subcommand)]
enum ImportFormat {
    /// The JSON lines of the tracker beads
    Beads(ImportBeadsArgs),
}

#[derive(Debug, Args)]
struct ImportBeadsArgs {
    /// The export; `-` for standard input
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
        show::refuse_unknown_fields(self.write.json.as_deref())?;
        if show::lists_fields(self.write.json.as_deref()) {
            return show::list_fields(&session.output);
        }
        if self.write.key.is_some() {
            return Err(Error::usage(
                "an import takes no --key",
                "it needs none: a second run changes nothing, since every ticket knows the id it was imported under",
            )
            .into());
        }
        let mut casebook = session.casebook()?;
        let terms = session.write_options(&self.write.end)?;
        if !casebook.config().team.has_agent(&terms.by) {
            return Err(CliError::new(
                Exit::NotAllowed,
                "person.not_allowed",
                format!("only an agent may import, and {} is none", terms.by),
            )
            .hint("[team] in casebook.toml says who is an agent"));
        }
        let progress = Progress::begin("reading");
        let imported = read(&casebook, &self.file)?;
        progress.step(&format!("writing {} tickets", imported.tickets.len()));
        let count = imported.tickets.len();
        let tickets = if self.write.json.is_some() { imported.tickets.clone() } else { Vec::new() };
        let report = casebook.perform(Command::Ticket(TicketCommand::Import(imported.tickets)), &terms)?;
        let (count, known) = (report.changes.len(), imported.existing + count - report.changes.len());
        progress.end();
        session.print_recovery(&casebook);
        for broken in &imported.rejected {
            session.output.error_line(&view::sanitize::one_line(&format!(
                "casebook: {}:{}: {}",
                self.file.display(),
                broken.line,
                broken.reason
            )));
        }
        if let Some(fields) = self.write.json.as_deref() {
            session.output.json(&Value::Array(show::ticket_json(session, &casebook, &tickets, Some(fields))?))?;
        } else {
            if self.write.end.dry_run {
                session.print_plan(&report)?;
            }
            let would = if self.write.end.dry_run { "would be " } else { "" };
            let broken = imported.rejected.len();
            session.output.status(&format!("{count} {would}imported, {known} already there, {broken} broken"))?;
        }
        Ok(if imported.rejected.is_empty() { Exit::Done } else { Exit::Damaged })
    }
}

fn read(casebook: &Desk, file: &Path) -> Result<Imported, CliError> {
    let known = casebook.read().imported_ids(beads::NAME)?;
    let already = |id: &str| known.contains(id);
    let mut random = casebook.environment().random();
    let read = if file == Path::new("-") {
        beads::read(std::io::stdin().lock(), &already, &mut random)
    } else {
        let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
        beads::read(BufReader::new(opened), &already, &mut random)
    };
    Ok(read.map_err(Error::io(file, "read"))?)
}
