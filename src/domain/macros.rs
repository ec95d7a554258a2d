//! Macros: a reply with a name, and what is done with it.
//!
//! What is done is written with the names of entries (FORMAT): `{ action = "hold", reason = "engineering" }`. Must not
//! know templates: the text is as it stands in casebook.toml, and filled in elsewhere.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::action::Action;
use super::clock;
use super::codec::{Flaw, asked_action_from};
use super::person::Person;
use super::value::{Fields, Value};
use super::when::when;
use super::zone::Zone;

/// A named reply, and what is done with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// What it is for, in a line.
    pub about: Option<String>,
    /// The templates of its text, by language; the one without a language under the empty word.
    pub texts: BTreeMap<String, String>,
    /// What is done, in order, by the names of entries.
    pub steps: Vec<Fields>,
}

/// One thing a macro does.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// The action.
    pub action: Action,
    /// For a reply of an agent: leave the status as it is.
    pub keep_open: bool,
}

/// Why a macro cannot be carried out: the place of the step, and what is wrong with it.
pub type StepFlaw = (usize, Flaw);

impl Macro {
    /// The template in the first of some languages that there is one in, else the one without a language, else any.
    pub fn text<'a>(&self, languages: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        let head = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let wanted = languages.into_iter().map(head).chain([String::new()]);
        let text = wanted.filter_map(|language| self.texts.get(&language)).next();
        text.or_else(|| self.texts.values().next()).map(String::as_str)
    }

    /// What it does when `by` carries it out at an instant. Times may be spelled as people do (`+3d`, `friday`), in
    /// the desk's zone, and `me` is whoever acts. A macro that only has a text replies.
    ///
    /// # Errors
    /// The first step that makes no sense.
    pub fn deeds(&self, by: &Person, now: DateTime<Utc>, zone: &Zone) -> Result<Vec<Deed>, StepFlaw> {
        if self.steps.is_empty() {
            let action = Action::Reply { auto: false, via_ticket: None };
            return Ok(vec![Deed { action, keep_open: false }]);
        }
        let deed = |(place, step): (usize, &Fields)| {
            let mut step = step.clone();
            let keep_open = step.iter().position(|(name, _)| name == "keep_open").map(|place| step.remove(place).1);
            for (name, value) in &mut step {
                match (name.as_str(), &*value) {
                    ("until" | "eta", Value::String(words)) => {
                        if let Ok(instant) = when(words, now, zone) {
                            *value = Value::String(clock::spell(instant));
                        }
                    }
                    ("assignee", Value::String(words)) if words == "me" => *value = Value::from(by.as_str()),
                    _ => {}
                }
            }
            let action = asked_action_from(Value::Map(step)).map_err(|flaw| (place, flaw))?;
            Ok(Deed { action, keep_open: keep_open == Some(Value::Bool(true)) })
        };
        self.steps.iter().enumerate().map(deed).collect()
    }
}

impl Deed {
    /// Whether words belong to it first of all.
    pub const fn speaks(&self) -> bool {
        matches!(self.action, Action::Reply { .. } | Action::Note { .. })
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

    fn deeds(known: &Macro) -> Result<Vec<Deed>, StepFlaw> {
        let by = Person::from_address("kenji@desk.example").expect("an address");
        let zone = Zone::named("UTC").expect("a zone");
        known.deeds(&by, "2026-11-21T09:00:00Z".parse().expect("a time"), &zone)
    }

    #[test]
    fn the_text_is_in_the_language_of_the_ticket_where_there_is_one() {
        let both = named(&[("en", "Hello"), ("fr", "Bonjour")], Vec::new());
        assert_eq!(both.text(["fr-CA", "en"]), Some("Bonjour"));
        assert_eq!(both.text(["ja", "en"]), Some("Hello"));
        assert_eq!(both.text(["fr"]), Some("Bonjour"));
        assert_eq!(both.text(["ja", "pt"]), Some("Hello"));
        let one = named(&[("", "Hello")], Vec::new());
        assert_eq!(one.text(["fr", "ja"]), Some("Hello"));
        assert_eq!(named(&[], Vec::new()).text(["en"]), None);
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
        let words: Vec<&str> = known.iter().map(|deed| deed.action.word()).collect();
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
