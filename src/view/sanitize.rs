//! Words of strangers made safe to show: nothing in them can steer a terminal or a CI system.
//!
//! Control characters become visible stand-ins. C0 and DEL are shown as their pictures (`␛` for ESC), all
//! others as their code (`\u{202e}`): C1, the marks that turn the direction of text around, the separators
//! U+2028 and U+2029, and the byte order mark.
//!
//! CI systems read commands from the output of a job. One backslash breaks each in two, so that everybody
//! sees what it was and no system obeys:
//!
//! | system | command | shown |
//! |---|---|---|
//! | GitHub | `::name` at the start of a line, also after blanks | `:\:name` |
//! | GitHub, Azure | `##[name` anywhere | `#\#[name` |
//! | Azure | `##vso[` anywhere | `#\#vso[` |
//! | TeamCity | `##teamcity[` anywhere | `#\#teamcity[` |
//! | GitLab | `section_start:`, `section_end:` anywhere | `section\_start:` |
//!
//! Must not know where the words stand in a ticket.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a CI system takes for the beginning of a command wherever it stands, and the byte before which it is
/// broken. Case is not minded: some systems do not mind it either.
const COMMANDS: [(&str, usize); 5] =
    [("##[", 1), ("##vso[", 1), ("##teamcity[", 1), ("section_start:", 7), ("section_end:", 7)];

/// Words for a place with room for one line: tabs and line ends become blanks.
pub fn one_line(text: &str) -> Cow<'_, str> {
    neutral(text, |c| matches!(c, '\t' | '\n' | '\r').then_some(' '))
}

/// Words over several lines: tabs and line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    neutral(text, |c| matches!(c, '\t' | '\n').then_some(c))
}

/// Whether a character steers what shows it instead of being shown.
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
}

/// Where the command that begins at `start` has to be broken, if one does.
pub(super) fn command_break(text: &str, start: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[start..];
    let begins = |word: &str| bytes.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes()));
    COMMANDS.iter().find(|(word, _)| begins(word)).map(|(_, at)| start + at)
}

fn neutral(text: &str, allowed: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    // Most words are plain, and every command of a CI system holds one of two characters.
    let is_odd = |byte: u8| !(b' '..0x7f).contains(&byte) || byte == b':' || byte == b'#';
    if !text.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
        return Cow::Borrowed(text);
    }
    match without_steering(text, allowed) {
        Cow::Borrowed(text) => broken(text),
        Cow::Owned(text) => Cow::Owned(broken(&text).into_owned()),
    }
}

/// The text with stand-ins for what steers, but for what `allowed` puts in its place.
fn without_steering(text: &str, allowed: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if !text.contains(|c| steers(c) && allowed(c) != Some(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match allowed(c) {
            Some(instead) => shown.push(instead),
            None if steers(c) => push_stand_in(&mut shown, c),
            None => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

fn push_stand_in(shown: &mut String, c: char) {
    let code = u32::from(c);
    match code {
        0..=0x1f => shown.extend(char::from_u32(0x2400 + code)),
        0x7f => shown.push('\u{2421}'),
        // Writing to a String cannot fail.
        _ => _ = write!(shown, "\\u{{{code:x}}}"),
    }
}

/// The text with each command of a CI system broken in two.
fn broken(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut copied = 0;
    let mut at_start = true;
    for (index, c) in text.char_indices() {
        let begins_line = at_start;
        at_start = c == '\n' || (at_start && c.is_whitespace());
        let place = match c {
            ':' if begins_line => line_command_break(text, index),
            '#' | 's' | 'S' => command_break(text, index),
            _ => None,
        };
        if let Some(place) = place {
            shown.push_str(&text[copied..place]);
            shown.push('\\');
            copied = place;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(&text[copied..]);
    Cow::Owned(shown)
}

/// Where a GitHub command that begins a line has to be broken; two colons alone are none.
fn line_command_break(text: &str, start: usize) -> Option<usize> {
    let name = text[start..].strip_prefix("::")?;
    name.starts_with(|c: char| !c.is_whitespace()).then_some(start + 1)
}
