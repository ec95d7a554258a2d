//! Labels: what people read where files have words, in every language there is (FACTS §12).
//!
//! A word never is its label: nothing reads a label back. Must not know where a label is put, nor who reads it.

pub mod catalogue;
mod custom;
mod en;
mod fr;
mod ja;
mod pt;
#[cfg(test)]
mod tests;

pub use catalogue::{Catalogue, fill};
pub use custom::CustomLabels;

use crate::domain::value::Value;

use super::Viewer;

/// A language people read tickets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, where nothing else is known.
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
    /// Every language.
    pub const ALL: &[Self] = &[Self::English, Self::French, Self::Japanese, Self::Portuguese];

    /// Its code, as `--lang` takes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Japanese => "ja",
            Self::Portuguese => "pt",
        }
    }

    /// The language of a locale, whatever its region, encoding or variant: `fr_CA.UTF-8`, `pt-BR`. `C`, `POSIX` and
    /// languages nobody has written down are English.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| language.code().eq_ignore_ascii_case(code)).unwrap_or_default()
    }

    /// Its words, as one side reads them.
    pub const fn words(self, viewer: Viewer) -> &'static Catalogue {
        match (self, viewer) {
            (Self::English, Viewer::Customer) => &en::PORTAL,
            (Self::English, Viewer::Support) => &en::DESK,
            (Self::French, Viewer::Customer) => &fr::PORTAL,
            (Self::French, Viewer::Support) => &fr::DESK,
            (Self::Japanese, Viewer::Customer) => &ja::PORTAL,
            (Self::Japanese, Viewer::Support) => &ja::DESK,
            (Self::Portuguese, Viewer::Customer) => &pt::PORTAL,
            (Self::Portuguese, Viewer::Support) => &pt::DESK,
        }
    }
}

/// The words of messages, which are English: warnings, and what programs print by a template.
pub const ENGLISH: &Catalogue = Language::English.words(Viewer::Support);

/// A number of things in an English message, `1 alert`, `2 alerts`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The value of one of the desk's own fields.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(words) | Value::Text(words) => words.clone(),
        Value::Time(at) => crate::domain::time::duration::format_instant(*at),
        Value::List(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Map(fields) => {
            fields.iter().map(|(name, inner)| format!("{name}: {}", self::value(inner))).collect::<Vec<_>>().join("; ")
        }
    }
}
