//! A change to a file as a unified diff.
//!
//! For people: what would steer their terminal is shown as [`sanitize::lines`] shows it, so such a line is not
//! the file's to the byte. Must not know what is in the file.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

use super::colors;
use super::colors::ColorMode;
use super::sanitize;

/// Lines of context around a change.
const CONTEXT: u32 = 3;

/// The unified diff from `old` to `new` of the file at `path`, relative to the repository; `old` is absent for
/// a new file. Empty where nothing changes.
pub fn unified(path: &str, old: Option<&str>, new: &str, paint: ColorMode) -> String {
    let before = old.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    let after = format!("b/{path}");
    let input = InternedInput::new(old.unwrap_or_default(), new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    if diff.count_additions() + diff.count_removals() == 0 {
        return String::new();
    }
    let spelled = format!("--- {before}\n+++ {after}\n{}", groups(&diff, old.unwrap_or_default(), new));
    let safe = sanitize::lines(&spelled);
    let mut shown = String::with_capacity(safe.len());
    let mut in_header = true;
    for line in safe.lines() {
        in_header &= !line.starts_with('@');
        paint.push(&mut shown, style(line, in_header), line);
        shown.push('\n');
    }
    shown
}

/// Changes that are close enough to share their surroundings, as patches have them.
fn groups(diff: &Diff, old: &str, new: &str) -> String {
    let lines = |text| -> Vec<&str> { str::split_inclusive(text, '\n').collect() };
    let (old, new) = (lines(old), lines(new));
    let hunks: Vec<Hunk> = diff.hunks().collect();
    let mut told = String::new();
    for group in hunks.chunk_by(|one, next| next.before.start - one.before.end <= 2 * CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let above = CONTEXT.min(first.before.start);
        let below = CONTEXT.min(old.len() as u32 - last.before.end);
        let before = first.before.start - above..last.before.end + below;
        let after = first.after.start - above..last.after.end + below;
        told.push_str(&format!("@@ -{} +{} @@\n", stretch(&before), stretch(&after)));
        let mut at = before.start;
        for hunk in group {
            push_lines(&mut told, ' ', &old, at..hunk.before.start);
            push_lines(&mut told, '-', &old, hunk.before.clone());
            push_lines(&mut told, '+', &new, hunk.after.clone());
            at = hunk.before.end;
        }
        push_lines(&mut told, ' ', &old, at..before.end);
    }
    told
}

/// Where a stretch of lines begins, from 1, and how long it is where that is not one line.
fn stretch(lines: &Range<u32>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        length => format!("{},{length}", lines.start + 1),
    }
}

fn push_lines(told: &mut String, mark: char, lines: &[&str], range: Range<u32>) {
    for line in &lines[range.start as usize..range.end as usize] {
        told.push(mark);
        told.push_str(line);
        if !line.ends_with('\n') {
            told.push_str("\n\\ No newline at end of file\n");
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
    fn a_change_is_shown_with_its_surroundings() {
        let old = "status: open\npriority: S2\n...\n";
        let new = "status: solved\npriority: S2\n...\n";
        assert_eq!(
            unified("tickets/x.yaml", Some(old), new, ColorMode::PLAIN),
            "--- a/tickets/x.yaml\n+++ b/tickets/x.yaml\n@@ -1,3 +1,3 @@\n-status: open\n+status: solved\n priority: S2\n ...\n"
        );
        assert_eq!(unified("x", Some(old), old, ColorMode::PLAIN), "");
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        assert_eq!(unified("x", None, "a\n", ColorMode::PLAIN), "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn lines_are_coloured_by_what_they_do_and_never_steer() {
        let painted = unified("x", Some("  ::error::x\n-- y\n"), "  ::error::x\n\u{202e}z", ColorMode { colour: true });
        let lines: Vec<_> = painted.lines().collect();
        assert_eq!(lines[2], "\u{1b}[36m@@ -1,2 +1,2 @@\u{1b}[0m");
        assert_eq!(lines[3], r"   :\:error::x");
        assert_eq!(lines[4], "\u{1b}[31m--- y\u{1b}[0m");
        assert_eq!(lines[5], "\u{1b}[32m+\\u{202e}z\u{1b}[0m");
        assert_eq!(lines[6], r"\ No newline at end of file");
    }
}
