//! `man`: manual pages, generated from the definition of the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::reference::{FILES, VARIABLES};
use crate::cli::session::Session;
use crate::error::Error;

/// Print the manual page, or write all pages into a folder.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// A folder to write a page per verb into
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let mut line = super::command();
        line.build();
        let Some(folder) = &self.folder else {
            return Ok(session.output.print(&String::from_utf8_lossy(&page(Man::new(line))?))?);
        };
        std::fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
        write_pages(&line, folder)
    }
}

/// Writes the pages of a verb and of the verbs below it.
fn write_pages(verb: &Command, folder: &Path) -> Result<(), CliError> {
    let man = Man::new(verb.clone());
    let path = folder.join(man.get_filename());
    std::fs::write(&path, page(man)?).map_err(Error::io(&path, "write"))?;
    verb.get_subcommands().filter(|inner| !inner.is_hide_set()).try_for_each(|inner| write_pages(inner, folder))
}

/// Returns the bytes of a page.
fn page(man: Man) -> Result<Vec<u8>, CliError> {
    let mut sections = Roff::new();
    let exits = Exit::MEANINGS.iter().map(|(exit, meaning)| ((*exit as u8).to_string(), *meaning));
    add_section(&mut sections, "EXIT STATUS", exits);
    for (heading, rows) in [("ENVIRONMENT", VARIABLES), ("FILES", FILES)] {
        add_section(&mut sections, heading, rows.iter().map(|(name, meaning)| ((*name).to_owned(), *meaning)));
    }
    let mut page = Vec::new();
    man.render(&mut page).and_then(|()| sections.to_writer(&mut page)).map_err(Error::io("the page", "write"))?;
    Ok(page)
}

fn add_section(page: &mut Roff, heading: &str, rows: impl Iterator<Item = (String, &'static str)>) {
    page.control("SH", [heading]);
    for (name, meaning) in rows {
        page.control("TP", []).text([bold(name)]).text([roman(meaning)]);
    }
}
