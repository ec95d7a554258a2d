//! Tests of clocks, calendars, and what silence makes due.

mod calendars;
mod clocks;
mod sweep;
