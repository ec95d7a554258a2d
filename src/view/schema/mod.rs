//! JSON Schemas (draft 2020-12) of tickets, entries and errors, for scripts and editors.
//!
//! They are built from the vocabularies of the domain, so that no word is missing. They do not contain the rules of the
//! workflow, which `casebook check` checks.

use serde_json::{Map, Value as Json, json};

use crate::domain::codec::{self, ActionFields, Field, Record, Shape};
use crate::domain::sla::clock::ClockState;
use crate::domain::sla::plan::Metric;
use crate::domain::ticket::Header;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::{Attachment, may_have_attachments};
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::diff::EntryChange;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::vocabulary::{Priority, Resolution, Status};

use super::json::{FIELDS, HISTORY};

/// The draft of all schemas.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns the schema of a ticket: of its file, and of its JSON, which has a `short_id`. `custom_fields` are those of the
/// desk; if it has none, any field is valid.
pub fn ticket(custom_fields: &[CustomField]) -> Json {
    let mut definitions = definitions();
    definitions.insert("own".to_owned(), custom(custom_fields));
    definitions.insert("file".to_owned(), file());
    definitions.insert("shown".to_owned(), shown());
    json!({
        "$schema": DRAFT,
        "title": "casebook ticket",
        "description": "A ticket: a file in tickets/, or an object that `casebook show --json` or `casebook list --json` prints.",
        "type": "object",
        "if": { "required": ["short_id"] },
        "then": { "$ref": "#/$defs/shown" },
        "else": { "$ref": "#/$defs/file" },
        "$defs": definitions,
    })
}

/// Returns the schema of an entry in the JSON of `log`, `show --entry` and `changes`.
pub fn entry() -> Json {
    let mut definitions = definitions();
    definitions.remove("entry");
    let schema = entry_with(json!({
        "ticket": { "$ref": "#/$defs/id", "description": "The id of the ticket; in the output of `log` and `show --entry`." },
        "change": { "enum": EntryChange::WORDS, "description": "The change of the entry; in the output of `changes`." },
    }));
    titled("casebook entry", schema, Json::Object(definitions))
}

/// Returns the schema of an error as `--json` prints it on standard error. `codes` are all error codes.
pub fn error(codes: &[&str]) -> Json {
    let position = |description: &str| json!({ "type": ["integer", "null"], "minimum": 1, "description": description });
    let error = closed(
        &["code", "message", "hint", "ticket", "file", "line", "column", "candidates"],
        json!({
            "code": { "enum": codes, "description": "The error code. It does not change between versions." },
            "message": { "type": "string", "description": "The error for people. The text may change between versions." },
            "hint": { "type": ["string", "null"] },
            "ticket": nullable("id"),
            "file": { "type": ["string", "null"] },
            "line": position("The line number, from 1."),
            "column": position("The column number, from 1."),
            "candidates": list_of("id", 0),
        }),
    );
    titled("casebook error", closed(&["error"], json!({ "error": error })), json!({ "id": id() }))
}

/// Adds the draft, a title and definitions to the schema of an object.
fn titled(title: &str, mut schema: Json, definitions: Json) -> Json {
    schema["$schema"] = json!(DRAFT);
    schema["title"] = json!(title);
    schema["$defs"] = definitions;
    schema
}

/// Returns the definitions that several schemas refer to.
fn definitions() -> Map<String, Json> {
    let definitions = [
        ("id", id()),
        ("time", json!({ "type": "string", "format": "date-time" })),
        ("words", one_line()),
        ("person", one_line()),
        ("status", json!({ "enum": Status::WORDS })),
        ("priority", json!({ "enum": Priority::WORDS })),
        ("resolution", json!({ "enum": Resolution::WORDS })),
        ("attachment", attachment()),
        ("entry", entry_with(json!({}))),
    ];
    definitions.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn id() -> Json {
    json!({ "type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$" })
}

/// Returns the schema of a text of one line.
fn one_line() -> Json {
    json!({ "type": "string", "minLength": 1, "pattern": "^[^\\n]*$" })
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn nullable(name: &str) -> Json {
    json!({ "anyOf": [reference(name), { "type": "null" }] })
}

fn list_of(name: &str, at_least: usize) -> Json {
    json!({ "type": "array", "items": reference(name), "minItems": at_least })
}

/// Returns the schema of an object with these properties and no others.
fn closed(required: &[&str], properties: Json) -> Json {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// Returns the schema of a value in files. An absent value is left out there.
fn written(shape: Shape) -> Json {
    match shape {
        Shape::Line => reference("words"),
        Shape::Person => reference("person"),
        Shape::Id => reference("id"),
        Shape::Time => reference("time"),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::DayOrTime => json!({ "anyOf": [written(Shape::Date), written(Shape::Time)] }),
        Shape::Digest => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Flag => json!({ "const": true }),
        Shape::Word(kind, words) => vocabulary(kind, words),
        Shape::List(items) => json!({ "type": "array", "items": written(*items), "minItems": 1 }),
        Shape::Map(fields) => closed(&required(fields), Json::Object(properties(fields))),
        Shape::Maps(fields) => json!({
            "type": "array", "items": closed(&required(fields), Json::Object(properties(fields))), "minItems": 1,
        }),
        Shape::OpenMap => json!({ "type": "object", "minProperties": 1 }),
        Shape::Changes => {
            let mut changes = properties(Header::FIELDS);
            changes.retain(|name, _| name == "fields" || HeaderField::names().any(|field| field == name));
            json!({ "type": "object", "properties": changes, "additionalProperties": false })
        }
    }
}

/// Returns the schema of a value in JSON. An absent value is null, or an empty list or map.
fn printed(shape: Shape) -> Json {
    match shape {
        Shape::List(items) => json!({ "type": "array", "items": written(*items) }),
        Shape::OpenMap => reference("own"),
        Shape::Map(fields) => {
            let inner = fields.iter().map(|field| (field.name.to_owned(), printed_field(field))).collect();
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            json!({ "anyOf": [{ "type": "null" }, closed(&names, Json::Object(inner))] })
        }
        other => json!({ "anyOf": [written(other), { "type": "null" }] }),
    }
}

fn printed_field(field: &Field) -> Json {
    if field.required { written(field.shape) } else { printed(field.shape) }
}

/// Returns the schema of a word: a definition if several schemas have it.
fn vocabulary(kind: &str, words: &[&str]) -> Json {
    match kind {
        "status" | "priority" | "resolution" => reference(kind),
        _ => json!({ "enum": words }),
    }
}

/// Returns the schemas of fields, each with the meaning of the field.
fn properties(fields: &[Field]) -> Map<String, Json> {
    let property = |field: &Field| {
        let mut schema = written(field.shape);
        schema["description"] = Json::from(field.meaning.trim());
        (field.name.to_owned(), schema)
    };
    fields.iter().map(property).collect()
}

fn required(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().filter(|field| field.required).map(|field| field.name).collect()
}

/// Returns the schema of a ticket file.
fn file() -> Json {
    let mut fields = properties(Header::FIELDS);
    fields.insert("fields".to_owned(), reference("own"));
    fields.insert("format".to_owned(), json!({ "const": 1 }));
    fields.insert("id".to_owned(), reference("id"));
    fields.insert("history".to_owned(), list_of("entry", 1));
    let mut names = vec!["format", "id", "history"];
    names.extend(required(Header::FIELDS));
    closed(&names, Json::Object(fields))
}

/// Returns the schema of custom fields.
fn custom(fields: &[CustomField]) -> Json {
    if fields.is_empty() {
        return json!({ "type": "object" });
    }
    let schema = |field: &CustomField| match &field.kind {
        FieldKind::Enum(values) => json!({ "enum": values, "description": field.label }),
        FieldKind::Text => json!({ "type": "string", "description": field.label }),
        FieldKind::Number => json!({ "type": "number", "description": field.label }),
        FieldKind::Date => json!({ "type": "string", "format": "date", "description": field.label }),
    };
    let mut properties = Map::new();
    for field in fields {
        let mut property = schema(field);
        if let Some(property) = property.as_object_mut() {
            property.retain(|_, value| !value.is_null());
        }
        properties.insert(field.name.clone(), property);
    }
    // Older tickets may contain fields that the desk no longer defines.
    json!({ "type": "object", "properties": properties })
}

/// Returns the schema of a ticket in JSON, which always has every field.
fn shown() -> Json {
    let text = || json!({ "type": "string" });
    let mut fields: Map<String, Json> =
        Header::FIELDS.iter().map(|field| (field.name.to_owned(), printed_field(field))).collect();
    let others = [
        ("id", reference("id")),
        ("version", reference("id")),
        ("short_id", text()),
        ("path", text()),
        ("next_step", json!({ "enum": ["support", "requester", "internal", null] })),
        ("alerts", json!({ "type": "integer", "minimum": 0 })),
        ("created_at", reference("time")),
        ("last_activity_at", reference("time")),
        ("due_at", nullable("time")),
        ("sla", json!({ "type": "array", "items": clock() })),
        (HISTORY, list_of("entry", 0)),
    ];
    fields.extend(others.map(|(name, schema)| (name.to_owned(), schema)));
    closed(FIELDS, Json::Object(fields))
}

/// Returns the schema of a clock in the field `sla`.
fn clock() -> Json {
    let metrics: Vec<&str> = Metric::OF_PLANS.iter().map(|metric| metric.as_str()).collect();
    let seconds = |description: &str| json!({ "type": "integer", "description": description });
    closed(
        &crate::view::sla::FIELDS[1..],
        json!({
            "metric": { "enum": metrics },
            "target_seconds": seconds("The target, in seconds of open time."),
            "calendar": reference("words"),
            "started_at": reference("time"),
            "due_at": nullable("time"),
            "state": { "enum": ClockState::WORDS },
            "elapsed_seconds": seconds("The elapsed time, in seconds of open time."),
            "remaining_seconds": seconds("The remaining time, in seconds of open time; negative if the target was exceeded."),
            "stopped_at": nullable("time"),
        }),
    )
}

/// Returns the schema of an attachment of an entry. Ticket files do not contain `path`, which follows from the digest.
fn attachment() -> Json {
    let mut fields = properties(Attachment::FIELDS);
    let path = "The path, relative to the desk; only in the JSON that casebook prints.";
    fields.insert("path".to_owned(), json!({ "type": "string", "description": path }));
    closed(&required(Attachment::FIELDS), Json::Object(fields))
}

/// Returns the schema of an entry, with additional properties.
fn entry_with(additional: Json) -> Json {
    let mut base = properties(codec::ENTRY_FIELDS);
    base.insert(
        "action".to_owned(),
        json!({ "enum": Action::ALL.iter().map(|action| action.word).collect::<Vec<_>>() }),
    );
    base.insert("text".to_owned(), json!({ "type": "string", "minLength": 1 }));
    if let Json::Object(additional) = additional {
        base.extend(additional);
    }
    json!({
        "type": "object",
        "properties": base,
        "required": required(codec::ENTRY_FIELDS),
        "allOf": Action::ALL.iter().map(of_action).collect::<Vec<_>>(),
        "unevaluatedProperties": false,
    })
}

/// Returns the rule for the entries of an action: its own fields.
fn of_action(action: &ActionFields) -> Json {
    let mut fields = properties(action.fields);
    let mut names = required(action.fields);
    if may_have_attachments(action.word) {
        fields.insert("attachments".to_owned(), list_of("attachment", 1));
        names.extend((action.word == "attach").then_some("attachments"));
    }
    json!({
        "if": { "properties": { "action": { "const": action.word } } },
        "then": { "properties": fields, "required": names },
    })
}
