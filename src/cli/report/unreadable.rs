//! Reports of files that could not be read, beside the result of a command.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::desk::UnreadableFile;
use crate::error::Error;
use crate::store::yaml::ReadErrorKind;
use crate::view;

impl Session {
    /// Reports unreadable files on standard error, also with `--quiet`. For a program each is an error object on one line.
    /// Returns the exit code.
    pub(in crate::cli) fn report_unreadable(&self, unreadable: &[UnreadableFile]) -> Exit {
        for UnreadableFile { path, damage } in unreadable {
            if self.wants_json {
                let error = Error::Damaged { path: path.clone(), damage: damage.clone() };
                self.output.error_line(&CliError::from(error).line());
                continue;
            }
            let hint = match damage.kind {
                ReadErrorKind::ConflictMarker => "; `casebook resolve` keeps the entries of both sides",
                ReadErrorKind::NotCheckedOut => "; `git sparse-checkout disable` checks them out",
                _ => "",
            };
            self.output.error_line(&view::sanitize::one_line(&format!("casebook: {path}:{damage}{hint}")));
        }
        if unreadable.is_empty() { Exit::Done } else { Exit::Damaged }
    }
}
