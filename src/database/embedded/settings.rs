//! The settings of a private cluster.
//!
//! One rule: the caller that starts a cluster, the service or a test, makes all settings; no module of the cluster reads them from
//! the environment. Start with [`Settings`].

use std::path::PathBuf;

/// The settings of a private cluster.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory, with the cluster, the log and the admin key; created if it does not exist.
    pub data_dir: PathBuf,
    /// The folder with the programs `initdb` and `postgres` (`UCAP_PG_BIN`); if `None`, the usual locations are searched.
    pub binaries: Option<PathBuf>,
    /// The folder for PostgreSQL's programs if they are downloaded; created if it does not exist.
    pub cache_dir: PathBuf,
    /// Whether they may be downloaded if none are found.
    pub download: bool,
    /// Whether a commit survives a power failure. `false`, for tests only, switches off fsync and synchronous commits.
    pub durable: bool,
}
