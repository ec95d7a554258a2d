//! Tests of the documentation as a tree: links, the way from README.md to every page, and the summary of the book.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the Markdown files of folders or files, as paths from the repository's root.
fn markdown(places: &[&str]) -> BTreeSet<PathBuf> {
    let files = places.iter().flat_map(|place| WalkDir::new(repository().join(place)));
    let files = files.map(|entry| entry.unwrap().into_path());
    let pages = files.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.map(|path| path.strip_prefix(repository()).unwrap().to_path_buf()).collect()
}

/// Returns the targets of the links of a page, without those to other sites.
fn links(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let prose = outside_blocks(&text);
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(str::to_owned).collect()
}

/// Returns the lines of a page that are not in a fenced block.
fn outside_blocks(text: &str) -> String {
    let mut fence: Option<usize> = None;
    let mut prose = String::new();
    for line in text.lines() {
        let marks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if marks >= open && line.trim_end().len() == marks => fence = None,
            None if marks >= 3 => fence = Some(marks),
            None => prose.extend([line, "\n"]),
            Some(_) => {}
        }
    }
    prose
}

/// Returns the file that a link of a page leads to, as a path from the repository's root.
fn target(page: &Path, link: &str) -> PathBuf {
    let file = link.split('#').next().unwrap_or_default();
    if file.is_empty() {
        return page.to_path_buf();
    }
    let mut path = PathBuf::new();
    for part in page.parent().unwrap().join(file).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{}: {link} leaves the repository", page.display()),
            part => path.push(part),
        }
    }
    path
}

/// Returns the anchors of the headings of a page, as forges make them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = outside_blocks(&std::fs::read_to_string(repository().join(page)).unwrap());
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(slug).collect()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    for page in markdown(&["README.md", "docs", "examples", ".github", "tests/suite/stories"]) {
        for link in links(&page) {
            let file = target(&page, &link);
            assert!(repository().join(&file).exists(), "{}: {link} leads nowhere", page.display());
            let anchor = link.split_once('#').map(|(_, anchor)| anchor).unwrap_or_default();
            if !anchor.is_empty() && file.extension().is_some_and(|end| end == "md") {
                assert!(anchors(&file).contains(anchor), "{}: {link}: no such heading", page.display());
            }
        }
    }
}

#[test]
fn every_page_is_two_clicks_from_the_readme() {
    let readme = PathBuf::from("README.md");
    let pages_of = |page: &PathBuf| -> BTreeSet<PathBuf> {
        let files = links(page).into_iter().map(|link| target(page, &link));
        files.filter(|file| file.extension().is_some_and(|end| end == "md")).collect()
    };
    let first = pages_of(&readme);
    let second: BTreeSet<PathBuf> = first.iter().flat_map(pages_of).collect();
    let docs = markdown(&["docs", "examples"]);
    let far: Vec<_> = docs.iter().filter(|page| !first.contains(*page) && !second.contains(*page)).collect();
    let far: Vec<_> = far.into_iter().filter(|page| !page.ends_with("SUMMARY.md")).collect();
    assert!(far.is_empty(), "more than two clicks from README.md: {far:#?}");
}

#[test]
fn the_summary_of_the_book_names_every_page_once() {
    let summary = PathBuf::from("docs/SUMMARY.md");
    let named: Vec<PathBuf> = links(&summary).iter().map(|link| target(&summary, link)).collect();
    let once: BTreeSet<PathBuf> = named.iter().cloned().collect();
    assert_eq!(once.len(), named.len(), "docs/SUMMARY.md names a page twice");
    let mut pages = markdown(&["docs"]);
    pages.remove(&summary);
    let missing: Vec<_> = pages.difference(&once).collect();
    let unknown: Vec<_> = once.difference(&pages).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:#?}, unknown: {unknown:#?}");
}
