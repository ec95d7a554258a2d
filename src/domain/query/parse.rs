//! From words to conditions. The first thing wrong is told with its place.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    AsOf, Condition, PersonField, Predicate, Query, QueryError, QueryErrorKind, StateTest, TextField, TimeField,
};
use super::{custom_fields, dates};
use crate::domain::people::person::Person;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};

/// Every key of a query.
pub const KEYS: [&str; 17] = [
    "status",
    "priority",
    "org",
    "requester",
    "assignee",
    "cc",
    "group",
    "channel",
    "tag",
    "resolution",
    "hold",
    "lang",
    "is",
    "created",
    "updated",
    "due",
    "as-of",
];

/// What stands before the name of one of the desk's own fields.
const OWN: &str = "fields.";

/// What a query is read in: its present and zone, who asks, and the queries the desk has saved.
#[derive(Clone, Copy, Debug)]
pub struct QueryScope<'a> {
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Whose days are meant.
    pub zone: &'a Zone,
    /// Who `me` is.
    pub me: Option<&'a Person>,
    /// What `@name` stands for.
    pub saved: &'a BTreeMap<String, String>,
}

/// Reads a query.
///
/// # Errors
/// The first thing wrong, with its place in `text`.
pub fn parse(text: &str, scope: &QueryScope<'_>) -> Result<Query, QueryError> {
    read(text, scope, &mut Vec::new())
}

fn read(text: &str, scope: &QueryScope<'_>, within: &mut Vec<String>) -> Result<Query, QueryError> {
    let mut query = Query::default();
    for token in tokens(text)? {
        let (negated, words) = match token.words.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (true, token.behind(rest)),
            _ => (false, token.clone()),
        };
        if let Some(name) = words.words.strip_prefix('@') {
            let saved = saved(name, &words, scope, within)?;
            query = query.and(if negated { none_of(saved) } else { saved });
            continue;
        }
        match words.words.split_once(':').filter(|_| !words.words.starts_with('"')) {
            None => query
                .conditions
                .push(Condition { negated, test: Predicate::Text(unquoted(words.words).to_lowercase()) }),
            Some(("as-of", moment)) => {
                if query.as_of.is_some() {
                    return Err(words.flaw(QueryErrorKind::SecondMoment));
                }
                query.as_of = Some(as_of(unquoted(moment), &words, scope)?);
            }
            Some((key, values)) => {
                query.conditions.push(Condition { negated, test: test(key, &words, values, scope)? })
            }
        }
    }
    Ok(query)
}

fn saved(
    name: &str,
    token: &QueryToken<'_>,
    scope: &QueryScope<'_>,
    within: &mut Vec<String>,
) -> Result<Query, QueryError> {
    let text = scope.saved.get(name).ok_or_else(|| token.flaw(QueryErrorKind::UnknownSaved(name.to_owned())))?;
    if within.iter().any(|outer| outer == name) {
        return Err(token.flaw(QueryErrorKind::SavedInCircle(name.to_owned())));
    }
    within.push(name.to_owned());
    // What is wrong inside a saved query is told at the word that called it.
    let query = read(text, scope, within).map_err(|flaw| token.flaw(flaw.kind))?;
    within.pop();
    Ok(query)
}

/// A saved query that must not hold; the moment it looks at stays.
fn none_of(query: Query) -> Query {
    let negated = match <[Condition; 1]>::try_from(query.conditions) {
        Ok([only]) => Condition { negated: !only.negated, ..only },
        Err(several) => Condition { negated: true, test: Predicate::All(several) },
    };
    Query { conditions: vec![negated], ..query }
}

fn as_of(moment: &str, token: &QueryToken<'_>, scope: &QueryScope<'_>) -> Result<AsOf, QueryError> {
    if moment.is_empty() {
        return Err(token.flaw(QueryErrorKind::NoValue));
    }
    Ok(match dates::end_of(moment, scope) {
        Some(instant) => AsOf::Instant(instant),
        None => AsOf::Revision(moment.to_owned()),
    })
}

fn test(key: &str, token: &QueryToken<'_>, values: &str, scope: &QueryScope<'_>) -> Result<Predicate, QueryError> {
    let values = QueryValues { key, token, values: split(values) };
    if let Some(name) = key.strip_prefix(OWN).filter(|name| !name.is_empty()) {
        if values.values.is_empty() {
            return Err(token.flaw(QueryErrorKind::NoValue));
        }
        let wish = |word: &str| custom_fields::wish(word).ok_or_else(|| QueryErrorKind::NoBound(word.to_owned()));
        return Ok(Predicate::Field(name.to_owned(), values.each(wish)?));
    }
    if !KEYS.contains(&key) {
        return Err(QueryError {
            length: key.chars().count(),
            ..token.flaw(QueryErrorKind::UnknownKey(key.to_owned()))
        });
    }
    if values.values.is_empty() {
        return Err(token.flaw(QueryErrorKind::NoValue));
    }
    let time = |fact| {
        values
            .each(|word| dates::range(word, fact, scope).ok_or_else(|| QueryErrorKind::NoTime(word.to_owned())))
            .map(|ranges| Predicate::Time(fact, ranges))
    };
    let words = |fact| Ok(Predicate::Words(fact, values.each(|word| Ok((word != "none").then(|| word.to_owned())))?));
    let person = |fact| Ok(Predicate::Person(fact, values.each(|word| person(word, scope))?));
    match key {
        "status" => {
            Ok(Predicate::Status(values.each(|word| word.parse::<Status>().map_err(QueryErrorKind::UnknownWord))?))
        }
        "priority" => Ok(Predicate::Priority(
            values.each(|word| Priority::parse_lenient(word).map_err(QueryErrorKind::UnknownWord))?,
        )),
        "hold" => {
            Ok(Predicate::Hold(values.each(|word| word.parse::<HoldReason>().map_err(QueryErrorKind::UnknownWord))?))
        }
        "resolution" => Ok(Predicate::Resolution(
            values.each(|word| word.parse::<Resolution>().map_err(QueryErrorKind::UnknownWord))?,
        )),
        "is" => Ok(Predicate::Is(values.each(state)?)),
        "requester" => person(PersonField::Requester),
        "assignee" => person(PersonField::Assignee),
        "cc" => person(PersonField::Cc),
        "org" => words(TextField::Organization),
        "group" => words(TextField::ProductGroup),
        "channel" => words(TextField::Channel),
        "tag" => words(TextField::Tag),
        "lang" => words(TextField::Language),
        "created" => time(TimeField::Created),
        "updated" => time(TimeField::Updated),
        _ => time(TimeField::Due),
    }
}

fn person(word: &str, scope: &QueryScope<'_>) -> Result<Option<Person>, QueryErrorKind> {
    match (word, scope.me) {
        ("none", _) => Ok(None),
        ("me", Some(me)) => Ok(Some(me.clone())),
        _ => Person::from_name(word).map(Some).map_err(|_| QueryErrorKind::NoPerson(word.to_owned())),
    }
}

fn state(word: &str) -> Result<StateTest, QueryErrorKind> {
    let known = StateTest::WORDS.into_iter().find(|(known, _)| *known == word);
    known.map(|(_, is)| is).ok_or_else(|| QueryErrorKind::UnknownState(word.to_owned()))
}

/// The values behind a key, with their places.
struct QueryValues<'a> {
    key: &'a str,
    token: &'a QueryToken<'a>,
    values: Vec<(usize, &'a str)>,
}

impl QueryValues<'_> {
    fn each<T>(&self, read: impl Fn(&str) -> Result<T, QueryErrorKind>) -> Result<Vec<T>, QueryError> {
        let begin = self.token.start + self.key.chars().count() + 1;
        let read = |(offset, word): &(usize, &str)| {
            read(unquoted(word)).map_err(|kind| QueryError {
                start: begin + offset,
                length: word.chars().count(),
                kind,
            })
        };
        self.values.iter().map(read).collect()
    }
}

/// The values between commas that stand outside quotes, with their offsets in characters.
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

/// A word of a query: everything up to the next blank outside quotes.
#[derive(Clone)]
struct QueryToken<'a> {
    start: usize,
    words: &'a str,
}

impl<'a> QueryToken<'a> {
    fn flaw(&self, kind: QueryErrorKind) -> QueryError {
        QueryError { start: self.start, length: self.words.chars().count(), kind }
    }

    /// The rest of it, behind a sign of one character.
    const fn behind(&self, rest: &'a str) -> Self {
        Self { start: self.start + 1, words: rest }
    }
}

fn tokens(text: &str) -> Result<Vec<QueryToken<'_>>, QueryError> {
    let mut tokens = Vec::new();
    let (mut begin, mut quote): (Option<(usize, usize)>, Option<usize>) = (None, None);
    for (column, (byte, c)) in text.char_indices().enumerate() {
        match (c, begin) {
            (c, Some((start, from))) if c.is_whitespace() && quote.is_none() => {
                tokens.push(QueryToken { start, words: &text[from..byte] });
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
    tokens.extend(begin.map(|(start, from)| QueryToken { start, words: &text[from..] }));
    Ok(tokens)
}
