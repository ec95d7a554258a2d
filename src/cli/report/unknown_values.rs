//! Notes about values of a query that the desk does not know, when the query found nothing. They are most often
//! misspelled.
//!
//! A ticket may have values that casebook.toml does not list, so an unknown value is not an error. Customers read no notes
//! about agents and organizations, because their view of the desk has none.

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::DeskView;
use crate::domain::people::person::Person;
use crate::domain::query::{PersonField, Predicate, Query, TextField};
use crate::domain::suggestion;
use crate::view::sanitize::one_line;

/// The number of known values up to which they are all named.
const NAMED: usize = 8;

impl Session {
    /// Notes the values of a query that the desk does not know on standard error.
    pub(crate) fn warn_unknown_values(&self, view: &DeskView<'_>, query: &Query) -> Result<(), CliError> {
        for condition in query.conditions.iter().filter(|condition| !condition.negated) {
            match &condition.predicate {
                Predicate::Header(TextField::PRODUCT_GROUP, values) => {
                    let known = view.product_groups();
                    self.note("casebook.toml lists no product group", values.iter().flatten(), &known);
                }
                Predicate::Header(TextField::ORGANIZATION, values) => {
                    let known = view.organization_ids()?;
                    self.note("there is no organization", values.iter().flatten(), &known);
                }
                Predicate::Person(PersonField::Assignee, values) => {
                    let team = view.team();
                    // A name stands beside the agent who is called so.
                    let is_called = |name: &Person| {
                        name.domain().is_empty() && values.iter().flatten().any(|other| other.is_in(&team))
                    };
                    let unknown = values.iter().flatten().filter(|one| !one.is_in(&team) && !is_called(one));
                    let unknown: Vec<String> = unknown.map(ToString::to_string).collect();
                    let known: Vec<String> = team.iter().map(ToString::to_string).collect();
                    self.note("[team] in casebook.toml has no agent", unknown.iter(), &known);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes each value that is not known, if any are known.
    fn note<'a>(&self, message: &str, values: impl Iterator<Item = &'a String>, known: &[String]) {
        if known.is_empty() {
            return;
        }
        for word in values.filter(|word| !known.contains(word)) {
            self.output.warn(&one_line(&format!("note: {message} `{word}`{}", nearest(word, known))));
        }
    }
}

/// Returns a hint: the most similar known value, or all if they are few.
fn nearest(word: &str, known: &[String]) -> String {
    match suggestion::did_you_mean(word, known) {
        Some(question) => format!("; {question}"),
        None if known.len() <= NAMED => format!("; known are {}", known.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_value_is_suggested_or_all_if_they_are_few() {
        let known = ["reports_dashboards", "other"].map(str::to_owned);
        assert_eq!(nearest("Report_dashboards", &known), "; did you mean `reports_dashboards`?");
        assert_eq!(nearest("xyz", &known), "; known are reports_dashboards, other");
        assert_eq!(nearest("xyz", &vec!["abc".to_owned(); 9]), "");
    }
}
