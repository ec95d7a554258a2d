//! What `check` prints and writes for other systems fits what they publish: SARIF's schema, GitLab's, and the shape
//! JUnit's readers expect. Text of strangers steers none of them.
//!
//! `tests/data/sarif-2.1.0.schema.json` is the schema of OASIS as the crate serde-sarif 0.8.0 (MIT) carries it.

use serde_json::{Value, json};

use crate::desk::desk;
use crate::sandbox::Sandbox;

/// A desk with an error and a warning, where strangers wrote what they could.
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

/// What `check` prints in a form, which is also what it writes into a file.
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
fn sarif_fits_its_schema() {
    let sandbox = broken();
    let mut schema: Value = serde_json::from_str(include_str!("../data/sarif-2.1.0.schema.json")).unwrap();
    // As published it holds a pattern with a bracket too many, of properties we do not print.
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
fn gitlab_gets_what_it_documents() {
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
fn junit_is_read_by_a_parser_and_counts_right() {
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
fn json_and_its_lines_say_the_same() {
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
fn github_sees_our_commands_and_no_others() {
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
fn a_place_is_shown_with_its_line() {
    let told = broken().run(&["check"]).fails(1).stdout;
    let wanted = ": error: priority: `::error::x #\\#[y] <z>` is no priority; known are S1, S2, S3, S4 [CB012]\n  5 | priority: \"::error::x #\\#[y] <z>\"\n    |           ^\n";
    assert!(told.contains(wanted), "{told}");
    assert!(
        told.ends_with("3 tickets checked: 1 error, 2 warnings\n")
            || told.contains(" tickets checked: 1 error, 2 warnings\n")
    );
}
