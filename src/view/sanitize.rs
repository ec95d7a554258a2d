//! Text from users made safe to print: it cannot control a terminal or a CI system.
//!
//! Control characters are replaced by visible ones. C0 and DEL are shown as their pictures (`␛` for ESC), all
//! others as their code (`\u{202e}`): C1, the marks that change the direction of text, the separators U+2028 and
//! U+2029, and the byte order mark.
//!
//! CI systems read commands from the output of a job. A backslash is inserted into each, so that it stays readable but is
//! not executed:
//!
//! | system | command | shown |
//! |---|---|---|
//! | GitHub | `::name` at the start of a line, also after spaces | `:\:name` |
//! | GitHub, Azure | `##[name` anywhere | `#\#[name` |
//! | Azure | `##vso[` anywhere | `#\#vso[` |
//! | TeamCity | `##teamcity[` anywhere | `#\#teamcity[` |
//! | GitLab | `section_start:`, `section_end:` anywhere | `section\_start:` |

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

/// The beginnings of commands of CI systems, in lowercase, and the byte before which the backslash is inserted. They are
/// compared without case, because some systems ignore it.
const COMMANDS: [(&str, usize); 5] =
    [("##[", 1), ("##vso[", 1), ("##teamcity[", 1), ("section_start:", 7), ("section_end:", 7)];

/// Returns the text for one line: tabs and line ends become spaces.
pub fn one_line(text: &str) -> Cow<'_, str> {
    sanitized(text, |c| matches!(c, '\t' | '\n' | '\r').then_some(' '))
}

/// Returns the text for several lines: tabs and line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    sanitized(text, |c| matches!(c, '\t' | '\n').then_some(c))
}

/// Returns true if a character controls the terminal instead of being shown.
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
}

/// Returns the position for the backslash if a command begins at `start`.
pub(super) fn command_break(text: &str, start: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[start..];
    let begins =
        |command: &str| bytes.get(..command.len()).is_some_and(|start| start.eq_ignore_ascii_case(command.as_bytes()));
    COMMANDS.iter().find(|(command, _)| begins(command)).map(|(_, at)| start + at)
}

/// Returns the text without control characters and commands. `allowed` gives the replacement of a character that is
/// not replaced by a visible one.
fn sanitized(text: &str, allowed: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    // Most texts are plain, and every command of a CI system contains one of two characters.
    let is_suspicious = |byte: u8| !(b' '..0x7f).contains(&byte) || byte == b':' || byte == b'#';
    if !text.bytes().fold(false, |found, byte| found | is_suspicious(byte)) {
        return Cow::Borrowed(text);
    }
    match without_controls(text, allowed) {
        Cow::Borrowed(text) => without_commands(text),
        Cow::Owned(text) => Cow::Owned(without_commands(&text).into_owned()),
    }
}

/// Replaces control characters, by what `allowed` gives for them or by visible ones.
fn without_controls(text: &str, allowed: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if !text.contains(|c| is_control(c) && allowed(c) != Some(c)) {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match allowed(c) {
            Some(replacement) => output.push(replacement),
            None if is_control(c) => push_visible(&mut output, c),
            None => output.push(c),
        }
    }
    Cow::Owned(output)
}

fn push_visible(output: &mut String, c: char) {
    let code = u32::from(c);
    match code {
        0..=0x1f => output.extend(char::from_u32(0x2400 + code)),
        0x7f => output.push('\u{2421}'),
        // Writing to a String cannot fail.
        _ => _ = write!(output, "\\u{{{code:x}}}"),
    }
}

/// Inserts a backslash into each command of a CI system.
fn without_commands(text: &str) -> Cow<'_, str> {
    let mut output = String::new();
    let mut copied = 0;
    let mut at_start = true;
    for (index, c) in text.char_indices() {
        let begins_line = at_start;
        at_start = c == '\n' || (at_start && c.is_whitespace());
        let position = match c {
            ':' if begins_line => line_command_break(text, index),
            '#' | 's' | 'S' => command_break(text, index),
            _ => None,
        };
        if let Some(position) = position {
            output.push_str(&text[copied..position]);
            output.push('\\');
            copied = position;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    output.push_str(&text[copied..]);
    Cow::Owned(output)
}

/// Returns the position for the backslash if a GitHub command begins the line at `start`. Two colons without a name after
/// them are not a command.
fn line_command_break(text: &str, start: usize) -> Option<usize> {
    let name = text[start..].strip_prefix("::")?;
    name.starts_with(|c: char| !c.is_whitespace()).then_some(start + 1)
}
