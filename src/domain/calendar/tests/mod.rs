//! Tests of calendars: examples with known answers, and properties.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
