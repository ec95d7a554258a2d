//! Targets by priority, as plans and `[escalation]` define them.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{SpannedError, spanned};
use crate::domain::sla::plan::Targets;
use crate::domain::time::duration;
use crate::domain::vocabulary::Priority;

/// A table of durations by priority, as it is written: `{ S1 = "1h" }`.
pub(crate) type RawTargets = BTreeMap<Spanned<String>, Spanned<String>>;

/// Parses a table of targets.
pub(crate) fn targets(written: &RawTargets) -> Result<Targets, SpannedError> {
    let mut targets = Targets::default();
    for (word, text) in written {
        let priority = spanned(word, Priority::parse_lenient)?;
        let target = spanned(text, |text| {
            duration::parse_duration(text)
                .filter(|target| !target.is_zero())
                .ok_or_else(|| format!("`{text}` is not a target; expected open time such as `1h` or `30m`"))
        })?;
        targets.set(priority, target);
    }
    Ok(targets)
}
