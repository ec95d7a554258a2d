//! What casebook.toml says of who may ask for support: `[eligibility]` and `[releases]`.
//!
//! Read only where a ticket is opened, and by `check`. Must not judge anybody.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::people::eligibility::EligibilityPolicy;
use crate::store::holidays;

/// What stands for other parts is left to [`super`].
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

/// Reads what the text of a casebook.toml says of eligibility.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<EligibilityPolicy, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

fn validate(text: &str) -> Result<EligibilityPolicy, SpannedError> {
    let written: RawEligibility =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    let (section, releases, default) = (written.eligibility, written.releases, EligibilityPolicy::default());
    let allowed = |words: &str| match words {
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

fn release(words: &str) -> Result<String, String> {
    let fits = !words.is_empty() && !words.contains(|c: char| c.is_whitespace() || c.is_control());
    if fits { Ok(words.to_owned()) } else { Err(format!("`{words}` is no release; `26.18` is")) }
}

fn date(words: &str) -> Result<NaiveDate, String> {
    holidays::date(words).ok_or_else(|| format!("`{words}` is no date; `2026-12-24` is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_that_says_nothing_asks_for_what_the_seeds_do() {
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
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| read(text).map_err(|flaw| (flaw.line, flaw.column)).expect_err("a flaw");
        assert_eq!(flaw("[eligibility]\nunknown_people = \"maybe\"\n"), (2, 18));
        assert_eq!(flaw("[eligibility]\nrole = true\n").0, 2);
        assert_eq!(flaw("[releases]\nsupported = [\"26.18\", \"26 16\"]\n"), (2, 23));
        assert_eq!(flaw("[releases]\nend_of_life = { \"26.18\" = \"soon\" }\n").0, 2);
    }
}
