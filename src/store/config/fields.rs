//! Sections `[product_groups]` and `[fields]` of casebook.toml: the groups and custom fields of tickets.

use std::collections::BTreeMap;

use super::toml_value::{TomlContent, TomlValue, Word};
use super::{ConfigError, Settings};
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

pub(super) fn read(settings: &Settings) -> Result<FieldChoices, ConfigError> {
    let (groups, fields) = (settings.section("product_groups")?, settings.section("fields")?);
    Ok(FieldChoices {
        product_groups: groups.entries_in_order().into_iter().map(group).collect::<Result<_, _>>()?,
        fields: fields.entries_in_order().into_iter().map(field).collect::<Result<_, _>>()?,
    })
}

fn group((name, section): (Word<'_>, TomlValue<'_>)) -> Result<ProductGroup, ConfigError> {
    Ok(ProductGroup {
        name: name.parse(word)?,
        label: section.get("label").text().map(str::to_owned),
        examples: examples_by_language(section.get("examples")),
        words: section.get("words").texts(),
        team: section.get("team").text().map(str::to_owned),
    })
}

/// Returns examples by language: a text, a list of texts, or either of these for each language.
fn examples_by_language(examples: TomlValue<'_>) -> BTreeMap<String, String> {
    let joined = |value: TomlValue<'_>| value.text().map_or_else(|| value.texts().join(", "), str::to_owned);
    match examples.content() {
        None => BTreeMap::new(),
        Some(TomlContent::Table(_)) => {
            examples.entries().map(|(language, value)| (language_of(language.text), joined(value))).collect()
        }
        Some(_) => BTreeMap::from([(String::new(), joined(examples))]),
    }
}

fn field((name, section): (Word<'_>, TomlValue<'_>)) -> Result<CustomField, ConfigError> {
    let (kind, values) = (section.get("type"), section.get("values"));
    let kind = match kind.text() {
        Some("enum") if values.items().next().is_none() => return Err(kind.error("an enum needs `values`")),
        Some("enum") => FieldKind::Enum(values.parse_all(one_line)?),
        _ if !values.is_absent() => return Err(kind.error("only an enum can have `values`")),
        Some("number") => FieldKind::Number,
        Some("date") => FieldKind::Date,
        _ => FieldKind::Text,
    };
    let label = section.get("label").text().map(str::to_owned);
    Ok(CustomField { name: name.parse(word)?, kind, label, is_required: section.get("required").flag() == Some(true) })
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

    fn read(text: &str) -> Result<FieldChoices, ConfigError> {
        Settings::of(text).fields().cloned()
    }

    #[test]
    fn the_initial_groups_are_those_of_the_seeds() {
        let choices =
            read(&crate::store::config::PolicyTemplate::Looker.text("x", "UTC", true, None)).expect("choices");
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
