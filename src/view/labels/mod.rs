//! Labels: the texts that people see in place of the words of the file format, in every language (docs/languages.md).
//!
//! # Invariants
//!
//! Labels are output only: nothing parses a label.

pub mod catalog;
mod custom;
mod en;
mod fr;
mod ja;
mod pt;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, fill};
pub use custom::CustomLabels;

use crate::domain::value::Value;

use super::Viewer;

/// A language in which tickets are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the default.
    #[default]
    English,
    /// French.
    French,
    /// Japanese.
    Japanese,
    /// Portuguese.
    Portuguese,
}

impl Language {
    /// All languages.
    pub const ALL: &[Self] = &[Self::English, Self::French, Self::Japanese, Self::Portuguese];

    /// Returns the code of the language, the value of `--lang`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Japanese => "ja",
            Self::Portuguese => "pt",
        }
    }

    /// Returns the language of a locale such as `fr_CA.UTF-8` or `pt-BR`; region, encoding and variant are ignored. `C`,
    /// `POSIX` and languages without labels are English.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| language.code().eq_ignore_ascii_case(code)).unwrap_or_default()
    }

    /// Returns the labels of the language for a side.
    pub const fn catalog(self, viewer: Viewer) -> &'static Catalog {
        match (self, viewer) {
            (Self::English, Viewer::Customer) => &en::CUSTOMER,
            (Self::English, Viewer::Support) => &en::SUPPORT,
            (Self::French, Viewer::Customer) => &fr::CUSTOMER,
            (Self::French, Viewer::Support) => &fr::SUPPORT,
            (Self::Japanese, Viewer::Customer) => &ja::CUSTOMER,
            (Self::Japanese, Viewer::Support) => &ja::SUPPORT,
            (Self::Portuguese, Viewer::Customer) => &pt::CUSTOMER,
            (Self::Portuguese, Viewer::Support) => &pt::SUPPORT,
        }
    }
}

/// The labels in messages, which are English: warnings, errors, and times in the output of templates.
pub const ENGLISH: &Catalog = Language::English.catalog(Viewer::Support);

/// Formats a number of things for an English message: `1 alert`, `2 alerts`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Formats the value of a custom field for people.
pub fn format_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) | Value::Text(text) => text.clone(),
        Value::Time(at) => crate::domain::time::duration::format_instant(*at),
        Value::List(items) => items.iter().map(format_value).collect::<Vec<_>>().join(", "),
        Value::Map(fields) => {
            fields.iter().map(|(name, inner)| format!("{name}: {}", format_value(inner))).collect::<Vec<_>>().join("; ")
        }
    }
}
