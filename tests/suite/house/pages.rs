//! Pages: links lead to files, and every verb has a story.

use walkdir::WalkDir;

use super::source::{Source, files, repository};
use crate::reference::verbs;

/// The folders with stories; one of them may be missing.
const STORIES: &[&str] = &["examples", "docs/guides"];

/// Returns the folders of stories that are there.
fn story_folders() -> Vec<&'static str> {
    STORIES.iter().copied().filter(|folder| repository().join(folder).exists()).collect()
}

/// Returns whether a line of a story runs a verb: after `casebook` and its global options.
fn runs(line: &str, verb: &str) -> bool {
    line.split("casebook ").skip(1).any(|rest| {
        let mut words = rest.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "-C" | "--as" | "--color" | "--lang" => _ = words.next(),
                "-q" | "-v" => {}
                word => return word.trim_end_matches(')') == verb,
            }
        }
        false
    })
}

#[test]
fn a_verb_is_found_after_options() {
    assert!(runs("$ casebook -C desk --as ana@acme.example reply 7S1W1X", "reply"));
    assert!(runs("$ id=$(casebook list)", "list"));
    assert!(!runs("$ casebook show reply", "reply"));
}

#[test]
fn every_verb_has_a_story() {
    let pages = files(&story_folders(), "md").into_iter().filter(|page| !page.path.ends_with("README.md"));
    let text: String = pages.map(|page| page.text).collect();
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("$ ")).collect();
    for verb in verbs() {
        assert!(commands.iter().any(|line| runs(line, &verb)), "no story runs `casebook {verb}`");
    }
    assert!(commands.iter().any(|line| line.trim() == "$ casebook"), "no story runs `casebook` by itself");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let scopes: Vec<&str> = ["README.md", "docs"].into_iter().chain(story_folders()).collect();
    for Source { path, text } in files(&scopes, "md") {
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or_default();
            let place = repository().join(&path).parent().unwrap().join(file);
            assert!(place.exists(), "{path}: {target} leads nowhere");
        }
    }
}

#[test]
fn pages_name_files_of_tests_that_exist() {
    for Source { path, text } in files(&["README.md", "docs"], "md") {
        let named = text.split("tests/").skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"_-./".contains(c)).unwrap_or(rest.len());
            rest[..end].trim_end_matches('.')
        });
        let is_ours = |file: &&str| ["suite", "torture", "data"].contains(&file.split('/').next().unwrap());
        for file in named.filter(is_ours) {
            assert!(repository().join("tests").join(file).exists(), "{path}: tests/{file} does not exist");
        }
    }
}

#[test]
fn stories_are_there() {
    let count = story_folders().iter().flat_map(|folder| WalkDir::new(repository().join(folder))).count();
    assert!(count > 20, "{count} files in {STORIES:?}");
}
