//! The Rust files and pages of the repository, taken apart into comments, literals and code.

use std::path::Path;

use walkdir::WalkDir;

/// A file: its path from the repository, with `/`, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Returns the folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the files of some scopes, each a file or a folder, that have an extension, in their order.
pub fn files(scopes: &[&str], extension: &str) -> Vec<Source> {
    let entries = scopes.iter().flat_map(|scope| WalkDir::new(repository().join(scope)).sort_by_file_name());
    let entries = entries.map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == extension));
    let source = |entry: walkdir::DirEntry| Source {
        path: entry.path().strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/"),
        text: std::fs::read_to_string(entry.path()).unwrap(),
    };
    files.map(source).collect()
}

/// The kind of a piece of a Rust file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A doc comment, or the text of a `#[doc]` attribute.
    Doc,
    /// Any other comment.
    Comment,
    /// A string literal.
    Literal,
    /// All the rest.
    Code,
}

/// A piece of a Rust file, with the line that it begins in, counted from 1.
#[derive(Debug, PartialEq)]
pub struct Piece<'a> {
    pub kind: Kind,
    pub line: usize,
    pub text: &'a str,
}

/// Takes a Rust file apart. Pieces follow each other without gaps, so together they are the file.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut line, mut from, mut at) = (Vec::new(), 1, 0, 0);
    let mut push = |kind, range: std::ops::Range<usize>| {
        if !range.is_empty() {
            let text = &text[range];
            pieces.push(Piece { kind, line, text });
            line += text.matches('\n').count();
        }
    };
    while at < text.len() {
        let rest = &text[at..];
        let found = match rest.as_bytes() {
            [b'/', b'/', ..] => Some((comment_kind(rest), rest.find('\n').unwrap_or(rest.len()))),
            [b'/', b'*', ..] => Some((comment_kind(rest), block_length(rest))),
            [b'\'', ..] => {
                at += character_length(rest);
                continue;
            }
            _ => string_length(rest, text[..at].chars().next_back()).map(|length| (Kind::Literal, length)),
        };
        let Some((kind, length)) = found else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let is_doc = kind == Kind::Literal && text[from..at].trim_end().ends_with("doc =");
        push(Kind::Code, from..at);
        push(if is_doc { Kind::Doc } else { kind }, at..at + length);
        at += length;
        from = at;
    }
    push(Kind::Code, from..text.len());
    pieces
}

/// Returns the code of a Rust file, with a blank in the place of each comment and literal.
pub fn code(text: &str) -> String {
    let kept = pieces(text).into_iter().map(|piece| match piece.kind {
        Kind::Code => piece.text.to_owned(),
        _ => format!(" {}", "\n".repeat(piece.text.matches('\n').count())),
    });
    kept.collect()
}

/// Returns the text of a Rust file before its inline module of tests.
pub fn without_tests(text: &str) -> &str {
    let at = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    &text[..at]
}

fn comment_kind(comment: &str) -> Kind {
    let is_doc = ["///", "//!", "/**", "/*!"].iter().any(|mark| comment.starts_with(mark));
    let is_rule = comment.starts_with("////") || comment.starts_with("/***") || comment.starts_with("/**/");
    if is_doc && !is_rule { Kind::Doc } else { Kind::Comment }
}

/// Returns the length of a block comment, in which others may be nested.
fn block_length(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Returns the length of a character literal, or of the quote that begins a lifetime.
fn character_length(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => text[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 3),
        Some(_) => characters.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// Returns the length of the string literal that the text begins with, if it does.
fn string_length(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return text.starts_with('"').then(|| quoted_length(text));
    }
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'c' | 'r')).filter(|length| *length <= 2)?;
    let rest = &text[prefix..];
    if !text[..prefix].ends_with('r') {
        return rest.starts_with('"').then(|| prefix + quoted_length(rest));
    }
    let hashes = rest.find(|c| c != '#')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let inner = rest[hashes..].strip_prefix('"')?;
    Some(prefix + hashes + 1 + inner.find(&end)? + end.len())
}

fn quoted_length(text: &str) -> usize {
    let (mut is_escaped, bytes) = (false, text.as_bytes());
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            b'\\' => is_escaped = !is_escaped,
            b'"' if !is_escaped => return at + 1,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// Returns the prose of a page with its lines: without blocks of code, and without code between backticks.
pub fn prose(page: &str) -> Vec<(usize, String)> {
    let (mut lines, mut is_code) = (Vec::new(), false);
    for (number, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push((number + 1, line.split('`').step_by(2).collect::<Vec<_>>().join(" ")));
        }
    }
    lines
}

#[test]
fn a_rust_file_is_taken_apart_without_gaps() {
    let text = concat!(
        "//! A module.\n",
        "use a::B; // why\n",
        "/// A type.\n",
        "struct C<'a>(&'a str);\n",
        "#[doc = \"A function.\"]\n",
        "fn f(c: char) { if c == '\"' || c == '\\'' { g(\"a // \\\" b\", r#\"raw \" text\"#, b\"x\") } }\n",
        "/* block /* nested */ end */ let four = 4;\n",
    );
    let found = pieces(text);
    assert_eq!(found.iter().map(|piece| piece.text).collect::<String>(), text);
    let of = |kind| found.iter().filter(move |piece| piece.kind == kind).map(|piece| (piece.line, piece.text));
    assert_eq!(of(Kind::Doc).collect::<Vec<_>>(), [(1, "//! A module."), (3, "/// A type."), (5, "\"A function.\"")]);
    assert_eq!(of(Kind::Comment).collect::<Vec<_>>(), [(2, "// why"), (7, "/* block /* nested */ end */")]);
    assert_eq!(
        of(Kind::Literal).map(|(_, text)| text).collect::<Vec<_>>(),
        ["\"a // \\\" b\"", "r#\"raw \" text\"#", "b\"x\""]
    );
    assert!(code(text).contains("let four = 4;") && !code(text).contains("nested"));
}

#[test]
fn prose_of_a_page_has_no_code() {
    let page = "One `two` three\n```console\nfour\n```\nfive";
    assert_eq!(prose(page), [(1, "One   three".to_owned()), (5, "five".to_owned())]);
}

#[test]
fn every_rust_file_is_taken_apart_without_gaps() {
    for Source { path, text } in files(&["src", "tests"], "rs") {
        assert_eq!(pieces(&text).iter().map(|piece| piece.text).collect::<String>(), text, "{path}");
    }
}
