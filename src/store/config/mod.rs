//! casebook.toml: the file that makes a folder a desk, and the settings and policy of that desk.
//!
//! [`Settings`] parses a text once. A section is validated when it is first asked for, by the file of its subject, and
//! remembered, so that an invalid section stops only the commands that need it. Unknown names are refused with their
//! place: a typing error in a policy would silently leave a default in force.
//!
//! # Invariants
//!
//! Parsing has no side effects and reads no other file. The uses of the policy are unknown here.

pub mod audit;
pub mod calendars;
pub mod edit;
pub mod eligibility;
pub mod escalation;
pub mod fields;
mod follow_up;
pub mod macros;
pub(crate) mod parsed_json;
pub mod plans;
pub mod reminder_texts;
pub(crate) mod schema;
pub mod signing;
pub mod team;
mod template;
pub(crate) mod toml_value;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{NaiveDate, TimeDelta};

use crate::domain::calendar::ALWAYS;
use crate::domain::people::eligibility::EligibilityPolicy;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::sla::manager_response::EscalationPolicy;
use crate::domain::sla::plan::CalendarRule;
use crate::domain::suggestion;
use crate::domain::ticket::attachment::parse_size;
use crate::domain::ticket::macros::Macro;
use crate::domain::time::duration;
use crate::domain::vocabulary::Priority;

use audit::AcceptedFinding;
use calendars::DeskCalendar;
use fields::FieldChoices;
use plans::DeskPlans;
use reminder_texts::ReminderTexts;
use signing::SigningKeys;
use team::AssignmentTeam;
pub use template::PolicyTemplate;
use toml_value::{Document, TomlValue, Word};

/// The newest format that this program understands in full.
const FORMAT: u32 = 1;

/// The default of `[attachments] max_size`: the largest size of an attachment, in bytes.
pub const LARGEST_ATTACHMENT: u64 = 25_000_000;

/// The settings that every command needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The format number of the desk.
    pub format: u32,
    /// The name of the desk.
    pub name: String,
    /// The zone in which times are printed; an IANA name. Files contain UTC.
    pub time_zone: String,
    /// The language of the desk.
    pub language: String,
    /// The support team.
    pub team: Team,
}

/// An invalid setting in casebook.toml or a list of holidays, and its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// A sentence that says what is invalid, and what is expected.
    pub message: String,
}

/// The message about a file with the markers of a git conflict.
const IN_CONFLICT: &str = "the file is in conflict: a merge left git's markers in it";

impl ConfigError {
    /// Returns whether the file has the markers of a git conflict.
    pub fn is_conflict(&self) -> bool {
        self.message == IN_CONFLICT
    }
}

/// The settings and policy of a desk: the text of a casebook.toml, parsed once.
#[derive(Debug)]
pub struct Settings {
    text: String,
    document: Result<Document, ConfigError>,
    sections: Sections,
}

/// Defines the sections: a method of [`Settings`] that validates the section when it is first called, for each.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $read:expr;)*) => {
        /// The sections that were asked for.
        #[derive(Debug, Default)]
        struct Sections {
            $($name: OnceLock<Result<$type, ConfigError>>,)*
        }

        impl Settings {
            $($(#[$doc])*
            ///
            /// # Errors
            /// The first invalid setting, with its line and column.
            pub fn $name(&self) -> Result<&$type, ConfigError> {
                self.sections.$name.get_or_init(|| $read(self)).as_ref().map_err(Clone::clone)
            })*

            /// Returns the errors of all sections, each once, in the order of their places.
            pub fn errors(&self) -> Vec<ConfigError> {
                let mut errors: Vec<_> = [$(self.$name().err(),)*].into_iter().flatten().collect();
                errors.sort_by(|a, b| (a.line, a.column, &a.message).cmp(&(b.line, b.column, &b.message)));
                errors.dedup();
                errors
            }
        }
    };
}

sections! {
    /// Returns the settings that every command needs: those beside the sections, and the agents and managers of `[team]`.
    config: Config = Config::read;
    /// Returns the strategy and the candidates for assignments, in `[team]`.
    assignment: AssignmentTeam = team::assignment;
    /// Returns the priority of tickets that are opened without one.
    default_priority: Priority = |settings: &Settings| {
        let priority = settings.section("defaults")?.get("priority").parse(Priority::parse_lenient)?;
        Ok(priority.unwrap_or(Priority::S3))
    };
    /// Returns true if each command makes a commit.
    commit_each: bool = |settings: &Settings| Ok(settings.section("git")?.get("commit").text() != Some("never"));
    /// Returns the largest size of an attachment, in bytes.
    largest_attachment: u64 = |settings: &Settings| {
        Ok(settings.section("attachments")?.get("max_size").parse(size)?.unwrap_or(LARGEST_ATTACHMENT))
    };
    /// Returns the time after the solve in which a customer's reply reopens a ticket (docs/follow-up.md#late-replies).
    /// None if there is no limit.
    reopen_window: Option<TimeDelta> = |settings: &Settings| {
        settings.section("desk")?.get("reopen_window").parse(duration)
    };
    /// Returns the saved queries of the desk by name: `@NAME` in a query.
    queries: BTreeMap<String, String> = |settings: &Settings| {
        let queries = settings.section("queries")?.entries();
        Ok(queries.filter_map(|(name, query)| Some((name.text.to_owned(), query.text()?.to_owned()))).collect())
    };
    /// Returns the follow-up policy.
    follow_up: FollowUpPolicy = follow_up::read;
    /// Returns the texts that sweeps send.
    reminder_texts: ReminderTexts = ReminderTexts::read;
    /// Returns the calendars, by name. Lists of holidays are only named in them.
    calendars: Vec<DeskCalendar> = calendars::read;
    /// Returns the service plans.
    plans: DeskPlans = plans::read;
    /// Returns the calendars for follow-ups in open time; the first matching rule counts.
    follow_up_hours: Vec<CalendarRule> = |settings: &Settings| plans::rules(settings, settings.section("follow_up")?);
    /// Returns the escalation policy.
    escalation: EscalationPolicy = escalation::read;
    /// Returns the eligibility policy.
    eligibility: EligibilityPolicy = eligibility::read;
    /// Returns the product groups and custom fields.
    fields: FieldChoices = fields::read;
    /// Returns the macros, by name.
    macros: Vec<Macro> = macros::read;
    /// Returns the findings of the audit that the desk accepts.
    accepted_findings: Vec<AcceptedFinding> = audit::read;
    /// Returns the keys that commits are signed with.
    signing: SigningKeys = signing::read;
}

impl Settings {
    /// Parses the text of a casebook.toml.
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        let document = toml_value::parse(&text);
        Self { text, document, sections: Sections::default() }
    }

    /// Parses the bytes of a casebook.toml. If they are not UTF-8, every section is invalid.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match utf8_text(bytes) {
            Ok(text) => Self::of(text),
            Err(error) => Self { document: Err(error), ..Self::lossy(bytes) },
        }
    }

    /// Parses the bytes of a casebook.toml. Those that are not UTF-8 are replaced.
    pub fn lossy(bytes: &[u8]) -> Self {
        Self::of(String::from_utf8_lossy(bytes))
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of the calendars, with the built-in one, also of invalid calendars.
    fn calendar_names(&self) -> Vec<&str> {
        let calendars = self.root().map(|root| root.get("calendars").entries()).into_iter().flatten();
        calendars.map(|(name, _)| name.text).chain([ALWAYS]).collect()
    }

    fn root(&self) -> Result<TomlValue<'_>, ConfigError> {
        let document = self.document.as_ref().map_err(Clone::clone)?;
        Ok(TomlValue::root(document, &self.text))
    }

    /// Returns a section, or a part of one, such as `team.people`, after checking it.
    fn section(&self, path: &str) -> Result<TomlValue<'_>, ConfigError> {
        schema::checked(self.root()?, path)
    }

    /// Returns the durations in days or weeks that a calendar counts which is not always open, with their places; none if a
    /// section of them is invalid.
    pub fn day_durations(&self) -> Vec<ConfigError> {
        plans::day_durations(self).unwrap_or_default()
    }

    /// Returns an error about a saved query, at its place.
    pub fn query_error(&self, name: &str, message: String) -> ConfigError {
        self.section("queries").map_or_else(|error| error, |queries| queries.get(name).error(message))
    }

    /// Returns an error about the text of a macro, at its place; at the start of the file if the macro has no text.
    pub fn macro_text_error(&self, name: &str, message: String) -> ConfigError {
        match self.section("macros") {
            Ok(macros) => macros.get(name).get("text").error(message),
            Err(error) => error,
        }
    }
}

impl Config {
    fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let written = settings.section("format")?;
        // A newer format may have settings that this program does not know.
        if written.number().is_none_or(|format| format <= FORMAT) {
            schema::check_sections(settings.root()?)?;
        }
        let format = written.number().ok_or_else(|| written.error(format!("not valid here; expected {FORMAT}")))?;
        let text = |name: &str, default: &str| Ok(settings.section(name)?.text().unwrap_or(default).to_owned());
        Ok(Self {
            format,
            name: text("name", "")?,
            time_zone: text("time_zone", "UTC")?,
            language: text("language", "en")?,
            team: team::read(settings)?,
        })
    }
}

/// Returns the bytes of a file of settings as text.
///
/// # Errors
/// The bytes are not UTF-8.
pub(crate) fn utf8_text(bytes: &[u8]) -> Result<&str, ConfigError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        toml_value::error_at(&valid, valid.len(), "the file is not UTF-8")
    })
}

/// Parses a duration such as `4h`.
pub(crate) fn duration(text: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(text)
        .ok_or_else(|| format!("`{text}` is not a duration; expected for example `4h` or `7d`"))
}

/// Parses a date in full, such as `2026-12-24`.
pub(crate) fn date(text: &str) -> Result<NaiveDate, String> {
    let date = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    date.ok_or_else(|| format!("`{text}` is not a date; expected for example `2026-12-24`"))
}

/// Parses a size in bytes, such as `25 MB`.
fn size(text: &str) -> Result<u64, String> {
    parse_size(text).ok_or_else(|| format!("`{text}` is not a size; expected for example `25 MB` or `500 kB`"))
}

/// Checks that a name is one of `known`; `kind` is the noun for the message, such as "calendar".
fn known_name(word: Word<'_>, known: &[&str], kind: &str) -> Result<String, ConfigError> {
    if known.contains(&word.text) {
        return Ok(word.text.to_owned());
    }
    let hint = suggestion::or_question(suggestion::nearest(word.text, known));
    Err(word.error(format!("`{}` is not a {kind} of this desk{hint}", word.text)))
}

/// Returns a TOML string in its quotes.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person::Person;
    use crate::domain::sla::follow_up_policy::TimeBasis;

    #[test]
    fn the_initial_file_reads_as_the_defaults() {
        let person = Person::from_address("kenji@desk.example").expect("an address");
        let settings = Settings::of(PolicyTemplate::Looker.text("A \"desk\"", "Europe/Paris", true, Some(&person)));
        assert_eq!(settings.errors(), []);
        let config = settings.config().expect("a config");
        assert_eq!(config.name, "A \"desk\"");
        assert_eq!(settings.follow_up(), Ok(&FollowUpPolicy::default()));
        assert_eq!(config.team.agents, [person]);
        assert_eq!(settings.largest_attachment(), Ok(&LARGEST_ATTACHMENT));
        assert_eq!(settings.commit_each(), Ok(&true));
        assert_eq!(Settings::of(PolicyTemplate::Looker.text("x", "UTC", false, None)).commit_each(), Ok(&false));
    }

    #[test]
    fn policy_replaces_a_default() {
        let settings = Settings::of("format = 1\n[follow_up.S2]\nalerts = [\"1h\"]\n");
        let follow_up = settings.follow_up().expect("a policy").of(Priority::S2);
        assert_eq!(follow_up.alerts, [TimeDelta::hours(1)]);
        assert_eq!(follow_up.solve_after, TimeDelta::days(5));
    }

    #[test]
    fn settings_and_priorities_are_keys_of_one_table() {
        let settings = Settings::of(
            "[follow_up]\nclock = \"business\"\ncalendar = \"always\"\nopt_out_tag = \"\"\nS4.alerts = []\n",
        );
        let follow_up = settings.follow_up().expect("a policy");
        assert_eq!((follow_up.counts, &follow_up.opt_out_tag), (TimeBasis::Business, &None));
        assert!(follow_up.of(Priority::S4).alerts.is_empty());
        assert_eq!(settings.reopen_window(), Ok(&None));
        let window = Settings::of("[desk]\nreopen_window = \"15d\"\n").reopen_window().cloned();
        assert_eq!(window, Ok(Some(TimeDelta::days(15))));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| {
            let [error] = Settings::of(text).errors().try_into().expect("one error");
            let ConfigError { line, column, message } = error;
            (line, column, message)
        };
        assert_eq!(
            error("format = 1\nnmae = \"x\"\n"),
            (2, 1, "`nmae` is not a setting; did you mean `name`?".to_owned())
        );
        assert_eq!(error("format = 1\n[git]\ncommit = \"often\"\n").0, 3);
        assert_eq!(error("format = 1\n[follow_up.S9]\n").0, 2);
        assert_eq!(error("format = 1\n[follow_up]\nclock = \"open\"\n").0, 3);
        assert_eq!(error("format = 1\n[follow_up]\nclock = \"business\"\n").0, 3);
        assert_eq!(error("format = 1\n[follow_up]\nclok = \"calendar\"\n").0, 3);
        assert_eq!(error("format = 1\n[follow_up.S1]\nalerts = [\"4h\", \"2h\"]\n").1, 17);
        assert_eq!(error("format = 1\n[follow_up.S1]\nsolve_after = \"1h\"\n").0, 3);
        assert_eq!(error("format = 1\n[desk]\nreopen_window = \"soon\"\n").0, 3);
        assert_eq!(error("format = 1\n[follow_up.S1]\nsolve_after = \"soon\"\n").0, 3);
        assert_eq!(error("format = 1\n[team]\nagents = [\"kenji\"]\n").0, 3);
        assert_eq!(error("format = 1\n[attachments]\nmax_size = \"25 MiB\"\n").0, 3);
        assert_eq!(error("format = 1\n[attachments]\nlimit = \"25 MB\"\n").0, 3);
        assert_eq!(error("name = \"x\"\n").2, "the setting `format` is missing");
    }
}
