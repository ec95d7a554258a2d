//! The words of a list: `status:open`, `priority:S1,S2`, `assignee:none`, and the same as flags.

use clap::Args;

use super::complaint::Complaint;
use super::parsing::{priority, word_of};
use crate::domain::filter::Filter;
use crate::domain::person::Person;
use crate::domain::words::{Priority, Status};
use crate::error::Error;

/// The keys a query word may have.
const KEYS: [&str; 5] = ["status", "priority", "assignee", "requester", "org"];

/// Conditions as flags and words. Several values of one mean any of them; all conditions have to hold.
#[derive(Debug, Args)]
pub struct QueryFlags {
    /// Conditions such as status:open or priority:S1,S2
    #[arg(value_name = "QUERY")]
    pub words: Vec<String>,
    /// Only with one of these statuses
    #[arg(long, value_delimiter = ',', value_parser = word_of::<Status>(Status::WORDS))]
    pub status: Vec<Status>,
    /// Only with one of these priorities
    #[arg(long, short = 'p', value_delimiter = ',', value_parser = priority)]
    pub priority: Vec<Priority>,
    /// Only of one of these assignees; `none` for nobody
    #[arg(long, value_delimiter = ',', value_name = "WHO")]
    pub assignee: Vec<String>,
    /// Only of one of these requesters
    #[arg(long, value_delimiter = ',', value_name = "WHO")]
    pub requester: Vec<String>,
    /// Only of one of these organizations; `none` for none
    #[arg(long, value_delimiter = ',', value_name = "ORG")]
    pub org: Vec<String>,
}

impl QueryFlags {
    /// The conditions as the domain judges them. A key given twice, as words or flag, has to hold twice.
    pub fn filters(&self) -> Result<Vec<Filter>, Complaint> {
        let flags = Filter {
            status: self.status.clone(),
            priority: self.priority.clone(),
            assignee: self.assignee.iter().map(|word| nobody_or(word)).collect::<Result<_, _>>()?,
            requester: self.requester.iter().map(|word| person(word)).collect::<Result<_, _>>()?,
            organization: self.org.iter().map(|word| none_or(word)).collect(),
        };
        let words = self.words.iter().map(|word| filter_of(word));
        std::iter::once(Ok(flags)).chain(words).collect()
    }
}

fn filter_of(word: &str) -> Result<Filter, Complaint> {
    let Some((key, values)) = word.split_once(':') else {
        return Err(Error::usage(
            format!("`{word}` is no condition"),
            "conditions look like status:open or assignee:none",
        )
        .into());
    };
    let values = || values.split(',').filter(|value| !value.is_empty());
    let mut filter = Filter::default();
    let unknown = |error: crate::domain::words::UnknownWord| Complaint::from(unknown_word(word, key, &error));
    match key {
        "status" => filter.status = values().map(str::parse).collect::<Result<_, _>>().map_err(unknown)?,
        "priority" => {
            filter.priority = values().map(Priority::from_any_spelling).collect::<Result<_, _>>().map_err(unknown)?
        }
        "assignee" => filter.assignee = values().map(nobody_or).collect::<Result<_, _>>()?,
        "requester" => filter.requester = values().map(person).collect::<Result<_, _>>()?,
        "org" => filter.organization = values().map(none_or).collect(),
        _ => {
            let nearest = nearest(key, &KEYS)
                .map_or_else(|| format!("known are {}", KEYS.join(", ")), |near| format!("did you mean `{near}:`?"));
            return Err(Error::usage(format!("`{key}:` is no key of a query (column 1 of `{word}`)"), nearest).into());
        }
    }
    if values().next().is_none() {
        return Err(Error::usage(format!("`{word}` has no value"), format!("give one behind `{key}:`")).into());
    }
    Ok(filter)
}

fn unknown_word(word: &str, key: &str, error: &crate::domain::words::UnknownWord) -> Error {
    let column = word.find(&error.given).map_or(key.len() + 2, |byte| word[..byte].chars().count() + 1);
    let hint = nearest(&error.given, error.known)
        .map_or_else(|| format!("known are {}", error.known.join(", ")), |near| format!("did you mean `{near}`?"));
    Error::usage(format!("`{}` is no {} (column {column} of `{word}`)", error.given, error.kind), hint)
}

fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let score = |word: &str| strsim::jaro_winkler(given, word);
    known.iter().copied().max_by(|a, b| score(a).total_cmp(&score(b))).filter(|word| score(word) > 0.7)
}

fn person(word: &str) -> Result<Person, Complaint> {
    Person::from_name(word).map_err(|error| Error::usage(error.to_string(), "give an e-mail address").into())
}

fn nobody_or(word: &str) -> Result<Option<Person>, Complaint> {
    if word == "none" { Ok(None) } else { person(word).map(Some) }
}

fn none_or(word: &str) -> Option<String> {
    (word != "none").then(|| word.to_owned())
}
