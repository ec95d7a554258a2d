//! The choice of the next assignee (`assign --next`).
//!
//! The choice depends only on the tickets and the team, so every clone makes the same one. The caller provides the
//! calendars that are open now.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::person::Person;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::Status;

/// A strategy for choosing the next assignee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssignmentStrategy {
    /// The agent with the fewest unsolved tickets; among equals, the one whose last assignment is oldest.
    #[default]
    LeastLoaded,
    /// The agent who follows, in the order of the team, the one to whom a ticket was assigned last.
    RoundRobin,
}

/// An agent, as `[team]` of casebook.toml defines them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentCandidate {
    /// The agent.
    pub person: Person,
    /// The languages that the agent writes; empty for all.
    pub languages: Vec<String>,
    /// The teams of the agent.
    pub teams: Vec<String>,
    /// The calendar of the agent's working hours; `None` for always.
    pub calendar: Option<String>,
}

/// The requirements of a ticket for its assignee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssignmentRequirements<'a> {
    /// The team. This requirement is never relaxed.
    pub team: Option<&'a str>,
    /// The language.
    pub language: Option<&'a str>,
}

/// A requirement that was dropped because no agent met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaxedRequirement {
    /// No candidate writes the language.
    Language,
    /// No candidate works now.
    Hours,
}

/// A chosen assignee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The agent.
    pub person: Person,
    /// The number of their unsolved tickets.
    pub unsolved: usize,
    /// The requirements that were dropped.
    pub relaxed: Vec<RelaxedRequirement>,
}

/// A reason why no assignee was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAssignee {
    /// The desk has no agents.
    #[error("this desk has no agents")]
    NoAgents,
    /// No agent is in the team.
    #[error("no agent is in the team `{team}`")]
    NotInTeam {
        /// The team.
        team: String,
    },
}

/// The tickets assigned to each agent, counted.
#[derive(Clone, Debug, Default)]
pub struct Workload(BTreeMap<String, TicketLoad>);

#[derive(Clone, Copy, Debug, Default)]
struct TicketLoad {
    unsolved: usize,
    /// The time of the last assignment, UTC, and the number of assignments at that instant.
    last_assigned: Option<(DateTime<Utc>, usize)>,
}

impl Workload {
    /// Counts a ticket for its assignee.
    pub fn add(&mut self, summary: &Summary) {
        let Some(assignee) = &summary.header.assignee else { return };
        let load = self.0.entry(assignee.as_str().to_lowercase()).or_default();
        load.unsolved += usize::from(summary.header.status != Status::Solved);
        let at = summary.assigned_by.unwrap_or(summary.id).time();
        load.last_assigned = match load.last_assigned {
            Some((last, count)) if last == at => Some((last, count + 1)),
            Some((last, count)) if last > at => Some((last, count)),
            _ => Some((at, 1)),
        };
    }

    fn of(&self, person: &Person) -> TicketLoad {
        self.0.get(&person.as_str().to_lowercase()).copied().unwrap_or_default()
    }
}

/// Returns the next assignee, or `None` if no candidate is in the required team. The requirements of language and
/// working hours are dropped, in this order, if no candidate meets them.
pub fn next_assignee(
    strategy: AssignmentStrategy,
    candidates: &[AssignmentCandidate],
    loads: &Workload,
    requirements: AssignmentRequirements<'_>,
    works_now: impl Fn(&str) -> bool,
) -> Option<Assignment> {
    let is_in_team = |candidate: &&AssignmentCandidate| {
        requirements.team.is_none_or(|team| candidate.teams.iter().any(|own| own == team))
    };
    let mut remaining: Vec<&AssignmentCandidate> = candidates.iter().filter(is_in_team).collect();
    let mut relaxed = Vec::new();
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let writes = |candidate: &AssignmentCandidate| {
        requirements.language.is_none_or(|language| {
            candidate.languages.is_empty() || candidate.languages.iter().any(|own| primary(own) == primary(language))
        })
    };
    let works = |candidate: &AssignmentCandidate| candidate.calendar.as_deref().is_none_or(&works_now);
    narrow(&mut remaining, &mut relaxed, RelaxedRequirement::Language, writes);
    narrow(&mut remaining, &mut relaxed, RelaxedRequirement::Hours, works);
    let person = match strategy {
        AssignmentStrategy::LeastLoaded => remaining.into_iter().min_by_key(|candidate| {
            let load = loads.of(&candidate.person);
            (load.unsolved, load.last_assigned)
        })?,
        AssignmentStrategy::RoundRobin => {
            // The order of assignments at one instant is not recorded. The candidate with the most of them counts as
            // last, and among equals the last in the list, so that a round within one instant continues.
            let last =
                remaining.iter().enumerate().max_by_key(|(_, candidate)| loads.of(&candidate.person).last_assigned);
            let assigned_last = last.filter(|(_, candidate)| loads.of(&candidate.person).last_assigned.is_some());
            remaining.get(assigned_last.map_or(0, |(index, _)| (index + 1) % remaining.len()))?
        }
    };
    let person = person.person.clone();
    Some(Assignment { unsolved: loads.of(&person).unsolved, person, relaxed })
}

fn narrow(
    remaining: &mut Vec<&AssignmentCandidate>,
    relaxed: &mut Vec<RelaxedRequirement>,
    requirement: RelaxedRequirement,
    holds: impl Fn(&AssignmentCandidate) -> bool,
) {
    if remaining.iter().any(|candidate| holds(candidate)) {
        remaining.retain(|candidate| holds(candidate));
    } else if !remaining.is_empty() {
        relaxed.push(requirement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;
    use crate::domain::sla::events::SlaEvents;
    use crate::domain::ticket::Header;
    use crate::domain::ticket::OpenFields;
    use crate::domain::vocabulary::Priority;

    fn person(name: &str) -> Person {
        Person::from_address(&format!("{name}@desk.example")).expect("an address")
    }

    fn colleague(name: &str, languages: &[&str], teams: &[&str], calendar: Option<&str>) -> AssignmentCandidate {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let calendar = calendar.map(str::to_owned);
        AssignmentCandidate { person: person(name), languages: owned(languages), teams: owned(teams), calendar }
    }

    fn team() -> Vec<AssignmentCandidate> {
        vec![
            colleague("kenji", &["ja", "en"], &["looker"], Some("japan")),
            colleague("lea", &["fr", "en"], &["looker", "billing"], Some("paris")),
            colleague("mori", &[], &[], None),
        ]
    }

    fn summary(number: u128, assignee: &str, status: Status) -> Summary {
        let at = "2026-11-21T09:00:00Z".parse().expect("a time");
        let id = Id::at(at, number << 64);
        let assigned_by = Some(Id::at(at + chrono::TimeDelta::milliseconds(i64::try_from(number).unwrap_or(0)), 7));
        let opening = OpenFields::new("Tiles".to_owned(), Priority::S3, person("ana"));
        let header = Header { assignee: Some(person(assignee)), status, ..Header::opened(&opening) };
        Summary {
            id,
            header,
            alerts: 0,
            reopened: false,
            created_at: at,
            last_activity_at: at,
            version: id,
            assigned_by,
            imported_id: None,
            key: None,
            sla_events: SlaEvents::of(&[]),
        }
    }

    fn loads(tickets: &[(&str, Status)]) -> Workload {
        let mut loads = Workload::default();
        for (number, (assignee, status)) in tickets.iter().enumerate() {
            loads.add(&summary(number as u128 + 1, assignee, *status));
        }
        loads
    }

    fn chosen(
        strategy: AssignmentStrategy,
        loads: &Workload,
        requirements: AssignmentRequirements<'_>,
        open: &[&str],
    ) -> (String, Vec<RelaxedRequirement>) {
        let found = next_assignee(strategy, &team(), loads, requirements, |calendar| open.contains(&calendar))
            .expect("an assignee");
        (found.person.as_str().split('@').next().unwrap_or_default().to_owned(), found.relaxed)
    }

    const ALL: &[&str] = &["japan", "paris"];

    #[test]
    fn the_least_loaded_agent_is_next_and_among_equals_the_longest_waiting() {
        let none = loads(&[]);
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &none, AssignmentRequirements::default(), ALL).0, "kenji");
        let some = loads(&[("kenji", Status::Open), ("lea", Status::Solved), ("mori", Status::Solved)]);
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &some, AssignmentRequirements::default(), ALL).0, "lea");
        let upper = loads(&[("KENJI", Status::OnHold), ("lea", Status::Open), ("mori", Status::Open)]);
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &upper, AssignmentRequirements::default(), ALL).0, "kenji");
    }

    #[test]
    fn the_round_continues_after_the_agent_of_the_youngest_ticket() {
        for (last, expected) in [("kenji", "lea"), ("lea", "mori"), ("mori", "kenji")] {
            let tickets = [("kenji", Status::Open), ("lea", Status::Open), (last, Status::Solved)];
            assert_eq!(
                chosen(AssignmentStrategy::RoundRobin, &loads(&tickets), AssignmentRequirements::default(), ALL).0,
                expected,
                "{last}"
            );
        }
        assert_eq!(
            chosen(AssignmentStrategy::RoundRobin, &loads(&[]), AssignmentRequirements::default(), ALL).0,
            "kenji"
        );
        assert_eq!(
            chosen(
                AssignmentStrategy::RoundRobin,
                &loads(&[("gone", Status::Open)]),
                AssignmentRequirements::default(),
                ALL
            )
            .0,
            "kenji"
        );
    }

    #[test]
    fn the_round_follows_the_times_of_assignments() {
        let assigned = |number: u128, assignee: &str, minute: i64| {
            let summary = summary(number, assignee, Status::Open);
            let at = summary.created_at + chrono::TimeDelta::minutes(minute);
            Summary { assigned_by: Some(Id::at(at, u128::MAX / number)), ..summary }
        };
        // Assign older tickets, from the youngest to the oldest.
        let mut loads = Workload::default();
        for (number, minute, expected) in [(9, 1, "kenji"), (8, 2, "lea"), (7, 3, "mori"), (6, 4, "kenji")] {
            assert_eq!(
                chosen(AssignmentStrategy::RoundRobin, &loads, AssignmentRequirements::default(), ALL).0,
                expected
            );
            loads.add(&assigned(number, expected, minute));
        }
        // Assign several at one instant, in the order of the team.
        let mut loads = Workload::default();
        for (number, expected) in (1..).zip(["kenji", "lea", "mori", "kenji", "lea", "mori", "kenji"]) {
            assert_eq!(
                chosen(AssignmentStrategy::RoundRobin, &loads, AssignmentRequirements::default(), ALL).0,
                expected,
                "{number}"
            );
            loads.add(&assigned(number, expected, 1));
        }
    }

    #[test]
    fn the_team_is_required_but_language_and_hours_can_be_relaxed() {
        let none = loads(&[]);
        let of = |team, language| AssignmentRequirements { team, language };
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &none, of(Some("billing"), None), ALL).0, "lea");
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &none, of(None, Some("fr-CA")), ALL).0, "lea");
        assert_eq!(chosen(AssignmentStrategy::LeastLoaded, &none, of(None, None), &["paris"]).0, "lea");
        let (name, relaxed) = chosen(AssignmentStrategy::LeastLoaded, &none, of(Some("billing"), Some("ja")), &[]);
        assert_eq!((name.as_str(), relaxed), ("lea", vec![RelaxedRequirement::Language, RelaxedRequirement::Hours]));
        let requirements = of(Some("unknown"), None);
        assert_eq!(next_assignee(AssignmentStrategy::LeastLoaded, &team(), &none, requirements, |_| true), None);
    }
}
