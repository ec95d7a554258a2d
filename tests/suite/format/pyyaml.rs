//! PyYAML, an independent reader of YAML 1.1, reads the same values from the files.

use std::fs;
use std::process::Command;

use casebook::domain::codec::{entry_fields, header_fields};
use casebook::domain::time::duration;
use casebook::domain::value::Value;
use casebook::store::yaml::print;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, json};

use crate::fixtures::arbitrary;

const TICKETS: usize = 150;

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => json!(flag),
        Value::Integer(number) => json!(i64::try_from(*number).expect("no test makes larger numbers")),
        Value::Number(number) => json!(number),
        Value::String(words) | Value::Text(words) => json!(words),
        Value::Time(time) => json!({ "time": duration::format_instant(*time) }),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Map(fields) => serde_json::Value::Object(of_fields(fields)),
    }
}

fn of_fields(fields: &[(String, Value)]) -> Map<String, serde_json::Value> {
    fields.iter().map(|(name, value)| (name.clone(), as_json(value))).collect()
}

#[test]
fn pyyaml_reads_the_same_values() {
    let can = Command::new("python3").args(["-c", "import yaml"]).output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no python3 with PyYAML here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for number in 0..TICKETS {
        let ticket = arbitrary::ticket().new_tree(&mut runner).unwrap().current();
        let mut values = of_fields(&header_fields(&ticket));
        let history: Vec<_> = ticket.history.iter().map(|entry| of_fields(&entry_fields(entry))).collect();
        values.insert("history".to_owned(), json!(history));
        fs::write(folder.path().join(format!("{number}.yaml")), print(&ticket)).unwrap();
        fs::write(folder.path().join(format!("{number}.json")), serde_json::to_vec(&values).unwrap()).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/fixtures/pyyaml_reads_the_same.py");
    let output = Command::new("python3").arg(script).arg(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(told, format!("{TICKETS} of {TICKETS} files are the same\n"));
}
