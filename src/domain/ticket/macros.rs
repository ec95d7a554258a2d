//! The macros of a desk: named replies with further actions.
//!
//! An action in casebook.toml has the field names of an entry: `{ action = "hold", reason = "engineering" }`. Texts are
//! templates, which [`crate::view::macro_template`] fills in.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::action::Action;
use crate::domain::codec::{DecodeError, DecodeErrorKind, PathElement, requested_action_from};
use crate::domain::people::person::Person;
use crate::domain::time::parse::parse_planned_time;
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::HoldReason;

/// The templates of a text, by language; the key of a template without a language is empty.
pub type MacroTexts = BTreeMap<String, String>;

/// A macro: a named text and a list of actions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Macro {
    /// The name.
    pub name: String,
    /// A description, one line.
    pub about: Option<String>,
    /// The templates of its text, which belongs to the step that [`text_step`] selects.
    pub texts: MacroTexts,
    /// The actions in order, with the field names of entries; a field `text` is the text of that action.
    pub steps: Vec<Fields>,
}

/// A step of a macro.
#[derive(Clone, Debug, PartialEq)]
pub struct MacroStep {
    /// The action.
    pub action: Action,
    /// True if an agent's reply must not change the status.
    pub keep_open: bool,
    /// The templates of its own text, which replaces the text of the macro.
    pub texts: MacroTexts,
}

/// The index of an invalid step of a macro, and its error.
pub type MacroStepError = (usize, DecodeError);

/// Returns the template in the first of the given languages that has one, else the template without a language, else
/// any; with its language.
pub fn text_in<'a, 'b>(
    texts: &'a MacroTexts,
    languages: impl IntoIterator<Item = &'b str>,
) -> Option<(&'a str, &'a str)> {
    let languages = languages.into_iter().map(language_of).chain([String::new()]);
    let text = languages.filter_map(|language| texts.get_key_value(&language)).next();
    text.or_else(|| texts.iter().next()).map(|(language, text)| (language.as_str(), text.as_str()))
}

/// Returns the primary language of a language tag, in lower case: `fr` for `fr-CA`.
pub fn language_of(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// Returns the index of the step to which the text of the command and the `text` of the macro belong.
///
/// This is the first reply or note without a text of its own, else the first other step that requires a text and does
/// not have its own, else the first reply or note, else the first step that requires a text, else the first step.
pub fn text_step(steps: &[MacroStep]) -> usize {
    let first = |fits: &dyn Fn(&MacroStep) -> bool| steps.iter().position(fits);
    first(&|step| step.texts.is_empty() && step.is_message())
        .or_else(|| first(&|step| step.texts.is_empty() && step.needs_text()))
        .or_else(|| first(&MacroStep::is_message))
        .or_else(|| first(&MacroStep::needs_text))
        .unwrap_or(0)
}

impl Macro {
    /// Returns the texts that steps have of their own, in order.
    pub fn step_texts(&self) -> Vec<MacroTexts> {
        let texts = self.steps.iter().flatten().filter(|(name, _)| name == "text");
        texts.filter_map(|(_, text)| texts_of(text.clone()).ok()).collect()
    }

    /// Returns the steps of the macro for an actor at an instant (UTC). A macro without actions replies.
    ///
    /// Times may be relative (`+3d`, `friday`) and are in the desk's zone; the assignee `me` is the actor.
    ///
    /// # Errors
    ///
    /// Returns the first invalid step.
    pub fn steps_for(&self, actor: &Person, now: DateTime<Utc>, zone: &Zone) -> Result<Vec<MacroStep>, MacroStepError> {
        if self.steps.is_empty() {
            let action = Action::Reply { auto: false, via_ticket: None };
            return Ok(vec![MacroStep { action, keep_open: false, texts: MacroTexts::new() }]);
        }
        let step = |(index, fields): (usize, &Fields)| {
            let mut fields = fields.clone();
            let mut take =
                |name: &str| fields.iter().position(|(other, _)| other == name).map(|index| fields.remove(index).1);
            let (keep_open, text) = (take("keep_open"), take("text"));
            let texts =
                text.map_or_else(|| Ok(MacroTexts::new()), |text| texts_of(text).map_err(|error| (index, error)))?;
            for (name, value) in &mut fields {
                match (name.as_str(), &*value) {
                    ("until" | "eta", Value::String(text)) => {
                        if let Ok(time) = parse_planned_time(text, now, zone) {
                            *value = Value::String(time.to_string());
                        }
                    }
                    ("assignee", Value::String(text)) if text == "me" => *value = Value::from(actor.as_str()),
                    _ => {}
                }
            }
            let action = requested_action_from(Value::Map(fields)).map_err(|error| (index, error))?;
            Ok(MacroStep { action, keep_open: keep_open == Some(Value::Bool(true)), texts })
        };
        self.steps.iter().enumerate().map(step).collect()
    }
}

/// Reads a text, or a map of texts by language.
fn texts_of(value: Value) -> Result<MacroTexts, DecodeError> {
    let found = value.kind();
    let texts = match value {
        Value::String(text) => Some(MacroTexts::from([(String::new(), text)])),
        Value::Map(texts) => {
            let template = |(language, text)| match text {
                Value::String(text) => Some((language, text)),
                _ => None,
            };
            texts.into_iter().map(template).collect()
        }
        _ => None,
    };
    let kind = DecodeErrorKind::WrongKind { expected: "a text, or a text for each language", found };
    texts
        .filter(|texts: &MacroTexts| !texts.is_empty())
        .ok_or(DecodeError { path: vec![PathElement::Name("text".to_owned())], kind })
}

impl MacroStep {
    /// Returns true if the step is a reply or a note.
    pub const fn is_message(&self) -> bool {
        matches!(self.action, Action::Reply { .. } | Action::Note { .. })
    }

    /// Returns true if the step requires a text.
    pub fn needs_text(&self) -> bool {
        self.action.needs_text() || matches!(&self.action, Action::Hold(hold) if hold.reason == HoldReason::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(texts: &[(&str, &str)], steps: Vec<Fields>) -> Macro {
        let texts = texts.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect();
        Macro { name: "m".to_owned(), about: None, texts, steps }
    }

    fn step(fields: &[(&str, &str)]) -> Fields {
        fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    }

    fn steps_of(template: &Macro) -> Result<Vec<MacroStep>, MacroStepError> {
        let actor = Person::from_address("kenji@desk.example").expect("an address");
        let zone = Zone::named("UTC").expect("a zone");
        template.steps_for(&actor, "2026-11-21T09:00:00Z".parse().expect("a time"), &zone)
    }

    #[test]
    fn the_text_is_in_the_language_of_the_ticket_if_possible() {
        let both = template(&[("en", "Hello"), ("fr", "Bonjour")], Vec::new()).texts;
        assert_eq!(text_in(&both, ["fr-CA", "en"]), Some(("fr", "Bonjour")));
        assert_eq!(text_in(&both, ["ja", "en"]), Some(("en", "Hello")));
        assert_eq!(text_in(&both, ["fr"]), Some(("fr", "Bonjour")));
        assert_eq!(text_in(&both, ["ja", "pt"]), Some(("en", "Hello")));
        let one = template(&[("", "Hello")], Vec::new()).texts;
        assert_eq!(text_in(&one, ["fr", "ja"]), Some(("", "Hello")));
        assert_eq!(text_in(&MacroTexts::new(), ["en"]), None);
    }

    #[test]
    fn the_text_goes_with_the_first_step_without_its_own_text() {
        let index = |steps: Vec<Fields>| text_step(&steps_of(&template(&[], steps)).expect("steps"));
        let (reply, tag) = (step(&[("action", "reply")]), step(&[("action", "resume")]));
        let prioritize = step(&[("action", "prioritize"), ("priority", "S2")]);
        let own = |step: &Fields| [step.clone(), vec![("text".to_owned(), Value::from("x"))]].concat();
        assert_eq!(index(vec![tag.clone(), prioritize.clone(), reply.clone()]), 2);
        assert_eq!(index(vec![tag.clone(), prioritize.clone(), own(&reply)]), 1);
        assert_eq!(index(vec![tag.clone(), own(&prioritize), own(&reply)]), 2);
        assert_eq!(index(vec![tag.clone(), tag]), 0);
        let steps = steps_of(&template(&[], vec![own(&reply)])).expect("steps");
        assert_eq!(text_in(&steps[0].texts, ["fr"]), Some(("", "x")));
        let invalid = [reply, vec![("text".to_owned(), Value::Bool(true))]].concat();
        let (index, error) = steps_of(&template(&[], vec![invalid])).expect_err("no text");
        assert!(index == 0 && error.to_string().contains("a text for each language"), "{error}");
    }

    #[test]
    fn steps_have_the_names_of_entries() {
        let macros = template(
            &[],
            vec![
                step(&[("action", "hold"), ("reason", "engineering"), ("until", "+2d")]),
                step(&[("action", "assign"), ("assignee", "me")]),
                step(&[("action", "prioritize"), ("priority", "S2")]),
            ],
        );
        let steps = steps_of(&macros).expect("steps");
        let actions: Vec<&str> = steps.iter().map(|step| step.action.as_str()).collect();
        assert_eq!(actions, ["hold", "assign", "prioritize"]);
        let Action::Hold(hold) = &steps[0].action else { panic!("a hold") };
        assert_eq!(hold.until.expect("a time").to_string(), "2026-11-23T09:00:00Z");
        let reply = steps_of(&template(&[("", "Hello")], Vec::new())).expect("steps");
        assert!(reply.len() == 1 && reply[0].is_message() && !reply[0].keep_open);
    }

    #[test]
    fn an_action_that_cannot_be_requested_is_refused() {
        for wrong in [
            step(&[("action", "open"), ("subject", "x")]),
            step(&[("action", "merged"), ("source", "01M7ZH3CA08R6T2M4N0P5S7W1X")]),
            step(&[("action", "hold")]),
            step(&[("action", "hold"), ("reason", "engineering"), ("unitl", "+2d")]),
            step(&[("reason", "engineering")]),
        ] {
            assert_eq!(
                steps_of(&template(&[], vec![step(&[("action", "resume")]), wrong])).map_err(|(index, _)| index),
                Err(1)
            );
        }
    }
}
