//! `merge-file`: the merge driver that git runs for a ticket that both sides changed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::error::resolve::reason;
use crate::cli::session::Session;
use crate::domain::convergence::union::ConcurrentEntry;
use crate::domain::ticket::Ticket;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::git::merge_lines;
use crate::store::yaml;
use crate::store::yaml::LARGEST_FILE;
use crate::view;

/// Merge both sides' histories of a ticket; git runs it as a merge driver.
///
/// git runs it with %O %A %B %L %P after `casebook git-setup`. The result is written into OURS. Exits with 0, or with 1
/// if there is a conflict that a person must resolve.
#[derive(Debug, Args)]
pub struct MergeFileArgs {
    /// The merge base of both sides (%O)
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// Our side; the result is written here (%A)
    #[arg(value_name = "OURS")]
    ours: PathBuf,
    /// Their side (%B)
    #[arg(value_name = "THEIRS")]
    theirs: PathBuf,
    /// The length of conflict markers, from 1 to 1000 (%L)
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
            Ok(merged) => {
                if merged.bytes != ours {
                    fs::write(&self.ours, &merged.bytes).map_err(Error::io(&self.ours, "write"))?;
                }
                print_concurrent(session, &path, &merged.ticket, &merged.concurrent);
                Ok(Exit::Done)
            }
            Err(conflict) => {
                self.leave_markers(&ours)?;
                session
                    .output
                    .error_line(&view::sanitize::one_line(&format!("casebook: {path}: {}", reason(&conflict))));
                Ok(Exit::Found)
            }
        }
    }

    /// Leaves conflict markers in the file as git would. If git could merge the lines without a conflict, all lines that
    /// differ become a conflict, since the histories do conflict.
    fn leave_markers(&self, ours: &[u8]) -> Result<(), CliError> {
        let size = usize::from(self.marker_size);
        let merge = |base: &Path| merge_lines(base, &self.ours, &self.theirs, size);
        let marker = "<".repeat(size);
        if merge(&self.base).is_ok() && !read(&self.ours)?.windows(marker.len()).any(|part| part == marker.as_bytes()) {
            fs::write(&self.ours, ours).map_err(Error::io(&self.ours, "write"))?;
            // Without a base, all lines that differ conflict. A file that git cannot merge stays as it is.
            let _ = merge(Path::new("/dev/null"));
        }
        Ok(())
    }
}

/// Reads a file that is not larger than any ticket may be.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => unreadable(path, &error),
        _ => Error::io(path, "read")(error),
    })?;
    if metadata.len() > LARGEST_FILE {
        return Err(Error::Usage {
            message: format!("cannot merge {}: it is larger than a ticket may be", path.display()),
            hint: None,
        });
    }
    fs::read(path).map_err(Error::io(path, "read"))
}

/// Warns of entries that two clones wrote at the same time, on standard error.
pub(super) fn print_concurrent(session: &Session, place: &str, ticket: &Ticket, concurrent: &[ConcurrentEntry]) {
    let zone = Zone::named("UTC").expect("every list of zones has UTC");
    let lines = view::concurrent_entries::render(ticket, concurrent, &zone);
    if !lines.is_empty() {
        let message = format!("{place}: written at the same time on two clones: {}", ticket.header.subject);
        session.output.warn(&view::sanitize::one_line(&message));
    }
    lines.iter().for_each(|line| session.output.warn(&format!("  {line}")));
}
