//! The sections of casebook.toml, as it was when the desk was opened, and the languages of tickets.

use std::sync::PoisonError;

use crate::domain::suggestion;
use crate::domain::ticket::Header;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::config::fields::FieldChoices;
use crate::store::config::{ConfigError, Settings};
use crate::store::layout;

use super::PolicyReader;

impl<'a> PolicyReader<'a> {
    /// Returns a section of casebook.toml.
    ///
    /// # Errors
    /// The first invalid setting in it, with its position.
    pub fn settings<T: ?Sized>(&self, read: fn(&Settings) -> Result<&T, ConfigError>) -> Result<&'a T, Error> {
        read(&self.desk.settings).map_err(|error| self.invalid_settings(error))
    }

    /// Returns the error for an invalid casebook.toml.
    pub(crate) fn invalid_settings(&self, error: ConfigError) -> Error {
        Error::Config { path: self.desk.root.join(layout::MARKER), error }
    }

    /// Returns the product groups and custom fields of casebook.toml.
    ///
    /// # Errors
    /// Their sections are invalid.
    pub fn field_choices(&self) -> Result<&'a FieldChoices, Error> {
        self.settings(Settings::fields)
    }

    /// Returns the languages of a ticket, the preferred one first: its own, its organization's, the desk's. An organization
    /// whose file cannot be read has none; `check` reports the file.
    pub fn languages_of(&self, ticket: &Header) -> Vec<String> {
        let of_organization = ticket.organization.as_deref().and_then(|id| self.language_of(id));
        let own = ticket.language.clone();
        own.into_iter().chain(of_organization).chain([self.desk.config.language.clone()]).collect()
    }

    /// Returns the language of an organization; its file is read once.
    fn language_of(&self, id: &str) -> Option<String> {
        let mut languages = self.desk.languages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(language) = languages.get(id) {
            return language.clone();
        }
        let language = self.organization_on_file(id).ok().flatten().and_then(|organization| organization.language);
        languages.insert(id.to_owned(), language.clone());
        language
    }

    /// Returns the time zone of the desk.
    ///
    /// # Errors
    /// The name in casebook.toml is not a time zone.
    pub fn zone(&self) -> Result<Zone, Error> {
        let name = &self.desk.config.time_zone;
        Zone::named(name).map_err(|unknown| {
            let hint = unknown
                .nearest
                .map_or_else(|| "set `time_zone` in casebook.toml".to_owned(), |near| suggestion::question(&near));
            Error::usage(format!("casebook.toml: `{name}` is not a time zone"), hint)
        })
    }
}
