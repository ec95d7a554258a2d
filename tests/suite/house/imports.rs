//! Imports: folders use each other in one direction, files without cycles, and only the command line reads the world.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::source::{Source, code, files, without_tests};

/// The folders that each folder of the crate may use (docs/architecture.md).
const DIRECTION: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("error.rs", &["domain", "store"]),
    ("store", &["domain", "store"]),
    ("exchange", &["domain", "exchange"]),
    ("view", &["domain", "view"]),
    ("desk", &["domain", "store", "error", "desk"]),
    ("cli", &["domain", "store", "exchange", "view", "desk", "error", "cli"]),
    ("lib.rs", &[]),
];

/// Returns the paths that code names after a root such as `crate::`, each as its segments. `{…}` is taken apart.
pub(super) fn paths(code: &str, root: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(root) {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
            expand(&code[at + root.len()..], &[], &mut found);
        }
    }
    found
}

/// Adds the paths that a text begins with, after a prefix, and returns the rest of the text.
fn expand<'a>(text: &'a str, prefix: &[String], found: &mut BTreeSet<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = expand(rest, prefix, found).trim_start();
            match rest.strip_prefix(',') {
                Some(after) if after.trim_start().starts_with('}') => return &after.trim_start()[1..],
                Some(after) => rest = after,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(text.len());
    let path = [prefix, &[text[..end].to_owned()]].concat();
    match text[end..].strip_prefix("::") {
        Some(rest) if rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '{' || c == '*') => {
            expand(rest, &path, found)
        }
        _ => {
            found.insert(path);
            let rest = text[end..].trim_start();
            let alias = rest.strip_prefix("as ").map(|rest| rest.trim_start());
            alias.map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
        }
    }
}

/// The files of the crate that use each other, by their paths.
#[derive(Default)]
struct Graph(BTreeMap<String, BTreeSet<String>>);

impl Graph {
    /// Reads the imports of files, whose paths are relative to a root. A `mod.rs` stands for its whole folder, so it is
    /// left out: its submodules use it, and it uses them.
    fn of(sources: &[(String, String)]) -> Self {
        let names: BTreeSet<&str> = sources.iter().map(|(path, _)| path.as_str()).collect();
        let mut graph = Self::default();
        for (path, text) in sources.iter().filter(|(path, _)| !path.ends_with("mod.rs")) {
            let code = code(without_tests(text));
            let module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            let above = &module[..module.len() - 1];
            let mut named: Vec<Vec<String>> = paths(&code, "crate::").into_iter().collect();
            named.extend(paths(&code, "self::").into_iter().map(|path| [&module[..], &path].concat()));
            for path in paths(&code, "super::") {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                let above = &above[..above.len().saturating_sub(ups)];
                named.push([above, &path[ups..]].concat());
            }
            let used = named.iter().filter_map(|path| file_of(path, &names)).filter(|used| used != path);
            graph.0.insert(path.clone(), used.collect());
        }
        graph
    }

    /// Returns a shortest cycle through each group of files that use each other in a circle.
    fn cycles(&self) -> Vec<Vec<String>> {
        let (mut cycles, mut done) = (Vec::new(), BTreeSet::new());
        for file in self.0.keys() {
            if let Some(cycle) = self.cycle_through(file).filter(|_| !done.contains(file)) {
                let group = self.0.keys().filter(|other| self.reaches(file, other) && self.reaches(other, file));
                done.extend(group.cloned());
                cycles.push(cycle);
            }
        }
        cycles
    }

    /// Returns the files between a file and another that it uses, directly or not.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let (mut queue, mut seen) = (VecDeque::from([vec![from.to_owned()]]), BTreeSet::new());
        while let Some(way) = queue.pop_front() {
            for next in self.0.get(way.last()?).into_iter().flatten() {
                if next == to {
                    return Some(way);
                }
                if seen.insert(next.clone()) {
                    queue.push_back([&way[..], std::slice::from_ref(next)].concat());
                }
            }
        }
        None
    }

    fn cycle_through(&self, file: &str) -> Option<Vec<String>> {
        self.way(file, file)
    }

    fn reaches(&self, from: &str, to: &str) -> bool {
        self.way(from, to).is_some()
    }
}

/// Returns the file that a path of modules and items leads to, the deepest there is. None for a `mod.rs`.
fn file_of(path: &[String], names: &BTreeSet<&str>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let module = path[..length].join("/");
        let (file, folder) = (format!("{module}.rs"), format!("{module}/mod.rs"));
        let is_folder = names.contains(folder.as_str());
        (is_folder || names.contains(file.as_str())).then_some((!is_folder).then_some(file))
    })?
}

/// Returns the sources of the crate, by their paths in `src`.
fn sources() -> Vec<(String, String)> {
    let named = |file: Source| (file.path.trim_start_matches("src/").to_owned(), file.text);
    files(&["src"], "rs").into_iter().map(named).collect()
}

#[test]
fn imports_are_found_in_every_shape() {
    let text = "use crate::a::B;\nuse crate::{c::{D, crate_x as y, f::*}, e};\nlet x = crate::f::g::<T>();\n\
                mycrate::h(); pub(in crate::i) fn j() {}\nuse crate::k::{\n    l,\n    m::N,\n};";
    let found: Vec<String> = paths(text, "crate::").iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a::B", "c::D", "c::crate_x", "c::f::*", "e", "f::g", "i", "k::l", "k::m::N"]);
}

#[test]
fn cycles_are_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let graph = Graph::of(&[
        file("a/mod.rs", "mod b; use crate::a::b::B;"),
        file("a/b.rs", "use super::c::d::D; use crate::a::A; // use crate::e::E;"),
        file("a/c/mod.rs", "pub mod d;"),
        file("a/c/d.rs", "use crate::{e::E, a};"),
        file("e.rs", "fn f() { crate::a::b::g() }\n#[cfg(test)]\nmod tests {\n    use super::*; use crate::h::H;\n}"),
        file("h.rs", "use crate::e::E; use self::i::I;"),
    ]);
    assert_eq!(graph.cycles(), [["a/b.rs", "a/c/d.rs", "e.rs"]]);
}

#[test]
fn imports_go_in_one_direction() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let folder = path.split('/').next().unwrap();
        let (root, may): (_, &[&str]) = match DIRECTION.iter().find(|(name, _)| *name == folder) {
            Some((_, may)) => ("crate::", may),
            None if folder == "main.rs" => ("casebook::", &["cli"]),
            None => panic!("src/{folder} has no place in the direction of imports"),
        };
        let used = paths(&code(&text), root).into_iter().map(|path| path[0].clone()).collect::<BTreeSet<_>>();
        wrong
            .extend(used.iter().filter(|name| !may.contains(&name.as_str())).map(|name| format!("src/{path}: {name}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_do_not_use_each_other_in_cycles() {
    let cycles = Graph::of(&sources()).cycles();
    let told: Vec<String> = cycles.iter().map(|cycle| format!("{} → {}", cycle.join(" → "), cycle[0])).collect();
    assert!(told.is_empty(), "{} cycles: {told:#?}", told.len());
}

#[test]
fn only_the_command_line_prints_and_reads_the_environment() {
    for (path, text) in sources().iter().filter(|(path, _)| !path.starts_with("cli/") && !path.ends_with("tests.rs")) {
        let code = code(text.split("#[cfg(test)]").next().unwrap_or_default());
        for word in ["println!", "eprintln!", "env::var", "SystemTime::now", "process::exit"] {
            assert!(!code.contains(word), "src/{path} has {word}");
        }
    }
}
