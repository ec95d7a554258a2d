//! Tests of calendars: examples with known answers, and properties.

mod examples;
mod properties;
