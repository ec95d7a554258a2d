//! What casebook.toml says of macros: `[macros.NAME]`.
//!
//! Read only where one is used, and by `check`. Must not fill in templates.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::people::person::Person;
use crate::domain::ticket::macros::{Macro, MacroStep, MacroTexts, text_step};
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};

/// What stands for other parts is left to [`super`].
#[derive(Deserialize)]
struct RawMacros {
    #[serde(default)]
    macros: BTreeMap<Spanned<String>, MacroSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MacroSection {
    about: Option<String>,
    text: Option<Spanned<toml::Value>>,
    #[serde(default)]
    actions: Vec<Spanned<toml::Table>>,
}

/// Reads the macros of the text of a casebook.toml, by name.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<Vec<Macro>, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

/// Something wrong with the text of a macro, with its place; at the top where there is no such text.
pub fn flaw_at(text: &str, name: &str, message: String) -> ConfigError {
    let written: Result<RawMacros, _> = toml::from_str(text);
    let span = written.ok().and_then(|written| {
        let section = written.macros.into_iter().find(|(known, _)| known.get_ref() == name);
        section.and_then(|(_, section)| Some(section.text?.span()))
    });
    SpannedError(span, message).within(text)
}

fn validate(text: &str) -> Result<Vec<Macro>, SpannedError> {
    let written: RawMacros =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    written.macros.into_iter().map(of_section).collect()
}

fn of_section((name, section): (Spanned<String>, MacroSection)) -> Result<Macro, SpannedError> {
    let texts = section.text.as_ref().map(spanned_texts).transpose()?.unwrap_or_default();
    if texts.is_empty() && section.actions.is_empty() {
        return Err(SpannedError(Some(name.span()), "a macro has a `text`, or `actions`".to_owned()));
    }
    let places: Vec<_> = section.actions.iter().map(Spanned::span).collect();
    for action in &section.actions {
        if let Some(text) = action.get_ref().get("text") {
            texts_in(text).map_err(|message| SpannedError(Some(action.span()), message))?;
        }
    }
    let steps = section.actions.into_iter().map(|table| fields(table.into_inner())).collect();
    let read = Macro { name: spanned(&name, word)?, about: section.about, texts, steps };
    // Whatever the day and whoever acts: what makes sense then makes sense always.
    let (by, zone) = (Person::from_name("me"), Zone::named("UTC"));
    if let (Ok(by), Ok(zone)) = (by, zone) {
        let deeds = read.steps_for(&by, DateTime::UNIX_EPOCH, &zone);
        let deeds = deeds.map_err(|(place, flaw)| SpannedError(places.get(place).cloned(), flaw.to_string()))?;
        has_words(&read, &deeds).map_err(|(place, message)| {
            let text = section.text.as_ref().map(Spanned::span);
            SpannedError(place.map_or(text, |place| places.get(place).cloned()), message)
        })?;
    }
    Ok(read)
}

/// Whether every action that needs words can have some: the macro's `text`, or `-m`, serves one of them.
///
/// # Errors
/// The place of the action that has none, if it is about one, and what is wrong.
fn has_words(known: &Macro, deeds: &[MacroStep]) -> Result<(), (Option<usize>, String)> {
    let speaker = text_step(deeds);
    let lacks = |(place, deed): &(usize, &MacroStep)| *place != speaker && deed.needs_text() && deed.texts.is_empty();
    if let Some((place, deed)) = deeds.iter().enumerate().find(lacks) {
        let action = deed.action.as_str();
        let message = format!(
            "`{action}` needs words, and those of the macro go with action {}: give it a `text` of its own",
            speaker + 1
        );
        return Err((Some(place), message));
    }
    if !known.texts.is_empty() && deeds.get(speaker).is_some_and(|deed| !deed.texts.is_empty()) {
        return Err((None, "no action is left for this text: each that takes words has its own".to_owned()));
    }
    Ok(())
}

/// A text, or one for each language; each a template.
fn spanned_texts(text: &Spanned<toml::Value>) -> Result<MacroTexts, SpannedError> {
    texts_in(text.get_ref()).map_err(|message| SpannedError(Some(text.span()), message))
}

fn texts_in(text: &toml::Value) -> Result<MacroTexts, String> {
    let texts = match text {
        toml::Value::String(text) => Some(MacroTexts::from([(String::new(), text.clone())])),
        toml::Value::Table(texts) => {
            let each = texts.iter().map(|(language, text)| Some((language.clone(), text.as_str()?.to_owned())));
            each.collect()
        }
        _ => None,
    };
    let texts = texts.ok_or("a `text` is a text, or a text for each language")?;
    for (language, text) in &texts {
        if let Err(error) = minijinja::Environment::new().template_from_str(text) {
            let of = if language.is_empty() { String::new() } else { format!(" ({language})") };
            let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            return Err(format!("the text{of} is no template: {why}"));
        }
    }
    Ok(texts)
}

fn word(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(fits) && !name.starts_with('-') {
        Ok(name.to_owned())
    } else {
        Err(format!("`{name}` can be no macro's name: letters, digits, _ and -"))
    }
}

fn fields(table: toml::Table) -> Fields {
    table.into_iter().map(|(name, value)| (name, of_toml(value))).collect()
}

fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(words) => Value::String(words),
        toml::Value::Integer(number) => Value::Integer(number.into()),
        toml::Value::Float(number) => Value::Number(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => Value::List(items.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => Value::Map(fields(table)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ticket::macros::text_in;

    #[test]
    fn a_macro_is_a_text_and_actions() {
        let text = "[macros.release]\nabout = \"Ask for the release\"\ntext = { en = \"Which?\", fr = \"Laquelle ?\" }\n\
                    actions = [{ action = \"reply\" }, { action = \"tag\", add = [\"asked\"] }]\n[macros.thanks]\ntext = \"Thanks\"\n";
        let macros = read(text).expect("macros");
        assert_eq!(macros.iter().map(|known| known.name.as_str()).collect::<Vec<_>>(), ["release", "thanks"]);
        assert_eq!(text_in(&macros[0].texts, ["fr", "en"]), Some(("fr", "Laquelle ?")));
        assert_eq!((macros[0].steps.len(), macros[1].steps.len()), (2, 0));
        assert_eq!(read("format = 1\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| read(text).map_err(|flaw| (flaw.line, flaw.message)).expect_err("a flaw");
        assert_eq!(flaw("[macros.x]\nabout = \"y\"\n").0, 1);
        assert_eq!(flaw("[macros.x]\ntxt = \"y\"\n").0, 2);
        let (line, message) = flaw(
            "[macros.x]\nactions = [\n  { action = \"resume\" },\n  { action = \"hold\", reason = \"lunch\" },\n]\n",
        );
        assert!(line == 4 && message.contains("lunch"), "{line}: {message}");
        let (line, message) = flaw("[macros.x]\nabout = \"y\"\ntext = \"{{ a\"\n");
        assert!(line == 3 && message.contains("template"), "{line}: {message}");
        let (line, message) = flaw("[macros.x]\ntext = { en = \"Hello\", fr = \"{% if %}\" }\n");
        assert!(line == 2 && message.contains("(fr)"), "{line}: {message}");
        assert_eq!(flaw("[macros.x]\ntext = 3\n").0, 2);
    }

    #[test]
    fn every_action_that_needs_words_has_some() {
        let with = |text: &str, first: &str, second: &str| {
            let text = format!(
                "[macros.x]\n{text}\nactions = [\n  {{ action = \"reply\"{first} }},\n  {{ action = \"prioritize\", priority = \"S2\"{second} }},\n]\n"
            );
            read(&text).map(|_| ()).map_err(|flaw| (flaw.line, flaw.message))
        };
        let own = ", text = \"Words.\"";
        assert_eq!(with("", "", own), Ok(()));
        assert_eq!(with("text = \"Hello\"", "", own), Ok(()));
        assert_eq!(with("text = \"Hello\"", own, ""), Ok(()));
        assert_eq!(with("", own, ", text = { en = \"a\", fr = \"b\" }"), Ok(()));
        let (line, message) = with("text = \"Hello\"", "", "").expect_err("one text for two");
        assert!(line == 5 && message.contains("`prioritize` needs words"), "{line}: {message}");
        let (line, message) = with("text = \"Hello\"", own, own).expect_err("a text too many");
        assert!(line == 2 && message.contains("no action is left"), "{line}: {message}");
        let (line, message) = with("", own, ", text = \"{{ a\"").expect_err("no template");
        assert!(line == 5 && message.contains("no template"), "{line}: {message}");
    }
}
