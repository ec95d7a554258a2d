//! The ticket that a person names. If the name is ambiguous, a person at a terminal chooses.

use super::Session;
use crate::cli::error::{CANDIDATES, CliError};
use crate::cli::terminal::question::choose;
use crate::desk::DeskView;
use crate::domain::id::Id;
use crate::error::Error;
use crate::view::sanitize::one_line;

impl Session {
    /// Returns the ticket that a word names.
    ///
    /// # Errors
    /// As [`DeskView::find`]; the error lists the first candidates with their status and subject.
    pub(crate) fn find(&self, view: &DeskView<'_>, word: &str) -> Result<Id, CliError> {
        let (mut error, candidates) = match view.find(word) {
            Err(Error::Ambiguous { word, candidates }) => {
                (CliError::from(Error::Ambiguous { word, candidates: candidates.clone() }), candidates)
            }
            found => return Ok(found?),
        };
        let shown = candidates.iter().take(CANDIDATES).copied();
        let labels = self.audience(view.desk())?.catalog();
        let describe = |(id, short_id): (Id, String)| match view.ticket(id) {
            Ok(ticket) => {
                format!("{short_id}  {}  {}", labels.statuses.of(ticket.header.status), ticket.header.subject)
            }
            Err(_) => short_id,
        };
        let short_ids = view.short_ids(shown.clone())?;
        let lines: Vec<String> = shown.zip(short_ids).map(describe).map(|line| one_line(&line).into_owned()).collect();
        if self.can_ask() {
            return Ok(candidates[choose(error.message.trim_end_matches(':'), &lines, 0)?]);
        }
        for (candidate, line) in error.candidates.iter_mut().zip(lines) {
            candidate.description = line;
        }
        Err(error)
    }
}
