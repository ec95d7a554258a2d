//! Ticket and organization files: read strictly, printed in one canonical form, edited and merged without touching
//! other bytes (docs/format.md).
//!
//! Files are printed by casebook's own printer, because people read their diffs. Values are read by `serde_yaml`. The
//! structure (places, anchors, depth, duplicate names) is read by an event parser that stops at the first thing that is
//! not allowed, so no file can cost unbounded time or memory (docs/decisions/0001-yaml-library-and-printer.md).
//!
//! # Invariants
//!
//! Paths, git, and the rules of the workflow are unknown here.

mod canonical_reader;
mod edit;
mod error;
mod line_cursor;
mod merge;
mod organization;
mod print;
mod read;
mod rebuild_header;
mod scalar;
mod source;
mod spans;
mod three_way;
mod value;
mod version;

pub use canonical_reader::{is_canonical, read_summary, read_summary_header, salvage_header};
pub use edit::{EditError, amend};
pub use error::{ReadError, ReadErrorKind};
pub use merge::{MergeConflict, MergeSide, MergedFile, merge};
pub use organization::{print_organization, read_organization, reprint_organization};
pub use print::{entry_hash, print};
pub use read::{LARGEST_FILE, places, read, read_by_library, read_value, read_with_canonical_flag};
pub use rebuild_header::rebuild_header;
pub use version::FileVersion;
