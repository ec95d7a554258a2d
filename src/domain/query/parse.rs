//! From words to conditions. The first thing wrong is told with its place.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{AsOf, Condition, Is, PersonFact, Query, QueryFlaw, QueryFlawKind, Test, TimeFact, WordsFact};
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
pub struct Scope<'a> {
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
pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Query, QueryFlaw> {
    read(text, scope, &mut Vec::new())
}

fn read(text: &str, scope: &Scope<'_>, within: &mut Vec<String>) -> Result<Query, QueryFlaw> {
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
            None => {
                query.conditions.push(Condition { negated, test: Test::Text(unquoted(words.words).to_lowercase()) })
            }
            Some(("as-of", moment)) => {
                if query.as_of.is_some() {
                    return Err(words.flaw(QueryFlawKind::SecondMoment));
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

fn saved(name: &str, token: &Token<'_>, scope: &Scope<'_>, within: &mut Vec<String>) -> Result<Query, QueryFlaw> {
    let text = scope.saved.get(name).ok_or_else(|| token.flaw(QueryFlawKind::UnknownSaved(name.to_owned())))?;
    if within.iter().any(|outer| outer == name) {
        return Err(token.flaw(QueryFlawKind::SavedInCircle(name.to_owned())));
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
        Err(several) => Condition { negated: true, test: Test::All(several) },
    };
    Query { conditions: vec![negated], ..query }
}

fn as_of(moment: &str, token: &Token<'_>, scope: &Scope<'_>) -> Result<AsOf, QueryFlaw> {
    if moment.is_empty() {
        return Err(token.flaw(QueryFlawKind::NoValue));
    }
    Ok(match dates::end_of(moment, scope) {
        Some(instant) => AsOf::Instant(instant),
        None => AsOf::Revision(moment.to_owned()),
    })
}

fn test(key: &str, token: &Token<'_>, values: &str, scope: &Scope<'_>) -> Result<Test, QueryFlaw> {
    let values = Values { key, token, values: split(values) };
    if let Some(name) = key.strip_prefix(OWN).filter(|name| !name.is_empty()) {
        if values.values.is_empty() {
            return Err(token.flaw(QueryFlawKind::NoValue));
        }
        let wish = |word: &str| custom_fields::wish(word).ok_or_else(|| QueryFlawKind::NoBound(word.to_owned()));
        return Ok(Test::Field(name.to_owned(), values.each(wish)?));
    }
    if !KEYS.contains(&key) {
        return Err(QueryFlaw { length: key.chars().count(), ..token.flaw(QueryFlawKind::UnknownKey(key.to_owned())) });
    }
    if values.values.is_empty() {
        return Err(token.flaw(QueryFlawKind::NoValue));
    }
    let time = |fact| {
        values
            .each(|word| dates::range(word, fact, scope).ok_or_else(|| QueryFlawKind::NoTime(word.to_owned())))
            .map(|ranges| Test::Time(fact, ranges))
    };
    let words = |fact| Ok(Test::Words(fact, values.each(|word| Ok((word != "none").then(|| word.to_owned())))?));
    let person = |fact| Ok(Test::Person(fact, values.each(|word| person(word, scope))?));
    match key {
        "status" => Ok(Test::Status(values.each(|word| word.parse::<Status>().map_err(QueryFlawKind::UnknownWord))?)),
        "priority" => Ok(Test::Priority(
            values.each(|word| Priority::from_any_spelling(word).map_err(QueryFlawKind::UnknownWord))?,
        )),
        "hold" => Ok(Test::Hold(values.each(|word| word.parse::<HoldReason>().map_err(QueryFlawKind::UnknownWord))?)),
        "resolution" => {
            Ok(Test::Resolution(values.each(|word| word.parse::<Resolution>().map_err(QueryFlawKind::UnknownWord))?))
        }
        "is" => Ok(Test::Is(values.each(state)?)),
        "requester" => person(PersonFact::Requester),
        "assignee" => person(PersonFact::Assignee),
        "cc" => person(PersonFact::Cc),
        "org" => words(WordsFact::Organization),
        "group" => words(WordsFact::ProductGroup),
        "channel" => words(WordsFact::Channel),
        "tag" => words(WordsFact::Tag),
        "lang" => words(WordsFact::Language),
        "created" => time(TimeFact::Created),
        "updated" => time(TimeFact::Updated),
        _ => time(TimeFact::Due),
    }
}

fn person(word: &str, scope: &Scope<'_>) -> Result<Option<Person>, QueryFlawKind> {
    match (word, scope.me) {
        ("none", _) => Ok(None),
        ("me", Some(me)) => Ok(Some(me.clone())),
        _ => Person::from_name(word).map(Some).map_err(|_| QueryFlawKind::NoPerson(word.to_owned())),
    }
}

fn state(word: &str) -> Result<Is, QueryFlawKind> {
    let known = Is::WORDS.into_iter().find(|(known, _)| *known == word);
    known.map(|(_, is)| is).ok_or_else(|| QueryFlawKind::UnknownState(word.to_owned()))
}

/// The values behind a key, with their places.
struct Values<'a> {
    key: &'a str,
    token: &'a Token<'a>,
    values: Vec<(usize, &'a str)>,
}

impl Values<'_> {
    fn each<T>(&self, read: impl Fn(&str) -> Result<T, QueryFlawKind>) -> Result<Vec<T>, QueryFlaw> {
        let begin = self.token.start + self.key.chars().count() + 1;
        let read = |(offset, word): &(usize, &str)| {
            read(unquoted(word)).map_err(|kind| QueryFlaw { start: begin + offset, length: word.chars().count(), kind })
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
struct Token<'a> {
    start: usize,
    words: &'a str,
}

impl<'a> Token<'a> {
    fn flaw(&self, kind: QueryFlawKind) -> QueryFlaw {
        QueryFlaw { start: self.start, length: self.words.chars().count(), kind }
    }

    /// The rest of it, behind a sign of one character.
    const fn behind(&self, rest: &'a str) -> Self {
        Self { start: self.start + 1, words: rest }
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, QueryFlaw> {
    let mut tokens = Vec::new();
    let (mut begin, mut quote): (Option<(usize, usize)>, Option<usize>) = (None, None);
    for (column, (byte, c)) in text.char_indices().enumerate() {
        match (c, begin) {
            (c, Some((start, from))) if c.is_whitespace() && quote.is_none() => {
                tokens.push(Token { start, words: &text[from..byte] });
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
        return Err(QueryFlaw { start, length: 1, kind: QueryFlawKind::OpenQuote });
    }
    tokens.extend(begin.map(|(start, from)| Token { start, words: &text[from..] }));
    Ok(tokens)
}
