//! TODO.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod properties;
