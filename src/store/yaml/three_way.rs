//! A three-way merge of lines: changes of different lines are combined.

use imara_diff::{Algorithm, Diff, InternedInput};

/// A range of lines of the base, and the lines that replace it on a side.
#[derive(PartialEq)]
struct BaseChange<'a> {
    from: usize,
    to: usize,
    lines: &'a [&'a str],
}

/// Merges the changes of both sides. `None` if they changed the same or adjacent lines differently, because then their
/// order or meaning is unknown.
pub(super) fn merged(base: &str, one: &str, other: &str) -> Option<String> {
    let [lines, ours, theirs] = [base, one, other].map(|text| text.split_inclusive('\n').collect::<Vec<&str>>());
    let (ours, theirs) = (changes(base, one, &ours), changes(base, other, &theirs));
    let mut merged = String::new();
    let (mut at, mut ours, mut theirs) = (0, ours.iter().peekable(), theirs.iter().peekable());
    while let Some(next) = match (ours.peek(), theirs.peek()) {
        (Some(one), Some(other)) if one == other => {
            theirs.next();
            ours.next()
        }
        (Some(one), Some(other)) if one.from <= other.to && other.from <= one.to => return None,
        (Some(one), Some(other)) if one.from > other.from => theirs.next(),
        (Some(_), _) => ours.next(),
        (None, _) => theirs.next(),
    } {
        merged.extend(lines[at..next.from].iter().chain(next.lines).copied());
        at = next.to;
    }
    merged.extend(lines[at..].iter().copied());
    Some(merged)
}

fn changes<'a>(base: &str, side: &str, lines: &'a [&'a str]) -> Vec<BaseChange<'a>> {
    let input = InternedInput::new(base, side);
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    let change = |hunk: imara_diff::Hunk| {
        let (before, after) = (range(hunk.before), range(hunk.after));
        BaseChange { from: before.start, to: before.end, lines: &lines[after] }
    };
    diff.hunks().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn changes_of_different_lines_are_combined() {
        let base = "a\nb\nc\nd\n";
        assert_eq!(merged(base, "a # x\nb\nc\nd\n", "a\nb\nc\n# y\nd\n").as_deref(), Some("a # x\nb\nc\n# y\nd\n"));
        assert_eq!(merged(base, "a\nb\nc\n# y\nd\n", "a # x\nb\nc\nd\n").as_deref(), Some("a # x\nb\nc\n# y\nd\n"));
        assert_eq!(merged(base, "# x\na\nb\nc\nd\n", "a\nb\nc\nd\n# y\n").as_deref(), Some("# x\na\nb\nc\nd\n# y\n"));
        assert_eq!(merged(base, "b\nc\nd\n", "a\nb\nc\n").as_deref(), Some("b\nc\n"));
        assert_eq!(merged(base, "a\nx\nc\nd\n", "a\nx\nc\nd\n").as_deref(), Some("a\nx\nc\nd\n"));
        assert_eq!(merged(base, base, base).as_deref(), Some(base));
    }

    #[test]
    fn changes_of_the_same_or_adjacent_lines_conflict() {
        let base = "a\nb\nc\n";
        assert_eq!(merged(base, "a\nx\nc\n", "a\ny\nc\n"), None);
        assert_eq!(merged(base, "a\n# x\nb\nc\n", "a\n# y\nb\nc\n"), None);
        assert_eq!(merged(base, "x\nb\nc\n", "a\ny\nc\n"), None);
    }
}
