//! Where a test wants the process to end, or to stand still, in the middle of a command.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// Any step.
const ANY: &str = "*";

/// A step of a command at which the process ends as if the power had gone, or stands still until it is told to go on.
#[derive(Debug)]
pub struct FaultPoint {
    step: String,
    time: usize,
    how: FaultKind,
    reached: AtomicUsize,
}

/// What happens there.
#[derive(Clone, Copy, Debug)]
enum FaultKind {
    Signal(Signal),
    Panic,
}

impl FaultPoint {
    /// Ends the process: `renamed` the first time that step is reached, `renamed:2` the second, `*:7` at the
    /// seventh step whatever its name; `bug:renamed` as a bug of ours would.
    pub fn killed_at(step: &str) -> Self {
        match step.strip_prefix("bug:") {
            Some(step) => Self::at(step, FaultKind::Panic),
            None => Self::at(step, FaultKind::Signal(Signal::KILL)),
        }
    }

    /// Stops the process there, until it gets `SIGCONT`.
    pub fn stopped_at(step: &str) -> Self {
        Self::at(step, FaultKind::Signal(Signal::STOP))
    }

    fn at(step: &str, how: FaultKind) -> Self {
        let counted = step.rsplit_once(':').and_then(|(name, time)| Some((name, time.parse().ok()?)));
        let (name, time) = counted.unwrap_or((step, 1));
        Self { step: name.to_owned(), time, how, reached: AtomicUsize::new(0) }
    }

    /// Says that a step is reached.
    pub(crate) fn hit(&self, step: &str) {
        if (self.step == step || self.step == ANY) && self.reached.fetch_add(1, Ordering::Relaxed) + 1 == self.time {
            match self.how {
                FaultKind::Signal(signal) => {
                    let _ = kill_process(getpid(), signal);
                }
                FaultKind::Panic => panic!("as asked for"),
            }
        }
    }
}
