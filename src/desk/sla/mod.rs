//! SLA clocks of tickets, due work, and the sweep.

pub(crate) mod clocks;
pub(crate) mod due;
pub(crate) mod sweep;

use crate::desk::Desk;

/// The time part of a desk: SLA clocks, and the steps that silence makes due.
#[derive(Clone, Copy, Debug)]
pub struct SlaReader<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the part that measures SLA clocks and finds due steps.
    pub const fn sla(&self) -> SlaReader<'_> {
        SlaReader { desk: self }
    }
}
