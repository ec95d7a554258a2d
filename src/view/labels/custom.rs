//! The labels that a desk itself gives to its product groups and custom fields. They go before those of the catalog.

use std::collections::BTreeMap;

use crate::domain::ticket::custom_field::CustomField;
use crate::domain::ticket::product_group::ProductGroup;

/// The labels of a desk's settings, by the names of the groups and fields that have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomLabels {
    /// The labels of product groups.
    pub groups: BTreeMap<String, String>,
    /// The labels of custom fields.
    pub fields: BTreeMap<String, String>,
}

impl CustomLabels {
    /// Returns the labels of the product groups and custom fields that a desk defined.
    pub fn of(groups: &[ProductGroup], fields: &[CustomField]) -> Self {
        let group = |group: &ProductGroup| Some((group.name.clone(), group.label.clone()?));
        let field = |field: &CustomField| Some((field.name.clone(), field.label.clone()?));
        Self { groups: groups.iter().filter_map(group).collect(), fields: fields.iter().filter_map(field).collect() }
    }
}
