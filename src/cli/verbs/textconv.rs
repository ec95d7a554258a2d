//! `textconv`: a ticket as a thread, for git's diffs.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::yaml;
use crate::view::colors::ColorMode;
use crate::view::labels::Language;
use crate::view::{self, Audience, Viewer};

/// Print a ticket file as a thread, for git's diffs.
///
/// A file that is not a ticket is printed as it is. `casebook git-setup --textconv` configures `git diff` and `git log
/// -p` to use it. Times are in UTC and labels in English, so that the output depends only on the file.
#[derive(Debug, Args)]
pub struct TextconvArgs {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl TextconvArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let bytes = std::fs::read(&self.file).map_err(Error::io(&self.file, "read"))?;
        let text = match (yaml::read(&bytes, None), Zone::named("UTC")) {
            (Ok(ticket), Ok(zone)) => {
                let now = ticket.last_activity_at();
                let color_mode = ColorMode::PLAIN;
                let (viewer, language) = (Viewer::Support, Language::English);
                let audience = Audience {
                    viewer,
                    language,
                    zone: &zone,
                    now,
                    color_mode,
                    custom_labels: None,
                    links: None,
                    names: None,
                    width: None,
                };
                view::ticket::render_for_diff(&ticket, &audience)
            }
            _ => view::sanitize::lines(&String::from_utf8_lossy(&bytes)).into_owned(),
        };
        Ok(session.output.print(&text)?)
    }
}
