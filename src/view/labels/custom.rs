//! What a desk itself calls its product groups and fields, in its own language: it knows better than any catalogue.
//!
//! Must not know where that is written.

use std::collections::BTreeMap;

use crate::domain::ticket::custom_field::CustomField;
use crate::domain::ticket::product_group::ProductGroup;

/// The labels by name, of what has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomLabels {
    /// Of product groups.
    pub groups: BTreeMap<String, String>,
    /// Of fields.
    pub fields: BTreeMap<String, String>,
}

impl CustomLabels {
    /// Those of what the desk has defined.
    pub fn of(groups: &[ProductGroup], fields: &[CustomField]) -> Self {
        let group = |group: &ProductGroup| Some((group.name.clone(), group.label.clone()?));
        let field = |field: &CustomField| Some((field.name.clone(), field.label.clone()?));
        Self { groups: groups.iter().filter_map(group).collect(), fields: fields.iter().filter_map(field).collect() }
    }
}
