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
    let wanted = languages.into_iter().map(language_of).chain([String::new()]);
    let text = wanted.filter_map(|language| texts.get_key_value(&language)).next();
    text.or_else(|| texts.iter().next()).map(|(language, text)| (language.as_str(), text.as_str()))
}

/// The language of a tag, without its region: texts are kept by it.
pub fn language_of(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// The place of the action that words given with the command go with, and the macro's `text`: of those without a text
/// of their own the first that speaks, else the first that needs words; else the same of all.
pub fn speaker(deeds: &[MacroStep]) -> usize {
    let first = |fits: &dyn Fn(&MacroStep) -> bool| deeds.iter().position(fits);
    first(&|deed| deed.texts.is_empty() && deed.speaks())
        .or_else(|| first(&|deed| deed.texts.is_empty() && deed.needs_words()))
        .or_else(|| first(&MacroStep::speaks))
        .or_else(|| first(&MacroStep::needs_words))
        .unwrap_or(0)
}

impl Macro {
    /// The texts that single actions have of their own, in the order of the actions.
    pub fn own_texts(&self) -> Vec<MacroTexts> {
        let texts = self.steps.iter().flatten().filter(|(name, _)| name == "text");
        texts.filter_map(|(_, text)| texts_of(text.clone()).ok()).collect()
    }

    /// What it does when `by` carries it out at an instant. Times may be spelled as people do (`+3d`, `friday`), in
    /// the desk's zone, and `me` is whoever acts. A macro that only has a text replies.
    ///
    /// # Errors
    /// The first step that makes no sense.
    pub fn deeds(&self, by: &Person, now: DateTime<Utc>, zone: &Zone) -> Result<Vec<MacroStep>, MacroStepError> {
        if self.steps.is_empty() {
            let action = Action::Reply { auto: false, via_ticket: None };
            return Ok(vec![MacroStep { action, keep_open: false, texts: MacroTexts::new() }]);
        }
        let deed = |(place, step): (usize, &Fields)| {
            let mut step = step.clone();
            let mut taken =
                |wanted: &str| step.iter().position(|(name, _)| name == wanted).map(|place| step.remove(place).1);
            let (keep_open, text) = (taken("keep_open"), taken("text"));
            let texts =
                text.map_or_else(|| Ok(MacroTexts::new()), |text| texts_of(text).map_err(|flaw| (place, flaw)))?;
            for (name, value) in &mut step {
                match (name.as_str(), &*value) {
                    ("until" | "eta", Value::String(words)) => {
                        if let Ok(instant) = when(words, now, zone) {
                            *value = Value::String(duration::format_instant(instant));
                        }
                    }
                    ("assignee", Value::String(words)) if words == "me" => *value = Value::from(by.as_str()),
                    _ => {}
                }
            }
            let action = asked_action_from(Value::Map(step)).map_err(|flaw| (place, flaw))?;
            Ok(MacroStep { action, keep_open: keep_open == Some(Value::Bool(true)), texts })
        };
        self.steps.iter().enumerate().map(deed).collect()
    }
}

/// A text, or one for each language.
fn texts_of(value: Value) -> Result<MacroTexts, DecodeError> {
    let found = value.kind();
    let texts = match value {
        Value::String(text) => Some(MacroTexts::from([(String::new(), text)])),
        Value::Map(texts) => {
            let words = |(language, text)| match text {
                Value::String(text) => Some((language, text)),
                _ => None,
            };
            texts.into_iter().map(words).collect()
        }
        _ => None,
    };
    let kind = DecodeErrorKind::WrongKind { wanted: "words, or words for each language,", found };
    texts
        .filter(|texts: &MacroTexts| !texts.is_empty())
        .ok_or(DecodeError { path: vec![PathElement::Name("text".to_owned())], kind })
}

impl MacroStep {
    /// Whether words belong to it first of all.
    pub const fn speaks(&self) -> bool {
        matches!(self.action, Action::Reply { .. } | Action::Note { .. })
    }

    /// Whether it cannot be done without words.
    pub fn needs_words(&self) -> bool {
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

    fn deeds(known: &Macro) -> Result<Vec<MacroStep>, MacroStepError> {
        let by = Person::from_address("kenji@desk.example").expect("an address");
        let zone = Zone::named("UTC").expect("a zone");
        known.deeds(&by, "2026-11-21T09:00:00Z".parse().expect("a time"), &zone)
    }

    #[test]
    fn the_text_is_in_the_language_of_the_ticket_where_there_is_one() {
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
    fn words_go_with_the_first_action_that_has_none_of_its_own() {
        let place = |steps: Vec<Fields>| speaker(&deeds(&named(&[], steps)).expect("deeds"));
        let (reply, tag) = (step(&[("action", "reply")]), step(&[("action", "resume")]));
        let prioritize = step(&[("action", "prioritize"), ("priority", "S2")]);
        let own = |step: &Fields| [step.clone(), vec![("text".to_owned(), Value::from("x"))]].concat();
        assert_eq!(place(vec![tag.clone(), prioritize.clone(), reply.clone()]), 2);
        assert_eq!(place(vec![tag.clone(), prioritize.clone(), own(&reply)]), 1);
        assert_eq!(place(vec![tag.clone(), own(&prioritize), own(&reply)]), 2);
        assert_eq!(place(vec![tag.clone(), tag]), 0);
        let known = deeds(&named(&[], vec![own(&reply)])).expect("deeds");
        assert_eq!(text_in(&known[0].texts, ["fr"]), Some(("", "x")));
        let odd = [reply, vec![("text".to_owned(), Value::Bool(true))]].concat();
        let (place, flaw) = deeds(&named(&[], vec![odd])).expect_err("no text");
        assert!(place == 0 && flaw.to_string().contains("words for each language"), "{flaw}");
    }

    #[test]
    fn steps_have_the_names_of_entries() {
        let known = named(
            &[],
            vec![
                step(&[("action", "hold"), ("reason", "engineering"), ("until", "+2d")]),
                step(&[("action", "assign"), ("assignee", "me")]),
                step(&[("action", "prioritize"), ("priority", "S2")]),
            ],
        );
        let known = deeds(&known).expect("deeds");
        let words: Vec<&str> = known.iter().map(|deed| deed.action.as_str()).collect();
        assert_eq!(words, ["hold", "assign", "prioritize"]);
        let Action::Hold(hold) = &known[0].action else { panic!("a hold") };
        assert_eq!(hold.until.expect("a time").to_rfc3339(), "2026-11-23T09:00:00+00:00");
        let reply = deeds(&named(&[("", "Hello")], Vec::new())).expect("deeds");
        assert!(reply.len() == 1 && reply[0].speaks() && !reply[0].keep_open);
    }

    #[test]
    fn what_nobody_asks_for_is_no_step() {
        for wrong in [
            step(&[("action", "open"), ("subject", "x")]),
            step(&[("action", "merged"), ("source", "01M7ZH3CA08R6T2M4N0P5S7W1X")]),
            step(&[("action", "hold")]),
            step(&[("action", "hold"), ("reason", "engineering"), ("unitl", "+2d")]),
            step(&[("reason", "engineering")]),
        ] {
            assert_eq!(
                deeds(&named(&[], vec![step(&[("action", "resume")]), wrong])).map_err(|(place, _)| place),
                Err(1)
            );
        }
    }
}
