//! `docs/seeds.md`, the table of the requirements in the seeds, is complete and true: every row has a number, a
//! state, verbs and settings of the program, and links to the stories and tests that show it.

use std::fs;
use std::path::Path;

use casebook::cli::command;

const ROWS: usize = 78;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the rows of the page: number, sentence, verbs and settings, links, state.
fn rows() -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/seeds.md")).unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = page.lines().filter(|line| line.starts_with('|')).map(cells);
    rows.filter(|cells| cells[0].parse::<usize>().is_ok()).collect()
}

/// Returns the texts between two marks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inner, _)| inner).collect()
}

#[test]
fn every_requirement_has_a_row_with_a_state() {
    let rows = rows();
    let numbers: Vec<usize> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=ROWS).collect::<Vec<_>>());
    for row in &rows {
        assert_eq!(row.len(), 5, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        let (shown, state) = (&row[3], &row[4]);
        let known = ["portal", "mail", "chat"];
        let brought: Vec<&str> = state.split("later: ").skip(1).collect();
        let is_known = |what: &&str| known.iter().any(|subject| what.split([';', ',']).next() == Some(*subject));
        assert!(brought.iter().all(is_known), "{row:?} says not what brings it");
        assert_eq!(state.matches("later").count(), brought.len(), "{row:?} says later, and not what brings it");
        match state.split([':', ';', ',', ' ']).next().unwrap() {
            "done" => assert!(shown.contains("]("), "{row:?} shows nothing"),
            "partly" => assert!(shown.contains("](") && !brought.is_empty(), "{row:?} is done in part, and no more"),
            "later" => assert!(!brought.is_empty(), "{row:?} says not what brings it"),
            _ => panic!("{row:?} has no state"),
        }
    }
}

#[test]
fn every_link_of_the_requirements_has_a_target() {
    for row in rows() {
        for link in between(&row[3], "](", ")") {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let text =
                fs::read_to_string(root().join("docs").join(path)).unwrap_or_else(|_| panic!("{}: {link}", row[0]));
            let heading = |line: &str| {
                let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
                line.starts_with('#') && words.chars().filter(|c| c.is_alphanumeric() || *c == '-').eq(anchor.chars())
            };
            let is_there = match path.ends_with(".rs") {
                true => text.contains(&format!("fn {anchor}(")),
                false => anchor.is_empty() || text.lines().any(heading),
            };
            assert!(is_there, "row {}: `{anchor}` is not in {path}", row[0]);
        }
    }
}

/// Returns whether a new desk's casebook.toml has a table or a key of that name.
fn is_setting(named: &str, policy: &str) -> bool {
    match named.strip_suffix(']') {
        Some(table) => policy.contains(&format!("{table}]")) || policy.contains(&format!("{table}.")),
        None => policy.contains(&format!("\n{named} = ")),
    }
}

#[test]
fn every_verb_and_setting_of_the_requirements_exists() {
    let policy = include_str!("../../../src/store/config/templates/looker.toml");
    for row in rows() {
        for named in row[2].split('`').skip(1).step_by(2) {
            let words: Vec<&str> = named.split(' ').collect();
            if words == ["casebook"] || is_setting(named, policy) {
                continue;
            }
            let mut place = command();
            for word in words {
                let below = place.find_subcommand(word).cloned();
                let flag = word.strip_prefix("--");
                let has = |flag| place.get_arguments().any(|argument| argument.get_long() == Some(flag));
                match (below, flag) {
                    (Some(below), _) => place = below,
                    (None, Some(flag)) if has(flag) => {}
                    _ => panic!("row {}: `{named}`: the program has no `{word}`", row[0]),
                }
            }
        }
    }
}
