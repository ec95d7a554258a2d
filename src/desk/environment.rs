//! The inputs that the desk does not read by itself: clock, seed, patience, and the checks that the CLI injects.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::desk::FaultPoint;
use crate::domain::rules::finding::Finding;

/// What the edge knows of the world when a command begins.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Whether the present was given, so that commits bear it too.
    pub clock_is_fixed: bool,
    /// Makes ids predictable, in tests.
    pub seed: Option<u64>,
    /// Ends or stops the process at a step, in tests.
    pub halt: Option<Arc<FaultPoint>>,
    /// Whether to answer from the files alone.
    pub no_index: bool,
    /// How long to wait for other writers, of casebook or git.
    pub patience: Duration,
    /// What the texts of macros break, by the text of a casebook.toml: the edge fills them in, and so it tries them.
    pub macro_flaws: MacroCheck,
}

/// What the texts of macros break, by the text of a casebook.toml.
pub type MacroCheck = fn(&str) -> Vec<Finding>;

impl Environment {
    /// Random bits for ids: the system's, or in tests a seeded sequence.
    pub fn random(&self) -> Box<dyn FnMut() -> u128> {
        let Some(mut state) = self.seed else {
            return Box::new(|| {
                let half = || u128::from(getrandom::u64().expect("the system has random bits"));
                (half() << 64) | half()
            });
        };
        // splitmix64: enough to tell tests' ids apart.
        let mut next = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            u128::from(mixed ^ (mixed >> 31))
        };
        Box::new(move || (next() << 64) | next())
    }
}
