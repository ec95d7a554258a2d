//! The results of a search: the lines with matches, ticket by ticket.
//!
//! Redacted text is not searched.

use std::ops::Range;

use anstyle::Style;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::id::Id;
use crate::domain::query::search::{Hit, Pattern};
use crate::domain::ticket::texts::TicketTexts;

use super::colors;
use super::colors::ColorMode;
use super::entry::short_id;
use super::table::tab_separated;
use super::text_width::{cut, cut_start, width};
use super::{Audience, sanitize};

/// The JSON fields of a ticket with matches.
pub const FIELDS: &[&str] = &["id", "short_id", "subject", "hits"];
/// The JSON fields of one match, if each match is a record.
pub const HIT_FIELDS: &[&str] = &["id", "short_id", "subject", "entry", "line", "text"];
/// The columns of [`render_tsv`], by the names of JSON.
pub const COLUMNS: &[&str] = &["id", "entry", "line", "text"];

/// A ticket with matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResult {
    /// The ticket.
    pub id: Id,
    subject: ResultLine,
    entries: Vec<EntryMatches>,
}

/// An entry with matches.
#[derive(Clone, Debug, PartialEq, Eq)]
struct EntryMatches {
    id: Id,
    at: DateTime<Utc>,
    by: String,
    lines: Vec<ResultLine>,
}

/// A line with its number, from 1, and the byte ranges of its matches. A line of context has no ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ResultLine {
    number: usize,
    text: String,
    ranges: Vec<Range<usize>>,
}

/// Searches the texts of a ticket for a pattern, with `context` lines around each match. Returns `None` without a match.
pub fn find(texts: &TicketTexts<'_>, pattern: &Pattern, context: usize) -> Option<SearchResult> {
    let ranges = pattern.ranges(&texts.subject);
    let matches = texts.entries.iter().filter_map(|entry| {
        let lines = lines(&entry.text, pattern, context);
        let by = || entry.by.as_ref().to_owned();
        (!lines.is_empty()).then(|| EntryMatches { id: entry.id, at: entry.at, by: by(), lines })
    });
    let entries: Vec<EntryMatches> = matches.collect();
    if ranges.is_empty() && entries.is_empty() {
        return None;
    }
    let subject = ResultLine { number: 1, text: texts.subject.clone().into_owned(), ranges };
    Some(SearchResult { id: texts.id, subject, entries })
}

/// Returns the lines with matches and their context, each line once.
fn lines(text: &str, pattern: &Pattern, context: usize) -> Vec<ResultLine> {
    let mut hits = pattern.hits(text).peekable();
    if hits.peek().is_none() {
        return Vec::new();
    }
    if context == 0 {
        let line = |hit: Hit<'_>| ResultLine { number: hit.line + 1, text: hit.text.to_owned(), ranges: hit.ranges };
        return hits.map(line).collect();
    }
    let all: Vec<&str> = text.lines().collect();
    let mut lines: Vec<ResultLine> = Vec::new();
    let mut next = 0;
    while let Some(hit) = hits.next() {
        let line = |index: usize, ranges| ResultLine { number: index + 1, text: all[index].to_owned(), ranges };
        let until = hits.peek().map_or(all.len(), |next| next.line);
        lines.extend((next.max(hit.line.saturating_sub(context))..hit.line).map(|index| line(index, Vec::new())));
        let after = (hit.line + 1)..until.min(hit.line.saturating_add(context).saturating_add(1));
        next = after.end;
        lines.push(line(hit.line, hit.ranges));
        lines.extend(after.map(|index| line(index, Vec::new())));
    }
    lines
}

/// Renders the results for people: the lines of each entry below its author, the entries below their ticket. The number of a
/// line with a match is followed by `:`, that of a line of context by `-`. The short ids are in the order of the results. On a terminal each line is cut to its width.
pub fn render_table(results: &[SearchResult], short_ids: &[String], audience: &Audience<'_>) -> String {
    let color_mode = audience.color_mode;
    let columns = audience.width.unwrap_or(usize::MAX);
    let mut text = String::new();
    for (result, ticket_short_id) in results.iter().zip(short_ids) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&audience.ticket_link(result.id, ticket_short_id));
        text.push_str("  ");
        push_highlighted(&mut text, &result.subject, columns.saturating_sub(width(ticket_short_id) + 2), color_mode);
        for entry in &result.entries {
            let by = sanitize::one_line(&entry.by);
            let head = format!("  {} {by} · {}", audience.minute(entry.at), short_id(entry.id));
            color_mode.push(&mut text, colors::MUTED, &cut(&head, columns));
            text.push('\n');
            for line in &entry.lines {
                let mark = if line.ranges.is_empty() { '-' } else { ':' };
                let place = format!("{:>6}{mark}", line.number);
                color_mode.push(&mut text, colors::PLACE, &place);
                text.push(' ');
                push_highlighted(&mut text, line, columns.saturating_sub(place.len() + 1), color_mode);
            }
        }
    }
    text
}

/// Appends a line with its matches in color, cut to `columns` so that the first match stays. The parts are sanitized
/// separately, because the color codes between them must stay.
fn push_highlighted(text: &mut String, line: &ResultLine, columns: usize, color_mode: ColorMode) {
    let (mut parts, mut from) = (Vec::new(), 0);
    for range in &line.ranges {
        parts.push((sanitize::one_line(&line.text[from..range.start]), Style::new()));
        parts.push((sanitize::one_line(&line.text[range.clone()]), colors::FOUND));
        from = range.end;
    }
    parts.push((sanitize::one_line(&line.text[from..]), Style::new()));
    let to_first_match = parts.iter().take(2).map(|(part, _)| width(part)).sum::<usize>();
    if parts.len() > 1 && to_first_match >= columns {
        parts[0].0 = cut_start(&parts[0].0, columns / 3).into_owned().into();
    }
    let mut room = columns;
    for (part, style) in parts.iter().filter(|(part, _)| !part.is_empty()) {
        if room > 0 {
            let part = cut(part, room);
            color_mode.push(text, *style, &part);
            room -= width(&part).min(room);
        }
    }
    text.push('\n');
}

/// Renders a line of tab-separated values for each line with matches: the [`COLUMNS`]. Of a subject, the entry and the number
/// of the line are empty.
pub fn render_tsv(result: &SearchResult) -> String {
    let line = |(entry, line): (Option<&EntryMatches>, &ResultLine)| {
        let place = entry.map(|entry| (entry.id.to_string(), line.number.to_string()));
        let (entry, number) = place.unwrap_or_default();
        tab_separated([result.id.to_string().as_str(), &entry, &number, &line.text])
    };
    result.hits().map(line).collect()
}

/// Returns a ticket with its matches as JSON: all [`FIELDS`].
pub fn to_json(result: &SearchResult, ticket_short_id: &str) -> Map<String, Json> {
    let hit = |(entry, line)| {
        let ranges = ("ranges".to_owned(), json!(character_ranges(line)));
        Json::Object(hit_fields(entry, line).chain([ranges]).collect())
    };
    let mut record = ticket_fields(result, ticket_short_id);
    record.insert("hits".to_owned(), result.hits().map(hit).collect());
    record
}

/// Returns the matches of a ticket as JSON, one record for each: all [`HIT_FIELDS`].
pub fn hits_to_json(result: &SearchResult, ticket_short_id: &str) -> Vec<Map<String, Json>> {
    let record =
        |(entry, line)| ticket_fields(result, ticket_short_id).into_iter().chain(hit_fields(entry, line)).collect();
    result.hits().map(record).collect()
}

fn ticket_fields(result: &SearchResult, ticket_short_id: &str) -> Map<String, Json> {
    let values = [
        ("id", result.id.to_string()),
        ("short_id", ticket_short_id.to_owned()),
        ("subject", result.subject.text.clone()),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), Json::String(value))).collect()
}

/// Returns the fields of a match. The subject has neither an entry nor a line number.
fn hit_fields(entry: Option<&EntryMatches>, line: &ResultLine) -> impl Iterator<Item = (String, Json)> {
    let values = [
        ("entry", json!(entry.map(|entry| entry.id.to_string()))),
        ("line", json!(entry.map(|_| line.number))),
        ("text", json!(line.text)),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value))
}

/// Returns the ranges of a line in characters, from 0 and with an exclusive end. The line is read once.
fn character_ranges(line: &ResultLine) -> Vec<[usize; 2]> {
    let (mut byte, mut character) = (0, 0);
    let mut advance = |end: usize| {
        character += line.text[byte..end].chars().count();
        byte = end;
        character
    };
    line.ranges.iter().map(|range| [advance(range.start), advance(range.end)]).collect()
}

impl SearchResult {
    /// Returns the lines with matches: the subject, without an entry, then the lines of the entries.
    fn hits(&self) -> impl Iterator<Item = (Option<&EntryMatches>, &ResultLine)> {
        let subject = Some(&self.subject).filter(|line| !line.ranges.is_empty()).map(|line| (None, line));
        let in_entries = self.entries.iter().flat_map(|entry| {
            entry.lines.iter().filter(|line| !line.ranges.is_empty()).map(move |line| (Some(entry), line))
        });
        subject.into_iter().chain(in_entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::visibility::customer_view;
    use crate::domain::query::search::MatchMode;
    use crate::domain::ticket::action::Action;
    use crate::view::Viewer;
    use crate::view::test_fixtures;

    fn search(pattern: &str, context: usize, viewer: Viewer) -> Option<SearchResult> {
        let mut ticket = test_fixtures::opened();
        let text = "one\ntwo\nTiles, tiles\nfour\nfive\nsix\n緊急 tile\u{1b}s tiles";
        test_fixtures::by_agent(&mut ticket, test_fixtures::reply(), None, text);
        test_fixtures::by_agent(&mut ticket, test_fixtures::note(), None, "Secret tiles.");
        let ticket = if viewer == Viewer::Customer { customer_view(ticket) } else { ticket };
        find(&TicketTexts::from(&ticket), &Pattern::parse(pattern, MatchMode::default()).expect("a pattern"), context)
    }

    #[test]
    fn people_see_matches_with_context() {
        let (zone, short_ids) = (test_fixtures::paris(), ["000001".to_owned()]);
        let render = |context, is_colored| {
            let result = search("tiles", context, Viewer::Customer).expect("matches");
            let audience = Audience { color_mode: ColorMode { is_colored }, ..test_fixtures::audience(&zone) };
            render_table(&[result], &short_ids, &audience)
        };
        assert_eq!(
            render(1, false),
            "000001  Dashboard tiles time out\n\
            \x20 2026-11-21 18:15 kenji@desk.example · 000007\n\
            \x20    2- two\n\
            \x20    3: Tiles, tiles\n\
            \x20    4- four\n\
            \x20    6- six\n\
            \x20    7: 緊急 tile␛s tiles\n"
        );
        assert_eq!(render(9, false).lines().count(), 9);
        let painted = render(0, true);
        assert!(
            painted.contains("\u{1b}[1m\u{1b}[31mTiles\u{1b}[0m, \u{1b}[1m\u{1b}[31mtiles\u{1b}[0m\n"),
            "{painted:?}"
        );
        assert!(painted.contains("緊急 tile␛s \u{1b}"), "{painted:?}");
    }

    #[test]
    fn programs_get_each_line_and_its_position() {
        let result = search("tiles", 0, Viewer::Support).expect("matches");
        let tsv = render_tsv(&result);
        let positions: Vec<(&str, &str)> = tsv
            .lines()
            .map(|line| line.splitn(3, '\t').nth(2).and_then(|rest| rest.split_once('\t')).expect("four values"))
            .collect();
        let expected = [
            ("", "Dashboard tiles time out"),
            ("3", "Tiles, tiles"),
            ("7", "緊急 tile␛s tiles"),
            ("1", "Secret tiles."),
        ];
        assert_eq!(positions, expected);
        let record = to_json(&result, "000001");
        assert_eq!(record["hits"][1]["ranges"], json!([[0, 5], [7, 12]]));
        assert_eq!(record["hits"][2]["ranges"], json!([[10, 15]]));
        assert_eq!(record["hits"][0]["entry"], Json::Null);
        assert_eq!(record.keys().collect::<Vec<_>>(), FIELDS);
        let hits = hits_to_json(&result, "000001");
        assert!(hits.iter().all(|hit| hit.keys().eq(HIT_FIELDS)));
    }

    #[test]
    fn concealed_text_is_not_found() {
        assert_eq!(search("secret", 0, Viewer::Customer), None);
        assert!(search("secret", 0, Viewer::Support).is_some());
        let mut ticket = test_fixtures::opened();
        let entry = ticket.id;
        test_fixtures::by_agent(
            &mut ticket,
            Action::Redact { entry, reason: "a slip".to_owned(), subject: None },
            None,
            "",
        );
        let pattern = Pattern::parse("every", MatchMode::default()).expect("a pattern");
        assert_eq!(find(&TicketTexts::from(&ticket), &pattern, 0), None);
    }
}
