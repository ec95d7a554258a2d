//! The comparison of an output with the expected one, and the update of the expected one.
//!
//! `[..]` matches any characters of a line, a line `...` any lines. If the output itself has a line `...` at that position
//! (the end of a ticket file), a line `...` matches only that line.

use super::script::{SETUP_END, exit_code};

/// The cost of removing an expected line.
const REMOVE: usize = 3;
/// The cost of adding a line of the output.
const ADD: usize = 2;
/// The cost of replacing an expected line. It is less than the sum of the others, so that a line `...` does not match the
/// lines beside it.
const REPLACE: usize = 2;

/// An alignment of the expected and the actual output: for each pair of positions the cost from there to the end.
struct Alignment<'a> {
    expected: &'a [String],
    actual: &'a [String],
    costs: Vec<Vec<usize>>,
}

/// Returns the expected output that matches the actual one, or `None` if it matches already. Lines with `[..]` or `...` that
/// still match are kept.
pub fn updated(expected: &[String], actual: &[String]) -> Option<Vec<String>> {
    let alignment = Alignment::of(expected, actual);
    (alignment.costs[0][0] > 0).then(|| alignment.updated())
}

impl<'a> Alignment<'a> {
    fn of(expected: &'a [String], actual: &'a [String]) -> Self {
        let last = (0..=actual.len()).map(|at| ADD * (actual.len() - at)).collect();
        let mut alignment = Self { expected, actual, costs: vec![last] };
        for line in expected.iter().rev() {
            let after = &alignment.costs[alignment.costs.len() - 1];
            let row = if line == "..." { alignment.gap_row(after) } else { alignment.row(line, after) };
            alignment.costs.push(row);
        }
        alignment.costs.reverse();
        alignment
    }

    /// Returns the costs from an expected line.
    fn row(&self, line: &str, after: &[usize]) -> Vec<usize> {
        let mut row = vec![0; after.len()];
        for at in (0..after.len()).rev() {
            row[at] = REMOVE + after[at];
            if let Some(actual) = self.actual.get(at) {
                let cost = if matches(line, actual) { 0 } else { REPLACE };
                row[at] = row[at].min(cost + after[at + 1]).min(ADD + row[at + 1]);
            }
        }
        row
    }

    /// Returns the costs from a line `...`.
    fn gap_row(&self, after: &[usize]) -> Vec<usize> {
        let mut least = usize::MAX;
        let mut row = vec![0; after.len()];
        for at in (0..after.len()).rev() {
            least = least.min(after[at]);
            row[at] = if self.ends_file(at) { after[at + 1] } else { least };
        }
        row
    }

    /// Returns true if the output has a line `...` at a position.
    fn ends_file(&self, at: usize) -> bool {
        self.actual.get(at).is_some_and(|line| line == "...")
    }

    /// Returns the expected output along the cheapest path.
    fn updated(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut at = 0;
        for (index, line) in self.expected.iter().enumerate() {
            let (row, after) = (&self.costs[index], &self.costs[index + 1]);
            if line == "..." {
                lines.push(line.clone());
                let skipped = (at..after.len()).find(|&next| after[next] == row[at]).unwrap_or(at);
                at = if self.ends_file(at) { at + 1 } else { skipped };
                continue;
            }
            while at < self.actual.len() {
                let cost = if matches(line, &self.actual[at]) { 0 } else { REPLACE };
                if row[at] == cost + after[at + 1] {
                    lines.push(if cost == 0 { line.clone() } else { escaped(&self.actual[at], lines.is_empty()) });
                    at += 1;
                    break;
                }
                if row[at] == REMOVE + after[at] {
                    break;
                }
                lines.push(escaped(&self.actual[at], lines.is_empty()));
                at += 1;
            }
        }
        for line in &self.actual[at..] {
            lines.push(escaped(line, lines.is_empty()));
        }
        lines
    }
}

/// Returns true if a line matches the expected one.
fn matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    let Some(mut part) = parts.next() else { return rest.is_empty() };
    for next in parts {
        let Some(position) = rest.find(part) else { return false };
        rest = &rest[position + part.len()..];
        part = next;
    }
    rest.ends_with(part)
}

/// Returns a line of output as a story contains it: not to be read as a command, a fence or an exit code.
fn escaped(line: &str, is_first: bool) -> String {
    let is_continuation = is_first && (line == ">" || line.starts_with("> "));
    let is_mark = line.starts_with("$ ") || line.starts_with("```") || line.trim_end() == SETUP_END;
    let is_ambiguous = is_continuation || is_mark || exit_code(line).is_some();
    if is_ambiguous { format!("[..]{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    /// Returns the updated expected output, or `unchanged`.
    fn update(expected: &str, actual: &str) -> String {
        let Some(update) = updated(&lines(expected), &lines(actual)) else { return "unchanged".to_owned() };
        assert_eq!(updated(&update, &lines(actual)), None, "the update matches: {update:?}");
        update.join("\n")
    }

    #[test]
    fn two_dots_in_brackets_match_any_characters() {
        for (expected, actual) in [("a[..]c", "abc"), ("a[..]c", "ac"), ("[..]", ""), ("[..]b[..]", "abbb"), ("x", "x")]
        {
            assert!(matches(expected, actual), "{expected} {actual}");
        }
        for (expected, actual) in
            [("a[..]c", "abcd"), ("ab[..]bc", "abc"), ("[..]x[..]", "abc"), ("x", "xy"), ("", "x")]
        {
            assert!(!matches(expected, actual), "{expected} {actual}");
        }
    }

    #[test]
    fn three_dots_match_any_lines() {
        for actual in ["a\nz", "a\nb\nc\nz", "a\nz\nz"] {
            assert_eq!(update("a\n...\nz", actual), "unchanged");
        }
        assert_eq!(update("...", ""), "unchanged");
        assert_eq!(update("a\n...", "a\nb\n..."), "unchanged");
        assert_eq!(update("a\n...\nz", "b\nc\nz"), "b\n...\nz");
    }

    #[test]
    fn three_dots_match_only_the_end_of_a_ticket_file_if_there_is_one() {
        assert_eq!(update("a\n...", "a\n..."), "unchanged");
        assert_eq!(update("a\n...", "a\n...\nmore"), "a\n...\nmore");
        assert_eq!(update("a\n...\n...", "a\nb\n..."), "unchanged");
    }

    #[test]
    fn lines_that_still_match_are_kept() {
        assert_eq!(update("id [..]\nold\nend [..]", "id 7\nnew\nmore\nend 8"), "id [..]\nnew\nmore\nend [..]");
        assert_eq!(update("a\n...\ny\nz", "a\nb\nc\nY\nz"), "a\n...\nY\nz");
        assert_eq!(update("a\nb", ""), "");
        assert_eq!(update("", "a\nb"), "a\nb");
    }

    #[test]
    fn an_output_is_not_read_as_a_command() {
        assert_eq!(
            update("", "> a\n> b\n$ c\n```\n-->\n[exit 3]"),
            "[..]> a\n> b\n[..]$ c\n[..]```\n[..]-->\n[..][exit 3]"
        );
    }
}
