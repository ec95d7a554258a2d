//! Section `[follow_up]` of casebook.toml: when a silent requester is reminded and a ticket solved for no response, by
//! priority (docs/follow-up.md).
//!
//! The texts of the section are parsed by [`super::reminder_texts`], and its calendars by [`super::plans`].

use super::toml_value::TomlValue;
use super::{ConfigError, Settings, duration};
use crate::domain::sla::follow_up_policy::{FollowUp, FollowUpPolicy, TimeBasis};
use crate::domain::time::duration::format_duration;
use crate::domain::vocabulary::Priority;

/// Returns the policy that the section defines.
pub(super) fn read(settings: &Settings) -> Result<FollowUpPolicy, ConfigError> {
    let section = settings.section("follow_up")?;
    let mut policy = FollowUpPolicy::default();
    for (word, times) in section.entries() {
        if let Ok(priority) = Priority::parse_lenient(word.text) {
            policy.set(priority, follow_up(priority, times)?);
        }
    }
    if section.get("clock").text() == Some("business") {
        policy.counts = TimeBasis::Business;
        if ["calendar", "calendars"].iter().all(|name| section.get(name).is_absent()) {
            return Err(section.get("clock").error("`business` needs a calendar; add `calendar = \"NAME\"`"));
        }
    }
    if let Some(tag) = section.get("opt_out_tag").text() {
        policy.opt_out_tag = Some(tag.trim().to_owned()).filter(|tag| !tag.is_empty());
    }
    Ok(policy)
}

/// Parses the times of a priority: they increase, and the ticket is not solved before the last reminder.
fn follow_up(priority: Priority, written: TomlValue<'_>) -> Result<FollowUp, ConfigError> {
    let mut times = FollowUp::default_of(priority);
    let (alerts, solve_after) = (written.get("alerts"), written.get("solve_after"));
    let mut last_place = solve_after;
    if !alerts.is_absent() {
        times.alerts.clear();
    }
    for text in alerts.items() {
        let alert = text.parse(duration)?;
        if alert <= times.alerts.last().copied() {
            return Err(text.error("each reminder must come later than the one before it"));
        }
        times.alerts.extend(alert);
        last_place = text;
    }
    times.solve_after = solve_after.parse(duration)?.unwrap_or(times.solve_after);
    match times.alerts.last() {
        Some(last) if *last > times.solve_after => {
            let place = if solve_after.is_absent() { last_place } else { solve_after };
            Err(place.error(format!(
                "the ticket cannot be solved after {}, before its last reminder at {}; raise `solve_after`",
                format_duration(times.solve_after),
                format_duration(*last)
            )))
        }
        _ => Ok(times),
    }
}
