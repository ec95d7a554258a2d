//! Section `[escalation]` of casebook.toml: the manager on duty, and the target for the manager response
//! (docs/follow-up.md#escalations).
//!
//! Parsed together with the [`sla`](super::sla) settings.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::targets::{RawTargets, targets};
use super::{SpannedError, known_name, spanned};
use crate::domain::people::person::Person;
use crate::domain::sla::manager_response::{EscalationPolicy, OnCallRule};
use crate::domain::vocabulary::Priority;

/// The escalation policy, with the place of each manager in the file.
#[derive(Clone, Debug, Default)]
pub struct RawEscalation {
    /// The policy.
    pub policy: EscalationPolicy,
    /// The byte range of each manager on duty in the file, in the order of the rules.
    pub spans: Vec<Range<usize>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EscalationSection {
    #[serde(default)]
    on_duty: Vec<DutySection>,
    #[serde(default)]
    manager_response: RawTargets,
    calendar: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DutySection {
    #[serde(default)]
    priority: Vec<Spanned<String>>,
    calendar: Option<Spanned<String>>,
    manager: Spanned<String>,
}

impl EscalationSection {
    /// Parses the section; `calendars` are the names of the desk's calendars.
    pub(crate) fn read(&self, calendars: &[&str]) -> Result<RawEscalation, SpannedError> {
        let calendar = |word: &Option<Spanned<String>>| {
            word.as_ref().map(|word| known_name(word, calendars, "calendar")).transpose()
        };
        let rule = |section: &DutySection| {
            let priority = section.priority.iter().map(|word| spanned(word, Priority::parse_lenient));
            Ok(OnCallRule {
                priority: priority.collect::<Result<_, _>>()?,
                calendar: calendar(&section.calendar)?,
                manager: spanned(&section.manager, Person::from_address)?,
            })
        };
        let mut policy = EscalationPolicy {
            on_duty: self.on_duty.iter().map(rule).collect::<Result<_, SpannedError>>()?,
            manager_response: targets(&self.manager_response)?,
            ..EscalationPolicy::default()
        };
        if let Some(name) = calendar(&self.calendar)? {
            policy.calendar = name;
        }
        Ok(RawEscalation { policy, spans: self.on_duty.iter().map(|duty| duty.manager.span()).collect() })
    }
}
