//! Readers of the words that flags carry. Their errors are sentences clap puts behind the flag's name.

use std::str::FromStr;

use crate::domain::people::person::Person;
use crate::domain::vocabulary::Priority;

/// A person as an address.
pub(crate) fn address(words: &str) -> Result<Person, String> {
    Person::from_address(words).map_err(|error| error.to_string())
}

/// A priority in any spelling: `S1` to `S4`, `P1` to `P4`.
pub(crate) fn priority(words: &str) -> Result<Priority, String> {
    Priority::parse_lenient(words).map_err(|unknown| format!("known are {}", unknown.known.join(", ")))
}

/// A parser for one of the closed vocabularies, which suggests the nearest word.
pub(crate) fn word_of<T>(words: &'static [&'static str]) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// A language tag as BCP 47 has it: `ja`, `pt-BR`.
pub(crate) fn language_tag(words: &str) -> Result<String, String> {
    let mut parts = words.split('-');
    let is_language = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let is_rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_language && is_rest {
        Ok(words.to_owned())
    } else {
        Err("a language is a tag such as ja, fr or pt-BR".to_owned())
    }
}
