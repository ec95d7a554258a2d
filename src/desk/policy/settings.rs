//! Sections of casebook.toml that few commands need, parsed when they are used, and the languages of tickets.
//!
//! The text is the one with which the desk was opened.

use std::sync::PoisonError;

use crate::domain::people::organization::Organization;
use crate::domain::suggestion;
use crate::domain::ticket::Header;
use crate::domain::ticket::macros::Macro;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::config::fields::FieldChoices;
use crate::store::config::{ConfigError, fields, macros};
use crate::store::layout;
use crate::store::yaml;

use super::PolicyReader;

impl PolicyReader<'_> {
    /// Parses a section of casebook.toml.
    ///
    /// # Errors
    /// The first invalid setting, with its position.
    pub(crate) fn settings<T>(&self, read: impl FnOnce(&str) -> Result<T, ConfigError>) -> Result<T, Error> {
        read(&self.desk.text).map_err(|error| self.invalid_settings(error))
    }

    /// Returns the error for an invalid casebook.toml.
    pub(crate) fn invalid_settings(&self, error: ConfigError) -> Error {
        Error::Config { path: self.desk.root.join(layout::MARKER), error }
    }

    /// Returns the product groups and custom fields of casebook.toml.
    ///
    /// # Errors
    /// casebook.toml is invalid.
    pub fn field_choices(&self) -> Result<FieldChoices, Error> {
        self.settings(fields::read)
    }

    /// Returns the macros of casebook.toml, in the order of their names.
    ///
    /// # Errors
    /// casebook.toml is invalid.
    pub fn macros(&self) -> Result<Vec<Macro>, Error> {
        self.settings(macros::read)
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
        let read = || yaml::read_organization(&self.organization_bytes(id).ok()??, id).ok()?.language;
        let language = Organization::is_id(id).then(read).flatten();
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
