//! Tests of judging entries.
