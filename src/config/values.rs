//! How values of options are parsed, each with a message that shows a right one.

use crate::domain::RecordKind;
use crate::resources::in_order_of_reference;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::net::{SocketAddr, ToSocketAddrs};
use strum::IntoEnumIterator;

/// Parses the name of a collection as the kind of its records.
pub(super) fn collection() -> impl TypedValueParser<Value = RecordKind> {
    let slices = in_order_of_reference();
    let names = slices.iter().map(|slice| slice.kind.plural());
    PossibleValuesParser::new(names).try_map(|name| {
        let kind = RecordKind::iter().find(|kind| kind.plural() == name);
        kind.ok_or_else(|| format!("there is no collection {name:?}"))
    })
}

/// Parses an address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let addresses = text
        .to_socket_addrs()
        .map_err(|error| format!("{text:?} is not a HOST:PORT to listen on ({error})"))?;
    addresses
        .into_iter()
        .next()
        .ok_or_else(|| format!("{text:?} does not resolve to an address"))
}

/// Parses an origin as browsers send it (RFC 6454, section 6.1): scheme, host and port, and nothing else.
pub(super) fn origin(text: &str) -> Result<String, String> {
    match after_scheme(text) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '*', '@', ' ']) => {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "{text:?} is not an origin such as https://editor.example.org"
        )),
    }
}

/// Parses the address of a registry.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    match after_scheme(text) {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ']) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err(format!(
            "{text:?} is not an address such as https://registry.example.org"
        )),
    }
}

fn after_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
}
