//! The saved queries of a casebook.toml, tried before a person uses one.

use chrono::DateTime;

use crate::domain::query::{QueryScope, parse};
use crate::domain::ticket::custom_field::coerce_all;
use crate::domain::time::zone::Zone;
use crate::domain::value::Value;
use crate::store::config::{ConfigError, Settings};

/// Returns the errors in saved queries. The instant and zone of the scope do not decide if a query is valid.
pub(in crate::desk) fn errors(settings: &Settings) -> Vec<ConfigError> {
    let Ok(saved) = settings.queries() else { return Vec::new() };
    let zone = Zone::utc();
    let scope = QueryScope { now: DateTime::UNIX_EPOCH, zone: &zone, viewer: None, saved };
    let check = |name: &String| {
        let query = parse(&format!("@{name}"), &scope).map_err(|error| error.kind.to_string())?;
        let fields = settings.fields().map(|choices| choices.fields.as_slice()).unwrap_or_default();
        for (field, texts) in query.custom_fields() {
            let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
            coerce_all(fields, values.iter_mut().map(|value| (field, value))).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    let error = |name: &String| {
        let message: String = check(name).err()?;
        Some(settings.query_error(name, format!("the saved query `{name}` is invalid: {message}")))
    };
    saved.keys().filter_map(error).collect()
}
