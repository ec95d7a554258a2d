//! README.md, run as a story, but for the two commands that build the program and run this test.

use std::path::Path;

use crate::fixtures::generated_page::assert_is;
use crate::fixtures::terminal::on_a_terminal;
use crate::sandbox::Sandbox;
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

/// The commands of the picture.
const PICTURED: [&str; 3] = ["casebook", "casebook list", "casebook sla"];

#[test]
fn the_picture_of_the_readme_is_what_a_terminal_shows() {
    let mut sandbox = Sandbox::new();
    let fixed = "export CASEBOOK_NOW=2026-11-21T09:00:00Z CASEBOOK_SEED=1";
    sandbox.shell(&format!("{fixed}; casebook -q demo my-desk")).ok();
    sandbox.enter("my-desk");
    let mut picture = String::new();
    for command in PICTURED {
        let script = format!("{fixed}; stty cols 100 rows 40; {command} --no-pager");
        let Some(shown) = on_a_terminal(&sandbox, &["sh", "-c", &script], &[]) else { return };
        picture.push_str(&format!("$ {command}\n{}\n", shown.ok().stdout.replace('\r', "").trim_end()));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("```text\n$ casebook\n").expect("the picture");
    let after = rest.split_once("```").expect("its end").1;
    assert_is("README.md", &format!("{before}```text\n{picture}```{after}"));
}

#[test]
fn every_gate_of_a_pull_request_checks_audits_and_shows_the_changes() {
    for page in ["README.md", "docs/start/robot-in-ci.md", "examples/ci/gate.yml"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        let gate = text.split("  gate:\n").nth(1).unwrap_or_else(|| panic!("{page} has a gate"));
        for part in [
            "fetch-depth: 0",
            "casebook check",
            "casebook audit \"$BASE..HEAD\"",
            "changes \"$BASE...HEAD\" --markdown",
        ] {
            assert!(gate.contains(part), "{page}: {part}");
        }
    }
}

#[test]
fn the_readme_links_to_every_guide() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for guide in std::fs::read_dir(root.join("docs/guides")).unwrap() {
        let name = guide.unwrap().file_name().into_string().unwrap();
        assert!(readme.contains(&format!("(docs/guides/{name})")), "{name}");
    }
}
