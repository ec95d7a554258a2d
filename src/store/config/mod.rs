//! casebook.toml: the file that makes a folder a desk, and the settings and policy of that desk.
//!
//! This module parses the settings that every command needs. Each submodule parses the sections of one subject, only
//! when a command needs them. Unknown names are refused with their place: a typing error in a policy would silently
//! leave a default in force.
//!
//! # Invariants
//!
//! Parsing has no side effects and reads no other file. The uses of the policy are unknown here.

pub mod eligibility;
pub mod escalation;
pub mod fields;
pub(crate) mod follow_up;
pub mod macros;
pub mod reminder_texts;
pub mod signing;
pub mod sla;
mod targets;
pub mod team;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::suggestion;
use crate::domain::ticket::attachment::parse_size;
use crate::domain::time::duration;
use crate::domain::vocabulary::Priority;

/// The newest format that this program understands in full.
const FORMAT: u32 = 1;

/// The default of `[attachments] max_size`: the largest size of an attachment, in bytes.
pub const LARGEST_ATTACHMENT: u64 = 25_000_000;

/// The sections that other modules parse.
const OTHER_SECTIONS: [&str; 9] =
    ["calendars", "plans", "escalation", "eligibility", "releases", "product_groups", "fields", "macros", "signing"];

/// The settings and policy of a desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The format number of the desk.
    pub format: u32,
    /// The name of the desk.
    pub name: String,
    /// The zone in which times are printed; an IANA name. Files contain UTC.
    pub time_zone: String,
    /// The language of the desk.
    pub language: String,
    /// The priority of tickets that are opened without one.
    pub default_priority: Priority,
    /// True if each command makes a commit.
    pub commit_each: bool,
    /// The support team.
    pub team: Team,
    /// The follow-up policy.
    pub follow_up: FollowUpPolicy,
    /// The time after the solve in which a customer's reply reopens a ticket (docs/follow-up.md#late-replies). None if
    /// there is no limit.
    pub reopen_window: Option<TimeDelta>,
    /// The largest size of an attachment, in bytes.
    pub largest_attachment: u64,
    /// The saved queries of the desk by name: `@NAME` in a query.
    pub queries: BTreeMap<String, String>,
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

#[derive(Deserialize)]
struct RawConfig {
    format: u32,
    #[serde(default)]
    name: String,
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default = "english")]
    language: String,
    #[serde(default)]
    defaults: Defaults,
    #[serde(default)]
    git: GitSection,
    #[serde(default)]
    team: TeamAgents,
    #[serde(default)]
    follow_up: follow_up::FollowUpRules,
    #[serde(default)]
    desk: DeskBasics,
    #[serde(default)]
    attachments: AttachmentSection,
    #[serde(default)]
    queries: BTreeMap<String, String>,
    #[serde(flatten)]
    rest: toml::Table,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn english() -> String {
    "en".to_owned()
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    priority: Option<toml::Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GitSection {
    commit: Option<toml::Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentSection {
    max_size: Option<toml::Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamAgents {
    #[serde(default)]
    agents: Vec<toml::Spanned<String>>,
    #[serde(default)]
    managers: Vec<toml::Spanned<String>>,
    #[serde(default)]
    editors_prioritize: bool,
    /// Parsed by [`team`], when it is needed.
    #[serde(default, rename = "next")]
    _next: serde::de::IgnoredAny,
    #[serde(default, rename = "people")]
    _people: serde::de::IgnoredAny,
}

/// The part of `[desk]` that every command needs; [`sla`] checks the other keys.
#[derive(Default, Deserialize)]
struct DeskBasics {
    reopen_window: Option<toml::Spanned<String>>,
}

/// A message about a byte range of the file.
pub(crate) struct SpannedError(pub(crate) Option<Range<usize>>, pub(crate) String);

impl SpannedError {
    /// Returns the error with the line and column of its range in `text`.
    pub(crate) fn within(self, text: &str) -> ConfigError {
        let Self(span, message) = self;
        let start = span.map_or(0, |span| span.start).min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ConfigError { line, column, message }
    }
}

impl From<toml::de::Error> for SpannedError {
    fn from(error: toml::de::Error) -> Self {
        Self(error.span(), error.message().to_owned())
    }
}

impl Config {
    /// Parses the text of a casebook.toml.
    ///
    /// # Errors
    /// The first invalid setting, with its line and column.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        Self::validate(text).map_err(|error| error.within(text))
    }

    fn validate(text: &str) -> Result<Self, SpannedError> {
        let written: RawConfig = toml::from_str(text)?;
        if written.format <= FORMAT {
            refuse_unknown(text, &written.rest)?;
        }
        let priority =
            written.defaults.priority.as_ref().map(|word| spanned(word, Priority::parse_lenient)).transpose()?;
        let commit_each = match written.git.commit.as_ref().map(|word| (word.get_ref().as_str(), word)) {
            None | Some(("each", _)) => true,
            Some(("never", _)) => false,
            Some((other, word)) => {
                return Err(SpannedError(Some(word.span()), format!("`{other}` is neither `each` nor `never`")));
            }
        };
        let largest = written.attachments.max_size.as_ref().map(|text| spanned(text, size)).transpose()?;
        let people = |addresses: &[toml::Spanned<String>]| {
            addresses.iter().map(|word| spanned(word, Person::from_address)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            format: written.format,
            name: written.name,
            time_zone: written.time_zone,
            language: written.language,
            default_priority: priority.unwrap_or(Priority::S3),
            commit_each,
            team: Team {
                agents: people(&written.team.agents)?,
                managers: people(&written.team.managers)?,
                editors_prioritize: written.team.editors_prioritize,
            },
            follow_up: written.follow_up.policy()?,
            reopen_window: written.desk.reopen_window.as_ref().map(|text| spanned(text, duration)).transpose()?,
            largest_attachment: largest.unwrap_or(LARGEST_ATTACHMENT),
            queries: written.queries,
        })
    }
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

/// Parses a string of the file. An error gets the string's place.
pub(crate) fn spanned<T, E: std::fmt::Display>(
    word: &toml::Spanned<String>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, SpannedError> {
    read(word.get_ref()).map_err(|error| SpannedError(Some(word.span()), error.to_string()))
}

/// Checks that a name is one of `known`; `kind` is the noun for the message, such as "calendar".
pub(crate) fn known_name(word: &toml::Spanned<String>, known: &[&str], kind: &str) -> Result<String, SpannedError> {
    spanned(word, |name| {
        if known.contains(&name) {
            return Ok(name.to_owned());
        }
        let hint = suggestion::or_question(suggestion::nearest(name, known));
        Err(format!("`{name}` is not a {kind} of this desk{hint}"))
    })
}

fn refuse_unknown(text: &str, rest: &toml::Table) -> Result<(), SpannedError> {
    const KNOWN: [&str; 11] = [
        "format",
        "name",
        "time_zone",
        "language",
        "defaults",
        "git",
        "team",
        "follow_up",
        "desk",
        "attachments",
        "queries",
    ];
    let Some(name) = rest.keys().find(|name| !OTHER_SECTIONS.contains(&name.as_str())) else { return Ok(()) };
    let known: Vec<&str> = KNOWN.iter().chain(&OTHER_SECTIONS).copied().collect();
    let hint = suggestion::or_question(suggestion::nearest(name, &known));
    let span = text.find(name.as_str()).map(|start| start..start + name.len());
    Err(SpannedError(span, format!("`{name}` is not a setting{hint}")))
}

/// Returns a TOML string in its quotes.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Returns the casebook.toml that `init` writes: all settings with their defaults, the optional ones as comments.
pub fn initial(name: &str, time_zone: &str, commit_each: bool, agent: Option<&Person>) -> String {
    let agents = agent.map(|person| quoted(person.as_str())).unwrap_or_default();
    let commit = if commit_each { "each" } else { "never" };
    include_str!("initial.toml")
        .replace("{name}", &quoted(name))
        .replace("{time_zone}", &quoted(time_zone))
        .replace("{commit}", commit)
        .replace("{agents}", &agents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sla::follow_up_policy::TimeBasis;

    #[test]
    fn the_initial_file_reads_as_the_defaults() {
        let person = Person::from_address("kenji@desk.example").expect("an address");
        let config = Config::read(&initial("A \"desk\"", "Europe/Paris", true, Some(&person))).expect("a config");
        assert_eq!(config.name, "A \"desk\"");
        assert_eq!(config.follow_up, FollowUpPolicy::default());
        assert_eq!(config.team.agents, [person]);
        assert_eq!(config.largest_attachment, LARGEST_ATTACHMENT);
        assert!(config.commit_each);
        assert!(!Config::read(&initial("x", "UTC", false, None)).expect("a config").commit_each);
    }

    #[test]
    fn policy_replaces_a_default() {
        let config = Config::read("format = 1\n[follow_up.S2]\nalerts = [\"1h\"]\n").expect("a config");
        assert_eq!(config.follow_up.of(Priority::S2).alerts, [TimeDelta::hours(1)]);
        assert_eq!(config.follow_up.of(Priority::S2).solve_after, TimeDelta::days(5));
    }

    #[test]
    fn settings_and_priorities_are_keys_of_one_table() {
        let read = |text: &str| Config::read(&format!("format = 1\n{text}")).expect("a config");
        let config =
            read("[follow_up]\nclock = \"business\"\ncalendar = \"always\"\nopt_out_tag = \"\"\nS4.alerts = []\n");
        assert_eq!((config.follow_up.counts, &config.follow_up.opt_out_tag), (TimeBasis::Business, &None));
        assert!(config.follow_up.of(Priority::S4).alerts.is_empty());
        assert_eq!(config.reopen_window, None);
        assert_eq!(read("[desk]\nreopen_window = \"15d\"\n").reopen_window, Some(TimeDelta::days(15)));
    }

    #[test]
    fn errors_name_their_place() {
        let error =
            |text| Config::read(text).map_err(|error| (error.line, error.column, error.message)).expect_err("an error");
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
        assert_eq!(error("name = \"x\"\n").2, "missing field `format`");
    }
}
