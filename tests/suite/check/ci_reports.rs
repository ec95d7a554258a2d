//! Reports of `check` for other systems, validated against what they publish: SARIF's schema, GitLab's, and the shape
//! that readers of JUnit expect. Text that customers wrote steers none of them.
//!
//! `tests/data/sarif-2.1.0.schema.json` is the schema of OASIS as the crate serde-sarif 0.8.0 (MIT) carries it.

use serde_json::{Value, json};

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

/// A desk with an error and a warning, and with hostile text in every field that customers write.
fn broken() -> Sandbox {
    let sandbox = desk();
    let hostile = "::error::pwned ##[group]x <b>&\"' %0A, : ]]>";
    let first = sandbox.opened(hostile, &[]);
    sandbox.run(&["assign", &first, "who@desk.example"]).ok();
    let second = sandbox.opened("Tiles", &[]);
    let path = sandbox.run(&["show", &second, "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
    let text = sandbox.read(&path).replacen("priority: S3\n", "priority: \"::error::x ##[y] <z>\"\n", 1);
    sandbox.write(&path, &text);
    sandbox.write("tickets/a&b,c:d.txt", "left\n");
    sandbox
}

/// Returns the output of `check` in a format, which is the same on standard output and in a file.
fn told(sandbox: &Sandbox, format: &str) -> String {
    let told = sandbox.run(&["check", "--format", format]).fails(1).stdout;
    sandbox.run(&["check", "-q", "--report", &format!("{format}=out.{format}"), "--report", "json=out2.json"]).fails(1);
    assert_eq!(sandbox.read(format!("out.{format}")), told);
    let beside = sandbox.run(&["check", "--format", "json", "--report", &format!("{format}=-")]).fails(1).stdout;
    assert_eq!(beside, sandbox.read("out2.json") + &told);
    told
}

fn assert_fits(schema: &Value, value: &Value) {
    let schema = jsonschema::validator_for(schema).unwrap();
    let flaws: Vec<String> =
        schema.iter_errors(value).map(|flaw| format!("{}: {flaw}", flaw.instance_path())).collect();
    assert!(flaws.is_empty(), "{flaws:#?}\n{value:#}");
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let sandbox = broken();
    let mut schema: Value = serde_json::from_str(include_str!("../../data/sarif-2.1.0.schema.json")).unwrap();
    // The published schema contains an unbalanced bracket in a pattern, for properties that casebook does not print.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        assert!(language.as_object_mut().unwrap().remove("pattern").is_some());
    }
    let log: Value = serde_json::from_str(&told(&sandbox, "sarif")).unwrap();
    assert_fits(&schema, &log);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let sound = desk();
    let log: Value = serde_json::from_str(&sound.run(&["check", "--format", "sarif"]).ok().stdout).unwrap();
    assert_fits(&schema, &log);
    assert_eq!(log["runs"][0]["results"], json!([]));
}

#[test]
fn gitlab_reports_are_valid_by_its_documentation() {
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^./]" },
                        "lines": { "type": "object", "required": ["begin"], "properties": { "begin": { "type": "integer" } } },
                    },
                },
            },
        },
    });
    let issues: Value = serde_json::from_str(&told(&broken(), "gitlab")).unwrap();
    assert_fits(&schema, &issues);
    assert_eq!(issues.as_array().unwrap().len(), 3);
}

#[test]
fn junit_is_valid_xml_with_correct_counts() {
    let text = told(&broken(), "junit");
    let tree = roxmltree::Document::parse(&text).unwrap();
    let suites = tree.root_element();
    let suite = suites.children().find(|node| node.is_element()).unwrap();
    assert_eq!((suites.tag_name().name(), suite.tag_name().name()), ("testsuites", "testsuite"));
    let cases: Vec<_> = suite.children().filter(|node| node.is_element()).collect();
    assert!(cases.iter().all(|case| case.tag_name().name() == "testcase"));
    assert!(cases.iter().all(|case| ["name", "classname", "file"].iter().all(|name| case.has_attribute(*name))));
    let failures: Vec<_> = suite.descendants().filter(|node| node.has_tag_name("failure")).collect();
    assert_eq!(suite.attribute("tests"), Some(cases.len().to_string().as_str()));
    assert_eq!(suite.attribute("failures"), Some("1"));
    assert_eq!(failures.len(), 1);
    assert!(failures[0].attribute("message").unwrap().contains("<z>"), "{text}");
}

#[test]
fn json_and_json_lines_are_the_same() {
    let sandbox = broken();
    let array: Value = serde_json::from_str(&told(&sandbox, "json")).unwrap();
    let lines: Vec<Value> = told(&sandbox, "jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array, Value::Array(lines));
    assert_eq!(sandbox.run(&["check", "--json"]).fails(1).json(), array);
    for finding in array.as_array().unwrap() {
        let names: Vec<&String> = finding.as_object().unwrap().keys().collect();
        let wanted = ["severity", "rule", "code", "file", "line", "column", "message", "ticket", "entry", "commit"];
        assert_eq!(names, wanted);
    }
}

#[test]
fn text_in_github_annotations_cannot_inject_commands() {
    let told = told(&broken(), "github");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    for line in lines {
        let (properties, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (command, properties) = properties.split_once(' ').unwrap();
        assert!(matches!(command, "error" | "warning"), "{line}");
        let names: Vec<&str> = properties.split(',').map(|one| one.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "col", "title"], "{line}");
        assert!(!message.contains("##["), "{line}");
    }
}

#[test]
fn a_finding_is_printed_with_its_line() {
    let told = broken().run(&["check"]).fails(1).stdout;
    let wanted = ": error: priority: unknown priority `::error::x #\\#[y] <z>`; expected one of S1, S2, S3, S4 [CB012]\n  5 | priority: \"::error::x #\\#[y] <z>\"\n    |           ^\n";
    assert!(told.contains(wanted), "{told}");
    assert!(
        told.ends_with("3 tickets checked: 1 error, 2 warnings\n")
            || told.contains(" tickets checked: 1 error, 2 warnings\n")
    );
}

/// A desk with an error, in a folder of a larger repository.
fn nested() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "../whole"]).ok();
    sandbox.enter("../whole");
    sandbox.run(&["init", "my desk"]).ok();
    sandbox.enter("my desk");
    sandbox.shell("mkdir -p tickets/2026 && ln -s ../x tickets/2026/11 && git add -A && git commit -qm desk").ok();
    sandbox
}

#[test]
fn report_paths_are_relative_to_the_repository() {
    let sandbox = nested();
    let told = |words: &[&str], form| sandbox.run(&[words, &["--format", form]].concat()).fails(1).stdout;
    for verb in [&["check"][..], &["audit", "--signed"]] {
        let (path, coded) = match verb[0] {
            "check" => ("my desk/tickets/2026/11", "my%20desk/tickets/2026/11"),
            _ => ("my desk", "my%20desk"),
        };
        assert!(told(verb, "github").contains(&format!("file={path},line=1")), "{}", told(verb, "github"));
        let issues: Value = serde_json::from_str(&told(verb, "gitlab")).unwrap();
        assert_eq!(issues[0]["location"]["path"], path);
        let log: Value = serde_json::from_str(&told(verb, "sarif")).unwrap();
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place, &json!({ "uri": coded, "uriBaseId": "%SRCROOT%" }));
        for form in ["full", "concise", "json", "jsonl"] {
            assert!(!told(verb, form).contains("my desk"), "{form}");
        }
    }
    sandbox.run(&["check", "--report", "github=out.txt"]).fails(1);
    assert!(sandbox.read("out.txt").contains("file=my desk/tickets/2026/11,"));
}

#[test]
fn clock_reports_are_relative_to_the_repository_too() {
    let sandbox = nested();
    sandbox.shell("rm tickets/2026/11").ok();
    sandbox.run(&["open", "-s", "Tiles", "--requester", "ana@acme.example", "-p", "S1", "-m", "x"]).ok();
    let later = ["sla", "--now", "2027-01-01", "--fail-on", "breached", "-q", "--report", "github=-"];
    let told = sandbox.run(&later);
    assert!(told.stdout.contains("file=my desk/tickets/2026/11/"), "{}{}", told.stdout, told.stderr);
}

#[test]
fn a_range_without_a_beginning_is_an_error() {
    let sandbox = desk();
    for verb in [&["audit"][..], &["check", "--range"], &["changes"]] {
        for range in ["", "..", "...", " ", "..HEAD", "...HEAD"] {
            let told = sandbox.run(&[verb, &[range]].concat()).fails(2);
            assert!(told.stderr.contains("has no beginning") && told.stderr.contains("A..B"), "{}", told.stderr);
            assert_eq!(told.stdout, "");
        }
        sandbox.run(&[verb, &["HEAD.."]].concat()).ok();
    }
}

#[test]
fn an_unwritable_report_is_no_temporary_failure() {
    let sandbox = broken();
    for verb in ["check", "audit", "sla"] {
        let two = [verb, "--report", "sarif=out", "--report", "junit=./out"];
        let told = sandbox.run(&two).fails(2);
        assert!(told.stderr.contains("cannot write two reports to ./out") && told.stdout.is_empty(), "{}", told.stderr);
        assert!(!sandbox.path("out").exists());
        for file in ["sarif=none/x", "sarif=casebook.toml/x", "sarif=tickets"] {
            let told = sandbox.run(&[verb, "--report", file]).fails(2);
            assert!(told.stderr.contains("cannot write"), "{}", told.stderr);
        }
        sandbox.run(&[verb, "--report", "sarif=a", "--report", "junit=b"]);
        assert!(sandbox.path("a").exists() && sandbox.path("b").exists());
        sandbox.shell("rm a b").ok();
    }
}

#[test]
fn missing_paths_and_objects_are_reported() {
    let sandbox = desk();
    let told = sandbox.run(&["merge-file", "none", "casebook.toml", "casebook.toml"]).fails(2);
    assert!(told.stderr.contains("cannot read none"), "{}", told.stderr);
    for path in ["none", "tickets/none.yaml", "7S1W1X"] {
        let told = sandbox.run(&["resolve", path]).fails(2);
        assert!(told.stderr.contains(&format!("there is no `{path}`")), "{}", told.stderr);
    }
    assert_eq!(sandbox.run(&["resolve", "casebook.toml"]).ok().stdout, "nothing to resolve\n");
    let zeros = "0".repeat(40);
    for words in [["refs/heads/a", "b", "c"], ["refs/heads/a", &zeros, "HEAD"]] {
        let told = sandbox.run(&[&["guard", "update"][..], &words].concat()).fails(2);
        assert!(told.stderr.contains("is not an object name") && !told.stderr.contains("commit"), "{}", told.stderr);
    }
    let told = sandbox.run_with(&["guard"], "a b refs/heads/main\n").fails(2);
    assert!(told.stderr.contains("`a` is not an object name"), "{}", told.stderr);
}

#[test]
fn a_hook_without_a_message_is_named() {
    let sandbox = desk();
    sandbox.shell("printf '#!/bin/sh\nexit 3\n' >.git/hooks/commit-msg && chmod +x .git/hooks/commit-msg").ok();
    let told = sandbox.run(&["open", "-s", "Tiles", "--requester", "ana@acme.example", "-m", "x"]).fails(8);
    let words = "git refused the commit:\ngit exited with 1; neither git nor a hook of the repository printed a reason";
    assert!(told.stderr.contains(words), "{}", told.stderr);
}
