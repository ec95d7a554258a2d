//! Section `[team]` of casebook.toml: the agents and managers, and the strategy by which `casebook assign --next` chooses
//! an agent, with the languages, teams and working hours of each.

use super::{ConfigError, Settings, known_name};
use crate::domain::people::assignment::{AssignmentCandidate, AssignmentStrategy};
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;

/// The agents to whom tickets can be assigned, and the strategy that chooses one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentTeam {
    /// The strategy that chooses the next assignee.
    pub strategy: AssignmentStrategy,
    /// The agents, in the order of `[team] agents`.
    pub candidates: Vec<AssignmentCandidate>,
    /// The names of agents and managers.
    pub names: Vec<(Person, String)>,
}

pub(super) fn read(settings: &Settings) -> Result<Team, ConfigError> {
    let section = settings.section("team")?;
    Ok(Team {
        agents: section.get("agents").parse_all(Person::from_address)?,
        managers: section.get("managers").parse_all(Person::from_address)?,
        editors_prioritize: section.get("editors_prioritize").flag() == Some(true),
    })
}

pub(super) fn assignment(settings: &Settings) -> Result<AssignmentTeam, ConfigError> {
    let strategy = match settings.section("team.next")?.text() {
        Some("round_robin") => AssignmentStrategy::RoundRobin,
        _ => AssignmentStrategy::LeastLoaded,
    };
    let candidate = |person| AssignmentCandidate { person, languages: Vec::new(), teams: Vec::new(), calendar: None };
    let team = &settings.config()?.team;
    let mut candidates: Vec<_> = team.agents.iter().cloned().map(candidate).collect();
    let mut names = Vec::new();
    for (word, section) in settings.section("team.people")?.entries() {
        let person = word.parse(Person::from_address)?;
        names.extend(section.get("name").text().map(|name| (person.clone(), name.to_owned())));
        let Some(candidate) = candidates.iter_mut().find(|candidate| candidate.person.same_address(&person)) else {
            if team.has_manager(&person) {
                continue;
            }
            return Err(word.error(format!("{person} is not an agent; add them to [team] agents")));
        };
        candidate.languages = section.get("languages").texts();
        candidate.teams = section.get("teams").texts();
        if let Some(word) = section.get("calendar").word() {
            candidate.calendar = Some(known_name(word, &settings.calendar_names(), "calendar")?);
        }
    }
    Ok(AssignmentTeam { strategy, candidates, names })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AssignmentTeam, ConfigError> {
        Settings::of(format!("format = 1\n{text}")).assignment().cloned()
    }

    #[test]
    fn agents_are_in_the_order_of_the_file() {
        let text = "[team]\nagents = [\"lea@desk.example\", \"kenji@desk.example\"]\nnext = \"round_robin\"\n\
                    [team.people.\"KENJI@desk.example\"]\nname = \"Kenji\"\nlanguages = [\"ja\"]\nteams = [\"looker\"]\ncalendar = \"tokyo\"\n\
                    [calendars.tokyo]\n";
        let team = read(text).expect("a team");
        assert_eq!(team.strategy, AssignmentStrategy::RoundRobin);
        let names: Vec<&str> = team.candidates.iter().map(|candidate| candidate.person.as_str()).collect();
        assert_eq!(names, ["lea@desk.example", "kenji@desk.example"]);
        assert_eq!(team.names[0].1, "Kenji");
        assert_eq!(team.candidates[1].calendar.as_deref(), Some("tokyo"));
        assert_eq!(read(""), Ok(AssignmentTeam::default()));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| read(text).map_err(|error| error.line - 1).expect_err("an error");
        assert_eq!(error("[team]\nnext = \"dice\"\n"), 2);
        assert_eq!(error("[team]\nagents = []\n[team.people.\"lea@desk.example\"]\n"), 3);
        let lea = "[team]\nagents = [\"lea@desk.example\"]\n[team.people.\"lea@desk.example\"]\n";
        assert_eq!(error(&format!("{lea}calendar = \"tokyo\"\n")), 4);
        assert_eq!(error(&format!("{lea}language = \"ja\"\n")), 4);
    }
}
