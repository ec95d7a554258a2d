//! The fuzz target of the canonical reader: for any bytes it returns the summary of the ticket that the library reads,
//! or none, and the same header. `cargo fuzz run canonical_reader`.
#![no_main]

use casebook::domain::id::Id;
use casebook::domain::ticket::summary::Summary;
use casebook::store::yaml::{print, read, read_by_library, read_summary, read_summary_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The id of the file's name: the first id in the file, or else one that no file has.
    let first = bytes.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"id: "));
    let id = first.and_then(|id| std::str::from_utf8(id).ok()?.parse::<Id>().ok());
    let id = id.unwrap_or_else(|| "01M807C41TC11V6V0HSM94Z40P".parse().expect("an id"));
    let full = read(bytes, Some(id));
    assert_eq!(read_by_library(bytes, Some(id)), full, "the two readers differ");
    if let Some(summary) = read_summary(bytes, id) {
        assert_eq!(full.as_ref().map(Summary::from), Ok(summary));
        assert_eq!(full.as_ref().map(|ticket| print(ticket).into_bytes()), Ok(bytes.to_vec()));
    }
    if let (Some(header), Ok(ticket)) = (read_summary_header(bytes, id), &full) {
        assert_eq!(header, ticket.header);
    }
});
