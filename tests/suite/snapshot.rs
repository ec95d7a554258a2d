//! Pages of `docs/` that tests write: a page that differs from what the program says fails its test, and
//! `UPDATE_DOCS=1` writes it anew. Must not know what a page is about.

use std::fs;
use std::path::Path;

use casebook::view::diff::unified;
use casebook::view::paint::Paint;

/// Asserts that a file of the repository holds a text, or writes it.
#[track_caller]
pub fn assert_is(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let stands = fs::read_to_string(&file).unwrap_or_default();
    if stands == text {
        return;
    }
    if is_updating() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder of the page");
        fs::write(&file, text).expect("the page");
        return;
    }
    let diff = unified(path, Some(stands.as_str()), text, Paint::PLAIN);
    panic!("{path} differs (- as it stands, + as the program says); UPDATE_DOCS=1 writes it anew\n{diff}");
}

/// Returns whether pages are to be written instead of compared.
pub fn is_updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1")
}
