//! The reader: any bytes are refused with a place or read as a ticket, and that ticket can be printed, read
//! back the same, and extended without touching an older byte. `cargo fuzz run ticket`.
#![no_main]

use casebook::store::yaml::{amend, print, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(ticket) = read(bytes, None) else { return };
    let printed = print(&ticket);
    let back = read(printed.as_bytes(), Some(ticket.id)).expect("what is printed can be read");
    assert_eq!(back, ticket);
    let mut longer = ticket.clone();
    let mut entry = ticket.history[0].clone();
    entry.id = casebook::domain::id::Id::after(Some(ticket.version()), entry.at, 1);
    entry.from = Some(ticket.header.status);
    entry.action = casebook::domain::ticket::action::Action::Remind { auto: false };
    longer.append(entry);
    if let Ok(amended) = amend(bytes, &ticket, &longer) {
        assert_eq!(read(&amended, Some(ticket.id)).expect("what is extended can be read"), longer);
    }
});
