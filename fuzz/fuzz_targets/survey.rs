//! The summary reader against the full reader: on any bytes it gives the summary of the same ticket, or none; a header
//! read alone is the header. `cargo fuzz run survey`.
#![no_main]

use casebook::domain::id::Id;
use casebook::domain::ticket::summary::Summary;
use casebook::store::yaml::{print, read, read_by_library, read_summary, read_summary_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The id in the file's name: the one in its first entry, or one that no file has.
    let named = bytes.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"id: "));
    let id = named.and_then(|id| std::str::from_utf8(id).ok()?.parse::<Id>().ok());
    let id = id.unwrap_or_else(|| "01M807C41TC11V6V0HSM94Z40P".parse().expect("an id"));
    let full = read(bytes, Some(id));
    assert_eq!(read_by_library(bytes, Some(id)), full, "the two readers differ");
    if let Some(row) = read_summary(bytes, id) {
        assert_eq!(full.as_ref().map(Summary::from), Ok(row));
        assert_eq!(full.as_ref().map(|ticket| print(ticket).into_bytes()), Ok(bytes.to_vec()));
    }
    if let (Some(header), Ok(ticket)) = (read_summary_header(bytes, id), &full) {
        assert_eq!(header, ticket.header);
    }
});
