//! Sections `[eligibility]` and `[releases]` of casebook.toml: the customers who may open tickets.
//!
//! Parsed only when a ticket is opened, and by `check`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, date, spanned};
use crate::domain::people::eligibility::EligibilityPolicy;

/// The sections of the file that belong here; [`super`] checks the other ones.
#[derive(Deserialize)]
struct RawEligibility {
    #[serde(default)]
    eligibility: EligibilitySection,
    #[serde(default)]
    releases: ReleasesSection,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EligibilitySection {
    unknown_people: Option<Spanned<String>>,
    roles: Option<bool>,
    releases: Option<bool>,
    project_numbers: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleasesSection {
    #[serde(default)]
    supported: Vec<Spanned<String>>,
    #[serde(default)]
    end_of_life: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// Parses the eligibility policy in the text of a casebook.toml.
///
/// # Errors
/// The first invalid setting, with its line and column.
pub fn read(text: &str) -> Result<EligibilityPolicy, ConfigError> {
    validate(text).map_err(|error| error.within(text))
}

fn validate(text: &str) -> Result<EligibilityPolicy, SpannedError> {
    let written: RawEligibility = toml::from_str(text)?;
    let (section, releases, default) = (written.eligibility, written.releases, EligibilityPolicy::default());
    let allowed = |word: &str| match word {
        "allow" => Ok(true),
        "refuse" => Ok(false),
        other => Err(format!("`{other}` is neither `allow` nor `refuse`")),
    };
    let unknown_people = section.unknown_people.as_ref().map(|word| spanned(word, allowed)).transpose()?;
    let supported = releases.supported.iter().map(|word| spanned(word, release)).collect::<Result<Vec<_>, _>>()?;
    let mut end_of_life = BTreeMap::new();
    for (word, day) in &releases.end_of_life {
        end_of_life.insert(spanned(word, release)?, spanned(day, date)?);
    }
    Ok(EligibilityPolicy {
        unknown_people: unknown_people.unwrap_or(default.unknown_people),
        roles: section.roles.unwrap_or(default.roles),
        releases: section.releases.unwrap_or(default.releases),
        project_numbers: section.project_numbers.unwrap_or(default.project_numbers),
        supported,
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

    #[test]
    fn a_desk_without_settings_has_the_policy_of_the_seeds() {
        assert_eq!(read("format = 1\n"), Ok(EligibilityPolicy::default()));
        let initial = crate::store::config::initial("x", "UTC", true, None);
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
