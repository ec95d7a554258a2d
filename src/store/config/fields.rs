//! Sections `[product_groups]` and `[fields]` of casebook.toml: the groups and custom fields of tickets.
//!
//! Parsed only when a ticket is opened or its fields are set or printed, and by `check`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::macros::language_of;
use crate::domain::ticket::product_group::ProductGroup;

/// The product groups and custom fields of a desk, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldChoices {
    /// The product groups. If there are none, any group is accepted.
    pub product_groups: Vec<ProductGroup>,
    /// The custom fields. If there are none, any field is accepted.
    pub fields: Vec<CustomField>,
}

/// The sections of the file that belong here; [`super`] checks the other ones.
#[derive(Deserialize)]
struct RawFields {
    #[serde(default)]
    product_groups: BTreeMap<Spanned<String>, GroupSection>,
    #[serde(default)]
    fields: BTreeMap<Spanned<String>, FieldSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupSection {
    label: Option<String>,
    examples: Option<Spanned<toml::Value>>,
    #[serde(default)]
    words: Vec<String>,
    team: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldSection {
    r#type: Spanned<String>,
    values: Option<Vec<Spanned<String>>>,
    label: Option<String>,
    #[serde(default)]
    required: bool,
}

/// Parses the product groups and custom fields in the text of a casebook.toml.
///
/// # Errors
/// The first invalid setting, with its line and column.
pub fn read(text: &str) -> Result<FieldChoices, ConfigError> {
    validate(text).map_err(|error| error.within(text))
}

fn validate(text: &str) -> Result<FieldChoices, SpannedError> {
    let written: RawFields = toml::from_str(text)?;
    let groups = in_order(written.product_groups).into_iter().map(group).collect::<Result<_, _>>()?;
    let fields = in_order(written.fields).into_iter().map(field).collect::<Result<_, _>>()?;
    Ok(FieldChoices { product_groups: groups, fields })
}

/// Sorts sections by their place in the file: the prompts of `open` follow this order.
fn in_order<T>(sections: BTreeMap<Spanned<String>, T>) -> Vec<(Spanned<String>, T)> {
    let mut sections: Vec<_> = sections.into_iter().collect();
    sections.sort_by_key(|(name, _)| name.span().start);
    sections
}

fn group((name, section): (Spanned<String>, GroupSection)) -> Result<ProductGroup, SpannedError> {
    let GroupSection { label, examples, words, team } = section;
    let examples = examples.as_ref().map(examples_by_language).transpose()?.unwrap_or_default();
    Ok(ProductGroup { name: spanned(&name, word)?, label, examples, words, team })
}

/// Parses examples: a text, a list of texts, or either of these for each language.
fn examples_by_language(examples: &Spanned<toml::Value>) -> Result<BTreeMap<String, String>, SpannedError> {
    let joined = |value: &toml::Value| match value {
        toml::Value::String(line) => Some(line.clone()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(", "))
        }
        _ => None,
    };
    let by_language = match examples.get_ref() {
        toml::Value::Table(all) => {
            all.iter().map(|(language, value)| Some((language_of(language), joined(value)?))).collect()
        }
        value => joined(value).map(|line| BTreeMap::from([(String::new(), line)])),
    };
    by_language.ok_or_else(|| {
        SpannedError(
            Some(examples.span()),
            "examples must be a text, a list of texts, or either of these for each language".to_owned(),
        )
    })
}

fn field((name, section): (Spanned<String>, FieldSection)) -> Result<CustomField, SpannedError> {
    let values = match &section.values {
        None => None,
        Some(values) => Some(values.iter().map(|value| spanned(value, one_line)).collect::<Result<Vec<_>, _>>()?),
    };
    let kind = match (section.r#type.get_ref().as_str(), values) {
        ("enum", Some(values)) if !values.is_empty() => FieldKind::Enum(values),
        ("enum", _) => {
            return Err(SpannedError(Some(section.r#type.span()), "an enum needs `values`".to_owned()));
        }
        ("text", None) => FieldKind::Text,
        ("number", None) => FieldKind::Number,
        ("date", None) => FieldKind::Date,
        ("text" | "number" | "date", Some(_)) => {
            return Err(SpannedError(Some(section.r#type.span()), "only an enum can have `values`".to_owned()));
        }
        (other, _) => {
            let message = format!("`{other}` is not a type of field; expected enum, text, number or date");
            return Err(SpannedError(Some(section.r#type.span()), message));
        }
    };
    Ok(CustomField { name: spanned(&name, word)?, kind, label: section.label, is_required: section.required })
}

/// Checks a name that files, queries and flags will contain.
fn word(name: &str) -> Result<String, String> {
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(is_valid) && name.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => Ok(name.to_owned()),
        false => {
            Err(format!("`{name}` is not a valid name; expected a lowercase letter, then letters, digits and `_`"))
        }
    }
}

fn one_line(text: &str) -> Result<String, String> {
    let is_valid = !text.trim().is_empty() && text.trim() == text && !text.contains(char::is_control);
    if is_valid { Ok(text.to_owned()) } else { Err("a value must be one line of text without outer blanks".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_groups_are_those_of_the_seeds() {
        let choices = read(&crate::store::config::initial("x", "UTC", true, None)).expect("choices");
        let names: Vec<&str> = choices.product_groups.iter().map(|group| group.name.as_str()).collect();
        let expected = ["reports_dashboards", "schedule_export", "instance_admin", "lookml_pdt_git", "api_embed_ext"];
        assert_eq!(names, expected);
        assert!(choices.product_groups.iter().all(|group| !group.examples.is_empty() && !group.words.is_empty()));
        assert!(choices.fields.is_empty());
        for group in &choices.product_groups {
            assert_eq!(group.examples.keys().collect::<Vec<_>>(), ["en", "fr"]);
        }
    }

    #[test]
    fn examples_are_a_line_a_list_or_these_by_language() {
        let of = |examples: &str| {
            read(&format!("[product_groups.x]\nexamples = {examples}\n"))
                .map(|choices| choices.product_groups[0].clone())
        };
        let text_in =
            |examples: &str, language: &str| of(examples).expect("examples").examples_in(language).map(str::to_owned);
        assert_eq!(text_in("\"tiles, looks\"", "fr").as_deref(), Some("tiles, looks"));
        assert_eq!(text_in("[\"tiles\", \"looks\"]", "ja").as_deref(), Some("tiles, looks"));
        assert_eq!(
            text_in("{ en = \"tiles\", fr-FR = [\"vignettes\", \"looks\"] }", "fr").as_deref(),
            Some("vignettes, looks")
        );
        for value in ["3", "[3]", "{ en = true }"] {
            let error = of(value).expect_err("no examples");
            assert!(error.line == 2 && error.message.contains("each language"), "{value}: {}", error.message);
        }
    }

    #[test]
    fn fields_are_read_in_the_order_of_the_file() {
        let text = "[fields.region]\ntype = \"enum\"\nvalues = [\"emea\", \"apac\"]\nrequired = true\n\
                    [fields.cost]\ntype = \"number\"\nlabel = \"Cost\"\n";
        let fields = read(text).expect("choices").fields;
        assert_eq!(fields[0].name, "region");
        assert!(fields[0].is_required && matches!(&fields[0].kind, FieldKind::Enum(values) if values.len() == 2));
        assert_eq!((fields[1].name.as_str(), fields[1].label.as_deref()), ("cost", Some("Cost")));
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| read(text).map_err(|error| (error.line, error.column)).expect_err("an error");
        assert_eq!(error("[fields.Region]\ntype = \"text\"\n"), (1, 9));
        assert_eq!(error("[fields.region]\ntype = \"list\"\n"), (2, 8));
        assert_eq!(error("[fields.region]\ntype = \"enum\"\n"), (2, 8));
        assert_eq!(error("[fields.region]\ntype = \"text\"\nvalues = [\"a\"]\n"), (2, 8));
        assert_eq!(error("[fields.region]\ntype = \"enum\"\nvalues = [\"a\", \" \"]\n"), (3, 16));
        assert_eq!(error("[product_groups.x]\nexample = \"y\"\n").0, 2);
    }
}
