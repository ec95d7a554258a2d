//! Section `[follow_up]` of casebook.toml: when a silent requester is reminded and a ticket solved for no response, by
//! priority (docs/follow-up.md).
//!
//! The calendars and texts of the section are parsed by [`super::sla`] and [`super::reminder_texts`], only when they
//! are
//! needed.

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use toml::Spanned;

use super::{SpannedError, duration, spanned};
use crate::domain::sla::follow_up_policy::{FollowUp, FollowUpPolicy, TimeBasis};
use crate::domain::time::duration::format_duration;
use crate::domain::vocabulary::Priority;

/// The keys that other modules parse.
const ELSEWHERE: [&str; 3] = ["calendar", "calendars", "texts"];

/// The section as it is written.
#[derive(Default)]
pub(crate) struct FollowUpRules {
    clock: Option<Spanned<String>>,
    opt_out_tag: Option<Spanned<String>>,
    priorities: Vec<(Spanned<String>, RawSpans)>,
    names_calendar: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpans {
    alerts: Option<Vec<Spanned<String>>>,
    solve_after: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for FollowUpRules {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawByKey)
    }
}

/// A visitor of the section. Priorities are beside settings there, and each key keeps its place in the file.
struct RawByKey;

impl<'de> Visitor<'de> for RawByKey {
    type Value = FollowUpRules;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table of priorities and settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FollowUpRules, A::Error> {
        let mut section = FollowUpRules::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match key.get_ref().as_str() {
                "clock" => section.clock = Some(map.next_value()?),
                "opt_out_tag" => section.opt_out_tag = Some(map.next_value()?),
                word if ELSEWHERE.contains(&word) => {
                    section.names_calendar |= word != "texts";
                    let _: IgnoredAny = map.next_value()?;
                }
                _ => section.priorities.push((key, map.next_value()?)),
            }
        }
        Ok(section)
    }
}

impl FollowUpRules {
    /// Returns the policy that the section defines.
    pub(crate) fn policy(&self) -> Result<FollowUpPolicy, SpannedError> {
        let mut policy = FollowUpPolicy::default();
        for (word, spans) in &self.priorities {
            let priority = spanned(word, |word| {
                Priority::parse_lenient(word).map_err(|_| {
                    format!(
                        "`{word}` is not a setting of [follow_up]; expected a priority, `clock`, `calendar`, \
                         `calendars`, `opt_out_tag` or `texts`"
                    )
                })
            })?;
            policy.set(priority, spans.follow_up(priority)?);
        }
        policy.counts = match self.clock.as_ref().map(|word| (word.get_ref().as_str(), word)) {
            None | Some(("calendar", _)) => TimeBasis::Calendar,
            Some(("business", word)) if !self.names_calendar => {
                let message = "`business` needs a calendar; add `calendar = \"NAME\"`";
                return Err(SpannedError(Some(word.span()), message.to_owned()));
            }
            Some(("business", _)) => TimeBasis::Business,
            Some((other, word)) => {
                return Err(SpannedError(Some(word.span()), format!("`{other}` is neither `calendar` nor `business`")));
            }
        };
        if let Some(tag) = &self.opt_out_tag {
            let tag = tag.get_ref().trim();
            policy.opt_out_tag = (!tag.is_empty()).then(|| tag.to_owned());
        }
        Ok(policy)
    }
}

impl RawSpans {
    /// Parses the times of a priority: they increase, and the ticket is not solved before the last reminder.
    fn follow_up(&self, priority: Priority) -> Result<FollowUp, SpannedError> {
        let default = FollowUp::default_of(priority);
        let mut alerts = Vec::new();
        for text in self.alerts.iter().flatten() {
            let alert = spanned(text, duration)?;
            if alerts.last().is_some_and(|previous| *previous >= alert) {
                let message = "each reminder must come later than the one before it".to_owned();
                return Err(SpannedError(Some(text.span()), message));
            }
            alerts.push(alert);
        }
        if self.alerts.is_none() {
            alerts = default.alerts;
        }
        let solve_after = self.solve_after.as_ref().map(|text| spanned(text, duration)).transpose()?;
        let solve_after = solve_after.unwrap_or(default.solve_after);
        if let Some(last) = alerts.last().filter(|last| **last > solve_after) {
            let span = self.solve_after.as_ref().map(Spanned::span);
            let span = span.or_else(|| Some(self.alerts.as_ref()?.last()?.span()));
            let (last, solve_after) = (format_duration(*last), format_duration(solve_after));
            let message = format!(
                "the ticket cannot be solved after {solve_after}, before its last reminder at {last}; raise `solve_after`"
            );
            return Err(SpannedError(span, message));
        }
        Ok(FollowUp { alerts, solve_after })
    }
}
