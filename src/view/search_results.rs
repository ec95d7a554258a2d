//! What a search found: the lines with hits, ticket by ticket.
//!
//! Looks only at what the viewer may see: no notes for customers, and no words that were hidden. Must not know where
//! the tickets come from.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::id::Id;
use crate::domain::query::search::Pattern;
use crate::domain::ticket::Ticket;

use super::colors;
use super::colors::ColorMode;
use super::entry::short_id;
use super::table::tab_separated;
use super::visible_history::thread;
use super::{Audience, Viewer, sanitize};

/// The fields of a ticket with hits.
pub const FIELDS: &[&str] = &["id", "short_id", "subject", "hits"];
/// The fields of one hit, where each stands for itself.
pub const HIT_FIELDS: &[&str] = &["id", "short_id", "subject", "entry", "line", "text"];
/// What [`render_tsv`] prints.
pub const COLUMNS: &[&str] = &["id", "entry", "line", "text"];

/// A ticket with hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResult {
    /// The ticket.
    pub id: Id,
    subject: ResultLine,
    entries: Vec<FoundEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct FoundEntry {
    id: Id,
    at: DateTime<Utc>,
    by: String,
    lines: Vec<ResultLine>,
}

/// A line with its number, from 1; one without ranges stands beside a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ResultLine {
    number: usize,
    text: String,
    ranges: Vec<Range<usize>>,
}

/// What a ticket holds of a needle, with so many lines around each hit; nothing where it holds nothing.
pub fn find(ticket: &Ticket, needle: &Pattern, context: usize, viewer: Viewer) -> Option<SearchResult> {
    let subject =
        ResultLine { number: 1, text: ticket.header.subject.clone(), ranges: needle.ranges(&ticket.header.subject) };
    let entries: Vec<FoundEntry> = thread(ticket, viewer)
        .iter()
        .filter_map(|told| {
            let lines = lines(told.text()?, needle, context);
            let entry = told.entry;
            let found = FoundEntry { id: entry.id, at: entry.at, by: entry.by.as_str().to_owned(), lines };
            Some(found).filter(|found| !found.lines.is_empty())
        })
        .collect();
    let found = SearchResult { id: ticket.id, subject, entries };
    Some(found).filter(|found| !found.subject.ranges.is_empty() || !found.entries.is_empty())
}

/// The lines with hits, and those around them, each once.
fn lines(text: &str, needle: &Pattern, context: usize) -> Vec<ResultLine> {
    let mut hits = needle.hits(text).peekable();
    if hits.peek().is_none() {
        return Vec::new();
    }
    let all: Vec<&str> = text.lines().collect();
    let mut lines: Vec<ResultLine> = Vec::new();
    let mut next = 0;
    while let Some(hit) = hits.next() {
        let line = |index: usize, ranges| ResultLine { number: index + 1, text: all[index].to_owned(), ranges };
        let until = hits.peek().map_or(all.len(), |next| next.line);
        lines.extend((next.max(hit.line.saturating_sub(context))..hit.line).map(|index| line(index, Vec::new())));
        let behind = (hit.line + 1)..until.min(hit.line.saturating_add(context).saturating_add(1));
        next = behind.end;
        lines.push(line(hit.line, hit.ranges));
        lines.extend(behind.map(|index| line(index, Vec::new())));
    }
    lines
}

/// Each ticket under its title, each entry under its author; lines with hits have a `:` behind their number, those
/// around them a `-`. The short ids go with the tickets one by one.
pub fn render_table(found: &[SearchResult], short_ids: &[String], audience: &Audience<'_>) -> String {
    let paint = audience.paint;
    let mut shown = String::new();
    for (found, ticket_short_id) in found.iter().zip(short_ids) {
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&audience.name_of(found.id, ticket_short_id));
        shown.push_str("  ");
        push_marked(&mut shown, &found.subject, paint);
        for entry in &found.entries {
            let by = sanitize::one_line(&entry.by);
            let head = format!("  {} {by} · {}", audience.minute(entry.at), short_id(entry.id));
            paint.push(&mut shown, colors::MUTED, &head);
            shown.push('\n');
            for line in &entry.lines {
                let mark = if line.ranges.is_empty() { '-' } else { ':' };
                paint.push(&mut shown, colors::PLACE, &format!("{:>6}{mark}", line.number));
                shown.push(' ');
                push_marked(&mut shown, line, paint);
            }
        }
    }
    shown
}

/// A line with its hits in colour. Each piece is made safe by itself; between them stands what colours them.
fn push_marked(shown: &mut String, line: &ResultLine, paint: ColorMode) {
    let mut from = 0;
    if paint.colour {
        for range in &line.ranges {
            shown.push_str(&sanitize::one_line(&line.text[from..range.start]));
            paint.push(shown, colors::FOUND, &sanitize::one_line(&line.text[range.clone()]));
            from = range.end;
        }
    }
    shown.push_str(&sanitize::one_line(&line.text[from..]));
    shown.push('\n');
}

/// One line per line with hits, with tabs between: id, entry, number of the line, line. Of a subject, entry and number
/// are empty.
pub fn render_tsv(found: &SearchResult) -> String {
    let line = |(entry, line): (Option<&FoundEntry>, &ResultLine)| {
        let (entry, number) = place(entry, line);
        let values = [found.id.to_string(), entry.unwrap_or_default(), number.unwrap_or_default()];
        tab_separated(values.iter().map(String::as_str).chain([line.text.as_str()]))
    };
    found.hits().map(line).collect()
}

/// A ticket with its hits.
pub fn to_json(found: &SearchResult, ticket_short_id: &str) -> Map<String, Json> {
    let hits: Vec<Json> = found
        .hits()
        .map(|(entry, line)| {
            json!({
                "entry": entry.map(|entry| entry.id.to_string()),
                "line": entry.map(|_| line.number),
                "text": line.text,
                "ranges": in_characters(line),
            })
        })
        .collect();
    let mut record = title(found, ticket_short_id);
    record.insert("hits".to_owned(), Json::Array(hits));
    record
}

/// The hits of a ticket, each for itself.
pub fn hit_records(found: &SearchResult, ticket_short_id: &str) -> Vec<Map<String, Json>> {
    let of = |(entry, line): (Option<&FoundEntry>, &ResultLine)| {
        let mut record = title(found, ticket_short_id);
        record.insert("entry".to_owned(), json!(entry.map(|entry| entry.id.to_string())));
        record.insert("line".to_owned(), json!(entry.map(|_| line.number)));
        record.insert("text".to_owned(), json!(line.text));
        record
    };
    found.hits().map(of).collect()
}

fn title(found: &SearchResult, ticket_short_id: &str) -> Map<String, Json> {
    let values = [
        ("id", found.id.to_string()),
        ("short_id", ticket_short_id.to_owned()),
        ("subject", found.subject.text.clone()),
    ];
    values.into_iter().map(|(name, words)| (name.to_owned(), Json::String(words))).collect()
}

fn place(entry: Option<&FoundEntry>, line: &ResultLine) -> (Option<String>, Option<String>) {
    (entry.map(|entry| entry.id.to_string()), entry.map(|_| line.number.to_string()))
}

/// Ranges of bytes as characters from 0, each second behind the last; counted in one go.
fn in_characters(line: &ResultLine) -> Vec<[usize; 2]> {
    let (mut byte, mut character) = (0, 0);
    let mut to = |end: usize| {
        character += line.text[byte..end].chars().count();
        byte = end;
        character
    };
    line.ranges.iter().map(|range| [to(range.start), to(range.end)]).collect()
}

impl SearchResult {
    /// The lines with hits: the subject's without an entry, then those of the entries.
    fn hits(&self) -> impl Iterator<Item = (Option<&FoundEntry>, &ResultLine)> {
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
    use crate::domain::query::search::MatchMode;
    use crate::domain::ticket::action::Action;
    use crate::view::test_fixtures;

    fn found(words: &str, context: usize, viewer: Viewer) -> Option<SearchResult> {
        let mut ticket = test_fixtures::opened();
        let text = "one\ntwo\nTiles, tiles\nfour\nfive\nsix\n緊急 tile\u{1b}s tiles";
        test_fixtures::by_agent(&mut ticket, test_fixtures::reply(), None, text);
        test_fixtures::by_agent(&mut ticket, test_fixtures::note(), None, "Secret tiles.");
        find(&ticket, &Pattern::read(words, MatchMode::default()).expect("a needle"), context, viewer)
    }

    #[test]
    fn people_see_hits_in_their_surroundings() {
        let (zone, short_ids) = (test_fixtures::paris(), ["000001".to_owned()]);
        let told = |context, colour| {
            let found = found("tiles", context, Viewer::Customer).expect("hits");
            let audience = Audience { paint: ColorMode { colour }, ..test_fixtures::audience(&zone) };
            render_table(&[found], &short_ids, &audience)
        };
        assert_eq!(
            told(1, false),
            "000001  Dashboard tiles time out\n\
            \x20 2026-11-21 18:15 kenji@desk.example · 000007\n\
            \x20    2- two\n\
            \x20    3: Tiles, tiles\n\
            \x20    4- four\n\
            \x20    6- six\n\
            \x20    7: 緊急 tile␛s tiles\n"
        );
        assert_eq!(told(9, false).lines().count(), 9);
        let painted = told(0, true);
        assert!(
            painted.contains("\u{1b}[1m\u{1b}[31mTiles\u{1b}[0m, \u{1b}[1m\u{1b}[31mtiles\u{1b}[0m\n"),
            "{painted:?}"
        );
        assert!(painted.contains("緊急 tile␛s \u{1b}"), "{painted:?}");
    }

    #[test]
    fn programs_get_each_line_and_its_place() {
        let found = found("tiles", 0, Viewer::Support).expect("hits");
        let told = render_tsv(&found);
        let places: Vec<(&str, &str)> = told
            .lines()
            .map(|line| line.splitn(3, '\t').nth(2).and_then(|rest| rest.split_once('\t')).expect("four values"))
            .collect();
        let expected = [
            ("", "Dashboard tiles time out"),
            ("3", "Tiles, tiles"),
            ("7", "緊急 tile␛s tiles"),
            ("1", "Secret tiles."),
        ];
        assert_eq!(places, expected);
        let record = to_json(&found, "000001");
        assert_eq!(record["hits"][1]["ranges"], json!([[0, 5], [7, 12]]));
        assert_eq!(record["hits"][2]["ranges"], json!([[10, 15]]));
        assert_eq!(record["hits"][0]["entry"], Json::Null);
        assert_eq!(record.keys().collect::<Vec<_>>(), FIELDS);
        let hits = hit_records(&found, "000001");
        assert!(hits.iter().all(|hit| hit.keys().eq(HIT_FIELDS)));
    }

    #[test]
    fn what_may_not_be_seen_is_not_found() {
        assert_eq!(found("secret", 0, Viewer::Customer), None);
        assert!(found("secret", 0, Viewer::Support).is_some());
        let mut ticket = test_fixtures::opened();
        let entry = ticket.id;
        test_fixtures::by_agent(&mut ticket, Action::Redact { entry, reason: "a slip".to_owned() }, None, "");
        let needle = Pattern::read("every", MatchMode::default()).expect("a needle");
        assert_eq!(find(&ticket, &needle, 0, Viewer::Support), None);
    }
}
