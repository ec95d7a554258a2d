//! Records (tickets or entries as JSON objects) as JSON lines, as CSV for spreadsheets, and as tab-separated values.

use serde_json::{Map, Value as Json};

use super::table::tab_separated;
use super::{json, sanitize};

/// The separator of the values of a list in one cell.
const LIST_SEPARATOR: &str = ";";

/// The characters that begin a formula in spreadsheets; the wide ones in Japanese spreadsheets.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Renders a record as a line of compact JSON.
pub fn line(record: Map<String, Json>) -> String {
    format!("{}\n", json::line(&Json::Object(record)))
}

/// Renders the header line of a CSV file.
pub fn csv_header(columns: &[String]) -> String {
    csv_line(columns.iter().cloned())
}

/// Renders a record as a CSV line. Absent values are empty, lists are joined by `;`, and a cell that could begin a formula
/// gets a `'` before it.
pub fn csv_row(record: &Map<String, Json>, columns: &[String]) -> String {
    csv_line(columns.iter().map(|name| cell(record.get(name).unwrap_or(&Json::Null))))
}

/// Renders a record as a line of tab-separated values. Absent values are empty, lists are joined by `;`.
pub fn tsv_row(record: &Map<String, Json>, columns: &[&str]) -> String {
    let values: Vec<String> = columns.iter().map(|name| text(record.get(*name).unwrap_or(&Json::Null))).collect();
    tab_separated(values.iter().map(String::as_str))
}

fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn cell(value: &Json) -> String {
    let text = text(value);
    let safe = sanitize::lines(&text);
    let is_formula = !value.is_number() && safe.starts_with(FORMULA);
    if is_formula { format!("'{safe}") } else { safe.into_owned() }
}

/// Formats a value for a cell; an absent one is empty.
fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(self::text).collect::<Vec<_>>().join(LIST_SEPARATOR),
        Json::Object(fields) if fields.is_empty() => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(value: Json) -> Map<String, Json> {
        match value {
            Json::Object(map) => map,
            other => panic!("{other} is not a record"),
        }
    }

    fn one_cell(value: Json) -> String {
        csv_row(&record(json!({ "a": value })), &["a".to_owned()])
    }

    #[test]
    fn a_line_is_one_object() {
        let line = line(record(json!({"a": "one\ntwo\u{1b}", "b": []})));
        assert_eq!(line, "{\"a\":\"one\\ntwo\\u001b\",\"b\":[]}\n");
    }

    #[test]
    fn a_row_has_the_requested_columns() {
        let record = record(json!({"a": ["x", "y"], "b": null, "c": 3, "d": {"e": "f"}, "g": "no"}));
        let columns = ["c", "a", "b", "d", "z"].map(str::to_owned);
        assert_eq!(csv_header(&columns), "c,a,b,d,z\n");
        assert_eq!(csv_row(&record, &columns), "3,x;y,,\"{\"\"e\"\":\"\"f\"\"}\",\n");
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for (value, expected) in [
            (json!("=1+1"), "'=1+1\n"),
            (json!("+1"), "'+1\n"),
            (json!("-1"), "'-1\n"),
            (json!(-1), "-1\n"),
            (json!("@x"), "'@x\n"),
            (json!("\tx"), "'\tx\n"),
            (json!("\rx"), "␍x\n"),
            (json!(["=x", "y"]), "'=x;y\n"),
            (json!("＝x"), "'＝x\n"),
            (json!("a,\"b\""), "\"a,\"\"b\"\"\"\n"),
            (json!("a\n::error::b"), "\"a\n:\\:error::b\"\n"),
        ] {
            assert_eq!(one_cell(value), expected);
        }
    }
}
