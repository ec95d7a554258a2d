//! Visibility: only the view of a desk decides what a viewer sees, so that no verb can forget to.

use super::source::{code, files, without_tests};

/// Code that decides on visibility, and the files that may contain it. Everything else gets what a view gives.
const DECISIONS: &[(&str, &[&str])] = &[
    ("customer_view(", &["src/domain/people/visibility.rs", "src/desk/read/desk_view.rs"]),
    // `check` looks at all entries, and reports an internal one as internal. The texts for a search mark internal ones;
    // the view leaves them out.
    (
        "internal_entries(",
        &["src/domain/people/visibility.rs", "src/desk/check/ticket.rs", "src/domain/ticket/texts.rs"],
    ),
    ("has_customer(", &["src/desk/read/desk_view.rs", "src/desk/write/transaction.rs"]),
    // Which agent's turn it is depends on all tickets, and `resolve` maintains the clone for any user.
    ("as_seen_by(None)", &["src/desk/write/assign.rs", "src/cli/verbs/resolve.rs"]),
    ("DeskView {", &["src/desk/read/desk_view.rs"]),
    // Only a session knows whether the command named the actor.
    ("as_owned_by(", &["src/cli/session/mod.rs"]),
    // The side of a viewer chooses labels, and `textconv` prints any file.
    ("Viewer::Customer", &["src/view/", "src/cli/session/mod.rs"]),
    ("Viewer::Support", &["src/view/", "src/cli/session/mod.rs", "src/cli/verbs/textconv.rs"]),
];

/// Returns the decisions that a file contains and may not.
fn misplaced(path: &str, text: &str) -> Vec<&'static str> {
    let code = code(without_tests(text));
    let is_misplaced = |(word, allowed): &&(&str, &[&str])| {
        code.contains(word) && !allowed.iter().any(|allowed| path.starts_with(allowed))
    };
    DECISIONS.iter().filter(is_misplaced).map(|(word, _)| *word).collect()
}

#[test]
fn misplaced_decisions_are_found() {
    let text =
        "fn f() { let v = desk.as_seen_by(None)?; g(customer_view(t)) }\n#[cfg(test)]\nmod tests {\nDeskView {}\n}\n";
    assert_eq!(misplaced("src/cli/verbs/show.rs", text), ["customer_view(", "as_seen_by(None)"]);
    assert_eq!(misplaced("src/cli/verbs/resolve.rs", text), ["customer_view("]);
    assert!(misplaced("src/cli/verbs/show.rs", "// customer_view(ticket)\n").is_empty());
}

#[test]
fn only_the_view_decides_what_a_viewer_sees() {
    let sources = files(&["src"], "rs").into_iter().filter(|file| !file.path.ends_with("tests.rs"));
    let wrong: Vec<String> = sources
        .flat_map(|file| {
            misplaced(&file.path, &file.text).into_iter().map(move |word| format!("{}: {word}", file.path))
        })
        .collect();
    assert!(wrong.is_empty(), "ask the DeskView instead: {wrong:#?}");
}

#[test]
fn every_decision_is_where_it_may_be() {
    let sources = files(&["src"], "rs");
    for (word, allowed) in DECISIONS {
        for place in *allowed {
            let is_used = sources.iter().any(|file| file.path.starts_with(place) && code(&file.text).contains(word));
            assert!(is_used, "{place} does not contain `{word}`: take it off the list");
        }
    }
}
