//! Section `[team]` of casebook.toml beyond the addresses: languages, teams, working hours, and the strategy by which
//! `casebook assign --next` chooses an agent.
//!
//! Parsed only when an agent is to be chosen, and by `check`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, known_name, spanned};
use crate::domain::calendar::ALWAYS;
use crate::domain::people::assignment::{AssignmentCandidate, AssignmentStrategy};
use crate::domain::people::person::Person;

/// The agents to whom tickets can be assigned, and the strategy that chooses one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentTeam {
    /// The strategy that chooses the next assignee.
    pub strategy: AssignmentStrategy,
    /// The agents, in the order of `[team] agents`.
    pub candidates: Vec<AssignmentCandidate>,
}

/// The sections of the file that belong here; [`super`] checks the other ones.
#[derive(Deserialize)]
struct RawTeam {
    #[serde(default)]
    team: TeamSection,
    #[serde(default)]
    calendars: BTreeMap<String, toml::Value>,
}

#[derive(Default, Deserialize)]
struct TeamSection {
    #[serde(default)]
    agents: Vec<Spanned<String>>,
    next: Option<Spanned<String>>,
    #[serde(default)]
    people: BTreeMap<Spanned<String>, PersonSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonSection {
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    teams: Vec<String>,
    calendar: Option<Spanned<String>>,
}

/// Parses the team in the text of a casebook.toml.
///
/// # Errors
/// The first invalid setting, with its line and column.
pub fn read(text: &str) -> Result<AssignmentTeam, ConfigError> {
    validate(text).map_err(|error| error.within(text))
}

fn validate(text: &str) -> Result<AssignmentTeam, SpannedError> {
    let written: RawTeam = toml::from_str(text)?;
    let strategy = match &written.team.next {
        None => AssignmentStrategy::default(),
        Some(word) => spanned(word, |word| match word {
            "least_loaded" => Ok(AssignmentStrategy::LeastLoaded),
            "round_robin" => Ok(AssignmentStrategy::RoundRobin),
            other => Err(format!("`{other}` is neither `least_loaded` nor `round_robin`")),
        })?,
    };
    let candidate = |person| AssignmentCandidate { person, languages: Vec::new(), teams: Vec::new(), calendar: None };
    let agents = written.team.agents.iter().map(|word| spanned(word, Person::from_address).map(candidate));
    let mut candidates = agents.collect::<Result<Vec<_>, _>>()?;
    let calendars: Vec<&str> = written.calendars.keys().map(String::as_str).chain([ALWAYS]).collect();
    for (word, section) in &written.team.people {
        let person = spanned(word, Person::from_address)?;
        let Some(candidate) = candidates.iter_mut().find(|candidate| candidate.person.same_address(&person)) else {
            return Err(SpannedError(
                Some(word.span()),
                format!("{person} is not an agent; add them to [team] agents"),
            ));
        };
        candidate.languages.clone_from(&section.languages);
        candidate.teams.clone_from(&section.teams);
        candidate.calendar =
            section.calendar.as_ref().map(|word| known_name(word, &calendars, "calendar")).transpose()?;
    }
    Ok(AssignmentTeam { strategy, candidates })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_in_the_order_of_the_file() {
        let text = "[team]\nagents = [\"lea@desk.example\", \"kenji@desk.example\"]\nnext = \"round_robin\"\n\
                    [team.people.\"KENJI@desk.example\"]\nlanguages = [\"ja\"]\nteams = [\"looker\"]\ncalendar = \"tokyo\"\n\
                    [calendars.tokyo]\n";
        let team = read(text).expect("a team");
        assert_eq!(team.strategy, AssignmentStrategy::RoundRobin);
        let names: Vec<&str> = team.candidates.iter().map(|candidate| candidate.person.as_str()).collect();
        assert_eq!(names, ["lea@desk.example", "kenji@desk.example"]);
        assert_eq!(team.candidates[1].calendar.as_deref(), Some("tokyo"));
        assert_eq!(read("format = 1\n"), Ok(AssignmentTeam::default()));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| read(text).map_err(|error| error.line).expect_err("an error");
        assert_eq!(error("[team]\nnext = \"dice\"\n"), 2);
        assert_eq!(error("[team]\nagents = []\n[team.people.\"lea@desk.example\"]\n"), 3);
        let lea = "[team]\nagents = [\"lea@desk.example\"]\n[team.people.\"lea@desk.example\"]\n";
        assert_eq!(error(&format!("{lea}calendar = \"tokyo\"\n")), 4);
        assert_eq!(error(&format!("{lea}language = \"ja\"\n")), 4);
    }
}
