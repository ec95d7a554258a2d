//! Merging files: any three files, between zero bytes, conflict or merge; a merged file reads back, has every entry
//! of both sides, and is the same whichever side comes first. `cargo fuzz run merge_file`.
#![no_main]

use casebook::store::yaml::{read, merge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(3, |byte| *byte == 0);
    let (Some(base), Some(ours), Some(theirs)) = (files.next(), files.next(), files.next()) else { return };
    let united = merge(Some(base), ours, theirs);
    let other = merge(Some(base), theirs, ours);
    let Ok(united) = united else {
        assert!(other.is_err(), "the other way round it is one");
        return;
    };
    assert_eq!(Ok(&united.bytes), other.as_ref().map(|other| &other.bytes));
    let back = read(&united.bytes, Some(united.ticket.id)).expect("what is united can be read");
    assert_eq!(back, united.ticket);
    for side in [ours, theirs] {
        let ticket = read(side, None).expect("what was united can be read");
        assert!(ticket.history.iter().all(|entry| back.entry(entry.id) == Some(entry)));
    }
});
