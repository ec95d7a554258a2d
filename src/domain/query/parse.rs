//! The parser of queries: from text to conditions. It reports the first error with its position.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{AsOf, Condition, NONE, PersonField, Predicate, Query, QueryError, QueryErrorKind, TextField, TimeField};
use super::{custom_fields, dates};
use crate::domain::people::person::Person;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{Priority, UnknownWord};

/// Returns every key of a query, without those of custom fields.
pub fn keys() -> Vec<&'static str> {
    let mut keys = vec!["status", "priority", "requester", "assignee", "cc", "resolution", "hold", "key"];
    keys.extend(TextField::all().map(TextField::key));
    keys.extend(["is", "created", "updated", "due", "as-of"]);
    keys
}

/// The prefix of the name of a custom field.
const CUSTOM: &str = "fields.";

/// The scope of a query: the present, the time zone, the viewer, and the saved queries.
#[derive(Clone, Copy, Debug)]
pub struct QueryScope<'a> {
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// The time zone whose days are meant.
    pub zone: &'a Zone,
    /// The viewer, whom `me` means.
    pub viewer: Option<&'a Person>,
    /// The text of each saved query, by the name after `@`.
    pub saved: &'a BTreeMap<String, String>,
}

/// Parses a query.
///
/// # Errors
/// The first error, with its position in `text`.
pub fn parse(text: &str, scope: &QueryScope<'_>) -> Result<Query, QueryError> {
    parse_within(text, scope, &mut Vec::new())
}

/// Parses a query that is inside of the saved queries `within`.
fn parse_within(text: &str, scope: &QueryScope<'_>, within: &mut Vec<String>) -> Result<Query, QueryError> {
    let mut query = Query::default();
    for token in tokens(text)? {
        let (negated, token) = match token.text.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (true, token.after_sign(rest)),
            _ => (false, token.clone()),
        };
        if let Some(name) = token.text.strip_prefix('@') {
            let saved = saved(name, &token, scope, within)?;
            query = query.and(if negated { none_of(saved) } else { saved });
            continue;
        }
        if ["AND", "OR", "NOT"].contains(&token.text) {
            return Err(token.error(QueryErrorKind::Operator(token.text.to_owned())));
        }
        match token.text.split_once(':').filter(|_| !token.text.starts_with('"')) {
            None => query
                .conditions
                .push(Condition { negated, predicate: Predicate::Text(unquoted(token.text).to_lowercase()) }),
            Some(("as-of", moment)) => {
                if query.as_of.is_some() {
                    return Err(token.error(QueryErrorKind::DuplicateAsOf));
                }
                query.as_of = Some(as_of(unquoted(moment), &token, scope)?);
            }
            Some((key, values)) => {
                let predicate = predicate(key, &token, values, scope)?;
                query.conditions.push(Condition { negated, predicate })
            }
        }
    }
    Ok(query)
}

/// Parses a saved query.
fn saved(
    name: &str,
    token: &QueryToken<'_>,
    scope: &QueryScope<'_>,
    within: &mut Vec<String>,
) -> Result<Query, QueryError> {
    let text = scope.saved.get(name).ok_or_else(|| token.error(QueryErrorKind::UnknownSaved(name.to_owned())))?;
    if within.iter().any(|outer| outer == name) {
        return Err(token.error(QueryErrorKind::SavedQueryCycle(name.to_owned())));
    }
    within.push(name.to_owned());
    // An error inside a saved query is reported at the token that refers to it.
    let query = parse_within(text, scope, within).map_err(|error| token.error(error.kind))?;
    within.pop();
    Ok(query)
}

/// Negates a saved query; its moment stays.
fn none_of(query: Query) -> Query {
    let negated = match <[Condition; 1]>::try_from(query.conditions) {
        Ok([only]) => Condition { negated: !only.negated, ..only },
        Err(several) => Condition { negated: true, predicate: Predicate::All(several) },
    };
    Query { conditions: vec![negated], ..query }
}

fn as_of(moment: &str, token: &QueryToken<'_>, scope: &QueryScope<'_>) -> Result<AsOf, QueryError> {
    if moment.is_empty() {
        return Err(token.error(QueryErrorKind::MissingValue));
    }
    Ok(match dates::end_of(moment, scope) {
        Some(instant) => AsOf::Instant(instant.map_err(|kind| token.error(kind))?),
        None => AsOf::Revision(moment.to_owned()),
    })
}

fn predicate(key: &str, token: &QueryToken<'_>, values: &str, scope: &QueryScope<'_>) -> Result<Predicate, QueryError> {
    let values = QueryValues { key, token, values: split(values) };
    if let Some(name) = key.strip_prefix(CUSTOM).filter(|name| !name.is_empty()) {
        if values.values.is_empty() {
            return Err(token.error(QueryErrorKind::MissingValue));
        }
        let condition =
            |word: &str| custom_fields::parse(word).ok_or_else(|| QueryErrorKind::InvalidBound(word.to_owned()));
        return Ok(Predicate::Field(name.to_owned(), values.each(condition)?));
    }
    let unknown =
        || QueryError { length: key.chars().count(), ..token.error(QueryErrorKind::UnknownKey(key.to_owned())) };
    if !keys().contains(&key) {
        return Err(unknown());
    }
    if values.values.is_empty() {
        return Err(token.error(QueryErrorKind::MissingValue));
    }
    let time =
        |field| values.each(|word| dates::range(word, field, scope)).map(|ranges| Predicate::Time(field, ranges));
    let person = |field| Ok(Predicate::Person(field, values.each(|word| person(word, scope))?));
    match key {
        "status" => Ok(Predicate::Status(values.words(str::parse)?)),
        "priority" => Ok(Predicate::Priority(values.words(Priority::parse_lenient)?)),
        "hold" => Ok(Predicate::Hold(values.words(str::parse)?)),
        "resolution" => Ok(Predicate::Resolution(values.words(str::parse)?)),
        "key" => Ok(Predicate::Key(values.each(|word| Ok(word.to_owned()))?)),
        "is" => {
            let unknown = |word: &str| QueryErrorKind::UnknownState(word.to_owned());
            Ok(Predicate::Is(values.each(|word| word.parse().map_err(|_| unknown(word)))?))
        }
        "requester" => person(PersonField::Requester),
        "assignee" => person(PersonField::Assignee),
        "cc" => person(PersonField::Cc),
        "created" => time(TimeField::Created),
        "updated" => time(TimeField::Updated),
        "due" => time(TimeField::Due),
        _ => {
            let field = TextField::all().find(|field| field.key() == key).ok_or_else(unknown)?;
            let value = |word: &str| Ok((word != NONE).then(|| word.to_owned()));
            Ok(Predicate::Header(field, values.each(value)?))
        }
    }
}

fn person(word: &str, scope: &QueryScope<'_>) -> Result<Option<Person>, QueryErrorKind> {
    match (word, scope.viewer) {
        (NONE, _) => Ok(None),
        ("me", Some(viewer)) => Ok(Some(viewer.clone())),
        _ => Person::from_name(word).map(Some).map_err(|_| QueryErrorKind::InvalidPerson(word.to_owned())),
    }
}

/// The values after a key, with their positions.
struct QueryValues<'a> {
    key: &'a str,
    token: &'a QueryToken<'a>,
    values: Vec<(usize, &'a str)>,
}

impl QueryValues<'_> {
    /// Parses each value; an error gets the position of the value.
    fn each<T>(&self, parse: impl Fn(&str) -> Result<T, QueryErrorKind>) -> Result<Vec<T>, QueryError> {
        let begin = self.token.start + self.key.chars().count() + 1;
        let parse = |(offset, word): &(usize, &str)| {
            parse(unquoted(word)).map_err(|kind| QueryError {
                start: begin + offset,
                length: word.chars().count(),
                kind,
            })
        };
        self.values.iter().map(parse).collect()
    }

    /// Parses each value as a word of a vocabulary.
    fn words<T>(&self, parse: impl Fn(&str) -> Result<T, UnknownWord>) -> Result<Vec<T>, QueryError> {
        self.each(|word| parse(word).map_err(QueryErrorKind::UnknownWord))
    }
}

/// Splits values at commas outside of quotes; returns them with their offsets in characters.
fn split(values: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut begin, mut begin_column, mut quoted) = (Vec::new(), 0, 0, false);
    for (column, (byte, c)) in values.char_indices().chain([(values.len(), ',')]).enumerate() {
        match c {
            '"' if byte < values.len() => quoted = !quoted,
            ',' if !quoted || byte == values.len() => {
                if byte > begin {
                    parts.push((begin_column, &values[begin..byte]));
                }
                (begin, begin_column) = (byte + 1, column + 1);
            }
            _ => {}
        }
    }
    parts
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).unwrap_or(word)
}

/// A token of a query: everything up to the next blank outside of quotes.
#[derive(Clone)]
struct QueryToken<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> QueryToken<'a> {
    fn error(&self, kind: QueryErrorKind) -> QueryError {
        QueryError { start: self.start, length: self.text.chars().count(), kind }
    }

    /// Returns the rest of the token after a sign of one character.
    const fn after_sign(&self, rest: &'a str) -> Self {
        Self { start: self.start + 1, text: rest }
    }
}

fn tokens(text: &str) -> Result<Vec<QueryToken<'_>>, QueryError> {
    let mut tokens = Vec::new();
    let (mut begin, mut quote): (Option<(usize, usize)>, Option<usize>) = (None, None);
    for (column, (byte, c)) in text.char_indices().enumerate() {
        match (c, begin) {
            (c, Some((start, from))) if c.is_whitespace() && quote.is_none() => {
                tokens.push(QueryToken { start, text: &text[from..byte] });
                begin = None;
            }
            (c, None) if !c.is_whitespace() => begin = Some((column, byte)),
            _ => {}
        }
        if c == '"' {
            quote = if quote.is_some() { None } else { Some(column) };
        }
    }
    if let Some(start) = quote {
        return Err(QueryError { start, length: 1, kind: QueryErrorKind::OpenQuote });
    }
    tokens.extend(begin.map(|(start, from)| QueryToken { start, text: &text[from..] }));
    Ok(tokens)
}
