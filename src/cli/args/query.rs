//! Queries as words and as flags, which mean the same: a flag is the query word of its name.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::query::{KEYS, Query, QueryError, QueryErrorKind, QueryScope, StateTest, parse};
use crate::domain::ticket::custom_field::coerce_all;
use crate::domain::value::Value;
use crate::error::Error;
use crate::store::layout;

/// What stands before a query word that begins with a minus, so that nobody takes it for a flag.
const PROTECTED: char = '\u{1}';

/// The verbs that take a query.
const QUERY_VERBS: [&str; 5] = ["list", "search", "log", "sla", "sweep"];

/// Conditions on tickets. All have to hold; several values of one mean any of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Query")]
pub struct QueryFlags {
    /// Conditions such as `status:open -assignee:none priority:S1,S2 updated:<7d`, `@SAVED`, or words of the text;
    /// words in one pair of quotes stay together
    #[arg(value_name = "QUERY")]
    words: Vec<String>,
    /// open, awaiting_reply, on_hold, solved
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// S1 to S4
    #[arg(long, short, value_name = "PRIORITY")]
    priority: Vec<String>,
    /// Who takes care of it; `me`, `none`
    #[arg(long, value_name = "WHO")]
    assignee: Vec<String>,
    /// Whose ticket it is; `me`
    #[arg(long, value_name = "WHO")]
    requester: Vec<String>,
    /// Who else takes part; `none`
    #[arg(long, value_name = "WHO")]
    cc: Vec<String>,
    /// The customer's organization; `none`
    #[arg(long, value_name = "ORG")]
    org: Vec<String>,
    /// The product group; `none`
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// How it came in; `none`
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// The language it is in; `none`
    #[arg(long, value_name = "LANG")]
    lang_of_ticket: Vec<String>,
    /// A label; `none`
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// How it was solved
    #[arg(long, value_name = "RESOLUTION")]
    resolution: Vec<String>,
    /// Why it is on hold
    #[arg(long, value_name = "REASON")]
    hold: Vec<String>,
    /// open, unsolved, unassigned, escalated, merged, overdue, reopened, mine
    #[arg(long, value_name = "STATE")]
    is: Vec<String>,
    /// When it was opened: 2026-11-01, `>=2026-11-01`, `<7d`, 2026-10-01..2026-10-31
    #[arg(long, value_name = "TIMES")]
    created: Vec<String>,
    /// When something last happened
    #[arg(long, value_name = "TIMES")]
    updated: Vec<String>,
    /// When something still owed is due, or was: `2h` (within it, or overdue), today, `<2026-12-01`
    #[arg(long, value_name = "TIMES")]
    due: Vec<String>,
    /// The desk as it was: a date, a time, or a revision of git
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
}

impl QueryFlags {
    /// The query as the domain judges it.
    pub(crate) fn query(&self, session: &Session, casebook: &Desk) -> Result<Query, CliError> {
        self.query_at(session, casebook, session.world.now)
    }

    /// The same as it would be read at an instant.
    pub(crate) fn query_at(&self, session: &Session, casebook: &Desk, now: DateTime<Utc>) -> Result<Query, CliError> {
        let zone = session.zone(casebook)?;
        let scope = QueryScope { now, zone: &zone, viewer: session.actor()?, saved: &casebook.config().queries };
        let read = |text: &str| parse(text, &scope).map_err(|flaw| query_error(text, &flaw));
        let words: Vec<Cow<'_, str>> = self.words.iter().map(|word| phrase(unescape(word))).collect();
        let mut query = read(&words.join(" "))?;
        for (key, values) in self.flags() {
            if !values.is_empty() {
                query = query.and(read(&format!("{key}:{}", quoted(values)))?);
            }
        }
        if let Some(moment) = &self.as_of {
            query = query.and(read(&format!("as-of:{}", whole(moment)))?);
        }
        check_custom_fields(&query, casebook)?;
        Ok(query)
    }

    /// Takes the first word away where it names a ticket: its id, a part of it, or the id it was imported under. A word
    /// that looks like a part of an id and names none is refused rather than searched for.
    pub(crate) fn take_ticket(&mut self, session: &Session, casebook: &Desk) -> Result<Option<Id>, CliError> {
        let Some(word) = self.words.first() else { return Ok(None) };
        if word.contains([':', '"', '@', PROTECTED]) || word.contains(char::is_whitespace) {
            return Ok(None);
        }
        match casebook.read().find(word, session.actor()?) {
            Ok(id) => {
                self.words.remove(0);
                Ok(Some(id))
            }
            Err(Error::NotFound { .. }) if !looks_like_an_id(word) => Ok(None),
            Err(error @ Error::NotFound { .. }) => {
                let hint = format!("to look for the word in tickets, put it in quotes of its own: '\"{word}\"'");
                Err(CliError::from(error).hint(hint))
            }
            Err(error) => Err(error.into()),
        }
    }

    const fn flags(&self) -> [(&'static str, &Vec<String>); 16] {
        [
            ("status", &self.status),
            ("priority", &self.priority),
            ("assignee", &self.assignee),
            ("requester", &self.requester),
            ("cc", &self.cc),
            ("org", &self.org),
            ("group", &self.group),
            ("channel", &self.channel),
            ("lang", &self.lang_of_ticket),
            ("tag", &self.tag),
            ("resolution", &self.resolution),
            ("hold", &self.hold),
            ("is", &self.is),
            ("created", &self.created),
            ("updated", &self.updated),
            ("due", &self.due),
        ]
    }
}

/// Holds the desk's own fields that a query names against those it has defined, if it has defined any.
fn check_custom_fields(query: &Query, casebook: &Desk) -> Result<(), CliError> {
    let mut asked = query.custom_fields().peekable();
    if asked.peek().is_none() {
        return Ok(());
    }
    let fields = casebook.policy().choices()?.fields;
    for (name, words) in asked {
        let mut values: Vec<Value> = words.into_iter().map(Value::from).collect();
        // A field that nobody gives a value to is looked up all the same.
        let is_known = fields.is_empty() || fields.iter().any(|field| field.name == name);
        if values.is_empty() && !is_known {
            values.push(Value::from("none"));
        }
        coerce_all(&fields, values.iter_mut().map(|value| (name, value))).map_err(|unfit| {
            Error::usage(unfit.to_string(), "[fields] in casebook.toml says which there are, and what they hold")
        })?;
    }
    Ok(())
}

/// An argument with a blank inside, such as the shell leaves of `'two mails'`, is a phrase, unless it says itself how
/// it is to be read: with a key, a quote, a saved query.
fn phrase(argument: &str) -> Cow<'_, str> {
    let words = argument.trim();
    let says_how = words.contains([':', '"']) || words.split_whitespace().any(|word| word.starts_with(['@', '-']));
    if says_how { Cow::Borrowed(argument) } else { whole(words) }
}

/// Words that stay together, in quotes where a blank would part them.
fn whole(words: &str) -> Cow<'_, str> {
    let parted = words.contains(char::is_whitespace) && !words.contains('"');
    if parted { Cow::Owned(format!("\"{words}\"")) } else { Cow::Borrowed(words) }
}

/// The values of a flag, with commas between, as they stand behind a key.
fn quoted(values: &[String]) -> String {
    let values = values.iter().map(|several| {
        if several.contains('"') {
            return several.clone();
        }
        several.split(',').map(whole).collect::<Vec<_>>().join(",")
    });
    values.collect::<Vec<_>>().join(",")
}

/// Whether somebody who types this means a ticket: ids nearly always have a figure.
fn looks_like_an_id(word: &str) -> bool {
    layout::parse_id_part(word).is_some() && word.contains(|c: char| c.is_ascii_digit())
}

/// Protects query words that begin with a minus: `-status:solved` is one wherever it stands behind such a verb.
pub(crate) fn escape_negations(words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let mut verb = None;
    let mut takes_value = false;
    let protect = |word: std::ffi::OsString| {
        let Some(text) = word.to_str() else { return word };
        match verb {
            None if std::mem::take(&mut takes_value) => {}
            None if text.starts_with('-') => takes_value = matches!(text, "-C" | "--as" | "--lang" | "--color"),
            None => verb = Some(QUERY_VERBS.contains(&text)),
            Some(true) if is_negated(text) => return format!("{PROTECTED}{text}").into(),
            Some(_) => {}
        }
        word
    };
    let mut words = words.into_iter();
    let program = words.next();
    program.into_iter().chain(words.map(protect).collect::<Vec<_>>()).collect()
}

/// A word as it was typed.
pub(crate) fn unescape(word: &str) -> &str {
    word.trim_start_matches(PROTECTED)
}

/// Whether a word is a condition that must not hold: on a key, one of the desk's own fields, or a saved query.
fn is_negated(word: &str) -> bool {
    let Some(word) = word.strip_prefix('-').filter(|word| !word.starts_with('-')) else { return false };
    let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let is_own = |key: &str| key.strip_prefix("fields.").is_some_and(|name| !name.is_empty());
    word.len() > 1 && word.starts_with('@') || word.split_once(':').is_some_and(|(key, _)| is_key(key) || is_own(key))
}

/// What is wrong with a query, with the place marked below it, and what would do.
fn query_error(text: &str, flaw: &QueryError) -> CliError {
    let mark = format!("{}{}", " ".repeat(flaw.start), "^".repeat(flaw.length.max(1)));
    Error::usage(format!("{flaw}\n  {text}\n  {mark}"), hint(&flaw.kind)).into()
}

/// Returns what would do in place of what is wrong.
fn hint(kind: &QueryErrorKind) -> String {
    match kind {
        QueryErrorKind::UnknownKey(key) => did_you_mean(key, &KEYS, "in quotes it is searched for as words"),
        QueryErrorKind::UnknownWord(unknown) => did_you_mean(&unknown.given, unknown.known, ""),
        QueryErrorKind::UnknownState(word) => did_you_mean(word, &StateTest::WORDS.map(|(word, _)| word), ""),
        QueryErrorKind::MissingValue => "write it behind the colon, without a blank".to_owned(),
        QueryErrorKind::InvalidTime(_) => {
            "times look like 2026-11-01, >=2026-11-01, 2026-10-01..2026-10-31, <7d (less than 7 days ago), today"
                .to_owned()
        }
        QueryErrorKind::InvalidBound(_) => {
            "for example fields.cost:>5, fields.renewal:<2027-01-01, fields.cost:5..9".to_owned()
        }
        QueryErrorKind::InvalidPerson(_) => "give an e-mail address, `me` or `none`".to_owned(),
        QueryErrorKind::OpenQuote => "close it with another \"".to_owned(),
        QueryErrorKind::UnknownSaved(_) => "[queries] in casebook.toml names them".to_owned(),
        QueryErrorKind::SavedQueryCycle(_) => "mend [queries] in casebook.toml".to_owned(),
        QueryErrorKind::DuplicateAsOf => "a query looks at one moment".to_owned(),
    }
}

fn did_you_mean(given: &str, known: &[&str], otherwise: &str) -> String {
    let score = |word: &str| strsim::jaro_winkler(&given.to_lowercase(), word);
    let nearest = known.iter().max_by(|a, b| score(a).total_cmp(&score(b))).filter(|word| score(word) > 0.7);
    let mut hint = match nearest {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    if !otherwise.is_empty() {
        hint.push_str(&format!("\n{otherwise}"));
    }
    hint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_inside_an_argument_makes_a_phrase() {
        for (argument, read) in [
            ("two mails", "\"two mails\""),
            (" two mails ", "\"two mails\""),
            ("mails", "mails"),
            ("status:open org:acme", "status:open org:acme"),
            ("mails status:open", "mails status:open"),
            ("\"two mails\" late", "\"two mails\" late"),
            ("@triage late", "@triage late"),
            ("mails -late", "mails -late"),
        ] {
            assert_eq!(phrase(argument), read);
        }
    }

    #[test]
    fn a_negated_condition_is_no_flag() {
        for (word, is) in [
            ("-status:open", true),
            ("-as-of:HEAD", true),
            ("-fields.region:apac", true),
            ("-fields.Kosten_2:>5", true),
            ("-@triage", true),
            ("-@", false),
            ("-fields.:x", false),
            ("-p", false),
            ("-pS1", false),
            ("--format=a:b", false),
            ("-", false),
        ] {
            assert_eq!(is_negated(word), is, "{word}");
        }
    }

    #[test]
    fn the_values_of_a_flag_keep_their_blanks() {
        let values = ["Acme Inc,beta", "none", "\"A, B\""].map(str::to_owned);
        assert_eq!(quoted(&values), "\"Acme Inc\",beta,none,\"A, B\"");
    }

    #[test]
    fn words_are_not_ids() {
        for (word, is) in [("9SEDQR", true), ("01m7", true), ("timeout", false), ("E4", false), ("beads-14", false)] {
            assert_eq!(looks_like_an_id(word), is, "{word}");
        }
    }
}
