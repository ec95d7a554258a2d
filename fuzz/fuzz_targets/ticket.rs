//! The fuzz target of the ticket reader: any bytes are refused with a position or read as a ticket, which can be printed
//! and read back, and extended by an entry. `cargo fuzz run ticket`.
#![no_main]

use casebook::store::yaml::{amend, print, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(ticket) = read(bytes, None) else { return };
    let printed = print(&ticket);
    let back = read(printed.as_bytes(), Some(ticket.id)).expect("a printed ticket can be read");
    assert_eq!(back, ticket);
    let mut longer = ticket.clone();
    let mut entry = ticket.history[0].clone();
    entry.id = casebook::domain::id::Id::after(Some(ticket.version()), entry.at, 1);
    entry.from = Some(ticket.header.status);
    entry.action = casebook::domain::ticket::action::Action::Remind { auto: false };
    longer.append(entry);
    if let Ok(amended) = amend(bytes, &ticket, &longer) {
        assert_eq!(read(&amended, Some(ticket.id)).expect("an extended file can be read"), longer);
    }
});
