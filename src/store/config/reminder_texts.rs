//! The words a desk sends by itself: templates per language, those of casebook.toml before the ones that come along.
//!
//! The language of templates is minijinja's. Each is filled in once when it is read, so that a wrong one is refused
//! with its place before anything is sent. Must not know when something is sent.

use std::collections::BTreeMap;

use minijinja::value::Value;
use minijinja::{Environment, Error, UndefinedBehavior};
use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError};

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReminderKind {
    /// A reminder.
    Remind,
    /// The end of waiting.
    NoResponse,
}

/// The languages that come along, and their texts: of a reminder, and of the end.
const COMING_ALONG: [(&str, &str, &str); 4] = [
    ("en", include_str!("reminder_texts/remind.en.txt"), include_str!("reminder_texts/no_response.en.txt")),
    ("fr", include_str!("reminder_texts/remind.fr.txt"), include_str!("reminder_texts/no_response.fr.txt")),
    ("ja", include_str!("reminder_texts/remind.ja.txt"), include_str!("reminder_texts/no_response.ja.txt")),
    ("pt", include_str!("reminder_texts/remind.pt.txt"), include_str!("reminder_texts/no_response.pt.txt")),
];

/// The language spoken where no other is known.
const OTHERWISE: &str = "en";

/// What a text may speak of: the variables of its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderVars {
    /// `desk`: what the desk is called.
    pub desk: String,
    /// `ticket`: the end of the ticket's id, by which people name it.
    pub ticket: String,
    /// `subject`: what the ticket is about.
    pub subject: String,
    /// `requester`: whose ticket it is.
    pub requester: String,
    /// `asked_on`: the day of support's last reply, `2026-11-21` in the desk's zone.
    pub asked_on: String,
    /// `solve_on`: the day on which silence solves the ticket.
    pub solve_on: String,
    /// `number`: which reminder it is, from 1.
    pub number: usize,
    /// `of`: how many there are.
    pub of: usize,
}

impl ReminderVars {
    fn variables(&self) -> Value {
        Value::from_pairs([
            ("desk", Value::from(self.desk.as_str())),
            ("ticket", Value::from(self.ticket.as_str())),
            ("subject", Value::from(self.subject.as_str())),
            ("requester", Value::from(self.requester.as_str())),
            ("asked_on", Value::from(self.asked_on.as_str())),
            ("solve_on", Value::from(self.solve_on.as_str())),
            ("number", Value::from(self.number)),
            ("of", Value::from(self.of)),
            ("is_last", Value::from(self.number == self.of)),
        ])
    }
}

/// The texts of a desk.
pub struct ReminderTexts {
    templates: Environment<'static>,
}

#[derive(Deserialize)]
struct RawReminders {
    #[serde(default)]
    follow_up: ReminderSection,
}

#[derive(Default, Deserialize)]
struct ReminderSection {
    #[serde(default)]
    texts: BTreeMap<Spanned<String>, RawTexts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTexts {
    remind: Option<Spanned<String>>,
    no_response: Option<Spanned<String>>,
}

impl ReminderTexts {
    /// Reads the texts of a casebook.toml.
    ///
    /// # Errors
    /// The first thing wrong, with its line and column.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        Self::validate(text).map_err(|complaint| complaint.within(text))
    }

    fn validate(text: &str) -> Result<Self, SpannedError> {
        let written: RawReminders =
            toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        // These are words for people, and no HTML.
        templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        for (language, remind, no_response) in COMING_ALONG {
            for (occasion, source) in [(ReminderKind::Remind, remind), (ReminderKind::NoResponse, no_response)] {
                templates
                    .add_template_owned(name(occasion, language), source)
                    .expect("a text that comes along is a template");
            }
        }
        let mut wording = Self { templates };
        for (language, texts) in &written.follow_up.texts {
            let pairs = [(ReminderKind::Remind, &texts.remind), (ReminderKind::NoResponse, &texts.no_response)];
            for (occasion, source) in pairs {
                let Some(source) = source else { continue };
                wording
                    .replace(occasion, language.get_ref(), source.get_ref())
                    .map_err(|error| SpannedError(Some(source.span()), said(&error)))?;
            }
        }
        Ok(wording)
    }

    fn replace(&mut self, occasion: ReminderKind, language: &str, source: &str) -> Result<(), Error> {
        let name = name(occasion, &language.to_lowercase());
        self.templates.add_template_owned(name.clone(), source.to_owned())?;
        self.templates.get_template(&name)?.render(example().variables()).map(|_| ())
    }

    /// The text for an occasion, in the first of some languages that there is one in; `pt-BR` is spoken in `pt` where
    /// there is nothing nearer.
    ///
    /// # Errors
    /// What is wrong with the template: it cannot be filled in with these facts.
    pub fn text<'a>(
        &self,
        occasion: ReminderKind,
        languages: impl IntoIterator<Item = &'a str>,
        facts: &ReminderVars,
    ) -> Result<String, String> {
        let wanted = languages.into_iter().map(str::to_lowercase).flat_map(|language| {
            let head = language.split(['-', '_']).next().unwrap_or_default().to_owned();
            [language, head]
        });
        let template = wanted
            .chain([OTHERWISE.to_owned()])
            .find_map(|language| self.templates.get_template(&name(occasion, &language)).ok())
            .expect("there are texts in English");
        template.render(facts.variables()).map_err(|error| said(&error))
    }
}

fn name(occasion: ReminderKind, language: &str) -> String {
    match occasion {
        ReminderKind::Remind => format!("remind.{language}"),
        ReminderKind::NoResponse => format!("no_response.{language}"),
    }
}

/// Facts to try a template with.
fn example() -> ReminderVars {
    let word = || "x".to_owned();
    let (asked_on, solve_on) = ("2026-11-21".to_owned(), "2026-11-28".to_owned());
    ReminderVars {
        desk: word(),
        ticket: word(),
        subject: word(),
        requester: word(),
        asked_on,
        solve_on,
        number: 1,
        of: 1,
    }
}

/// What minijinja has against a template.
fn said(error: &Error) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    format!("{what}; known are desk, ticket, subject, requester, asked_on, solve_on, number, of, is_last")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(number: usize) -> ReminderVars {
        ReminderVars {
            desk: "Example desk".to_owned(),
            ticket: "XR3AC9".to_owned(),
            subject: "Tiles <time> {{ out }}".to_owned(),
            requester: "ana@acme.example".to_owned(),
            asked_on: "2026-11-21".to_owned(),
            solve_on: "2026-11-28".to_owned(),
            number,
            of: 2,
        }
    }

    fn text(toml: &str, occasion: ReminderKind, languages: &[&str]) -> String {
        let wording = ReminderTexts::read(toml).expect("sound texts");
        wording.text(occasion, languages.iter().copied(), &facts(1)).expect("a text")
    }

    #[test]
    fn every_language_has_its_words_and_the_subject_stays_what_it_is() {
        let mut told = Vec::new();
        for language in ["en", "fr", "ja", "pt"] {
            for occasion in [ReminderKind::Remind, ReminderKind::NoResponse] {
                let text = text("", occasion, &[language]);
                assert!(text.contains("Tiles <time> {{ out }}") && text.contains("2026-11-21"), "{text}");
                assert!(!told.contains(&text), "{text}");
                told.push(text);
            }
        }
    }

    #[test]
    fn the_last_reminder_says_what_comes_then() {
        let wording = ReminderTexts::read("").expect("sound texts");
        for language in ["en", "fr", "ja", "pt"] {
            let text = |number| wording.text(ReminderKind::Remind, [language], &facts(number)).expect("a text");
            assert!(!text(1).contains("2026-11-28") && text(2).contains("2026-11-28"), "{language}");
        }
    }

    #[test]
    fn the_first_language_there_is_one_in_is_spoken() {
        let english = text("", ReminderKind::Remind, &[]);
        assert_eq!(text("", ReminderKind::Remind, &["de"]), english);
        let portuguese = text("", ReminderKind::Remind, &["pt"]);
        assert_eq!(text("", ReminderKind::Remind, &["pt-BR", "en"]), portuguese);
        assert_eq!(text("", ReminderKind::Remind, &["de", "PT"]), portuguese);
    }

    #[test]
    fn a_desk_has_its_own_words() {
        let toml = "[follow_up.texts.de]\nremind = \"Erinnerung {{ number }}/{{ of }}: {{ subject|upper }}\"\n";
        assert_eq!(text(toml, ReminderKind::Remind, &["de"]), "Erinnerung 1/2: TILES <TIME> {{ OUT }}");
        assert_eq!(text(toml, ReminderKind::NoResponse, &["de", "fr"]), text("", ReminderKind::NoResponse, &["fr"]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| ReminderTexts::read(text).err().map(|flaw| (flaw.line, flaw.column)).expect("a flaw");
        assert_eq!(flaw("[follow_up.texts.en]\nremind = \"{{ \"\n"), (2, 10));
        assert_eq!(flaw("[follow_up.texts.en]\nno_response = \"{{ name }}\"\n"), (2, 15));
        assert_eq!(flaw("[follow_up.texts.en]\nremnid = \"Hello\"\n").0, 2);
    }
}
