//! Unified diffs of files, for people.
//!
//! The text is sanitized by [`sanitize::lines`], so a line with control characters differs from the file.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

use super::colors;
use super::colors::ColorMode;
use super::sanitize;

/// The number of lines of context around a change.
const CONTEXT: u32 = 3;

/// Renders the unified diff from `old` to `new` of the file at `path`, relative to the repository. `old` is `None` for a new
/// file. The text is empty without a change.
pub fn unified(path: &str, old: Option<&str>, new: &str, color_mode: ColorMode) -> String {
    let before = old.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    let after = format!("b/{path}");
    let input = InternedInput::new(old.unwrap_or_default(), new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    if diff.count_additions() + diff.count_removals() == 0 {
        return String::new();
    }
    let plain = format!("--- {before}\n+++ {after}\n{}", hunks(&diff, old.unwrap_or_default(), new));
    let safe = sanitize::lines(&plain);
    let mut rendered = String::with_capacity(safe.len());
    let mut in_header = true;
    for line in safe.lines() {
        in_header &= !line.starts_with('@');
        color_mode.push(&mut rendered, style(line, in_header), line);
        rendered.push('\n');
    }
    rendered
}

/// Renders the hunks, each with the changes that are close enough to share their context.
fn hunks(diff: &Diff, old: &str, new: &str) -> String {
    let lines = |text| -> Vec<&str> { str::split_inclusive(text, '\n').collect() };
    let (old, new) = (lines(old), lines(new));
    let changes: Vec<Hunk> = diff.hunks().collect();
    let mut text = String::new();
    for group in changes.chunk_by(|one, next| next.before.start - one.before.end <= 2 * CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let above = CONTEXT.min(first.before.start);
        let below = CONTEXT.min(old.len() as u32 - last.before.end);
        let before = first.before.start - above..last.before.end + below;
        let after = first.after.start - above..last.after.end + below;
        text.push_str(&format!("@@ -{} +{} @@\n", format_range(&before), format_range(&after)));
        let mut at = before.start;
        for hunk in group {
            push_lines(&mut text, ' ', &old, at..hunk.before.start);
            push_lines(&mut text, '-', &old, hunk.before.clone());
            push_lines(&mut text, '+', &new, hunk.after.clone());
            at = hunk.before.end;
        }
        push_lines(&mut text, ' ', &old, at..before.end);
    }
    text
}

/// Formats a range of lines for a hunk header: the first line, from 1, and the length unless it is 1.
fn format_range(lines: &Range<u32>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        length => format!("{},{length}", lines.start + 1),
    }
}

fn push_lines(text: &mut String, mark: char, lines: &[&str], range: Range<u32>) {
    for line in &lines[range.start as usize..range.end as usize] {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn style(line: &str, in_header: bool) -> anstyle::Style {
    match line.as_bytes().first() {
        _ if in_header => colors::STRONG,
        Some(b'@') => colors::PLACE,
        Some(b'+') => colors::ADDED,
        Some(b'-') => colors::REMOVED,
        _ => anstyle::Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_its_context() {
        let old = "status: open\npriority: S2\n...\n";
        let new = "status: solved\npriority: S2\n...\n";
        assert_eq!(
            unified("tickets/x.yaml", Some(old), new, ColorMode::PLAIN),
            "--- a/tickets/x.yaml\n+++ b/tickets/x.yaml\n@@ -1,3 +1,3 @@\n-status: open\n+status: solved\n priority: S2\n ...\n"
        );
        assert_eq!(unified("x", Some(old), old, ColorMode::PLAIN), "");
    }

    #[test]
    fn the_old_side_of_a_new_file_is_dev_null() {
        assert_eq!(unified("x", None, "a\n", ColorMode::PLAIN), "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn lines_are_colored_and_sanitized() {
        let painted =
            unified("x", Some("  ::error::x\n-- y\n"), "  ::error::x\n\u{202e}z", ColorMode { is_colored: true });
        let lines: Vec<_> = painted.lines().collect();
        assert_eq!(lines[2], "\u{1b}[36m@@ -1,2 +1,2 @@\u{1b}[0m");
        assert_eq!(lines[3], r"   :\:error::x");
        assert_eq!(lines[4], "\u{1b}[31m--- y\u{1b}[0m");
        assert_eq!(lines[5], "\u{1b}[32m+\\u{202e}z\u{1b}[0m");
        assert_eq!(lines[6], r"\ No newline at end of file");
    }
}
