//! The fuzz target of the file merge: any three files, separated by zero bytes, conflict or merge. A merged file can be
//! read back, has every entry of both sides, and does not depend on the order of the sides.
//! `cargo fuzz run merge_file`.
#![no_main]

use casebook::store::yaml::{read, merge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(3, |byte| *byte == 0);
    let (Some(base), Some(ours), Some(theirs)) = (files.next(), files.next(), files.next()) else { return };
    let united = merge(Some(base), ours, theirs);
    let other = merge(Some(base), theirs, ours);
    let Ok(united) = united else {
        assert!(other.is_err(), "only one order of the sides merges");
        return;
    };
    assert_eq!(Ok(&united.bytes), other.as_ref().map(|other| &other.bytes));
    let back = read(&united.bytes, Some(united.ticket.id)).expect("a merged file can be read");
    assert_eq!(back, united.ticket);
    for side in [ours, theirs] {
        let ticket = read(side, None).expect("a side of a merge can be read");
        assert!(ticket.history.iter().all(|entry| back.entry(entry.id) == Some(entry)));
    }
});
