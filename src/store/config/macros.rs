//! Sections `[macros.NAME]` of casebook.toml.
//!
//! Rendering the templates is left to the callers.

use chrono::DateTime;

use super::toml_value::{TomlValue, Word};
use super::{ConfigError, Settings};
use crate::domain::people::person::Person;
use crate::domain::ticket::macros::{Macro, MacroStep, MacroTexts, text_step};
use crate::domain::time::zone::Zone;

/// Parses the macros, sorted by name.
pub(super) fn read(settings: &Settings) -> Result<Vec<Macro>, ConfigError> {
    settings.section("macros")?.entries().map(of_section).collect()
}

fn of_section((name, section): (Word<'_>, TomlValue<'_>)) -> Result<Macro, ConfigError> {
    let actions: Vec<TomlValue<'_>> = section.get("actions").items().collect();
    let texts = texts(section.get("text"))?;
    if texts.is_empty() && actions.is_empty() {
        return Err(name.error("a macro needs a `text` or `actions`"));
    }
    for action in &actions {
        self::texts(action.get("text"))?;
    }
    let (about, steps) = (section.get("about").text(), actions.iter().map(|action| action.fields()).collect());
    let written = Macro { name: name.parse(word)?, about: about.map(str::to_owned), texts, steps };
    // The day and the actor do not decide if the steps can be parsed, so any will do.
    if let Ok(actor) = Person::from_name("me") {
        let steps = written.steps_for(&actor, DateTime::UNIX_EPOCH, &Zone::utc());
        let steps = steps.map_err(|(index, error)| actions[index].error(error.to_string()))?;
        check_texts(&written, &steps).map_err(|(index, message)| {
            index.map_or_else(|| section.get("text"), |index| actions[index]).error(message)
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
fn texts(written: TomlValue<'_>) -> Result<MacroTexts, ConfigError> {
    let one = written.text().map(|_| (String::new(), written));
    let by_language = written.entries().map(|(language, text)| (language.text.to_owned(), text));
    let mut texts = MacroTexts::new();
    for (language, text) in one.into_iter().chain(by_language) {
        let template = text.text().unwrap_or_default();
        if let Err(error) = minijinja::Environment::new().template_from_str(template) {
            let which = if language.is_empty() { String::new() } else { format!(" ({language})") };
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            return Err(text.error(format!("the text{which} is not a valid template: {reason}")));
        }
        texts.insert(language, template.to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Macro>, ConfigError> {
        Settings::of(text).macros().cloned()
    }
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
