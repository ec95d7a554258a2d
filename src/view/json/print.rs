//! The JSON printer: exact for programs, safe for terminals and CI systems.

use serde_json::Value as Json;

use crate::view::sanitize;

/// Prints JSON over several lines.
pub fn pretty(value: &Json) -> String {
    escaped(&format!("{value:#}"))
}

/// A JSON array that is printed item by item, as [`pretty`] would print it at once.
#[derive(Debug, Default)]
pub struct JsonArray {
    has_items: bool,
}

impl JsonArray {
    /// Returns the text for the next item.
    pub fn item(&mut self, item: &Json) -> String {
        let before = if std::mem::replace(&mut self.has_items, true) { ",\n  " } else { "[\n  " };
        format!("{before}{}", pretty(item).replace('\n', "\n  "))
    }

    /// Returns the text after the last item.
    pub const fn end(self) -> &'static str {
        if self.has_items { "\n]\n" } else { "[]\n" }
    }
}

/// Prints JSON on one line.
pub fn line(value: &Json) -> String {
    escaped(&value.to_string())
}

/// Escapes control characters, and one character of each command of a CI system. They occur only inside strings, so the
/// values do not change.
fn escaped(printed: &str) -> String {
    let mut safe = String::with_capacity(printed.len());
    let mut broken_at = None;
    for (index, c) in printed.char_indices() {
        if matches!(c, '#' | 's' | 'S') {
            broken_at = sanitize::command_break(printed, index).or(broken_at);
        }
        if broken_at == Some(index) || (sanitize::is_control(c) && c != '\n') {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}
