//! Texts that try to control a terminal or a CI system.

use proptest::prelude::*;

use super::*;

#[test]
fn control_characters_become_visible() {
    assert_eq!(lines("a\u{1b}[31mb\tc\nd\u{7f}\r\n"), "a␛[31mb\tc\nd␡␍\n");
    assert_eq!(lines("\u{9b}31m \u{85}\u{202e}\u{2067}\u{200f}"), r"\u{9b}31m \u{85}\u{202e}\u{2067}\u{200f}");
    assert_eq!(lines("\u{feff}x\u{2028}y\u{0}"), r"\u{feff}x\u{2028}y␀");
    assert_eq!(one_line("a\tb\r\nc\u{7}"), "a b  c␇");
}

#[test]
fn commands_of_ci_systems_get_a_backslash() {
    for (text, safe) in [
        ("::error::x", r":\:error::x"),
        ("a\n \t::set-output name=x::y", "a\n \t:\\:set-output name=x::y"),
        ("\u{a0}\u{3000}::warning::", "\u{a0}\u{3000}:\\:warning::"),
        ("x ##[group]y ##[endgroup]", r"x #\#[group]y #\#[endgroup]"),
        ("###[x", r"##\#[x"),
        ("##vso[task.setvariable]", r"#\#vso[task.setvariable]"),
        ("##VSO[x", r"#\#VSO[x"),
        ("log ##teamcity[x]", r"log #\#teamcity[x]"),
        ("section_start:1:a section_end:1:a", r"section\_start:1:a section\_end:1:a"),
    ] {
        assert_eq!(lines(text), safe);
    }
}

#[test]
fn other_text_is_borrowed_unchanged() {
    for text in [
        "",
        "a ::b",
        "std::vec",
        "::",
        ":: x",
        "::\n",
        ":x",
        "## Title [1]",
        "#[test]",
        "section_",
        "é 👩‍🔬\tx\n",
        "ss##",
    ] {
        assert!(matches!(lines(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
    assert!(matches!(one_line("a b"), Cow::Borrowed("a b")));
}

/// Generates text of the characters that matter here and a few others.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("::".to_owned()),
        Just("##".to_owned()),
        Just("vso[".to_owned()),
        Just("teamcity[".to_owned()),
        Just("section_start:".to_owned()),
        "[ \\[:#a\n\t]{0,3}",
        any::<char>().prop_map(String::from),
        (0_u32..0xa0).prop_filter_map("a character", char::from_u32).prop_map(String::from),
        (0x2000_u32..0x2070).prop_filter_map("a character", char::from_u32).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn is_command(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let start = line.trim_start();
    (start.starts_with("::") && start[2..].starts_with(|c: char| !c.is_whitespace()))
        || COMMANDS.iter().any(|(command, _)| line.contains(command))
}

proptest! {
    #[test]
    fn no_control_character_and_no_command_is_left(text in hostile_text()) {
        let safe = lines(&text);
        prop_assert!(!safe.contains(|c| is_control(c) && c != '\n' && c != '\t'));
        prop_assert!(!safe.lines().any(is_command), "{:?}", safe);
        let safe = one_line(&text);
        prop_assert!(!safe.contains(is_control));
        prop_assert!(!is_command(&safe), "{:?}", safe);
    }

    #[test]
    fn sanitizing_twice_changes_nothing(text in hostile_text()) {
        let once = lines(&text);
        prop_assert_eq!(lines(&once), once.as_ref());
    }

    #[test]
    fn safe_text_is_borrowed(text in hostile_text()) {
        let safe = !text.contains(|c| is_control(c) && c != '\n' && c != '\t') && !text.lines().any(is_command);
        prop_assert_eq!(matches!(lines(&text), Cow::Borrowed(_)), safe);
    }
}
