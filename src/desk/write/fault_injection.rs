//! Fault injection for tests: ending or stopping the process at a step of a command.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// The name that matches every step.
const ANY: &str = "*";

/// A step of a command at which the process is killed, stopped until it gets `SIGCONT`, or panics.
#[derive(Debug)]
pub struct FaultPoint {
    step: String,
    /// The number of times the step must be reached.
    time: usize,
    kind: FaultKind,
    reached: AtomicUsize,
}

/// The fault at a step.
#[derive(Clone, Copy, Debug)]
enum FaultKind {
    Signal(Signal),
    Panic,
}

impl FaultPoint {
    /// Kills the process: `renamed` when that step is reached for the first time, `renamed:2` for the second time, `*:7` at
    /// the seventh step of any name. `bug:renamed` panics there.
    pub fn killed_at(step: &str) -> Self {
        match step.strip_prefix("bug:") {
            Some(step) => Self::at(step, FaultKind::Panic),
            None => Self::at(step, FaultKind::Signal(Signal::KILL)),
        }
    }

    /// Stops the process at a step, until it gets `SIGCONT`.
    pub fn stopped_at(step: &str) -> Self {
        Self::at(step, FaultKind::Signal(Signal::STOP))
    }

    fn at(step: &str, kind: FaultKind) -> Self {
        let counted = step.rsplit_once(':').and_then(|(name, time)| Some((name, time.parse().ok()?)));
        let (name, time) = counted.unwrap_or((step, 1));
        Self { step: name.to_owned(), time, kind, reached: AtomicUsize::new(0) }
    }

    /// Marks that a step is reached.
    pub(crate) fn hit(&self, step: &str) {
        if (self.step == step || self.step == ANY) && self.reached.fetch_add(1, Ordering::Relaxed) + 1 == self.time {
            match self.kind {
                FaultKind::Signal(signal) => {
                    let _ = kill_process(getpid(), signal);
                }
                FaultKind::Panic => panic!("injected fault"),
            }
        }
    }
}
