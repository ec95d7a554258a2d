//! The reader of a file of labels: TOML with one `name = "label"` a line, in the order of [`super::catalog`], without
//! escapes. It runs when casebook is compiled, so that labels cost no time. The error of a group or label that is missing, or
//! in another order, is its name.

/// The rest of a file of labels.
pub(super) struct LabelFile {
    rest: &'static str,
}

impl LabelFile {
    /// Returns the file with a text.
    pub const fn new(text: &'static str) -> Self {
        Self { rest: text }
    }

    /// Reads the heading of a group. An optional one may be absent, with its group.
    pub const fn heading(&mut self, prefix: &str, group: &str, is_optional: bool) {
        self.skip_comments();
        let rest = match after(self.rest, prefix) {
            Some(rest) => after_name(rest, group, "]\n"),
            None => None,
        };
        match rest {
            Some(rest) => self.rest = rest,
            None => assert!(is_optional, "{}", group),
        }
    }

    /// Reads a label. One that is absent is that of the customers.
    pub const fn label(&mut self, name: &str, customers: Option<&'static str>) -> &'static str {
        self.skip_comments();
        let Some(label) = after_name(self.rest, name, " = \"") else {
            let Some(label) = customers else { panic!("{}", name) };
            return label;
        };
        let mut end = 0;
        while label.as_bytes()[end] != b'"' {
            assert!(!matches!(label.as_bytes()[end], b'\\' | b'\n'), "a label is in quotes, without escapes");
            end += 1;
        }
        let (label, rest) = label.split_at(end);
        self.rest = rest.split_at(1).1;
        label
    }

    /// Checks that everything was read.
    pub const fn end(&mut self) {
        self.skip_comments();
        assert!(self.rest.is_empty(), "a group or label is unknown, or in another order");
    }

    /// Skips line ends and lines that begin with `#`.
    const fn skip_comments(&mut self) {
        let bytes = self.rest.as_bytes();
        let (mut start, mut is_comment) = (0, false);
        while start < bytes.len() && (is_comment || matches!(bytes[start], b'\n' | b'#')) {
            is_comment = bytes[start] != b'\n';
            start += 1;
        }
        self.rest = self.rest.split_at(start).1;
    }
}

/// Returns the text after a name and a mark.
const fn after_name<'a>(text: &'a str, name: &str, mark: &str) -> Option<&'a str> {
    match after(text, name) {
        Some(text) => after(text, mark),
        None => None,
    }
}

/// Returns the text after a prefix.
const fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut index = 0;
    while index < prefix.len() {
        if index == text.len() || text.as_bytes()[index] != prefix.as_bytes()[index] {
            return None;
        }
        index += 1;
    }
    Some(text.split_at(index).1)
}
