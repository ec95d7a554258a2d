//! The environment of a command: the inputs that the CLI reads once and hands to the desk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::desk::FaultPoint;
use crate::domain::people::person::Person;

/// The environment of a command, read once when it begins.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The current time, UTC.
    pub now: DateTime<Utc>,
    /// True if the current time was given by a variable, so that commits have the same date.
    pub clock_is_fixed: bool,
    /// The seed of ids, which makes them predictable in tests.
    pub seed: Option<u64>,
    /// The step at which a test ends or stops the process.
    pub fault_point: Option<Arc<FaultPoint>>,
    /// The author of commits if git knows none: the person whom a variable names.
    pub stand_in: Option<Person>,
    /// True if the index is not used: everything is read from the files.
    pub no_index: bool,
    /// True if nothing is written, not even the index.
    pub read_only: bool,
    /// The longest time to wait for the lock of casebook or git.
    pub patience: Duration,
    /// The lock that a command holds while git runs the hook in which this process is.
    pub lock_of_parent: Option<PathBuf>,
}

impl Environment {
    /// Returns a source of random bits for ids: the system's, or a seeded sequence in tests.
    pub fn random(&self) -> Box<dyn FnMut() -> u128> {
        let Some(mut state) = self.seed else {
            return Box::new(|| {
                let half = || u128::from(getrandom::u64().expect("the system provides random bits"));
                (half() << 64) | half()
            });
        };
        // splitmix64 is enough to make the ids of tests distinct.
        let mut next = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            u128::from(mixed ^ (mixed >> 31))
        };
        Box::new(move || (next() << 64) | next())
    }
}
