//! Plans of support: what is promised until when, and whose hours count.
//!
//! Must not know casebook.toml, organisations, or which plan is in force.

use chrono::TimeDelta;

use crate::domain::vocabulary::{OrganizationRole, Priority};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// From the opening to the first public reply of a human agent.
    FirstResponse,
    /// From the oldest words of the customer without an answer to the next public reply.
    NextResponse,
    /// From the opening to the end, without the time that the customer owes the next step.
    Resolution,
    /// From an escalation to a manager's first word: the desk's own promise, in no plan.
    FirstWord,
}

/// The targets of a metric, in open time; where there is none, there is no clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets([Option<TimeDelta>; 4]);

impl Targets {
    /// The target of a priority.
    pub const fn of(&self, priority: Priority) -> Option<TimeDelta> {
        self.0[priority as usize]
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Sets the target of a priority.
    pub const fn set(&mut self, priority: Priority, target: TimeDelta) {
        self.0[priority as usize] = Some(target);
    }
}

/// Those of what no plan promises.
static NO_TARGETS: Targets = Targets([None; 4]);

/// Which tickets a calendar is for. What is not named matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarRule {
    /// The language; `ja` also means `ja-JP`.
    pub language: Option<String>,
    /// The priorities.
    pub priority: Vec<Priority>,
    /// The channels.
    pub channel: Vec<String>,
    /// The calendar's name.
    pub calendar: String,
}

impl CalendarRule {
    /// Whether a ticket is meant. A ticket that does not say its language or channel is meant only by rules that do
    /// not ask for one.
    pub fn applies_to(&self, language: Option<&str>, priority: Priority, channel: Option<&str>) -> bool {
        let speaks = |wanted: &String| language.is_some_and(|language| is_language(language, wanted));
        let by = |channel: &str| self.channel.iter().any(|wanted| wanted.eq_ignore_ascii_case(channel));
        self.language.as_ref().is_none_or(speaks)
            && (self.priority.is_empty() || self.priority.contains(&priority))
            && (self.channel.is_empty() || channel.is_some_and(by))
    }
}

/// Whether a language tag is the wanted one, or a kind of it.
pub fn is_language(tag: &str, wanted: &str) -> bool {
    let head = tag.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted));
    head && matches!(tag.as_bytes().get(wanted.len()), None | Some(b'-' | b'_'))
}

/// The plan of the time before Customer Care.
const LEGACY: &str = "looker";

/// The roles that may open tickets under a plan that names none, or that nobody has defined: the legacy plan's
/// administrators and developers, else editors (seed 000).
pub fn default_roles(plan: &str) -> &'static [OrganizationRole] {
    match plan {
        LEGACY => &[OrganizationRole::Admin, OrganizationRole::Developer],
        _ => &[OrganizationRole::TechSupportEditor],
    }
}

/// A plan of support.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What policy calls it.
    pub name: String,
    /// The roles that may open tickets.
    pub may_open: Vec<OrganizationRole>,
    /// Whether its customers may not escalate.
    pub refuses_escalation: bool,
    /// The targets of the first response.
    pub first_response: Targets,
    /// The targets of each further response.
    pub next_response: Targets,
    /// The targets of the resolution.
    pub resolution: Targets,
    /// Which calendar counts: the first rule that means the ticket.
    pub calendars: Vec<CalendarRule>,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];

    /// The word of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
            Self::FirstWord => "first_word",
        }
    }
}

impl Plan {
    /// Whether it promises anything.
    pub fn has_targets(&self) -> bool {
        Metric::ALL.iter().any(|metric| !self.targets(*metric).is_empty())
    }

    /// Whether it promises anything to tickets of a priority.
    pub fn has_target_of(&self, priority: Priority) -> bool {
        Metric::ALL.iter().any(|metric| self.targets(*metric).of(priority).is_some())
    }

    /// The targets of a metric.
    pub const fn targets(&self, metric: Metric) -> &Targets {
        match metric {
            Metric::FirstResponse => &self.first_response,
            Metric::NextResponse => &self.next_response,
            Metric::Resolution => &self.resolution,
            Metric::FirstWord => &NO_TARGETS,
        }
    }

    /// The name of the calendar that counts for a ticket. `None`: no rule means it, so no clock runs.
    pub fn calendar(&self, language: Option<&str>, priority: Priority, channel: Option<&str>) -> Option<&str> {
        self.calendars
            .iter()
            .find(|rule| rule.applies_to(language, priority, channel))
            .map(|rule| rule.calendar.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(language: Option<&str>, priority: &[Priority], channel: &[&str], calendar: &str) -> CalendarRule {
        CalendarRule {
            language: language.map(str::to_owned),
            priority: priority.to_vec(),
            channel: channel.iter().map(|&word| word.to_owned()).collect(),
            calendar: calendar.to_owned(),
        }
    }

    #[test]
    fn the_first_rule_that_means_a_ticket_counts() {
        let plan = Plan {
            calendars: vec![
                rule(Some("ja"), &[Priority::S1, Priority::S2], &["email"], "always"),
                rule(Some("ja"), &[], &[], "japan"),
                rule(None, &[], &[], "english"),
            ],
            ..Plan::default()
        };
        assert_eq!(plan.calendar(Some("ja"), Priority::S1, Some("email")), Some("always"));
        assert_eq!(plan.calendar(Some("ja-JP"), Priority::S2, Some("EMAIL")), Some("always"));
        assert_eq!(plan.calendar(Some("ja"), Priority::S3, Some("email")), Some("japan"));
        assert_eq!(plan.calendar(Some("ja"), Priority::S1, Some("chat")), Some("japan"));
        assert_eq!(plan.calendar(Some("ja"), Priority::S1, None), Some("japan"));
        assert_eq!(plan.calendar(Some("jav"), Priority::S1, Some("email")), Some("english"));
        assert_eq!(plan.calendar(None, Priority::S1, Some("email")), Some("english"));
        assert_eq!(Plan::default().calendar(None, Priority::S1, None), None);
    }
}
