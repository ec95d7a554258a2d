//! Files that people edited: their edits stay byte for byte, and only the lines that must change do.

use casebook::domain::codec::header_fields;
use casebook::domain::ticket::Ticket;
use casebook::store::yaml::{amend, print, read};
use proptest::prelude::*;

use crate::fixtures::arbitrary;
use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// The header without the lines of some fields, and the history without the end marker.
fn parts<'a>(text: &'a str, changed: &[&str]) -> (Vec<&'a str>, &'a str) {
    let start = text.find("\nhistory:").map(|place| place + 1).unwrap();
    let end = text.rfind("...").unwrap();
    let mut header = Vec::new();
    let mut within = false;
    // Comments that may be in the middle of a list.
    let mut between = Vec::new();
    for line in text[..start].split_inclusive('\n') {
        let begins = !line.starts_with([' ', '-', '#', '\r', '\n']);
        let is_below = line.starts_with([' ', '-']);
        if within && is_below {
            between.clear();
        } else if within && !begins {
            between.push(line);
        } else {
            header.append(&mut between);
            within = begins && changed.iter().any(|name| names(line, name));
            if !within {
                header.push(line);
            }
        }
    }
    header.append(&mut between);
    (header, &text[start..end])
}

fn names(line: &str, name: &str) -> bool {
    line.trim_start_matches('\u{feff}')
        .trim_start_matches(['"', '\''])
        .strip_prefix(name)
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
}

/// Asserts that of the header only lines of some fields changed, and of the history nothing at all.
#[track_caller]
fn assert_kept(before: &str, after: &str, changed: &[&str]) {
    let ((old_header, old_history), (new_header, new_history)) = (parts(before, changed), parts(after, changed));
    assert_eq!(new_header, old_header, "--- before\n{before}--- after\n{after}");
    assert!(new_history.starts_with(old_history), "--- before\n{before}--- after\n{after}");
    let line_end = if before.contains("\r\n") { "\r\n" } else { "\n" };
    assert_eq!(after.matches('\n').count(), after.matches(line_end).count(), "mixed line ends\n{after:?}");
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'));
    assert_eq!(before[before.rfind("...").unwrap()..], after[after.rfind("...").unwrap()..]);
}

fn scene() -> (Sandbox, String, String) {
    let sandbox = desk();
    let id = sandbox.opened("Tiles time out", &["--cc", "bo@acme.example", "--cc", "cy@acme.example"]);
    sandbox.run(&["reply", &id, "-m", "Which release?"]).ok();
    let path = sandbox.run(&["show", &id, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
    (sandbox, id, path)
}

/// Every kind of line that an append may have to change, add or take away, one command after the other.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["reply", "ID", "--as", "ana@acme.example", "-m", "26.18.\n\nSince noon."], &["status"]),
    (&["prioritize", "ID", "S1", "-m", "All of them."], &["priority"]),
    (&["assign", "ID", "lea@desk.example"], &["assignee"]),
    (&["cc", "ID", "--add", "di@acme.example"], &["cc"]),
    (&["hold", "ID", "--reason", "engineering", "-m", "A bug."], &["status", "hold"]),
    (&["resume", "ID"], &["status", "hold"]),
    (&["escalate", "ID", "--reason", "business_impact", "-m", "Everybody waits."], &["escalation"]),
    (&["assign", "ID", "--none"], &["assignee"]),
    (
        &["cc", "ID", "--remove", "bo@acme.example", "--remove", "cy@acme.example", "--remove", "di@acme.example"],
        &["cc"],
    ),
    (&["tag", "ID", "--add", "tiles"], &["tags"]),
    (&["solve", "ID", "--agreed-by", "ana@acme.example"], &["status", "resolution"]),
];

/// An edit by hand.
type Edit = fn(&str) -> String;

fn indented_history(text: &str) -> String {
    let start = text.find("\nhistory:\n").unwrap() + "\nhistory:\n".len();
    let end = text.rfind("...").unwrap();
    let body: String = text[start..end]
        .split_inclusive('\n')
        .map(|line| if line == "\n" { line.to_owned() } else { format!("  {line}") })
        .collect();
    format!("{}{body}{}", &text[..start], &text[end..])
}

const EDITS: &[(&str, Edit)] = &[
    ("nothing", str::to_owned),
    ("comments everywhere", |text| {
        let text =
            text.replace("\nstatus: ", "\n# above the status\nstatus: ").replace("\n- id: ", "\n# an entry\n- id: ");
        let text = text.replace("  role: agent\n", "  role: agent # who else\n  # within an entry\n");
        format!("# at the top\n{}", text.replace("\n...\n", "\n# at the end\n...\n"))
    }),
    ("a comment behind the lines that change", |text| {
        let text = text.replacen("status: awaiting_reply\n", "status: awaiting_reply   # theirs\n", 1);
        text.replacen("priority: S3\n", "priority: S3 # for now\n", 1)
    }),
    ("single quotes", |text| {
        text.replacen("subject: Tiles time out", "subject: 'Tiles time out'", 1).replacen(
            "status: awaiting_reply",
            "status: 'awaiting_reply'",
            1,
        )
    }),
    ("quoted names", |text| {
        text.replacen("status: awaiting_reply", "\"status\": \"awaiting_reply\"", 1).replacen(
            "priority: S3",
            "'priority' : S3",
            1,
        )
    }),
    ("copies in brackets", |text| {
        text.replacen(
            "cc:\n- bo@acme.example\n- cy@acme.example\n",
            "cc: [bo@acme.example, 'cy@acme.example']   # two\n",
            1,
        )
    }),
    ("copies in brackets over lines", |text| {
        text.replacen(
            "cc:\n- bo@acme.example\n- cy@acme.example\n",
            "cc: [\n  bo@acme.example,  # one\n  cy@acme.example\n  ]\n",
            1,
        )
    }),
    ("indented copies", |text| {
        text.replacen(
            "cc:\n- bo@acme.example\n- cy@acme.example\n",
            "cc:\n    - bo@acme.example\n    - cy@acme.example\n",
            1,
        )
    }),
    ("a folded subject", |text| text.replacen("subject: Tiles time out", "subject: >-\n  Tiles\n  time out", 1)),
    ("a subject over two lines", |text| text.replacen("subject: Tiles time out", "subject: Tiles\n  time out", 1)),
    ("a subject in quotes over two lines", |text| {
        text.replacen("subject: Tiles time out", "subject: \"Tiles\n  time out\"", 1)
    }),
    ("line ends of another system", |text| text.replace('\n', "\r\n")),
    ("a byte order mark", |text| format!("\u{feff}{text}")),
    ("both", |text| format!("\u{feff}{}", text.replace('\n', "\r\n"))),
    ("an indented history", indented_history),
    ("an indented history with other line ends", |text| indented_history(text).replace('\n', "\r\n")),
    ("empty lines", |text| {
        text.replace("\n- id: ", "\n\n\n- id: ")
            .replace("\npriority: ", "\n\npriority: ")
            .replace("\n...\n", "\n\n\n...\n")
    }),
    ("no empty lines", |text| text.replace("\n\nhistory:", "\nhistory:").replace("\n\n- id:", "\n- id:")),
    ("the begin of a document", |text| format!("---\n{text}")),
    ("the begin of a document with its version", |text| format!("%YAML 1.2\n---\n{text}")),
    ("a comment behind the end", |text| format!("{}... # the end\n", text.strip_suffix("...\n").unwrap())),
    ("no line end at the end", |text| text.strip_suffix('\n').unwrap().to_owned()),
    ("another order", |text| {
        let text = text.replacen("status: awaiting_reply\n", "", 1);
        text.replacen("\nhistory:", "status: awaiting_reply\n\nhistory:", 1)
    }),
    ("a wide gap behind the names", |text| {
        text.replacen("status: ", "status:      ", 1).replacen("priority: ", "priority:   ", 1)
    }),
    ("a value on a line of its own", |text| text.replacen("status: awaiting_reply", "status:\n  awaiting_reply", 1)),
    ("another width of the entries", |text| {
        text.replace("\n  ", "\n      ").replace("\n- ", "\n-     ").replace(
            "cc:\n-     bo@acme.example\n-     cy@acme.example\n",
            "cc:\n- bo@acme.example\n- cy@acme.example\n",
        )
    }),
];

#[test]
fn edits_by_hand_stay_byte_for_byte_after_any_command() {
    let (sandbox, id, path) = scene();
    let plain = sandbox.read(&path);
    let whole = read(plain.as_bytes(), None).unwrap();
    for (why, edit) in EDITS {
        let mut before = edit(&plain);
        assert!(*why == "nothing" || before != plain, "{why}: nothing is edited");
        assert_eq!(
            read(before.as_bytes(), None).unwrap_or_else(|damage| panic!("{why}: {damage}\n{before}")),
            whole,
            "{why}"
        );
        sandbox.write(&path, &before);
        for (words, changed) in COMMANDS {
            let words: Vec<&str> =
                words.iter().map(|&word| if word == "ID" { &id } else { word }).chain(["--no-commit"]).collect();
            let outcome = sandbox.run(&words);
            assert_eq!(outcome.code, Some(0), "{why}: {outcome:?}\n{before}");
            let after = sandbox.read(&path);
            assert_kept(&before, &after, changed);
            before = after;
        }
        assert!(sandbox.run(&["check"]).ok().stdout.contains(" 0 errors"));
    }
}

#[test]
fn a_comment_after_a_changed_line_stays_there() {
    let (sandbox, id, path) = scene();
    let text = sandbox.read(&path).replacen("status: awaiting_reply\n", "status: awaiting_reply # theirs: ana's\n", 1);
    sandbox.write(&path, &text);
    sandbox.run(&["reply", &id, "--as", "ana@acme.example", "-m", "26.18."]).ok();
    assert!(sandbox.read(&path).contains("\nstatus: open # theirs: ana's\n"), "{}", sandbox.read(&path));
}

#[test]
fn empty_lines_after_a_block_stay_there() {
    let (sandbox, id, path) = scene();
    sandbox.run(&["set", &id, "fields.region=emea", "fields.steps=One.\nTwo."]).ok();
    let blocks = |line: &str| match line.strip_suffix("steps: One. Two.\n") {
        Some(indent) => {
            let below = format!("  {}", " ".repeat(indent.len()));
            format!("{indent}steps: |-\n{below}One.\n{below}Two.\n")
        }
        None => line.to_owned(),
    };
    let before: String = sandbox.read(&path).split_inclusive('\n').map(blocks).collect();
    assert!(before.contains("\n  steps: |-\n    One.\n    Two.\n\nhistory:"), "{before}");
    for (empty, region) in [("\n\n\n", "apac"), ("\n\n# by hand\n\n", "amer"), ("\n# by hand\n\n\n", "anz")] {
        let before = before.replacen("    Two.\n\nhistory:", &format!("    Two.\n{empty}history:"), 1);
        sandbox.write(&path, &before);
        sandbox.run(&["set", &id, &format!("fields.region={region}")]).ok();
        let after = sandbox.read(&path);
        assert!(after.contains(&format!("    Two.\n{empty}history:")), "--- before\n{before}--- after\n{after}");
        assert_kept(&before, &after, &["fields"]);
    }
}

#[test]
fn a_ticket_in_flow_style_is_read_but_not_written() {
    let (sandbox, id, path) = scene();
    let value: serde_json::Value = serde_yaml::from_str(&sandbox.read(&path)).unwrap();
    let history = sandbox.read(&path);
    let header = &history[..history.find("history:").unwrap()];
    for text in [format!("{value}\n...\n"), format!("{header}history: {}\n...\n", value["history"])] {
        sandbox.write(&path, &text);
        assert_eq!(sandbox.shown(&id)["status"], "awaiting_reply");
        let error = sandbox.run(&["reply", &id, "-m", "Hello", "--json"]).fails(4).error();
        assert_eq!(error["code"], "ticket.unwritable");
        assert!(error["message"].as_str().unwrap().contains("brackets"), "{error}");
        assert_eq!(sandbox.read(&path), text);
    }
}

#[test]
fn header_fields_after_the_history_are_read_but_not_written() {
    let (sandbox, id, path) = scene();
    let text = sandbox.read(&path);
    let text = text.replacen("priority: S3\n", "", 1).replacen("\n...\n", "\npriority: S3\n...\n", 1);
    sandbox.write(&path, &text);
    assert_eq!(sandbox.shown(&id)["priority"], "S3");
    let error = sandbox.run(&["reply", &id, "-m", "Hello", "--json"]).fails(4).error();
    assert_eq!(error["code"], "ticket.unwritable");
    assert_eq!(sandbox.read(&path), text);
}

/// The edits of a whole file by hand, drawn at random.
#[derive(Clone, Debug)]
enum Hand {
    Comment(usize),
    Blank(usize),
    Behind(usize),
    Indent,
    Quote(usize),
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![
        3 => any::<usize>().prop_map(Hand::Comment),
        3 => any::<usize>().prop_map(Hand::Blank),
        3 => any::<usize>().prop_map(Hand::Behind),
        1 => Just(Hand::Indent),
        2 => any::<usize>().prop_map(Hand::Quote),
    ]
}

impl Hand {
    fn edit(&self, text: &str) -> String {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        // Lines at the margin are structure: lines of a text are indented.
        let margin: Vec<usize> = (0..lines.len()).filter(|&line| !lines[line].starts_with([' ', '\n'])).collect();
        let words = |line: &&usize| {
            let (name, value) = lines[**line].trim_end_matches('\n').split_once(": ").unwrap_or_default();
            !value.is_empty()
                && !name.starts_with(['-', '#', '"'])
                && !value.starts_with(['|', '"', '\'', '[', '{'])
                && !value.contains('#')
        };
        let plain: Vec<usize> = margin.iter().filter(words).copied().collect();
        let put = |place: usize, new: &str| {
            let mut lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
            lines.insert(place, new.to_owned());
            lines.concat()
        };
        let change = |place: usize, new: String| {
            let mut lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
            lines[place] = new;
            lines.concat()
        };
        match self {
            Self::Comment(at) => put(margin[at % margin.len()], "# by hand: 'yes'\n"),
            Self::Blank(at) => put(margin[at % margin.len()], "\n"),
            Self::Behind(at) => {
                let place = plain[at % plain.len()];
                change(place, lines[place].replace('\n', " # by hand\n"))
            }
            Self::Quote(at) => {
                let place = plain[at % plain.len()];
                let (name, value) = lines[place].trim_end_matches('\n').split_once(": ").unwrap();
                if name == "format" || value.contains('\'') {
                    return text.to_owned();
                }
                change(place, format!("{name}: '{value}'\n"))
            }
            Self::Indent => indented_history(text),
        }
    }
}

/// Returns the ticket with only its first `count` entries.
fn cut(ticket: &Ticket, count: usize) -> Ticket {
    let mut short = Ticket::opened_by(ticket.history[0].clone()).unwrap();
    ticket.history[1..count].iter().for_each(|entry| short.append(entry.clone()));
    short
}

/// Returns the names of the header fields that differ.
fn differing(before: &Ticket, after: &Ticket) -> Vec<String> {
    let (old, new) = (header_fields(before), header_fields(after));
    let missing =
        |in_these: &[(String, casebook::domain::value::Value)], field: &(String, _)| !in_these.contains(field);
    let gone = old.iter().filter(|field| missing(&new, field));
    gone.chain(new.iter().filter(|field| missing(&old, field))).map(|(name, _)| name.clone()).collect()
}

proptest! {
    #![proptest_config(arbitrary::config(300))]

    #[test]
    fn an_append_to_a_file_edited_in_any_way_keeps_every_byte(
        ticket in arbitrary::ticket(), keep in 1usize..6, hands in proptest::collection::vec(hand(), 0..6),
        crlf in any::<bool>(), marked in any::<bool>(),
    ) {
        let before = cut(&ticket, keep.min(ticket.history.len()));
        let mut text = print(&before);
        let mut indented = false;
        for hand in &hands {
            if matches!(hand, Hand::Indent) && std::mem::replace(&mut indented, true) {
                continue;
            }
            text = hand.edit(&text);
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if marked {
            text.insert(0, '\u{feff}');
        }
        let back = read(text.as_bytes(), Some(ticket.id)).unwrap_or_else(|damage| panic!("{damage}\n{text}"));
        prop_assert_eq!(&back, &before, "{}", text);
        let amended = amend(text.as_bytes(), &before, &ticket).unwrap_or_else(|why| panic!("{why}\n{text}"));
        let amended = String::from_utf8(amended).unwrap();
        prop_assert_eq!(&read(amended.as_bytes(), Some(ticket.id)).unwrap(), &ticket, "{}", amended);
        let changed = differing(&before, &ticket);
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        assert_kept(&text, &amended, &changed);
    }
}
