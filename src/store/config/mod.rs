//! casebook.toml: what marks a store, and the policy it runs on.
//!
//! Unknown names are refused with their place, because a typing error in a policy is worse than none. Must not
//! know what the policy is used for.

pub mod eligibility;
pub mod escalation;
pub mod fields;
pub(crate) mod follow_up;
pub mod macros;
pub mod reminder_texts;
pub mod signing;
pub mod sla;
pub mod team;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::TimeDelta;
use serde::Deserialize;

use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::ticket::attachment::parse_size;
use crate::domain::time::duration;
use crate::domain::vocabulary::Priority;

/// The format this program understands in full.
const FORMAT: u32 = 1;

/// How large an attachment may be where the desk says nothing, in bytes.
pub const LARGEST_ATTACHMENT: u64 = 25_000_000;

/// Names that other parts of casebook read: kept, and not judged here.
const OTHER_SECTIONS: [&str; 9] =
    ["calendars", "plans", "escalation", "eligibility", "releases", "product_groups", "fields", "macros", "signing"];

/// The settings and policy of a desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The format number of the store.
    pub format: u32,
    /// What the desk is called.
    pub name: String,
    /// The zone times are shown in; an IANA name.
    pub time_zone: String,
    /// The language the desk speaks.
    pub language: String,
    /// The priority of a ticket that is opened without one.
    pub default_priority: Priority,
    /// Whether each command makes a commit.
    pub commit_each: bool,
    /// Who answers tickets.
    pub team: Team,
    /// What silence leads to.
    pub follow_up: FollowUpPolicy,
    /// How long after the solve a customer's words reopen a ticket; none where there is no end to it.
    pub reopen_window: Option<TimeDelta>,
    /// How large an attachment may be, in bytes.
    pub largest_attachment: u64,
    /// Queries the desk has saved, by name: what `@name` stands for.
    pub queries: BTreeMap<String, String>,
}

/// What is wrong with a casebook.toml, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
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
    /// Read by [`team`], where it is needed.
    #[serde(default, rename = "next")]
    _next: serde::de::IgnoredAny,
    #[serde(default, rename = "people")]
    _people: serde::de::IgnoredAny,
}

/// What of it is needed for every ticket; [`sla`] judges the rest.
#[derive(Default, Deserialize)]
struct DeskBasics {
    reopen_window: Option<toml::Spanned<String>>,
}

/// A sentence about a stretch of the file.
pub(crate) struct SpannedError(pub(crate) Option<Range<usize>>, pub(crate) String);

impl SpannedError {
    /// The same with line and column in the text it is about.
    pub(crate) fn within(self, text: &str) -> ConfigError {
        let Self(span, message) = self;
        let start = span.map_or(0, |span| span.start).min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ConfigError { line, column, message }
    }
}

impl Config {
    /// Reads the text of a casebook.toml.
    ///
    /// # Errors
    /// The first thing wrong, with its line and column.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        Self::validate(text).map_err(|complaint| complaint.within(text))
    }

    fn validate(text: &str) -> Result<Self, SpannedError> {
        let written: RawConfig =
            toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
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
        let largest = written.attachments.max_size.as_ref().map(|words| spanned(words, size)).transpose()?;
        let people = |words: &[toml::Spanned<String>]| {
            words.iter().map(|word| spanned(word, Person::from_address)).collect::<Result<Vec<_>, _>>()
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
            reopen_window: written.desk.reopen_window.as_ref().map(|words| spanned(words, span)).transpose()?,
            largest_attachment: largest.unwrap_or(LARGEST_ATTACHMENT),
            queries: written.queries,
        })
    }
}

/// A span of time.
fn span(words: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(words).ok_or_else(|| format!("`{words}` is no span of time; `4h` or `7d` is"))
}

/// A size.
fn size(words: &str) -> Result<u64, String> {
    parse_size(words).ok_or_else(|| format!("`{words}` is no size; `25 MB` or `500 kB` is"))
}

/// What a word of the file means.
pub(crate) fn spanned<T, E: std::fmt::Display>(
    word: &toml::Spanned<String>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, SpannedError> {
    read(word.get_ref()).map_err(|error| SpannedError(Some(word.span()), error.to_string()))
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
    let nearest =
        KNOWN.iter().chain(&OTHER_SECTIONS).max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)));
    let hint = nearest.filter(|near| strsim::jaro(near, name) > 0.7).map(|near| format!("; did you mean `{near}`?"));
    let place = text.find(name.as_str()).map(|start| start..start + name.len());
    Err(SpannedError(place, format!("`{name}` is no setting{}", hint.unwrap_or_default())))
}

/// A toml string in its quotes.
pub(crate) fn quoted(words: &str) -> String {
    toml::Value::String(words.to_owned()).to_string()
}

/// The casebook.toml that `init` writes: every default visible, and what other parts add behind it as comments.
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
    fn settings_stand_beside_priorities() {
        let read = |text: &str| Config::read(&format!("format = 1\n{text}")).expect("a config");
        let config =
            read("[follow_up]\nclock = \"business\"\ncalendar = \"always\"\nopt_out_tag = \"\"\nS4.alerts = []\n");
        assert_eq!((config.follow_up.counts, &config.follow_up.opt_out_tag), (TimeBasis::Business, &None));
        assert!(config.follow_up.of(Priority::S4).alerts.is_empty());
        assert_eq!(config.reopen_window, None);
        assert_eq!(read("[desk]\nreopen_window = \"15d\"\n").reopen_window, Some(TimeDelta::days(15)));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw =
            |text| Config::read(text).map_err(|flaw| (flaw.line, flaw.column, flaw.message)).expect_err("a flaw");
        assert_eq!(flaw("format = 1\nnmae = \"x\"\n"), (2, 1, "`nmae` is no setting; did you mean `name`?".to_owned()));
        assert_eq!(flaw("format = 1\n[git]\ncommit = \"often\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[follow_up.S9]\n").0, 2);
        assert_eq!(flaw("format = 1\n[follow_up]\nclock = \"open\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[follow_up]\nclock = \"business\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[follow_up]\nclok = \"calendar\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[follow_up.S1]\nalerts = [\"4h\", \"2h\"]\n").1, 17);
        assert_eq!(flaw("format = 1\n[follow_up.S1]\nsolve_after = \"1h\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[desk]\nreopen_window = \"soon\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[follow_up.S1]\nsolve_after = \"soon\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[team]\nagents = [\"kenji\"]\n").0, 3);
        assert_eq!(flaw("format = 1\n[attachments]\nmax_size = \"25 MiB\"\n").0, 3);
        assert_eq!(flaw("format = 1\n[attachments]\nlimit = \"25 MB\"\n").0, 3);
        assert_eq!(flaw("name = \"x\"\n").2, "missing field `format`");
    }
}
