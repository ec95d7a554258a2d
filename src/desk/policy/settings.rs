//! What casebook.toml says beyond [`crate::store::config`], read where it is needed, and the zone of the desk's days.
//!
//! The text is that of the moment the desk was opened, as the rest of the settings is. Must not know what any of it is
//! used for.

use std::sync::PoisonError;

use crate::domain::people::organization::Organization;
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
    /// What a reader makes of casebook.toml.
    ///
    /// # Errors
    /// The first thing wrong, with its place.
    pub(crate) fn settings<T>(&self, read: impl FnOnce(&str) -> Result<T, ConfigError>) -> Result<T, Error> {
        read(&self.desk.text).map_err(|flaw| self.unsound(flaw))
    }

    /// That casebook.toml is not sound.
    pub(crate) fn unsound(&self, flaw: ConfigError) -> Error {
        Error::Config { path: self.desk.root.join(layout::MARKER), flaw }
    }

    /// The product groups and fields of casebook.toml.
    ///
    /// # Errors
    /// It is not sound.
    pub fn choices(&self) -> Result<FieldChoices, Error> {
        self.settings(fields::read)
    }

    /// The macros of casebook.toml, by name.
    ///
    /// # Errors
    /// It is not sound.
    pub fn macros(&self) -> Result<Vec<Macro>, Error> {
        self.settings(macros::read)
    }

    /// The languages in which a ticket is spoken of, the nearest first: its own, its organisation's, the desk's. A file
    /// of an organisation that cannot be read names none; `check` tells of it.
    pub fn languages_of(&self, ticket: &Header) -> Vec<String> {
        let of_organization = ticket.organization.as_deref().and_then(|id| self.language_of(id));
        let own = ticket.language.clone();
        own.into_iter().chain(of_organization).chain([self.desk.config.language.clone()]).collect()
    }

    /// The language of an organisation; its file is read once, however many tickets it has.
    fn language_of(&self, id: &str) -> Option<String> {
        let mut known = self.desk.languages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(language) = known.get(id) {
            return language.clone();
        }
        let read = || yaml::read_organization(&self.organization_bytes(id).ok()??, id).ok()?.language;
        let language = Organization::is_id(id).then(read).flatten();
        known.insert(id.to_owned(), language.clone());
        language
    }

    /// The zone of the desk's days.
    ///
    /// # Errors
    /// casebook.toml names none.
    pub fn zone(&self) -> Result<Zone, Error> {
        let name = &self.desk.config.time_zone;
        Zone::named(name).map_err(|unknown| {
            let hint = unknown.nearest.map_or_else(
                || "set `time_zone` in casebook.toml".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Error::usage(format!("casebook.toml: `{name}` is no time zone"), hint)
        })
    }
}
