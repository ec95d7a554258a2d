//! Colour: one palette for every view, and one place that decides whether it is used.
//!
//! Must not know why there is colour or not: the caller has asked the terminal, `NO_COLOR` and the flags.

use anstyle::{AnsiColor, Style};

use crate::domain::vocabulary::{Priority, Status};

/// What is said beside what matters.
pub const MUTED: Style = Style::new().dimmed();
/// What the eye should find first.
pub const STRONG: Style = Style::new().bold();
/// What wants attention now.
pub const ALARM: Style = AnsiColor::Red.on_default().bold();
/// What customers never see.
pub const INTERNAL: Style = AnsiColor::Yellow.on_default();
/// A line that a change adds.
pub const ADDED: Style = AnsiColor::Green.on_default();
/// A line that a change takes away.
pub const REMOVED: Style = AnsiColor::Red.on_default();
/// What was looked for, where it is found.
pub const FOUND: Style = AnsiColor::Red.on_default().bold();
/// Where in a file a change is.
pub const PLACE: Style = AnsiColor::Cyan.on_default();

/// The colour of a status: the warmer, the more it is support's turn.
pub const fn status(status: Status) -> Style {
    match status {
        Status::Open => AnsiColor::Yellow.on_default(),
        Status::AwaitingReply => AnsiColor::Cyan.on_default(),
        Status::OnHold => AnsiColor::Magenta.on_default(),
        Status::Solved => AnsiColor::Green.on_default().dimmed(),
    }
}

/// The colour of a priority.
pub const fn priority(priority: Priority) -> Style {
    match priority {
        Priority::S1 => ALARM,
        Priority::S2 => AnsiColor::Yellow.on_default(),
        Priority::S3 => Style::new(),
        Priority::S4 => MUTED,
    }
}

/// Whether there is colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorMode {
    /// Whether there is.
    pub colour: bool,
}

impl ColorMode {
    /// No colour.
    pub const PLAIN: Self = Self { colour: false };

    /// The text in a style, or as it is where there is no colour.
    pub fn text(self, style: Style, text: &str) -> String {
        let mut painted = String::with_capacity(text.len());
        self.push(&mut painted, style, text);
        painted
    }

    /// Adds a text in a style to a line.
    pub fn push(self, line: &mut String, style: Style, text: &str) {
        let coloured = self.colour && !style.is_plain() && !text.is_empty();
        if coloured {
            line.push_str(&style.render().to_string());
        }
        line.push_str(text);
        if coloured {
            line.push_str(&style.render_reset().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_only_where_it_is_wanted() {
        assert_eq!(ColorMode::PLAIN.text(ALARM, "S1"), "S1");
        assert_eq!(ColorMode { colour: true }.text(ADDED, "+x"), "\u{1b}[32m+x\u{1b}[0m");
        assert_eq!(ColorMode { colour: true }.text(Style::new(), "x"), "x");
    }
}
