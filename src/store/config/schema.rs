//! The check of a TOML document against its JSON Schema, which is the one list of its settings.
//!
//! Of JSON Schema only the keywords that the two schemas use are understood, and of these `pattern` is left to the reader of
//! the section. A part with a `$comment` is checked by its own reader: an error in it does not make the table around it
//! invalid.

use serde_json::Value as Json;

use super::ConfigError;
use super::parsed_json::{JsonValue, ParsedJson};
use super::toml_value::{TomlContent, TomlValue};
use crate::domain::suggestion;
use crate::domain::value::Value;
use crate::domain::vocabulary::Priority;

/// The schema of casebook.toml; `casebook schema config` prints it.
pub(crate) static SETTINGS: ParsedJson = ParsedJson::of(include_str!("settings.schema.json"));

/// Returns the schema of casebook.toml.
pub fn settings() -> Json {
    serde_json::from_str(SETTINGS.text()).expect("the schema of the program is JSON")
}

/// Returns the settings with a fixed default: the path, and the default as JSON, which is TOML too.
pub(super) fn defaults() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    SchemaPart::whole(&SETTINGS).add_defaults("", &mut found);
    found
}

/// Checks that a casebook.toml has a format, and no names but those of settings.
pub(super) fn check_sections(root: TomlValue<'_>) -> Result<(), ConfigError> {
    SchemaPart::whole(&SETTINGS).check_names(root)
}

/// Returns a section of a casebook.toml, or a part of one, such as `team.people`, after checking it.
pub(super) fn checked<'a>(root: TomlValue<'a>, path: &str) -> Result<TomlValue<'a>, ConfigError> {
    let (mut section, mut schema) = (root, SchemaPart::whole(&SETTINGS));
    for name in path.split('.') {
        section = section.get(name);
        schema = schema.of(name).expect("readers ask for settings of the schema");
    }
    schema.check(section)?;
    Ok(section)
}

/// A part of a schema.
#[derive(Clone, Copy)]
pub(crate) struct SchemaPart {
    schema: &'static ParsedJson,
    part: JsonValue,
}

impl SchemaPart {
    /// Returns a whole schema.
    pub const fn whole(schema: &'static ParsedJson) -> Self {
        Self { schema, part: schema.root() }
    }

    /// Returns a part, to which a reference may lead.
    fn part(self, part: JsonValue) -> Self {
        let reference = part.get("$ref").and_then(JsonValue::string).and_then(|place| place.strip_prefix("#/$defs/"));
        let definition = reference.and_then(|name| self.schema.root().get("$defs")?.get(name));
        Self { part: definition.unwrap_or(part), ..self }
    }

    /// Returns the part about a name in a table; `None` if nothing is known about the name.
    fn of(self, name: &str) -> Option<Self> {
        let by_priority = || {
            let (_, part) = self.part.get("patternProperties")?.members().next()?;
            Priority::parse_lenient(name).is_ok().then_some(part)
        };
        let known = self.part.get("properties").and_then(|properties| properties.get(name)).or_else(by_priority);
        let part = known.or_else(|| self.part.get("additionalProperties"));
        part.filter(|part| part.written() != "false").map(|part| self.part(part))
    }

    fn add_defaults(self, path: &str, found: &mut Vec<(String, &'static str)>) {
        for (name, part) in self.part.get("properties").into_iter().flat_map(JsonValue::members) {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            self.part(part).add_defaults(&path, found);
            found.extend(part.get("default").map(|default| (path, default.written())));
        }
    }

    /// Returns the texts in a list; none if there is no such list.
    fn texts(self, keyword: &str) -> impl Iterator<Item = &'static str> {
        self.part.get(keyword).into_iter().flat_map(JsonValue::items).filter_map(JsonValue::string)
    }

    /// Checks a value and the values in it.
    ///
    /// # Errors
    /// The first unknown or missing name, or value of another type.
    pub fn check(self, setting: TomlValue<'_>) -> Result<(), ConfigError> {
        let Some(content) = setting.content() else { return Ok(()) };
        let text = |keyword: &str| self.part.get(keyword).and_then(JsonValue::string);
        if let Some(parts) = self.part.get("anyOf")
            && parts.items().all(|part| self.part(part).check(setting).is_err())
        {
            let expected = text("description").unwrap_or_default();
            return Err(setting.error(format!("not valid here; expected: {expected}")));
        }
        if let Some(expected) = text("type").filter(|expected| *expected != type_of(content)) {
            let noun = if expected == "object" { "table" } else { expected };
            return Err(setting.error(format!("not valid here; expected a value of type {noun}")));
        }
        if let (Some(_), Some(word)) = (self.part.get("enum"), setting.text())
            && !self.texts("enum").any(|other| other == word)
        {
            let words: Vec<&str> = self.texts("enum").collect();
            return Err(setting.error(format!("`{word}` is not valid here; expected {}", words.join(" or "))));
        }
        if let Some(items) = self.part.get("items") {
            setting.items().try_for_each(|item| self.part(items).check(item))?;
        }
        self.check_names(setting)?;
        let parts = setting.entries().filter_map(|(name, value)| Some((self.of(name.text)?, value)));
        let mut parts = parts.filter(|(schema, _)| schema.part.get("$comment").is_none());
        parts.try_for_each(|(schema, value)| schema.check(value))
    }

    /// Checks the names of a table.
    ///
    /// # Errors
    /// The first unknown name, or a required name that is missing.
    pub fn check_names(self, table: TomlValue<'_>) -> Result<(), ConfigError> {
        let allows = |name: &str| self.part.get("additionalProperties").is_none() || self.of(name).is_some();
        if !table.entries().all(|(name, _)| allows(name.text))
            && let Some((unknown, _)) = table.entries_in_order().into_iter().find(|(name, _)| !allows(name.text))
        {
            let names = self.part.get("properties");
            let mut known: Vec<&str> = names.into_iter().flat_map(JsonValue::members).map(|(name, _)| name).collect();
            let suggested = suggestion::did_you_mean(unknown.text, &known);
            known.extend(self.part.get("patternProperties").map(|_| "a priority"));
            let hint = suggested.unwrap_or_else(|| format!("expected {}", known.join(", ")));
            return Err(unknown.error(format!("`{}` is not a setting; {hint}", unknown.text)));
        }
        let missing = self.texts("required").find(|name| table.get(name).is_absent());
        missing.map_or(Ok(()), |name| Err(table.error(format!("the setting `{name}` is missing"))))
    }
}

/// Returns the type of a value, as JSON Schema names it.
const fn type_of(content: &TomlContent) -> &'static str {
    match content {
        TomlContent::Scalar(Value::String(_)) => "string",
        TomlContent::Scalar(Value::Bool(_)) => "boolean",
        TomlContent::Scalar(_) => "number",
        TomlContent::List(_) => "array",
        TomlContent::Table(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Adds the keywords of a schema and of the parts in it; names of settings are no keywords.
    fn add_keywords(schema: &Json, keywords: &mut BTreeSet<String>) {
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            keywords.insert(keyword.clone());
            match keyword.as_str() {
                "properties" | "patternProperties" | "$defs" => {
                    value.as_object().into_iter().flatten().for_each(|(_, part)| add_keywords(part, keywords));
                }
                "anyOf" => value.as_array().into_iter().flatten().for_each(|part| add_keywords(part, keywords)),
                _ => add_keywords(value, keywords),
            }
        }
    }

    #[test]
    fn every_keyword_of_the_schemas_is_understood() {
        let mut keywords = BTreeSet::new();
        add_keywords(&settings(), &mut keywords);
        let list = serde_json::from_str(crate::store::holidays::SCHEMA.text()).expect("JSON");
        add_keywords(&list, &mut keywords);
        let understood = [
            "$comment",
            "$defs",
            "$ref",
            "$schema",
            "additionalProperties",
            "anyOf",
            "const",
            "default",
            "description",
            "enum",
            "items",
            "pattern",
            "patternProperties",
            "properties",
            "required",
            "title",
            "type",
        ];
        assert_eq!(keywords.into_iter().collect::<Vec<_>>(), understood);
    }

    #[test]
    fn values_of_other_types_are_refused_with_their_place() {
        for (text, column, message) in [
            ("follow_up = 3", 13, "expected a value of type table"),
            ("follow_up.S1.alerts = \"4h\"", 23, "expected a value of type array"),
            ("follow_up.S1.alerts = [4]", 24, "expected a value of type string"),
            ("follow_up.clock = \"open\"", 19, "`open` is not valid here; expected calendar or business"),
            ("follow_up.clok = \"calendar\"", 11, "`clok` is not a setting; did you mean `clock`?"),
            (
                "follow_up.x = 1",
                11,
                "`x` is not a setting; expected clock, calendar, calendars, opt_out_tag, texts, a priority",
            ),
        ] {
            let error = crate::store::config::Settings::of(text).follow_up().expect_err("an error").to_string();
            assert!(error.starts_with(&format!("1:{column}: ")) && error.ends_with(message), "{text}: {error}");
        }
    }
}
