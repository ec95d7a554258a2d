//! Names of types: a name stands for one type in the whole crate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::source::{Source, code, files, without_tests};

/// The number of names that several types may share.
const MOST_SHARED: usize = 8;

/// Names that several types share, each with the reason.
const SHARED: &[(&str, &str)] = &[];

/// The folders whose types have names of their own.
const CODE: &[&str] = &["src"];

static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?(?:unsafe )?(?:struct|enum|union|trait|type) (\w+)").unwrap()
});

/// Returns the names of the types that a file declares outside functions and tests.
fn declared(text: &str) -> BTreeSet<String> {
    DECLARATION.captures_iter(&code(without_tests(text))).map(|found| found[1].to_owned()).collect()
}

/// Returns the names that several files declare, with these files.
fn shared(sources: &[Source]) -> BTreeMap<String, Vec<&str>> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for Source { path, text } in sources.iter().filter(|file| !file.path.contains("tests")) {
        declared(text).into_iter().for_each(|name| names.entry(name).or_default().push(path));
    }
    names.retain(|_, files| files.len() > 1);
    names
}

#[test]
fn shared_names_are_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let sources = [
        source("src/a.rs", "pub struct A;\nenum B {}\nimpl C for A {\n    type D = u8;\n}\n// struct E;\n"),
        source("src/b.rs", "pub(crate) trait B {}\ntype D<'a> = &'a str;\nstruct E(u8);\n"),
        source("src/c.rs", "#[cfg(test)]\nmod tests {\nstruct A;\n}\n"),
        source("src/c/tests.rs", "struct E;\n"),
    ];
    let found = shared(&sources);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [("B".to_owned(), vec!["src/a.rs", "src/b.rs"])]);
}

#[test]
fn a_name_stands_for_one_type() {
    let sources = files(CODE, "rs");
    let mut found = shared(&sources);
    assert!(SHARED.len() <= MOST_SHARED, "at most {MOST_SHARED} names are shared");
    for (name, _) in SHARED {
        assert!(found.remove(*name).is_some(), "`{name}` is not shared: take it off the list");
    }
    assert!(found.is_empty(), "{} names of several types: {found:#?}", found.len());
}
