//! Creating a desk (`init`) and diagnosing it (`doctor`).

pub(crate) mod doctor;
pub(crate) mod init;

use crate::desk::{Desk, DeskHealth};
use crate::error::Error;

impl Desk {
    /// Returns the health of the desk and its surroundings. `program` is the command by which git calls this program.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn health(&self, program: &str) -> Result<DeskHealth, Error> {
        doctor::diagnose(self, program)
    }
}
