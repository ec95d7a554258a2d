//! Labels: the texts that people see in place of the words of the file format, in every language (docs/languages.md).
//!
//! # Invariants
//!
//! Labels are output only: nothing parses a label.

pub mod catalog;
mod custom;
mod label_file;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, fill};
pub use custom::CustomLabels;

use catalog::Sides;

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
        let sides = &CATALOGS[self as usize];
        match viewer {
            Viewer::Customer => &sides.customer,
            Viewer::Support => &sides.support,
        }
    }
}

/// The catalogs, in the order of [`Language::ALL`].
static CATALOGS: [Sides; Language::ALL.len()] = [
    Catalog::both_sides(include_str!("en.toml"), |number| number == 1),
    Catalog::both_sides(include_str!("fr.toml"), |number| number < 2),
    Catalog::both_sides(include_str!("ja.toml"), |_| false),
    Catalog::both_sides(include_str!("pt.toml"), |number| number < 2),
];

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
