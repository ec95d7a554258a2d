//! Stories: Markdown pages with commands and their expected output (docs/guides/writing-stories.md).
//!
//! `UPDATE_STORIES=1` writes the current output of the program into the pages instead of failing.

mod expected;
mod script;
mod stage;

use std::fs;
use std::path::{Path, PathBuf};

pub use stage::{StoryResult, run};

#[test]
fn every_story_prints_the_expected_output() {
    let update = std::env::var_os("UPDATE_STORIES").is_some_and(|value| value == "1");
    let mut failures = Vec::new();
    for path in stories() {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        match run(&name, &text, update) {
            Ok(StoryResult::Passed) => {}
            Ok(StoryResult::Updated(story)) => {
                fs::write(&path, story).unwrap_or_else(|error| panic!("{name}: {error}"))
            }
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{} stories failed:\n\n{}", failures.len(), failures.join("\n"));
}

/// The folders of stories. Their index pages run nothing.
const FOLDERS: [&str; 4] = ["docs/start", "docs/guides", "examples", "tests/suite/stories"];

/// Returns the stories in the order of their folders and names, then the page of docs/ that computes clocks.
pub fn stories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = FOLDERS.into_iter().flat_map(|folder| walkdir::WalkDir::new(root.join(folder)).sort_by_file_name());
    let mut stories: Vec<_> = files.map(|file| file.expect("a folder of stories").into_path()).collect();
    stories.retain(|path| path.extension().is_some_and(|end| end == "md") && !path.ends_with("README.md"));
    stories.push(root.join("docs/slas.md"));
    stories
}
