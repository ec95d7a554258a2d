//! JSON Schemas (draft 2020-12) of tickets, entries, errors and casebook.toml, for scripts and editors.
//!
//! They are built from the vocabularies of the domain, so that no word is missing. They do not contain the rules of the
//! workflow, which `casebook check` checks.

mod settings;

use serde_json::{Map, Value as Json, json};

use crate::domain::sla::clock::ClockState;
use crate::domain::sla::plan::Metric;
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::vocabulary::{
    EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Resolution, Role, Status,
};

use super::json::FIELDS;

pub use settings::config;

/// The draft of all schemas.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Returns the schema of a ticket: of its file, and of its JSON, which has a `short_id`. `custom_fields` are those of the
/// desk; if it has none, any field is valid.
pub fn ticket(custom_fields: &[CustomField]) -> Json {
    let mut definitions = definitions();
    definitions.insert("own".to_owned(), custom(custom_fields));
    definitions.insert("file".to_owned(), file());
    definitions.insert("shown".to_owned(), printed());
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
    let mut schema = entry_with(json!({
        "ticket": { "$ref": "#/$defs/id", "description": "The id of the ticket; in the output of `log` and `show --entry`." },
        "change": { "enum": ["added", "removed", "rewritten"], "description": "The change of the entry; in the output of `changes`." },
    }));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!(DRAFT));
        schema.insert("title".to_owned(), json!("casebook entry"));
        schema.insert("$defs".to_owned(), Json::Object(definitions));
    }
    schema
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
    let mut schema = closed(&["error"], json!({ "error": error }));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!(DRAFT));
        schema.insert("title".to_owned(), json!("casebook error"));
        schema.insert("$defs".to_owned(), json!({ "id": id() }));
    }
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
        ("kind", json!({ "enum": Kind::WORDS })),
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

/// Returns the fields with which a ticket is opened, as in files.
fn open_fields() -> Map<String, Json> {
    let mut fields = Map::new();
    let texts = ["subject", "product", "product_group", "organization", "instance", "channel", "language"];
    fields.extend(texts.map(|name| (name.to_owned(), reference("words"))));
    fields.extend(["requester", "assignee"].map(|name| (name.to_owned(), reference("person"))));
    fields.extend(
        [("kind", "kind"), ("priority", "priority"), ("follow_up_of", "id")]
            .map(|(name, kind)| (name.to_owned(), reference(kind))),
    );
    fields.extend([("cc", "person"), ("tags", "words")].map(|(name, kind)| (name.to_owned(), list_of(kind, 1))));
    fields.insert("fields".to_owned(), json!({ "type": "object", "minProperties": 1 }));
    fields
}

/// Returns the schema of a ticket file.
fn file() -> Json {
    let mut fields = open_fields();
    fields.insert("fields".to_owned(), reference("own"));
    fields.insert("format".to_owned(), json!({ "const": 1 }));
    fields.insert("id".to_owned(), reference("id"));
    fields.insert("status".to_owned(), reference("status"));
    fields.insert(
        "escalation".to_owned(),
        closed(
            &["reason", "since"],
            json!({ "reason": { "enum": EscalationReason::WORDS }, "manager": reference("person"), "since": reference("time") }),
        ),
    );
    fields.insert(
        "hold".to_owned(),
        closed(
            &["reason"],
            json!({ "reason": { "enum": HoldReason::WORDS }, "team": reference("words"), "until": reference("time") }),
        ),
    );
    fields.insert("resolution".to_owned(), reference("resolution"));
    fields.insert("merged_into".to_owned(), reference("id"));
    fields.insert("merged_from".to_owned(), list_of("id", 1));
    fields.insert("history".to_owned(), list_of("entry", 1));
    closed(&["format", "id", "subject", "status", "priority", "requester", "history"], Json::Object(fields))
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
fn printed() -> Json {
    let mut fields = Map::new();
    for name in FIELDS {
        let schema = match *name {
            "id" | "version" => reference("id"),
            "short_id" | "path" | "subject" | "requester" => json!({ "type": "string" }),
            "status" => reference("status"),
            "priority" => reference("priority"),
            "next_step" => json!({ "enum": ["support", "requester", "internal", null] }),
            "kind" => nullable("kind"),
            "resolution" => nullable("resolution"),
            "merged_into" | "follow_up_of" => nullable("id"),
            "merged_from" => list_of("id", 0),
            "cc" => list_of("person", 0),
            "tags" => list_of("words", 0),
            "alerts" => json!({ "type": "integer", "minimum": 0 }),
            "created_at" | "last_activity_at" => reference("time"),
            "fields" => reference("own"),
            "sla" => json!({ "type": "array", "items": clock() }),
            "escalation" => json!({ "anyOf": [{ "type": "null" }, closed(
                &["reason", "manager", "since"],
                json!({ "reason": { "enum": EscalationReason::WORDS }, "manager": nullable("person"), "since": reference("time") }),
            )] }),
            "hold" => json!({ "anyOf": [{ "type": "null" }, closed(
                &["reason", "team", "until"],
                json!({ "reason": { "enum": HoldReason::WORDS }, "team": nullable("words"), "until": nullable("time") }),
            )] }),
            _ => json!({ "type": ["string", "null"] }),
        };
        fields.insert((*name).to_owned(), schema);
    }
    fields.insert(crate::view::json::HISTORY.to_owned(), list_of("entry", 0));
    closed(FIELDS, Json::Object(fields))
}

/// Returns the schema of a clock in the field `sla`.
fn clock() -> Json {
    let metrics: Vec<&str> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
    let states: Vec<&str> = ClockState::ALL.iter().map(|state| state.as_str()).collect();
    let seconds = |description: &str| json!({ "type": "integer", "description": description });
    closed(
        &crate::view::sla::FIELDS[1..],
        json!({
            "metric": { "enum": metrics },
            "target_seconds": seconds("The target, in seconds of open time."),
            "calendar": reference("words"),
            "started_at": reference("time"),
            "due_at": nullable("time"),
            "state": { "enum": states },
            "elapsed_seconds": seconds("The elapsed time, in seconds of open time."),
            "remaining_seconds": seconds("The remaining time, in seconds of open time; negative if the target was exceeded."),
            "stopped_at": nullable("time"),
        }),
    )
}

/// Returns the schema of an attachment of an entry. Ticket files do not contain `path`, which follows from the digest.
fn attachment() -> Json {
    closed(
        &["name", "size", "sha256"],
        json!({
            "name": reference("words"),
            "size": { "type": "integer", "minimum": 0, "description": "The size in bytes." },
            "sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "path": { "type": "string", "description": "The path, relative to the desk; only in the JSON that casebook prints." },
        }),
    )
}

/// Returns the schema of an entry, with additional properties.
fn entry_with(additional: Json) -> Json {
    let mut base = json!({
        "id": reference("id"),
        "at": reference("time"),
        "by": reference("person"),
        "role": { "enum": Role::WORDS },
        "action": { "enum": actions().iter().map(|(action, _, _)| *action).collect::<Vec<_>>() },
        "from": reference("status"),
        "to": reference("status"),
        "key": reference("words"),
        "message_id": reference("words"),
        "text": { "type": "string", "minLength": 1 },
    });
    if let (Some(base), Json::Object(additional)) = (base.as_object_mut(), additional) {
        base.extend(additional);
    }
    let rules: Vec<Json> = actions()
        .into_iter()
        .map(|(action, required, properties)| {
            json!({
                "if": { "properties": { "action": { "const": action } } },
                "then": { "properties": properties, "required": required },
            })
        })
        .collect();
    json!({
        "type": "object",
        "properties": base,
        "required": ["id", "at", "by", "role", "action"],
        "allOf": rules,
        "unevaluatedProperties": false,
    })
}

/// Returns the properties of the entries of each action, besides those of every entry: the required names, and all of them.
fn actions() -> Vec<(&'static str, Vec<&'static str>, Json)> {
    let mut open = open_fields();
    open.insert("approved_by".to_owned(), reference("person"));
    open.insert(
        "override".to_owned(),
        closed(&["rule", "reason"], json!({ "rule": reference("words"), "reason": reference("words") })),
    );
    open.extend(["imported_from", "imported_id"].map(|name| (name.to_owned(), reference("words"))));
    open.insert("imported".to_owned(), json!({ "type": "object" }));
    open.insert("attachments".to_owned(), list_of("attachment", 1));
    let message = json!({
        "auto": { "const": true },
        "via_ticket": reference("id"),
        "attachments": list_of("attachment", 1),
    });
    let escalation = json!({ "reason": { "enum": EscalationReason::WORDS }, "manager": reference("person") });
    let reference_to_entry = json!({ "entry": reference("id"), "reason": reference("words") });
    let mut set = open_fields();
    set.retain(|name, _| !matches!(name.as_str(), "kind" | "priority" | "assignee" | "cc" | "tags" | "follow_up_of"));
    vec![
        ("open", vec!["subject", "priority", "requester"], Json::Object(open)),
        ("reply", vec![], message.clone()),
        ("note", vec![], message),
        ("remind", vec![], json!({ "auto": { "const": true }, "attachments": list_of("attachment", 1) })),
        (
            "hold",
            vec!["reason"],
            json!({ "reason": { "enum": HoldReason::WORDS }, "team": reference("words"), "until": reference("time") }),
        ),
        ("resume", vec![], json!({})),
        (
            "solve",
            vec!["resolution"],
            json!({
                "resolution": reference("resolution"),
                "agreed_by": reference("person"),
                "bug": reference("words"),
                "bug_priority": reference("priority"),
                "eta": reference("time"),
            }),
        ),
        ("merge", vec!["into", "reason"], json!({ "into": reference("id"), "reason": { "enum": MergeReason::WORDS } })),
        ("merged", vec!["source"], json!({ "source": reference("id"), "cc": list_of("person", 1) })),
        ("forward", vec!["into", "entry"], json!({ "into": reference("id"), "entry": reference("id") })),
        ("reopen", vec!["reason"], json!({ "reason": { "enum": ReopenReason::WORDS }, "unmerge": { "const": true } })),
        ("unmerged", vec!["source"], json!({ "source": reference("id") })),
        ("escalate", vec!["reason"], escalation.clone()),
        ("deescalate", vec![], escalation),
        (
            "prioritize",
            vec!["priority", "was"],
            json!({ "priority": reference("priority"), "was": reference("priority") }),
        ),
        ("assign", vec![], json!({ "assignee": reference("person") })),
        (
            "set",
            vec![],
            json!({
                "set": { "type": "object", "properties": set, "additionalProperties": false },
                "unset": list_of("words", 1),
            }),
        ),
        ("cc", vec![], json!({ "add": list_of("person", 1), "remove": list_of("person", 1) })),
        ("tag", vec![], json!({ "add": list_of("words", 1), "remove": list_of("words", 1) })),
        ("attach", vec!["attachments"], json!({ "attachments": list_of("attachment", 1) })),
        ("correct", vec!["entry", "reason"], reference_to_entry.clone()),
        ("redact", vec!["entry", "reason"], reference_to_entry),
    ]
}
