//! What casebook.toml says of the people in `[team]` beyond who is one: languages, teams, working hours, and whose
//! turn it is.
//!
//! Read only where somebody is to be found, and by `check`. Must not know tickets.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::people::assignment::{AssignmentCandidate, AssignmentStrategy};
use crate::domain::people::person::Person;

/// Who there is to take a ticket, in the order of `[team] agents`, and how the next one is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// How the next one is found.
    pub turn: AssignmentStrategy,
    /// The agents.
    pub colleagues: Vec<AssignmentCandidate>,
}

/// What stands for other parts is left to [`super`].
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

/// Reads what the text of a casebook.toml says of the team.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<Roster, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

fn validate(text: &str) -> Result<Roster, SpannedError> {
    let written: RawTeam =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    let turn = match &written.team.next {
        None => AssignmentStrategy::default(),
        Some(word) => spanned(word, |word| match word {
            "least_loaded" => Ok(AssignmentStrategy::LeastLoaded),
            "round_robin" => Ok(AssignmentStrategy::RoundRobin),
            other => Err(format!("`{other}` is neither `least_loaded` nor `round_robin`")),
        })?,
    };
    let plain = |person| AssignmentCandidate { person, languages: Vec::new(), teams: Vec::new(), calendar: None };
    let agents = written.team.agents.iter().map(|word| spanned(word, Person::from_address).map(plain));
    let mut colleagues = agents.collect::<Result<Vec<_>, _>>()?;
    for (word, section) in &written.team.people {
        let person = spanned(word, Person::from_address)?;
        let Some(known) = colleagues.iter_mut().find(|known| known.person.same_address(&person)) else {
            return Err(SpannedError(Some(word.span()), format!("{person} is not among the agents of [team]")));
        };
        known.languages.clone_from(&section.languages);
        known.teams.clone_from(&section.teams);
        let is_there = |name: &str| match written.calendars.contains_key(name) || name == "always" {
            true => Ok(name.to_owned()),
            false => Err(format!("`{name}` is no calendar of this desk")),
        };
        known.calendar = section.calendar.as_ref().map(|word| spanned(word, is_there)).transpose()?;
    }
    Ok(Roster { turn, colleagues })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_stand_in_the_order_of_the_file() {
        let text = "[team]\nagents = [\"lea@desk.example\", \"kenji@desk.example\"]\nnext = \"round_robin\"\n\
                    [team.people.\"KENJI@desk.example\"]\nlanguages = [\"ja\"]\nteams = [\"looker\"]\ncalendar = \"tokyo\"\n\
                    [calendars.tokyo]\n";
        let roster = read(text).expect("a roster");
        assert_eq!(roster.turn, AssignmentStrategy::RoundRobin);
        let names: Vec<&str> = roster.colleagues.iter().map(|known| known.person.as_str()).collect();
        assert_eq!(names, ["lea@desk.example", "kenji@desk.example"]);
        assert_eq!(roster.colleagues[1].calendar.as_deref(), Some("tokyo"));
        assert_eq!(read("format = 1\n"), Ok(Roster::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| read(text).map_err(|flaw| flaw.line).expect_err("a flaw");
        assert_eq!(flaw("[team]\nnext = \"dice\"\n"), 2);
        assert_eq!(flaw("[team]\nagents = []\n[team.people.\"lea@desk.example\"]\n"), 3);
        let lea = "[team]\nagents = [\"lea@desk.example\"]\n[team.people.\"lea@desk.example\"]\n";
        assert_eq!(flaw(&format!("{lea}calendar = \"tokyo\"\n")), 4);
        assert_eq!(flaw(&format!("{lea}language = \"ja\"\n")), 4);
    }
}
