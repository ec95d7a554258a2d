//! Sections `[macros.NAME]` of casebook.toml.
//!
//! Parsed only when a macro is listed or used, and by `check`. Rendering the templates is left to the callers.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::people::person::Person;
use crate::domain::ticket::macros::{Macro, MacroStep, MacroTexts, text_step};
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};

/// The sections of the file that belong here; [`super`] checks the other ones.
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

/// Parses the macros in the text of a casebook.toml, sorted by name.
///
/// # Errors
/// The first invalid setting, with its line and column.
pub fn read(text: &str) -> Result<Vec<Macro>, ConfigError> {
    validate(text).map_err(|error| error.within(text))
}

/// Returns an error about the text of a macro, at its place; at the start of the file if the macro has no text.
pub fn error_at(text: &str, name: &str, message: String) -> ConfigError {
    let written: Result<RawMacros, _> = toml::from_str(text);
    let span = written.ok().and_then(|written| {
        let section = written.macros.into_iter().find(|(key, _)| key.get_ref() == name);
        section.and_then(|(_, section)| Some(section.text?.span()))
    });
    SpannedError(span, message).within(text)
}

fn validate(text: &str) -> Result<Vec<Macro>, SpannedError> {
    let written: RawMacros = toml::from_str(text)?;
    written.macros.into_iter().map(of_section).collect()
}

fn of_section((name, section): (Spanned<String>, MacroSection)) -> Result<Macro, SpannedError> {
    let texts = section.text.as_ref().map(spanned_texts).transpose()?.unwrap_or_default();
    if texts.is_empty() && section.actions.is_empty() {
        return Err(SpannedError(Some(name.span()), "a macro needs a `text` or `actions`".to_owned()));
    }
    let spans: Vec<_> = section.actions.iter().map(Spanned::span).collect();
    for action in &section.actions {
        if let Some(text) = action.get_ref().get("text") {
            texts_in(text).map_err(|message| SpannedError(Some(action.span()), message))?;
        }
    }
    let steps = section.actions.into_iter().map(|table| table_fields(table.into_inner())).collect();
    let written = Macro { name: spanned(&name, word)?, about: section.about, texts, steps };
    // The day and the actor do not decide if the steps can be parsed, so any will do.
    let (actor, zone) = (Person::from_name("me"), Zone::named("UTC"));
    if let (Ok(actor), Ok(zone)) = (actor, zone) {
        let steps = written.steps_for(&actor, DateTime::UNIX_EPOCH, &zone);
        let steps = steps.map_err(|(place, error)| SpannedError(spans.get(place).cloned(), error.to_string()))?;
        check_texts(&written, &steps).map_err(|(place, message)| {
            let text = section.text.as_ref().map(Spanned::span);
            SpannedError(place.map_or(text, |place| spans.get(place).cloned()), message)
        })?;
    }
    Ok(written)
}

/// Checks that every action that needs a text can have one. The macro's `text`, or that of `-m`, goes to one action.
///
/// # Errors
/// A message, and the place of the action it is about in the list of actions; none if it is about the macro's text.
fn check_texts(written: &Macro, steps: &[MacroStep]) -> Result<(), (Option<usize>, String)> {
    let speaker = text_step(steps);
    let lacks = |(place, step): &(usize, &MacroStep)| *place != speaker && step.needs_text() && step.texts.is_empty();
    if let Some((place, step)) = steps.iter().enumerate().find(lacks) {
        let action = step.action.as_str();
        let message = format!(
            "`{action}` needs a text, and the text of the macro goes to action {}; give this action its own `text`",
            speaker + 1
        );
        return Err((Some(place), message));
    }
    if !written.texts.is_empty() && steps.get(speaker).is_some_and(|step| !step.texts.is_empty()) {
        return Err((None, "the text is not used: every action that takes a text has its own".to_owned()));
    }
    Ok(())
}

/// Parses a text, or texts by language; each is a template.
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
    let texts = texts.ok_or("`text` must be a text, or a text for each language")?;
    for (language, text) in &texts {
        if let Err(error) = minijinja::Environment::new().template_from_str(text) {
            let which = if language.is_empty() { String::new() } else { format!(" ({language})") };
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            return Err(format!("the text{which} is not a valid template: {reason}"));
        }
    }
    Ok(texts)
}

fn word(name: &str) -> Result<String, String> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(is_valid) && !name.starts_with('-') {
        Ok(name.to_owned())
    } else {
        Err(format!("`{name}` is not a valid macro name; expected letters, digits, `_` and `-`"))
    }
}

fn table_fields(table: toml::Table) -> Fields {
    table.into_iter().map(|(name, value)| (name, from_toml(value))).collect()
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::Integer(number.into()),
        toml::Value::Float(number) => Value::Number(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => Value::List(items.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => Value::Map(table_fields(table)),
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
        assert_eq!(macros.iter().map(|defined| defined.name.as_str()).collect::<Vec<_>>(), ["release", "thanks"]);
        assert_eq!(text_in(&macros[0].texts, ["fr", "en"]), Some(("fr", "Laquelle ?")));
        assert_eq!((macros[0].steps.len(), macros[1].steps.len()), (2, 0));
        assert_eq!(read("format = 1\n"), Ok(Vec::new()));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| read(text).map_err(|error| (error.line, error.message)).expect_err("an error");
        assert_eq!(error("[macros.x]\nabout = \"y\"\n").0, 1);
        assert_eq!(error("[macros.x]\ntxt = \"y\"\n").0, 2);
        let (line, message) = error(
            "[macros.x]\nactions = [\n  { action = \"resume\" },\n  { action = \"hold\", reason = \"lunch\" },\n]\n",
        );
        assert!(line == 4 && message.contains("lunch"), "{line}: {message}");
        let (line, message) = error("[macros.x]\nabout = \"y\"\ntext = \"{{ a\"\n");
        assert!(line == 3 && message.contains("template"), "{line}: {message}");
        let (line, message) = error("[macros.x]\ntext = { en = \"Hello\", fr = \"{% if %}\" }\n");
        assert!(line == 2 && message.contains("(fr)"), "{line}: {message}");
        assert_eq!(error("[macros.x]\ntext = 3\n").0, 2);
    }

    #[test]
    fn every_action_that_needs_a_text_has_one() {
        let with = |text: &str, first: &str, second: &str| {
            let text = format!(
                "[macros.x]\n{text}\nactions = [\n  {{ action = \"reply\"{first} }},\n  {{ action = \"prioritize\", priority = \"S2\"{second} }},\n]\n"
            );
            read(&text).map(|_| ()).map_err(|error| (error.line, error.message))
        };
        let own = ", text = \"Own text.\"";
        assert_eq!(with("", "", own), Ok(()));
        assert_eq!(with("text = \"Hello\"", "", own), Ok(()));
        assert_eq!(with("text = \"Hello\"", own, ""), Ok(()));
        assert_eq!(with("", own, ", text = { en = \"a\", fr = \"b\" }"), Ok(()));
        let (line, message) = with("text = \"Hello\"", "", "").expect_err("one text for two");
        assert!(line == 5 && message.contains("`prioritize` needs a text"), "{line}: {message}");
        let (line, message) = with("text = \"Hello\"", own, own).expect_err("a text too many");
        assert!(line == 2 && message.contains("the text is not used"), "{line}: {message}");
        let (line, message) = with("", own, ", text = \"{{ a\"").expect_err("no template");
        assert!(line == 5 && message.contains("not a valid template"), "{line}: {message}");
    }
}
