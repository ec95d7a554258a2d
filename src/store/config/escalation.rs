//! Section `[escalation]` of casebook.toml: the manager on duty, and the target for the manager response
//! (docs/follow-up.md#escalations).

use super::plans::targets;
use super::{ConfigError, Settings, known_name};
use crate::domain::calendar::ALWAYS;
use crate::domain::people::person::Person;
use crate::domain::sla::manager_response::{EscalationPolicy, OnCallRule};
use crate::domain::vocabulary::Priority;

use super::toml_value::{TomlValue, Word};

pub(super) fn read(settings: &Settings) -> Result<EscalationPolicy, ConfigError> {
    let section = settings.section("escalation")?;
    let (calendars, team) = (settings.calendar_names(), &settings.config()?.team);
    let calendar = |setting: TomlValue<'_>| {
        setting.get("calendar").word().map(|word| known_name(word, &calendars, "calendar")).transpose()
    };
    let manager = |word: Word<'_>| {
        let manager = word.parse(Person::from_address)?;
        match team.has_manager(&manager) {
            true => Ok(manager),
            false => Err(word.error(format!("{manager} is not one of `[team] managers`"))),
        }
    };
    let mut on_duty = Vec::new();
    for rule in section.get("on_duty").items() {
        let priority = rule.get("priority").parse_all(Priority::parse_lenient)?;
        let (calendar, manager) = (calendar(rule)?, rule.get("manager").word().map(manager).transpose()?);
        on_duty.extend(manager.map(|manager| OnCallRule { priority, calendar, manager }));
    }
    let calendar = calendar(section)?.unwrap_or_else(|| ALWAYS.to_owned());
    let manager_response = targets(settings, section.get("manager_response"), &[calendar.as_str()])?;
    Ok(EscalationPolicy { on_duty, manager_response, calendar })
}
