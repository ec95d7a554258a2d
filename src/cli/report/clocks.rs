//! Clocks that are told beside something else. Where the policy is not sound there are none, which is said, and the rest
//! is told all the same.

use chrono::{DateTime, Utc};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, SlaEvaluator};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;

/// The clocks of a desk, if they can be told.
#[derive(Default)]
pub(crate) struct Clocks<'a>(Option<SlaEvaluator<'a>>, bool);

impl Session {
    /// What was promised, as it stands at an instant; where that is `wanted` at all. What is wrong with the policy is
    /// said here.
    pub(crate) fn clocks<'a>(&self, casebook: &'a Desk, now: DateTime<Utc>, wanted: bool) -> Clocks<'a> {
        if !wanted {
            return Clocks::default();
        }
        let viewer = self.actor().ok().flatten();
        match casebook.sla().at(now).map(|promises| promises.for_viewer(viewer)) {
            Ok(promises) => Clocks(Some(promises).filter(SlaEvaluator::has_targets), false),
            Err(error) => {
                CliError::from(error).print(self.wants_json);
                Clocks(None, true)
            }
        }
    }

    /// Says what could not be read for the clocks, and how the command ends that ends otherwise with `exit`.
    pub(crate) fn report_clock_errors(&self, clocks: &Clocks<'_>, exit: Exit) -> Exit {
        let troubles = clocks.0.as_ref().map(SlaEvaluator::troubles).unwrap_or_default();
        let told = self.print_unreadable(&troubles);
        match exit {
            Exit::Done if clocks.1 => Exit::Damaged,
            Exit::Done => told,
            exit => exit,
        }
    }
}

impl Clocks<'_> {
    /// Whether anybody is promised anything.
    pub(crate) const fn are_there(&self) -> bool {
        self.0.is_some()
    }

    /// The clocks of a ticket.
    pub(crate) fn of(&self, row: &Summary) -> Vec<Clock> {
        self.0.as_ref().map(|promises| promises.clocks(row)).unwrap_or_default()
    }

    /// The one that is owed still and burns first.
    pub(crate) fn next(&self, row: &Summary) -> Option<Clock> {
        self.0.as_ref().and_then(|promises| promises.next(row))
    }
}
