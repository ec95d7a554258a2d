//! `import`: tickets of another system, with their original people and times.

use std::fs::File;
use std::io::{BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::super::Exit;
use super::super::arguments::WriteFlags;
use super::super::complaint::Complaint;
use super::super::session::Session;
use crate::casebook::{Casebook, Work};
use crate::error::Error;
use crate::exchange::{Imported, beads};
use crate::view;

/// Take in tickets of another system, with their original people and times, in one commit.
///
/// What has no place here is kept in the opening entry. A second run changes nothing; a broken record is
/// reported with its line, and the rest goes on.
#[derive(Debug, Args)]
pub struct Import {
    /// The system
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// The JSON lines of the tracker beads
    Beads(Beads),
}

#[derive(Debug, Args)]
struct Beads {
    /// The export; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    write: WriteFlags,
}

impl Import {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let Format::Beads(beads) = self.format;
        beads.run(session)
    }
}

impl Beads {
    fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let mut casebook = session.casebook()?;
        let terms = session.terms(&self.write)?;
        if !casebook.config().team.has_agent(&terms.by) {
            return Err(Complaint::new(
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
        let report = casebook.perform(Work::Import(imported.tickets), &terms)?;
        let (count, known) = (report.changes.len(), imported.known + count - report.changes.len());
        progress.end();
        session.tell_recovery(&casebook);
        for broken in &imported.broken {
            session.output.warn(&view::terminal::one_line(&format!(
                "casebook: {}:{}: {}",
                self.file.display(),
                broken.line,
                broken.reason
            )));
        }
        let would = if self.write.dry_run { "would be " } else { "" };
        session
            .output
            .say(&format!("{count} {would}imported, {known} already there, {} broken", imported.broken.len()))?;
        Ok(if imported.broken.is_empty() { Exit::Done } else { Exit::Damaged })
    }
}

fn read(casebook: &Casebook, file: &Path) -> Result<Imported, Complaint> {
    let known = casebook.imported_ids(beads::NAME)?;
    let already = |id: &str| known.contains(id);
    let mut random = casebook.random();
    let read = if file == Path::new("-") {
        beads::read(std::io::stdin().lock(), &already, &mut random)
    } else {
        let opened = File::open(file).map_err(Error::io(file, "read"))?;
        beads::read(BufReader::new(opened), &already, &mut random)
    };
    Ok(read.map_err(Error::io(file, "read"))?)
}

/// A line on a terminal that says what goes on.
struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    fn begin(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = indicatif::ProgressBar::new_spinner().with_message(what);
        bar.enable_steady_tick(std::time::Duration::from_millis(80));
        Self(Some(bar))
    }

    fn step(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }

    fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
