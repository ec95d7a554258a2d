//! A change to a file as a unified diff.
//!
//! For people: what would steer their terminal is shown as [`terminal::lines`] shows it, so such a line is not
//! the file's to the byte. Must not know what is in the file.

use similar::TextDiff;

use super::paint::{self, Paint};
use super::terminal;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The unified diff from `old` to `new` of the file at `path`, relative to the repository; `old` is absent for
/// a new file. Empty where nothing changes.
pub fn unified(path: &str, old: Option<&str>, new: &str, paint: Paint) -> String {
    let before = old.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    let after = format!("b/{path}");
    let diff = TextDiff::from_lines(old.unwrap_or_default(), new);
    let spelled = diff.unified_diff().context_radius(CONTEXT).header(&before, &after).to_string();
    let safe = terminal::lines(&spelled);
    let mut shown = String::with_capacity(safe.len());
    let mut in_header = true;
    for line in safe.lines() {
        in_header &= !line.starts_with('@');
        paint.push(&mut shown, style(line, in_header), line);
        shown.push('\n');
    }
    shown
}

fn style(line: &str, in_header: bool) -> anstyle::Style {
    match line.as_bytes().first() {
        _ if in_header => paint::STRONG,
        Some(b'@') => paint::PLACE,
        Some(b'+') => paint::ADDED,
        Some(b'-') => paint::REMOVED,
        _ => anstyle::Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        let old = "status: open\npriority: S2\n...\n";
        let new = "status: solved\npriority: S2\n...\n";
        assert_eq!(
            unified("tickets/x.yaml", Some(old), new, Paint::PLAIN),
            "--- a/tickets/x.yaml\n+++ b/tickets/x.yaml\n@@ -1,3 +1,3 @@\n-status: open\n+status: solved\n priority: S2\n ...\n"
        );
        assert_eq!(unified("x", Some(old), old, Paint::PLAIN), "");
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        assert_eq!(unified("x", None, "a\n", Paint::PLAIN), "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn lines_are_coloured_by_what_they_do_and_never_steer() {
        let painted = unified("x", Some("  ::error::x\n-- y\n"), "  ::error::x\n\u{202e}z", Paint { colour: true });
        let lines: Vec<_> = painted.lines().collect();
        assert_eq!(lines[2], "\u{1b}[36m@@ -1,2 +1,2 @@\u{1b}[0m");
        assert_eq!(lines[3], r"   :\:error::x");
        assert_eq!(lines[4], "\u{1b}[31m--- y\u{1b}[0m");
        assert_eq!(lines[5], "\u{1b}[32m+\\u{202e}z\u{1b}[0m");
        assert_eq!(lines[6], r"\ No newline at end of file");
    }
}
