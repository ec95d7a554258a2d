//! Templates of the texts that sweeps send, per language: those of casebook.toml, else built-in ones
//! (docs/follow-up.md#texts).
//!
//! The template language is minijinja's (Jinja2). Each template of casebook.toml is rendered once when it is read, so
//! that an invalid one is refused with its place before anything is sent.

use minijinja::value::Value;
use minijinja::{Environment, Error};

use super::{ConfigError, Settings};
use crate::domain::template;
use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// The purpose of a text; the words are those of casebook.toml.
    ReminderKind, "text" {
        /// A reminder.
        Remind = "remind",
        /// The reply that solves a ticket for no response.
        NoResponse = "no_response",
    }
}

/// The built-in texts by language: of a reminder, and of a solve for no response.
const BUILT_IN: [(&str, &str, &str); 4] = [
    ("en", include_str!("reminder_texts/remind.en.txt"), include_str!("reminder_texts/no_response.en.txt")),
    ("fr", include_str!("reminder_texts/remind.fr.txt"), include_str!("reminder_texts/no_response.fr.txt")),
    ("ja", include_str!("reminder_texts/remind.ja.txt"), include_str!("reminder_texts/no_response.ja.txt")),
    ("pt", include_str!("reminder_texts/remind.pt.txt"), include_str!("reminder_texts/no_response.pt.txt")),
];

/// The language used if there is no text in a preferred one.
const FALLBACK: &str = "en";

/// The variables of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderVars {
    /// `desk`: the name of the desk.
    pub desk: String,
    /// `ticket`: the short id of the ticket.
    pub ticket: String,
    /// `subject`: the subject of the ticket.
    pub subject: String,
    /// `requester`: the requester of the ticket.
    pub requester: String,
    /// `asked_on`: the day of the last reply of an agent, such as `2026-11-21`, in the desk's zone.
    pub asked_on: String,
    /// `solve_on`: the day on which the ticket will be solved for no response, in the desk's zone.
    pub solve_on: String,
    /// `number`: the number of this reminder, from 1.
    pub number: usize,
    /// `of`: the number of reminders that the policy lists.
    pub of: usize,
}

impl ReminderVars {
    fn variables(&self) -> [(&'static str, Value); 9] {
        [
            ("desk", Value::from(self.desk.as_str())),
            ("ticket", Value::from(self.ticket.as_str())),
            ("subject", Value::from(self.subject.as_str())),
            ("requester", Value::from(self.requester.as_str())),
            ("asked_on", Value::from(self.asked_on.as_str())),
            ("solve_on", Value::from(self.solve_on.as_str())),
            ("number", Value::from(self.number)),
            ("of", Value::from(self.of)),
            ("is_last", Value::from(self.number == self.of)),
        ]
    }
}

/// The compiled templates of a desk.
#[derive(Debug)]
pub struct ReminderTexts {
    templates: Environment<'static>,
}

impl ReminderTexts {
    /// Parses the texts of casebook.toml, and compiles their templates.
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let mut templates = template::environment();
        for (language, remind, no_response) in BUILT_IN {
            for (kind, source) in [(ReminderKind::Remind, remind), (ReminderKind::NoResponse, no_response)] {
                templates.add_template_owned(name(kind, language), source).expect("built-in texts are valid templates");
            }
        }
        let mut compiled = Self { templates };
        for (language, texts) in settings.section("follow_up.texts")?.entries() {
            for &kind in ReminderKind::ALL {
                let Some(source) = texts.get(kind.as_str()).word() else { continue };
                compiled.replace(kind, language.text, source.text).map_err(|error| source.error(message(&error)))?;
            }
        }
        Ok(compiled)
    }

    fn replace(&mut self, kind: ReminderKind, language: &str, source: &str) -> Result<(), Error> {
        let name = name(kind, &language.to_lowercase());
        self.templates.add_template_owned(name.clone(), source.to_owned())?;
        self.templates.get_template(&name)?.render(Value::from_pairs(example().variables())).map(|_| ())
    }

    /// Renders the text of a kind in the first of `languages` that has one, or else in English. A text in `pt` also
    /// serves `pt-BR`.
    ///
    /// # Errors
    /// A message of the template engine: the template cannot be rendered with these variables.
    pub fn text<'a>(
        &self,
        kind: ReminderKind,
        languages: impl IntoIterator<Item = &'a str>,
        variables: &ReminderVars,
    ) -> Result<String, String> {
        let candidates = languages.into_iter().map(str::to_lowercase).flat_map(|language| {
            let head = language.split(['-', '_']).next().unwrap_or_default().to_owned();
            [language, head]
        });
        let template = candidates
            .chain([FALLBACK.to_owned()])
            .find_map(|language| self.templates.get_template(&name(kind, &language)).ok())
            .expect("there are texts in English");
        template.render(Value::from_pairs(variables.variables())).map_err(|error| message(&error))
    }
}

fn name(kind: ReminderKind, language: &str) -> String {
    format!("{kind}.{language}")
}

/// Returns variables with which a template is tried out.
fn example() -> ReminderVars {
    let text = || "x".to_owned();
    let (asked_on, solve_on) = ("2026-11-21".to_owned(), "2026-11-28".to_owned());
    ReminderVars {
        desk: text(),
        ticket: text(),
        subject: text(),
        requester: text(),
        asked_on,
        solve_on,
        number: 1,
        of: 1,
    }
}

/// Returns the error of the template engine, and the variables that exist.
fn message(error: &Error) -> String {
    let reason = template::language_error(error);
    let names = example().variables().map(|(name, _)| name).join(", ");
    format!("{reason}; the variables are {names}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(number: usize) -> ReminderVars {
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

    fn text(toml: &str, kind: ReminderKind, languages: &[&str]) -> String {
        let settings = Settings::of(toml);
        let texts = settings.reminder_texts().expect("valid texts");
        texts.text(kind, languages.iter().copied(), &variables(1)).expect("a text")
    }

    #[test]
    fn every_language_has_its_texts_and_the_subject_is_not_rendered() {
        let mut texts = Vec::new();
        for language in ["en", "fr", "ja", "pt"] {
            for kind in [ReminderKind::Remind, ReminderKind::NoResponse] {
                let text = text("", kind, &[language]);
                assert!(text.contains("Tiles <time> {{ out }}") && text.contains("2026-11-21"), "{text}");
                assert!(!texts.contains(&text), "{text}");
                texts.push(text);
            }
        }
    }

    #[test]
    fn the_last_reminder_says_when_the_ticket_will_be_solved() {
        let settings = Settings::of("");
        let texts = settings.reminder_texts().expect("valid texts");
        for language in ["en", "fr", "ja", "pt"] {
            let text = |number| texts.text(ReminderKind::Remind, [language], &variables(number)).expect("a text");
            assert!(!text(1).contains("2026-11-28") && text(2).contains("2026-11-28"), "{language}");
        }
    }

    #[test]
    fn the_first_language_that_has_a_text_is_used() {
        let english = text("", ReminderKind::Remind, &[]);
        assert_eq!(text("", ReminderKind::Remind, &["de"]), english);
        let portuguese = text("", ReminderKind::Remind, &["pt"]);
        assert_eq!(text("", ReminderKind::Remind, &["pt-BR", "en"]), portuguese);
        assert_eq!(text("", ReminderKind::Remind, &["de", "PT"]), portuguese);
    }

    #[test]
    fn a_desk_can_define_texts_in_other_languages() {
        let toml = "[follow_up.texts.de]\nremind = \"Erinnerung {{ number }}/{{ of }}: {{ subject|upper }}\"\n";
        assert_eq!(text(toml, ReminderKind::Remind, &["de"]), "Erinnerung 1/2: TILES <TIME> {{ OUT }}");
        assert_eq!(text(toml, ReminderKind::NoResponse, &["de", "fr"]), text("", ReminderKind::NoResponse, &["fr"]));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| {
            Settings::of(text).reminder_texts().err().map(|error| (error.line, error.column)).expect("an error")
        };
        assert_eq!(error("[follow_up.texts.en]\nremind = \"{{ \"\n"), (2, 10));
        assert_eq!(error("[follow_up.texts.en]\nno_response = \"{{ name }}\"\n"), (2, 15));
        assert_eq!(error("[follow_up.texts.en]\nremnid = \"Hello\"\n").0, 2);
    }
}
