//! What casebook.toml says of a ticket's choices: `[product_groups]` and `[fields]`.
//!
//! Read only where a ticket is opened, its fields are set or asked for, and by `check`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, SpannedError, spanned};
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::macros::language_of;
use crate::domain::ticket::product_group::ProductGroup;

/// The choices of a desk, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldChoices {
    /// What a ticket can be about; none defined: whatever it is told.
    pub product_groups: Vec<ProductGroup>,
    /// Its own fields; none defined: whatever it is told.
    pub fields: Vec<CustomField>,
}

/// What stands for other parts is left to [`super`].
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

/// Reads what the text of a casebook.toml says of choices.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<FieldChoices, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

fn validate(text: &str) -> Result<FieldChoices, SpannedError> {
    let written: RawFields =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    let groups = in_order(written.product_groups).into_iter().map(group).collect::<Result<_, _>>()?;
    let fields = in_order(written.fields).into_iter().map(field).collect::<Result<_, _>>()?;
    Ok(FieldChoices { product_groups: groups, fields })
}

/// Sections in the order of the file, which is the order people are asked in.
fn in_order<T>(sections: BTreeMap<Spanned<String>, T>) -> Vec<(Spanned<String>, T)> {
    let mut sections: Vec<_> = sections.into_iter().collect();
    sections.sort_by_key(|(name, _)| name.span().start);
    sections
}

fn group((name, section): (Spanned<String>, GroupSection)) -> Result<ProductGroup, SpannedError> {
    let GroupSection { label, examples, words, team } = section;
    let examples = examples.as_ref().map(format_examples).transpose()?.unwrap_or_default();
    Ok(ProductGroup { name: spanned(&name, word)?, label, examples, words, team })
}

/// Examples: a line or a list of them, or one of these for each language.
fn format_examples(examples: &Spanned<toml::Value>) -> Result<BTreeMap<String, String>, SpannedError> {
    let line = |value: &toml::Value| match value {
        toml::Value::String(line) => Some(line.clone()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(", "))
        }
        _ => None,
    };
    let told = match examples.get_ref() {
        toml::Value::Table(all) => {
            all.iter().map(|(language, value)| Some((language_of(language), line(value)?))).collect()
        }
        value => line(value).map(|line| BTreeMap::from([(String::new(), line)])),
    };
    told.ok_or_else(|| {
        SpannedError(
            Some(examples.span()),
            "examples are words, a list of words, or these for each language".to_owned(),
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
            return Err(SpannedError(Some(section.r#type.span()), "an enum lists its `values`".to_owned()));
        }
        ("text", None) => FieldKind::Text,
        ("number", None) => FieldKind::Number,
        ("date", None) => FieldKind::Date,
        ("text" | "number" | "date", Some(_)) => {
            return Err(SpannedError(Some(section.r#type.span()), "only an enum lists `values`".to_owned()));
        }
        (other, _) => {
            let message = format!("`{other}` is no type; enum, text, number and date are");
            return Err(SpannedError(Some(section.r#type.span()), message));
        }
    };
    Ok(CustomField { name: spanned(&name, word)?, kind, label: section.label, is_required: section.required })
}

/// A name that can stand in a file, a query and a flag.
fn word(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(fits) && name.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => Ok(name.to_owned()),
        false => Err(format!("`{name}` can be no name: small letters, digits and _")),
    }
}

fn one_line(words: &str) -> Result<String, String> {
    let fits = !words.trim().is_empty() && words.trim() == words && !words.contains(char::is_control);
    if fits { Ok(words.to_owned()) } else { Err("a value is a word, or words on one line".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_groups_are_those_of_the_seeds() {
        let choices = read(&crate::store::config::initial("x", "UTC", true, None)).expect("choices");
        let names: Vec<&str> = choices.product_groups.iter().map(|group| group.name.as_str()).collect();
        let wanted = ["reports_dashboards", "schedule_export", "instance_admin", "lookml_pdt_git", "api_embed_ext"];
        assert_eq!(names, wanted);
        assert!(choices.product_groups.iter().all(|group| !group.examples.is_empty() && !group.words.is_empty()));
        assert!(choices.fields.is_empty());
        let told =
            choices.product_groups.iter().map(|group| group.examples.keys().map(String::as_str).collect::<Vec<_>>());
        assert!(told.into_iter().all(|languages| languages == ["en", "fr"]));
    }

    #[test]
    fn examples_are_a_line_a_list_or_these_by_language() {
        let of = |examples: &str| {
            read(&format!("[product_groups.x]\nexamples = {examples}\n"))
                .map(|choices| choices.product_groups[0].clone())
        };
        let told =
            |examples: &str, language: &str| of(examples).expect("examples").examples_in(language).map(str::to_owned);
        assert_eq!(told("\"tiles, looks\"", "fr").as_deref(), Some("tiles, looks"));
        assert_eq!(told("[\"tiles\", \"looks\"]", "ja").as_deref(), Some("tiles, looks"));
        assert_eq!(
            told("{ en = \"tiles\", fr-FR = [\"vignettes\", \"looks\"] }", "fr").as_deref(),
            Some("vignettes, looks")
        );
        for wrong in ["3", "[3]", "{ en = true }"] {
            let flaw = of(wrong).expect_err("no examples");
            assert!(flaw.line == 2 && flaw.message.contains("each language"), "{wrong}: {}", flaw.message);
        }
    }

    #[test]
    fn fields_are_read_in_the_order_of_the_file() {
        let text = "[fields.region]\ntype = \"enum\"\nvalues = [\"emea\", \"apac\"]\nrequired = true\n\
                    [fields.cost]\ntype = \"number\"\nlabel = \"Cost\"\n";
        let fields = read(text).expect("choices").fields;
        assert_eq!(fields[0].name, "region");
        assert!(fields[0].is_required && matches!(&fields[0].kind, FieldKind::Enum(words) if words.len() == 2));
        assert_eq!((fields[1].name.as_str(), fields[1].label.as_deref()), ("cost", Some("Cost")));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| read(text).map_err(|flaw| (flaw.line, flaw.column)).expect_err("a flaw");
        assert_eq!(flaw("[fields.Region]\ntype = \"text\"\n"), (1, 9));
        assert_eq!(flaw("[fields.region]\ntype = \"list\"\n"), (2, 8));
        assert_eq!(flaw("[fields.region]\ntype = \"enum\"\n"), (2, 8));
        assert_eq!(flaw("[fields.region]\ntype = \"text\"\nvalues = [\"a\"]\n"), (2, 8));
        assert_eq!(flaw("[fields.region]\ntype = \"enum\"\nvalues = [\"a\", \" \"]\n"), (3, 16));
        assert_eq!(flaw("[product_groups.x]\nexample = \"y\"\n").0, 2);
    }
}
