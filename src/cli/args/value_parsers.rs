//! Parsers of the values of flags. clap prints their errors after the name of the flag.

use std::str::FromStr;

use crate::domain::text::clean_subject;
use crate::domain::vocabulary::Priority;
use crate::error::Error;

/// Parses a priority in any spelling: `S1` to `S4`, `P1` to `P4`.
pub(crate) fn priority(text: &str) -> Result<Priority, String> {
    Priority::parse_lenient(text).map_err(|unknown| format!("known are {}", unknown.known.join(", ")))
}

/// Parses an idempotency key: not blank, on one line.
pub(crate) fn key(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err("a key must be one line that is not blank".to_owned());
    }
    Ok(text.trim().to_owned())
}

/// Returns a parser of one of the fixed vocabularies, which suggests the most similar word.
pub(crate) fn word_of<T>(words: &'static [&'static str]) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// Splits `KEY=VALUE` arguments into keys and cleaned values. An empty value clears a field.
///
/// # Errors
/// An argument without `=`, or a key that is given twice.
pub(crate) fn assignments(arguments: &[String]) -> Result<Vec<(&str, Option<String>)>, Error> {
    let mut assignments: Vec<(&str, Option<String>)> = Vec::new();
    for argument in arguments {
        let (key, value) = argument.split_once('=').ok_or_else(|| {
            Error::usage(format!("`{argument}` is not a field and its value"), "write KEY=VALUE, or KEY= to clear it")
        })?;
        if assignments.iter().any(|(other, _)| *other == key) {
            return Err(given_twice(key));
        }
        assignments.push((key, clean_subject(value)));
    }
    Ok(assignments)
}

/// Returns the error for a field that has two values.
pub(crate) fn given_twice(field: &str) -> Error {
    Error::usage(format!("the field `{field}` is given twice"), "give each field once")
}

/// Parses a language tag (BCP 47): `ja`, `pt-BR`.
pub(crate) fn language_tag(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let has_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let has_valid_rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if has_language && has_valid_rest {
        Ok(text.to_owned())
    } else {
        Err("a language is a tag such as ja, fr or pt-BR".to_owned())
    }
}
