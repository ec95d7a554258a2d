//! Stories: Markdown pages whose commands run as written (docs/guides/writing-stories.md says how a story is written).
//!
//! `UPDATE_STORIES=1` writes down the current output of the program instead of failing.

mod expected;
mod script;
mod stage;

use std::fs;
use std::path::{Path, PathBuf};

pub use stage::{Played, play};

#[test]
fn every_story_goes_as_it_is_told() {
    let update = std::env::var_os("UPDATE_STORIES").is_some_and(|value| value == "1");
    let mut failures = Vec::new();
    for path in stories() {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        match play(&name, &text, update) {
            Ok(Played::AsTold) => {}
            Ok(Played::Otherwise(told)) => fs::write(&path, told).unwrap_or_else(|error| panic!("{name}: {error}")),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{} went otherwise:\n\n{}", failures.len(), failures.join("\n"));
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
