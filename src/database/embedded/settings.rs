//! What a private cluster needs to know before it starts.
//!
//! The one rule: whoever starts a cluster, the service or a test, decides all of it; nothing below reads these settings
//! from the environment. Start at [`Settings`].

use std::path::PathBuf;

/// What a private cluster needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that holds the cluster and everything beside it; created when it is missing.
    pub data_dir: PathBuf,
    /// The folder with the programs `initdb` and `postgres` (`UCAP_PG_BIN`); `None` searches the
    /// usual places.
    pub binaries: Option<PathBuf>,
    /// The folder that keeps PostgreSQL's programs if they were fetched; created when they are.
    pub cache_dir: PathBuf,
    /// Whether they may be fetched when none are found.
    pub download: bool,
    /// Whether a commit survives a power cut. `false` is for tests only: it switches off fsync and
    /// synchronous commits.
    pub durable: bool,
}
