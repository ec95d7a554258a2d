//! The candidates for values, from the desk of the command line that is completed.

use clap_complete::engine::CompletionCandidate;

use crate::cli::session::Session;
use crate::cli::session::global_flags::GlobalFlags;
use crate::cli::verbs::help;
use crate::desk::DeskView;
use crate::domain::query::{StateTest, keys};
use crate::domain::rules::rules;
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};
use crate::store::config::Settings;
use crate::store::short_id;
use crate::view::sanitize::one_line;

/// The largest number of tickets that are offered.
const MOST: usize = 100;

/// The names of the values that have candidates.
pub(super) const VALUE_NAMES: &[&str] =
    &["TICKET", "SOURCE", "TARGET", "WHO", "ORG", "GROUP", "MACRO", "QUERY", "PRIORITY", "CODE", "VERB|TOPIC"];

/// A candidate and its description.
type Completion = (String, String);

/// Returns the values of a kind that begin with a word. Those with characters that mean something to a shell are left
/// out, since bash does not quote them.
pub(super) fn candidates(kind: &str, flags: &GlobalFlags, word: &str) -> Vec<CompletionCandidate> {
    let session = Session::to_complete(flags).ok();
    let desk = session.as_ref().and_then(|session| session.desk().ok());
    let view = session.as_ref().zip(desk.as_ref()).and_then(|(session, desk)| session.view(desk).ok());
    let values = match kind {
        "TICKET" | "SOURCE" | "TARGET" => view.as_ref().map(|view| tickets(view, word)).unwrap_or_default(),
        "QUERY" => query(view.as_ref(), word),
        kind => among(view.as_ref(), kind, word),
    };
    let is_plain = |c: char| c.is_alphanumeric() || "-_.,:@+/".contains(c);
    let values = values.into_iter().filter(|(value, _)| value.chars().all(is_plain));
    let candidate = |(value, about): Completion| {
        let about = one_line(&about).into_owned();
        CompletionCandidate::new(value).help((!about.is_empty()).then(|| about.into()))
    };
    values.map(candidate).collect()
}

/// Returns the newest tickets by their short ids, or by their ids if these are typed, with their subjects.
fn tickets(view: &DeskView<'_>, word: &str) -> Vec<Completion> {
    let word = word.to_ascii_uppercase();
    let may_begin = |id: String| {
        let shown = id.len() - short_id::SHORTEST_SHOWN;
        // The short id of one ticket in many is longer.
        id.starts_with(&word) || (shown.saturating_sub(2)..=shown).any(|from| id[from..].starts_with(&word))
    };
    let found = view.newest(&|id| may_begin(id.to_string()), MOST).unwrap_or_default();
    let short_ids = view.short_ids(found.iter().map(|(id, _)| *id)).unwrap_or_default();
    let names = found.into_iter().zip(short_ids).filter_map(|((id, subject), short)| {
        [short, id.to_string()].into_iter().find(|name| name.starts_with(&word)).map(|name| (name, subject))
    });
    names.collect()
}

/// Returns the conditions that begin with a word: keys, saved queries, or after a key its values.
fn query(view: Option<&DeskView<'_>>, word: &str) -> Vec<Completion> {
    let (sign, condition) = word.split_at(usize::from(word.starts_with('-')));
    if let Some((key, values)) = condition.split_once(':') {
        let values = among(view, key, values).into_iter();
        return values.map(|(value, about)| (format!("{sign}{key}:{value}"), about)).collect();
    }
    let saved = view.and_then(|view| view.desk().policy().settings(Settings::queries).ok()).into_iter().flatten();
    let conditions = keys().into_iter().map(|key| (format!("{sign}{key}:"), String::new()));
    let conditions = conditions.chain(saved.map(|(name, query)| (format!("{sign}@{name}"), query.clone())));
    conditions.filter(|(condition, _)| condition.starts_with(word)).collect()
}

/// Returns the values of a kind that begin with the part of a word after its last comma.
fn among(view: Option<&DeskView<'_>>, kind: &str, word: &str) -> Vec<Completion> {
    let (before, last) = word.split_at(word.rfind(',').map_or(0, |comma| comma + 1));
    let mut values = all(view, kind);
    values.retain(|(value, _)| value.starts_with(last));
    values.into_iter().map(|(value, about)| (format!("{before}{value}"), about)).collect()
}

/// Returns all values of a kind: the name of a value, or the key of a query.
fn all(view: Option<&DeskView<'_>>, kind: &str) -> Vec<Completion> {
    let words = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), String::new())).collect();
    match (kind, view) {
        ("status", _) => words(Status::WORDS),
        ("priority" | "PRIORITY", _) => words(Priority::WORDS),
        ("resolution", _) => words(Resolution::WORDS),
        ("hold", _) => words(HoldReason::WORDS),
        ("is", _) => words(StateTest::WORDS),
        ("CODE", _) => rules().map(|rule| (rule.code.to_owned(), rule.text().title.to_owned())).collect(),
        ("VERB|TOPIC", _) => words(&help::names()),
        ("WHO" | "assignee" | "requester" | "cc", Some(view)) => people(view),
        ("ORG" | "org", Some(view)) => {
            let (organizations, _) = view.organizations().unwrap_or_default();
            organizations.into_iter().map(|org| (org.id, org.name.unwrap_or_default())).collect()
        }
        ("GROUP" | "group", Some(view)) => {
            view.product_groups().into_iter().map(|group| (group, String::new())).collect()
        }
        ("MACRO", Some(view)) if view.sees_everything() => {
            let macros = view.desk().policy().settings(Settings::macros).into_iter().flatten();
            macros.map(|one| (one.name.clone(), one.about.clone().unwrap_or_default())).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the people whom the desk knows: the team, then the people of organizations with their names.
fn people(view: &DeskView<'_>) -> Vec<Completion> {
    let me = view.viewer().map(|viewer| ("me".to_owned(), viewer.to_string()));
    let team = view.team().into_iter().map(|agent| (agent.to_string(), String::new()));
    let (organizations, _) = view.organizations().unwrap_or_default();
    let members = organizations.into_iter().flat_map(|organization| organization.people);
    me.into_iter()
        .chain(team)
        .chain(members.map(|member| (member.email.to_string(), member.name.unwrap_or_default())))
        .collect()
}
