//! The program itself, end to end: started, stopped, killed, given wrong settings; and the commands of the README and the guide.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect has failed"
)]

mod collections;
mod containers;
mod crashes;
mod doctor;
mod instance;
mod interrupts;
mod lifecycle;
mod needs;
mod places;
mod printing;
mod settings;
mod sockets;
mod sources;
mod terminal;
mod tour;
mod transfer;
