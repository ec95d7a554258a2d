//! The SLA clocks that are printed beside tickets. If the policy is invalid there are none: the error is reported, and
//! everything else is still printed.

use chrono::{DateTime, Utc};

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::desk::{DeskView, SlaEvaluator};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::view::sanitize;

/// The SLA clocks of a desk, if it has targets and they are wanted.
#[derive(Default)]
pub(crate) struct Clocks<'a> {
    evaluator: Option<SlaEvaluator<'a>>,
    policy_is_invalid: bool,
}

impl Session {
    /// Returns the clocks of the desk at an instant, if they are `needed`. Reports an invalid policy.
    pub(crate) fn clocks<'a>(&self, view: &DeskView<'a>, now: DateTime<Utc>, needed: bool) -> Clocks<'a> {
        if !needed {
            return Clocks::default();
        }
        match view.evaluator_on_demand(now) {
            Ok(evaluator) => {
                Clocks { evaluator: Some(evaluator).filter(SlaEvaluator::has_targets), policy_is_invalid: false }
            }
            Err(error) => {
                CliError::from(error).print(self.wants_json);
                Clocks { evaluator: None, policy_is_invalid: true }
            }
        }
    }

    /// Returns the clocks for the result of a command. If the policy is invalid, a warning says that the command is `done`.
    pub(crate) fn clocks_of_result<'a>(&self, view: &DeskView<'a>, needed: bool, done: &str) -> Clocks<'a> {
        let evaluator = needed.then(|| view.evaluator_on_demand(self.environment.now)).transpose();
        let evaluator = evaluator.unwrap_or_else(|error| {
            self.warn_without_clocks(error, done);
            None
        });
        Clocks { evaluator: evaluator.filter(SlaEvaluator::has_targets), policy_is_invalid: false }
    }

    /// Warns that clocks are missing from the result of a command that is `done`, if a list of holidays could not be read.
    pub(crate) fn report_missing_clocks(&self, clocks: &Clocks<'_>, done: &str) {
        if let Some(error) = clocks.evaluator.as_ref().and_then(|evaluator| evaluator.policy.calendars.take_error()) {
            self.warn_without_clocks(error, done);
        }
    }

    fn warn_without_clocks(&self, error: Error, done: &str) {
        let error = CliError::from(error);
        let place = error.place.map(|(path, line, column)| format!("{path}:{line}:{column}: ")).unwrap_or_default();
        let message = format!("warning: {done}, and its clocks are not shown: {place}{}", error.message);
        self.output.warn(&sanitize::lines(&message));
    }

    /// Reports the files that could not be read for the clocks. Returns the exit code of a command that would otherwise
    /// end with `exit`.
    pub(crate) fn report_clock_errors(&self, clocks: &Clocks<'_>, exit: Exit) -> Exit {
        let unreadable = clocks.evaluator.as_ref().map(SlaEvaluator::unreadable).unwrap_or_default();
        let exit_of_clocks = self.report_unreadable(&unreadable);
        let list_error = clocks.evaluator.as_ref().and_then(|evaluator| evaluator.policy.calendars.take_error());
        let is_damaged = clocks.policy_is_invalid || list_error.is_some();
        if let Some(error) = list_error {
            CliError::from(error).print(self.wants_json);
        }
        match exit {
            Exit::Done if is_damaged => Exit::Damaged,
            Exit::Done => exit_of_clocks,
            exit => exit,
        }
    }
}

impl Clocks<'_> {
    /// Returns whether the viewer can see targets.
    pub(crate) const fn are_there(&self) -> bool {
        self.evaluator.is_some()
    }

    /// Returns the clocks of a ticket.
    pub(crate) fn of(&self, row: &Summary) -> Vec<Clock> {
        self.evaluator.as_ref().map(|evaluator| evaluator.clocks(row)).unwrap_or_default()
    }

    /// Returns the most urgent clock that is still due.
    pub(crate) fn next(&self, row: &Summary) -> Option<Clock> {
        self.evaluator.as_ref().and_then(|evaluator| evaluator.next(row))
    }
}
