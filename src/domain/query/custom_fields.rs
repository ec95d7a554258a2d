//! Conditions on custom fields: `fields.region:emea`, `fields.cost:>5`, `fields.renewal:<2027-01-01`.
//!
//! Numbers compare as numbers and dates as dates; any other value is equal or not. The fields that a desk has are not
//! known here; the command line checks a query against them.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::{Condition, Predicate, Query};
use crate::domain::value::{Fields, Value};

/// A condition on a custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldCondition {
    /// The ticket does not have it.
    Absent,
    /// It equals this text, number or date, in upper or lower case.
    Is(String),
    /// It is between two bounds; a bound that is left out is unlimited. The flag of a bound is true if it is included.
    Between(Option<(String, bool)>, Option<(String, bool)>),
}

/// Parses the value of a condition; `None` if it is a comparison with neither a number nor a date.
pub(super) fn parse(word: &str) -> Option<FieldCondition> {
    let is_comparable = |bound: &str| number(bound).is_some() || day(bound).is_some();
    if word == "none" {
        return Some(FieldCondition::Absent);
    }
    if let Some((from, until)) = word.split_once("..")
        && !(from.is_empty() && until.is_empty())
        && [from, until].iter().all(|end| end.is_empty() || is_comparable(end))
    {
        let end = |end: &str| (!end.is_empty()).then(|| (end.to_owned(), true));
        return Some(FieldCondition::Between(end(from), end(until)));
    }
    for (sign, with_edge) in [(">=", true), ("<=", true), (">", false), ("<", false)] {
        let Some(bound) = word.strip_prefix(sign) else { continue };
        let end = is_comparable(bound).then(|| (bound.to_owned(), with_edge))?;
        return Some(if sign.starts_with('>') {
            FieldCondition::Between(Some(end), None)
        } else {
            FieldCondition::Between(None, Some(end))
        });
    }
    Some(FieldCondition::Is(word.to_owned()))
}

/// Returns true if the fields of a ticket meet one of the conditions.
pub(super) fn matches(name: &str, conditions: &[FieldCondition], fields: &Fields) -> bool {
    let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| format(value));
    conditions.iter().any(|condition| match (condition, &value) {
        (FieldCondition::Absent, value) => value.is_none(),
        (_, None) => false,
        (FieldCondition::Is(word), Some(value)) => {
            compare(value, word) == Some(Ordering::Equal) || value.to_lowercase() == word.to_lowercase()
        }
        (FieldCondition::Between(from, until), Some(value)) => {
            let within = |end: &Option<(String, bool)>, beyond: Ordering| {
                end.as_ref().is_none_or(|(bound, with_edge)| match compare(value, bound) {
                    Some(Ordering::Equal) => *with_edge,
                    Some(order) => order == beyond,
                    None => false,
                })
            };
            within(from, Ordering::Greater) && within(until, Ordering::Less)
        }
    })
}

fn format(value: &Value) -> String {
    match value {
        Value::String(text) | Value::Text(text) => text.trim_end().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// Compares two values as numbers, else as dates; other values do not compare.
fn compare(a: &str, b: &str) -> Option<Ordering> {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => Some(day(a)?.cmp(&day(b)?)),
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

impl Query {
    /// Returns the custom fields of the query, each with the values it is compared with for equality.
    pub fn custom_fields(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let mut fields = Vec::new();
        collect(&self.conditions, &mut fields);
        fields.into_iter()
    }
}

fn collect<'a>(conditions: &'a [Condition], fields: &mut Vec<(&'a str, Vec<&'a str>)>) {
    for condition in conditions {
        match &condition.predicate {
            Predicate::Field(name, conditions) => {
                let values = conditions.iter().filter_map(|condition| match condition {
                    FieldCondition::Is(word) => Some(word.as_str()),
                    _ => None,
                });
                fields.push((name, values.collect()));
            }
            Predicate::All(conditions) => collect(conditions, fields),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        let named = |name: &str, value| (name.to_owned(), value);
        vec![
            named("cost", Value::Integer(12)),
            named("ratio", Value::Number(0.5)),
            named("region", Value::from("EMEA")),
            named("renewal", Value::from("2027-01-31")),
        ]
    }

    #[test]
    fn numbers_compare_as_numbers_and_dates_as_dates() {
        for (name, word, expected) in [
            ("cost", "12", true),
            ("cost", "12.0", true),
            ("cost", ">5", true),
            ("cost", ">12", false),
            ("cost", ">=12", true),
            ("cost", "<100", true),
            ("cost", "9..20", true),
            ("cost", "..11", false),
            ("cost", ">2026-01-01", false),
            ("ratio", "<1", true),
            ("region", "emea", true),
            ("region", "apac", false),
            ("region", ">5", false),
            ("region", "none", false),
            ("renewal", "2027-01-31", true),
            ("renewal", "<2027-02-01", true),
            ("renewal", ">2027-01-31", false),
            ("renewal", "2027-01-01..", true),
            ("other", "none", true),
            ("other", "x", false),
        ] {
            let conditions = [parse(word).expect("a condition")];
            assert_eq!(matches(name, &conditions, &fields()), expected, "{name}:{word}");
        }
        assert_eq!(parse(">many"), None);
        assert_eq!(parse("a..b"), Some(FieldCondition::Is("a..b".to_owned())));
    }
}
