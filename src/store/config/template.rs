//! The casebook.toml that `init` writes.

use super::quoted;
use crate::domain::people::person::Person;
use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// A policy that a new desk begins with.
    PolicyTemplate, "template" {
        /// One plan, one calendar in the machine's time zone, and no rule about who may open tickets.
        Standard = "standard",
        /// The policy of the published support guides of Looker and Google Cloud: four plans, two calendars, product
        /// groups (docs/seeds.md).
        Looker = "looker",
    }
}

impl PolicyTemplate {
    /// Returns the holiday lists that its calendars name.
    pub const fn holidays(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &[],
            Self::Looker => &["us", "gb", "jp"],
        }
    }

    /// Returns the text of casebook.toml.
    pub fn text(self, name: &str, time_zone: &str, commit_each: bool, agent: Option<&Person>) -> String {
        let agents = agent.map(|person| quoted(person.as_str())).unwrap_or_default();
        let text = match self {
            Self::Standard => include_str!("templates/standard.toml"),
            Self::Looker => include_str!("templates/looker.toml"),
        };
        text.replace("{name}", &quoted(name))
            .replace("{time_zone}", &quoted(time_zone))
            .replace("{commit}", if commit_each { "each" } else { "never" })
            .replace("{agents}", &agents)
    }
}
