//! Sources of named values. The reader of any YAML and the reader of canonical lines are two of them.

use super::leaf::Leaf;
use crate::domain::text::Text;
use crate::domain::value::Fields;

/// A source of the named values of one map, which are taken in the order of the format.
pub trait FieldSource: Sized {
    /// The error for a value that is missing or invalid.
    type Error;

    /// Takes a scalar.
    ///
    /// # Errors
    /// The value is invalid.
    fn leaf<T: Leaf>(&mut self, name: &'static str) -> Result<Option<T>, Self::Error>;

    /// Takes a list of scalars; a missing one is empty.
    ///
    /// # Errors
    /// A value is invalid.
    fn leaves<T: Leaf>(&mut self, name: &'static str) -> Result<Vec<T>, Self::Error>;

    /// Takes a flag; a missing one is false.
    ///
    /// # Errors
    /// The value is not true or false.
    fn flag(&mut self, name: &'static str) -> Result<bool, Self::Error>;

    /// Takes a whole number.
    ///
    /// # Errors
    /// The value is not a whole number.
    fn number(&mut self, name: &'static str) -> Result<Option<i128>, Self::Error>;

    /// Takes the `text` of an entry.
    ///
    /// # Errors
    /// The value is not text, or empty.
    fn text(&mut self) -> Result<Option<Text>, Self::Error>;

    /// Takes a map: `take` takes all of its values.
    ///
    /// # Errors
    /// A value is invalid, or is left.
    fn map<T>(
        &mut self,
        name: &'static str,
        take: impl FnOnce(&mut Self) -> Result<T, Self::Error>,
    ) -> Result<Option<T>, Self::Error>;

    /// Takes a list of maps: `take` takes all values of each; a missing list is empty.
    ///
    /// # Errors
    /// A value is invalid, or is left.
    fn maps<T>(
        &mut self,
        name: &'static str,
        take: impl FnMut(&mut Self) -> Result<T, Self::Error>,
    ) -> Result<Vec<T>, Self::Error>;

    /// Takes a map of any names as it is; a missing one is empty.
    ///
    /// # Errors
    /// The value is not a map.
    fn open_map(&mut self, name: &'static str) -> Result<Fields, Self::Error>;

    /// Accepts that values of a map are not in the order of the format.
    ///
    /// # Errors
    /// The source reads only files in that order.
    fn reordered(&self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Returns the error for a missing value.
    fn missing(&self, name: &'static str) -> Self::Error;

    /// Returns the error for an invalid value that was taken.
    fn invalid(&self, name: &str, message: &str) -> Self::Error;

    /// Returns a value that was taken, or an error if it is missing.
    ///
    /// # Errors
    /// The value is missing.
    fn need<T>(&self, name: &'static str, value: Option<T>) -> Result<T, Self::Error> {
        value.ok_or_else(|| self.missing(name))
    }

    /// Takes a required scalar.
    ///
    /// # Errors
    /// The value is missing or invalid.
    fn required<T: Leaf>(&mut self, name: &'static str) -> Result<T, Self::Error> {
        let value = self.leaf(name)?;
        self.need(name, value)
    }
}
