//! `[follow_up]` of casebook.toml: what a requester's silence leads to, by priority, and in which time it is counted.
//!
//! Calendars and texts are named here too, and read by [`super::sla`] and [`super::reminder_texts`] where they are needed.
//! Must not know tickets.

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use toml::Spanned;

use super::{SpannedError, spanned};
use crate::domain::sla::follow_up_policy::{FollowUp, FollowUpPolicy, TimeBasis};
use crate::domain::time::duration;
use crate::domain::vocabulary::Priority;

/// The keys that are no priorities and are read elsewhere.
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

/// Priorities stand beside settings, and each keeps its place in the file.
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
    /// What it comes to.
    pub(crate) fn policy(&self) -> Result<FollowUpPolicy, SpannedError> {
        let mut policy = FollowUpPolicy::default();
        for (word, spans) in &self.priorities {
            let priority = spanned(word, |word| {
                Priority::parse_lenient(word).map_err(|_| {
                    format!(
                        "`{word}` is neither a priority nor `clock`, `calendar`, `calendars`, `opt_out_tag`, `texts`"
                    )
                })
            })?;
            policy.set(priority, spans.follow_up(priority)?);
        }
        policy.counts = match self.clock.as_ref().map(|word| (word.get_ref().as_str(), word)) {
            None | Some(("calendar", _)) => TimeBasis::Calendar,
            Some(("business", word)) if !self.names_calendar => {
                let message = "`business` counts the open time of a calendar: name it with `calendar = \"NAME\"`";
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
    /// The spans of a priority: they go up, and the end of it is not before the last reminder.
    fn follow_up(&self, priority: Priority) -> Result<FollowUp, SpannedError> {
        let span = |words: &str| {
            duration::parse_duration(words).ok_or_else(|| format!("`{words}` is no span of time; `4h` or `7d` is"))
        };
        let default = FollowUp::default_of(priority);
        let mut alerts = Vec::new();
        for words in self.alerts.iter().flatten() {
            let alert = spanned(words, span)?;
            if alerts.last().is_some_and(|before| *before >= alert) {
                let message = "each reminder comes later than the one before it".to_owned();
                return Err(SpannedError(Some(words.span()), message));
            }
            alerts.push(alert);
        }
        if self.alerts.is_none() {
            alerts = default.alerts;
        }
        let solve_after = self.solve_after.as_ref().map(|words| spanned(words, span)).transpose()?;
        let solve_after = solve_after.unwrap_or(default.solve_after);
        if let Some(last) = alerts.last().filter(|last| **last > solve_after) {
            let place = self.solve_after.as_ref().map(Spanned::span);
            let place = place.or_else(|| Some(self.alerts.as_ref()?.last()?.span()));
            let (last, solve_after) = (duration::format_duration(*last), duration::format_duration(solve_after));
            let message =
                format!("silence cannot solve a ticket after {solve_after}, before its last reminder at {last}");
            return Err(SpannedError(place, message));
        }
        Ok(FollowUp { alerts, solve_after })
    }
}
