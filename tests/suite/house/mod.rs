//! The house rules that no compiler checks: who imports whom, what a module begins with, how long a file gets,
//! what nothing is called, and that every verb has a story and every folder its place on the map.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::reference::verbs;
use crate::stories::stories;

/// Who may use whom (`src/lib.rs`, docs/architecture.md). What is not listed may use nobody of the crate.
const DIRECTION: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("error.rs", &["domain", "store"]),
    ("store", &["domain", "store"]),
    ("exchange", &["domain", "exchange"]),
    ("view", &["domain", "view"]),
    ("casebook", &["domain", "store", "error", "casebook"]),
    ("cli", &["domain", "store", "exchange", "view", "casebook", "error", "cli"]),
    ("lib.rs", &[]),
];

/// Lines past which a file has to be taken apart.
const LONGEST: usize = 400;

/// Names that say nothing, so that everything ends up under them.
const NOBODYS_NAMES: [&str; 5] = ["util", "helper", "misc", "manager", "common"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files of a folder, as paths from it, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = repository().join(folder);
    let files = WalkDir::new(&root).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let rust = files.filter(|file| file.path().extension().is_some_and(|end| end == "rs"));
    rust.map(|file| {
        let text = std::fs::read_to_string(file.path()).unwrap();
        (file.path().strip_prefix(&root).unwrap().to_path_buf(), text)
    })
    .collect()
}

/// The lines of code, without comments: those may name anybody.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The folders of the crate that a file names: `crate::NAME`, `crate::{NAME, …}`, and in main.rs `casebook::NAME`.
fn named(text: &str, root: &str) -> BTreeSet<String> {
    let code: String = code(text).collect::<Vec<_>>().join("\n");
    let word =
        |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned();
    let mut names = BTreeSet::new();
    for (place, _) in code.match_indices(root) {
        let before = code[..place].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '"') {
            continue;
        }
        let rest = &code[place + root.len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or_default();
                names.extend(top_level(group).map(|part| word(part.trim())));
            }
            None => _ = names.insert(word(rest)),
        }
    }
    names
}

/// The parts of `a::{b, c}, d` that stand on its first level.
fn top_level(group: &str) -> impl Iterator<Item = &str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[from..]);
    parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric))
}

#[test]
fn imports_are_found_in_every_shape() {
    let text = "use crate::a::B;\nuse crate::{c::{D, crate_x}, e};\nlet x = crate::f::g(); // crate::no\nmycrate::h();";
    assert_eq!(named(text, "crate::"), ["a", "c", "e", "f"].map(str::to_owned).into());
}

#[test]
fn imports_go_in_one_direction() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let folder = path.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let (root, may): (_, &[&str]) = match DIRECTION.iter().find(|(name, _)| *name == folder) {
            Some((_, may)) => ("crate::", may),
            None if folder == "main.rs" => ("casebook::", &["cli"]),
            None => panic!("src/{folder} has no place in the direction of imports"),
        };
        for name in named(&text, root).iter().filter(|name| !may.contains(&name.as_str())) {
            wrong.push(format!("src/{} uses {name}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_says_what_it_is() {
    for folder in ["src", "tests/suite", "tests/torture"] {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//! "), "{folder}/{} begins with no `//!` sentence", path.display());
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for folder in ["src", "tests/suite", "tests/torture"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= LONGEST, "{folder}/{} has {lines} lines: take it apart", path.display());
        }
    }
}

#[test]
fn every_name_says_something() {
    for folder in ["src", "tests"] {
        for entry in WalkDir::new(repository().join(folder)) {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let stem = name.trim_end_matches(".rs").trim_end_matches('s').to_owned();
            assert!(!NOBODYS_NAMES.contains(&stem.as_str()), "{}", entry.path().display());
        }
    }
}

#[test]
fn only_the_edge_prints_and_reads_the_environment() {
    for (path, text) in sources("src").iter().filter(|(path, _)| !path.starts_with("cli")) {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test = path.ends_with("tests.rs");
        for word in ["println!", "eprintln!", "env::var", "SystemTime::now", "process::exit"] {
            assert!(is_test || code(text).all(|line| !line.contains(word)), "src/{} has {word}", path.display());
        }
    }
}

#[test]
fn every_verb_has_a_story() {
    let text: String = stories().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("$ ")).collect();
    for verb in verbs() {
        assert!(commands.iter().any(|line| runs(line, &verb)), "no story runs `casebook {verb}`");
    }
    assert!(commands.iter().any(|line| line.trim() == "$ casebook"), "no story runs `casebook` alone");
}

/// Whether a line of a story runs a verb: behind `casebook` and its global options.
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
fn the_map_names_every_folder() {
    let map = std::fs::read_to_string(repository().join("docs/architecture.md")).expect("docs/architecture.md");
    let folders = ["src", "tests"].into_iter().flat_map(|folder| WalkDir::new(repository().join(folder)));
    for entry in folders.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().is_dir()) {
        let folder = entry.path().strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/");
        assert!(map.contains(&format!("`{folder}/`")), "docs/architecture.md does not name `{folder}/`");
    }
}
