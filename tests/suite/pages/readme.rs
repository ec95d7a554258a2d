//! README.md, run as a story, but for the two commands that build the program and run this test.

use std::path::Path;

use crate::stories::{StoryResult, run};

/// The commands for a new machine, which `.ci/run` runs.
const FRESH_MACHINE: [&str; 2] = ["$ cargo run --release -- demo my-desk", "$ cargo test"];

#[test]
fn the_commands_of_the_readme_print_what_it_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let mut story = readme.clone();
    for command in FRESH_MACHINE {
        let line = format!("{command}\n");
        assert_eq!(story.matches(&line).count(), 1, "README.md has `{command}` once");
        // `true` prints nothing, whatever its arguments.
        story = story.replace(&line, &line.replacen("$ ", "$ true ", 1));
    }
    assert!(!story.lines().any(|line| line.starts_with("$ cargo")), "README.md runs cargo a third time");
    let update = std::env::var_os("UPDATE_STORIES").is_some_and(|value| value == "1");
    match run("README.md", &story, update) {
        Ok(StoryResult::Passed) => {}
        Ok(StoryResult::Updated(story)) => std::fs::write(&path, story.replace("$ true cargo", "$ cargo")).unwrap(),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn the_readmes_first_day_has_ten_commands() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let day = readme.split("\n## ").find(|part| part.starts_with("A first day")).expect("the first day");
    assert_eq!(day.lines().filter(|line| line.starts_with("$ ")).count(), 10);
}
