//! Stories: every Markdown file of `examples/`, and docs/slas.md, runs as it is written (see `examples/README.md`).
//!
//! `UPDATE_STORIES=1` writes down what the program says now instead of failing.

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

/// The stories in the order of their names, and the page of docs/ that counts.
fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = walkdir::WalkDir::new(&folder).into_iter();
    let mut stories: Vec<_> = files.map(|file| file.expect("a file of examples/").into_path()).collect();
    stories.retain(|path| path.extension().is_some_and(|end| end == "md") && !path.ends_with("README.md"));
    stories.sort();
    stories.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/slas.md"));
    stories
}
