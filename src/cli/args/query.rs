//! Queries as words and as flags. Both mean the same: a flag is the query key of its name.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use clap::Args;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, DeskView};
use crate::domain::id::Id;
use crate::domain::query::{Query, QueryError, QueryErrorKind, QueryScope, StateTest, keys, parse};
use crate::domain::suggestion;
use crate::domain::ticket::custom_field::coerce_all;
use crate::domain::value::Value;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::short_id;

/// The mark before a query word that begins with a minus, so that clap does not take it for a flag.
const ESCAPE: char = '\u{1}';

/// The verbs that take a query.
const QUERY_VERBS: [&str; 6] = ["list", "ls", "search", "log", "sla", "sweep"];

/// Conditions on tickets. A ticket must meet all of them; several values of one condition mean any of them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Query")]
pub struct QueryFlags {
    /// Conditions such as `status:open -assignee:none priority:S1,S2 updated:<7d`, `@SAVED`, or words of the text;
    /// quotes keep words together
    #[arg(value_name = "QUERY")]
    words: Vec<String>,
    /// open, awaiting_reply, on_hold, solved
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// S1 to S4
    #[arg(long, short, value_name = "PRIORITY")]
    priority: Vec<String>,
    /// The agent responsible for it; `me`, `none`
    #[arg(long, value_name = "WHO")]
    assignee: Vec<String>,
    /// The customer it belongs to; `me`
    #[arg(long, value_name = "WHO")]
    requester: Vec<String>,
    /// A person in copy; `none`
    #[arg(long, value_name = "WHO")]
    cc: Vec<String>,
    /// The customer's organization; `none`
    #[arg(long, value_name = "ORG")]
    org: Vec<String>,
    /// The product group; `none`
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// The channel it came in by; `none`
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// The language it is in; `none`
    #[arg(long, value_name = "LANG")]
    lang_of_ticket: Vec<String>,
    /// A tag; `none`
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// The reason it was solved with
    #[arg(long, value_name = "RESOLUTION")]
    resolution: Vec<String>,
    /// The reason it is on hold for
    #[arg(long, value_name = "REASON")]
    hold: Vec<String>,
    /// open, unsolved, unassigned, escalated, merged, overdue, reopened, mine
    #[arg(long, value_name = "STATE")]
    is: Vec<String>,
    /// The time it was opened: 2026-11-01, `>=2026-11-01`, `<7d`, 2026-10-01..2026-10-31
    #[arg(long, value_name = "TIMES")]
    created: Vec<String>,
    /// The time of the last activity
    #[arg(long, value_name = "TIMES")]
    updated: Vec<String>,
    /// The time its next target is due: `2h` (within 2 hours, or overdue), today, `<2026-12-01`
    #[arg(long, value_name = "TIMES")]
    due: Vec<String>,
    /// The desk as it was: a date, a time, or a revision of git
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
}

impl QueryFlags {
    /// Parses the query, at the present.
    ///
    /// # Errors
    /// The query is invalid, or uses an unknown custom field.
    pub(crate) fn query(&self, session: &Session, desk: &Desk) -> Result<Query, CliError> {
        self.query_at(session, desk, session.environment.now)
    }

    /// Parses the query, at an instant.
    ///
    /// # Errors
    /// The query is invalid, or uses an unknown custom field.
    pub(crate) fn query_at(&self, session: &Session, desk: &Desk, now: DateTime<Utc>) -> Result<Query, CliError> {
        let zone = session.zone(desk)?;
        let saved = desk.policy().settings(Settings::queries)?;
        let scope = QueryScope { now, zone, viewer: session.actor()?, saved };
        let read = |text: &str| parse(text, &scope).map_err(|error| query_error(text, &error));
        let words: Vec<Cow<'_, str>> = self.words.iter().map(|word| phrase(unescape(word))).collect();
        let mut query = read(&words.join(" "))?;
        for (key, values) in self.flags() {
            if !values.is_empty() {
                query = query.and(read(&format!("{key}:{}", joined(values)))?);
            }
        }
        if let Some(moment) = &self.as_of {
            query = query.and(read(&format!("as-of:{}", quoted(moment)))?);
        }
        session.find_people(desk, &mut query)?;
        check_custom_fields(&query, desk)?;
        Ok(query)
    }

    /// Removes the first word and returns its ticket, if it names one: by its id, a part of it, or the id it was imported
    /// under.
    ///
    /// # Errors
    /// The word looks like a part of an id, and no ticket has it.
    pub(crate) fn take_ticket(&mut self, session: &Session, view: &DeskView<'_>) -> Result<Option<Id>, CliError> {
        let Some(word) = self.words.first() else { return Ok(None) };
        if word.contains([':', '"', '@', ESCAPE]) || word.contains(char::is_whitespace) {
            return Ok(None);
        }
        match session.find(view, word) {
            Ok(id) => {
                self.words.remove(0);
                Ok(Some(id))
            }
            Err(error) if error.code != "ticket.not_found" => Err(error),
            Err(_) if !looks_like_an_id(word) => Ok(None),
            Err(error) => Err(error.hint(format!("to search tickets for the word, put it in quotes: '\"{word}\"'"))),
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

/// Checks the custom fields of a query against those that the desk defines, if it defines any.
fn check_custom_fields(query: &Query, desk: &Desk) -> Result<(), CliError> {
    let mut used = query.custom_fields().peekable();
    if used.peek().is_none() {
        return Ok(());
    }
    let fields = &desk.policy().field_choices()?.fields;
    for (name, texts) in used {
        let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
        // A condition without values (`none`) must name a defined field as well.
        let is_defined = fields.is_empty() || fields.iter().any(|field| field.name == name);
        if values.is_empty() && !is_defined {
            values.push(Value::from("none"));
        }
        coerce_all(fields, values.iter_mut().map(|value| (name, value))).map_err(|error| {
            Error::usage(error.to_string(), "[fields] in casebook.toml defines the fields and their values")
        })?;
    }
    Ok(())
}

/// Puts an argument with blanks, such as the shell makes of `'two mails'`, into quotes, unless it is a query itself: with
/// a key, a quote, a saved query or a minus.
fn phrase(argument: &str) -> Cow<'_, str> {
    let text = argument.trim();
    let is_query = text.contains([':', '"']) || text.split_whitespace().any(|word| word.starts_with(['@', '-']));
    if is_query { Cow::Borrowed(argument) } else { quoted(text) }
}

/// Returns a value of a query, in quotes if it contains blanks.
fn quoted(text: &str) -> Cow<'_, str> {
    let needs_quotes = text.contains(char::is_whitespace) && !text.contains('"');
    if needs_quotes { Cow::Owned(format!("\"{text}\"")) } else { Cow::Borrowed(text) }
}

/// Returns the values of a flag as the values of a query key, separated by commas.
fn joined(values: &[String]) -> String {
    let values = values.iter().map(|several| {
        if several.contains('"') {
            return several.clone();
        }
        several.split(',').map(quoted).collect::<Vec<_>>().join(",")
    });
    values.collect::<Vec<_>>().join(",")
}

/// Returns whether a word is meant as a ticket: parts of ids nearly always contain a digit.
fn looks_like_an_id(word: &str) -> bool {
    short_id::parse_id_part(word).is_some() && word.contains(|c: char| c.is_ascii_digit())
}

/// Escapes query words that begin with a minus, such as `-status:solved`, anywhere after a verb that takes a query.
pub(crate) fn escape_negations(words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let mut verb = None;
    let mut takes_value = false;
    let escape = |word: std::ffi::OsString| {
        let Some(text) = word.to_str() else { return word };
        match verb {
            None if std::mem::take(&mut takes_value) => {}
            None if text.starts_with('-') => takes_value = matches!(text, "-C" | "--as" | "--lang" | "--color"),
            None => verb = Some(QUERY_VERBS.contains(&text)),
            Some(true) if is_negated(text) => return format!("{ESCAPE}{text}").into(),
            Some(_) => {}
        }
        word
    };
    let mut words = words.into_iter();
    let program = words.next();
    program.into_iter().chain(words.map(escape).collect::<Vec<_>>()).collect()
}

/// Returns a query word as it was typed.
pub(crate) fn unescape(word: &str) -> &str {
    word.trim_start_matches(ESCAPE)
}

/// Returns whether a word is a negated condition: on a key, a custom field, or a saved query.
fn is_negated(word: &str) -> bool {
    let Some(word) = word.strip_prefix('-').filter(|word| !word.starts_with('-')) else { return false };
    let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let is_custom_field = |key: &str| key.strip_prefix("fields.").is_some_and(|name| !name.is_empty());
    word.len() > 1 && word.starts_with('@')
        || word.split_once(':').is_some_and(|(key, _)| is_key(key) || is_custom_field(key))
}

/// Returns the error of an invalid query, with its place marked below the query.
fn query_error(text: &str, error: &QueryError) -> CliError {
    let mark = format!("{}{}", " ".repeat(error.start), "^".repeat(error.length.max(1)));
    CliError::usage(format!("{error}\n  {text}\n  {mark}"), hint(&error.kind))
}

/// Returns a correction of an invalid query.
fn hint(kind: &QueryErrorKind) -> String {
    match kind {
        QueryErrorKind::UnknownKey(key) => did_you_mean(key, &keys(), "to search for it as text, put it in quotes"),
        QueryErrorKind::UnknownWord(unknown) => did_you_mean(&unknown.given, unknown.known, ""),
        QueryErrorKind::UnknownState(word) => did_you_mean(word, StateTest::WORDS, ""),
        QueryErrorKind::MissingValue => "write it after the colon, without a blank".to_owned(),
        QueryErrorKind::InvalidTime(_) => {
            "times look like 2026-11-01, >=2026-11-01, 2026-10-01..2026-10-31, <7d (less than 7 days ago), today, friday"
                .to_owned()
        }
        QueryErrorKind::FutureTime(_) => {
            "give a time of the past: 2026-11-01, yesterday, friday (the last one), <7d (less than 7 days ago)"
                .to_owned()
        }
        QueryErrorKind::InvalidBound(_) => {
            "for example fields.cost:>5, fields.renewal:<2027-01-01, fields.cost:5..9".to_owned()
        }
        QueryErrorKind::InvalidPerson(_) => "give an e-mail address, `me` or `none`".to_owned(),
        QueryErrorKind::Operator(word) => format!(
            "a comma means or (`status:open,on_hold`), a blank means and, and - means not; to search for the word: '\"{word}\"'"
        ),
        QueryErrorKind::OpenQuote => "end it with another \"".to_owned(),
        QueryErrorKind::UnknownSaved(_) => "[queries] in casebook.toml defines them".to_owned(),
        QueryErrorKind::SavedQueryCycle(_) => "correct [queries] in casebook.toml".to_owned(),
        QueryErrorKind::DuplicateAsOf => "leave one of them out".to_owned(),
    }
}

fn did_you_mean(given: &str, known: &[&str], otherwise: &str) -> String {
    let names = || format!("known are {}", known.join(", "));
    let mut hint = suggestion::did_you_mean(given, known).unwrap_or_else(names);
    if !otherwise.is_empty() {
        hint.push_str(&format!("\n{otherwise}"));
    }
    hint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_with_blanks_is_a_phrase() {
        for (argument, expected) in [
            ("two mails", "\"two mails\""),
            (" two mails ", "\"two mails\""),
            ("mails", "mails"),
            ("status:open org:acme", "status:open org:acme"),
            ("mails status:open", "mails status:open"),
            ("\"two mails\" late", "\"two mails\" late"),
            ("@triage late", "@triage late"),
            ("mails -late", "mails -late"),
        ] {
            assert_eq!(phrase(argument), expected);
        }
    }

    #[test]
    fn a_negated_condition_is_not_a_flag() {
        for (word, expected) in [
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
            assert_eq!(is_negated(word), expected, "{word}");
        }
    }

    #[test]
    fn the_values_of_a_flag_keep_their_blanks() {
        let values = ["Acme Inc,beta", "none", "\"A, B\""].map(str::to_owned);
        assert_eq!(joined(&values), "\"Acme Inc\",beta,none,\"A, B\"");
    }

    #[test]
    fn words_are_not_ids() {
        for (word, expected) in
            [("9SEDQR", true), ("01m7", true), ("timeout", false), ("E4", false), ("beads-14", false)]
        {
            assert_eq!(looks_like_an_id(word), expected, "{word}");
        }
    }
}
