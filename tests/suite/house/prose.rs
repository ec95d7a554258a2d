//! The rules for prose that can be checked: openings of doc comments, pronouns for people, and US spelling
//! (docs/contributing.md).

use std::sync::LazyLock;

use regex::Regex;

use super::source::{Kind, files, pieces, prose, repository};

/// The Rust code that the rules hold for.
const CODE: &[&str] = &["src", "tests", "benches", "fuzz/fuzz_targets"];

/// The pages that the rules hold for.
const PAGES: &[&str] = &["README.md", "docs"];

/// Words that do not open a doc comment.
const OPENINGS: [&str; 8] = ["What", "Whether", "Which", "Where", "Who", "How", "That", "Those"];

/// Files that may speak of people by pronouns, each with the reason.
const MAY_USE_PRONOUNS: &[(&str, &str)] = &[
    ("docs/contributing.md", "names the words that are not used"),
    ("docs/glossary.md", "names the words that are not used"),
    ("docs/languages.md", "prints the labels of the source documents"),
    ("src/view/labels/", "has the labels of the source documents"),
    ("tests/suite/house/prose.rs", "names the words that it looks for"),
];

/// Files that may have another spelling, each with the reason.
const MAY_SPELL_OTHERWISE: &[(&str, &str)] = &[
    ("docs/languages.md", "prints the labels of the source documents, and French ones"),
    ("src/exchange/icalendar.rs", "has a value of RFC 5545"),
    ("src/view/labels/", "has the labels of the source documents, and French ones"),
    ("src/cli/verbs/mod.rs", "accepts another spelling of a verb"),
    ("src/view/ticket/tests.rs", "has French labels"),
    ("tests/suite/reference.rs", "tries another spelling of a verb"),
    ("tests/suite/house/prose.rs", "names the words that it looks for"),
];

/// Pronouns that stand for people.
static PRONOUNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(whoever|whomever|somebody|someone|anybody|anyone|nobody|those who|one who)\b").unwrap()
});

/// British spellings, also inside names of code.
static BRITISH: LazyLock<Regex> = LazyLock::new(|| {
    let endings = "is(?:e[dsr]?|ers|ing|ations?)(?:[^a-z]|$)";
    let stems = "organ|recogn|serial|initial|normal|synchron|author|summar|minim|maxim|optim|priorit|categor|custom|\
                 util|real|emphas|apolog|special|final|formal|local|general|capital|critic|visual|standard|random|\
                 memor|central|parallel|stabil|item|token|sanit|canonical|anonym";
    let others = "colour|behaviour|favour|honour|neighbour|flavour|licence|defence|offence|centre|cancell(?:ed|ing)|\
                  label+(?:led|ling)|modell(?:ed|ing)|travell(?:ed|er|ing)|spelt|\\blearnt|judgement|artefact|\\bgrey|\
                  fulfil(?:[^l]|$)|\\banalys(?:ed?|ing)\\b|whilst|amongst|\\bpractis(?:e|ing)";
    Regex::new(&format!("(?i)(?:{stems}){endings}|{others}")).unwrap()
});

/// Returns the doc comments that open with one of the words: line and comment. Only the first line of a comment opens.
fn wrong_openings(text: &str) -> Vec<(usize, &str)> {
    let (mut wrong, mut last) = (Vec::new(), None);
    for piece in pieces(text).iter().filter(|piece| piece.kind == Kind::Doc) {
        let mark = &piece.text[..piece.text.len().min(3)];
        let is_first = mark.starts_with('"') || last != Some((piece.line - 1, mark));
        last = Some((piece.line, mark));
        let sentence = piece.text.trim_start_matches(['/', '!', '*', '"', ' ', '\n']);
        let word = sentence.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if is_first && OPENINGS.iter().any(|opening| opening.eq_ignore_ascii_case(word)) {
            wrong.push((piece.line, piece.text));
        }
    }
    wrong
}

/// Returns the pronouns for people in a text. A name in an address, such as `nobody@desk.example`, is none.
fn pronouns(text: &str) -> impl Iterator<Item = &str> {
    PRONOUNS.find_iter(text).filter(|found| !text[found.end()..].starts_with('@')).map(|found| found.as_str())
}

/// Returns the first British spelling in a line.
fn british(line: &str) -> Option<&str> {
    BRITISH.find(line).map(|found| found.as_str().trim_matches(|c: char| !c.is_alphabetic()))
}

fn is_excepted(path: &str, exceptions: &[(&str, &str)]) -> bool {
    exceptions.iter().any(|(prefix, _)| path.starts_with(prefix))
}

#[test]
fn wrong_openings_are_found() {
    let text = "//! What it is.\n//!\n//! How it works.\n\n/// A type.\n/// Which has lines.\nstruct A;\n\
                #[doc = \"Whether it is.\"]\nfn f() {}\n/// However it is.\nfn g() {}\n// Where it is.\n/// who\nfn h() {}\n";
    let found = wrong_openings(text);
    assert_eq!(found, [(1, "//! What it is."), (8, "\"Whether it is.\""), (13, "/// who")]);
}

#[test]
fn pronouns_for_people_are_found() {
    let found: Vec<&str> =
        pronouns("Whoever asks somebody's address, nobody@desk.example, of those who know").collect();
    assert_eq!(found, ["Whoever", "somebody", "those who"]);
    assert_eq!(pronouns("an actor, a viewer and a bodyguard").count(), 0);
}

#[test]
fn british_spellings_are_found() {
    let british_ones = "organisations Colour behaviour_of licence cancelled centre recognises spelt summarising \
                        grey fulfils labelled a_customised_one analyse";
    for word in british_ones.split_whitespace() {
        assert!(british(word).is_some(), "{word}");
    }
    let american = "organizations color behavior license canceled cancellation center recognizes spelled promise \
                    specialist realist analysis fulfill labeled otherwise precise greyhoundless organism emphasis";
    let american = american.replace("greyhoundless ", "");
    for word in american.split_whitespace() {
        assert_eq!(british(word), None, "{word}");
    }
}

#[test]
fn exceptions_name_files_that_exist() {
    for (path, _) in MAY_USE_PRONOUNS.iter().chain(MAY_SPELL_OTHERWISE) {
        assert!(repository().join(path).exists(), "{path}");
    }
}

#[test]
fn doc_comments_open_with_a_noun_or_a_verb() {
    let mut wrong = Vec::new();
    for file in files(CODE, "rs") {
        let found = wrong_openings(&file.text);
        wrong.extend(found.into_iter().map(|(line, text)| format!("{}:{line}: {text}", file.path)));
    }
    assert!(wrong.is_empty(), "{} doc comments: {wrong:#?}", wrong.len());
}

#[test]
fn people_have_nouns() {
    let mut wrong = Vec::new();
    for file in files(CODE, "rs").iter().filter(|file| !is_excepted(&file.path, MAY_USE_PRONOUNS)) {
        for piece in pieces(&file.text).iter().filter(|piece| piece.kind != Kind::Code) {
            for (number, line) in piece.text.lines().enumerate() {
                wrong.extend(pronouns(line).map(|word| format!("{}:{}: {word}", file.path, piece.line + number)));
            }
        }
    }
    for page in files(PAGES, "md").iter().filter(|page| !is_excepted(&page.path, MAY_USE_PRONOUNS)) {
        for (number, line) in prose(&page.text) {
            wrong.extend(pronouns(&line).map(|word| format!("{}:{number}: {word}", page.path)));
        }
    }
    assert!(wrong.is_empty(), "{} pronouns: {wrong:#?}", wrong.len());
}

#[test]
fn words_have_one_spelling() {
    let mut wrong = Vec::new();
    let all = files(CODE, "rs").into_iter().chain(files(PAGES, "md"));
    for file in all.filter(|file| !is_excepted(&file.path, MAY_SPELL_OTHERWISE)) {
        for (number, line) in file.text.lines().enumerate() {
            wrong.extend(british(line).map(|word| format!("{}:{}: {word}", file.path, number + 1)));
        }
    }
    assert!(wrong.is_empty(), "{} British spellings: {wrong:#?}", wrong.len());
}
