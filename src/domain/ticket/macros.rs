//! Macros: a reply with a name, and what is done with it.
//!
//! What is done is written with the names of entries (FORMAT): `{ action = "hold", reason = "engineering" }`. Must not
//! know templates: the text is as it stands in casebook.toml, and filled in elsewhere.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::action::Action;
use crate::domain::codec::{DecodeError, DecodeErrorKind, PathElement, asked_action_from};
use crate::domain::people::person::Person;
use crate::domain::time::duration;
use crate::domain::time::parse::when;
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::HoldReason;

/// The templates of a text, by language; the one without a language under the empty word.
pub type MacroTexts = BTreeMap<String, String>;

/// A named reply, and what is done with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// What it is for, in a line.
    pub about: Option<String>,
    /// Its text, which goes with the first action that words belong to.
    pub texts: MacroTexts,
    /// What is done, in order, by the names of entries; a `text` beside them is that action's own.
    pub steps: Vec<Fields>,
}

/// One thing a macro does.
#[derive(Clone, Debug, PartialEq)]
pub struct MacroStep {
    /// The action.
    pub action: Action,
    /// For a reply of an agent: leave the status as it is.
    pub keep_open: bool,
    /// Its own text, in the place of the macro's.
    pub texts: MacroTexts,
}

/// Why a macro cannot be carried out: the place of the step, and what is wrong with it.
pub type MacroStepError = (usize, DecodeError);

/// The template in the first of some languages that there is one in, else the one without a language, else any; with
/// the language it is in.
pub fn text_in<'a, 'b>(
    texts: &'a MacroTexts,
    languages: impl IntoIterator<Item = &'b str>,
) -> Option<(&'a str, &'a str)> {
    let languages = languages.into_iter().map(language_of).chain([String::new()]);
    let text = languages.filter_map(|language| texts.get_key_value(&language)).next();
    text.or_else(|| texts.iter().next()).map(|(language, text)| (language.as_str(), text.as_str()))
}

/// The language of a tag, without its region: texts are kept by it.
pub fn language_of(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// The place of the action that words given with the command go with, and the macro's `text`: of those without a text
/// of their own the first that speaks, else the first that needs words; else the same of all.
pub fn text_step(steps: &[MacroStep]) -> usize {
    let first = |fits: &dyn Fn(&MacroStep) -> bool| steps.iter().position(fits);
    first(&|step| step.texts.is_empty() && step.is_message())
        .or_else(|| first(&|step| step.texts.is_empty() && step.needs_text()))
        .or_else(|| first(&MacroStep::is_message))
        .or_else(|| first(&MacroStep::needs_text))
        .unwrap_or(0)
}

impl Macro {
    /// The texts that single actions have of their own, in the order of the actions.
    pub fn step_texts(&self) -> Vec<MacroTexts> {
        let texts = self.steps.iter().flatten().filter(|(name, _)| name == "text");
        texts.filter_map(|(_, text)| texts_of(text.clone()).ok()).collect()
    }

    /// What it does when `by` carries it out at an instant. Times may be spelled as people do (`+3d`, `friday`), in
    /// the desk's zone, and `me` is whoever acts. A macro that only has a text replies.
    ///
    /// # Errors
    /// The first step that makes no sense.
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
                        if let Ok(instant) = when(text, now, zone) {
                            *value = Value::String(duration::format_instant(instant));
                        }
                    }
                    ("assignee", Value::String(text)) if text == "me" => *value = Value::from(actor.as_str()),
                    _ => {}
                }
            }
            let action = asked_action_from(Value::Map(fields)).map_err(|error| (index, error))?;
            Ok(MacroStep { action, keep_open: keep_open == Some(Value::Bool(true)), texts })
        };
        self.steps.iter().enumerate().map(step).collect()
    }
}

/// A text, or one for each language.
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
    let kind = DecodeErrorKind::WrongKind { wanted: "a text, or a text for each language,", found };
    texts
        .filter(|texts: &MacroTexts| !texts.is_empty())
        .ok_or(DecodeError { path: vec![PathElement::Name("text".to_owned())], kind })
}

impl MacroStep {
    /// Whether words belong to it first of all.
    pub const fn is_message(&self) -> bool {
        matches!(self.action, Action::Reply { .. } | Action::Note { .. })
    }

    /// Whether it cannot be done without words.
    pub fn needs_text(&self) -> bool {
        self.action.needs_text() || matches!(&self.action, Action::Hold(hold) if hold.reason == HoldReason::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(texts: &[(&str, &str)], steps: Vec<Fields>) -> Macro {
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
        let both = named(&[("en", "Hello"), ("fr", "Bonjour")], Vec::new()).texts;
        assert_eq!(text_in(&both, ["fr-CA", "en"]), Some(("fr", "Bonjour")));
        assert_eq!(text_in(&both, ["ja", "en"]), Some(("en", "Hello")));
        assert_eq!(text_in(&both, ["fr"]), Some(("fr", "Bonjour")));
        assert_eq!(text_in(&both, ["ja", "pt"]), Some(("en", "Hello")));
        let one = named(&[("", "Hello")], Vec::new()).texts;
        assert_eq!(text_in(&one, ["fr", "ja"]), Some(("", "Hello")));
        assert_eq!(text_in(&MacroTexts::new(), ["en"]), None);
    }

    #[test]
    fn the_text_goes_with_the_first_step_without_its_own_text() {
        let index = |steps: Vec<Fields>| text_step(&steps_of(&named(&[], steps)).expect("steps"));
        let (reply, tag) = (step(&[("action", "reply")]), step(&[("action", "resume")]));
        let prioritize = step(&[("action", "prioritize"), ("priority", "S2")]);
        let own = |step: &Fields| [step.clone(), vec![("text".to_owned(), Value::from("x"))]].concat();
        assert_eq!(index(vec![tag.clone(), prioritize.clone(), reply.clone()]), 2);
        assert_eq!(index(vec![tag.clone(), prioritize.clone(), own(&reply)]), 1);
        assert_eq!(index(vec![tag.clone(), own(&prioritize), own(&reply)]), 2);
        assert_eq!(index(vec![tag.clone(), tag]), 0);
        let steps = steps_of(&named(&[], vec![own(&reply)])).expect("steps");
        assert_eq!(text_in(&steps[0].texts, ["fr"]), Some(("", "x")));
        let invalid = [reply, vec![("text".to_owned(), Value::Bool(true))]].concat();
        let (index, error) = steps_of(&named(&[], vec![invalid])).expect_err("no text");
        assert!(index == 0 && error.to_string().contains("a text for each language"), "{error}");
    }

    #[test]
    fn steps_have_the_names_of_entries() {
        let template = named(
            &[],
            vec![
                step(&[("action", "hold"), ("reason", "engineering"), ("until", "+2d")]),
                step(&[("action", "assign"), ("assignee", "me")]),
                step(&[("action", "prioritize"), ("priority", "S2")]),
            ],
        );
        let steps = steps_of(&template).expect("steps");
        let actions: Vec<&str> = steps.iter().map(|step| step.action.as_str()).collect();
        assert_eq!(actions, ["hold", "assign", "prioritize"]);
        let Action::Hold(hold) = &steps[0].action else { panic!("a hold") };
        assert_eq!(hold.until.expect("a time").to_rfc3339(), "2026-11-23T09:00:00+00:00");
        let reply = steps_of(&named(&[("", "Hello")], Vec::new())).expect("steps");
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
                steps_of(&named(&[], vec![step(&[("action", "resume")]), wrong])).map_err(|(index, _)| index),
                Err(1)
            );
        }
    }
}
