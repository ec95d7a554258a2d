//! The layout of folders and files: every folder on the map, few files in each, and no file too long.

use std::collections::BTreeMap;

use walkdir::WalkDir;

use super::source::{Source, files, repository};

/// The lines above which a file must be split.
const LONGEST: usize = 600;

/// The number of files above which a folder must be split into folders.
const MOST_FILES: usize = 24;

/// Folders that may have more files, each with their number and the reason.
const MORE_FILES: &[(&str, usize, &str)] =
    &[("src/cli/verbs", 60, "one file for each verb"), ("src/view", 32, "one file for each thing that is shown")];

/// The folders whose number of files is limited.
const FOLDERS: &[&str] = &["src", "tests"];

/// The files whose module comments are checked for invariants.
const MODULES: &[&str] = &["src", "tests"];

/// Names that say nothing, so that everything ends up under them.
const EMPTY_NAMES: [&str; 5] = ["util", "helper", "misc", "manager", "common"];

/// The folders of Rust code that is compiled and tested here.
const CODE: &[&str] = &["src", "tests"];

/// Returns the folders that have more files than they may, with their numbers. Files are given by their paths.
fn crowded<'a>(files: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        *folders.entry(file.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default() += 1;
    }
    let most = |folder: &str| MORE_FILES.iter().find(|(name, ..)| *name == folder).map_or(MOST_FILES, |found| found.1);
    folders.into_iter().filter(|(folder, count)| *count > most(folder)).collect()
}

/// Returns whether a module comment states an invariant at a wrong place: outside `mod.rs`, or before the heading.
fn has_misplaced_invariant(path: &str, text: &str) -> bool {
    let comment: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
    let comment = comment.join(" ").replace("//! ", "");
    let before =
        if path.ends_with("mod.rs") { comment.split("# Invariants").next().unwrap_or_default() } else { &comment };
    before.to_lowercase().contains("must not know")
}

#[test]
fn crowded_folders_are_found() {
    let named = |folder: &str, count: usize| (0..count).map(|n| format!("{folder}/f{n}.rs")).collect::<Vec<_>>();
    let files = [named("src/a", MOST_FILES), named("src/b", MOST_FILES + 1), named("src/view", 32)].concat();
    assert_eq!(crowded(files.iter().map(String::as_str)), [("src/b", MOST_FILES + 1)]);
    assert_eq!(crowded(named("src/view", 33).iter().map(String::as_str)), [("src/view", 33)]);
}

#[test]
fn misplaced_invariants_are_found() {
    assert!(has_misplaced_invariant("a/b.rs", "//! A file. Must not\n//! know any verb.\n"));
    assert!(has_misplaced_invariant("a/mod.rs", "//! A folder. Must not know any verb.\n"));
    assert!(!has_misplaced_invariant(
        "a/mod.rs",
        "//! A folder.\n//!\n//! # Invariants\n//!\n//! Must not know any verb.\n"
    ));
    assert!(!has_misplaced_invariant("a/b.rs", "//! A file.\n// Must not know any verb.\n"));
}

#[test]
fn no_folder_has_too_many_files() {
    let folders = FOLDERS.iter().flat_map(|folder| WalkDir::new(repository().join(folder)));
    let files = folders.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().is_file());
    let path = |entry: walkdir::DirEntry| {
        entry.path().strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/")
    };
    let paths: Vec<String> = files.map(path).collect();
    let crowded = crowded(paths.iter().map(String::as_str));
    assert!(crowded.is_empty(), "split {crowded:?}");
}

#[test]
fn no_file_is_too_long() {
    for Source { path, text } in files(CODE, "rs") {
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{path} has {lines} lines: split it");
    }
}

#[test]
fn every_module_says_what_it_is() {
    for Source { path, text } in files(CODE, "rs") {
        assert!(text.starts_with("//! "), "{path} does not begin with a `//!` sentence");
    }
}

#[test]
fn invariants_are_stated_by_folders() {
    let wrong = files(MODULES, "rs").into_iter().filter(|file| has_misplaced_invariant(&file.path, &file.text));
    let wrong: Vec<String> = wrong.map(|file| file.path).collect();
    assert!(wrong.is_empty(), "state them under `# Invariants` of a mod.rs: {wrong:#?}");
}

#[test]
fn every_name_says_something() {
    for folder in CODE {
        for entry in WalkDir::new(repository().join(folder)) {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let stem = name.trim_end_matches(".rs").trim_end_matches('s').to_owned();
            assert!(!EMPTY_NAMES.contains(&stem.as_str()), "{}", entry.path().display());
        }
    }
}

#[test]
fn the_map_names_every_folder() {
    let map = std::fs::read_to_string(repository().join("docs/architecture.md")).expect("docs/architecture.md");
    let folders = CODE.iter().flat_map(|folder| WalkDir::new(repository().join(folder)));
    for entry in folders.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().is_dir()) {
        let folder = entry.path().strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/");
        assert!(map.contains(&format!("`{folder}/`")), "docs/architecture.md does not name `{folder}/`");
    }
}
