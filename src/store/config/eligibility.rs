//! Sections `[eligibility]` and `[releases]` of casebook.toml: the customers who may open tickets.
//!
//! Needed when a ticket is opened.

use std::collections::BTreeMap;

use super::{ConfigError, Settings, date};
use crate::domain::people::eligibility::EligibilityPolicy;

pub(super) fn read(settings: &Settings) -> Result<EligibilityPolicy, ConfigError> {
    let (section, releases) = (settings.section("eligibility")?, settings.section("releases")?);
    let flag = |name: &str, default: bool| section.get(name).flag().unwrap_or(default);
    let default = EligibilityPolicy::default();
    let mut end_of_life = BTreeMap::new();
    for (word, day) in releases.get("end_of_life").entries() {
        let word = word.parse(release)?;
        end_of_life.extend(day.parse(date)?.map(|day| (word, day)));
    }
    Ok(EligibilityPolicy {
        unknown_people: section.get("unknown_people").text().map_or(default.unknown_people, |word| word == "allow"),
        roles: flag("roles", default.roles),
        releases: flag("releases", default.releases),
        project_numbers: flag("project_numbers", default.project_numbers),
        supported: releases.get("supported").parse_all(release)?,
        end_of_life,
    })
}

fn release(word: &str) -> Result<String, String> {
    let is_valid = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_valid { Ok(word.to_owned()) } else { Err(format!("`{word}` is not a release; expected for example `26.18`")) }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn read(text: &str) -> Result<EligibilityPolicy, ConfigError> {
        Settings::of(text).eligibility().cloned()
    }

    #[test]
    fn a_desk_without_settings_has_the_policy_of_the_seeds() {
        assert_eq!(read("format = 1\n"), Ok(EligibilityPolicy::default()));
        let initial = crate::store::config::PolicyTemplate::Looker.text("x", "UTC", true, None);
        assert_eq!(read(&initial), Ok(EligibilityPolicy::default()));
    }

    #[test]
    fn policy_is_read() {
        let text = "[eligibility]\nunknown_people = \"refuse\"\nroles = false\n[releases]\nsupported = [\"26.18\"]\n\
                    end_of_life = { \"26.18\" = \"2027-01-31\" }\n";
        let policy = read(text).expect("a policy");
        assert!(!policy.unknown_people && !policy.roles && policy.releases && policy.project_numbers);
        assert_eq!(policy.supported, ["26.18"]);
        assert_eq!(policy.end_of_life["26.18"], "2027-01-31".parse::<NaiveDate>().expect("a day"));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| read(text).map_err(|error| (error.line, error.column)).expect_err("an error");
        assert_eq!(error("[eligibility]\nunknown_people = \"maybe\"\n"), (2, 18));
        assert_eq!(error("[eligibility]\nrole = true\n").0, 2);
        assert_eq!(error("[releases]\nsupported = [\"26.18\", \"26 16\"]\n"), (2, 23));
        assert_eq!(error("[releases]\nend_of_life = { \"26.18\" = \"soon\" }\n").0, 2);
    }
}
