//! Edits of casebook.toml that keep its comments and its layout.

use toml_edit::{Array, Document, DocumentMut, Item, Key, Table, TableLike, Value};

use super::Settings;
use super::schema;

/// A change of one setting. The path has the names of the tables and of the setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingChange {
    /// The setting gets a value: TOML if it is valid there, else a text.
    Set {
        /// The path.
        path: Vec<String>,
        /// The value.
        value: String,
    },
    /// The setting is taken out of the file, so that its default is in force.
    Unset {
        /// The path.
        path: Vec<String>,
    },
    /// The list gets a text, unless it has it.
    Add {
        /// The path of the list.
        path: Vec<String>,
        /// The text.
        text: String,
    },
    /// The text is taken out of the list.
    Remove {
        /// The path of the list.
        path: Vec<String>,
        /// The text, in any case of letters.
        text: String,
    },
}

impl SettingChange {
    /// Returns the path of the setting.
    pub const fn path(&self) -> &Vec<String> {
        match self {
            Self::Set { path, .. } | Self::Unset { path } | Self::Add { path, .. } | Self::Remove { path, .. } => path,
        }
    }
}

/// A setting, its value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The names of the tables and of the setting, joined as in TOML.
    pub name: String,
    /// The value, as TOML.
    pub value: String,
    /// The text of the value, if it is one.
    pub text: Option<String>,
    /// The line in casebook.toml, from 1. None if the value is the default.
    pub line: Option<usize>,
}

/// Returns the names in a path such as `team.people."lea@desk.example".languages`. None if the path is not valid TOML.
pub fn split_path(path: &str) -> Option<Vec<String>> {
    let keys = Key::parse(path).ok()?;
    Some(keys.iter().map(|key| key.get().to_owned()).collect())
}

/// Joins the names of a path as in TOML.
pub fn join_path(path: &[String]) -> String {
    path.iter().map(|name| Key::new(name).display_repr().into_owned()).collect::<Vec<_>>().join(".")
}

/// Returns the settings in the order of the file, then those with a default that the file does not have.
///
/// # Errors
/// The text is not TOML.
pub fn list(text: &str) -> Result<Vec<Setting>, String> {
    let document = Document::parse(text).map_err(|error| error.message().to_owned())?;
    let mut found = Vec::new();
    add_settings(document.as_table(), &mut Vec::new(), text, &mut found);
    found.sort_by_key(|setting| setting.line);
    for (path, default) in schema::defaults() {
        let is_written = |setting: &Setting| setting.name == path || setting.name.starts_with(&format!("{path}."));
        if !found.iter().any(is_written) {
            let value = default.parse::<Value>().map_err(|error| error.to_string())?;
            let text = value.as_str().map(str::to_owned);
            found.push(Setting { name: path, value: default.to_owned(), text, line: None });
        }
    }
    Ok(found)
}

fn add_settings(table: &dyn TableLike, path: &mut Vec<String>, source: &str, found: &mut Vec<Setting>) {
    for (name, item) in table.iter() {
        path.push(name.to_owned());
        match item.as_table_like() {
            Some(inner) if !inner.is_empty() => add_settings(inner, path, source, found),
            _ => {
                let start = item.span().map_or(0, |span| span.start);
                found.push(Setting {
                    name: join_path(path),
                    value: written(item),
                    text: item.as_str().map(str::to_owned),
                    line: Some(source[..start].matches('\n').count() + 1),
                });
            }
        }
        path.pop();
    }
}

/// Returns a value as TOML in one line.
fn written(item: &Item) -> String {
    match item.clone().into_value() {
        Ok(value) => value.to_string().trim().to_owned(),
        Err(_) => "{}".to_owned(),
    }
}

/// Returns the text of casebook.toml after changes.
///
/// # Errors
/// A sentence: the text is not TOML, or a change is not valid there.
pub fn apply(text: &str, changes: &[SettingChange]) -> Result<String, String> {
    changes.iter().try_fold(text.to_owned(), |text, change| apply_one(&text, change))
}

fn apply_one(text: &str, change: &SettingChange) -> Result<String, String> {
    let document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| format!("casebook.toml: {}", error.message()))?;
    let edited = |edit: &dyn Fn(&mut Item) -> Result<(), String>| {
        let mut document = document.clone();
        edit(slot(&mut document, change.path())?)?;
        Ok::<_, String>(document.to_string())
    };
    let known = Settings::of(text).errors().len();
    let checked = |edited: Result<String, String>| {
        let edited = edited?;
        let mut errors = Settings::of(edited.as_str()).errors();
        if errors.len() <= known {
            return Ok(edited);
        }
        Err(errors.pop().map(|error| error.message).unwrap_or_default())
    };
    match change {
        SettingChange::Set { value, .. } => {
            let plain = || checked(edited(&|item| put(item, Value::from(value.as_str()))));
            match value.parse::<Value>() {
                Ok(parsed) => {
                    let result = checked(edited(&|item| put(item, parsed.clone())));
                    result.or_else(|error| plain().map_err(|_| error))
                }
                Err(_) => plain(),
            }
        }
        SettingChange::Unset { path } => {
            let mut document = document.clone();
            let (name, tables) = path.split_last().ok_or("a setting needs a name")?;
            let mut table: Option<&mut dyn TableLike> = Some(document.as_table_mut());
            for name in tables {
                table = table.and_then(|table| table.get_mut(name)?.as_table_like_mut());
            }
            table.and_then(|table| table.remove(name)).ok_or("casebook.toml does not have this setting")?;
            checked(Ok(document.to_string()))
        }
        SettingChange::Add { text, .. } => checked(edited(&|item| {
            let list = list_in(item)?;
            if !list.iter().any(|value| is_text(value, text)) {
                list.push(text.as_str());
            }
            Ok(())
        })),
        SettingChange::Remove { text, .. } => checked(edited(&|item| {
            list_in(item)?.retain(|value| !is_text(value, text));
            Ok(())
        })),
    }
}

fn is_text(value: &Value, text: &str) -> bool {
    value.as_str().is_some_and(|other| other.eq_ignore_ascii_case(text))
}

/// Returns the place of a setting, with the tables around it.
fn slot<'a>(document: &'a mut DocumentMut, path: &[String]) -> Result<&'a mut Item, String> {
    let (name, tables) = path.split_last().ok_or("a setting needs a name")?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for name in tables {
        let mut made = Table::new();
        made.set_implicit(true);
        let item = table.entry(name).or_insert(Item::Table(made));
        table = item.as_table_like_mut().ok_or_else(|| format!("`{name}` is not a table"))?;
    }
    Ok(table.entry(name).or_insert(Item::None))
}

/// Replaces a value, and keeps the blanks and the comment around it.
fn put(item: &mut Item, mut value: Value) -> Result<(), String> {
    if item.is_table() || item.is_array_of_tables() {
        return Err("this is a table; name a setting in it".to_owned());
    }
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
    Ok(())
}

fn list_in(item: &mut Item) -> Result<&mut Array, String> {
    if item.is_none() {
        *item = Item::Value(Value::Array(Array::new()));
    }
    item.as_array_mut().ok_or_else(|| "this is not a list".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "format = 1\nname = \"Desk\"   # shown\n\n# People.\n[team]\nagents = [\"kenji@desk.example\"] # all\n\n\
                        [follow_up]\nS1 = { alerts = [\"4h\"], solve_after = \"72h\" }\n";

    fn set(path: &str, value: &str) -> Result<String, String> {
        let path = split_path(path).expect("a path");
        apply(TEXT, &[SettingChange::Set { path, value: value.to_owned() }])
    }

    #[test]
    fn comments_and_layout_stay() {
        let edited = set("name", "Acme's \"desk\"").expect("an edit");
        assert_eq!(edited, TEXT.replace("\"Desk\"", &Value::from("Acme's \"desk\"").to_string()));
        assert_eq!(set("follow_up.S1.solve_after", "4d").expect("an edit"), TEXT.replace("72h", "4d"));
        let added = SettingChange::Add { path: vec!["team".into(), "agents".into()], text: "lea@desk.example".into() };
        let both = "\"kenji@desk.example\", \"lea@desk.example\"";
        assert_eq!(
            apply(TEXT, std::slice::from_ref(&added)).expect("an edit"),
            TEXT.replace("\"kenji@desk.example\"", both)
        );
        let removed = SettingChange::Remove { path: added.path().clone(), text: "LEA@desk.example".into() };
        assert_eq!(apply(TEXT, &[added, removed]).expect("an edit"), TEXT);
    }

    #[test]
    fn tables_are_made_and_values_fit_their_place() {
        assert!(set("git.commit", "never").expect("an edit").ends_with("\n[git]\ncommit = \"never\"\n"));
        assert!(set("team.editors_prioritize", "true").expect("an edit").contains("editors_prioritize = true\n"));
        assert!(set("name", "5").expect("an edit").contains("name = \"5\" "));
        let people = set("team.people.\"kenji@desk.example\".languages", "[\"ja\"]").expect("an edit");
        assert!(people.contains("[team.people.\"kenji@desk.example\"]\nlanguages = [\"ja\"]\n"), "{people}");
        assert!(set("nme", "x").expect_err("an error").contains("did you mean `name`?"));
        assert!(set("git.commit", "always").expect_err("an error").contains("expected each or never"));
        assert!(set("team", "x").is_err());
    }

    #[test]
    fn settings_have_a_line_or_are_defaults() {
        let settings = list(TEXT).expect("settings");
        let of = |name: &str| settings.iter().find(|setting| setting.name == name).expect("a setting");
        assert_eq!((of("name").line, of("name").text.as_deref()), (Some(2), Some("Desk")));
        assert_eq!((of("follow_up.S1.alerts").line, of("follow_up.S1.alerts").value.as_str()), (Some(9), "[\"4h\"]"));
        assert_eq!((of("git.commit").line, of("git.commit").value.as_str()), (None, "\"each\""));
    }

    #[test]
    fn the_defaults_are_those_of_the_readers() {
        let mut text = "format = 1\n".to_owned();
        for (path, value) in schema::defaults() {
            text =
                apply(&text, &[SettingChange::Set { path: split_path(&path).expect("a path"), value: value.into() }])
                    .unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let (written, absent) = (Settings::of(text), Settings::of("format = 1\n"));
        assert_eq!(written.errors(), []);
        assert_eq!(written.config(), absent.config());
        assert_eq!(written.default_priority(), absent.default_priority());
        assert_eq!(written.commit_each(), absent.commit_each());
        assert_eq!(written.largest_attachment(), absent.largest_attachment());
        assert_eq!(written.follow_up(), absent.follow_up());
        assert_eq!(written.assignment(), absent.assignment());
        assert_eq!(written.eligibility(), absent.eligibility());
    }
}
