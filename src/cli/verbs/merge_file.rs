//! `merge-file`: what git runs to merge a ticket that both sides changed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::error::resolve::why;
use crate::cli::session::Session;
use crate::domain::convergence::union::ConcurrentEntry;
use crate::domain::ticket::Ticket;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::git::merge_lines;
use crate::store::yaml;
use crate::store::yaml::LARGEST_FILE;
use crate::view;

/// Merge a ticket that both sides changed, for git: the union of both histories.
///
/// git runs this with %O %A %B %L %P, once `casebook git-setup` has told it so. The result is written into OURS. Ends
/// with 0, or with 1 where there is a conflict that people have to look at.
#[derive(Debug, Args)]
pub struct MergeFileArgs {
    /// What both sides came from (%O)
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// What is here; gets the result (%A)
    #[arg(value_name = "OURS")]
    ours: PathBuf,
    /// What comes (%B)
    #[arg(value_name = "THEIRS")]
    theirs: PathBuf,
    /// How long the markers of a conflict are, from 1 to 1000 (%L)
    #[arg(value_name = "SIZE", default_value = "7", value_parser = clap::value_parser!(u16).range(1..=1000))]
    marker_size: u16,
    /// The path of the ticket, for messages (%P)
    #[arg(value_name = "PATH")]
    path: Option<String>,
}

impl MergeFileArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let (base, ours, theirs) = (read(&self.base)?, read(&self.ours)?, read(&self.theirs)?);
        let path = self.path.clone().unwrap_or_else(|| self.ours.display().to_string());
        let base_bytes = Some(base.as_slice()).filter(|bytes| !bytes.is_empty());
        match yaml::merge(base_bytes, &ours, &theirs) {
            Ok(united) => {
                if united.bytes != ours {
                    fs::write(&self.ours, &united.bytes).map_err(Error::io(&self.ours, "write"))?;
                }
                print_concurrent(session, &path, &united.ticket, &united.concurrent);
                Ok(Exit::Done)
            }
            Err(split) => {
                self.leave_markers(&ours)?;
                session.output.error_line(&view::sanitize::one_line(&format!("casebook: {path}: {}", why(&split))));
                Ok(Exit::Found)
            }
        }
    }

    /// Leaves the conflict as git would. Where the lines alone do not conflict, everything that differs does.
    fn leave_markers(&self, ours: &[u8]) -> Result<(), CliError> {
        let size = usize::from(self.marker_size);
        let merge = |base: &Path| merge_lines(base, &self.ours, &self.theirs, size);
        let marker = "<".repeat(size);
        if merge(&self.base).is_ok() && !read(&self.ours)?.windows(marker.len()).any(|part| part == marker.as_bytes()) {
            fs::write(&self.ours, ours).map_err(Error::io(&self.ours, "write"))?;
            // Without a base whatever differs is a conflict. What git cannot merge at all stays as it is.
            let _ = merge(Path::new("/dev/null"));
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => unreadable(path, &error),
        _ => Error::io(path, "read")(error),
    })?;
    if metadata.len() > LARGEST_FILE {
        return Err(Error::Usage { message: format!("{} is larger than any ticket", path.display()), hint: None });
    }
    fs::read(path).map_err(Error::io(path, "read"))
}

/// Names entries that crossed each other, on standard error.
pub(super) fn print_concurrent(session: &Session, place: &str, ticket: &Ticket, crossings: &[ConcurrentEntry]) {
    let zone = Zone::named("UTC").expect("every list of zones has UTC");
    let lines = view::concurrent_entries::render(ticket, crossings, &zone);
    if !lines.is_empty() {
        let said = format!("{place}: written at the same time on two clones: {}", ticket.header.subject);
        session.output.warn(&view::sanitize::one_line(&said));
    }
    lines.iter().for_each(|line| session.output.warn(&format!("  {line}")));
}
