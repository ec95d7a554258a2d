//! Tests of every format with the same findings, one of them hostile.

use super::*;
use crate::domain::rules;

const RUN: ReportSource<'_> = ReportSource {
    verb: "check",
    version: "1.2.3",
    noun: "ticket",
    folder: "",
    count: 2,
    is_strict: false,
    color_mode: ColorMode::PLAIN,
};

fn findings() -> Vec<Finding> {
    let mut header = Finding::new(&rules::HEADER_DIFFERS, "tickets/a b.yaml", "`status` differs").at(4, 9);
    header.source_line = Some("status: solved".to_owned());
    let hostile = "a\n::error::b ##[group] \u{1b}[31m % , : & < > \" ' ]]>";
    let mut stray = Finding::new(&rules::FILE_STRAY, "tickets/x,y:z\n::stop-commands::w", hostile);
    stray.source_line = Some("::set-output name=a::b".to_owned());
    vec![header, stray]
}

#[test]
fn people_see_the_line_and_a_mark_under_the_column() {
    let rendered = render(ReportFormat::Full, &findings(), &RUN);
    let expected = "tickets/a b.yaml:4:9: error: `status` differs [CB101]\n  4 | status: solved\n    |         ^\n";
    assert!(rendered.starts_with(expected), "{rendered}");
    assert_eq!(summary(&findings(), &RUN), "2 tickets checked: 1 error, 1 warning");
}

#[test]
fn a_long_line_is_cut_around_the_column() {
    let mut finding = Finding::new(&rules::FIELD_UNFIT, "t", "no").at(1, 301);
    finding.source_line = Some(format!("{}x{}", "é".repeat(300), "緊".repeat(300)));
    let rendered = render(ReportFormat::Full, &[finding], &RUN);
    let lines: Vec<&str> = rendered.lines().collect();
    assert_eq!(lines[1], format!("  1 | …{}x{}…", "é".repeat(50), "緊".repeat(49)));
    assert_eq!(lines[2], format!("    | {}^", " ".repeat(51)));
}

#[test]
fn hostile_text_is_harmless_in_every_format() {
    for format in [
        ReportFormat::Full,
        ReportFormat::Concise,
        ReportFormat::Json,
        ReportFormat::Lines,
        ReportFormat::Github,
        ReportFormat::Gitlab,
        ReportFormat::Junit,
        ReportFormat::Sarif,
    ] {
        let rendered = render(format, &findings(), &RUN);
        assert!(!rendered.contains('\u{1b}') && !rendered.contains("##["), "{format:?}: {rendered}");
        let commands: Vec<&str> = rendered.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        let expected = if format == ReportFormat::Github { 2 } else { 0 };
        assert_eq!(commands.len(), expected, "{format:?}: {rendered}");
    }
}

#[test]
fn hostile_text_does_not_end_an_annotation() {
    let rendered = render(ReportFormat::Github, &findings(), &RUN);
    let lines: Vec<&str> = rendered.lines().collect();
    assert_eq!(lines[0], "::error file=tickets/a b.yaml,line=4,col=9,title=CB101 header.differs::`status` differs");
    let properties = lines[1].strip_prefix("::warning ").unwrap().split_once("::").unwrap().0;
    assert_eq!(properties.split(',').count(), 4, "{properties}");
    assert!(properties.starts_with("file=tickets/x%2Cy%3Az %3A%3Astop-commands%3A%3Aw,line=1,col=1,"), "{properties}");
}

#[test]
fn paths_for_ci_systems_begin_at_the_top_of_the_repository() {
    let run = ReportSource { folder: "my desk/é/", ..RUN };
    let mut all = findings();
    all.push(Finding::new(&rules::COMMIT_UNSIGNED, ".", "the commit is not signed"));
    let rendered = |format| render(format, &all, &run);
    let github = rendered(ReportFormat::Github);
    assert!(github.starts_with("::error file=my desk/é/tickets/a b.yaml,line=4"), "{github}");
    assert!(github.contains("::error file=my desk/é,line=1"), "{github}");
    assert!(rendered(ReportFormat::Gitlab).contains("\"path\": \"my desk/é/tickets/a b.yaml\""));
    let sarif = rendered(ReportFormat::Sarif);
    assert!(sarif.contains("\"uri\": \"my%20desk/%C3%A9/tickets/a%20b.yaml\""), "{sarif}");
    for format in
        [ReportFormat::Full, ReportFormat::Concise, ReportFormat::Json, ReportFormat::Lines, ReportFormat::Junit]
    {
        assert!(!rendered(format).contains("my desk"), "{format:?}");
    }
}

#[test]
fn a_fingerprint_is_unique_and_ignores_lines_and_other_findings() {
    let one = findings();
    let mut moved = one.clone();
    moved[0].line += 7;
    assert_eq!(fingerprints(&one), fingerprints(&moved));
    let twice = fingerprints(&[one[0].clone(), one[0].clone()]);
    assert_eq!(twice[0], fingerprints(&one)[0]);
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn warnings_fail_a_test_case_in_a_strict_run() {
    let strict = ReportSource { is_strict: true, ..RUN };
    assert!(render(ReportFormat::Junit, &findings(), &RUN).contains("tests=\"2\" failures=\"1\""));
    assert!(render(ReportFormat::Junit, &findings(), &strict).contains("tests=\"2\" failures=\"2\""));
    assert!(
        render(ReportFormat::Junit, &[], &RUN).contains("<testcase name=\"casebook check\" classname=\"casebook\"/>")
    );
}
