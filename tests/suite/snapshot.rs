//! Pages of `docs/` that tests write: a page that differs from what the program says fails its test, and
//! `UPDATE_DOCS=1` writes it anew. Must not know what a page is about.

use std::fs;
use std::path::Path;

use similar::TextDiff;

/// Asserts that a file of the repository holds a text, or writes it.
#[track_caller]
pub fn assert_is(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let stands = fs::read_to_string(&file).unwrap_or_default();
    if stands == text {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder of the page");
        fs::write(&file, text).expect("the page");
        return;
    }
    let diff = TextDiff::from_lines(stands.as_str(), text);
    let diff = diff.unified_diff().header("as it stands", "as the program says").to_string();
    panic!("{path} differs; UPDATE_DOCS=1 writes it anew\n{diff}");
}
