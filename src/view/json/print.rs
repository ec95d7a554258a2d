//! JSON as it is printed: exact for programs, harmless to terminals and CI systems.
//!
//! Must not know what it says.

use serde_json::Value as Json;

use crate::view::sanitize;

/// JSON over several lines, as people read it.
pub fn pretty(value: &Json) -> String {
    escaped(&format!("{value:#}"))
}

/// A JSON array spelled item by item, as [`pretty`] spells it whole.
#[derive(Debug, Default)]
pub struct JsonArray {
    has_items: bool,
}

impl JsonArray {
    /// What comes next.
    pub fn item(&mut self, item: &Json) -> String {
        let before = if std::mem::replace(&mut self.has_items, true) { ",\n  " } else { "[\n  " };
        format!("{before}{}", pretty(item).replace('\n', "\n  "))
    }

    /// What comes last.
    pub const fn end(self) -> &'static str {
        if self.has_items { "\n]\n" } else { "[]\n" }
    }
}

/// JSON on one line.
pub fn line(value: &Json) -> String {
    escaped(&value.to_string())
}

/// Spelled JSON with everything escaped that would steer a terminal, and one character of each command of a CI
/// system. All of them can only stand inside strings, so the values stay what they are.
fn escaped(spelled: &str) -> String {
    let mut safe = String::with_capacity(spelled.len());
    let mut broken_at = None;
    for (index, c) in spelled.char_indices() {
        if matches!(c, '#' | 's' | 'S') {
            broken_at = sanitize::command_break(spelled, index).or(broken_at);
        }
        if broken_at == Some(index) || (sanitize::steers(c) && c != '\n') {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}
