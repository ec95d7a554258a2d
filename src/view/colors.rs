//! Colors: one palette for all views, and the mode that turns them on or off.
//!
//! The caller decides the mode, by the terminal, `NO_COLOR` and the flags.

use anstyle::{AnsiColor, Style};

use crate::domain::vocabulary::{Priority, Status};

/// The style of secondary text.
pub const MUTED: Style = Style::new().dimmed();
/// The style of the most important text.
pub const STRONG: Style = Style::new().bold();
/// The style of text that needs attention now.
pub const ALARM: Style = AnsiColor::Red.on_default().bold();
/// The style of text that customers never see.
pub const INTERNAL: Style = AnsiColor::Yellow.on_default();
/// The style of an added line.
pub const ADDED: Style = AnsiColor::Green.on_default();
/// The style of a removed line.
pub const REMOVED: Style = AnsiColor::Red.on_default();
/// The style of a match of a search.
pub const FOUND: Style = AnsiColor::Red.on_default().bold();
/// The style of a position in a file.
pub const PLACE: Style = AnsiColor::Cyan.on_default();

/// Returns the style of a status, warmer if support must act.
pub const fn status(status: Status) -> Style {
    match status {
        Status::Open => AnsiColor::Yellow.on_default(),
        Status::AwaitingReply => AnsiColor::Cyan.on_default(),
        Status::OnHold => AnsiColor::Magenta.on_default(),
        Status::Solved => AnsiColor::Green.on_default().dimmed(),
    }
}

/// Returns the style of a priority.
pub const fn priority(priority: Priority) -> Style {
    match priority {
        Priority::S1 => ALARM,
        Priority::S2 => AnsiColor::Yellow.on_default(),
        Priority::S3 => Style::new(),
        Priority::S4 => MUTED,
    }
}

/// The use of colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorMode {
    /// True if the output has colors.
    pub is_colored: bool,
}

impl ColorMode {
    /// Output without colors.
    pub const PLAIN: Self = Self { is_colored: false };

    /// Returns a text in a style; unchanged without colors.
    pub fn text(self, style: Style, text: &str) -> String {
        let mut painted = String::with_capacity(text.len());
        self.push(&mut painted, style, text);
        painted
    }

    /// Appends a text in a style to a line.
    pub fn push(self, line: &mut String, style: Style, text: &str) {
        let is_styled = self.is_colored && !style.is_plain() && !text.is_empty();
        if is_styled {
            line.push_str(&style.render().to_string());
        }
        line.push_str(text);
        if is_styled {
            line.push_str(&style.render_reset().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_mode_and_a_plain_style_add_no_codes() {
        assert_eq!(ColorMode::PLAIN.text(ALARM, "S1"), "S1");
        assert_eq!(ColorMode { is_colored: true }.text(ADDED, "+x"), "\u{1b}[32m+x\u{1b}[0m");
        assert_eq!(ColorMode { is_colored: true }.text(Style::new(), "x"), "x");
    }
}
