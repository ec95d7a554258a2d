//! `[escalation]` of casebook.toml: which manager is on duty, and how soon a first word of theirs is due.
//!
//! Read only by commands that need it, with [`super::sla`]. Must not know who the desk's managers are.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::sla::{RawTargets, one_of, targets};
use super::{SpannedError, spanned};
use crate::domain::people::person::Person;
use crate::domain::sla::manager_response::{EscalationPolicy, OnCallRule};
use crate::domain::vocabulary::Priority;

/// The policy, and the place of each manager in the file.
#[derive(Clone, Debug, Default)]
pub struct RawEscalation {
    /// What holds.
    pub policy: EscalationPolicy,
    /// Where each manager on duty is named, in their order.
    pub places: Vec<Range<usize>>,
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
    /// What it comes to; `known` are the desk's calendars.
    pub(crate) fn read(&self, known: &[&str]) -> Result<RawEscalation, SpannedError> {
        let calendar =
            |word: &Option<Spanned<String>>| word.as_ref().map(|word| one_of(word, known, "calendar")).transpose();
        let duty = |section: &DutySection| {
            let priority = section.priority.iter().map(|word| spanned(word, Priority::parse_lenient));
            Ok(OnCallRule {
                priority: priority.collect::<Result<_, _>>()?,
                calendar: calendar(&section.calendar)?,
                manager: spanned(&section.manager, Person::from_address)?,
            })
        };
        let mut policy = EscalationPolicy {
            on_duty: self.on_duty.iter().map(duty).collect::<Result<_, SpannedError>>()?,
            manager_response: targets(&self.manager_response)?,
            ..EscalationPolicy::default()
        };
        if let Some(name) = calendar(&self.calendar)? {
            policy.calendar = name;
        }
        Ok(RawEscalation { policy, places: self.on_duty.iter().map(|duty| duty.manager.span()).collect() })
    }
}
