//! The schema of casebook.toml.
//!
//! It has only names and types; `casebook check` checks that a calendar exists, for example.

use serde_json::{Value as Json, json};

use super::DRAFT;

/// Returns the schema of casebook.toml.
pub fn config() -> Json {
    let priority = json!({ "type": "string", "pattern": "^[SsPp][1-4]$" });
    let span = json!({ "type": "string", "pattern": "^\\s*([0-9]+[smhdw])+\\s*$", "description": "A span of time: 30m, 4h, 2d, 1w" });
    let people = json!({ "type": "array", "items": { "type": "string", "pattern": "^\\s*[^\\s@]+@\\S+\\s*$" } });
    let spans = section(json!({ "alerts": { "type": "array", "items": &span }, "solve_after": &span }));
    let texts = section(json!({ "remind": { "type": "string" }, "no_response": { "type": "string" } }));
    let follow_up = json!({
        "type": "object",
        "patternProperties": { "^[SsPp][1-4]$": spans },
        "properties": {
            "clock": { "enum": ["calendar", "business"] },
            "calendar": { "type": "string" },
            "calendars": { "type": "array", "items": { "type": "object" } },
            "opt_out_tag": { "type": "string", "description": "The tag that excludes a ticket from sweeps. If it is empty, no tag does." },
            "texts": { "type": "object", "additionalProperties": texts },
        },
        "additionalProperties": false,
    });
    let targets = json!({ "type": "object", "additionalProperties": &span });
    let duty = json!({
        "type": "object",
        "required": ["manager"],
        "properties": {
            "priority": { "type": "array", "items": &priority },
            "calendar": { "type": "string" },
            "manager": { "type": "string" },
        },
        "additionalProperties": false,
    });
    let escalation = section(json!({
        "calendar": { "type": "string" },
        "manager_response": targets,
        "on_duty": { "type": "array", "items": duty },
    }));
    let free = json!({ "type": "object" });
    json!({
        "$schema": DRAFT,
        "title": "casebook.toml",
        "type": "object",
        "required": ["format"],
        "properties": {
            "format": { "const": 1 },
            "name": { "type": "string" },
            "time_zone": { "type": "string", "description": "The IANA name of the time zone of the desk. Files contain UTC." },
            "language": { "type": "string" },
            "defaults": section(json!({ "priority": &priority })),
            "git": section(json!({ "commit": { "enum": ["each", "never"] } })),
            "team": team(&people),
            "follow_up": follow_up,
            "escalation": escalation,
            "attachments": section(json!({ "max_size": { "type": "string", "pattern": "^[0-9]+\\s*(B|kB|KB|MB|GB)$", "description": "A size: 25 MB, 500 kB" } })),
            "queries": { "type": "object", "additionalProperties": { "type": "string" } },
            "calendars": &free,
            "plans": &free,
            "desk": section(json!({ "plan": { "type": "string" }, "reopen_window": &span })),
            "eligibility": eligibility(),
            "releases": section(json!({ "supported": strings(), "end_of_life": { "type": "object", "additionalProperties": { "type": "string" } } })),
            "fields": fields(),
            "product_groups": product_groups(),
            "macros": macros(),
            "signing": {
                "type": "object",
                "description": "The keys that sign commits, by person: `ssh-ed25519 KEY` or `openpgp:FINGERPRINT`.",
                "additionalProperties": strings(),
            },
        },
        "additionalProperties": false,
    })
}

fn team(people: &Json) -> Json {
    let person = section(json!({ "languages": strings(), "teams": strings(), "calendar": { "type": "string" } }));
    section(json!({
        "agents": people,
        "managers": people,
        "editors_prioritize": { "type": "boolean" },
        "next": { "enum": ["least_loaded", "round_robin"] },
        "people": { "type": "object", "additionalProperties": person },
    }))
}

fn eligibility() -> Json {
    section(json!({
        "unknown_people": { "enum": ["allow", "refuse"] },
        "roles": { "type": "boolean" },
        "releases": { "type": "boolean" },
        "project_numbers": { "type": "boolean" },
    }))
}

fn fields() -> Json {
    let field = section(json!({
        "type": { "enum": ["enum", "text", "number", "date"] },
        "values": strings(),
        "label": { "type": "string" },
        "required": { "type": "boolean" },
    }));
    json!({ "type": "object", "additionalProperties": field })
}

fn product_groups() -> Json {
    let line = json!({ "anyOf": [{ "type": "string" }, strings()] });
    let examples = json!({ "anyOf": [line, { "type": "object", "additionalProperties": line }] });
    let group = section(json!({
        "label": { "type": "string" },
        "examples": examples,
        "words": strings(),
        "team": { "type": "string" },
    }));
    json!({ "type": "object", "additionalProperties": group })
}

fn macros() -> Json {
    let text = json!({ "type": ["string", "object"], "additionalProperties": { "type": "string" } });
    let properties = json!({ "action": { "type": "string" }, "text": text });
    let action = json!({ "type": "object", "required": ["action"], "properties": properties });
    let definition = section(json!({
        "about": { "type": "string" },
        "text": text,
        "actions": { "type": "array", "items": action },
    }));
    json!({ "type": "object", "additionalProperties": definition })
}

/// Returns the schema of a table with these keys and no others.
fn section(properties: Json) -> Json {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Returns the schema of a list of strings.
fn strings() -> Json {
    json!({ "type": "array", "items": { "type": "string" } })
}
