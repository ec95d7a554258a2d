//! Conditions on the desk's own fields: `fields.region:emea`, `fields.cost:>5`, `fields.renewal:<2027-01-01`.
//!
//! Numbers compare as numbers, days as days; everything else is the same word or not. Must not know which fields the
//! desk has: the edge holds a query against them.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::{Condition, Predicate, Query};
use crate::domain::value::{Fields, Value};

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldCondition {
    /// The ticket does not have it.
    Absent,
    /// It is this word, number or day, in whatever case.
    Is(String),
    /// It lies between two values; an end left out is open. The flags say whether an end belongs to it.
    Between(Option<(String, bool)>, Option<(String, bool)>),
}

/// What a value behind the key means; none where it compares with nothing.
pub(super) fn wish(word: &str) -> Option<FieldCondition> {
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

/// Whether a ticket's fields are as one of the wishes has it.
pub(super) fn is_met(name: &str, wishes: &[FieldCondition], fields: &Fields) -> bool {
    let value = fields.iter().find(|(known, _)| known == name).map(|(_, value)| spelled(value));
    wishes.iter().any(|wish| match (wish, &value) {
        (FieldCondition::Absent, value) => value.is_none(),
        (_, None) => false,
        (FieldCondition::Is(word), Some(value)) => {
            compare(value, word) == Some(Ordering::Equal) || value.to_lowercase() == word.to_lowercase()
        }
        (FieldCondition::Between(from, until), Some(value)) => {
            let fits = |end: &Option<(String, bool)>, beyond: Ordering| {
                end.as_ref().is_none_or(|(bound, with_edge)| match compare(value, bound) {
                    Some(Ordering::Equal) => *with_edge,
                    Some(order) => order == beyond,
                    None => false,
                })
            };
            fits(from, Ordering::Greater) && fits(until, Ordering::Less)
        }
    })
}

fn spelled(value: &Value) -> String {
    match value {
        Value::String(words) | Value::Text(words) => words.trim_end().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// Both as numbers, else both as days; anything else does not compare.
fn compare(a: &str, b: &str) -> Option<Ordering> {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => Some(day(a)?.cmp(&day(b)?)),
    }
}

fn number(words: &str) -> Option<f64> {
    words.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn day(words: &str) -> Option<NaiveDate> {
    words.parse().ok()
}

impl Query {
    /// The fields of the desk's own that are asked for, and the words each is held against.
    pub fn own_fields(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let mut asked = Vec::new();
        gather(&self.conditions, &mut asked);
        asked.into_iter()
    }
}

fn gather<'a>(conditions: &'a [Condition], asked: &mut Vec<(&'a str, Vec<&'a str>)>) {
    for condition in conditions {
        match &condition.test {
            Predicate::Field(name, wishes) => {
                let words = wishes.iter().filter_map(|wish| match wish {
                    FieldCondition::Is(word) => Some(word.as_str()),
                    _ => None,
                });
                asked.push((name, words.collect()));
            }
            Predicate::All(conditions) => gather(conditions, asked),
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
    fn numbers_compare_as_numbers_and_days_as_days() {
        for (name, word, wanted) in [
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
            let wishes = [wish(word).expect("a wish")];
            assert_eq!(is_met(name, &wishes, &fields()), wanted, "{name}:{word}");
        }
        assert_eq!(wish(">many"), None);
        assert_eq!(wish("a..b"), Some(FieldCondition::Is("a..b".to_owned())));
    }
}
