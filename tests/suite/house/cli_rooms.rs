//! The rooms of the command line: each uses only earlier ones.

use std::collections::BTreeSet;

use super::imports::paths;
use super::source::{code, files, without_tests};

/// The rooms in the order in which they may use each other.
const ROOMS: [&str; 10] =
    ["exit", "reference", "env", "terminal", "error", "session", "args", "report", "run_write", "verbs"];

/// Returns the later rooms that a file uses. `path` is relative to `src/cli`.
fn later_rooms(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let module: Vec<&str> = path.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").collect();
    let room = module.first().copied().unwrap_or_default();
    let Some(place) = ROOMS.iter().position(|known| *known == room) else { return Vec::new() };
    let mut named: BTreeSet<String> = paths(&code, "crate::cli::").into_iter().map(|path| path[0].clone()).collect();
    for path in paths(&code, "super::") {
        // As many `super` as the file has folders lead up to `src/cli`: the next name is a room.
        let ups = 1 + path.iter().take_while(|part| *part == "super").count();
        if ups == module.len() {
            named.extend(path.get(ups - 1).cloned());
        }
    }
    let rooms = named.into_iter().map(|name| if name == "Exit" { "exit".to_owned() } else { name });
    rooms.filter(|name| ROOMS.iter().position(|room| room == name).is_none_or(|used| used > place)).collect()
}

#[test]
fn later_rooms_are_found() {
    let text = "use crate::cli::{args::key, session::Session};\nuse super::env;\nuse crate::cli::Exit;\n";
    assert_eq!(later_rooms("error/sync.rs", text), ["args", "session"]);
    assert_eq!(later_rooms("args/sort.rs", text), Vec::<String>::new());
    assert_eq!(later_rooms("error/mod.rs", "use super::verbs::show;\nuse super::exit::Exit;"), ["verbs"]);
    assert_eq!(later_rooms("run_write.rs", "use super::verbs::show; // crate::cli::elsewhere"), ["verbs"]);
    assert_eq!(later_rooms("mod.rs", "use crate::cli::verbs::Verb;"), Vec::<String>::new());
}

#[test]
fn rooms_use_each_other_in_one_direction() {
    let mut wrong = Vec::new();
    for file in files(&["src/cli"], "rs") {
        let path = file.path.trim_start_matches("src/cli/");
        let room = path.split(['/', '.']).next().unwrap();
        assert!(room == "mod" || ROOMS.contains(&room), "src/cli/{path} has no place in the order of rooms");
        wrong.extend(later_rooms(path, without_tests(&file.text)).iter().map(|used| format!("{path} uses {used}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
