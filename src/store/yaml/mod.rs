//! The ticket file: read strictly, printed in one canonical spelling, extended and united without touching what stands.
//!
//! The printer is ours, because the diff is the product; values are read by `serde_yaml`, and the structure
//! around them (places, anchors, depth, doubled names) by an event parser that stops at the first thing a
//! ticket may not hold, so that no file can cost unbounded time or memory. Must not know where files lie,
//! git, or which transitions are legal.

mod amend;
mod canonical;
mod damage;
mod organization;
mod outline;
mod print;
mod read;
mod reheaded;
mod scalar;
mod source;
mod survey;
mod three_way;
mod unite;
mod version;

pub use amend::{Unwritable, amend};
pub use canonical::is_canonical;
pub use damage::{Damage, DamageKind};
pub use organization::{print_organization, read_organization, reprint_organization};
pub use print::{fingerprint, print};
pub use read::{LARGEST_FILE, places, read, read_by_library, read_noting, read_value};
pub use reheaded::reheaded;
pub use survey::{header_of_damaged, survey, survey_header};
pub use unite::{Side, Split, United, unite};
pub use version::Version;
