//! JSON Schemas (draft 2020-12) of what scripts and editors meet: tickets, entries, errors, casebook.toml.
//!
//! Made from the vocabularies of the domain, so that no word can be missing. The rules of the workflow are no part of
//! them: `casebook check` knows those. Must not know who asks.

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

/// The draft all of them follow.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A ticket: its file, and what `--json` prints of it. What has a `short_id` was printed. `fields` are the desk's own; a
/// desk that has defined none takes any.
pub fn ticket(fields: &[CustomField]) -> Json {
    let mut definitions = definitions();
    definitions.insert("own".to_owned(), own(fields));
    definitions.insert("file".to_owned(), file());
    definitions.insert("shown".to_owned(), shown());
    json!({
        "$schema": DRAFT,
        "title": "casebook ticket",
        "description": "A file below tickets/, or an object of `casebook show --json` and `casebook list --json`.",
        "type": "object",
        "if": { "required": ["short_id"] },
        "then": { "$ref": "#/$defs/shown" },
        "else": { "$ref": "#/$defs/file" },
        "$defs": definitions,
    })
}

/// An entry as `log`, `show --entry` and `changes` print it.
pub fn entry() -> Json {
    let mut definitions = definitions();
    definitions.remove("entry");
    let mut schema = entry_with(json!({
        "ticket": { "$ref": "#/$defs/id", "description": "The ticket it belongs to; `log` and `show --entry` say it." },
        "change": { "enum": ["added", "removed", "rewritten"], "description": "What became of it; `changes` says it." },
    }));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!(DRAFT));
        schema.insert("title".to_owned(), json!("casebook entry"));
        schema.insert("$defs".to_owned(), Json::Object(definitions));
    }
    schema
}

/// An error as `--json` prints it on standard error, with the codes there are.
pub fn error(codes: &[&str]) -> Json {
    let place = |what: &str| json!({ "type": ["integer", "null"], "minimum": 1, "description": what });
    let error = closed(
        &["code", "message", "hint", "ticket", "file", "line", "column", "candidates"],
        json!({
            "code": { "enum": codes, "description": "What happened, in a word that does not change." },
            "message": { "type": "string", "description": "The same for people; may change." },
            "hint": { "type": ["string", "null"] },
            "ticket": nullable("id"),
            "file": { "type": ["string", "null"] },
            "line": place("From 1."),
            "column": place("From 1."),
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

fn definitions() -> Map<String, Json> {
    let definitions = [
        ("id", id()),
        ("time", json!({ "type": "string", "format": "date-time" })),
        ("words", words()),
        ("person", words()),
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

/// Words on one line.
fn words() -> Json {
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

/// An object with these properties and no others.
fn closed(required: &[&str], properties: Json) -> Json {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The facts a ticket opens with, as files spell them.
fn opening() -> Map<String, Json> {
    let mut facts = Map::new();
    let words = ["subject", "product", "product_group", "organization", "instance", "channel", "language"];
    facts.extend(words.map(|name| (name.to_owned(), reference("words"))));
    facts.extend(["requester", "assignee"].map(|name| (name.to_owned(), reference("person"))));
    facts.extend(
        [("kind", "kind"), ("priority", "priority"), ("follow_up_of", "id")]
            .map(|(name, kind)| (name.to_owned(), reference(kind))),
    );
    facts.extend([("cc", "person"), ("tags", "words")].map(|(name, kind)| (name.to_owned(), list_of(kind, 1))));
    facts.insert("fields".to_owned(), json!({ "type": "object", "minProperties": 1 }));
    facts
}

/// The file of a ticket.
fn file() -> Json {
    let mut facts = opening();
    facts.insert("fields".to_owned(), reference("own"));
    facts.insert("format".to_owned(), json!({ "const": 1 }));
    facts.insert("id".to_owned(), reference("id"));
    facts.insert("status".to_owned(), reference("status"));
    facts.insert(
        "escalation".to_owned(),
        closed(
            &["reason", "since"],
            json!({ "reason": { "enum": EscalationReason::WORDS }, "manager": reference("person"), "since": reference("time") }),
        ),
    );
    facts.insert(
        "hold".to_owned(),
        closed(
            &["reason"],
            json!({ "reason": { "enum": HoldReason::WORDS }, "team": reference("words"), "until": reference("time") }),
        ),
    );
    facts.insert("resolution".to_owned(), reference("resolution"));
    facts.insert("merged_into".to_owned(), reference("id"));
    facts.insert("merged_from".to_owned(), list_of("id", 1));
    facts.insert("history".to_owned(), list_of("entry", 1));
    closed(&["format", "id", "subject", "status", "priority", "requester", "history"], Json::Object(facts))
}

/// The desk's own fields.
fn own(fields: &[CustomField]) -> Json {
    if fields.is_empty() {
        return json!({ "type": "object" });
    }
    let schema = |field: &CustomField| match &field.kind {
        FieldKind::Enum(words) => json!({ "enum": words, "description": field.label }),
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
    // Older tickets may hold what the desk has given up since.
    json!({ "type": "object", "properties": properties })
}

/// What `--json` prints of a ticket: always every field.
fn shown() -> Json {
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

/// A clock, as `sla` has it.
fn clock() -> Json {
    let metrics: Vec<&str> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
    let states: Vec<&str> = ClockState::ALL.iter().map(|state| state.as_str()).collect();
    let seconds = |what: &str| json!({ "type": "integer", "description": what });
    closed(
        &crate::view::sla::FIELDS[1..],
        json!({
            "metric": { "enum": metrics },
            "target_seconds": seconds("Of open time."),
            "calendar": reference("words"),
            "started_at": reference("time"),
            "due_at": nullable("time"),
            "state": { "enum": states },
            "elapsed_seconds": seconds("Of open time."),
            "remaining_seconds": seconds("Of open time; negative where the target is used up and more."),
            "stopped_at": nullable("time"),
        }),
    )
}

/// A file that goes with an entry. `path` says where it lies; files leave it out, since it follows from the digest.
fn attachment() -> Json {
    closed(
        &["name", "size", "sha256"],
        json!({
            "name": reference("words"),
            "size": { "type": "integer", "minimum": 0, "description": "In bytes." },
            "sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "path": { "type": "string", "description": "Relative to the desk; `--json` says it." },
        }),
    )
}

/// An entry, with what may stand beside the fields of its file.
fn entry_with(beside: Json) -> Json {
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
    if let (Some(base), Json::Object(beside)) = (base.as_object_mut(), beside) {
        base.extend(beside);
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

/// What stands in the entry of an action, beside what every entry has: required names, and all.
fn actions() -> Vec<(&'static str, Vec<&'static str>, Json)> {
    let mut opens = opening();
    opens.insert("approved_by".to_owned(), reference("person"));
    opens.insert(
        "override".to_owned(),
        closed(&["rule", "reason"], json!({ "rule": reference("words"), "reason": reference("words") })),
    );
    opens.extend(["imported_from", "imported_id"].map(|name| (name.to_owned(), reference("words"))));
    opens.insert("imported".to_owned(), json!({ "type": "object" }));
    opens.insert("attachments".to_owned(), list_of("attachment", 1));
    let message = json!({
        "auto": { "const": true },
        "via_ticket": reference("id"),
        "attachments": list_of("attachment", 1),
    });
    let escalation = json!({ "reason": { "enum": EscalationReason::WORDS }, "manager": reference("person") });
    let about = json!({ "entry": reference("id"), "reason": reference("words") });
    let mut set = opening();
    set.retain(|name, _| !matches!(name.as_str(), "kind" | "priority" | "assignee" | "cc" | "tags" | "follow_up_of"));
    vec![
        ("open", vec!["subject", "priority", "requester"], Json::Object(opens)),
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
        ("correct", vec!["entry", "reason"], about.clone()),
        ("redact", vec!["entry", "reason"], about),
    ]
}
