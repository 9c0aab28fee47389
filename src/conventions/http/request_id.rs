//! The id of a request, which is part of its response, of its problem document and of the log.

use std::fmt;

/// Id of a request: the client's `X-Request-Id` if it sent a usable one, otherwise a new UUIDv7.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// Uses the id that the client sent if it is usable, otherwise makes a new one.
    pub fn new(sent: Option<&str>) -> Self {
        let usable = |id: &&str| {
            (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        };
        Self(
            sent.filter(usable)
                .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned),
        )
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
