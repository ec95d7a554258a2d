//! The ticket file: read strictly, printed in one canonical spelling, extended and united without touching what stands.
//!
//! The printer is ours, because the diff is the product; values are read by `serde_yaml`, and the structure
//! around them (places, anchors, depth, doubled names) by an event parser that stops at the first thing a
//! ticket may not hold, so that no file can cost unbounded time or memory. Must not know where files lie,
//! git, or which transitions are legal.

mod canonical_reader;
mod edit;
mod error;
mod merge;
mod organization;
mod print;
mod read;
mod rebuild_header;
mod scalar;
mod source;
mod spans;
mod summary_reader;
mod three_way;
mod version;

pub use canonical_reader::is_canonical;
pub use edit::{EditError, amend};
pub use error::{ReadError, ReadErrorKind};
pub use merge::{MergeConflict, MergeSide, MergedFile, merge};
pub use organization::{print_organization, read_organization, reprint_organization};
pub use print::{entry_hash, print};
pub use read::{LARGEST_FILE, places, read, read_by_library, read_value, read_with_canonical_flag};
pub use rebuild_header::rebuild_header;
pub use summary_reader::{read_summary, read_summary_header, salvage_header};
pub use version::FileVersion;
