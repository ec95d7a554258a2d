//! What a query that meant nothing asked for and the desk does not know: most often a word that is misspelled.
//!
//! A ticket may hold what casebook.toml does not list, so such a word is no mistake of the query's; it is worth a note
//! where nothing was found. Must not say what customers may not know.

use super::CliError;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::query::{PersonField, Predicate, Query, TextField};
use crate::view::Viewer;
use crate::view::sanitize::one_line;

/// So many known words are named; of more, none.
const NAMED: usize = 8;

impl Session {
    /// Notes on standard error what a query asked for that the desk does not know. For people, who are told nothing else.
    pub(crate) fn warn_unknown_values(&self, casebook: &Desk, query: &Query) -> Result<(), CliError> {
        let is_support = self.viewer(casebook)? == Viewer::Support;
        for condition in query.conditions.iter().filter(|condition| !condition.negated) {
            match &condition.predicate {
                Predicate::Header(TextField::ProductGroup, asked) => {
                    let groups = casebook.policy().choices().map(|choices| choices.product_groups).unwrap_or_default();
                    let known: Vec<String> = groups.into_iter().map(|group| group.name).collect();
                    self.note("casebook.toml lists no product group", asked.iter().flatten(), &known);
                }
                Predicate::Header(TextField::Organization, asked) if is_support => {
                    let known = casebook.policy().organization_ids()?;
                    self.note("there is no file of an organization", asked.iter().flatten(), &known);
                }
                Predicate::Person(PersonField::Assignee, asked) if is_support => {
                    let team = &casebook.config().team;
                    let known: Vec<String> =
                        team.agents.iter().chain(&team.managers).map(|person| person.as_str().to_owned()).collect();
                    let strangers = asked.iter().flatten().filter(|person| !team.has_agent(person));
                    let strangers: Vec<String> = strangers.map(|person| person.as_str().to_owned()).collect();
                    self.note("[team] in casebook.toml has no agent", strangers.iter(), &known);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A note for each word that is not known, where any is.
    fn note<'a>(&self, what: &str, asked: impl Iterator<Item = &'a String>, known: &[String]) {
        if known.is_empty() {
            return;
        }
        for word in asked.filter(|word| !known.contains(word)) {
            self.output.warn(&one_line(&format!("note: {what} `{word}`{}", nearest(word, known))));
        }
    }
}

/// The known word that is nearest, or all where they are few.
fn nearest(word: &str, known: &[String]) -> String {
    let score = |known: &String| strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase());
    let best = known.iter().max_by(|a, b| score(a).total_cmp(&score(b))).filter(|best| score(best) > 0.8);
    match best {
        Some(best) => format!("; did you mean `{best}`?"),
        None if known.len() <= NAMED => format!("; known are {}", known.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_or_the_few_there_are() {
        let known = ["reports_dashboards", "other"].map(str::to_owned);
        assert_eq!(nearest("Report_dashboards", &known), "; did you mean `reports_dashboards`?");
        assert_eq!(nearest("xyz", &known), "; known are reports_dashboards, other");
        assert_eq!(nearest("xyz", &vec!["abc".to_owned(); 9]), "");
    }
}
