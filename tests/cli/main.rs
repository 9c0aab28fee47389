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
mod instance;
mod lifecycle;
mod needs;
mod settings;
mod sockets;
mod tour;
mod transfer;
