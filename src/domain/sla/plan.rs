//! Service plans: metrics, their targets by priority, and the calendars that count (docs/slas.md).

use chrono::TimeDelta;

use crate::domain::vocabulary::{OrganizationRole, Priority, vocabulary};

vocabulary! {
    /// A metric of a ticket, which a clock measures.
    Metric, "metric" {
        /// From the opening to the first public reply of a human agent.
        FirstResponse = "first_response",
        /// From the customer's oldest unanswered reply to the next public reply of a human agent.
        NextResponse = "next_response",
        /// From the opening to the solve, without the time in which the ticket awaits the customer's reply.
        Resolution = "resolution",
        /// From an escalation to the first public reply of a manager: an internal target of the desk, not part of any plan.
        ManagerResponse = "manager_response",
    }
}

/// The targets of a metric by priority, in open time. A priority without a target has no clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    spans: [Option<TimeDelta>; 4],
    written: [Option<String>; 4],
}

impl Targets {
    /// The target of a priority.
    pub const fn of(&self, priority: Priority) -> Option<TimeDelta> {
        self.spans[priority as usize]
    }

    /// Returns the target of a priority as casebook.toml has it, such as `3bd`.
    pub fn written(&self, priority: Priority) -> Option<&str> {
        self.written[priority as usize].as_deref()
    }

    /// Returns true if no priority has a target.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().all(Option::is_none)
    }

    /// Sets the target of a priority, and the text it was written as.
    pub fn set(&mut self, priority: Priority, target: TimeDelta, written: &str) {
        self.spans[priority as usize] = Some(target);
        self.written[priority as usize] = Some(written.to_owned());
    }
}

/// The targets of a metric that plans do not contain.
static NO_TARGETS: Targets = Targets { spans: [None; 4], written: [const { None }; 4] };

/// A rule that chooses a calendar for tickets. A condition that is left out matches every ticket.
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
    /// Returns true if the rule matches a ticket. A ticket without a language or channel is matched only by rules
    /// without a condition on it.
    pub fn applies_to(&self, language: Option<&str>, priority: Priority, channel: Option<&str>) -> bool {
        let matches_language = |expected: &String| language.is_some_and(|language| is_language(language, expected));
        let matches_channel =
            |channel: &str| self.channel.iter().any(|expected| expected.eq_ignore_ascii_case(channel));
        self.language.as_ref().is_none_or(matches_language)
            && (self.priority.is_empty() || self.priority.contains(&priority))
            && (self.channel.is_empty() || channel.is_some_and(matches_channel))
    }
}

/// Returns true if a language tag is `language` or a regional variant of it: `ja-JP` is `ja`.
pub fn is_language(tag: &str, language: &str) -> bool {
    let head = tag.get(..language.len()).is_some_and(|head| head.eq_ignore_ascii_case(language));
    head && matches!(tag.as_bytes().get(language.len()), None | Some(b'-' | b'_'))
}

/// The name of the plan from before Customer Care (docs/seeds.md#000).
const LEGACY: &str = "looker";

/// Returns the roles that may open tickets under a plan without `may_open`, or one that is not defined: administrators
/// and developers for the legacy plan, editors for every other (docs/seeds.md#000).
pub fn default_roles(plan: &str) -> &'static [OrganizationRole] {
    match plan {
        LEGACY => &[OrganizationRole::Admin, OrganizationRole::Developer],
        _ => &[OrganizationRole::TechSupportEditor],
    }
}

/// A service plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The name in casebook.toml.
    pub name: String,
    /// The roles that may open tickets.
    pub may_open: Vec<OrganizationRole>,
    /// True if only support may escalate tickets of the plan.
    pub refuses_escalation: bool,
    /// The targets of the first response.
    pub first_response: Targets,
    /// The targets of each further response.
    pub next_response: Targets,
    /// The targets of the resolution.
    pub resolution: Targets,
    /// The calendar rules; the first that matches the ticket counts.
    pub calendars: Vec<CalendarRule>,
}

impl Metric {
    /// Every metric of a plan; the manager response is not among them.
    pub const OF_PLANS: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];
}

impl Plan {
    /// Returns true if the plan has any target.
    pub fn has_targets(&self) -> bool {
        Metric::OF_PLANS.iter().any(|metric| !self.targets(*metric).is_empty())
    }

    /// Returns true if the plan has a target for tickets of a priority.
    pub fn has_target_of(&self, priority: Priority) -> bool {
        Metric::OF_PLANS.iter().any(|metric| self.targets(*metric).of(priority).is_some())
    }

    /// The targets of a metric.
    pub const fn targets(&self, metric: Metric) -> &Targets {
        match metric {
            Metric::FirstResponse => &self.first_response,
            Metric::NextResponse => &self.next_response,
            Metric::Resolution => &self.resolution,
            Metric::ManagerResponse => &NO_TARGETS,
        }
    }

    /// Returns the name of the calendar that counts for a ticket; `None` if no rule matches, so that there is no clock.
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
    fn the_first_rule_that_matches_a_ticket_counts() {
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
