//! The program, end to end: start, stop, crashes, invalid settings, and the tour of the README.

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
